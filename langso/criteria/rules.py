"""Targets and scoring of one criterion as its lines say: what must hold, at which level, for which class."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches

from langso.criteria.edition import (
    Criterion,
    Kind,
    Level,
    Measure,
    Op,
    RegionClasses,
    Rule,
    Scale,
    Scoring,
    Several,
    Targets,
    Test,
    tests_of,
)
from langso.criteria.source import Lined
from langso.criteria.words import check_keys, code_of, items_of, lined_of, number_of, text_of, to_number

_LISTS = ("all_of", "any_of", "count_of")
_OWN_MEASURE = ("kind", "unit", "numerator", "denominator", "counted", "per", "may_exceed", "collection")
_PART_KEYS = [
    "code",
    "name",
    "measure",
    "from",
    "when_none",
    *_OWN_MEASURE,
    *(op.value for op in Op),
    *_LISTS,
    "max_score",
    "ratio",
    "steps",
    "cases",
    "parts",
]
_NOT_APPLICABLE = "không áp dụng"
_YES_NO_OPS = (Op.IS_TRUE, Op.ATTESTED)
_MOST_DEEP = 4


@dataclass(frozen=True)
class Header:
    """What a criterion's lines are read against."""

    levels: tuple[Level, ...]
    classes: RegionClasses | None
    scale: Scale | None
    measures: Mapping[str, Measure]

    def level(self, source: Lined, key: str, name: str) -> int:
        for level in self.levels:
            if level.name.casefold() == name.casefold():
                return level.number
        raise source.refuse(f"không có mức “{name}”. Các mức: {', '.join(lv.name for lv in self.levels)}.", key)

    @property
    def steps(self) -> int:
        """Levels at which a target may stand; a scored edition has one: met or not."""
        return 1 if self.scale is not None else len(self.levels)

    def measure(self, source: Lined) -> Measure:
        """The measure a criterion names, with what the criterion says otherwise; or one of its own."""
        key = text_of(source, "measure")
        if key and key not in self.measures:
            near = get_close_matches(key, list(self.measures), 1)
            raise source.refuse(
                f"số liệu “{key}” chưa có trong measures.yaml.{f' Có phải “{near[0]}”?' if near else ''}",
                "measure",
            )
        base = self.measures[key] if key else Measure("", text_of(source, "name", required=True), _kind(source))
        if key and "kind" in source and source["kind"] != base.kind:
            raise source.refuse(f"kind của {key} là {base.kind}, không đổi được ở đây.", "kind")
        own = {k: text_of(source, k) for k in _OWN_MEASURE if k in source and k not in ("kind", "per", "may_exceed")}
        if "per" in source:
            own_per = number_of(source, "per")
            if own_per not in (1, 100, 1000, 10000):
                raise source.refuse("per là 1, 100, 1000 hoặc 10000.", "per")
            base = replace(base, per=int(own_per))
        if "may_exceed" in source:
            base = replace(base, may_exceed=text_of(source, "may_exceed") == "true")
        return replace(base, **own)  # type: ignore[arg-type]


def _kind(source: Lined) -> Kind:
    value = text_of(source, "kind")
    if not value:
        if any(op in source for op in _YES_NO_OPS) or any(k in source for k in ("bonus", "penalty", *_LISTS)):
            return Kind.YES_NO
        if "parts" in source:
            return Kind.SCORE
        if "cases" in source:
            return Kind.CASE
        return Kind.COUNT if "steps" in source else Kind.SHARE
    if value not in tuple(Kind):
        raise source.refuse(f"kind “{value}” không có; chọn một trong: {', '.join(Kind)}.", "kind")
    return Kind(value)


def read_rule(source: Lined, header: Header, depth: int = 0) -> Rule | None:
    """What must hold, or None when the criterion only earns points.

    Refuses: FrameworkFileWrong.
    """
    ops = [op for op in Op if op in source]
    lists = [key for key in _LISTS if key in source]
    if len(ops) + len(lists) > 1:
        both = ", ".join([*ops, *lists])
        raise source.refuse(
            f"một tiêu chí chỉ có một cách xét, ở đây có: {both}. Dùng all_of để gộp.", both.split(", ")[1]
        )
    if lists:
        return _several(source, lists[0], header, depth)
    return _test(source, ops[0], header) if ops else None


def _several(source: Lined, key: str, header: Header, depth: int) -> Several:
    if depth >= _MOST_DEEP:
        raise source.refuse("lồng quá sâu.", key)
    items, needed = source[key], None
    if key == "count_of":
        inner = lined_of(source, key)
        check_keys(inner, ["at_least", "parts"])
        needed, items = number_of(inner, "at_least"), items_of(inner, "parts")
    if not isinstance(items, list) or len(items) < 2:
        raise source.refuse(f"{key} cần ít nhất hai phần.", key)
    parts: list[Rule] = []
    for item in items:
        if not isinstance(item, Lined):
            raise source.refuse(f"mỗi phần của {key} bắt đầu bằng “- code:”.", key)
        check_keys(item, _PART_KEYS)
        for inherited in ("from", "when_none"):
            if inherited in source and inherited not in item:
                item[inherited] = source[inherited]
        part = read_rule(item, header, depth + 1)
        if part is None:
            raise item.refuse("phần này chưa có chỉ tiêu.")
        parts.append(part)
    if len({min(t.stated) for part in parts for t in tests_of(part)}) > 1:
        raise source.refuse(f"các phần của {key} phải bắt đầu từ cùng một mức.", key)
    if needed is None:
        needed = Decimal(len(parts) if key == "all_of" else 1)
    if needed % 1 or not 1 <= needed <= len(parts):
        raise source.refuse(f"số phần phải đạt từ 1 đến {len(parts)}.", key)
    return Several(int(needed), tuple(parts))


def _test(source: Lined, op: Op, header: Header) -> Test:
    measure = header.measure(source)
    if (op in _YES_NO_OPS) != (measure.kind is Kind.YES_NO) or measure.kind is Kind.CASE:
        raise source.refuse(f"{op.value} không dùng được cho số liệu loại {measure.kind}.", op)
    stated = _stated(source, op, header)
    rows: list[Targets] = []
    for values in stated.values():
        row: list[Decimal | None] = []
        for number in range(1, header.steps + 1):
            target = values.get(number, row[-1] if row else None)
            before = row[-1] if row else None
            if target is not None and before is not None and _is_easier(target, before, op):
                raise source.refuse("chỉ tiêu mức sau không được dễ hơn mức trước.", op)
            row.append(target)
        _check_domain(source, op, measure, row)
        rows.append(tuple(row))
    levels = frozenset(n for values in stated.values() for n in values)
    when_none = text_of(source, "when_none")
    if when_none not in ("", "unknown", "not_applicable"):
        raise source.refuse("when_none là unknown hoặc not_applicable.", "when_none")
    name = text_of(source, "name") or measure.label
    return Test(code_of(source, "code"), name, measure, op, tuple(rows), levels, when_none == "not_applicable")


def _is_easier(target: Decimal, before: Decimal, op: Op) -> bool:
    return target > before if op.is_falling else target < before


def _check_domain(source: Lined, op: Op, measure: Measure, row: list[Decimal | None]) -> None:
    ceiling = {Kind.SHARE: None if measure.may_exceed else 100, Kind.INDEX: 1}.get(measure.kind)
    for target in row:
        if target is not None and (target < 0 or (ceiling is not None and target > ceiling)):
            raise source.refuse(f"chỉ tiêu {target} nằm ngoài khoảng của loại {measure.kind}.", op)


def _stated(source: Lined, op: Op, header: Header) -> dict[str, dict[int, Decimal]]:
    """Targets as the file states them: class → level → target; one nameless class when there are none."""
    value = source[op]
    first = text_of(source, "from")
    start = header.level(source, "from", first) if first and header.scale is None else 1
    by_level: dict[int, object] = {}
    if op in _YES_NO_OPS:
        if not isinstance(value, str):
            raise source.refuse(f"{op.value}: true, hoặc tên mức bắt đầu đòi.", op)
        by_level[start if value == "true" else header.level(source, op, value)] = "1"
    elif isinstance(value, Lined) and not _is_by_class(value, header):
        if header.scale is not None:
            raise value.refuse("khung tính điểm chỉ có một chỉ tiêu, không chia mức.")
        by_level = {header.level(value, name, name): value[name] for name in value}
    else:
        by_level[start] = value
    if not by_level:
        raise source.refuse("chưa ghi chỉ tiêu.", op)
    codes = list(header.classes.names) if header.classes else []
    has_classes = any(isinstance(v, Lined) for v in by_level.values())
    found: dict[str, dict[int, Decimal]] = {code: {} for code in (codes if has_classes else [""])}
    for number, target in by_level.items():
        for code, values in found.items():
            text = target
            if isinstance(target, Lined):
                check_keys(target, codes)
                if code not in target:
                    raise target.refuse(f"thiếu chỉ tiêu cho loại “{code}” (hoặc ghi “{_NOT_APPLICABLE}”).")
                text = target[code]
            if not isinstance(text, str):
                raise source.refuse("chỉ tiêu phải là số.", op)
            if text != _NOT_APPLICABLE:
                values[number] = to_number(source, op, text)
    if not any(found.values()):
        raise source.refuse("chưa có chỉ tiêu nào áp dụng.", op)
    return found


def _is_by_class(value: Lined, header: Header) -> bool:
    return header.classes is not None and bool(value) and all(key in header.classes.names for key in value)


def read_scoring(source: Lined, header: Header, rule: Rule | None) -> Scoring | None:
    """How the criterion earns points, or None.

    Refuses: FrameworkFileWrong.
    """
    styles = [key for key in ("ratio", "steps", "cases", "parts", "bonus", "penalty") if key in source]
    has_maximum = "weight" in source or "max_score" in source
    if len(styles) > 1 or ("weight" in source and "max_score" in source):
        raise source.refuse("một tiêu chí chỉ có một cách tính điểm.")
    if not styles and not has_maximum:
        return None
    if header.scale is None:
        raise source.refuse("tiêu chí tính điểm nhưng khung không có scale.")
    style = styles[0] if styles else "rule" if rule else "ratio"
    if style in ("bonus", "penalty"):
        return Scoring(style, _positive(source, style))
    if not has_maximum:
        raise source.refuse("thiếu max_score (điểm tối đa) hoặc weight (trọng số).")
    maximum = _positive(source, "weight" if "weight" in source else "max_score")
    if style == "parts":
        parts = _parts(source, header)
        if sum((p.scoring.maximum for p in parts if p.scoring), Decimal(0)) != maximum:
            raise source.refuse("điểm các phần cộng lại khác điểm tối đa.", "parts")
        return Scoring("parts", maximum, parts=parts)
    if style == "steps":
        table = lined_of(source, "steps")
        steps = tuple(sorted((to_number(table, k, k), _within(table, k, maximum)) for k in table))
        return Scoring("steps", maximum, steps=steps)
    if style == "cases":
        table = lined_of(source, "cases")
        return Scoring("cases", maximum, cases=tuple((k, _within(table, k, maximum)) for k in table))
    if "ratio" in source and source["ratio"] != "true":
        raise source.refuse("ratio: true (tỷ lệ nhân điểm tối đa).", "ratio")
    if style == "ratio" and header.measure(source).kind not in (Kind.SHARE, Kind.INDEX, Kind.SCORE):
        raise source.refuse("ratio chỉ dùng cho tỷ lệ (share), chỉ số (index) hoặc điểm (score).", "ratio")
    return Scoring(style, maximum)


def _parts(source: Lined, header: Header) -> tuple[Criterion, ...]:
    parts = []
    for item in items_of(source, "parts"):
        if not isinstance(item, Lined):
            raise source.refuse("mỗi phần bắt đầu bằng “- code:”.", "parts")
        check_keys(item, _PART_KEYS)
        rule = read_rule(item, header)
        scoring = read_scoring(item, header, rule)
        if scoring is None or scoring.style == "parts":
            raise item.refuse("mỗi phần cần max_score và một cách tính điểm đơn.")
        name = text_of(item, "name", required=True)
        parts.append(Criterion(code_of(item, "code"), "", name, header.measure(item), rule, scoring))
    return tuple(parts)


def _positive(source: Lined, key: str) -> Decimal:
    value = number_of(source, key)
    if value <= 0:
        raise source.refuse(f"{key} phải lớn hơn 0.", key)
    return value


def _within(table: Lined, key: str, maximum: Decimal) -> Decimal:
    """Points of a step or a case: a number, or max, half, zero as decisions say tối đa, một nửa, không."""
    text = text_of(table, key, required=True)
    named = {"max": maximum, "half": maximum / 2, "zero": Decimal(0)}
    value = named[text] if text in named else to_number(table, key, text)
    if not 0 <= value <= maximum:
        raise table.refuse(f"điểm {value} vượt điểm tối đa {maximum}.", key)
    return value
