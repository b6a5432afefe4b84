"""The same engine over the figures as they stand after the verdicts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from langso.appraisals.models import Verdict
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Submission
from langso.assessments.results import Reading, Result, result_of
from langso.criteria.edition import Edition
from langso.criteria.engine import judge
from langso.lib.period import Period
from langso.measures.queries import columns_table, key_of
from langso.units.models import UnitRegionClass


def readings_from(frozen: Mapping[str, Any]) -> dict[str, Reading]:
    return {code: Reading(**reading) for code, reading in frozen.items()}


def readings_after(submission: Submission, verdicts: Iterable[Verdict]) -> dict[str, Reading]:
    """What was handed in, with the corrected figures in place; one that was found unproven is none."""
    readings = readings_from(submission.readings)
    for verdict in verdicts:
        if verdict.kind != Verdict.Kind.CORRECTED:
            continue
        for code, numbers in verdict.figures.items():
            if all(numbers.get(name) is None for name in ("numerator", "denominator", "value")):
                readings.pop(code, None)
                continue
            claimed = readings.get(code)
            readings[code] = Reading(
                measure=claimed.measure if claimed else code,
                numerator=numbers.get("numerator"),
                denominator=numbers.get("denominator"),
                value=numbers.get("value"),
                as_of=claimed.as_of if claimed else "",
                source="Cơ quan thẩm định",
                document=claimed.document if claimed else "",
                is_simulated=claimed.is_simulated if claimed else False,
            )
    return readings


def result_after(
    assessment: Assessment, readings: Mapping[str, Reading], *, without: frozenset[str] = frozenset()
) -> Result:
    """The result by the assessment's edition; criteria in `without` do not apply here.

    Cost: one query, one judgment.
    """
    edition = _without(edition_of(assessment.framework, assessment.edition), without)
    nan = np.nan
    rows: dict[str, list[tuple[int, float, float, float]]] = {}
    for code, field in edition.fields.items():
        reading = readings.get(code)
        key = key_of(edition, field)
        if reading is None or key in rows:
            continue
        numbers = (reading.numerator, reading.denominator, reading.value)
        top, bottom, value = (nan if n is None else n for n in numbers)
        rows[key] = [(0, top, bottom, value)]
    classes = _class_of(edition, assessment)
    table = columns_table(edition, [str(assessment.unit_id)], rows, classes=[classes] if classes is not None else None)
    return result_of(judge(edition, table), 0, dict(readings))


def _without(edition: Edition, codes: frozenset[str]) -> Edition:
    if not codes:
        return edition
    return replace(edition, criteria=tuple(c for c in edition.criteria if c.code not in codes))


def _class_of(edition: Edition, assessment: Assessment) -> str | None:
    if edition.region_classes is None:
        return None
    found = UnitRegionClass.objects.on(Period.parse(assessment.period).last_day).filter(
        unit=assessment.unit_id, system=edition.region_classes.column
    )
    return found.values_list("region_class", flat=True).first() or ""
