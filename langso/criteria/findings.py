"""What a judgment says of one unit: findings per criterion and level, the hillside, the path upward."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor, isinf, isnan
from typing import TYPE_CHECKING, NamedTuple

from langso.criteria import reasons
from langso.criteria.edition import Criterion, Edition, Effort, Kind, Op, Rule, Several, Test

if TYPE_CHECKING:
    from langso.criteria.engine import Judgment


class Verdict(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def word(self) -> str:
        return {"met": "Đạt", "unmet": "Chưa đạt", "unknown": "Chưa có số liệu"}.get(self.value, "Không áp dụng")


class Finding(NamedTuple):
    """One criterion at one level, with all it was judged by, so that it can be judged again years later.

    Units: value, threshold and gap in the unit of the measure (a share in percent); `gap_count` in whole
    things. Level 0 is a criterion of a scored edition, which has no levels of its own.
    """

    criterion: str
    name: str
    group: str
    level: int
    verdict: Verdict
    value: float | None
    numerator: float | None
    denominator: float | None
    threshold: float | None
    op: str
    gap: float | None
    gap_count: int | None
    reason: str
    points: float | None = None
    maximum: float | None = None
    parts: "tuple[Finding, ...]" = ()


@dataclass(frozen=True)
class Missing:
    """A criterion in the way of the next level. Of a pool only some are needed: `pool` names it."""

    finding: Finding
    hint: str
    effort: Effort | None
    pool: str


@dataclass(frozen=True)
class Path:
    """The next level and what it still asks, nearest first."""

    level: int
    name: str
    missing: tuple[Missing, ...]
    still_needed: tuple[tuple[str, int], ...]  # of each pool: how many more


def findings(judgment: "Judgment", i: int) -> tuple[Finding, ...]:
    """Every criterion at every level where the edition states a target, in the order of the edition."""
    return tuple(finding(judgment, criterion, i, level) for criterion, level in stated(judgment.edition))


def stated(edition: Edition) -> Iterator[tuple[Criterion, int]]:
    """Every criterion at every level for which the file states something; level 0 in a scored edition."""
    for criterion in edition.criteria:
        for level in (0,) if edition.scale is not None else criterion.stated_levels:
            yield criterion, level


def finding(judgment: "Judgment", criterion: Criterion, i: int, level: int) -> Finding:
    if judgment.edition.scale is not None:
        return _scored(judgment, criterion, i)
    return _at(judgment, criterion, criterion.must, i, level)


def verdict_of(judgment: "Judgment", rule: Rule, i: int, level: int) -> Verdict:
    sure, could = judgment.stage_at(rule, i)
    if is_skipped(judgment, rule, i, level):
        return Verdict.NOT_APPLICABLE
    return Verdict.MET if sure >= level else Verdict.UNMET if could < level else Verdict.UNKNOWN


def is_skipped(judgment: "Judgment", rule: Rule, i: int, level: int) -> bool:
    """Nothing to count, or no target for the unit's class."""
    if isinstance(rule, Several):
        return all(is_skipped(judgment, part, i, level) for part in rule.parts)
    if isinf(judgment.values[judgment.plan.rows[rule.code][0], i]):
        return True
    if len(rule.targets) == 1:
        return False
    place = int(judgment.class_of[i])
    return place >= 0 and rule.targets[place][level - 1] is None


def _at(judgment: "Judgment", criterion: Criterion, rule: Rule, i: int, level: int) -> Finding:
    verdict = verdict_of(judgment, rule, i, level)
    if isinstance(rule, Several):
        parts = tuple(_at(judgment, criterion, part, i, level) for part in rule.parts)
        reason = reasons.of_several(verdict, rule.needed, parts)
        return _finding(criterion, criterion.code, criterion.name, level, verdict, reason, parts=parts)
    column = judgment.table.columns.get(rule.code)
    raw = float(column.value[i]) if column else float("nan")
    top = float(column.numerator[i]) if column and column.numerator is not None else None
    bottom = float(column.denominator[i]) if column and column.denominator is not None else None
    value = None if isnan(raw) else raw
    top, bottom = (None if x is None or isnan(x) else x for x in (top, bottom))
    target = target_of(judgment, rule, i, level)
    gap, gap_count = None, None
    if verdict is Verdict.UNMET and value is not None and target is not None and rule.measure.kind is not Kind.YES_NO:
        gap = round(abs(float(target) - value), 10)
        gap_count = _count_gap(rule, Fraction(target), top, bottom)
    code = rule.code if rule is not criterion.rule else criterion.code
    reason = reasons.of_test(judgment.edition, rule, verdict, level, value, top, bottom, target, gap, gap_count)
    return Finding(
        criterion=code,
        name=rule.name if rule is not criterion.rule else criterion.name,
        group=criterion.group,
        level=0 if judgment.edition.scale is not None else level,
        verdict=verdict,
        value=value,
        numerator=top,
        denominator=bottom,
        threshold=None if target is None else float(target),
        op=rule.op.value,
        gap=gap,
        gap_count=gap_count,
        reason=reason,
    )


def target_of(judgment: "Judgment", rule: Test, i: int, level: int) -> Decimal | None:
    """The target in force for this unit; None when its class is not known and the classes differ."""
    if len(rule.targets) == 1:
        return rule.targets[0][level - 1]
    place = int(judgment.class_of[i])
    if place >= 0:
        return rule.targets[place][level - 1]
    either = {row[level - 1] for row in rule.targets}
    return either.pop() if len(either) == 1 else None


def _count_gap(rule: Test, target: Fraction, top: float | None, bottom: float | None) -> int | None:
    """How many more (or fewer): 60% of 2,716 dossiers less those already there, rounded up."""
    if top is None or bottom is None:
        return None
    edge = target * Fraction(bottom) / rule.measure.per
    if rule.op is Op.AT_LEAST:
        wanted = ceil(edge)
    elif rule.op is Op.ABOVE:
        wanted = floor(edge) + 1
    else:
        wanted = floor(edge) if rule.op is Op.AT_MOST else ceil(edge) - 1
    return abs(wanted - int(top))


def _finding(
    criterion: Criterion,
    code: str,
    name: str,
    level: int,
    verdict: Verdict,
    reason: str,
    *,
    value: float | None = None,
    points: float | None = None,
    parts: tuple[Finding, ...] = (),
) -> Finding:
    most = float(criterion.scoring.maximum) if criterion.scoring else None
    return Finding(
        code,
        name,
        criterion.group,
        level,
        verdict,
        value,
        None,
        None,
        None,
        "",
        None,
        None,
        reason,
        points,
        most,
        parts,
    )


def _scored(judgment: "Judgment", criterion: Criterion, i: int) -> Finding:
    """A criterion that earns points. Without a target the verdict is *not applicable*; the points tell."""
    if criterion.scoring is None:
        return _at(judgment, criterion, criterion.must, i, 1)
    low, high = (float(side[i]) for side in judgment.points.by_criterion[criterion.code])
    most = float(criterion.scoring.maximum)
    style = criterion.scoring.style
    if low != high:
        verdict = Verdict.UNKNOWN
    elif style in ("ratio", "bonus", "penalty"):
        verdict = Verdict.NOT_APPLICABLE
    else:
        verdict = Verdict.MET if low >= most else Verdict.UNMET
    raw = float(judgment.table.value(criterion.code)[i])
    parts: tuple[Finding, ...] = ()
    if criterion.rule is not None:
        parts = (_at(judgment, criterion, criterion.rule, i, 1),)
        raw = parts[0].value if parts[0].value is not None else float("nan")
    value = None if isnan(raw) else raw
    reason = reasons.of_points(criterion, verdict, value, low, parts)
    points = None if verdict is Verdict.UNKNOWN else low
    made = _finding(criterion, criterion.code, criterion.name, 0, verdict, reason, value=value, points=points)
    if parts and not parts[0].parts:
        return Finding(**{**made.__dict__, "threshold": parts[0].threshold, "op": parts[0].op, "gap": parts[0].gap})
    return made


def hillside(judgment: "Judgment", i: int) -> tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...]:
    """Group code → per level (met, unmet, unknown) of the criteria in force; a target lasts until raised."""
    found = []
    for group in judgment.edition.groups:
        criteria = [c for c in judgment.criteria if c.group == group.code and not c.is_precondition]
        if not criteria:
            continue
        fields = []
        for level in range(1, judgment.plan.levels + 1):
            counts = dict.fromkeys(Verdict, 0)
            for criterion in criteria:
                if criterion.begins <= level:
                    counts[verdict_of(judgment, criterion.must, i, level)] += 1
            fields.append((counts[Verdict.MET], counts[Verdict.UNMET], counts[Verdict.UNKNOWN]))
        found.append((group.code, tuple(fields)))
    return tuple(found)


def path(judgment: "Judgment", i: int) -> Path | None:
    """What the next level still asks; None at the top, or when the edition has no levels of criteria.

    Order: nearest first, by the gap in proportion to the target (a figure that is only missing has none: ask for it),
    then the lightest effort, then the order of the edition.
    """
    if judgment.edition.scale is not None or int(judgment.level[i]) >= judgment.plan.levels:
        return None
    level = int(judgment.level[i]) + 1
    ordered: list[tuple[float, int, int, Missing]] = []
    for order, criterion in enumerate(judgment.criteria):
        if criterion.begins > level:
            continue
        verdict = verdict_of(judgment, criterion.must, i, level)
        if verdict in (Verdict.MET, Verdict.NOT_APPLICABLE):
            continue
        made = _at(judgment, criterion, criterion.must, i, level)
        effort = Effort.LIGHT if verdict is Verdict.UNKNOWN else criterion.effort or Effort.MEDIUM
        hint = criterion.hint
        ordered.append((nearness(made), effort.weight, order, Missing(made, hint, criterion.effort, criterion.pool)))
    still = []
    for name, pool in judgment.edition.pools.items():
        members = [c for c in judgment.criteria if c.pool == name]
        more = pool.needed(len(members)) - sum(_holds(judgment, c, i, level) for c in members)
        if more > 0:
            still.append((name, more))
    wanted = {name for name, _ in still}
    missing = tuple(m for *_, m in sorted(ordered, key=lambda o: o[:3]) if not m.pool or m.pool in wanted)
    return Path(level, judgment.edition.level_name(level), missing, tuple(still))


def _holds(judgment: "Judgment", criterion: Criterion, i: int, level: int) -> bool:
    return judgment.stage_at(criterion.must, i)[0] >= level


def nearness(made: Finding) -> float:
    """The gap as a part of the target: 0 where only the figure is missing, 1 where everything is."""
    if made.verdict is Verdict.UNKNOWN:
        return 0.0
    if made.parts:
        return min(nearness(part) for part in made.parts)
    if made.gap is None or made.threshold is None:
        return 1.0
    return made.gap / made.threshold if made.threshold else made.gap
