"""The PDF, read back: text, fonts inside, tags, days, pages, the same bytes in another process."""

import hashlib
import io
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pypdf
import pytest
import typst

from langso.papers import pdf
from langso.papers.bars import Bar, bars
from langso.papers.paper import Bullet, Column, Drawing, Heading, Paper, Paragraph, Table
from tests.papers import examples


def read(paper: Any) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.write(paper)))


def words(paper: Any) -> str:
    """All text, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in read(paper).pages).replace("\u00a0", " ").split())


def fonts(reader: pypdf.PdfReader) -> dict[str, Any]:
    found = {}
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(inner["/BaseFont"])] = inner["/FontDescriptor"].get_object()
    return found


def test_a_page_is_a4_and_an_annex_may_lie_across() -> None:
    sizes = [(round(page.mediabox.width), round(page.mediabox.height)) for page in read(examples.decision()).pages]
    assert sizes == [(595, 842), (842, 595), (842, 595)]


def test_every_font_is_tinos_and_inside_the_file() -> None:
    found = fonts(read(examples.decision()))
    assert {name.split("+")[1] for name in found} == {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}
    assert all("/FontFile2" in description or "/FontFile3" in description for description in found.values())


def test_the_file_is_an_archive_file_with_tags_and_a_language() -> None:
    root: Any = read(examples.taking_back()).trailer["/Root"]
    about = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert root["/Lang"] == "vi-VN"
    assert root["/MarkInfo"]["/Marked"]


def test_the_properties_name_the_paper_and_its_day() -> None:
    known = read(examples.taking_back()).metadata
    assert known is not None
    assert known.title is not None
    assert known.title.startswith("Quyết định số 12/QĐ-UBND Thu hồi")
    assert known.author == "Ủy ban nhân dân tỉnh Tuyên Quang"
    assert known.creation_date is not None
    assert known.creation_date.date() == examples.WRITTEN


def test_the_words_can_be_read_out_again() -> None:
    said = words(examples.taking_back())
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 12/QĐ-UBND",
        "Tuyên Quang, ngày 05 tháng 01 năm 2026",
        "Điều 3. Quyết định này có hiệu lực kể từ ngày ký.",
        "Nơi nhận:",
        "Nguyễn Văn An",
    ):
        assert part in said


def test_pages_are_numbered_from_the_second_and_again_in_each_annex() -> None:
    paper = examples.decision(60)
    pages = read(replace(paper, annexes=paper.annexes * 2)).pages
    first_lines = [page.extract_text().split("\n")[0] for page in pages]
    assert first_lines == ["ỦY BAN NHÂN DÂN", "Phụ lục I", "2", "3", "Phụ lục II", "2", "3"]


def test_a_long_list_repeats_its_head_on_every_page() -> None:
    paper = examples.decision(300)
    data = pdf.write(paper)
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    assert len(pages) > 10
    assert all("Xã, phường, đặc khu" in page.extract_text() for page in pages[1:])
    assert "300 " in pages[-1].extract_text()
    assert len(data) < 1_000_000


@pytest.mark.parametrize("kind", examples.every_kind())
def test_every_kind_is_written_the_same_twice(kind: str) -> None:
    first, second = (pdf.write(examples.every_kind()[kind]) for _ in range(2))
    assert first == second
    assert len(first) < 1_000_000


def test_another_process_writes_the_same_bytes() -> None:
    ask = (
        "import hashlib\nfrom langso.papers import pdf, word\nfrom tests.papers.examples import every_kind\n"
        "for name, paper in every_kind().items():\n"
        "    print(name, *(hashlib.sha256(w.write(paper)).hexdigest() for w in (pdf, word)))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert hashlib.sha256(pdf.write(examples.decision())).hexdigest() in runs[0]


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") $x$ *b* _i_ @a <b> `r` \\ // ~ = - + /',
        "\"]; #sys.inputs } { ( ) [ ] “Hồ” 'Thầu'",
        "&amp; %20 ${x} {{ page }}",
    ],
)
def test_a_strange_name_stays_itself(name: str) -> None:
    table = Table((Column(name, 1),), ((name,),), caption=name)
    paper = replace(examples.taking_back(), blocks=(Paragraph(name), Heading("I", "đầu"), Bullet(name), table))
    assert words(paper).count(name) == 5  # the caption, the head, the cell, the paragraph, the bullet


def test_marks_come_composed_and_nothing_hidden_gets_in() -> None:
    paper = replace(
        examples.taking_back(), blocks=(Paragraph("Ho\u0302\u0300 Tha\u0302\u0300u\u202e\x00\x07 Ặ ẫ ữ Đ ỵ"),)
    )
    assert "Hồ Thầu Ặ ẫ ữ Đ ỵ" in words(paper)


def test_a_letter_that_the_font_lacks_is_an_empty_box() -> None:
    assert "Hồ □ Thầu □" in words(replace(examples.taking_back(), blocks=(Paragraph("Hồ 😀 Thầu 越"),)))


def test_a_word_longer_than_the_line_is_broken_not_cut() -> None:
    long = "https://langso.vn/" + "rat-dai/" * 40
    narrow = Table((Column("A", 1), Column("B", 5)), ((long, "1"),))
    said = (
        words(replace(examples.taking_back(), blocks=(Paragraph(long), narrow))).replace(" ", "").replace("\u200b", "")
    )
    assert said.count(long) == 2


@pytest.mark.parametrize("levels", [(2,), (1, 2, 1), (2, 2, 1)])
def test_headings_in_any_order_still_make_a_tagged_file(levels: tuple[Any, ...]) -> None:
    blocks = tuple(Heading(str(i), "Phần", level) for i, level in enumerate(levels))
    assert words(replace(examples.taking_back(), blocks=blocks)).lower().count("phần") == len(levels)


def test_a_paper_of_nothing_but_its_head_is_written() -> None:
    assert "BÁO CÁO" in words(Paper("Báo cáo", examples.COMMITTEE, examples.STAMP, "", ()))


def test_a_certificate_stays_on_one_page_whatever_the_names() -> None:
    wall = examples.on_the_wall()
    name = "Xã Nguyễn Nghiêm Trường Thành Phú Thượng Đông Bắc Trung Sơn"
    lines = ("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch")
    long = replace(wall, holder=name, decision=f"{wall.decision} và {wall.decision}")
    long = replace(long, signature=replace(wall.signature, lines=lines))
    assert len(read(wall).pages) == 1
    assert len(read(long).pages) == 1


def test_a_draft_and_made_up_figures_are_told_on_every_page() -> None:
    stamp = replace(examples.STAMP, is_draft=True, is_simulated=True)
    for paper in (examples.decision(stamp=stamp), examples.on_the_wall(stamp)):
        for page in read(paper).pages:
            said = page.extract_text()
            assert "DỰ THẢO - SỐ LIỆU MÔ PHỎNG, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in said.replace("\u00a0", " ")
    assert "MÔ PHỎNG" not in words(examples.decision())
    assert "DỰ THẢO" not in words(examples.decision())


def test_a_drawing_stays_lines_and_carries_its_words() -> None:
    drawing = bars([Bar("Mức 1 & 2", 3), Bar("Mức 3", None)], alt="Mức 1 và 2: 3 đơn vị.", caption="Hình 1")
    data = pdf.write(replace(examples.taking_back(), blocks=(drawing,)))
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert not any(page.images for page in reader.pages)
    said = " ".join(page.extract_text() for page in reader.pages)
    assert "Mức 1 & 2" in said
    assert "Chưa có số liệu" in said
    alts = [str(o.get_object().get("/Alt", "")) for o in tagged(reader)]
    assert drawing.alt in alts


def test_a_drawing_cannot_fetch_anything() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
        '<image href="/etc/hostname" width="9" height="9"/><rect width="5" height="5"/></svg>'
    )
    with pytest.raises(typst.TypstError, match="not allowed"):
        pdf.write(replace(examples.taking_back(), blocks=(Drawing(svg, alt="ô"),)))
    with pytest.raises(typst.TypstError, match="failed to load"):
        pdf.picture_of(svg.replace("/etc/hostname", "http://127.0.0.1:9/a.png"), width_mm=50)


def test_the_room_for_a_signature_is_above_the_name() -> None:
    (room,) = pdf.rooms(examples.taking_back())
    left, bottom, right, top = room.box
    assert room.page == 0
    assert 595 * 0.45 < left < right < 595
    assert top - bottom == pytest.approx(68, abs=2)
    assert len(pdf.rooms(examples.meeting())) == 2


def test_pictures_of_the_pages_are_png() -> None:
    made = pdf.pictures(examples.decision(), ppi=30)
    assert len(made) == 3
    assert all(page.startswith(b"\x89PNG") for page in made)


def tagged(reader: pypdf.PdfReader) -> list[Any]:
    """Every element of the tag tree."""
    found, rest = [], [reader.trailer["/Root"]["/StructTreeRoot"]]  # type: ignore[index]
    while rest:
        one = rest.pop().get_object()
        if isinstance(one, pypdf.generic.DictionaryObject):
            found.append(one)
            kids = one.get("/K", [])
            rest += kids if isinstance(kids, list) else [kids]
    return found
