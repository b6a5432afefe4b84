"""ADX, Aggregate Data Exchange of IHE QRPH: the same sets as XML, a group for each unit.

A value is a decimal; what is said beside it stands in its annotation. Coming in, XML is a stranger's: no DTD, no
entity, no foreign element, read piece by piece.
"""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from langso.exchange import rules, writing
from langso.exchange.values import Came, Chosen, values_of
from langso.lib.refusal import Refused

NAMESPACE = "urn:ihe:qrph:adx:2015"
TYPE = "application/adx+xml; charset=utf-8"
DEEPEST = 4
_UNWRITABLE = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}  # no characters of XML


def set_chunks(chosen: Chosen, *, at: datetime) -> Iterator[str]:
    """The set as ADX, a piece for each value."""
    period = quoteattr(writing.adx_period(chosen.period))
    data_set = quoteattr(chosen.edition.id)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<adx xmlns="{NAMESPACE}" exported="{at.isoformat(timespec="seconds")}">\n'
    unit = ""
    for value in values_of(chosen):
        if value.unit != unit:
            yield "  </group>\n" if unit else ""
            unit = value.unit
            yield f"  <group orgUnit={quoteattr(unit)} period={period} dataSet={data_set}>\n"
        start = f'    <dataValue dataElement={quoteattr(value.element)} value="{value.text}"'
        if value.stored_by:
            start += f" storedBy={quoteattr(value.stored_by.translate(_UNWRITABLE))}"
        if value.comment:
            yield f"{start}><annotation>{escape(value.comment.translate(_UNWRITABLE))}</annotation></dataValue>\n"
        else:
            yield f"{start}/>\n"
    yield "  </group>\n</adx>\n" if unit else "</adx>\n"


def read_set(body: bytes) -> list[Came]:
    """The values of a posted document, each with its path: group[2]/dataValue[5], counted from 1.

    Refuses: XmlNotRead, XmlNotSafe, NotAdx, AdxAttributeMissing, TooManyItems, NothingSent.
    """
    if not body.strip():
        raise rules.NothingSent(field="adx")
    try:
        return list(_values(body))
    except DefusedXmlException:
        raise rules.XmlNotSafe() from None
    except ParseError as fault:
        line, column = getattr(fault, "position", (1, 0))
        raise rules.XmlNotRead(line=line, column=column + 1) from None
    except (LookupError, UnicodeError, ValueError):  # an encoding that nobody knows
        raise rules.XmlNotRead(line=1, column=1) from None


def _values(body: bytes) -> Iterator[Came]:
    depth, groups, values, count = 0, 0, 0, 0
    shape = {1: "adx", 2: "group", 3: "dataValue", 4: "annotation"}
    root: Any = None
    group: dict[str, str] = {}
    for event, element in iterparse(BytesIO(body), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            if depth > DEEPEST or element.tag != f"{{{NAMESPACE}}}{shape[depth]}":
                raise rules.NotAdx(name=str(element.tag)[:80])
            if depth == 1:
                root = element
                _needed(element.attrib, "exported", "adx")
            elif depth == 2:
                groups, values, group = groups + 1, 0, dict(element.attrib)
                _needed(group, "orgUnit", f"group[{groups}]")
                _needed(group, "period", f"group[{groups}]")
            continue
        depth -= 1
        if depth == 2:
            values, count = values + 1, count + 1
            if count > rules.MOST_VALUES:
                raise rules.TooManyItems(field="adx", count=f"hơn {rules.MOST_VALUES}", most=rules.MOST_VALUES)
            yield _came(element, group, f"group[{groups}]/dataValue[{values}]")
        elif depth == 1:
            root.clear()  # what has been read is let go


def _needed(attributes: Any, name: str, path: str) -> str:
    """Refuses: AdxAttributeMissing."""
    value = str(attributes.get(name, "")).strip()
    if not value:
        raise rules.AdxAttributeMissing(field=f"{path}/@{name}", name=name)
    return value


def _came(element: Any, group: dict[str, str], path: str) -> Came:
    try:
        period: Any = writing.read_adx_period(group["period"])
    except Refused as refused:
        period = refused
    said = element.find(f"{{{NAMESPACE}}}annotation")
    return Came(
        path,
        _needed(element.attrib, "dataElement", path),
        "",
        group["orgUnit"].strip(),
        period,
        _needed(element.attrib, "value", path),
        (said.text or "") if said is not None else "",
    )
