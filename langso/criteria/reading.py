"""From a framework file to a frozen `Edition`, through a closed vocabulary.

Every refusal names the file, the line and the word at fault, with the nearest right word where there is one.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

from langso.criteria import catalogue
from langso.criteria.edition import (
    Criterion,
    Edition,
    Effort,
    Group,
    Level,
    Pool,
    RegionClasses,
    Scale,
    Status,
    fields_of,
)
from langso.criteria.rules import Header, read_rule, read_scoring
from langso.criteria.source import Lined, read_yaml
from langso.criteria.words import check_keys, code_of, items_of, lined_of, number_of, text_of, texts_of

_EDITION_KEYS = (
    "id",
    "edition",
    "title",
    "issuer",
    "document",
    "status",
    "illustrative",
    "note",
    "completeness",
    "sources",
    "unit_levels",
    "levels",
    "scale",
    "region_classes",
    "groups",
    "pools",
    "preconditions",
    "criteria",
    "conflicts",
    "extends",
)
_CRITERION_KEYS = (
    "code",
    "group",
    "name",
    "measure",
    "kind",
    "unit",
    "numerator",
    "denominator",
    "counted",
    "per",
    "may_exceed",
    "collection",
    "legal_basis",
    "not_modelled",
    "taken_from",
    "pool",
    "effort",
    "hint",
    "from",
    "when_none",
    "at_least",
    "at_most",
    "above",
    "below",
    "is_true",
    "attested",
    "all_of",
    "any_of",
    "count_of",
    "weight",
    "max_score",
    "ratio",
    "steps",
    "cases",
    "parts",
    "bonus",
    "penalty",
)
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
UNIT_LEVELS = ("nation", "province", "district", "commune", "village")
PRECONDITIONS = "DK"


def read_edition(path: Path) -> Edition:
    """The edition that a file holds.

    Refuses: FrameworkFileUnreadable, FrameworkFileWrong.
    """
    return _read(path, ())


def _read(path: Path, children: tuple[Path, ...]) -> Edition:
    top, raw = read_yaml(path)
    check_keys(top, _EDITION_KEYS)
    parent = _parent(top, path, children)
    measures = catalogue.measures_near(path)
    levels = _levels(top) or (parent.levels if parent else ())
    classes = _region_classes(top) or (parent.region_classes if parent else None)
    scale = _scale(top) or (parent.scale if parent else None)
    if not levels and not scale:
        raise top.refuse("thiếu levels (các mức) hoặc scale (thang điểm).")
    groups = _merged(parent.groups if parent else (), _groups(top))
    header = Header(levels, classes, scale, measures)
    pools = {**(parent.pools if parent else {}), **_pools(top)}
    own = _criteria(top, "preconditions", header, groups, pools, is_precondition=True)
    own += _criteria(top, "criteria", header, groups, pools)
    if any(c.group == PRECONDITIONS for c in own) and all(g.code != PRECONDITIONS for g in groups):
        groups = (*groups, Group(PRECONDITIONS, "Điều kiện chung"))
    criteria = _merged(parent.criteria if parent else (), own)
    _check_whole(top, levels, scale, pools, criteria)
    status = _choice(top, "status", tuple(Status)) or Status.ISSUED
    is_illustrative = _flag(top, "illustrative") or (parent.is_illustrative if parent else False)
    note = text_of(top, "note") or (parent.note if parent else "")
    if is_illustrative and not note:
        raise top.refuse("khung minh họa phải có note: câu hiện trên mọi trang có chỉ tiêu minh họa.")
    document = lined_of(top, "document")
    check_keys(document, ["number", "issued_on"])
    digest = sha256(raw)
    if parent:
        digest.update(parent.sha256.encode())
    return Edition(
        id=_id(top),
        edition=text_of(top, "edition", required=True),
        title=text_of(top, "title", required=True),
        issuer=text_of(top, "issuer", required=True),
        document_number=text_of(document, "number"),
        issued_on=_day(document, "issued_on"),
        status=Status(status),
        is_illustrative=is_illustrative,
        note=note,
        completeness=text_of(top, "completeness", required=True),
        sources=texts_of(top, "sources"),
        unit_levels=_unit_levels(top) or (parent.unit_levels if parent else ()),
        levels=levels,
        scale=scale,
        region_classes=classes,
        groups=groups,
        pools=pools,
        criteria=criteria,
        conflicts=texts_of(top, "conflicts"),
        extends=f"{parent.id} {parent.edition}" if parent else "",
        sha256=digest.hexdigest(),
        path=path,
    )


def _parent(top: Lined, path: Path, children: tuple[Path, ...]) -> Edition | None:
    if "extends" not in top:
        return None
    asked = lined_of(top, "extends")
    check_keys(asked, ["id", "edition"])
    found = catalogue.edition_near(path, text_of(asked, "id", required=True), text_of(asked, "edition", required=True))
    if found is None:
        raise top.refuse("không thấy khung được kế thừa; để hai tệp trong cùng thư mục khung.", "extends")
    if found in (*children, path):
        raise top.refuse("khung kế thừa chính nó.", "extends")
    return _read(found, (*children, path))


def _merged(inherited: tuple[Any, ...], own: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is inherited, each replaced in its place by one's own of the same code; then what is new."""
    mine = {item.code: item for item in own}
    kept = tuple(mine.pop(item.code, item) for item in inherited)
    return kept + tuple(mine.values())


def _id(top: Lined) -> str:
    code = text_of(top, "id", required=True)
    if not _ID.fullmatch(code):
        raise top.refuse(f"id “{code}” chỉ được gồm chữ thường không dấu, số, dấu chấm và gạch nối.", "id")
    return code


def _flag(source: Lined, key: str) -> bool:
    value = text_of(source, key)
    if value not in ("", "true", "false"):
        raise source.refuse(f"{key} là true hoặc false, không phải “{value}”.", key)
    return value == "true"


def _choice(source: Lined, key: str, choices: tuple[str, ...]) -> str:
    value = text_of(source, key)
    if value and value not in choices:
        raise source.refuse(f"{key} “{value}” không có; chọn một trong: {', '.join(choices)}.", key)
    return value


def _day(source: Lined, key: str) -> date | None:
    value = text_of(source, key)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise source.refuse(f"ngày “{value}” phải viết năm-tháng-ngày, ví dụ 2022-05-20.", key) from None


def _unit_levels(top: Lined) -> tuple[str, ...]:
    found = texts_of(top, "unit_levels")
    for name in found:
        if name not in UNIT_LEVELS:
            raise top.refuse(f"unit_levels “{name}” không có; chọn trong: {', '.join(UNIT_LEVELS)}.", "unit_levels")
    return found


def _levels(top: Lined) -> tuple[Level, ...]:
    levels: list[Level] = []
    for item in items_of(top, "levels"):
        number = len(levels) + 1
        if isinstance(item, str):
            levels.append(Level(number, item))
            continue
        if not isinstance(item, Lined):
            raise top.refuse("mỗi mức là một tên, hoặc {name, score}.", "levels")
        check_keys(item, ["name", "score", "groups"])
        least = lined_of(item, "groups")
        scores = {code: number_of(least, code) for code in least}
        score = number_of(item, "score") if "score" in item else None
        if levels and score is not None and (levels[-1].score is None or score <= levels[-1].score):
            raise item.refuse("điểm của mức sau phải cao hơn mức trước.", "score")
        levels.append(Level(number, text_of(item, "name", required=True), score, scores))
    if len({level.name.casefold() for level in levels}) < len(levels):
        raise top.refuse("hai mức trùng tên.", "levels")
    if len(levels) > 9:
        raise top.refuse("nhiều nhất 9 mức.", "levels")
    return tuple(levels)


def _scale(top: Lined) -> Scale | None:
    if "scale" not in top:
        return None
    scale = lined_of(top, "scale")
    check_keys(scale, ["max", "places", "rank"])
    places = number_of(scale, "places") if "places" in scale else Decimal(0)
    if places not in range(9):
        raise scale.refuse("places (số chữ số thập phân) từ 0 đến 8.", "places")
    return Scale(number_of(scale, "max"), int(places), _flag(scale, "rank"))


def _region_classes(top: Lined) -> RegionClasses | None:
    if "region_classes" not in top:
        return None
    found = lined_of(top, "region_classes")
    check_keys(found, ["column", "classes"])
    classes = lined_of(found, "classes")
    if not classes:
        raise found.refuse("thiếu classes: mã và tên của từng loại địa bàn.")
    names = {code: text_of(classes, code, required=True) for code in classes}
    return RegionClasses(code_of(found, "column"), names)


def _groups(top: Lined) -> tuple[Group, ...]:
    groups: dict[str, Group] = {}
    for item in items_of(top, "groups"):
        if not isinstance(item, Lined):
            raise top.refuse("mỗi nhóm là {code, name}.", "groups")
        check_keys(item, ["code", "name", "at_least", "note"])
        code = code_of(item, "code")
        if code in groups:
            raise item.refuse(f"nhóm {code} khai hai lần.", "code")
        least = number_of(item, "at_least") if "at_least" in item else None
        groups[code] = Group(code, text_of(item, "name", required=True), least, text_of(item, "note"))
    return tuple(groups.values())


def _pools(top: Lined) -> dict[str, Pool]:
    pools = {}
    found = lined_of(top, "pools")
    for name in found:
        item = lined_of(found, name)
        check_keys(item, ["share", "count"])
        if ("share" in item) == ("count" in item):
            raise item.refuse("ghi đúng một trong hai: share (tỷ lệ phải đạt) hoặc count (số tiêu chí phải đạt).")
        share = number_of(item, "share") if "share" in item else None
        count = number_of(item, "count") if "count" in item else None
        if (share is not None and not 0 < share <= 100) or (count is not None and (count < 1 or count % 1)):
            raise item.refuse("share từ trên 0% đến 100%; count là số nguyên từ 1.")
        pools[name] = Pool(name, share, None if count is None else int(count))
    return pools


def _criteria(
    top: Lined,
    key: str,
    header: Header,
    groups: tuple[Group, ...],
    pools: Mapping[str, Pool],
    is_precondition: bool = False,
) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for item in items_of(top, key):
        if not isinstance(item, Lined):
            raise top.refuse("mỗi tiêu chí bắt đầu bằng “- code:”.", key)
        check_keys(item, _CRITERION_KEYS)
        code = code_of(item, "code")
        if code in found:
            raise item.refuse(f"mã {code} khai hai lần.", "code")
        group = PRECONDITIONS if is_precondition else text_of(item, "group", required=True)
        if not is_precondition and all(g.code != group for g in groups):
            raise item.refuse(f"nhóm “{group}” chưa khai ở groups.{_nearest(group, [g.code for g in groups])}", "group")
        pool = text_of(item, "pool")
        if pool and pool not in pools:
            raise item.refuse(f"“{pool}” chưa khai ở pools.{_nearest(pool, list(pools))}", "pool")
        if pool and "when_none" in item:
            raise item.refuse("tiêu chí tự chọn không dùng when_none: bỏ qua không được tính là đạt.", "when_none")
        measure = header.measure(item)
        rule = read_rule(item, header)
        scoring = read_scoring(item, header, rule)
        if rule is None and scoring is None:
            raise item.refuse(f"tiêu chí {code} chưa có chỉ tiêu (at_least, is_true, …) hoặc cách tính điểm.")
        effort = _choice(item, "effort", tuple(Effort))
        found[code] = Criterion(
            code=code,
            group=group,
            name=text_of(item, "name") or measure.label,
            measure=measure,
            rule=rule,
            scoring=scoring,
            pool=pool,
            effort=Effort(effort) if effort else None,
            hint=text_of(item, "hint"),
            collection=measure.collection,
            legal_basis=text_of(item, "legal_basis"),
            not_modelled=text_of(item, "not_modelled"),
            taken_from=text_of(item, "taken_from"),
            is_precondition=is_precondition,
        )
    return tuple(found.values())


def _check_whole(
    top: Lined,
    levels: tuple[Level, ...],
    scale: Scale | None,
    pools: Mapping[str, Pool],
    criteria: tuple[Criterion, ...],
) -> None:
    if not criteria:
        raise top.refuse("khung chưa có tiêu chí nào.", "criteria")
    codes: set[str] = set()
    for criterion in criteria:
        for field in fields_of(criterion):
            if field.code.casefold() in codes:
                raise top.refuse(f"mã {field.code} dùng cho hai số liệu.", "criteria")
            codes.add(field.code.casefold())
        if scale is None and criterion.rule is None:
            raise top.refuse(f"tiêu chí {criterion.code} tính điểm nhưng khung không có scale.", "criteria")
    if scale is not None:
        if any(c.pool for c in criteria):
            raise top.refuse("khung tính điểm không dùng pools; ghi điểm cho từng tiêu chí.", "pools")
        scored = [c.scoring for c in criteria if c.scoring and c.scoring.style not in ("bonus", "penalty")]
        total = sum((s.maximum for s in scored), Decimal(0))
        if total != scale.maximum:
            raise top.refuse(f"điểm tối đa các tiêu chí cộng lại là {total}, khác thang {scale.maximum}.", "scale")
        if any(level.score is None for level in levels):
            raise top.refuse("khung tính điểm: mỗi mức phải có score (từ bao nhiêu điểm).", "levels")
    for pool in pools.values():
        members = sum(c.pool == pool.name for c in criteria)
        if pool.needed(members) > members:
            raise top.refuse(f"“{pool.name}” đòi nhiều tiêu chí hơn số đang có ({members}).", "pools")


def _nearest(word: str, words: list[str]) -> str:
    near = get_close_matches(word, words, 1)
    return f" Có phải “{near[0]}”?" if near else ""
