"""The workbook of an edition for one unit and period, read back and returned with its faulty cells marked.

The sheet that is read is found by its hidden one, its rows by the code in the first column and its columns by the
words in the heading row; so rows may be moved and columns widened. All or nothing: one faulty
cell and no figure is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from langso.assessments.sheets import MOST_ROWS, NotAWorkbook, TooManyCells, is_blank, opened
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
SAID = ("as_of", "source", "document_number", "document_on", "note")
FIRST = ("Mã", "Tiêu chí", "Tử số là gì", "Mẫu số là gì")
HEADING_ROW = 6
UNREAD = "Ô này là công thức chưa có kết quả, hoặc bị lỗi. Ghi thẳng con số."


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
    def letters(self) -> str:
        return str(xlsxwriter.utility.xl_col_to_name(self.column))

    @property
    def cell(self) -> str:
        return f"{self.letters}{self.row + 1}"


@dataclass
class Filled:
    """What a workbook holds: entries by field code, or the faults that keep all of them out."""

    entries: dict[str, Entry] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    bases: dict[str, str] = field(default_factory=dict)  # the figure that each row was filled in from, when it was made
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # row and first cell to fill, by code
    unsaid: dict[str, frozenset[str]] = field(default_factory=dict)  # what a row leaves open beside its numbers


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


def marks_in(content: bytes) -> dict[str, str]:
    """What our own workbook says of itself in its hidden sheet; nothing for any other. `content` is opened already.

    Refuses: NotAWorkbook.
    """
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        if HIDDEN not in book.sheet_names or SHEET not in book.sheet_names:
            return {}
        lines = book.get_sheet_by_name(HIDDEN).to_python()
    except CalamineError:
        raise NotAWorkbook() from None
    return {str(line[0]): str(line[1]) for line in lines if len(line) > 1}


def read(content: bytes, edition: Edition, unit: Named, period: Period, *, today: date) -> Filled:
    """The entries of a workbook handed in, or its faults.

    Refuses: all of `sheets.opened`, NotOurWorkbook, OtherWorkbook, EditionDiffers.
    """
    content = opened(content)
    marks = marks_in(content)
    if not marks:
        raise NotOurWorkbook()
    try:
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
        )
    except CalamineError:
        raise NotAWorkbook() from None
    if len(rows) > MOST_ROWS:
        raise TooManyCells(rows=f"{len(rows)} dòng")
    _check_marks(marks, marks_of(edition, unit, period))
    filled = _read_rows(rows, edition, period, today)
    filled.bases = {key.removeprefix("goc:"): pk for key, pk in marks.items() if key.startswith("goc:")}
    filled.unsaid = {code: parts & {"as_of"} for code, parts in filled.unsaid.items()}  # a blank source is meant blank
    filled.faults += _unread(content, rows, filled)
    return filled


def _unread(content: bytes, rows: list[list[Any]], filled: Filled) -> list[Fault]:
    """Cells that hold a formula or an error but gave no value: a reader of values alone takes them for empty."""
    try:
        sheet = load_workbook(BytesIO(content), read_only=True)[SHEET]
    except Exception:  # noqa: BLE001 - what another program wrote and ours cannot read: refuse, do not guess
        raise NotAWorkbook() from None
    to_fill = range(len(FIRST), len(FIRST) + len(COLUMNS))
    wanted = {row for row, _ in filled.places.values()}
    faults = []
    for r, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS)):
        for c, cell in enumerate(row if r in wanted else ()):
            if c in to_fill and cell.data_type in ("f", "e") and _is_blank(rows, r, c):
                faults.append(Fault(r, c, UNREAD))
    return faults


def _is_blank(rows: list[list[Any]], r: int, c: int) -> bool:
    value = rows[r][c] if r < len(rows) and c < len(rows[r]) else ""
    return is_blank(value) or str(value).startswith("#")


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
    fields, seen = asked(edition), dict[str, int]()
    for r, row in enumerate(rows[heading + 1 :], heading + 1):
        code = nfc(str(row[0])) if row else ""
        if code not in fields:
            continue
        if code in seen:
            filled.faults += twice(code, (seen[code], 0), (r, 0))
            filled.entries.pop(code, None)
            continue
        seen[code] = r
        filled.places[code] = (r, places["numerator" if is_ratio(fields[code].measure) else "value"])
        read_entry(
            filled,
            code,
            fields[code],
            r,
            {p: (c, row[c] if c < len(row) else "") for p, c in places.items()},
            period,
            today,
        )
    return filled


def twice(code: str, first: tuple[int, int], second: tuple[int, int]) -> list[Fault]:
    """One criterion in two rows: neither is taken, and each names the other."""
    pair = [Fault(*first, ""), Fault(*second, "")]
    says = f"Tiêu chí {code} có hai dòng, ô {pair[0].cell} và ô {pair[1].cell}. Giữ một dòng, xóa dòng kia."
    return [Fault(*first, says), Fault(*second, says)]


def read_entry(
    filled: Filled,
    code: str,
    fld: Field,
    row: int,
    cells: Mapping[str, tuple[int, Any]],
    period: Period,
    today: date,
    *,
    home: int = 0,
) -> None:
    """The entry of one row, or its faults at their cells; a fault of no cell stands in the column `home`."""
    parts: dict[str, Any] = {}
    faulty = False
    for part, (column, cell) in cells.items():
        if is_blank(cell):
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
    filled.unsaid[code] = frozenset(part for part in SAID if part not in parts)
    if entry.as_of is None:
        entry = Entry(**{**parts, "as_of": min(period.last_day, today)})
    try:
        rules.check_entry(fld.measure, entry, period=period, today=today)
        rules.check_whole(fld.measure, entry)
    except Refused as refused:
        filled.faults.append(Fault(row, cells[refused.field][0] if refused.field in cells else home, refused.sentence))
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


def mark(content: bytes, faults: list[Fault], *, name: str = SHEET, notice: tuple[int, int] | None = (5, 0)) -> bytes:
    """The same workbook with each faulty cell coloured and explained in a note; everything else as it was handed in.

    `name` is the sheet, `notice` the cell (from 0) that says what happened; none in a sheet that has no room for it.
    """
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(BytesIO(opened(content)))
    sheet = book[name]
    red = PatternFill("solid", fgColor="FFF4B8A6")
    for fault in faults:
        cell = _anchor(sheet, fault.row + 1, fault.column + 1)
        cell.fill = red
        cell.comment = Comment(fault.sentence, "Làng Số", width=320, height=110)
    if notice is not None:
        cell = _anchor(sheet, notice[0] + 1, notice[1] + 1)
        cell.value = f"Chưa nhập dòng nào. Có {len(faults)} ô sai, đã tô và ghi chú. Sửa rồi gửi lại."
        cell.fill = red
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _anchor(sheet: Any, row: int, column: int) -> Any:
    """The cell itself, or the first of the merged range that it lies in: the others can hold nothing."""
    for span in sheet.merged_cells.ranges:
        if span.min_row <= row <= span.max_row and span.min_col <= column <= span.max_col:
            return sheet.cell(span.min_row, span.min_col)
    return sheet.cell(row, column)
