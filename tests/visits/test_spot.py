"""Households are asked again by a draw that anyone can repeat; few answers say little and the page says so."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from langso.lib.refusal import Refused
from langso.people.models import Person
from langso.teams.models import Team
from langso.units.models import Unit
from langso.villages.models import Village
from langso.visits import spot_rules as rules
from langso.visits import spotting
from langso.visits.models import SpotCheck, SpotDraw, VisitState
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_net, text_of, visitor
from tests.teams.field import make_household, make_member, make_team, make_village, make_visit

NOVEMBER = {"since": date(2026, 11, 1), "until": TODAY}


def test_the_draw_follows_from_the_seed_and_takes_a_household_once() -> None:
    visits = [(str(uuid4()), k % 30) for k in range(90)]
    first = rules.draw("90 817 253", visits, 12)

    assert first == rules.draw("90 817 253", visits, 12)
    assert first != rules.draw("90 817 254", visits, 12)
    assert len({visits[k][1] for k in first}) == 12
    assert len(rules.draw("x", visits[:3], 12)) == 3


@pytest.mark.parametrize(("count", "size"), [(0, 0), (3, 3), (40, 5), (400, 20), (100_000, 60)])
def test_one_in_twenty_is_drawn_within_bounds(count: int, size: int) -> None:
    assert rules.size_for(count) == size


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(10, 10, 0.722, 1.0), (0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    assert rules.interval(part, whole) == pytest.approx((low, high), abs=0.001)


def test_few_answers_conclude_nothing() -> None:
    assert "chưa đủ để kết luận" in rules.Result(helped=4).says
    assert "khoảng 57% đến 100%" in rules.Result(helped=5).says
    assert rules.Result(not_reached=9).says == "Chưa hỏi được hộ nào."


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"seed": " "}, rules.SeedMissing),
        ({"seed": "x" * 41}, rules.SeedTooLong),
        ({"since": None}, rules.DaysMissing),
        ({"since": date(2026, 11, 20), "until": date(2026, 11, 1)}, rules.DaysTurned),
        ({"until": date(2026, 11, 21)}, rules.DayAhead),
        ({"since": date(2026, 1, 1)}, rules.DaysTooMany),
        ({"size": 4}, rules.SizeWrong),
        ({"size": 61}, rules.SizeWrong),
    ],
)
def test_a_draw_that_cannot_be_is_refused(change: dict[str, Any], refusal: type[Refused]) -> None:
    given: dict[str, Any] = {"seed": "1", "size": None, **NOVEMBER} | change
    with pytest.raises(refusal):
        rules.check_draw(**given, today=TODAY)


@pytest.fixture
def team(country: Country) -> Team:
    village = make_village(country.merged, "Thôn Nậm Ty")
    team = make_team(country.merged, village, name="Tổ Nậm Ty")
    member = make_member(team, role="leader")
    for k in range(8):
        make_visit(make_household(village, f"Chủ Hộ {k}"), team, member, on=date(2026, 11, 2 + k))
    return team


def _draw(unit: Unit, **more: Any) -> SpotDraw:
    open_net()
    return spotting.draw_sample(unit=unit, **({"seed": "90817", "by": None, "at": AT, **NOVEMBER} | more))


def test_drawn_twice_it_is_one_and_only_standing_counted_visits_are_in_it(country: Country, team: Team) -> None:
    village = Village.objects.get()
    out = make_visit(make_household(village), team, on=TODAY, state=VisitState.ASIDE)
    old = make_visit(make_household(village), team, on=TODAY, replaced_at=AT)
    first, again = _draw(country.merged), _draw(country.merged)

    assert first.pk == again.pk
    assert (first.of_count, first.checks.count()) == (8, 5)
    assert not first.checks.filter(visit__in=[out, old]).exists()
    with pytest.raises(rules.NothingToDraw):
        _draw(country.neighbour)


def test_nobody_asks_again_about_an_own_visit(country: Country, team: Team, cast: Cast) -> None:
    check = _draw(country.merged).checks.first()
    assert check is not None
    member = check.visit.member
    assert member is not None
    member.person = Person.objects.get(pk=cast.officer.id)
    member.save()

    with pytest.raises(rules.OwnVisit):
        spotting.answer(check=check, answer="helped", note="", by=cast.officer.id, at=AT)
    spotting.answer(check=check, answer="helped", note="", by=cast.colleague.id, at=AT)
    check.refresh_from_db()
    assert check.answer == "helped"


def test_a_commune_draws_goes_and_writes_what_was_said(country: Country, team: Team, cast: Cast) -> None:
    browser = visitor(cast.officer)
    form = {"since": "01/11/2026", "until": "20/11/2026", "seed": "90817"}
    assert browser.post("/hoi-lai/rut/", form | {"seed": ""}).status_code == 422
    address = browser.post("/hoi-lai/rut/", form)["Location"]
    with at_most(12):
        text = text_of(browser.get(address))
    assert "Còn 5 trên 5 hộ chưa hỏi" in text
    assert "Chủ Hộ" in text
    open_net()
    checks = list(SpotCheck.objects.order_by("pk"))
    said = ("helped", "helped", "not_helped", "nobody_came", "not_reached")
    for check, answer in zip(checks, said, strict=True):
        assert browser.post(f"{address}tra-loi/", {"check": check.pk, "answer": answer}).status_code == 302
    assert browser.post(f"{address}tra-loi/", {"check": checks[0].pk, "answer": "x"}).status_code == 422
    assert browser.post(f"{address}tra-loi/", {"check": "9" * 30, "answer": "helped"}).status_code == 404
    with at_most(12):
        text = text_of(browser.get("/hoi-lai/"))
    assert "Mới hỏi được 4 hộ" in text
    assert "Tổ Nậm Ty" in text
    assert browser.get("/hoi-lai/?tai=xlsx").content[:2] == b"PK"


def test_who_lives_where_is_read_in_the_commune_only(country: Country, team: Team, cast: Cast) -> None:
    made = _draw(country.merged)
    for player in (cast.appraiser, cast.province_admin, cast.ministry_admin):
        page = visitor(player).get(f"/hoi-lai/{made.pk}/")
        assert page.status_code == 200
        assert "Chủ Hộ" not in text_of(page)
        assert "Chủ Hộ" not in text_of(visitor(player).get(f"/hoi-lai/{made.pk}/?tai=csv"))
    assert visitor(cast.neighbour).get(f"/hoi-lai/{made.pk}/").status_code == 404
    assert visitor(cast.volunteer).get("/hoi-lai/").status_code == 403
    assert visitor(cast.appraiser).post(f"/hoi-lai/{made.pk}/tra-loi/", {}).status_code == 403


def test_the_officer_of_an_heir_asks_again_where_the_old_commune_was(country: Country, cast: Cast) -> None:
    village = make_village(country.old_yen_hoa)
    team = make_team(country.old_yen_hoa, village, name="Tổ Thời Cũ")
    make_visit(make_household(village, "Hộ Xã Cũ"), team, make_member(team))

    made = _draw(country.merged)

    browser = visitor(cast.officer)
    assert "Hộ Xã Cũ" in text_of(browser.get(f"/hoi-lai/{made.pk}/"))
    old = SpotDraw.objects.create(
        unit=country.old_yen_hoa, seed="xưa", since=TODAY, until=TODAY, of_count=1, drawn_at=AT
    )
    assert f"/hoi-lai/{old.pk}/" in text_of(browser.get("/hoi-lai/"))
