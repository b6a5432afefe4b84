"""A workbook filled as an officer would fill it, with a program other than the one that made it."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "Số liệu"


def filled(path: Path, wanted: Mapping[tuple[str, str], Any]) -> bytes:
    """The workbook with values written by criterion and heading."""
    book = load_workbook(path)
    sheet = book[SHEET]
    places = _places(sheet)
    for where, value in wanted.items():
        sheet[places[where]] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def notes(path: Path) -> dict[tuple[str, str], str]:
    """The marked cells of a returned workbook: criterion and heading → what is said there."""
    sheet = load_workbook(path)[SHEET]
    found = {}
    for where, cell in _places(sheet).items():
        comment = sheet[cell].comment
        if comment is not None:
            found[where] = str(comment.text)
    return found


def _places(sheet: Worksheet) -> dict[tuple[str, str], str]:
    heading = next(row for row in sheet.iter_rows() if row[0].value == "Mã")
    return {
        (str(row[0].value), str(top.value)): cell.coordinate
        for row in sheet.iter_rows(min_row=int(heading[0].row or 0) + 1)
        for top, cell in zip(heading, row, strict=True)
        if row[0].value
    }
