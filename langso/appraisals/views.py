"""The appraiser's desk: the queue, one file, one criterion, concluding."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.appraisals import actions, part_queries, queries, rules, words
from langso.appraisals.forms import MessageForm, VerdictForm
from langso.appraisals.models import Verdict
from langso.appraisals.queries import CriterionPage, FilePage, Waiting
from langso.assessments import moving
from langso.assessments.models import Assessment
from langso.assessments.states import State
from langso.cycles.models import Cycle, Department
from langso.lib.period import Period, day_of, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.models import Person
from langso.people.permits import holders
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing

STEPS = {
    "cho": ("Chờ nhận", (State.SUBMITTED,)),
    "toi": ("Của tôi", (State.APPRAISING,)),
    "tra": ("Đang ở xã", (State.NOT_STARTED, State.DRAFTING, State.TO_SIGN, State.RETURNED)),
    "xong": (
        "Đã thẩm định",
        (State.APPRAISED, State.IN_COUNCIL, State.RECOGNISED, State.NOT_RECOGNISED, State.REVOKED),
    ),
    "tat-ca": ("Tất cả", tuple(State)),
}


def _cycle(request: HttpRequest, cycles: list[Cycle]) -> Cycle | None:
    asked = request.GET.get("dot", "")
    return next((c for c in cycles if c.code == asked), cycles[0] if cycles else None)


@desk(Right.APPRAISAL_READ)
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Files of a cycle, doubt first, then deadline."""
    today = day_of(desk.at)
    cycles = queries.cycles_in_reach(desk.units)
    running = [c for c in cycles if c.is_running]
    running.sort(key=lambda c: c.appraise_by)  # the nearest deadline first
    cycle = _cycle(request, running + [c for c in cycles if not c.is_running])
    if cycle is None:
        return render(request, "appraisals/queue.html", {"page": {"cycle": None, "trail": _trail()}})
    everything = queries.queue(cycle, desk.units, person=desk.person.person_id, on=today)
    step = request.GET.get("buoc", "cho")
    step = step if step in STEPS else "cho"
    wanted = fold(request.GET.get("q", ""))
    rows = [r for r in everything if _is_in(r, step) and wanted in fold(r.name)]
    if request.GET.get("tai") == "csv":
        return _queue_csv(rows)
    table = listing(
        rows,
        request.GET,
        default="nghi",
        sorts={
            "nghi": lambda r: (-r.doubts, r.days_left, r.sort_key),
            "han": lambda r: (r.days_left, r.sort_key),
            "ten": lambda r: r.sort_key,
            "muc": lambda r: (r.level if r.level is not None else -1, r.sort_key),
        },
    )
    query = request.GET.copy()
    query["tai"] = "csv"
    page = {
        "cycle": cycle,
        "cycles": cycles,
        "table": table,
        "rows": [{"file": r, "days": words.days_words(r), "doubt": words.doubt_words(r)} for r in table.rows],
        "step": step,
        "tabs": [
            {
                "href": f"?dot={cycle.code}&buoc={key}",
                "label": label,
                "current": key == step,
                "count": sum(_is_in(r, key) for r in everything),
            }
            for key, (label, _) in STEPS.items()
        ],
        "csv": f"?{query.urlencode()}",
        "trail": _trail(),
        "can_write": desk.person.has(Right.APPRAISAL_WRITE),
    }
    return render(request, "appraisals/queue.html", {"page": page})


def _is_in(row: Waiting, step: str) -> bool:
    if step == "toi":
        return row.is_mine and row.state == State.APPRAISING
    return row.state in STEPS[step][1]


def _trail() -> list[tuple[str, str]]:
    return [("Việc của tôi", "/viec-cua-toi/")]


def _queue_csv(rows: list[Waiting]) -> HttpResponse:
    return csv_answer(
        "tham-dinh",
        ["ten", "so_tiep_nhan", "buoc", "muc_tu_danh_gia", "nghi_van", "con_ngay", "nguoi_tham_dinh", "da_ket_luan"],
        ([r.name, r.receipt, r.state.label, r.level, r.doubts, r.days_left, r.claimed_by, r.verdicts] for r in rows),
    )


@desk(Right.VERIFICATION_WRITE)
def my_part(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the person's departments were given to verify: file by file, the criteria that wait for an opinion."""
    everything = part_queries.asked(desk.person.person_id or 0, desk.units, on=day_of(desk.at))
    wanted = fold(request.GET.get("q", ""))
    rows = [a for a in everything if wanted in fold(a.name)]
    if request.GET.get("tai") == "csv":
        columns = ["xa", "so_nganh", "dot", "cho_y_kien", "da_cho_y_kien", "con_ngay"]
        return csv_answer(
            "phan-cua-toi",
            columns,
            (
                [a.name, a.department, a.cycle.title, " ".join(c for c, _ in a.waiting), a.given, a.days_left]
                for a in rows
            ),
        )
    table = listing(
        rows,
        request.GET,
        default="han",
        sorts={
            "han": lambda a: (a.is_done, a.days_left, a.sort_key),
            "ten": lambda a: a.sort_key,
            "con": lambda a: (-len(a.waiting), a.sort_key),
        },
    )
    page = {
        "table": table,
        "waiting": sum(len(a.waiting) for a in everything),
        "trail": _trail(),
    }
    return render(request, "appraisals/my_part.html", {"page": page})


def _file(desk: Desk, pk: int) -> FilePage:
    """Looking up within the desk's units is the permission check; a file never handed in is not here."""
    found = Assessment.objects.within(desk.units).select_related("unit", "cycle", "claimed_by")
    page = queries.file_page(get_object_or_404(found, pk=pk), on=day_of(desk.at))
    if page is None:
        raise Http404("Hồ sơ này chưa nộp.")
    return page


@desk(Right.APPRAISAL_READ)
def file(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _file_answer(request, desk, _file(desk, pk))


def _file_answer(request: HttpRequest, desk: Desk, page: FilePage, *, problem: tuple[str, ...] = ()) -> HttpResponse:
    fields = page.edition.fields
    mine = page.assessment.state == State.APPRAISING and page.assessment.claimed_by_id == desk.person.person_id
    names = {g.code: g.name for g in page.edition.groups}
    groups: dict[str, list[dict[str, object]]] = {}
    for line in page.lines:
        groups.setdefault(names[line.criterion.group], []).append(
            {
                "line": line,
                "shape": words.SHAPES[Verdict.Kind(line.verdict.kind)] if line.verdict else "",
                "verdict": words.verdict_words(line.verdict, fields) if line.verdict else "",
            }
        )
    context = {
        "page": page,
        "problem": problem,
        "groups": groups,
        "found_words": words.level_words(page.found),
        "clean_label": f"Đúng như xã khai, cả {len(page.clean)} tiêu chí",
        "changes_title": f"Từ khi nộp, xã đã đổi {len(page.changes)} chỗ",
        "can_council": page.assessment.state == State.APPRAISED
        and page.cycle.is_running
        and desk.person.has(Right.COUNCIL_WRITE),
        "can_reopen": page.assessment.state in (State.APPRAISED, State.NOT_RECOGNISED) and page.cycle.is_running,
        "summary": words.summary(page, on=day_of(desk.at)),
        "state": State(page.assessment.state),
        "is_mine": mine,
        "can_claim": page.assessment.state == State.SUBMITTED and desk.person.has(Right.APPRAISAL_WRITE),
        "can_write": desk.person.has(Right.APPRAISAL_WRITE),
        "colleagues": _colleagues(page, desk) if mine else [],
        "steps": list(page.assessment.steps.select_related("by")),
        "trail": [*_trail(), ("Thẩm định", f"/tham-dinh/?dot={page.cycle.code}")],
    }
    return render(request, "appraisals/file.html", context, status=422 if problem else 200)


def _colleagues(page: FilePage, desk: Desk) -> list[Person]:
    found = holders(Right.APPRAISAL_WRITE, page.assessment.unit, on=day_of(desk.at))
    return list(found.exclude(pk=desk.person.person_id or 0).order_by("sort_key"))


def _writable(desk: Desk, pk: int) -> Assessment:
    return get_object_or_404(Assessment.objects.within(desk.units), pk=pk)


@require_POST
@desk(Right.APPRAISAL_WRITE)
def claim(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    moving.claim(_writable(desk, pk), by=desk.person.person_id, at=desk.at)
    return redirect(f"/tham-dinh/{pk}/")


@require_POST
@desk(Right.APPRAISAL_WRITE)
def release(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Back into the queue, or to a colleague."""
    assessment = _writable(desk, pk)
    actions.held(assessment, by=desk.person.person_id)
    to = request.POST.get("to", "")
    if to.isdecimal() and len(to) < 15:
        chosen = get_object_or_404(holders(Right.APPRAISAL_WRITE, assessment.unit, on=day_of(desk.at)), pk=int(to))
        moving.hand_over(assessment, to=chosen.pk, by=desk.person.person_id, at=desk.at)
        messages.success(request, f"Đã chuyển hồ sơ cho {chosen}.")
    else:
        moving.move(assessment, "release", by=desk.person.person_id, at=desk.at, claimed_by_id=None)
        messages.success(request, "Đã đưa hồ sơ lại vào hàng chờ. Những kết luận đã ghi vẫn còn.")
    return redirect("/tham-dinh/")


@require_POST
@desk(Right.APPRAISAL_WRITE)
def accept_clean(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Accept what is safe to accept at one press; which criteria those are is worked out anew here."""
    page = _file(desk, pk)
    count = actions.accept_many(
        assessment=page.assessment,
        criteria=[x.criterion.code for x in page.clean],
        seen=_number(request.POST.get("seen")),
        by=desk.person.person_id,
        at=desk.at,
    )
    messages.success(request, f"Đã kết luận “đúng như xã khai” cho {count} tiêu chí.")
    return redirect(page.address)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 9 else None


@require_POST
@desk(Right.APPRAISAL_WRITE)
def conclude(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    assessment = _writable(desk, pk)
    try:
        conclusion = actions.conclude(
            assessment=assessment, opinion=request.POST.get("opinion", ""), by=desk.person.person_id, at=desk.at
        )
    except (rules.NoVerdictYet, rules.ReturnedPending) as refused:
        return _file_answer(request, desk, _file(desk, pk), problem=(refused.sentence,))
    level = f"mức {conclusion.level}" if conclusion.level else "chưa xếp được mức"
    messages.success(request, f"Đã kết luận thẩm định: {level}. Xã xem được kết luận và lý do từng tiêu chí.")
    return redirect(f"/tham-dinh/{pk}/")


@require_POST
@desk(Right.APPRAISAL_WRITE)
def send_back(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    assessment = _writable(desk, pk)
    try:
        moved = actions.return_to_unit(
            assessment=assessment, note=request.POST.get("note", ""), by=desk.person.person_id, at=desk.at
        )
    except rules.NothingReturned as refused:
        return _file_answer(request, desk, _file(desk, pk), problem=(refused.sentence,))
    assert moved.extended_to is not None
    messages.success(request, f"Đã trả lại cho xã. Xã sửa và nộp lại đến hết ngày {write_day(moved.extended_to)}.")
    return redirect("/tham-dinh/")


@require_POST
@desk(Right.APPRAISAL_WRITE)
def reopen(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    me = desk.person.person_id
    moving.move(
        _writable(desk, pk), "reopen", by=me, at=desk.at, reason=request.POST.get("reason", ""), claimed_by_id=me
    )
    return redirect(f"/tham-dinh/{pk}/")


@require_POST
@desk(Right.COUNCIL_WRITE)
def dismiss(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """End a file that cannot go before the council, with the reason."""
    moving.move(
        _writable(desk, pk), "dismiss", by=desk.person.person_id, at=desk.at, reason=request.POST.get("reason", "")
    )
    messages.success(request, "Đã kết thúc hồ sơ. Xã đọc được lý do và có thể kiến nghị trong thời hạn.")
    return redirect(f"/tham-dinh/{pk}/")


def _criterion(desk: Desk, page: FilePage, code: str) -> CriterionPage:
    found = queries.criterion_page(page, code, units=desk.units)
    if found is None:
        raise Http404("Khung này không có tiêu chí ấy.")
    return found


def _department(desk: Desk, page: FilePage, code: str) -> Department | None:
    """The department for which this person may verify the criterion."""
    if desk.person.has(Right.APPRAISAL_WRITE) or not desk.person.has(Right.VERIFICATION_WRITE):
        return None
    return Department.objects.filter(
        members=desk.person.person_id, parts__cycle=page.cycle, parts__criteria__contains=[code]
    ).first()


@desk(Right.APPRAISAL_READ)
def criterion(request: HttpRequest, desk: Desk, pk: int, code: str) -> HttpResponse:
    """Claim, evidence, systems, last cycle and communes alike side by side; the verdict below."""
    page = _file(desk, pk)
    found = _criterion(desk, page, code)
    department = _department(desk, page, code)
    state = State(page.assessment.state)
    mine = state == State.APPRAISING and page.assessment.claimed_by_id == desk.person.person_id
    may_write = mine or (department is not None and state in (State.SUBMITTED, State.APPRAISING))
    standing = found.line.verdict if department is None else None
    initial: dict[str, object] = {"seen": page.submission.number}
    if standing is not None:
        initial |= {"kind": standing.kind, "reason": standing.reason}
    form = VerdictForm(found.fields, found.claim, request.POST or None, initial=initial)
    problem: tuple[str, ...] = ()
    if request.method == "POST" and not may_write:
        problem = ("Hồ sơ không ở trong tay anh, chị, nên kết luận này chưa được ghi. Xem ai đang giữ ở trang của xã.",)
    if request.method == "POST" and may_write and form.is_valid():
        try:
            corrected = (
                form.figures(Period.parse(page.assessment.period))
                if form.cleaned_data["kind"] == Verdict.Kind.CORRECTED
                else {}
            )
            if not form.errors:
                actions.give_verdict(
                    assessment=page.assessment,
                    criterion=code,
                    kind=form.cleaned_data["kind"],
                    reason=form.cleaned_data["reason"],
                    figures=corrected,
                    department=department,
                    seen=form.cleaned_data["seen"],
                    by=desk.person.person_id,
                    at=desk.at,
                )
                return redirect(f"{page.address}{found.after}/" if found.after and mine else page.address)
        except Refused as refused:
            if refused.field in form.fields:
                form.add_error(refused.field, refused.sentence)
            else:
                problem = (refused.sentence,)
    context = {
        "page": page,
        "one": found,
        "form": form,
        "problem": problem,
        "may_write": may_write,
        "department": department,
        "message_form": MessageForm()
        if desk.person.has(Right.APPRAISAL_WRITE) or desk.person.has(Right.VERIFICATION_WRITE)
        else None,
        "state": state,
        "fields": [
            {
                "field": f,
                "columns": words.columns(found, f),
                "alike": words.alike_words(found.alike, f, found.claim.get(f.code)) if len(found.fields) == 1 else "",
            }
            for f in found.fields
        ],
        "doubts": " ".join(d.says for d in found.line.doubts),
        "consequence": words.consequence(found),
        "verdict": words.verdict_words(standing, page.edition.fields) if standing else "",
        "opinions": [(v, words.verdict_words(v, page.edition.fields)) for v in found.line.opinions],
        "history": [(v, words.verdict_words(v, page.edition.fields)) for v in found.history],
        "changes": [c for c in page.changes if c.criterion == code],
        "next": f"Kết luận và sang {found.after}" if found.after and mine else "Ghi kết luận",
        "trail": [
            *_trail(),
            ("Thẩm định", f"/tham-dinh/?dot={page.cycle.code}"),
            (page.unit.name, page.address),
        ],
    }
    return render(request, "appraisals/criterion.html", context, status=422 if form.errors or problem else 200)


@require_POST
@desk(Right.APPRAISAL_READ)
def message(request: HttpRequest, desk: Desk, pk: int, code: str) -> HttpResponse:
    if not (desk.person.has(Right.APPRAISAL_WRITE) or desk.person.has(Right.VERIFICATION_WRITE)):
        raise PermissionDenied(Right.APPRAISAL_WRITE.label)
    page = _file(desk, pk)
    _criterion(desk, page, code)
    actions.write_message(
        assessment=page.assessment,
        criterion=code,
        text=request.POST.get("text", ""),
        from_unit=False,
        by=desk.person.person_id,
        at=desk.at,
    )
    return redirect(f"{page.address}{code}/#trao-doi")
