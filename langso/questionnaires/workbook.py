"""An XLSForm as it was written: its sheets, rows and cells, so that a fault can be told by sheet, row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from langso.assessments import sheets
from langso.files import content as contents
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc

SHEETS = ("survey", "choices", "settings")
MOST_ROWS = 6_000
MOST_FAULTS = 30
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    sheet: str
    row: int  # as Excel counts; 0 for the sheet as a whole
    column: str
    says: str

    @property
    def sentence(self) -> str:
        place = f"Trang {self.sheet}" if self.sheet else "Tệp này"
        if self.row:
            place += f", dòng {self.row}"
        return f"{place}{f', cột {self.column}' if self.column else ''}: {self.says}"


class FormWrong(Refused):
    """The workbook is no form that can be used; all its faults at once."""

    says = "Chưa nhập phiếu. Có {count} chỗ cần sửa."

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        super().__init__(count=len(faults))


@dataclass
class Sheet:
    name: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # the row as Excel counts, its cells


def text_of(cell: Any) -> str:
    """A cell as XLSForm means it: whole numbers without a point, days as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    lines = [nfc(line) for line in str(cell)[:5000].splitlines()]
    return "\n".join(line for line in lines if line)


def read_workbook(content: bytes, name: str) -> dict[str, Sheet]:
    """The sheets of a form.

    Refuses: FileRefused, FormWrong, and what `assessments.sheets.opened` refuses.
    """
    contents.check(content, name, (contents.XLSX,))
    if len(content) > LARGEST:
        raise contents.FileTooLarge(limit=LARGEST // 1024 // 1024)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(sheets.opened(content)))
        found = {
            title.strip().lower(): _sheet(title.strip().lower(), book.get_sheet_by_name(title).to_python())
            for title in book.sheet_names[:20]
        }
    except CalamineError as broken:
        raise contents.OfficeBroken() from broken
    if "survey" not in found or not found["survey"].rows:
        there = ", ".join(book.sheet_names[:6]) or "không có trang nào"
        raise FormWrong([Fault("", 0, "", f"Không thấy trang survey có câu hỏi. Các trang đang có: {there}.")])
    return found


def _sheet(name: str, lines: list[list[Any]]) -> Sheet:
    if len(lines) > MOST_ROWS:
        raise FormWrong([Fault(name, MOST_ROWS + 1, "", f"Dài quá {MOST_ROWS} dòng. Bỏ bớt.")])
    sheet = Sheet(name)
    if not lines:
        return sheet
    sheet.header = [_heading(text_of(cell)) for cell in lines[0]]
    for number, line in enumerate(lines[1:], start=2):
        cells = {h: t for h, cell in zip(sheet.header, line, strict=False) if h and (t := text_of(cell))}
        if cells:
            sheet.rows.append((number, cells))
    return sheet


def _heading(text: str) -> str:
    """Headings are read without case; the language after :: keeps its own."""
    first, colons, rest = text.strip().partition("::")
    return first.strip().lower().replace(" ", "_") + (f"::{rest.strip()}" if colons else "")


def write_workbook(pages: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Rows of text as an .xlsx with one sheet for each page; the same pages, the same bytes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001  # a fixed one: bytes repeat
    bold = book.add_format({"bold": True})
    for title, lines in pages.items():
        sheet = book.add_worksheet(title)
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell not in (None, ""):
                    sheet.write_string(number, column, str(cell), bold if number == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 12, 24)
    book.close()
    return buffer.getvalue()
