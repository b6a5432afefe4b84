"""What may come from a phone, and what it is told when it may not. Pure: no clock, no database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from langso.lib.period import day_of
from langso.lib.refusal import Refused

VERSION = 1
MOST_ITEMS = 200
LARGEST_BODY = 1024 * 1024
LARGEST_PHOTO = 600 * 1024  # shrunk on the phone; more than this did not come from there
MOST_PHOTOS = 6
WAIT = timedelta(days=5)  # how long an item waits for what must come before it; then a person decides
SMALL_SKEW = timedelta(hours=1)
CODE_LIVES = timedelta(days=7)
GRACE = timedelta(days=30)  # after the term, for what was written before it ended
FIRST_CLOCK, LAST_CLOCK = 1970, 2200
KINDS = ("household", "visit", "gathering", "answer", "submission")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: read out over the telephone


class FieldRefused(Refused):
    """A call or an item that cannot be taken; `code` is its name for the device."""


class TokenUnknown(FieldRefused):
    says = "Máy này chưa được ghi danh ở đây. Xin xã mã ghi danh mới; những gì đã ghi vẫn giữ trên máy."


class PhoneRevoked(FieldRefused):
    says = (
        "Xã đã thu hồi máy này ngày {day:%d/%m/%Y}. Những lượt chưa gửi vẫn giữ trên máy; "
        "xin xã mã ghi danh mới để gửi."
    )


class MemberLeft(FieldRefused):
    says = (
        "Anh, chị đã thôi tham gia {team} từ ngày {day:%d/%m/%Y}. Những gì chưa gửi vẫn giữ trên máy; "
        "báo xã để được nhận."
    )


class SeatClosed(FieldRefused):
    says = "Sổ này đã thôi dùng trên máy. Xin xã mã ghi danh mới; những gì chưa gửi vẫn giữ trên máy."


class CodeWrong(FieldRefused):
    says = "Mã ghi danh không đúng. Xem lại từng chữ, hoặc xin xã mã mới."


class CodeExpired(FieldRefused):
    says = "Mã ghi danh đã hết hạn ngày {day:%d/%m/%Y}. Xin xã mã mới."


class CodeUsed(FieldRefused):
    says = "Mã ghi danh này đã dùng rồi. Mỗi mã chỉ dùng một lần, xin xã mã mới."


class VerbWrong(FieldRefused):
    says = "Địa chỉ này không nhận cách gọi này."


class TooManyTries(FieldRefused):
    says = "Nhập mã sai nhiều lần quá. Đợi 5 phút rồi thử lại."


class BodyUnreadable(FieldRefused):
    says = "Gói gửi lên không đọc được. Cập nhật ứng dụng rồi gửi lại; những gì đã ghi vẫn giữ trên máy."


class BodyTooLarge(FieldRefused):
    says = "Gói gửi lên quá lớn. Cập nhật ứng dụng rồi gửi lại; những gì đã ghi vẫn giữ trên máy."


class ItemUnreadable(FieldRefused):
    says = "Bản ghi này thiếu hoặc sai {what}. Mở ra sửa rồi gửi lại."


class OtherContent(FieldRefused):
    says = "Mã bản ghi này đã dùng cho nội dung khác. Nội dung cũ giữ nguyên; ghi lại thành một bản mới."


class OtherTeam(FieldRefused):
    says = "Mã bản ghi này là của tổ khác. Không có gì thay đổi; ghi lại thành một bản mới."


class AfterTerm(FieldRefused):
    says = "Bản này ghi sau ngày thôi tham gia tổ, {day:%d/%m/%Y}. Xã giữ lại để xem."


class TextFirst(FieldRefused):
    says = "Phần chữ của ảnh này chưa tới. Gửi chữ trước, ảnh sau."


class PhotoWrong(FieldRefused):
    says = "Ảnh nhận được không giống ảnh trên máy. Máy sẽ gửi lại từ đầu."


class PhotoTooLarge(FieldRefused):
    says = "Ảnh lớn hơn 600 kB. Chụp lại trong ứng dụng để máy tự thu nhỏ."


class ParcelUnreadable(FieldRefused):
    says = "Gói này không mở được: tệp hỏng, hoặc gói của nơi khác. Xin chủ gói xuất lại."


@dataclass(frozen=True)
class Item:
    """One thing that a device says, in the shape that may be worked on; times are the device's."""

    uid: UUID
    kind: str
    body: Mapping[str, Any]
    made_at: datetime
    seq: int = 0
    digest: bytes = b""


@dataclass
class Answer:
    """What an item is told. `state` is one of RecordState; `version` of a household that was written."""

    uid: UUID | str
    state: str
    receipt: str = ""
    says: str = ""
    code: str = ""
    version: int | None = None

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"uid": str(self.uid), "state": self.state, "receipt": self.receipt}
        if self.says:
            said["says"] = self.says
        if self.code:
            said["code"] = self.code
        if self.version is not None:
            said["version"] = self.version
        return said


@dataclass(frozen=True)
class Batch:
    uid: UUID
    sent_at: datetime
    items: Sequence[Item]
    unreadable: Sequence[Answer] = field(default=())
    unsent: int = 0
    oldest: date | None = None
    app: str = ""


def canonical(value: Any) -> Any:
    """The same content whatever the order of keys, the composition of letters, or how a whole number is written."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {canonical(str(k)): canonical(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(v) for v in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def digest_of(kind: str, body: Mapping[str, Any]) -> bytes:
    text = json.dumps([kind, canonical(body)], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def read_moment(text: Any) -> datetime | None:
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        found = datetime.fromisoformat(text)
        moment = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_CLOCK <= moment.year <= LAST_CLOCK else None  # no clock of a telephone says more


def read_app(text: Any) -> str:
    """The version that the app says it is; whatever else it says is nothing."""
    return text if isinstance(text, str) and re.fullmatch(r"[0-9A-Za-z.+ -]{1,20}", text) else ""


def read_plain_day(text: Any) -> date | None:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_uid(text: Any) -> UUID | None:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        return None
    return UUID(text)


def is_text_whole(body: Any) -> bool:
    """Half a letter (a lone surrogate) or a number without end cannot be kept; a depth without end is not content."""
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def read_item(raw: Any) -> Item | Answer:
    """An item, or the answer that it cannot be read; one that has no uid to answer to is a fault of the batch.

    Refuses: BodyUnreadable.
    """
    if not isinstance(raw, Mapping) or (uid := read_uid(raw.get("uid"))) is None:
        raise BodyUnreadable()
    made_at, body, kind = read_moment(raw.get("made_at")), raw.get("body"), raw.get("kind")
    missing = "loại" if kind not in KINDS else "giờ ghi" if made_at is None else ""
    if not missing and not (isinstance(body, Mapping) and is_text_whole(body)):
        missing = "nội dung"
    if missing:
        refused = ItemUnreadable(what=missing)
        return Answer(uid, "refused", says=refused.sentence, code="ItemUnreadable")
    assert made_at is not None
    assert isinstance(body, Mapping)
    seq = raw.get("seq")
    return Item(
        uid,
        str(kind),
        body,
        made_at,
        seq if isinstance(seq, int) and 0 <= seq < 2**53 else 0,
        digest_of(str(kind), body),
    )


def read_batch(raw: Any) -> Batch:
    """Refuses: BodyUnreadable."""
    if not isinstance(raw, Mapping) or raw.get("v") != VERSION:
        raise BodyUnreadable()
    uid, sent_at, items = read_uid(raw.get("batch")), read_moment(raw.get("sent_at")), raw.get("items")
    if uid is None or sent_at is None or not isinstance(items, list):
        raise BodyUnreadable()
    if len(items) > MOST_ITEMS:
        raise BodyTooLarge()
    read = [read_item(item) for item in items]
    unsent = raw.get("unsent")
    return Batch(
        uid,
        sent_at,
        [r for r in read if isinstance(r, Item)],
        [r for r in read if isinstance(r, Answer)],
        unsent if isinstance(unsent, int) and 0 <= unsent < 1_000_000 else 0,
        read_plain_day(raw.get("oldest")),
        read_app(raw.get("app")),
    )


@dataclass(frozen=True)
class Clock:
    """When things were really made, whatever the device's clock says. `not_before` is when the book was enrolled."""

    sent_at: datetime
    received_at: datetime
    not_before: datetime

    @property
    def skew(self) -> timedelta:
        return self.sent_at - self.received_at

    def moment(self, made_at: datetime) -> datetime:
        """How long before sending it was made is what counts; before the enrolment nothing was made here."""
        age = max(self.sent_at - made_at, timedelta(0))
        true = self.received_at - age
        return true if true >= self.not_before - SMALL_SKEW else self.received_at

    def is_lost(self, made_at: datetime) -> bool:
        """The clock was set anew between making and sending: when it was made cannot be known."""
        age = self.sent_at - made_at
        return age < -SMALL_SKEW or self.received_at - max(age, timedelta(0)) < self.not_before - SMALL_SKEW

    def day(self, on: date, made_at: datetime) -> date:
        """The day that was meant: as many days before the making as the person chose."""
        if abs(self.skew) <= SMALL_SKEW and not self.is_lost(made_at):
            return on
        back = day_of(made_at) - on
        try:
            return day_of(self.moment(made_at)) - back
        except OverflowError:
            return day_of(self.received_at)


def token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def code_digest(code: str) -> bytes:
    return hashlib.sha256(plain_code(code).encode()).digest()


def plain_code(code: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", code.upper())[:20]


def spell_code(raw: bytes) -> str:
    """Eight letters of 40 random bits, in two halves to be read out."""
    number = int.from_bytes(raw[:5], "big")
    text = "".join(_LETTERS[number >> 5 * i & 31] for i in range(8))
    return f"{text[:4]}-{text[4:]}"


def proof_of(key: bytes, batch: UUID | str, answers: Sequence[Answer]) -> str:
    """Only who knows the token can say this: no captive portal can fake success."""
    lines = "".join(f"{a.uid} {a.state} {a.receipt}\n" for a in answers)
    return hmac.new(key, f"{batch}\n{lines}".encode(), hashlib.sha256).hexdigest()


def seal_proof(key: bytes, text: bytes) -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def from_base64url(text: Any, *, most: int = LARGEST_BODY * 2) -> bytes:
    """Refuses: ParcelUnreadable."""
    if not isinstance(text, str) or len(text) > most:
        raise ParcelUnreadable()
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError):
        raise ParcelUnreadable() from None


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
