"""What a cycle's calendar says. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from itertools import pairwise

from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.lib.workdays import holiday, is_workday, workday_from


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


def check_calendar(days: dict[str, date], *, off: Collection[date] = (), on: Collection[date] = ()) -> None:
    """The days are in order and each last day is a working day.

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
        if not is_workday(day, off=off, on=on):
            weekday = "thứ Bảy" if day.weekday() == 5 else "Chủ nhật" if day.weekday() == 6 else "ngày nghỉ"
            raise DayOff(
                field=name,
                label=f"{DAYS[name]} {day:%d/%m/%Y}",
                why=holiday(day) or weekday,
                next_day=workday_from(day, off=off, on=on),
            )


def check_period(period: Period, submit_by: date) -> None:
    """Figures of a period are asked for when the period has at least begun.

    Refuses: PeriodNotOver.
    """
    if period.start > submit_by:
        raise PeriodNotOver(field="period", period=str(period), stop=period.last_day)
