"""The workbook of an edition for one unit and period: made, read back, and returned with its faulty cells marked.

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
from python_calamine import CalamineError, CalamineWorkbook

from langso.assessments.results import targets_of
from langso.criteria.edition import Edition, Field, Kind
from langso.lib.number import read_count, read_decimal
from langso.lib.period import Period, read_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.measures import rules
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.measures.rules import Entry, is_ratio
from langso.units.queries import Named

SHEET, GUIDE, HIDDEN = "Số liệu", "Hướng dẫn", "langso"
LARGEST = 4 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_ROWS = 2_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM = "1"  # the layout's own version, in the hidden sheet

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


def _kinds(edition: Edition) -> Mapping[str, Field]:
    seen: set[str] = set()
    return {
        code: f
        for code, f in edition.fields.items()
        if (key := key_of(edition, f)) not in seen and not seen.add(key)  # type: ignore[func-returns-value]
    }


def _marks(edition: Edition, unit: Named, period: Period) -> dict[str, str]:
    return {
        "form": FORM,
        "framework": edition.id,
        "edition": edition.edition,
        "unit": str(unit.id),
        "name": unit.name,
        "period": period.code,
    }


def make(edition: Edition, unit: Named, period: Period, figures: Mapping[str, ReportedFigure]) -> bytes:
    """The workbook with what is already known filled in; cells that are not for filling are locked."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"title": f"{edition.title}, {unit.name}, kỳ {period}"})
    styles = _styles(book)
    sheet = book.add_worksheet(SHEET)
    sheet.hide_gridlines(2)
    sheet.freeze_panes(HEADING_ROW + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
    sheet.set_footer("&LLàng Số&RTrang &P trên &N")
    for row, (text, style) in enumerate(
        (
            (edition.title, "title"),
            (f"{unit.name}, {unit.in_province}. Kỳ số liệu: {period}.", "strong"),
            ("Chỉ ghi vào ô trắng. Ô xám không phải ghi. Chưa có số liệu thì để trống, đừng ghi 0.", "plain"),
            (
                "Mỗi tỷ lệ ghi tử số và mẫu số, máy tự tính. Ngày ghi ngày/tháng/năm, ví dụ 31/10/2026.",
                "plain",
            ),
            (edition.note if edition.is_illustrative else "", "plain"),
        )
    ):
        sheet.write_string(row, 0, text, styles[style])
    for column, heading in enumerate((*FIRST, *COLUMNS, "Chỉ tiêu các mức", "Lấy ở đâu")):
        sheet.write_string(HEADING_ROW, column, heading, styles["heading"])
    for column, width in enumerate((8, 46, 34, 34, 12, 12, 12, 13, 24, 18, 13, 24, 30, 34)):
        sheet.set_column(column, column, width)
    row = HEADING_ROW + 1
    kinds = _kinds(edition)
    owners = {c.code: c for c in edition.criteria}
    for group in edition.groups:
        codes = [code for code in kinds if _group_of(edition, code) == group.code]
        if not codes:
            continue
        sheet.merge_range(row, 0, row, len(FIRST) + len(COLUMNS) + 1, group.name, styles["group"])
        row += 1
        for code in codes:
            _write_row(sheet, row, code, kinds[code], figures.get(key_of(edition, kinds[code])), styles)
            criterion = owners.get(code)
            if criterion is not None:
                goals = "; ".join(f"mức {n}: {goal}" for n, goal in targets_of(criterion, edition))
                sheet.write_string(row, len(FIRST) + len(COLUMNS), goals, styles["text"])
                sheet.write_string(row, len(FIRST) + len(COLUMNS) + 1, criterion.collection, styles["text"])
            row += 1
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    _write_guide(book, styles, edition)
    hidden = book.add_worksheet(HIDDEN)
    for line, (key, value) in enumerate(_marks(edition, unit, period).items()):
        hidden.write_string(line, 0, key)
        hidden.write_string(line, 1, value)
    hidden.very_hidden()
    book.close()
    return buffer.getvalue()


def _group_of(edition: Edition, code: str) -> str:
    from langso.criteria.edition import fields_of

    return next((c.group for c in edition.criteria if any(f.code == code for f in fields_of(c))), "")


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True}
    edge = {**base, "border": 1, "border_color": "#8A958D"}
    entry = {**edge, "locked": False, "bg_color": "#FFFFFF"}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": 14, "text_wrap": False}),
        "strong": book.add_format({**base, "bold": True, "text_wrap": False}),
        "plain": book.add_format({**base, "text_wrap": False}),
        "heading": book.add_format({**edge, "bold": True, "bg_color": "#DCEBEC", "valign": "vcenter"}),
        "group": book.add_format({**edge, "bold": True, "bg_color": "#E6EDE6"}),
        "text": book.add_format(edge),
        "locked": book.add_format({**edge, "bg_color": "#E3E3E3"}),
        "count": book.add_format({**entry, "num_format": "#,##0"}),
        "number": book.add_format({**entry, "num_format": "General"}),
        "day": book.add_format({**entry, "num_format": "dd/mm/yyyy"}),
        "free": book.add_format({**entry, "num_format": "@"}),
    }


def _write_row(
    sheet: Any, row: int, code: str, fld: Field, figure: ReportedFigure | None, styles: dict[str, Any]
) -> None:
    measure = fld.measure
    ratio = is_ratio(measure)
    sheet.write_string(row, 0, code, styles["text"])
    sheet.write_string(row, 1, fld.name or measure.label, styles["text"])
    sheet.write_string(row, 2, measure.numerator if ratio else "", styles["text" if ratio else "locked"])
    sheet.write_string(row, 3, measure.denominator if ratio else "", styles["text" if ratio else "locked"])
    for column, (heading, part) in enumerate(COLUMNS.items(), len(FIRST)):
        known = _known(part, figure)
        if part in ("numerator", "denominator", "value") and (part == "value") == ratio:
            sheet.write_blank(row, column, None, styles["locked"])
        elif part in ("numerator", "denominator"):
            _write_cell(sheet, row, column, known, styles["count"])
            _limit(sheet, row, column, heading, whole=True)
        elif part == "value":
            _write_value(sheet, row, column, fld, known, styles)
        elif part in ("as_of", "document_on"):
            _write_cell(sheet, row, column, known, styles["day"])
        else:
            default = measure.source if part == "source" and known is None else known
            _write_cell(sheet, row, column, default, styles["free"])


def _known(part: str, figure: ReportedFigure | None) -> Any:
    if figure is None:
        return None
    if part in ("document_number", "document_on"):
        return getattr(figure.document, {"document_number": "number", "document_on": "issued_on"}[part], None)
    return getattr(figure, part) or (Decimal(0) if getattr(figure, part) == 0 else None)


def _write_cell(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, float(value), style)
    else:
        sheet.write_string(row, column, str(value), style)


def _write_value(sheet: Any, row: int, column: int, fld: Field, known: Any, styles: dict[str, Any]) -> None:
    words = _words(fld)
    if words:
        said = list(words)[list(words.values()).index(known)] if known in words.values() else None
        _write_cell(sheet, row, column, said, styles["free"])
        sheet.data_validation(
            row,
            column,
            row,
            column,
            {
                "validate": "list",
                "source": list(words),
                "error_title": "Chọn trong danh sách",
                "error_message": f"Chọn một trong: {', '.join(words)}."[:255],
            },
        )
        return
    _write_cell(sheet, row, column, known, styles["count" if fld.measure.kind is Kind.COUNT else "number"])
    _limit(sheet, row, column, "Giá trị", whole=fld.measure.kind is Kind.COUNT)


def _words(fld: Field) -> dict[str, Decimal]:
    """What may be chosen, where the figure is a choice."""
    if fld.measure.kind is Kind.YES_NO:
        return {"Có": Decimal(1), "Chưa có": Decimal(0)}
    return {name: Decimal(k) for k, name in enumerate(fld.cases)}


def _limit(sheet: Any, row: int, column: int, title: str, *, whole: bool) -> None:
    sheet.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "integer" if whole else "decimal",
            "criteria": ">=",
            "value": 0,
            "error_type": "warning",
            "error_title": title,
            "error_message": "Ghi số từ 0 trở lên. Chưa có số liệu thì để trống.",
        },
    )


def _write_guide(book: Any, styles: dict[str, Any], edition: Edition) -> None:
    sheet = book.add_worksheet(GUIDE)
    sheet.set_column(0, 0, 110)
    lines = (
        ("Cách ghi bảng này", "title"),
        ("1. Ghi vào các ô trắng của trang Số liệu. Ô xám và phần chữ được khóa để khỏi lệch mẫu.", "text"),
        (
            "2. Tỷ lệ: ghi tử số và mẫu số, không ghi phần trăm. Ví dụ 1.874 hồ sơ trực tuyến trên 2.716 hồ sơ.",
            "text",
        ),
        ("3. Chưa có số liệu thì để trống. Ghi 0 nghĩa là đã đếm và không có gì.", "text"),
        (
            "4. Ngày số liệu là ngày lấy con số. Văn bản ghi số, ký hiệu và ngày ký, ví dụ 127/BC-UBND, 31/10/2026.",
            "text",
        ),
        ("5. Lưu tệp rồi gửi lên trang đánh giá của xã. Có ô sai thì tệp trả về đánh dấu từng ô.", "text"),
        (f"Khung: {edition.title}, phiên bản {edition.edition}. {edition.completeness}", "text"),
    )
    for row, (text, style) in enumerate(lines):
        sheet.write_string(row, 0, text, styles[style])
    sheet.protect()


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
    _check_marks(marks, _marks(edition, unit, period))
    return _read_rows(rows, edition, period, today)


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
    fields, seen = _kinds(edition), set[str]()
    for r, row in enumerate(rows[heading + 1 :], heading + 1):
        code = nfc(str(row[0])) if row else ""
        if code not in fields:
            continue
        if code in seen:
            filled.faults.append(Fault(r, 0, f"Mã {code} có hai dòng. Xóa bớt một dòng."))
            continue
        seen.add(code)
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
    words = _words(fld) if part == "value" else {}
    if words:
        folded = {fold(word): value for word, value in words.items()} | (
            {"khong": Decimal(0), "x": Decimal(1), "1": Decimal(1), "0": Decimal(0), "dat": Decimal(1)}
            if fld.measure.kind is Kind.YES_NO
            else {}
        )
        said = fold(str(int(cell)) if isinstance(cell, int | float) else str(cell))
        if said not in folded:
            raise rules.CaseUnknown(text=str(cell)[:40], cases=", ".join(words))
        return folded[said]
    if isinstance(cell, bool | date):
        raise rules.NotWhole(label="Ô này")
    if isinstance(cell, int | float):
        return Decimal(repr(cell)) if cell % 1 else Decimal(int(cell))
    is_count = part != "value" or fld.measure.kind is Kind.COUNT
    return Decimal(read_count(str(cell))) if is_count else read_decimal(str(cell))


def mark(content: bytes, faults: list[Fault]) -> bytes:
    """The same workbook with each faulty cell coloured and explained in a note; everything else as it was handed in."""
    from openpyxl import load_workbook
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
