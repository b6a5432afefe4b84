"""Points, totals and ranks of a scored edition, rounded half up as official tables are.

Sums run in floats for all units; only where a float cannot tell on which side of a half a total lies is
that unit summed again in exact fractions of the decimals as they were written.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from langso.criteria.edition import Criterion, Kind, Scale, Scoring
from langso.criteria.table import Floats, Table

if TYPE_CHECKING:
    from langso.criteria.engine import Judgment, Stages

_DOUBT = 1e-6  # distance from a half, in units of the last place, under which a float sum is not trusted


class Points:
    """Points of every unit: what is earned for certain (`low`) and what is possible (`high`)."""

    def __init__(self, judgment: "Judgment", scale: Scale) -> None:
        self._judgment = judgment
        self._scale = scale
        self.by_criterion: dict[str, tuple[Floats, Floats]] = {}
        for criterion in judgment.edition.criteria:
            if criterion.scoring is not None:
                self.by_criterion[criterion.code] = self._earned(criterion, criterion.scoring)
        self.low = self._rounded([c for c in judgment.edition.criteria if c.scoring], proven=True)
        self.high = self._rounded([c for c in judgment.edition.criteria if c.scoring], proven=False)
        spread = sum((abs(high - low) for low, high in self.by_criterion.values()), np.zeros(len(self.low)))
        self.score = np.where(spread == 0, self.low, np.nan)

    @property
    def group_score(self) -> Mapping[str, Floats]:
        return {code: np.where(low == high, low, np.nan) for code, (low, high) in self._group_bounds.items()}

    @property
    def _group_bounds(self) -> Mapping[str, tuple[Floats, Floats]]:
        found: dict[str, list[Criterion]] = {}
        for criterion in self._judgment.edition.criteria:
            if criterion.scoring is not None:
                found.setdefault(criterion.group, []).append(criterion)
        return {g: (self._rounded(cs, proven=True), self._rounded(cs, proven=False)) for g, cs in found.items()}

    @property
    def is_admitted(self) -> npt.NDArray[np.bool_]:
        """The preconditions hold for certain."""
        found = np.ones(len(self._judgment.table.units), dtype=bool)
        for criterion in self._judgment.edition.criteria:
            if criterion.is_precondition:
                found &= self._judgment.stages(criterion.code)[0] >= 1
        return found

    @property
    def levels(self) -> "tuple[Stages, Stages]":
        """Bands of the score: proven and possible, under the group minimums and the preconditions."""
        edition, bounds = self._judgment.edition, self._group_bounds
        both = []
        for side, total in enumerate((self.low, self.high)):
            found = np.zeros(len(total), dtype=np.uint8)
            still = np.ones(len(total), dtype=bool)
            for criterion in edition.criteria:
                if criterion.is_precondition:
                    still &= self._judgment.stages(criterion.code)[side] >= 1
            for group in edition.groups:
                if group.at_least is not None:
                    still &= bounds[group.code][side] >= float(group.at_least)
            for level in edition.levels:
                still &= total >= float(level.score or 0)
                for code, least in level.group_scores.items():
                    still &= bounds[code][side] >= float(least)
                found += still
            both.append(found)
        return both[0], both[1]

    def _earned(self, criterion: Criterion, scoring: Scoring) -> tuple[Floats, Floats]:
        """Least and most points of one criterion; equal where everything is known."""
        most = float(scoring.maximum)
        units = len(self._judgment.table.units)
        if scoring.style == "parts":
            parts = [self._earned(part, part.scoring) for part in scoring.parts if part.scoring]
            return sum((low for low, _ in parts), np.zeros(units)), sum((high for _, high in parts), np.zeros(units))
        if scoring.style == "rule":
            sure, could = self._judgment.rule_stages(criterion.must)
            return np.where(sure >= 1, most, 0.0), np.where(could >= 1, most, 0.0)
        value = self._judgment.table.value(criterion.code)
        is_unknown = np.isnan(value)
        if scoring.style in ("bonus", "penalty"):
            earned = np.where(is_unknown, 0, value) * (most if scoring.style == "bonus" else -most)
            least, best = (0.0, most) if scoring.style == "bonus" else (-most, 0.0)
        elif scoring.style == "ratio":
            earned, least, best = value * most / _full(criterion, scoring), 0.0, most
        elif scoring.style == "steps":
            points = np.array([0.0, *(float(p) for _, p in scoring.steps)])
            edges = np.array([float(edge) for edge, _ in scoring.steps])
            earned = points[np.searchsorted(edges, np.where(is_unknown, -1, value), side="right")]
            least, best = float(points.min()), float(points.max())
        else:
            points = np.array([float(p) for _, p in scoring.cases])
            earned = points[np.where(is_unknown, 0, value).astype(int)]
            least, best = float(points.min()), float(points.max())
        return np.where(is_unknown, least, earned), np.where(is_unknown, best, earned)

    def _rounded(self, criteria: list[Criterion], *, proven: bool) -> Floats:
        side = 0 if proven else 1
        total = sum((self.by_criterion[c.code][side] for c in criteria), np.zeros(len(self._judgment.table.units)))
        scaled = total * 10**self._scale.places
        whole = np.floor(scaled + 0.5)
        doubtful = np.abs(scaled - np.floor(scaled) - 0.5) < _DOUBT * np.maximum(1, np.abs(scaled) * 1e-6)
        for i in np.flatnonzero(doubtful):
            exact = sum((self._exact(c, int(i), side) for c in criteria), Fraction(0))
            whole[i] = float((exact * 10**self._scale.places + Fraction(1, 2)).__floor__())
        ceiling = float(self._scale.maximum)
        return np.asarray(np.clip(whole / 10**self._scale.places, 0, ceiling))

    def _exact(self, criterion: Criterion, i: int, side: int) -> Fraction:
        """The same points in the decimals as written. Only a ratio can give what a float cannot hold."""
        scoring = criterion.earning
        if scoring.style == "parts":
            return sum((self._exact(part, i, side) for part in scoring.parts), Fraction(0))
        if scoring.style == "ratio":
            figure = exact_value(self._judgment.table, criterion.code, i, criterion.measure.per)
            if figure is not None:
                return figure * Fraction(scoring.maximum) / Fraction(str(_full(criterion, scoring)))
        return Fraction(Decimal(repr(float(self._earned(criterion, scoring)[side][i]))))


def _full(criterion: Criterion, scoring: Scoring) -> float:
    """The figure that earns the maximum."""
    kind = criterion.measure.kind
    return 1.0 if kind is Kind.INDEX else 100.0 if kind is Kind.SHARE else float(scoring.maximum)


def exact_value(table: Table, code: str, i: int, per: int) -> Fraction | None:
    """A figure as an exact fraction: from its counts when known, else from the decimal as written."""
    column = table.columns.get(code)
    if column is None or np.isnan(column.value[i]):
        return None
    if column.numerator is not None and column.denominator is not None:
        top, bottom = float(column.numerator[i]), float(column.denominator[i])
        if not np.isnan(top) and bottom > 0:
            return Fraction(top) * per / Fraction(bottom)
    return Fraction(Decimal(repr(float(column.value[i]))))


def ranks(scores: Floats) -> npt.NDArray[np.int64]:
    """Standard competition ranking: 1, 2, 2, 4. Zero where there is no score."""
    known = scores[~np.isnan(scores)]
    ordered = np.sort(known)
    found = np.zeros(len(scores), dtype=np.int64)
    found[~np.isnan(scores)] = len(ordered) - np.searchsorted(ordered, known, side="right") + 1
    return found
