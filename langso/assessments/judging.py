"""From the figures of a unit to its result by an edition."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from langso.assessments.models import Assessment
from langso.assessments.results import Reading, Result, result_of
from langso.criteria import catalogue
from langso.criteria.edition import Edition, Field, fields_of
from langso.criteria.engine import judge, load_edition
from langso.criteria.table import Table
from langso.lib.period import Period
from langso.measures import queries as measures
from langso.measures.models import ReportedFigure, SystemReading
from langso.measures.queries import key_of
from langso.units.models import Unit

# The framework that the map speaks of; one word to change when the annex of 2361/QĐ-BTTTT comes.
MAIN_FRAMEWORK = "khung-cds-1.0-minh-hoa"


def edition_of(framework: str, edition: str = "") -> Edition:
    """Refuses: FrameworkUnknown, FrameworkFileWrong."""
    return load_edition(catalogue.find(framework, edition))


def editions_for(unit_level: str) -> list[Edition]:
    """Newest edition of each shipped framework that is meant for units of this level."""
    found = [load_edition(path) for path in catalogue.shipped().values()]
    return [e for e in found if not e.unit_levels or unit_level in e.unit_levels]


def asked_fields(edition: Edition, group: str) -> dict[str, Field]:
    """Fields of a group by code; a measure that two criteria share is asked once."""
    seen: set[str] = set()
    asked: dict[str, Field] = {}
    owners = {field.code: c.group for c in edition.criteria for field in fields_of(c)}
    for code, field in edition.fields.items():
        if owners.get(code) != group or (key := key_of(edition, field)) in seen:
            continue
        seen.add(key)
        asked[code] = field
    return asked


def reading_of(figure: ReportedFigure) -> Reading:
    def plain(number: object) -> float | None:
        return None if number is None else float(str(number))

    return Reading(
        measure=figure.measure,
        numerator=plain(figure.numerator),
        denominator=plain(figure.denominator),
        value=plain(figure.value),
        as_of=figure.as_of.isoformat() if figure.as_of else "",
        source=figure.source,
        document=str(figure.document) if figure.document else "",
        is_simulated=figure.is_simulated,
    )


def readings_of(edition: Edition, figures: Mapping[str, ReportedFigure]) -> dict[str, Reading]:
    """Readings by field code; a figure that was emptied is none."""
    found = {code: figures.get(key_of(edition, field)) for code, field in edition.fields.items()}
    return {code: reading_of(figure) for code, figure in found.items() if figure is not None and not figure.is_blank}


def current_result(
    edition: Edition, unit: Unit, period: Period, figures: Mapping[str, ReportedFigure] | None = None
) -> Result:
    """What the figures say now.

    Cost: none beyond the figures, but one query where targets depend on the class of region.
    """
    if figures is None:
        figures = measures.figures_of(unit, period)
    return result_of(judge(edition, table_from(edition, unit, period, figures)), 0, readings_of(edition, figures))


def table_from(edition: Edition, unit: Unit, period: Period, figures: Mapping[str, ReportedFigure]) -> Table:
    """The engine's table of one unit from figures that have been read already."""
    nan = float("nan")
    rows: dict[str, list[tuple[int, float, float, float]]] = {}
    for key, figure in figures.items():
        numbers = (figure.numerator, figure.denominator, figure.value)
        top, bottom, value = (nan if n is None else float(n) for n in numbers)
        rows[key] = [(0, top, bottom, value)]
    return measures.columns_table(
        edition, [str(unit.pk)], rows, classes=measures.classes_of(edition, [unit.pk], period)
    )


def system_reading(reading: SystemReading) -> Reading:
    def plain(number: Decimal | None) -> float | None:
        return None if number is None else float(number)

    return Reading(
        measure=reading.measure,
        numerator=plain(reading.numerator),
        denominator=plain(reading.denominator),
        value=plain(reading.value),
        as_of=reading.as_of.isoformat() if reading.as_of else "",
        source=reading.system,
        is_simulated=reading.is_simulated,
    )


def readings_by_systems(
    edition: Edition, assessment: Assessment, *, on: date, thin: bool = False
) -> dict[str, Reading]:
    """What state systems say, and what the house counts itself on the day, by field code.

    `thin`: also what the house knows too little of, which has no numbers and says why.
    Cost: one query.
    """
    known = measures.system_readings_of(assessment.unit, Period.parse(assessment.period), on=on)
    return {
        code: system_reading(known[key])
        for code, field in edition.fields.items()
        if (key := key_of(edition, field)) in known and (thin or not known[key].is_thin)
    }


def readings_before(edition: Edition, assessment: Assessment) -> dict[str, Reading]:
    """The figures of the period before, by field code: the year before for a year.  Cost: one query."""
    period = Period.parse(assessment.period)
    earlier = Period.parse(f"{period.start.year - 1}{assessment.period[4:]}")
    figures = measures.figures_of(assessment.unit, earlier)
    return {
        code: reading_of(figures[key])
        for code, field in edition.fields.items()
        if (key := key_of(edition, field)) in figures and not figures[key].is_blank
    }
