"""The work of the teams as numbers: beside the self-report, on the commune's page, in the table of the desk."""

from datetime import timedelta

from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from langso.lib.period import Period
from langso.measures.queries import system_readings_of
from langso.teams.network import refresh_networks
from langso.visits import tallying
from langso.visits.measures import work_of
from langso.visits.models import Tally, Visit
from langso.visits.tallying import Counted, contributions, difference
from tests.cast import Cast
from tests.country import Country
from tests.factories import TODAY, at_most, facts, open_assessment, open_net, visitor
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.teams.field import make_household, make_village

YEAR = Period.year(2026)


def test_villages_with_a_team_stand_beside_the_self_report(ground: Field, country: Country, cast: Cast) -> None:
    make_village(country.merged, "Bản Chưa Có Tổ")
    open_net()
    refresh_networks([country.merged.pk], on=TODAY)
    reading = system_readings_of(country.merged, YEAR, on=TODAY)["common.villages_team_share"]
    assessment = open_assessment(country.merged)
    page = visitor(cast.officer).get(f"/danh-gia/{assessment.pk}/nhom/CHUNG/").content.decode()

    assert facts(reading.numerator, reading.denominator) == (2, 3)
    assert "Sổ tổ công nghệ số cộng đồng trên Làng Số" in page


def test_what_is_counted_here_comes_with_what_systems_said_in_one_query(ground: Field, country: Country) -> None:
    open_net()
    with at_most(1):
        system_readings_of(country.merged, YEAR, on=TODAY)


def test_the_page_of_the_commune_and_the_table_of_the_desk_say_the_same(
    ground: Field,
    phone: Device,
    cast: Cast,
    country: Country,
) -> None:
    phone.send(
        phone.visit(ground.household, proof={"kind": "code", "code": "2FB7"}),
        phone.visit(make_household(ground.village), topics=["dvc"], result="not_yet"),
    )
    open_net()
    refresh_networks([country.merged.pk], on=TODAY)
    work = work_of([country.merged.pk], YEAR)[country.merged.pk]
    cache.clear()
    page = visitor().get("/noi/00001/?x=1").content.decode()
    table = visitor(cast.officer).get("/to/ket-qua/").content.decode()

    assert (work.visits, work.reached, work.guided, work.confirmed) == (2, 2, 1, 1)
    assert [(t.code, t.guided) for t in work.topics] == [("dvc", 0), ("vneid", 1)]
    assert "2 lượt, 1 lượt có xác nhận của hộ" in page
    assert "Bản Luốc" in table
    assert "/luot/?xa=00001&amp;thon=" in table


def test_the_country_the_province_and_the_commune_each_have_their_table(
    ground: Field, phone: Device, cast: Cast
) -> None:
    phone.send(phone.visit(ground.household))
    for who, address, says in (
        (cast.editor, "/to/ket-qua/", "Tỉnh Sông Chảy"),
        (cast.province_admin, "/to/ket-qua/", "Xã Bản Vược"),
        (cast.province_admin, "/to/ket-qua/?noi=00001&ky=2026-11", "Bản Luốc"),
        (cast.neighbour, "/to/ket-qua/?noi=00001", "Xã Nậm Dịch"),
    ):
        page = visitor(who).get(address)
        assert says in page.content.decode(), address
    assert visitor(cast.editor).get("/to/ket-qua/?tai=csv").content.count(b"\r\n") == 3


def test_a_household_is_reached_once_a_year_and_again_in_the_next(ground: Field, phone: Device) -> None:
    for days in (0, 5, 10):
        phone.send(phone.visit(ground.household, on=(TODAY - timedelta(days=days)).isoformat()))

    open_net()
    row = Tally.objects.get(village=ground.village, month="2026-11", topic="")
    assert (row.visits_count, row.reached_count, row.guided_count) == (3, 1, 1)


def test_tallies_are_what_the_visits_say(ground: Field, phone: Device, other_phone: Device) -> None:
    """After visits, doubles, corrections in both months: counted again from the rows, the same."""
    houses = [ground.household, *(make_household(ground.village) for _ in range(5))]
    sent = []
    for i in range(24):
        who = (phone, other_phone)[i % 2]
        on = (TODAY - timedelta(days=i % 9 * 3)).isoformat()
        item = who.visit(
            houses[i % 6], on=on, topics=["dvc", "vneid", "khac"][: i % 3 + 1], result=["able", "not_yet"][i % 2]
        )
        who.send(item)
        sent.append(item)
    for i in (0, 3, 8):
        who = (phone, other_phone)[i % 2]
        who.send(who.visit(houses[i % 6], on=sent[i]["body"]["on"], corrects=sent[i]["uid"], topics=["an-toan"]))
    open_net()
    rows = [
        Counted(v.pk, v.unit_id, v.province_code, v.village_id, v.household_id, v.visited_on, v.topics, v.result,
                v.proof, v.state == "counted")
        for v in Visit.objects.standing()
    ]  # fmt: skip
    kept = {
        (t.unit_id, t.province_code, t.village_id or 0, t.month, t.topic): (
            t.visits_count, t.reached_count, t.guided_count, t.confirmed_count, t.gatherings_count, t.attended_count
        )
        for t in Tally.objects.all()
    }  # fmt: skip

    assert {k: s for k, s in kept.items() if any(s)} == contributions(rows)


visits = st.lists(
    st.builds(
        Counted,
        st.integers(1, 10**6),
        st.just(1),
        st.just("08"),
        st.integers(1, 3),
        st.integers(1, 4),
        st.dates(min_value=TODAY - timedelta(days=500), max_value=TODAY),
        st.integers(1, 255),
        st.sampled_from(["able", "more", "not_yet"]),
        st.sampled_from(["none", "code", "signature"]),
        st.booleans(),
    ),
    max_size=25,
    unique_by=lambda c: c.id,
)


@given(visits, visits)
def test_what_was_and_the_difference_make_what_is(before: list[Counted], after: list[Counted]) -> None:
    total = tallying.added(contributions(before), difference(contributions(after), contributions(before)))

    assert {k: s for k, s in total.items() if any(s)} == {k: s for k, s in contributions(after).items() if any(s)}


@given(visits)
def test_nobody_is_guided_more_often_than_reached_and_the_commune_is_the_sum_of_its_villages(
    rows: list[Counted],
) -> None:
    sums = contributions(rows)
    for (unit, province, village, month, topic), counted in sums.items():
        assert counted[2] <= counted[0]
        if village == 0:
            parts = [s for k, s in sums.items() if (k[0], k[1], k[3], k[4]) == (unit, province, month, topic) and k[2]]
            assert tuple(map(sum, zip(*parts, strict=True))) == counted
