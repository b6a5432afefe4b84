"""Files that would hang, swallow the memory or run something: refused in words, quickly."""

import time
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from langso.assessments import foreign, layout, sheets, workbook
from langso.lib.refusal import Refused
from tests.assessments.old_excel import xls
from tests.assessments.test_foreign import own_table
from tests.factories import PERIOD, TODAY, facts, main_edition

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _with_sheet(xml: str) -> bytes:
    """A real workbook whose first sheet is this XML."""
    buffer, changed = BytesIO(), BytesIO()
    Workbook().save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry.filename, xml if is_sheet else old.read(entry))
    return changed.getvalue()


def _rows(count: int) -> str:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, count + 1))
    return f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>"


@pytest.mark.parametrize(
    "xml",
    [
        f'<worksheet {NAMESPACE}><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
        f'<worksheet {NAMESPACE}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>',
        f"<worksheet {NAMESPACE}><sheetData>" + "<row/>" * 300_000 + "</sheetData></worksheet>",
        f"<worksheet {NAMESPACE}><sheetData/>" + "<x/>" * 2_000_000 + "</worksheet>",
    ],
    ids=["two far corners", "one merged range", "rows without end", "texts without end"],
)
def test_a_small_file_that_unfolds_into_a_huge_sheet_is_refused_at_once(xml: str) -> None:
    began = time.monotonic()

    with pytest.raises(sheets.TooManyCells, match="Xóa các dòng, cột trống thừa"):
        layout.survey(_with_sheet(xml), main_edition(), PERIOD)

    assert time.monotonic() - began < 5


def test_a_million_rows_are_refused_in_words() -> None:
    content = _with_sheet(_rows(1_000_000))
    began = time.monotonic()

    with pytest.raises(Refused):
        layout.survey(content, main_edition(), PERIOD)

    assert time.monotonic() - began < 15


def test_a_sheet_longer_than_is_read_is_refused_and_never_cut() -> None:
    with pytest.raises(sheets.TooManyCells, match=r"2\.001 dòng"):
        layout.survey(_with_sheet(_rows(sheets.MOST_ROWS + 1)), main_edition(), PERIOD)


def test_a_length_that_lies_reaches_no_reader() -> None:
    """The archive's own list says ten bytes, the stream holds thirty megabytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    content = bytearray(buffer.getvalue())
    for at in (22, content.rindex(b"PK\x01\x02") + 24):
        content[at : at + 4] = (10).to_bytes(4, "little")

    with pytest.raises(sheets.NotAWorkbook):
        sheets.opened(bytes(content))


def test_a_book_locked_by_a_password_says_so() -> None:
    locked = xls("x", {}, stream="EncryptedPackage")

    with pytest.raises(sheets.WorkbookLocked, match="bỏ mật khẩu"):
        sheets.opened(locked)


def test_a_protected_sheet_is_read_all_the_same() -> None:
    content = own_table(change=lambda s: setattr(s.protection, "sheet", True))

    assert layout.survey(content, main_edition(), PERIOD).grid.name == "Biểu 01"


@pytest.mark.parametrize(
    "content", [b"ma,ten\n1,2\n", b"<html><table></table></html>", b"\xff" * 5000], ids=["csv", "html", "noise"]
)
def test_what_only_has_the_name_of_a_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(sheets.NotAWorkbook):
        sheets.opened(content)


def test_macros_are_told_and_never_come_back() -> None:
    buffer = BytesIO(own_table())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    content = buffer.getvalue()

    assert layout.survey(content, main_edition(), PERIOD).macros
    marked = workbook.mark(content, [workbook.Fault(8, 2, "sai")], name="Biểu 01", notice=None)
    assert not sheets.has_macros(marked)
    assert load_workbook(BytesIO(marked))["Biểu 01"]["C9"].comment is not None


def test_entities_in_the_xml_are_not_unfolded() -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        f'<worksheet {NAMESPACE}><sheetData><row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    )

    with pytest.raises(sheets.NotAWorkbook):
        layout.survey(_with_sheet(bomb), main_edition(), PERIOD)


def test_an_old_xls_is_read_and_comes_back_marked_as_xlsx() -> None:
    cells: dict[tuple[int, int], str | float] = {(0, 0): "Xã Bản Vược"}
    for c, text in enumerate(("STT", "Tiêu chí", "Tử số", "Mẫu số")):
        cells[2, c] = text
    row: tuple[str | float, ...] = (1.0, "Tỷ lệ hồ sơ thủ tục hành chính được số hóa", "1.947", 2716.0)
    for c, value in enumerate(row):
        cells[3, c] = value
    content = xls("Biểu cũ", cells)

    found = layout.survey(content, main_edition(), PERIOD)
    filled = foreign.read(found, found.guessed, main_edition(), PERIOD, today=TODAY)

    assert filled.faults == []
    entry = filled.entries["CQ.6"]
    assert facts(entry.numerator, entry.denominator) == (1947, 2716)
    marked = workbook.mark(content, [workbook.Fault(3, 2, "sai")], name="Biểu cũ", notice=None)
    sheet = load_workbook(BytesIO(marked))["Biểu cũ"]
    assert sheet["C4"].value == "1.947"
    assert sheet["C4"].comment is not None
