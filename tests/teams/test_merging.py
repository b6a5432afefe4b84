"""What merging, moving and dissolving leave as it was, and what goes along."""

from datetime import date
from typing import Any

import pytest
from psycopg.types.range import Range

from langso.legal.models import LegalDocument
from langso.lib.period import Period
from langso.teams import actions, pay_rules, paying, rules
from langso.teams.actions import MemberFacts
from langso.teams.models import AllowanceList, AllowanceRate, Member, Team, TeamVillage
from langso.villages import actions as village_actions
from langso.villages.actions import cited
from langso.villages.models import Village
from langso.visits.active_days import active_days
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, facts, open_net, text_of, visitor
from tests.teams.field import make_household, make_member, make_request, make_team, make_village, make_visit

FIRST = date(2026, 11, 1)
OCTOBER, NOVEMBER = Period.parse("2026-10"), Period.parse("2026-11")


@pytest.fixture
def two(country: Country) -> tuple[Village, Village, Team, Team]:
    one, other = make_village(country.merged, "Thôn Nậm Ty"), make_village(country.merged, "Thôn Hồ Thầu 2")
    return one, other, make_team(country.merged, one, name="Tổ Một"), make_team(country.merged, other, name="Tổ Hai")


def _merge(into: Village, merged: Village, team: Team, on: date = FIRST, **more: Any) -> actions.Merged:
    open_net()
    call: dict[str, Any] = {"new_name": "", "document": cited("12/NQ-HĐND", "HĐND xã", FIRST), "by": None, "at": AT}
    return actions.merge_villages(into=into, merged=[merged], on=on, team=team.pk, **(call | more))


@pytest.fixture
def rate(country: Country) -> AllowanceRate:
    open_net()
    paper = LegalDocument.objects.create(number="26/2025/NQ-HĐND", issuer="HĐND tỉnh", issued_on=date(2025, 12, 10))
    call: dict[str, Any] = {"unit": country.province, "start": date(2026, 1, 1), "document": paper}
    paying.add_rate(per="member_day", amount_vnd=50_000, by=None, at=AT, **call)
    return paying.add_rate(per="member_month", amount_vnd=60_000, by=None, at=AT, **call)


def _lines(country: Country, month: Period) -> list[tuple[str, list[tuple[str, int]]]]:
    open_net()
    province, today = country.province.pk, date(2026, 12, 5)
    made = paying.compute(country.merged, month, province=province, province_name="", active=active_days, today=today)
    return [(line["name"], [(m["name"], m["days"]) for m in line["members"]]) for line in made.lines]


def test_a_leader_of_the_past_does_not_stop_two_teams_from_becoming_one(
    country: Country, two: tuple[Village, Village, Team, Team]
) -> None:
    one, other, first, second = two
    make_member(first, "Lù Văn Páo", role="leader", valid=Range(date(2025, 7, 1), date(2026, 10, 1)))
    leader = make_member(second, "Phàn Thị Xuân", role="leader")

    _merge(one, other, first)

    leader.refresh_from_db()
    assert facts(leader.team_id, leader.role, leader.valid) == (first.pk, "leader", Range(FIRST, None))


def test_a_leader_who_came_after_the_day_makes_the_other_a_deputy(
    country: Country, two: tuple[Village, Village, Team, Team]
) -> None:
    one, other, first, second = two
    make_member(first, "Lù Văn Páo", role="leader", since=date(2026, 11, 10))
    leader = make_member(second, "Phàn Thị Xuân", role="leader")

    _merge(one, other, first)

    leader.refresh_from_db()
    assert facts(leader.team_id, leader.role) == (first.pk, "deputy")


def test_months_before_a_merger_keep_their_members_and_their_pay(
    country: Country, rate: AllowanceRate, two: tuple[Village, Village, Team, Team]
) -> None:
    one, other, first, second = two
    make_member(first, "Lù Văn Páo", role="leader")
    mine = make_member(second, "Phàn Thị Xuân", role="leader")
    household = make_household(other)
    for day in (date(2026, 10, 6), date(2026, 10, 7), date(2026, 11, 3)):  # the last was done after the day of merging
        make_visit(household, second, mine, on=day)
    before = _lines(country, OCTOBER)

    _merge(one, other, first)

    assert _lines(country, OCTOBER) == before
    assert before == [("Tổ Hai", [("Phàn Thị Xuân", 2)]), ("Tổ Một", [("Lù Văn Páo", 0)])]
    assert _lines(country, NOVEMBER) == [("Tổ Một", [("Lù Văn Páo", 0), ("Phàn Thị Xuân", 1)])]
    mine.refresh_from_db()
    assert facts(mine.team_id, mine.role, mine.valid.lower) == (first.pk, "deputy", FIRST)
    assert second.members.get(valid__contains=date(2026, 10, 15)).role == "leader"


def test_who_comes_along_within_a_month_is_paid_once(
    country: Country, rate: AllowanceRate, two: tuple[Village, Village, Team, Team]
) -> None:
    one, other, first, second = two
    mine = make_member(second, "Phàn Thị Xuân")
    household = make_household(other)
    for day in (date(2026, 11, 3), date(2026, 11, 18)):
        make_visit(household, second, mine, on=day)

    _merge(one, other, first, on=date(2026, 11, 10))

    assert _lines(country, NOVEMBER) == [("Tổ Hai", []), ("Tổ Một", [("Phàn Thị Xuân", 2)])]


def test_days_of_a_month_before_another_role_are_still_paid(
    country: Country, rate: AllowanceRate, two: tuple[Village, Village, Team, Team]
) -> None:
    one, _, first, _ = two
    mine = make_member(first, "Phàn Thị Xuân")
    make_visit(make_household(one), first, mine, on=date(2026, 10, 6))

    actions.edit_member(member=mine, facts=MemberFacts("Phàn Thị Xuân", role="leader"), by=None, at=AT)

    assert ("Tổ Một", [("Phàn Thị Xuân", 1)]) in _lines(country, OCTOBER)


def test_a_name_given_meanwhile_is_not_undone_by_a_merger(
    country: Country, two: tuple[Village, Village, Team, Team]
) -> None:
    one, other, first, _ = two
    stale = Village.objects.select_related("unit").get(pk=one.pk)
    village_actions.edit_village(
        village=one, kind="thôn", name="Đoàn Kết", households_count=70, signal="good", by=None, at=AT
    )

    _merge(stale, other, first)

    one.refresh_from_db()
    assert facts(one.name, one.households_count, stale.name) == ("Thôn Đoàn Kết", 130, "Thôn Đoàn Kết")


def test_a_day_on_which_another_team_still_served_the_village_is_refused_in_words(
    country: Country, two: tuple[Village, Village, Team, Team]
) -> None:
    one, other, first, second = two
    TeamVillage.objects.filter(team=first).update(valid=Range(date(2025, 7, 1), date(2026, 11, 10)))
    third = make_team(country.merged, name="Tổ Ba")
    TeamVillage.objects.create(unit=country.merged, team=third, village=one, valid=Range(date(2026, 11, 10), None))

    with pytest.raises(rules.VillageServedThen, match="10/11/2026"):
        _merge(one, other, second)


def test_the_officer_of_an_heir_lists_villages_teams_and_pay_of_what_was_absorbed(
    country: Country, rate: AllowanceRate, cast: Cast
) -> None:
    village = make_village(country.old_yen_hoa, "Thôn Thời Cũ")
    make_member(make_team(country.old_yen_hoa, village, name="Tổ Thời Cũ"), "Lù Văn Páo")
    make_team(country.neighbour, make_village(country.neighbour, "Thôn Hàng Xóm"), name="Tổ Hàng Xóm")
    officer, province = visitor(cast.officer), visitor(cast.province_admin)

    with at_most(12):
        assert "Thôn Thời Cũ" in text_of(officer.get("/thon/"))
    with at_most(12):
        assert "Tổ Thời Cũ" in text_of(officer.get("/to/phu-cap/?thang=2026-10"))
    for address, says in (("/thon/", "Thôn Thời Cũ"), ("/to/", "Tổ Thời Cũ")):
        shown = text_of(province.get(f"{address}?xa=00001"))
        assert says in shown
        assert "Hàng Xóm" not in shown
    assert "Thời Cũ" not in text_of(visitor(cast.neighbour).get("/thon/"))


def test_a_team_of_a_commune_that_was_split_is_paid_by_one_of_its_heirs(country: Country, rate: AllowanceRate) -> None:
    make_member(make_team(country.old_ban_nhung, make_village(country.old_ban_nhung)))
    place: dict[str, Any] = {"province": country.province.pk, "province_name": "", "today": TODAY}

    paid = [len(paying.compute(unit, OCTOBER, **place).lines) for unit in (country.split_one, country.split_two)]

    assert paid == [1, 0]


def test_a_list_that_changed_since_it_was_shown_is_not_approved(
    country: Country, rate: AllowanceRate, two: tuple[Village, Village, Team, Team]
) -> None:
    _, _, first, _ = two
    make_member(first, "Lù Văn Páo")

    def compute() -> paying.Computed:
        return paying.compute(country.merged, OCTOBER, province=country.province.pk, province_name="", today=TODAY)

    seen = compute().digest
    make_member(first, "Phàn Thị Xuân")
    call: dict[str, Any] = {"unit": country.merged, "month": OCTOBER, "compute": compute, "by": None, "at": AT}
    with pytest.raises(pay_rules.ListChanged):
        paying.approve(seen=seen, **call)
    assert not AllowanceList.objects.exists()
    lines = paying.approve(seen=compute().digest, **call).lines
    assert sorted(len(line["members"]) for line in lines) == [0, 2]


def test_waiting_requests_follow_the_teams_of_their_village(
    country: Country, two: tuple[Village, Village, Team, Team]
) -> None:
    one, _, first, second = two
    bare = make_village(country.merged, "Thôn Vắng")
    asked = make_request(bare)
    taken, handed, done = make_request(one, first), make_request(one, second), make_request(one, first, state="done")

    def teams() -> list[int | None]:
        open_net()
        return [type(asked).objects.get(pk=r.pk).team_id for r in (asked, taken, handed, done)]

    call: dict[str, Any] = {"document": None, "by": None, "at": AT}
    third = actions.add_team(
        unit=country.merged, province_code="08", name="Tổ Ba", chosen=[bare.pk], since=TODAY, **call
    )
    assert teams() == [third.pk, first.pk, second.pk, first.pk]
    actions.dissolve_team(team=first, on=TODAY, reason="Giải thể", by=None, at=AT)
    assert teams() == [third.pk, first.pk, second.pk, first.pk]  # the village has no team yet
    actions.edit_team(team=third, name="Tổ Ba", chosen=[bare.pk, one.pk], **call)
    assert teams() == [third.pk, third.pk, second.pk, first.pk]
    assert Member.objects.count() == 0
