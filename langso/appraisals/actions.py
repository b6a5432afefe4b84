"""Verdicts, threads, returning, concluding."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from langso.appraisals import rules
from langso.appraisals.judging import readings_after, result_after
from langso.appraisals.models import Conclusion, Message, Verdict
from langso.appraisals.queries import standing
from langso.assessments import telling
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Submission
from langso.assessments.moving import check_running, current_submission, locked, move
from langso.assessments.results import as_json
from langso.assessments.rules import CriterionUnknown
from langso.assessments.states import State, check_move
from langso.criteria.edition import fields_of
from langso.cycles.models import Department
from langso.ledger import actions as ledger
from langso.lib.period import VIETNAM, day_of
from langso.lib.workdays import add_workdays

RETURN_DAYS = 5  # working days for the unit after a return, at least


def held(assessment: Assessment, *, by: int | None) -> tuple[Assessment, Submission]:
    """The file under appraisal in this person's hands, with what is judged.

    Refuses: CycleNotRunning, MoveNotPossible (not under appraisal), NotYours.
    """
    now = locked(assessment)
    check_running(now.cycle)
    check_move("conclude", now.state)
    if by is not None and now.claimed_by_id != by:
        raise rules.NotYours(name=now.claimed_by or "Đồng nghiệp")
    submission = current_submission(now)
    assert submission is not None, "a file under appraisal has been handed in"
    return now, submission


def _check_criterion(assessment: Assessment, code: str) -> None:
    edition = edition_of(assessment.framework, assessment.edition)
    if code not in {c.code for c in edition.criteria}:
        raise CriterionUnknown(code=code[:40])


@transaction.atomic
def give_verdict(
    *,
    assessment: Assessment,
    criterion: str,
    kind: str,
    reason: str = "",
    figures: Mapping[str, Mapping[str, Any]] | None = None,
    department: Department | None = None,
    seen: int | None = None,
    by: int | None,
    at: datetime,
) -> Verdict:
    """Write what was found of a criterion. The same again changes nothing; another one replaces it, both are kept.

    `seen` is the number of the submission that the person had before her. A department's verdict is an opinion and may
    be given while the file waits or is appraised by someone else.
    Refuses: KindUnknown, VerdictNeedsReason, CorrectionIsTheClaim, ClaimMoved, CriterionUnknown, NotYours, NotYourPart.
    """
    figures = {code: dict(numbers) for code, numbers in (figures or {}).items()} if kind == rules.CORRECTED else {}
    if department is None:
        now, submission = held(assessment, by=by)
    else:
        now, submission = _open_to_departments(assessment, criterion, department, by)
    if seen is not None and seen != submission.number:
        raise rules.ClaimMoved(at=f"{submission.at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}")
    _check_criterion(now, criterion)
    reason = rules.check_verdict(kind, reason, is_changed=_differs(submission, figures))
    if kind == rules.CORRECTED:
        _check_fields(now, criterion, figures)
    earlier = Verdict.objects.current().filter(assessment=now, criterion=criterion, department=department).first()
    if earlier is not None:
        same = (earlier.kind, earlier.reason, earlier.figures, earlier.submission_id)
        if same == (kind, reason, figures, submission.pk):
            return earlier
        at = max(at, earlier.at)
        earlier.replaced_at = at
        earlier.save(update_fields=["replaced_at"])
    verdict = Verdict.objects.create(
        assessment=now,
        submission=submission,
        unit_id=now.unit_id,
        criterion=criterion,
        department=department,
        kind=kind,
        figures=figures,
        reason=reason,
        by_id=by,
        at=at,
    )
    ledger.record(
        by=by,
        did="verdict.given" if department is None else "opinion.given",
        to=verdict,
        unit=now.unit_id,
        at=at,
        facts={
            "criterion": criterion,
            "kind": kind,
            "figures": figures,
            "reason": reason,
            "submission": submission.number,
            "replaces": earlier.pk if earlier else None,
        },
    )
    return verdict


def _check_fields(assessment: Assessment, code: str, figures: Mapping[str, Any]) -> None:
    """A correction says something, and only of the criterion's own figures."""
    edition = edition_of(assessment.framework, assessment.edition)
    if not figures:
        raise rules.CorrectionIsTheClaim(field="kind")
    for field in set(figures) - {f.code for f in fields_of(edition.by_code[code])}:
        raise CriterionUnknown(code=field[:40])


def _open_to_departments(
    assessment: Assessment, criterion: str, department: Department, by: int | None
) -> tuple[Assessment, Submission]:
    now = locked(assessment)
    cycle = check_running(now.cycle)
    if now.state not in (State.SUBMITTED, State.APPRAISING):
        check_move("conclude", now.state)
    part = cycle.parts.filter(department=department).first()
    if part is None or criterion not in part.criteria or by is None or not department.members.filter(pk=by).exists():
        raise rules.NotYourPart(code=criterion)
    submission = current_submission(now)
    assert submission is not None
    return now, submission


def _differs(submission: Submission, figures: Mapping[str, Mapping[str, Any]]) -> bool:
    for code, numbers in figures.items():
        claimed = submission.readings.get(code) or {}
        if any(numbers.get(name) != claimed.get(name) for name in ("numerator", "denominator", "value")):
            return True
    return not figures


@transaction.atomic
def accept_many(
    *, assessment: Assessment, criteria: Sequence[str], seen: int | None = None, by: int | None, at: datetime
) -> int:
    """Accept several criteria at one press and return how many were new; those with a verdict are left alone.

    Refuses: what `give_verdict` refuses.
    """
    now, submission = held(assessment, by=by)
    if seen is not None and seen != submission.number:
        raise rules.ClaimMoved(at=f"{submission.at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}")
    have = {v.criterion for v in standing(now, submission) if v.department_id is None}
    wanted = [code for code in dict.fromkeys(criteria) if code not in have]
    for code in wanted:
        _check_criterion(now, code)
    if not wanted:
        return 0
    earlier = Verdict.objects.final().filter(assessment=now, criterion__in=wanted)
    earlier.update(replaced_at=Greatest(Value(at), F("at")))
    Verdict.objects.bulk_create(
        Verdict(
            assessment=now,
            submission=submission,
            unit_id=now.unit_id,
            criterion=code,
            kind=rules.ACCEPTED,
            by_id=by,
            at=at,
        )
        for code in wanted
    )
    ledger.record(
        by=by,
        did="verdicts.accepted",
        to=submission,
        unit=now.unit_id,
        at=at,
        facts={"criteria": wanted, "submission": submission.number},
    )
    return len(wanted)


@transaction.atomic
def write_message(
    *, assessment: Assessment, criterion: str, text: str, from_unit: bool, by: int | None, at: datetime
) -> Message:
    """A line in the thread of a criterion. The same text by the same person as the last line is that line.

    Refuses: MessageEmpty, MessageTooLong, CriterionUnknown, NotInCycle.
    """
    text = rules.check_message(text)
    now = locked(assessment)
    check_running(now.cycle)
    if criterion:
        _check_criterion(now, criterion)
    last = Message.objects.filter(assessment=now, criterion=criterion).order_by("-at", "-pk").first()
    if last is not None and (last.by_id, last.text) == (by, text):
        return last
    message = Message.objects.create(
        assessment=now,
        unit_id=now.unit_id,
        criterion=criterion,
        text=text,
        from_unit=from_unit,
        by_id=by,
        at=max(at, last.at) if last else at,
    )
    ledger.record(
        by=by,
        did="message.written",
        to=message,
        unit=now.unit_id,
        at=at,
        facts={"criterion": criterion, "text": text},
    )
    telling.of_message(now, message=message.pk, criterion=criterion, text=text, from_unit=from_unit, at=at)
    return message


@transaction.atomic
def return_to_unit(
    *, assessment: Assessment, note: str = "", until: date | None = None, by: int | None, at: datetime
) -> Assessment:
    """Give the file back with the criteria to mend; the unit gets days enough, written down.

    Refuses: NothingReturned, NotYours, MoveNotPossible.
    """
    now, submission = held(assessment, by=by)
    returned = sorted(
        v.criterion for v in standing(now, submission) if v.department_id is None and v.kind == Verdict.Kind.RETURNED
    )
    if not returned:
        raise rules.NothingReturned()
    cycle = check_running(now.cycle)
    least = add_workdays(day_of(at), RETURN_DAYS, off=cycle.days_off, on=cycle.days_on)
    until = max(until or least, least, cycle.last_day(now.extended_to))
    reason = note.strip() or f"Trả lại {len(returned)} tiêu chí: {', '.join(returned)}."
    return move(
        now, "return", by=by, at=at, reason=reason, until=until, extended_to=until, facts={"criteria": returned}
    )


@transaction.atomic
def conclude(*, assessment: Assessment, opinion: str = "", by: int | None, at: datetime) -> Conclusion:
    """End the appraisal: the engine judges the figures as they stand after the verdicts, and the result is kept.

    Refuses: NoVerdictYet, ReturnedPending, NotYours, MoveNotPossible.
    """
    now, submission = held(assessment, by=by)
    edition = edition_of(now.framework, now.edition)
    verdicts = {v.criterion: v for v in standing(now, submission) if v.department_id is None}
    claimed = set(submission.readings)
    asked = [c.code for c in edition.criteria if any(f.code in claimed for f in fields_of(c))]
    open_codes = [code for code in asked if code not in verdicts]
    if open_codes:
        codes = ", ".join(open_codes[:8]) + ("…" if len(open_codes) > 8 else "")
        raise rules.NoVerdictYet(count=len(open_codes), codes=codes)
    returned = sorted(code for code, v in verdicts.items() if v.kind == Verdict.Kind.RETURNED)
    if returned:
        raise rules.ReturnedPending(codes=", ".join(returned))
    readings = readings_after(submission, verdicts.values())
    without = frozenset(code for code, v in verdicts.items() if v.kind == Verdict.Kind.NOT_APPLICABLE)
    result = result_after(now, readings, without=without)
    earlier = Conclusion.objects.filter(assessment=now, replaced_at=None).first()
    if earlier is not None:
        at = max(at, earlier.at)
        earlier.replaced_at = at
        earlier.save(update_fields=["replaced_at"])
    corrected = sum(v.kind in (Verdict.Kind.CORRECTED, Verdict.Kind.NOT_APPLICABLE) for v in verdicts.values())
    conclusion = Conclusion.objects.create(
        assessment=now,
        submission=submission,
        unit_id=now.unit_id,
        level=result.level,
        score=result.points,
        stages_count=result.stages_count,
        readings={code: vars(reading) for code, reading in readings.items()},
        result=as_json(result),
        corrected_count=corrected,
        opinion=opinion.strip()[:2000],
        by_id=by,
        at=at,
    )
    move(
        now,
        "conclude",
        by=by,
        at=at,
        facts={"level": result.level, "score": result.score, "corrected": corrected, "conclusion": conclusion.pk},
    )
    return conclusion
