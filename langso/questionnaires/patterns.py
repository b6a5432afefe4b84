r"""The patterns of regex(), parsed once at import into a tree that both engines match without going back.

Taken: letters, ., classes [a-z] [^…], \d \w \s \D \W \S \p{L}, groups, |, ? * + {m} {m,} {m,n}. The whole text must
match, so ^ at the start and $ at the end say nothing new. No look-ahead, no reference back.
"""

from typing import Any

from langso.lib.refusal import Refused

Node = dict[str, Any]
HIGHEST = 0x10FFFF
LARGEST = 2000  # letters and classes of a pattern with its counted repeats written out
MOST_COUNT = 255
_DIGIT = [[48, 57]]
_WORD = [[48, 57], [65, 90], [95, 95], [97, 122]]
_SPACE = [[9, 13], [32, 32]]
_LETTER = [[65, 90], [97, 122], [0xC0, 0xD6], [0xD8, 0xF6], [0xF8, 0x24F], [0x1E00, 0x1EFF]]
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"t": 9, "n": 10, "r": 13}


class PatternWrong(Refused):
    says = "Mẫu “{pattern}” có chỗ chưa dùng được: {what}."


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def wrong(self, what: str) -> PatternWrong:
        return PatternWrong(pattern=self.pattern[:60], what=what)

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        letter = self.peek()
        if not letter:
            raise self.wrong("mẫu dừng giữa chừng")
        self.at += 1
        return letter

    def ways(self, depth: int) -> Node:
        if depth > 10:
            raise self.wrong("quá nhiều ngoặc lồng nhau")
        found = [self.sequence(depth)]
        while self.peek() == "|":
            self.take()
            found.append(self.sequence(depth))
        return found[0] if len(found) == 1 else {"alt": found}

    def sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            if self.peek() == "^" and not parts and depth == 0:
                self.take()
                continue
            if self.peek() == "$" and depth == 0 and self.pattern[self.at + 1 : self.at + 2] in ("", "|"):
                self.take()
                continue
            parts.append(self.counted(self.atom(depth)))
        return parts[0] if len(parts) == 1 else {"seq": parts}

    def counted(self, atom: Node) -> Node:
        sign = self.peek()
        if sign in ("?", "*", "+") and sign:
            self.take()
            least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        elif sign == "{":
            least, most = self.counts()
        else:
            return atom
        if self.peek() == "?":  # the shortest first: the same when all must match
            self.take()
        if self.peek() in ("?", "*", "+", "{") and self.peek():
            raise self.wrong("hai dấu lặp liền nhau")
        return {"rep": atom, "min": least, "max": most}

    def counts(self) -> tuple[int, int | None]:
        stop = self.pattern.find("}", self.at)
        first, comma, last = self.pattern[self.at + 1 : stop].partition(",")
        if stop < 0 or not _is_count(first) or not (_is_count(last) or (comma and not last) or not comma):
            raise self.wrong("số lần lặp trong ngoặc nhọn")
        least, most = int(first), (int(last) if last else None) if comma else int(first)
        if least > MOST_COUNT or (most is not None and not least <= most <= MOST_COUNT):
            raise self.wrong(f"số lần lặp quá {MOST_COUNT} hoặc ngược")
        self.at = stop + 1
        return least, most

    def atom(self, depth: int) -> Node:
        letter = self.take()
        if letter == "(":
            if self.peek() == "?":
                if self.pattern[self.at : self.at + 2] != "?:":
                    raise self.wrong("ngoặc (?…)")
                self.at += 2
            inner = self.ways(depth + 1)
            if self.peek() != ")":
                raise self.wrong("thiếu ngoặc đóng")
            self.take()
            return inner
        if letter == "[":
            return self.letter_class()
        if letter == ".":
            return {"set": [[10, 10], [13, 13]], "not": True}
        if letter == "\\":
            spans, negated = self.escaped()
            return {"set": spans, "not": True} if negated else {"set": spans}
        if letter in "*+?{}$^)":
            raise self.wrong(f"dấu {letter} đứng không đúng chỗ, hoặc cần viết \\{letter}")
        return {"set": [[ord(letter), ord(letter)]]}

    def escaped(self) -> tuple[list[list[int]], bool]:
        letter = self.take()
        if letter.lower() in _CLASSES:
            return _CLASSES[letter.lower()], letter.isupper()
        if letter == "p" and self.pattern[self.at : self.at + 3] == "{L}":
            self.at += 3
            return _LETTER, False
        if letter in _CONTROLS:
            return [[_CONTROLS[letter]] * 2], False
        if letter.isalnum():
            raise self.wrong(f"\\{letter}")
        return [[ord(letter), ord(letter)]], False

    def letter_class(self) -> Node:
        negated = self.peek() == "^"
        if negated:
            self.take()
        spans: list[list[int]] = []
        is_first = True
        while is_first or self.peek() != "]":
            is_first = False
            letter = self.take()
            if letter == "[":
                raise self.wrong("ngoặc vuông lồng nhau")
            if letter == "\\":
                found, turned = self.escaped()
                if turned:
                    raise self.wrong("lớp phủ định trong ngoặc vuông")
            else:
                found = [[ord(letter), ord(letter)]]
            ahead = self.pattern[self.at : self.at + 2]
            if len(found) == 1 and found[0][0] == found[0][1] and ahead[:1] == "-" and ahead[1:] not in ("", "]"):
                self.take()
                last = self.take()
                high = self.escaped()[0][0][0] if last == "\\" else ord(last)
                if high < found[0][0]:
                    raise self.wrong("khoảng chữ viết ngược")
                found = [[found[0][0], high]]
            spans += found
        self.take()
        return {"set": spans, "not": True} if negated else {"set": spans}


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4


def _size(node: Node) -> int:
    if "set" in node:
        return 1
    if "rep" in node:
        times: int = node["max"] if node["max"] is not None else node["min"] + 1
        return _size(node["rep"]) * times
    return sum(_size(part) for part in _parts(node)) + 1


def _parts(node: Node) -> list[Node]:
    return node["seq"] if "seq" in node else node["alt"]  # type: ignore[no-any-return]


def _endless(node: Node) -> int:
    """How many endless repeats stand inside one another."""
    if "set" in node:
        return 0
    if "rep" in node:
        return _endless(node["rep"]) + int(node["max"] is None)
    return max((_endless(part) for part in _parts(node)), default=0)


def parse_pattern(pattern: str) -> Node:
    """Refuses: PatternWrong."""
    parser = _Parser(pattern)
    if len(pattern) > 300:
        raise parser.wrong("dài quá 300 chữ")
    tree = parser.ways(0)
    if parser.peek():
        raise parser.wrong("thừa ngoặc đóng")
    if _size(tree) > LARGEST or _endless(tree) > 2:
        raise parser.wrong("lặp lồng nhau quá nhiều")
    return tree
