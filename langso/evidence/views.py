"""The desk of evidence: the list, one piece, adding; what one criterion cites; files and small pictures."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from langso.evidence import actions, queries, words
from langso.evidence.actions import Entered
from langso.evidence.forms import AddForm, DocumentForm, PhotoForm, PlaceField
from langso.evidence.models import Citation, Evidence
from langso.evidence.thumbnails import thumbnail_of
from langso.evidence.words import Spot
from langso.files import actions as files
from langso.lib.period import VIETNAM, day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.permits import units_of
from langso.people.roles import Right
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.units.models import Level, Unit
from langso.units.queries import unit_by_code

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Minh chứng", "/minh-chung/")]
MOST_CSV = 20_000


def _back(request: HttpRequest) -> str:
    """The way back that the page was opened with: a path of this house, or nothing."""
    asked = request.POST.get("ve", request.GET.get("ve", ""))
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours and len(asked) <= 500 else ""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 15:
        raise Http404("Không có số này.")
    return int(text)


def _evidence(desk: Desk, pk: int) -> Evidence:
    """Looking up within the desk's units is the permission check."""
    found = Evidence.objects.within(desk.units).select_related("file", "unit", "added_by", "withdrawn_by")
    return get_object_or_404(found, pk=pk)


def _can_write(desk: Desk, unit: Unit) -> bool:
    if not desk.person.has(Right.ASSESSMENT_WRITE):
        return False
    return units_of(desk.person, Right.ASSESSMENT_WRITE, on=day_of(desk.at)).filter(pk=unit.pk).exists()


# ── the list ─────────────────────────────────────────────────────────────────


@desk(Right.ASSESSMENT_READ)
def evidence_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Documents and photos in reach, searched, sorted, paged; each with what cites it.  Cost: seven queries."""
    asked = request.GET
    order = asked.get("xep", "-them")
    if order.removeprefix("-") not in queries.ORDERS:
        order = "-them"
    kind, withdrawn = asked.get("loai", ""), asked.get("rut") == "1"
    found = queries.listed(desk.units, text=asked.get("q", ""), kind=kind, withdrawn=withdrawn, order=order)
    if asked.get("tai") == "csv":
        return _csv(list(found[:MOST_CSV]), desk)
    pages = Paginator(found, PER_PAGE)
    number = asked.get("trang", "1")
    sheet = pages.get_page(int(number) if number.isdecimal() and len(number) < 7 else 1)
    rows = _rows(list(sheet.object_list), desk)
    query = asked.copy()
    query["tai"] = "csv"
    is_filtered = bool(asked.get("q") or kind or withdrawn)
    page = {
        "table": Listing(rows, sheet.number, pages.num_pages, pages.count, asked.get("q", ""), order),
        "kind": kind,
        "kinds": Evidence.Kind.choices,
        "withdrawn": withdrawn,
        "several": len({r["evidence"].unit_id for r in rows}) > 1,
        "none": "Không có minh chứng nào khớp." if is_filtered else "Chưa có minh chứng nào.",
        "then": "Xóa chữ trong ô tìm, hoặc chọn loại khác."
        if is_filtered
        else "Thêm văn bản hoặc ảnh ở trên, hoặc ngay tại tiêu chí cần dẫn.",
        "can_write": desk.person.has(Right.ASSESSMENT_WRITE),
        "csv": f"?{query.urlencode()}",
        "trail": TRAIL,
    }
    return render(request, "evidence/list.html", {"page": page})


def _rows(evidence: Sequence[Evidence], desk: Desk) -> list[dict[str, Any]]:
    places = words.unit_names(evidence, day_of(desk.at))
    cited, alike = queries.uses(e.pk for e in evidence), queries.alikes_of(e.pk for e in evidence)
    return [
        {
            "evidence": e,
            "place": places.get(e.unit_id, "Đơn vị cũ"),
            "uses": words.uses_say(cited.get(e.pk, [])),
            "alike": alike.get(e.pk, ()),
        }
        for e in evidence
    ]


def _csv(evidence: Sequence[Evidence], desk: Desk) -> HttpResponse:
    return csv_answer(
        "minh-chung",
        ["loai", "so_ky_hieu", "ngay", "co_quan", "trich_yeu", "noi_chup", "don_vi", "tep", "dung_o", "giong"],
        (
            [
                e.get_kind_display(),
                e.number,
                e.day or "",
                e.issuer,
                e.title,
                e.place,
                row["place"],
                e.file.name if e.file else "",
                row["uses"],
                " ".join(a.says for a in row["alike"]),
            ]
            for row in _rows(evidence, desk)
            for e in [row["evidence"]]
        ),
    )


# ── one piece ────────────────────────────────────────────────────────────────


@desk(Right.ASSESSMENT_READ)
def evidence_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _evidence_page(request, desk, _evidence(desk, pk))


def _evidence_page(request: HttpRequest, desk: Desk, evidence: Evidence, problem: str = "") -> HttpResponse:
    today = day_of(desk.at)
    later = [like for like in queries.liked_by(evidence) if like.unit_id != evidence.unit_id]
    names = words.unit_names([like.evidence for like in later], today)
    place = words.unit_name(evidence.unit, today)
    page = {
        "evidence": evidence,
        "facts": words.facts_of(evidence, unit=place),
        "uses": words.shown_uses(queries.uses([evidence.pk]).get(evidence.pk, [])),
        "alike": queries.alikes_of([evidence.pk]).get(evidence.pk, ()),
        "later": [
            {"place": names.get(like.unit_id, "một đơn vị cũ"), "on": day_of(like.seen_at), "id": like.evidence_id}
            for like in later
        ],
        "can_write": evidence.withdrawn_at is None and _can_write(desk, evidence.unit),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "trail": LIST,
    }
    return render(request, "evidence/evidence.html", {"page": page}, status=422 if problem else 200)


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def evidence_withdraw(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    evidence = _evidence(desk, pk)
    reason = request.POST.get("reason", "")
    try:
        actions.withdraw(evidence=evidence, reason=reason, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _evidence_page(request, desk, evidence, refused.sentence)
    messages.success(request, f"Đã rút {evidence.name}. Không tiêu chí nào còn dẫn đến; vẫn xem lại được ở đây.")
    return redirect(f"/minh-chung/{pk}/")


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def evidence_keep(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    evidence = _evidence(desk, pk)
    reason = request.POST.get("reason", "")
    try:
        actions.keep_with_reason(evidence=evidence, reason=reason, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _evidence_page(request, desk, evidence, refused.sentence)
    messages.success(request, "Đã ghi lý do giữ. Người thẩm định đọc được lý do này.")
    return redirect(f"/minh-chung/{pk}/")


@desk(Right.ASSESSMENT_READ)
def evidence_file(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Always a download, under the type that was found in its bytes."""
    file = _evidence(desk, pk).file
    if file is None:
        raise Http404("Minh chứng này chưa có tệp.")
    answer = HttpResponse(files.read(file), content_type=file.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@desk(Right.ASSESSMENT_READ)
def photo(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A small copy to look at, made here: nothing of the file that was handed in is shown by a browser."""
    evidence = _evidence(desk, pk)
    if not evidence.is_photo or evidence.file is None:
        raise Http404("Minh chứng này không phải ảnh.")
    answer = HttpResponse(thumbnail_of(evidence.file), content_type="image/jpeg")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# ── adding ───────────────────────────────────────────────────────────────────


def _own(desk: Desk) -> Unit | None:
    """The one commune that the person works for, when it is one."""
    everywhere, roots = desk.person.roots(Right.ASSESSMENT_WRITE)
    own = list(Unit.objects.filter(pk__in=roots)[:2]) if not everywhere else []
    return own[0] if len(own) == 1 and own[0].level == Level.COMMUNE else None


def _form(request: HttpRequest, *, is_photo: bool, issuer: str = "", is_sent: bool) -> DocumentForm | PhotoForm:
    made = PhotoForm if is_photo else DocumentForm
    data = (request.POST, request.FILES) if is_sent else (None, None)
    return made(*data, initial={"issuer": issuer}, auto_id="anh-%s" if is_photo else "vb-%s")


def _enter(form: AddForm, unit: Unit, desk: Desk) -> Entered | None:
    """Add what the form holds; a refusal goes onto the form and nothing is changed."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    by: dict[str, Any] = {"unit": unit, "by": desk.person.person_id, "at": desk.at}
    try:
        with transaction.atomic():
            content, name = form.content()
            if isinstance(form, PhotoForm):
                facts = {key: given[key] for key in ("title", "place", "taken_on", "taken_clock")}
                return actions.enter_photo(content=content or b"", name=name, **facts, **by)
            facts = {key: given[key] for key in ("number", "issuer", "issued_on", "title")}
            return actions.enter_document(content=content, name=name, **facts, **by)
    except Refused as refused:
        form.refuse(refused)
        return None


def _say(request: HttpRequest, entered: Entered) -> None:
    alike = queries.alikes_of([entered.evidence.pk]).get(entered.evidence.pk, ()) if entered.likenesses else ()
    say = messages.warning if alike or entered.evidence.doubt else messages.success
    say(request, words.told(entered, alike))


@desk(Right.ASSESSMENT_WRITE)
def evidence_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A document or a photo, not yet cited by anything."""
    today, own = day_of(desk.at), _own(desk)
    is_photo = request.GET.get("loai") == "anh"
    issuer = words.office_of(words.unit_name(own, today)) if own else ""
    form = _form(request, is_photo=is_photo, issuer=issuer, is_sent=request.method == "POST")
    form.fields.pop("page", None)
    if own is None:
        form.fields = {"code": PlaceField(), **form.fields}
    if request.method == "POST" and form.is_valid():
        unit = own
        if unit is None:
            try:
                unit = desk.units.filter(pk=unit_by_code(form.cleaned_data["code"], today).pk).first()
                if unit is None:
                    form.add_error("code", "Đơn vị này ngoài phạm vi của mình. Ghi mã xã mình phụ trách.")
            except Refused as refused:
                form.add_error("code", refused.sentence)
        entered = _enter(form, unit, desk) if unit is not None else None
        if entered is not None:
            _say(request, entered)
            return redirect(f"/minh-chung/{entered.evidence.pk}/")
    page = {"trail": LIST, "is_photo": is_photo}
    return render(request, "evidence/add.html", {"page": page, "form": form}, status=422 if form.errors else 200)


# ── one criterion ────────────────────────────────────────────────────────────


def _spot(request: HttpRequest, desk: Desk, unit: int, framework: str, period: str, criterion: str) -> Spot:
    found = get_object_or_404(desk.units, pk=unit)
    spot = words.spot_of(found, framework, period, criterion, back=_back(request), on=day_of(desk.at))
    if spot is None:
        raise Http404("Không có tiêu chí này.")
    return spot


@desk(Right.ASSESSMENT_READ)
def criterion_page(
    request: HttpRequest, desk: Desk, unit: int, framework: str, period: str, criterion: str
) -> HttpResponse:
    return _criterion_page(request, desk, _spot(request, desk, unit, framework, period, criterion))


def _criterion_page(
    request: HttpRequest, desk: Desk, spot: Spot, form: AddForm | None = None, problem: str = ""
) -> HttpResponse:
    place = (spot.unit, spot.framework, spot.period, spot.criterion)
    cited = queries.cited_by(*place)
    can_write = _can_write(desk, spot.unit)
    text = request.GET.get("q", "")
    there = {c.evidence.pk for c in cited}
    found = [e for e in queries.find(spot.unit, text) if e.pk not in there] if text and can_write else []
    midnight = datetime.combine(day_of(desk.at), datetime.min.time(), VIETNAM).astimezone(UTC)
    issuer = words.office_of(spot.unit_name)
    paper = form if isinstance(form, DocumentForm) else _form(request, is_photo=False, issuer=issuer, is_sent=False)
    page = {
        "spot": spot,
        "cited": cited,
        "can_write": can_write,
        "text": text,
        "found": found,
        "dropped": queries.dropped(*place, since=midnight) if can_write else [],
        "paper": paper,
        "photo": form if isinstance(form, PhotoForm) else _form(request, is_photo=True, is_sent=False),
        "faulty": form,
        "problem": problem,
        "trail": [*TRAIL, ("Trở lại", spot.back)] if spot.back else LIST,
    }
    failed = bool(problem or (form and form.errors))
    return render(request, "evidence/criterion_page.html", {"page": page}, status=422 if failed else 200)


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def criterion_cite(
    request: HttpRequest, desk: Desk, unit: int, framework: str, period: str, criterion: str
) -> HttpResponse:
    """Cite what is there already."""
    spot = _spot(request, desk, unit, framework, period, criterion)
    chosen = request.POST.get("evidence", "")
    if not chosen:
        return _criterion_page(request, desk, spot, problem="Chưa chọn minh chứng nào. Chọn một dòng rồi bấm Dẫn.")
    evidence = get_object_or_404(Evidence.objects.filter(unit=spot.unit), pk=_number(chosen))
    try:
        _cite(spot, evidence, request.POST.get("page", ""), desk)
    except Refused as refused:
        return _criterion_page(request, desk, spot, problem=refused.sentence)
    messages.success(request, f"Tiêu chí {spot.criterion} đã dẫn {evidence.name}.")
    return redirect(spot.again)


def _cite(spot: Spot, evidence: Evidence, page: str, desk: Desk) -> Citation:
    return actions.cite(
        evidence=evidence,
        framework=spot.framework,
        period=spot.period,
        criterion=spot.criterion,
        page=page,
        by=desk.person.person_id,
        at=desk.at,
    )


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def criterion_add(
    request: HttpRequest, desk: Desk, unit: int, framework: str, period: str, criterion: str
) -> HttpResponse:
    """Add a document or a photo and cite it, both or neither."""
    spot = _spot(request, desk, unit, framework, period, criterion)
    form = _form(request, is_photo=request.POST.get("loai") == "anh", is_sent=True)
    try:
        with transaction.atomic():
            entered = _enter(form, spot.unit, desk)
            if entered is not None:
                _cite(spot, entered.evidence, form.cleaned_data.get("page", ""), desk)
    except Refused as refused:
        form.refuse(refused)
        entered = None
    if entered is None:
        return _criterion_page(request, desk, spot, form)
    _say(request, entered)
    return redirect(spot.again)


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def criterion_drop(
    request: HttpRequest, desk: Desk, unit: int, framework: str, period: str, criterion: str
) -> HttpResponse:
    """No longer cite; the page offers to cite again until the end of the day."""
    spot = _spot(request, desk, unit, framework, period, criterion)
    mine = Citation.objects.filter(
        unit=spot.unit, framework=spot.framework, period=spot.period.code, criterion=spot.criterion
    ).select_related("evidence")
    citation = get_object_or_404(mine, pk=_number(request.POST.get("citation", "")))
    actions.uncite(citation=citation, by=desk.person.person_id, at=desk.at)
    messages.success(request, f"Tiêu chí {spot.criterion} không còn dẫn {citation.evidence.name}.")
    return redirect(spot.again)
