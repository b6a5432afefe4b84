"""A spreadsheet that a stranger hands in, opened with care: bounded, repacked, its text in Unicode. No Django.

Nothing in it is run. Both readers get the archive that was unpacked and packed again within
bounds, so a length that lies reaches neither.
"""

import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineError, CalamineWorkbook

from langso.lib.legacy_text import Kind, is_capital_font, kind_of, kind_of_font, read_legacy
from langso.lib.refusal import Refused

LARGEST = 4 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 300
MOST_CELLS = 150_000
MOST_TAGS = 1_200_000  # in all parts together: styles and texts are unfolded too
MOST_ROWS = 2_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,4})(\d{1,8})["']""")
_SPAN = re.compile(
    rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*\sref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)


class NotAWorkbook(Refused):
    says = (
        "Tệp này không phải bảng Excel .xlsx hay .xls. Mở bằng Excel, chọn Lưu thành (Save As) loại .xlsx rồi gửi lại."
    )


class WorkbookTooLarge(Refused):
    says = "Tệp lớn quá {limit} MB. Tải lại bảng mẫu của kỳ này, chép số liệu sang rồi gửi."


class WorkbookEmpty(Refused):
    says = "Tệp trống, chưa nhập dòng nào. Chọn lại đúng tệp đã ghi số liệu."


class WorkbookLocked(Refused):
    says = "Tệp có mật khẩu mở nên không đọc được. Mở bằng Excel, bỏ mật khẩu, lưu rồi gửi lại."


class TooManyCells(Refused):
    says = "Bảng dài hoặc rộng quá mức đọc ({rows}). Xóa các dòng, cột trống thừa ở cuối, lưu rồi gửi lại."


@dataclass
class Grid:
    """One sheet: values by row and column from 0, and what its cells look like where that matters."""

    name: str
    rows: list[list[Any]]
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # top, left, bottom, right
    percent: set[tuple[int, int]] = field(default_factory=set)
    unread: set[tuple[int, int]] = field(default_factory=set)  # a formula without its result, or an error
    kind: Kind = Kind.UNICODE

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def at(self, row: int, column: int) -> Any:
        line = self.rows[row] if 0 <= row < len(self.rows) else []
        return line[column] if 0 <= column < len(line) else ""


def opened(content: bytes) -> bytes:
    """The workbook as an .xlsx that is safe to read; an old .xls becomes one, values alone.

    Refuses: WorkbookEmpty, WorkbookTooLarge, WorkbookLocked, TooManyCells, NotAWorkbook.
    """
    if not content:
        raise WorkbookEmpty()
    if len(content) > LARGEST:
        raise WorkbookTooLarge(limit=LARGEST // 1024 // 1024)
    if content.startswith(_OLE):
        if _LOCKED in content:
            raise WorkbookLocked()
        return _from_xls(content)
    parts = _unpacked(content)
    if "xl/workbook.xml" not in parts:
        raise NotAWorkbook()
    if sum(part.count(b"<") for part in parts.values()) > MOST_TAGS:
        raise TooManyCells(rows="quá nhiều ô, kiểu chữ")
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            _check_extent(part)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def has_macros(content: bytes) -> bool:
    """Whether programs come with it. They are never run, and a copy given back is without them."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            if len(entries) > MOST_PARTS or sum(e.file_size for e in entries) > LARGEST_UNPACKED:
                raise WorkbookTooLarge(limit=LARGEST // 1024 // 1024)
            return {e.filename: archive.read(e) for e in entries}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError):
        raise NotAWorkbook() from None
    except Exception as unreadable:  # the decompressors' own errors have no common base
        if isinstance(unreadable, Refused):
            raise
        raise NotAWorkbook() from None


def _check_extent(part: bytes) -> None:
    """Readers lay a sheet out as a full rectangle and unfold merged ranges: both must be modest before they do."""
    rows, cells = (sum(1 for _ in pattern.finditer(part)) for pattern in (_ROW, _CELL))
    columns = last = 0
    for found in _PLACE.finditer(part):
        last = max(last, int(found[2]))
        columns = max(columns, _column(found[1]))
    area = (
        abs(_column(c) - _column(a) + 1) * abs(int(d) - int(b) + 1)
        for a, b, c, d in (m.groups() for m in _SPAN.finditer(part))
    )
    if max(cells, rows) > MOST_CELLS or last * columns > 10 * MOST_CELLS or sum(area) > MOST_CELLS:
        raise TooManyCells(rows=_rows_words(max(rows, last)))


def _rows_words(count: int) -> str:
    return f"{count:,} dòng".replace(",", ".")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _from_xls(content: bytes) -> bytes:
    """Values of an old workbook in a new one, each at its place; looks and fonts are left behind."""
    try:
        old = CalamineWorkbook.from_filelike(BytesIO(content))
        book = Workbook()
        book.remove(book.worksheets[0])
        for name in old.sheet_names[:20]:
            source = old.get_sheet_by_name(name)
            if source.total_height * source.total_width > 10 * MOST_CELLS:
                raise TooManyCells(rows=_rows_words(source.total_height))
            sheet = book.create_sheet(name)
            for row in source.to_python(skip_empty_area=False):
                sheet.append([None if cell == "" else cell for cell in row])
            for (top, left), (bottom, right) in source.merged_cell_ranges or []:
                sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    except Refused:
        raise
    except Exception as stumbled:  # noqa: BLE001 - what is not a workbook inside makes the reader stumble somewhere
        raise (WorkbookLocked() if "assword" in str(stumbled) else NotAWorkbook()) from None
    if not book.worksheets:
        raise WorkbookEmpty()
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def grids(content: bytes) -> list[Grid]:
    """The visible sheets of an opened workbook.

    Refuses: NotAWorkbook, TooManyCells.
    """
    try:
        values = CalamineWorkbook.from_filelike(BytesIO(content))
        looks = load_workbook(BytesIO(content))
    except CalamineError:
        raise NotAWorkbook() from None
    except Exception:  # noqa: BLE001 - what another program wrote and ours cannot read: refuse, do not guess
        raise NotAWorkbook() from None
    found = []
    for sheet in looks.worksheets:
        if sheet.sheet_state != "visible" or sheet.title not in values.sheet_names:
            continue
        rows = values.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        while rows and not any(not is_blank(cell) for cell in rows[-1]):
            rows.pop()
        if len(rows) > MOST_ROWS:
            raise TooManyCells(rows=_rows_words(len(rows)))
        found.append(_grid(sheet, rows))
    return found


def _grid(sheet: Worksheet, rows: list[list[Any]]) -> Grid:
    grid = Grid(sheet.title, [list(row) for row in rows])
    grid.hidden_rows = {n - 1 for n, d in sheet.row_dimensions.items() if d.hidden}
    for letters, dimension in sheet.column_dimensions.items():
        if dimension.hidden:
            first = dimension.min or column_index_from_string(letters)
            grid.hidden_columns |= set(range(first - 1, min(dimension.max or first, 1000)))
    grid.merged = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges]
    texts: dict[Kind | None, list[tuple[int, int, bool]]] = {}
    for line in sheet.iter_rows(max_row=len(rows) or 1):
        for cell in line:
            r, c = (cell.row or 1) - 1, (cell.column or 1) - 1
            value = grid.at(r, c)
            if cell.data_type in ("f", "e") and (is_blank(value) or str(value).startswith("#")):
                grid.unread.add((r, c))
            elif isinstance(value, float) and "%" in str(cell.number_format or ""):
                grid.percent.add((r, c))
            elif isinstance(value, str) and value:
                font = str(cell.font.name or "") if cell.font else ""
                texts.setdefault(kind_of_font(font), []).append((r, c, is_capital_font(font)))
    for hint, places in texts.items():
        kind = kind_of((str(grid.at(r, c)) for r, c, _ in places), hint=hint)
        if kind is not Kind.UNICODE:
            grid.kind = kind
        for r, c, capitals in places:
            grid.rows[r][c] = read_legacy(str(grid.at(r, c)), kind, capitals=capitals)
    return grid


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def write_cell(value: Any) -> str:
    """A cell as a person sees it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int | float):
        text = f"{value:,.4f}".rstrip("0").rstrip(".")
        return text.replace(",", "\0").replace(".", ",").replace("\0", ".")
    return " ".join(str(value).split())
