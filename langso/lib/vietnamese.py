"""Vietnamese writing: one form in (NFC), one form to search by (no marks), one form to sort by.

`fold` has a twin in SQL (langso/units/migrations) that must give the same letters; a test compares them.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
_TONES = {
    "": 0,
    "\u0300": 1,
    "\u0309": 2,
    "\u0303": 3,
    "\u0301": 4,
    "\u0323": 5,
}  # ngang huyền hỏi ngã sắc nặng
_SHAPES = {"\u0302", "\u0306", "\u031b"}  # mũ, trăng, móc: part of the letter
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # no letter, and NUL is refused by the database
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "ʼ": "'", "´": "'"})
_NOT_WORD = re.compile(r"[^0-9a-z]+")


def nfc(text: str) -> str:
    """Text as it enters the house: composed, single spaces, no invisible characters at the ends."""
    return _SPACE.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", text))).strip()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """What is left without marks, case, punctuation or spelling of tones: "Yên Hoà" and "yen hòa" are "yen hoa".

    Anything that is not a Latin letter or a digit parts words; apostrophes join them (Ea H'Leo is "ea hleo").
    """
    bare = unicodedata.normalize("NFD", text.translate(_APOSTROPHES).replace("'", "").lower())
    bare = "".join(c for c in bare if not "\u0300" <= c <= "\u036f").replace("đ", "d")
    return _NOT_WORD.sub(" ", bare).strip()


def _syllable(word: str) -> tuple[str, int]:
    """The word with its tone taken off, and the tone."""
    tone, letters = 0, []
    for c in unicodedata.normalize("NFD", word):
        if c in _TONES:
            tone = _TONES[c]
        else:
            letters.append(c)
    return unicodedata.normalize("NFC", "".join(letters)), tone


@lru_cache(maxsize=65536)
def spoken(text: str) -> str:
    """The same for any placement of the tone mark and any composition: "Hoà" and "Hòa" are "hoa1"."""
    words = []
    for word in re.split(r"[^\w]+", nfc(text).translate(_APOSTROPHES).replace("'", "").lower()):
        if word:
            letters, tone = _syllable(word)
            words.append(f"{letters}{tone}" if tone else letters)
    return " ".join(words)


@lru_cache(maxsize=65536)
def sort_key(text: str) -> str:
    """A key that puts names in Vietnamese order under a plain byte-wise comparison.

    Letters first through the whole name (a ă â b c d đ …), tones only to part equal letters (ngang huyền hỏi ngã sắc
    nặng).
    Numbers sort by value up to six digits, before letters.
    """
    primary, tones = [], []
    for word in re.findall(r"\d+|[^\W\d_]+", nfc(text).lower()):
        if word.isdigit():
            primary.append(f"!{int(word):06d}" if word.isascii() and len(word) <= 6 else "!" + "9" * 6)
            tones.append("0")
            continue
        letters, tone = _syllable(word)
        primary.append("".join(chr(ord("A") + _LETTERS.index(c)) if c in _LETTERS else f"~{c}" for c in letters))
        tones.append(str(tone))
    return " ".join(primary) + "\t" + "".join(tones)


def slug(text: str) -> str:
    """An address without marks: "Xã Yên Mô" is "xa-yen-mo"."""
    return fold(text).replace(" ", "-")
