"""The workbook at the desk: handed out, taken back."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from langso.assessments import blank, foreign, intake, layout, matching, queries, sheets, words, workbook
from langso.assessments.models import Assessment
from langso.files import actions as files
from langso.files.models import StoredFile
from langso.lib.number import write_number
from langso.lib.period import VIETNAM, day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.measures import queries as figures
from langso.measures.rules import Entry
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.units.queries import units_on


def _clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M}"


def _assessment(desk: Desk, pk: int, *, to_write: bool = False) -> Assessment:
    """Looking up within the desk's units is the permission check; who writes holds it until the transaction ends."""
    found = Assessment.objects.within(desk.units).select_related("unit")
    return get_object_or_404(found.select_for_update(of=("self",)) if to_write else found, pk=pk)


@desk(Right.FIGURE_READ)
def workbook_download(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    page = queries.assessment_page(_assessment(desk, pk), on=day_of(desk.at))
    known = figures.figures_of(page.assessment.unit, page.period)
    content = blank.make(page.edition, page.unit, page.period, known)
    return _download(content, f"{fold(page.unit.name).replace(' ', '-')}-{page.period.code}.xlsx")


def _download(content: bytes, name: str, content_type: str = sheets.TYPE) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@desk(Right.FIGURE_WRITE)
def workbook_upload(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """All or nothing: figures are written, or the same workbook comes back with its faulty cells marked.

    A table that is not ours is kept and goes on to the page where it is matched.
    """
    page = queries.assessment_page(_assessment(desk, pk, to_write=request.method == "POST"), on=day_of(desk.at))
    sent = request.FILES.get("tep")
    if request.method != "POST":
        return _upload_page(request, page)
    try:
        if sent is None:
            raise sheets.WorkbookEmpty()
        if (sent.size or 0) > sheets.LARGEST:
            raise sheets.WorkbookTooLarge(limit=sheets.LARGEST // 1024 // 1024)
        content = sent.read()
        if not workbook.marks_in(sheets.opened(content)):
            return _to_matching(page, content, sent.name or "bang.xlsx", desk)
        filled = workbook.read(content, page.edition, page.unit, page.period, today=day_of(desk.at))
        if not filled.entries and not filled.faults:
            raise sheets.WorkbookEmpty()
        changed = intake.changes(filled, page.edition, page.assessment.unit, page.period)
    except Refused as refused:
        return _upload_page(request, page, problem=refused.sentence)
    if filled.faults:
        return _marked(request, page, workbook.mark(content, filled.faults), filled, desk)
    _store(page, content, sent.name or "bang.xlsx", desk)
    return _write(request, page, filled, changed, desk)


def _to_matching(page: queries.AssessmentPage, content: bytes, name: str, desk: Desk) -> HttpResponse:
    """Refuses: NoTable, OtherPlace, OtherYear and all of `sheets.grids`, before anything is kept."""
    found = layout.survey(content, page.edition, page.period)
    neighbours = units_on(day_of(desk.at), level=page.unit.level, province_code=page.unit.province_code)
    intake.check_front(found, page.period, page.unit, [n.name for n in neighbours if n.id != page.unit.id])
    return redirect(f"{page.address}tep/{_store(page, content, name, desk).pk}/")


@desk(Right.FIGURE_WRITE)
def workbook_matching(request: HttpRequest, desk: Desk, pk: int, file: int) -> HttpResponse:
    """The commune's own table: what is guessed is shown, what is confirmed is read, and remembered."""
    page = queries.assessment_page(_assessment(desk, pk, to_write=request.method == "POST"), on=day_of(desk.at))
    stored = get_object_or_404(StoredFile.objects.within(desk.units), pk=file, unit=page.assessment.unit)
    content, posted = files.read(stored), {name: str(value) for name, value in request.POST.items()}
    try:
        found = _surveyed(content, page, posted.get("trang", request.GET.get("trang", "")))
    except Refused as refused:
        return _upload_page(request, page, problem=refused.sentence)
    kept = intake.remembered(found, page.edition.id, desk.units)
    recalled = intake.recall(found, kept)
    problem, mapping = "", recalled or found.guessed
    if posted:
        try:
            mapping = matching.mapped(found, posted)
            if "ghi" in posted and not mapping.rows:
                raise matching.NothingMatched()
        except Refused as refused:
            problem = refused.sentence
    filled = foreign.read(found, mapping, page.edition, page.period, today=day_of(desk.at))
    filled.bases = matching.bases(posted)
    if "ghi" in posted and not problem:
        changed = intake.changes(filled, page.edition, page.assessment.unit, page.period)
        if not filled.faults and not filled.entries:
            problem = sheets.WorkbookEmpty().sentence
        elif filled.faults:
            marked = workbook.mark(content, filled.faults, name=found.grid.name, notice=None)
            return _marked(request, page, marked, filled, desk)
        else:
            intake.remember(
                found,
                mapping,
                framework=page.edition.id,
                unit=page.assessment.unit,
                by=desk.person.person_id,
                at=desk.at,
            )
            return _write(request, page, filled, changed, desk)
    shown = matching.matching_page(
        found,
        mapping,
        filled,
        page,
        figures.figures_of(page.assessment.unit, page.period),
        is_remembered=recalled is not None and not posted,
        address=request.path,
    )
    context = {"page": page, "shown": words.of_assessment(page), "match": shown, "problem": problem, "kept": kept}
    return render(request, "assessments/matching.html", context, status=422 if problem else 200)


def _surveyed(content: bytes, page: queries.AssessmentPage, sheet: str) -> layout.Layout:
    """The table of the sheet asked for, by name or by its number among the visible ones; else the likeliest."""
    best = layout.survey(content, page.edition, page.period)
    if sheet not in best.sheets and sheet.isdecimal() and len(sheet) < 4 and int(sheet) < len(best.sheets):
        sheet = best.sheets[int(sheet)]
    if sheet in best.sheets and sheet != best.grid.name:
        return layout.survey(content, page.edition, page.period, sheet=sheet)
    return best


def _upload_page(request: HttpRequest, page: queries.AssessmentPage, **more: object) -> HttpResponse:
    context = {"page": page, "shown": words.of_assessment(page), **more}
    return render(request, "assessments/upload.html", context, status=422 if more else 200)


def _store(page: queries.AssessmentPage, content: bytes, name: str, desk: Desk) -> StoredFile:
    return files.store(
        content=content,
        name=name,
        content_type=sheets.TYPE,
        unit=page.assessment.unit,
        by=desk.person.person_id,
        at=desk.at,
    )


def _marked(
    request: HttpRequest, page: queries.AssessmentPage, marked: bytes, filled: workbook.Filled, desk: Desk
) -> HttpResponse:
    stored = _store(page, marked, f"o-sai-{page.period.code}.xlsx", desk)
    return _upload_page(
        request,
        page,
        faults=filled.faults,
        marked=f"/tep/{stored.pk}/",
        fault_title=f"Chưa nhập dòng nào. Có {len(filled.faults)} ô sai.",
    )


def _write(
    request: HttpRequest, page: queries.AssessmentPage, filled: workbook.Filled, changed: dict[str, Entry], desk: Desk
) -> HttpResponse:
    intake.write(
        changed,
        assessment=page.assessment,
        edition=page.edition,
        period=page.period,
        issuer=f"UBND {page.unit.name}",
        by=desk.person.person_id,
        at=desk.at,
    )
    read, wrote = write_number(len(filled.entries)), write_number(len(changed))
    messages.success(request, f"Đã đọc {read} số liệu trong tệp, ghi {wrote} số mới lúc {_clock(desk.at)}.")
    return redirect(page.address)


@desk(Right.FIGURE_READ)
def file_download(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    file = get_object_or_404(StoredFile.objects.within(desk.units).select_related("unit"), pk=pk)
    if file.needs and not desk.may(Right(file.needs), file.unit):
        raise Http404("Không có tệp này.")
    return _download(files.read(file), file.name, file.content_type)
