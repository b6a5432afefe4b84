"""How periods, data elements and comments are written in DHIS2 and ADX. Pure, and exact both ways.

A figure becomes one data element for each number it has: `<measure>:num`, `<measure>:den`, `<measure>:val` (a code in
DHIS2 has at most 50 characters). What is said beside the numbers travels in the comment of the first of them, a line
for each: `Ngày số liệu: 2026-10-31`, `Nguồn: …`, `Văn bản: …`, `Ngày văn bản: …`, `Ghi chú: …`. A comment without such
lines is a note.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from langso.exchange.rules import PartUnknown, PeriodNotRead
from langso.lib.period import NotAPeriod, Period
from langso.lib.vietnamese import nfc
from langso.measures.rules import Entry

SHORT = {"numerator": "num", "denominator": "den", "value": "val"}
_LONG = {short: part for part, short in SHORT.items()} | {part: part for part in SHORT}
_LABELS = {
    "as_of": "Ngày số liệu",
    "source": "Nguồn",
    "document_number": "Văn bản",
    "document_on": "Ngày văn bản",
    "note": "Ghi chú",
}
LONGEST = {"source": 300, "document_number": 60, "note": 500}
_DHIS2 = re.compile(r"(\d{4})(?:Q([1-4])|(0[1-9]|1[0-2]))?", re.ASCII)
_ADX = re.compile(r"(\d{4})-(\d{2})-01(?:T00:00:00(?:\.0+)?)?/(P1Y|P12M|P3M|P1M)", re.ASCII)


def element_of(measure: str, part: str) -> str:
    return f"{measure}:{SHORT[part]}"


def read_element(text: str, option: str = "") -> tuple[str, str]:
    """The measure and the part that a data element means; the option of a category may name the part instead.

    Refuses: PartUnknown.
    """
    text, option = text.strip(), option.strip()
    if option in _LONG:
        return text, _LONG[option]
    measure, _, part = text.rpartition(":")
    if measure and part in _LONG:
        return measure, _LONG[part]
    raise PartUnknown(field="dataElement", text=text[:80])


def dhis2_period(period: Period) -> str:
    """2026, 2026Q3, 202609."""
    return period.code.replace("-", "")


def read_dhis2_period(text: str) -> Period:
    """Refuses: PeriodNotRead."""
    found = _DHIS2.fullmatch(text.strip())
    if found:
        year, quarter, month = found.groups()
        try:
            return Period.parse(f"{year}-Q{quarter}" if quarter else f"{year}-{month}" if month else year)
        except NotAPeriod:
            pass
    raise PeriodNotRead(field="period", text=text[:20], example="DHIS2 ghi 2026, 2026Q3 hoặc 202609.")


def adx_period(period: Period) -> str:
    """2026-01-01/P1Y, 2026-07-01/P3M, 2026-09-01/P1M."""
    length = {4: "P1Y", 7: "P3M" if "Q" in period.code else "P1M"}[len(period.code)]
    return f"{period.start.isoformat()}/{length}"


def read_adx_period(text: str) -> Period:
    """Refuses: PeriodNotRead."""
    found = _ADX.fullmatch(text.strip())
    if found:
        year, month, length = found[1], int(found[2]), found[3]
        code = ""
        if length == "P1M":
            code = f"{year}-{month:02d}"
        elif length == "P3M" and month % 3 == 1:
            code = f"{year}-Q{month // 3 + 1}"
        elif length in ("P1Y", "P12M") and month == 1:
            code = year
        try:
            return Period.parse(code)
        except NotAPeriod:
            pass
    raise PeriodNotRead(
        field="period", text=text[:40], example="ADX ghi 2026-01-01/P1Y, 2026-07-01/P3M hoặc 2026-09-01/P1M."
    )


def comment_of(entry: Entry) -> str:
    """What is said beside the numbers, a line for each; empty when nothing is."""
    said: dict[str, Any] = {name: getattr(entry, name) for name in _LABELS}
    return "\n".join(
        f"{_LABELS[name]}: {value.isoformat() if isinstance(value, date) else nfc(value)}"
        for name, value in said.items()
        if value
    )


def read_comment(text: str) -> Mapping[str, Any]:
    """The parts of an entry that a comment speaks of.

    A label that is followed by no readable day stays in the note, so that nothing anyone wrote is lost.
    """
    by_label = {label: name for name, label in _LABELS.items()}
    found: dict[str, Any] = {}
    rest = []
    for line in text.splitlines():
        label, colon, said = line.partition(":")
        name = by_label.get(nfc(label), "") if colon else ""
        value: Any = nfc(said)
        if name in ("as_of", "document_on"):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                name = ""
        if name and value and name not in found and name != "note":
            found[name] = value
        elif name == "note":
            rest.append(value)
        elif nfc(line):
            rest.append(nfc(line))
    note = " ".join(piece for piece in rest if piece)
    if note:
        found["note"] = note
    return found


def label_of(name: str) -> str:
    return _LABELS[name]
