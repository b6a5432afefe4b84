"""What a citable document and a photo may say of themselves. Pure."""

import re
from datetime import date, datetime, timedelta

from langso.lib.period import VIETNAM
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc

FIRST_DOCUMENT = date(1945, 9, 2)
FIRST_PHOTO = date(2000, 1, 1)  # no camera phone is older: a day before this is a clock that was never set
NEAR = 6  # bits of 64 in which two photos may differ and still be taken for one
LONGEST_TITLE = 1000


class EvidenceWrong(Refused):
    """Something about a document or a photo that cannot be; `field` says what."""


class NumberMissing(EvidenceWrong):
    says = "Chưa ghi số, ký hiệu văn bản. Ghi như trên văn bản, ví dụ 127/BC-UBND."


class NumberWrong(EvidenceWrong):
    says = "“{number}” không giống số, ký hiệu văn bản. Chỉ ghi chữ, số và các dấu / - . như 127/BC-UBND."


class IssuerMissing(EvidenceWrong):
    says = "Chưa ghi cơ quan ban hành, ví dụ UBND xã Hồ Thầu."


class IssuerTooLong(EvidenceWrong):
    says = "Tên cơ quan ban hành dài quá {most} chữ. Ghi tên ngắn như trên văn bản."


class DayMissing(EvidenceWrong):
    says = "Chưa ghi ngày ban hành. Xem ngày ký trên văn bản."


class DayAhead(EvidenceWrong):
    says = "Ngày này chưa tới."


class DayTooOld(EvidenceWrong):
    says = "Ngày {day:%d/%m/%Y} không đúng. Xem lại ngày trên văn bản hoặc trên ảnh."


class TitleTooLong(EvidenceWrong):
    says = "Phần này dài {length} chữ, quá {most}. Ghi gọn lại."


class PlaceWrong(EvidenceWrong):
    says = "Tọa độ không đúng: vĩ độ từ -90 đến 90, kinh độ từ -180 đến 180, ghi cả hai."


class ReasonMissing(EvidenceWrong):
    says = "Chưa ghi lý do. Ghi một câu để người xem sau hiểu."


class AlreadyWithdrawn(EvidenceWrong):
    says = "Minh chứng này đã rút lại ngày {day:%d/%m/%Y}. Muốn dùng thì thêm lại."


class CriterionUnknown(EvidenceWrong):
    says = "Khung “{framework}” không có tiêu chí {criterion}. Mở lại từ trang của bản đánh giá."


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"∕": "/", "⁄": "/"})
_SAID = re.compile(r"^(?:văn bản\s+)?số\s*:?\s*(?=\d)", re.IGNORECASE)
_NUMBER = re.compile(r"[^\W_]+(?:[/.\-]+[^\W_]+)*")
_OFFICES = (("uy ban nhan dan", "ubnd"), ("hoi dong nhan dan", "hdnd"))


def written_number(number: str) -> str:
    """Số, ký hiệu as it is kept: composed letters, plain dashes, no spaces around them, no word "Số" before it.

    Refuses: NumberMissing, NumberWrong.
    """
    plain = _SAID.sub("", nfc(number).translate(_DASHES))
    plain = re.sub(r"\s*([/.\-])\s*", r"\1", plain)
    if not plain:
        raise NumberMissing(field="number")
    if len(plain) > 60 or not _NUMBER.fullmatch(plain) or not any("0" <= c <= "9" for c in plain):
        raise NumberWrong(field="number", number=plain[:60])
    return plain


def paper_key(number: str, issuer: str) -> str:
    """The same for one paper however it is typed: case, marks, a leading zero, UBND in full or short."""
    who = fold(issuer)
    for long, short in _OFFICES:
        who = who.replace(long, short)
    return f"{re.sub(r'^0+(?=[0-9])', '', fold(number))}|{who}"


def check_issuer(issuer: str) -> str:
    """Refuses: IssuerMissing, IssuerTooLong."""
    if not (plain := nfc(issuer)):
        raise IssuerMissing(field="issuer")
    if len(plain) > 200:
        raise IssuerTooLong(field="issuer", most=200)
    return plain


def check_title(text: str, *, field: str = "title", most: int = LONGEST_TITLE) -> str:
    """Refuses: TitleTooLong."""
    plain = nfc(text)
    if len(plain) > most:
        raise TitleTooLong(field=field, length=len(plain), most=most)
    return plain


def check_issued(day: date | None, *, today: date) -> date:
    """Refuses: DayMissing, DayAhead, DayTooOld."""
    if day is None:
        raise DayMissing(field="issued_on")
    if day > today:
        raise DayAhead(field="issued_on")
    if day < FIRST_DOCUMENT:
        raise DayTooOld(field="issued_on", day=day)
    return day


def check_taken(day: date | None, *, today: date) -> None:
    """A day that a person writes for a photo: what the camera wrote is only doubted, see `is_doubtful`.

    Refuses: DayAhead, DayTooOld.
    """
    if day is not None and day > today:
        raise DayAhead(field="taken_on")
    if day is not None and day < FIRST_PHOTO:
        raise DayTooOld(field="taken_on", day=day)


def check_place(latitude: float | None, longitude: float | None) -> None:
    """Refuses: PlaceWrong."""
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise PlaceWrong(field="place")


def is_doubtful(taken_on: date | None, *, added_at: datetime) -> bool:
    """Whether the camera's clock cannot have been right: before such cameras were, or after the photo was added."""
    if taken_on is None:
        return False
    return taken_on < FIRST_PHOTO or taken_on > (added_at.astimezone(VIETNAM) + timedelta(hours=12)).date()


def doubt_says(taken_on: date) -> str:
    return f"Máy ảnh ghi ngày {taken_on:%d/%m/%Y}, có thể chưa chỉnh giờ. Ngày này không dùng làm căn cứ."


def likeness_says(*, is_photo: bool, place: str, is_here: bool, day: date) -> str:
    """What is said of a file or photo that was there before; `place` empty: somewhere the reader may not see."""
    what = "Ảnh này" if is_photo else "Tệp này"
    where = "một minh chứng khác của chính nơi này" if is_here else place or "một xã khác"
    return f"{what} đã dùng cho {where} ngày {day:%d/%m/%Y}."


def check_reason(reason: str) -> str:
    """Refuses: ReasonMissing, TitleTooLong."""
    if not (plain := nfc(reason)):
        raise ReasonMissing(field="reason")
    return check_title(plain, field="reason", most=500)
