"""Reading what a person wrote, or what a device sent, by the type of its question. Pure."""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

LONGEST_TEXT = 2000

BLANKS = " \t\r\n\u00a0"
_SPLIT = re.compile(r"[ \t\r\n\u00a0]+")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_WRITTEN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([. \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_SIMPLE = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)")
_BOTH = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")
_PLACE = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,20})?")
NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Day:
    """A day as a value of an expression; as a number it counts from 01/01/1970."""

    day: str


def days_of(year: int, month: int, day: int) -> int | None:
    if not 1900 <= year <= 2100:
        return None
    try:
        return date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None


def iso_of(days: int) -> str:
    return date.fromordinal(days + _EPOCH).isoformat()


def read_day(text: str) -> str | None:
    if found := _ISO.fullmatch(text):
        days = days_of(int(found[1]), int(found[2]), int(found[3]))
    elif found := _WRITTEN.fullmatch(text):
        days = days_of(int(found[3]), int(found[2]), int(found[1]))
    else:
        return None
    return None if days is None else iso_of(days)


def _read_integer(text: str) -> float | None:
    if len(text) > 20 or not (_WHOLE.fullmatch(text) or _GROUPED.fullmatch(text)):
        return None
    number = float(re.sub("[. \u00a0\u202f]", "", text))
    return number + 0.0 if abs(number) <= 999_999_999_999 else None


def _read_decimal(text: str) -> float | None:
    if len(text) > 24:
        return None
    if _SIMPLE.fullmatch(text):
        return float(text.replace(",", ".")) + 0.0
    if not _BOTH.fullmatch(text):
        return None
    last = max(text.rfind("."), text.rfind(","))
    return float(re.sub("[.,]", "", text[:last]) + "." + text[last + 1 :]) + 0.0


Reading = tuple[Any, str]  # the value and, when it cannot be read, the code of why
NOTHING: Reading = (None, "")


def kept(number: float) -> float | int:
    """As JSON writes it: whole numbers without a point."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def read(kind: str, raw: Any) -> Reading:
    """The value of a written answer, or why it cannot be read. Choices are looked at by the caller."""
    if isinstance(raw, str):
        text = (raw if raw.isascii() else unicodedata.normalize("NFC", raw)).strip(BLANKS)
        if not text:
            return NOTHING
        reader = _READERS.get(kind)
        if reader is None:
            return (None, "TooLong") if len(text) > LONGEST_TEXT else (text, "")
        return reader(raw, text, None)
    if raw is None or raw == []:
        return NOTHING
    number: float | None = None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        try:
            number = float(raw) + 0.0
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            number = None
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(raw, None, number)
    return (None, "NotReadable") if number is None else (number_text(number), "")


def _as_integer(raw: Any, text: str | None, number: float | None) -> Reading:
    found = number if number is not None else None if text is None else _read_integer(text)
    if found is None or not found.is_integer() or abs(found) > 999_999_999_999:
        return None, "NotAnInteger"
    return int(found), ""


def _as_decimal(raw: Any, text: str | None, number: float | None) -> Reading:
    found = number if number is not None else None if text is None else _read_decimal(text)
    return (None, "NotADecimal") if found is None or abs(found) >= 1e15 else (kept(found), "")


def _as_day(raw: Any, text: str | None, number: float | None) -> Reading:
    found = None if text is None else read_day(text)
    return (None, "NotADay") if found is None else (found, "")


def _as_names(raw: Any, text: str | None, number: float | None) -> Reading:
    if text is not None:
        return _SPLIT.split(text), ""
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        return None, "NotReadable"
    return [unicodedata.normalize("NFC", one).strip(BLANKS) for one in raw], ""


def _as_acknowledged(raw: Any, text: str | None, number: float | None) -> Reading:
    if raw is True or text in ("OK", "true", "1"):
        return True, ""
    return NOTHING if raw is False or text in ("false", "0") else (None, "NotReadable")


def _as_place(raw: Any, text: str | None, number: float | None) -> Reading:
    parts = re.split(r"[ \t]+", text) if text is not None else []
    if not 2 <= len(parts) <= 4 or not all(_PLACE.fullmatch(p) for p in parts):
        return None, "NotAPlace"
    return (text, "") if abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180 else (None, "NotAPlace")


_READERS: dict[str, Callable[[Any, str | None, float | None], Reading]] = {
    "integer": _as_integer,
    "decimal": _as_decimal,
    "date": _as_day,
    "select_multiple": _as_names,
    "acknowledge": _as_acknowledged,
    "geopoint": _as_place,
}


def number_text(n: float) -> str:
    """Plain digits, never an exponent: "0.0000001". The digits are the shortest that read back the same."""
    if math.isnan(n):
        return "NaN"
    if math.isinf(n):
        return "Infinity" if n > 0 else "-Infinity"
    if n == 0:
        return "0"
    mantissa, _, exponent = repr(abs(float(n))).partition("e")
    whole, _, rest = mantissa.partition(".")
    digits, point = whole + rest, len(whole) + int(exponent or 0)
    shifted = len(digits) - len(digits.lstrip("0"))
    digits, point = digits[shifted:].rstrip("0"), point - shifted
    sign = "-" if n < 0 else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"
