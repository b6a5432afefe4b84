"""Appeals, and sample visits: what happens beside the verdicts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from langso.appraisals import rules
from langso.appraisals.models import Appeal, SampleDraw, SampleVisit, Verdict
from langso.appraisals.queries import standing
from langso.assessments import telling
from langso.assessments.models import Assessment
from langso.assessments.moving import check_running, current_submission, locked, move
from langso.assessments.states import State, check_move
from langso.cycles.models import Cycle
from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.workdays import add_workdays

ANSWER_DAYS = 5  # working days for the answer


@transaction.atomic
def appeal(*, assessment: Assessment, criterion: str, text: str, by: int | None, at: datetime) -> Appeal:
    """Contest the verdict on a criterion, within the cycle's term after the conclusion.

    The same text again gives the appeal there is.
    Refuses: NothingToAppeal, AppealTooLate, AppealOpen, MoveNotPossible (not concluded), CycleNotRunning.
    """
    text = rules.check_message(text)
    now = locked(assessment)
    cycle = check_running(now.cycle)
    if now.state not in (State.APPRAISED, State.IN_COUNCIL, State.NOT_RECOGNISED):
        check_move("reopen", now.state, reason=text)
    submission = current_submission(now)
    assert submission is not None
    verdict = next((v for v in standing(now, submission) if v.department_id is None and v.criterion == criterion), None)
    if verdict is None or verdict.kind == Verdict.Kind.ACCEPTED:
        raise rules.NothingToAppeal()
    conclusion = now.conclusions.filter(replaced_at=None).first()
    assert conclusion is not None
    last = rules.appeal_until(day_of(conclusion.at), cycle.appeal_days, off=cycle.days_off, on=cycle.days_on)
    if day_of(at) > last:
        raise rules.AppealTooLate(day=last)
    open_one = Appeal.objects.filter(assessment=now, criterion=criterion, answered_at=None).first()
    if open_one is not None:
        if open_one.text == text:
            return open_one
        raise rules.AppealOpen(day=day_of(open_one.at))
    made = Appeal.objects.create(
        assessment=now,
        unit_id=now.unit_id,
        verdict=verdict,
        criterion=criterion,
        text=text,
        by_id=by,
        at=at,
        answer_by=add_workdays(day_of(at), ANSWER_DAYS, off=cycle.days_off, on=cycle.days_on),
    )
    ledger.record(
        by=by,
        did="appeal.made",
        to=made,
        unit=now.unit_id,
        at=at,
        facts={"criterion": criterion, "verdict": verdict.pk, "text": text},
    )
    telling.of_appeal(now, appeal=made.pk, criterion=criterion, answer_by=made.answer_by, at=at)
    return made


@transaction.atomic
def answer(*, appeal: Appeal, outcome: str, text: str, by: int | None, at: datetime) -> Appeal:
    """Answer an appeal. When the verdict is to change, the file goes back under appraisal, in the answerer's hands.

    Refuses: AlreadyAnswered, MessageEmpty, MoveNotPossible.
    """
    text = rules.check_message(text)
    file = locked(appeal.assessment)  # before any line in the ledger: the order in which everyone takes locks
    held = Appeal.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=appeal.pk)
    if held.answered_at is not None:
        raise rules.AlreadyAnswered()
    if outcome not in Appeal.Outcome.values:
        raise rules.KindUnknown(field="outcome")
    held.outcome, held.answer, held.answered_by_id, held.answered_at = outcome, text, by, at
    held.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    ledger.record(
        by=by,
        did="appeal.answered",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={"criterion": held.criterion, "outcome": outcome, "answer": text},
    )
    said = str(Appeal.Outcome(outcome).label)
    telling.of_answer(held.assessment, appeal=held.pk, criterion=held.criterion, outcome=said, at=at)
    if outcome == Appeal.Outcome.CHANGED:
        if file.state == State.IN_COUNCIL:
            file = move(file, "take_out", by=by, at=at, reason=f"Kiến nghị về {held.criterion} được chấp nhận.")
        move(
            file,
            "reopen",
            by=by,
            at=at,
            reason=f"Kiến nghị về {held.criterion} được chấp nhận.",
            claimed_by_id=by,
        )
    return held


@transaction.atomic
def draw_sample(
    *, cycle: Cycle, files: Sequence[Assessment], unit: int, seed: str, size: int, by: int | None, at: datetime
) -> SampleDraw:
    """Draw files to be checked on the spot. The same seed over the same list gives the draw there is.

    Refuses: SeedMissing, SampleTooLarge, CycleNotRunning.
    """
    check_running(Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk))
    by_unit = {file.unit_id: file for file in files}
    drawn = rules.draw(seed, by_unit, size)
    seed = " ".join(seed.split())
    there = SampleDraw.objects.filter(
        cycle=cycle, unit_id=unit, seed=seed, size=size, drawn_from=sorted(by_unit)
    ).first()
    if there is not None:
        return there
    made = SampleDraw.objects.create(
        cycle=cycle, unit_id=unit, seed=seed, drawn_from=sorted(by_unit), size=size, by_id=by, at=at
    )
    SampleVisit.objects.bulk_create(
        SampleVisit(draw=made, assessment=by_unit[u], unit_id=u, place=place) for place, u in enumerate(drawn, start=1)
    )
    ledger.record(
        by=by,
        did="sample.drawn",
        to=made,
        unit=unit,
        at=at,
        facts={"seed": seed, "from": len(by_unit), "drawn": drawn},
    )
    return made


@transaction.atomic
def record_visit(
    *,
    visit: SampleVisit,
    visited_on: date,
    findings: list[dict[str, Any]],
    note: str = "",
    uid: UUID | None = None,
    by: int | None,
    at: datetime,
) -> SampleVisit:
    """What was seen on the spot. A later record of the same visit replaces the earlier; the ledger keeps both.

    Refuses: VisitDayWrong, CycleNotRunning.
    """
    held = SampleVisit.objects.select_for_update(of=("self",)).select_related("draw__cycle").get(pk=visit.pk)
    if uid is not None and held.uid == uid:
        return held
    check_running(held.draw.cycle)
    if (held.visited_on, held.findings, held.note) == (visited_on, findings, note.strip()[:2000]):
        return held
    rules.check_visit_day(visited_on, drawn_on=day_of(held.draw.at), today=day_of(at))
    seen = {f["outcome"] for f in findings}
    outcomes = SampleVisit.Outcome
    held.outcome = outcomes.DIFFERS if "differs" in seen else outcomes.MATCHES if seen else outcomes.NOT_SEEN
    held.visited_on, held.findings, held.note = visited_on, findings, note.strip()[:2000]
    held.by_id, held.at, held.uid = by, at, uid
    held.save()
    ledger.record(
        by=by,
        did="sample.visited",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={"on": visited_on, "outcome": held.outcome, "findings": findings, "note": held.note},
    )
    return held
