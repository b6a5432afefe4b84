"""A table as people keep it (CSV from Excel, LibreOffice, Google) read into a `Table`, all or nothing.

The header names `unit`, the codes of the edition and, where targets depend on it, the class of the unit. A
ratio may be given by its counts instead: `CODE.tu` (tử số) and `CODE.mau` (mẫu số). An empty cell is
unknown. Every fault is named by its row and column, as the spreadsheet numbers them: the header is row 1.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from langso.criteria.edition import Edition, Field, Kind
from langso.criteria.engine import plan_of
from langso.criteria.table import Column, Floats, Table
from langso.lib.number import NotACount, NotANumber, read_count, read_decimal
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc

LARGEST = 100_000_000  # bytes: 106,000 units × 60 figures take about 40 MB
MOST_FAULTS = 20
_YES = {"1", "co", "x", "dat", "yes", "y", "true", "v", "✓"}
_NO = {"0", "khong", "khong dat", "chua dat", "chua", "no", "n", "false"}
_PLAIN = re.compile(r"\d{1,15}(?:[.,]\d{1,6})?")
_WHOLE = re.compile(r"(\d+)[.,]0{1,2}")
_COUNTS = (".tu", ".mau")
_APART = 0.1  # a share may be written with one decimal beside its counts


class TableUnreadable(Refused):
    says = "Không đọc được bảng {name}: {why}. {next}"


class TableWrong(Refused):
    """All faults, up to twenty, one a line."""

    says = "Chưa chấm dòng nào. Bảng {name} có {count} chỗ sai:\n{faults}"


@dataclass
class _Faults:
    name: str
    found: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, fault: str) -> None:
        self.count += 1
        if len(self.found) < MOST_FAULTS:
            self.found.append(f"  {fault}")

    def stop_if_any(self) -> None:
        if self.count:
            more = [f"  … và {self.count - MOST_FAULTS} chỗ nữa."] if self.count > MOST_FAULTS else []
            raise TableWrong(name=self.name, count=self.count, faults="\n".join([*self.found, *more]))


def read_table(path: Path, edition: Edition) -> Table:
    """The table of a file, checked against the edition: right columns, numbers, domains.

    Refuses: TableUnreadable, TableWrong.
    """
    name = path.name
    return parse_table(_text(path), edition, name)


def parse_table(text: str, edition: Edition, name: str) -> Table:
    """Refuses: TableUnreadable, TableWrong."""
    faults = _Faults(name)
    header, rows, places = _rows(text, name, faults)
    columns = _columns(header, edition, faults)
    faults.stop_if_any()
    cells: list[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    units = _units(cells[columns["unit"]], places, header[columns["unit"]], faults)
    found: dict[str, Column] = {}
    for code, asked in edition.fields.items():
        column = _column(code, asked, columns, header, cells, places, faults)
        if column is not None:
            found[code] = column
    classes = None
    if edition.region_classes and edition.region_classes.column in columns:
        at = columns[edition.region_classes.column]
        named = _classes(cells[at], places, header[at], edition, faults)
        classes = {edition.region_classes.column: np.array(named, dtype=str)}
    faults.stop_if_any()
    if not found:
        codes = ", ".join(list(edition.fields)[:5])
        raise TableUnreadable(name=name, why="chưa có cột nào của khung", next=f"Thêm các cột như {codes}.")
    table = Table(units, found, classes)
    table.stack(plan_of(edition).codes)
    return table


def _text(path: Path) -> str:
    name = path.name
    try:
        if path.stat().st_size > LARGEST:
            raise TableUnreadable(name=name, why=f"tệp lớn hơn {LARGEST // 1_000_000} MB", next="Chia thành nhiều tệp.")
        raw = path.read_bytes()
    except FileNotFoundError as fault:
        raise TableUnreadable(name=name, why="không có tệp này", next="Kiểm tra lại đường dẫn.") from fault
    except IsADirectoryError as fault:
        raise TableUnreadable(name=name, why="đây là thư mục", next="Chỉ ra tệp .csv.") from fault
    except OSError as fault:
        raise TableUnreadable(name=name, why="máy không cho đọc tệp", next="Kiểm tra quyền đọc.") from fault
    save = "Mở tệp bằng Excel, chọn Lưu thành, loại CSV UTF-8."
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise TableUnreadable(name=name, why="đây là tệp Excel, không phải CSV", next=save)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableUnreadable(name=name, why="tệp ở bảng mã UTF-16", next=save)
    if b"\x00" in raw:
        line = raw[: raw.index(b"\x00")].count(b"\n") + 1
        raise TableUnreadable(name=name, why=f"dòng {line} có ký tự rỗng (NUL), tệp có thể đã hỏng", next=save)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise TableUnreadable(name=name, why=f"dòng {line} không ở bảng mã UTF-8", next=save) from fault


def _rows(text: str, name: str, faults: _Faults) -> tuple[list[str], list[list[str]], list[int]]:
    """Header, the rows that hold something, and the spreadsheet's number of each."""
    lines = text.lstrip("\r\n").split("\n", 1)[0]
    if not text.strip():
        raise TableUnreadable(name=name, why="tệp trống", next="Dòng đầu phải có cột unit và các mã tiêu chí.")
    delimiter = max(";,\t", key=lambda d: len(next(csv.reader([lines], delimiter=d), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    places: list[int] = []
    try:
        for place, row in enumerate(reader, 1):
            if not header:
                header = _trimmed(row)
                continue
            if len(row) != len(header):
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) < len(header) or any(cell.strip() for cell in row[len(header) :]):
                    faults.add(
                        f"Dòng {place} có {len(row)} ô, dòng tiêu đề có {len(header)}. Số có dấu phẩy thì đặt"
                        " trong ngoặc kép, hoặc ngăn cột bằng dấu chấm phẩy."
                    )
                    continue
                row = row[: len(header)]
            elif not any(row):
                continue
            rows.append(row)
            places.append(place)
    except csv.Error as fault:
        why = f"gần dòng {reader.line_num} có dấu ngoặc kép không đóng hoặc ô quá dài"
        raise TableUnreadable(name=name, why=why, next="Sửa dòng đó rồi chạy lại.") from fault
    return header, rows, places


def _trimmed(row: list[str]) -> list[str]:
    cells = [nfc(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _columns(header: list[str], edition: Edition, faults: _Faults) -> dict[str, int]:
    """What each column is: unit, a class, a code, or the counts of a code."""
    known = {"unit": "unit"} | {code.casefold(): code for code in edition.fields}
    for code, asked in edition.fields.items():
        if asked.measure.kind in (Kind.SHARE, Kind.RATE):
            known |= {f"{code}{end}".casefold(): f"{code}{end}" for end in _COUNTS}
    if edition.region_classes:
        known[edition.region_classes.column.casefold()] = edition.region_classes.column
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        column = known.get(title.casefold())
        if column is None:
            near = get_close_matches(title.casefold(), list(known), 1, 0.5)
            hint = f" Có phải “{known[near[0]]}”?" if near else f" Khung {edition.id} không có mã này."
            faults.add(f"Dòng 1, cột {at + 1}: không hiểu cột “{title[:40]}”.{hint}")
        elif column in found:
            faults.add(f"Dòng 1, cột {at + 1}: cột “{column}” có hai lần.")
        else:
            found[column] = at
    if "unit" not in found:
        faults.add("Dòng 1: thiếu cột “unit” (tên hoặc mã đơn vị).")
    for code in edition.fields:
        pair = [f"{code}{end}" in found for end in _COUNTS]
        if any(pair) and not all(pair):
            faults.add(f"Dòng 1: có “{code}{_COUNTS[pair[1]]}” mà thiếu “{code}{_COUNTS[pair[0]]}”.")
    return found


def _units(cells: Sequence[str], places: list[int], title: str, faults: _Faults) -> list[str]:
    for cell, place in zip(cells, places, strict=True):
        if not cell.strip():
            faults.add(f"Dòng {place}, cột {title}: trống. Ghi tên hoặc mã đơn vị.")
    return list(cells)


def _classes(cells: Sequence[str], places: list[int], title: str, edition: Edition, faults: _Faults) -> list[str]:
    names = edition.region_classes.names if edition.region_classes else {}
    known = {"": ""} | {fold(n): code for code, name in names.items() for n in (code, name)}
    found = []
    for cell, place in zip(cells, places, strict=True):
        code = known.get(fold(cell))
        if code is None or (not code and cell.strip()):
            faults.add(f"Dòng {place}, cột {title}: không có loại “{cell[:40]}”. Chọn: {', '.join(names)}.")
        found.append(code or "")
    return found


def _column(
    code: str,
    asked: Field,
    columns: dict[str, int],
    header: list[str],
    cells: list[Sequence[str]],
    places: list[int],
    faults: _Faults,
) -> Column | None:
    value: Floats | None = None
    if code in columns:
        at = columns[code]
        value = _numbers(cells[at], places, header[at], _reader(asked), faults)
    top_title, bottom_title = f"{code}.tu", f"{code}.mau"
    if top_title not in columns or bottom_title not in columns:
        return None if value is None else Column(value)
    top, bottom = (
        _numbers(cells[columns[title]], places, title, _count, faults) for title in (top_title, bottom_title)
    )
    is_half = np.isnan(top) != np.isnan(bottom)
    for i in np.flatnonzero(is_half):
        faults.add(f"Dòng {places[i]}, cột {code}: mới có một trong hai số tử số, mẫu số.")
    if asked.measure.kind is Kind.SHARE and not asked.measure.may_exceed:
        for i in np.flatnonzero(top > bottom):
            faults.add(f"Dòng {places[i]}, cột {top_title}: {top[i]:.0f} lớn hơn mẫu số {bottom[i]:.0f}.")
    made = Column.of_ratio(top, bottom, asked.measure.per)
    if value is None:
        return made
    for i in np.flatnonzero(np.abs(made.value - value) > _APART):
        faults.add(f"Dòng {places[i]}, cột {code}: ghi {value[i]:g}, mà tử số chia mẫu số ra {made.value[i]:.4g}.")
    return Column(np.where(np.isnan(made.value), value, made.value), top, bottom)


def _numbers(
    cells: Iterable[str], places: list[int], title: str, read: Callable[[str], float], faults: _Faults
) -> Floats:
    """Figures repeat (60, 62,5, có): each different text is read once."""
    known: dict[str, float] = {"": np.nan}
    wrong: dict[str, str] = {}
    for cell in set(cells) - known.keys():
        try:
            known[cell] = read(cell.strip()) if cell.strip() else np.nan
        except Refused as refused:
            known[cell], wrong[cell] = np.nan, refused.sentence
    if wrong:
        for cell, place in zip(cells, places, strict=True):
            if cell in wrong:
                faults.add(f"Dòng {place}, cột {title}: {wrong[cell]}")
    return np.array([known[cell] for cell in cells], dtype=np.float64)


class OutOfDomain(Refused):
    says = "{text} nằm ngoài khoảng {least} đến {most}."


class BelowZero(Refused):
    says = "{text} nhỏ hơn 0."


class NotYesOrNo(Refused):
    says = "“{text}” không phải là có hoặc không. Ghi có, không, hoặc để trống khi chưa biết."


class NotACase(Refused):
    says = "Không có trường hợp “{text}”. Chọn: {cases}."


def _reader(asked: Field) -> Callable[[str], float]:
    kind = asked.measure.kind
    if kind is Kind.YES_NO:
        return _yes_no
    if kind is Kind.COUNT:
        return _count
    if kind is Kind.CASE:
        places = {fold(name): float(k) for k, name in enumerate(asked.cases)}
        return lambda text: _case(text, places, asked.cases)
    most: float | None = None
    if kind is Kind.SHARE and not asked.measure.may_exceed:
        most = 100
    elif kind is Kind.INDEX:
        most = 1
    elif kind is Kind.SCORE and asked.maximum is not None:
        most = float(asked.maximum)
    return lambda text: _decimal(text, most, is_share=kind is Kind.SHARE)


def _decimal(text: str, most: float | None, *, is_share: bool) -> float:
    bare = text.removesuffix("%").rstrip() if is_share else text
    if _PLAIN.fullmatch(bare):
        number = float(bare.replace(",", "."))
    else:
        try:
            number = float(read_decimal(bare))
        except NotANumber:
            raise NotANumber(text=text[:30]) from None
    if number < 0:
        raise BelowZero(text=text)
    if most is not None and number > most:
        raise OutOfDomain(text=text, least=0, most=f"{most:g}")
    return number


def _count(text: str) -> float:
    whole = _WHOLE.fullmatch(text)
    if len(text) > 15:
        raise NotACount(text=text[:30])
    return float(whole[1]) if whole else float(read_count(text))


def _yes_no(text: str) -> float:
    bare = text if text == "✓" else fold(text)
    if bare in _YES:
        return 1.0
    if bare in _NO:
        return 0.0
    raise NotYesOrNo(text=text[:30])


def _case(text: str, places: dict[str, float], cases: tuple[str, ...]) -> float:
    place = places.get(fold(text))
    if place is None:
        raise NotACase(text=text[:40], cases="; ".join(cases))
    return place
