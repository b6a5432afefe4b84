"""Letters, lines and numbers on paper."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from langso.papers.bars import Bar, bars
from langso.papers.layout import head_names
from langso.papers.lettering import balanced, clean, drawable, width_pt
from langso.papers.paper import Office, ended, written_day
from langso.papers.roman import roman


@given(st.text(max_size=60))
@example("0\r\x08\r0")
def test_clean_text_stays_clean_and_can_be_stored(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode()


@given(st.text(alphabet="Ặẫữ Đỵabc", min_size=1, max_size=120))
def test_lines_hold_all_the_words(text: str) -> None:
    words = clean(text)
    assert " ".join(balanced(words, 14, 200)) == words


def test_lines_are_of_about_the_same_length() -> None:
    lines = balanced("Công nhận xã, phường, đặc khu đạt mức độ chuyển đổi số năm 2025", 14, 400)
    assert len(lines) == 2
    short, long = sorted(width_pt(line, 14) for line in lines)
    assert short > long * 0.8


def test_hidden_marks_that_turn_letters_are_taken_out() -> None:
    assert clean("abc\u202edef\u200d\ufeff") == "abcdef"
    assert clean("  a\r\n\tb  ") == "a b"


def test_a_long_word_may_break_and_a_strange_letter_is_a_box() -> None:
    assert drawable("a" * 30).count("\u200b") == 2
    assert drawable("越") == "□"


def test_the_head_shrinks_before_it_breaks() -> None:
    _, own = head_names(Office("Sở Khoa học và Công nghệ", "Tuyên Quang"))
    assert (own.lines, own.size) == (("SỞ KHOA HỌC VÀ CÔNG NGHỆ",), 12)
    _, short = head_names(Office("Hội đồng", "Tuyên Quang"))
    assert short.size == 13
    assert short.rule == pytest.approx(width_pt("HỘI ĐỒNG", 13) * 0.4)


def test_days_follow_the_decree() -> None:
    assert written_day(date(2026, 1, 5), year=2026) == "ngày 05 tháng 01 năm 2026"
    assert written_day(date(2026, 3, 15), year=2026) == "ngày 15 tháng 3 năm 2026"


def test_a_list_ends_once_whatever_it_ended_with() -> None:
    assert ended(("a.", "b;", "c ;")) == ("a;", "b;", "c.")
    assert ended(()) == ()


@pytest.mark.parametrize(
    ("number", "written"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (49, "XLIX"), (399, "CCCXCIX")]
)
def test_roman_numerals(number: int, written: str) -> None:
    assert roman(number) == written


def test_no_annex_is_numbered_zero() -> None:
    with pytest.raises(ValueError, match="0"):
        roman(0)


def test_an_unknown_bar_is_hatched_and_said() -> None:
    svg = bars([Bar("A<b>", 50.0), Bar("B", None)], alt="x", whole=100, unit="%").svg
    assert "A&lt;b&gt;" in svg
    assert "url(#unknown)" in svg
    assert "Chưa có số liệu" in svg
    with pytest.raises(ValueError, match="never less"):
        bars([Bar("A", -1)], alt="x")
