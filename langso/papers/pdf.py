"""A paper as PDF/A-2a and PDF/UA-1: fonts inside, tagged, the same bytes for the same paper.

Words travel to the typesetter as JSON, never as markup: a name with `#`, `$` or `*` stays a name.
"""

import json
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from langso.papers.layout import Lines, abstract_lines, head_names, title_lines
from langso.papers.lettering import FONTS, cleaned, drawable, drawable_svg
from langso.papers.paper import Certificate, Heading, Paper, cited, dated, ended, written_number
from langso.papers.roman import roman

STANDARDS: list[Any] = ["a-2a", "ua-1"]
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Room:
    """Where a hand-written signature would stand: the page, counted from 0, and a box in points from the lower left."""

    page: int
    box: tuple[int, int, int, int]


def write(paper: Paper | Certificate) -> bytes:
    made: bytes = _compiled(paper, format="pdf", pdf_standards=STANDARDS)
    return made


def pictures(paper: Paper | Certificate, *, ppi: float = 96) -> list[bytes]:
    """The pages as PNG, to be looked at before signing."""
    made = _compiled(paper, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def rooms(paper: Paper | Certificate) -> list[Room]:
    """The rooms left for signatures, in reading order: for the visible line of a digital signature."""
    found = json.loads(_compiler(_template(paper), _data(paper)).query("<room>", field="value"))
    return [Room(page=int(at["page"]) - 1, box=tuple(at["box"])) for at in found]


def picture_of(svg: str, *, width_mm: float, ppi: float = 200) -> bytes:
    """A drawing as PNG, for the Word file."""
    source = (
        b'#set page(width: eval(sys.inputs.width) * 1mm, height: auto, margin: 0pt)\n#set text(font: "Tinos")\n'
        b'#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    )
    made = _compiler(source, {"svg": drawable_svg(svg), "width": f"{width_mm:g}"}).compile(format="png", ppi=ppi)
    assert isinstance(made, bytes)
    return made


def signature_line(lines: tuple[str, ...], *, width: int, height: int) -> bytes:
    """The visible words of a digital signature as one small page, in points."""
    source = (
        b"#set page(width: eval(sys.inputs.width) * 1pt, height: eval(sys.inputs.height) * 1pt, margin: 3pt)\n"
        b'#set text(font: "Tinos", lang: "vi", size: 10pt, fill: rgb("#a01818"))\n#set par(leading: 0.45em)\n'
        b"#let lines = json(bytes(sys.inputs.lines))\n"
        b'#align(center + horizon, rect(inset: 4pt, stroke: 0.5pt + rgb("#a01818"), '
        b"align(left, lines.join(linebreak()))))"
    )
    data = {"lines": json.dumps([drawable(line) for line in lines]), "width": str(width), "height": str(height)}
    made = _compiler(source, data).compile(format="pdf", timestamp=0, pdf_tags=False)
    assert isinstance(made, bytes)
    return made


def _compiled(paper: Paper | Certificate, **how: Any) -> Any:
    return _compiler(_template(paper), _data(paper)).compile(**how)


def _compiler(source: bytes, data: dict[str, str]) -> typst.Compiler:
    return typst.Compiler(input=source, root=_HERE, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=data)


def _template(paper: Paper | Certificate) -> bytes:
    return (_HERE / ("paper.typ" if isinstance(paper, Paper) else "certificate.typ")).read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _data(paper: Paper | Certificate) -> dict[str, str]:
    clean = cleaned(paper)
    data = _plain(clean)
    if isinstance(clean, Paper):
        _place_headings(data["blocks"])
        for number, annex in enumerate(data["annexes"], start=1):
            annex["lines"] = _lines(title_lines(clean.annexes[number - 1].title, landscape=annex["landscape"]))
            annex["name"] = "Phụ lục" if len(data["annexes"]) == 1 else f"Phụ lục {roman(number)}"
            _place_headings(annex["blocks"], start=2)
        data |= {
            "cited": cited(clean),
            "head": [_lines(part) for part in head_names(clean.office)],
            "abstract_lines": _lines(abstract_lines(clean.abstract)),
            "grounds": ended(tuple(data["grounds"])),
            "recipients": ended(tuple(data["recipients"])),
            "addressed_to": data["addressed_to"] if len(clean.addressed_to) < 2 else ended(tuple(data["addressed_to"])),
        }
    data |= {
        "title": drawable(clean.title),
        "numbered": f"Số: {written_number(clean.stamp)}",
        "placed": f"{clean.office.place}, {dated(clean.stamp)}",
        "written": [clean.stamp.written_on.year, clean.stamp.written_on.month, clean.stamp.written_on.day],
    }
    return {"paper": json.dumps(data, ensure_ascii=False)}


def _lines(words: Lines) -> dict[str, Any]:
    return {"lines": [drawable(line) for line in words.lines], "size": words.size, "rule": words.rule}


def _plain(thing: Any) -> Any:
    if isinstance(thing, str):
        return drawable(thing)
    if isinstance(thing, tuple):
        return [_plain(part) for part in thing]
    if is_dataclass(thing):
        data = {
            f.name: _plain(getattr(thing, f.name))
            for f in fields(thing)
            if f.name not in ("svg", "written_on", "issued_on")
        }
        if hasattr(thing, "svg"):
            data["svg"] = drawable_svg(thing.svg)
        return data | {"is": type(thing).__name__}
    return thing


def _place_headings(blocks: list[dict[str, Any]], *, start: int = 1) -> None:
    """Depths for the outline of the file: a reader with a screen reader meets no gap, even where an author left one."""
    depth = start
    for block in blocks:
        if block["is"] == Heading.__name__:
            depth = block["depth"] = min(start + block["level"], depth + 1)
