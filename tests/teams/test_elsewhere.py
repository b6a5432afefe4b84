"""A right held somewhere opens nothing elsewhere: an officer of one commune who also appraises for the province."""

import csv
from io import StringIO
from uuid import uuid4

import pytest
from psycopg.types.range import Range

from langso.lib.period import REFORM
from langso.people.models import Post
from langso.people.roles import Role
from langso.questionnaires import actions as forms
from langso.questionnaires.actions import From
from langso.questionnaires.models import Way
from langso.teams.models import AllowanceList
from langso.visits.models import SpotCheck, SpotDraw
from tests.cast import Cast, Player
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_net, text_of, visitor
from tests.questionnaires.forms import issued
from tests.teams.field import make_household, make_member, make_team, make_village, make_visit


@pytest.fixture
def both(cast: Cast, country: Country) -> Player:
    """The neighbour's officer, who also helps the province to appraise."""
    open_net()
    Post.objects.create(
        person=cast.neighbour.person, role=Role.PROVINCE_APPRAISER, unit=country.province, valid=Range(REFORM, None)
    )
    return cast.neighbour


def test_households_of_a_draw_are_named_to_their_own_commune_alone(country: Country, cast: Cast, both: Player) -> None:
    village = make_village(country.merged)
    team = make_team(country.merged, village)
    visit = make_visit(make_household(village, "Vàng Thị Dín"), team, make_member(team))
    draw = SpotDraw.objects.create(unit=country.merged, seed="x", since=TODAY, until=TODAY, of_count=1, drawn_at=AT)
    SpotCheck.objects.create(draw=draw, unit=country.merged, visit=visit)
    address = f"/hoi-lai/{draw.pk}/"

    elsewhere = visitor(both)
    with at_most(12):
        page = text_of(elsewhere.get(address))
    assert "Hộ thứ 1" in page
    assert "Vàng Thị Dín" not in page + text_of(elsewhere.get(f"{address}?tai=csv"))
    here = visitor(cast.officer)
    assert "Vàng Thị Dín" in text_of(here.get(address))
    assert "Vàng Thị Dín" in text_of(here.get(f"{address}?tai=csv"))


def test_who_was_paid_is_read_by_those_who_pay_there(country: Country, cast: Cast, both: Player) -> None:
    paid = {"name": "Người Được Trả", "role": "", "days": 0}
    lines = [{"team": 1, "name": "Tổ Một", "villages": "", "members": [paid], "how": "", "amount_vnd": 300_000}]
    AllowanceList.objects.create(
        unit=country.merged, month="2026-10", lines=lines, total_vnd=300_000, made_at=AT, approved_at=AT
    )
    elsewhere = visitor(both)

    answer = elsewhere.get("/to/phu-cap/?xa=00001&thang=2026-10")
    assert answer.status_code == 403
    assert "Người Được Trả" not in text_of(answer)
    assert elsewhere.get("/to/phu-cap/?xa=00001&thang=2026-10&tai=csv").status_code == 403
    assert "300.000" not in text_of(elsewhere.get("/to/phu-cap/?thang=2026-10"))
    assert elsewhere.get("/to/phu-cap/?xa=00007&thang=2026-10").status_code == 200
    assert "Người Được Trả" in text_of(visitor(cast.officer).get("/to/phu-cap/?thang=2026-10"))


def test_what_was_written_in_words_is_read_in_the_commune_and_choices_above_it(
    country: Country, cast: Cast, both: Player
) -> None:
    open_net()
    version = issued(country.province)
    uid = uuid4()
    said = {"ten": "Vàng Thị Mẩy", "so": 1, "may": [{"loai": "dt"}], "ngay": "1990-02-03"}
    source = From(country.merged.pk, Way.APP)
    forms.write_answers(uid=uid, version=version, answers=said, source=source, made_on=TODAY, at=AT)
    address = f"/phieu/{version.questionnaire_id}/tra-loi/"

    for player in (both, cast.appraiser, cast.province_admin, cast.editor):
        browser = visitor(player)
        one, table = text_of(browser.get(f"{address}{uid}/")), text_of(browser.get(f"{address}?tai=csv"))
        assert "Vàng Thị Mẩy" not in one + table
        assert "03/02/1990" not in one
        assert "1990" not in table
        assert "Chỉ cấp xã xem được" in one
        assert "Điện thoại" in one
        row = next(csv.DictReader(StringIO(table.lstrip("\ufeff"))))
        assert (row["ten"], row["so"], row["loai_1"]) == ("", "1", "Điện thoại")
    officer = visitor(cast.officer)
    with at_most(12):
        assert "Vàng Thị Mẩy" in text_of(officer.get(f"{address}{uid}/"))
    assert "Vàng Thị Mẩy" in text_of(officer.get(f"{address}?tai=csv"))
