"""The operators of expressions, each computing only the arguments it needs. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from langso.questionnaires.worth import (
    Worth,
    divide,
    equal,
    matches,
    remainder,
    round_by,
    to_day,
    to_number,
    to_text,
    to_truth,
)
from langso.questionnaires.written import BLANKS, Day

OUTSIDE = -1  # of every repeat


class Reader(Protocol):
    """What an operator asks of the reading it is part of."""

    today: str

    @property
    def places(self) -> Mapping[str, Any]: ...

    def worth(
        self, expr: Any, place: Any, at: int, self_worth: Worth | None, choice: Mapping[str, str] | None
    ) -> Worth: ...

    def worth_of(self, place: Any, at: int) -> Worth: ...

    def all(self, name: str) -> list[Worth]: ...


@dataclass(frozen=True)
class Call:
    """One operator with its arguments, each computed when it is asked for."""

    run: Reader
    expr: Sequence[Any]
    place: Any
    at: int
    self_worth: Worth | None
    choice: Mapping[str, str] | None

    def __getitem__(self, i: int) -> Worth:
        return self.run.worth(self.expr[i], self.place, self.at, self.self_worth, self.choice)

    def __len__(self) -> int:
        return len(self.expr)

    def number(self, i: int) -> float:
        return to_number(self[i])

    def text(self, i: int) -> str:
        return to_text(self[i])

    def truth(self, i: int) -> bool:
        return to_truth(self[i])


def nothing(call: Call) -> Worth:
    return ""


def _question(call: Call) -> Worth:
    other = call.run.places[call.expr[1]]
    return call.run.worth_of(other, call.at if other.repeat else OUTSIDE)


def _self(call: Call) -> Worth:
    return call.run.worth_of(call.place, call.at) if call.self_worth is None else call.self_worth


def _words(text: str) -> list[str]:
    return [word for word in text.split(" ") if word]


def _coalesce(call: Call) -> Worth:
    return next((w for w in (call[i] for i in range(1, len(call))) if to_text(w) != ""), "")


def _gathered(call: Call) -> Worth:
    first = call.expr[1]
    is_all = isinstance(first, list) and first[0] == "all"
    worths = call.run.all(first[1]) if is_all else [call[i] for i in range(1, len(call))]
    numbers = [to_number(w) for w in worths if to_text(w) != ""]
    if call.expr[0] == "sum":
        total = 0.0
        for number in numbers:  # in order: sum() would add more exactly than the phone does
            total += number
        return total
    if not numbers or any(math.isnan(n) for n in numbers):
        return math.nan
    return min(numbers) if call.expr[0] == "min" else max(numbers)


_POWERS = {float(n): 10.0**n for n in range(7)}


def _rounded(call: Call) -> Worth:
    by = _POWERS.get(call.number(2)) if len(call) > 2 else 1.0
    return math.nan if by is None else round_by(call.number(1), by)


def _truncated(call: Call) -> Worth:
    number = call.number(1)
    return float(math.trunc(number)) if math.isfinite(number) else number


OPERATORS: dict[str, Callable[[Call], Worth]] = {
    "q": _question,
    "self": _self,
    "col": lambda c: c.choice.get(c.expr[1], "") if c.choice is not None else "",
    "or": lambda c: any(c.truth(i) for i in range(1, len(c))),
    "and": lambda c: all(c.truth(i) for i in range(1, len(c))),
    "not": lambda c: not c.truth(1),
    "=": lambda c: equal(c[1], c[2]),
    "!=": lambda c: not equal(c[1], c[2]),
    "<": lambda c: c.number(1) < c.number(2),
    "<=": lambda c: c.number(1) <= c.number(2),
    ">": lambda c: c.number(1) > c.number(2),
    ">=": lambda c: c.number(1) >= c.number(2),
    "+": lambda c: c.number(1) + c.number(2),
    "-": lambda c: c.number(1) - c.number(2),
    "*": lambda c: c.number(1) * c.number(2),
    "div": lambda c: divide(c.number(1), c.number(2)),
    "mod": lambda c: remainder(c.number(1), c.number(2)),
    "neg": lambda c: -c.number(1),
    "selected": lambda c: c.text(2).strip(BLANKS) in _words(c.text(1)),
    "count-selected": lambda c: float(len(_words(c.text(1)))),
    "count": lambda c: float(len(c.run.all(c.expr[1][1]))),
    "sum": _gathered,
    "min": _gathered,
    "max": _gathered,
    "if": lambda c: c[2] if c.truth(1) else c[3],
    "coalesce": _coalesce,
    "concat": lambda c: "".join(c.text(i) for i in range(1, len(c))),
    "contains": lambda c: c.text(2) in c.text(1),
    "starts-with": lambda c: c.text(1).startswith(c.text(2)),
    "string-length": lambda c: float(len(c.text(1))),
    "regex": lambda c: matches(c.text(1), c.expr[2]),
    "today": lambda c: Day(c.run.today),
    "date": lambda c: to_day(c[1]),
    "number": lambda c: c.number(1),
    "string": lambda c: c.text(1),
    "boolean": lambda c: c.truth(1),
    "int": _truncated,
    "round": _rounded,
    "position": lambda c: float(c.at + 1),
}
