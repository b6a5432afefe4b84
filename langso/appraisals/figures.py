"""A figure in words short enough to compare by eye. Pure."""

from langso.assessments.doubts import share_of
from langso.assessments.results import Reading
from langso.criteria import reasons
from langso.criteria.edition import Field, Kind
from langso.lib.number import write_number
from langso.measures.rules import is_ratio


def figure_words(field: Field, reading: Reading | None) -> str:
    """1.947 / 2.716, 71,7%"""
    if reading is None:
        return "chưa có số liệu"
    if is_ratio(field.measure) and reading.numerator is not None and reading.denominator is not None:
        counts = f"{write_number(reading.numerator, 0)} / {write_number(reading.denominator, 0)}"
        return f"{counts}, {big(field, reading)}"
    return big(field, reading)


def big(field: Field, reading: Reading | None) -> str:
    """The one figure of a column."""
    value = share_of(reading, field.measure.per)
    if value is None:
        return "Chưa có số liệu"
    if field.measure.kind is Kind.YES_NO:
        return "Có" if value else "Chưa có"
    if field.cases and 0 <= int(value) < len(field.cases):
        return field.cases[int(value)][:1].upper() + field.cases[int(value)][1:]
    return reasons.quantity(field.measure, value)
