"""The workbook: made, filled in as people fill it in, read back whole or not at all."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from langso.assessments import blank, sheets, workbook
from langso.assessments.models import Assessment
from langso.files.models import StoredFile
from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.measures.models import ReportedFigure
from langso.measures.queries import figures_of
from langso.units.models import Unit
from langso.units.queries import Named, named
from tests.cast import Cast
from tests.country import Country
from tests.factories import (
    PERIOD,
    TODAY,
    facts,
    main_edition,
    measure_of,
    open_assessment,
    open_net,
    report,
    text_of,
    visitor,
    whole,
)

Change = Callable[["Sheet"], None]


class Sheet:
    """The sheet of figures as a person sees it: rows by code, columns by heading."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(BytesIO(content))
        found = self.book[workbook.SHEET]
        assert isinstance(found, Worksheet)
        self.sheet = found
        self.heading = next(r for r in range(1, 20) if found.cell(r, 1).value == "Mã")
        self.columns = {str(c.value): i for i, c in enumerate(found[self.heading], 1)}

    def row(self, code: str) -> int:
        return next(r for r in range(1, self.sheet.max_row + 1) if self.sheet.cell(r, 1).value == code)

    def cell(self, code: str, heading: str) -> Cell:
        found = self.sheet.cell(self.row(code), self.columns[heading])
        assert isinstance(found, Cell)
        return found

    def put(self, code: str, **cells: Any) -> None:
        words = {
            "top": "Tử số",
            "bottom": "Mẫu số",
            "value": "Giá trị",
            "day": "Ngày số liệu",
            "source": "Nguồn",
        }
        words |= {"paper": "Số, ký hiệu văn bản", "paper_day": "Ngày văn bản", "note": "Ghi chú"}
        for name, value in cells.items():
            self.cell(code, words[name]).value = value

    def bytes(self) -> bytes:
        buffer = BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


@pytest.fixture
def assessment(country: Country, cast: Cast) -> Assessment:
    open_net()
    return open_assessment(country.merged, by=cast.officer)


def _named(unit: Unit) -> Named:
    return named([(unit.pk, TODAY)])[unit.pk, TODAY]


def _made(unit: Unit, period: Period = PERIOD) -> bytes:
    return blank.make(main_edition(), _named(unit), period, figures_of(unit, period))


def _filled(unit: Unit, change: Change) -> bytes:
    sheet = Sheet(_made(unit))
    change(sheet)
    return sheet.bytes()


def _read(content: bytes, unit: Unit) -> workbook.Filled:
    return workbook.read(content, main_edition(), _named(unit), PERIOD, today=TODAY)


def _sent(assessment: Assessment, cast: Cast, content: bytes, name: str = "bang.xlsx") -> Any:
    return visitor(cast.officer).post(
        f"/danh-gia/{assessment.pk}/tep/", {"tep": SimpleUploadedFile(name, content)}, follow=False
    )


def _right(sheet: Sheet) -> None:
    sheet.put("CQ.2", top=1874, bottom=2716, day=datetime(2026, 10, 31), source="Cổng dịch vụ công")  # noqa: DTZ001
    sheet.put("CQ.3", top="1.874", bottom="2.716", day="31/10/2026", paper="127/BC-UBND", paper_day="30/10/2026")
    sheet.put("C.1", value="Có")
    sheet.put("CQ.8", value="chưa có")
    sheet.put("KT.7", value=12.0)
    sheet.put("C.9", value="45,5")


def _wrong(sheet: Sheet) -> None:
    sheet.put("CQ.2", top=99, bottom=4)
    sheet.put("CQ.3", top=1, bottom=4, day="31/02/2026")
    sheet.put("C.1", value="có lẽ")
    sheet.put("KT.7", value=12.5)
    sheet.put("C.3", top=1, bottom=2)


def test_a_filled_workbook_gives_the_figures_that_were_written_in_it(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    answer = _sent(assessment, cast, _filled(country.merged, _right))

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/danh-gia/{assessment.pk}/")
    open_net()
    found = figures_of(country.merged, PERIOD)
    share, other = found[measure_of("CQ.2").key], found[measure_of("CQ.3").key]
    assert facts(share.numerator, share.denominator, share.as_of) == (1874, 2716, date(2026, 10, 31))
    assert (share.source, share.origin, share.reported_by) == (
        "Cổng dịch vụ công",
        "workbook",
        cast.officer.person,
    )
    assert facts(other.numerator, other.denominator) == (1874, 2716)
    assert str(other.document) == "127/BC-UBND ngày 30/10/2026"
    assert found[measure_of("C.1").key].value == 1
    assert found[measure_of("CQ.8").key].value == 0
    assert found[measure_of("KT.7").key].value == 12
    assert str(found[measure_of("C.9").key].value) == "45.500000"
    assert len(found) == 6


def test_what_is_known_is_filled_in_and_comes_back_as_it_was(country: Country, cast: Cast) -> None:
    open_net()
    entry = whole(1874, 2716, source="Sổ hộ tịch", document_number="12/BC", document_on=date(2026, 9, 1), note="ghi")
    report(country.merged, "CQ.2", entry)

    filled = _read(_made(country.merged), country.merged)

    assert filled.faults == []
    assert filled.entries == {"CQ.2": entry}


def test_an_empty_workbook_holds_no_figures(country: Country, cast: Cast) -> None:
    open_net()

    assert _read(_made(country.merged), country.merged).entries == {}


def test_a_workbook_that_was_sent_twice_is_written_once(assessment: Assessment, country: Country, cast: Cast) -> None:
    content = _filled(country.merged, _right)
    _sent(assessment, cast, content)
    _sent(assessment, cast, content)

    open_net()
    assert ReportedFigure.objects.count() == 6


def test_one_faulty_cell_keeps_everything_out_and_comes_back_marked(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    answer = _sent(assessment, cast, _filled(country.merged, _wrong))

    html = text_of(answer)
    assert answer.status_code == 422
    assert "Chưa nhập dòng nào. Có 4 ô sai." in html
    open_net()
    assert not ReportedFigure.objects.exists()
    marked = StoredFile.objects.get()
    assert f"/tep/{marked.pk}/" in html
    back = visitor(cast.officer).get(f"/tep/{marked.pk}/")
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    sheet = Sheet(back.content)
    for code, heading, said in (
        ("CQ.2", "Tử số", "lớn hơn"),
        ("CQ.3", "Ngày số liệu", "không phải là ngày"),
        ("C.1", "Giá trị", "không có trong các lựa chọn"),
        ("KT.7", "Giá trị", "không có phần lẻ"),
    ):
        cell = sheet.cell(code, heading)
        assert cell.comment is not None, code
        assert said in cell.comment.text
        assert cell.fill.fgColor.rgb != sheet.cell("C.3", "Tử số").fill.fgColor.rgb
        assert f"{cell.column_letter}{cell.row}" in html
    assert sheet.cell("C.3", "Tử số").comment is None
    assert sheet.cell("C.3", "Tử số").value == 1


def test_a_marked_workbook_set_right_is_taken(assessment: Assessment, country: Country, cast: Cast) -> None:
    _sent(assessment, cast, _filled(country.merged, _wrong))
    open_net()
    back = visitor(cast.officer).get(f"/tep/{StoredFile.objects.get().pk}/")
    sheet = Sheet(back.content)
    sheet.put("CQ.2", top=3)
    sheet.put("CQ.3", day="31/10/2026")
    sheet.put("C.1", value="Có")
    sheet.put("KT.7", value=12)

    assert _sent(assessment, cast, sheet.bytes()).status_code == 302
    open_net()
    assert ReportedFigure.objects.count() == 5


def test_rows_may_be_moved_and_columns_widened(country: Country, cast: Cast) -> None:
    open_net()
    sheet = Sheet(_filled(country.merged, _right))
    sheet.sheet.insert_rows(1)
    sheet.sheet.column_dimensions["A"].width = 40

    assert set(_read(sheet.bytes(), country.merged).entries) == {"CQ.2", "CQ.3", "C.1", "CQ.8", "KT.7", "C.9"}


@pytest.mark.parametrize(
    ("change", "heading", "said"),
    [
        (lambda s: s.put("CQ.2", value=50), "Giá trị", "ghi ở cột Tử số và Mẫu số"),
        (lambda s: s.put("KT.7", top=5), "Tử số", "ghi ở cột Giá trị"),
        (lambda s: s.put("CQ.2", top="1+", bottom=2), "Tử số", "không phải là số đếm"),
        (lambda s: s.put("CQ.2", top=-1, bottom=2), "Tử số", "nhỏ hơn 0"),
        (lambda s: s.put("CQ.2", top=1, bottom=10**13), "Mẫu số", "quá lớn"),
        (lambda s: s.put("CQ.2", top=0.5, bottom=2), "Tử số", "không có phần lẻ"),
        (lambda s: s.put("CQ.2", top=1, bottom=2, day="21/11/2026"), "Ngày số liệu", "chưa tới"),
        (
            lambda s: s.put("CQ.2", top=1, bottom=2, paper_day="30/10/2026"),
            "Số, ký hiệu văn bản",
            "số, ký hiệu",
        ),
        (lambda s: s.put("CQ.2", top=datetime(2026, 1, 2), bottom=3), "Tử số", "số đếm"),  # noqa: DTZ001
        (lambda s: s.put("CQ.2", top=True, bottom=3), "Tử số", "số đếm"),
    ],
)
def test_a_fault_is_named_at_its_cell(change: Change, heading: str, said: str, country: Country, cast: Cast) -> None:
    open_net()
    content = _filled(country.merged, change)
    filled = _read(content, country.merged)

    assert filled.entries == {}
    (fault,) = filled.faults
    assert said in fault.sentence
    assert fault.column + 1 == Sheet(content).columns[heading]


def test_a_code_that_stands_twice_is_a_fault(country: Country, cast: Cast) -> None:
    open_net()
    sheet = Sheet(_filled(country.merged, _right))
    sheet.sheet.cell(sheet.row("CQ.4"), 1).value = "CQ.2"

    filled = _read(sheet.bytes(), country.merged)

    assert "CQ.2" not in filled.entries
    first, second = filled.faults
    assert first.cell != second.cell
    assert all(f"ô {first.cell} và ô {second.cell}" in fault.sentence for fault in filled.faults)


def _bomb() -> bytes:
    """Small as it is sent, far too large when unpacked."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.LARGEST_UNPACKED + 1))
    return buffer.getvalue()


def _other_book() -> bytes:
    buffer = BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def _zip(**entries: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "trống"),
        (b"ma;ten\n1;2\n", "không phải bảng Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "không phải bảng Excel"),
        (b"%PDF-1.7", "không phải bảng Excel"),
        (b"PK\x03\x04 and then nothing", "không phải bảng Excel"),
        (_zip(hello="x"), "không phải bảng Excel"),
        (_zip(**{"xl/workbook.xml": "<not xml"}), "không phải bảng Excel"),
        (_bomb(), "lớn quá"),
        (_other_book(), "Không thấy bảng số liệu nào"),
    ],
    ids=["empty", "csv", "xls", "pdf", "cut", "zip", "broken", "bomb", "other-book"],
)
def test_what_is_not_our_workbook_is_refused_in_words(
    content: bytes, said: str, assessment: Assessment, cast: Cast
) -> None:
    answer = _sent(assessment, cast, content)

    assert answer.status_code == 422
    assert said in text_of(answer)
    open_net()
    assert not StoredFile.objects.exists()
    assert not ReportedFigure.objects.exists()


def test_a_marked_workbook_comes_back_without_the_macros_it_was_sent_with(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    buffer = BytesIO(_filled(country.merged, _wrong))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")

    _sent(assessment, cast, buffer.getvalue())

    open_net()
    back = visitor(cast.officer).get(f"/tep/{StoredFile.objects.get().pk}/")
    with zipfile.ZipFile(BytesIO(back.content)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


def test_the_bomb_is_small() -> None:
    assert len(_bomb()) < sheets.LARGEST


def test_a_workbook_nobody_filled_in_is_said_to_be_empty(assessment: Assessment, country: Country, cast: Cast) -> None:
    assert "chưa nhập dòng nào" in text_of(_sent(assessment, cast, _made(country.merged)))


def test_no_file_at_all_is_said(assessment: Assessment, cast: Cast) -> None:
    answer = visitor(cast.officer).post(f"/danh-gia/{assessment.pk}/tep/", {})

    assert answer.status_code == 422


def test_the_workbook_of_another_commune_or_period_is_refused_by_name(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    open_net()
    other_unit, other_period = _made(country.neighbour), _made(country.merged, Period.year(2025))

    assert "Xã Nậm Dịch" in text_of(_sent(assessment, cast, other_unit))
    assert "kỳ 2025" in text_of(_sent(assessment, cast, other_period))


def test_the_workbook_of_another_framework_or_edition_is_refused_by_name(country: Country, cast: Cast) -> None:
    open_net()

    def marked(key: str, value: str) -> Change:
        def change(sheet: Sheet) -> None:
            hidden = sheet.book[workbook.HIDDEN]
            assert isinstance(hidden, Worksheet)
            next(row for row in hidden.iter_rows() if row[0].value == key)[1].value = value

        return change

    for key, value, said in (
        ("framework", "ntm-2021-8", "ntm-2021-8"),
        ("edition", "0.9", "phiên bản 0.9"),
        ("form", "99", "không phải bảng tải về"),
    ):
        with pytest.raises(Refused, match=said):
            _read(_filled(country.merged, marked(key, value)), country.merged)


def test_a_workbook_has_no_formulas_even_where_a_source_looks_like_one(country: Country, cast: Cast) -> None:
    open_net()
    report(country.merged, "CQ.2", whole(1, 2, source="=HYPERLINK(1)", note="+1"))

    sheet = Sheet(_made(country.merged))

    assert sheet.cell("CQ.2", "Nguồn").data_type == "s"
    assert sheet.cell("CQ.2", "Nguồn").value == "=HYPERLINK(1)"


def test_only_the_cells_to_fill_in_are_unlocked(country: Country, cast: Cast) -> None:
    open_net()
    sheet = Sheet(_made(country.merged))

    assert sheet.sheet.protection.sheet
    assert not sheet.cell("CQ.2", "Tử số").protection.locked
    assert sheet.cell("CQ.2", "Giá trị").protection.locked
    assert sheet.cell("CQ.2", "Tiêu chí").protection.locked
    assert sheet.book[workbook.HIDDEN].sheet_state == "veryHidden"


def test_every_field_of_the_edition_has_one_row(country: Country, cast: Cast) -> None:
    open_net()
    sheet = Sheet(_made(country.merged))
    codes = [sheet.sheet.cell(r, 1).value for r in range(1, sheet.sheet.max_row + 1)]

    assert {c for c in codes if c in main_edition().fields} == set(main_edition().fields)


def test_the_download_is_an_attachment_of_the_commune(assessment: Assessment, cast: Cast) -> None:
    answer = visitor(cast.officer).get(f"/danh-gia/{assessment.pk}/so-lieu.xlsx")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="xa-ban-vuoc-2026.xlsx"'
    assert Sheet(answer.content).row("CQ.2")
