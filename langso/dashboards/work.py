"""What waits for a person today: the files of her own unit, the queue she appraises, the cycles she runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from langso.appraisals import part_queries, rules
from langso.appraisals.models import Appeal, Conclusion, Verdict
from langso.assessments.cycle_queries import left_of
from langso.assessments.models import Assessment, Step
from langso.assessments.states import WITH_UNIT, State
from langso.cycles.models import Cycle
from langso.lib.number import write_number
from langso.lib.period import Period, day_of
from langso.lib.workdays import workdays_between
from langso.people.permits import Presence, units_of
from langso.people.roles import Right
from langso.units.models import Unit
from langso.units.queries import Named
from langso.visits.ask_queries import waiting_in

SOON = 3  # working days


@dataclass(frozen=True)
class Due:
    """One row of work; without a last day it stands after those that have one."""

    title: str
    note: str
    href: str
    day: date | None = None
    days: int | None = None

    @property
    def when(self) -> str:
        if self.days is None:
            return ""
        if self.days < 0:
            return f"Quá hạn {-self.days} ngày"
        return f"Còn {self.days} ngày" if self.days else "Hạn hôm nay"

    @property
    def is_soon(self) -> bool:
        return self.days is not None and self.days <= SOON


@dataclass(frozen=True)
class Work:
    dues: tuple[Due, ...]
    in_cycle: frozenset[int] = field(default_factory=frozenset)  # files that have a row here already

    @property
    def urgent(self) -> int:
        return sum(d.is_soon for d in self.dues)


def work_of(person: Presence, own: Sequence[Named], *, on: date) -> Work:
    """Everything with a last day, the nearest first.  Cost: at most ten queries."""
    dues: list[Due] = []
    files = _own_files(own)
    if person.has(Right.FIGURE_READ):
        dues += _of_unit(files, own, person, on)
    if person.has(Right.APPRAISAL_WRITE):
        reach = units_of(person, Right.APPRAISAL_WRITE, on=on)
        dues += _of_appraiser(person, reach, on)
    elif person.has(Right.VERIFICATION_WRITE):
        dues += _of_verifier(person, on)
    if person.has(Right.CYCLE_WRITE):
        dues += _drafts(person, on)
    if person.has(Right.REQUEST_WRITE):
        dues += _requests(own, on)
    last = date.max
    dues.sort(key=lambda d: (d.days is None, d.day or last, d.title))
    return Work(tuple(dues), frozenset(a.pk for a in files))


def _own_files(own: Sequence[Named]) -> list[Assessment]:
    found = Assessment.objects.filter(
        unit__in=[u.id for u in own], cycle__opened_at__isnull=False, cycle__closed_at=None
    )
    return list(found.select_related("cycle").order_by("pk"))


def _of_unit(files: Sequence[Assessment], own: Sequence[Named], person: Presence, on: date) -> list[Due]:
    """The files of the person's own units; the returned ones name their criteria."""
    names = {u.id: u.name for u in own}
    back = [a.pk for a in files if a.state == State.RETURNED]
    codes: dict[int, list[str]] = {}
    reasons: dict[int, str] = {}
    if back:
        returned = Verdict.objects.final().filter(assessment__in=back, kind=Verdict.Kind.RETURNED)
        for pk, code in returned.order_by("criterion").values_list("assessment_id", "criterion"):
            codes.setdefault(pk, []).append(code)
        steps = Step.objects.filter(assessment__in=back, verb="return").order_by("at", "pk")
        reasons = dict(steps.values_list("assessment_id", "reason"))
    told = [a.pk for a in files if a.state == State.APPRAISED]
    concluded = (
        dict(
            Conclusion.objects.filter(assessment__in=told, replaced_at=None, corrected_count__gt=0).values_list(
                "assessment_id", "at"
            )
        )
        if told
        else {}
    )
    found = []
    for file in files:
        cycle = file.cycle
        assert cycle is not None
        what = f"bản tự đánh giá {Period.parse(file.period)}"
        where = f"{names.get(file.unit_id, '')}, {cycle.title}"
        last = cycle.last_day(file.extended_to)
        days = left_of(cycle, last, on)
        page = file.address
        if file.state == State.NOT_STARTED:
            found.append(Due(f"Bắt đầu {what}", where, page, last, days))
        elif file.state == State.DRAFTING:
            found.append(Due(f"Nhập xong, xác nhận và trình ký {what}", where, f"{page}nop/", last, days))
        elif file.state == State.TO_SIGN and person.has(Right.SUBMISSION_SIGN):
            found.append(Due(f"Ký và nộp {what}", where, f"{page}ky/", last, days))
        elif file.state == State.TO_SIGN:
            found.append(Due(f"Chờ ký {what}", f"{where}. Chủ tịch xã ký và nộp.", f"{page}nop/", last, days))
        elif file.state == State.RETURNED:
            which = f"tiêu chí {', '.join(codes[file.pk])}" if file.pk in codes else "những chỗ bị trả lại"
            note = reasons.get(file.pk, "") or where
            found.append(Due(f"Sửa {which} và nộp lại", f"Sở trả lại: {note}", f"{page}tham-dinh/", last, days))
        elif file.pk in concluded:
            until = rules.appeal_until(
                day_of(concluded[file.pk]), cycle.appeal_days, off=cycle.days_off, on=cycle.days_on
            )
            if on <= until:
                title = "Xem kết luận thẩm định, kiến nghị nếu không đồng ý"
                found.append(Due(title, where, f"{page}tham-dinh/", until, left_of(cycle, until, on)))
    return found


def _of_appraiser(person: Presence, reach: QuerySet[Unit], on: date) -> list[Due]:
    """The queue of each running cycle, what one holds oneself, appeals, and who is late.  Cost: two queries."""
    late = Q(state__in=WITH_UNIT, cycle__submit_by__lt=on) & (Q(extended_to=None) | Q(extended_to__lt=on))
    rows = (
        Assessment.objects.within(reach)
        .filter(cycle__opened_at__isnull=False, cycle__closed_at=None)
        .order_by()
        .values("cycle")
        .annotate(
            waiting=Count("pk", filter=Q(state=State.SUBMITTED)),
            doubtful=Count("pk", filter=Q(state=State.SUBMITTED, doubts_count__gt=0)),
            mine=Count("pk", filter=Q(state=State.APPRAISING, claimed_by=person.person_id or 0)),
            late=Count("pk", filter=late),
        )
    )
    counts = {row["cycle"]: row for row in rows}
    found = []
    for cycle in Cycle.objects.filter(pk__in=counts) if counts else ():
        row = counts[cycle.pk]
        days = left_of(cycle, cycle.appraise_by, on)
        queue = f"/tham-dinh/?dot={cycle.code}"
        if row["waiting"]:
            doubt = f", {write_number(row['doubtful'])} có nghi vấn" if row["doubtful"] else ""
            title = f"{write_number(row['waiting'])} hồ sơ chờ thẩm định{doubt}"
            found.append(Due(title, cycle.title, queue, cycle.appraise_by, days))
        if row["mine"]:
            title = f"{write_number(row['mine'])} hồ sơ tôi đang thẩm định"
            found.append(Due(title, cycle.title, f"{queue}&buoc=toi", cycle.appraise_by, days))
        if row["late"] and person.has(Right.CYCLE_WRITE):
            title = f"{write_number(row['late'])} đơn vị quá hạn nộp"
            note = f"{cycle.title}. Đôn đốc, hoặc gia hạn có lý do."
            found.append(
                Due(title, note, f"{cycle.address}?buoc=tre", cycle.submit_by, left_of(cycle, cycle.submit_by, on))
            )
    waiting = list(
        Appeal.objects.within(reach).filter(answered_at=None).order_by("answer_by").values_list("answer_by", flat=True)
    )
    if waiting:
        title = f"{write_number(len(waiting))} kiến nghị chờ trả lời"
        days = workdays_between(on, waiting[0]) if on <= waiting[0] else min(workdays_between(on, waiting[0]), -1)
        found.append(Due(title, "Xã không đồng ý với kết luận", "/kien-nghi/", waiting[0], days))
    return found


def _of_verifier(person: Presence, on: date) -> list[Due]:
    reach = units_of(person, Right.VERIFICATION_WRITE, on=on)
    asked = [a for a in part_queries.asked(person.person_id or 0, reach, on=on) if not a.is_done]
    if not asked:
        return []
    first = min(asked, key=lambda a: a.days_left)
    count = sum(len(a.waiting) for a in asked)
    title = f"{write_number(count)} tiêu chí chờ ý kiến xác minh, ở {write_number(len(asked))} hồ sơ"
    day = first.cycle.appraise_by
    return [Due(title, first.cycle.title, "/tham-dinh/phan-cua-toi/", day, left_of(first.cycle, day, on))]


def _requests(own: Sequence[Named], on: date) -> list[Due]:
    """Requests for help that wait in one's own communes.  Cost: one query."""
    communes = [u.id for u in own if u.level == "commune"]
    found = waiting_in(Unit.objects.filter(pk__in=communes), on=on) if communes else None
    if found is None or found.next_on is None:
        return []
    first, late = found.next_on, found.late_count
    title = f"{write_number(found.unanswered_count)} yêu cầu giúp chờ trả lời"
    title += f", {write_number(late)} quá hạn" if late else ""
    days = workdays_between(on, first) if on <= first else min(workdays_between(on, first), -1)
    return [Due(title, "Bà con nhờ tổ công nghệ số cộng đồng", "/yeu-cau/", first, days)]


def _drafts(person: Presence, on: date) -> list[Due]:
    """Cycles that are drafted and not yet open.  Cost: one query."""
    everywhere, _ = person.roots(Right.CYCLE_WRITE)
    mine = Q(unit=None) if everywhere else Q(Exists(_reach_of(person, on)))
    drafts = Cycle.objects.filter(mine, opened_at=None, closed_at=None).order_by("opens_on")
    return [
        Due(
            f"Mở đợt “{c.title}”",
            "Còn là bản nháp, các xã chưa thấy",
            c.address,
            c.opens_on,
            left_of(c, c.opens_on, on),
        )
        for c in drafts
    ]


def _reach_of(person: Presence, on: date) -> QuerySet[Unit]:
    return units_of(person, Right.CYCLE_WRITE, on=on).filter(pk=OuterRef("unit"))
