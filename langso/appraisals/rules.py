"""What an appraisal may say, and what is safe to say of many criteria at once. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from statistics import quantiles

from langso.lib.refusal import Refused
from langso.lib.workdays import add_workdays

ACCEPTED, CORRECTED, RETURNED, NOT_APPLICABLE = "accepted", "corrected", "returned", "not_applicable"


class KindUnknown(Refused):
    says = "Chọn một kết luận: đúng như xã khai, sửa thành, trả lại cho xã, hoặc không áp dụng."


class VerdictNeedsReason(Refused):
    says = "Ghi lý do, xã sẽ đọc được. Nêu con số và căn cứ."


class CorrectionIsTheClaim(Refused):
    says = "Số sửa lại trùng với số xã khai. Chọn “Đúng như xã khai”, hoặc ghi con số khác."


class NotYours(Refused):
    says = "{name} đang giữ hồ sơ này. Nhờ {name} chuyển lại rồi kết luận."


class NotYourPart(Refused):
    says = "Tiêu chí {code} không thuộc phần của sở, ngành mình. Xem danh sách được giao ở trang đợt đánh giá."


class NoVerdictYet(Refused):
    says = "Còn {count} tiêu chí chưa có kết luận: {codes}. Kết luận hết rồi kết thúc thẩm định."


class ReturnedPending(Refused):
    says = "Có tiêu chí trả lại cho xã ({codes}). Bấm “Trả lại cho xã”, hoặc đổi kết luận của tiêu chí ấy."


class NothingReturned(Refused):
    says = "Chưa có tiêu chí nào được đánh dấu trả lại. Chọn “Trả lại cho xã” ở tiêu chí cần sửa, ghi lý do."


class ClaimMoved(Refused):
    says = "Xã đã nộp lại lúc {at}. Tải lại trang để xem bản mới rồi kết luận."


class MessageEmpty(Refused):
    says = "Ghi nội dung rồi gửi."


class MessageTooLong(Refused):
    says = "Nội dung dài quá 2.000 chữ cái. Viết ngắn lại, hoặc kèm văn bản."


class AppealTooLate(Refused):
    says = "Thời hạn kiến nghị đã hết ngày {day:%d/%m/%Y}."


class NothingToAppeal(Refused):
    says = "Tiêu chí này được kết luận đúng như xã khai, không có gì để kiến nghị."


class AppealOpen(Refused):
    says = "Tiêu chí này đã có kiến nghị gửi ngày {day:%d/%m/%Y}, đang chờ trả lời."


class AlreadyAnswered(Refused):
    says = "Kiến nghị này đã được trả lời. Tải lại trang để xem."


class SampleTooLarge(Refused):
    says = "Có {there} hồ sơ đã nộp, không bốc được {size}. Ghi số từ 1 đến {there}."


class SeedMissing(Refused):
    says = "Ghi số gieo, ví dụ ngày giờ họp hoặc kết quả xổ số, để ai cũng bốc lại được đúng danh sách."


class VisitDayWrong(Refused):
    says = "Ngày kiểm tra {day:%d/%m/%Y} không đúng: phải từ ngày bốc mẫu đến hôm nay."


@dataclass(frozen=True)
class Alike:
    """How communes alike stand in one criterion: quarters and how many there are."""

    count: int
    low: float
    middle: float
    high: float

    def is_far(self, value: float) -> bool:
        """Further out than one and a half times the middle half is wide (Tukey), and by a margin worth a look."""
        reach = 1.5 * (self.high - self.low)
        return self.count >= 8 and (value > self.high + reach + 1 or value < self.low - reach - 1)


def alike_of(values: Iterable[float]) -> Alike | None:
    """None with fewer than four communes: then nothing can be said."""
    known = sorted(values)
    if len(known) < 4:
        return None
    low, middle, high = quantiles(known, n=4, method="inclusive")
    return Alike(len(known), low, middle, high)


def is_clean(*, has_doubt: bool, has_paper: bool, matches_system: bool, is_yours: bool = True) -> bool:
    """Safe to accept with others at one press: no doubt, and paper or a state system stands behind the figure."""
    return is_yours and not has_doubt and (has_paper or matches_system)


def check_verdict(kind: str, reason: str, *, is_changed: bool = True) -> str:
    """The reason, trimmed.

    Refuses: KindUnknown, VerdictNeedsReason, CorrectionIsTheClaim.
    """
    if kind not in (ACCEPTED, CORRECTED, RETURNED, NOT_APPLICABLE):
        raise KindUnknown(field="kind")
    reason = reason.strip()
    if kind != ACCEPTED and not reason:
        raise VerdictNeedsReason(field="reason")
    if kind == CORRECTED and not is_changed:
        raise CorrectionIsTheClaim(field="kind")
    return reason


def check_message(text: str) -> str:
    """Refuses: MessageEmpty, MessageTooLong."""
    text = text.strip()
    if not text:
        raise MessageEmpty(field="text")
    if len(text) > 2000:
        raise MessageTooLong(field="text")
    return text


def appeal_until(concluded_on: date, days: int, *, off: Sequence[date] = (), on: Sequence[date] = ()) -> date:
    return add_workdays(concluded_on, days, off=off, on=on)


def draw(seed: str, units: Iterable[int], size: int) -> list[int]:
    """The first `size` units in the order of SHA-256 over seed and unit: anyone can do it again.

    Refuses: SeedMissing, SampleTooLarge.
    """
    there = sorted(set(units))
    seed = " ".join(seed.split())
    if not seed:
        raise SeedMissing(field="seed")
    if not 1 <= size <= len(there):
        raise SampleTooLarge(field="size", there=len(there), size=size)
    return sorted(there, key=lambda unit: sha256(f"{seed}|{unit}".encode()).digest())[:size]


def check_visit_day(visited_on: date, *, drawn_on: date, today: date) -> None:
    """Refuses: VisitDayWrong."""
    if not drawn_on <= visited_on <= today:
        raise VisitDayWrong(field="visited_on", day=visited_on)
