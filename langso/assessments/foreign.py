"""A commune's own table read by a confirmed mapping, with the same checks as our own workbook. No Django."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from langso.assessments.layout import NUMBERS, Layout, Mapped, is_nothing
from langso.assessments.sheets import Grid, write_cell
from langso.assessments.workbook import UNREAD, Fault, Filled, asked, read_entry, twice
from langso.criteria.edition import Edition, Field, Kind
from langso.lib.number import read_decimal, write_number
from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.measures.rules import Entry, is_ratio

_FRACTION = re.compile(
    r"^(\d[\d.\s\u00a0]*)\s*/\s*(\d[\d.\s\u00a0]*?)\s*(?:[^\W\d]+\s*){0,4}(?:[(=]?\s*(\d[\d.,]*)\s*%\s*\)?)?$"
)
_NUMBER = re.compile(r"^([+-]?\d[\d.,\s\u00a0\u202f]*?)\s*(%?)\s*(?:\(?[^\W\d%][^\d%]*)?$")
_TOLERANCE = Decimal("0.6")  # a share rounded to whole per cents, and a little
_TEXTS = ("source", "document_number", "note", "as_of", "document_on")


class CountsNeeded(Refused):
    says = "Cần tử số và mẫu số, máy tự tính tỷ lệ: {numerator} và {denominator}. Ở đây chỉ có {given}."


class ShareDiffers(Refused):
    says = "Bảng ghi {given} nhưng {numerator} trên {denominator} là {share}%. Xem lại ba số này."


class RowUnmatched(Refused):
    says = "Dòng “{label}” chưa ghép với tiêu chí nào. Mở tệp này ở trang của xã để ghép, hoặc bỏ dòng ấy."


def read(layout: Layout, mapping: Mapped, edition: Edition, period: Period, *, today: date) -> Filled:
    """The entries of the rows that were given a criterion, or the faults at their cells. All or nothing."""
    filled = Filled()
    fields = asked(edition)
    seen: dict[str, int] = {}
    home = mapping.columns.get("name", mapping.columns.get("code", 0))
    for row, code in sorted(mapping.rows.items()):
        if code not in fields:
            continue
        if code in seen:
            filled.faults += twice(code, (seen[code], home), (row, home))
            filled.entries.pop(code, None)
            continue
        seen[code] = row
        _read_row(filled, layout.grid, mapping.columns, row, code, fields[code], period, today, home)
    return filled


def _read_row(
    filled: Filled,
    grid: Grid,
    columns: Mapping[str, int],
    row: int,
    code: str,
    fld: Field,
    period: Period,
    today: date,
    home: int,
) -> None:
    number = is_ratio(fld.measure)
    filled.places[code] = (row, columns.get("numerator" if number else "value", columns.get("value", home)))
    unread = [c for p, c in columns.items() if p not in ("name", "code") and (row, c) in grid.unread]
    if unread:
        filled.faults += [Fault(row, c, UNREAD) for c in unread]
        return
    try:
        cells, given = _cells(grid, columns, row, fld)
    except Refused as refused:
        filled.faults.append(Fault(row, columns.get(refused.field, home), refused.sentence))
        return
    read_entry(filled, code, fld, row, cells, period, today, home=home)
    if given is None or code not in filled.entries:
        return
    column, text = given
    try:
        _check_share(text, filled.entries[code], fld)
    except Refused as refused:
        filled.faults.append(Fault(row, column, refused.sentence))
        del filled.entries[code]


Cells = dict[str, tuple[int, Any]]


def _cells(grid: Grid, columns: Mapping[str, int], row: int, fld: Field) -> tuple[Cells, tuple[int, str] | None]:
    """The cells of a row as `read_entry` takes them, and the share that stands beside counts, to be compared.

    Refuses: CountsNeeded.
    """
    found = {p: (c, grid.at(row, c)) for p, c in columns.items() if p not in ("name", "code")}
    found = {p: (c, "" if is_nothing(cell) else cell) for p, (c, cell) in found.items()}
    numbers = {p: found[p] for p in NUMBERS if p in found}
    others = {p: found[p] for p in _TEXTS if p in found}
    if is_ratio(fld.measure):
        counts, given = _ratio(numbers, grid, row, fld)
        return others | counts, given
    numbers = {p: (c, cell) for p, (c, cell) in numbers.items() if cell != ""}
    if "value" not in numbers and "numerator" in numbers and "denominator" not in numbers:
        numbers["value"] = numbers.pop("numerator")  # a table has one column of numbers for counts of all kinds
    if "value" in numbers:
        c, cell = numbers["value"]
        numbers["value"] = (c, _value(cell, fld, is_percent=(row, c) in grid.percent))
    return others | {p: (c, _bare(cell) if p != "value" else cell) for p, (c, cell) in numbers.items()}, None


def _ratio(
    numbers: Mapping[Any, tuple[int, Any]], grid: Grid, row: int, fld: Field
) -> tuple[Cells, tuple[int, str] | None]:
    counts: Cells = {p: (c, _bare(cell)) for p, (c, cell) in numbers.items() if p != "value"}
    has_counts = any(cell != "" for _, cell in counts.values())
    column, cell = numbers.get("value", (0, ""))
    if cell == "":
        return counts, None
    if isinstance(cell, str) and (parts := _FRACTION.match(cell.strip())):
        if not has_counts:
            counts = {"numerator": (column, parts[1].strip()), "denominator": (column, parts[2].strip())}
        return counts, (column, f"{parts[3]}%") if parts[3] else None
    is_percent = (row, column) in grid.percent
    given = f"{write_cell(round(cell * 100, 4))}%" if is_percent and isinstance(cell, float) else write_cell(cell)
    if not has_counts:
        m = fld.measure
        raise CountsNeeded(field="value", numerator=m.numerator, denominator=m.denominator, given=given)
    return counts, (column, given)


def _check_share(given: str, entry: Entry, fld: Field) -> None:
    """A share written beside its counts says the same as they do.

    Refuses: ShareDiffers.
    """
    top, bottom = entry.numerator, entry.denominator
    found = _NUMBER.match(given.strip())
    if top is None or not bottom or found is None:
        return
    per = Decimal(fld.measure.per or 100)
    share = top / bottom * per
    try:
        said = read_decimal(found[1].strip())
    except Refused:
        return
    written = (said,) if found[2] or said > 1 else (said, said * per)
    if all(abs(s - share) > _TOLERANCE * per / 100 for s in written):
        raise ShareDiffers(
            given=given,
            numerator=write_number(top, 0),
            denominator=write_number(bottom, 0),
            share=write_number(share, 1),
        )


def _value(cell: Any, fld: Field, *, is_percent: bool) -> Any:
    """A figure that has no counts: 71,7% is 71.7 of a share and 0.717 of an index."""
    kind = fld.measure.kind
    if kind is Kind.YES_NO or fld.cases or isinstance(cell, bool | date | datetime):
        return cell
    if isinstance(cell, int | float):
        return round(cell * 100, 6) if is_percent and kind is not Kind.INDEX else cell
    found = _NUMBER.match(cell.strip())
    if found is None:
        return cell
    bare = _bare(found[1])
    if found[2] and kind is Kind.INDEX:
        return float(read_decimal(bare) / 100)
    return bare


def _bare(cell: Any) -> Any:
    """A number without the unit written after it, and without spaces that group its thousands."""
    if not isinstance(cell, str):
        return cell
    found = _NUMBER.match(cell.strip())
    if found is None or found[2]:
        return cell
    return re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?!\d))", "", found[1].strip())


def shown(entry: Entry | None, fld: Field) -> str:
    """An entry in words, for the page of confirmation."""
    if entry is None or entry.is_empty:
        return ""
    if entry.numerator is not None or entry.denominator is not None:
        top, bottom = (write_number(n, 0) if n is not None else "trống" for n in (entry.numerator, entry.denominator))
        share = (
            f", {write_number(entry.numerator / entry.denominator * (fld.measure.per or 100), 1)}{fld.measure.unit}"
            if entry.numerator is not None and entry.denominator
            else ""
        )
        return f"{top} trên {bottom}{share}"
    assert entry.value is not None
    if fld.measure.kind is Kind.YES_NO:
        return "Có" if entry.value else "Chưa có"
    if fld.cases:
        return fld.cases[int(entry.value)]
    value = entry.value.normalize() if entry.value % 1 else entry.value.quantize(Decimal(1))
    return f"{write_number(value)} {fld.measure.unit}".strip()
