"""Pieces of a Word file that python-docx has no verb for: fields, ruled lines, repeated headers, alternative text."""

from typing import Any

from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from langso.papers.lettering import WORD_FAMILY

BODY, LEAST = 14, 1
_FONT_SLOTS = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")

# Style of the house, name in Word, size, bold, italic, alignment, first line, space before and after (points).
STYLES = (
    ("Papers Head", 13, True, False, "center", 0, 0, 0),
    ("Papers Number", 13, False, False, "center", 0, 4, 0),
    ("Papers Place", 14, False, True, "center", 0, 4, 0),
    ("Papers Abstract", 14, True, False, "center", 0, 0, 0),
    ("Papers Centred", 14, False, False, "center", 0, 6, 0),
    ("Papers Ground", 14, False, True, "justify", 12.7, 6, 0),
    ("Papers Article", 14, False, False, "justify", 12.7, 6, 0),
    ("Papers Bullet", 14, False, False, "justify", 12.7, 6, 0),
    ("Papers Cell", 12, False, False, "left", 0, 2, 2),
    ("Papers Caption", 13, True, False, "center", 0, 8, 4),
    ("Papers Drawing", 12, False, True, "center", 0, 6, 6),
    ("Papers Recipient", 11, False, False, "left", 0, 0, 0),
    ("Papers Signer", 14, True, False, "center", 0, 0, 0),
    ("Papers Line", LEAST, False, False, "center", 0, 0, 0),
)
_ALIGN = {
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def set_styles(doc: Doc) -> None:
    """The styles of the decree, so that an office changes a paper by its styles, not word by word."""
    _defaults(doc)
    normal = doc.styles["Normal"]
    _letter(normal, BODY)
    _language(normal)
    _space(normal, "justify", first=12.7, before=6, after=0)
    for known, level in (("Title", 0), ("Heading 1", 1), ("Heading 2", 2)):
        style = doc.styles[known]
        _letter(style, BODY, bold=True)
        _space(style, "justify" if level else "center", first=12.7 if level else 0, before=10 if level else 14, after=0)
        for name in ("w:pBdr", "w:contextualSpacing", "w:link"):  # what the blank file brings of another house's look
            for found in style.element.findall(f".//{qn(name)}"):
                found.getparent().remove(found)
    for name, size, bold, italic, align, first, before, after in STYLES:
        style = doc.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _letter(style, size, bold=bold, italic=italic)
        _space(style, align, first=first, before=before, after=after, single=size < BODY)


def align_of(name: str) -> WD_ALIGN_PARAGRAPH:
    return _ALIGN[name]


def page_field(paragraph: Paragraph) -> None:
    """The number of the page, counted by Word."""
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("said", "2"), ("end", "")):
        run = paragraph.add_run()
        if kind == "said":
            run.text = text
        elif kind:
            run._r.append(_made("w:fldChar", {"w:fldCharType": kind}))
        else:
            code = _made("w:instrText", {"xml:space": "preserve"})
            code.text = f" {text} "
            run._r.append(code)


def ruled_line(paragraph: Paragraph, *, length_pt: float, room_pt: float) -> None:
    """A line of this length in the middle of the room: the upper border of a paragraph that holds nothing."""
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(3)
    paragraph.paragraph_format.space_before = Pt(2)
    side = max(0.0, (room_pt - length_pt) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(side)
    borders = _made("w:pBdr")
    borders.append(_made("w:top", {"w:val": "single", "w:sz": "6", "w:space": "1", "w:color": "000000"}))
    _property(paragraph, borders)


def boxed(paragraph: Paragraph, *, side_mm: float) -> None:
    """A frame around the words of a paragraph."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(side_mm)
    borders = _made("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        borders.append(_made(f"w:{side}", {"w:val": "single", "w:sz": "6", "w:space": "1", "w:color": "000000"}))
    _property(paragraph, borders)


def bare_table(holder: Any, widths: list[float]) -> Table:
    """A table without lines, for things that stand side by side; widths in millimetres."""
    table: Table = holder.add_table(rows=1, cols=len(widths))
    _fix(table, widths, lines=False, inset=0)
    return table


def lined_table(holder: Any, widths: list[float], rows: int) -> Table:
    table: Table = holder.add_table(rows=rows, cols=len(widths))
    _fix(table, widths, lines=True, inset=80)
    return table


def repeat_on_each_page(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(_made("w:tblHeader", {"w:val": "true"}))


def keep_whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(_made("w:cantSplit", {"w:val": "true"}))


def first_paragraph(cell: _Cell, style: str) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.style = style
    return paragraph


def describe_picture(run: Any, *, number: int, alt: str) -> None:
    """The words that a screen reader says, and a name that does not depend on what was made before."""
    for properties in run._r.iter(qn("wp:docPr")):
        properties.set("id", str(number))
        properties.set("name", f"Hình {number}")
        properties.set("descr", alt)


def frame_pages(section: Any) -> None:
    """A double frame on the page of a certificate."""
    borders = _made("w:pgBorders", {"w:offsetFrom": "page"})
    for side in ("top", "left", "bottom", "right"):
        borders.append(
            _made(f"w:{side}", {"w:val": "thickThinSmallGap", "w:sz": "24", "w:space": "24", "w:color": "6B4E0F"})
        )
    section._sectPr.find(qn("w:pgMar")).addnext(borders)


def count_pages_from_one(section: Any) -> None:
    kind = section._sectPr.find(qn("w:pgNumType"))
    if kind is None:
        kind = _made("w:pgNumType")
        after = section._sectPr.find(qn("w:pgBorders"))
        (section._sectPr.find(qn("w:pgMar")) if after is None else after).addnext(kind)
    kind.set(qn("w:start"), "1")


def _fix(table: Table, widths: list[float], *, lines: bool, inset: int) -> None:
    table.autofit = False
    properties: Any = table._tbl.tblPr
    borders = _made("w:tblBorders")
    for side in _BORDERS:
        look = {"w:val": "single", "w:sz": "4", "w:space": "0", "w:color": "000000"} if lines else {"w:val": "nil"}
        borders.append(_made(f"w:{side}", look))
    margins = _made("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_made(f"w:{side}", {"w:w": str(inset), "w:type": "dxa"}))
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.addnext(margins)
    width = properties.find(qn("w:tblW"))
    width.set(qn("w:type"), "dxa")
    width.set(qn("w:w"), str(round(sum(widths) * 56.7)))
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = Mm(wide)
    for row in table._tbl.tr_lst:
        for cell, wide in zip(row.tc_lst, widths, strict=True):
            cell.width = Mm(wide)


def _defaults(doc: Doc) -> None:
    """What a reader takes that does not follow styles to their base."""
    looks: Any = doc.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for child in list(looks):
        looks.remove(child)
    looks.append(_made("w:rFonts", dict.fromkeys(_FONT_SLOTS, WORD_FAMILY)))
    looks.append(_made("w:sz", {"w:val": str(2 * BODY)}))
    looks.append(_made("w:szCs", {"w:val": str(2 * BODY)}))
    looks.append(_made("w:lang", {"w:val": "vi-VN", "w:eastAsia": "vi-VN", "w:bidi": "ar-SA"}))


def _letter(style: Any, size: float, *, bold: bool = False, italic: bool = False) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = WORD_FAMILY, Pt(size), bold, italic
    font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    for slot in _FONT_SLOTS:
        fonts.set(qn(slot), WORD_FAMILY)
    for spacing in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spacing)


def _language(style: Any) -> None:
    style.element.get_or_add_rPr().append(_made("w:lang", {"w:val": "vi-VN", "w:eastAsia": "vi-VN"}))


def _space(style: Any, align: str, *, first: float, before: float, after: float, single: bool = False) -> None:
    how = style.paragraph_format
    how.alignment = _ALIGN[align]
    how.first_line_indent = Mm(first)
    how.space_before, how.space_after = Pt(before), Pt(after)
    how.line_spacing = 1.0 if single else 1.1


def _property(paragraph: Paragraph, element: Any) -> None:
    """Put a border where the schema wants it: after keep and frame properties, before spacing and indents."""
    properties = paragraph._p.get_or_add_pPr()
    later = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")
    for child in properties:
        if child.tag in {qn(name) for name in later}:
            child.addprevious(element)
            return
    properties.append(element)


def _made(tag: str, attributes: dict[str, str] | None = None) -> Any:
    element = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        element.set(qn(name) if name != "xml:space" else "{http://www.w3.org/XML/1998/namespace}space", value)
    return element
