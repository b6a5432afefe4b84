"""A set of data values, whatever its form: read out of the tables, and taken back in. Shared by DHIS2 and ADX."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse

from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Submission
from langso.criteria import catalogue
from langso.criteria.edition import Edition, Kind
from langso.cycles.models import Cycle
from langso.exchange import rules, writing
from langso.exchange.batch import Done, Item, put_figures, put_readings
from langso.exchange.caller import Caller
from langso.exchange.queries import names_of
from langso.exchange.register import Known, all_known, known_in
from langso.exchange.rules import Wrong, wrong_of
from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.measures.models import ReportedFigure, SystemReading
from langso.measures.queries import entry_of
from langso.measures.rules import Entry
from langso.people.permits import enter
from langso.people.roles import Right
from langso.units.models import Reach, Unit
from langso.units.queries import unit_by_code

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_TRUE, _FALSE = ("true", "True"), ("false", "False")


@dataclass(frozen=True)
class Chosen:
    """Which set is asked for: an edition, a period, and the units within reach."""

    edition: Edition
    period: Period
    units: QuerySet[Unit]
    cycle: Cycle | None
    system: str  # of readings; empty: the figures that units report

    @property
    def known(self) -> dict[str, Known]:
        return known_in(self.edition)

    def rows(self) -> QuerySet[ReportedFigure] | QuerySet[SystemReading]:
        among = Q(period=self.period.code, measure__in=list(self.known), unit__in=self.units)
        if self.system:
            of_system = SystemReading.objects.current().filter(among, system=self.system)
            return of_system.order_by("unit", "measure", "pk")
        filled = Q(numerator__isnull=False) | Q(denominator__isnull=False) | Q(value__isnull=False)
        figures = ReportedFigure.objects.current().filter(among & filled).select_related("document")
        return figures.order_by("unit", "measure", "pk")


def choose(
    caller: Caller,
    *,
    cycle: str = "",
    framework: str = "",
    period: str = "",
    unit: str = "",
    readings: bool = False,
    system: str = "",
) -> Chosen:
    """Refuses: WhichSet, SetUnknown, NotHere, NotAPeriod, CodeUnknown, RightMissing, SystemMissing."""
    units = caller.units(Right.FIGURE_READ)
    if readings and not nfc(system):
        raise rules.SystemMissing(field="system")
    run: Cycle | None = None
    if cycle:
        run = Cycle.objects.opened().filter(code=cycle.replace("\x00", "")).first()
        if run is None:
            raise rules.NotHere(field="cycle", what="đợt đánh giá")
        edition, when = edition_of(run.framework, run.edition), Period.parse(run.period)
        units = units.filter(pk__in=Assessment.objects.filter(cycle=run).values("unit"))
    elif framework and period:
        check_set(framework)
        edition, when = edition_of(framework), Period.parse(period)
    else:
        raise rules.WhichSet()
    if unit:
        day = when.last_day
        units = units.filter(pk__in=Reach.objects.filter(root=unit_by_code(unit, day)).on(day).values("unit"))
    return Chosen(edition, when, units, run, nfc(system) if readings else "")


def check_set(framework: str) -> None:
    """Refuses: SetUnknown."""
    if framework not in catalogue.editions():
        raise rules.SetUnknown(field="dataSet", text=framework[:60])


@dataclass(frozen=True)
class Value:
    """One number on its way out."""

    unit: str
    measure: str
    part: str
    number: Decimal
    comment: str
    stored_by: str
    at: datetime

    @property
    def element(self) -> str:
        return writing.element_of(self.measure, self.part)

    @property
    def text(self) -> str:
        return f"{self.number.quantize(Decimal(1)) if self.number % 1 == 0 else self.number.normalize():f}"


def values_of(chosen: Chosen) -> Iterator[Value]:
    """In the order of units, one unit after the other.  Cost: four queries; rows are read as they are written."""
    rows = chosen.rows()
    held = rows.order_by().values_list("unit_id", flat=True).distinct()
    codes = {unit: n.code for (unit, _), n in names_of((u, chosen.period.code) for u in held).items()}
    for row in rows.iterator(chunk_size=2000):
        if row.unit_id not in codes:
            continue
        if isinstance(row, SystemReading):
            entry, by, at = Entry(as_of=row.as_of), row.system, row.received_at
        else:
            entry, by, at = entry_of(row), "", row.reported_at
        comment = writing.comment_of(entry)
        for part in writing.SHORT:
            number: Decimal | None = getattr(row, part)
            if number is not None:
                yield Value(codes[row.unit_id], row.measure, part, number, comment, by, at)
                comment = ""


def completed_on(chosen: Chosen) -> datetime | None:
    """When the one unit of the set handed in; None for several, or while it has not."""
    if chosen.cycle is None:
        return None
    held = list(chosen.units.values_list("pk", flat=True)[:2])
    if len(held) != 1:
        return None
    found = Submission.objects.filter(assessment__cycle=chosen.cycle, unit=held[0], withdrawn_at=None)
    last = found.order_by("-number").first()
    return last.at if last else None


def streamed(caller: Caller, chunks: Callable[[], Iterator[str]], content_type: str) -> StreamingHttpResponse:
    """Written while it is read; the net is opened again, for the rows are read after the view has ended."""

    def flow() -> Iterator[str]:
        with transaction.atomic():
            if caller.account is not None:
                enter(caller.account, on=caller.today)
            yield from chunks()

    return StreamingHttpResponse(flow(), content_type=content_type)


@dataclass(frozen=True)
class Came:
    """One value as it came in: `path` says where it stood."""

    path: str
    element: str
    option: str
    unit: str
    period: Period | Refused
    value: str
    comment: str


@dataclass
class _Group:
    path: str
    unit: str
    measure: str
    period: str
    parts: dict[str, Decimal] = field(default_factory=dict)
    said: dict[str, object] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What became of a set: counts of values, and faults."""

    values: int
    imported: int
    updated: int
    ignored: int
    wrongs: tuple[Wrong, ...]


def take(
    came: Sequence[Came], *, caller: Caller, readings: bool, system: str = "", overwrite: bool, dry: bool
) -> Taken:
    """Take a set in, whole or not at all.

    Refuses: RightMissing, NothingSent, TooManyItems, SystemMissing.
    """
    units = caller.units(Right.APPRAISAL_WRITE if readings else Right.FIGURE_WRITE)
    if not came:
        raise rules.NothingSent(field="dataValues")
    if len(came) > rules.MOST_VALUES:
        raise rules.TooManyItems(field="dataValues", count=len(came), most=rules.MOST_VALUES)
    items, wrongs = _items(came)
    done: list[Done] = []
    try:
        commit = not dry and not wrongs
        by, at = caller.person_id, caller.at
        if items and readings:
            done = put_readings(items, system=system, units=units, by=by, at=at, commit=commit)
        elif items:
            done = put_figures(items, units=units, by=by, at=at, overwrite=overwrite, commit=commit)
    except rules.BatchWrong as refused:
        wrongs += refused.wrongs
    if wrongs:
        return Taken(len(came), 0, 0, len(came), tuple(sorted(wrongs, key=lambda w: _place(w.path))))
    counts = {"new": 0, "changed": 0, "same": 0}
    for one in done:
        counts[one.what] += len(one.item.paths)
    return Taken(len(came), counts["new"], counts["changed"], counts["same"], ())


def _place(path: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", path)]


def _items(came: Sequence[Came]) -> tuple[list[Item], list[Wrong]]:
    """Values of one figure together, each part knowing where it stood."""
    groups: dict[tuple[str, str, str], _Group] = {}
    wrongs: list[Wrong] = []
    yes_no = {key for key, known in all_known().items() if known.measure.kind is Kind.YES_NO}
    for one in came:
        try:
            measure, part = writing.read_element(one.element, one.option)
            if isinstance(one.period, Refused):
                raise one.period
            number = read_value(one.value, is_yes_no=measure in yes_no)
            said = writing.read_comment(one.comment)
            for name, most in writing.LONGEST.items():
                if len(str(said.get(name, ""))) > most:
                    raise rules.CommentTooLong(field="comment", label=writing.label_of(name), most=most)
        except Refused as refused:
            wrongs.append(replace(wrong_of(refused, one.path), path=one.path))
            continue
        key = (one.unit, measure, one.period.code)
        group = groups.setdefault(key, _Group(one.path, *key))
        if part in group.parts:
            twice = rules.SentTwice(other=group.paths[part])
            wrongs.append(replace(wrong_of(twice, one.path), path=one.path))
            continue
        group.parts[part] = number
        group.paths[part] = one.path
        group.said |= said
    items = []
    for group in groups.values():
        brought: dict[str, object] = {**group.said, **group.parts}
        entry = Entry(**brought)  # type: ignore[arg-type]  # the names are those of its parts
        items.append(
            Item(group.path, group.unit, group.measure, group.period, entry, None, frozenset(brought), group.paths)
        )
    return items, wrongs


def read_value(text: str, *, is_yes_no: bool = False) -> Decimal:
    """Refuses: ValueEmpty, ValueNotRead."""
    text = text.strip()
    if not text:
        raise rules.ValueEmpty(field="value")
    if is_yes_no and text in (*_TRUE, *_FALSE):
        return Decimal(text in _TRUE)
    if not _NUMBER.fullmatch(text):
        raise rules.ValueNotRead(field="value", text=text[:30])
    return Decimal(text)
