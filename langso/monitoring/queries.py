"""What the pages of watching show; each function a handful of statements, whatever the number of units."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
from django.db.models import Count, Q, QuerySet

from langso.appraisals.models import Conclusion
from langso.assessments.cycle_queries import files_of
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Publication, Submission
from langso.assessments.states import ENDED, WITH_UNIT, State
from langso.criteria.edition import Criterion, Edition
from langso.criteria.engine import Judgment, judge
from langso.cycles.models import Cycle
from langso.lib.period import Period, day_of
from langso.measures.queries import classes_of, columns_table, key_of, table_of
from langso.monitoring.rules import Earlier, Movement, movement, ranks
from langso.recognition.models import Recognition
from langso.units.models import Unit
from langso.units.queries import units_on


@dataclass(frozen=True)
class Row:
    """One unit of a cycle: where its file is, what it says, where it stands among the others."""

    unit_id: int
    assessment_id: int
    code: str
    name: str
    sort_key: str
    state: State
    is_late: bool
    doubts: int
    level: int | None
    level_name: str
    score: Decimal | None
    stages: int
    source: str  # công nhận · thẩm định · tự đánh giá
    movement: Movement
    rank: int | None = None

    @property
    def has_result(self) -> bool:
        return bool(self.source)


def cycle_rows(cycle: Cycle, units: QuerySet[Unit], *, on: date) -> list[Row]:
    """Every unit of a cycle within reach, ranked by the best known result.

    Cost: eight queries, whatever their number.
    """
    edition = edition_of(cycle.framework, cycle.edition)
    day = min(on, cycle.publish_by) if cycle.closed_at else on
    files = files_of(cycle, units, on=day)
    claimed = {
        r[0]: r[1:]
        for r in Submission.objects.filter(assessment__cycle=cycle, withdrawn_at=None)
        .order_by("number")
        .values_list("assessment_id", "level", "score", "stages_count")
    }
    found = {
        r[0]: r[1:]
        for r in Conclusion.objects.filter(assessment__cycle=cycle, replaced_at=None).values_list(
            "assessment_id", "level", "score", "stages_count"
        )
    }
    standing = Recognition.objects.filter(Q(revoked_on=None) | Q(revoked_on__gt=on), cycle=cycle)
    recognised = dict(standing.order_by("pk").values_list("assessment_id", "level"))
    before = earlier_results(cycle)
    rows = []
    for file in files:
        level, score, stages, source = None, None, 0, ""
        if file.pk in found:
            (level, score, stages), source = found[file.pk], "thẩm định"
        elif file.pk in claimed:
            (level, score, stages), source = claimed[file.pk], "tự đánh giá"
        if file.pk in recognised:
            level, source = recognised[file.pk], "công nhận"
        rows.append(
            Row(
                file.unit_id,
                file.pk,
                file.code,
                file.name,
                file.sort_key,
                _state_on(file.state, cycle, on),
                file.state in WITH_UNIT and on > cycle.last_day(file.extended_to),
                file.doubts if file.pk in claimed else 0,
                level,
                edition.level_name(level) if level else "",
                score,
                stages,
                source,
                movement(level if source else None, cycle.edition, before.get(file.unit_id)),
            )
        )
    return _ranked(rows, edition)


def _state_on(state: State, cycle: Cycle, on: date) -> State:
    """After closing only a revocation can change a file: up to the day of closing it was recognised."""
    is_before = cycle.closed_at is not None and on <= day_of(cycle.closed_at)
    return State.RECOGNISED if state is State.REVOKED and is_before else state


def _ranked(rows: list[Row], edition: Edition) -> list[Row]:
    """By score where the edition has one; else by level, then by levels held over all criteria."""

    def key(row: Row) -> tuple[float, ...] | None:
        if not row.has_result:
            return None
        if edition.scale is not None:
            return None if row.score is None else (float(row.score),)
        return None if row.level is None else (float(row.level), float(row.stages))

    places = ranks(rows, key=key)
    return [replace(row, rank=places.get(i)) for i, row in enumerate(rows)]


def earlier_results(cycle: Cycle) -> dict[int, Earlier]:
    """The last result of an earlier period of the same framework, by unit: appraised, else published.

    Cost: two queries.
    """
    units = Assessment.objects.filter(cycle=cycle).values("unit")
    found: dict[int, Earlier] = {}
    published = Publication.objects.current().filter(unit__in=units, framework=cycle.framework, period__lt=cycle.period)
    for unit, period, edition, level in published.order_by("period").values_list(
        "unit_id", "period", "edition", "level"
    ):
        found[unit] = Earlier(period, edition, level)
    concluded = Conclusion.objects.filter(
        unit__in=units,
        replaced_at=None,
        assessment__framework=cycle.framework,
        assessment__period__lt=cycle.period,
    )
    for unit, period, edition, level in concluded.order_by("assessment__period").values_list(
        "unit_id", "assessment__period", "assessment__edition", "level"
    ):
        if unit not in found or found[unit].period <= period:
            found[unit] = Earlier(period, edition, level)
    return found


@dataclass(frozen=True)
class Tally:
    """One criterion over many units; `held` counts the units that hold each level, lowest first."""

    criterion: Criterion
    group: str
    known: int
    unknown: int
    held: tuple[int, ...]
    middle: float | None  # the median of the figure, in the measure's unit

    def share(self, level: int) -> float | None:
        return 100 * self.held[level - 1] / self.known if self.known and self.held else None


def criteria_of(cycle: Cycle, units: QuerySet[Unit]) -> list[Tally]:
    """How each criterion looks over a cycle: by what was appraised, else by what was handed in.

    Cost: two queries and one judgment of the cycle's units.
    """
    edition = edition_of(cycle.framework, cycle.edition)
    files = list(Assessment.objects.within(units).filter(cycle=cycle).order_by("pk").values_list("pk", "unit_id"))
    handed = dict(
        Submission.objects.filter(assessment__cycle=cycle, withdrawn_at=None)
        .order_by("number")
        .values_list("assessment_id", "readings")
    )
    handed |= dict(
        Conclusion.objects.filter(assessment__cycle=cycle, replaced_at=None).values_list("assessment_id", "readings")
    )
    nan = float("nan")
    rows: dict[str, list[tuple[int, float, float, float]]] = {}
    for place, (file, _) in enumerate(files):
        seen = set()
        for code, reading in (handed.get(file) or {}).items():
            field = edition.fields.get(code)
            if field is None or (key := key_of(edition, field)) in seen:
                continue
            seen.add(key)
            numbers = (reading.get("numerator"), reading.get("denominator"), reading.get("value"))
            top, bottom, value = (nan if n is None else n for n in numbers)
            rows.setdefault(key, []).append((place, top, bottom, value))
    ids = [unit for _, unit in files]
    classes = classes_of(edition, ids, Period.parse(cycle.period))
    table = columns_table(edition, [str(unit) for unit in ids], rows, classes=classes)
    return _tallies(edition, judge(edition, table))


def criteria_of_country(edition: Edition, period: Period, *, on: date) -> list[Tally]:
    """How each criterion looks over all communes by the figures they report now; a second for the whole country."""
    units = [u.id for u in units_on(on, level="commune")]
    return _tallies(edition, judge(edition, table_of(edition, units, period)))


def _tallies(edition: Edition, judgment: Judgment) -> list[Tally]:
    names = {g.code: g.name for g in edition.groups}
    found = []
    for criterion in edition.criteria:
        values = judgment.table.value(criterion.code)
        known = int(np.count_nonzero(~np.isnan(values)))
        held: tuple[int, ...] = ()
        if criterion.rule is not None:
            proven, possible = judgment.stages(criterion.code)
            settled = proven == possible  # what is unknown might still turn out either way
            known = int(np.count_nonzero(settled))
            held = tuple(int(np.count_nonzero((proven >= n) & settled)) for n in range(1, judgment.plan.levels + 1))
        middle = float(np.nanmedian(values)) if np.count_nonzero(~np.isnan(values)) else None
        found.append(Tally(criterion, names[criterion.group], known, len(values) - known, held, middle))
    return found


@dataclass(frozen=True)
class Province:
    """One province over a framework and a period."""

    unit_id: int
    code: str
    name: str
    sort_key: str
    communes: int
    in_cycles: int
    started: int
    handed: int
    appraised: int
    recognised: int
    published: int
    levels: Mapping[int, int]  # by published level; 0 is below the first

    @property
    def middle(self) -> float | None:
        """The mean published level: what a map of provinces would be coloured by."""
        judged = sum(self.levels.values())
        return sum(level * n for level, n in self.levels.items()) / judged if judged else None


def provinces(edition: Edition, period: Period, *, on: date) -> list[Province]:
    """Every province, by counts alone.  Cost: five queries."""
    communes = units_on(on, level="commune")
    of_unit = {c.id: c.province_id for c in communes}
    totals: dict[int | None, int] = {}
    for commune in communes:
        totals[commune.province_id] = totals.get(commune.province_id, 0) + 1
    states: dict[int | None, dict[str, int]] = {}
    for unit, state in Assessment.objects.filter(
        framework=edition.id, period=period.code, cycle__isnull=False
    ).values_list("unit_id", "state"):
        counts = states.setdefault(of_unit.get(unit), {})
        counts[state] = counts.get(state, 0) + 1
    levels: dict[int, dict[int, int]] = {}
    published: dict[int, int] = {}
    for province, level, n in (
        Publication.objects.current()
        .filter(framework=edition.id, period=period.code)
        .order_by()
        .values_list("province_id", "level")
        .annotate(n=Count("pk"))
    ):
        published[province] = published.get(province, 0) + n
        if level is not None:
            levels.setdefault(province, {})[level] = n
    recognised = dict(
        Recognition.objects.filter(framework=edition.id, period=period.code)
        .filter(Q(revoked_on=None) | Q(revoked_on__gt=on))
        .order_by()
        .values_list("province_id")
        .annotate(n=Count("unit", distinct=True))
    )
    handed_states = [s.value for s in State if s not in WITH_UNIT]
    appraised_states = [s.value for s in (State.APPRAISED, State.IN_COUNCIL, *ENDED)]
    rows = []
    for p in units_on(on, level="province"):
        counts = states.get(p.id, {})
        rows.append(
            Province(
                p.id,
                p.code,
                p.name,
                p.sort_key,
                totals.get(p.id, 0),
                sum(counts.values()),
                sum(n for s, n in counts.items() if s != State.NOT_STARTED),
                sum(n for s, n in counts.items() if s in handed_states),
                sum(n for s, n in counts.items() if s in appraised_states),
                recognised.get(p.id, 0),
                published.get(p.id, 0),
                levels.get(p.id, {}),
            )
        )
    return rows
