"""What the pages of the exchange say: the reference of the API, lines of readings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langso.assessments import foreign
from langso.criteria.edition import Field
from langso.exchange.register import Known
from langso.lib.vietnamese import slug
from langso.measures.models import SystemReading
from langso.measures.rules import Entry

_METHODS = ("get", "put", "post")
_WHERE = {
    "query": "trong địa chỉ, sau dấu ?",
    "path": "trong địa chỉ",
    "header": "trong tiêu đề",
    "body": "trong nội dung",
}


@dataclass(frozen=True)
class ReadingLine:
    """One reading in the list."""

    reading: SystemReading
    unit_name: str
    label: str
    shown: str


def reading_lines(readings: Sequence[SystemReading], known: Mapping[str, Known]) -> list[ReadingLine]:
    lines = []
    for reading in readings:
        one = known.get(reading.measure)
        entry = Entry(reading.numerator, reading.denominator, reading.value)
        shown = foreign.shown(entry, Field(reading.measure, one.measure.label, one.measure, one.cases)) if one else ""
        name = str(getattr(reading, "unit_name", "") or f"Đơn vị {reading.unit_id}")
        lines.append(ReadingLine(reading, name, one.measure.label if one else reading.measure, shown))
    return lines


@dataclass(frozen=True)
class Parameter:
    name: str
    where: str
    words: str
    is_needed: bool


@dataclass(frozen=True)
class Operation:
    """One address and verb, for readers."""

    anchor: str
    method: str
    path: str
    summary: str
    words: str
    needs_key: bool
    parameters: tuple[Parameter, ...]
    example: str


@dataclass(frozen=True)
class Chapter:
    title: str
    anchor: str
    words: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class ReferencePage:
    version: str
    words: str
    chapters: tuple[Chapter, ...]

    @property
    def tabs(self) -> list[dict[str, str]]:
        return [{"label": c.title, "href": f"#{c.anchor}"} for c in self.chapters]


def reference_page(description: Mapping[str, Any]) -> ReferencePage:
    """The OpenAPI description as a page."""
    chapters = []
    for tag in description["tags"]:
        operations = [
            _operation(path, method, facts, description)
            for path, verbs in description["paths"].items()
            for method, facts in verbs.items()
            if method in _METHODS and tag["name"] in facts.get("tags", ())
        ]
        chapters.append(Chapter(tag["name"], slug(tag["name"]), tag["description"], tuple(operations)))
    return ReferencePage(description["info"]["version"], description["info"]["description"], tuple(chapters))


def _operation(path: str, method: str, facts: Mapping[str, Any], whole: Mapping[str, Any]) -> Operation:
    parameters = [
        Parameter(p["name"], _WHERE[p["in"]], p.get("description", ""), p["required"]) for p in facts["parameters"]
    ]
    content = facts.get("requestBody", {}).get("content", {})
    example = ""
    for kind, body in content.items():
        parameters += _body_parameters(body["schema"], whole)
        example = body.get("example") or _example(body["schema"], whole) if kind else example
    return Operation(
        facts["operationId"],
        method.upper(),
        path,
        facts["summary"],
        " ".join(facts.get("description", "").split()),
        "security" in facts,
        tuple(parameters),
        example,
    )


def _resolved(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = whole["components"]["schemas"][name] if name else schema
    return found


def _body_parameters(schema: Mapping[str, Any], whole: Mapping[str, Any], prefix: str = "") -> list[Parameter]:
    found = _resolved(schema, whole)
    needed = found.get("required", ())
    lines = []
    for name, facts in found.get("properties", {}).items():
        lines.append(Parameter(f"{prefix}{name}", _WHERE["body"], facts.get("description", ""), name in needed))
        if facts.get("type") == "array" and "$ref" in facts.get("items", {}):
            lines += _body_parameters(facts["items"], whole, f"{prefix}{name}[].")
    return lines


def _example(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Made of the examples that the shape gives for its own parts."""
    properties = _resolved(schema, whole).get("properties", {})
    found = {name: facts["examples"][0] for name, facts in properties.items() if facts.get("examples")}
    return json.dumps(found, ensure_ascii=False, indent=2) if found else ""
