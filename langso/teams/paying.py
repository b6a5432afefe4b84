"""Rates of a province and the monthly lists of its communes: computed, approved and frozen, replaced with a reason."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from psycopg.types.range import Range

from langso.ledger import actions as ledger
from langso.legal.models import LegalDocument
from langso.lib.period import Period, day_of, write_day
from langso.lib.vietnamese import nfc
from langso.teams import pay_rules as rules
from langso.teams.models import AllowanceList, AllowanceRate, Member, MemberRole, RatePer, Team, TeamVillage
from langso.teams.queries import ROLE_ORDER
from langso.units.models import Unit
from langso.villages import actions as villages

ActiveDays = Callable[[], Mapping[int, int]]  # days with recorded work, by member; asked only where days are paid


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
    """Refuses: MonthAhead, NoRate, RateChangesWithin.  Cost: four queries."""
    rules.check_month(month, today=today)
    rates = rules.rates_of([as_rate(r) for r in rates_in(province)], month, province=province_name)
    span = Range(month.start, month.stop)
    days = active() if active is not None and rules.MEMBER_DAY in rates else {}
    teams = list(Team.objects.filter(unit=unit, valid__overlap=span).order_by("sort_key", "id"))
    served: dict[int, list[str]] = {}
    rows = TeamVillage.objects.filter(team__in=teams, valid__overlap=span).order_by("village__sort_key")
    for team, name in rows.values_list("team_id", "village__name"):
        if name not in served.setdefault(team, []):
            served[team].append(name)
    people: dict[int, dict[tuple[str, str], Member]] = {}
    members = Member.objects.filter(team__in=teams, valid__overlap=span).order_by("valid", "id")
    for member in members:  # who changed role within the month is one person, in the last role
        people.setdefault(member.team_id, {})[member.folded, member.phone] = member
    of = [
        rules.TeamOf(
            t.pk,
            t.name,
            ", ".join(served.get(t.pk, ())),
            [
                rules.Paid(m.full_name, MemberRole(m.role).label, days.get(m.pk, 0))
                for m in sorted(
                    people.get(t.pk, {}).values(), key=lambda m: (ROLE_ORDER[MemberRole(m.role)], m.sort_key)
                )
            ],
        )
        for t in teams
    ]
    return Computed(rules.lines_of(of, rates), rates)


def lists_of(unit: int, month: Period) -> list[AllowanceList]:
    """All lists of a month, the standing one (that nothing has replaced) first.  Cost: one query."""
    found = AllowanceList.objects.filter(unit=unit, month=month.code).select_related("approved_by")
    return sorted(found, key=lambda a: (a.replaced_at is not None, -a.pk))


@transaction.atomic
def approve(
    *, unit: Unit, month: Period, computed: Computed, seen: str, reason: str = "", by: int | None, at: datetime
) -> AllowanceList:
    """Freeze the list of a month that is over; one that is frozen is replaced only with a reason. Approved again as it
    is, it is the one there is.

    Refuses: PayWrong.
    """
    rules.check_over(month, today=day_of(at))
    villages.hold(unit)
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
