"""The page that explains the API, and the readings of a province."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from langso.assessments import sheets, workbook
from langso.assessments.judging import MAIN_FRAMEWORK, editions_for
from langso.criteria.edition import Edition
from langso.exchange import api, register, rules, table, words
from langso.exchange.queries import names_of
from langso.files import actions as files
from langso.files.models import StoredFile
from langso.lib.number import write_number
from langso.lib.period import NotAPeriod, Period, day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.measures.models import SystemReading
from langso.people.door import Desk, desk, public
from langso.people.roles import Right
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.units.models import Level, Unit, UnitName
from langso.units.queries import Named, named

ADDRESS = "/so-lieu-he-thong/"
TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
COLUMNS = [
    "ma_don_vi",
    "don_vi",
    "ma_chi_tieu",
    "chi_tieu",
    "ky",
    "tu_so",
    "mau_so",
    "gia_tri",
    "ngay",
    "he_thong",
    "nhan_luc",
]
_SORTS = {"don-vi": "unit_key", "chi-tieu": "measure", "he-thong": "system", "nhan": "received_at", "ngay": "as_of"}


@public
def reference(request: HttpRequest) -> HttpResponse:
    """The API for readers, made from its own description."""
    page = words.reference_page(api.description())
    return render(request, "exchange/reference.html", {"page": page})


def description(request: HttpRequest) -> HttpResponse:
    """The same for machines."""
    return JsonResponse(api.description(), json_dumps_params={"ensure_ascii": False})


@desk(Right.APPRAISAL_WRITE)
def readings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What state systems say of the units in reach, and a table to send more of it."""
    today = day_of(desk.at)
    params = request.POST if request.method == "POST" else request.GET
    problem, faults, marked = "", list[workbook.Fault](), ""
    try:
        period = Period.parse(params.get("ky", str(today.year)))
    except NotAPeriod as refused:
        period, problem = Period.year(today.year), refused.sentence
    editions = editions_for("commune")
    edition = next((e for e in editions if e.id == params.get("khung", MAIN_FRAMEWORK)), editions[0])
    provinces = _provinces(desk)
    if request.method == "POST" and not problem:
        place = next((p for p in provinces if str(p.id) == params.get("tinh")), provinces[0])
        try:
            taken = _taken(request, desk, edition, period, Unit.objects.get(pk=place.id))
        except Refused as refused:
            problem = refused.sentence
        else:
            if isinstance(taken, str):
                messages.success(request, taken)
                return redirect(f"{ADDRESS}?ky={period.code}")
            faults, marked = taken
    rows = _rows(request, desk, period)
    if request.GET.get("tai") == "csv":
        return csv_answer(f"so-lieu-he-thong-{period.code}", COLUMNS, _csv(rows))
    number = request.GET.get("trang", "1")
    sheet = Paginator(rows, PER_PAGE).get_page(number if number.isdecimal() else 1)
    listed = words.reading_lines(list(sheet.object_list), register.all_known())
    shown: Listing[Any] = Listing(
        listed, sheet.number, sheet.paginator.num_pages, sheet.paginator.count, request.GET.get("q", ""), ""
    )
    query = request.GET.copy()
    query["tai"] = "csv"
    page = {
        "table": shown,
        "period": period,
        "edition": edition,
        "editions": editions,
        "provinces": provinces,
        "system": request.GET.get("he-thong", ""),
        "csv": f"?{query.urlencode()}",
        "most": write_number(rules.MOST_ITEMS),
        "limit": sheets.LARGEST // 1024 // 1024,
        "trail": TRAIL,
        "faults": faults,
        "fault_title": f"Chưa nhập dòng nào. Có {len(faults)} ô sai.",
        "marked": marked,
        "problem": problem,
    }
    return render(request, "exchange/readings.html", {"page": page}, status=422 if problem or faults else 200)


def _provinces(desk: Desk) -> list[Named]:
    today = day_of(desk.at)
    ids = desk.units.filter(level=Level.PROVINCE).values_list("pk", flat=True)
    found = sorted(named([(pk, today) for pk in ids]).values(), key=lambda n: n.sort_key)
    if not found:
        raise PermissionDenied(Right.APPRAISAL_WRITE.label)
    return found


def _taken(
    request: HttpRequest, desk: Desk, edition: Edition, period: Period, province: Unit
) -> str | tuple[list[workbook.Fault], str]:
    """What was written, in words; or the faulty cells and the marked copy.

    Refuses: all of `table.read`.
    """
    sent = request.FILES.get("tep")
    if sent is None:
        raise sheets.WorkbookEmpty()
    if (sent.size or 0) > sheets.LARGEST:
        raise sheets.WorkbookTooLarge(limit=sheets.LARGEST // 1024 // 1024)
    content, name = sent.read(), sent.name or "so-lieu.xlsx"
    found = table.read(content, name, edition=edition, period=period, units=desk.units)
    done, faults = table.take(found, units=desk.units, by=desk.person.person_id, at=desk.at)

    def keep(kept: bytes, title: str) -> StoredFile:
        by = desk.person.person_id
        return files.store(content=kept, name=title, content_type=sheets.TYPE, unit=province, by=by, at=desk.at)

    if faults:
        copy = keep(workbook.mark(found.content, faults, name=found.sheet, notice=None), f"o-sai-{period.code}.xlsx")
        return faults, f"/tep/{copy.pk}/"
    keep(found.content, f"so-lieu-he-thong-{period.code}.xlsx")
    wrote = sum(d.what != "same" for d in done)
    return f"Đã đọc {write_number(len(done))} số liệu hệ thống, ghi {write_number(wrote)} số mới."


def _rows(request: HttpRequest, desk: Desk, period: Period) -> QuerySet[SystemReading]:
    names = UnitName.objects.on(period.last_day).filter(unit=OuterRef("unit"))
    rows = (
        SystemReading.objects.current()
        .within(desk.units)
        .filter(period=period.code)
        .annotate(unit_key=Subquery(names.values("sort_key")[:1]), unit_name=Subquery(names.values("name")[:1]))
    )
    wanted = fold(request.GET.get("q", ""))[:100]
    if wanted:
        like = UnitName.objects.on(period.last_day).filter(folded__contains=wanted)
        rows = rows.filter(unit__in=like.values("unit"))
    system = request.GET.get("he-thong", "").replace("\x00", "").strip()[:200]
    if system:
        rows = rows.filter(system__icontains=system)
    order = request.GET.get("xep", "don-vi")
    column = _SORTS.get(order.removeprefix("-"), "unit_key")
    return rows.order_by(f"-{column}" if order.startswith("-") else column, "measure", "pk")


def _csv(rows: QuerySet[SystemReading]) -> Iterator[list[Any]]:
    known, found = register.all_known(), list(rows)
    codes = names_of((r.unit_id, r.period) for r in found)
    for r in found:
        unit = codes.get((r.unit_id, r.period))
        label = known[r.measure].measure.label if r.measure in known else ""
        yield [
            unit.code if unit else "",
            unit.name if unit else "",
            r.measure,
            label,
            r.period,
            r.numerator,
            r.denominator,
            r.value,
            r.as_of,
            r.system,
            f"{r.received_at:%Y-%m-%dT%H:%M:%SZ}",
        ]
