"""The desk of cycles: the list, a draft, one cycle, opening, closing, extending, who verifies what."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from langso.assessments import cycle_queries, telling
from langso.assessments.cycle_queries import ALL, UnitRow, unit_rows
from langso.assessments.judging import edition_of, editions_for
from langso.criteria.edition import Edition
from langso.cycles import actions, queries, rules
from langso.cycles.forms import CycleForm, DaysOffForm, MoveDaysForm
from langso.cycles.models import Cycle
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.lib.workdays import workday_from
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing
from langso.units.models import Level, Unit
from langso.units.queries import Named, named

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST_TRAIL = [*TRAIL, ("Đợt đánh giá", "/dot/")]


def _status(cycle: Cycle, today: date) -> tuple[str, str]:
    """The shape and the words for where a cycle stands."""
    if cycle.closed_at is not None:
        return "done", "Đã khóa"
    if cycle.opened_at is None:
        return "draft", "Bản nháp"
    return "review", queries.stage_of(cycle, today).label


@desk(Right.ASSESSMENT_READ)
def cycle_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cycles that one runs, and those that one's units are in."""
    today = day_of(desk.at)
    mine = queries.runnable(desk.person, on=today)
    seen = cycle_queries.cycles_of(desk.units)
    own = set(mine.values_list("pk", flat=True))
    found = Cycle.objects.filter(Q(pk__in=own) | Q(pk__in=seen.values("pk"))).order_by("-period", "-made_at")
    wanted = fold(request.GET.get("q", ""))
    cycles = [c for c in found if wanted in fold(f"{c.title} {c.code}")]
    places = {u: n.name for (u, _), n in named([(c.unit_id, today) for c in cycles if c.unit_id]).items()}
    rows: list[dict[str, Any]] = [
        {
            "cycle": c,
            "place": places.get(c.unit_id, "Đơn vị cũ") if c.unit_id else "Bộ",
            "status": _status(c, today),
            "mine": c.pk in own,
        }
        for c in cycles
    ]
    if request.GET.get("tai") == "csv":
        columns = ["ma", "ten", "noi_mo", "ky", "tinh_trang", "ngay_mo", "han_nop", "han_tham_dinh"]
        return csv_answer("dot", columns, (_csv_row(r) for r in rows))
    table = listing(
        rows,
        request.GET,
        default="-ky",
        sorts={
            "ky": lambda r: (r["cycle"].period, r["cycle"].made_at),
            "ten": lambda r: fold(r["cycle"].title),
            "han": lambda r: r["cycle"].submit_by,
        },
    )
    page = {"table": table, "can_write": desk.person.has(Right.CYCLE_WRITE), "trail": TRAIL}
    return render(request, "assessments/cycles/list.html", {"page": page})


def _csv_row(row: dict[str, Any]) -> list[Any]:
    c = row["cycle"]
    return [c.code, c.title, row["place"], c.period, row["status"][1], c.opens_on, c.submit_by, c.appraise_by]


def own_cycle(desk: Desk, code: str) -> Cycle:
    """A cycle that one may run; any other is not there."""
    mine = queries.runnable(desk.person, on=day_of(desk.at))
    return get_object_or_404(mine.select_related("document", "unit"), code=code)


def _home(desk: Desk) -> Named | None:
    """Where this person opens cycles: her province, or None for the ministry."""
    everywhere, roots = desk.person.roots(Right.CYCLE_WRITE)
    if everywhere:
        return None
    found = [n for n in named([(r, day_of(desk.at)) for r in roots]).values() if n.level == Level.PROVINCE]
    if not found:
        raise PermissionDenied(Right.CYCLE_WRITE.label)
    return found[0]


def _editions(unit_level: str, now: Cycle | None = None) -> list[Edition]:
    """The newest editions for units of the level, with the one that a draft has already."""
    found = editions_for(unit_level)
    if now is not None and (now.framework, now.edition) not in {(e.id, e.edition) for e in found}:
        found.insert(0, edition_of(now.framework, now.edition))
    return found


def _first_days(today: date) -> dict[str, date]:
    """A calendar to start from: a month for the communes, a month for the appraisers, two weeks and a month."""
    day, found = today, {}
    for name, later in zip(rules.DAYS, (7, 30, 30, 14, 28), strict=True):
        day = workday_from(date.fromordinal(day.toordinal() + later))
        found[name] = day
    return found


@desk(Right.CYCLE_WRITE)
def cycle_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A draft; the calendar is spoken of beside each day before anything is written."""
    home, today = _home(desk), day_of(desk.at)
    level = "commune" if home else "province"
    year = today.year
    what = "cấp xã" if home else "cấp tỉnh"
    initial = {
        "title": f"Đánh giá mức độ chuyển đổi số {what} năm {year}",
        "period": str(year),
        "quorum_share": "66,67",
        "pass_share": "90",
        "counts_absent": "khong",
        "requires_signature": True,
        "appeal_days": 5,
        "valid_months": 36,
        "document_issuer": f"UBND {home.name}" if home else "Bộ Khoa học và Công nghệ",
    }
    form = CycleForm(_editions(level), initial=initial, days=_first_days(today), data=request.POST or None)
    problem: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid() and "xem" not in request.POST:
        try:
            made = actions.draft_cycle(
                plan=form.plan(level),
                unit=Unit.objects.get(pk=home.id) if home else None,
                unit_code=home.code if home else "",
                paper=form.paper(),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            problem = put(form, refused)
        else:
            messages.success(request, "Đã lập bản nháp. Xem lại, giao tiêu chí cho sở, ngành rồi mở đợt.")
            return redirect(made.address)
    return _draft_answer(request, form, problem, title="Lập đợt đánh giá", trail=LIST_TRAIL, today=today)


def put(form: Any, refused: Refused) -> tuple[str, ...]:
    """The refusal beside its field when it has one, else for the head of the page."""
    if refused.field in form.fields:
        form.add_error(refused.field, refused.sentence)
        return ()
    return (refused.sentence,)


def _draft_answer(
    request: HttpRequest, form: CycleForm, problem: tuple[str, ...], *, title: str, trail: Any, today: date
) -> HttpResponse:
    form.is_valid()
    off, on = (form.cleaned_data.get(n) or [] for n in ("days_off", "days_on")) if form.is_bound else ([], [])
    says, before = {}, None
    for name, day in form.written_days().items():
        says[name] = rules.day_words(day, since=before, off=off, on=on)
        before = day
    context = {
        "form": form,
        "problem": problem,
        "title": title,
        "trail": trail,
        "days": [(field, says.get(field.name, "")) for field in form.days],
    }
    is_wrong = form.is_bound and (bool(form.errors) or bool(problem))
    return render(request, "assessments/cycles/draft.html", context, status=422 if is_wrong else 200)


@desk(Right.CYCLE_WRITE)
def cycle_edit(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """A draft as a whole; once it is open only the days ahead, with the reason."""
    cycle = own_cycle(desk, code)
    if cycle.opened_at is not None:
        return _move_days(request, desk, cycle)
    form = CycleForm(
        _editions(cycle.unit_level, cycle),
        initial=CycleForm.initial_of(cycle),
        days=queries.calendar_of(cycle),
        data=request.POST or None,
    )
    problem: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid() and "xem" not in request.POST:
        try:
            actions.edit_cycle(
                cycle=cycle,
                plan=form.plan(cycle.unit_level),
                paper=form.paper(),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            problem = put(form, refused)
        else:
            messages.success(request, "Đã lưu bản nháp.")
            return redirect(cycle.address)
    trail = [*LIST_TRAIL, (cycle.title, cycle.address)]
    return _draft_answer(request, form, problem, title="Sửa bản nháp", trail=trail, today=day_of(desk.at))


def _move_days(request: HttpRequest, desk: Desk, cycle: Cycle) -> HttpResponse:
    today = day_of(desk.at)
    form = MoveDaysForm(queries.calendar_of(cycle), today=today, data=request.POST or None)
    problem: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                reason = nfc(form.cleaned_data["reason"])
                days = {name: form.cleaned_data[name] for name in rules.DAYS}
                moved = actions.move_days(cycle=cycle, days=days, reason=reason, by=desk.person.person_id, at=desk.at)
                units = telling.units_of_cycle(cycle)
                telling.of_moved_days(cycle, moved, units=units, reason=reason, at=desk.at)
        except Refused as refused:
            problem = put(form, refused)
        else:
            messages.success(request, f"Đã dời {len(moved)} mốc. Các đơn vị trong đợt được báo, kèm lý do.")
            return redirect(cycle.address)
    context = {
        "form": form,
        "problem": problem,
        "cycle": cycle,
        "is_closed": cycle.closed_at is not None,
        "trail": [*LIST_TRAIL, (cycle.title, cycle.address)],
    }
    return render(request, "assessments/cycles/move_days.html", context, status=422 if form.errors or problem else 200)


@desk(Right.CYCLE_WRITE)
def cycle_days_off(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Days that an announcement made free, or made working days."""
    cycle = own_cycle(desk, code)
    form = DaysOffForm(request.POST or None)
    problem: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.add_days_off(
                cycle=cycle,
                off=given["off"],
                on=given["on"],
                reason=nfc(given["reason"]),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            problem = put(form, refused)
        else:
            messages.success(request, "Đã ghi. Các hạn được đếm lại theo lịch mới.")
            return redirect(cycle.address)
    context = {
        "form": form,
        "problem": problem,
        "cycle": cycle,
        "trail": [*LIST_TRAIL, (cycle.title, cycle.address)],
    }
    return render(request, "assessments/cycles/days_off.html", context, status=422 if form.errors or problem else 200)


def _seen(desk: Desk, code: str) -> tuple[Cycle, bool]:
    """A cycle that one runs, or that one's units are in; any other is not there."""
    mine = queries.runnable(desk.person, on=day_of(desk.at)).values("pk")
    seen = cycle_queries.cycles_of(desk.units).values("pk")
    found = Cycle.objects.filter(Q(pk__in=mine) | Q(pk__in=seen)).select_related("document", "unit")
    cycle = get_object_or_404(found, code=code)
    return cycle, Cycle.objects.filter(pk=cycle.pk, pk__in=mine).exists()


@desk(Right.ASSESSMENT_READ)
def cycle_page(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The calendar, the counts, the units in reach, the departments."""
    cycle, is_mine = _seen(desk, code)
    today = day_of(desk.at)
    edition = edition_of(cycle.framework, cycle.edition)
    everything = unit_rows(cycle, desk.units, on=today) if cycle.opened_at else []
    step = request.GET.get("buoc", ALL)
    known = {key for key, _, _ in cycle_queries.counts([])}
    step = step if step in known else ALL
    wanted = fold(request.GET.get("q", ""))
    rows = [r for r in everything if r.is_in(step) and (wanted in fold(r.name) or wanted == r.code)]
    if request.GET.get("tai") == "csv":
        return _units_csv(cycle, rows)
    query = request.GET.copy()
    query["tai"] = "csv"
    shape, word = _status(cycle, today)
    page = {
        "cycle": cycle,
        "edition": edition,
        "shape": shape,
        "word": word,
        "is_mine": is_mine,
        "is_draft": cycle.opened_at is None,
        "milestones": queries.milestones(queries.calendar_of(cycle), off=cycle.days_off, on=cycle.days_on, today=today),
        "table": listing(rows, request.GET, default="ten", sorts=SORTS),
        "total": len(everything),
        "csv": f"?{query.urlencode()}",
        "step": step,
        "tabs": [
            {"href": f"?buoc={key}", "label": label, "count": n, "current": key == step}
            for key, label, n in cycle_queries.counts(everything)
        ],
        "pairs": _pairs(cycle, edition),
        "conditions": [rules.write_condition(c) for c in cycle.conditions],
        "parts": queries.parts(cycle, edition),
        "can_see_figures": desk.person.has(Right.FIGURE_READ),
        "can_appraise": desk.person.has(Right.APPRAISAL_READ),
        "trail": LIST_TRAIL,
    }
    return render(request, "assessments/cycles/cycle.html", {"page": page})


SORTS = {
    "ten": lambda r: r.sort_key,
    "buoc": lambda r: (list(r.state.__class__).index(r.state), r.sort_key),
    "han": lambda r: (not r.is_with_unit, r.days_left, r.sort_key),
    "nghi": lambda r: (-r.doubts, r.sort_key),
}


def _units_csv(cycle: Cycle, rows: list[UnitRow]) -> HttpResponse:
    columns = ["ma", "ten", "buoc", "so_tiep_nhan", "nop_luc", "han", "gia_han", "con_ngay", "nguoi_tham_dinh"]
    return csv_answer(
        f"dot-{cycle.code}",
        columns,
        (
            [
                r.code,
                r.name,
                r.state.label,
                r.receipt,
                r.submitted_at.isoformat() if r.submitted_at else "",
                r.last,
                "có" if r.is_extended else "",
                r.days_left if r.is_with_unit else "",
                r.claimed_by,
            ]
            for r in rows
        ),
    )


def _pairs(cycle: Cycle, edition: Edition) -> list[tuple[str, str]]:
    share = "tổng số thành viên" if cycle.counts_absent else "số có mặt"
    document = cycle.document
    issued = f", {document.issuer}" if document else ""
    return [
        ("Khung", f"{edition.title} ({edition.edition})"),
        ("Kỳ số liệu", cycle.period),
        ("Văn bản", f"{document}{issued}" if document else "Chưa ghi"),
        ("Hội đồng họp khi", f"có mặt từ {_percent(cycle.quorum_share)} thành viên"),
        ("Công nhận khi", f"từ {_percent(cycle.pass_share)} phiếu đồng ý, tính trên {share}"),
        ("Kiến nghị trong", f"{cycle.appeal_days} ngày làm việc từ ngày kết luận"),
        ("Công nhận có hiệu lực", f"{cycle.valid_months} tháng"),
        ("Chữ ký số trên bản nộp", "Phải có" if cycle.requires_signature else "Không bắt buộc"),
    ]


def _percent(share: Any) -> str:
    return f"{float(share) * 100:g}%".replace(".", ",")
