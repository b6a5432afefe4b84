"""Ranking that empty visits cannot win."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from langso.teams.network import refresh_networks
from langso.visits import ranking_queries as queries
from langso.visits.models import SpotCheck, SpotDraw, Tally, Visit
from langso.visits.ranking import Work, doubts_of, ranked, weighed_share
from tests.cast import Cast
from tests.country import Country
from tests.factories import TODAY, at_most, text_of, visitor
from tests.teams.field import make_household, make_member, make_request, make_team, make_village, make_visit


def work(name: str = "A", households: int | None = 200, **more: int) -> Work:
    return Work(key=ord(name[0]), name=name, sort_key=name, households_count=households, **more)


def order(*works: Work) -> list[tuple[str, int | None]]:
    return [(r.work.name, r.rank) for r in ranked(works)]


def test_a_hundred_empty_visits_lose_to_ten_confirmed_ones() -> None:
    empty = work("A", visits_count=100, reached_count=100, guided_count=100)
    confirmed = work("B", visits_count=10, reached_count=10, guided_count=10, confirmed_count=10)

    assert order(empty, confirmed) == [("B", 1), ("A", 2)]


def test_visiting_the_same_households_again_wins_nothing() -> None:
    once = work("B", visits_count=50, guided_count=50, confirmed_count=25)
    again = work("A", visits_count=500, guided_count=50, confirmed_count=25)

    assert order(again, once) == [("B", 1), ("A", 2)]
    assert weighed_share(again) < weighed_share(once)  # type: ignore[operator]


def test_places_that_confirm_alike_are_ordered_by_households_guided() -> None:
    assert order(work("A", visits_count=40, guided_count=40), work("B", visits_count=60, guided_count=60)) == [
        ("B", 1),
        ("A", 2),
    ]


def test_then_by_requests_answered_in_time_then_by_what_households_say() -> None:
    same: dict[str, int] = {"visits_count": 20, "guided_count": 20, "confirmed_count": 20}
    late = work("A", **same, due_count=10, in_time_count=5)
    prompt = work("B", **same, due_count=10, in_time_count=9)
    prompt_helped = work("C", **same, due_count=10, in_time_count=9, asked_count=8, helped_count=8)

    assert order(late, prompt, prompt_helped) == [("C", 1), ("B", 2), ("A", 3)]


def test_equal_places_share_a_rank_and_leave_a_gap() -> None:
    same: dict[str, int] = {"visits_count": 20, "guided_count": 20, "confirmed_count": 20}
    assert order(work("B", **same), work("A", **same), work("C", visits_count=1)) == [("A", 1), ("B", 1), ("C", 3)]


def test_unknown_households_are_not_ranked_and_not_zero() -> None:
    assert order(work("A", None, visits_count=50, guided_count=50), work("B", visits_count=1)) == [
        ("B", 1),
        ("A", None),
    ]


def test_nobody_comes_first_by_doing_nothing() -> None:
    doubted = work("B", visits_count=30, guided_count=30, confirmed_count=9, crowded_days_count=1)
    assert order(work("A"), doubted) == [("B", 1), ("A", None)]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"crowded_days_count": 1}, "nhiều hơn sức một người"),
        ({"hasty_days_count": 2}, "cách nhau chưa tới 3 phút"),
        ({"reached_count": 201}, "201 hộ được đến"),
        ({"asked_count": 10, "helped_count": 8, "nobody_came_count": 2}, "2 hộ nói không có ai đến"),
        ({"asked_count": 10, "helped_count": 1}, "chỉ 1 hộ nói giúp được"),
    ],
)
def test_a_doubt_is_said_in_words_and_stands_below_those_without(more: dict[str, int], says: str) -> None:
    best = work("A", visits_count=100, guided_count=150, confirmed_count=100, **more)
    plain = work("B", visits_count=10, guided_count=10, confirmed_count=5)

    assert says in " ".join(d.says for d in doubts_of(best))
    assert order(best, plain) == [("B", 1), ("A", 2)]


def test_few_confirmed_visits_are_said_but_weigh_only_through_the_share() -> None:
    doubt = doubts_of(work(visits_count=100, guided_count=80, confirmed_count=2))
    assert [d.weighs for d in doubt] == [False]
    assert doubts_of(work(visits_count=19)) == ()
    assert doubts_of(work(asked_count=5, helped_count=4, nobody_came_count=1)) == ()


@pytest.fixture
def filled(country: Country) -> Country:
    village = make_village(country.merged, households=100)
    team = make_team(country.merged, village, name="Tổ Một")
    member = make_member(team, role="leader")
    quiet = make_team(country.merged, make_village(country.merged, households=50), name="Tổ Hai")
    start = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)
    for k in range(6):
        make_visit(
            make_household(village), team, member, on=date(2026, 11, 10), made_at=start + timedelta(seconds=20 * k)
        )
    for place in (None, village):
        Tally.objects.create(
            unit=country.merged,
            province_code="08",
            village=place,
            month="2026-11",
            visits_count=6,
            reached_count=6,
            guided_count=6,
            confirmed_count=0,
        )
    make_request(village, quiet, answered_at=datetime(2026, 11, 21, tzinfo=UTC), state="done")
    refresh_networks([country.merged.pk], on=TODAY)
    return country


def test_teams_of_a_commune_are_read_with_their_days(filled: Country) -> None:
    one, two = sorted(queries.works_of_teams(filled.merged, year=2026, on=TODAY), key=lambda w: w.households_count or 0)

    assert (two.name, two.guided_count, two.hasty_days_count, two.crowded_days_count) == ("Tổ Một", 6, 1, 0)
    assert (one.name, one.in_time_count, one.due_count) == ("Tổ Hai", 1, 1)


def test_pages_at_every_level(filled: Country, cast: Cast) -> None:
    for player, says in (
        (cast.officer, "Tổ Một"),
        (cast.province_admin, "Xã Bản Vược"),
        (cast.ministry_admin, "Tỉnh Sông Chảy"),
        (cast.editor, "Tỉnh Sông Chảy"),
    ):
        browser = visitor(player)
        with at_most(12):
            text = text_of(browser.get("/to/xep-hang/"))
        assert says in text
    assert "cách nhau chưa tới" in text_of(visitor(cast.officer).get("/to/xep-hang/"))
    assert visitor(cast.volunteer).get("/to/xep-hang/").status_code == 403
    hostile: dict[str, Any] = {"nam": "99999", "tinh": "';--", "xep": "x", "trang": "0"}
    assert visitor(cast.ministry_admin).get("/to/xep-hang/", hostile).status_code == 200
    assert visitor(cast.ministry_admin).get("/to/xep-hang/?tinh=08&tai=csv")["Content-Type"].startswith("text/csv")


def test_what_a_household_confirms_when_asked_again_counts_as_confirmed(filled: Country) -> None:
    visit = Visit.objects.order_by("pk").first()
    assert visit is not None
    for seed in ("1", "2"):  # drawn twice it is confirmed once
        draw = SpotDraw.objects.create(
            unit=filled.merged, seed=seed, since=TODAY, until=TODAY, of_count=1, drawn_at=visit.made_at
        )
        SpotCheck.objects.create(draw=draw, unit=filled.merged, visit=visit, answer="helped")

    found = {w.name: w for w in queries.works_of_teams(filled.merged, year=2026, on=TODAY)}

    assert (found["Tổ Một"].confirmed_count, found["Tổ Một"].asked_count) == (1, 2)
