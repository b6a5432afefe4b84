"""A province's table of readings, CSV or Excel: read row by row, every fault at its own cell."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from langso.assessments import sheets
from langso.assessments.sheets import is_blank
from langso.assessments.workbook import Fault
from langso.criteria.edition import Edition, Kind
from langso.exchange import rules
from langso.exchange.batch import Done, Item, put_readings
from langso.exchange.register import Known, all_known
from langso.lib.number import read_count, read_decimal
from langso.lib.period import Period, read_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.measures.queries import key_of
from langso.measures.rules import Entry
from langso.units.models import Unit, UnitCode, UnitName

HEADINGS = {
    "unit": "Đơn vị",
    "measure": "Chỉ tiêu",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "value": "Giá trị",
    "as_of": "Ngày số liệu",
    "system": "Hệ thống",
}
_OTHER_WORDS = {"ma don vi": "unit", "xa": "unit", "ten xa": "unit", "ma chi tieu": "measure", "ngay": "as_of"}
_BY_WORD = {fold(word): name for name, word in HEADINGS.items()} | _OTHER_WORDS
NEEDED = ("unit", "measure", "system")


class HeadingsMissing(Refused):
    says = "Thiếu cột {names} ở dòng đầu. Các cột: Đơn vị, Chỉ tiêu, Tử số, Mẫu số, Giá trị, Ngày số liệu, Hệ thống."


class NotUtf8(Refused):
    says = "Tệp CSV không phải UTF-8. Khi lưu, chọn “CSV UTF-8”, hoặc gửi tệp .xlsx."


class TooManyRows(Refused):
    says = "Bảng có {count} dòng, mỗi lần nhận nhiều nhất {most}. Chia thành nhiều tệp."


class CellEmpty(Refused):
    says = "Ô này còn trống. Ghi {what}."


class UnitUnknown(Refused):
    says = "Không có đơn vị “{text}” trong phạm vi của anh, chị. Ghi mã đơn vị, hoặc tên đủ như “Xã Bản Vược”."


class UnitUnclear(Refused):
    says = "Có nhiều đơn vị tên “{text}”: mã {codes}. Ghi mã thay cho tên."


class MeasureNotFound(Refused):
    says = "Không có chỉ tiêu “{text}”. Ghi mã trong khung, ví dụ CQ.2, hoặc mã chỉ tiêu."


class NumberUnread(Refused):
    says = "“{text}” không phải là số."


@dataclass
class Read:
    """What a table holds: items by system, or the faults that keep all of them out."""

    content: bytes  # as an .xlsx, so that cells can be marked in it
    sheet: str
    items: dict[str, list[Item]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(content: bytes, name: str, *, edition: Edition, period: Period, units: QuerySet[Unit]) -> Read:
    """Refuses: HeadingsMissing, NotUtf8, TooManyRows, and all of `sheets.opened`."""
    book = _from_csv(content) if name.lower().endswith((".csv", ".txt")) else sheets.opened(content)
    sheet, rows = _rows(book)
    if len(rows) - 1 > rules.MOST_ITEMS:
        raise TooManyRows(count=len(rows) - 1, most=rules.MOST_ITEMS)
    columns = {_BY_WORD[key]: k for k, cell in enumerate(rows[0]) if (key := fold(_text(cell))) in _BY_WORD}
    missing = [HEADINGS[name] for name in NEEDED if name not in columns]
    if missing:
        raise HeadingsMissing(names=", ".join(missing))
    found = Read(book, sheet)
    reader = _Reader(columns, _measures(edition), period, _Names.of(units, period.last_day))
    for place, row in enumerate(rows[1:], start=1):
        if not all(is_blank(cell) for cell in row):
            reader.read_row(place, row, found)
    if not found.items and not found.faults:
        raise sheets.WorkbookEmpty()
    return found


def take(found: Read, *, units: QuerySet[Unit], by: int | None, at: datetime) -> tuple[list[Done], list[Fault]]:
    """Write every reading of the table or none; what is wrong comes back as cells."""
    faults = list(found.faults)
    done: list[Done] = []
    for commit in (False, True):
        if commit and faults:
            break
        done = []
        with transaction.atomic():
            for system, items in sorted(found.items.items()):
                try:
                    done += put_readings(items, system=system, units=units, by=by, at=at, commit=commit)
                except rules.BatchWrong as refused:
                    faults += [_fault(wrong.path, wrong.says) for wrong in refused.wrongs]
    return done, sorted(faults, key=lambda f: (f.row, f.column))


def _fault(path: str, says: str) -> Fault:
    row, _, column = path.partition(":")
    return Fault(int(row), int(column or 0), says)


@dataclass(frozen=True)
class _Names:
    """Units in reach on a day by code and by folded name."""

    by_code: Mapping[str, str]
    by_name: Mapping[str, tuple[tuple[str, str], ...]]  # folded → (code, name as written)

    @classmethod
    def of(cls, units: QuerySet[Unit], day: date) -> "_Names":
        codes = dict(UnitCode.objects.on(day).filter(unit__in=units).values_list("unit_id", "code"))
        named: dict[str, list[tuple[str, str]]] = {}
        rows = UnitName.objects.on(day).filter(unit__in=units).values_list("unit_id", "name", "short_name")
        for unit, name, short in rows:
            if unit in codes:
                for text in dict.fromkeys((name, short)):
                    named.setdefault(fold(text), []).append((codes[unit], text))
        return cls({code: code for code in codes.values()}, {key: tuple(found) for key, found in named.items()})

    def code_of(self, cell: Any) -> str:
        """Refuses: CellEmpty, UnitUnknown, UnitUnclear."""
        text = _text(cell)
        if not text:
            raise CellEmpty(field="unit", what="mã hoặc tên đơn vị")
        if text.isascii() and text.isdecimal() and len(text) <= 5:
            lengths = (len(text), 5) if len(text) > 2 else (2, 5)  # a spreadsheet drops the zeros in front
            for length in lengths:
                if text.zfill(length) in self.by_code:
                    return text.zfill(length)
            return text
        hits = self.by_name.get(fold(text), ())
        exact = {code for code, name in hits if name == text}
        codes = exact or {code for code, _ in hits}
        if not codes:
            raise UnitUnknown(field="unit", text=text[:60])
        if len(codes) > 1:
            raise UnitUnclear(field="unit", text=text[:60], codes=", ".join(sorted(codes)[:5]))
        return codes.pop()


def _measures(edition: Edition) -> dict[str, Known]:
    """By key, and by the code that the edition gives them."""
    known = all_known()
    return known | {code: known[key_of(edition, f)] for code, f in edition.fields.items()}


@dataclass(frozen=True)
class _Reader:
    columns: Mapping[str, int]
    measures: Mapping[str, Known]
    period: Period
    names: _Names

    def read_row(self, place: int, row: Sequence[Any], found: Read) -> None:
        """One row: an item, or its faults."""
        faults: list[Fault] = []
        paths = {name: f"{place}:{column}" for name, column in self.columns.items()}

        def cell(name: str) -> Any:
            column = self.columns.get(name)
            return row[column] if column is not None and column < len(row) else ""

        def part(name: str, work: Any) -> Any:
            try:
                return work(cell(name))
            except Refused as refused:
                faults.append(Fault(place, self.columns.get(name, 0), refused.sentence))
                return None

        unit = part("unit", self.names.code_of)
        known = part("measure", self._measure)
        system = part("system", self._system)
        numbers = {
            name: part(name, lambda c, count=name != "value": _number(c, known, count=count))
            for name in ("numerator", "denominator", "value")
        }
        as_of = part("as_of", _day)
        if faults:
            found.faults += faults
            return
        entry = Entry(**numbers, as_of=as_of)
        item = Item(f"dòng {place + 1}", unit, known.measure.key, self.period.code, entry, paths=paths)
        found.items.setdefault(system, []).append(item)

    def _measure(self, cell: Any) -> Known:
        text = _text(cell)
        if not text:
            raise CellEmpty(what="mã chỉ tiêu")
        if text not in self.measures:
            raise MeasureNotFound(text=text[:60])
        return self.measures[text]

    def _system(self, cell: Any) -> str:
        text = nfc(_text(cell))[:200]
        if not text:
            raise CellEmpty(what="tên hệ thống nguồn")
        return text


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else nfc(str(cell))


def _number(cell: Any, known: Known | None, *, count: bool) -> Decimal | None:
    """Refuses: NotACount, NotANumber, NumberUnread."""
    if is_blank(cell):
        return None
    if isinstance(cell, bool | date):
        raise NumberUnread(text=str(cell)[:30])
    if isinstance(cell, int | float):
        return Decimal(repr(cell)) if cell % 1 else Decimal(int(cell))
    text = str(cell)
    if known is not None and known.measure.kind is Kind.YES_NO and fold(text) in ("co", "chua co", "khong"):
        return Decimal(fold(text) == "co")
    counts = count or (known is not None and known.measure.kind is Kind.COUNT)
    return Decimal(read_count(text)) if counts else read_decimal(text)


def _day(cell: Any) -> date | None:
    """Refuses: NotADay."""
    if is_blank(cell):
        return None
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else read_day(str(cell))


def _rows(book: bytes) -> tuple[str, list[list[Any]]]:
    """The first sheet, its name and its rows.

    Refuses: WorkbookEmpty, NotAWorkbook.
    """
    try:
        source = CalamineWorkbook.from_filelike(BytesIO(book))
        name = source.sheet_names[0]
        rows = source.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except Exception:  # noqa: BLE001 - what is not a workbook inside makes the reader stumble somewhere
        raise sheets.NotAWorkbook() from None
    while rows and all(is_blank(cell) for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise sheets.WorkbookEmpty()
    return name, [list(row) for row in rows]


def _from_csv(content: bytes) -> bytes:
    """The same rows in a workbook, every cell as text: nothing in it is ever a formula.

    Refuses: NotUtf8, WorkbookTooLarge, WorkbookEmpty, TooManyRows.
    """
    if len(content) > sheets.LARGEST:
        raise sheets.WorkbookTooLarge(limit=sheets.LARGEST // 1024 // 1024)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotUtf8() from None
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(StringIO(text), delimiter=separator))
    except csv.Error:
        raise NotUtf8() from None
    if len(rows) > rules.MOST_ITEMS + 100:
        raise TooManyRows(count=len(rows) - 1, most=rules.MOST_ITEMS)
    return _as_workbook(rows)


def _as_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "So lieu"
    for r, row in enumerate(rows, start=1):
        for c, text in enumerate(row[:50], start=1):
            if text.strip():
                cell = sheet.cell(r, c)
                cell.value = nfc(text)[:1000]
                cell.data_type = "s"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
