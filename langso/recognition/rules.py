"""When a council may meet and decide, what its votes come to, and from when until when a recognition counts. Pure."""

import math
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from langso.lib.number import write_number
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc

FOR, AGAINST, BLANK = "for", "against", "blank"
CHAIR, VICE, SECRETARY, MEMBER = "chair", "vice", "secretary", "member"
PASSED, FAILED = "passed", "failed"


A_YEAR = timedelta(days=366)


class NameMissing(Refused):
    says = "Ghi {what} rồi lưu lại."


class RoleTaken(Refused):
    says = "Hội đồng đã có {role} là {name}. Chọn vai trò khác."


class MemberTwice(Refused):
    says = "{name} đã có trong hội đồng."


class NoQuorum(Refused):
    says = "Có mặt {present} trên {members}, cần từ {needed}. Chưa họp được."


class NobodyToLead(Refused):
    says = "Phiên họp chưa có {role} dự. Ghi người có mặt, hoặc thêm {role} vào hội đồng."


class NotAMember(Refused):
    says = "Có phiếu của người không thuộc hội đồng này. Tải lại trang rồi ghi lại."


class VotedTwice(Refused):
    says = "{name} có hai phiếu cho cùng một hồ sơ. Giữ một phiếu."


class VoteOfAbsent(Refused):
    says = "{name} không dự phiên họp nên không có phiếu. Bỏ phiếu này, hoặc ghi lại người có mặt."


class ChoiceUnknown(Refused):
    says = "Chọn một trong ba: đồng ý, không đồng ý, phiếu trắng."


class OtherWayOfVoting(Refused):
    says = "Phiên họp này {way}. Ghi phiếu theo cách ấy."


class VotesMissing(Refused):
    says = "Còn thiếu phiếu của {count} hồ sơ: {names}. Ghi đủ phiếu rồi kết thúc phiên họp."


class CountsDoNotAddUp(Refused):
    says = "Các phiếu cộng lại được {counted}, nhưng có {present} thành viên dự họp. Kiểm lại số phiếu."


class SessionClosed(Refused):
    says = "Phiên họp ngày {day:%d/%m/%Y} đã kết thúc nên không đổi được nữa. Cần xét lại thì mở phiên họp khác."


class SessionAhead(Refused):
    says = "Phiên họp hẹn ngày {day:%d/%m/%Y}, chưa tới. Đến ngày họp rồi ghi."


class HoursNotInOrder(Refused):
    says = "Giờ kết thúc {ends:%H:%M} ở trước giờ bắt đầu {starts:%H:%M}. Sửa lại giờ."


class NoCandidates(Refused):
    says = "Phiên họp chưa có hồ sơ nào. Đưa hồ sơ đã thẩm định vào phiên họp trước."


class NotConcluded(Refused):
    says = "Hồ sơ của {name} đang ở bước “{state}”, chưa có kết luận thẩm định. Thẩm định xong rồi trình hội đồng."


class AppealPending(Refused):
    says = "{name} đang kiến nghị về {criterion}, hạn trả lời {day:%d/%m/%Y}. Trả lời kiến nghị rồi trình hội đồng."


class NothingToRecognise(Refused):
    says = "Kết luận thẩm định của {name}: {found}. Chưa có mức nào để công nhận."


class LevelTooHigh(Refused):
    says = "Mức đề nghị {asked} cao hơn mức thẩm định {found} của {name}. Ghi mức {found} hoặc thấp hơn."


class ConditionsNotMet(Refused):
    says = "{name} chưa đủ điều kiện ngoài tiêu chí: {which}. Ghi nhận điều kiện kèm văn bản rồi làm lại."


class AlreadyBefore(Refused):
    says = "Hồ sơ của {name} đang ở phiên họp ngày {day:%d/%m/%Y}. Đợi phiên ấy xong, hoặc đưa ra khỏi phiên ấy."


class TakenOut(Refused):
    says = "Hồ sơ này vừa được đưa ra khỏi phiên họp. Tải lại trang."


class CandidateElsewhere(Refused):
    says = "Hồ sơ của {name} không thuộc đợt và địa bàn của hội đồng này."


class ConditionUnknown(Refused):
    says = "Đợt đánh giá này không đặt điều kiện “{code}”."


class ShareOutside(Refused):
    says = "Tỷ lệ ghi từ 0 đến 100 phần trăm."


class PaperStands(Refused):
    says = "Văn bản số {number} ngày {day:%d/%m/%Y} đã ban hành nên không lập lại và không đổi số được."


class PaperIsOld(Refused):
    says = "Danh sách đã đổi từ khi lập dự thảo này. Lập lại dự thảo, trình ký lại rồi ghi số."


class NumberWrong(Refused):
    says = "Ghi số của văn bản, ví dụ 12 hoặc 12/{symbol}."


class NumberTaken(Refused):
    says = "Số {number} năm {year} của {issuer} đã dùng cho “{other}”. Kiểm lại số trên bản đã ký."


class DayBeforeSession(Refused):
    says = "Ngày văn bản {day:%d/%m/%Y} ở trước ngày họp {held:%d/%m/%Y}. Kiểm lại ngày trên bản đã ký."


class DayAhead(Refused):
    says = "Ngày {day:%d/%m/%Y} chưa tới. Ghi ngày trên bản đã ký."


class SignedFileMissing(Refused):
    says = "Chọn tệp PDF của bản đã ký, rồi ghi số và ngày."


class SessionOpen(Refused):
    says = "Phiên họp ngày {day:%d/%m/%Y} chưa kết thúc nên chưa có kết quả. Kết thúc phiên họp rồi lập văn bản."


class NobodyPassed(Refused):
    says = "Không có hồ sơ nào được thông qua và còn chờ quyết định ở phiên họp này, nên không có gì để công nhận."


class StartTooEarly(Refused):
    says = "Ngày bắt đầu hiệu lực {start:%d/%m/%Y} ở trước ngày quyết định {day:%d/%m/%Y}."


class StartTooLate(Refused):
    says = "Ngày bắt đầu hiệu lực {start:%d/%m/%Y} cách ngày quyết định quá một năm. Kiểm tra lại năm."


class DraftHandedBack(Refused):
    says = "Tệp này là bản dự thảo, chưa ai ký. Ký số, hoặc ký trên giấy rồi quét, và gửi tệp ấy."


class SessionDayWrong(Refused):
    says = "Ngày họp {day:%d/%m/%Y} không nằm trong đợt: đợt mở ngày {first:%d/%m/%Y}, và không ghi trước quá một năm."


class AlreadyRecognised(Refused):
    says = "{name} đã được công nhận theo khung này từ ngày {start:%d/%m/%Y}, Quyết định {decision}. Kiểm lại ngày."


class NotInForce(Refused):
    says = "Công nhận của {name}: {standing}. Chỉ lập giấy cho công nhận còn hiệu lực hoặc sắp có hiệu lực."


class RevokedAlready(Refused):
    says = "Công nhận này đã hết giá trị từ ngày {day:%d/%m/%Y}, không còn gì để thu hồi."


class RevokedTooEarly(Refused):
    says = "Công nhận có giá trị từ ngày {start:%d/%m/%Y}; thu hồi phải từ sau ngày ấy."


class ReasonsMissing(Refused):
    says = "Ghi lý do thu hồi và căn cứ, xã và mọi người đọc được."


class RoundWithoutReports(Refused):
    says = "Đợt này chưa có hồ sơ nào có kết luận thẩm định, nên chưa lập báo cáo được."


# ── Shares, quorum, votes ────────────────────────────────────────────────────


def exact(share: Decimal) -> Fraction:
    """The share that is meant: 0.6667 is two thirds, 0.9 nine tenths, 0.5050 fifty and a half percent."""
    plain = Fraction(share).limit_denominator(12)
    return plain if round(Decimal(plain.numerator) / plain.denominator, 4) == share else Fraction(share)


def needed(members: int, share: Decimal) -> int:
    """How many of the members make the share, at least one."""
    return max(1, math.ceil(members * exact(share)))


def is_quorate(present: int, members: int, share: Decimal) -> bool:
    return members > 0 and present >= needed(members, share)


def check_quorum(present: int, members: int, share: Decimal) -> None:
    """Refuses: NoQuorum."""
    if not is_quorate(present, members, share):
        raise NoQuorum(present=present, members=members, needed=needed(members, share))


def outcome(
    agreed: int, against: int, blank: int, *, present: int, members: int, pass_share: Decimal, counts_absent: bool
) -> str:
    """Passed or failed. A blank vote is a vote that does not agree.

    Refuses: CountsDoNotAddUp.
    """
    if min(agreed, against, blank) < 0 or agreed + against + blank != present:
        raise CountsDoNotAddUp(counted=agreed + against + blank, present=present)
    whole = members if counts_absent else present
    return PASSED if whole > 0 and Fraction(agreed, whole) >= exact(pass_share) else FAILED


def check_sheet(
    sheet: Sequence[tuple[int, str]], *, names: Mapping[int, str], present: Iterable[int]
) -> dict[int, str]:
    """The votes for one candidate, one a member, only of those who are there.

    Refuses: NotAMember, VotedTwice, VoteOfAbsent, ChoiceUnknown.
    """
    there, found = set(present), {}
    for member, choice in sheet:
        if member not in names:
            raise NotAMember()
        if choice not in (FOR, AGAINST, BLANK):
            raise ChoiceUnknown()
        if member in found:
            raise VotedTwice(name=names[member])
        if member not in there:
            raise VoteOfAbsent(name=names[member])
        found[member] = choice
    return found


# ── Conditions beside the criteria ───────────────────────────────────────────


@dataclass(frozen=True)
class Condition:
    code: str
    label: str
    kind: str  # "yes", or "share" with `at_least` in percent
    at_least: Decimal | None = None


@dataclass(frozen=True)
class ConditionState:
    """What is known of a condition; `met` None: nothing is, and that is not met."""

    condition: Condition
    met: bool | None
    share: Decimal | None = None

    @property
    def words(self) -> str:
        c = self.condition
        if self.met is None:
            return "chưa có số liệu"
        if c.kind == "share" and self.share is not None and c.at_least is not None:
            asked = f"{write_number(c.at_least.normalize())}%"
            return f"{write_number(self.share.normalize())}%, {'đạt' if self.met else f'cần từ {asked}'}"
        return "đạt" if self.met else "chưa đạt"


def conditions_from(data: Iterable[Mapping[str, Any]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            str(c["code"]),
            str(c["label"]),
            str(c.get("kind", "yes")),
            None if c.get("at_least") is None else Decimal(str(c["at_least"])),
        )
        for c in data
    )


def conditions_to_json(states: Iterable[ConditionState]) -> list[dict[str, Any]]:
    """What was known of each condition, and what was asked, as it is kept with a decision."""
    return [
        {
            "code": s.condition.code,
            "label": s.condition.label,
            "kind": s.condition.kind,
            "at_least": None if s.condition.at_least is None else str(s.condition.at_least),
            "met": s.met,
            "share": None if s.share is None else str(s.share),
        }
        for s in states
    ]


def conditions_from_json(data: Sequence[Mapping[str, Any]]) -> tuple[ConditionState, ...]:
    return tuple(
        ConditionState(condition, kept["met"], None if kept["share"] is None else Decimal(kept["share"]))
        for condition, kept in zip(conditions_from(data), data, strict=True)
    )


def is_met(condition: Condition, *, met: bool | None, share: Decimal | None) -> bool | None:
    """A share against what is asked, a yes as it is; None while it is not known."""
    if condition.kind == "share":
        return None if share is None else share >= (condition.at_least or 0)
    return met


def check_share(share: Decimal | None) -> None:
    """Refuses: ShareOutside."""
    if share is not None and not 0 <= share <= 100:
        raise ShareOutside(field="share")


def check_conditions(states: Sequence[ConditionState], *, name: str) -> None:
    """Refuses: ConditionsNotMet, with each condition that is not."""
    open_ones = [f"{s.condition.label} ({s.words})" for s in states if not s.met]
    if open_ones:
        raise ConditionsNotMet(name=name, which="; ".join(open_ones))


def check_level(asked: int | None, found: int | None, *, has_levels: bool, name: str) -> int | None:
    """The level to propose: what was appraised, or a lower one.

    Refuses: NothingToRecognise, LevelTooHigh.
    """
    if not has_levels:
        return None
    if not found:
        raise NothingToRecognise(name=name, found="chưa đủ số liệu để xét mức" if found is None else "chưa đạt mức 1")
    if asked is None:
        return found
    if not 1 <= asked <= found:
        raise LevelTooHigh(field="level", asked=asked, found=found, name=name)
    return asked


# ── Papers and days ──────────────────────────────────────────────────────────

_NUMBER = re.compile(r"0*([1-9][0-9]{0,5})", re.ASCII)


def read_number(text: str, symbol: str) -> str:
    """The number alone, from "12" or "12/QĐ-UBND"; below 10 with its zero, as Nghị định 30/2020 writes it.

    Refuses: NumberWrong.
    """
    number, slash, rest = nfc(text).partition("/")
    found = _NUMBER.fullmatch(number.strip())
    if found is None or (slash and fold(rest) != fold(symbol)):
        raise NumberWrong(field="number", symbol=symbol)
    return found[1].zfill(2)


def check_day(day: date, *, today: date, held_on: date | None = None) -> None:
    """Refuses: DayAhead, DayBeforeSession."""
    if day > today:
        raise DayAhead(field="issued_on", day=day)
    if held_on is not None and day < held_on:
        raise DayBeforeSession(field="issued_on", day=day, held=held_on)


def check_revocable(on: date, *, start: date, stop: date, revoked_on: date | None) -> None:
    """A recognition may be taken back from a day on which it counts, after its first.

    Refuses: RevokedAlready, RevokedTooEarly.
    """
    if revoked_on is not None or stop <= on:
        raise RevokedAlready(day=revoked_on or stop)
    if start >= on:
        raise RevokedTooEarly(start=start)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def certificate_number(province: str, year: int, place: int) -> str:
    """ "08-2026-0012": the official code of the province, the year of the decision, the place in that year."""
    return f"{province}-{year}-{place:04d}"


def read_certificate(text: str) -> str:
    """A certificate number as people type it: "8 2026 12" is "08-2026-0012"; empty when it is none."""
    found = re.fullmatch(r"([a-z]{1,8}|\d{1,2}) ?(\d{4}) (\d{1,6})", fold(text[:60]), re.ASCII)
    return certificate_number(found[1].upper().zfill(2), int(found[2]), int(found[3])) if found else ""


# ── What stands on a day ─────────────────────────────────────────────────────


class Standing(StrEnum):
    AHEAD = "ahead"
    VALID = "valid"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return STANDINGS[self][0]

    @property
    def shape(self) -> str:
        return STANDINGS[self][1]


STANDINGS = {
    Standing.AHEAD: ("Chưa đến ngày có giá trị", "draft"),
    Standing.VALID: ("Còn hiệu lực", "recognised"),
    Standing.EXPIRED: ("Hết hạn", "late"),
    Standing.REPLACED: ("Đã có quyết định mới", "done"),
    Standing.REVOKED: ("Đã thu hồi", "returned"),
}


def standing(
    on: date, *, start: date, stop: date, revoked_on: date | None = None, superseded_on: date | None = None
) -> Standing:
    """Where a recognition of [start, stop) stands on a day."""
    if revoked_on is not None and on >= revoked_on:
        return Standing.REVOKED
    if superseded_on is not None and on >= superseded_on:
        return Standing.REPLACED
    if on < start:
        return Standing.AHEAD
    return Standing.VALID if on < stop else Standing.EXPIRED
