"""The terrace glyph: the levels of one commune as a terraced hillside, drawn as SVG text.

Five terraces are the five levels, bottom to top; four fields on each are the groups of criteria, left to
right. A field is ripe (every criterion of this level met, and every field below it ripe), growing (the green
part is the share met), flooded (known, not met yet) or unknown (dashed). The commune's level is the highest
terrace whose four fields are all ripe: the engine says so, this file only draws it.

Pure: no clock, no framework. Colours come from tokens.css through classes, so that light, dark and print
need no second drawing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import sin

LEVELS = ("Khởi động", "Kết nối", "Cơ bản", "Nâng cao", "Toàn diện")
GROUPS_MOST = 6  # narrower fields could not be told apart

# One hillside, drawn once by hand and never random: the same commune always looks the same.
#          left end, right end, front line, sag of the front line, depth behind it
HILL = (
    (6, 472, 270, 31, 82),
    (34, 464, 222, 27, 78),
    (74, 450, 175, 23, 74),
    (120, 430, 129, 19, 68),
    (170, 402, 85, 14, 38),
)
BANK = 8  # height of the earth bank under each front line

Line = Callable[[int, float], float]  # terrace, x -> y


@dataclass(frozen=True)
class Field:
    """Criteria of one group at one level."""

    met: int
    unmet: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.met + self.unmet + self.unknown

    @property
    def is_full(self) -> bool:
        return self.total > 0 and self.met == self.total


@dataclass(frozen=True)
class Group:
    name: str
    fields: tuple[Field, ...]  # level 1 first, at most five

    @property
    def level(self) -> int:
        """Highest level reached with every lower one reached."""
        reached = 0
        for field in self.fields:
            if not field.is_full:
                break
            reached += 1
        return reached


def front(i: int, x: float) -> float:
    left, right, base, sag, _ = HILL[i]
    u = 2 * (x - left) / (right - left) - 1
    return base + sag * (1 - u * u) + 4 * sin(3.3 * (u + 1) + i * 1.7)


def back(i: int, x: float) -> float:
    left, right, _, _, depth = HILL[i]
    u = abs(2 * (x - left) / (right - left) - 1)
    return front(i, x) - depth * (1 - u**5)


def curve(f: Line, i: int, a: float, b: float) -> str:
    """One cubic from a to b along f, by its slope at both ends."""
    h, e = (b - a) / 3, 0.5
    p = a + h, f(i, a) + h * (f(i, a + e) - f(i, a - e)) / (2 * e)
    q = b - h, f(i, b) - h * (f(i, b + e) - f(i, b - e)) / (2 * e)
    return f"C{p[0]:.0f} {p[1]:.0f} {q[0]:.0f} {q[1]:.0f} {b:.0f} {f(i, b):.0f}"


def run(f: Line, i: int, a: float, b: float, parts: int = 4) -> str:
    step = (b - a) / parts
    return "".join(curve(f, i, a + step * k, a + step * (k + 1)) for k in range(parts))


def between(i: int, a: float, b: float, kind: str) -> str:
    """The plot of terrace i between x = a and x = b."""
    d = f"M{a:.0f} {front(i, a):.0f}{curve(front, i, a, b)}L{b:.0f} {back(i, b):.0f}{curve(back, i, b, a)}z"
    return f'<path class="t-{kind}" d="{d}"/>'


def rows(i: int, a: float, b: float, kind: str) -> str:
    """Rows of rice: seedlings where it grows, ears where it is ripe, a glint where water stands."""
    lines = []
    for up in {"ripe": (8, 17, 26), "grow": (10, 22), "wait": (15,)}[kind]:

        def line(j: int, x: float, up: int = up) -> float:
            return front(j, x) - up

        def is_inside(x: float, up: int = up) -> bool:
            return front(i, x) - back(i, x) > up + 5

        pad = 7 if kind != "wait" else (b - a) * 0.34
        x0, x1 = a + pad, b - pad
        while x0 < x1 and not is_inside(x0):
            x0 += 4
        while x0 < x1 and not is_inside(x1):
            x1 -= 4
        if x1 - x0 > 6:
            lines.append(f"M{x0:.0f} {line(i, x0):.0f}{curve(line, i, x0, x1)}")
    if not lines:
        return ""
    return f'<path class="t-{kind}-row" d="{"".join(lines)}"/>'


def plot(i: int, a: float, b: float, field: Field, below_ripe: bool, textured: bool) -> str:
    if field.is_full and below_ripe:
        return between(i, a, b, "ripe") + (rows(i, a, b, "ripe") if textured else "")
    total = max(field.total, 1)
    x1 = a + (b - a) * field.met / total
    x2 = a + (b - a) * (field.met + field.unmet) / total
    out = between(i, a, b, "wait")
    if field.unmet and textured:
        out += rows(i, x1, x2, "wait")
    if field.met:
        out += between(i, a, x1, "grow") + (rows(i, a, x1, "grow") if textured else "")
    if field.unknown or not field.total:
        out += between(i, x2 if field.total else a, b, "none")
    return out


def words(unit: str, level: int | None, groups: Sequence[Group], levels: Sequence[str] = LEVELS) -> str:
    """What the drawing says, for those who do not see it."""
    if level is None:
        return f"{unit} chưa có số liệu."
    reached = f"ở mức {level} trên {len(groups[0].fields)}, {levels[level - 1]}" if level else "chưa đạt mức 1"
    each = "; ".join(f"{g.name}: mức {g.level}" for g in groups)
    return f"{unit} {reached}. {each}."


def terrace(
    unit: str,
    level: int | None,
    groups: Sequence[Group],
    *,
    labels: bool = True,
    levels: Sequence[str] = LEVELS,
) -> str:
    """From 80 px wide: the hillside with fields; with labels from 280 px.

    Up to six groups, up to five levels; with fewer levels the upper terraces are not drawn.
    """
    heights = {len(g.fields) for g in groups}
    if not 1 <= len(groups) <= GROUPS_MOST or len(heights) != 1 or not 1 <= max(heights) <= len(HILL):
        raise ValueError(f"a hillside takes 1 to 6 groups of the same 1 to 5 levels, not {len(groups)} of {heights}")
    out = []
    for i in range(len(groups[0].fields)):
        left, right = HILL[i][:2]
        bank = (
            f"M{left} {front(i, left):.0f}{run(front, i, left, right)}v{BANK}"
            f"{run(lambda j, x: front(j, x) + BANK, i, right, left)}z"
        )
        out.append(f'<path class="t-bank" d="{bank}"/>')
        width = (right - left) / len(groups)
        for k, g in enumerate(groups):
            a = left + width * k
            out.append(plot(i, a, a + width, g.fields[i], g.level >= i, labels))
        if labels:
            y = front(i, right) - 6
            mine = " t-mine" if i + 1 == level else ""
            out.append(
                f'<path class="t-lead" d="M{right + 5} {y:.0f}H478"/>'
                f'<text class="t-level{mine}" x="484" y="{y + 5:.0f}"><tspan class="t-no">{i + 1}</tspan>'
                f'<tspan dx="6">{escape(levels[i])}</tspan></text>'
            )
    if labels:
        left, right = HILL[0][:2]
        width = (right - left) / len(groups)
        for k, g in enumerate(groups):
            x = left + width * (k + 0.5)
            first, _, last = g.name.rpartition(" ")
            y = 340
            out.append(
                f'<text class="t-group" x="{x:.0f}" y="{y:.0f}">{escape(first)}'
                f'<tspan x="{x:.0f}" dy="1.25em">{escape(last)}</tspan></text>'
            )
    box = "0 26 624 350" if labels else "0 40 478 276"
    told = escape(words(unit, level, groups, levels))
    return f'<svg class="terrace" viewBox="{box}" role="img" aria-label="{told}">{"".join(out)}</svg>'


def step_icon(level: int | None, label: str = "") -> str:
    """16 to 79 px: five ridges. Reached is thick, not reached is thin, unknown is broken."""
    ridges: dict[str, str] = {}
    for i in range(5):
        left, right, y = 1 + i * 1.7, 15 - i * 0.35, 13.2 - i * 2.75
        kind = "none" if level is None else "on" if i < level else "off"
        ridges[kind] = ridges.get(kind, "") + f"M{left:.1f} {y:.1f}q{(right - left) / 2:.1f} 1.5 {right - left:.1f} 0"
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    drawn = "".join(f'<path class="i-{kind}" d="{d}"/>' for kind, d in ridges.items())
    return f'<svg class="steps" viewBox="0 0 16 16" width="16" height="16" {name}>{drawn}</svg>'


def column(group: Group) -> str:
    """One group alone, 24 to 64 px: five curved fields, bottom to top."""
    out = []
    for i, field in enumerate(group.fields):
        y, w = 44 - i * 9, 40 - i * 3
        x = (48 - w) / 2
        total = max(field.total, 1)

        def slab(a: float, b: float, kind: str, y: float = y) -> str:
            wide = b - a
            d = f"M{a:.1f} {y - 6}h{wide:.1f}v6q{-wide / 2:.1f} 2 {-wide:.1f} 0z"
            return f'<path class="t-{kind}" d="{d}"/>'

        if field.is_full and group.level >= i:
            out.append(slab(x, x + w, "ripe"))
            continue
        out.append(slab(x, x + w, "wait"))
        if field.met:
            out.append(slab(x, x + w * field.met / total, "grow"))
        if field.unknown or not field.total:
            start = x + w * (field.met + field.unmet) / total if field.total else x
            out.append(slab(start, x + w, "none"))
    return f'<svg class="field-col" viewBox="0 0 48 48" aria-hidden="true">{"".join(out)}</svg>'
