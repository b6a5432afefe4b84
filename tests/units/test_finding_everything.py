"""Every unit is found by its own official name; on the real units, all of them."""

from collections.abc import Callable
from datetime import date
from random import Random

import pytest

from langso.lib.vietnamese import fold
from langso.units.finding import find
from langso.units.queries import Named, units_on
from tests.country import OLD_DAY

TODAY = date(2026, 11, 20)


def _as_written(text: str) -> str:
    return text


def _without_marks(text: str) -> str:
    return ", ".join(fold(piece) for piece in text.split(", "))


WRITINGS = pytest.mark.parametrize("writing", [_as_written, _without_marks], ids=["with_marks", "without_marks"])


def _not_found(asked: list[tuple[Named, str]], writing: Callable[[str], str]) -> list[str]:
    return [
        f"{unit.code} {text}"
        for unit, text in asked
        if unit.id not in {f.unit.id for f in find(writing(text), today=TODAY)}
    ]


@pytest.mark.slow
@WRITINGS
def test_every_commune_of_today_is_found_by_its_name_and_province(
    writing: Callable[[str], str], whole_country: str
) -> None:
    asked = [(u, f"{u.name}, {u.province_name}") for u in units_on(TODAY, level="commune")]
    lost = _not_found(asked, writing)

    assert len(asked) == 3_321
    assert len(lost) <= 0.005 * len(asked), lost


@pytest.mark.slow
@WRITINGS
def test_old_communes_are_found_by_their_name_district_and_province(
    writing: Callable[[str], str], whole_country: str
) -> None:
    district = {u.id: u.name for u in units_on(OLD_DAY, level="district")}
    sample = Random(1).sample(units_on(OLD_DAY, level="commune"), 600)
    asked = [(u, f"{u.name}, {district[u.parent_id or 0]}, {u.province_name}") for u in sample]
    lost = _not_found(asked, writing)

    assert len(lost) <= 0.02 * len(asked), lost
