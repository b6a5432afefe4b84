"""Setting up teams, their villages and members. Each verb keeps the count of the commune's network with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from psycopg.types.range import Range

from langso.ledger import actions as ledger
from langso.legal.models import LegalDocument
from langso.lib.period import day_of
from langso.lib.vietnamese import fold, nfc, sort_key
from langso.people.models import Person
from langso.teams import rules
from langso.teams.models import Member, MemberRole, Team, TeamVillage, Training
from langso.teams.network import FOLLOWERS, refresh_networks
from langso.units.models import Unit
from langso.villages import actions as villages
from langso.villages.models import Village


def refresh_network(unit: Unit | int, *, on: date) -> None:
    """What the network of the commune amounts to on the day, and what follows it; part of the caller's transaction."""
    key = unit if isinstance(unit, int) else unit.pk
    refresh_networks([key], on=on)
    for follow in FOLLOWERS:
        follow(key, on)


# ── villages, with what they change of the network ───────────────────────────


@transaction.atomic
def add_village(*, unit: Unit, at: datetime, **facts: Any) -> Village:
    """Refuses: VillageWrong."""
    village = villages.add_village(unit=unit, at=at, **facts)
    refresh_network(unit, on=day_of(at))
    return village


@transaction.atomic
def edit_village(*, village: Village, at: datetime, **facts: Any) -> bool:
    """Refuses: VillageWrong."""
    changed = villages.edit_village(village=village, at=at, **facts)
    refresh_network(village.unit_id, on=day_of(at))
    return changed


@dataclass(frozen=True)
class Merged:
    """What a merger of villages took along."""

    households: int
    members: int
    team: Team | None


@transaction.atomic
def merge_villages(
    *,
    into: Village,
    merged: Sequence[Village],
    new_name: str,
    on: date | None,
    document: LegalDocument | None,
    team: int | None,
    by: int | None,
    at: datetime,
) -> Merged:
    """Villages go into one; one team goes on, the members of the others move to it with their term.

    A team that serves other villages too stays there. Refuses: VillageWrong, TeamWrong.
    """
    households = villages.merge_villages(
        into=into, merged=merged, new_name=new_name, on=on, document=document, by=by, at=at
    )
    assert on is not None
    all_of = [into.pk, *(v.pk for v in merged)]
    service = list(TeamVillage.objects.filter(village__in=all_of, valid__upper_inf=True).select_related("team"))
    teams = {s.team_id: s.team for s in service}
    chosen = rules.going_on(list(teams), team)
    moved = 0
    for one in service:
        if one.village_id == into.pk and one.team_id == chosen:
            continue
        _end_service(one, on)
    if chosen is not None:
        if not any((s.village_id, s.team_id) == (into.pk, chosen) for s in service):
            _clear_before([into.pk], on, field="on")
        _serve(teams[chosen], [into.pk], since=on)
        for pk, other in teams.items():
            if pk != chosen and not other.served.filter(valid__upper_inf=True).exists():
                moved += _absorb(teams[chosen], other, on=on, document=document, by=by, at=at)
    refresh_network(into.unit_id, on=day_of(at))
    return Merged(households, moved, teams.get(chosen) if chosen is not None else None)


def _end_service(service: TeamVillage, day: date) -> None:
    start = service.valid.lower
    service.valid = Range(start, max(day, start) if start is not None else day)  # an empty span: it never served
    service.save(update_fields=["valid"])


def _serve(team: Team, chosen: Iterable[int], *, since: date) -> None:
    there = set(team.served.filter(valid__upper_inf=True).values_list("village_id", flat=True))
    TeamVillage.objects.bulk_create(
        TeamVillage(unit_id=team.unit_id, team=team, village_id=v, valid=Range(since, None))
        for v in chosen
        if v not in there
    )


def _absorb(into: Team, other: Team, *, on: date, document: LegalDocument | None, by: int | None, at: datetime) -> int:
    """A team goes into another: its members are in that one from the day on, its leader as a deputy.

    Days before stay where they were, so that what was paid and who led can still be read.
    """
    moved = 0
    for member in other.members.filter(valid__overlap=Range(on, None)).order_by("valid", "pk"):
        _keep_past(member, on, "tổ nhập vào tổ khác")
        led = into.members.filter(role=MemberRole.LEADER, valid__overlap=member.valid)
        if member.role == MemberRole.LEADER and led.exists():
            member.role = MemberRole.DEPUTY
        member.team = into
        member.save(update_fields=["team", "role"])
        moved += member.valid.upper is None
    start = other.valid.lower
    other.valid = Range(start, max(on, start) if start is not None else on)
    other.merged_into = into
    other.save(update_fields=["valid", "merged_into"])
    ledger.record(
        by=by,
        did="team.merged",
        to=other,
        unit=other.unit_id,
        at=at,
        facts={
            "name": other.name,
            "into": into.name,
            "on": on.isoformat(),
            "members": moved,
            "document": document.number if document else None,
        },
    )
    return moved


# ── teams ────────────────────────────────────────────────────────────────────


def _check_chosen(unit: Unit, chosen: Sequence[int], *, but: int = 0) -> None:
    there = set(Village.objects.filter(unit=unit, valid__upper_inf=True).values_list("pk", flat=True))
    taken = {
        s.village_id: (s.village.name, s.team.name)
        for s in TeamVillage.objects.filter(village__in=list(chosen), valid__upper_inf=True)
        .exclude(team=but)
        .select_related("village", "team")
    }
    rules.check_villages(chosen, there, taken)


def _check_name(unit: Unit, name: str, *, but: int = 0) -> None:
    there = Team.objects.filter(unit=unit, folded=fold(name), valid__upper_inf=True).exclude(pk=but).first()
    if there is not None:
        raise rules.TeamNameTaken(field="name", name=there.name)


@transaction.atomic
def add_team(
    *,
    unit: Unit,
    province_code: str,
    name: str,
    chosen: Sequence[int],
    since: date | None,
    document: LegalDocument | None,
    uid: UUID | None = None,
    by: int | None,
    at: datetime,
) -> Team:
    """A team for some villages since a day; the same `uid` sent again is the team already written.

    Refuses: TeamWrong.
    """
    name = rules.team_name(name)
    day = rules.check_day(since, today=day_of(at), field="since")
    villages.hold(unit)
    if uid is not None and (there := Team.objects.filter(uid=uid, unit=unit).first()):
        return there
    _check_name(unit, name)
    _check_chosen(unit, chosen)
    team = Team.objects.create(
        uid=uid or uuid4(),
        unit=unit,
        province_code=province_code,
        name=name,
        sort_key=sort_key(name),
        document=document,
        valid=Range(day, None),
    )
    _clear_before(chosen, day)
    _serve(team, chosen, since=day)
    ledger.record(
        by=by,
        did="team.added",
        to=team,
        unit=unit.pk,
        at=at,
        facts={"name": name, "since": day.isoformat(), "document": document.number if document else None},
    )
    refresh_network(unit, on=day_of(at))
    return team


def _clear_before(chosen: Sequence[int], day: date, *, field: str = "since") -> None:
    """A village that another team served until later than the day cannot be served twice on one day.

    Refuses: VillageHasTeam, VillageServedThen.
    """
    clash = (
        TeamVillage.objects.filter(village__in=list(chosen), valid__overlap=Range(day, None))
        .select_related("village", "team")
        .first()
    )
    if clash is None:
        return
    said = {"field": field, "village": clash.village.name, "team": clash.team.name}
    if clash.valid.upper is None:
        raise rules.VillageHasTeam(**said)
    raise rules.VillageServedThen(day=day, until=clash.valid.upper, **said)


@transaction.atomic
def edit_team(
    *,
    team: Team,
    name: str,
    chosen: Sequence[int],
    document: LegalDocument | None,
    by: int | None,
    at: datetime,
) -> bool:
    """Rename, change the decision, take villages over or give them up from today; returns whether anything changed.

    Refuses: TeamWrong.
    """
    today = day_of(at)
    name = rules.team_name(name)
    villages.hold(team.unit)
    team.refresh_from_db()
    if team.valid.upper is not None:
        raise rules.TeamGone()
    _check_name(team.unit, name, but=team.pk)
    serving = list(team.served.filter(valid__upper_inf=True))
    now = {s.village_id for s in serving}
    fresh = [v for v in chosen if v not in now]
    _check_chosen(team.unit, list(chosen), but=team.pk)
    lost = [s for s in serving if s.village_id not in set(chosen)]
    is_same = (team.name, team.document_id) == (name, document.pk if document else None)
    if is_same and not fresh and not lost:
        return False
    for one in lost:
        _end_service(one, today)
    _clear_before(fresh, today, field="villages")
    _serve(team, fresh, since=today)
    before = team.name
    team.name, team.sort_key, team.document = name, sort_key(name), document
    team.save(update_fields=["name", "sort_key", "document"])
    ledger.record(
        by=by,
        did="team.edited",
        to=team,
        unit=team.unit_id,
        at=at,
        facts={"name": name, "before": before, "villages_added": len(fresh), "villages_left": len(lost)},
    )
    refresh_network(team.unit_id, on=today)
    return True


@transaction.atomic
def dissolve_team(*, team: Team, on: date | None, reason: str, by: int | None, at: datetime) -> None:
    """A team ends with its members and its villages; done again it changes nothing.

    Refuses: TeamWrong.
    """
    reason = rules.check_reason(reason)
    day = rules.check_day(on, today=day_of(at), field="stop")
    villages.hold(team.unit)
    team.refresh_from_db()
    if team.valid.upper is not None:
        return
    rules.check_term(team.valid.lower, day)
    for member in team.members.filter(valid__upper_inf=True):
        _end(member, day, reason)
    for service in team.served.filter(valid__upper_inf=True):
        _end_service(service, day)
    team.valid = Range(team.valid.lower, day)
    team.save(update_fields=["valid"])
    ledger.record(
        by=by,
        did="team.dissolved",
        to=team,
        unit=team.unit_id,
        at=at,
        facts={"name": team.name, "on": day.isoformat(), "reason": reason},
    )
    refresh_network(team.unit_id, on=day_of(at))


# ── members ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class MemberFacts:
    """What is written of a member."""

    full_name: str
    address: str = ""
    role: str = MemberRole.MEMBER
    occupation: str = ""
    phone: str = ""
    is_listed: bool = False
    training: str = Training.NONE
    trained_on: date | None = None
    person_id: int | None = None

    def checked(self, *, today: date) -> dict[str, Any]:
        """As columns.  Refuses: TeamWrong."""
        name = rules.person_name(self.full_name)
        return {
            "full_name": name,
            "sort_key": sort_key(name.split()[-1] + " " + name),
            "address": nfc(self.address)[:10].lower(),
            "role": MemberRole(self.role),
            "occupation": rules.text(self.occupation, 80, field="occupation"),
            "phone": rules.phone_number(self.phone),
            "is_listed": self.is_listed,
            "training": Training(self.training),
            "trained_on": rules.check_training(self.training, self.trained_on, today=today),
            "person_id": self.person_id,
        }


def _check_leader(team: Team, since: date, *, but: int = 0) -> None:
    """The leader of any day from `since` on, another than this member."""
    other = (
        team.members.filter(role=MemberRole.LEADER, valid__overlap=Range(since, None))
        .exclude(pk=but)
        .order_by("-valid")
        .first()
    )
    if other is not None:
        raise rules.TwoLeaders(field="role", name=other.full_name, since=other.valid.lower or since)


@transaction.atomic
def add_member(
    *, team: Team, facts: MemberFacts, since: date | None, uid: UUID | None = None, by: int | None, at: datetime
) -> Member:
    """Someone joins a team from a day on; the same `uid` sent again is the member already written.

    Refuses: TeamWrong.
    """
    today = day_of(at)
    columns = facts.checked(today=today)
    day = rules.check_day(since, today=today, field="since")
    villages.hold(team.unit)
    team.refresh_from_db()
    if uid is not None and (there := team.members.filter(uid=uid).first()):
        return there
    if team.valid.upper is not None:
        raise rules.TeamGone()
    if columns["role"] == MemberRole.LEADER:
        _check_leader(team, day)
    twin = team.members.filter(folded=fold(columns["full_name"]), phone=columns["phone"], valid__upper_inf=True)
    if twin.exists():
        raise rules.MemberTwice(field="full_name", name=columns["full_name"])
    member = Member.objects.create(
        uid=uid or uuid4(), unit_id=team.unit_id, team=team, valid=Range(day, None), **columns
    )
    ledger.record(
        by=by,
        did="member.added",
        to=member,
        unit=team.unit_id,
        at=at,
        facts={"team": team.name, "role": columns["role"].value, "since": day.isoformat()},
    )
    refresh_network(team.unit_id, on=today)
    return member


@transaction.atomic
def edit_member(*, member: Member, facts: MemberFacts, by: int | None, at: datetime) -> bool:
    """Put right what is written of a member; another role holds from today on. Returns whether anything changed.

    Refuses: TeamWrong.
    """
    today = day_of(at)
    columns = facts.checked(today=today)
    villages.hold(member.unit)
    member.refresh_from_db()
    if member.valid.upper is not None:
        raise rules.AlreadyEnded(name=member.full_name, day=member.valid.upper)
    changed = [name for name, value in columns.items() if getattr(member, name) != value]
    if not changed:
        return False
    if "role" in changed:
        if columns["role"] == MemberRole.LEADER:
            _check_leader(member.team, today, but=member.pk)
        _keep_past(member, today)
    for name in changed:
        setattr(member, name, columns[name])
    member.save(update_fields=changed)
    ledger.record(
        by=by,
        did="member.edited",
        to=member,
        unit=member.unit_id,
        at=at,
        facts={"changed": ", ".join(sorted(set(changed) - {"sort_key"}))},
    )
    refresh_network(member.unit_id, on=today)
    return True


def _keep_past(member: Member, day: date, why: str = "đổi vai trò") -> None:
    """The days so far stay as a row of their own; this row, which phones and visits know, goes on."""
    start = member.valid.lower
    if start is not None and start >= day:
        return
    member.valid = Range(day, member.valid.upper)
    member.save(update_fields=["valid"])
    past = Member.objects.get(pk=member.pk)
    past.pk, past.uid, past.valid = None, uuid4(), Range(start, day)
    past.left_reason = why
    past.save(force_insert=True)


def _end(member: Member, day: date, reason: str) -> None:
    start = member.valid.lower
    member.valid = Range(start, max(day, start) if start is not None else day)
    member.left_reason = reason
    member.save(update_fields=["valid", "left_reason"])


@transaction.atomic
def end_member(*, member: Member, on: date | None, reason: str, by: int | None, at: datetime) -> None:
    """A term ends; the row stays. Ended again on the same day it changes nothing.

    Refuses: TeamWrong.
    """
    reason = rules.check_reason(reason)
    day = rules.check_day(on, today=day_of(at), field="stop")
    villages.hold(member.unit)
    member.refresh_from_db()
    if member.valid.isempty or member.valid.upper == day:
        return
    if member.valid.upper is not None:
        raise rules.AlreadyEnded(field="stop", name=member.full_name, day=member.valid.upper)
    rules.check_term(member.valid.lower, day)
    _end(member, day, reason)
    ledger.record(
        by=by,
        did="member.ended",
        to=member,
        unit=member.unit_id,
        at=at,
        facts={"team": member.team.name, "on": day.isoformat(), "reason": reason},
    )
    refresh_network(member.unit_id, on=day_of(at))


def person_of(team: Team, username: str) -> Person | None:
    """The person with this account in the team's commune, to be tied to a member."""
    plain = username.strip().lower()
    if not plain:
        return None
    return Person.objects.filter(account__username=plain, unit=team.unit_id).first()
