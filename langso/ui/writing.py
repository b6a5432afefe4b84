"""Numbers, shares, days and moments as a page writes them. Absent is said in words, never left blank."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from langso.lib.number import write_number
from langso.lib.period import VIETNAM, write_day

ABSENT = "chưa có số liệu"

Number = Decimal | float | int


def number_words(value: Number | None, places: int | None = None) -> str:
    """1234.5 as 1.234,5."""
    return ABSENT if value is None else write_number(value, places)


def share_words(value: Number | None, places: int = 1) -> str:
    """A share 0..1 as a percentage: 0.69 as 69,0%."""
    if value is None:
        return ABSENT
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return f"{write_number(exact * 100, places)}%"


def day_html(day: date | None) -> SafeString | str:
    """A day in a `time` element; a moment gives its day in Việt Nam."""
    if day is None:
        return "chưa rõ ngày"
    if isinstance(day, datetime):
        day = day.astimezone(VIETNAM).date()
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), write_day(day))


def clock_words(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M}"


def moment_html(moment: datetime | None) -> SafeString | str:
    """A moment as 05/11/2026, 14:32 in Việt Nam."""
    if moment is None:
        return "chưa rõ lúc nào"
    here = moment.astimezone(VIETNAM)
    return format_html(
        '<time datetime="{}">{}, {}</time>',
        here.isoformat(timespec="minutes"),
        write_day(here.date()),
        clock_words(moment),
    )


def joined(text: str) -> str:
    """Words kept on one line: spaces become no-break spaces."""
    return str(text).replace(" ", "\u00a0")
