"""Bars for a report: one row a thing, its figure beside it. Reads in black and white; unknown is hatched, not zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from langso.lib.number import write_number
from langso.papers.lettering import FAMILY, clean, width_pt
from langso.papers.paper import Drawing

_ROW, _BAR, _SIZE, _WIDE, _FIGURE = 26, 14, 12, 480, 74


@dataclass(frozen=True)
class Bar:
    name: str
    value: float | None  # None when nobody knows


def bars(
    rows: Sequence[Bar], *, alt: str, caption: str = "", unit: str = "", places: int | None = None, whole: float = 0
) -> Drawing:
    """Horizontal bars from one zero; `whole` (100 for a share) fills the room, otherwise the largest value does."""
    if any(row.value is not None and row.value < 0 for row in rows):
        raise ValueError("a bar shows a count or a share, never less than zero")
    names = [_short(row.name) for row in rows]
    left = max((width_pt(name, _SIZE, bold=False) for name in names), default=0) + 8
    room = _WIDE - left - _FIGURE
    most = max([whole, *(row.value or 0 for row in rows)]) or 1
    drawn = [
        _bar(row, name, y=i * _ROW, left=left, room=room, most=most, unit=unit, places=places)
        for i, (row, name) in enumerate(zip(rows, names, strict=True))
    ]
    height = max(len(rows), 1) * _ROW
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {height}" '
        f'font-family="{FAMILY}" font-size="{_SIZE}">'
        '<defs><pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="1.4" height="6" fill="#555"/></pattern></defs>'
        f'<line x1="{left:.1f}" y1="0" x2="{left:.1f}" y2="{height}" stroke="#000" stroke-width="1"/>'
        f"{''.join(drawn)}</svg>"
    )
    return Drawing(svg=svg, alt=alt, caption=caption, width_mm=160)


def _bar(row: Bar, name: str, *, y: float, left: float, room: float, most: float, unit: str, places: int | None) -> str:
    top, text = y + (_ROW - _BAR) / 2, y + _ROW / 2 + 4
    label = f'<text x="{left - 6:.1f}" y="{text:.1f}" text-anchor="end">{escape(name)}</text>'
    if row.value is None:
        wide, fill, figure = room * 0.12, "url(#unknown)", "Chưa có số liệu"
    else:
        wide, fill, figure = room * row.value / most, "#3d5a4c", f"{write_number(row.value, places)}{unit}"
    return (
        f'{label}<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{_BAR}" fill={quoteattr(fill)}/>'
        f'<text x="{left + wide + 5:.1f}" y="{text:.1f}">{escape(figure)}</text>'
    )


def _short(name: str) -> str:
    name = clean(name)
    return name if len(name) <= 36 else f"{name[:35].rstrip()}…"
