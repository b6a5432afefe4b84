"""Days and periods."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.lib.period import NotADay, NotAPeriod, Period, day_of, read_day, write_day

CODES = st.one_of(
    st.integers(2000, 2100).map(str),
    st.builds(lambda y, q: f"{y}-Q{q}", st.integers(2000, 2100), st.integers(1, 4)),
    st.builds(lambda y, m: f"{y}-{m:02}", st.integers(2000, 2100), st.integers(1, 12)),
)


@given(CODES)
def test_the_code_of_a_period_names_it(code: str) -> None:
    assert Period.parse(code).code == code


@given(CODES)
def test_a_period_ends_where_the_next_begins(code: str) -> None:
    period = Period.parse(code)

    assert period.start < period.stop
    assert period.last_day + timedelta(days=1) == period.stop
    assert period.start.day == period.stop.day == 1


@pytest.mark.parametrize(
    "code", ["", "26", "2026-Q5", "2026-13", "2026-1", "1999", "2101", "2026-Q", "٢٠٢٦", "2026\n1"]
)
def test_what_is_no_period_is_refused_in_words(code: str) -> None:
    with pytest.raises(NotAPeriod, match="không phải là kỳ"):
        Period.parse(code)


@pytest.mark.parametrize(
    ("code", "said"), [("2026", "năm 2026"), ("2026-Q3", "quý 3 năm 2026"), ("2026-09", "tháng 09 năm 2026")]
)
def test_a_period_is_said_in_vietnamese(code: str, said: str) -> None:
    assert str(Period.parse(code)) == said


@given(st.dates(date(1945, 9, 2), date(2100, 12, 31)))
def test_a_day_that_was_written_is_read_back(day: date) -> None:
    assert read_day(write_day(day)) == read_day(day.isoformat()) == day


@pytest.mark.parametrize("text", ["31/02/2026", "1/13/2026", "2026", "hôm nay", "", "01/01/26", "2026-1-1", "0/1/2026"])
def test_what_is_no_day_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotADay, match="không phải là ngày"):
        read_day(text)


def test_the_day_is_the_one_in_viet_nam() -> None:
    assert day_of(datetime(2025, 6, 30, 16, 59, tzinfo=UTC)) == date(2025, 6, 30)
    assert day_of(datetime(2025, 6, 30, 17, 0, tzinfo=UTC)) == date(2025, 7, 1)
