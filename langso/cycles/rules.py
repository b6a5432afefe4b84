"""What a cycle's calendar says. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.lib.workdays import holiday, is_workday, workday_from, workdays_between


class CycleNotRunning(Refused):
    says = "Đợt “{title}” {why} nên không đổi được nữa. Cần sửa thì gửi Sở đề nghị mở lại."


class CycleNotOpened(Refused):
    says = "Đợt “{title}” chưa mở."


class DaysNotInOrder(Refused):
    says = "{later} ({later_day:%d/%m/%Y}) ở trước {earlier} ({earlier_day:%d/%m/%Y}). Xếp lại các mốc theo thứ tự."


class DayOff(Refused):
    says = "{label} rơi vào {why}. Ngày làm việc gần nhất sau đó là {next_day:%d/%m/%Y}."


class PeriodNotOver(Refused):
    says = "Kỳ số liệu {period} kết thúc ngày {stop:%d/%m/%Y}, sau hạn nộp. Chọn hạn nộp muộn hơn hoặc kỳ sớm hơn."


class Stage(StrEnum):
    BEFORE = "before"
    SELF_ASSESSMENT = "self_assessment"
    APPRAISAL = "appraisal"
    COUNCIL = "council"
    PUBLICATION = "publication"
    OVER = "over"

    @property
    def label(self) -> str:
        return STAGES[self]


STAGES = {
    Stage.BEFORE: "Chưa đến ngày mở",
    Stage.SELF_ASSESSMENT: "Các xã tự đánh giá",
    Stage.APPRAISAL: "Thẩm định",
    Stage.COUNCIL: "Hội đồng xét",
    Stage.PUBLICATION: "Ra quyết định, công bố",
    Stage.OVER: "Đã hết lịch",
}
DAYS = {
    "opens_on": "Ngày mở",
    "submit_by": "Hạn nộp tự đánh giá",
    "appraise_by": "Hạn thẩm định",
    "decide_by": "Hạn họp hội đồng",
    "publish_by": "Hạn công bố",
}


def stage_on(
    day: date, *, opens_on: date, submit_by: date, appraise_by: date, decide_by: date, publish_by: date
) -> Stage:
    """The stage that the calendar gives for a day; each last day belongs to its stage."""
    if day < opens_on:
        return Stage.BEFORE
    for last, stage in (
        (submit_by, Stage.SELF_ASSESSMENT),
        (appraise_by, Stage.APPRAISAL),
        (decide_by, Stage.COUNCIL),
        (publish_by, Stage.PUBLICATION),
    ):
        if day <= last:
            return stage
    return Stage.OVER


def check_calendar(
    days: Mapping[str, date],
    *,
    off: Collection[date] = (),
    on: Collection[date] = (),
    only: Collection[str] = tuple(DAYS),
) -> None:
    """The days are in order and each last day (of those in `only`) is a working day.

    Refuses: DaysNotInOrder, DayOff; `field` names the day.
    """
    names = list(DAYS)
    for earlier, later in pairwise(names):
        if days[later] < days[earlier]:
            raise DaysNotInOrder(
                field=later,
                later=DAYS[later],
                later_day=days[later],
                earlier=DAYS[earlier].lower(),
                earlier_day=days[earlier],
            )
    for name in names[1:]:
        day = days[name]
        if name in only:
            check_workday(DAYS[name], day, off=off, on=on, field=name)


def check_workday(
    label: str, day: date, *, off: Collection[date] = (), on: Collection[date] = (), field: str = ""
) -> None:
    """Refuses: DayOff, with the next working day."""
    if not is_workday(day, off=off, on=on):
        weekday = "thứ Bảy" if day.weekday() == 5 else "Chủ nhật" if day.weekday() == 6 else "ngày nghỉ"
        raise DayOff(
            field=field,
            label=f"{label} {day:%d/%m/%Y}",
            why=holiday(day) or weekday,
            next_day=workday_from(day, off=off, on=on),
        )


def check_period(period: Period, submit_by: date) -> None:
    """Figures of a period are asked for when the period has at least begun.

    Refuses: PeriodNotOver.
    """
    if period.start > submit_by:
        raise PeriodNotOver(field="period", period=str(period), stop=period.last_day)


class TitleMissing(Refused):
    says = "Ghi tên đợt, ví dụ “Đánh giá chuyển đổi số cấp xã năm 2026”."


class FrameworkNotForLevel(Refused):
    says = "Khung “{title}” không dùng cho {level}. Chọn khung khác."


class OnlyDaysMove(Refused):
    says = "Đợt đã mở thì chỉ dời được các mốc chưa tới. Muốn đổi “{what}”, khóa đợt này rồi lập đợt mới."


class DayHasPassed(Refused):
    says = "{label} ({day:%d/%m/%Y}) đã tới hoặc đã qua nên không dời được nữa."


class DayNotAhead(Refused):
    says = "{label} mới phải sau hôm nay, {today:%d/%m/%Y}."


class ChangeNeedsReason(Refused):
    says = "Ghi lý do. Các xã trong đợt đọc được lý do này."


class NothingChanged(Refused):
    says = "Chưa có mốc nào khác trước. Sửa ngày rồi ghi lại."


class ShareWrong(Refused):
    says = "{label} là phần trăm, từ 1 đến 100."


class TermWrong(Refused):
    says = "{label} là số nguyên từ {least} đến {most}."


class ConditionWrong(Refused):
    says = "Không đọc được dòng “{line}”. Mỗi dòng một điều kiện; theo tỷ lệ thì ghi thêm “từ 90%” ở cuối."


class NameMissing(Refused):
    says = "Ghi tên sở, ngành."


class DepartmentThere(Refused):
    says = "Tỉnh đã có “{name}”. Mở sở, ngành ấy ở danh sách để giao tiêu chí."


class CriterionUnknown(Refused):
    says = "Khung của đợt không có tiêu chí {codes}."


class NotAVerifier(Refused):
    says = "Có người không giữ vị trí chuyên viên xác minh ở tỉnh này. Cấp vị trí ở trang Người và vị trí trước."


CONDITIONS_18_2022: tuple[dict[str, object], ...] = (
    # Quyết định 18/2022/QĐ-TTg: beside the criteria themselves, three more.
    {"code": "hai-long", "label": "Tỷ lệ hài lòng của người dân", "kind": "share", "at_least": 90},
    {"code": "no-xdcb", "label": "Không nợ đọng xây dựng cơ bản", "kind": "yes"},
    {"code": "an-ninh", "label": "Không là địa bàn phức tạp về an ninh", "kind": "yes"},
)
_SHARE = re.compile(r"^(.+?)[,:]?\s+từ\s+(\d{1,3})\s*%(?: trở lên)?$")


def read_conditions(text: str, *, taken: Collection[str] = ()) -> list[dict[str, object]]:
    """Free conditions, one a line; “…, từ 90%” asks for a share, anything else for a yes.

    Refuses: ConditionWrong.
    """
    found: list[dict[str, object]] = []
    codes = set(taken)
    for line in (part.strip() for part in text.splitlines()):
        if not line:
            continue
        share = _SHARE.match(line)
        label = share[1] if share else line
        code = "-".join(re.findall(r"[a-z0-9]+", fold(label)))[:40]
        if not code or code in codes or len(label) > 200 or (share and not 1 <= int(share[2]) <= 100):
            raise ConditionWrong(field="conditions", line=line[:60])
        codes.add(code)
        what = {"kind": "share", "at_least": int(share[2])} if share else {"kind": "yes"}
        found.append({"code": code, "label": label, **what})
    return found


def write_condition(condition: Mapping[str, object]) -> str:
    """The same line that `read_conditions` reads."""
    at_least = f", từ {condition['at_least']}%" if condition.get("kind") == "share" else ""
    return f"{condition['label']}{at_least}"


WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def day_words(day: date, *, since: date | None, off: Collection[date] = (), on: Collection[date] = ()) -> str:
    """What kind of day it is, how far it is from the one before, and the next working day when it is none."""
    said = holiday(day) or WEEKDAYS[day.weekday()]
    parts = [said[:1].upper() + said[1:]]
    if not is_workday(day, off=off, on=on):
        parts.append(f"là ngày nghỉ; ngày làm việc sau đó là {workday_from(day, off=off, on=on):%d/%m/%Y}")
    elif since is not None and day > since:
        parts.append(f"sau mốc trước {workdays_between(since, day, off=off, on=on)} ngày làm việc")
    return ", ".join(parts) + "."


@dataclass(frozen=True)
class Plan:
    """All that is fixed when a cycle opens; the days may move afterwards, while they are ahead."""

    title: str
    framework: str
    edition: str
    period: str
    unit_level: str
    days: Mapping[str, date]
    days_off: tuple[date, ...] = ()
    days_on: tuple[date, ...] = ()
    quorum_share: Decimal = Decimal("0.6667")
    pass_share: Decimal = Decimal("0.9")
    counts_absent: bool = False
    conditions: tuple[Mapping[str, object], ...] = ()
    requires_signature: bool = True
    appeal_days: int = 5
    valid_months: int = 36


def check_plan(plan: Plan) -> None:
    """A plan that can be opened.

    Refuses: TitleMissing, ShareWrong, TermWrong, DaysNotInOrder, DayOff, PeriodNotOver.
    """
    if not plan.title.strip():
        raise TitleMissing(field="title")
    for field, share, label in (
        ("quorum_share", plan.quorum_share, "Tỷ lệ phải có mặt"),
        ("pass_share", plan.pass_share, "Tỷ lệ phiếu đồng ý"),
    ):
        if not Decimal("0.01") <= share <= 1:
            raise ShareWrong(field=field, label=label)
    for field, number, label, least, most in (
        ("appeal_days", plan.appeal_days, "Số ngày làm việc để kiến nghị", 1, 60),
        ("valid_months", plan.valid_months, "Số tháng công nhận có hiệu lực", 1, 120),
    ):
        if not least <= number <= most:
            raise TermWrong(field=field, label=label, least=least, most=most)
    check_calendar(dict(plan.days), off=plan.days_off, on=plan.days_on)
    check_period(Period.parse(plan.period), plan.days["submit_by"])


def check_move_of_days(
    before: Mapping[str, date], after: Mapping[str, date], *, reason: str, today: date
) -> dict[str, tuple[date, date]]:
    """What moves in an opened cycle: days that are still ahead, to days that are ahead, for a reason.

    Refuses: NothingChanged, DayHasPassed, DayNotAhead, ChangeNeedsReason.
    """
    moved = {name: (before[name], after[name]) for name in DAYS if before[name] != after[name]}
    if not moved:
        raise NothingChanged()
    for name, (old, new) in moved.items():
        if old <= today:
            raise DayHasPassed(field=name, label=DAYS[name], day=old)
        if new <= today:
            raise DayNotAhead(field=name, label=DAYS[name], today=today)
    if not reason.strip():
        raise ChangeNeedsReason(field="reason")
    return moved
