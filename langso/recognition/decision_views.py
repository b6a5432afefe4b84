"""Papers: drafted, taken away, registered with number and day; what was recognised, and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from langso.assessments.models import Assessment
from langso.files import actions as files
from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.recognition import deciding, papering, queries, words
from langso.recognition.forms import RegisterForm, RevokeForm, SignerForm
from langso.recognition.models import CouncilSession, OfficialPaper, Recognition
from langso.recognition.register import STATES, Asked, found
from langso.recognition.rules import Standing
from langso.recognition.views import PAPERS, TRAIL, session_answer
from langso.ui.listing import Listing, csv_answer, listing

Kind = OfficialPaper.Kind
DECIDING = (Kind.DECISION, Kind.REVOCATION)
LIST = [*TRAIL, ("Văn bản công nhận", "/quyet-dinh/")]
FILES = {"word": ("docx", "Tải bản Word"), "pdf": ("pdf", "Tải bản PDF"), "da-ky": ("signed", "Tải bản đã ký")}


@require_POST
@desk(Right.COUNCIL_WRITE)
def draft(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Make, or make anew, one paper of a session."""
    sessions = CouncilSession.objects.within(desk.units).select_related("council__cycle", "council__unit")
    session = get_object_or_404(sessions, pk=pk)
    kind, form = request.POST.get("kind", ""), SignerForm(request.POST)
    if kind == Kind.APPRAISAL_REPORT:
        wanted = request.POST.get("assessment", "")
        return _report(request, desk, int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0)
    if kind not in PAPERS:
        return session_answer(request, desk, session, problem=("Chọn loại văn bản cần lập.",))
    if not form.is_valid():
        return session_answer(request, desk, session, form=form)
    try:
        paper = papering.draft(
            session, kind, signer=form.who, grounds=form.further, by=desk.person.person_id, at=desk.at
        )
    except Refused as refused:
        return session_answer(request, desk, session, problem=(refused.sentence,))
    messages.success(request, f"Đã lập {paper.get_kind_display().lower()}. Tải về, trình ký, rồi ghi số và ngày.")
    return redirect(paper.address)


@require_POST
@desk(Right.COUNCIL_WRITE)
def draft_report(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The appraisal report of one unit."""
    return _report(request, desk, pk)


def _report(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    assessment = get_object_or_404(Assessment.objects.within(desk.units), pk=pk)
    paper = papering.draft_report(assessment, by=desk.person.person_id, at=desk.at)
    messages.success(request, "Đã lập báo cáo thẩm định. Tải về, trình ký, rồi ghi số và ngày.")
    return redirect(paper.address)


@desk(Right.APPRAISAL_READ)
def papers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every paper in reach, newest first.  Cost: six queries."""
    everything = list(queries.papers_in_reach(desk.units))
    kind, wanted = request.GET.get("loai", ""), fold(request.GET.get("q", ""))
    names = queries.paper_names(everything)
    rows: list[dict[str, Any]] = [
        {"paper": p, "name": names.get(p.pk, ""), "state": words.paper_state(p)}
        for p in everything
        if (kind in ("", p.kind)) and wanted in fold(f"{p.full_number} {p.get_kind_display()} {names.get(p.pk, '')}")
    ]
    if request.GET.get("tai") == "csv":
        return csv_answer(
            "van-ban-cong-nhan",
            ["loai", "so", "ngay", "ve", "dot", "co_quan", "chu_ky", "lap_luc"],
            (
                [
                    r["paper"].get_kind_display(),
                    r["paper"].full_number,
                    r["paper"].issued_on or "",
                    r["name"],
                    r["paper"].cycle.title,
                    r["paper"].issuer,
                    r["paper"].signature,
                    r["paper"].made_at.isoformat(),
                ]
                for r in rows
            ),
        )
    query = request.GET.copy()
    query["tai"] = "csv"
    table = listing(
        rows,
        request.GET,
        default="-lap",
        sorts={
            "lap": lambda r: r["paper"].made_at,
            "so": lambda r: (r["paper"].year or 9999, r["paper"].symbol, r["paper"].number),
            "loai": lambda r: r["paper"].kind,
        },
    )
    context = {
        "table": table,
        "kind": kind,
        "kinds": Kind.choices,
        "csv": f"?{query.urlencode()}",
        "trail": TRAIL,
    }
    return render(request, "recognition/papers.html", context)


def _paper(desk: Desk, pk: int) -> OfficialPaper:
    found_papers = OfficialPaper.objects.within(desk.units).select_related(
        "cycle",
        "unit",
        "session__council",
        "assessment",
        "recognition",
        "docx",
        "pdf",
        "signed",
        "registered_by",
        "made_by",
    )
    return get_object_or_404(found_papers, pk=pk)


@desk(Right.APPRAISAL_READ)
def paper(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _paper_answer(request, desk, _paper(desk, pk))


def _paper_answer(
    request: HttpRequest, desk: Desk, one: OfficialPaper, form: RegisterForm | None = None
) -> HttpResponse:
    on = day_of(desk.at)
    needs = Right.RECOGNITION_WRITE if one.kind in DECIDING else Right.COUNCIL_WRITE
    if form is None:
        form = RegisterForm()
    if one.kind != Kind.DECISION:
        form.fields.pop("valid_from", None)
    name = queries.paper_names([one]).get(one.pk, "")
    facts = [
        ("Loại", one.get_kind_display()),
        ("Cơ quan ban hành", one.issuer),
        ("Đợt đánh giá", one.cycle.title),
    ]
    if name:
        facts.insert(1, ("Về", name))
    if one.number and one.issued_on is not None:
        facts += [("Số, ký hiệu", one.full_number), ("Ngày", write_day(one.issued_on))]
        facts.append(("Chữ ký", words.signature_words(one)))
    rows = [words.row_of(r, on) for r in one.recognitions.defer("readings", "result").order_by("certificate")]
    context = {
        "paper": one,
        "name": name,
        "facts": facts,
        "state": words.paper_state(one),
        "form": form,
        "can_register": not one.number and one.pdf_id and one.kind != Kind.CERTIFICATE and desk.may(needs, one.unit),
        "is_decision": one.kind == Kind.DECISION,
        "rows": rows,
        "files": [
            (label, f"{one.address}{slug}/") for slug, (column, label) in FILES.items() if getattr(one, f"{column}_id")
        ],
        "trail": LIST,
    }
    return render(request, "recognition/paper.html", context, status=422 if form.errors else 200)


@require_POST
@desk(Right.COUNCIL_WRITE)
def register(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The signed paper is back. Only who may recognise registers a decision."""
    one = _paper(desk, pk)
    if one.kind in DECIDING and not desk.may(Right.RECOGNITION_WRITE, one.unit):
        raise PermissionDenied(Right.RECOGNITION_WRITE.label)
    form = RegisterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _paper_answer(request, desk, one, form)
    given = form.cleaned_data
    try:
        deciding.register(
            one,
            number=given["number"],
            issued_on=given["issued_on"],
            signed=given["signed"].read(),
            name=given["signed"].name,
            valid_from=given["valid_from"],
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        form.refuse(refused)
        return _paper_answer(request, desk, one, form)
    count = one.recognitions.count()
    says = f"Đã ghi số {given['number']}."
    if one.kind == Kind.DECISION:
        says = f"Quyết định đã có hiệu lực: {count} đơn vị được công nhận. Sổ công nhận đã có tên."
    elif one.kind == Kind.REVOCATION:
        says = "Đã thu hồi. Sổ công nhận ghi rõ ngày và lý do."
    messages.success(request, says)
    return redirect(one.address)


@desk(Right.APPRAISAL_READ)
def paper_file(request: HttpRequest, desk: Desk, pk: int, slug: str) -> HttpResponse:
    one = _paper(desk, pk)
    if slug not in FILES:
        raise Http404("Không có tệp này.")
    file = getattr(one, FILES[slug][0])
    if file is None:
        raise Http404("Văn bản này chưa có tệp ấy.")
    answer = HttpResponse(files.read(file), content_type=file.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# ── What was recognised ──────────────────────────────────────────────────────


@desk(Right.APPRAISAL_READ)
def recognitions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The lines of the register in reach, with what can be done about them.  Cost: five queries besides the search."""
    on, asked = day_of(desk.at), Asked.read(request.GET)
    order = request.GET.get("xep", "-ngay")
    rows = found(asked, on=on, order=order).filter(unit__in=desk.units)
    pages = Paginator(rows, 50)
    sheet = pages.get_page(request.GET.get("trang", "1"))
    lines = list(sheet.object_list)
    deciders, writers = (
        desk.within(right, [r.unit_id for r in lines]) for right in (Right.RECOGNITION_WRITE, Right.COUNCIL_WRITE)
    )
    shown = [
        words.row_of(r, on) | {"may_decide": r.unit_id in deciders, "may_write": r.unit_id in writers} for r in lines
    ]
    context = {
        "table": Listing(shown, sheet.number, pages.num_pages, pages.count, asked.text, order),
        "asked": asked,
        "states": STATES.items(),
        "csv": f"/so-cong-nhan/?{_as_csv(request)}",
        "trail": LIST,
    }
    return render(request, "recognition/recognitions.html", context)


def _as_csv(request: HttpRequest) -> str:
    query = request.GET.copy()
    query["tai"] = "csv"
    return query.urlencode()


def _recognition(desk: Desk, pk: int) -> Recognition:
    return get_object_or_404(Recognition.objects.within(desk.units), pk=pk)


@desk(Right.RECOGNITION_WRITE)
def revoke(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One question: why, by what rule, from when. What comes of it is a draft; nothing is taken back yet."""
    one, form = _recognition(desk, pk), RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            draft_paper = papering.draft_revocation(
                one,
                reason=given["reason"],
                rule=given["rule"],
                start=given["start"],
                signer=form.who,
                grounds=form.further,
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Đã lập dự thảo quyết định thu hồi. Công nhận vẫn còn đến khi ghi số quyết định.")
            return redirect(draft_paper.address)
    on = day_of(desk.at)
    context = {
        "one": one,
        "form": form,
        "sentence": words.standing_words(one, on),
        "is_possible": one.standing(on) == Standing.VALID and one.revoked_on is None,
        "trail": [*LIST, ("Đã công nhận", "/quyet-dinh/cong-nhan/")],
    }
    return render(request, "recognition/revoke.html", context, status=422 if form.errors else 200)


@require_POST
@desk(Right.COUNCIL_WRITE)
def certificate(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    try:
        made = papering.draft_certificate(_recognition(desk, pk), by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return redirect("/quyet-dinh/cong-nhan/")
    messages.success(request, "Đã lập giấy công nhận. Tải về, in và trình ký.")
    return redirect(made.address)
