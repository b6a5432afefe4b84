"""Sổ công nhận: open to all, no sign-in."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from langso.assessments.results import from_json
from langso.files.actions import path_of
from langso.lib.period import day_of
from langso.people.door import public
from langso.recognition import register, rules, words
from langso.recognition.models import Recognition
from langso.recognition.register import COLUMNS, SORTS, STATES, Asked
from langso.ui.kept import kept
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.units.rules import TextTooLong

TRAIL = [("Sổ công nhận", "/so-cong-nhan/")]
NOT_THERE = "Sổ công nhận không có giấy số {}. Kiểm lại từng chữ số trên giấy."


@public
@kept
def book(request: HttpRequest) -> HttpResponse:
    """The register: search, filter, sort, take away."""
    on, asked = day_of(timezone.now()), Asked.read(request.GET)
    certificate = rules.read_certificate(asked.text)
    if certificate and Recognition.objects.filter(certificate=certificate).exists():
        return redirect(f"/so-cong-nhan/{certificate}/")
    order = request.GET.get("xep", "-ngay")
    order = order if order.removeprefix("-") in SORTS else "-ngay"
    problem = ""
    try:
        rows = register.found(asked, on=on, order=order)
    except TextTooLong as refused:
        problem, rows = refused.sentence, Recognition.objects.none()
    wanted = request.GET.get("tai", "")
    if wanted == "csv":
        return csv_answer("so-cong-nhan", COLUMNS, (register.cells(r, on=on) for r in rows.iterator()))
    pages = Paginator(rows, PER_PAGE)
    number = request.GET.get("trang", "1")
    sheet = pages.get_page(int(number) if number.isdecimal() and len(number) < 7 else 1)
    shown = [words.row_of(r, on) for r in sheet.object_list]
    query = request.GET.copy()
    query.pop("trang", None)
    context = {
        "table": Listing(shown, sheet.number, pages.num_pages, pages.count, asked.text, order),
        "asked": asked,
        "choices": register.choices(),
        "states": STATES.items(),
        "problem": (problem,) if problem else (),
        "none": f"Không thấy công nhận nào khớp với “{asked.text}”." if asked.text else "Chưa có công nhận nào khớp.",
        "then": "Thử tên cũ của xã, bỏ bớt điều kiện lọc, hoặc ghi số giấy, ví dụ 08-2026-0012."
        if not asked.is_all
        else "Quyết định công nhận được ghi số thì sổ này có ngay.",
        "csv": _with(query, "csv"),
        "xlsx": _with(query, "xlsx"),
        "trail": [("Cả nước", "/")],
    }
    return render(request, "recognition/register.html", context)


def _with(query: QueryDict, kind: str) -> str:
    query["tai"] = kind
    return f"?{query.urlencode()}"


def _missing(request: HttpRequest, number: str) -> HttpResponse:
    context = {"sentence": NOT_THERE.format(number[:40]), "number": number[:40], "trail": TRAIL}
    return render(request, "recognition/missing.html", context, status=404)


def _found(number: str) -> Recognition:
    one = Recognition.objects.filter(certificate=rules.read_certificate(number)).select_related("unit").first()
    if one is None:
        raise Http404(NOT_THERE.format(number[:40]))
    return one


@public
@kept
def recognition(request: HttpRequest, number: str) -> HttpResponse:
    """One recognition; where the QR of the certificate leads."""
    on = day_of(timezone.now())
    try:
        one = _found(number)
    except Http404:
        return _missing(request, number)
    if one.certificate != number:
        return redirect(one.address)
    page = register.recognition_page(one, on=on)
    here = f"{settings.PUBLIC_ADDRESS}{one.address}"
    context = {"page": page, "one": one, "here": here, "shown": words.of_recognition(page, on=on)}
    return render(request, "recognition/recognition.html", context)


@public
def lookup(request: HttpRequest) -> HttpResponse:
    """A certificate number as typed from the paper; leads to its page, or says that there is none."""
    typed = request.GET.get("so", "").strip()
    if not typed:
        return redirect("/so-cong-nhan/")
    certificate = rules.read_certificate(typed)
    return redirect(f"/so-cong-nhan/{certificate}/") if certificate else _missing(request, typed)


@public
def decision_file(request: HttpRequest, number: str) -> HttpResponse:
    """The signed decision, as it was handed in."""
    one = _found(number)
    name = f"quyet-dinh-{one.decision_number.replace('/', '-')}.pdf"
    return _download(path_of(one.decision_sha256).read_bytes(), "application/pdf", name)


@public
def revocation_file(request: HttpRequest, number: str) -> HttpResponse:
    one = _found(number)
    if not one.revocation_sha256:
        raise Http404("Công nhận này không bị thu hồi.")
    name = f"thu-hoi-{one.revocation_number.replace('/', '-')}.pdf"
    return _download(path_of(one.revocation_sha256).read_bytes(), "application/pdf", name)


@public
def figures(request: HttpRequest, number: str) -> HttpResponse:
    """Every criterion with the figure that it was judged by."""
    one = _found(number)
    rows = from_json(one.result).rows.values()
    columns = [
        "ma",
        "tieu_chi",
        "ket_luan",
        "gia_tri",
        "chi_tieu",
        "tu_so",
        "mau_so",
        "ngay_so_lieu",
        "nguon",
        "van_ban",
    ]
    return csv_answer(
        one.certificate,
        columns,
        (
            [
                r.code,
                r.name,
                r.verdict,
                r.value,
                r.target,
                r.reading.numerator if r.reading else "",
                r.reading.denominator if r.reading else "",
                r.reading.as_of if r.reading else "",
                r.reading.source if r.reading else "",
                r.reading.document if r.reading else "",
            ]
            for r in rows
        ),
    )


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    ascii_name = name.encode("ascii", "ignore").decode() or "tep.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{ascii_name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
