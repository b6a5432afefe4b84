"""What may be done with a form, and what is said when it may not. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from langso.lib.refusal import Refused
from langso.questionnaires.engine import Problem

LONGEST_REASON = 500
RESERVED = "luot-den-ho"  # the built-in form of ODK Collect
EARLIEST = date(2020, 1, 1)
MOST_ANSWERED = 256 * 1024  # of the answers of one filled form as JSON


class CodeTaken(Refused):
    says = "Mã phiếu {code} đã thuộc về {owner}. Đổi form_id ở trang settings rồi nhập lại."


class VersionTaken(Refused):
    says = "Phiếu {code} đã có phiên bản {version} với nội dung khác. Đổi version ở trang settings rồi nhập lại."


class AlreadyIssued(Refused):
    says = "Phiên bản {version} đã ban hành ngày {day:%d/%m/%Y}."


class NotIssued(Refused):
    says = "Phiên bản {version} chưa ban hành, chưa nhận câu trả lời. Ban hành rồi điền."


class AlreadyWithdrawn(Refused):
    says = "Phiên bản {version} đã thu hồi. Nhập phiên bản mới."


class ReasonMissing(Refused):
    says = "Chưa ghi lý do thu hồi. Ghi một câu để người dùng phiếu biết vì sao."


class ReasonTooLong(Refused):
    says = "Lý do dài quá {most} chữ. Viết ngắn lại."


class FormUnknown(Refused):
    says = "Không có phiếu {code}, phiên bản {version} ở nơi này. Tải lại danh sách phiếu rồi điền lại."


class AnswersWrong(Refused):
    """`problems` names each place."""

    says = "Phiếu còn {count} chỗ cần xem lại: {first}"

    def __init__(self, problems: Sequence[Problem], labels: Mapping[str, str] | None = None) -> None:
        self.problems = tuple(problems)
        name = problems[0].path.rpartition(".")[2]
        first = f"{(labels or {}).get(name, name)}: {problems[0].says}"
        super().__init__(count=len(problems), first=first)


class AnswersTooLarge(Refused):
    says = "Phiếu này dài quá mức nhận. Tách thành hai phiếu."


class DayAhead(Refused):
    says = "Phiếu ghi ngày {on:%d/%m/%Y}, ngày này chưa tới. Xem lại ngày."


class DayTooOld(Refused):
    says = "Phiếu ghi ngày {on:%d/%m/%Y}, trước năm 2020. Xem lại ngày."


class OtherContent(Refused):
    says = "Phiếu này đã gửi rồi với nội dung khác. Bản đã nhận vẫn giữ; muốn sửa thì gửi bản sửa."


class OtherPlace(Refused):
    says = "Phiếu này đã gửi ở nơi khác, không nhận lại ở đây."


class CorrectedUnknown(Refused):
    says = "Không thấy phiếu cần sửa. Gửi phiếu cũ trước, rồi gửi bản sửa."


class CorrectedTwice(Refused):
    says = "Phiếu này đã có một bản sửa rồi. Sửa từ bản mới nhất."


def check_reason(reason: str) -> str:
    """Refuses: ReasonMissing, ReasonTooLong."""
    if not reason:
        raise ReasonMissing(field="reason")
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(field="reason", most=LONGEST_REASON)
    return reason


def check_day(on: date, *, today: date) -> None:
    """A form is filled today or before; a device an hour ahead of midnight is let through.

    Refuses: DayAhead, DayTooOld.
    """
    if on > today + timedelta(days=1):
        raise DayAhead(on=on)
    if on < EARLIEST:
        raise DayTooOld(on=on)


def digest_of(form: int, answers: Mapping[str, Any], household: UUID | int | None = None) -> bytes:
    """What was said, however it was spaced or ordered on the way."""
    text = json.dumps([form, str(household or ""), answers], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
