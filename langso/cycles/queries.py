"""Reading cycles and who verifies what in them; the files of the units are read in `assessments`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from langso.criteria.edition import Edition
from langso.cycles.models import Cycle, Department
from langso.cycles.rules import DAYS, Plan, Stage, day_words, stage_on
from langso.people.permits import Presence, units_of
from langso.people.roles import Right


def runnable(person: Presence, *, on: date) -> QuerySet[Cycle]:
    """Cycles that this person may run: of the units that her right reaches; those of the ministry with a post there."""
    everywhere, _ = person.roots(Right.CYCLE_WRITE)
    if not person.has(Right.CYCLE_WRITE):
        return Cycle.objects.none()
    mine = Cycle.objects.within(units_of(person, Right.CYCLE_WRITE, on=on))
    return Cycle.objects.filter(Q(pk__in=mine.values("pk")) | Q(unit=None)) if everywhere else mine


def calendar_of(cycle: Cycle) -> dict[str, date]:
    return {name: getattr(cycle, name) for name in DAYS}


def stage_of(cycle: Cycle, on: date) -> Stage:
    return stage_on(on, **calendar_of(cycle))


def plan_of(cycle: Cycle) -> Plan:
    return Plan(
        title=cycle.title,
        framework=cycle.framework,
        edition=cycle.edition,
        period=cycle.period,
        unit_level=cycle.unit_level,
        days=calendar_of(cycle),
        days_off=tuple(cycle.days_off),
        days_on=tuple(cycle.days_on),
        quorum_share=cycle.quorum_share,
        pass_share=cycle.pass_share,
        counts_absent=cycle.counts_absent,
        conditions=tuple(cycle.conditions),
        requires_signature=cycle.requires_signature,
        appeal_days=cycle.appeal_days,
        valid_months=cycle.valid_months,
    )


@dataclass(frozen=True)
class Milestone:
    """One day of the calendar, or today among them."""

    label: str
    day: date
    says: str
    is_past: bool
    is_today: bool


def milestones(days: Mapping[str, date], *, off: list[date], on: list[date], today: date) -> list[Milestone]:
    """The calendar in order, with today in its place."""
    found, before = [], None
    for name, label in DAYS.items():
        day = days[name]
        found.append(Milestone(label, day, day_words(day, since=before, off=off, on=on), day < today, day == today))
        before = day
    if all(m.day != today for m in found):
        here = sum(m.day < today for m in found)
        found.insert(here, Milestone("Hôm nay", today, day_words(today, since=None, off=off, on=on), False, True))
    return found


@dataclass(frozen=True)
class ShownPart:
    department: Department
    criteria: tuple[str, ...]
    names: tuple[str, ...]
    members: tuple[str, ...]


def parts(cycle: Cycle, edition: Edition) -> list[ShownPart]:
    """Departments of the province with what each verifies in this cycle.  Cost: three queries."""
    if cycle.unit_id is None:
        return []
    given = {p.department_id: p.criteria for p in cycle.parts.all()}
    names = {c.code: f"{c.code}. {c.name}" for c in edition.criteria}
    departments = Department.objects.filter(unit=cycle.unit_id).prefetch_related("members").order_by("name")
    return [
        ShownPart(
            d,
            tuple(given.get(d.pk, ())),
            tuple(names.get(code, code) for code in given.get(d.pk, ())),
            tuple(str(p) for p in d.members.all()),
        )
        for d in departments
    ]
