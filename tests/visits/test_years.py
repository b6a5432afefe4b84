"""A ranking is of one year, by the days of Vietnam, and of the villages as they are now."""

from datetime import UTC, date, datetime, timedelta

from langso.teams import actions
from langso.teams.network import refresh_networks
from langso.units.queries import named
from langso.villages.actions import cited
from langso.visits import ranking_queries as queries
from langso.visits.models import SpotCheck, SpotDraw, Tally
from langso.visits.ranking import Work
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, open_net, visitor
from tests.teams.field import make_household, make_member, make_request, make_team, make_village, make_visit


def _all(country: Country, year: int) -> list[Work]:
    """The province, the commune and its team, as each ranking has them."""
    places = named([(country.province.pk, TODAY), (country.merged.pk, TODAY)])
    province, commune = places[country.province.pk, TODAY], places[country.merged.pk, TODAY]
    return [
        *queries.works_of_provinces([province], year=year, on=TODAY),
        *queries.works_of_communes([commune], year=year, on=TODAY),
        *queries.works_of_teams(country.merged, year=year, on=TODAY),
    ]


def test_a_request_asked_after_midnight_of_new_year_is_of_the_new_year(country: Country) -> None:
    village = make_village(country.merged)
    team = make_team(country.merged, village)
    after_midnight = datetime(2025, 12, 31, 18, 0, tzinfo=UTC)  # 01:00 on 01/01/2026 in Vietnam
    make_request(village, team, made_at=after_midnight, due_on=date(2026, 1, 9))
    make_request(village, team, made_at=datetime(2026, 11, 1, 3, 0, tzinfo=UTC), due_on=date(2026, 11, 9))
    refresh_networks([country.merged.pk], on=TODAY)

    assert [w.due_count for w in _all(country, 2026)] == [2, 2, 2]
    assert [w.due_count for w in _all(country, 2025)] == [0, 0, 0]


def test_last_year_knows_nothing_of_what_this_year_was_said_and_seen(country: Country) -> None:
    village = make_village(country.merged)
    team = make_team(country.merged, village)
    member = make_member(team)
    moment = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    visits = [
        make_visit(make_household(village), team, member, on=date(2026, 11, 18), made_at=moment + timedelta(seconds=k))
        for k in range(6)
    ]
    draw = SpotDraw.objects.create(unit=country.merged, seed="x", since=TODAY, until=TODAY, of_count=6, drawn_at=AT)
    SpotCheck.objects.create(draw=draw, unit=country.merged, visit=visits[0], answer="helped")
    refresh_networks([country.merged.pk], on=TODAY)

    now, before = _all(country, 2026), _all(country, 2025)

    assert [w.asked_count for w in now] == [1, 1, 1]
    assert [w.hasty_days_count for w in now[1:]] == [1, 1]
    assert [(w.asked_count, w.hasty_days_count) for w in before] == [(0, 0)] * 3


def test_the_work_done_in_a_merged_village_stays_with_the_team_that_goes_on(country: Country) -> None:
    open_net()
    one, two, three = (make_village(country.merged) for _ in range(3))
    teams = [make_team(country.merged, v) for v in (one, two, three)]
    for village in (one, two, three):
        Tally.objects.create(
            unit=country.merged, province_code="08", village=village, month="2026-03", visits_count=4, guided_count=3
        )
    paper = cited("1/NQ-HĐND", "HĐND xã", date(2026, 11, 1))
    for into, merged, team in ((two, three, teams[1]), (one, two, teams[0])):
        actions.merge_villages(
            into=into,
            merged=[merged],
            new_name="",
            on=date(2026, 11, 1),
            document=paper,
            team=team.pk,
            by=None,
            at=AT,
        )

    (work,) = queries.works_of_teams(country.merged, year=2026, on=TODAY)

    assert (work.key, work.visits_count, work.guided_count, work.households_count) == (teams[0].pk, 12, 9, 180)


def test_the_work_done_in_a_merged_village_is_read_with_the_one_it_went_into(country: Country, cast: Cast) -> None:
    open_net()
    one, two, three = (make_village(country.merged) for _ in range(3))
    visits = [make_visit(make_household(v), on=date(2026, 3, 2)) for v in (one, two, three)]
    for village in (one, two, three, None):
        Tally.objects.create(
            unit=country.merged, province_code="08", village=village, month="2026-03", visits_count=4 if village else 12
        )
    paper = cited("1/NQ-HĐND", "HĐND xã", date(2026, 11, 1))
    for into, merged in ((two, three), (one, two)):
        actions.merge_villages(
            into=into, merged=[merged], new_name="", on=TODAY, document=paper, team=None, by=None, at=AT
        )
    browser = visitor(cast.officer)
    (row,) = browser.get("/to/ket-qua/").context["page"]["table"].rows
    listed = browser.get("/luot/", {"thon": one.pk}).context["page"]["table"].rows

    assert (row.name, row.visits) == (one.name, 12)
    assert row.href.endswith(f"thon={one.pk}")
    assert {r["visit"].pk for r in listed} == {v.pk for v in visits}
    assert browser.get("/to/ket-qua/", {"viec": "khong-co"}).context["page"]["total"].visits == 12


def test_an_heir_ranks_the_teams_of_what_it_absorbed(country: Country) -> None:
    team = make_team(country.old_ho_thau, make_village(country.old_ho_thau))

    assert [w.key for w in queries.works_of_teams(country.merged, year=2026, on=TODAY)] == [team.pk]
