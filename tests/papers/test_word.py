"""The Word file, read back: the layout of the decree, real tables, the same bytes."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from langso.papers import word
from langso.papers.bars import Bar, bars
from langso.papers.paper import Column, Paper, Paragraph, Table
from tests.papers import examples


def opened(paper: Any) -> Any:
    return docx.Document(io.BytesIO(word.write(paper)))


def paragraphs(paper: Any) -> dict[str, Any]:
    """Paragraphs of the body and of its tables, by their text."""
    doc = opened(paper)
    in_cells = [p for table in doc.tables for cell in table._cells for p in cell.paragraphs]
    return {p.text: p for p in (*doc.paragraphs, *in_cells)}


def size(paragraph: Any) -> float:
    run = paragraph.runs[0]
    return float((run.font.size or paragraph.style.font.size).pt)


def bold(paragraph: Any) -> bool:
    run = paragraph.runs[0]
    return bool(paragraph.style.font.bold if run.bold is None else run.bold)


def test_a_page_is_a4_with_the_margins_of_the_decree() -> None:
    section = opened(examples.taking_back()).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    assert [round(margin.mm, 1) for margin in margins] == [30, 15, 20, 20]


def test_letters_are_times_new_roman_in_vietnamese() -> None:
    normal = opened(examples.taking_back()).styles["Normal"]
    fonts = normal.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{slot}")) for slot in ("ascii", "hAnsi", "cs", "eastAsia")} == {"Times New Roman"}
    assert normal.font.size == Pt(14)
    assert normal.element.rPr.find(qn("w:lang")).get(qn("w:val")) == "vi-VN"


def test_nothing_of_the_blank_file_shows_through() -> None:
    """A blue heading of the blank file comes back through themes and linked styles in readers other than Word."""
    styles = opened(examples.taking_back()).styles
    for name in ("Title", "Heading 1", "Heading 2"):
        style = styles[name]
        assert style.font.size == Pt(14)
        assert str(style.font.color.rgb) == "000000"
        assert style.element.find(qn("w:link")) is None
    defaults = styles.element.find(f".//{qn('w:rPrDefault')}")
    assert defaults.find(f".//{qn('w:sz')}").get(qn("w:val")) == "28"


def test_the_head_has_the_sizes_of_the_decree() -> None:
    found = paragraphs(examples.one_appraisal())
    country, motto = found["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], found["Độc lập - Tự do - Hạnh phúc"]
    assert (size(country), bold(country)) == (12.5, True)
    assert (size(motto), bold(motto)) == (14, True)
    above, own = found["ỦY BAN NHÂN DÂN\nTỈNH TUYÊN QUANG"], found["SỞ KHOA HỌC VÀ CÔNG NGHỆ"]
    assert (size(above), bold(above)) == (12, False)
    assert (size(own), bold(own)) == (12, True)


def test_a_body_paragraph_is_justified_with_its_first_line_in() -> None:
    style = paragraphs(examples.taking_back())["Điều 3. Quyết định này có hiệu lực kể từ ngày ký."].style
    how = style.paragraph_format
    assert how.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert how.first_line_indent == pytest.approx(Mm(12.7), abs=700)  # Word counts in twentieths of a point
    assert how.space_before.pt >= 6
    assert 1.0 <= how.line_spacing <= 1.5


def test_articles_open_in_bold_and_grounds_stand_in_italics() -> None:
    found = paragraphs(examples.taking_back())
    article = found["Điều 3. Quyết định này có hiệu lực kể từ ngày ký."]
    assert [run.bold for run in article.runs] == [True, None]
    grounds = [p for text, p in found.items() if text.startswith(("Căn cứ", "Theo đề nghị"))]
    assert [p.text[-1] for p in grounds] == [";", ";", "."]
    assert all(p.style.font.italic for p in grounds)


def test_a_number_and_a_day_not_given_leave_room_for_the_pen() -> None:
    found = paragraphs(examples.one_appraisal())
    assert "Số: \u00a0\u00a0\u00a0\u00a0\u00a0\u00a0/BC-SKHCN" in found
    gap = "\u00a0" * 6
    assert f"Tuyên Quang, ngày{gap}tháng{gap}năm 2026" in found
    assert "Tuyên Quang, ngày 05 tháng 01 năm 2026" in paragraphs(examples.taking_back())


def test_the_page_number_stands_above_from_the_second_page() -> None:
    section = opened(examples.one_appraisal()).sections[0]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml
    assert section.header.paragraphs[0].style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_each_annex_counts_its_pages_and_may_lie_across() -> None:
    first, annex = opened(examples.decision()).sections
    assert (first.orientation, annex.orientation) == (WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE)
    assert (round(annex.page_width.mm), round(annex.page_height.mm)) == (297, 210)
    assert annex._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    assert "(Kèm theo Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Tuyên Quang)" in (
        paragraphs(examples.decision())
    )


def test_a_table_repeats_its_head_and_keeps_its_rows_whole() -> None:
    table = opened(examples.decision(300)).tables[-1]
    assert len(table._tbl.tr_lst) == 301
    head, first = table._tbl.tr_lst[:2]
    assert head.trPr.find(qn("w:tblHeader")) is not None
    assert first.trPr.find(qn("w:cantSplit")) is not None
    assert first.trPr.find(qn("w:tblHeader")) is None
    score = first.tc_lst[4].p_lst[0]
    assert score.pPr.jc.val == WD_ALIGN_PARAGRAPH.RIGHT


def test_an_empty_table_says_so() -> None:
    table = Table((Column("STT", 1), Column("Tên", 3)), (), empty="Chưa có đơn vị nào.")
    paper = replace(examples.taking_back(), blocks=(table,))
    found = opened(paper).tables[1]
    assert [cell.text for cell in found.rows[1].cells] == ["Chưa có đơn vị nào."] * 2


def test_a_draft_and_made_up_figures_are_told_on_every_page() -> None:
    stamp = replace(examples.STAMP, is_draft=True, is_simulated=True)
    doc = opened(examples.decision(stamp=stamp))
    for section in doc.sections:
        for foot in (section.footer, section.first_page_footer):
            assert foot.paragraphs[0].text == "DỰ THẢO - SỐ LIỆU MÔ PHỎNG, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
    assert "DỰ THẢO" in paragraphs(examples.decision(stamp=stamp))
    assert opened(examples.decision()).sections[0].footer.paragraphs[0].text == ""


def test_a_drawing_has_words_for_those_who_do_not_see_it() -> None:
    drawing = bars([Bar("Mức 1", 3), Bar("Mức 2", None)], alt="Mức 1: 3 đơn vị; Mức 2: chưa có số liệu.")
    doc = opened(replace(examples.taking_back(), blocks=(drawing, drawing)))
    described = list(doc.element.iter(qn("wp:docPr")))
    assert [(d.get("id"), d.get("descr")) for d in described] == [("1", drawing.alt), ("2", drawing.alt)]


def test_the_properties_name_the_paper() -> None:
    known = opened(examples.taking_back()).core_properties
    assert known.title.startswith("Quyết định số 12/QĐ-UBND Thu hồi kết quả công nhận")
    assert (known.author, known.language) == ("Ủy ban nhân dân tỉnh Tuyên Quang", "vi-VN")
    assert known.created.date() == examples.WRITTEN


@pytest.mark.parametrize("kind", examples.every_kind())
def test_every_kind_is_written_the_same_twice(kind: str) -> None:
    first, second = (word.write(examples.every_kind()[kind]) for _ in range(2))
    assert first == second
    assert len(first) < 1_000_000
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_elements_stand_in_the_order_that_word_demands() -> None:
    """Word refuses a file whose properties are out of order; the schema's order for those that we add by hand."""
    doc = opened(examples.decision())
    order = ["pBdr", "spacing", "ind", "jc"]
    for properties in doc.element.iter(qn("w:pPr")):
        names = [child.tag.split("}")[1] for child in properties if child.tag.split("}")[1] in order]
        assert names == sorted(names, key=order.index)
    order = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
    for table in doc.tables:
        names = [child.tag.split("}")[1] for child in table._tbl.tblPr]
        assert names == sorted(names, key=order.index)
    order = [
        "headerReference",
        "footerReference",
        "type",
        "pgSz",
        "pgMar",
        "pgBorders",
        "pgNumType",
        "cols",
        "titlePg",
        "docGrid",
    ]
    for section in (*doc.sections, *opened(examples.on_the_wall()).sections):
        names = [child.tag.split("}")[1] for child in section._sectPr if "Reference" not in child.tag]
        assert names == sorted(names, key=order.index)


@pytest.mark.parametrize("name", ["Xã #let $x$ *b* _i_ \\n", "<b>Xã</b> & “Hồ” 'Thầu'", "Xã " + "dài " * 80, "X" * 300])
def test_a_strange_name_stays_itself(name: str) -> None:
    paper = replace(examples.taking_back(), blocks=(Paragraph(name),), abstract=name)
    assert name.strip() in paragraphs(paper)


def test_marks_come_composed_and_nothing_hidden_gets_in() -> None:
    paper = replace(examples.taking_back(), blocks=(Paragraph("Ho\u0302\u0300 Tha\u0302\u0300u\u202e\x00\x07"),))
    assert "Hồ Thầu" in paragraphs(paper)


def test_a_paper_of_nothing_but_its_head_is_written() -> None:
    paper = Paper("Báo cáo", examples.COMMITTEE, examples.STAMP, "", ())
    assert "BÁO CÁO" in paragraphs(paper)
