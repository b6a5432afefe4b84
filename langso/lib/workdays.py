"""Working days of Vietnamese offices: Monday to Friday without public holidays.

Source: Bộ luật Lao động 45/2019/QH14, điều 112. Lunar holidays and the days in lieu that the Government announces come
from the library `holidays`; what an office announces later is added in a cycle's calendar (`days_off`, `days_on`).
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE = timedelta(days=1)


@lru_cache(maxsize=64)
def _of_year(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("VN", years=year, language="vi"))


def holiday(day: date) -> str:
    """The name of the holiday, in Vietnamese; empty on any other day."""
    return _of_year(day.year).get(day, "")


def is_workday(day: date, *, off: Collection[date] = (), on: Collection[date] = ()) -> bool:
    """`off` and `on` are days that an announcement made free, or made working days in exchange."""
    if day in on:
        return True
    return day.weekday() < 5 and day not in off and not holiday(day)


def workday_from(day: date, *, off: Collection[date] = (), on: Collection[date] = ()) -> date:
    """The day itself, or the next working day: a term that ends on a day off ends on the next working day.

    Source: Bộ luật Dân sự 91/2015/QH13, điều 148 khoản 5.
    """
    while not is_workday(day, off=off, on=on):
        day += ONE
    return day


def add_workdays(day: date, count: int, *, off: Collection[date] = (), on: Collection[date] = ()) -> date:
    """The day on which a term of `count` working days ends; the first day is not counted (điều 147 khoản 2)."""
    while count > 0:
        day += ONE
        if is_workday(day, off=off, on=on):
            count -= 1
    return day


def workdays_between(start: date, stop: date, *, off: Collection[date] = (), on: Collection[date] = ()) -> int:
    """Working days in [start, stop): negative when `stop` is before."""
    if stop < start:
        return -workdays_between(stop, start, off=off, on=on)
    days: Iterable[date] = (start + timedelta(days=i) for i in range((stop - start).days))
    return sum(is_workday(day, off=off, on=on) for day in days)
