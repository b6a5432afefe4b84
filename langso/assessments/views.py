"""The desk of assessment: my work, the list, one assessment, its groups, its workbook, publishing."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from langso.assessments import actions, blank, queries, words, workbook
from langso.assessments.forms import GroupForm
from langso.assessments.judging import MAIN_FRAMEWORK, current_result, edition_of, editions_for
from langso.assessments.models import Assessment
from langso.files import actions as files
from langso.files.models import StoredFile
from langso.lib.number import write_number
from langso.lib.period import VIETNAM, Period, day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.measures import actions as measures
from langso.measures import queries as figures
from langso.measures import rules
from langso.measures.models import ReportedFigure
from langso.measures.queries import entry_of, key_of
from langso.measures.rules import Entry
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing


def _clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M}"


@desk(Right.ASSESSMENT_READ)
def my_work(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is to be done today, by the person's own units."""
    today = day_of(desk.at)
    period = Period.year(today.year)
    everywhere, roots = desk.person.roots(Right.ASSESSMENT_READ)
    own = queries.own_units(roots, on=today)
    # A province that only watches has no assessment of its own to do.
    mine = [u for u in own if u.level == "commune" or desk.person.has(Right.ASSESSMENT_WRITE)]
    tasks = queries.tasks(mine, period=period)
    page = {
        "today": today,
        "tasks": words.shown_tasks([t for t in tasks if words.is_asked(t)], desk.person, today),
        "others": words.shown_tasks([t for t in tasks if not words.is_asked(t)], desk.person, today),
        "wide": everywhere or any(u.level != "commune" for u in own),
        "places": own,
        "is_everywhere": everywhere,
        "can_see_figures": desk.person.has(Right.FIGURE_READ),
        "can_see_ledger": desk.person.has(Right.LEDGER_READ),
        "can_see_people": desk.person.has(Right.POST_READ),
    }
    return render(request, "assessments/my_work.html", {"page": page})


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
    found = Assessment.objects.within(desk.units).select_related("unit")
    return get_object_or_404(found.select_for_update(of=("self",)) if to_write else found, pk=pk)


@desk(Right.FIGURE_READ)
def assessment_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    page = queries.assessment_page(_assessment(desk, pk), on=day_of(desk.at))
    return render(
        request,
        "assessments/assessment.html",
        {"page": page, "shown": words.of_assessment(page), "can": words.Can.of(desk.person)},
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
    return saved


@desk(Right.FIGURE_WRITE)
def assessment_group(request: HttpRequest, desk: Desk, pk: int, group: str) -> HttpResponse:
    """One group on one page; saves what is right, keeps and names what is not."""
    assessment = _assessment(desk, pk, to_write=request.method == "POST")
    data = request.POST.dict() if request.method == "POST" else None
    form = _group_form(assessment, group, desk, {k: str(v) for k, v in data.items()} if data is not None else None)
    saved_line, kept = "", ""
    if data is not None:
        form.is_valid()
        _save(form, assessment, desk)
        if not form.errors:
            after = words.next_group(form.edition, group) if "tiep" in data else ""
            messages.success(request, f"Đã lưu lúc {_clock(desk.at)}.")
            return redirect(f"/danh-gia/{pk}/nhom/{after}/" if after else f"/danh-gia/{pk}/")
        saved_line = f"Chưa lưu {len(form.errors)} ô có lỗi. Phần còn lại đã lưu lúc {_clock(desk.at)}."
        kept = "Những ô khác đã lưu. Chữ đã ghi ở ô sai vẫn còn nguyên."
    page = queries.assessment_page(assessment, on=day_of(desk.at))
    shown = words.of_group(page, form, group)
    return render(
        request,
        "assessments/group.html",
        {"page": page, "form": form, "shown": shown, "saved_line": saved_line, "kept": kept},
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


@desk(Right.FIGURE_READ)
def workbook_download(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    page = queries.assessment_page(_assessment(desk, pk), on=day_of(desk.at))
    known = figures.figures_of(page.assessment.unit, page.period)
    content = blank.make(page.edition, page.unit, page.period, known)
    return _download(content, f"{fold(page.unit.name).replace(' ', '-')}-{page.period.code}.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=workbook.TYPE)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _changed(filled: workbook.Filled, page: queries.AssessmentPage) -> dict[str, Entry]:
    """What the workbook brings anew; a figure that moved on since it was downloaded becomes a fault."""
    unit, period = page.assessment.unit, page.period
    known = figures.figures_of(unit, period)
    earlier = figures.earlier_entries(unit, period, filled.bases.values())
    changed: dict[str, Entry] = {}
    for code, entry in filled.entries.items():
        now = known.get(key_of(page.edition, page.edition.fields[code]))
        stands = rules.standing(entry, base=earlier.get(filled.bases.get(code, ""), Entry()), now=entry_of(now))
        if stands == "overtaken" and now is not None:
            row, column = filled.places[code]
            filled.faults.append(workbook.Fault(row, column, words.moved_on(now, page.edition.fields[code])))
        elif stands != "same":
            changed[code] = entry
    return changed


@desk(Right.FIGURE_WRITE)
def workbook_upload(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """All or nothing: figures are written, or the same workbook comes back with its faulty cells marked."""
    page = queries.assessment_page(_assessment(desk, pk, to_write=request.method == "POST"), on=day_of(desk.at))
    context = {"page": page, "shown": words.of_assessment(page)}
    sent = request.FILES.get("tep")
    if request.method != "POST":
        return render(request, "assessments/upload.html", context)
    try:
        if sent is None:
            raise workbook.WorkbookEmpty()
        if (sent.size or 0) > workbook.LARGEST:
            raise workbook.WorkbookTooLarge(limit=workbook.LARGEST // 1024 // 1024)
        content = sent.read()
        filled = workbook.read(content, page.edition, page.unit, page.period, today=day_of(desk.at))
        if not filled.entries and not filled.faults:
            raise workbook.WorkbookEmpty()
        changed = _changed(filled, page)
    except Refused as refused:
        return render(request, "assessments/upload.html", {**context, "problem": refused.sentence}, status=422)
    store = partial(
        files.store, unit=page.assessment.unit, by=desk.person.person_id, at=desk.at, content_type=workbook.TYPE
    )
    if filled.faults:
        marked = store(content=workbook.mark(content, filled.faults), name=f"o-sai-{page.period.code}.xlsx")
        context |= {
            "faults": filled.faults,
            "marked": f"/tep/{marked.pk}/",
            "fault_title": f"Chưa nhập dòng nào. Có {len(filled.faults)} ô sai.",
        }
        return render(request, "assessments/upload.html", context, status=422)
    store(content=content, name=sent.name or "bang.xlsx")
    issuer = f"UBND {page.unit.name}"
    for code, entry in changed.items():
        measures.report_figure(
            unit=page.assessment.unit,
            measure=words.measure_of(page.edition, code),
            period=page.period,
            entry=entry,
            by=desk.person.person_id,
            at=desk.at,
            origin=ReportedFigure.Origin.WORKBOOK,
            issuer=issuer,
        )
    read, wrote = write_number(len(filled.entries)), write_number(len(changed))
    messages.success(request, f"Đã đọc {read} số liệu trong tệp, ghi {wrote} số mới lúc {_clock(desk.at)}.")
    return redirect(page.address)


@desk(Right.FIGURE_READ)
def file_download(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    file = get_object_or_404(StoredFile.objects.within(desk.units), pk=pk)
    return _download(files.read(file), file.name)


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
