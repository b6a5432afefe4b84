"""What is held while files go before the council and to their decision, and what must be so before they may.

Rows are held in one order: session, files, recognitions, paper; all of them before the first line of the ledger, which
is held as well. So no two acts wait for each other.
"""

from collections.abc import Iterable
from datetime import date, datetime

from langso.appraisals.models import Conclusion
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.assessments.moving import check_running
from langso.assessments.states import State
from langso.cycles.models import Cycle
from langso.recognition import queries, rules
from langso.recognition.models import CouncilSession


def name_of(assessment: Assessment, on: date) -> str:
    found = queries.names_of([(assessment.unit_id, assessment.period)], on=on).get(assessment.unit_id)
    return found.name if found else f"Đơn vị {assessment.unit_id}"


def held_session(session: CouncilSession, *, on: date | None = None) -> CouncilSession:
    """The session as it is now, held until the transaction ends and still open; on a day: not before its own.

    Refuses: SessionClosed, SessionAhead, CycleNotRunning.
    """
    found = CouncilSession.objects.select_for_update(of=("self",)).select_related("council__cycle", "council__unit")
    now = found.get(pk=session.pk)
    check_running(now.council.cycle)
    if now.closed_at is not None:
        raise rules.SessionClosed(day=now.held_on)
    if on is not None and on < now.held_on:
        raise rules.SessionAhead(day=now.held_on)
    return now


def hold_files(assessments: Iterable[int]) -> None:
    """Hold these files until the transaction ends, always in the same order."""
    rows = Assessment.objects.select_for_update(of=("self",)).filter(pk__in=sorted(assessments))
    list(rows.order_by("pk").values_list("pk"))


def set_aside(assessment: Assessment, *, at: datetime) -> list[int]:
    """Take the file's unsettled candidates out, once it has left the council by another way; returns which."""
    stale = queries.unsettled_candidates().filter(assessment=assessment)
    found = list(stale.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    queries.unsettled_candidates().filter(pk__in=found).update(taken_out_at=at)
    return found


def check_free(now: Assessment, cycle: Cycle, *, name: str) -> None:
    """Refuses: AlreadyBefore."""
    before = queries.pending_candidates(cycle).filter(assessment=now).select_related("session").first()
    if before is not None:
        raise rules.AlreadyBefore(name=name, day=before.session.held_on)


def check_ready(now: Assessment, cycle: Cycle, *, level: int | None, name: str) -> tuple[Conclusion, int | None]:
    """The current conclusion and the level that may be proposed on it.

    Refuses: NotConcluded, AppealPending, NothingToRecognise, LevelTooHigh, ConditionsNotMet.
    """
    conclusion = now.conclusions.filter(replaced_at=None).first()
    if conclusion is None or now.state not in (State.APPRAISED, State.IN_COUNCIL, State.REVOKED):
        raise rules.NotConcluded(name=name, state=State(now.state).label)
    appeal = now.appeals.filter(answered_at=None).order_by("answer_by", "pk").first()
    if appeal is not None:
        raise rules.AppealPending(name=name, criterion=appeal.criterion, day=appeal.answer_by)
    has_levels = bool(edition_of(now.framework, now.edition).levels)
    level = rules.check_level(level, conclusion.level, has_levels=has_levels, name=name)
    rules.check_conditions(queries.conditions_of(cycle, [now.pk])[now.pk], name=name)
    return conclusion, level
