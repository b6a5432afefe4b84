"""The commune's own table: found, matched, confirmed, read by the same checks, remembered."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from langso.assessments import foreign, layout
from langso.assessments.models import Assessment, WorkbookLayout
from langso.assessments.workbook import Filled
from langso.files.models import StoredFile
from langso.measures.models import ReportedFigure
from langso.measures.queries import figures_of
from tests.cast import Cast, Player
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
from tests.lib.test_legacy_text import _as_tcvn3, _as_vni

# As a commune's office keeps it: titles, two rows of heading with merged cells, a row of numbering, groups, a total.
ROWS: tuple[tuple[Any, ...], ...] = (
    ("I", "Chính quyền số", None, None, None, None, None, None),
    (
        1,
        "Tỷ lệ hồ sơ TTHC được thực hiện trực tuyến toàn trình",
        "1.874",
        "2.716",
        "69,0%",
        "31/10/2026",
        "127/BC-UBND",
        "",
    ),
    (2, "Tỷ lệ hồ sơ thủ tục hành chính đã số hóa", 1947, 2716, 0.717, datetime(2026, 10, 31), "", "từ đầu năm"),  # noqa: DTZ001
    ("II", "Kinh tế số", None, None, None, None, None, None),
    (3, "Mô hình ứng dụng chuyển đổi số trong một lĩnh vực", None, None, "12 mô hình", "", "", ""),
    ("III", "Xã hội số", None, None, None, None, None, None),
    (4, "Tỷ lệ hộ gia đình được phủ mạng Internet băng rộng cáp quang", "1 947", "2 100", "92,7", "", "", ""),
    (5, "Tỷ lệ thuê bao chỉ dùng 2G", "-", "-", "", "", "", ""),
    (6, "Số lớp xóa mù chữ đã mở", 3, 5, "", "", "", ""),
    ("", "Tổng cộng", 5771, 7532, "", "", "", ""),
)
READ = {"CQ.2", "CQ.6", "KT.7", "XH.2"}
Change = Callable[[Worksheet], None]
FIRST_ROW = 8  # of the body, from 1


def own_table(
    rows: tuple[tuple[Any, ...], ...] = ROWS,
    *,
    place: str = "Xã Bản Vược",
    year: int = 2026,
    change: Change | None = None,
    written: Callable[[str], str] = str,
    font: str = "",
) -> bytes:
    book = Workbook()
    other, sheet = book.active, book.create_sheet("Biểu 01")
    assert isinstance(other, Worksheet)
    other.title = "Bìa"
    other["A1"] = written("Ủy ban nhân dân xã")
    sheet["A1"] = f"ỦY BAN NHÂN DÂN {place.upper()}"
    sheet["A2"] = f"Kết quả chuyển đổi số năm {year}"
    sheet.merge_cells("A2:H2")
    heading = ("STT", "Nội dung tiêu chí", "Kết quả thực hiện", None, None, "Ngày số liệu", "Văn bản", "Ghi chú")
    for c, text in enumerate(heading, 1):
        sheet.cell(4, c, text)
    for c, text in ((3, "Tử số"), (4, "Mẫu số"), (5, "Tỷ lệ (%)")):
        sheet.cell(5, c, text)
    sheet.merge_cells("C4:E4")
    for letter in "ABFGH":
        sheet.merge_cells(f"{letter}4:{letter}5")
    for c in range(1, 9):
        sheet.cell(6, c, f"({c})")
    for r, row in enumerate(rows, FIRST_ROW):
        for c, value in enumerate(row, 1):
            if value not in (None, ""):
                sheet.cell(r, c, value)
            if isinstance(value, float):
                sheet.cell(r, c).number_format = "0.0%"
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.value = written(cell.value)
                if font:
                    cell.font = Font(name=font)
    if change:
        change(sheet)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _found(content: bytes) -> layout.Layout:
    return layout.survey(content, main_edition(), PERIOD)


def _read(content: bytes) -> Filled:
    found = _found(content)
    return foreign.read(found, found.guessed, main_edition(), PERIOD, today=TODAY)


@pytest.fixture
def assessment(country: Country, cast: Cast) -> Assessment:
    open_net()
    return open_assessment(country.merged, by=cast.officer)


def _sent(assessment: Assessment, player: Player, content: bytes, name: str = "bao-cao.xlsx") -> Any:
    return visitor(player).post(f"/danh-gia/{assessment.pk}/tep/", {"tep": SimpleUploadedFile(name, content)})


def _form(html: str) -> dict[str, str]:
    """What a browser would post back: selected options and hidden fields."""
    from lxml import html as parser

    page: Any = parser.document_fromstring(html)
    form = next(f for f in page.forms if "trang" in f.fields)
    return {name: value or "" for name, value in form.fields.items() if name not in ("csrfmiddlewaretoken",)}


def _confirmed(assessment: Assessment, player: Player, content: bytes, **more: str) -> Any:
    address = _sent(assessment, player, content).headers["Location"]
    form = _form(text_of(visitor(player).get(address)))
    return visitor(player).post(address, {**form, "ghi": "1", **more})


def test_the_table_is_found_with_its_two_rows_of_heading_and_its_numbering() -> None:
    found = _found(own_table())

    assert found.grid.name == "Biểu 01"
    assert (found.heading.start, found.heading.stop) == (3, 6)
    assert {c.part: c.title for c in found.columns if c.part} == {
        "name": "Nội dung tiêu chí",
        "numerator": "Kết quả thực hiện / Tử số",
        "denominator": "Kết quả thực hiện / Mẫu số",
        "value": "Kết quả thực hiện / Tỷ lệ (%)",
        "as_of": "Ngày số liệu",
        "document_number": "Văn bản",
        "note": "Ghi chú",
    }


def test_rows_are_matched_once_each_and_the_rest_is_named() -> None:
    lines = {line.label: line for line in _found(own_table()).lines}

    assert {line.code for line in lines.values() if line.code} == READ | {"XH.10"}
    assert lines["Số lớp xóa mù chữ đã mở"].code == ""
    assert lines["Tổng cộng"].aside == "total"
    assert "Chính quyền số" not in lines


def test_figures_are_read_as_people_write_them() -> None:
    filled = _read(own_table())

    assert filled.faults == []
    assert set(filled.entries) == READ
    one, two = filled.entries["CQ.2"], filled.entries["CQ.6"]
    assert facts(one.numerator, one.denominator, one.as_of) == (1874, 2716, date(2026, 10, 31))
    assert (one.document_number, one.value) == ("127/BC-UBND", None)
    assert facts(two.numerator, two.denominator, two.as_of, two.note) == (1947, 2716, date(2026, 10, 31), "từ đầu năm")
    assert filled.entries["KT.7"].value == 12
    assert facts(filled.entries["XH.2"].numerator, filled.entries["XH.2"].denominator) == (1947, 2100)


@pytest.mark.parametrize(
    ("written", "font"),
    [
        (lambda t: unicodedata.normalize("NFD", t), ""),
        (_as_tcvn3, ""),
        (_as_tcvn3, ".VnTime"),
        (_as_vni, ""),
        (_as_vni, "VNI-Times"),
    ],
    ids=["NFD", "TCVN3", "TCVN3 font", "VNI", "VNI font"],
)
def test_old_ways_of_writing_are_read_as_unicode(written: Callable[[str], str], font: str) -> None:
    filled = _read(own_table(written=written, font=font))

    assert filled.faults == []
    assert set(filled.entries) == READ
    assert filled.entries["CQ.6"].note == "từ đầu năm"


@pytest.mark.parametrize(
    ("change", "cell", "said"),
    [
        (lambda s: (s.__setitem__("C9", None), s.__setitem__("D9", None)), "E9", "Cần tử số và mẫu số"),
        (lambda s: s.__setitem__("E9", "75%"), "E9", "1.874 trên 2.716 là 69,0%"),
        (lambda s: s.__setitem__("C9", "1.874,5"), "C9", "không phải là số đếm"),
        (lambda s: s.__setitem__("C9", 3000), "C9", "lớn hơn"),
        (lambda s: s.__setitem__("D9", None), "D9", "Còn thiếu"),
        (lambda s: s.__setitem__("C9", "=1+1"), "C9", "công thức chưa có kết quả"),
        (lambda s: s.__setitem__("C9", "#DIV/0!"), "C9", "công thức chưa có kết quả"),
        (lambda s: s.__setitem__("F9", "31/02/2026"), "F9", "không phải là ngày"),
        (lambda s: s.__setitem__("E12", "mười hai"), "E12", "không phải là số đếm"),
    ],
    ids=["share alone", "share differs", "count", "too large", "half", "formula", "error", "day", "words"],
)
def test_a_fault_is_named_at_its_cell(change: Change, cell: str, said: str) -> None:
    (fault,) = _read(own_table(change=change)).faults

    assert (fault.cell, said in fault.sentence) == (cell, True), fault.sentence


def test_counts_written_as_a_fraction_in_one_cell_are_counts() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C9"] = sheet["D9"] = None
        sheet["E9"] = "1.874/2.716 hồ sơ (69,0%)"

    entry = _read(own_table(change=change)).entries["CQ.2"]
    assert facts(entry.numerator, entry.denominator) == (1874, 2716)


def test_a_hidden_row_is_not_read_and_is_said() -> None:
    content = own_table(change=lambda s: setattr(s.row_dimensions[9], "hidden", True))

    assert "CQ.2" not in _read(content).entries
    assert next(line for line in _found(content).lines if line.row == 8).aside == "hidden"


def test_two_rows_for_one_criterion_are_refused_and_both_named() -> None:
    found = _found(own_table())
    mapping = layout.Mapped(found.grid.name, found.guessed.columns, {**found.guessed.rows, 15: "CQ.2"})

    filled = foreign.read(found, mapping, main_edition(), PERIOD, today=TODAY)

    assert [f.cell for f in filled.faults] == ["B9", "B16"]
    assert all("ô B9 và ô B16" in f.sentence for f in filled.faults)


def test_a_column_of_another_year_is_not_taken() -> None:
    def change(sheet: Worksheet) -> None:
        for merged in [str(m) for m in sheet.merged_cells.ranges]:
            sheet.unmerge_cells(merged)
        for c, text in enumerate(("STT", "Tiêu chí", "Năm 2025 - tử số", "Mẫu số", "", "Năm 2026 - tử số"), 1):
            sheet.cell(5, c, text)
            sheet.cell(4, c).value = None
        for r in range(8, 18):
            sheet.cell(r, 6, sheet.cell(r, 3).value)

    parts = {c.part: c.title for c in _found(own_table(change=change)).columns}

    assert parts["numerator"] == "Năm 2026 - tử số"
    assert "Năm 2025 - tử số" not in parts.values()


def _unmerged(sheet: Worksheet) -> None:
    for merged in [str(m) for m in sheet.merged_cells.ranges]:
        sheet.unmerge_cells(merged)
    for c in range(1, 9):
        sheet.cell(6, c).value = None
    sheet.delete_rows(6, 2)  # no row of numbering and no gap either


def test_a_heading_without_merged_cells_is_as_good() -> None:
    content = own_table(change=_unmerged)

    assert _found(content).heading == range(3, 5)
    assert set(_read(content).entries) == READ


def test_a_row_of_words_alone_is_no_part_of_the_heading() -> None:
    def change(sheet: Worksheet) -> None:
        _unmerged(sheet)
        for c, text in enumerate(
            ("", "Tỷ lệ thuê bao chỉ dùng 2G", "chưa có số liệu", "tổng số", "", "", "Văn bản"), 1
        ):
            sheet.cell(6, c).value = text or None

    found = _found(own_table(change=change))

    assert found.heading.stop == 5
    assert any(line.row == 5 for line in found.lines)


def test_text_in_an_old_font_beside_unicode_is_read_and_the_rest_left_alone() -> None:
    def change(sheet: Worksheet) -> None:
        for cell in ("B9", "B10", "H10"):
            sheet[cell].value = _as_tcvn3(str(sheet[cell].value))
            sheet[cell].font = Font(name=".VnTime")

    filled = _read(own_table(change=change))

    assert set(filled.entries) == READ
    assert filled.entries["CQ.6"].note == "từ đầu năm"


def test_the_next_table_of_the_same_form_needs_one_press(assessment: Assessment, country: Country, cast: Cast) -> None:
    _confirmed(assessment, cast.officer, own_table(), **{"dong-15": "CQ.7"})

    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(8)
        sheet["C17"] = 4

    later = own_table(change=change)

    address = _sent(assessment, cast.colleague, later).headers["Location"]
    html = text_of(visitor(cast.colleague).get(address))
    assert "Mẫu bảng này đã gặp" in html
    assert visitor(cast.colleague).post(address, {**_form(html), "ghi": "1"}).status_code == 302

    open_net()
    assert facts(figures_of(country.merged, PERIOD)[measure_of("CQ.7").key].numerator) == (4,)


def test_an_upload_leads_to_the_page_of_matching_and_writes_nothing_yet(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    answer = _sent(assessment, cast.officer, own_table())

    open_net()
    stored = StoredFile.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/danh-gia/{assessment.pk}/tep/{stored.pk}/")
    assert not ReportedFigure.objects.exists()
    html = text_of(visitor(cast.officer).get(answer.headers["Location"]))
    assert "1.874 trên 2.716, 69,0%" in html
    assert "dòng 16 “Số lớp xóa mù chữ đã mở”" in html
    assert "Tổng cộng" in html


def test_what_was_confirmed_is_written_and_remembered(assessment: Assessment, country: Country, cast: Cast) -> None:
    answer = _confirmed(assessment, cast.officer, own_table())

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/danh-gia/{assessment.pk}/")
    open_net()
    found = figures_of(country.merged, PERIOD)
    assert set(found) == {measure_of(code).key for code in READ}
    assert found[measure_of("CQ.2").key].origin == "workbook"
    kept = WorkbookLayout.objects.get()
    assert kept.unit == country.merged
    again = _sent(assessment, cast.colleague, own_table(year=2026))
    html = text_of(visitor(cast.colleague).get(again.headers["Location"]))
    assert "Mẫu bảng này đã gặp" in html


def test_the_same_table_confirmed_twice_is_written_and_remembered_once(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    for _ in range(2):
        assert _confirmed(assessment, cast.officer, own_table()).status_code == 302

    open_net()
    assert ReportedFigure.objects.count() == len(READ)
    assert WorkbookLayout.objects.count() == 1


def test_a_choice_on_the_page_counts_and_not_the_guess(assessment: Assessment, country: Country, cast: Cast) -> None:
    answer = _confirmed(assessment, cast.officer, own_table(), **{"dong-8": "", "dong-15": "CQ.7"})

    assert answer.status_code == 302
    open_net()
    found = figures_of(country.merged, PERIOD)
    assert measure_of("CQ.2").key not in found
    assert facts(found[measure_of("CQ.7").key].numerator) == (3,)


def test_two_columns_for_one_part_are_refused_in_words(assessment: Assessment, cast: Cast) -> None:
    answer = _confirmed(assessment, cast.officer, own_table(), **{"cot-3": "numerator"})

    assert answer.status_code == 422
    assert "Cột C và cột D cùng ghép là Tử số" in text_of(answer)
    open_net()
    assert not ReportedFigure.objects.exists()


def test_a_faulty_cell_keeps_everything_out_and_comes_back_marked_in_its_own_sheet(
    assessment: Assessment, cast: Cast
) -> None:
    content = own_table(change=lambda s: s.__setitem__("C9", 3000))

    answer = _confirmed(assessment, cast.officer, content)

    assert answer.status_code == 422
    open_net()
    assert not ReportedFigure.objects.exists()
    assert not WorkbookLayout.objects.exists()
    back = visitor(cast.officer).get(f"/tep/{StoredFile.objects.latest('pk').pk}/")
    sheet = load_workbook(BytesIO(back.content))["Biểu 01"]
    assert sheet["C9"].comment is not None
    assert "lớn hơn" in sheet["C9"].comment.text
    assert sheet["A1"].value == "ỦY BAN NHÂN DÂN XÃ BẢN VƯỢC"


def test_a_figure_that_moved_on_while_the_page_was_open_is_held(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    report(country.merged, "CQ.2", whole(77, 100), by=cast.officer)
    address = _sent(assessment, cast.officer, own_table()).headers["Location"]
    form = _form(text_of(visitor(cast.officer).get(address)))
    open_net()
    report(country.merged, "CQ.2", whole(90, 100), by=cast.colleague)

    answer = visitor(cast.officer).post(address, {**form, "ghi": "1"})

    assert answer.status_code == 422
    assert "đã ghi 90 trên 100" in text_of(answer)


def test_a_known_figure_is_shown_and_replaced_once_confirmed(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    report(country.merged, "CQ.2", whole(77, 100), by=cast.colleague)

    assert _confirmed(assessment, cast.officer, own_table()).status_code == 302

    open_net()
    assert facts(figures_of(country.merged, PERIOD)[measure_of("CQ.2").key].numerator) == (1874,)


def test_the_table_of_another_place_or_year_is_refused_by_name(assessment: Assessment, cast: Cast) -> None:
    assert "Xã Nậm Dịch" in text_of(_sent(assessment, cast.officer, own_table(place="Xã Nậm Dịch")))
    assert "ghi năm 2025" in text_of(_sent(assessment, cast.officer, own_table(year=2025)))
    open_net()
    assert not StoredFile.objects.exists()


def test_a_file_of_another_commune_cannot_be_matched_here(assessment: Assessment, country: Country, cast: Cast) -> None:
    address = _sent(assessment, cast.officer, own_table()).headers["Location"]
    file = address.rstrip("/").rsplit("/", 1)[-1]
    open_net()
    theirs = open_assessment(country.neighbour, by=cast.neighbour)

    assert visitor(cast.neighbour).get(address).status_code == 404
    assert visitor(cast.neighbour).get(f"/danh-gia/{theirs.pk}/tep/{file}/").status_code == 404
    assert visitor(cast.volunteer).get(address).status_code == 403


def test_another_sheet_of_the_file_can_be_chosen(assessment: Assessment, cast: Cast) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        second = sheet.parent.copy_worksheet(sheet)
        second.title = "Biểu 02"
        second["C9"] = "1.900"
        second["E9"] = None
        for r in range(11, 18):
            second.cell(r, 2, None)

    address = _sent(assessment, cast.officer, own_table(change=change)).headers["Location"]

    assert "Trang “Biểu 01”" in text_of(visitor(cast.officer).get(address))
    html = text_of(visitor(cast.officer).get(f"{address}?trang=2"))
    assert "Trang “Biểu 02”" in html
    assert "1.900 trên 2.716" in html
