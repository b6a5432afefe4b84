"""What changes a commune's network, and what is refused."""

from datetime import date
from uuid import uuid4

import pytest
from psycopg.types.range import Range

from langso.lib.refusal import Refused
from langso.teams import actions, rules
from langso.teams.actions import MemberFacts
from langso.teams.models import Member, NetworkCount, Team, TeamVillage
from langso.units.models import Unit
from langso.villages import rules as village_rules
from langso.villages.actions import cited
from langso.villages.models import Household, Village
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, facts, open_net
from tests.teams.field import make_household, make_member, make_team, make_village


def _count(unit: Unit) -> NetworkCount:
    return NetworkCount.objects.get(unit=unit)


def _team(country: Country, *villages: Village, name: str = "Tổ một", since: date = TODAY) -> Team:
    return actions.add_team(
        unit=country.merged,
        province_code="08",
        name=name,
        chosen=[v.pk for v in villages],
        since=since,
        document=None,
        by=None,
        at=AT,
    )


def _village(country: Country, name: str, **more: object) -> Village:
    given: dict[str, object] = {"kind": "thôn", "since": date(2025, 7, 1), "households_count": 40} | more
    return actions.add_village(
        unit=country.merged,
        province_code="08",
        name=name,
        by=None,
        at=AT,
        **given,
    )


def test_each_verb_keeps_the_count_of_the_commune(country: Country, cast: Cast) -> None:
    open_net()
    one, two = _village(country, "Nậm Ty"), _village(country, "Tấn Xà Phìn", households_count=None)
    assert facts(_count(country.merged).villages_count, _count(country.merged).households_count) == (2, 40)
    assert _count(country.merged).province_code == "08"

    team = _team(country, one)
    assert facts(
        _count(country.merged).villages_with_team_count, _count(country.merged).teams_without_leader_count
    ) == (
        1,
        1,
    )
    member = actions.add_member(
        team=team,
        facts=MemberFacts("Vàng Thị Mẩy", role="leader", training="basic", trained_on=TODAY),
        since=TODAY,
        by=cast.officer.id,
        at=AT,
    )
    now = _count(country.merged)
    assert facts(now.members_count, now.trained_count, now.teams_without_leader_count) == (1, 1, 0)

    actions.edit_team(team=team, name="Tổ hai thôn", chosen=[one.pk, two.pk], document=None, by=None, at=AT)
    assert _count(country.merged).villages_with_team_count == 2
    assert member.team_id == team.pk


def test_a_team_that_ends_ends_with_its_members_and_villages(country: Country) -> None:
    open_net()
    village = make_village(country.merged)
    team = make_team(country.merged, village)
    make_member(team, role="leader")

    actions.dissolve_team(team=team, on=TODAY, reason="Nhập tổ", by=None, at=AT)
    actions.dissolve_team(team=team, on=TODAY, reason="Nhập tổ", by=None, at=AT)

    now = _count(country.merged)
    assert facts(now.teams_count, now.members_count, now.villages_with_team_count) == (0, 0, 0)
    assert Member.objects.get().left_reason == "Nhập tổ"


def test_a_team_has_one_leader_a_day_and_a_past_leader_is_kept(country: Country) -> None:
    open_net()
    team = make_team(country.merged, make_village(country.merged))
    old = make_member(team, "Lù Văn Páo", role="leader")
    young = make_member(team, "Phàn Thị Xuân")

    with pytest.raises(rules.TwoLeaders, match="Lù Văn Páo"):
        actions.edit_member(member=young, facts=MemberFacts("Phàn Thị Xuân", role="leader"), by=None, at=AT)
    actions.edit_member(member=old, facts=MemberFacts("Lù Văn Páo", role="deputy"), by=None, at=AT)
    actions.edit_member(member=young, facts=MemberFacts("Phàn Thị Xuân", role="leader"), by=None, at=AT)

    assert team.members.get(role="leader", valid__contains=TODAY).pk == young.pk
    assert team.members.get(role="leader", valid__contains=date(2026, 1, 1)).full_name == "Lù Văn Páo"
    assert _count(country.merged).members_count == 2


def test_a_form_sent_twice_is_one_member_one_team_one_village(country: Country) -> None:
    open_net()
    uid = uuid4()
    villages = {_village(country, "Nậm Ty", uid=uid).pk for _ in range(2)}
    assert len(villages) == 1
    village = Village.objects.get()
    teams = {
        actions.add_team(
            unit=country.merged,
            province_code="08",
            name="Tổ một",
            chosen=[village.pk],
            since=TODAY,
            document=None,
            uid=uid,
            by=None,
            at=AT,
        ).pk
        for _ in range(2)
    }
    team = Team.objects.get(pk=teams.pop())
    for _ in range(2):
        actions.add_member(team=team, facts=MemberFacts("Lù Văn Páo"), since=TODAY, uid=uid, by=None, at=AT)
    assert facts(teams, Member.objects.count()) == (set(), 1)


def test_merged_villages_take_households_service_and_members_along(country: Country) -> None:
    open_net()
    one, two = make_village(country.merged, "Thôn Nậm Ty"), make_village(country.merged, "Thôn Hồ Thầu 2")
    first, second = make_team(country.merged, one), make_team(country.merged, two)
    make_member(first, "Lù Văn Páo", role="leader")
    make_member(second, "Phàn Thị Xuân", role="leader")
    household = make_household(two)
    paper = cited("12/NQ-HĐND", "HĐND xã", TODAY)
    call = {"into": one, "merged": [two], "new_name": "", "on": TODAY, "document": paper, "by": None, "at": AT}

    with pytest.raises(rules.TeamChoiceMissing):
        actions.merge_villages(**call, team=None)  # type: ignore[arg-type]
    two.refresh_from_db()
    assert two.merged_into_id is None

    done = actions.merge_villages(**call, team=first.pk)  # type: ignore[arg-type]

    two.refresh_from_db()
    second.refresh_from_db()
    household.refresh_from_db()
    assert facts(done.households, done.members, household.village_id) == (1, 1, one.pk)
    assert facts(two.merged_into_id, two.valid, second.merged_into_id) == (
        one.pk,
        Range(date(2025, 7, 1), TODAY),
        first.pk,
    )
    roles = {m.full_name: m.role for m in first.members.filter(valid__contains=TODAY)}
    assert roles == {"Lù Văn Páo": "leader", "Phàn Thị Xuân": "deputy"}
    assert _count(country.merged).villages_with_team_count == 1
    assert _count(country.merged).households_count == 120


def test_a_village_without_a_team_joins_the_team_of_the_other(country: Country) -> None:
    open_net()
    bare, served = make_village(country.merged, "Thôn A"), make_village(country.merged, "Thôn B")
    team = make_team(country.merged, served)

    actions.merge_villages(
        into=bare,
        merged=[served],
        new_name="Đoàn Kết",
        on=TODAY,
        document=cited("12/NQ-HĐND", "", TODAY),
        team=None,
        by=None,
        at=AT,
    )

    bare.refresh_from_db()
    assert bare.name == "Thôn Đoàn Kết"
    assert TeamVillage.objects.get(village=bare, valid__contains=TODAY).team_id == team.pk


def test_a_village_merged_meanwhile_is_edited_no_more(country: Country) -> None:
    open_net()
    one, two = make_village(country.merged), make_village(country.merged)
    actions.merge_villages(
        into=one,
        merged=[Village.objects.get(pk=two.pk)],
        new_name="",
        on=TODAY,
        document=cited("12/NQ-HĐND", "", TODAY),
        team=None,
        by=None,
        at=AT,
    )

    with pytest.raises(village_rules.AlreadyMerged):
        actions.edit_village(
            village=two, kind="thôn", name="Tên mới", households_count=9, signal="good", by=None, at=AT
        )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"on": date(2026, 11, 21)}, village_rules.DayAhead),
        ({"on": None}, village_rules.DayMissing),
        ({"on": date(2025, 7, 1)}, village_rules.DayBeforeStart),
        ({"document": None}, village_rules.DocumentMissing),
        ({"merged": []}, village_rules.TooFewVillages),
        ({"team": 99_999}, rules.TeamNotOfThese),
    ],
)
def test_a_merger_that_cannot_be_changes_nothing(
    country: Country, change: dict[str, object], refusal: type[Refused]
) -> None:
    open_net()
    one, two = make_village(country.merged), make_village(country.merged)
    call: dict[str, object] = {
        "into": one,
        "merged": [two],
        "new_name": "",
        "on": TODAY,
        "document": cited("12/NQ-HĐND", "", TODAY),
        "team": None,
        "by": None,
        "at": AT,
    }

    with pytest.raises(refusal):
        actions.merge_villages(**(call | change))  # type: ignore[arg-type]
    assert Village.objects.filter(valid__upper_inf=True).count() == 2
    assert Household.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"full_name": ""}, rules.MemberNameMissing),
        ({"full_name": "Mẩy"}, rules.MemberNameWrong),
        ({"full_name": "Vàng Thị 0912345678"}, rules.MemberNameWrong),
        ({"full_name": "Vàng Thị Mẩy", "phone": "123"}, rules.PhoneWrong),
        ({"full_name": "Vàng Thị Mẩy", "training": "full", "trained_on": date(2026, 11, 21)}, rules.DayAhead),
        ({"full_name": "Vàng Thị Mẩy", "training": "full", "trained_on": date(1900, 1, 1)}, rules.DayTooOld),
    ],
)
def test_what_cannot_be_of_a_member_is_refused(given: dict[str, object], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        MemberFacts(**given).checked(today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0912 345 678", "0912345678"),
        ("+84 912.345.678", "0912345678"),
        ("912345678", "0912345678"),  # Excel took the zero
        ("", ""),
    ],
)
def test_a_telephone_number_is_read_as_people_write_it(said: str, kept: str) -> None:
    assert rules.phone_number(said) == kept


@pytest.mark.parametrize(
    ("kind", "name", "whole"),
    [
        ("thôn", "Nậm Ty", "Thôn Nậm Ty"),
        ("thôn", "thôn Nậm Ty", "Thôn Nậm Ty"),
        ("tổ dân phố", "Tổ dân phố 3", "Tổ dân phố 3"),
        ("bản", "bản 3", "Bản 3"),
        ("", "ấp Chợ", "Ấp Chợ"),
        ("thôn", "Bản Vược", "Thôn Bản Vược"),
    ],
)
def test_a_village_is_said_with_its_kind_once(kind: str, name: str, whole: str) -> None:
    assert village_rules.full_name(kind, name) == whole


def test_a_name_is_taken_however_it_is_typed(country: Country) -> None:
    open_net()
    _village(country, "Hòa Bình")
    with pytest.raises(village_rules.NameTaken):
        _village(country, "thôn  HOÀ BÌNH")
