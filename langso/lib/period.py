"""Days and periods. The clock is read at the door; below it, time is an argument."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from langso.lib.refusal import Refused

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
REFORM = date(2025, 7, 1)  # Luật Tổ chức chính quyền địa phương 72/2025/QH15: districts gone, communes merged

_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})", re.ASCII)


class NotADay(Refused):
    says = "“{text}” không phải là ngày. Ghi ngày/tháng/năm, ví dụ 05/11/2026."


class NotAPeriod(Refused):
    says = "“{text}” không phải là kỳ. Ghi năm (2026), quý (2026-Q3) hoặc tháng (2026-09)."


def day_of(at: datetime) -> date:
    """The day in Việt Nam at a moment."""
    return at.astimezone(VIETNAM).date()


def read_day(text: str) -> date:
    """A day written 05/11/2026 or 2026-11-05.

    Refuses: NotADay.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found:
        d, m, y, y2, m2, d2 = found.groups()
        try:
            return date(int(y or y2), int(m or m2), int(d or d2))
        except ValueError:
            pass
    raise NotADay(text=text[:40])


def write_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


@dataclass(frozen=True, order=True)
class Period:
    """A year, a quarter or a month, half-open: [start, stop). Its code sorts and is what is stored."""

    start: date
    stop: date

    @classmethod
    def year(cls, year: int) -> "Period":
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @classmethod
    def parse(cls, code: str) -> "Period":
        """Refuses: NotAPeriod."""
        found = re.fullmatch(r"(\d{4})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?", code.strip(), re.ASCII)
        if not found or not 2000 <= int(found[1]) <= 2100:
            raise NotAPeriod(text=code[:20])
        year, quarter, month = int(found[1]), found[2], found[3]
        first, months = (int(quarter) * 3 - 2, 3) if quarter else (int(month), 1) if month else (1, 12)
        after = first + months
        return cls(date(year, first, 1), date(year + 1, 1, 1) if after > 12 else date(year, after, 1))

    @property
    def last_day(self) -> date:
        return self.stop - timedelta(days=1)

    @property
    def code(self) -> str:
        months = (self.stop.year - self.start.year) * 12 + self.stop.month - self.start.month
        if months == 12:
            return f"{self.start.year}"
        if months == 3:
            return f"{self.start.year}-Q{self.start.month // 3 + 1}"
        return f"{self.start:%Y-%m}"

    def __str__(self) -> str:
        kind, _, rest = self.code.partition("-")
        if not rest:
            return f"năm {kind}"
        return f"quý {rest[1:]} năm {kind}" if rest.startswith("Q") else f"tháng {rest} năm {kind}"
