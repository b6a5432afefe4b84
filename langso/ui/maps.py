"""Maps drawn on the server: the country by province, a province by commune. Five steps of lightness, a digit
in each.

Outlines come from gazetteer/outlines (source and caveat: README.md there), are read once and kept. The
drawing is for eyes and mouse; the same facts and links stand in the table beside it, so the drawing is
hidden from screen readers and from the tab key.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from langso.lib.shelf import folder
from langso.lib.vietnamese import sort_key
from langso.ui.terrace import LEVELS

OUTLINES = folder("gazetteer") / "outlines"
UNKNOWN = "Chưa có số liệu"
BELOW = "Chưa đạt mức 1"
DIGIT_ROOM = 5  # px from the digit's middle to the nearest border; less, and the digit would stand on its neighbour


@dataclass(frozen=True)
class Shade:
    """What an area says: its level (None: unknown), the word for it, and where it leads."""

    level: int | None
    name: str
    word: str = ""
    href: str = ""
    count: int | None = None

    @property
    def step(self) -> str:
        """The class of the fill: m1..m5, m-low under level 1, m0 (hatched) when unknown."""
        return "m0" if self.level is None else "m-low" if self.level < 1 else f"m{min(self.level, 5)}"

    @property
    def digit(self) -> str:
        return "?" if self.level is None else str(self.level)

    @property
    def meaning(self) -> str:
        if self.word:
            return self.word
        if self.level is None:
            return UNKNOWN
        return LEVELS[self.level - 1] if 1 <= self.level <= len(LEVELS) else BELOW

    @property
    def said(self) -> str:
        return self.meaning if self.level is None else f"{self.level} · {self.meaning}"


@dataclass(frozen=True)
class Step:
    shade: str
    digit: str
    word: str
    count: int


@lru_cache(maxsize=64)
def _outlines(name: str) -> Mapping[str, Any]:
    """Raises KeyError when there is no outline of that name."""
    path = OUTLINES / f"{name}.json"
    if not re.fullmatch(r"provinces|communes/\d{2}", name) or not path.is_file():
        raise KeyError(name)
    made: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return made


def province_codes() -> frozenset[str]:
    return frozenset(_outlines("provinces")["units"])


def commune_codes(province_code: str) -> frozenset[str]:
    return frozenset(_outlines(f"communes/{province_code}")["units"])


def listed(shades: Mapping[str, Shade]) -> list[Shade]:
    """The rows of the table beside the map, in Vietnamese order of names."""
    return sorted(shades.values(), key=lambda shade: sort_key(shade.name))


def legend(shades: Mapping[str, Shade], names: Sequence[str] = LEVELS) -> list[Step]:
    """From the highest step down, by their names; unknown last and only when there is some."""
    found = list(shades.values())

    def step(level: int | None, digit: str, word: str, shade: str) -> Step:
        same = [s for s in found if s.level == level]
        return Step(shade, digit, same[0].meaning if same else word, len(same))

    steps = [step(n, str(n), names[n - 1], str(n)) for n in range(len(names), 0, -1)]
    return steps + [s for s in (step(0, "0", BELOW, "-low"), step(None, "?", UNKNOWN, "0")) if s.count]


def _area(shape: Mapping[str, Any], shade: Shade) -> str:
    drawn = f'<path class="{shade.step}" d="{shape["path"]}"/>' if "path" in shape else ""
    if "dots" in shape:
        drawn += f'<path class="isle" d="{shape["dots"]}"/>'
    x, y, _ = shape["label"]
    if "path" not in shape:
        drawn += f'<circle class="ring {shade.step}" cx="{x}" cy="{y}" r="8"/>'
    drawn = f"<title>{escape(shade.name)}: {escape(shade.said)}</title>{drawn}"
    return f'<a href="{escape(shade.href)}" tabindex="-1">{drawn}</a>' if shade.href else f"<g>{drawn}</g>"


def _digits(areas: Iterable[tuple[Mapping[str, Any], Shade]], least: int) -> str:
    out = []
    for shape, shade in areas:
        x, y, room = shape["label"]
        if room >= least or "path" not in shape:
            high = " hi" if (shade.level or 0) > 3 else ""
            out.append(f'<text class="dg{high}" x="{x}" y="{y + 4}">{shade.digit}</text>')
    return "".join(out)


def _svg(made: Mapping[str, Any], kind: str, drawn: str) -> SafeString:
    width, height = made["box"]
    return mark_safe(  # noqa: S308  # every name and address in `drawn` went through escape()
        f'<svg class="map {kind}" viewBox="0 0 {width} {height}" aria-hidden="true">{drawn}</svg>'
    )


def _areas(made: Mapping[str, Any], shades: Mapping[str, Shade]) -> list[tuple[Mapping[str, Any], Shade]]:
    return [(shape, shades.get(code) or Shade(None, shape["name"])) for code, shape in made["units"].items()]


def province_map(shades: Mapping[str, Shade]) -> SafeString:
    """The country. Codes that `shades` lacks are drawn unknown, under the name of their outline."""
    made = _outlines("provinces")
    areas = _areas(made, shades)
    seas = "".join(
        f'<text class="sea" x="{sea["at"][0]}" y="{sea["at"][1]}">{escape(sea["words"][0])}'
        f'<tspan x="{sea["at"][0]}" dy="1.25em">{escape(sea["words"][1])}</tspan></text>'
        for sea in made["seas"]
    )
    return _svg(made, "national", "".join(_area(*one) for one in areas) + _digits(areas, 0) + seas)


def commune_map(province_code: str, shades: Mapping[str, Shade]) -> SafeString:
    """One province by commune; islands far out stand in boxes of their own, named and not to scale.

    Raises KeyError for a province that has no outlines.
    """
    made = _outlines(f"communes/{province_code}")
    areas = _areas(made, shades)
    boxes = []
    for inset in made["insets"]:
        x, y, width, height = inset["box"]
        name = made["units"][inset["code"]]["name"].removeprefix("Đặc khu ")
        boxes.append(
            f'<rect class="inset" x="{x}" y="{y}" width="{width}" height="{height}"/>'
            f'<text class="sea" x="{x + width / 2:.0f}" y="{y + height - 10}">{escape(name)}</text>'
        )
    return _svg(made, "local", "".join(boxes) + "".join(_area(*one) for one in areas) + _digits(areas, DIGIT_ROOM))
