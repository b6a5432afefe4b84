"""The files of a cycle as those who run it, and those who are in it, see them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from django.db.models import Max, QuerySet

from langso.assessments.models import Assessment, Submission
from langso.assessments.states import ENDED, WITH_UNIT, State
from langso.cycles.models import Cycle
from langso.lib.workdays import workdays_between
from langso.units.models import Unit, UnitCode, UnitName, UnitParent

# What one asks of the units of a cycle: the address, the words, which files.
STEPS: dict[str, tuple[str, frozenset[State]]] = {
    "chua-lam": ("Chưa làm", frozenset({State.NOT_STARTED})),
    "dang-lam": ("Đang làm, chờ ký", frozenset({State.DRAFTING, State.TO_SIGN})),
    "tra-lai": ("Bị trả lại", frozenset({State.RETURNED})),
    "da-nop": ("Đã nộp", frozenset({State.SUBMITTED, State.APPRAISING})),
    "da-tham-dinh": ("Đã thẩm định", frozenset({State.APPRAISED, State.IN_COUNCIL})),
    "da-ket-thuc": ("Đã kết thúc", ENDED),
}
LATE, EXTENDED, ALL = "tre", "gia-han", "tat-ca"


@dataclass(frozen=True)
class UnitRow:
    """One unit in a cycle."""

    file: int
    unit: int
    name: str
    code: str
    sort_key: str
    state: State
    receipt: str
    last: date
    is_extended: bool
    days_left: int
    claimed_by: str
    doubts: int
    submitted_at: datetime | None

    @property
    def is_with_unit(self) -> bool:
        return self.state in WITH_UNIT

    @property
    def is_late(self) -> bool:
        return self.is_with_unit and self.days_left < 0

    @property
    def when(self) -> str:
        if not self.is_with_unit:
            return "Đã nộp"
        if self.is_late:
            return f"Quá hạn {-self.days_left} ngày làm việc"
        return f"Còn {self.days_left} ngày làm việc" if self.days_left else "Hạn hôm nay"

    def is_in(self, step: str) -> bool:
        if step == LATE:
            return self.is_late
        if step == EXTENDED:
            return self.is_extended
        return step == ALL or self.state in STEPS[step][1]


class FileRow(NamedTuple):
    """A file of a cycle with its unit as it is called on a day; light, since a national list has thousands."""

    pk: int
    unit_id: int
    state: State
    extended_to: date | None
    receipt: str
    doubts: int
    claimed_id: int | None
    claimed_by: str
    name: str
    sort_key: str
    code: str


def files_of(cycle: Cycle, units: QuerySet[Unit], *, on: date) -> list[FileRow]:
    """Every file of a cycle within reach.  Cost: three queries, whatever their number."""
    files = Assessment.objects.within(units).filter(cycle=cycle)
    its_units = Assessment.objects.filter(cycle=cycle).values("unit")
    names = {
        row[0]: (row[1], row[2])
        for row in UnitName.objects.on(on).filter(unit__in=its_units).values_list("unit_id", "name", "sort_key")
    }
    codes = dict(UnitCode.objects.on(on).filter(unit__in=its_units).values_list("unit_id", "code"))
    states = {state.value: state for state in State}
    rows = files.values_list(
        "pk",
        "unit_id",
        "state",
        "extended_to",
        "receipt",
        "doubts_count",
        "claimed_by_id",
        "claimed_by__address",
        "claimed_by__full_name",
    )
    return [
        FileRow(
            pk,
            unit,
            states[state],
            extended_to,
            receipt,
            doubts,
            claimed,
            f"{(address or '').capitalize()} {full_name or ''}".strip(),
            *names.get(unit, (f"Đơn vị {unit}", "")),
            codes.get(unit, ""),
        )
        for pk, unit, state, extended_to, receipt, doubts, claimed, address, full_name in rows
    ]


def unit_rows(cycle: Cycle, units: QuerySet[Unit], *, on: date) -> list[UnitRow]:
    """Every unit of a cycle within reach, by name.  Cost: four queries, whatever their number."""
    handed = dict(
        Submission.objects.filter(assessment__cycle=cycle, withdrawn_at=None)
        .order_by()
        .values_list("assessment_id")
        .annotate(at=Max("at"))
    )
    left = cache(lambda last: left_of(cycle, last, on))  # a handful of days over thousands of files
    rows = [
        UnitRow(
            a.pk,
            a.unit_id,
            a.name,
            a.code,
            a.sort_key,
            a.state,
            a.receipt,
            last,
            a.extended_to is not None and a.extended_to > cycle.submit_by,
            left(last),
            a.claimed_by,
            a.doubts,
            handed.get(a.pk),
        )
        for a in files_of(cycle, units, on=on)
        for last in (cycle.last_day(a.extended_to),)
    ]
    return sorted(rows, key=lambda r: r.sort_key)


def left_of(cycle: Cycle, last: date, on: date) -> int:
    """Working days until the last day; below zero once it is past, on a day off too."""
    left = workdays_between(on, last, off=cycle.days_off, on=cycle.days_on)
    return min(left, -1) if on > last else left


def counts(rows: list[UnitRow]) -> list[tuple[str, str, int]]:
    """Address, words and number for each thing one asks; late and extended are asked across states."""
    by_state = Counter(r.state for r in rows)
    found = [(key, label, sum(by_state[s] for s in states)) for key, (label, states) in STEPS.items()]
    found.insert(3, (LATE, "Quá hạn", sum(r.is_late for r in rows)))
    found.insert(4, (EXTENDED, "Được gia hạn", sum(r.is_extended for r in rows)))
    return [*found, (ALL, "Tất cả", len(rows))]


@dataclass(frozen=True)
class Candidate:
    """A unit that a cycle may be opened for; `taken` names the cycle that has it already."""

    unit: int
    code: str
    name: str
    taken: str


def candidates(cycle: Cycle, *, on: date) -> list[Candidate]:
    """All communes of the province on the day; for the ministry all provinces.  Cost: four queries."""
    units = Unit.objects.on(on).filter(level=cycle.unit_level)
    if cycle.unit_id is not None:
        units = units.filter(pk__in=UnitParent.objects.on(on).filter(parent=cycle.unit_id).values("unit"))
    ids = list(units.values_list("pk", flat=True))
    codes = dict(UnitCode.objects.on(on).filter(unit__in=ids).values_list("unit_id", "code"))
    taken = dict(
        Assessment.objects.filter(unit__in=ids, framework=cycle.framework, period=cycle.period)
        .exclude(cycle=None)
        .values_list("unit_id", "cycle__title")
    )
    names = UnitName.objects.on(on).filter(unit__in=ids).order_by("sort_key").values_list("unit_id", "name")
    return [Candidate(pk, codes.get(pk, ""), name, taken.get(pk, "")) for pk, name in names]


def cycles_of(units: QuerySet[Unit]) -> QuerySet[Cycle]:
    """Opened cycles that these units are in."""
    held = Assessment.objects.within(units).exclude(cycle=None).values("cycle")
    return Cycle.objects.opened().filter(pk__in=held)
