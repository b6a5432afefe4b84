"""The workbook of an edition for one unit and period, read back and returned with its faulty cells marked.

The sheet that is read is found by its hidden one, its rows by the code in the first column and its columns by the
words in the heading row; so rows may be moved and columns widened. All or nothing: one faulty
cell and no figure is written.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from langso.criteria.edition import Edition, Field, Kind
from langso.lib.number import read_count, read_decimal
from langso.lib.period import Period, read_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.measures import rules
from langso.measures.queries import key_of
from langso.measures.rules import Entry, is_ratio
from langso.units.queries import Named

SHEET, GUIDE, HIDDEN = "Số liệu", "Hướng dẫn", "langso"
LARGEST = 4 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_ROWS = 2_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM = "2"  # the layout's own version, in the hidden sheet

# Heading → part of an entry; the order of the columns after code, name and what is counted.
COLUMNS = {
    "Tử số": "numerator",
    "Mẫu số": "denominator",
    "Giá trị": "value",
    "Ngày số liệu": "as_of",
    "Nguồn": "source",
    "Số, ký hiệu văn bản": "document_number",
    "Ngày văn bản": "document_on",
    "Ghi chú": "note",
}
FIRST = ("Mã", "Tiêu chí", "Tử số là gì", "Mẫu số là gì")
HEADING_ROW = 6


class NotAWorkbook(Refused):
    says = "Tệp này không phải bảng Excel .xlsx. Mở bằng Excel, chọn Lưu thành (Save As) loại .xlsx rồi gửi lại."


class WorkbookTooLarge(Refused):
    says = "Tệp lớn quá {limit} MB. Tải lại bảng mẫu của kỳ này, chép số liệu sang rồi gửi."


class WorkbookEmpty(Refused):
    says = "Tệp trống, chưa nhập dòng nào. Chọn lại đúng tệp đã ghi số liệu."


class NotOurWorkbook(Refused):
    says = "Tệp này không phải bảng tải về từ đây. Tải bảng mẫu của kỳ này, chép số liệu sang rồi gửi lại."


class OtherWorkbook(Refused):
    says = "Tệp này của {theirs}. Trang này là của {ours}. Chọn đúng tệp rồi gửi lại."


class EditionDiffers(Refused):
    says = (
        "Bảng này theo phiên bản {theirs} của khung, kỳ này dùng phiên bản {ours}. Tải bảng mới rồi chép số liệu sang."
    )


@dataclass(frozen=True)
class Fault:
    """A faulty cell, by its place in the sheet (row and column from 0)."""

    row: int
    column: int
    sentence: str

    @property
    def cell(self) -> str:
        return f"{xlsxwriter.utility.xl_col_to_name(self.column)}{self.row + 1}"


@dataclass
class Filled:
    """What a workbook holds: entries by field code, or the faults that keep all of them out."""

    entries: dict[str, Entry] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    bases: dict[str, str] = field(default_factory=dict)  # the figure that each row was filled in from, when it was made
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # row and first cell to fill, by code


def asked(edition: Edition) -> Mapping[str, Field]:
    seen: set[str] = set()
    return {
        code: f
        for code, f in edition.fields.items()
        if (key := key_of(edition, f)) not in seen and not seen.add(key)  # type: ignore[func-returns-value]
    }


def marks_of(edition: Edition, unit: Named, period: Period) -> dict[str, str]:
    return {
        "form": FORM,
        "framework": edition.id,
        "edition": edition.edition,
        "unit": str(unit.id),
        "name": unit.name,
        "period": period.code,
    }


def choices_of(fld: Field) -> dict[str, Decimal]:
    """What may be chosen, where the figure is a choice."""
    if fld.measure.kind is Kind.YES_NO:
        return {"Có": Decimal(1), "Chưa có": Decimal(0)}
    return {name: Decimal(k) for k, name in enumerate(fld.cases)}


def check_file(content: bytes) -> None:
    """Only a real, modest .xlsx goes on: by content, not by name.

    Refuses: WorkbookEmpty, WorkbookTooLarge, NotAWorkbook.
    """
    if not content:
        raise WorkbookEmpty()
    if len(content) > LARGEST:
        raise WorkbookTooLarge(limit=LARGEST // 1024 // 1024)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise NotAWorkbook() from None
    if len(entries) > 300 or sum(e.file_size for e in entries) > LARGEST_UNPACKED:
        raise WorkbookTooLarge(limit=LARGEST // 1024 // 1024)
    if "xl/workbook.xml" not in {e.filename for e in entries}:
        raise NotAWorkbook()


def read(content: bytes, edition: Edition, unit: Named, period: Period, *, today: date) -> Filled:
    """The entries of a workbook handed in, or its faults.

    Refuses: NotAWorkbook, WorkbookTooLarge, WorkbookEmpty, NotOurWorkbook, OtherWorkbook, EditionDiffers.
    """
    check_file(content)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        names = book.sheet_names
        if HIDDEN not in names or SHEET not in names:
            raise NotOurWorkbook()
        marks = {str(k): str(v) for k, v, *_ in (r for r in book.get_sheet_by_name(HIDDEN).to_python() if len(r) > 1)}
        rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)[:MOST_ROWS]
    except CalamineError:
        raise NotAWorkbook() from None
    _check_marks(marks, marks_of(edition, unit, period))
    filled = _read_rows(rows, edition, period, today)
    filled.bases = {key.removeprefix("goc:"): pk for key, pk in marks.items() if key.startswith("goc:")}
    filled.faults += _unread(content, rows, filled)
    return filled


def _unread(content: bytes, rows: list[list[Any]], filled: Filled) -> list[Fault]:
    """Cells that hold a formula or an error but gave no value: a reader of values alone takes them for empty."""
    try:
        sheet = load_workbook(BytesIO(content), read_only=True)[SHEET]
    except Exception as unreadable:  # whatever another program wrote that ours cannot read: refuse, do not guess
        raise NotAWorkbook() from unreadable
    to_fill = range(len(FIRST), len(FIRST) + len(COLUMNS))
    wanted = {row for row, _ in filled.places.values()}
    faults = []
    for r, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS)):
        for c, cell in enumerate(row if r in wanted else ()):
            if c in to_fill and cell.data_type in ("f", "e") and _is_blank(rows, r, c):
                faults.append(Fault(r, c, "Ô này là công thức chưa có kết quả, hoặc bị lỗi. Ghi thẳng con số."))
    return faults


def _is_blank(rows: list[list[Any]], r: int, c: int) -> bool:
    value = rows[r][c] if r < len(rows) and c < len(rows[r]) else ""
    return value is None or (isinstance(value, str) and (not value.strip() or value.startswith("#")))


def _check_marks(theirs: Mapping[str, str], ours: Mapping[str, str]) -> None:
    if theirs.get("form") != FORM:
        raise NotOurWorkbook()
    if any(theirs.get(key) != ours[key] for key in ("unit", "period", "framework")):

        def said(marks: Mapping[str, str]) -> str:
            return (
                f"{marks.get('name', 'nơi khác')}, kỳ {marks.get('period', '?')}, khung {marks.get('framework', '?')}"
            )

        raise OtherWorkbook(theirs=said(theirs), ours=said(ours))
    if theirs.get("edition") != ours["edition"]:
        raise EditionDiffers(theirs=theirs.get("edition", "?"), ours=ours["edition"])


def _read_rows(rows: list[list[Any]], edition: Edition, period: Period, today: date) -> Filled:
    heading = next((i for i, row in enumerate(rows) if row and fold(str(row[0])) == "ma"), None)
    if heading is None:
        raise NotOurWorkbook()
    wanted = {fold(words): part for words, part in COLUMNS.items()}
    places = {wanted[fold(str(cell))]: c for c, cell in enumerate(rows[heading]) if fold(str(cell)) in wanted}
    if len(places) < len(COLUMNS):
        raise NotOurWorkbook()
    filled = Filled()
    fields, seen = asked(edition), set[str]()
    for r, row in enumerate(rows[heading + 1 :], heading + 1):
        code = nfc(str(row[0])) if row else ""
        if code not in fields:
            continue
        if code in seen:
            filled.faults.append(Fault(r, 0, f"Mã {code} có hai dòng. Xóa bớt một dòng."))
            continue
        seen.add(code)
        filled.places[code] = (r, places["numerator" if is_ratio(fields[code].measure) else "value"])
        _read_entry(
            filled,
            code,
            fields[code],
            r,
            {p: (c, row[c] if c < len(row) else "") for p, c in places.items()},
            period,
            today,
        )
    return filled


def _read_entry(
    filled: Filled,
    code: str,
    fld: Field,
    row: int,
    cells: Mapping[str, tuple[int, Any]],
    period: Period,
    today: date,
) -> None:
    parts: dict[str, Any] = {}
    faulty = False
    for part, (column, cell) in cells.items():
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            parts[part] = _read_cell(part, cell, fld)
        except Refused as refused:
            filled.faults.append(Fault(row, column, refused.sentence))
            faulty = True
    if faulty:
        return
    ratio = is_ratio(fld.measure)
    for part in ("value",) if ratio else ("numerator", "denominator"):
        if parts.pop(part, None) is not None:
            where = "Tử số và Mẫu số" if ratio else "Giá trị"
            filled.faults.append(Fault(row, cells[part][0], f"Tiêu chí {code} ghi ở cột {where}. Xóa ô này."))
            return
    entry = Entry(**parts)
    if entry.is_empty:
        return
    if entry.as_of is None:
        entry = Entry(**{**parts, "as_of": min(period.last_day, today)})
    try:
        rules.check_entry(fld.measure, entry, period=period, today=today)
        rules.check_whole(fld.measure, entry)
    except Refused as refused:
        filled.faults.append(Fault(row, cells[refused.field][0] if refused.field in cells else 0, refused.sentence))
        return
    filled.entries[code] = entry


def _read_cell(part: str, cell: Any, fld: Field) -> Any:
    if part in ("as_of", "document_on"):
        if isinstance(cell, datetime):
            return cell.date()
        return cell if isinstance(cell, date) else read_day(str(cell))
    if part in ("source", "document_number", "note"):
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        return nfc(text)[: {"source": 300, "document_number": 60, "note": 500}[part]]
    words = choices_of(fld) if part == "value" else {}
    if words:
        folded = {fold(word): value for word, value in words.items()} | (
            {"khong": Decimal(0), "x": Decimal(1), "1": Decimal(1), "0": Decimal(0), "dat": Decimal(1)}
            if fld.measure.kind is Kind.YES_NO
            else {}
        )
        whole = isinstance(cell, int | float) and cell == int(cell)
        said = fold(str(int(cell)) if whole else str(cell))
        if said not in folded:
            raise rules.CaseUnknown(text=str(cell)[:40], cases=", ".join(words))
        return folded[said]
    if isinstance(cell, bool | date):
        raise rules.NotWhole(label="Ô này")
    if isinstance(cell, int | float):
        return round(Decimal(repr(cell)), 6).normalize() if cell % 1 else Decimal(int(cell))
    is_count = part != "value" or fld.measure.kind is Kind.COUNT
    return Decimal(read_count(str(cell))) if is_count else read_decimal(str(cell))


def mark(content: bytes, faults: list[Fault]) -> bytes:
    """The same workbook with each faulty cell coloured and explained in a note; everything else as it was handed in."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(BytesIO(content))
    sheet = book[SHEET]
    red = PatternFill("solid", fgColor="FFF4B8A6")
    for fault in faults:
        cell = sheet.cell(fault.row + 1, fault.column + 1)
        cell.fill = red
        cell.comment = Comment(fault.sentence, "Làng Số", width=320, height=110)
    sheet.cell(6, 1).value = f"Chưa nhập dòng nào. Có {len(faults)} ô sai, đã tô và ghi chú. Sửa rồi gửi lại."
    sheet.cell(6, 1).fill = red
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
