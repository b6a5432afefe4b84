"""What a commune's own table looks like: where its heading is, what each column and row seems to mean. No Django.

All of it is a guess to be shown and confirmed; `foreign` reads by what was confirmed, never by the guess alone.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from rapidfuzz import fuzz

from langso.assessments.sheets import Grid, grids, has_macros, is_blank, opened, write_cell
from langso.assessments.workbook import asked
from langso.criteria.edition import Edition
from langso.lib.legacy_text import Kind
from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.measures.rules import is_ratio

# What a column may be read as; the order is that of the choices on the page.
PARTS = {
    "": "Không đọc",
    "code": "Mã tiêu chí",
    "name": "Tên tiêu chí",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "value": "Giá trị, tỷ lệ",
    "as_of": "Ngày số liệu",
    "source": "Nguồn",
    "document_number": "Số, ký hiệu văn bản",
    "document_on": "Ngày văn bản",
    "note": "Ghi chú",
}
NUMBERS = ("numerator", "denominator", "value")
LIKE_ENOUGH = 0.72
MOST_LINES = 600
_HEADING_WITHIN = 40

# Words of a heading, folded → what the column is; the first that fits counts. "-" is a column that is never read.
_WORDS = tuple(
    (part, re.compile(pattern))
    for part, pattern in (
        ("-", r"^(stt|tt|so tt|so thu tu)$"),
        ("-", r"\b(don vi tinh|dvt|muc tieu|ke hoach|diem|so sanh|tu so la gi|mau so la gi|lay o dau)\b"),
        ("code", r"^(ma|ma so|ma (tieu chi|chi tieu|so lieu))$"),
        ("document_on", r"\bngay (van ban|ban hanh|ky|vb)"),
        ("as_of", r"^ngay\b|thoi diem|\bngay (lay|chot|so lieu|cap nhat|thang)"),
        ("document_number", r"van ban|ky hieu|minh chung|\bso vb"),
        ("denominator", r"mau so|^tong( so)?\b|\bphai co\b|theo quy dinh"),
        ("numerator", r"tu so|^so (da|dat|thuc hien|luong|co)\b|\bda (thuc hien|dat|co)\b|^dat$|^thuc hien$|so luong"),
        ("value", r"gia tri|t[yi] le|phan tram|ket qua|so lieu|dat duoc|muc dat|thuc hien|thuc te"),
        ("note", r"ghi chu|giai trinh|dien giai"),
        ("name", r"tieu chi|noi dung|chi tieu|chi so|^ten\b"),
        ("source", r"nguon|cung cap|co quan|don vi (bao cao|chu tri|thuc hien)"),
    )
)
_TOTAL = re.compile(r"^(tong|cong|tong cong|cong tong)$|^(tong cong|cong chung)\b")
_ROMAN = re.compile(r"^(?:[IVX]{1,5}|[A-H])[.)]?$")
_NUMBERING = re.compile(r"^\(?(?:\d{1,2}|[A-Za-zđĐ])\)?(?:\s*=.*)?$")
_CODE_FIRST = re.compile(r"^([A-Za-zĐđ]{0,4}[.\s]?\d{1,2}(?:\.\d{1,2})*)[.:)\s-]+\S")
_YEAR = re.compile(r"\b20\d\d\b")
_BLANK_WORDS = {"", "na", "n a", "chua co so lieu", "khong co so lieu", "kcsl", "chua thong ke"}


class NoTable(Refused):
    says = (
        "Không thấy bảng số liệu nào trong tệp: cần một dòng tiêu đề có cột tên tiêu chí và cột số."
        " Kiểm tra lại tệp, hoặc tải bảng mẫu của kỳ này."
    )


@dataclass(frozen=True)
class Column:
    """A column of the table: its whole heading, what it seems to be, and some of what stands in it."""

    index: int
    title: str
    part: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A row below the heading: what it calls itself and the criterion that it seems to be."""

    row: int
    label: str
    key: str
    code: str
    likeness: float  # 1.0 is the code itself
    aside: str = ""  # why it is left out: "total", "hidden"


@dataclass(frozen=True)
class Mapped:
    """What was confirmed: the sheet, the column of each part, the criterion of each row."""

    sheet: str
    columns: Mapping[str, int]
    rows: Mapping[int, str]


@dataclass(frozen=True)
class Layout:
    """A table found in a file, and what its columns and rows seem to be."""

    grid: Grid
    sheets: tuple[str, ...]
    heading: range
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    macros: bool = False
    front: tuple[str, ...] = field(default=())  # the words above the table

    @property
    def signature(self) -> str:
        """The same for tables with the same heading, whatever the year in it."""
        titles = "|".join(_YEAR.sub("#", fold(c.title)) for c in self.columns)
        return sha256(titles.encode()).hexdigest()[:40]

    @property
    def guessed(self) -> Mapped:
        return Mapped(
            self.grid.name,
            {c.part: c.index for c in self.columns if c.part},
            {line.row: line.code for line in self.lines if line.code},
        )

    @property
    def years(self) -> set[int]:
        """Years that the words above the table speak of, written "năm 2026"."""
        return {int(y) for text in self.front for y in re.findall(r"\bnam (20\d\d)\b", fold(text))}


def survey(content: bytes, edition: Edition, period: Period, *, sheet: str = "") -> Layout:
    """The table of a file, of the sheet named or else of the one that fits best.

    Refuses: all of `sheets.opened`, NoTable.
    """
    return survey_opened(opened(content), edition, period, sheet=sheet, macros=has_macros(content))


def survey_opened(content: bytes, edition: Edition, period: Period, *, sheet: str = "", macros: bool = False) -> Layout:
    """The same for content that `sheets.opened` gave.

    Refuses: NotAWorkbook, TooManyCells, NoTable.
    """
    found = grids(content)
    names = tuple(grid.name for grid in found)
    layouts = [
        layout
        for grid in found
        if (not sheet or grid.name == sheet) and (layout := _layout(grid, names, edition, period, macros)) is not None
    ]
    if not layouts:
        raise NoTable()
    return max(
        layouts, key=lambda layout: (sum(line.likeness for line in layout.lines if line.code), len(layout.lines))
    )


def _layout(grid: Grid, sheets: tuple[str, ...], edition: Edition, period: Period, macros: bool) -> Layout | None:
    heading = _heading(grid)
    if heading is None:
        return None
    body = range(heading.stop, len(grid.rows))
    codes = {_plain(code): code for code in asked(edition)}
    columns = _columns(grid, heading, body, codes, period)
    places = {c.part: c.index for c in columns if c.part}
    if "name" not in places and "code" not in places:
        return None
    lines = tuple(_match(list(_lines(grid, body, columns, places)), edition, codes))
    front = tuple(
        text for row in grid.rows[: heading.start] for cell in row if isinstance(cell, str) and (text := nfc(cell))
    )
    return Layout(grid, sheets, heading, columns, lines[:MOST_LINES], macros, front)


def _heading(grid: Grid) -> range | None:
    """The rows of the heading: the one with most words of a heading, those tied to it, and a row of numbering."""
    scores = [_words_in(grid, r) for r in range(min(_HEADING_WITHIN, len(grid.rows)))]
    if not scores or max(scores) < 2:
        return None
    start = next(r for r, score in enumerate(scores) if score >= max(2, round(0.6 * max(scores))))
    best = scores.index(max(scores))
    stop = best + 1 if best - start <= 3 else start + 1  # what stands above the fullest row belongs to it
    while start > 0 and (scores[start - 1] >= 2 or _is_tied(grid, start - 1, start)):
        start -= 1
    while stop < len(grid.rows) and (
        _is_tied(grid, stop - 1, stop) or _is_numbering(grid, stop) or _continues(grid, stop)
    ):
        stop += 1
    return range(start, stop)


def _words_in(grid: Grid, row: int) -> int:
    """How many kinds of column a row names; numbers in it speak against its being a heading."""
    cells = [cell for cell in grid.rows[row] if not is_blank(cell)]
    parts = {_part_of(cell) for cell in cells if isinstance(cell, str) and len(cell) <= 80} - {""}
    return len(parts) - sum(map(looks_like_number, cells))


def _is_tied(grid: Grid, upper: int, lower: int) -> bool:
    """Whether a merged cell reaches from one row into the next."""
    return any(top <= upper and bottom >= lower for top, _, bottom, _ in grid.merged)


def _continues(grid: Grid, row: int) -> bool:
    """A second row of a heading that merges nothing: words of a heading, and nothing under the first column."""
    cells = {c: cell for c, cell in enumerate(grid.rows[row]) if not is_blank(cell)}
    above = [c for c, cell in enumerate(grid.rows[row - 1]) if not is_blank(cell)]
    if not cells or not above or min(cells) <= min(above) or any(map(looks_like_number, cells.values())):
        return False
    return sum(1 for t in cells.values() if isinstance(t, str) and len(t) <= 40 and _part_of(t)) >= 2


def _is_numbering(grid: Grid, row: int) -> bool:
    """A row such as (1) (2) (3), or A B 1 2 3=1/2, that numbers the columns."""
    cells = [write_cell(cell).strip() for cell in grid.rows[row] if not is_blank(cell)]
    return len(cells) >= 3 and all(map(_NUMBERING.match, cells))


def _part_of(title: str) -> str:
    folded = fold(title.replace("%", " phần trăm "))
    return next((part for part, pattern in _WORDS if pattern.search(folded)), "") if folded else ""


def _plain(code: str) -> str:
    """A code whatever its dots and spaces: CQ.2, CQ2 and "cq 2" are one; 1.1 and 11 are two."""
    return re.sub(r"(?<=[a-z]) (?=\d)", "", fold(code))


def _titles(grid: Grid, heading: range) -> list[list[str]]:
    """The texts above each column, from the top, a merged cell said once for each column under it."""
    filled = {
        (r, c): nfc(str(grid.at(r, c))) for r in heading for c in range(grid.width) if not is_blank(grid.at(r, c))
    }
    for top, left, bottom, right in grid.merged:
        if top in heading and right - left < grid.width + 1:
            text = filled.get((top, left), "")
            for r in range(top, min(bottom, heading.stop - 1) + 1):
                for c in range(left, min(right, grid.width - 1) + 1):
                    filled[r, c] = text
    rows = [r for r in heading if not _is_numbering(grid, r)]
    return [list(dict.fromkeys(t for r in rows if (t := filled.get((r, c), "")))) for c in range(grid.width)]


def _columns(grid: Grid, heading: range, body: range, codes: Mapping[str, str], period: Period) -> tuple[Column, ...]:
    titles = _titles(grid, heading)
    guesses: dict[int, str] = {}
    for c, words in enumerate(titles):
        cells = [cell for r in body if r not in grid.hidden_rows and not is_blank(cell := grid.at(r, c))]
        part = next((p for text in reversed(words) if (p := _part_of(text))), "")
        years = {int(y) for text in words for y in _YEAR.findall(text)}
        if years and period.start.year not in years:
            part = "-"  # another year's column
        if sum(1 for cell in cells if isinstance(cell, str) and _plain(cell) in codes) >= 2 and part != "name":
            part = "code"
        if part and not _fits(part, cells):
            part = "name" if part in ("value", "numerator") and not words else ""
        guesses[c] = "" if c in grid.hidden_columns else part.strip("-")
    taken = _one_each(guesses, grid, body)
    shown = [
        c
        for c in range(grid.width)
        if titles[c] or any(not is_blank(grid.at(r, c)) for r in body if r not in grid.hidden_rows)
    ]
    return tuple(
        Column(
            c,
            " / ".join(titles[c]),
            taken.get(c, ""),
            tuple(_samples(grid, body, c)),
        )
        for c in shown
    )


def _samples(grid: Grid, body: range, column: int) -> Iterator[str]:
    found = 0
    for r in body:
        text = write_cell(grid.at(r, column))
        if text and r not in grid.hidden_rows:
            yield text if len(text) <= 40 else f"{text[:38]}…"
            found += 1
            if found == 3:
                return


def _fits(part: str, cells: Sequence[Any]) -> bool:
    """Whether what stands in a column can be what its heading says; an empty column can be anything."""
    if part == "-" or not cells:
        return True
    numbers = sum(1 for cell in cells if looks_like_number(cell))
    if part in ("numerator", "denominator"):
        return numbers * 2 >= len(cells)
    if part == "value":
        return (numbers + sum(1 for cell in cells if len(str(cell)) <= 12)) * 2 >= len(cells)
    if part == "name":
        return numbers * 2 < len(cells)
    return True


def _one_each(guesses: Mapping[int, str], grid: Grid, body: range) -> dict[int, str]:
    """Each part goes to one column: for names the one with most words, else the one with most in it."""

    def weight(c: int) -> tuple[int, int]:
        cells = [str(grid.at(r, c)) for r in body if not is_blank(grid.at(r, c))]
        filled = sum(map(len, cells)) if guesses[c] == "name" else len(cells)
        return filled, -c

    best = {
        part: max((c for c, p in guesses.items() if p == part), key=weight) for part in set(guesses.values()) - {""}
    }
    return {c: part for part, c in best.items()}


def looks_like_number(cell: Any) -> bool:
    """A number, or a text that a person would call one: 1.947, 71,7%, 12/15, 45 hộ."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return True
    return isinstance(cell, str) and bool(re.match(r"^\s*[+-]?\d[\d.,/\s\u00a0%()]*(?:\s*[^\W\d]+){0,3}\s*$", cell))


def is_nothing(cell: Any) -> bool:
    """Blank, or a mark that people leave for "not known": a dash, dots, n/a. Unknown is not zero."""
    return is_blank(cell) or (isinstance(cell, str) and fold(cell) in _BLANK_WORDS and not re.search(r"\d", cell))


def _lines(
    grid: Grid, body: range, columns: Sequence[Column], places: Mapping[str, int]
) -> Iterator[tuple[Line, str, bool]]:
    """Rows that say something: with the code that they carry and whether they hold a figure."""
    words = {
        places[p] for p in ("code", "name", "source", "note", "document_number", "as_of", "document_on") if p in places
    }
    values = [c.index for c in columns if c.index not in words and (c.part in NUMBERS or not _is_ordinal(c))]
    for r in body:
        name = nfc(write_cell(grid.at(r, places["name"]))) if "name" in places else ""
        code = nfc(write_cell(grid.at(r, places["code"]))) if "code" in places else ""
        first = next((nfc(write_cell(cell)) for cell in grid.rows[r] if not is_blank(cell)), "")
        if not code and (found := _CODE_FIRST.match(name)):
            code = found[1]
        held = [grid.at(r, c) for c in values]
        has_figure = any(not is_nothing(cell) and (looks_like_number(cell) or len(str(cell)) <= 12) for cell in held)
        label = " ".join(part for part in (code if not name.startswith(code) else "", name) if part) or first
        if not label or (not name and not code and not has_figure):
            continue
        if r in grid.hidden_rows:
            aside = "hidden"
        elif _TOTAL.match(fold(name or first)):
            aside = "total"
        else:
            aside = ""
        if _ROMAN.match(first) and not has_figure:
            continue
        key = fold(label)
        yield Line(r, label[:300], key, "", 0.0, aside), code, has_figure


def _is_ordinal(column: Column) -> bool:
    return bool(re.match(r"^(stt|tt|so tt|so thu tu)$", fold(column.title)))


def _match(found: Sequence[tuple[Line, str, bool]], edition: Edition, codes: Mapping[str, str]) -> Iterator[Line]:
    """Each row with its criterion: by code first, then by likeness of names, each criterion once."""
    names = {
        code: [
            fold(text)
            for text in (f.name, f.measure.label, *((f.measure.numerator,) if is_ratio(f.measure) else ()))
            if text
        ]
        for code, f in asked(edition).items()
    }
    given: dict[int, tuple[str, float]] = {}
    for k, (line, code, _) in enumerate(found):
        said = codes.get(_plain(code)) if code else None
        # A lone number may be the row's own place in the list: it counts as a code only beside a like name.
        if said and not line.aside and (not said.isdecimal() or _likeness(line.key, names[said]) >= 0.5):
            given[k] = (said, 1.0)
    taken = {code for code, _ in given.values()}
    scores = sorted(
        (
            (_likeness(line.key, texts), -k, code)
            for k, (line, _, _) in enumerate(found)
            if k not in given and not line.aside
            for code, texts in names.items()
            if code not in taken
        ),
        reverse=True,
    )
    for score, minus, code in scores:
        if score < LIKE_ENOUGH:
            break
        if -minus not in given and code not in taken:
            given[-minus] = (code, min(score, 0.99))
            taken.add(code)
    for k, (line, _, has_figure) in enumerate(found):
        code, likeness = given.get(k, ("", 0.0))
        if code or has_figure:
            yield Line(line.row, line.label, line.key, code, round(likeness, 2), line.aside)


def _likeness(key: str, names: Sequence[str]) -> float:
    bare = re.sub(r"^[a-z]{0,3} ?\d+ ", "", key)
    return max(
        ((fuzz.token_sort_ratio(bare, name) + fuzz.token_set_ratio(bare, name)) / 200 for name in names), default=0.0
    )


def parts_of(layout: Layout, mapping: Mapped) -> list[str]:
    """What each column was confirmed to be, in the order of the table: to be remembered."""
    given = {c: part for part, c in mapping.columns.items()}
    return [given.get(column.index, "") for column in layout.columns]


def recalled(layout: Layout, parts: Sequence[str], rows: Mapping[str, str]) -> Mapped | None:
    """The mapping of a table seen before; None when its columns are not the same or a part stands twice."""
    if len(parts) != len(layout.columns) or max(Counter(p for p in parts if p).values(), default=1) > 1:
        return None
    return Mapped(
        layout.grid.name,
        {part: column.index for column, part in zip(layout.columns, parts, strict=True) if part},
        {line.row: code for line in layout.lines if not line.aside and (code := rows.get(line.key, ""))},
    )


def legacy_words(kind: Kind) -> str:
    return {Kind.TCVN3: "TCVN3 (ABC)", Kind.VNI: "VNI"}.get(kind, "")
