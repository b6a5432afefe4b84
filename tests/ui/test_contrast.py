"""The pairs of colours that words and outlines rely on, in both schemes, by the formula of WCAG 2."""

import re
from collections.abc import Mapping

import pytest

from langso.ui.stylesheet import HERE

TOKENS = (HERE / "css" / "tokens.css").read_text("utf-8")
# Body text is AAA; hints and status AA; outlines and textures that carry a fact 3:1.
LEAST = {
    ("ink", "surface"): 7, ("ink", "mist"): 7, ("ink", "sunk"): 7,
    ("ink-2", "surface"): 7, ("ink-2", "mist"): 7, ("ink-2", "sunk"): 7,
    ("ink-3", "surface"): 4.5, ("ink-3", "mist"): 4.5, ("ink-3", "sunk"): 4.5,
    ("water", "surface"): 7, ("water", "mist"): 7, ("water", "sunk"): 7, ("water", "water-soft"): 4.5,
    ("on-water", "water"): 7, ("on-water", "water-deep"): 7,
    ("gold-ink", "surface"): 7, ("gold-ink", "mist"): 7, ("gold-ink", "gold-soft"): 7,
    ("green-ink", "surface"): 7, ("green-ink", "mist"): 7,
    ("soil", "surface"): 7, ("soil", "mist"): 7, ("soil", "soil-soft"): 7,
    ("ink", "soil-soft"): 7, ("ink-2", "soil-soft"): 7,
    ("ink", "water-soft"): 7, ("ink", "gold-soft"): 7,
    ("edge", "surface"): 3, ("edge", "mist"): 3, ("bank", "surface"): 3, ("bank", "mist"): 3,
    ("gold-row", "gold"): 3, ("green-row", "green"): 3,
    ("m-ink-low", "m1"): 4.5, ("m-ink-low", "m2"): 4.5, ("m-ink-low", "m3"): 4.5,
    ("m-ink-high", "m4"): 4.5, ("m-ink-high", "m5"): 7,
}  # fmt: skip


def block(opening: str) -> dict[str, str]:
    start = TOKENS.index(opening)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", TOKENS[start : TOKENS.index("}", start)]))


LIGHT = block(":root {")
DARK = block(':root:not([data-theme="light"])')
ASKED = block(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ratio(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("pair", "least"), LEAST.items(), ids=[" on ".join(p) for p in LEAST])
def test_words_and_outlines_stand_out(scheme: Mapping[str, str], pair: tuple[str, str], least: float) -> None:
    assert ratio(scheme[pair[0]], scheme[pair[1]]) >= least


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert ratio("#000000", "#fff") == pytest.approx(21)


def test_dark_by_the_system_and_dark_by_the_button_are_the_same() -> None:
    assert DARK == ASKED
    assert set(DARK) <= set(LIGHT)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_five_steps_of_the_map_go_one_way_and_survive_grey(scheme: Mapping[str, str]) -> None:
    steps = [luminance(scheme[f"m{i}"]) for i in range(1, 6)]
    assert steps in (sorted(steps), sorted(steps, reverse=True))
    assert all(ratio(scheme[f"m{i}"], scheme[f"m{i + 1}"]) > 1.25 for i in range(1, 5))
