"""The unit's side of its appraisal: what was found and why, the thread, contesting a verdict."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.appraisals import actions, contesting, queries, rules, words
from langso.appraisals.forms import AppealForm, MessageForm
from langso.appraisals.models import Verdict
from langso.appraisals.queries import CriterionPage, FilePage, Line
from langso.assessments.models import Assessment
from langso.assessments.states import State
from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer

# While it is being appraised, a verdict may still change: the unit is told when the file comes back, or is concluded.
NOT_TOLD_YET = (State.SUBMITTED, State.APPRAISING)
CONTESTED_IN = (State.APPRAISED, State.IN_COUNCIL, State.NOT_RECOGNISED)


def _file(desk: Desk, pk: int) -> FilePage:
    """Looking up within the desk's units is the permission check; what was never handed in is not appraised."""
    found = Assessment.objects.within(desk.units).select_related("unit", "cycle", "claimed_by")
    page = queries.file_page(get_object_or_404(found, pk=pk), on=day_of(desk.at))
    if page is None:
        raise Http404("Bản này chưa nộp nên chưa có kết luận.")
    return page


def _address(page: FilePage) -> str:
    return f"{page.assessment.address}tham-dinh/"


def _trail(page: FilePage) -> list[tuple[str, str]]:
    return [("Việc của tôi", "/viec-cua-toi/"), (page.unit.name, page.assessment.address)]


def last_day_to_appeal(page: FilePage) -> date | None:
    """Until when the unit may contest; None before a conclusion."""
    if page.conclusion is None or page.assessment.state not in CONTESTED_IN:
        return None
    cycle = page.cycle
    return rules.appeal_until(day_of(page.conclusion.at), cycle.appeal_days, off=cycle.days_off, on=cycle.days_on)


def _shown(page: FilePage, line: Line) -> dict[str, object]:
    """A criterion as the unit reads it: its claim, the verdict, the value after it."""
    verdict = line.verdict
    found = page.found.rows.get(line.criterion.code)
    after = found.value if found else "Không áp dụng"
    return {
        "line": line,
        "shape": words.SHAPES[Verdict.Kind(verdict.kind)] if verdict else "",
        "verdict": words.verdict_words(verdict, page.edition.fields) if verdict else "",
        "after": after or "Chưa có số liệu",
        "is_changed": verdict is not None and verdict.kind in (Verdict.Kind.CORRECTED, Verdict.Kind.NOT_APPLICABLE),
    }


@desk(Right.FIGURE_READ)
def unit_file(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Verdict by verdict with its reason, and what changed between claim and conclusion."""
    page = _file(desk, pk)
    state = State(page.assessment.state)
    is_told = state not in NOT_TOLD_YET
    shown = [_shown(page, line) for line in page.lines] if is_told else []
    if request.GET.get("tai") == "csv":
        return _unit_csv(page, shown)
    names = {g.code: g.name for g in page.edition.groups}
    groups: dict[str, list[dict[str, object]]] = {}
    for row, line in zip(shown, page.lines, strict=False):
        groups.setdefault(names[line.criterion.group], []).append(row)
    last = last_day_to_appeal(page)
    context = {
        "page": page,
        "state": state,
        "is_told": is_told,
        "groups": groups,
        "changed": [row for row in shown if row["is_changed"]],
        "returned": page.returned if is_told else (),
        "talk": [line for line in page.lines if line.messages],
        "claimed_words": words.level_words(page.claimed),
        "found_words": words.level_words(page.found),
        "last": last,
        "is_open": last is not None and day_of(desk.at) <= last,
        "address": _address(page),
        "appeals": list(queries.appeals_in_reach(desk.units).filter(assessment=page.assessment).order_by("at")),
        "trail": _trail(page),
    }
    return render(request, "appraisals/unit_file.html", context)


def _unit_csv(page: FilePage, shown: list[dict[str, object]]) -> HttpResponse:
    """Criterion by criterion; nothing while nothing may be told."""
    columns = ["tieu_chi", "ten", "xa_khai", "ket_luan", "sau_tham_dinh", "ly_do"]
    lines = zip(page.lines, shown, strict=False)
    return csv_answer(
        f"ket-luan-{page.assessment.pk}",
        columns,
        (
            [x.criterion.code, x.criterion.name, x.row.value, r["verdict"], r["after"], x.verdict and x.verdict.reason]
            for x, r in lines
        ),
    )


def _criterion(desk: Desk, page: FilePage, code: str) -> CriterionPage:
    found = queries.criterion_page(page, code, units=desk.units)
    if found is None:
        raise Http404("Khung này không có tiêu chí ấy.")
    return found


@desk(Right.FIGURE_READ)
def unit_criterion(request: HttpRequest, desk: Desk, pk: int, code: str) -> HttpResponse:
    return _criterion_answer(request, desk, _file(desk, pk), code)


def _criterion_answer(
    request: HttpRequest, desk: Desk, page: FilePage, code: str, *, form: AppealForm | None = None, problem: str = ""
) -> HttpResponse:
    one = _criterion(desk, page, code)
    is_told = page.assessment.state not in NOT_TOLD_YET
    last = last_day_to_appeal(page)
    verdict = one.line.verdict if is_told else None
    is_open = any(a.answered_at is None for a in one.appeals)
    contestable = last is not None and verdict is not None and verdict.kind != Verdict.Kind.ACCEPTED and not is_open
    context = {
        "page": page,
        "one": one,
        "shown": _shown(page, one.line),
        "is_told": is_told,
        "has_verdict": verdict is not None,
        "fields": [{"field": f, "columns": words.columns(one, f)} for f in one.fields],
        "last": last,
        "is_late": last is not None and day_of(desk.at) > last,
        "can_appeal": contestable and desk.person.has(Right.APPEAL_WRITE),
        "can_write": desk.person.has(Right.ASSESSMENT_WRITE) and page.cycle.is_running,
        "form": form or AppealForm(),
        "message_form": MessageForm(),
        "problem": (problem,) if problem else (),
        "state": State(page.assessment.state),
        "trail": [*_trail(page), ("Kết luận thẩm định", _address(page))],
    }
    is_wrong = bool(problem) or (form is not None and bool(form.errors))
    return render(request, "appraisals/unit_criterion.html", context, status=422 if is_wrong else 200)


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def unit_message(request: HttpRequest, desk: Desk, pk: int, code: str) -> HttpResponse:
    page = _file(desk, pk)
    _criterion(desk, page, code)
    try:
        actions.write_message(
            assessment=page.assessment,
            criterion=code,
            text=nfc(request.POST.get("text", "")),
            from_unit=True,
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        return _criterion_answer(request, desk, page, code, problem=refused.sentence)
    return redirect(f"{_address(page)}{code}/#trao-doi")


@require_POST
@desk(Right.APPEAL_WRITE)
def unit_appeal(request: HttpRequest, desk: Desk, pk: int, code: str) -> HttpResponse:
    page = _file(desk, pk)
    _criterion(desk, page, code)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _criterion_answer(request, desk, page, code, form=form)
    try:
        made = contesting.appeal(
            assessment=page.assessment,
            criterion=code,
            text=nfc(form.cleaned_data["text"]),
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        return _criterion_answer(request, desk, page, code, form=form, problem=refused.sentence)
    messages.success(request, f"Đã gửi kiến nghị. Sở trả lời đến hết ngày {write_day(made.answer_by)}.")
    return redirect(f"/kien-nghi/{made.pk}/")
