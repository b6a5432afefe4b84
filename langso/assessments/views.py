"""The desk of assessment: the list, one assessment, its groups, its workbook, publishing."""

from dataclasses import replace
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from langso.assessments import actions, presence, queries, words
from langso.assessments.forms import GroupForm
from langso.assessments.judging import MAIN_FRAMEWORK, current_result, edition_of, editions_for
from langso.assessments.models import Assessment
from langso.assessments.moving import begin
from langso.lib.period import VIETNAM, Period, day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.measures import actions as measures
from langso.measures import queries as figures
from langso.measures import rules
from langso.measures.models import ReportedFigure
from langso.measures.queries import entry_of
from langso.measures.rules import Entry
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing
from langso.units.models import Level, Unit


def _clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M}"


def can_import(desk: Desk) -> bool:
    """Whether the person takes in the files of many communes: who may write figures for a whole province."""
    everywhere, roots = desk.person.roots(Right.FIGURE_WRITE)
    return everywhere or Unit.objects.filter(pk__in=roots, level=Level.PROVINCE).exists()


@desk(Right.ASSESSMENT_READ)
def assessment_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every unit in reach with its state; searched, sorted, paged, as CSV."""
    today = day_of(desk.at)
    editions = editions_for("commune")
    asked = request.GET.get("khung", MAIN_FRAMEWORK)
    edition = next((e for e in editions if e.id == asked), None) or edition_of(MAIN_FRAMEWORK)
    try:
        period = Period.parse(request.GET.get("ky", "") or str(today.year))
    except Refused:
        period = Period.year(today.year)
    wanted = fold(request.GET.get("q", ""))
    rows = [
        line
        for line in queries.lines(desk.units, edition, period, on=today)
        if wanted in fold(line.name) or wanted in fold(line.province)
    ]
    if request.GET.get("tai") == "csv":
        return csv_answer(
            "danh-gia",
            ["ma", "ten", "tinh", "trang_thai", "muc", "con_thieu", "da_nhap", "cong_bo_luc"],
            (
                [r.code, r.name, r.province, r.word, r.level, r.missing_count, r.filled, r.published_at or ""]
                for r in sorted(rows, key=lambda r: r.sort_key)
            ),
        )
    table = listing(
        rows,
        request.GET,
        default="ten",
        sorts={
            "ten": lambda r: r.sort_key,
            "tinh": lambda r: (r.province, r.sort_key),
            "muc": lambda r: (-2 if not r.published_at else -1 if r.level is None else r.level, r.sort_key),
            "thieu": lambda r: (r.missing_count if r.missing_count is not None else 999, r.sort_key),
            "nhap": lambda r: (r.filled, r.sort_key),
        },
    )
    query = request.GET.copy()
    query["tai"] = "csv"
    page = {
        "table": table,
        "edition": edition,
        "editions": editions,
        "period": period,
        "asked": len(edition.fields),
        "can_see_figures": desk.person.has(Right.FIGURE_READ),
        "can_import": can_import(desk),
        "csv": f"?{query.urlencode()}",
        "trail": [("Việc của tôi", "/viec-cua-toi/")],
    }
    return render(request, "assessments/list.html", {"page": page})


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def assessment_open(request: HttpRequest, desk: Desk) -> HttpResponse:
    unit = get_object_or_404(desk.units, pk=_number(request.POST.get("unit", "")))
    assessment = actions.open_assessment(
        unit=unit,
        framework=request.POST.get("framework", ""),
        period=Period.parse(request.POST.get("period", "")),
        by=desk.person.person_id,
        at=desk.at,
    )
    return redirect(f"/danh-gia/{assessment.pk}/")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise Http404("Không có đơn vị này.")
    return int(text)


def _assessment(desk: Desk, pk: int, *, to_write: bool = False) -> Assessment:
    """Looking up within the desk's units is the permission check.

    Who writes holds the assessment until her transaction ends: the next one then reads what she has written.
    """
    found = Assessment.objects.within(desk.units).select_related("unit", "cycle")
    return get_object_or_404(found.select_for_update(of=("self",)) if to_write else found, pk=pk)


@desk(Right.FIGURE_READ)
def assessment_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    page = queries.assessment_page(_assessment(desk, pk), on=day_of(desk.at))
    return render(
        request,
        "assessments/assessment.html",
        {
            "page": page,
            "shown": words.of_assessment(page) | words.of_cycle(page, desk.person, day_of(desk.at)),
            "can": words.Can.of(desk.person),
        },
    )


def _group_form(assessment: Assessment, group: str, desk: Desk, data: dict[str, str] | None = None) -> GroupForm:
    edition = edition_of(assessment.framework, assessment.edition)
    if group not in {g.code for g in edition.groups}:
        raise Http404("Khung này không có nhóm ấy.")
    period = Period.parse(assessment.period)
    return GroupForm(
        edition, group, figures.figures_of(assessment.unit, period), period, today=day_of(desk.at), data=data
    )


def _save(form: GroupForm, assessment: Assessment, desk: Desk) -> dict[str, ReportedFigure | None]:
    """Write the entries that are right and not overtaken by someone else; faults go onto the form."""
    period = Period.parse(assessment.period)
    issuer = f"UBND {words.unit_name(assessment, day_of(desk.at))}"
    saved: dict[str, ReportedFigure | None] = {}
    earlier = figures.earlier_entries(assessment.unit, period, (form.base(code) for code in form.entries))
    for code, entry in form.entries.items():
        now, base = form.figures[code], earlier.get(form.base(code), Entry())
        entry = replace(entry, note=base.note)  # the form has no room for the note of a workbook: it stays
        stands = rules.standing(entry, base=base, now=entry_of(now))
        if stands == "same":
            saved[code] = now
            continue
        if stands == "overtaken" and now is not None and now.reported_by_id != desk.person.person_id:
            form.add_error(words.first_name(form, code), words.overtaken(now, form.asked[code]))
            form.data[f"{code}-goc"] = str(now.pk)  # type: ignore[index]  # the next save is made knowing it
            continue
        with transaction.atomic():
            saved[code] = measures.report_figure(
                unit=assessment.unit,
                measure=form.measure(code),
                period=period,
                entry=entry,
                by=desk.person.person_id,
                at=desk.at,
                issuer=issuer,
            )
    if saved:
        begin(assessment, by=desk.person.person_id, at=desk.at)
    return saved


@desk(Right.FIGURE_WRITE)
def assessment_group(request: HttpRequest, desk: Desk, pk: int, group: str) -> HttpResponse:
    """One group on one page; saves what is right, keeps and names what is not."""
    assessment = _assessment(desk, pk, to_write=request.method == "POST")
    data = {k: str(v) for k, v in request.POST.items()} if request.method == "POST" else None
    beside = queries.beside(assessment, on=day_of(desk.at))
    if data is not None and "lay" in data:
        data |= words.taken_over(data["lay"], beside, edition_of(assessment.framework, assessment.edition).fields)
    form = _group_form(assessment, group, desk, data)
    presence.note(assessment, group, person=desk.person.person_id, at=desk.at)
    saved_line, kept = "", ""
    if data is not None:
        form.is_valid()
        _save(form, assessment, desk)
        if not form.errors and "lay" in data:
            messages.success(request, f"Đã điền và lưu lúc {_clock(desk.at)}. Xem lại rồi xác nhận.")
            return redirect(f"/danh-gia/{pk}/nhom/{group}/#{data['lay'].partition(':')[2]}")
        if not form.errors:
            after = words.next_group(form.edition, group) if "tiep" in data else ""
            messages.success(request, f"Đã lưu lúc {_clock(desk.at)}.")
            return redirect(f"/danh-gia/{pk}/nhom/{after}/" if after else f"/danh-gia/{pk}/")
        saved_line = f"Chưa lưu {len(form.errors)} ô có lỗi. Phần còn lại đã lưu lúc {_clock(desk.at)}."
        kept = "Những ô khác đã lưu. Chữ đã ghi ở ô sai vẫn còn nguyên."
    known = form.known if data is None else None  # what was saved just now is read anew
    page = queries.assessment_page(assessment, on=day_of(desk.at), figures=known)
    shown = words.of_group(page, form, group, beside)
    others = presence.others(assessment, person=desk.person.person_id, at=desk.at)
    return render(
        request,
        "assessments/group.html",
        {
            "page": page,
            "form": form,
            "shown": shown,
            "saved_line": saved_line,
            "kept": kept,
            "here": words.who_is_here(others, group, page.edition),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@desk(Right.FIGURE_WRITE)
def group_autosave(request: HttpRequest, desk: Desk, pk: int, group: str) -> HttpResponse:
    """What changed since the last answer; answered field by field."""
    assessment = _assessment(desk, pk, to_write=True)
    form = _group_form(assessment, group, desk, {k: str(v) for k, v in request.POST.items()})
    form.is_valid()
    saved = _save(form, assessment, desk)
    presence.note(assessment, group, person=desk.person.person_id, at=desk.at)
    result = current_result(form.edition, assessment.unit, Period.parse(assessment.period))
    rows = result.rows
    return JsonResponse(
        {
            "saved_at": _clock(timezone.now()),
            "errors": {name: " ".join(map(str, errors)) for name, errors in form.errors.items()},
            "results": {code: words.result_line(rows[code]) for code in saved if code in rows},
            "bases": {f"{code}-goc": str(f.pk) if f else "" for code, f in saved.items()}
            | {
                name: str(form.data[name])
                for code in form.touched
                if (name := f"{code}-goc") in form.data and code not in saved
            },
        }
    )


@desk(Right.ASSESSMENT_PUBLISH)
def assessment_publish(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One question, then done."""
    assessment = _assessment(desk, pk)
    page = queries.assessment_page(assessment, on=day_of(desk.at))
    if request.method == "POST":
        actions.publish(assessment=assessment, by=desk.person.person_id, at=desk.at)
        messages.success(request, "Đã công bố. Trang của xã có kết quả mới.")
        return redirect(page.unit.address if not page.unit.ended_on else page.address)
    return render(request, "assessments/publish.html", {"page": page, "shown": words.of_assessment(page)})
