"""From an XLSForm to our definition and to the XForm that ODK Collect reads.

pyxform understands the XLSForm; its survey tree is turned into the definition of docs/reference/forms.md. What it would
take and our two engines would not is refused before, by sheet, row and column.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langso.questionnaires.definition import Builder
from langso.questionnaires.workbook import Fault, FormWrong, Sheet

MOST_QUESTIONS = 500
MOST_CHOICES = 5_000
MOST_DEEP = 6
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
KINDS = {
    "text": "text",
    "string": "text",
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "note": "note",
    "image": "photo",
    "photo": "photo",
    "calculate": "calculate",
    "acknowledge": "acknowledge",
    "trigger": "acknowledge",
    "geopoint": "geopoint",
    "gps": "geopoint",
}
SELECTS = {"select_one": "select_one", "select_multiple": "select_multiple", "select_one_from_file": "select_one"}
# Collect fills these by itself; they are in its form and not in ours.
META = frozenset({"start", "end", "today", "deviceid", "username", "phonenumber", "email", "start-geopoint", "audit"})
# Columns that change what a form does and that our engines do not know.
UNKNOWN_COLUMNS = frozenset({"trigger", "save_to", "intent", "query", "autoplay", "body", "bind", "instance", "media"})
UNKNOWN_COLUMNS |= {"image", "big-image", "audio", "video", "noapperrorstring", "rows", "repeat", "compact_tag"}
RESERVED = frozenset({"meta", "data", "instanceid", "instancename", "constructor"})
_SHAPE = re.compile(r"(begin|end)[_ ]+(group|repeat)")
_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_ROW = re.compile(r"\[row : (\d+)\]")


@dataclass
class Written:
    """What the rows of the survey say, by name."""

    kinds: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)  # of a select
    metas: dict[str, str] = field(default_factory=dict)  # what Collect fills by itself: kind to name
    repeats: dict[str, str] = field(default_factory=dict)  # the repeat that a question is in, "" outside
    above: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    definition: dict[str, Any]
    xform: str

    @property
    def code(self) -> str:
        return str(self.definition["id"])

    @property
    def version(self) -> str:
        return str(self.definition["version"])

    @property
    def title(self) -> str:
        return str(self.definition["title"])


def build(sheets: Mapping[str, Sheet], *, lists_from: frozenset[str] = frozenset()) -> Built:
    """The definition and the XForm. `lists_from` are the files that lists of choices may come from.

    Refuses: FormWrong.
    """
    faults: list[Fault] = []
    settings = _settings(sheets, faults)
    lists = _lists(sheets.get("choices", Sheet("choices")), faults)
    written = _survey(sheets["survey"], lists, lists_from, faults)
    if faults:
        raise FormWrong(faults)
    tree, xform = _converted(sheets)
    builder = Builder(written=written, columns=_columns(sheets))
    definition = builder.definition(
        tree, code=settings["form_id"], version=settings["version"], title=settings["form_title"]
    )
    if builder.faults:
        raise FormWrong(builder.faults)
    return Built(definition, xform)


# ── The sheets as rows ───────────────────────────────────────────────────────


def _settings(sheets: Mapping[str, Sheet], faults: list[Fault]) -> dict[str, str]:
    for name in ("entities", "external_choices", "osm"):
        if name in sheets and sheets[name].rows:
            faults.append(Fault(name, 0, "", "Trang này chưa dùng được. Bỏ trang này."))
    sheet = sheets.get("settings", Sheet("settings"))
    number, row = sheet.rows[0] if sheet.rows else (2, {})
    code = row.get("form_id") or row.get("id_string", "")
    title, version = row.get("form_title") or row.get("title", ""), row.get("version", "")
    if not CODE.fullmatch(code):
        faults.append(
            Fault(
                "settings", number, "form_id", "Cần một mã viết bằng chữ thường không dấu, số, gạch ngang, ví dụ ks-ho."
            )
        )
    if not title or len(title) > 200:
        faults.append(Fault("settings", number, "form_title", "Cần tên phiếu, nhiều nhất 200 chữ."))
    if not VERSION.fullmatch(version):
        faults.append(Fault("settings", number, "version", "Cần số phiên bản, ví dụ 2026112901."))
    for column in ("public_key", "submission_url", "auto_send", "auto_delete"):
        if row.get(column):
            faults.append(Fault("settings", number, column, "Cột này chưa dùng được. Để trống."))
    return {"form_id": code, "form_title": title, "version": version}


def _lists(sheet: Sheet, faults: list[Fault]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    if len(sheet.rows) > MOST_CHOICES:
        faults.append(Fault("choices", MOST_CHOICES + 2, "", f"Nhiều hơn {MOST_CHOICES} ý. Bỏ bớt."))
        return found
    for number, row in sheet.rows:
        key, name = row.get("list_name") or row.get("list", ""), row.get("name") or row.get("value", "")
        if not key:
            faults.append(Fault("choices", number, "list_name", "Thiếu tên danh sách."))
        elif not name or re.search(r"\s", name) or len(name) > 100:
            faults.append(Fault("choices", number, "name", "Cần mã của ý, viết liền không dấu cách."))
        elif name in found.setdefault(key, set()):
            faults.append(Fault("choices", number, "name", f"Mã “{name}” có hai lần trong danh sách “{key}”."))
        else:
            found[key].add(name)
        if not any(column.partition("::")[0] == "label" for column in row):
            faults.append(Fault("choices", number, "label", "Thiếu chữ của ý này."))
        for column, text in row.items():
            first = column.partition("::")[0]
            if first in ("media", "image", "audio", "video", "big-image"):
                faults.append(Fault("choices", number, column, "Ảnh, tiếng trong danh sách chưa dùng được. Bỏ trống."))
            elif first == "label" and "${" in text:
                faults.append(Fault("choices", number, column, "Chữ của ý không chèn được câu trả lời ${…}."))
    return found


def _survey(sheet: Sheet, lists: Mapping[str, set[str]], lists_from: frozenset[str], faults: list[Fault]) -> Written:
    written = Written()
    stack: list[tuple[str, str, int]] = []
    folded: dict[str, int] = {}
    for number, row in sheet.rows:
        kind = " ".join(row.get("type", "").split())
        shape = _SHAPE.match(kind.lower())
        if kind.startswith("#") or (not kind and not row.get("name")):
            continue
        if shape and shape[1] == "end":
            if not stack or stack[-1][0] != shape[2]:
                faults.append(Fault("survey", number, "type", f"“{kind}” không khớp với chỗ mở nhóm nào."))
            else:
                stack.pop()
            continue
        name = row.get("name", "")
        if kind.lower() in META:
            written.metas[kind.lower()] = name
            continue
        faults += _name_faults(number, name, folded)
        found = shape[2] if shape else _kind(number, kind, lists, lists_from, written, name, faults)
        if found and not any(c.partition("::")[0] == "label" for c in row) and found not in ("calculate", "group"):
            faults.append(Fault("survey", number, "label", "Thiếu câu hỏi (nhãn)."))
        if found == "calculate" and not row.get("calculation"):
            faults.append(Fault("survey", number, "calculation", "Thiếu phép tính."))
        for column in row:
            if column.partition("::")[0] in UNKNOWN_COLUMNS:
                faults.append(Fault("survey", number, column, "Cột này chưa dùng được. Để trống."))
        faults += _parameter_faults(number, row)
        inside = next((n for k, n, _ in reversed(stack) if k == "repeat"), "")
        if found == "repeat" and inside:
            faults.append(Fault("survey", number, "type", "Nhóm lặp trong nhóm lặp chưa dùng được. Tách ra ngoài."))
        written.kinds[name], written.rows[name] = found or "text", number
        written.repeats[name] = inside
        written.above[name] = stack[-1][1] if stack else ""
        if shape:
            stack.append((shape[2], name, number))
            if len(stack) > MOST_DEEP:
                faults.append(Fault("survey", number, "type", f"Nhóm lồng nhau quá {MOST_DEEP} tầng."))
    faults += _reference_faults(sheet, written)
    faults += [Fault("survey", n, "type", f"Nhóm “{name}” chưa đóng: thiếu end_{k}.") for k, name, n in stack]
    if len(written.kinds) > MOST_QUESTIONS:
        faults.append(Fault("survey", 0, "", f"Nhiều hơn {MOST_QUESTIONS} câu. Tách thành hai phiếu."))
    if not written.kinds and not faults:
        faults.append(Fault("survey", 0, "", "Chưa có câu hỏi nào."))
    return written


def _reference_faults(sheet: Sheet, written: Written) -> Iterator[Fault]:
    for number, row in sheet.rows:
        for column, text in row.items():
            for other in dict.fromkeys(_REFERENCE.findall(text)):
                if other in written.metas.values():
                    says = f"${{{other}}} là mục Collect tự ghi, chưa dùng được. Ngày hôm nay thì viết today()."
                    yield Fault("survey", number, column, says)
                elif other not in written.kinds:
                    yield Fault("survey", number, column, f"Không có câu hỏi nào tên “{other}”.")


def _name_faults(number: int, name: str, folded: dict[str, int]) -> Iterator[Fault]:
    if not NAME.fullmatch(name) or name.lower() in RESERVED:
        yield Fault(
            "survey",
            number,
            "name",
            f"Tên “{name[:40]}” cần bắt đầu bằng chữ, không dấu, viết liền, và không phải từ dành riêng.",
        )
    elif name.lower() in folded:
        yield Fault("survey", number, "name", f"Tên “{name}” đã dùng ở dòng {folded[name.lower()]}. Đặt tên khác.")
    folded.setdefault(name.lower(), number)


def _kind(
    number: int,
    kind: str,
    lists: Mapping[str, set[str]],
    lists_from: frozenset[str],
    written: Written,
    name: str,
    faults: list[Fault],
) -> str:
    words = kind.split(" ")
    first = words[0].lower()
    if kind.lower() in KINDS:
        return KINDS[kind.lower()]
    if first == "select" and len(words) > 1:  # "select one x", "select multiple x"
        first, words = f"select_{words[1].lower()}", words[1:]
    if first in SELECTS and len(words) == 2:
        key = words[1]
        if first == "select_one_from_file":
            if key not in lists_from:
                says = f"Danh sách từ tệp {key} chưa dùng được. Đưa vào trang choices."
                faults.append(Fault("survey", number, "type", says))
        elif key not in lists:
            faults.append(Fault("survey", number, "type", f"Trang choices không có danh sách “{key}”."))
        written.lists[name] = key.removesuffix(".csv") if first == "select_one_from_file" else key
        return SELECTS[first]
    if first in SELECTS and len(words) < 2:
        faults.append(Fault("survey", number, "type", "Thiếu tên danh sách sau kiểu câu hỏi."))
    elif "or_other" in words:
        faults.append(Fault("survey", number, "type", "or_other chưa dùng được. Thêm ý “Khác” và một câu hỏi chữ."))
    elif not kind:
        faults.append(Fault("survey", number, "type", "Thiếu kiểu câu hỏi."))
    else:
        faults.append(Fault("survey", number, "type", f"Kiểu câu hỏi “{kind[:40]}” chưa dùng được."))
    return ""


def _parameter_faults(number: int, row: Mapping[str, str]) -> Iterator[Fault]:
    for parameter in row.get("parameters", "").replace(",", " ").replace(";", " ").split():
        if parameter.partition("=")[0].strip() != "max-pixels":
            yield Fault("survey", number, "parameters", f"“{parameter[:40]}” chưa dùng được. Bỏ trống.")
    appearance = row.get("appearance", "")
    if "(" in appearance:
        yield Fault("survey", number, "appearance", f"“{appearance[:40]}” chưa dùng được. Bỏ phần trong ngoặc.")


def _columns(sheets: Mapping[str, Sheet]) -> frozenset[str]:
    header = sheets.get("choices", Sheet("choices")).header
    plain = {column for column in header if column and "::" not in column}
    return frozenset(plain - {"list_name", "list", "media", "image"}) | {"name", "label"}


# ── pyxform ──────────────────────────────────────────────────────────────────


def _converted(sheets: Mapping[str, Sheet]) -> tuple[Mapping[str, Any], str]:
    """Refuses: FormWrong."""
    from pyxform.errors import PyXFormError  # here: a house that starts does not wait for what few pages need
    from pyxform.xls2xform import convert

    book: dict[str, Any] = {"sheet_names": [name for name in ("survey", "choices", "settings") if name in sheets]}
    for name in book["sheet_names"]:
        sheet = sheets[name]
        last = sheet.rows[-1][0] if sheet.rows else 1
        lines: list[dict[str, str]] = [{} for _ in range(last - 1)]
        for number, row in sheet.rows:
            lines[number - 2] = row
        book[name] = lines
        book[f"{name}_header"] = [{column: None for column in sheet.header if column}]
    try:
        made = convert(book, form_name="data", validate=False)
    except PyXFormError as wrong:
        raise FormWrong([_told(str(wrong))]) from wrong
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as stumbled:
        says = f"Bộ đọc XLSForm không đọc được phiếu này ({type(stumbled).__name__}). Xem lại theo xlsform.org."
        raise FormWrong([Fault("survey", 0, "", says)]) from stumbled
    return made._pyxform, made.xform


def _told(said: str) -> Fault:
    """What pyxform said, with its row; its own words stay, for it speaks English only."""
    row = _ROW.search(said)
    sheet = next((name for name in ("choices", "settings", "survey") if f"'{name}'" in said), "survey")
    words = _ROW.sub("", said).strip().partition("\n")[0][:300]
    return Fault(sheet, int(row[1]) if row else 0, "", f"Bộ đọc XLSForm báo: {words}")


__all__: Sequence[str] = ("Built", "build")
