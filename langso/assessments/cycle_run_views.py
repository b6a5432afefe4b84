"""Running a cycle: opening, closing, extending, who verifies what."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from langso.assessments import cycle_queries, moving
from langso.assessments.cycle_queries import unit_rows
from langso.assessments.cycle_views import LIST_TRAIL, own_cycle, put
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.assessments.states import WITH_UNIT
from langso.cycles import actions, queries, rules
from langso.cycles.forms import DepartmentForm, PartForm
from langso.cycles.models import Cycle, Department
from langso.lib.period import day_of, read_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer
from langso.units.models import Unit


class NoUnitChosen(Refused):
    says = "Chưa chọn đơn vị nào. Chọn ít nhất một đơn vị."


@desk(Right.CYCLE_WRITE)
def cycle_open(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One question: for which units?"""
    cycle = own_cycle(desk, code)
    if cycle.opened_at is not None:
        return redirect(cycle.address)
    there = cycle_queries.candidates(cycle, on=day_of(desk.at))
    free = {c.unit for c in there if not c.taken}
    starts_empty = "trong" in request.GET
    chosen, problem = set[int]() if starts_empty else free, tuple[str, ...]()
    if request.method == "POST":
        posted = {int(pk) for pk in request.POST.getlist("unit") if pk.isdecimal() and len(pk) < 15}
        chosen = posted & free
        try:
            if not chosen:
                raise NoUnitChosen()
            count = moving.open_cycle(cycle, chosen, by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            problem = (refused.sentence,)
        else:
            messages.success(request, f"Đã mở đợt cho {count} đơn vị. Mỗi đơn vị có một bản tự đánh giá và được báo.")
            return redirect(cycle.address)
    context = {
        "cycle": cycle,
        "there": there,
        "chosen": chosen,
        "free": len(free),
        "starts_empty": starts_empty,
        "problem": problem,
        "trail": [*LIST_TRAIL, (cycle.title, cycle.address)],
    }
    return render(request, "assessments/cycles/open.html", context, status=422 if problem else 200)


@desk(Right.CYCLE_WRITE)
def cycle_close(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One question: freeze it for good?"""
    cycle = own_cycle(desk, code)
    rows = unit_rows(cycle, desk.units, on=day_of(desk.at))
    problem: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            moving.close_cycle(cycle, by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            problem = (refused.sentence,)
        else:
            messages.success(request, "Đã khóa đợt. Kết quả giữ nguyên từ đây.")
            return redirect(cycle.address)
    context = {
        "cycle": cycle,
        "never": sum(r.is_with_unit for r in rows),
        "total": len(rows),
        "problem": problem,
        "trail": [*LIST_TRAIL, (cycle.title, cycle.address)],
    }
    return render(request, "assessments/cycles/close.html", context, status=422 if problem else 200)


@desk(Right.CYCLE_WRITE)
def cycle_extend(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """More days for one unit or several, with the reason; all of them, or none."""
    cycle = own_cycle(desk, code)
    rows = [r for r in unit_rows(cycle, desk.units, on=day_of(desk.at)) if r.state in WITH_UNIT]
    asked = {int(pk) for pk in _posted(request).getlist("ho-so") if pk.isdecimal() and len(pk) < 15}
    until, reason, problem = request.POST.get("until", ""), nfc(request.POST.get("reason", "")), tuple[str, ...]()
    if request.method == "POST":
        try:
            count = _extend(desk, _files(desk, cycle, asked & {r.file for r in rows}), until, reason[:1000])
        except Refused as refused:
            problem = (refused.sentence,)
        else:
            messages.success(request, f"Đã gia hạn cho {count} đơn vị. Đơn vị được báo, kèm lý do.")
            return redirect(f"{cycle.address}?buoc=gia-han")
    context = {
        "cycle": cycle,
        "rows": rows,
        "asked": asked,
        "until": until,
        "reason": reason,
        "problem": problem,
        "trail": [*LIST_TRAIL, (cycle.title, cycle.address)],
    }
    return render(request, "assessments/cycles/extend.html", context, status=422 if problem else 200)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else request.GET


def _files(desk: Desk, cycle: Cycle, asked: set[int]) -> QuerySet[Assessment]:
    return Assessment.objects.within(desk.units).filter(cycle=cycle, pk__in=asked).order_by("pk")


@transaction.atomic
def _extend(desk: Desk, files: QuerySet[Assessment], until: str, reason: str) -> int:
    """Refuses: NoUnitChosen, NotADay, DayOff, and what `extend` refuses; then none is extended."""
    found = list(files)
    if not found:
        raise NoUnitChosen()
    day = read_day(until)
    for file in found:
        assert file.cycle is not None
        rules.check_workday("Ngày gia hạn", day, off=file.cycle.days_off, on=file.cycle.days_on)
        moving.extend(file, until=day, reason=reason, by=desk.person.person_id, at=desk.at)
    return len(found)


def _province(cycle: Cycle) -> Unit:
    if cycle.unit is None:
        raise Http404("Đợt của Bộ không giao phần cho sở, ngành của tỉnh.")
    return cycle.unit


@desk(Right.CYCLE_WRITE)
def departments(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Which sở, ngành verify what."""
    cycle = own_cycle(desk, code)
    province = _province(cycle)
    edition = edition_of(cycle.framework, cycle.edition)
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_department(
                unit=province, name=form.cleaned_data["name"], by=desk.person.person_id, at=desk.at
            )
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            return redirect(f"{cycle.address}so-nganh/{made.pk}/")
    shown = queries.parts(cycle, edition)
    if request.GET.get("tai") == "csv":
        rows = ([p.department.name, "; ".join(p.members), ", ".join(p.criteria)] for p in shown)
        return csv_answer("so-nganh", ["so_nganh", "nguoi_xac_minh", "tieu_chi"], rows)
    given = {code for part in shown for code in part.criteria}
    context = {
        "cycle": cycle,
        "parts": shown,
        "form": form,
        "left": [f"{c.code}. {c.name}" for c in edition.criteria if c.code not in given],
        "trail": [*LIST_TRAIL, (cycle.title, cycle.address)],
    }
    return render(request, "assessments/cycles/departments.html", context, status=422 if form.errors else 200)


@desk(Right.CYCLE_WRITE)
def department(request: HttpRequest, desk: Desk, code: str, pk: int) -> HttpResponse:
    """One department: its people, and its criteria in this cycle."""
    cycle = own_cycle(desk, code)
    found = get_object_or_404(Department.objects.filter(unit=_province(cycle)), pk=pk)
    part = cycle.parts.filter(department=found).first()
    form = PartForm(
        actions.verifiers(found.unit, on=day_of(desk.at)),
        edition_of(cycle.framework, cycle.edition),
        initial={
            "members": [str(p) for p in found.members.values_list("pk", flat=True)],
            "criteria": part.criteria if part else [],
        },
        data=request.POST or None,
    )
    problem: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _staff(desk, cycle, found, form)
        except Refused as refused:
            problem = put(form, refused)
        else:
            messages.success(request, f"Đã ghi phần của {found}.")
            return redirect(f"{cycle.address}so-nganh/")
    context = {
        "cycle": cycle,
        "department": found,
        "form": form,
        "problem": problem,
        "trail": [*LIST_TRAIL, (cycle.title, cycle.address), ("Sở, ngành", f"{cycle.address}so-nganh/")],
    }
    return render(request, "assessments/cycles/department.html", context, status=422 if form.errors or problem else 200)


@transaction.atomic
def _staff(desk: Desk, cycle: Cycle, found: Department, form: PartForm) -> None:
    me = desk.person.person_id
    people = [int(p) for p in form.cleaned_data["members"]]
    actions.set_members(department=found, people=people, by=me, at=desk.at)
    actions.set_part(cycle=cycle, department=found, criteria=form.cleaned_data["criteria"], by=me, at=desk.at)
