"""What the desk pages of assessment show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from langso.assessments.judging import (
    asked_fields,
    current_result,
    edition_of,
    editions_for,
    readings_before,
    readings_by_systems,
)
from langso.assessments.models import Assessment, Publication
from langso.assessments.results import Reading, Result
from langso.criteria.edition import Edition
from langso.cycles.models import Cycle
from langso.evidence import queries as evidence
from langso.evidence.queries import Cited
from langso.lib.period import Period
from langso.measures import queries as measures
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.units.models import Unit, UnitCode, UnitParent
from langso.units.queries import Named, named


@dataclass(frozen=True)
class Task:
    """One framework of one unit: where the work stands and what to do next."""

    unit: Named
    edition: Edition
    period: Period
    assessment: Assessment | None
    publication: Publication | None
    filled: int
    asked: int

    @property
    def state(self) -> str:
        if self.publication is not None:
            return "published"
        return "draft" if self.assessment is not None else "new"


def own_units(roots: Sequence[int], *, on: date, limit: int = 12) -> list[Named]:
    """The units a person works at: her posts' own, if they still exist.  Cost: one query."""
    found = named([(unit, on) for unit in roots])
    return sorted(found.values(), key=lambda u: u.sort_key)[:limit]


def tasks(units: Sequence[Named], *, period: Period) -> list[Task]:
    """Every framework for every unit.  Cost: three queries."""
    ids = [u.id for u in units]
    opened = {(a.unit_id, a.framework): a for a in Assessment.objects.filter(unit__in=ids, period=period.code)}
    published = {
        (p.unit_id, p.framework): p
        for p in Publication.objects.current().filter(unit__in=ids, period=period.code).defer("readings", "result")
    }
    filled: dict[int, set[str]] = {}
    for owner, measure in (
        ReportedFigure.objects.current()
        .whole()
        .filter(unit__in=ids, period=period.code)
        .values_list("unit_id", "measure")
    ):
        filled.setdefault(owner, set()).add(measure)
    found = []
    for unit in units:
        for newest in editions_for(unit.level):
            assessment = opened.get((unit.id, newest.id))
            edition = edition_of(newest.id, assessment.edition) if assessment else newest
            keys = {key_of(edition, f) for f in edition.fields.values()}
            found.append(
                Task(
                    unit,
                    edition,
                    period,
                    assessment,
                    published.get((unit.id, newest.id)),
                    len(keys & filled.get(unit.id, set())),
                    len(keys),
                )
            )
    return found


@dataclass(frozen=True)
class GroupProgress:
    code: str
    name: str
    filled: int
    asked: int


@dataclass(frozen=True)
class AssessmentPage:
    """An assessment on its desk: the result of the figures as they stand now."""

    assessment: Assessment
    unit: Named
    edition: Edition
    period: Period
    result: Result
    progress: tuple[GroupProgress, ...]
    publication: Publication | None
    last_change: datetime | None

    @property
    def filled(self) -> int:
        return sum(p.filled for p in self.progress)

    @property
    def asked(self) -> int:
        return sum(p.asked for p in self.progress)

    @property
    def address(self) -> str:
        return f"/danh-gia/{self.assessment.pk}/"

    @property
    def cycle(self) -> Cycle | None:
        """The cycle that it is part of, once that is open."""
        return self.assessment.cycle if self.assessment.cycle and self.assessment.cycle.opened_at else None

    @property
    def is_published_as_is(self) -> bool:
        return self.publication is not None and (
            self.last_change is None or self.last_change <= self.publication.published_at
        )


def assessment_page(
    assessment: Assessment, *, on: date, figures: Mapping[str, ReportedFigure] | None = None
) -> AssessmentPage:
    """Cost: at most four queries and one judgment; `figures` when they have been read already."""
    edition = edition_of(assessment.framework, assessment.edition)
    period = Period.parse(assessment.period)
    figures = measures.figures_of(assessment.unit, period) if figures is None else figures
    progress = []
    for group in edition.groups:
        asked = asked_fields(edition, group.code)
        if asked:
            done = sum(
                1 for f in asked.values() if (figure := figures.get(key_of(edition, f))) is not None and figure.is_whole
            )
            progress.append(GroupProgress(group.code, group.name, done, len(asked)))
    found = named([(assessment.unit_id, on)])
    unit = found.get((assessment.unit_id, on)) or _as_it_ended(assessment.unit)
    keys = {key_of(edition, f) for f in edition.fields.values()}
    changes = [f.reported_at for f in figures.values() if f.measure in keys]
    return AssessmentPage(
        assessment,
        unit,
        edition,
        period,
        current_result(edition, assessment.unit, period, figures),
        tuple(progress),
        Publication.objects.current().filter(assessment=assessment).defer("readings", "result").first(),
        max(changes, default=None),
    )


@dataclass(frozen=True)
class Beside:
    """What else is known of the same figures: state systems, the period before, and the evidence; by code."""

    systems: Mapping[str, Reading]
    earlier: Mapping[str, Reading]
    cited: Mapping[str, tuple[Cited, ...]]


def beside(assessment: Assessment, *, on: date) -> Beside:
    """Cost: four queries."""
    edition = edition_of(assessment.framework, assessment.edition)
    return Beside(
        readings_by_systems(edition, assessment, on=on, thin=True),
        readings_before(edition, assessment),
        evidence.cited(assessment.unit, assessment.framework, Period.parse(assessment.period)),
    )


def _as_it_ended(unit: Unit) -> Named:
    last = unit.codes.order_by("-valid").values_list("valid", flat=True)[0]
    day = date.fromordinal(last.upper.toordinal() - 1)
    return named([(unit.pk, day)])[unit.pk, day]


@dataclass(frozen=True)
class Line:
    """One unit in the list of the desk."""

    unit_id: int
    code: str
    name: str
    sort_key: str
    province: str
    assessment_id: int | None
    level: int | None
    level_name: str
    missing_count: int | None
    filled: int
    published_at: datetime | None

    @property
    def word(self) -> str:
        if self.published_at:
            return self.level_name or ("Chưa đủ số liệu" if self.level is None else "Chưa đạt mức 1")
        return "Đang làm" if self.assessment_id else "Chưa mở"


def lines(units: QuerySet[Unit], edition: Edition, period: Period, *, on: date) -> list[Line]:
    """Every unit that the right reaches and that the edition is for.  Cost: five queries, whatever their number."""
    from langso.units.models import UnitName

    levels = edition.unit_levels or ("commune",)
    rows = (
        UnitName.objects.on(on)
        .filter(Exists(units.filter(pk=OuterRef("unit"))), unit__level__in=levels)
        .filter(Exists(UnitCode.objects.on(on).filter(unit=OuterRef("unit"))))
        .values_list("unit_id", "name", "sort_key")
    )
    codes = dict(UnitCode.objects.on(on).values_list("unit_id", "code"))
    parents = dict(UnitParent.objects.on(on).values_list("unit_id", "parent_id"))
    provinces = dict(UnitName.objects.on(on).filter(unit__level="province").values_list("unit_id", "name"))
    opened = dict(Assessment.objects.filter(framework=edition.id, period=period.code).values_list("unit_id", "pk"))
    published = {
        row[0]: row[1:]
        for row in Publication.objects.current()
        .filter(framework=edition.id, period=period.code)
        .values_list("unit_id", "level", "missing_count", "published_at")
    }
    keys = {key_of(edition, f) for f in edition.fields.values()}
    filled = dict(
        ReportedFigure.objects.current()
        .whole()
        .filter(period=period.code, measure__in=keys)
        .values_list("unit_id")
        .annotate(n=Count("pk"))
    )
    found = []
    for unit, name, key in rows:
        level, missing, at = published.get(unit, (None, None, None))
        found.append(
            Line(
                unit,
                codes[unit],
                name,
                key,
                provinces.get(parents.get(unit, 0), ""),
                opened.get(unit),
                level,
                edition.level_name(level or 0),
                missing,
                filled.get(unit, 0),
                at,
            )
        )
    return found
