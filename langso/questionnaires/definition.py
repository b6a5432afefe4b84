"""The survey tree of pyxform turned into our definition; expressions compiled, texts chosen, circles refused."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from langso.questionnaires.expressions import ExpressionWrong, Scope, compile_expression, named
from langso.questionnaires.workbook import Fault

LONGEST_LABEL = 1000
MOST_HOPS = 40
_FILLED = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_SEARCHED = frozenset({"search", "minimal", "autocomplete"})


class Written(Protocol):
    """What the rows of the survey said: see xlsform.Written."""

    kinds: dict[str, str]
    rows: dict[str, int]
    lists: dict[str, str]
    metas: dict[str, str]
    repeats: dict[str, str]
    above: dict[str, str]


class Builder:
    """Builds one definition and gathers its faults."""

    def __init__(self, *, written: Written, columns: frozenset[str]) -> None:
        self.written, self.columns = written, columns
        self.faults: list[Fault] = []
        self.language = ""
        kinds = written.kinds
        self.repeats = {n: r for n, r in written.repeats.items() if kinds[n] not in ("group", "repeat", "note")}
        self.repeat_names = frozenset(n for n, k in kinds.items() if k == "repeat")
        self.groups = frozenset(n for n, k in kinds.items() if k in ("group", "note"))
        self.needs: dict[str, set[str]] = {}  # what must be known before a question is

    def definition(self, tree: Mapping[str, Any], *, code: str, version: str, title: str) -> dict[str, Any]:
        self.language = str(tree.get("default_language") or "")
        items = self.items(tree["children"])
        made = {
            "v": 1,
            "id": code,
            "version": version,
            "title": title,
            "choices": self.choices(tree.get("choices") or {}),
            "items": items,
        }
        if self.written.metas:
            made["meta"] = dict(self.written.metas)
        self.check_circles()
        return made

    def fault(self, name: str, column: str, says: str) -> None:
        self.faults.append(Fault("survey", self.written.rows.get(name, 0), column, says))

    # Texts

    def said(self, value: Any) -> str:
        """One of the languages of a text: Vietnamese, else the form's own, else the first."""
        if isinstance(value, Mapping):
            texts = {str(k): str(v) for k, v in value.items() if v}
            vietnamese = (k for k in texts if re.search(r"\(vi\)|^vi$|việt|viet", k.lower()))
            key = next(vietnamese, self.language if self.language in texts else next(iter(texts), ""))
            return texts.get(key, "")
        return str(value or "")

    def text(self, name: str, column: str, value: Any) -> str:
        text = self.said(value).strip()
        if len(text) > LONGEST_LABEL:
            self.fault(name, column, f"Dài quá {LONGEST_LABEL} chữ. Viết ngắn lại.")
        inside = self.inside(name)
        for other in _FILLED.findall(text):
            if other not in self.repeats:
                self.fault(name, column, f"Chèn ${{{other}}}: không có câu hỏi nào tên này.")
            elif self.repeats[other] and self.repeats[other] != inside:
                self.fault(name, column, f"Chèn ${{{other}}}: câu này nằm trong một nhóm lặp khác.")
        return _FILLED.sub(r"${\1}", text)

    def choices(self, lists: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, list[dict[str, str]]]:
        used = set(self.written.lists.values())
        made: dict[str, list[dict[str, str]]] = {}
        for key, rows in lists.items():
            if key in used:
                made[key] = [
                    {
                        "name": str(row["name"]),
                        "label": self.said(row.get("label")).strip() or str(row["name"]),
                        **{c: str(v) for c, v in row.items() if c in self.columns and c not in ("name", "label")},
                    }
                    for row in rows
                ]
        return made

    # Items

    def inside(self, name: str) -> str:
        return name if self.written.kinds.get(name) == "repeat" else self.written.repeats.get(name, "")

    def expression(
        self, name: str, column: str, source: Any, *, has_self: bool = False, columns: frozenset[str] = frozenset()
    ) -> Any:
        # What a repeat asks of itself, whether it is seen and how often, is asked from outside of it.
        scope = Scope(
            self.repeats,
            self.repeat_names,
            self.groups,
            inside=self.written.repeats.get(name, ""),
            has_self=has_self,
            columns=columns,
        )
        try:
            tree = compile_expression(str(source), scope)
        except ExpressionWrong as wrong:
            self.fault(name, column, wrong.sentence)
            return None
        if column in ("relevant", "calculation", "choice_filter", "repeat_count", "default"):
            self.needs.setdefault(name, set()).update(named(tree))
        return tree

    def items(self, children: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        kinds, rows = self.written.kinds, list(children)
        # How often a repeat is asked, when no plain question says it: pyxform makes a calculation beside the repeat.
        made = {
            f"${{{row['name']}}}": str((row.get("bind") or {})["calculate"])
            for row in rows
            if row.get("name") not in kinds and (row.get("bind") or {}).get("calculate")
        }
        return [self.item(row, made) for row in rows if row.get("name") in kinds]

    def item(self, child: Mapping[str, Any], made: Mapping[str, str]) -> dict[str, Any]:
        name = str(child["name"])
        kind = self.written.kinds[name]
        bind, control = child.get("bind") or {}, child.get("control") or {}
        item: dict[str, Any] = {"type": kind, "name": name}
        for key, column, value in (
            ("label", "label", child.get("label")),
            ("hint", "hint", child.get("hint")),
            ("required_says", "required_message", bind.get("jr:requiredMsg")),
            ("constraint_says", "constraint_message", bind.get("jr:constraintMsg")),
        ):
            if text := self.text(name, column, value) if value else "":
                item[key] = text
        if (required := str(bind.get("required", ""))) and required.lower() not in ("no", "false", "false()"):
            plain = required.lower() in ("yes", "true", "true()")
            item["required"] = True if plain else self.expression(name, "required", required)
        if bind.get("relevant"):
            item["relevant"] = self.expression(name, "relevant", bind["relevant"])
        if bind.get("constraint"):
            item["constraint"] = self.expression(name, "constraint", bind["constraint"], has_self=True)
            if "constraint_says" not in item and item.get("label"):
                item["constraint_says"] = f"“{item['label']}”: câu trả lời chưa hợp. Đọc lại câu hỏi rồi ghi lại."
        if bind.get("calculate"):
            item["calculate"] = self.expression(name, "calculation", bind["calculate"])
        if str(bind.get("readonly", "")).lower() in ("yes", "true", "true()"):
            item["read_only"] = True
        appearance = set(str(control.get("appearance", "")).lower().split())
        if appearance & _SEARCHED:
            item["search"] = True
        if "multiline" in appearance:
            item["multiline"] = True
        if name in self.written.lists:
            item["list"] = self.written.lists[name]
            if child.get("choice_filter"):
                chosen = self.expression(name, "choice_filter", child["choice_filter"], columns=self.columns)
                item["filter"] = chosen
        if (default := child.get("default")) not in (None, ""):
            item["default"] = self.default(name, kind, str(default), is_made=bool(child.get("_dynamic_default")))
        if kind == "repeat" and control.get("jr:count"):
            times = str(control["jr:count"]).strip()
            item["count"] = self.expression(name, "repeat_count", made.get(times, times))
        if kind in ("group", "repeat"):
            item["items"] = self.items(child.get("children") or ())
        return item

    def default(self, name: str, kind: str, text: str, *, is_made: bool) -> Any:
        if not is_made:
            return text
        tree = self.expression(name, "default", text)
        if any(named(tree)):
            self.fault(name, "default", "Giá trị sẵn chưa dùng được câu trả lời của câu khác. Dùng calculation.")
        return tree

    # Circles

    def check_circles(self) -> None:
        """No question may need itself, and no chain that looks ahead may be long."""
        above, kinds = self.written.above, self.written.kinds
        order = {name: i for i, name in enumerate(kinds)}
        needs = {name: {n for n in (*self.needs.get(name, ()), above.get(name, "")) if n in order} for name in kinds}
        hops: dict[str, int] = {}
        looks_ahead = any(order[n] > order[name] for name, found in needs.items() for n in found)
        for start in kinds:
            trail: list[tuple[str, list[str]]] = [(start, sorted(needs[start]))] if start not in hops else []
            open_names = {start}
            while trail:
                name, left = trail[-1]
                if not left:
                    hops[name] = 1 + max((hops[n] for n in needs[name] if n in hops), default=0)
                    open_names.discard(name)
                    trail.pop()
                    continue
                other = left.pop()
                if other in open_names:
                    self.fault(name, "", f"Các câu dựa vào nhau thành vòng: “{name}” và “{other}”.")
                    return
                if other not in hops:
                    open_names.add(other)
                    trail.append((other, sorted(needs[other])))
        if looks_ahead and max(hops.values(), default=0) > MOST_HOPS:
            name = max(hops, key=lambda n: hops[n])
            self.fault(
                name, "", f"Các câu dựa vào nhau quá {MOST_HOPS} tầng, có câu nhìn xuống câu ở dưới. Xếp lại thứ tự."
            )
