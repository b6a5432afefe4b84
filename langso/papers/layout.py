"""Measures that Word and PDF share, so that a paper breaks its lines at the same words in both."""

from dataclasses import dataclass

from langso.papers.lettering import balanced, width_pt
from langso.papers.paper import Office

LEFT, RIGHT, TOP, BOTTOM = 30, 15, 20, 20  # millimetres; the decree allows 30-35, 15-20, 20-25, 20-25
LONG, SHORT = 297, 210
PT = 72 / 25.4
HEAD_SHARES = (0.41, 0.59)  # the issuing body on the left, the name of the state on the right
BODY = 14
ABSTRACT_ROOM = 141 * PT
MOTTO = "Độc lập - Tự do - Hạnh phúc"
RULE = 0.4  # of the line above it; the decree asks for a third to a half


@dataclass(frozen=True)
class Lines:
    """Words broken into lines, their size, and how long the line under them is, in points."""

    lines: tuple[str, ...]
    size: float
    rule: float


def width_mm(*, landscape: bool) -> float:
    return float((LONG if landscape else SHORT) - LEFT - RIGHT)


def head_names(office: Office) -> tuple[Lines, Lines]:
    """The body above and the issuing body: 13 points where each takes one line, otherwise 12."""
    room = width_mm(landscape=False) * HEAD_SHARES[0] * PT - 4
    names = (office.above.upper(), (office.called or office.name).upper())
    size = 13 if all(width_pt(name, 13) <= room for name in names) else 12
    above, own = (_lines(name, size, room) for name in names)
    return above, own


def abstract_lines(abstract: str) -> Lines:
    return _lines(abstract, BODY, ABSTRACT_ROOM)


def title_lines(title: str, *, landscape: bool) -> Lines:
    return _lines(title.upper(), BODY, width_mm(landscape=landscape) * PT - 20)


def _lines(text: str, size: float, room: float) -> Lines:
    lines = balanced(text, size, room)
    return Lines(lines, size, min(max(width_pt(line, size) for line in lines), room) * RULE)
