"""What may be asked and answered, and until when. Pure.

A request waits while it is `open` or `more`: then it is on the phones of its team. One that the team `cannot` help with
leaves the phones and is for the commune: to answer itself, to close, or to hand over, which makes it wait again.
"""

from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.teams.rules import PhoneWrong, phone_number
from langso.villages.topics import TOPICS

DUE_WORKDAYS = 5
LONGEST = 600
RESULTS = ("done", "more", "cannot")
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs of codes that are read out: no letter taken for a digit


class AskWrong(Refused):
    """Something about a request that cannot be; `field` says what."""


class NameMissing(AskWrong):
    says = "Chưa ghi tên. Ghi tên để người của tổ biết hỏi ai."


class NameWrong(AskWrong):
    says = "Tên dài quá hoặc không có chữ nào. Ghi họ và tên."


class PhoneMissing(AskWrong):
    says = "Chưa ghi số điện thoại. Tổ cần số để hẹn giờ đến."


class PhoneUnreadable(AskWrong):
    says = "“{phone}” không giống số điện thoại. Ghi 10 chữ số, ví dụ 0912 345 678."


class TopicMissing(AskWrong):
    says = "Chưa chọn việc cần giúp."


class TextTooLong(AskWrong):
    says = "Phần này dài {length} chữ, nhiều nhất {most}. Ghi gọn lại."


class ConsentMissing(AskWrong):
    says = "Cần đánh dấu đồng ý thì tổ mới được giữ tên và số điện thoại để đến giúp."


class VillageEnded(AskWrong):
    says = "Thôn này đã nhập vào thôn khác. Chọn lại thôn."


class TooMany(AskWrong):
    says = "Từ nơi này đã gửi nhiều yêu cầu trong một giờ. Đợi một lúc rồi gửi lại, hoặc gọi thẳng cho tổ."


class ResultUnknown(AskWrong):
    says = "Chưa chọn kết quả: giúp xong, còn việc, hay chưa giúp được."


class NoteMissing(AskWrong):
    says = "Chưa giúp được thì ghi vì sao, để người nhờ biết."


class AnswerDayMissing(AskWrong):
    says = "Chưa ghi ngày giúp."


class AnswerAhead(AskWrong):
    says = "Ngày {day:%d/%m/%Y} chưa tới."


class AnswerBeforeAsked(AskWrong):
    says = "Ngày {day:%d/%m/%Y} trước ngày được nhờ ({asked:%d/%m/%Y}). Xem lại ngày."


class AlreadyDone(AskWrong):
    says = "Yêu cầu này đã giúp xong. Người nhờ còn cần thì gửi yêu cầu mới."


class AlreadyClosed(AskWrong):
    says = "Yêu cầu này xã đã đóng. Người nhờ còn cần thì gửi yêu cầu mới."


class ReasonMissing(AskWrong):
    says = "Chưa ghi lý do. Người nhờ đọc được dòng này."


class TeamElsewhere(AskWrong):
    says = "Tổ này không thuộc xã hoặc đã giải thể. Chọn tổ khác."


class NotAnswered(AskWrong):
    says = "Chưa ai trả lời yêu cầu này nên chưa ghi được. Đợi tổ đến rồi ghi."


def topic_words(code: str) -> str:
    return TOPICS.get(code, "việc khác").lower() if code != "vneid" else TOPICS[code]


def code_of(uid: UUID) -> str:
    """Eight signs that follow from the form's number, which is random and never shown."""
    number = int.from_bytes(sha256(b"langso request " + uid.bytes).digest()[:8], "big")
    return "".join(LETTERS[number >> 5 * i & 31] for i in range(8))


def read_code(text: str) -> str:
    """A code as it is said or typed: capitals, no spaces or dashes; at most 12 signs."""
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum())[:12]


def check_text(text: str, *, field: str) -> str:
    """Refuses: TextTooLong."""
    plain = nfc(text)
    if len(plain) > LONGEST:
        raise TextTooLong(field=field, length=len(plain), most=LONGEST)
    return plain


def check_ask(*, topic: str, name: str, phone: str, text: str, consents: bool) -> dict[str, Any]:
    """Refuses: AskWrong."""
    if topic not in TOPICS:
        raise TopicMissing(field="topic")
    plain = nfc(name)
    if not plain:
        raise NameMissing(field="name")
    if len(plain) > 120 or not fold(plain):
        raise NameWrong(field="name")
    try:
        number = phone_number(phone)
    except PhoneWrong as wrong:
        raise PhoneUnreadable(field="phone", phone=nfc(phone)[:30]) from wrong
    if not number:
        raise PhoneMissing(field="phone")
    words = check_text(text, field="text")
    if not consents:
        raise ConsentMissing(field="consents")
    return {"topic": topic, "name": plain, "phone": number, "text": words}


def check_standing(*, is_standing: bool) -> None:
    """Refuses: VillageEnded."""
    if not is_standing:
        raise VillageEnded(field="village")


def check_result(result: str, note: str) -> None:
    """Refuses: ResultUnknown, NoteMissing."""
    if result not in RESULTS:
        raise ResultUnknown(field="result")
    if result == "cannot" and not note:
        raise NoteMissing(field="note")


def check_answer_day(on: date | None, *, asked_on: date, today: date) -> date:
    """Refuses: AnswerDayMissing, AnswerAhead, AnswerBeforeAsked."""
    if on is None:
        raise AnswerDayMissing(field="on")
    if on > today:
        raise AnswerAhead(field="on", day=on)
    if on < asked_on:
        raise AnswerBeforeAsked(field="on", day=on, asked=asked_on)
    return on


def check_move(state: str) -> None:
    """Refuses: AlreadyDone, AlreadyClosed."""
    if state == "done":
        raise AlreadyDone()
    if state == "closed":
        raise AlreadyClosed()


def check_reason(reason: str) -> str:
    """Refuses: ReasonMissing, TextTooLong."""
    plain = check_text(reason, field="reason")
    if not plain:
        raise ReasonMissing(field="reason")
    return plain


def check_team(*, is_here: bool, is_standing: bool) -> None:
    """Refuses: TeamElsewhere."""
    if not (is_here and is_standing):
        raise TeamElsewhere(field="team")


def check_feedback(state: str) -> None:
    """Refuses: NotAnswered."""
    if state == "open":
        raise NotAnswered()
