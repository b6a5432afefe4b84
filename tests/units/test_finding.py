"""Finding a place by what people write; on the real units."""

import csv
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from langso.lib.vietnamese import fold
from langso.units.finding import Found, find, nearest_name
from langso.units.rules import TextTooLong
from tests.country import OLD_DAY

TODAY = date(2026, 11, 20)
SAMPLES = Path(__file__).parents[1] / "data" / "ocop_samples.csv"


def _samples() -> list[dict[str, str]]:
    with SAMPLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _codes(found: list[Found]) -> list[str]:
    return [f.unit.code for f in found]


def test_certified_addresses_lead_to_the_commune_of_their_day(whole_country: str) -> None:
    asked = [r for r in _samples() if r["commune_2024"]]
    right = sum(_codes(find(r["address"], today=TODAY, on=OLD_DAY))[:1] == [r["commune_2024"]] for r in asked)

    assert len(asked) == 82
    assert right >= 80


def test_certified_addresses_lead_to_the_commune_of_today(whole_country: str) -> None:
    asked = [r for r in _samples() if r["commune_2025"]]
    wrong = [
        (r["address"], r["commune_2025"], found)
        for r in asked
        if (found := _codes(find(r["address"], today=TODAY, on=TODAY))[:1]) != [r["commune_2025"]]
    ]

    assert len(asked) == 87
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "Thôn 5, xã Yên Hoà, Yên Mô, Ninh Bình",
        "Thôn 5, xã Yên Hòa, Yên Mô, Ninh Bình",
        "thon 5, xa yen hoa, yen mo, ninh binh",
        "THÔN 5 - XÃ YÊN HÒA - HUYỆN YÊN MÔ - TỈNH NINH BÌNH",
        unicodedata.normalize("NFD", "Xã Yên Hoà, huyện Yên Mô, tỉnh Ninh Bình"),
        "xã Yên Hòa huyện Yên Mô tỉnh Ninh Bình",
    ],
)
def test_an_old_address_is_read_with_any_marks_and_leads_to_the_old_commune_and_to_todays(
    text: str, whole_country: str
) -> None:
    old, now = find(text, today=TODAY, on=OLD_DAY), find(text, today=TODAY, on=TODAY)

    assert (old[0].unit.name, old[0].unit.province_name) == ("Xã Yên Hòa", "Tỉnh Ninh Bình")
    assert now[0].unit.valid_to is None
    assert fold(now[0].through) == "xa yen hoa"
    both = find(text, today=TODAY)
    assert {old[0].unit.id, now[0].unit.id} <= {f.unit.id for f in both}


def test_an_ambiguous_name_shows_all_that_it_may_mean(whole_country: str) -> None:
    found = find("xã Tân Tiến", today=TODAY, on=OLD_DAY, limit=100)
    same = [f for f in found if f.unit.short_name == "Tân Tiến" and f.unit.kind == "xã"]

    assert len(same) > 10
    assert len({f.unit.province_code for f in same}) > 5
    assert max(f.confidence for f in same) < 0.5


def test_one_clear_address_is_certain(whole_country: str) -> None:
    found = find("xã Hoàng Su Phì, tỉnh Tuyên Quang", today=TODAY, on=TODAY)

    assert found[0].unit.code == "01021"
    assert found[0].confidence == 1.0


def test_a_name_that_differs_only_in_marks_comes_second(whole_country: str) -> None:
    found = find("xã Ba Tô, tỉnh Quảng Ngãi", today=TODAY, on=TODAY)

    assert found[0].unit.short_name == "Ba Tô"
    assert "Ba Tơ" in [f.unit.short_name for f in found]


def test_without_marks_both_of_a_pair_are_shown(whole_country: str) -> None:
    found = find("xa ba to, quang ngai", today=TODAY, on=TODAY)

    assert {"Ba Tô", "Ba Tơ"} <= {f.unit.short_name for f in found[:2]}


def test_best_comes_first(whole_country: str) -> None:
    found = find("Vinh Quang", today=TODAY, limit=50)

    assert [f.confidence for f in found] == sorted((f.confidence for f in found), reverse=True)


def test_nothing_is_found_for_what_names_no_place(whole_country: str) -> None:
    assert find("zzzz qqqq", today=TODAY) == []
    assert find("", today=TODAY) == []
    assert find(" ,,, ", today=TODAY) == []


def test_a_misspelt_name_has_a_nearest_one(whole_country: str) -> None:
    assert fold(nearest_name("Vinh Quan")) in ("vinh quang", "vinh quan")
    assert nearest_name("xqzw") == ""


def test_a_text_that_is_too_long_is_refused_in_words(whole_country: str) -> None:
    with pytest.raises(TextTooLong, match="300 ký tự"):
        find("x" * 301, today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "'; drop table units_unit; --",
        "%",
        "_",
        "\\",
        "\x00",
        "🌾" * 50,
        "ạ̣̣̣",
        "(((",
        "xã",
        "xã ,",
        "TP.",
        "P.5",
    ],
)
def test_no_text_breaks_the_search(text: str, whole_country: str) -> None:
    assert isinstance(find(text, today=TODAY, prefix=True), list)
