"""YAML as people write it: every scalar stays the text that stands in the file, every key knows its line.

Text, not typed values: 1.10 keeps its zero, 60% its sign, and a code named NO stays a code. What a text
means is decided where it is read. Aliases, duplicate keys, deep nesting and huge files are refused, so that
a file from a stranger can neither surprise nor exhaust us.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc

LARGEST = 2_000_000  # bytes; the largest framework we know of (98 component indices) takes about 60 kB
DEEPEST = 12

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # events only; nothing is ever constructed


class FrameworkFileUnreadable(Refused):
    says = "Không đọc được tệp khung tiêu chí {name}: {why}. Kiểm tra lại tệp rồi chạy lại."


class FrameworkFileWrong(Refused):
    says = "Tệp khung tiêu chí {name}, dòng {line}: {why}"


class Lined(dict[str, Any]):
    """A mapping that remembers the file and the line where it and each of its keys stand."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__()
        self.name = name
        self.line = line
        self.lines: dict[str, int] = {}

    def refuse(self, why: str, key: str = "") -> FrameworkFileWrong:
        return FrameworkFileWrong(name=self.name, line=self.lines.get(key, self.line), why=why, field=key)


def read_yaml(path: Path) -> tuple[Lined, bytes]:
    """The mapping that a file holds, and its bytes.

    Refuses: FrameworkFileUnreadable, FrameworkFileWrong.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise FrameworkFileUnreadable(name=path.name, why=f"tệp lớn hơn {LARGEST // 1_000_000} MB")
        raw = path.read_bytes()
    except OSError as fault:
        raise FrameworkFileUnreadable(name=path.name, why=_words(fault)) from fault
    return parse(raw, path.name), raw


def parse(raw: bytes, name: str) -> Lined:
    """Refuses: FrameworkFileUnreadable, FrameworkFileWrong."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise FrameworkFileUnreadable(name=name, why="tệp không ở bảng mã UTF-8") from fault
    try:
        events = [e for e in yaml.parse(text, Loader=_Loader) if not isinstance(e, yaml.StreamStartEvent)]
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        why = "sai cách viết YAML (thụt dòng, dấu hai chấm, dấu ngoặc)."
        raise FrameworkFileWrong(name=name, line=line, why=why) from fault
    documents = [e for e in events if isinstance(e, yaml.DocumentStartEvent)]
    if len(documents) > 1:
        raise FrameworkFileWrong(name=name, line=_line(documents[1]), why="chỉ để một khung trong một tệp.")
    stream = iter(e for e in events if isinstance(e, (yaml.NodeEvent, yaml.CollectionEndEvent)))
    first = next(stream, None)
    if not isinstance(first, yaml.MappingStartEvent):
        raise FrameworkFileUnreadable(name=name, why="tệp trống hoặc không bắt đầu bằng các khóa như id, title")
    return _mapping(first, stream, name, 1)


def _words(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return "không có tệp này"
    if isinstance(fault, IsADirectoryError):
        return "đây là thư mục, không phải tệp"
    if isinstance(fault, PermissionError):
        return "không có quyền đọc tệp"
    return "máy không đọc được tệp"


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _node(event: Any, stream: Iterator[Any], name: str, depth: int) -> Any:
    line = _line(event)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise FrameworkFileWrong(name=name, line=line, why="không dùng & và * của YAML, hãy viết đủ.")
    if depth > DEEPEST:
        raise FrameworkFileWrong(name=name, line=line, why="lồng quá sâu.")
    if isinstance(event, yaml.ScalarEvent):
        is_null = event.style is None and event.value in ("", "null", "~")
        return None if is_null else nfc(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(inner := next(stream), yaml.SequenceEndEvent):
            items.append(_node(inner, stream, name, depth + 1))
        return items
    return _mapping(event, stream, name, depth)


def _mapping(event: Any, stream: Iterator[Any], name: str, depth: int) -> Lined:
    if event.anchor:
        raise FrameworkFileWrong(name=name, line=_line(event), why="không dùng & của YAML.")
    found = Lined(name, _line(event))
    while not isinstance(inner := next(stream), yaml.MappingEndEvent):
        line = _line(inner)
        key = _node(inner, stream, name, depth + 1)
        if not isinstance(key, str):
            raise FrameworkFileWrong(name=name, line=line, why="tên khóa phải là chữ.")
        if key in found:
            raise FrameworkFileWrong(name=name, line=line, why=f"khóa “{key}” viết hai lần.", field=key)
        found.lines[key] = line
        found[key] = _node(next(stream), stream, name, depth + 1)
    return found
