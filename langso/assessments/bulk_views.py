"""A province takes in its communes' files in one go."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from langso.assessments import bulk
from langso.assessments.judging import MAIN_FRAMEWORK, editions_for
from langso.criteria.edition import Edition
from langso.files.models import StoredFile
from langso.lib.period import Period, day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing
from langso.units.models import Level, Unit
from langso.units.queries import Named, named, units_on

TRAIL = [("Việc của tôi", "/viec-cua-toi/"), ("Đánh giá các xã", "/danh-gia/")]
ADDRESS = "/danh-gia/nhap-nhieu/"


def _provinces(desk: Desk) -> list[Named]:
    """Where a batch can be for: provinces within reach."""
    today = day_of(desk.at)
    ids = desk.units.filter(level=Level.PROVINCE).values_list("pk", flat=True)
    found = sorted(named([(pk, today) for pk in ids]).values(), key=lambda n: n.sort_key)
    if not found:
        raise PermissionDenied(Right.FIGURE_WRITE.label)
    return found


@desk(Right.FIGURE_WRITE)
def bulk_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Files in, one answer out."""
    provinces, today = _provinces(desk), day_of(desk.at)
    editions = editions_for("commune")
    posted = request.POST
    province = next((p for p in provinces if str(p.id) == posted.get("tinh")), provinces[0])
    edition = next((e for e in editions if e.id == posted.get("khung", MAIN_FRAMEWORK)), editions[0])
    problem = ""
    if request.method == "POST":
        try:
            return redirect(f"{ADDRESS}{_imported(request, desk, province, edition).pk}/")
        except Refused as refused:
            problem = refused.sentence
    page = {
        "province": province,
        "edition": edition,
        "period": posted.get("ky", str(today.year)),
        "provinces": provinces,
        "editions": editions,
        "most": bulk.MOST_FILES,
        "limit": bulk.LARGEST_BATCH // 1024 // 1024,
        "earlier": [
            {"title": f"Đợt {f.pk}", "href": f"{ADDRESS}{f.pk}/", "by": f.stored_by or "", "at": f.stored_at}
            for f in StoredFile.objects.within(desk.units)
            .filter(content_type=bulk.TYPE)
            .select_related("stored_by")
            .order_by("-pk")[:10]
        ],
        "trail": TRAIL,
    }
    return render(request, "assessments/bulk.html", {"page": page, "problem": problem}, status=422 if problem else 200)


def _imported(request: HttpRequest, desk: Desk, province: Named, edition: Edition) -> StoredFile:
    """Refuses: BatchEmpty, TooManyFiles, BatchTooLarge, NotAPeriod."""
    period = Period.parse(request.POST.get("ky", ""))
    sent = request.FILES.getlist("tep")
    if len(sent) > bulk.MOST_FILES:
        raise bulk.TooManyFiles(count=len(sent), most=bulk.MOST_FILES)
    if sum(f.size or 0 for f in sent) > bulk.LARGEST_BATCH:
        raise bulk.BatchTooLarge(limit=bulk.LARGEST_BATCH // 1024 // 1024)
    unpacked = bulk.unpacked((f.name or "", f.read()) for f in sent)
    today = day_of(desk.at)
    within = set(desk.units.values_list("pk", flat=True))
    communes = [n for n in units_on(today, level="commune", province_code=province.code) if n.id in within]
    run = bulk.Run(desk.units, communes, edition, period, desk.person.person_id, desk.at)
    return bulk.keep_answer(bulk.take(unpacked, run), Unit.objects.get(pk=province.id), run)


def _answer(desk: Desk, pk: int) -> tuple[StoredFile, bulk.Answer]:
    kept = get_object_or_404(
        StoredFile.objects.within(desk.units).select_related("stored_by"), pk=pk, content_type=bulk.TYPE
    )
    return kept, bulk.answer_of(kept)


@desk(Right.FIGURE_WRITE)
def bulk_answer(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What happened with each file; the same today and tomorrow."""
    kept, answer = _answer(desk, pk)
    if request.GET.get("tai") == "csv":
        return csv_answer(
            f"nhap-nhieu-{pk}",
            ["tep", "xa", "ket_qua", "so_lieu_doc", "so_lieu_ghi", "ly_do", "tep_danh_dau"],
            (
                [o.name, o.place, o.word, o.read, o.wrote, o.sentence, f"/tep/{o.marked}/" if o.marked else ""]
                for o in answer.outcomes
            ),
        )
    order = list(bulk.STATES)
    table = listing(
        answer.outcomes,
        request.GET,
        default="tep",
        sorts={
            "tep": lambda o: o.name.lower(),
            "xa": lambda o: o.place,
            "ket-qua": lambda o: (order.index(o.state), o.name.lower()),
            "ghi": lambda o: o.wrote,
        },
        per_page=bulk.MOST_FILES,
    )
    page = {
        "kept": kept,
        "answer": answer,
        "table": table,
        "held": [o for o in answer.outcomes if o.sentence],
        "archive": f"{ADDRESS}{pk}/da-danh-dau.zip",
        "again": ADDRESS,
        "trail": [*TRAIL, ("Nhập nhiều xã", ADDRESS)],
    }
    return render(request, "assessments/bulk_answer.html", {"page": page})


@desk(Right.FIGURE_WRITE)
def bulk_marked(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """All marked copies of a batch."""
    _, answer = _answer(desk, pk)
    kept = StoredFile.objects.within(desk.units).in_bulk(answer.marked)
    found = [(o.place, kept[o.marked]) for o in answer.outcomes if o.marked in kept]
    if not found:
        raise Http404("Đợt này không có tệp nào bị đánh dấu.")
    response = HttpResponse(bulk.marked_archive(found), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"o-sai-{pk}.zip") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
