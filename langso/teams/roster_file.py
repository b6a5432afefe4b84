"""The Excel sheet of a commune's network: handed out with what is known, read back cell by cell.

A row is a village with, if there are, its team and one member; cells of a village or a team left empty below the first
row are those of the row above. Nothing is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from langso.assessments import sheets
from langso.assessments.workbook import UNREAD, Fault, mark
from langso.lib.number import read_count
from langso.lib.period import read_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.teams import rules
from langso.villages import rules as village_rules

SHEET = "Thôn, tổ, thành viên"
HEADING_ROW = 5
NOTICE = (3, 0)
COLUMNS = {
    "village": "Thôn",
    "kind": "Loại",
    "households_count": "Số hộ",
    "team": "Tổ",
    "number": "Số quyết định",
    "issued_on": "Ngày quyết định",
    "full_name": "Họ và tên",
    "role": "Vai trò",
    "occupation": "Công việc",
    "phone": "Điện thoại",
    "training": "Tập huấn",
    "since": "Từ ngày",
    "is_listed": "Đồng ý hiện tên",
}
_OTHER = {  # how communes head their own tables
    "ten thon": "village",
    "thon ban": "village",
    "thon to dan pho": "village",
    "loai hinh": "kind",
    "tong so ho": "households_count",
    "ten to": "team",
    "so qd": "number",
    "so quyet dinh thanh lap": "number",
    "ngay qd": "issued_on",
    "ho ten": "full_name",
    "chuc vu trong to": "role",
    "nghe nghiep": "occupation",
    "chuc vu": "occupation",
    "so dien thoai": "phone",
    "dien thoai lien he": "phone",
    "da tap huan": "training",
    "tham gia tu ngay": "since",
    "dong y": "is_listed",
}
_HEADS = {fold(word): key for key, word in COLUMNS.items()} | _OTHER
ROLES = {
    "": "member",
    "thanh vien": "member",
    "to vien": "member",
    "to truong": "leader",
    "truong": "leader",
    "to pho": "deputy",
    "pho": "deputy",
}
TRAININGS = {
    "": "none",
    "khong": "none",
    "chua": "none",
    "chua tap huan": "none",
    "co": "basic",
    "x": "basic",
    "co ban": "basic",
    "da tap huan": "basic",
    "da tap huan co ban": "basic",
    "hoan thanh": "full",
    "da hoan thanh boi duong": "full",
}
YES = {"co": True, "x": True, "1": True, "dong y": True, "": False, "khong": False, "0": False, "khong dong y": False}


class NotARoster(Refused):
    says = "Không thấy hàng tiêu đề có cột Thôn và cột Họ và tên. Tải bảng mẫu ở trang này, chép sang rồi gửi lại."


class RoleUnknown(Refused):
    says = "“{text}” không phải vai trò. Ghi tổ trưởng, tổ phó hoặc thành viên."


class TrainingUnknown(Refused):
    says = "“{text}” chưa rõ. Ghi chưa, cơ bản, hoàn thành, hoặc ngày tập huấn."


class ConsentUnknown(Refused):
    says = "“{text}” chưa rõ. Ghi có hoặc không; chưa hỏi người ấy thì ghi không."


class KindUnknown(Refused):
    says = "“{text}” không phải loại thôn. Ghi thôn, bản, ấp, khu, buôn, làng, xóm, tổ dân phố hoặc khu phố."


class VillageOfNobody(Refused):
    says = "Dòng này chưa ghi thôn, phía trên cũng không có thôn nào."


class PersonWithoutTeam(Refused):
    says = "Ô này có người mà thiếu họ và tên. Ghi họ và tên, hoặc xóa các ô còn lại của dòng."


@dataclass
class Line:
    """One row as it was read; `given` holds the columns that had something in them."""

    row: int
    village: str = ""
    kind: str = ""
    households_count: int | None = None
    team: str = ""
    number: str = ""
    issued_on: date | None = None
    full_name: str = ""
    role: str = "member"
    occupation: str = ""
    phone: str = ""
    training: str = "none"
    trained_on: date | None = None
    since: date | None = None
    is_listed: bool = False
    given: frozenset[str] = frozenset()


@dataclass
class Roster:
    """What a sheet holds, or the faults that keep all of it out."""

    sheet: str
    columns: dict[str, int]
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, key: str, sentence: str) -> None:
        column = self.columns.get(key, self.columns["village"])
        self.faults.append(Fault(row, column, sentence))


def make(name: str, rows: Sequence[dict[str, Any]]) -> bytes:
    """The sheet with what is known; texts as texts, so that a telephone number keeps its zero."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"title": f"Thôn, tổ, thành viên: {name}", "created": datetime(2026, 1, 1)})  # noqa: DTZ001
    sheet = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E6EDE6"})
    day, text = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "@"})
    sheet.write_string(0, 0, f"Thôn, Tổ công nghệ số cộng đồng và thành viên: {name}", bold)
    sheet.write_string(
        1, 0, "Mỗi dòng một người. Thôn chưa có tổ thì ghi một dòng chỉ có thôn. Chưa biết thì để trống."
    )
    sheet.write_string(2, 0, "Ai không có trong bảng vẫn giữ nguyên trong sổ. Cho thôi thì làm ở trang của tổ.")
    for column, heading in enumerate(COLUMNS.values()):
        sheet.write_string(HEADING_ROW, column, heading, head)
    for column, width in enumerate((22, 12, 8, 34, 16, 13, 24, 13, 22, 15, 14, 13, 12)):
        sheet.set_column(column, column, width, text if list(COLUMNS)[column] in ("phone", "number") else None)
    for row, values in enumerate(rows, HEADING_ROW + 1):
        for column, key in enumerate(COLUMNS):
            value = values.get(key)
            if isinstance(value, date):
                sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(row, column, value)
            elif value:
                sheet.write_string(row, column, str(value), text)
    last = HEADING_ROW + 500
    for key, words in (
        ("kind", list(village_rules.KINDS)),
        ("role", ["tổ trưởng", "tổ phó", "thành viên"]),
        ("training", ["chưa", "cơ bản", "hoàn thành"]),
        ("is_listed", ["có", "không"]),
    ):
        column = list(COLUMNS).index(key)
        options = {"validate": "list", "source": words, "error_type": "information", "ignore_blank": True}
        sheet.data_validation(HEADING_ROW + 1, column, last, column, options)
    sheet.freeze_panes(HEADING_ROW + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
    book.close()
    return buffer.getvalue()


def read(content: bytes, *, today: date) -> Roster:
    """Rows of an opened workbook; what a cell cannot be is a fault at that cell.

    Refuses: NotARoster, and what `sheets.grids` refuses.
    """
    for grid in sheets.grids(content):
        for top, row in enumerate(grid.rows[:40]):
            columns = _heads(row)
            if "village" in columns and "full_name" in columns:
                roster = Roster(grid.name, columns)
                _read_rows(roster, grid, top + 1, today)
                if not roster.lines and not roster.faults:
                    raise sheets.WorkbookEmpty()
                return roster
    raise NotARoster()


def _heads(row: Sequence[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, cell in enumerate(row):
        key = _HEADS.get(fold(str(cell)) if isinstance(cell, str) else "")
        if key and key not in found:
            found[key] = column
    return found


def _read_rows(roster: Roster, grid: sheets.Grid, start: int, today: date) -> None:
    above = Line(-1)
    for r in range(start, len(grid.rows)):
        cells = {key: grid.at(r, c) for key, c in roster.columns.items()}
        filled = {key: cell for key, cell in cells.items() if not sheets.is_blank(cell)}
        if not filled:
            continue
        broken = [key for key, c in roster.columns.items() if (r, c) in grid.unread]
        for key in broken:
            roster.fault(r, key, UNREAD)
        line = Line(r, given=frozenset(filled))
        before = len(roster.faults)
        for key, cell in filled.items():
            if key in broken:
                continue
            try:
                _set(line, key, cell, today)
            except Refused as refused:
                roster.fault(r, key, refused.sentence)
        _carry(line, above)
        _check(roster, line)
        above = line
        if len(roster.faults) == before:
            roster.lines.append(line)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return nfc(str(cell))


def _set(line: Line, key: str, cell: Any, today: date) -> None:
    """Refuses: what the cell cannot be."""
    if key == "households_count":
        line.households_count = int(cell) if isinstance(cell, float) and cell.is_integer() else read_count(str(cell))
        if line.households_count < 0:
            read_count(str(line.households_count))
        village_rules.check_households(line.households_count)
    elif key in ("issued_on", "since"):
        setattr(line, key, rules.check_day(_day(cell), today=today, field=key))
    elif key == "training":
        if isinstance(cell, date) or any(c.isdigit() for c in _text(cell)):
            line.training = "basic"
            line.trained_on = rules.check_day(_day(cell), today=today, field=key)
        elif fold(_text(cell)) in TRAININGS:
            line.training = TRAININGS[fold(_text(cell))]
        else:
            raise TrainingUnknown(text=_text(cell)[:40])
    elif key == "role":
        if fold(_text(cell)) not in ROLES:
            raise RoleUnknown(text=_text(cell)[:40])
        line.role = ROLES[fold(_text(cell))]
    elif key == "is_listed":
        said = "co" if cell is True else "khong" if cell is False else fold(_text(cell))
        if said not in YES:
            raise ConsentUnknown(text=_text(cell)[:40])
        line.is_listed = YES[said]
    elif key == "kind":
        kinds = {fold(k): k for k in village_rules.KINDS}
        if fold(_text(cell)) not in kinds:
            raise KindUnknown(text=_text(cell)[:40])
        line.kind = kinds[fold(_text(cell))]
    elif key == "phone":
        line.phone = rules.phone_number(_text(cell))
    elif key == "number":
        line.number = village_rules.written_number(_text(cell))
    elif key == "full_name":
        line.full_name = rules.person_name(_text(cell))
    elif key == "team":
        line.team = rules.team_name(_text(cell))
    elif key == "occupation":
        line.occupation = rules.text(_text(cell), 80, field=key)
    else:
        line.village = rules.text(_text(cell), 120, field=key)


def _day(cell: Any) -> date:
    """Refuses: NotADay."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else read_day(_text(cell))


def _carry(line: Line, above: Line) -> None:
    """What is left empty under a village or a team is theirs."""
    if not line.village:
        line.village, line.kind = above.village, line.kind or above.kind
        line.team = line.team or above.team
    elif fold(line.village) == fold(above.village) and "team" not in line.given:
        line.team, line.kind = above.team, line.kind or above.kind


def _check(roster: Roster, line: Line) -> None:
    if not line.village and "village" not in line.given:
        roster.fault(line.row, "village", VillageOfNobody().sentence)
    personal = [k for k in ("role", "occupation", "phone", "training") if k in line.given]
    if personal and "full_name" not in line.given:
        roster.fault(line.row, personal[0], PersonWithoutTeam().sentence)


def marked(content: bytes, roster: Roster) -> bytes:
    """The same file with each faulty cell coloured and explained."""
    notice = NOTICE if roster.sheet == SHEET else None
    return mark(content, sorted(roster.faults, key=lambda f: (f.row, f.column)), name=roster.sheet, notice=notice)
