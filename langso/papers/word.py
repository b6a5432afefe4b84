"""A paper as Word: real styles and tables that an office goes on editing; the same bytes for the same paper."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_BREAK
from docx.shared import Mm, Pt, RGBColor

from langso.papers import paper as on
from langso.papers import word_parts as parts
from langso.papers.layout import (
    BOTTOM,
    HEAD_SHARES,
    LEFT,
    LONG,
    MOTTO,
    PT,
    RIGHT,
    SHORT,
    TOP,
    Lines,
    abstract_lines,
    head_names,
    title_lines,
    width_mm,
)
from langso.papers.lettering import cleaned, width_pt
from langso.papers.pdf import picture_of
from langso.papers.roman import roman

_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def write(paper: on.Paper | on.Certificate) -> bytes:
    clean = cleaned(paper)
    return _Certificate(clean).written() if isinstance(clean, on.Certificate) else _Word(clean).written()


def marks(stamp: on.Stamp) -> str:
    """What every page says when the paper is a draft or its figures are made up."""
    said = ["DỰ THẢO"] if stamp.is_draft else []
    said += ["SỐ LIỆU MÔ PHỎNG, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"] if stamp.is_simulated else []
    return " - ".join(said)


class _Sheet:
    """What every paper shares: styles, page, properties, and the bytes at the end."""

    def __init__(self, paper: on.Paper | on.Certificate) -> None:
        self.doc = docx.Document()
        self.width = width_mm(landscape=False)
        self.pictures = count(1)
        parts.set_styles(self.doc)
        self._properties(paper)

    def line(self, text: str, style: str, *, holder: Any = None, **look: Any) -> Any:
        paragraph = (holder or self.doc).add_paragraph(style=style)
        if text:
            run = paragraph.add_run(text)
            for name, value in look.items():
                setattr(run.font, name, value)
        return paragraph

    def broken(self, words: Lines, paragraph: Any, *, bold: bool | None = None) -> None:
        """Words broken into lines, of their size."""
        for i, line in enumerate(words.lines):
            run = paragraph.add_run(line)
            run.font.size, run.bold = Pt(words.size), bold
            if i < len(words.lines) - 1:
                run.add_break()

    def page(self, section: Any, *, landscape: bool) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(LONG), Mm(SHORT)) if landscape else (Mm(SHORT), Mm(LONG))
        section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
        section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
        section.header_distance = section.footer_distance = Mm(10)
        self.width = width_mm(landscape=landscape)

    def margins_say(self, section: Any, stamp: on.Stamp) -> None:
        """The page number above from the second page on; what the paper is not, below on every page."""
        section.different_first_page_header_footer = True
        for part in (section.header, section.first_page_header, section.footer, section.first_page_footer):
            part.is_linked_to_previous = False
        number = section.header.paragraphs[0]
        number.style = "Papers Number"
        parts.page_field(number)
        for foot in (section.footer, section.first_page_footer):
            foot.paragraphs[0].style = "Papers Number"
            run = foot.paragraphs[0].add_run(marks(stamp))
            run.font.size, run.font.bold = Pt(11), True

    def drawing(self, drawing: on.Drawing, paragraph: Any) -> None:
        png = picture_of(drawing.svg, width_mm=drawing.width_mm)
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(png), width=Mm(min(drawing.width_mm, self.width)))
        parts.describe_picture(run, number=next(self.pictures), alt=drawing.alt)

    def signed(self, cell: Any, who: on.Signature, *, before: Iterable[str] = ()) -> None:
        lines = [(line.upper(), True, False) for line in who.lines]
        lines = [*((line, False, True) for line in before), *lines, *([(who.note, False, True)] if who.note else [])]
        for i, (text, bold, italic) in enumerate(lines):
            paragraph = (
                parts.first_paragraph(cell, "Papers Signer") if i == 0 else cell.add_paragraph(style="Papers Signer")
            )
            run = paragraph.add_run(text)
            run.bold, run.italic = bold, italic
        room = cell.add_paragraph(style="Papers Signer") if lines else parts.first_paragraph(cell, "Papers Signer")
        room.paragraph_format.space_before = Pt(20 * PT)
        self.line(who.name, "Papers Signer", holder=cell)

    def written(self) -> bytes:
        made = io.BytesIO()
        self.doc.save(made)
        fixed = io.BytesIO()
        with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
            for item in sorted(
                source.infolist(), key=lambda item: (item.filename != "[Content_Types].xml", item.filename)
            ):
                entry = zipfile.ZipInfo(item.filename, date_time=_ZIP_DAY)
                entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
                target.writestr(entry, source.read(item.filename))
        return fixed.getvalue()

    def _properties(self, paper: on.Paper | on.Certificate) -> None:
        day = paper.stamp.written_on
        known = self.doc.core_properties
        known.title, known.author, known.last_modified_by = (
            paper.title[:255],
            paper.office.name[:255],
            paper.office.name[:255],
        )
        known.language, known.subject, known.keywords, known.comments = "vi-VN", "", marks(paper.stamp), ""
        known.created = known.modified = datetime(day.year, day.month, day.day, tzinfo=UTC)
        known.revision = 1


class _Word(_Sheet):
    def __init__(self, paper: on.Paper) -> None:
        super().__init__(paper)
        self.paper = paper
        self.page(self.doc.sections[0], landscape=False)
        self.margins_say(self.doc.sections[0], paper.stamp)
        self._head()
        self._opening()
        self._blocks(paper.blocks, closing=paper.signature is not None)
        self._foot()
        for number, annex in enumerate(paper.annexes, start=1):
            self._annex(annex, "Phụ lục" if len(paper.annexes) == 1 else f"Phụ lục {roman(number)}")

    def _head(self) -> None:
        office, stamp = self.paper.office, self.paper.stamp
        left, right = (self.width * share for share in HEAD_SHARES)
        table = parts.bare_table(self.doc, [left, right])
        ours, state = table.rows[0].cells
        above, own = head_names(office)
        first = parts.first_paragraph(ours, "Papers Head")
        if office.above:
            self.broken(above, first, bold=False)
            first = self.line("", "Papers Head", holder=ours)
        self.broken(own, first)
        parts.ruled_line(self.line("", "Papers Line", holder=ours), length_pt=own.rule, room_pt=left * PT)
        self.line(f"Số: {on.written_number(stamp)}", "Papers Number", holder=ours)
        if stamp.is_draft:
            draft = self.line("DỰ THẢO", "Papers Head", holder=ours)
            draft.paragraph_format.space_before = Pt(6)
            parts.boxed(draft, side_mm=20)
        country = parts.first_paragraph(state, "Papers Head").add_run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        country.font.size = Pt(12.5)  # 13 points would touch both edges of the column on some printers
        self.line(MOTTO, "Papers Head", holder=state, size=Pt(14))
        parts.ruled_line(self.line("", "Papers Line", holder=state), length_pt=width_pt(MOTTO, 14), room_pt=right * PT)
        self.line(f"{office.place}, {on.dated(stamp)}", "Papers Place", holder=state)

    def _opening(self) -> None:
        paper = self.paper
        if paper.kind:
            self.line(paper.kind.upper(), "Title")
        if paper.abstract:
            words = abstract_lines(paper.abstract)
            self.broken(words, self.line("", "Papers Abstract"))
            parts.ruled_line(self.line("", "Papers Line"), length_pt=words.rule, room_pt=self.width * PT)
        if len(paper.addressed_to) == 1:
            self.line(f"Kính gửi: {paper.addressed_to[0]}", "Papers Centred")
        elif paper.addressed_to:
            self.line("Kính gửi:", "Papers Centred")
            for one in on.ended(paper.addressed_to):
                self.line(f"- {one}", "Papers Centred")
        if paper.competence:
            self.line(paper.competence.upper(), "Papers Centred", bold=True).paragraph_format.space_before = Pt(12)
        for ground in on.ended(paper.grounds):
            self.line(ground, "Papers Ground")
        if paper.enacting:
            self.line(paper.enacting, "Papers Centred", bold=True).paragraph_format.space_before = Pt(12)

    def _blocks(self, blocks: tuple[on.Block, ...], *, closing: bool) -> None:
        for i, block in enumerate(blocks):
            made = self._block(block)
            before_names = i + 1 < len(blocks) and isinstance(blocks[i + 1], on.Signatures)
            if made is not None and (before_names or (closing and i == len(blocks) - 1)):
                made.paragraph_format.keep_with_next = True

    def _block(self, block: on.Block) -> Any:
        """Write one block; gives the last paragraph, when the block ends in one."""
        match block:
            case on.Paragraph():
                return self._paragraph(block)
            case on.Article():
                last = self.doc.add_paragraph(style="Papers Article")
                last.add_run(f"Điều {block.number}.").bold = True
                last.add_run(f" {block.text}")
                for more in block.further:
                    last = self.line(more, "Papers Article")
                return last
            case on.Heading():
                text = block.text.upper() if block.level == 1 else block.text
                return self.line(f"{block.number}. {text}", f"Heading {block.level}")
            case on.Bullet():
                return self.line(f"- {block.text}", "Papers Bullet")
            case on.Table():
                self._table(block)
            case on.Drawing():
                paragraph = self.doc.add_paragraph(style="Papers Drawing")
                self.drawing(block, paragraph)
                if block.caption:
                    paragraph.paragraph_format.keep_with_next = True
                    self.line(block.caption, "Papers Drawing")
            case on.PageBreak():
                self.doc.add_paragraph(style="Papers Line").add_run().add_break(WD_BREAK.PAGE)
            case on.Signatures():
                table = parts.bare_table(self.doc, [self.width / 2, self.width / 2])
                parts.keep_whole(table.rows[0])
                self.signed(table.rows[0].cells[0], block.left)
                self.signed(table.rows[0].cells[1], block.right)
        return None

    def _paragraph(self, block: on.Paragraph) -> Any:
        paragraph = self.doc.add_paragraph(style="Normal")
        paragraph.alignment = parts.align_of(block.align)
        if block.align != "justify":
            paragraph.paragraph_format.first_line_indent = Mm(0)
        if block.lead:
            paragraph.add_run(f"{block.lead} ").bold = True
        run = paragraph.add_run(block.text)
        run.bold, run.italic = block.bold or None, block.italic or None
        return paragraph

    def _table(self, block: on.Table) -> None:
        if block.caption:
            self.line(block.caption, "Papers Caption").paragraph_format.keep_with_next = True
        whole = sum(column.width for column in block.columns)
        widths = [self.width * column.width / whole for column in block.columns]
        lines = [*block.rows, *([block.foot] if block.foot else [])]
        table = parts.lined_table(self.doc, widths, 1 + len(lines) + (not block.rows))
        # Rows are taken from the XML at once: `table.rows[i]` counts from the top each time.
        rows = list(table.rows)
        for cell, column in zip(rows[0].cells, block.columns, strict=True):
            self._cell(cell, column.name, "center", bold=True)
        parts.repeat_on_each_page(rows[0])
        if not block.rows:
            cells = rows.pop(1).cells
            self._cell(cells[0].merge(cells[-1]), block.empty, "center", italic=True)
        for row, texts in zip(rows[1:], lines, strict=True):
            if sum(map(len, texts)) < 1200:
                parts.keep_whole(row)
            for cell, text, column in zip(row.cells, texts, block.columns, strict=True):
                self._cell(cell, text, column.align, bold=texts is block.foot)
        self.doc.add_paragraph(style="Papers Line")

    def _cell(self, cell: Any, text: str, align: str, *, bold: bool = False, italic: bool = False) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = parts.first_paragraph(cell, "Papers Cell")
        if align != "left":
            paragraph.alignment = parts.align_of(align)
        run = paragraph.add_run(text)
        run.bold, run.italic = bold or None, italic or None

    def _foot(self) -> None:
        if not (self.paper.signature or self.paper.recipients):
            return
        self.doc.add_paragraph(style="Papers Line").paragraph_format.keep_with_next = True
        table = parts.bare_table(self.doc, [self.width * 0.46, self.width * 0.54])
        parts.keep_whole(table.rows[0])
        left, right = table.rows[0].cells
        first = parts.first_paragraph(left, "Papers Recipient")
        if self.paper.recipients:
            run = first.add_run("Nơi nhận:")
            run.bold, run.italic, run.font.size = True, True, Pt(12)
        for one in on.ended(self.paper.recipients):
            self.line(f"- {one}", "Papers Recipient", holder=left)
        if self.paper.signature:
            self.signed(right, self.paper.signature)

    def _annex(self, annex: on.Annex, name: str) -> None:
        section = self.doc.add_section(WD_SECTION.NEW_PAGE)
        self.page(section, landscape=annex.landscape)
        self.margins_say(section, self.paper.stamp)
        parts.count_pages_from_one(section)
        heading = self.line(name, "Heading 1")
        heading.alignment, heading.paragraph_format.first_line_indent = parts.align_of("center"), Mm(0)
        self.broken(title_lines(annex.title, landscape=annex.landscape), self.line("", "Papers Abstract"))
        self.line(on.cited(self.paper), "Papers Centred", italic=True)
        parts.ruled_line(self.line("", "Papers Line"), length_pt=30 * PT, room_pt=self.width * PT)
        self._blocks(annex.blocks, closing=False)


class _Certificate(_Sheet):
    def __init__(self, paper: on.Certificate) -> None:
        super().__init__(paper)
        section = self.doc.sections[0]
        self.page(section, landscape=True)
        section.left_margin = section.right_margin = Mm(24)
        self.width = float(LONG - 48)
        section.top_margin = section.bottom_margin = Mm(18)
        self.margins_say(section, paper.stamp)
        parts.frame_pages(section)
        gold = RGBColor(0x6B, 0x4E, 0x0F)
        self.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Papers Head")
        self.line(MOTTO, "Papers Head", size=Pt(14))
        parts.ruled_line(self.line("", "Papers Line"), length_pt=width_pt(MOTTO, 14), room_pt=self.width * PT)
        self._centred(paper.office.name.upper(), 15, before=24, bold=True)
        title = self.line("GIẤY CÔNG NHẬN", "Title", size=Pt(36))
        title.paragraph_format.space_before = Pt(6)
        title.runs[0].font.color.rgb = gold
        self._centred(paper.holder.upper(), 26, before=16, bold=True)
        self._centred(paper.within, 17)
        self._centred(paper.for_what, 17, before=12)
        self._centred(paper.level, 24, bold=True).runs[0].font.color.rgb = gold
        self._centred(paper.decision, 13, before=12, italic=True)
        self._centred(paper.valid, 13)
        self.line("", "Papers Line").paragraph_format.space_before = Pt(14)
        table = parts.bare_table(self.doc, [32, self.width / 2 - 32, self.width / 2])
        table.rows[0].cells[0].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        table.rows[0].cells[1].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        code, words, names = table.rows[0].cells
        self.drawing(paper.code, parts.first_paragraph(code, "Papers Recipient"))
        parts.first_paragraph(words, "Papers Recipient").add_run(paper.serial)
        self.line("Kiểm tra giấy này tại:", "Papers Recipient", holder=words)
        self.line(paper.address, "Papers Recipient", holder=words)
        self.signed(names, paper.signature, before=(f"{paper.office.place}, {on.dated(paper.stamp)}",))

    def _centred(self, text: str, size: float, *, before: float = 0, **look: Any) -> Any:
        paragraph = self.line(text, "Papers Centred", size=Pt(size), **look)
        paragraph.paragraph_format.space_before = Pt(before)
        return paragraph
