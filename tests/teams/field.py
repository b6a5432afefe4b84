"""Villages, teams, households and what was done in them: rows as they are after the work, without going through it.

Each opens the row-level net, for arranging only; a page or `come_in` closes it again.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from psycopg.types.range import Range

from langso.lib.period import VIETNAM
from langso.lib.vietnamese import sort_key
from langso.people.models import Person
from langso.teams.models import Member, MemberRole, Team, TeamVillage, Training
from langso.units.models import Unit
from langso.villages.models import Household, Village
from langso.villages.topics import mask_of
from langso.visits.models import HelpRequest, Origin, Proof, Result, Visit
from tests.factories import AT, TODAY, open_net

BEGAN = date(2025, 7, 1)
PROVINCE = "08"
_count = iter(range(1, 1_000_000))


def make_village(
    unit: Unit, name: str = "", *, kind: str = "thôn", households: int | None = 60, since: date = BEGAN, **more: Any
) -> Village:
    open_net()
    name = name or f"Thôn Nậm Ty {next(_count)}"
    facts: dict[str, Any] = {
        "province_code": PROVINCE,
        "counted_on": TODAY if households is not None else None,
        "valid": Range(since, None),
    } | more
    return Village.objects.create(
        unit=unit, kind=kind, name=name, sort_key=sort_key(name), households_count=households, **facts
    )


def make_team(unit: Unit, *villages: Village, name: str = "", since: date = BEGAN, **more: Any) -> Team:
    """A team of a commune; it serves the villages from its first day."""
    open_net()
    name = name or f"Tổ {villages[0].name if villages else next(_count)}"
    facts: dict[str, Any] = {"province_code": PROVINCE, "valid": Range(since, None)} | more
    team = Team.objects.create(unit=unit, name=name, sort_key=sort_key(name), **facts)
    for village in villages:
        TeamVillage.objects.create(unit=unit, team=team, village=village, valid=Range(since, None))
    return team


def make_member(
    team: Team,
    full_name: str = "Vàng Thị Mẩy",
    *,
    role: str = MemberRole.MEMBER,
    since: date = BEGAN,
    person: Person | None = None,
    **more: Any,
) -> Member:
    open_net()
    facts: dict[str, Any] = {
        "address": "chị",
        "phone": "0912345678",
        "training": Training.BASIC,
        "trained_on": date(2026, 3, 2),
        "valid": Range(since, None),
    } | more
    return Member.objects.create(
        unit_id=team.unit_id,
        team=team,
        full_name=full_name,
        sort_key=sort_key(full_name.split()[-1] + " " + full_name),
        role=role,
        person=person,
        **facts,
    )


def make_household(village: Village, head_name: str = "", **more: Any) -> Household:
    open_net()
    facts: dict[str, Any] = {"province_code": PROVINCE, "members_count": 4, "consent": "yes", "code": "2FB7"} | more
    return Household.objects.create(
        unit_id=village.unit_id, village=village, head_name=head_name or f"Lù Văn Sính {next(_count)}", **facts
    )


def make_visit(
    household: Household,
    team: Team | None = None,
    member: Member | None = None,
    *,
    on: date = TODAY,
    topics: Iterable[str] = ("vneid",),
    result: str = Result.ABLE,
    proof: str = Proof.NONE,
    made_at: datetime | None = None,
    **more: Any,
) -> Visit:
    """A row of visits alone: no tally is kept with it."""
    open_net()
    moment = made_at or datetime.combine(on, time(9, 0), VIETNAM).astimezone(UTC)
    facts: dict[str, Any] = {"province_code": PROVINCE, "received_at": moment} | more
    if member is None and "person" not in facts:
        facts["origin"] = Origin.SIMULATED
    return Visit.objects.create(
        unit_id=household.unit_id,
        village_id=household.village_id,
        household=household,
        team=team,
        member=member,
        visited_on=on,
        topics=mask_of(topics),
        result=result,
        proof=proof,
        made_at=moment,
        **facts,
    )


def make_request(village: Village, team: Team | None = None, *, code: str = "", **more: Any) -> HelpRequest:
    open_net()
    facts: dict[str, Any] = {
        "name": "Hoàng Thị Mỷ",
        "phone": "0987654321",
        "topic": "vneid",
        "text": "Điện thoại của mẹ chưa vào được VNeID.",
        "made_at": AT,
        "due_on": date(2026, 11, 27),
    } | more
    return HelpRequest.objects.create(
        unit_id=village.unit_id, village=village, team=team, code=code or f"T{next(_count):07d}", **facts
    )
