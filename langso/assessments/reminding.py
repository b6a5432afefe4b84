"""What is to be said today to whom about the terms of a running cycle. The plan is pure; `remind` reads and tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from langso.assessments.models import Assessment
from langso.assessments.states import WITH_UNIT, State
from langso.assessments.telling import APPRAISERS, HEADS, OFFICERS, RUNNERS, side
from langso.cycles.models import Cycle
from langso.lib.number import write_number
from langso.lib.period import day_of, write_day
from langso.lib.workdays import is_workday, workdays_between
from langso.notices.actions import Word, tell
from langso.people.roles import Role

AHEAD = (10, 3, 1)  # working days before the last day
LATE_EVERY = 5  # on the first working day after it, and every so many from then on


@dataclass(frozen=True)
class Standing:
    """Where one file of a cycle stands."""

    file: int
    unit: int
    state: State
    extended_to: date | None = None


@dataclass(frozen=True)
class Reminder:
    """One sentence for those who hold one of the roles at the unit; None is the whole country."""

    kind: str
    about: int
    unit: int | None
    roles: tuple[Role, ...]
    text: str
    link: str
    due_on: date


def due(cycle: Cycle, states: Iterable[Standing], today: date) -> list[Reminder]:
    """What this day asks for. Nothing on a day off: the same would be said again on the next working day."""
    if not is_workday(today, off=cycle.days_off, on=cycle.days_on):
        return []
    standings = list(states)
    found = [r for s in standings if s.state in WITH_UNIT and (r := _to_unit(cycle, s, today))]
    waiting = sum(s.state == State.SUBMITTED for s in standings)
    held = sum(s.state == State.APPRAISING for s in standings)
    if waiting + held and (when := _when(cycle, cycle.appraise_by, today)):
        numbers = f"{write_number(waiting)} hồ sơ chờ nhận, {write_number(held)} hồ sơ đang thẩm định"
        text = f"{cycle.title}: {numbers}. {when}"
        link = f"/tham-dinh/?dot={cycle.code}"
        found.append(Reminder("queue", cycle.pk, cycle.unit_id, side(APPRAISERS, cycle), text, link, cycle.appraise_by))
    late = sum(s.state in WITH_UNIT and today > cycle.last_day(s.extended_to) for s in standings)
    if late and _is_told_late(cycle, cycle.submit_by, today):
        text = f"{cycle.title}: {write_number(late)} đơn vị quá hạn nộp. Đôn đốc, hoặc gia hạn có lý do."
        link = f"{cycle.address}?buoc=tre"
        found.append(Reminder("late", cycle.pk, cycle.unit_id, side(RUNNERS, cycle), text, link, cycle.submit_by))
    return found


def _to_unit(cycle: Cycle, standing: Standing, today: date) -> Reminder | None:
    last = cycle.last_day(standing.extended_to)
    when = _when(cycle, last, today)
    if not when:
        return None
    what, page, roles = {
        State.NOT_STARTED: ("Chưa bắt đầu bản tự đánh giá", "", OFFICERS),
        State.DRAFTING: ("Nhập xong và trình ký bản tự đánh giá", "nop/", OFFICERS),
        State.TO_SIGN: ("Ký và nộp bản tự đánh giá", "ky/", HEADS),
        State.RETURNED: ("Sửa các tiêu chí bị trả lại và nộp lại", "nop/", OFFICERS),
    }[standing.state]
    return Reminder(
        "submit",
        standing.file,
        standing.unit,
        side(roles, cycle),
        f"{what} ({cycle.title}). {when}",
        f"/danh-gia/{standing.file}/{page}",
        last,
    )


def _when(cycle: Cycle, last: date, today: date) -> str:
    """How the term stands, on the days when that is said; else empty."""
    if today == last:
        return f"Hạn hôm nay, {write_day(last)}."
    if today > last:
        if not _is_told_late(cycle, last, today):
            return ""
        return f"Quá hạn {_late(cycle, last, today)} ngày làm việc, hạn là {write_day(last)}."
    left = workdays_between(today, last, off=cycle.days_off, on=cycle.days_on)
    return f"Còn {left} ngày làm việc, hạn {write_day(last)}." if left in AHEAD else ""


def _late(cycle: Cycle, last: date, today: date) -> int:
    """Working days gone since the last day, today among them."""
    gone = date.fromordinal(last.toordinal() + 1)
    stop = date.fromordinal(today.toordinal() + 1)
    return workdays_between(gone, stop, off=cycle.days_off, on=cycle.days_on)


def _is_told_late(cycle: Cycle, last: date, today: date) -> bool:
    return today > last and _late(cycle, last, today) % LATE_EVERY == 1


def plan(today: date) -> list[Reminder]:
    """What this day asks for in all running cycles. Needs a net that sees them.  Cost: two queries."""
    cycles = {c.pk: c for c in Cycle.objects.running()}
    states: dict[int, list[Standing]] = {}
    rows = Assessment.objects.filter(cycle__in=cycles).values_list("cycle", "pk", "unit", "state", "extended_to")
    for cycle, file, unit, state, extended_to in rows:
        states.setdefault(cycle, []).append(Standing(file, unit, State(state), extended_to))
    return [r for pk, cycle in cycles.items() for r in due(cycle, states.get(pk, []), today)]


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Tell what the day asks for; again on the same day tells nothing anew. Returns how many reminders there are."""
    today = day_of(at)
    reminders = plan(today)
    tell(
        *(
            Word(f"remind:{r.kind}:{r.about}:{today}", r.text, r.unit, r.link, r.roles, due_on=r.due_on)
            for r in reminders
        ),
        at=at,
    )
    return len(reminders)
