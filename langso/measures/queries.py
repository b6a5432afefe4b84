"""Reading figures: of one unit for a form, of many units as columns for the engine."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from langso.criteria.edition import Edition, Field, Measure
from langso.criteria.table import Column, Floats, Table
from langso.lib.period import Period
from langso.measures.computed import REGISTER
from langso.measures.models import ReportedFigure, SystemReading
from langso.measures.rules import Entry, is_ratio
from langso.units.models import Unit, UnitRegionClass


def key_of(edition: Edition, field: Field) -> str:
    """The measure that a field asks for; one that only this edition knows is named after it."""
    return field.measure.key or f"{edition.id}:{field.code}"


def figures_of(unit: Unit, period: Period) -> dict[str, ReportedFigure]:
    """Current figures of a unit by measure.  Cost: one query."""
    found = ReportedFigure.objects.current().filter(unit=unit, period=period.code)
    return {f.measure: f for f in found.select_related("document", "reported_by")}


REPORTED = timedelta(days=60)  # after the end of a period its figures are still gathered

_SENT = """
select id, unit_id, measure, period, numerator, denominator, value, as_of, system, is_simulated, received_by_id,
       received_at, replaced_at
from measures_systemreading where unit_id = %(unit)s and period = %(period)s and replaced_at is null
"""
_COUNTED = """
select -1, c.unit_id, %(key_{n})s, %(period)s, c.numerator, c.denominator, null, %(as_of)s::date,
       %(source_{n})s || c.says,
       c.is_simulated, null, '2000-01-01'::timestamptz, null
from ({select}) c
"""


def system_readings_of(unit: Unit, period: Period, *, on: date) -> dict[str, SystemReading]:
    """What state systems say of a unit, by measure; the newest where several do, and what the house counts itself where
    none does.

    The house counts as things stand on the day, and says so. While a period runs, and for the 60 days in which it is
    reported, that is what it may be told by; of a period long over it would be false, so nothing is offered. What it
    knows too little of comes without numbers, and says why.
    Cost: one query.
    """
    values: dict[str, object] = {"unit": unit.pk, "period": period.code, "on": on, "as_of": on}
    is_told = period.start <= on <= period.last_day + REPORTED
    parts = [_SENT]
    for n, computed in enumerate(REGISTER.values() if is_told else ()):
        parts.append(_COUNTED.format(n=n, select=computed.select))
        values |= {f"key_{n}": computed.key, f"source_{n}": computed.source}
    together = " union all ".join(parts)
    found = SystemReading.objects.raw(f"select * from ({together}) r order by received_at, id", values)  # noqa: S608
    return {reading.measure: reading for reading in found}


def entry_of(figure: ReportedFigure | None) -> Entry:
    if figure is None:
        return Entry()
    return Entry(
        figure.numerator,
        figure.denominator,
        figure.value,
        figure.as_of,
        figure.source,
        figure.document.number if figure.document else "",
        figure.document.issued_on if figure.document else None,
        figure.note,
    )


def earlier_entries(unit: Unit, period: Period, ids: Iterable[str]) -> dict[str, Entry]:
    """Figures as they were, by id: what someone had before her when she typed.  Cost: one query."""
    wanted = [int(i) for i in ids if i.isdecimal() and len(i) < 19]
    found = ReportedFigure.objects.filter(pk__in=wanted, unit=unit, period=period.code).select_related("document")
    return {str(figure.pk): entry_of(figure) for figure in found}


def table_of(edition: Edition, units: Sequence[int], period: Period) -> Table:
    """What the engine needs to judge these units.  Cost: two queries, whatever the number of units."""
    place = {unit: i for i, unit in enumerate(units)}
    by_measure: dict[str, list[tuple[int, float, float, float]]] = {}
    rows = ReportedFigure.objects.current().filter(
        unit__in=units, period=period.code, measure__in={key_of(edition, f) for f in edition.fields.values()}
    )
    nan = float("nan")
    for unit, measure, top, bottom, value in rows.values_list(
        "unit_id", "measure", "numerator", "denominator", "value"
    ):
        numbers = [nan if x is None else float(x) for x in (top, bottom, value)]
        by_measure.setdefault(measure, []).append((place[unit], numbers[0], numbers[1], numbers[2]))
    return columns_table(edition, list(map(str, units)), by_measure, classes=classes_of(edition, units, period))


def columns_table(
    edition: Edition,
    names: Sequence[str],
    by_measure: Mapping[str, Iterable[tuple[int, float, float, float]]],
    *,
    classes: Sequence[str] | None = None,
) -> Table:
    """A table from rows (place, numerator, denominator, value) of each measure."""
    columns: dict[str, Column] = {}
    for code, field in edition.fields.items():
        rows = list(by_measure.get(key_of(edition, field), ()))
        if rows:
            columns[code] = _column(field.measure, rows, len(names))
    region = {edition.region_classes.column: np.array(classes)} if edition.region_classes and classes else None
    return Table(names, columns, region)


def _column(measure: Measure, rows: list[tuple[int, float, float, float]], units: int) -> Column:
    filled: Floats = np.full((3, units), np.nan)
    places, top, bottom, value = zip(*rows, strict=True)
    filled[:, list(places)] = [top, bottom, value]
    if is_ratio(measure):
        return Column.of_ratio(filled[0], filled[1], measure.per)
    return Column(filled[2])


def classes_of(edition: Edition, units: Sequence[int], period: Period) -> list[str] | None:
    """The class of region of each unit, where targets depend on it.  Cost: at most one query."""
    if edition.region_classes is None:
        return None
    known = dict(
        UnitRegionClass.objects.on(period.last_day)
        .filter(unit__in=units, system=edition.region_classes.column)
        .values_list("unit_id", "region_class")
    )
    return [known.get(unit, "") for unit in units]
