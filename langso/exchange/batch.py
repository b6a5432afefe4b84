"""The two ways in: many figures, or many readings of a state system, all or nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from langso.assessments import foreign
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.assessments.moving import begin
from langso.assessments.states import State
from langso.criteria.edition import Field
from langso.exchange import rules
from langso.exchange.register import Known, Places, all_known, places
from langso.exchange.rules import Wrong, wrong_of
from langso.lib.period import VIETNAM, Period, day_of
from langso.lib.refusal import Refused
from langso.measures import actions as measures
from langso.measures.models import ReportedFigure, SystemReading
from langso.measures.queries import entry_of, key_of
from langso.measures.rules import Entry, check_entry, check_whole, standing
from langso.units.models import Unit, UnitName

Key = tuple[int, str, str]  # unit, measure, period


@dataclass(frozen=True)
class Item:
    """One figure as it came: `path` says where it stood, `given` which parts it spoke of (None: all)."""

    path: str
    unit: str
    measure: str
    period: str
    entry: Entry
    base: int | None = None
    given: frozenset[str] | None = None
    paths: dict[str, str] = field(default_factory=dict)  # of single parts, where they stand apart

    def where(self, refused: Refused) -> Wrong:
        """The fault at its own place."""
        own = self.paths.get(refused.field) or (next(iter(self.paths.values())) if self.paths else "")
        return Wrong(own, type(refused).__name__, refused.sentence) if own else wrong_of(refused, self.path)


@dataclass(frozen=True)
class Done:
    """What became of one item: `new`, `changed` or `same`; the row that stands now."""

    item: Item
    what: str
    pk: int | None


@dataclass(frozen=True)
class _Ready:
    item: Item
    unit: Unit
    known: Known
    period: Period
    entry: Entry

    @property
    def key(self) -> Key:
        return self.unit.pk, self.known.measure.key, self.period.code


def put_figures(
    items: Sequence[Item],
    *,
    units: QuerySet[Unit],
    by: int | None,
    at: datetime,
    overwrite: bool = False,
    commit: bool = True,
) -> list[Done]:
    """Write what units report, or nothing. A figure that stands is replaced only by who had it before (`base`), or
    with `overwrite`.

    Refuses: NothingSent, TooManyItems, BatchWrong.  Cost: about ten statements, and five for each figure that changes.
    """
    ready, wrongs = _ready(items, units=units, at=at)
    now = {
        (f.unit_id, f.measure, f.period): f
        for f in ReportedFigure.objects.current().filter(**_among(ready)).select_related("document", "reported_by")
    }
    bases = {item.base for item in items if item.base is not None}
    earlier = {f.pk: f for f in ReportedFigure.objects.filter(pk__in=bases).select_related("document")}
    changed: list[_Ready] = []
    done: dict[str, Done] = {}
    for one in ready:
        stands = now.get(one.key)
        one = _completed(one, entry_of(stands))
        base = earlier.get(one.item.base or 0)
        its_own = base is not None and (base.unit_id, base.measure, base.period) == one.key
        how = standing(one.entry, base=entry_of(base) if its_own else Entry(), now=entry_of(stands))
        if how == "overtaken" and not overwrite and stands is not None:
            wrongs.append(one.item.where(_stands(stands, one.known)))
        elif how == "same" or (stands is None and one.entry.is_empty):
            done[one.item.path] = Done(one.item, "same", stands.pk if stands else None)
        else:
            _check(one, wrongs, at=at)
            changed.append(one)
            done[one.item.path] = Done(one.item, "changed" if stands else "new", stands.pk if stands else None)
    if wrongs:
        raise rules.BatchWrong(wrongs)
    if commit:
        done |= _write_figures(changed, done, by=by, at=at)
    return [done[item.path] for item in items]


@transaction.atomic
def _write_figures(changed: list[_Ready], done: dict[str, Done], *, by: int | None, at: datetime) -> dict[str, Done]:
    names = dict(
        UnitName.objects.on(day_of(at)).filter(unit__in={r.unit.pk for r in changed}).values_list("unit_id", "name")
    )
    written = {}
    for one in sorted(changed, key=lambda r: r.key):  # one order for all, so that two batches do not wait in a ring
        figure = measures.report_figure(
            unit=one.unit,
            measure=one.known.measure,
            period=one.period,
            entry=one.entry,
            by=by,
            at=at,
            origin=ReportedFigure.Origin.EXCHANGE,
            issuer=f"UBND {names.get(one.unit.pk, '')}".strip(),
        )
        written[one.item.path] = replace(done[one.item.path], pk=figure.pk if figure else None)
    _begin(changed, by=by, at=at)
    return written


def _begin(changed: Iterable[_Ready], *, by: int | None, at: datetime) -> None:
    """The first figure of a file that waits in a running cycle starts it."""
    touched: dict[tuple[int, str], set[str]] = {}
    for one in changed:
        touched.setdefault((one.unit.pk, one.period.code), set()).add(one.known.measure.key)
    waiting = Assessment.objects.filter(
        state=State.NOT_STARTED, unit__in={u for u, _ in touched}, period__in={p for _, p in touched}
    ).select_related("cycle", "unit")
    for assessment in waiting:
        edition = edition_of(assessment.framework, assessment.edition)
        asked = {key_of(edition, f) for f in edition.fields.values()}
        if asked & touched.get((assessment.unit_id, assessment.period), set()):
            begin(assessment, by=by, at=at)


def put_readings(
    items: Sequence[Item], *, system: str, units: QuerySet[Unit], by: int | None, at: datetime, commit: bool = True
) -> list[Done]:
    """Keep what a state system says, or nothing. The newer reading replaces the older; both stay.

    Refuses: SystemMissing, NothingSent, TooManyItems, BatchWrong.
    """
    if not system:
        raise rules.SystemMissing(field="system")
    ready, wrongs = _ready(items, units=units, at=at)
    now = {
        (r.unit_id, r.measure, r.period): r
        for r in SystemReading.objects.current().filter(system=system, **_among(ready))
    }
    done: dict[str, Done] = {}
    changed = []
    for one in ready:
        stands = now.get(one.key)
        one = _completed(one, _entry_of_reading(stands))
        _check(one, wrongs, at=at, whole=True)
        changed.append(one)
        same = stands is not None and _numbers(_entry_of_reading(stands)) == _numbers(one.entry)
        done[one.item.path] = Done(
            one.item, "same" if same else "changed" if stands else "new", stands.pk if stands else None
        )
    if wrongs:
        raise rules.BatchWrong(wrongs)
    if commit:
        with transaction.atomic():
            for one in sorted(changed, key=lambda r: r.key):
                if done[one.item.path].what == "same":
                    continue
                reading = measures.receive_reading(
                    unit=one.unit,
                    measure=one.known.measure,
                    period=one.period,
                    entry=one.entry,
                    system=system,
                    by=by,
                    at=at,
                )
                done[one.item.path] = replace(done[one.item.path], pk=reading.pk)
    return [done[item.path] for item in items]


def _numbers(entry: Entry) -> tuple[object, ...]:
    return entry.numerator, entry.denominator, entry.value, entry.as_of


def _entry_of_reading(reading: SystemReading | None) -> Entry:
    if reading is None:
        return Entry()
    return Entry(reading.numerator, reading.denominator, reading.value, reading.as_of)


def _among(ready: Sequence[_Ready]) -> dict[str, set[object]]:
    return {
        "unit__in": {r.unit.pk for r in ready},
        "measure__in": {r.known.measure.key for r in ready},
        "period__in": {r.period.code for r in ready},
    }


def _completed(one: _Ready, stands: Entry) -> _Ready:
    """What an item does not speak of stays as it stands."""
    if one.item.given is None:
        return one
    return replace(one, entry=replace(stands, **{part: getattr(one.entry, part) for part in one.item.given}))


def _check(one: _Ready, wrongs: list[Wrong], *, at: datetime, whole: bool = False) -> None:
    def try_(check: Callable[[], None]) -> None:
        try:
            check()
        except Refused as refused:
            wrongs.append(one.item.where(refused))

    def entry() -> None:
        check_entry(one.known.measure, one.entry, period=one.period, today=day_of(at))
        one.known.check(one.entry.value)
        if whole:
            check_whole(one.known.measure, one.entry)
            if one.entry.is_empty:
                raise rules.NothingSent()

    try_(entry)


def _ready(items: Sequence[Item], *, units: QuerySet[Unit], at: datetime) -> tuple[list[_Ready], list[Wrong]]:
    """Items whose unit, measure and period are known, and what is wrong with the others.

    Refuses: NothingSent, TooManyItems.
    """
    if not items:
        raise rules.NothingSent(field="items")
    if len(items) > rules.MOST_ITEMS:
        raise rules.TooManyItems(field="items", count=len(items), most=rules.MOST_ITEMS)
    known = all_known()
    wrongs: list[Wrong] = []
    periods: dict[str, Period] = {}
    for item in items:
        if item.period not in periods:
            try:
                periods[item.period] = Period.parse(item.period)
            except Refused as refused:
                refused.field = "period"
                wrongs.append(item.where(refused))
    held = places(((i.unit, periods[i.period].last_day) for i in items if i.period in periods), units)
    ready, seen = [], dict[Key, Item]()
    for item in items:
        one = _placed(item, known, periods, held, wrongs)
        if one is None:
            continue
        if one.key in seen:
            wrongs.append(item.where(rules.SentTwice(other=seen[one.key].path)))
            continue
        seen[one.key] = item
        ready.append(one)
    return ready, wrongs


def _placed(
    item: Item, known: dict[str, Known], periods: dict[str, Period], held: Places, wrongs: list[Wrong]
) -> _Ready | None:
    if item.period not in periods:
        return None
    period = periods[item.period]
    measure = known.get(item.measure)
    if measure is None:
        wrongs.append(item.where(rules.MeasureUnknown(field="measure", text=item.measure[:120])))
    try:
        unit = held.unit(item.unit, period.last_day)
    except Refused as refused:
        wrongs.append(item.where(refused))
        return None
    return _Ready(item, unit, measure, period, item.entry) if measure is not None else None


def _stands(now: ReportedFigure, known: Known) -> Refused:
    shown = foreign.shown(entry_of(now), Field(known.measure.key, known.measure.label, known.measure, known.cases))
    return rules.StandsAlready(
        there=shown or "ô để trống",
        who=str(now.reported_by) if now.reported_by else "người khác",
        when=f"{now.reported_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}",
        id=now.pk,
    )
