"""What a reported figure may be. Pure: a measure and what was typed in, a figure or a refusal out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from langso.criteria.edition import Kind, Measure
from langso.lib.period import Period
from langso.lib.refusal import Refused

LARGEST = Decimal(10**11)  # more than anything a province could count
FIRST_DOCUMENT = date(1945, 9, 2)


class FigureWrong(Refused):
    """A figure that cannot be what was meant; `field` says which of its parts."""


class NumeratorTooLarge(FigureWrong):
    says = "Số này lớn hơn {denominator} ({total}). Có thể thừa một chữ số."


class NotWhole(FigureWrong):
    says = "{label} là số đếm, không có phần lẻ."


class BelowZero(FigureWrong):
    says = "Số liệu không thể nhỏ hơn 0."


class TooLarge(FigureWrong):
    says = "Số này quá lớn. Kiểm tra lại các chữ số."


class CountsExpected(FigureWrong):
    says = "{label} ghi bằng tử số và mẫu số, máy tự tính."


class ValueExpected(FigureWrong):
    says = "{label} ghi một giá trị, không ghi tử số và mẫu số."


class OutsideIndex(FigureWrong):
    says = "Chỉ số nằm từ 0 đến 1, ví dụ 0,6783."


class HalfMissing(FigureWrong):
    says = "Còn thiếu {label}. Tỷ lệ cần đủ hai số; chưa có thì để trống cả hai."


class CaseUnknown(FigureWrong):
    says = "“{text}” không có trong các lựa chọn: {cases}."


class DayAhead(FigureWrong):
    says = "Ngày này chưa tới."


class DayBeforePeriod(FigureWrong):
    says = "Ngày {day:%d/%m/%Y} ở trước kỳ số liệu, {period}. Ghi ngày lấy số liệu."


class DocumentDayWrong(FigureWrong):
    says = "Ngày văn bản {day:%d/%m/%Y} không đúng. Xem lại ngày ký trên văn bản."


class DocumentWithoutNumber(FigureWrong):
    says = "Có ngày văn bản mà chưa có số, ký hiệu. Ghi cả hai, ví dụ 127/BC-UBND."


@dataclass(frozen=True)
class Entry:
    """A figure as typed. A ratio has its counts, never only the quotient; `value` is for figures without counts.

    Units: `value` in the measure's unit; yes is 1, no is 0; a named case is its place in the list.
    """

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    as_of: date | None = None
    source: str = ""
    document_number: str = ""
    document_on: date | None = None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return self.numerator is None and self.denominator is None and self.value is None


def standing(typed: Entry, *, base: Entry, now: Entry) -> str:
    """What to do with an entry typed on a copy when the figure may have moved on: `same`, `write` or `overtaken`.

    `base` is the figure that the person had before her, `now` the one that stands. What she left as it was is not hers
    to write back.
    """
    if typed in (now, base):
        return "same"
    return "write" if now == base else "overtaken"


def check_whole(measure: Measure, entry: Entry) -> None:
    """A ratio handed in for good has both its counts.

    Refuses: HalfMissing.
    """
    if is_ratio(measure) and (entry.numerator is None) != (entry.denominator is None):
        missing = "numerator" if entry.numerator is None else "denominator"
        raise HalfMissing(field=missing, label=getattr(measure, missing) or missing)


def is_ratio(measure: Measure) -> bool:
    """Whether the figure is entered as two counts."""
    return measure.kind in (Kind.SHARE, Kind.RATE) and bool(measure.numerator and measure.denominator)


def check_entry(measure: Measure, entry: Entry, *, period: Period, today: date) -> None:
    """Refuses: a subclass of FigureWrong; `field` is the part of the entry at fault."""
    for name, number in (
        ("numerator", entry.numerator),
        ("denominator", entry.denominator),
        ("value", entry.value),
    ):
        if number is None:
            continue
        if (name == "value") == is_ratio(measure):
            raise (CountsExpected if name == "value" else ValueExpected)(field=name, label=measure.label)
        if not number.is_finite():
            raise TooLarge(field=name)
        if number < 0:
            raise BelowZero(field=name)
        if number > LARGEST:
            raise TooLarge(field=name)
        if (name != "value" or measure.kind is Kind.COUNT) and number != number.to_integral_value():
            raise NotWhole(field=name, label=getattr(measure, name, "") or measure.label)
    if entry.numerator is not None and entry.denominator is not None:
        may_exceed = measure.may_exceed or measure.kind is Kind.RATE
        if entry.numerator > entry.denominator and not may_exceed:
            total = f"{entry.denominator:,.0f}".replace(",", ".")
            raise NumeratorTooLarge(field="numerator", denominator=measure.denominator or "mẫu số", total=total)
    if entry.value is not None:
        if measure.kind is Kind.YES_NO and entry.value not in (0, 1):
            raise CaseUnknown(field="value", text=str(entry.value), cases="Có, Chưa có")
        if measure.kind is Kind.INDEX and entry.value > 1:
            raise OutsideIndex(field="value")
        if measure.kind is Kind.SHARE and entry.value > 100 and not measure.may_exceed:
            raise NumeratorTooLarge(field="value", denominator="100%", total="100")
    if entry.as_of is not None:
        if entry.as_of > today:
            raise DayAhead(field="as_of")
        if entry.as_of < period.start:
            raise DayBeforePeriod(field="as_of", day=entry.as_of, period=str(period))
    if entry.document_on is not None:
        if entry.document_on > today:
            raise DayAhead(field="document_on")
        if entry.document_on < FIRST_DOCUMENT:
            raise DocumentDayWrong(field="document_on", day=entry.document_on)
        if not entry.document_number:
            raise DocumentWithoutNumber(field="document_number")
