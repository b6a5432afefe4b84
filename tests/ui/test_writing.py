"""Numbers and days as people in Việt Nam write them; absent is said."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template

from langso.ui import writing
from langso.ui.templatetags import ui


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (1234.5, None, "1.234,5"),
        (2716, None, "2.716"),
        (Decimal("0.40965"), 4, "0,4097"),
        (1234567, 0, "1.234.567"),
        (-3.25, 1, "-3,3"),
    ],
)
def test_a_number_groups_by_dots_and_takes_a_comma(
    value: Decimal | float | int, places: int | None, written: str
) -> None:
    assert writing.number_words(value, places) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0.6899, "69,0%"), (0, "0,0%"), (1, "100,0%"), (Decimal("0.12345"), "12,3%")]
)
def test_a_share_is_written_as_a_percentage(value: Decimal | float, written: str) -> None:
    assert writing.share_words(value) == written


def test_a_share_is_rounded_half_up_in_decimal() -> None:
    assert writing.share_words(0.00945, 2) == "0,95%"
    assert writing.share_words(0.69, 0) == "69%"


def test_unknown_is_said_and_never_zero() -> None:
    assert writing.number_words(None) == writing.share_words(None) == "chưa có số liệu"
    assert writing.day_html(None) == "chưa rõ ngày"


def test_days_and_moments_are_those_of_viet_nam() -> None:
    late = datetime(2026, 11, 14, 18, 5, tzinfo=UTC)
    assert writing.day_html(date(2026, 11, 5)) == '<time datetime="2026-11-05">05/11/2026</time>'
    assert writing.day_html(late) == '<time datetime="2026-11-15">15/11/2026</time>'
    assert writing.moment_html(late) == '<time datetime="2026-11-15T01:05+07:00">15/11/2026, 01:05</time>'
    assert writing.clock_words(late) == "01:05"


def test_words_can_be_kept_on_one_line() -> None:
    assert writing.joined("Cơ bản") == "Cơ\u00a0bản"


def test_templates_have_these_under_vietnamese_names() -> None:
    assert {"so", "phan_tram", "ngay", "ngay_gio", "gio", "lien"} <= set(ui.register.filters)
    assert Template("{{ a|so:1 }} {{ a|phan_tram }} {{ b|ngay }}").render(Context({"a": 0.25, "b": None})) == (
        "0,3 25,0% chưa rõ ngày"
    )
