"""What a campaign asks, for how long, and how it moves from draft to end. Pure."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc

LONGEST_DAYS = 366
MOST_SCRIPTS = 12
MOST_STEPS = 20
LONGEST_STEP = 400
LATEST = date(2100, 12, 31)  # a year after it is a slip of the finger
_MARK = re.compile(r"^(?:(?:[-–•*]+|\d{1,2}[.)](?!\d))\s*)+")  # what stands before a line of a list


class CampaignWrong(Refused):
    """Something about a campaign that cannot be; `field` says what."""


class TitleMissing(CampaignWrong):
    says = "Chưa ghi tên chiến dịch, ví dụ Tháng cao điểm VNeID."


class TextTooLong(CampaignWrong):
    says = "Phần này dài quá {most} chữ. Ghi gọn lại."


class NoTopic(CampaignWrong):
    says = "Chọn ít nhất một việc hướng dẫn."


class DaysMissing(CampaignWrong):
    says = "Ghi ngày bắt đầu và ngày kết thúc."


class DaysTurned(CampaignWrong):
    says = "Ngày kết thúc {last:%d/%m/%Y} trước ngày bắt đầu {first:%d/%m/%Y}. Xem lại hai ngày."


class TooLong(CampaignWrong):
    says = "Chiến dịch dài {days} ngày, quá một năm. Chia làm nhiều đợt."


class DayTooFar(CampaignWrong):
    says = "Ngày {day:%d/%m/%Y} xa quá. Xem lại năm."


class TargetWrong(CampaignWrong):
    says = "Chỉ tiêu là phần trăm số hộ, từ trên 0 đến 100."


class NoScript(CampaignWrong):
    says = "Chưa có lời hướng dẫn nào. Người đến hộ cần lời để nói: thêm ít nhất một bài rồi mở."


class TooManyScripts(CampaignWrong):
    says = "Nhiều nhất {most} bài hướng dẫn. Gộp bớt lại."


class StepsMissing(CampaignWrong):
    says = "Bài “{title}” chưa có bước nào. Mỗi dòng là một bước."


class TooManySteps(CampaignWrong):
    says = "Bài này có {count} bước, nhiều nhất {most}. Chia làm hai bài."


class StepTooLong(CampaignWrong):
    says = "Bước {number} dài quá {most} chữ, khó đọc ở cửa nhà. Chia làm hai bước."


class AlreadyOpen(CampaignWrong):
    says = "Chiến dịch đã mở: chỉ sửa được lời hướng dẫn. Muốn đổi việc, ngày hay chỉ tiêu thì kết thúc rồi mở đợt mới."


class AlreadyEnded(CampaignWrong):
    says = "Chiến dịch đã kết thúc, không sửa được nữa. Lập chiến dịch mới."


class NotOpen(CampaignWrong):
    says = "Chiến dịch chưa mở nên chưa có gì để kết thúc."


class OverAlready(CampaignWrong):
    says = "Ngày kết thúc {last:%d/%m/%Y} đã qua. Sửa ngày rồi mở."


class FormUnknown(CampaignWrong):
    says = "Không có phiếu nào mang mã “{code}” đã ban hành cho nơi mở chiến dịch. Xem mã ở trang Phiếu, hoặc để trống."


def check_form(code: str, offered: Collection[str]) -> str:
    """The code of a form that reaches who opens the campaign, or none.

    Refuses: FormUnknown.
    """
    plain = nfc(code)
    if plain and plain not in offered:
        raise FormUnknown(field="form_id", code=plain[:60])
    return plain


def check_title(title: str) -> str:
    """Refuses: TitleMissing, TextTooLong."""
    plain = nfc(title)
    if not plain:
        raise TitleMissing(field="title")
    if len(plain) > 160:
        raise TextTooLong(field="title", most=160)
    return plain


def check_days(first: date | None, last: date | None) -> tuple[date, date]:
    """The first and the last day, both in it.

    Refuses: DaysMissing, DaysTurned, TooLong, DayTooFar.
    """
    if first is None or last is None:
        raise DaysMissing(field="first" if first is None else "last")
    if last < first:
        raise DaysTurned(field="last", first=first, last=last)
    if (last - first).days >= LONGEST_DAYS:
        raise TooLong(field="last", days=(last - first).days + 1)
    if last > LATEST:
        raise DayTooFar(field="last", day=last)
    return first, last


def check_target(share: Decimal | None) -> Decimal | None:
    """The share aimed at, with one decimal as it is kept.

    Refuses: TargetWrong.
    """
    if share is None:
        return None
    if not 0 < share <= 100 or not (kept := round(share, 1)):
        raise TargetWrong(field="target_share")
    return kept


def steps_of(text: str, *, title: str) -> list[str]:
    """A step a line; the marks of a list are taken off, a number that the sentence begins with is not.

    Refuses: StepsMissing, TooManySteps, StepTooLong.
    """
    steps = [s for line in text.splitlines() if (s := _MARK.sub("", nfc(line)))]
    if not steps:
        raise StepsMissing(field="steps", title=title)
    if len(steps) > MOST_STEPS:
        raise TooManySteps(field="steps", count=len(steps), most=MOST_STEPS)
    for k, step in enumerate(steps, 1):
        if len(step) > LONGEST_STEP:
            raise StepTooLong(field="steps", number=k, most=LONGEST_STEP)
    return steps


def check_open(scripts: Sequence[object], last: date, *, today: date) -> None:
    """Refuses: NoScript, OverAlready."""
    if not scripts:
        raise NoScript()
    if last < today:
        raise OverAlready(last=last)
