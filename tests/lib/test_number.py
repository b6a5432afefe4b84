"""Numbers as they are written in Việt Nam."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.lib.number import NotACount, NotANumber, read_count, read_decimal, round_half_up, write_number


@given(st.integers(0, 10**12))
def test_a_count_that_was_written_is_read_back(count: int) -> None:
    assert read_count(write_number(count)) == count


@given(st.decimals(0, 10**9, places=4))
def test_a_decimal_that_was_written_is_read_back_unless_three_decimals_look_like_thousands(
    number: Decimal,
) -> None:
    assert read_decimal(write_number(number, 4)) == number


@pytest.mark.parametrize(
    ("text", "count"),
    [("2.716", 2716), ("2716", 2716), (" 1 234 567 ", 1234567), ("0", 0), ("1\u00a0234", 1234)],
)
def test_a_count_may_group_its_thousands(text: str, count: int) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize("text", ["", "-1", "1,5", "1.23", "12.34.567", "một", "1e3", "٣", "9" * 31, "1.2345"])
def test_what_is_no_count_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotACount, match="không phải là số đếm"):
        read_count(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0,6783", "0.6783"), ("0.6783", "0.6783"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), (",5", "0.5")],
)
def test_a_decimal_takes_a_comma_or_a_dot(text: str, number: str) -> None:
    assert read_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "NaN", "Infinity", "1e9", "--1", "1.234,5,6", "9" * 31])
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotANumber, match="không phải là số"):
        read_decimal(text)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.40965", "0.4097"), ("0.00005", "0.0001"), ("2.67495", "2.6750"), ("-0.00005", "-0.0001")],
)
def test_halves_are_rounded_up_as_in_official_tables(value: str, rounded: str) -> None:
    assert round_half_up(Decimal(value), 4) == Decimal(rounded)


def test_a_number_is_written_with_dots_and_a_comma() -> None:
    assert write_number(Decimal("1234567.5")) == "1.234.567,5"
    assert write_number(69.0, 1) == "69,0"
