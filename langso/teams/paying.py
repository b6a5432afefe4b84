"""Rates of a province and the monthly lists of its communes: computed, approved and frozen, replaced with a reason."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from psycopg.types.range import Range

from langso.ledger import actions as ledger
from langso.legal.models import LegalDocument
from langso.lib.period import Period, day_of, write_day
from langso.lib.vietnamese import nfc
from langso.teams import pay_rules as rules
from langso.teams.models import AllowanceList, AllowanceRate, Member, MemberRole, RatePer, Team, TeamVillage
from langso.teams.queries import ROLE_ORDER
from langso.units.models import Reach, Succession, Unit
from langso.villages import actions as villages

Worked = Mapping[tuple[int | None, int], Set[date]]  # days with recorded work, by the team of the day and the member
ActiveDays = Callable[[Iterable[int], Period], Worked]  # of some communes and a month; asked only where days are paid
Who = tuple[str, str]  # a person in the rows of a team: the name without marks, and the telephone number


def as_rate(row: AllowanceRate) -> rules.Rate:
    return rules.Rate(
        row.per, row.amount_vnd, row.valid.lower, row.valid.upper, str(row.document) if row.document else ""
    )


def rates_in(province: int) -> list[AllowanceRate]:
    """All rates of a province, the latest first.  Cost: one query."""
    found = AllowanceRate.objects.filter(unit=province).select_related("document")
    return [r for r in found.order_by("-valid", "per") if not r.valid.isempty]


@transaction.atomic
def add_rate(
    *,
    unit: Unit,
    per: str,
    amount_vnd: int | None,
    start: date | None,
    document: LegalDocument | None,
    by: int | None,
    at: datetime,
) -> AllowanceRate:
    """A rate from a day on, by a resolution; the same rate again is the one there is.

    Refuses: PayWrong.
    """
    villages.hold(unit)
    there = rates_in(unit.pk)
    for row in there:
        if (row.per, row.amount_vnd, row.valid.lower, row.valid.upper) == (per, amount_vnd, start, None):
            return row
    amount, day = rules.check_rate(amount_vnd, start, [as_rate(r) for r in there], per=per, what=RatePer(per).label)
    if document is None:
        raise rules.RateDocumentMissing(field="number")
    rate = AllowanceRate.objects.create(
        unit=unit, per=RatePer(per), amount_vnd=amount, valid=Range(day, None), document=document
    )
    ledger.record(
        by=by,
        did="rate.added",
        to=rate,
        unit=unit.pk,
        at=at,
        facts={"per": per, "amount_vnd": amount, "since": day.isoformat(), "document": document.number},
    )
    return rate


@transaction.atomic
def end_rate(*, rate: AllowanceRate, stop: date | None, by: int | None, at: datetime) -> AllowanceRate:
    """A rate holds no more from a day on.

    Refuses: PayWrong.
    """
    if stop is None:
        raise rules.RateDayMissing(field="stop")
    villages.hold(rate.unit)
    rate.refresh_from_db()
    start = rate.valid.lower
    if rate.valid.upper == stop:
        return rate
    if stop <= start:
        raise rules.RateEndsBeforeStart(field="stop", stop=write_day(stop), start=write_day(start))
    rate.valid = Range(start, stop)
    rate.save(update_fields=["valid"])
    ledger.record(by=by, did="rate.ended", to=rate, unit=rate.unit_id, at=at, facts={"stop": stop.isoformat()})
    return rate


# ── the list of a month ──────────────────────────────────────────────────────


@dataclass(frozen=True)
class Computed:
    """What a month amounts to by what the book says now."""

    lines: list[dict[str, Any]]
    rates: Mapping[str, rules.Rate]

    @property
    def total_vnd(self) -> int:
        return sum(int(line["amount_vnd"]) for line in self.lines)

    @property
    def digest(self) -> str:
        """What was seen when it was approved: a list that changed under one's eyes is not approved."""
        return hashlib.sha256(json.dumps(self.lines, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def compute(
    unit: Unit, month: Period, *, province: int, province_name: str, active: ActiveDays | None = None, today: date
) -> Computed:
    """The teams of a commune and of those that it absorbed. Of a commune that was split only where it mainly went pays.

    Who changes role within the month, or comes along when teams are merged, is one person, in the last role and team.
    Refuses: MonthAhead, NoRate, RateChangesWithin.  Cost: four queries, two or three more where days are paid.
    """
    rules.check_month(month, today=today)
    rates = rules.rates_of([as_rate(r) for r in rates_in(province)], month, province=province_name)
    span = Range(month.start, month.stop)
    teams = list(Team.objects.filter(unit__in=_paid_by(unit, month), valid__overlap=span).order_by("sort_key", "id"))
    served: dict[int, list[str]] = {}
    rows = TeamVillage.objects.filter(team__in=teams, valid__overlap=span).order_by("village__sort_key")
    for team, name in rows.values_list("team_id", "village__name"):
        if name not in served.setdefault(team, []):
            served[team].append(name)
    people: dict[int, dict[Who, Member]] = {}
    members = Member.objects.filter(team__in=teams, valid__overlap=span).order_by("valid", "id")
    for member in members:
        people.setdefault(member.team_id, {})[member.folded, member.phone] = member
    ended = [t for t in teams if t.valid.upper is not None and t.valid.upper < month.stop]
    heirs = {t.pk: t.merged_into_id for t in ended if t.merged_into_id in people}
    asks = active is not None and rules.MEMBER_DAY in rates
    days = _days(people, heirs, active({t.unit_id for t in teams}, month) if active is not None and asks else {})
    went = [(t, who) for t in people for who in people[t] if _home(t, who, people, heirs) != t]
    for key, who in went:
        del people[key][who]
    of = [
        rules.TeamOf(
            t.pk,
            t.name,
            ", ".join(served.get(t.pk, ())),
            [
                rules.Paid(m.full_name, MemberRole(m.role).label, len(days.get((t.pk, who), ())))
                for who, m in sorted(
                    people.get(t.pk, {}).items(), key=lambda x: (ROLE_ORDER[MemberRole(x[1].role)], x[1].sort_key)
                )
            ],
        )
        for t in teams
    ]
    return Computed(rules.lines_of(of, rates), rates)


def _paid_by(unit: Unit, month: Period) -> QuerySet[Unit]:
    """The commune and what it has absorbed by the end of the month."""
    reached = Reach.objects.filter(root=unit).on(month.last_day).values("unit")
    elsewhere = Succession.objects.filter(successor=unit, is_default=False).values("predecessor")
    return Unit.objects.filter(pk__in=reached).exclude(pk__in=elsewhere)


def _home(team: int, who: Who, people: Mapping[int, Mapping[Who, Member]], heirs: Mapping[int, int | None]) -> int:
    """The team where a person stands last: the one that hers was merged into, when she came along."""
    seen = {team}
    while (heir := heirs.get(team)) is not None and heir not in seen and who in people.get(heir, {}):
        seen.add(heir)
        team = heir
    return team


def _days(
    people: Mapping[int, Mapping[Who, Member]], heirs: Mapping[int, int | None], worked: Worked
) -> dict[tuple[int, Who], set[date]]:
    """Days with recorded work by team and person.  Cost: one query where someone's row is of another month.

    Visits name the row of a member that goes on, also those of a month that an earlier row stands for.
    """
    known: dict[int, Who] = {m.pk: who for there in people.values() for who, m in there.items()}
    unknown = {member for _, member in worked} - known.keys()
    if unknown:
        named = Member.objects.filter(pk__in=unknown).values_list("pk", "folded", "phone")
        known |= {pk: (folded, phone) for pk, folded, phone in named}
    found: dict[tuple[int, Who], set[date]] = {}
    for (team, member), dates in worked.items():
        place = _place(team, known[member], people) if member in known else None
        if place is not None:
            found.setdefault((_home(*place, people, heirs), place[1]), set()).update(dates)
    return found


def _place(team: int | None, who: Who, people: Mapping[int, Mapping[Who, Member]]) -> tuple[int, Who] | None:
    """Where a person stood in the month: in the team of the visit, by the name alone when the number was changed since;
    else in the one team that has her, as when her team was merged by a day that was past."""
    near = people.get(team or 0, {})
    same = [w for w in near if w == who] or [w for w in near if w[0] == who[0]]
    if team is not None and len(same) == 1:
        return team, same[0]
    far = [(t, who) for t in people if who in people[t]]
    return far[0] if len(far) == 1 else None


def lists_of(unit: int, month: Period) -> list[AllowanceList]:
    """All lists of a month, the standing one (that nothing has replaced) first.  Cost: one query."""
    found = AllowanceList.objects.filter(unit=unit, month=month.code).select_related("approved_by")
    return sorted(found, key=lambda a: (a.replaced_at is not None, -a.pk))


@transaction.atomic
def approve(
    *,
    unit: Unit,
    month: Period,
    compute: Callable[[], Computed],
    seen: str,
    reason: str = "",
    by: int | None,
    at: datetime,
) -> AllowanceList:
    """Freeze the list of a month that is over; one that is frozen is replaced only with a reason. Approved again as it
    is, it is the one there is.

    It is computed here, while nobody else changes the network; when that differs from what was `seen` (a digest), it is
    refused. Refuses: PayWrong.
    """
    rules.check_over(month, today=day_of(at))
    villages.hold(unit)
    computed = compute()
    there = (
        AllowanceList.objects.select_for_update(of=("self",))
        .filter(unit=unit, month=month.code, replaced_at=None)
        .first()
    )
    if there is not None and there.lines == computed.lines:
        return there
    if not computed.lines:
        raise rules.NothingToPay()
    if seen != computed.digest:
        raise rules.ListChanged()
    reason = nfc(reason)[:300]
    if there is not None:
        if not reason:
            raise rules.ReasonMissing(field="reason")
        there.replaced_at = at
        there.save(update_fields=["replaced_at"])
    made = AllowanceList.objects.create(
        unit=unit,
        month=month.code,
        lines=computed.lines,
        total_vnd=computed.total_vnd,
        made_at=at,
        made_by_id=by,
        approved_at=at,
        approved_by_id=by,
        reason=reason if there is not None else "",
    )
    ledger.record(
        by=by,
        did="allowance.replaced" if there is not None else "allowance.approved",
        to=made,
        unit=unit.pk,
        at=at,
        facts={
            "month": month.code,
            "total_vnd": made.total_vnd,
            "teams": len(made.lines),
            "replaces": there.pk if there is not None else None,
            "reason": reason or None,
        },
    )
    return made
