"""What expressions are worth: XPath 1.0 with days, and patterns that cannot take long. Pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from langso.questionnaires.written import BLANKS, NUMBER, Day, days_of, iso_of, number_text, read_day

Worth = float | str | bool | Day
LONGEST_MATCHED = 500  # what regex() looks at; longer never matches


def to_number(worth: Worth) -> float:
    if isinstance(worth, bool):
        return 1.0 if worth else 0.0
    if isinstance(worth, int | float):
        return float(worth)
    if isinstance(worth, Day):
        days = days_of(int(worth.day[:4]), int(worth.day[5:7]), int(worth.day[8:]))
        return math.nan if days is None else float(days)
    text = worth.strip(BLANKS)
    return float(text) if NUMBER.fullmatch(text) else math.nan


def to_text(worth: Worth) -> str:
    if isinstance(worth, str):
        return worth
    if isinstance(worth, bool):
        return "true" if worth else "false"
    return worth.day if isinstance(worth, Day) else number_text(worth)


def to_truth(worth: Worth) -> bool:
    if isinstance(worth, bool):
        return worth
    if isinstance(worth, int | float):
        return worth != 0 and not math.isnan(worth)
    return isinstance(worth, Day) or len(worth) > 0


def equal(a: Worth, b: Worth) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return to_truth(a) == to_truth(b)
    if isinstance(a, int | float) or isinstance(b, int | float):
        return to_number(a) == to_number(b)
    return to_text(a) == to_text(b)


def to_day(worth: Worth) -> Worth:
    if isinstance(worth, Day):
        return worth
    if isinstance(worth, str):
        found = read_day(worth.strip(BLANKS))
        return "" if found is None else Day(found)
    if isinstance(worth, bool) or not math.isfinite(worth):
        return ""
    days = math.floor(worth)
    return Day(iso_of(days)) if -25567 <= days <= 47846 else ""  # 1900 to 2100


def divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)


def remainder(a: float, b: float) -> float:
    return math.nan if b == 0 or math.isinf(a) or math.isnan(b) else math.fmod(a, b)


def round_by(n: float, by: float) -> float:
    scaled = n * by + 0.5
    return math.floor(scaled) / by if math.isfinite(scaled) else scaled


# A pattern parsed at import, matched by sets of places, so that no pattern and no text can take long.
def _ends(pattern: Mapping[str, Any], text: Sequence[int], starts: set[int]) -> set[int]:
    if "set" in pattern:
        negated, spans = pattern.get("not") is True, pattern["set"]
        return {
            at + 1 for at in starts if at < len(text) and any(low <= text[at] <= high for low, high in spans) != negated
        }
    if "seq" in pattern:
        for part in pattern["seq"]:
            starts = _ends(part, text, starts)
        return starts
    if "alt" in pattern:
        return set().union(*(_ends(way, text, starts) for way in pattern["alt"]))
    places = starts
    for _ in range(pattern["min"]):
        if not places:
            break
        places = _ends(pattern["rep"], text, places)
    found, times = set(places), pattern["min"]
    while places and (pattern["max"] is None or times < pattern["max"]):
        places = _ends(pattern["rep"], text, places) - found
        found |= places
        times += 1
    return found


def matches(text: str, pattern: Mapping[str, Any]) -> bool:
    return len(text) <= LONGEST_MATCHED and len(text) in _ends(pattern, [ord(c) for c in text], {0})
