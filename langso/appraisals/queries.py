"""What appraisers and communes read of an appraisal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import Count, QuerySet

from langso.appraisals.figures import figure_words
from langso.appraisals.judging import readings_after, readings_from, result_after
from langso.appraisals.models import Appeal, Conclusion, Message, Verdict
from langso.appraisals.rules import Alike, alike_of, is_clean
from langso.assessments.cycle_queries import files_of
from langso.assessments.doubts import Doubt, from_json, share_of
from langso.assessments.judging import edition_of, readings_before, readings_by_systems, readings_of
from langso.assessments.models import Assessment, Submission
from langso.assessments.moving import current_submission
from langso.assessments.results import Reading, Result, Row
from langso.assessments.results import from_json as result_from
from langso.assessments.states import WITH_UNIT, State
from langso.criteria.edition import Criterion, Edition, Field, fields_of
from langso.cycles.models import Cycle, Part
from langso.evidence import queries as evidence
from langso.evidence.queries import Cited
from langso.lib.period import Period
from langso.lib.workdays import workdays_between
from langso.measures import queries as measures
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.units.models import Unit, UnitName
from langso.units.queries import Named, named


@dataclass(frozen=True)
class Waiting:
    """One file in the queue."""

    assessment_id: int
    name: str
    sort_key: str
    state: State
    days_left: int
    doubts: int
    level: int | None
    level_name: str
    claimed_by: str
    is_mine: bool
    verdicts: int
    submitted_at: datetime | None
    receipt: str

    @property
    def is_urgent(self) -> bool:
        return self.days_left <= 3 and self.state in (State.SUBMITTED, State.APPRAISING)


def queue(cycle: Cycle, units: QuerySet[Unit], *, person: int | None, on: date) -> list[Waiting]:
    """Every file of a cycle within reach, doubt first, then by name.  Cost: six queries, whatever their number."""
    given = dict(
        Verdict.objects.final()
        .filter(assessment__cycle=cycle)
        .order_by()
        .values_list("assessment_id")
        .annotate(n=Count("pk"))
    )
    handed: dict[int, tuple[int | None, datetime]] = {
        row[0]: (row[1], row[2])
        for row in Submission.objects.filter(assessment__cycle=cycle, withdrawn_at=None)
        .order_by("number")
        .values_list("assessment_id", "level", "at")
    }
    edition = edition_of(cycle.framework, cycle.edition)
    left = cache(lambda last: workdays_between(on, last, off=cycle.days_off, on=cycle.days_on))
    rows = []
    for a in files_of(cycle, units, on=on):
        level, at = handed.get(a.pk, (None, None))
        last = cycle.last_day(a.extended_to) if a.state in WITH_UNIT else cycle.appraise_by
        rows.append(
            Waiting(
                a.pk,
                a.name,
                a.sort_key,
                a.state,
                left(last),
                a.doubts if at else 0,
                level,
                edition.level_name(level) if level else "",
                a.claimed_by,
                a.claimed_id is not None and a.claimed_id == person,
                given.get(a.pk, 0),
                at,
                a.receipt,
            )
        )
    return sorted(rows, key=lambda r: (-r.doubts, r.days_left, r.sort_key))


def cycles_in_reach(units: QuerySet[Unit]) -> list[Cycle]:
    """Opened cycles that hold a file within reach, newest first.  Cost: one query."""
    held = Assessment.objects.within(units).exclude(cycle=None).values("cycle")
    return list(Cycle.objects.opened().filter(pk__in=held).order_by("-period", "-opened_at"))


@dataclass(frozen=True)
class Change:
    """A criterion that the unit has touched since it handed in."""

    criterion: str
    name: str
    before: str
    now: str


@dataclass(frozen=True)
class Line:
    """One criterion in the overview of a file."""

    criterion: Criterion
    row: Row
    verdict: Verdict | None
    opinions: tuple[Verdict, ...]
    doubts: tuple[Doubt, ...]
    evidence_count: int
    messages: int
    is_clean: bool
    has_claim: bool
    department: str

    @property
    def is_done(self) -> bool:
        return self.verdict is not None or not self.has_claim


@dataclass(frozen=True)
class FilePage:
    """A file under appraisal: what was claimed, what has been found so far."""

    assessment: Assessment
    cycle: Cycle
    unit: Named
    edition: Edition
    submission: Submission
    claimed: Result
    found: Result
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    conclusion: Conclusion | None
    systems: Mapping[str, Reading]  # what state systems say, by field code

    @property
    def address(self) -> str:
        return f"/tham-dinh/{self.assessment.pk}/"

    @property
    def clean(self) -> tuple[Line, ...]:
        return tuple(x for x in self.lines if x.is_clean and not x.is_done)

    @property
    def open(self) -> tuple[Line, ...]:
        return tuple(x for x in self.lines if not x.is_done)

    @property
    def returned(self) -> tuple[Line, ...]:
        return tuple(x for x in self.lines if x.verdict is not None and x.verdict.kind == Verdict.Kind.RETURNED)

    @property
    def corrected(self) -> tuple[Line, ...]:
        kinds = (Verdict.Kind.CORRECTED, Verdict.Kind.NOT_APPLICABLE)
        return tuple(x for x in self.lines if x.verdict is not None and x.verdict.kind in kinds)


def standing(assessment: Assessment, submission: Submission) -> list[Verdict]:
    """Verdicts that hold for a submission: given on it, or on an earlier one whose figures were the same.

    A criterion that was returned waits for its new verdict in any case.  Cost: two queries.
    """
    found = list(
        Verdict.objects.current()
        .filter(assessment=assessment)
        .select_related("by", "department", "submission")
        .defer("submission__result", "submission__evidence", "submission__confirmations", "submission__doubts")
    )
    edition = edition_of(assessment.framework, assessment.edition)
    codes = {c.code: [f.code for f in fields_of(c)] for c in edition.criteria}

    def holds(verdict: Verdict) -> bool:
        if verdict.submission_id == submission.pk:
            return True
        if verdict.kind == Verdict.Kind.RETURNED:
            return False
        earlier = verdict.submission.readings
        return all(earlier.get(f) == submission.readings.get(f) for f in codes.get(verdict.criterion, []))

    return [verdict for verdict in found if holds(verdict)]


def file_page(assessment: Assessment, *, on: date) -> FilePage | None:
    """None while nothing has been handed in.  Cost: about fourteen queries and two judgments."""
    submission = current_submission(assessment)
    if submission is None or assessment.cycle is None:
        return None
    edition = edition_of(assessment.framework, assessment.edition)
    verdicts = standing(assessment, submission)
    final = {v.criterion: v for v in verdicts if v.department_id is None}
    opinions: dict[str, list[Verdict]] = {}
    for v in verdicts:
        if v.department_id is not None:
            opinions.setdefault(v.criterion, []).append(v)
    claimed = result_from(submission.result)
    doubts: dict[str, list[Doubt]] = {}
    for doubt in from_json(submission.doubts):
        doubts.setdefault(doubt.criterion, []).append(doubt)
    cited: dict[str, int] = {}
    for piece in submission.evidence:
        cited[piece["criterion"]] = cited.get(piece["criterion"], 0) + 1
    talk = dict(
        Message.objects.filter(assessment=assessment).order_by().values_list("criterion").annotate(n=Count("pk"))
    )
    systems = readings_by_systems(edition, assessment, on=on)
    parts = {
        code: part.department.name
        for part in Part.objects.filter(cycle=assessment.cycle_id).select_related("department")
        for code in part.criteria
    }
    readings = readings_from(submission.readings)
    lines = []
    for criterion in edition.criteria:
        code = criterion.code
        fields = [f.code for f in fields_of(criterion)]
        claim = [readings[f] for f in fields if f in readings]
        document = any(reading.document for reading in claim)
        matches = bool(claim) and all(f in systems for f in fields if f in readings)
        lines.append(
            Line(
                criterion,
                claimed.rows[code],
                final.get(code),
                tuple(opinions.get(code, ())),
                tuple(doubts.get(code, ())),
                cited.get(code, 0),
                talk.get(code, 0),
                bool(claim)
                and is_clean(
                    has_doubt=bool(doubts.get(code)),
                    has_paper=document or bool(cited.get(code)),
                    matches_system=matches,
                ),
                bool(claim),
                parts.get(code, ""),
            )
        )
    without = frozenset(c for c, v in final.items() if v.kind == Verdict.Kind.NOT_APPLICABLE)
    found = result_after(assessment, readings_after(submission, final.values()), without=without)
    return FilePage(
        assessment,
        assessment.cycle,
        _named(assessment, on),
        edition,
        submission,
        claimed,
        found,
        tuple(lines),
        tuple(changes_since(assessment, submission, edition)),
        assessment.conclusions.filter(replaced_at=None).select_related("by").first(),
        systems,
    )


def _named(assessment: Assessment, on: date) -> Named:
    found = named([(assessment.unit_id, on)]).get((assessment.unit_id, on))
    if found is not None:
        return found
    last = Period.parse(assessment.period).start
    return named([(assessment.unit_id, last)])[assessment.unit_id, last]


def changes_since(assessment: Assessment, submission: Submission, edition: Edition) -> list[Change]:
    """What the unit has changed since it handed in: figures, and documents cited or taken away.

    Cost: three queries.
    """
    period = Period.parse(assessment.period)
    now = readings_of(edition, measures.figures_of(assessment.unit, period))
    then = readings_from(submission.readings)
    found = []
    for criterion in edition.criteria:
        for field in fields_of(criterion):
            before, after = then.get(field.code), now.get(field.code)
            if figure_words(field, before) != figure_words(field, after):
                found.append(
                    Change(criterion.code, criterion.name, figure_words(field, before), figure_words(field, after))
                )
    papers_then = {(e["criterion"], e.get("number", ""), e.get("sha256", "")) for e in submission.evidence}
    snapshot = evidence.snapshot(assessment.unit, assessment.framework, period)
    papers_now = {(e["criterion"], e.get("number", ""), e.get("sha256", "")) for e in snapshot}
    names = {c.code: c.name for c in edition.criteria}
    for added in sorted(papers_now - papers_then):
        found.append(Change(added[0], names.get(added[0], ""), "", f"thêm minh chứng {added[1] or 'ảnh'}"))
    for gone in sorted(papers_then - papers_now):
        found.append(Change(gone[0], names.get(gone[0], ""), f"minh chứng {gone[1] or 'ảnh'}", "đã bỏ"))
    return found


@dataclass(frozen=True)
class CriterionPage:
    """One criterion of one file, with everything it is held against."""

    file: FilePage
    line: Line
    place: int
    fields: tuple[Field, ...]
    claim: Mapping[str, Reading]
    reporters: Mapping[str, str]
    systems: Mapping[str, Reading]
    earlier: Mapping[str, Reading]
    alike: Alike | None
    cited: tuple[Cited, ...]
    by_system: Result | None
    messages: tuple[Message, ...]
    appeals: tuple[Appeal, ...]
    history: tuple[Verdict, ...]
    before: str
    after: str

    @property
    def address(self) -> str:
        return f"{self.file.address}{self.line.criterion.code}/"


def criterion_page(page: FilePage, code: str, *, units: QuerySet[Unit]) -> CriterionPage | None:
    """None when the framework has no such criterion.

    Cost: about nine queries and one judgment on top of the file's.
    """
    codes = [x.criterion.code for x in page.lines]
    if code not in codes:
        return None
    place = codes.index(code)
    line = page.lines[place]
    assessment, submission = page.assessment, page.submission
    fields = tuple(fields_of(line.criterion))
    claim = readings_from(submission.readings)
    systems = {f.code: page.systems[f.code] for f in fields if f.code in page.systems}
    by_system = None
    if any(k in claim and r.numerator != claim[k].numerator for k, r in systems.items()):
        by_system = result_after(assessment, {**claim, **systems})
    keys = [key_of(page.edition, f) for f in fields]
    people = {
        f.measure: str(f.reported_by or "")
        for f in ReportedFigure.objects.filter(
            unit=assessment.unit_id, period=assessment.period, measure__in=keys, reported_at__lte=submission.at
        )
        .select_related("reported_by")
        .order_by("reported_at", "pk")
    }
    open_codes = [x.criterion.code for x in page.lines if not x.is_done and x.criterion.code != code]
    later = [c for c in open_codes if codes.index(c) > place]
    return CriterionPage(
        page,
        line,
        place + 1,
        fields,
        {f.code: claim[f.code] for f in fields if f.code in claim},
        {f.code: people.get(key_of(page.edition, f), "") for f in fields},
        systems,
        {k: r for k, r in readings_before(page.edition, assessment).items() if k in {f.code for f in fields}},
        alike_in(page, fields[0], units=units) if len(fields) == 1 else None,
        evidence.cited(assessment.unit, assessment.framework, Period.parse(assessment.period)).get(code, ()),
        by_system,
        tuple(Message.objects.filter(assessment=assessment, criterion=code).select_related("by")),
        tuple(Appeal.objects.filter(assessment=assessment, criterion=code).select_related("by").order_by("at")),
        tuple(
            Verdict.objects.filter(assessment=assessment, criterion=code)
            .select_related("by", "department", "submission")
            .order_by("at", "pk")
        ),
        codes[place - 1] if place else "",
        (later or open_codes or [""])[0],
    )


def alike_in(page: FilePage, field: Field, *, units: QuerySet[Unit]) -> Alike | None:
    """How communes of the same kind within reach stand in one figure of the same period.  Cost: two queries."""
    same_kind = UnitName.objects.filter(
        kind=page.unit.kind, unit__in=units, valid__contains=Period.parse(page.assessment.period).last_day
    ).exclude(unit=page.assessment.unit_id)
    rows = ReportedFigure.objects.current().filter(
        measure=key_of(page.edition, field), period=page.assessment.period, unit__in=same_kind.values("unit")
    )
    readings = (
        Reading("", None if n is None else float(n), None if d is None else float(d), None if v is None else float(v))
        for n, d, v in rows.values_list("numerator", "denominator", "value")
    )
    shares = (share_of(r, field.measure.per) for r in readings)
    return alike_of(s for s in shares if s is not None)


def appeals_in_reach(units: QuerySet[Unit]) -> QuerySet[Appeal]:
    return Appeal.objects.within(units).select_related("assessment__cycle", "verdict", "by", "answered_by")
