"""Judge whole columns of units by an edition.

For a criterion with rising targets all that matters is how many levels hold: its *stage*. The engine keeps
two stages for every criterion and unit: the one that is proven (`sure`) and the one that would be reached
if everything unknown turned out well (`could`). A level at or below `sure` is met, above `could` unmet,
between them unknown. `all_of` is then a least stage, `any_of` a greatest, "at least n of" the n-th
greatest, and a unit's level is the least stage of its criteria: three-valued logic without a branch.
Comparisons are exact: values and targets are the nearest floats of decimals, ratios are multiplied before
they are divided.

Pure: no clock, no database, no Django.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from langso.criteria import findings as told
from langso.criteria import reasons
from langso.criteria import score as scoring
from langso.criteria.catalogue import shipped
from langso.criteria.edition import Criterion, Edition, Kind, Op, Rule, Several, Test, fields_of, tests_within
from langso.criteria.findings import Finding
from langso.criteria.reading import read_edition
from langso.criteria.table import Column, Floats, Table
from langso.lib.refusal import Refused

__all__ = ["Column", "Judgment", "Table", "judge", "load_edition", "shipped"]

Stages = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
BLOCK = 65536  # units at a time: the verdicts of one criterion at all levels then stay in the cache


class ClassUnknown(Refused):
    says = "Loại địa bàn “{text}” không có trong khung. Các loại: {known}."


def load_edition(path: Path) -> Edition:
    """A frozen edition; the same object as long as the file has not changed.

    Refuses: FrameworkFileUnreadable, FrameworkFileWrong.
    """
    if not path.is_file():
        return read_edition(path)
    return _loaded(path.resolve(), path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _loaded(path: Path, changed: int) -> Edition:
    return read_edition(path)


class Plan:
    """What the engine compares, made once per edition: one row per figure and class, rising ones first."""

    def __init__(self, edition: Edition) -> None:
        self.levels = 1 if edition.scale is not None else len(edition.levels)
        tests = {t.code: t for c in edition.criteria for t in tests_within(c)}
        rows = [(t, k) for t in tests.values() for k in range(len(t.targets))]
        rows.sort(key=lambda row: row[0].op.is_falling)
        self.rising = sum(not t.op.is_falling for t, _ in rows)
        self.codes = tuple(t.code for t, _ in rows)
        self.tests = tuple(t for t, _ in rows)
        self.targets = np.full((len(rows), self.levels), np.nan)
        self.begins = np.zeros(len(rows), dtype=np.uint8)
        for r, (test, k) in enumerate(rows):
            for n, target in enumerate(test.targets[k]):
                if target is None:
                    self.begins[r] = n + 1
                else:
                    self.targets[r, n] = _edge(float(target), test.op)
        self.rows: dict[str, list[int]] = {}
        for r, code in enumerate(self.codes):
            self.rows.setdefault(code, []).append(r)
        self.skipped = tuple(r for r, t in enumerate(self.tests) if t.is_skipped_when_none)
        judged = [c for c in edition.criteria if c.rule is not None]
        self.is_plain = all(isinstance(c.rule, Test) and len(c.rule.targets) == 1 and not c.pool for c in judged)


def _edge(target: float, op: Op) -> float:
    """Strictly above t is at least the next float after t."""
    return float(np.nextafter(target, -np.inf if op.is_falling else np.inf)) if op.is_strict else target


@lru_cache(maxsize=64)
def plan_of(edition: Edition) -> Plan:
    return Plan(edition)


def judge(edition: Edition, table: Table) -> "Judgment":
    """Judge every unit of the table.

    Cost: one pass over the values for the comparisons, one for what is unknown; nothing per unit in Python.
    Refuses: ClassUnknown.
    """
    plan = plan_of(edition)
    values = _values(plan, table)
    return Judgment(edition, table, plan, values, *_compare(plan, values))


def _values(plan: Plan, table: Table) -> Floats:
    """The figures in the plan's order; where there is nothing to count, a value that meets any target."""
    values = table.stack(plan.codes)
    for r in plan.skipped:
        column = table.columns.get(plan.codes[r])
        if column is not None and column.denominator is not None:
            none = column.denominator == 0
            if none.any():
                values = values.copy()
                values[r, none] = -np.inf if plan.tests[r].op.is_falling else np.inf
    return values


def _compare(plan: Plan, values: Floats) -> tuple[Stages, Stages, Stages]:
    """Stages proven, row by row; then the least of them, and the least if all unknown turned out well.

    One comparison against all levels at once, no temporary per level; what is unknown stands in the values
    as NaN and is not stored a second time.
    """
    rows, units = values.shape
    sure = np.empty(values.shape, dtype=np.uint8)
    least = np.full(units, plan.levels, dtype=np.uint8)
    most = np.full(units, plan.levels, dtype=np.uint8)
    met = np.empty((plan.levels, min(BLOCK, units)), dtype=bool)
    unknown = np.empty(min(BLOCK, units), dtype=bool)
    targets = np.ascontiguousarray(plan.targets[:, :, None])
    for start in range(0, units, BLOCK):
        stop = min(start + BLOCK, units)
        m, u = met[:, : stop - start], unknown[: stop - start]
        counted, could = m.view(np.uint8), u.view(np.uint8)
        low, high = least[start:stop], most[start:stop]
        for r in range(rows):
            x, s = values[r, start:stop], sure[r, start:stop]
            (np.greater_equal if r < plan.rising else np.less_equal)(x, targets[r], out=m)
            np.add.reduce(counted, axis=0, out=s, dtype=np.uint8)
            if plan.begins[r]:
                np.add(s, plan.begins[r], out=s)  # a level that does not ask is met by all
            np.minimum(low, s, out=low)
            np.isnan(x, out=u)
            np.multiply(could, plan.levels, out=could)
            np.maximum(could, s, out=could)
            np.minimum(high, could, out=high)
    return sure, least, most


class Judgment:
    """What an edition says of each unit of a table, as arrays over the units in the table's order."""

    def __init__(
        self,
        edition: Edition,
        table: Table,
        plan: Plan,
        values: Floats,
        sure: Stages,
        least: Stages,
        most: Stages,
    ) -> None:
        self.edition = edition
        self.table = table
        self.plan = plan
        self.values = values
        self._sure = sure
        self._sorts: dict[str, tuple[list[int], Ints]] = {}
        if edition.scale is None:
            self.level: Stages = least
            self.level_at_most: Stages = most
            if not plan.is_plain:
                self.level = self._least(self.criteria, self._sure, proven=True)
                self.level_at_most = self._least(self.criteria, self._could, proven=False)

    @cached_property
    def _could(self) -> Stages:
        """Stages possible: every level where the figure is unknown."""
        return np.asarray(np.where(np.isnan(self.values), np.uint8(self.plan.levels), self._sure))

    @cached_property
    def class_of(self) -> Ints:
        """Place of each unit's class in the edition's list; -1 where it is unknown."""
        classes = self.edition.region_classes
        said = (self.table.classes or {}).get(classes.column) if classes else None
        if classes is None or said is None:
            return np.full(len(self.table.units), -1)
        places = {"": -1} | {code: k for k, code in enumerate(classes.names)}
        try:
            return np.array([places[str(code)] for code in said], dtype=np.int64)
        except KeyError as wrong:
            raise ClassUnknown(text=wrong.args[0][:40], known=", ".join(classes.names)) from None

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Criteria with something to meet, in the order of the edition."""
        return tuple(c for c in self.edition.criteria if c.rule is not None)

    @cached_property
    def is_unknown(self) -> npt.NDArray[np.bool_]:
        """No level is proven, and the first is not refuted."""
        return np.asarray((self.level == 0) & (self.level_at_most > 0))

    def stages(self, code: str) -> tuple[Stages, Stages]:
        """Levels proven and levels possible of one criterion, for every unit."""
        rule = self.edition.by_code[code].rule
        if rule is None:
            raise KeyError(code)
        return self.rule_stage(rule, self._sure, proven=True), self.rule_stage(rule, self._could, proven=False)

    def rule_stages(self, rule: Rule) -> tuple[Stages, Stages]:
        return self.rule_stage(rule, self._sure, proven=True), self.rule_stage(rule, self._could, proven=False)

    def rule_stage(self, rule: Rule, matrix: Stages, *, proven: bool) -> Stages:
        if isinstance(rule, Several):
            parts = np.stack([self.rule_stage(part, matrix, proven=proven) for part in rule.parts])
            return _nth_greatest(parts, rule.needed)
        rows = self.plan.rows[rule.code]
        if len(rows) == 1:
            return np.asarray(matrix[rows[0]])
        by_class = matrix[rows]
        picked = np.take_along_axis(by_class, np.maximum(self.class_of, 0)[None], axis=0)[0]
        whatever = by_class.min(axis=0) if proven else by_class.max(axis=0)
        return np.asarray(np.where(self.class_of < 0, whatever, picked))

    def _least(self, criteria: Sequence[Criterion], matrix: Stages, *, proven: bool) -> Stages:
        """The level these criteria allow together: each must hold, of a pool as many as it asks."""
        found = np.full(len(self.table.units), self.plan.levels, dtype=np.uint8)
        pools: dict[str, list[Stages]] = {}
        for criterion in criteria:
            stage = self.rule_stage(criterion.must, matrix, proven=proven)
            if criterion.pool:
                pools.setdefault(criterion.pool, []).append(stage)
            else:
                np.minimum(found, stage, out=found)
        for name, stages in pools.items():
            needed = min(self.edition.pools[name].needed(len(stages)), len(stages))
            np.minimum(found, _nth_greatest(np.stack(stages), needed), out=found)
        return found

    @cached_property
    def group_level(self) -> Mapping[str, Stages]:
        """Group code → the level its criteria prove by themselves."""
        return {code: self._least(found, self._sure, proven=True) for code, found in self._by_group.items()}

    @cached_property
    def _by_group(self) -> Mapping[str, list[Criterion]]:
        found: dict[str, list[Criterion]] = {}
        for criterion in self.criteria:
            if not criterion.is_precondition:
                found.setdefault(criterion.group, []).append(criterion)
        return {g.code: found[g.code] for g in self.edition.groups if g.code in found}

    @cached_property
    def points(self) -> "scoring.Points":
        if self.edition.scale is None:
            raise LookupError(f"{self.edition.id} has no scale")
        return scoring.Points(self, self.edition.scale)

    @property
    def score(self) -> Floats | None:
        """Rounded as the scale says; NaN while anything that earns is unknown. None without a scale."""
        return self.points.score if self.edition.scale else None

    @property
    def group_score(self) -> Mapping[str, Floats]:
        return self.points.group_score if self.edition.scale else {}

    @cached_property
    def rank(self) -> Ints | None:
        """1 is best; equal scores share a rank and leave a gap (1, 2, 2, 4); 0 where there is no score."""
        if self.edition.scale is None or not self.edition.scale.has_rank:
            return None
        is_admitted = self.points.is_admitted
        return scoring.ranks(np.where(is_admitted, self.points.score, np.nan))

    def __getattr__(self, name: str) -> Stages:
        # Levels of a scored edition are bands of the score; they are worked out only when asked for.
        if name in ("level", "level_at_most") and self.edition.scale is not None:
            self.level, self.level_at_most = self.points.levels
            return self.level if name == "level" else self.level_at_most
        raise AttributeError(name)

    def stage_at(self, rule: Rule, i: int) -> tuple[int, int]:
        """Levels proven and possible of one rule for one unit, without touching the others."""
        if isinstance(rule, Several):
            both = [self.stage_at(part, i) for part in rule.parts]
            sure, could = (sorted((pair[side] for pair in both), reverse=True) for side in (0, 1))
            return sure[rule.needed - 1], could[rule.needed - 1]
        rows = self.plan.rows[rule.code]
        place = int(self.class_of[i])
        if len(rows) > 1 and place >= 0:
            rows = [rows[place]]
        proven = [int(self._sure[r, i]) for r in rows]
        is_missing = bool(np.isnan(self.values[rows[0], i]))
        return min(proven), self.plan.levels if is_missing else max(proven)

    def findings(self, i: int) -> tuple[Finding, ...]:
        """Every criterion at every level where the edition states a target, with its reason in Vietnamese."""
        return told.findings(self, i)

    def hillside(self, i: int) -> tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...]:
        """Group code and, for each level, how many of its criteria are met, unmet, unknown."""
        return told.hillside(self, i)

    def path(self, i: int) -> told.Path | None:
        """The next level and what it still asks, nearest first; None at the top and for scored editions."""
        return told.path(self, i)

    def finding_column(self, criterion: Criterion, level: int) -> tuple[list[Finding], Ints]:
        """The different findings of one criterion at one level, and which of them is each unit's.

        Units with the same figures and class get the same finding, so it is made and worded once.
        """
        first, place = self._alike(criterion)
        return [told.finding(self, criterion, i, level) for i in first], place

    def reason_column(self, code: str, level: int) -> npt.NDArray[np.object_]:
        """The reason of one criterion at one level for every unit."""
        criterion = self.edition.by_code[code]
        first, place = self._alike(criterion)
        texts = np.empty(len(first), dtype=object)
        texts[:] = self._reasons(criterion, level, first)
        return np.asarray(texts[place])

    def _reasons(self, criterion: Criterion, level: int, units: list[int]) -> list[str]:
        """Worded together where that is simple: known figures without counts against one target."""
        rule = criterion.rule
        column = self.table.columns.get(rule.code) if isinstance(rule, Test) else None
        if (
            self.edition.scale is not None
            or not isinstance(rule, Test)
            or len(rule.targets) > 1
            or rule.measure.kind is Kind.YES_NO
            or column is None
            or column.numerator is not None
        ):
            return [told.finding(self, criterion, i, level).reason for i in units]
        values = column.value[units]
        known = ~np.isnan(values)
        met = self._sure[self.plan.rows[rule.code][0], units] >= level
        target = rule.targets[0][level - 1] or Decimal(0)
        worded = iter(reasons.of_values(self.edition, rule, level, target, values[known].tolist(), met[known].tolist()))
        return [
            next(worded) if is_known else told.finding(self, criterion, i, level).reason
            for i, is_known in zip(units, known.tolist(), strict=True)
        ]

    def _alike(self, criterion: Criterion) -> tuple[list[int], Ints]:
        """One unit of each sort, and the sort of every unit."""
        found = self._sorts.get(criterion.code)
        if found is None:
            keys = [self.class_of.astype(np.float64)] if self.edition.region_classes else []
            for asked in fields_of(criterion):
                column = self.table.columns.get(asked.code)
                if column is not None:
                    keys += [k for k in (column.value, column.numerator, column.denominator) if k is not None]
            if len(keys) == 1:
                _, first, place = np.unique(keys[0], return_index=True, return_inverse=True)
            else:
                first, place = _unique_rows(keys, len(self.table.units))
            found = self._sorts[criterion.code] = first.tolist(), place
        return found


def _unique_rows(keys: Sequence[Floats], units: int) -> tuple[Ints, Ints]:
    """As np.unique over rows, but by their bytes, so that unknown equals unknown."""
    if not keys or not units:
        return np.zeros(min(units, 1), dtype=np.int64), np.zeros(units, dtype=np.int64)
    rows = np.ascontiguousarray(np.stack(keys, axis=1)).view(np.dtype((np.void, 8 * len(keys)))).ravel()
    _, first, place = np.unique(rows, return_index=True, return_inverse=True)
    return first, place


def _nth_greatest(stages: Stages, n: int) -> Stages:
    if n == len(stages):
        return np.asarray(stages.min(axis=0))
    if n == 1:
        return np.asarray(stages.max(axis=0))
    return np.asarray(np.partition(stages, len(stages) - n, axis=0)[len(stages) - n])
