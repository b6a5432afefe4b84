"""The one way in which an assessment goes from state to state, and the opening and closing of cycles over many."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from langso.assessments import telling
from langso.assessments.actions import issue
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Step, Submission
from langso.assessments.states import ENDED, MOVES, WITH_UNIT, ReasonMissing, State, check_move
from langso.cycles.models import Cycle
from langso.cycles.rules import CycleNotRunning
from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.refusal import Refused


class NotInCycle(Refused):
    says = "Bản này chưa nằm trong đợt đánh giá nào, nên chưa nộp được. Hỏi Sở xem xã có trong đợt không."


class TooLate(Refused):
    says = "Hạn nộp là ngày {day:%d/%m/%Y}, đã qua. Gửi Sở đề nghị gia hạn, ghi rõ lý do."


class AlreadyClaimed(Refused):
    says = "{name} đã nhận hồ sơ này. Chọn hồ sơ khác, hoặc nhờ {name} chuyển lại."


class OwnFile(Refused):
    says = "Người nộp không tự thẩm định hồ sơ của mình. Để người khác nhận."


class DayNotLater(Refused):
    says = "Ngày gia hạn phải sau hạn hiện tại, {day:%d/%m/%Y}."


class DayTooLate(Refused):
    says = "Gia hạn đến ngày {day:%d/%m/%Y} là muộn hơn hạn họp hội đồng, {last:%d/%m/%Y}. Chọn ngày sớm hơn."


class StillRunning(Refused):
    says = "Còn {count} hồ sơ chưa xong nên chưa khóa đợt được. Xem danh sách, xử lý hoặc kết thúc từng hồ sơ."


class UnitElsewhere(Refused):
    says = "{name} đã có trong đợt “{title}” cho cùng khung và kỳ. Bỏ khỏi danh sách rồi mở lại."


def check_running(cycle: Cycle | None) -> Cycle:
    """Refuses: NotInCycle, CycleNotRunning."""
    if cycle is None:
        raise NotInCycle()
    if not cycle.is_running:
        raise CycleNotRunning(title=cycle.title, why="đã khóa" if cycle.closed_at else "chưa mở")
    return cycle


def locked(assessment: Assessment) -> Assessment:
    """The assessment as it is now, held until the transaction ends.

    Two statements: after waiting for a lock, a joined row would still be the one from before the wait.
    """
    Assessment.objects.select_for_update().values_list("pk").get(pk=assessment.pk)
    return Assessment.objects.select_related("cycle", "unit", "claimed_by").get(pk=assessment.pk)


def check_not_own(assessment: Assessment, person: int | None) -> None:
    """Refuses: OwnFile, when the person handed in what she would appraise."""
    submission = current_submission(assessment)
    if person is not None and submission is not None and submission.by_id == person:
        raise OwnFile()


@transaction.atomic
def move(
    assessment: Assessment,
    verb: str,
    *,
    by: int | None,
    at: datetime,
    reason: str = "",
    until: date | None = None,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Assessment:
    """One move by the table of states: row, step and ledger line; `changes` are other columns to set with it.

    Refuses: NotInCycle, CycleNotRunning, MoveNotPossible, ReasonMissing, OwnFile.
    """
    now = locked(assessment)
    if not MOVES[verb].after_closing:
        check_running(now.cycle)
    reason = " ".join(reason.split()) if len(reason) < 3 else reason.strip()
    way = check_move(verb, now.state, reason=reason)
    if "claimed_by_id" in changes:
        check_not_own(now, changes["claimed_by_id"])
    step = Step.objects.create(
        assessment=now,
        unit_id=now.unit_id,
        verb=verb,
        source=now.state,
        target=way.target,
        reason=reason,
        until=until,
        by_id=by,
        at=at,
    )
    before, now.state, now.state_at = now.state, way.target.value, at
    for name, value in changes.items():
        setattr(now, name, value)
    now.save(update_fields=["state", "state_at", *changes])
    ledger.record(
        by=by,
        did=f"assessment.{verb}",
        to=now,
        unit=now.unit_id,
        at=at,
        facts={"from": before, "to": now.state, "reason": reason, **(facts or {})},
    )
    telling.of_move(now, step)
    return now


@transaction.atomic
def begin(assessment: Assessment, *, by: int | None, at: datetime) -> None:
    """The first work on an assessment that waits in a cycle; nothing on any other."""
    if assessment.state == State.NOT_STARTED and assessment.cycle is not None and assessment.cycle.is_running:
        move(assessment, "start", by=by, at=at)


@transaction.atomic
def claim(assessment: Assessment, *, by: int | None, name: str = "", at: datetime) -> Assessment:
    """Take a submitted file for appraisal; what one has taken already stays one's own.

    Refuses: AlreadyClaimed, and what `move` refuses.
    """
    now = locked(assessment)
    if now.state == State.APPRAISING:
        if now.claimed_by_id == by:
            return now
        raise AlreadyClaimed(name=now.claimed_by or "Một đồng nghiệp")
    return move(now, "claim", by=by, at=at, claimed_by_id=by)


@transaction.atomic
def hand_over(assessment: Assessment, *, to: int, by: int | None, at: datetime, reason: str = "") -> Assessment:
    """Give a file under appraisal to a colleague; the state stays."""
    now = locked(assessment)
    check_running(now.cycle)
    if now.state not in (State.APPRAISING, State.SUBMITTED):
        check_move("release", now.state)
    check_not_own(now, to)
    before = now.claimed_by_id
    if now.state == State.SUBMITTED:
        moved = move(now, "claim", by=by, at=at, reason=reason, facts={"given_to": to}, claimed_by_id=to)
        telling.of_handing_over(moved, to=to, at=at)
        return moved
    now.claimed_by_id = to
    now.save(update_fields=["claimed_by"])
    ledger.record(
        by=by,
        did="assessment.handed_over",
        to=now,
        unit=now.unit_id,
        at=at,
        facts={"from": before, "to": to, "reason": reason},
    )
    if to != before:
        telling.of_handing_over(now, to=to, at=at)
    return now


@transaction.atomic
def extend(assessment: Assessment, *, until: date, reason: str, by: int | None, at: datetime) -> Assessment:
    """More days for one unit, with the reason; the cycle's own calendar stays.

    Refuses: CycleNotRunning, DayNotLater, DayTooLate, ReasonMissing, MoveNotPossible (when the unit has handed in).
    """
    now = locked(assessment)
    cycle = check_running(now.cycle)
    if now.state not in WITH_UNIT:
        check_move("send_to_sign", now.state)
    if not reason.strip():
        raise ReasonMissing(field="reason", label="gia hạn")
    if until <= cycle.last_day(now.extended_to) or until < day_of(at):
        raise DayNotLater(field="until", day=max(cycle.last_day(now.extended_to), day_of(at)))
    if until > cycle.decide_by:
        raise DayTooLate(field="until", day=until, last=cycle.decide_by)
    now.extended_to = until
    now.save(update_fields=["extended_to"])
    Step.objects.create(
        assessment=now,
        unit_id=now.unit_id,
        verb="extend",
        source=now.state,
        target=now.state,
        reason=reason.strip(),
        until=until,
        by_id=by,
        at=at,
    )
    ledger.record(
        by=by,
        did="assessment.extended",
        to=now,
        unit=now.unit_id,
        at=at,
        facts={"until": until, "reason": reason.strip()},
    )
    telling.of_extension(now, until=until, reason=reason, at=at)
    return now


@transaction.atomic
def open_cycle(cycle: Cycle, units: Iterable[int], *, by: int | None, at: datetime) -> int:
    """Open a drafted cycle for these units: one assessment each; one already begun by the unit itself joins.

    Opening again gives the number there is. Cost: six statements, whatever the number of units.
    Refuses: UnitElsewhere, EditionChanged.
    """
    with connection.cursor() as cursor:  # two cycles over the same units are opened one after the other
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('langso.cycle.' || %s || %s, 0))",
            [cycle.framework, cycle.period],
        )
    held = Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if held.opened_at is not None:
        return held.assessments.count()
    wanted = sorted(set(units))
    edition = edition_of(held.framework, held.edition)
    issue(edition, at=at)
    same = Assessment.objects.filter(unit__in=wanted, framework=held.framework, period=held.period)
    taken = same.exclude(cycle=None).select_related("cycle").first()
    if taken is not None and taken.cycle is not None:
        name = taken.unit.names.order_by("-valid").first()
        raise UnitElsewhere(name=name.name if name else "Một đơn vị", title=taken.cycle.title)
    same.update(cycle=held, edition=held.edition, state=State.DRAFTING.value, state_at=at)
    there = set(held.assessments.values_list("unit_id", flat=True))
    Assessment.objects.bulk_create(
        Assessment(
            unit_id=unit,
            framework=held.framework,
            edition=held.edition,
            period=held.period,
            opened_by_id=by,
            opened_at=at,
            cycle=held,
            state=State.NOT_STARTED.value,
            state_at=at,
        )
        for unit in wanted
        if unit not in there
    )
    held.opened_at = at
    held.save(update_fields=["opened_at"])
    ledger.record(
        by=by,
        did="cycle.opened",
        to=held,
        unit=held.unit_id,
        at=at,
        facts={"units": len(wanted), "framework": held.framework, "edition": held.edition, "period": held.period},
    )
    cycle.opened_at = at
    telling.of_opening(held, held.assessments.values_list("pk", "unit_id"), at=at)
    return len(wanted)


@transaction.atomic
def close_cycle(cycle: Cycle, *, by: int | None, at: datetime) -> Cycle:
    """Freeze a cycle. Units that never handed in stay as they are; what is under way must be ended first.

    Refuses: CycleNotRunning, StillRunning.
    """
    # Files first, then the cycle: the order in which a submission takes them.
    list(cycle.assessments.select_for_update().order_by("pk").values_list("pk"))
    held = check_running(Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk))
    under_way = held.assessments.exclude(state__in=[*ENDED, *WITH_UNIT]).count()
    if under_way:
        raise StillRunning(count=under_way)
    held.closed_at = at
    held.save(update_fields=["closed_at"])
    counts = dict(held.assessments.values_list("state").annotate(n=Count("pk")))
    ledger.record(by=by, did="cycle.closed", to=held, unit=held.unit_id, at=at, facts={"states": counts})
    return held


def current_submission(assessment: Assessment) -> Submission | None:
    """What the appraiser judges: the last submission that was not withdrawn."""
    return assessment.submissions.filter(withdrawn_at=None).order_by("-number").first()
