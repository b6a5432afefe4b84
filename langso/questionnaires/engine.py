"""What of a form is to be seen, what is wrong with its answers, what is kept of them. Pure: no Django, no clock.

Twin of field/src/domain/form.ts, where the interface is described; the shared cases in tests/questionnaires/vectors
hold the two together. Numbers are binary floats in both, texts are counted in letters (code points), and what a person
wrote ("1,5", "29/11/2026") is read the same.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from langso.questionnaires.operators import OPERATORS, OUTSIDE, Call, nothing
from langso.questionnaires.worth import (
    Worth,
    to_day,
    to_number,
    to_text,
    to_truth,
)
from langso.questionnaires.written import BLANKS, NOTHING, Day, Reading, kept, number_text, read

Answers = Mapping[str, Any]
Expr = Any  # null, a truth, a number, a text, or [operator, …]: docs/reference/forms.md
MOST_TIMES = 100

SAYS = {
    "Missing": "Câu này cần trả lời.",
    "NotAnInteger": "Ghi số nguyên, ví dụ 4.",
    "NotADecimal": "Ghi số, ví dụ 1,5.",
    "NotADay": "Ghi ngày theo kiểu ngày/tháng/năm, ví dụ 05/11/2026.",
    "TooLong": "Dài quá 2.000 chữ. Ghi ngắn lại.",
    "NotAChoice": "Ý đã chọn không có trong danh sách này. Chọn lại.",
    "NotAPlace": "Vị trí này không đọc được. Lấy lại vị trí.",
    "NotReadable": "Câu này ghi không đúng kiểu. Trả lời lại.",
    "Constraint": "Câu trả lời này chưa hợp lệ. Xem lại.",
    "TooMany": "Nhiều nhất 100 lần. Bỏ bớt.",
}


FILLED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_-]*)\}")


@dataclass(frozen=True)
class Problem:
    path: str
    code: str
    says: str


@dataclass(frozen=True)
class Shown:
    """One place of the form as it is to be seen now."""

    path: str
    name: str
    type: str
    label: str
    hint: str
    required: bool
    read_only: bool
    multiline: bool
    search: bool
    value: Any
    text: str
    choices: Sequence[Mapping[str, str]]
    error: str
    code: str
    items: "Sequence[Shown]"
    instances: "Sequence[Sequence[Shown]]"
    can_add: bool


# ── One reading of a form ────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Place:
    item: Mapping[str, Any]
    above: "Place | None"
    repeat: "Place | None"

    @property
    def name(self) -> str:
        return str(self.item["name"])


class Form:
    """A definition with its places by name. Made by one walk; kept where many answers are read."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.places: dict[str, Place] = {}
        self._walk(definition["items"], None, None)
        self.names: dict[str, list[str]] = {
            key: [choice["name"] for choice in rows] for key, rows in definition["choices"].items()
        }

    @cached_property
    def blank(self) -> Mapping[str, Mapping[str, None]]:
        """Every question unanswered: outside of repeats under "", and in each repeat under its name."""
        found: dict[str, dict[str, None]] = {"": {}}
        for name, place in self.places.items():
            if place.item["type"] == "repeat":
                found[name] = {}
            elif place.item["type"] not in ("group", "note"):
                found[place.repeat.name if place.repeat else ""][name] = None
        return found

    def _walk(self, items: Sequence[Mapping[str, Any]], above: Place | None, repeat: Place | None) -> None:
        for item in items:
            place = Place(item, above, repeat)
            self.places[place.name] = place
            self._walk(item.get("items", ()), place, place if item["type"] == "repeat" else repeat)


class Run:
    """One set of answers under one form on one day; everything is computed once, when it is first asked for."""

    def __init__(self, form: Form, answers: Answers, today: str) -> None:
        self.form, self.answers, self.today = form, answers, today
        self._relevance: dict[tuple[str, int], bool] = {}
        self._worths: dict[tuple[str, int], Worth] = {}
        self._readings: dict[tuple[str, int], Reading] = {}
        self._rows: dict[str, list[Answers]] = {}

    @property
    def places(self) -> Mapping[str, Place]:
        return self.form.places

    def path(self, place: Place, at: int) -> str:
        return f"{place.repeat.name}.{at}.{place.name}" if place.repeat else place.name

    def rows(self, place: Place) -> list[Answers]:
        """The times of a repeat as they stand."""
        name = place.name
        if name in self._rows:
            return self._rows[name]
        self._rows[name] = []
        raw = self.answers.get(name)
        rows: list[Answers]
        rows = [row if isinstance(row, dict) else {} for row in raw[:MOST_TIMES]] if isinstance(raw, list) else []
        if "count" in place.item:
            asked = to_number(self.worth(place.item["count"], place, OUTSIDE))
            times = int(min(math.floor(min(asked, MOST_TIMES)), MOST_TIMES)) if asked > 0 else 0
            rows = rows[:times] + [{} for _ in range(times - len(rows))]
        self._rows[name] = rows
        return rows

    def too_many(self, place: Place) -> bool:
        if "count" in place.item:
            return to_number(self.worth(place.item["count"], place, OUTSIDE)) >= MOST_TIMES + 1
        raw = self.answers.get(place.name)
        return isinstance(raw, list) and len(raw) > MOST_TIMES

    def is_relevant(self, place: Place, at: int) -> bool:
        key = (place.name, at if place.repeat else OUTSIDE)
        known = self._relevance.get(key)
        if known is not None:
            return known
        self._relevance[key] = False
        above = place.above
        found = above is None or self.is_relevant(above, at if above.repeat else OUTSIDE)
        if found and "relevant" in place.item:
            found = to_truth(self.worth(place.item["relevant"], place, at))
        self._relevance[key] = found
        return found

    def raw(self, place: Place, at: int) -> Any:
        """The written answer of a question, its default when there is none."""
        row = self._row(place, at)
        if place.name in row:
            return row[place.name]
        if "default" not in place.item:
            return None
        worth = self.worth(place.item["default"], place, at)
        if isinstance(worth, int | float) and not isinstance(worth, bool):
            return worth if math.isfinite(worth) else None
        return to_text(worth)

    def _row(self, place: Place, at: int) -> Answers:
        if place.repeat is None:
            return self.answers
        rows = self.rows(place.repeat)
        return rows[at] if 0 <= at < len(rows) else {}

    def choices(self, place: Place, at: int) -> Sequence[Mapping[str, str]]:
        rows: Sequence[Mapping[str, str]] = self.form.definition["choices"].get(place.item.get("list"), ())
        chosen = place.item.get("filter")
        if "filter" not in place.item:
            return rows
        return [row for row in rows if to_truth(self.worth(chosen, place, at, None, row))]

    def reading(self, place: Place, at: int) -> Reading:
        key = (place.name, at if place.repeat else OUTSIDE)
        known = self._readings.get(key)
        if known is None:
            self._readings[key] = NOTHING
            known = self._readings[key] = self._read_anew(place, at)
        return known

    def _read_anew(self, place: Place, at: int) -> Reading:
        item = place.item
        if item["type"] in ("note", "group", "repeat"):
            return NOTHING
        if "calculate" in item:
            worth = self.worth(item["calculate"], place, at)
            if isinstance(worth, int | float) and not isinstance(worth, bool):
                return (kept(float(worth) + 0.0), "") if math.isfinite(worth) else NOTHING
            text = to_text(worth).strip(BLANKS)
            return (text, "") if text else NOTHING
        value, code = read(item["type"], self.raw(place, at))
        if value is None or item.get("list") not in self.form.names:
            return value, code
        names = (
            [choice["name"] for choice in self.choices(place, at)]
            if "filter" in item
            else self.form.names[item["list"]]
        )
        if item["type"] == "select_one":
            return (value, code) if value in names else (None, "NotAChoice")
        chosen = set(value)
        there = list(dict.fromkeys(name for name in names if name in chosen))
        return (there, "") if len(there) == len(chosen) else (None, "NotAChoice")

    def worth_of(self, place: Place, at: int) -> Worth:
        """What a question is worth to expressions; empty when not visible, not answered or not readable."""
        key = (place.name, at if place.repeat else OUTSIDE)
        known = self._worths.get(key)
        if known is not None:
            return known
        self._worths[key] = ""
        worth: Worth = ""
        if self.is_relevant(place, at):
            value, _ = self.reading(place, at)
            made = self.worth(place.item["calculate"], place, at) if "calculate" in place.item else None
            if isinstance(made, Day):
                worth = made
            elif isinstance(value, list):
                worth = " ".join(value)
            elif value is True:
                worth = "OK"
            elif value is not None:
                worth = to_day(value) if place.item["type"] == "date" else value
        self._worths[key] = worth
        return worth

    def all(self, name: str) -> list[Worth]:
        """All times of a repeat, or of a question inside it, that are visible."""
        place = self.form.places[name]
        repeat = place if place.item["type"] == "repeat" else place.repeat
        if repeat is None:
            return [self.worth_of(place, OUTSIDE)] if self.is_relevant(place, OUTSIDE) else []
        if not self.is_relevant(repeat, OUTSIDE):
            return []
        times = range(len(self.rows(repeat)))
        if place is repeat:
            return ["" for _ in times]
        return [self.worth_of(place, at) for at in times if self.is_relevant(place, at)]

    def worth(
        self,
        expr: Expr,
        place: Place,
        at: int,
        self_worth: Worth | None = None,
        choice: Mapping[str, str] | None = None,
    ) -> Worth:
        if expr is None:
            return ""
        if not isinstance(expr, list):
            return expr  # type: ignore[no-any-return]
        return OPERATORS.get(expr[0], nothing)(Call(self, expr, place, at, self_worth, choice))

    # What a place shows

    def filled(self, text: str, at: int) -> str:
        def said(found: "re.Match[str]") -> str:
            place = self.form.places.get(found[1])
            if place is None or (place.repeat is not None and at == OUTSIDE):
                return found[0]
            inner = at if place.repeat else OUTSIDE
            if not self.is_relevant(place, inner):
                return ""
            return shown_text(place.item, self.reading(place, inner), None, self.choices(place, inner))

        return FILLED.sub(said, text) if "${" in text else text

    def problem(self, place: Place, at: int) -> tuple[str, str]:
        item = place.item
        if item["type"] == "repeat":
            return ("TooMany", SAYS["TooMany"]) if self.too_many(place) else ("", "")
        if item["type"] in ("note", "group") or "calculate" in item:
            return "", ""
        value, code = self.reading(place, at)
        if code:
            return code, SAYS[code]
        if value is None:
            if not self.is_required(place, at):
                return "", ""
            return "Missing", self.filled(item.get("required_says", ""), at) or SAYS["Missing"]
        if "constraint" not in item or to_truth(self.worth(item["constraint"], place, at, self.worth_of(place, at))):
            return "", ""
        return "Constraint", self.filled(item.get("constraint_says", ""), at) or SAYS["Constraint"]

    def is_required(self, place: Place, at: int) -> bool:
        return "required" in place.item and to_truth(self.worth(place.item["required"], place, at))

    def visible(self, items: Sequence[Mapping[str, Any]], at: int) -> Iterator[tuple[Mapping[str, Any], Place]]:
        for item in items:
            place = self.form.places[item["name"]]
            if self.is_relevant(place, at):
                yield item, place

    def show(self, items: Sequence[Mapping[str, Any]], at: int) -> list[Shown]:
        return [
            self._shown(item, place, at)
            for item, place in self.visible(items, at)
            if item["type"] != "calculate" or item.get("label")
        ]

    def _shown(self, item: Mapping[str, Any], place: Place, at: int) -> Shown:
        is_made = "calculate" in item
        reading = self.reading(place, at)
        code, says = self.problem(place, at)
        rows = self.rows(place) if item["type"] == "repeat" else []
        below = item.get("items", ())
        return Shown(
            path=self.path(place, at),
            name=item["name"],
            type=item["type"],
            label=self.filled(item.get("label", ""), at),
            hint=self.filled(item.get("hint", ""), at),
            required=not is_made and item["type"] != "note" and self.is_required(place, at),
            read_only=item.get("read_only") is True or is_made,
            multiline=item.get("multiline") is True,
            search=item.get("search") is True,
            value=reading[0],
            text=shown_text(item, reading, None if is_made else self.raw(place, at), None),
            choices=self.choices(place, at),
            error=says,
            code=code,
            items=self.show(below, at) if item["type"] == "group" else [],
            instances=[self.show(below, i) for i in range(len(rows))],
            can_add=item["type"] == "repeat" and "count" not in item and len(rows) < MOST_TIMES,
        )

    def wrongs(self, items: Sequence[Mapping[str, Any]], at: int, into: list[Problem]) -> list[Problem]:
        for item, place in self.visible(items, at):
            code, says = self.problem(place, at)
            if code:
                into.append(Problem(self.path(place, at), code, says))
            if item["type"] == "group":
                self.wrongs(item.get("items", ()), at, into)
            elif item["type"] == "repeat":
                for i in range(len(self.rows(place))):
                    self.wrongs(item.get("items", ()), i, into)
        return into

    def keep(self, items: Sequence[Mapping[str, Any]], at: int, into: dict[str, Any]) -> dict[str, Any]:
        for item, place in self.visible(items, at):
            if item["type"] == "group":
                self.keep(item.get("items", ()), at, into)
            elif item["type"] == "repeat":
                rows = [self.keep(item.get("items", ()), i, {}) for i in range(len(self.rows(place)))]
                if rows:
                    into[item["name"]] = rows
            else:
                value, _ = self.reading(place, at)
                if value is not None:
                    into[item["name"]] = value
        return into


def shown_text(item: Mapping[str, Any], reading: Reading, raw: Any, choices: Sequence[Mapping[str, str]] | None) -> str:
    """As an input shows it, or, with `choices`, as a sentence would say it."""
    value, code = reading
    if value is None:
        if raw is None or not code:
            return ""
        if isinstance(raw, str):
            return raw
        return number_text(float(raw)) if isinstance(raw, int | float) and not isinstance(raw, bool) else ""
    if isinstance(value, bool):
        return "OK" if value else ""
    if isinstance(value, int | float):
        return number_text(float(value)).replace(".", ",")
    if item["type"] == "date":
        return f"{value[8:]}/{value[5:7]}/{value[:4]}"
    names = value if isinstance(value, list) else [value]
    if choices is None:
        return " ".join(names)
    labels: dict[str, str] = {}
    for choice in choices:
        labels.setdefault(choice["name"], choice["label"])
    return ", ".join(str(labels.get(name, name)) for name in names)


def view(definition: Mapping[str, Any] | Form, answers: Answers, today: str) -> list[Shown]:
    """The form as it is to be seen now."""
    form = _form(definition)
    return Run(form, answers, today).show(form.definition["items"], OUTSIDE)


def check(definition: Mapping[str, Any] | Form, answers: Answers, today: str) -> list[Problem]:
    """What is wrong, in the order of the form; empty when it may be sent."""
    form = _form(definition)
    return Run(form, answers, today).wrongs(form.definition["items"], OUTSIDE, [])


def clean(definition: Mapping[str, Any] | Form, answers: Answers, today: str) -> dict[str, Any]:
    """What is kept: visible, readable, typed; calculations filled."""
    form = _form(definition)
    return Run(form, answers, today).keep(form.definition["items"], OUTSIDE, {})


def check_and_clean(form: Form, answers: Answers, today: str) -> tuple[list[Problem], dict[str, Any]]:
    """Both from one reading."""
    run = Run(form, answers, today)
    items = form.definition["items"]
    return run.wrongs(items, OUTSIDE, []), run.keep(items, OUTSIDE, {})


def _form(definition: Mapping[str, Any] | Form) -> Form:
    return definition if isinstance(definition, Form) else Form(definition)
