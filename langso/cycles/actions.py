"""Drafting a cycle, moving its days, saying who verifies what. Opening and closing are in `assessments.moving`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from langso.criteria import catalogue
from langso.criteria.engine import load_edition
from langso.cycles import rules
from langso.cycles.models import Cycle, Department, Part
from langso.cycles.rules import DAYS, Plan
from langso.ledger import actions as ledger
from langso.legal.models import LegalDocument
from langso.lib.period import day_of
from langso.lib.vietnamese import nfc
from langso.people.models import Person, Post
from langso.people.roles import Role
from langso.units.models import Unit

LEVELS = {"province": "cấp tỉnh", "commune": "cấp xã"}


@dataclass(frozen=True)
class Paper:
    """The document that opens a cycle."""

    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    title: str = ""


def _cited(paper: Paper) -> LegalDocument | None:
    if not paper.number.strip():
        return None
    document, _ = LegalDocument.objects.get_or_create(
        number=nfc(paper.number),
        issuer=nfc(paper.issuer) or "UBND",
        issued_on=paper.issued_on,
        defaults={"title": nfc(paper.title)},
    )
    return document


def _columns(plan: Plan, paper: Paper) -> dict[str, Any]:
    """Refuses: what `check_plan` refuses, FrameworkUnknown, FrameworkNotForLevel."""
    rules.check_plan(plan)
    edition = load_edition(catalogue.find(plan.framework, plan.edition))
    if edition.unit_levels and plan.unit_level not in edition.unit_levels:
        level = LEVELS.get(plan.unit_level, plan.unit_level)
        raise rules.FrameworkNotForLevel(field="edition", title=edition.title, level=level)
    facts = asdict(plan)
    days = facts.pop("days")
    return {
        **facts,
        **{name: days[name] for name in DAYS},
        "title": nfc(plan.title),
        "edition": edition.edition,
        "days_off": sorted(set(plan.days_off)),
        "days_on": sorted(set(plan.days_on)),
        "conditions": [dict(c) for c in plan.conditions],
        "document": _cited(paper),
    }


def _free_code(unit_code: str, period: str) -> str:
    """A short code that nobody has; who asks holds the door until her transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.cycle.code', 0))")
    stem = f"{unit_code or 'bo'}-{period.lower()}"
    taken = set(Cycle.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(c for n in range(1, 10_000) if (c := stem if n == 1 else f"{stem}-{n}") not in taken)


@transaction.atomic
def draft_cycle(
    *,
    plan: Plan,
    unit: Unit | None,
    unit_code: str = "",
    paper: Paper | None = None,
    by: int | None,
    at: datetime,
) -> Cycle:
    """A cycle as a draft: nobody but those who may run it is asked for anything yet.

    Refuses: TitleMissing, ShareWrong, TermWrong, DaysNotInOrder, DayOff, PeriodNotOver, FrameworkNotForLevel.
    """
    columns = _columns(plan, paper or Paper())
    cycle = Cycle.objects.create(
        code=_free_code(unit_code, plan.period), unit=unit, made_by_id=by, made_at=at, **columns
    )
    ledger.record(
        by=by,
        did="cycle.drafted",
        to=cycle,
        unit=cycle.unit_id,
        at=at,
        facts={"title": cycle.title, "framework": cycle.framework, "edition": cycle.edition, "period": cycle.period},
    )
    return cycle


def _held(cycle: Cycle) -> Cycle:
    return Cycle.objects.select_for_update(of=("self",)).select_related("document").get(pk=cycle.pk)


def _check_open_ended(cycle: Cycle) -> None:
    """Refuses: CycleNotRunning, when the cycle is closed."""
    if cycle.closed_at is not None:
        raise rules.CycleNotRunning(title=cycle.title, why="đã khóa")


@transaction.atomic
def edit_cycle(*, cycle: Cycle, plan: Plan, paper: Paper | None = None, by: int | None, at: datetime) -> Cycle:
    """Change a draft. The same again changes nothing and writes nothing.

    Refuses: OnlyDaysMove (once it is open), CycleNotRunning, and what `draft_cycle` refuses.
    """
    held = _held(cycle)
    _check_open_ended(held)
    if held.opened_at is not None:
        raise rules.OnlyDaysMove(what="khung, kỳ số liệu hoặc quy tắc hội đồng")
    columns = _columns(plan, paper or Paper())
    changed = {name: value for name, value in columns.items() if getattr(held, name) != value}
    if not changed:
        return held
    before = {name: getattr(held, name) for name in changed}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))
    ledger.record(
        by=by,
        did="cycle.edited",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={name: {"from": before[name], "to": value} for name, value in changed.items()},
    )
    return held


@transaction.atomic
def move_days(
    *, cycle: Cycle, days: dict[str, date], reason: str, by: int | None, at: datetime
) -> dict[str, tuple[date, date]]:
    """Move days of an opened cycle that are still ahead; returns what moved, from where to where.

    Refuses: CycleNotOpened, CycleNotRunning, NothingChanged, DayHasPassed, DayNotAhead, ChangeNeedsReason,
    DaysNotInOrder, DayOff.
    """
    held = _held(cycle)
    _check_open_ended(held)
    if held.opened_at is None:
        raise rules.CycleNotOpened(title=held.title)
    before = {name: getattr(held, name) for name in DAYS}
    after = before | days
    moved = rules.check_move_of_days(before, after, reason=reason, today=day_of(at))
    rules.check_calendar(after, off=held.days_off, on=held.days_on, only=moved)
    for name, (_, new) in moved.items():
        setattr(held, name, new)
    held.save(update_fields=list(moved))
    ledger.record(
        by=by,
        did="cycle.moved",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={"reason": reason.strip(), **{name: {"from": old, "to": new} for name, (old, new) in moved.items()}},
    )
    return moved


@transaction.atomic
def add_days_off(
    *, cycle: Cycle, off: Sequence[date] = (), on: Sequence[date] = (), reason: str = "", by: int | None, at: datetime
) -> Cycle:
    """Days that an announcement made free, or made working days; terms are counted by them from now on.

    Refuses: NothingChanged, ChangeNeedsReason (once open), DayOff (a last day that would fall on a day off),
    CycleNotRunning.
    """
    held = _held(cycle)
    _check_open_ended(held)
    new_off, new_on = sorted({*held.days_off, *off} - {*on}), sorted({*held.days_on, *on} - {*off})
    if (new_off, new_on) == (sorted(held.days_off), sorted(held.days_on)):
        raise rules.NothingChanged()
    if held.opened_at is not None and not reason.strip():
        raise rules.ChangeNeedsReason(field="reason")
    today = day_of(at)
    ahead = [name for name in DAYS if held.opened_at is None or getattr(held, name) > today]
    rules.check_calendar({name: getattr(held, name) for name in DAYS}, off=new_off, on=new_on, only=ahead)
    held.days_off, held.days_on = new_off, new_on
    held.save(update_fields=["days_off", "days_on"])
    ledger.record(
        by=by,
        did="cycle.days_off",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={"off": new_off, "on": new_on, "reason": reason.strip()},
    )
    return held


@transaction.atomic
def add_department(*, unit: Unit, name: str, by: int | None, at: datetime) -> Department:
    """Refuses: NameMissing, DepartmentThere."""
    name = nfc(name)[:200]
    if not name:
        raise rules.NameMissing(field="name")
    made, new = Department.objects.get_or_create(unit=unit, name=name)
    if not new:
        raise rules.DepartmentThere(field="name", name=name)
    ledger.record(by=by, did="department.added", to=made, unit=unit.pk, at=at, facts={"name": name})
    return made


@transaction.atomic
def set_members(*, department: Department, people: Sequence[int], by: int | None, at: datetime) -> Department:
    """Who verifies for a department: people with that post at the province. The same again writes nothing.

    Refuses: NotAVerifier.
    """
    held = Department.objects.select_for_update(of=("self",)).get(pk=department.pk)
    wanted = set(people)
    if wanted != {p.pk for p in verifiers(held.unit, on=day_of(at)) if p.pk in wanted}:
        raise rules.NotAVerifier(field="members")
    before = set(held.members.values_list("pk", flat=True))
    if wanted == before:
        return held
    held.members.set(wanted)
    ledger.record(
        by=by,
        did="department.staffed",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={"from": sorted(before), "to": sorted(wanted)},
    )
    return held


def verifiers(unit: Unit, *, on: date) -> list[Person]:
    """People who hold the post of a verifier at a province on the day."""
    posts = Post.objects.on(on).filter(unit=unit, role=Role.PROVINCE_VERIFIER)
    return list(Person.objects.filter(pk__in=posts.values("person")).order_by("sort_key"))


@transaction.atomic
def set_part(
    *, cycle: Cycle, department: Department, criteria: Sequence[str], by: int | None, at: datetime
) -> Part | None:
    """Which criteria a department verifies in a cycle; none takes its part away. The same again writes nothing.

    Refuses: CriterionUnknown, CycleNotRunning.
    """
    held = _held(cycle)
    _check_open_ended(held)
    order = [c.code for c in load_edition(catalogue.find(held.framework, held.edition)).criteria]
    unknown = [code for code in criteria if code not in order]
    if unknown:
        raise rules.CriterionUnknown(field="criteria", codes=", ".join(unknown)[:80])
    wanted = [code for code in order if code in set(criteria)]
    part = held.parts.filter(department=department).first()
    before = part.criteria if part else []
    if before == wanted:
        return part
    if not wanted and part is not None:
        part.delete()
        part = None
    elif part is None:
        part = held.parts.create(department=department, criteria=wanted)
    else:
        part.criteria = wanted
        part.save(update_fields=["criteria"])
    ledger.record(
        by=by,
        did="cycle.parts_set",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={"department": department.pk, "name": department.name, "from": before, "to": wanted},
    )
    return part
