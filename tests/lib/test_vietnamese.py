"""Writing, order and search, over inputs nobody thought of."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.lib.vietnamese import fold, nfc, slug, sort_key, spoken

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
NAMES = st.text(LETTERS + LETTERS.upper() + " -'’0123456789", max_size=40)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_a_folded_text_has_only_plain_letters_digits_and_single_spaces(text: str) -> None:
    folded = fold(text)

    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert "  " not in folded
    assert folded == folded.strip()


@given(NAMES)
def test_folding_does_not_care_how_the_marks_are_composed(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(NAMES)
def test_folding_does_not_care_about_case(text: str) -> None:
    assert fold(text.upper()) == fold(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Yên Hoà", "yen hoa"),
        ("YÊN HÒA", "yen hoa"),
        ("Ea H’Leo", "ea hleo"),
        ("Ea H'Leo", "ea hleo"),
        ("Đắk Lắk", "dak lak"),
        ("Bà Rịa - Vũng Tàu", "ba ria vung tau"),
        ("  Thông\u00a0Nguyên\u200b", "thong nguyen"),
        ("Phường 05", "phuong 05"),
        ("", ""),
    ],
)
def test_a_name_is_folded_to_what_is_typed_without_marks(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("Hoà", "Hòa"), ("Thuỷ", "Thủy"), ("Khoẻ", "Khỏe"), ("Ea H'Leo", "Ea H’Leo")]
)
def test_old_and_new_tone_placement_are_spoken_alike(one: str, other: str) -> None:
    assert spoken(one) == spoken(other)
    assert spoken(unicodedata.normalize("NFD", one)) == spoken(other)


@pytest.mark.parametrize(("one", "other"), [("Ba Tơ", "Ba Tô"), ("Văn Lang", "Văn Lãng"), ("Sơn Hà", "Sơn Hạ")])
def test_names_that_differ_only_in_marks_are_not_spoken_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert spoken(one) != spoken(other)


@pytest.mark.parametrize(
    "in_order",
    [
        ["An Bình", "Ân Thi", "Ba Tơ", "Cam Lộ", "Dân Chủ", "Đá Bạc", "Em"],
        ["Ba", "Bà", "Bả", "Bã", "Bá", "Bạ"],
        ["Phường 2", "Phường 10", "Phường An"],
        ["Hòa An", "Hoàng Sa", "Hồ Thầu", "Hơ Moong"],
        ["Ma", "Má Lé", "Mà Lo"],
        ["Tân Tiến", "Tấn Tiến", "Tân Tiếng"],
    ],
)
def test_names_sort_as_in_a_vietnamese_dictionary(in_order: list[str]) -> None:
    mixed = in_order[::-1]

    mixed.sort(key=sort_key)

    assert mixed == in_order


@given(NAMES, NAMES)
def test_equal_keys_are_only_had_by_names_written_with_the_same_letters_and_tones(one: str, other: str) -> None:
    if sort_key(one) == sort_key(other):
        assert spoken_letters(one) == spoken_letters(other)


def spoken_letters(text: str) -> list[str]:
    return [str(int(w)) if w.isdigit() else w for w in _split(spoken(text))]


def _split(text: str) -> list[str]:
    return re.findall(r"\d+|[^\W\d_]+", text)


@given(st.text(max_size=60))
def test_text_enters_composed_and_without_stray_spaces(text: str) -> None:
    clean = nfc(text)

    assert clean == unicodedata.normalize("NFC", clean)
    assert clean == nfc(clean)
    assert clean == clean.strip()


def test_an_address_has_no_marks() -> None:
    assert slug("Xã Yên Mô") == "xa-yen-mo"
