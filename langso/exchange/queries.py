"""What the API reads, within what the caller reaches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet

from langso.appraisals.models import Conclusion, Verdict
from langso.assessments.models import Assessment, Publication, Submission
from langso.assessments.states import ENDED, State
from langso.criteria.edition import Criterion, Edition
from langso.exchange import rules
from langso.exchange.caller import Caller
from langso.exchange.register import Known, kind_words
from langso.lib.period import Period
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.people.roles import Right
from langso.recognition.models import Recognition
from langso.units.models import Unit
from langso.units.queries import Named, named

M = TypeVar("M", bound=models.Model)
TOLD = ENDED | {State.RETURNED, State.APPRAISED, State.IN_COUNCIL}  # what was found is told to the unit


def page_of(rows: QuerySet[M], cursor: str, limit: int) -> tuple[list[M], str | None]:
    """A page by id, and where the next begins.

    Refuses: CursorUnknown.
    """
    if cursor:
        if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
            raise rules.CursorUnknown(field="cursor", text=cursor[:30])
        rows = rows.filter(pk__gt=int(cursor))
    found = list(rows.order_by("pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None


def names_of(wanted: Iterable[tuple[int, str]]) -> Mapping[tuple[int, str], Named]:
    """Units as they were on the last day of a period; one that had ended, as on its first.  Cost: two queries."""
    pairs = set(wanted)
    days = {code: Period.parse(code) for code in {code for _, code in pairs}}
    last = named((unit, days[code].last_day) for unit, code in pairs)
    missing = [(u, c) for u, c in pairs if (u, days[c].last_day) not in last]
    first = named((unit, days[code].start) for unit, code in missing)
    found = {}
    for unit, code in pairs:
        one = last.get((unit, days[code].last_day)) or first.get((unit, days[code].start))
        if one is not None:
            found[unit, code] = one
    return found


def framework_facts(edition: Edition) -> dict[str, Any]:
    return {
        "id": edition.id,
        "edition": edition.edition,
        "title": edition.title,
        "issuer": edition.issuer,
        "document": edition.document_number,
        "illustrative": edition.is_illustrative,
        "unit_levels": list(edition.unit_levels),
        "sha256": edition.sha256,
    }


def framework_detail(edition: Edition) -> dict[str, Any]:
    measures = []
    for code, field in edition.fields.items():
        known = Known(field.measure, field.cases, field.maximum)
        m = field.measure
        measures.append(
            {
                "measure": key_of(edition, field),
                "code": code,
                "name": field.name,
                "kind": "case" if field.cases else m.kind.value,
                "unit": kind_words(known),
                "numerator": m.numerator,
                "denominator": m.denominator,
                "per": m.per,
                "cases": list(field.cases),
            }
        )

    def row(c: Criterion) -> dict[str, str]:
        return {"code": c.code, "group": c.group, "name": c.name}

    return framework_facts(edition) | {
        "note": edition.note,
        "levels": [{"number": x.number, "name": x.name} for x in edition.levels],
        "groups": [{"code": g.code, "group": "", "name": g.name} for g in edition.groups],
        "criteria": [row(c) for c in edition.criteria],
        "measures": measures,
    }


@dataclass(frozen=True)
class Beside:
    """What is read beside a page of assessments."""

    names: Mapping[tuple[int, str], Named]
    submissions: Mapping[int, Submission]
    conclusions: Mapping[int, Conclusion]
    reached: frozenset[int]  # units whose appraisal the caller may read


HEAVY = ("readings", "result", "evidence", "confirmations", "doubts")


def beside(assessments: Sequence[Assessment], caller: Caller, *, whole: bool = False) -> Beside:
    """Without the frozen contents unless `whole`.  Cost: at most six queries, whatever their number."""
    ids = [a.pk for a in assessments]
    reads = caller.person is not None and caller.person.has(Right.FIGURE_READ)
    units = caller.units(Right.FIGURE_READ) if reads else Unit.objects.none()
    submissions = Submission.objects.within(units).filter(assessment__in=ids, withdrawn_at=None).order_by("number")
    conclusions = Conclusion.objects.within(units).filter(assessment__in=ids, replaced_at=None)
    if not whole:
        submissions, conclusions = submissions.defer(*HEAVY), conclusions.defer("readings", "result")
    reached: frozenset[int] = frozenset()
    if caller.person is not None and caller.person.has(Right.APPRAISAL_READ):
        mine = caller.units(Right.APPRAISAL_READ).filter(pk__in={a.unit_id for a in assessments})
        reached = frozenset(mine.values_list("pk", flat=True))
    return Beside(
        names_of((a.unit_id, a.period) for a in assessments),
        {s.assessment_id: s for s in submissions},
        {c.assessment_id: c for c in conclusions},
        reached,
    )


def assessment_facts(assessment: Assessment, also: Beside, caller: Caller) -> dict[str, Any]:
    unit = also.names.get((assessment.unit_id, assessment.period))
    submission = also.submissions.get(assessment.pk)
    conclusion = also.conclusions.get(assessment.pk) if is_told(assessment, also, caller) else None
    cycle = assessment.cycle
    return {
        "id": assessment.pk,
        "unit": unit.code if unit else "",
        "unit_name": unit.name if unit else "",
        "framework": assessment.framework,
        "edition": assessment.edition,
        "period": assessment.period,
        "cycle": cycle.code if cycle else None,
        "state": assessment.state,
        "state_label": State(assessment.state).label,
        "state_at": assessment.state_at,
        "claimed_level": submission.level if submission else None,
        "concluded_level": conclusion.level if conclusion else None,
        "last_day": cycle.last_day(assessment.extended_to) if cycle else None,
        "submitted_at": submission.at if submission else None,
        "concluded_at": conclusion.at if conclusion else None,
    }


def is_told(assessment: Assessment, also: Beside, caller: Caller) -> bool:
    """Appraisers read what was found at any time, the unit once it has been sent back or concluded."""
    if caller.person is not None and caller.person.has(Right.APPRAISAL_READ):
        return assessment.unit_id in also.reached
    return assessment.state in TOLD


def assessment_detail(assessment: Assessment, caller: Caller) -> dict[str, Any]:
    """As far as the right reaches; what is kept back is named.  Cost: about ten queries."""
    also = beside([assessment], caller, whole=True)
    facts = assessment_facts(assessment, also, caller)
    withheld: list[str] = []
    figures: list[dict[str, Any]] | None = None
    verdicts: list[dict[str, Any]] | None = None
    if caller.reaches(Right.FIGURE_READ, assessment.unit_id):
        rows = ReportedFigure.objects.current().filter(unit=assessment.unit_id, period=assessment.period)
        figures = figure_rows(list(rows.select_related("document").order_by("measure")))
    else:
        withheld += ["figures", "submission"]
    if figures is not None and is_told(assessment, also, caller):
        given = Verdict.objects.current().filter(assessment=assessment).select_related("department")
        verdicts = [verdict_facts(v) for v in given.order_by("criterion", "pk")]
    else:
        withheld += ["verdicts", "conclusion"]
    submission = also.submissions.get(assessment.pk)
    conclusion = also.conclusions.get(assessment.pk) if verdicts is not None else None
    return facts | {
        "figures": figures,
        "submission": submission
        and {
            "number": submission.number,
            "at": submission.at,
            "level": submission.level,
            "score": submission.score,
            "digest": submission.digest,
            "readings": submission.readings,
        },
        "verdicts": verdicts,
        "conclusion": conclusion
        and {
            "level": conclusion.level,
            "score": conclusion.score,
            "opinion": conclusion.opinion,
            "corrected_count": conclusion.corrected_count,
            "readings": conclusion.readings,
            "at": conclusion.at,
        },
        "withheld": withheld,
    }


def verdict_facts(verdict: Verdict) -> dict[str, Any]:
    return {
        "criterion": verdict.criterion,
        "kind": verdict.kind,
        "label": verdict.get_kind_display(),
        "reason": verdict.reason,
        "figures": verdict.figures,
        "department": verdict.department.name if verdict.department else "",
        "at": verdict.at,
    }


def figure_rows(figures: Sequence[ReportedFigure]) -> list[dict[str, Any]]:
    """Cost: two queries, for the codes of the units."""
    names = names_of((f.unit_id, f.period) for f in figures)
    rows = []
    for f in figures:
        unit = names.get((f.unit_id, f.period))
        rows.append(
            {
                "id": f.pk,
                "unit": unit.code if unit else "",
                "measure": f.measure,
                "period": f.period,
                "numerator": f.numerator,
                "denominator": f.denominator,
                "value": f.value,
                "as_of": f.as_of,
                "source": f.source,
                "document": str(f.document) if f.document else "",
                "note": f.note,
                "origin": f.get_origin_display(),
                "reported_at": f.reported_at,
                "simulated": f.is_simulated,
            }
        )
    return rows


def result_rows(publications: Sequence[Publication]) -> list[dict[str, Any]]:
    names = names_of((p.unit_id, p.period) for p in publications)
    rows = []
    for p in publications:
        unit = names.get((p.unit_id, p.period))
        rows.append(
            {
                "id": p.pk,
                "unit": unit.code if unit else "",
                "unit_name": unit.name if unit else "",
                "framework": p.framework,
                "edition": p.edition,
                "period": p.period,
                "level": p.level,
                "level_at_most": p.level_at_most,
                "score": p.score,
                "missing_count": p.missing_count,
                "simulated": p.is_simulated,
                "published_at": p.published_at,
            }
        )
    return rows


def day_facts(unit: Named) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "kind": unit.kind,
        "parent": unit.parent_code,
        "province": unit.province_code,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    }


def day_or_today(day: date | None, caller: Caller) -> date:
    return day or caller.today


def recognition_rows(recognitions: Sequence[Recognition]) -> list[dict[str, Any]]:
    """The days as they hold: of one that was revoked on its first day there are none.  Cost: two queries."""
    names = names_of((r.unit_id, r.period) for r in recognitions)
    rows = []
    for r in recognitions:
        unit = names.get((r.unit_id, r.period))
        rows.append(
            {
                "certificate": r.certificate,
                "unit": unit.code if unit else "",
                "unit_name": r.unit_name,
                "framework": r.framework,
                "edition": r.edition,
                "period": r.period,
                "level": r.level,
                "score": r.score,
                "valid_from": None if r.valid.isempty else r.valid.lower,
                "valid_to": None if r.valid.isempty else r.valid.upper,
                "revoked_on": r.revoked_on,
                "decision": r.decision_number,
                "simulated": r.is_simulated,
            }
        )
    return rows
