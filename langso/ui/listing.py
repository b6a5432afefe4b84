"""Tables that people search, sort, page and take away as CSV."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Generic, TypeVar

import xlsxwriter
from django.http import HttpResponse

T = TypeVar("T")
PER_PAGE = 50


@dataclass(frozen=True)
class Listing(Generic[T]):
    """One page of a list; `number` counts from 1."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int
    query: str
    order: str


def listing(
    rows: Sequence[T],
    params: Any,
    *,
    sorts: dict[str, Callable[[T], Any]],
    default: str,
    per_page: int = PER_PAGE,
) -> Listing[T]:
    """Sort and cut rows by `xep` (a minus turns the order) and `trang`; a page beyond the last is the last."""
    order = params.get("xep", default)
    key = order.removeprefix("-")
    if key not in sorts:
        order, key = default, default.removeprefix("-")
    ordered = sorted(rows, key=sorts[key], reverse=order.startswith("-"))
    pages = max(1, -(-len(ordered) // per_page))
    asked = params.get("trang", "1")
    number = min(max(int(asked) if asked.isdecimal() and len(asked) < 7 else 1, 1), pages)
    start = (number - 1) * per_page
    return Listing(ordered[start : start + per_page], number, pages, len(ordered), params.get("q", ""), order)


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV that Excel opens rightly: UTF-8 with its mark, and no cell that Excel would run as a formula."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    answer = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_of(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as Excel: numbers as numbers, texts as texts whatever they begin with; the same rows, the same bytes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"title": title, "created": datetime(2026, 1, 1)})  # noqa: DTZ001  # a fixed one: bytes repeat
    sheet = book.add_worksheet("Bảng")
    sheet.write_row(0, 0, columns, book.add_format({"bold": True, "text_wrap": True, "valign": "top"}))
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
                sheet.write_number(last, column, cell)
            else:
                sheet.write_string(last, column, "" if cell is None else str(cell))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(last, 1), max(len(columns) - 1, 0))
    sheet.set_column(0, max(len(columns) - 1, 0), 18)
    book.close()
    return buffer.getvalue()


_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?", re.ASCII)
_CODES = frozenset({"ma", "ky", "so_tiep_nhan"})  # columns of digits that are names, not numbers


def as_xlsx(answer: HttpResponse) -> HttpResponse:
    """The CSV of a table turned to Excel, so that every table that can be taken away comes in both."""
    name = str(answer["Content-Disposition"]).partition('filename="')[2].removesuffix('.csv"')
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    is_code = [head in _CODES or head.startswith("ma_") for head in (rows[0] if rows else [])]
    plain = ([cell if code else _plain(cell) for cell, code in zip(row, is_code, strict=False)] for row in rows[1:])
    made = HttpResponse(xlsx_of(name, rows[0] if rows else [], plain), content_type=XLSX)
    made["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return made


def _plain(cell: str) -> str | int | float:
    if _NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") else cell


def _safe(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace(",", "", 1).lstrip("-+").isdigit()
