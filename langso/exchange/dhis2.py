"""DHIS2: data value sets out and in, and the metadata that a DHIS2 needs to take them.

Written from the public reference of DHIS2 (Web API: data values, metadata import). Identifiers are codes: a data
element is `<measure>:num|den|val`, an organisation unit its official code on the last day of the period, a data set
the id of the framework. Identifiers of metadata (11 letters and digits) are made from the codes, so that they never
change.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from langso.criteria.edition import Edition, Kind
from langso.exchange import writing
from langso.exchange.register import Known, known_in
from langso.exchange.values import Came, Chosen, Taken, Value, completed_on, values_of
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.units.queries import Named

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS = _LETTERS + "0123456789"
ROOT_CODE, ROOT_NAME = "VN", "Việt Nam"
OLDEST = date(1945, 9, 2)  # DHIS2 wants a first day even of what is older than any record here
_PERIOD_TYPES = {4: "Yearly"}
_PART_WORDS = {"numerator": "tử số", "denominator": "mẫu số", "value": ""}


def uid_of(kind: str, code: str) -> str:
    number = int.from_bytes(hashlib.sha256(f"langso:{kind}:{code}".encode()).digest()[:12], "big")
    first, number = _LETTERS[number % len(_LETTERS)], number // len(_LETTERS)
    signs = [first]
    for _ in range(10):
        signs.append(_SIGNS[number % len(_SIGNS)])
        number //= len(_SIGNS)
    return "".join(signs)


def set_chunks(chosen: Chosen) -> Iterator[str]:
    """A data value set as JSON, a piece for each value."""
    known = chosen.known
    head: dict[str, Any] = {"dataSet": chosen.edition.id, "period": writing.dhis2_period(chosen.period)}
    completed = completed_on(chosen)
    if completed is not None:
        head["completeDate"] = day_of(completed).isoformat()
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "dataValues": ['
    for k, value in enumerate(values_of(chosen)):
        yield ("," if k else "") + "\n" + json.dumps(_value(value, known, head["period"]), ensure_ascii=False)
    yield "\n]}\n"


def _value(value: Value, known: Mapping[str, Known], period: str) -> dict[str, Any]:
    text = value.text
    if known[value.measure].measure.kind is Kind.YES_NO:
        text = "true" if value.number else "false"
    found: dict[str, Any] = {
        "dataElement": value.element,
        "period": period,
        "orgUnit": value.unit,
        "value": text,
        "lastUpdated": value.at.isoformat(timespec="milliseconds"),
        "followup": False,
    }
    if value.stored_by:
        found["storedBy"] = value.stored_by
    if value.comment:
        found["comment"] = value.comment
    return found


def read_set(sent: Mapping[str, Any]) -> list[Came]:
    """The values of a posted set, those of the head filled in."""
    came = []
    for k, one in enumerate(sent["dataValues"]):
        text = str(one.get("period") or sent.get("period") or "")
        try:
            period: Any = writing.read_dhis2_period(text)
        except Refused as refused:
            period = refused
        came.append(
            Came(
                f"dataValues[{k}]",
                one["dataElement"],
                str(one.get("categoryOptionCombo") or ""),
                str(one.get("orgUnit") or sent.get("orgUnit") or "").strip(),
                period,
                "" if one.get("deleted") else one["value"],
                str(one.get("comment") or ""),
            )
        )
    return came


def summary(taken: Taken, *, dry: bool) -> dict[str, Any]:
    """An import summary as DHIS2 gives it; its words are ours."""
    if taken.wrongs:
        words = f"Chưa ghi giá trị nào. Có {len(taken.wrongs)} chỗ sai; sửa rồi gửi lại cả bộ."
    elif dry:
        words = "Chạy thử: bộ số liệu này ghi được, chưa ghi giá trị nào."
    else:
        words = "Đã ghi cả bộ số liệu."
    return {
        "responseType": "ImportSummary",
        "status": "ERROR" if taken.wrongs else "SUCCESS",
        "description": words,
        "importCount": {
            "imported": taken.imported,
            "updated": taken.updated,
            "ignored": taken.ignored,
            "deleted": 0,
        },
        "conflicts": [{"object": w.path, "value": w.says, "errorCode": w.code} for w in taken.wrongs],
        "dataSetComplete": "false",
        "dryRun": dry,
    }


def value_type(known: Known, part: str) -> str:
    measure = known.measure
    if part != "value" or known.cases or measure.kind is Kind.COUNT:
        return "INTEGER_ZERO_OR_POSITIVE"
    if measure.kind is Kind.YES_NO:
        return "BOOLEAN"
    if measure.kind is Kind.INDEX:
        return "UNIT_INTERVAL"
    if measure.kind is Kind.SHARE and not measure.may_exceed:
        return "PERCENTAGE"
    return "NUMBER"


def parts_of(known: Known) -> tuple[str, ...]:
    measure = known.measure
    is_ratio = measure.kind in (Kind.SHARE, Kind.RATE) and measure.numerator and measure.denominator
    return ("numerator", "denominator") if is_ratio else ("value",)


def metadata(edition: Edition, units: list[Named], *, period: str, at: str) -> dict[str, Any]:
    """A metadata package: units with their hierarchy, data elements, one data set.

    Units without a parent in the list hang from a root “Việt Nam”.
    """
    root = uid_of("orgUnit", ROOT_CODE)
    own = {unit.id: uid_of("orgUnit", f"{unit.id}") for unit in units}
    org_units: list[dict[str, Any]] = [
        {"id": root, "code": ROOT_CODE, "name": ROOT_NAME, "shortName": ROOT_NAME, "openingDate": OLDEST.isoformat()}
    ]
    for unit in units:
        row = {
            "id": own[unit.id],
            "code": unit.code,
            "name": unit.name,
            "shortName": unit.name[:50],
            "openingDate": (unit.began_on or OLDEST).isoformat(),
            "parent": {"id": own.get(unit.parent_id or 0, root)},
        }
        if unit.ended_on:
            row["closedDate"] = unit.ended_on.isoformat()
        org_units.append(row)
    elements = []
    for key, known in known_in(edition).items():
        for part in parts_of(known):
            code = writing.element_of(key, part)
            words = ", ".join(filter(None, (known.measure.label, _PART_WORDS[part])))
            kind = value_type(known, part)
            elements.append(
                {
                    "id": uid_of("dataElement", code),
                    "code": code,
                    "name": f"{words} ({key})"[:230],
                    "shortName": code[:50],
                    "domainType": "AGGREGATE",
                    "valueType": kind,
                    "aggregationType": "SUM" if kind.startswith("INTEGER") and not known.cases else "NONE",
                    "zeroIsSignificant": True,
                }
            )
    levels = edition.unit_levels or ("commune",)
    period_type = _PERIOD_TYPES.get(len(period)) or ("Quarterly" if "Q" in period else "Monthly")
    data_set = {
        "id": uid_of("dataSet", edition.id),
        "code": edition.id,
        "name": edition.title[:230],
        "shortName": edition.id[:50],
        "periodType": period_type,
        "dataSetElements": [
            {"dataSet": {"id": uid_of("dataSet", edition.id)}, "dataElement": {"id": e["id"]}} for e in elements
        ],
        "organisationUnits": [{"id": own[u.id]} for u in units if u.level in levels],
    }
    return {
        "system": {"date": at},
        "organisationUnits": org_units,
        "dataElements": elements,
        "dataSets": [data_set],
    }
