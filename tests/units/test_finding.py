"""Finding a place by what people write; on the real units."""

import csv
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from langso.dashboards.queries import holds
from langso.lib.vietnamese import fold
from langso.units.finding import Found, find, nearest_name
from langso.units.rules import TextTooLong
from tests.country import NEW_DAY, OLD_DAY

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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Phường Lang Biang - Đà Lạt", "Phường Lang Biang - Đà Lạt"),
        ("phường Văn Miếu - Quốc Tử Giám, Hà Nội", "Phường Văn Miếu - Quốc Tử Giám"),
        ("Xã Tứ Quận, tỉnh Tuyên Quang", "Xã Tứ Quận"),
        ("xã Tân Xã, huyện Thạch Thất, Hà Nội", "Xã Tân Xã"),
        ("xa tri quan, phu tho", "Xã Trị Quận"),
        ("xa cuc phuong, ninh binh", "Xã Cúc Phương"),
        ("xa duong xa, huyen gia lam, ha noi", "Xã Dương Xá"),
    ],
)
def test_a_dash_or_the_word_of_a_kind_may_belong_to_the_name(text: str, name: str, whole_country: str) -> None:
    found = [f.unit.name for f in find(text, today=TODAY)]

    assert name in found[:2]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bản Máy", "Xã Bản Máy"),
        ("Bản Luốc Hoàng Su Phì Hà Giang", "Xã Bản Luốc"),
        ("Phố Bảng", "Xã Phố Bảng"),
        ("Đường Thượng", "Xã Đường Thượng"),
        ("Buôn Trấp", "Thị trấn Buôn Trấp"),
    ],
)
def test_a_name_that_begins_like_a_hamlet_or_a_street_is_found(text: str, name: str, whole_country: str) -> None:
    assert name in [f.unit.name for f in find(text, today=TODAY)]


def test_a_hamlet_with_the_name_of_its_commune_does_not_hide_it(whole_country: str) -> None:
    found = find("bản Máy, xã Bản Máy, huyện Hoàng Su Phì, Hà Giang", today=TODAY, on=OLD_DAY)

    assert (found[0].unit.name, found[0].confidence) == ("Xã Bản Máy", 1.0)


@pytest.mark.parametrize(
    ("text", "code"), [("Phường 11 Quận 5 Hồ Chí Minh", "27328"), ("Phường 10 Gò Vấp Hồ Chí Minh", "26884")]
)
def test_a_numbered_ward_is_found_without_commas(text: str, code: str, whole_country: str) -> None:
    assert _codes(find(text, today=TODAY, on=OLD_DAY))[0] == code
    assert _codes(find(text, today=TODAY))[0] == code


def test_a_commune_that_goes_on_is_found_as_it_was_on_the_asked_day(whole_country: str) -> None:
    old, now = (find("xã Minh Tân, Vị Xuyên, Hà Giang", today=TODAY, on=day)[0].unit for day in (OLD_DAY, TODAY))

    assert old.id == now.id
    assert (old.province_code, old.valid_to, old.ended_on) == ("02", NEW_DAY, None)
    assert (now.province_code, now.valid_from, now.valid_to) == ("08", NEW_DAY, None)


def test_a_name_in_its_former_spelling_leads_to_the_unit_of_today(whole_country: str) -> None:
    found = find("xã Tà Si Láng, Yên Bái", today=TODAY, on=TODAY)[0]

    assert (found.unit.code, found.unit.name, found.through) == ("04603", "Xã Tà Xi Láng", "Xã Tà Si Láng")


def test_no_row_is_found_outside_the_days_of_its_province(whole_country: str) -> None:
    for text in ("xã Minh Sơn, Bắc Mê, Hà Giang", "Đồng Nai", "xã Tân Tiến", "huyện Yên Mô"):
        for day in (OLD_DAY, NEW_DAY, TODAY):
            for f in find(text, today=TODAY, on=day):
                assert holds(f.unit, day), f
