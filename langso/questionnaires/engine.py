"""What of a form is to be seen, what is wrong with its answers, what is kept of them. Pure: no Django, no clock.

Twin of field/src/domain/form.ts, where the interface is described; the shared cases in tests/questionnaires/vectors
hold the two together. Numbers are binary floats in both, texts are counted in letters (code points), and what a person
wrote ("1,5", "29/11/2026") is read the same.
"""

import math
import re
from collections.abc import Mapping, Sequence
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
NO_PROBLEM = ("", "")

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


Names = Mapping[str, list[str]]
# ── One reading of a form ────────────────────────────────────────────────────


class Place:
    """A question, a group or a repeat where it stands. What is asked of it for each answer is found out once."""

    __slots__ = ("above", "always", "below", "is_made", "item", "kind", "leaf", "name", "names", "repeat")

    def __init__(self, item: Mapping[str, Any], above: "Place | None", repeat: "Place | None", names: Names) -> None:
        self.item, self.above, self.repeat = item, above, repeat
        self.name: str = item["name"]
        self.kind: str = item["type"]
        self.is_made = "calculate" in item
        self.always: bool = "relevant" not in item and (above is None or above.always)  # nothing hides it
        self.leaf = self.kind not in ("note", "group", "repeat")
        self.names = names.get(item.get("list", ""))  # of its choices, when the list is in the definition
        inside = self if self.kind == "repeat" else repeat
        self.below = tuple(Place(child, self, inside, names) for child in item.get("items", ()))


class Form:
    """A definition with its places by name. Made by one walk; kept where many answers are read."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        names = {key: [choice["name"] for choice in rows] for key, rows in definition["choices"].items()}
        self.top = tuple(Place(item, None, None, names) for item in definition["items"])
        self.places: dict[str, Place] = {}
        self._name(self.top)

    @cached_property
    def blank(self) -> Mapping[str, Mapping[str, None]]:
        """Every question unanswered: outside of repeats under "", and in each repeat under its name."""
        found: dict[str, dict[str, None]] = {"": {}}
        for name, place in self.places.items():
            if place.kind == "repeat":
                found[name] = {}
            elif place.leaf:
                found[place.repeat.name if place.repeat else ""][name] = None
        return found

    def _name(self, places: Sequence[Place]) -> None:
        for place in places:
            self.places[place.name] = place
            self._name(place.below)


Spot = Place | tuple[Place, int]  # a place, and inside of a repeat which time


class Run:
    """One set of answers under one form on one day; everything is computed once, when it is first asked for."""

    def __init__(self, form: Form, answers: Answers, today: str) -> None:
        self.form, self.answers, self.today = form, answers, today
        self._relevance: dict[Spot, bool] = {}
        self._worths: dict[Spot, Worth] = {}
        self._readings: dict[Spot, Reading] = {}
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
        if place.always:
            return True
        key: Spot = place if place.repeat is None else (place, at)
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
        row = self.answers if place.repeat is None else self._row(place.repeat, at)
        if place.name in row:
            return row[place.name]
        if "default" not in place.item:
            return None
        worth = self.worth(place.item["default"], place, at)
        if isinstance(worth, int | float) and not isinstance(worth, bool):
            return worth if math.isfinite(worth) else None
        return to_text(worth)

    def _row(self, repeat: Place, at: int) -> Answers:
        rows = self.rows(repeat)
        return rows[at] if 0 <= at < len(rows) else {}

    def choices(self, place: Place, at: int) -> Sequence[Mapping[str, str]]:
        rows: Sequence[Mapping[str, str]] = self.form.definition["choices"].get(place.item.get("list"), ())
        chosen = place.item.get("filter")
        if "filter" not in place.item:
            return rows
        return [row for row in rows if to_truth(self.worth(chosen, place, at, None, row))]

    def reading(self, place: Place, at: int) -> Reading:
        key: Spot = place if place.repeat is None else (place, at)
        known = self._readings.get(key)
        if known is None:
            self._readings[key] = NOTHING
            known = self._readings[key] = self._read_anew(place, at)
        return known

    def _read_anew(self, place: Place, at: int) -> Reading:
        item = place.item
        if not place.leaf:
            return NOTHING
        if place.is_made:
            worth = self.worth(item["calculate"], place, at)
            if isinstance(worth, int | float) and not isinstance(worth, bool):
                return (kept(float(worth) + 0.0), "") if math.isfinite(worth) else NOTHING
            text = to_text(worth).strip(BLANKS)
            return (text, "") if text else NOTHING
        found = read(place.kind, self.raw(place, at))
        value, names = found[0], place.names
        if value is None or names is None:
            return found
        if "filter" in item:
            names = [choice["name"] for choice in self.choices(place, at)]
        if place.kind == "select_one":
            return found if value in names else (None, "NotAChoice")
        chosen = set(value)
        there = list(dict.fromkeys(name for name in names if name in chosen))
        return (there, "") if len(there) == len(chosen) else (None, "NotAChoice")

    def worth_of(self, place: Place, at: int) -> Worth:
        """What a question is worth to expressions; empty when not visible, not answered or not readable."""
        key: Spot = place if place.repeat is None else (place, at)
        known = self._worths.get(key)
        if known is not None:
            return known
        self._worths[key] = ""
        worth: Worth = ""
        if self.is_relevant(place, at):
            value, _ = self.reading(place, at)
            made = self.worth(place.item["calculate"], place, at) if place.is_made else None
            if isinstance(made, Day):
                worth = made
            elif isinstance(value, list):
                worth = " ".join(value)
            elif value is True:
                worth = "OK"
            elif value is not None:
                worth = to_day(value) if place.kind == "date" else value
        self._worths[key] = worth
        return worth

    def all(self, name: str) -> list[Worth]:
        """All times of a repeat, or of a question inside it, that are visible."""
        place = self.form.places[name]
        repeat = place if place.kind == "repeat" else place.repeat
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
        if place.kind == "repeat":
            return ("TooMany", SAYS["TooMany"]) if self.too_many(place) else NO_PROBLEM
        if not place.leaf or place.is_made:
            return NO_PROBLEM
        value, code = self.reading(place, at)
        if code:
            return code, SAYS[code]
        if value is None:
            if not self.is_required(place, at):
                return NO_PROBLEM
            return "Missing", self.filled(item.get("required_says", ""), at) or SAYS["Missing"]
        if "constraint" not in item or to_truth(self.worth(item["constraint"], place, at, self.worth_of(place, at))):
            return NO_PROBLEM
        return "Constraint", self.filled(item.get("constraint_says", ""), at) or SAYS["Constraint"]

    def is_required(self, place: Place, at: int) -> bool:
        required = place.item.get("required", False)
        return required is True or (required is not False and to_truth(self.worth(required, place, at)))

    def show(self, places: Sequence[Place], at: int) -> list[Shown]:
        return [
            self._shown(place, at)
            for place in places
            if self.is_relevant(place, at) and (place.kind != "calculate" or place.item.get("label"))
        ]

    def _shown(self, place: Place, at: int) -> Shown:
        item = place.item
        reading = self.reading(place, at)
        code, says = self.problem(place, at)
        times = range(len(self.rows(place))) if place.kind == "repeat" else range(0)
        return Shown(
            path=self.path(place, at),
            name=place.name,
            type=place.kind,
            label=self.filled(item.get("label", ""), at),
            hint=self.filled(item.get("hint", ""), at),
            required=not place.is_made and place.kind != "note" and self.is_required(place, at),
            read_only=item.get("read_only") is True or place.is_made,
            multiline=item.get("multiline") is True,
            search=item.get("search") is True,
            value=reading[0],
            text=shown_text(item, reading, None if place.is_made else self.raw(place, at), None),
            choices=self.choices(place, at),
            error=says,
            code=code,
            items=self.show(place.below, at) if place.kind == "group" else [],
            instances=[self.show(place.below, i) for i in times],
            can_add=place.kind == "repeat" and "count" not in item and len(times) < MOST_TIMES,
        )

    def gather(self, places: Sequence[Place], at: int, wrongs: list[Problem], into: dict[str, Any]) -> dict[str, Any]:
        """What is wrong and what is kept, in one walk."""
        for place in places:
            if not place.always and not self.is_relevant(place, at):
                continue
            problem = self.problem(place, at)
            if problem is not NO_PROBLEM:
                wrongs.append(Problem(self.path(place, at), *problem))
            if place.leaf:
                value = self.reading(place, at)[0]
                if value is not None:
                    into[place.name] = value
            elif place.kind == "group":
                self.gather(place.below, at, wrongs, into)
            elif place.kind == "repeat":
                rows = [self.gather(place.below, i, wrongs, {}) for i in range(len(self.rows(place)))]
                if rows:
                    into[place.name] = rows
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
    form = definition if isinstance(definition, Form) else Form(definition)
    return Run(form, answers, today).show(form.top, OUTSIDE)


def check_and_clean(
    definition: Mapping[str, Any] | Form, answers: Answers, today: str
) -> tuple[list[Problem], dict[str, Any]]:
    """What is wrong and what is kept, from one reading."""
    form = definition if isinstance(definition, Form) else Form(definition)
    wrongs: list[Problem] = []
    return wrongs, Run(form, answers, today).gather(form.top, OUTSIDE, wrongs, {})


def check(definition: Mapping[str, Any] | Form, answers: Answers, today: str) -> list[Problem]:
    """What is wrong, in the order of the form; empty when it may be sent."""
    return check_and_clean(definition, answers, today)[0]


def clean(definition: Mapping[str, Any] | Form, answers: Answers, today: str) -> dict[str, Any]:
    """What is kept: visible, readable, typed; calculations filled."""
    return check_and_clean(definition, answers, today)[1]
