"""The demo country: the whole map with simulated figures that say so; on a database of its own."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from langso.assessments.models import Publication
from langso.assessments.results import from_json
from langso.commands import demo_country
from langso.people.demo import CAST, PASSWORD, STAR, build_people
from langso.people.models import Account
from tests.databases import Server, looking_at
from tests.factories import at_most, text_of, visitor

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo_database(database_server: Server, gazetteer_database: str, django_db_blocker: DjangoDbBlocker) -> str:
    name = database_server.make("demo", template=gazetteer_database)
    with (
        django_db_blocker.unblock(),
        looking_at(database_server.addresses, name),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("django.utils.timezone.now", lambda: NOW)
        demo_country.build()
    return name


@pytest.fixture
def demo(database_server: Server, demo_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), looking_at(database_server.addresses, demo_database):
        yield


def test_every_commune_but_those_of_one_province_has_a_simulated_result(demo: None) -> None:
    by_province = Counter(Publication.objects.values_list("province", flat=True))

    assert len(by_province) == 33
    assert 3_000 < sum(by_province.values()) < 3_321
    assert not Publication.objects.filter(is_simulated=False).exists()
    assert demo_country.is_built()


def test_all_five_levels_are_on_the_map(demo: None) -> None:
    assert {1, 2, 3, 4, 5} <= set(Publication.objects.values_list("level", flat=True))


def test_the_commune_of_every_picture_lacks_four_things_for_level_four(demo: None) -> None:
    star = Publication.objects.get(unit__codes__code=STAR, unit__codes__valid__contains=NOW.date())

    assert star.level == 3
    assert from_json(star.result).aim == 4
    assert star.missing_count == 4


def test_the_cast_signs_in_and_finds_its_work(demo: None) -> None:
    assert Account.objects.count() == len(CAST)
    for player in CAST:
        client = visitor()
        client.force_login(Account.objects.get(username=player.username))
        assert Account.objects.get(username=player.username).check_password(PASSWORD)
        assert client.get("/viec-cua-toi/").status_code == 200


def test_building_the_cast_again_changes_nothing(demo: None) -> None:
    build_people(today=NOW.date())

    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from people_account")
        assert cursor.fetchone() == (len(CAST),)


@pytest.mark.parametrize(
    "address", ["/", "/noi/08/", f"/noi/{STAR}/", "/tim/?q=hoang su phi", "/ca-nuoc.csv", "/noi/08/xa.csv"]
)
def test_a_page_at_national_size_asks_no_more_of_the_database(address: str, demo: None) -> None:
    client = visitor()
    client.get(address)

    with at_most(12):
        assert client.get(address).status_code == 200


def test_the_star_says_its_level_in_words_and_that_it_is_simulated(demo: None) -> None:
    html = text_of(visitor().get(f"/noi/{STAR}/"))

    assert "Xã đang ở mức 3 trên 5, Cơ bản" in html
    assert "mô phỏng" in html
