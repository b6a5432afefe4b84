"""What is payable for a month, from the rates of the province's resolution. Pure.

A team, or a member, counts for a month in which it stood on any day, unless the resolution says otherwise (Đà Nẵng
NQ 26/2025, Hà Tĩnh NQ 119/2023, Bình Dương NQ 27/2023 pay by the month, not by the day). A rate that begins or ends
within the month would make two sums of one month: that is refused, in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from langso.lib.number import write_number
from langso.lib.period import Period, write_day
from langso.lib.refusal import Refused

TEAM_MONTH, MEMBER_MONTH, MEMBER_DAY = "team_month", "member_month", "member_day"
LARGEST_RATE = 50_000_000
RULE = "Tổ, người có tham gia ít nhất một ngày trong tháng thì được tính cả tháng, trừ khi nghị quyết ghi khác."


class PayWrong(Refused):
    """Something about a rate or a list that cannot be; `field` says what."""


class NoRate(PayWrong):
    says = "{province} chưa có mức hỗ trợ nào cho {month}. Tỉnh ghi mức theo nghị quyết thì mới lập được bảng."


class RateChangesWithin(PayWrong):
    says = (
        "Mức hỗ trợ đổi từ ngày {day}, giữa {month}, nên một tháng có hai mức. Tỉnh sửa để mức mới bắt đầu từ ngày 01,"
        " hoặc chi tháng này bằng văn bản riêng."
    )


class AmountWrong(PayWrong):
    says = "Mức chi phải từ 1 đồng đến {most} đồng."


class RateOverlaps(PayWrong):
    says = "Đã có mức {what} từ ngày {since}. Cho mức ấy hết hiệu lực trước, rồi ghi mức mới."


class RateDocumentMissing(PayWrong):
    says = "Chưa ghi số, ký hiệu nghị quyết. Không có văn bản thì không có mức chi."


class RateDayMissing(PayWrong):
    says = "Chưa ghi ngày áp dụng."


class RateEndsBeforeStart(PayWrong):
    says = "Ngày hết hiệu lực {stop} không sau ngày bắt đầu {start}."


class MonthNotOver(PayWrong):
    says = "{month} chưa hết. Duyệt được từ ngày {day}."


class MonthAhead(PayWrong):
    says = "{month} chưa tới."


class ListChanged(PayWrong):
    says = "Danh sách tổ đã thay đổi sau khi mở trang. Xem lại bảng rồi duyệt."


class NothingToPay(PayWrong):
    says = "Tháng này không có tổ nào để chi."


class ReasonMissing(PayWrong):
    says = "Chưa ghi lý do thay bảng đã duyệt."


@dataclass(frozen=True)
class Rate:
    per: str
    amount_vnd: int
    start: date
    stop: date | None
    document: str = ""


@dataclass(frozen=True)
class Paid:
    """One member of a team in the month; `days` are those on which visits or gatherings were recorded."""

    name: str
    role: str
    days: int = 0


@dataclass(frozen=True)
class TeamOf:
    key: int
    name: str
    villages: str
    members: Sequence[Paid] = field(default_factory=tuple)


def rates_of(rates: Sequence[Rate], month: Period, *, province: str) -> dict[str, Rate]:
    """The rate of each way of counting that holds for the whole month.

    Refuses: NoRate, RateChangesWithin.
    """
    found: dict[str, Rate] = {}
    for rate in sorted(rates, key=lambda r: r.start):
        if rate.start >= month.stop or (rate.stop is not None and rate.stop <= month.start):
            continue
        if rate.start > month.start:
            raise RateChangesWithin(day=write_day(rate.start), month=str(month))
        if rate.stop is not None and rate.stop < month.stop:
            raise RateChangesWithin(day=write_day(rate.stop), month=str(month))
        found[rate.per] = rate
    if not found:
        raise NoRate(province=province, month=str(month))
    return found


def lines_of(teams: Sequence[TeamOf], rates: Mapping[str, Rate]) -> list[dict[str, object]]:
    """A line a team, with how its sum is made; plain JSON, to be frozen."""
    lines: list[dict[str, object]] = []
    for team in teams:
        parts: list[str] = []
        total = 0
        if (rate := rates.get(TEAM_MONTH)) is not None:
            total += rate.amount_vnd
            parts.append(f"1 tổ × {write_number(rate.amount_vnd)}")
        if (rate := rates.get(MEMBER_MONTH)) is not None and team.members:
            total += rate.amount_vnd * len(team.members)
            parts.append(f"{len(team.members)} người × {write_number(rate.amount_vnd)}")
        days = sum(m.days for m in team.members)
        if (rate := rates.get(MEMBER_DAY)) is not None and days:
            total += rate.amount_vnd * days
            parts.append(f"{days} ngày công × {write_number(rate.amount_vnd)}")
        lines.append(
            {
                "team": team.key,
                "name": team.name,
                "villages": team.villages,
                "members": [{"name": m.name, "role": m.role, "days": m.days} for m in team.members],
                "how": " + ".join(parts) or "không có người, không có ngày công",
                "amount_vnd": total,
            }
        )
    return lines


def check_rate(
    amount: int | None, start: date | None, others: Sequence[Rate], *, per: str, what: str
) -> tuple[int, date]:
    """Refuses: AmountWrong, RateDayMissing, RateOverlaps."""
    if amount is None or not 1 <= amount <= LARGEST_RATE:
        raise AmountWrong(field="amount_vnd", most=write_number(LARGEST_RATE))
    if start is None:
        raise RateDayMissing(field="start")
    for other in others:
        if other.per == per and (other.stop is None or other.stop > start):
            raise RateOverlaps(field="start", what=what, since=write_day(other.start))
    return amount, start


def check_month(month: Period, *, today: date) -> None:
    """Refuses: MonthAhead."""
    if month.start > today:
        raise MonthAhead(month=str(month).capitalize())


def check_over(month: Period, *, today: date) -> None:
    """Refuses: MonthNotOver."""
    if today < month.stop:
        raise MonthNotOver(month=str(month).capitalize(), day=write_day(month.stop))


_ONES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")


def _three(number: int, *, whole: bool) -> list[str]:
    """Three digits as words; `whole`: said with its hundreds because something stands before."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said: list[str] = []
    if hundreds or whole:
        said += [_ONES[hundreds], "trăm"]
    if tens == 0 and ones:
        said += ["lẻ"] if said else []
    elif tens == 1:
        said += ["mười"]
    elif tens:
        said += [_ONES[tens], "mươi"]
    if ones == 5 and tens:
        said += ["lăm"]
    elif ones == 1 and tens > 1:
        said += ["mốt"]
    elif ones:
        said += [_ONES[ones]]
    return said


def in_words(amount: int) -> str:
    """A sum in đồng as it is written under a list: 1.205.000 is "Một triệu hai trăm lẻ năm nghìn đồng"."""
    if amount == 0:
        return "Không đồng"
    said: list[str] = []
    billions, rest = divmod(amount, 1_000_000_000)
    if billions:
        said += [in_words(billions).removesuffix(" đồng").lower(), "tỷ"]
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            said += _three(group, whole=bool(said))
            said += [_GROUPS[power]] if _GROUPS[power] else []
    text = " ".join(said)
    return f"{text[:1].upper()}{text[1:]} đồng"
