"""The desk of forms: the list, one form with its questions and versions, importing, issuing, withdrawing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from langso.files.content import XLSX
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.permits import units_of
from langso.people.roles import Right
from langso.questionnaires import actions, queries, words
from langso.questionnaires.forms import ImportForm, OwnerForm, has_required_photo
from langso.questionnaires.models import FormVersion, Questionnaire
from langso.questionnaires.workbook import FormWrong
from langso.ui.listing import csv_answer, listing
from langso.units.models import Unit
from langso.units.queries import named

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Phiếu", "/phieu/")]
SORTS: dict[str, Any] = {
    "ten": lambda row: (row["form"].sort_key, row["form"].code),
    "ma": lambda row: row["form"].code,
    "ban-hanh": lambda row: (row["form"].issued_at is not None, row["form"].issued_at, row["form"].code),
    "tra-loi": lambda row: (row["answers"], row["form"].sort_key),
}


def may_write(desk: Desk, form: Questionnaire) -> bool:
    """Whether the person looks after this very form: her right reaches its owner, or everything."""
    if not desk.person.has(Right.FORM_WRITE):
        return False
    everywhere, _ = desk.person.roots(Right.FORM_WRITE)
    if everywhere or form.unit_id is None:
        return everywhere
    return units_of(desk.person, Right.FORM_WRITE, on=day_of(desk.at)).filter(pk=form.unit_id).exists()


def form_or_404(desk: Desk, pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.reaching(desk.units, day_of(desk.at)), pk=pk)


@desk(Right.TEAM_READ)
def form_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Forms that the reader's places use.  Cost: four queries."""
    asked, today = request.GET, day_of(desk.at)
    found = list(queries.listed(desk.units, text=asked.get("q", ""), on=today))
    counts = queries.answers_counts([f.pk for f in found], desk.units) if found else {}
    owners = named((f.unit_id, today) for f in found if f.unit_id)
    rows = [
        {
            "form": form,
            "answers": counts.get(form.pk, 0),
            "owner": words.owner(owners.get((form.unit_id or 0, today)), form.unit_id),
            "state": words.state(form),
        }
        for form in found
    ]
    if asked.get("tai") == "csv":
        return _list_csv(rows)
    query = asked.copy()
    query["tai"] = "csv"
    page = {
        "table": listing(rows, asked, sorts=SORTS, default="ten"),
        "can_write": desk.person.has(Right.FORM_WRITE),
        "none": "Không có phiếu nào khớp." if asked.get("q") else "Chưa có phiếu nào.",
        "then": "Xóa chữ trong ô tìm." if asked.get("q") else "Nhập một phiếu từ XLSForm ở trên.",
        "csv": f"?{query.urlencode()}",
        "trail": TRAIL,
    }
    return render(request, "questionnaires/list.html", {"page": page})


def _list_csv(rows: list[dict[str, Any]]) -> HttpResponse:
    return csv_answer(
        "phieu",
        ["ma_phieu", "ten", "cua", "ma_phien_ban", "tinh_trang", "so_cau", "tra_loi"],
        (
            [
                r["form"].code,
                r["form"].title,
                r["owner"],
                r["form"].standing_version or r["form"].newest_version,
                r["state"][1],
                r["form"].questions_count,
                r["answers"],
            ]
            for r in rows
        ),
    )


@desk(Right.TEAM_READ)
def form_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _form_page(request, desk, form_or_404(desk, pk))


def _form_page(request: HttpRequest, desk: Desk, form: Questionnaire, problem: str = "") -> HttpResponse:
    """Cost: seven queries."""
    today = day_of(desk.at)
    versions = list(
        FormVersion.objects.filter(questionnaire=form)
        .defer("workbook", "xform", "definition")
        .select_related("imported_by", "issued_by", "withdrawn_by")
        .order_by("-imported_at", "-id")
    )
    if not versions:
        raise Http404("Phiếu này chưa có phiên bản nào.")
    standing = next((v for v in versions if v.issued_at and not v.withdrawn_at), versions[0])
    asked = request.GET.get("ban", "")
    shown = next((v for v in versions if str(v.pk) == asked), standing)
    owner = named([(form.unit_id, today)]).get((form.unit_id, today)) if form.unit_id else None
    can_write = may_write(desk, form)
    page = {
        "form": form,
        "version": shown,
        "versions": [words.version_row(v, is_shown=v.pk == shown.pk) for v in versions],
        "facts": words.facts(form, shown, owner=words.owner(owner, form.unit_id)),
        "questions": words.question_rows(shown.definition),
        "answers": queries.answers_counts([form.pk], desk.units).get(form.pk, 0),
        "can_issue": can_write and shown.issued_at is None,
        "can_withdraw": can_write and shown.issued_at is not None and shown.withdrawn_at is None,
        "can_fill": shown.issued_at is not None and shown.withdrawn_at is None and desk.person.has(Right.VISIT_WRITE),
        "can_read": desk.person.has(Right.VISIT_READ),
        "needs_phone": has_required_photo(queries.form_of(shown)),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "trail": LIST,
    }
    return render(request, "questionnaires/form.html", {"page": page}, status=422 if problem else 200)


# ── Importing, issuing, withdrawing ──────────────────────────────────────────


def _owners(desk: Desk) -> list[tuple[str, str]]:
    """Whose forms the person may import: the whole country, or the places of her posts."""
    everywhere, roots = desk.person.roots(Right.FORM_WRITE)
    if everywhere:
        return [("", "Cả nước")]
    today = day_of(desk.at)
    names = named((root, today) for root in roots)
    return [(str(root), names[root, today].name) for root in dict.fromkeys(roots) if (root, today) in names]


@desk(Right.FORM_WRITE)
def form_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A workbook becomes a version; its faults are told one by one and nothing is kept."""
    owners = _owners(desk)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form: ImportForm = OwnerForm(*data, owners=owners) if len(owners) > 1 else ImportForm(*data)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        chosen = form.cleaned_data.get("owner", owners[0][0] if owners else "")
        unit = Unit.objects.get(pk=int(chosen)) if chosen else None
        try:
            version = actions.import_form(
                content=file.read(), name=file.name, unit=unit, by=desk.person.person_id, at=desk.at
            )
        except FormWrong as wrong:
            faults = [fault.sentence for fault in wrong.faults]
            form.add_error("file", wrong.sentence)
        except Refused as refused:
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, f"Đã nhập {version.title}, phiên bản {version.version}. Xem lại rồi ban hành.")
            return redirect(f"/phieu/{version.questionnaire_id}/?ban={version.pk}")
    page = {"faults": faults, "trail": LIST}
    status = 422 if form.errors else 200
    return render(request, "questionnaires/import.html", {"page": page, "form": form}, status=status)


def _own_version(desk: Desk, pk: int, version: int) -> tuple[Questionnaire, FormVersion]:
    """What the person looks after; anything else does not exist for her."""
    form = form_or_404(desk, pk)
    if not may_write(desk, form):
        raise Http404("Phiếu này của nơi khác.")
    return form, get_object_or_404(FormVersion.objects.defer("workbook"), questionnaire=form, pk=version)


@require_POST
@desk(Right.FORM_WRITE)
def form_issue(request: HttpRequest, desk: Desk, pk: int, version: int) -> HttpResponse:
    form, found = _own_version(desk, pk, version)
    try:
        actions.issue(version=found, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _form_page(request, desk, form, refused.sentence)
    messages.success(request, f"Đã ban hành phiên bản {found.version}. Từ nay phiên bản này không đổi nữa.")
    return redirect(f"/phieu/{pk}/?ban={version}")


@require_POST
@desk(Right.FORM_WRITE)
def form_withdraw(request: HttpRequest, desk: Desk, pk: int, version: int) -> HttpResponse:
    form, found = _own_version(desk, pk, version)
    reason = request.POST.get("reason", "")
    try:
        actions.withdraw(version=found, reason=reason, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _form_page(request, desk, form, refused.sentence)
    messages.success(request, f"Đã thu hồi phiên bản {found.version}. Câu trả lời đã nhận vẫn giữ.")
    return redirect(f"/phieu/{pk}/?ban={version}")


@desk(Right.TEAM_READ)
def form_file(request: HttpRequest, desk: Desk, pk: int, version: int) -> HttpResponse:
    """The workbook as it was handed in."""
    form = form_or_404(desk, pk)
    found = get_object_or_404(FormVersion, questionnaire=form, pk=version)
    answer = HttpResponse(bytes(found.workbook), content_type=XLSX.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.workbook_name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
