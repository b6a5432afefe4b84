"""Asking households again: how many, drawn how, and how much their answers may say. Pure.

The draw is by a recorded seed over the visits of some days, in the order of their numbers, so that anyone can draw it
again. The interval is Wilson's score interval at 95%: honest also for five answers, never outside 0 and 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from math import sqrt

from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc

LEAST, MOST = 5, 60
LONGEST_DAYS = 92
Z = 1.959964  # of the normal distribution, two-sided 95%
FEW = 5  # fewer answers than this are shown, but nothing is concluded from them
ANSWERS = ("helped", "not_helped", "nobody_came", "not_reached")


class SpotWrong(Refused):
    """Something about a draw or an answer that cannot be; `field` says what."""


class SeedMissing(SpotWrong):
    says = "Chưa ghi hạt ngẫu nhiên. Ghi một dãy chữ hoặc số, ví dụ kết quả xổ số chiều nay."


class SeedTooLong(SpotWrong):
    says = "Hạt ngẫu nhiên dài quá {most} chữ."


class DaysMissing(SpotWrong):
    says = "Ghi từ ngày và đến ngày."


class DaysTurned(SpotWrong):
    says = "Ngày cuối trước ngày đầu. Xem lại hai ngày."


class DaysTooMany(SpotWrong):
    says = "Khoảng này dài {days} ngày, nhiều nhất {most}. Rút nhiều lần, mỗi lần một quãng."


class DayAhead(SpotWrong):
    says = "Ngày {day:%d/%m/%Y} chưa tới."


class SizeWrong(SpotWrong):
    says = "Rút từ {least} đến {most} lượt."


class NothingToDraw(SpotWrong):
    says = "Trong những ngày này không có lượt đến hộ nào được tính. Chọn ngày khác."


class AnswerUnknown(SpotWrong):
    says = "Chưa chọn hộ trả lời thế nào."


class NoteTooLong(SpotWrong):
    says = "Ghi thêm dài quá {most} chữ."


class OwnVisit(SpotWrong):
    says = "Lượt này do chính người đang hỏi ghi. Nhờ người khác hỏi lại."


def size_for(count: int) -> int:
    """How many to draw from so many visits: one in twenty, at least five, at most sixty, never more than there are."""
    return min(count, max(LEAST, min(MOST, -(-count // 20))))


def check_draw(seed: str, since: date | None, until: date | None, size: int | None, *, today: date) -> str:
    """The seed as it is kept.

    Refuses: SpotWrong.
    """
    plain = nfc(seed)
    if not plain:
        raise SeedMissing(field="seed")
    if len(plain) > 40:
        raise SeedTooLong(field="seed", most=40)
    if since is None or until is None:
        raise DaysMissing(field="since" if since is None else "until")
    if until < since:
        raise DaysTurned(field="until")
    if until > today:
        raise DayAhead(field="until", day=until)
    if (until - since).days >= LONGEST_DAYS:
        raise DaysTooMany(field="until", days=(until - since).days + 1, most=LONGEST_DAYS)
    if size is not None and not LEAST <= size <= MOST:
        raise SizeWrong(field="size", least=LEAST, most=MOST)
    return plain


def draw(seed: str, visits: Sequence[tuple[str, int]], size: int) -> list[int]:
    """Visits as (uid, household): the `size` with the smallest SHA-256 of seed, a line break and uid; one a household.

    Refuses: NothingToDraw.
    """
    if not visits:
        raise NothingToDraw(field="since")
    order = sorted(range(len(visits)), key=lambda k: sha256(f"{seed}\n{visits[k][0]}".encode()).digest())
    chosen: list[int] = []
    asked: set[int] = set()
    for k in order:
        if visits[k][1] not in asked:
            asked.add(visits[k][1])
            chosen.append(k)
        if len(chosen) == size:
            break
    return chosen


def check_answer(answer: str, note: str, *, is_own: bool) -> str:
    """The note as it is kept.

    Refuses: AnswerUnknown, NoteTooLong, OwnVisit.
    """
    if answer not in ANSWERS:
        raise AnswerUnknown(field="answer")
    if is_own:
        raise OwnVisit(field="answer")
    plain = nfc(note)
    if len(plain) > 300:
        raise NoteTooLong(field="note", most=300)
    return plain


def interval(part: int, whole: int) -> tuple[float, float]:
    """Between which shares the true one lies, in 19 of 20 such samples (Wilson)."""
    if whole == 0:
        return 0.0, 1.0
    share, z2 = part / whole, Z * Z
    middle = share + z2 / (2 * whole)
    spread = Z * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    bottom = 1 + z2 / whole
    return max(0.0, (middle - spread) / bottom), min(1.0, (middle + spread) / bottom)


@dataclass(frozen=True)
class Result:
    """What was said in one team; those not reached are named, and say nothing."""

    helped: int = 0
    not_helped: int = 0
    nobody_came: int = 0
    not_reached: int = 0
    waiting: int = 0

    @property
    def reached(self) -> int:
        return self.helped + self.not_helped + self.nobody_came

    @property
    def says(self) -> str:
        """The share as an interval in words, or that it is too early."""
        if not self.reached:
            return "Chưa hỏi được hộ nào."
        if self.reached < FEW:
            return f"Mới hỏi được {self.reached} hộ, chưa đủ để kết luận."
        low, high = interval(self.helped, self.reached)
        return f"Giúp được {self.helped} trên {self.reached} hộ; thực tế trong khoảng {low:.0%} đến {high:.0%}."


def summed(results: Sequence[Result]) -> Result:
    return Result(
        sum(r.helped for r in results),
        sum(r.not_helped for r in results),
        sum(r.nobody_came for r in results),
        sum(r.not_reached for r in results),
        sum(r.waiting for r in results),
    )
