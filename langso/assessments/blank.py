"""The workbook as it is handed out: what is known filled in, what is not for filling locked, every word explained."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from langso.assessments.results import targets_of
from langso.assessments.workbook import COLUMNS, FIRST, GUIDE, HEADING_ROW, HIDDEN, SHEET, asked, choices_of, marks_of
from langso.criteria.edition import Edition, Field, Kind, fields_of
from langso.lib.period import Period
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.measures.rules import is_ratio
from langso.units.queries import Named


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
    kinds = asked(edition)
    owners = {f.code: c for c in edition.criteria for f in fields_of(c)}
    for group in edition.groups:
        codes = [code for code in kinds if owners[code].group == group.code]
        if not codes:
            continue
        sheet.merge_range(row, 0, row, len(FIRST) + len(COLUMNS) + 1, group.name, styles["group"])
        row += 1
        for code in codes:
            _write_row(sheet, row, code, kinds[code], figures.get(key_of(edition, kinds[code])), styles)
            goals = "; ".join(f"mức {n}: {goal}" for n, goal in targets_of(owners[code], edition))
            sheet.write_string(row, len(FIRST) + len(COLUMNS), goals, styles["text"])
            sheet.write_string(row, len(FIRST) + len(COLUMNS) + 1, owners[code].collection, styles["text"])
            row += 1
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    _write_guide(book, styles, edition)
    hidden = book.add_worksheet(HIDDEN)
    known = {f"goc:{code}": figures.get(key_of(edition, fld)) for code, fld in kinds.items()}
    bases = {key: str(figure.pk) for key, figure in known.items() if figure is not None}
    for line, (key, value) in enumerate((marks_of(edition, unit, period) | bases).items()):
        hidden.write_string(line, 0, key)
        hidden.write_string(line, 1, value)
    hidden.very_hidden()
    book.close()
    return buffer.getvalue()


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
            default = measure.source if part == "source" and figure is None else known
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
    words = choices_of(fld)
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
