"""Numbers as people in Việt Nam write them: 1.234,5. Counts group by dots, decimals take a comma or a dot.

A dot before exactly three digits is ambiguous ("2.716"). The caller knows which it means: a count of people reads it as
2716 (`read_count`), a share or an index reads it as 2.716 (`read_decimal`). Nothing is guessed silently beyond that.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from langso.lib.refusal import Refused

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.\s\u00a0\u202f])\d{3})(?:\1\d{3})*", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", re.ASCII)
_GROUPED_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:,\d{3})+\.\d+", re.ASCII)
LONGEST = 30  # digits of any figure a commune could report, with room to spare


class NotANumber(Refused):
    says = "“{text}” không phải là số. Ghi số, ví dụ 1.234,5."


class NotACount(Refused):
    says = "“{text}” không phải là số đếm. Ghi số nguyên từ 0 trở lên, ví dụ 2.716."


def read_decimal(text: str) -> Decimal:
    """A decimal written with a comma or a dot; with both, the last one parts the decimals.

    Refuses: NotANumber.
    """
    raw = text.strip()
    if len(raw) <= LONGEST:
        if _DECIMAL.fullmatch(raw):
            return Decimal(raw.replace(",", "."))
        if _GROUPED_DECIMAL.fullmatch(raw):
            last = max(raw.rfind("."), raw.rfind(","))
            whole = raw[:last].replace(".", "").replace(",", "")
            return Decimal(f"{whole}.{raw[last + 1 :]}")
    raise NotANumber(text=text[:LONGEST])


def read_count(text: str) -> int:
    """A whole number from 0 up; dots or spaces may group its thousands.

    Refuses: NotACount.
    """
    raw = text.strip()
    if len(raw) <= LONGEST and (_PLAIN.fullmatch(raw) or _GROUPED.fullmatch(raw)):
        count = int(re.sub(r"[.\s\u00a0\u202f]", "", raw))
        if count >= 0:
            return count
    raise NotACount(text=text[:LONGEST])


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round as official tables do: 0.40965 to 0.4097. Binary floats would give 0.4096."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def write_number(value: Decimal | float | int, places: int | None = None) -> str:
    """1234.5 as 1.234,5. Without `places`, as many decimals as the value has."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if places is not None:
        number = round_half_up(number, places)
    text = f"{number:,f}"
    return text.replace(",", "\u0000").replace(".", ",").replace("\u0000", ".")
