"""What a request from another system may be, and what is wrong with one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from langso.criteria.edition import Kind, Measure
from langso.lib.period import VIETNAM
from langso.lib.refusal import Refused

PREFIX = "lso_"  # so that a leaked key is recognised for what it is
LONGEST_LIFE = 731  # days: two years
MOST_ITEMS = 5_000
MOST_VALUES = 20_000  # of a data value set: up to three for a figure
LARGEST_BODY = 10 * 1024 * 1024
PLACES = 6  # decimals that are kept; more is refused, not rounded
PER_MINUTE, PER_MINUTE_OPEN = 600, 300  # requests of one key, or of one address without a key


class KeyMissing(Refused):
    says = "Chưa có khóa API. Gửi kèm tiêu đề “Authorization: Bearer …”; quản trị máy chủ cấp khóa bằng langso key add."


class KeyUnknown(Refused):
    says = "Khóa API này không có. Kiểm tra lại từng ký tự, hoặc xin khóa mới."


class KeyEnded(Refused):
    says = "Khóa API đã bị thu hồi lúc {at:%H:%M ngày %d/%m/%Y}. Xin khóa mới."


class KeyExpired(Refused):
    says = "Khóa API hết hạn từ ngày {day:%d/%m/%Y}. Xin khóa mới."


class AccountClosed(Refused):
    says = "Tài khoản đứng sau khóa này đã ngừng dùng. Xin khóa của người khác."


class KeyNeededToWrite(Refused):
    says = "Ghi qua API cần khóa, phiên đăng nhập trên trình duyệt chỉ đọc được. Gửi kèm “Authorization: Bearer …”."


class RightMissing(Refused):
    says = "Khóa này không có quyền {right}. Dùng khóa của người có quyền ấy."


class TooManyRequests(Refused):
    says = "Đã quá {most} yêu cầu trong một phút. Chờ {wait} giây rồi gửi tiếp."


class BodyTooLarge(Refused):
    says = "Nội dung gửi lên lớn hơn {limit} MB. Chia thành nhiều lần gửi."


class NotJson(Refused):
    says = "Nội dung không phải JSON đọc được: {why}."


class IdempotencyKeyMissing(Refused):
    says = "Mỗi lần ghi cần tiêu đề Idempotency-Key riêng, 8 đến 200 ký tự, để gửi lại không bị ghi hai lần."


class IdempotencyKeyReused(Refused):
    says = "Idempotency-Key này đã dùng lúc {at:%H:%M ngày %d/%m/%Y} cho một nội dung khác. Lần ghi mới cần mã mới."


class CursorUnknown(Refused):
    says = "Con trỏ trang “{text}” không đọc được. Lấy đúng giá trị next của trang trước, hoặc bỏ cursor để đọc từ đầu."


class Busy(Refused):
    says = "Có người đang ghi cùng những dòng này nên chưa ghi được dòng nào. Gửi lại sau vài giây."


class NotHere(Refused):
    says = "Không có {what} này trong phạm vi của khóa."


class AddressUnknown(Refused):
    says = "Không có địa chỉ này. Danh sách địa chỉ ở /api/."


class VerbWrong(Refused):
    says = "Địa chỉ này không nhận {verb}. Nhận {known}."


class TooManyItems(Refused):
    says = "Có {count} dòng, mỗi lần nhận nhiều nhất {most}. Chia thành nhiều lần gửi."


class NothingSent(Refused):
    says = "Không có dòng nào để ghi."


class MeasureUnknown(Refused):
    says = "Không có chỉ tiêu “{text}”. Mã chỉ tiêu lấy ở /api/v1/frameworks/{{id}}."


class UnitNotYours(Refused):
    says = "Mã đơn vị {code} ({name}) không nằm trong phạm vi của khóa."


class TooPrecise(Refused):
    says = "Số này có hơn {places} chữ số sau dấu phẩy. Làm tròn trước khi gửi."


class MaximumPassed(Refused):
    says = "Điểm cao nhất của chỉ tiêu này là {maximum}."


class CaseNumberWrong(Refused):
    says = "Chỉ tiêu này chọn trong danh sách: ghi số thứ tự từ 0 đến {most}."


class SentTwice(Refused):
    says = "Dòng này trùng với {other}: cùng đơn vị, chỉ tiêu và kỳ. Bỏ một dòng."


class StandsAlready(Refused):
    says = "Đang có {there}, {who} ghi lúc {when}. Số gửi lên đúng hơn thì đọc lại số đang có, rồi gửi kèm base={id}."


class PartUnknown(Refused):
    says = "“{text}” không phải mã phần tử dữ liệu. Ghi <mã chỉ tiêu>:num, :den hoặc :val."


class PeriodNotRead(Refused):
    says = "“{text}” không phải là kỳ. {example}"


class SystemMissing(Refused):
    says = "Chưa ghi tên hệ thống nguồn, ví dụ Cổng dịch vụ công quốc gia."


class KeyLifeWrong(Refused):
    says = "Khóa dùng được từ 1 đến {most} ngày."


class KeyNameMissing(Refused):
    says = "Đặt tên cho khóa, ví dụ “Hệ thống một cửa tỉnh”."


class CommentTooLong(Refused):
    says = "{label} dài quá {most} ký tự. Rút ngắn rồi gửi lại."


class ValueEmpty(Refused):
    says = "Giá trị trống. Ở đây không xóa số liệu; bỏ dòng này, hoặc sửa số ở trang của xã."


class ValueNotRead(Refused):
    says = "“{text}” không phải là số. Ghi số với dấu chấm thập phân, ví dụ 69.5."


class SetUnknown(Refused):
    says = "Không có bộ số liệu “{text}”. Tên bộ là mã khung tiêu chí, lấy ở /api/v1/frameworks."


class WhichSet(Refused):
    says = "Nêu cycle, hoặc nêu framework và period, để biết lấy bộ số liệu nào."


class XmlNotRead(Refused):
    says = "Nội dung không phải XML đọc được: dòng {line}, cột {column}."


class XmlNotSafe(Refused):
    says = "XML có phần khai báo kiểu hoặc thực thể (DTD), không nhận. Bỏ phần ấy rồi gửi lại."


class NotAdx(Refused):
    says = "Phần tử “{name}” không thuộc ADX (urn:ihe:qrph:adx:2015). Mẫu đúng ở /api/."


class AdxAttributeMissing(Refused):
    says = "Thiếu thuộc tính {name}."


@dataclass(frozen=True)
class Wrong:
    """One fault of a request: where (a path as in items[3].numerator), which, and in words."""

    path: str
    code: str
    says: str


class BatchWrong(Refused):
    """Faults of a whole request; nothing of it was written."""

    says = "Chưa ghi dòng nào. Có {count} chỗ sai; sửa rồi gửi lại cả lần."

    def __init__(self, wrongs: Sequence[Wrong]) -> None:
        self.wrongs = tuple(wrongs)
        super().__init__(count=len(wrongs))


def wrong_of(refused: Refused, path: str) -> Wrong:
    """A rule's refusal at a place of the request."""
    at = f"{path}.{refused.field}" if refused.field and path else refused.field or path
    return Wrong(at, type(refused).__name__, refused.sentence)


def check_key(*, expires_on: date, revoked_at: datetime | None, is_active: bool, today: date) -> None:
    """A key is good until the day before it expires.

    Refuses: KeyEnded, KeyExpired, AccountClosed.
    """
    if revoked_at is not None:
        raise KeyEnded(at=revoked_at.astimezone(VIETNAM))
    if today >= expires_on:
        raise KeyExpired(day=expires_on)
    if not is_active:
        raise AccountClosed()


def check_life(days: int) -> None:
    """Refuses: KeyLifeWrong."""
    if not 1 <= days <= LONGEST_LIFE:
        raise KeyLifeWrong(most=LONGEST_LIFE)


def check_number(measure: Measure, value: Decimal | None, *, cases: int, maximum: Decimal | None) -> None:
    """What `measures.rules.check_entry` cannot know of a value: its cases, its maximum, its decimals.

    Refuses: TooPrecise, MaximumPassed, CaseNumberWrong.
    """
    if value is None or not value.is_finite():
        return
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -PLACES:
        raise TooPrecise(field="value", places=PLACES)
    if measure.kind is Kind.SCORE and maximum is not None and value > maximum:
        raise MaximumPassed(field="value", maximum=f"{maximum:f}".replace(".", ","))
    if cases and (value != value.to_integral_value() or not 0 <= value < cases):
        raise CaseNumberWrong(field="value", most=cases - 1)
