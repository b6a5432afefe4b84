"""The words of a framework file: closed keys, texts, codes, numbers. Everything else is refused."""

import re
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from langso.criteria.source import Lined
from langso.lib.number import NotANumber, read_decimal

_CODE = re.compile(r"[^\W_][\w.()-]{0,39}")  # letters with marks allowed: decisions write "8.4", "NC.a", "đ"


def check_keys(source: Lined, allowed: Iterable[str]) -> None:
    """Refuses: FrameworkFileWrong, with the nearest right word."""
    words = list(allowed)
    for key in source:
        if key not in words:
            near = get_close_matches(key, words, 1)
            said = f" Có phải “{near[0]}”?" if near else f" Được dùng: {', '.join(words)}."
            raise source.refuse(f"không hiểu “{key}”.{said}", key)


def text_of(source: Lined, key: str, *, required: bool = False) -> str:
    value = source.get(key)
    if isinstance(value, str):
        if value:
            return value
    elif value is not None:
        raise source.refuse(f"{key} phải là một câu chữ.", key)
    if required:
        raise source.refuse(f"thiếu {key}.", key)
    return ""


def code_of(source: Lined, key: str) -> str:
    """A code that can head a column: letters, digits, dots, brackets, hyphens; no spaces.

    The endings .tu and .mau are kept for numerators and denominators.
    """
    code = text_of(source, key, required=True)
    if not _CODE.fullmatch(code) or code.casefold() == "unit" or code.casefold().endswith((".tu", ".mau")):
        raise source.refuse(f"“{code}” không dùng làm mã được: mã gồm chữ, số, dấu chấm, không đuôi .tu .mau.", key)
    return code


def texts_of(source: Lined, key: str) -> tuple[str, ...]:
    value = source.get(key)
    if isinstance(value, str):
        return (value,)
    items = items_of(source, key)
    if not all(isinstance(item, str) for item in items):
        raise source.refuse(f"{key} là danh sách các câu chữ.", key)
    return tuple(items)


def items_of(source: Lined, key: str) -> list[Any]:
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise source.refuse(f"{key} phải là danh sách, mỗi dòng bắt đầu bằng “- ”.", key)
    return value


def lined_of(source: Lined, key: str) -> Lined:
    value = source.get(key)
    if value is None:
        return Lined(source.name, source.line)
    if not isinstance(value, Lined):
        raise source.refuse(f"{key} phải gồm các khóa bên trong.", key)
    return value


def number_of(source: Lined, key: str) -> Decimal:
    """A number as written, a percent sign allowed: 60% is 60."""
    return to_number(source, key, text_of(source, key, required=True))


def to_number(source: Lined, key: str, text: str) -> Decimal:
    try:
        return read_decimal(text.removesuffix("%"))
    except NotANumber:
        raise source.refuse(f"“{text}” không phải là số.", key) from None
