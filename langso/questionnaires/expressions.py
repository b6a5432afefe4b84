"""The XPath subset of XLSForm, compiled once at import. What is not understood is refused in words, never guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langso.lib.refusal import Refused
from langso.questionnaires.patterns import PatternWrong, parse_pattern

LONGEST = 2000
DEEPEST = 30
_TOKEN = re.compile(
    r"\s*(?:(?P<question>\$\{\s*(?P<name>[^}]*?)\s*\})|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<word>[A-Za-z_][\w.:-]*)|(?P<sign><=|>=|!=|\.\.|[-+*=<>(),.]))",
    re.ASCII,
)
# Functions with the least and most arguments they take.
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "selected": (2, 2),
    "count-selected": (1, 1),
    "count": (1, 1),
    "sum": (1, 1),
    "min": (1, 20),
    "max": (1, 20),
    "if": (3, 3),
    "coalesce": (1, 20),
    "concat": (1, 50),
    "contains": (2, 2),
    "starts-with": (2, 2),
    "string-length": (1, 1),
    "regex": (2, 2),
    "today": (0, 0),
    "date": (1, 1),
    "number": (1, 1),
    "string": (1, 1),
    "boolean": (1, 1),
    "int": (1, 1),
    "round": (1, 2),
    "not": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
    "position": (1, 1),
}
_LEVELS: Sequence[tuple[str, ...]] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
_CURLED = {"“", "”", "‘", "’"}


class ExpressionWrong(Refused):
    says = "{what}"


@dataclass(frozen=True)
class Scope:
    """What an expression may name, and from where: `repeats` tells for each question the repeat it is in ("" outside);
    the name of a repeat stands in `repeat_names`. `columns` are those of the choices that a filter looks at."""

    repeats: Mapping[str, str]
    repeat_names: frozenset[str]
    groups: frozenset[str] = frozenset()
    inside: str = ""
    has_self: bool = False
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


class _Compiler:
    def __init__(self, source: str, scope: Scope) -> None:
        self.scope = scope
        self.tokens = list(_tokens(source))
        self.at = 0
        self.depth = 0

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "")

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, sign: str) -> None:
        token = self.take()
        if token != _Token("sign", sign):
            raise _wrong(f"Thiếu dấu {sign}" + (f" trước “{token.text}”." if token.text else " ở cuối."))

    def whole(self) -> Any:
        tree = self.level(0)
        if self.peek().kind != "end":
            raise _wrong(f"Không hiểu từ “{self.peek().text}”.")
        return tree

    def level(self, number: int) -> Any:
        if number == len(_LEVELS):
            return self.unary()
        tree = self.level(number + 1)
        height = 0
        while self.peek().kind in ("sign", "word") and self.peek().text in _LEVELS[number]:
            operator = self.take().text
            right = self.level(number + 1)
            height += 1
            if operator in ("or", "and") and isinstance(tree, list) and tree[0] == operator and height > 1:
                tree.append(right)  # a long chain stays flat
            else:
                tree = [operator, tree, right]
            if height > DEEPEST and operator not in ("or", "and"):
                raise _wrong("Phép tính quá dài. Tách thành mấy câu calculate.")
        return tree

    def unary(self) -> Any:
        if self.peek() == _Token("sign", "-"):
            self.take()
            self.depth += 1
            self.check_depth()
            tree = ["neg", self.unary()]
            self.depth -= 1
            return tree
        return self.primary()

    def check_depth(self) -> None:
        if self.depth > DEEPEST:
            raise _wrong("Quá nhiều ngoặc lồng nhau. Tách thành mấy câu calculate.")

    def primary(self) -> Any:
        token = self.take()
        if token.kind == "number":
            number = float(token.text)
            return int(number) if number.is_integer() and number < 1e15 else number
        if token.kind == "text":
            return token.text
        if token.kind == "question":
            return self.question(token.text)
        if token == _Token("sign", "."):
            if not self.scope.has_self:
                raise _wrong("Dấu chấm chỉ dùng được trong cột constraint.")
            return ["self"]
        if token == _Token("sign", "("):
            self.depth += 1
            self.check_depth()
            tree = self.level(0)
            self.depth -= 1
            self.expect(")")
            return tree
        if token.kind == "word":
            if self.peek() == _Token("sign", "("):
                return self.call(token.text)
            if token.text in self.scope.columns:
                return ["col", token.text]
            if self.scope.columns:
                raise _wrong(f"Trang choices không có cột “{token.text}”.")
            raise _wrong(f"Không hiểu từ “{token.text}”. Tên câu hỏi viết ${{{token.text}}}, chữ đặt trong dấu nháy.")
        raise _wrong(f"Không hiểu chỗ “{token.text}”." if token.text else "Biểu thức dừng giữa chừng.")

    def question(self, name: str) -> Any:
        scope = self.scope
        if name in scope.repeat_names or name in scope.groups:
            raise _wrong(f"${{{name}}} là một nhóm, không phải câu hỏi; nhóm lặp chỉ dùng được trong count().")
        if name not in scope.repeats:
            raise _wrong(f"Không có câu hỏi nào tên “{name}”.")
        if scope.repeats[name] and scope.repeats[name] != scope.inside:
            raise _wrong(
                f"${{{name}}} nằm trong nhóm lặp “{scope.repeats[name]}”, có thể có nhiều giá trị. "
                "Dùng sum(), count(), min() hoặc max()."
            )
        return ["q", name]

    def call(self, name: str) -> Any:
        if name not in FUNCTIONS:
            raise _wrong(f"Hàm {name}() chưa dùng được ở đây.")
        self.take()
        self.depth += 1
        self.check_depth()
        arguments: list[Any] = []
        while self.peek() != _Token("sign", ")"):
            if arguments:
                self.expect(",")
            arguments.append(self.argument(name, len(arguments)))
            if len(arguments) > 50:
                raise _wrong(f"Hàm {name}() có quá nhiều phần.")
        self.expect(")")
        self.depth -= 1
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise _wrong(f"Hàm {name}() cần {least if least == most else f'{least} đến {most}'} phần trong ngoặc.")
        if name in ("true", "false"):
            return name == "true"
        return ["position"] if name == "position" else [name, *arguments]

    def argument(self, function: str, number: int) -> Any:
        token = self.peek()
        if function == "position":
            if self.take() != _Token("sign", ".."):
                raise _wrong("position() chỉ dùng được với hai dấu chấm: position(..).")
            if not self.scope.inside:
                raise _wrong("position(..) chỉ dùng được trong nhóm lặp.")
            return ".."
        if function == "regex" and number == 1:
            if token.kind != "text":
                raise _wrong("Mẫu của regex() phải là chữ trong dấu nháy.")
            try:
                return parse_pattern(self.take().text)
            except PatternWrong as wrong:
                raise _wrong(wrong.sentence) from wrong
        if function in ("count", "sum", "min", "max") and token.kind == "question" and self.closes_next():
            name = token.text
            repeat = self.scope.repeats.get(name, "")
            if function == "count" or (repeat and repeat != self.scope.inside):
                if name not in self.scope.repeats and name not in self.scope.repeat_names:
                    raise _wrong(f"Không có câu hỏi hay nhóm lặp nào tên “{name}”.")
                self.take()
                return ["all", name]
        if function == "count":
            raise _wrong("count() chỉ đếm được một nhóm lặp hoặc một câu trong nhóm lặp: count(${ten}).")
        return self.level(0)

    def closes_next(self) -> bool:
        return self.tokens[self.at + 1 : self.at + 2] == [_Token("sign", ")")]


def _wrong(what: str) -> ExpressionWrong:
    return ExpressionWrong(what=what)


def _tokens(source: str) -> Iterator[_Token]:
    if len(source) > LONGEST:
        raise _wrong("Biểu thức dài quá 2.000 chữ. Tách thành mấy câu calculate.")
    at, end = 0, len(source.rstrip())
    while at < end:
        found = _TOKEN.match(source, at)
        if found is None:
            letter = source[at:].lstrip()[:1]
            if letter in _CURLED:
                raise _wrong(f"Dấu nháy cong {letter} không dùng được. Dùng nháy thẳng ' hoặc \".")
            if letter in ("'", '"'):
                raise _wrong("Thiếu dấu nháy đóng.")
            raise _wrong(f"Không hiểu dấu “{letter}”.")
        at = found.end()
        kind = str(found.lastgroup if found.lastgroup != "name" else "question")
        text = found["name"] if kind == "question" else found[kind]
        yield _Token(kind, text[1:-1] if kind == "text" else text)


def compile_expression(source: str, scope: Scope) -> Any:
    """The tree of an expression: docs/reference/forms.md.

    Refuses: ExpressionWrong.
    """
    return _Compiler(source, scope).whole()


def named(tree: Any) -> Iterator[str]:
    """The questions that an expression looks at."""
    if isinstance(tree, list):
        if tree and tree[0] in ("q", "all"):
            yield tree[1]
        else:
            for part in tree[1:]:
                yield from named(part)
