"""Letters on paper: what may stand in a text, what the shipped font can draw, how wide a line is."""

import json
import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from PIL import ImageFont

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Tinos"  # in PDF; Word asks for its metric twin
WORD_FAMILY = "Times New Roman"
NO_GLYPH = "\u25a1"  # an empty box, as a reader knows it from any screen
LONG_WORD, PIECE = 24, 12  # a Vietnamese syllable has at most seven letters; only addresses and file names are longer

_SPACE = re.compile(r"[ \t\r\n\f\v\u0085\u2028\u2029\u200b\ufeff]+")  # the no-break space stays: it is room for a pen
_HIDDEN = {"Cc", "Cf", "Cs"}  # controls, marks that turn the direction of writing, halves of letters
_T = TypeVar("_T")


def clean(text: str) -> str:
    """Text as it may stand on paper: composed, single spaces, nothing invisible that could turn or hide letters."""
    spaced = _SPACE.sub(" ", text)
    seen = "".join(c for c in spaced if unicodedata.category(c) not in _HIDDEN and not _is_no_letter(ord(c)))
    # What stood on both sides of a hidden sign meets now: spaces run together, marks find their letter.
    return _SPACE.sub(" ", unicodedata.normalize("NFC", seen)).strip(" ")


def cleaned(thing: _T) -> _T:
    """The same dataclass with every text in it clean, however deep."""
    if isinstance(thing, str):
        return clean(thing)  # type: ignore[return-value]
    if isinstance(thing, tuple):
        return tuple(cleaned(part) for part in thing)  # type: ignore[return-value]
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{f.name: cleaned(getattr(thing, f.name)) for f in fields(thing)})
    return thing


def drawable(text: str) -> str:
    """Text for the PDF: a letter the font cannot draw becomes an empty box, a very long word may break, and no
    line begins with a dash that belongs to the line above.
    """
    letters = _letters()
    shown = "".join(c if ord(c) in letters else NO_GLYPH for c in text.replace(" - ", "\u00a0- "))
    return " ".join(_breakable(word) for word in shown.split(" "))


def drawable_svg(svg: str) -> str:
    letters = _letters()
    return "".join(c if ord(c) in letters or c in "\n\t\r" else NO_GLYPH for c in svg)


def width_pt(text: str, size: float, *, bold: bool = True) -> float:
    """How wide a line of this text is, in points."""
    hundred = _face("Tinos-Bold.ttf" if bold else "Tinos-Regular.ttf").getlength(text)
    return hundred * size / 100


def balanced(text: str, size: float, room_pt: float) -> tuple[str, ...]:
    """Bold words on as few lines as the room allows, of about the same length: no lonely word on the last line."""
    words = text.split(" ")
    lines = _filled(words, size, room_pt)
    narrow = room_pt
    while len(lines) > 1:
        narrow -= room_pt / 50
        closer = _filled(words, size, narrow)
        if len(closer) > len(lines) or max(width_pt(line, size) for line in closer) > narrow:
            break
        lines = closer
    return lines


def _filled(words: list[str], size: float, room_pt: float) -> tuple[str, ...]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if width_pt(longer, size) <= room_pt:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _is_no_letter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _breakable(word: str) -> str:
    if len(word) <= LONG_WORD:
        return word
    return "\u200b".join(word[i : i + PIECE] for i in range(0, len(word), PIECE))


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    spans: list[list[int]] = json.loads((FONTS / "letters.json").read_text(encoding="utf-8"))
    return frozenset(code for first, last in spans for code in range(first, last + 1))


@lru_cache(maxsize=4)
def _face(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / name, 100)
