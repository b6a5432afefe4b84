"""What a judgment says of one unit, in the words and figures that pages, workbooks and publications show.

Pure, and kept as it is: `as_json` and `from_json` are each other's inverse, so a published result is read without
the engine.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from langso.criteria import findings as found
from langso.criteria import reasons
from langso.criteria.edition import Criterion, Edition, Kind, Test
from langso.criteria.engine import Judgment
from langso.criteria.findings import Finding, Verdict
from langso.lib.number import write_number


@dataclass(frozen=True)
class Reading:
    """A figure that was judged, with its day, source and paper.

    Units: counts as reported; `value` in the measure's unit, for figures without counts.
    """

    measure: str
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    as_of: str = ""
    source: str = ""
    document: str = ""
    is_simulated: bool = False

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.as_of) if self.as_of else None


@dataclass(frozen=True)
class Row:
    """One criterion against the next level: verdict, figure, target, reason."""

    code: str
    name: str
    group: str
    verdict: str
    stage: int  # levels proven
    value: str
    target: str
    fraction: str
    gap: str
    reason: str
    hint: str = ""
    effort: str = ""
    have: float | None = None
    goal: float | None = None
    full: float = 100
    collection: str = ""
    reading: Reading | None = None

    @property
    def todo(self) -> str:
        """What to do: get the figure first, where there is none."""
        return self.reason if self.verdict == Verdict.UNKNOWN else self.hint

    @property
    def is_met(self) -> bool:
        return self.verdict == Verdict.MET


@dataclass(frozen=True)
class GroupResult:
    code: str
    name: str
    level: int
    score: str
    fields: tuple[tuple[int, int, int], ...]  # met, unmet, unknown at each level
    rows: tuple[Row, ...]

    @property
    def lacking(self) -> tuple[Row, ...]:
        return tuple(r for r in self.rows if r.verdict in (Verdict.UNMET, Verdict.UNKNOWN))


@dataclass(frozen=True)
class Result:
    """Level None: nothing is proven and nothing refuted. `aim` is the level the rows are held against."""

    level: int | None
    level_at_most: int | None
    levels: tuple[str, ...]
    aim: int
    score: str
    groups: tuple[GroupResult, ...]
    missing: tuple[str, ...]  # codes in the way of the next level, nearest first
    still_needed: tuple[tuple[str, int], ...] = field(default=())

    @property
    def rows(self) -> Mapping[str, Row]:
        return {row.code: row for group in self.groups for row in group.rows}

    @property
    def points(self) -> Decimal | None:
        """The score as a number; the text is what people read, rounded as the edition says."""
        return Decimal(self.score.replace(".", "").replace(",", ".")) if self.score else None

    @property
    def stages_count(self) -> int:
        """Levels held, added up over the criteria: how far along two units of the same level are."""
        return sum(row.stage for group in self.groups for row in group.rows)

    @property
    def steps(self) -> tuple[Row, ...]:
        rows = self.rows
        return tuple(rows[code] for code in self.missing)

    @property
    def level_name(self) -> str:
        return self.levels[self.level - 1] if self.level else ""

    @property
    def aim_name(self) -> str:
        return self.levels[self.aim - 1] if self.levels and self.aim else ""


def result_of(judgment: Judgment, i: int, readings: Mapping[str, Reading]) -> Result:
    """The result of unit `i`; `readings` by field code.  Cost: under 20 ms (bench/engine.py)."""
    edition = judgment.edition
    is_scored = edition.scale is not None
    has_levels = bool(edition.levels)
    level = int(judgment.level[i]) if has_levels else None
    at_most = int(judgment.level_at_most[i]) if has_levels else None
    if has_levels and level == 0 and at_most:
        level = None
    aim = min((level or 0) + 1, len(edition.levels)) if has_levels else 0
    path = judgment.path(i)
    hill = {} if is_scored else dict(judgment.hillside(i))
    scored = {f.criterion: f for f in judgment.findings(i)} if is_scored else {}
    groups = []
    for group in edition.groups:
        criteria = [c for c in edition.criteria if c.group == group.code]
        if not criteria:
            continue
        rows = tuple(_row(judgment, c, i, aim, scored.get(c.code), readings) for c in criteria)
        group_level = (
            int(judgment.group_level[group.code][i]) if not is_scored and group.code in judgment.group_level else 0
        )
        score = ""
        if is_scored and group.code in judgment.group_score:
            score = _points(judgment.group_score[group.code][i], edition)
        groups.append(GroupResult(group.code, group.name, group_level, score, hill.get(group.code, ()), rows))
    score = _points(judgment.score[i], edition) if judgment.score is not None else ""
    missing = tuple(m.finding.criterion for m in path.missing) if path else ()
    return Result(
        level,
        at_most,
        tuple(lv.name for lv in edition.levels),
        aim,
        score,
        tuple(groups),
        missing,
        path.still_needed if path else (),
    )


def _points(points: float, edition: Edition) -> str:
    assert edition.scale is not None
    return "" if points != points else write_number(points, edition.scale.places)


def _row(
    judgment: Judgment,
    criterion: Criterion,
    i: int,
    aim: int,
    scored: Finding | None,
    readings: Mapping[str, Reading],
) -> Row:
    test = criterion.rule if isinstance(criterion.rule, Test) else None
    if scored is not None:
        made, stage = scored, 0
    else:
        assert criterion.rule is not None
        asked = max(aim, criterion.begins)
        made = found.finding(judgment, criterion, i, asked)
        stage = judgment.stage_at(criterion.rule, i)[0]
    measure = criterion.measure
    value = _value(criterion, made)
    fraction = ""
    if made.numerator is not None and made.denominator is not None:
        fraction = (
            f"{write_number(int(made.numerator))} / {write_number(int(made.denominator))} {measure.counted}".strip()
        )
    target, gap, goal, full = "", "", None, 100.0
    if test is not None:
        if made.threshold is not None:
            target = asked_short(test, made.threshold)
            if measure.kind is not Kind.YES_NO:
                goal = made.threshold
                full = 100.0 if measure.kind is Kind.SHARE else max(made.threshold, made.value or 0.0) * 1.25 or 1.0
        if made.verdict is Verdict.UNMET:
            gap = reasons.shortfall(test, made.gap, made.gap_count).removesuffix(".")
    elif made.maximum:
        target = f"tối đa {write_number(made.maximum)}"
    if criterion.rule is not None and scored is None and criterion.begins > aim:
        target = f"{target} từ mức {criterion.begins}".strip()
    return Row(
        code=criterion.code,
        name=criterion.name,
        group=criterion.group,
        verdict=made.verdict.value,
        stage=stage,
        value=value,
        target=target,
        fraction=fraction,
        gap=gap,
        reason=made.reason,
        hint=criterion.hint,
        effort=criterion.effort or "",
        have=made.value if goal is not None else None,
        goal=goal,
        full=full,
        collection=criterion.collection,
        reading=readings.get(criterion.code),
    )


def _value(criterion: Criterion, made: Finding) -> str:
    if made.points is not None and criterion.measure.kind is not Kind.INDEX:
        return f"{write_number(made.points)} điểm"
    if made.value is None:
        return "" if made.parts else "Chưa rõ"
    if criterion.measure.kind is Kind.YES_NO:
        return "Có" if made.value else "Chưa có"
    falling = isinstance(criterion.rule, Test) and criterion.rule.op.is_falling
    return reasons.quantity(criterion.measure, made.value, falling=falling)


def asked_short(test: Test, threshold: float) -> str:
    """cần từ 75%"""
    if test.measure.kind is Kind.YES_NO:
        return "cần có"
    words = {"at_least": "cần từ", "above": "cần trên", "below": "cần dưới", "at_most": "không quá"}
    return f"{words[test.op.value]} {reasons.quantity(test.measure, threshold)}"


def targets_of(criterion: Criterion, edition: Edition, place: int = 0) -> list[tuple[int, str]]:
    """(level, target) for each level where the edition states one; `place` is the class of region."""
    if not isinstance(criterion.rule, Test):
        return []
    rule = criterion.rule
    row = rule.targets[place if len(rule.targets) > 1 else 0]
    return [
        (n, reasons.quantity(rule.measure, float(target)) if rule.measure.kind is not Kind.YES_NO else "có")
        for n, target in enumerate(row, 1)
        if target is not None
    ]


def as_json(result: Result) -> dict[str, Any]:
    return asdict(result)


def from_json(data: Mapping[str, Any]) -> Result:
    groups = tuple(
        GroupResult(
            code=g["code"],
            name=g["name"],
            level=g["level"],
            score=g["score"],
            fields=tuple(tuple(f) for f in g["fields"]),
            rows=tuple(
                Row(**{**r, "reading": Reading(**r["reading"]) if r.get("reading") else None}) for r in g["rows"]
            ),
        )
        for g in data["groups"]
    )
    return Result(
        level=data["level"],
        level_at_most=data["level_at_most"],
        levels=tuple(data["levels"]),
        aim=data["aim"],
        score=data["score"],
        groups=groups,
        missing=tuple(data["missing"]),
        still_needed=tuple((n, k) for n, k in data["still_needed"]),
    )
