"""Checking on the spot: drawing the sample so that anyone can draw it again, the visits, what was seen."""

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.appraisals import contesting, queries
from langso.appraisals.forms import DrawForm, VisitForm
from langso.appraisals.models import SampleDraw, SampleVisit
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.assessments.moving import current_submission
from langso.assessments.results import from_json
from langso.assessments.states import WITH_UNIT
from langso.cycles.models import Cycle
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer
from langso.units.queries import Named, named

TRAIL = [("Việc của tôi", "/viec-cua-toi/"), ("Thẩm định", "/tham-dinh/")]
LIST_TRAIL = [*TRAIL, ("Bốc mẫu kiểm tra", "/boc-mau/")]
SHAPES = {
    SampleVisit.Outcome.MATCHES: "met",
    SampleVisit.Outcome.DIFFERS: "look",
    SampleVisit.Outcome.NOT_SEEN: "unknown",
}


class NoProvince(Refused):
    says = "Đợt này do Bộ mở, nên từng tỉnh bốc mẫu trong đợt của mình. Chọn đợt do tỉnh mở."


def _cycles(desk: Desk) -> list[Cycle]:
    found = queries.cycles_in_reach(desk.units)
    return [c for c in found if c.is_running] + [c for c in found if not c.is_running]


def _handed_in(desk: Desk, cycle: Cycle) -> list[Assessment]:
    """What a sample is drawn from: files that have been handed in, within reach."""
    return list(Assessment.objects.within(desk.units).filter(cycle=cycle).exclude(state__in=WITH_UNIT))


@desk(Right.APPRAISAL_READ)
def draw_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    cycles = _cycles(desk)
    asked = request.GET.get("dot", "")
    cycle = next((c for c in cycles if c.code == asked), cycles[0] if cycles else None)
    return _draws(request, desk, cycles, cycle, DrawForm())


def _draws(
    request: HttpRequest,
    desk: Desk,
    cycles: list[Cycle],
    cycle: Cycle | None,
    form: DrawForm,
    *,
    problem: tuple[str, ...] = (),
) -> HttpResponse:
    draws = SampleDraw.objects.within(desk.units).filter(cycle=cycle).prefetch_related("visits").select_related("by")
    rows: list[dict[str, Any]] = [
        {"draw": d, "seen": sum(v.outcome != "" for v in d.visits.all())} for d in draws.order_by("-at") if cycle
    ]
    if request.GET.get("tai") == "csv":
        columns = ["so_gieo", "boc_luc", "so_xa", "boc_tu", "da_kiem_tra"]
        return csv_answer("boc-mau", columns, (_draw_row(r["draw"], r["seen"]) for r in rows))
    context = {
        "cycle": cycle,
        "cycles": cycles,
        "rows": rows,
        "there": len(_handed_in(desk, cycle)) if cycle else 0,
        "can_draw": desk.person.has(Right.APPRAISAL_WRITE) and cycle is not None and cycle.is_running,
        "form": form,
        "problem": problem,
        "trail": TRAIL,
    }
    return render(request, "appraisals/draws.html", context, status=422 if problem or form.errors else 200)


def _draw_row(draw: SampleDraw, seen: int) -> list[Any]:
    return [draw.seed, draw.at.isoformat(), draw.size, len(draw.drawn_from), seen]


@require_POST
@desk(Right.APPRAISAL_WRITE)
def draw(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Draw; the same seed over the same list leads to the draw there is."""
    cycles = _cycles(desk)
    cycle = next((c for c in cycles if c.code == request.POST.get("dot", "")), None)
    form = DrawForm(request.POST)
    if cycle is None or not form.is_valid():
        return _draws(request, desk, cycles, cycle, form)
    try:
        if cycle.unit_id is None:
            raise NoProvince()
        made = contesting.draw_sample(
            cycle=cycle,
            files=_handed_in(desk, cycle),
            unit=cycle.unit_id,
            seed=nfc(form.cleaned_data["seed"]),
            size=form.cleaned_data["size"],
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        if refused.field not in form.fields:
            return _draws(request, desk, cycles, cycle, form, problem=(refused.sentence,))
        form.add_error(refused.field, refused.sentence)
        return _draws(request, desk, cycles, cycle, form)
    return redirect(f"/boc-mau/{made.pk}/")


def _names(draw: SampleDraw, desk: Desk) -> dict[int, Named]:
    today = day_of(desk.at)
    return {u: n for (u, _), n in named([(u, today) for u in draw.drawn_from]).items()}


@desk(Right.APPRAISAL_READ)
def draw_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The communes drawn, and how anyone can draw them again."""
    found = get_object_or_404(SampleDraw.objects.within(desk.units).select_related("cycle", "by"), pk=pk)
    names = _names(found, desk)
    visits = list(found.visits.select_related("by").order_by("place"))
    rows = [
        {
            "visit": v,
            "name": names[v.unit_id].name if v.unit_id in names else "Đơn vị cũ",
            "shape": SHAPES[SampleVisit.Outcome(v.outcome)] if v.outcome else "unknown",
            "word": v.get_outcome_display() if v.outcome else "Chưa kiểm tra",
        }
        for v in visits
    ]
    tai = request.GET.get("tai")
    if tai == "csv":
        columns = ["thu_tu", "xa", "ket_qua", "ngay_kiem_tra", "khac_o", "ghi_chu"]
        return csv_answer("kiem-tra", columns, (_visit_row(r) for r in rows))
    if tai == "danh-sach":
        return _drawn_from(found, names, {v.unit_id: v.place for v in visits})
    context = {"draw": found, "rows": rows, "from": len(found.drawn_from), "trail": LIST_TRAIL}
    return render(request, "appraisals/draw.html", context)


def _visit_row(row: dict[str, Any]) -> list[Any]:
    v = row["visit"]
    differs = ", ".join(f["criterion"] for f in v.findings if f["outcome"] == "differs")
    return [v.place, row["name"], row["word"], v.visited_on, differs, v.note]


def _drawn_from(draw: SampleDraw, names: dict[int, Named], places: dict[int, int]) -> HttpResponse:
    """The whole list with the number by which it was ordered: with the seed, all that is needed to check."""
    marks = {u: sha256(f"{draw.seed}|{u}".encode()).hexdigest() for u in draw.drawn_from}
    ordered = sorted(draw.drawn_from, key=lambda u: marks[u])
    return csv_answer(
        "danh-sach-boc",
        ["so_don_vi", "ma", "ten", "sha256_cua_so_gieo_va_so_don_vi", "thu_tu_boc"],
        (
            [u, names[u].code if u in names else "", names[u].name if u in names else "", marks[u], places.get(u, "")]
            for u in ordered
        ),
    )


def _visit(desk: Desk, pk: int) -> SampleVisit:
    found = SampleVisit.objects.within(desk.units).select_related("draw__cycle", "assessment", "unit", "by")
    return get_object_or_404(found, pk=pk)


@desk(Right.APPRAISAL_READ)
def visit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What was seen, criterion by criterion."""
    one = _visit(desk, pk)
    may_write = desk.may(Right.APPRAISAL_WRITE, one.unit)
    edition = edition_of(one.assessment.framework, one.assessment.edition)
    initial: dict[str, Any] = {"visited_on": one.visited_on, "note": one.note}
    initial |= {f"tc-{f['criterion']}": f["outcome"] for f in one.findings}
    form = VisitForm([(c.code, c.name) for c in edition.criteria], request.POST or None, initial=initial)
    problem: tuple[str, ...] = ()
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied(Right.APPRAISAL_WRITE.label)
        if form.is_valid():
            try:
                contesting.record_visit(
                    visit=one,
                    visited_on=form.cleaned_data["visited_on"],
                    findings=form.findings(),
                    note=nfc(form.cleaned_data["note"]),
                    by=desk.person.person_id,
                    at=desk.at,
                )
            except Refused as refused:
                if refused.field in form.fields:
                    form.add_error(refused.field, refused.sentence)
                else:
                    problem = (refused.sentence,)
            else:
                messages.success(request, "Đã ghi kết quả kiểm tra. Ghi lại được, nhật ký giữ cả lần trước.")
                return redirect(f"/boc-mau/{one.draw_id}/")
    context = {
        "visit": one,
        "form": form,
        "problem": problem,
        "may_write": may_write,
        "file_href": f"/tham-dinh/{one.assessment_id}/",
        "name": _name(one, desk),
        "word": one.get_outcome_display() if one.outcome else "Chưa kiểm tra",
        "trail": [*LIST_TRAIL, (f"Lần bốc {one.draw_id}", f"/boc-mau/{one.draw_id}/")],
    }
    return render(request, "appraisals/visit.html", context, status=422 if form.errors or problem else 200)


def _name(visit: SampleVisit, desk: Desk) -> str:
    today = day_of(desk.at)
    found = named([(visit.unit_id, today)]).get((visit.unit_id, today))
    return found.name if found else "Đơn vị cũ"


@desk(Right.APPRAISAL_READ)
def sheet(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One page of A4 for the road: what the unit claimed, and room to write."""
    one = _visit(desk, pk)
    edition = edition_of(one.assessment.framework, one.assessment.edition)
    submission = current_submission(one.assessment)
    claimed = from_json(submission.result).rows if submission else {}
    cited: dict[str, int] = {}
    for piece in submission.evidence if submission else []:
        cited[piece["criterion"]] = cited.get(piece["criterion"], 0) + 1
    context = {
        "visit": one,
        "name": _name(one, desk),
        "submission": submission,
        "rows": [
            {
                "code": c.code,
                "name": c.name,
                "value": claimed[c.code].value if c.code in claimed else "",
                "evidence": cited.get(c.code, 0),
            }
            for c in edition.criteria
        ],
        "trail": [*LIST_TRAIL, (f"Lần bốc {one.draw_id}", f"/boc-mau/{one.draw_id}/")],
    }
    return render(request, "appraisals/sheet.html", context)
