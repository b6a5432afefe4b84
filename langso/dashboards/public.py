"""Public pages: home, search, a place, a province, what a commune published."""

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from langso.assessments.models import Publication
from langso.assessments.results import from_json
from langso.dashboards import queries, words
from langso.lib.period import NotADay, Period, day_of, read_day
from langso.lib.vietnamese import fold
from langso.people.door import public
from langso.ui.kept import kept
from langso.ui.listing import csv_answer, listing
from langso.units import finding
from langso.units.models import Level
from langso.units.queries import unit_by_code
from langso.units.rules import CodeUnknown, TextTooLong
from langso.visits.measures import work_of

CODE = re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}")
NO_CODE = "Mã đơn vị có 2, 3 hoặc 5 chữ số."


def _today() -> date:
    return day_of(timezone.now())


@public
@kept
def home(request: HttpRequest) -> HttpResponse:
    page = queries.country_page(on=_today())
    return render(request, "dashboards/home.html", {"page": page, "shown": words.of_country(page)})


@public
def country_csv(request: HttpRequest) -> HttpResponse:
    page = queries.country_page(on=_today())
    names = [lv.number for lv in page.edition.levels]
    return csv_answer(
        "ca-nuoc",
        [
            "ma_tinh",
            "tinh",
            "so_xa",
            "da_cong_bo",
            "muc_thuong_gap",
            *(f"muc_{n}" for n in [0, *names]),
            "chua_du_so_lieu",
        ],
        (
            [
                p.unit.code,
                p.unit.name,
                p.communes,
                p.published,
                p.usual,
                *(dict(p.levels).get(n, 0) for n in [0, *names]),
                dict(p.levels).get(None, 0),
            ]
            for p in page.provinces
        ),
    )


@public
def search(request: HttpRequest) -> HttpResponse:
    """What a text may mean; one clear answer leads straight there."""
    text, today = request.GET.get("q", "").strip(), _today()
    found: list[finding.Found] = []
    near, problem = "", ""
    if text:
        try:
            found = finding.find(text, today=today, prefix=True, limit=30)
            near = "" if found else finding.nearest_name(text)
        except TextTooLong as refused:
            problem = refused.sentence
    page = {
        "text": text,
        "found": found,
        "today": [f for f in found if queries.holds(f.unit, today)],
        "before": [f for f in found if not queries.holds(f.unit, today)],
        "near": near,
        "problem": problem,
        "none": f"Không thấy nơi nào tên “{text}”.",
        "ask": f"Có phải “{near}”?",
        "near_address": f"/tim/?q={quote(near)}",
    }
    return render(request, "dashboards/search.html", {"page": page})


@public
@kept
def place(request: HttpRequest, code: str, day: str = "") -> HttpResponse:
    """The unit that holds the code today, or held it on the day in the address."""
    today = _today()
    if not CODE.fullmatch(code):
        raise Http404(NO_CODE)
    try:
        on = read_day(day) if day else today
        unit = unit_by_code(code, on)
    except NotADay as wrong:
        raise Http404(wrong.sentence) from wrong
    except CodeUnknown as unknown:
        held = _last_holder(code)
        if not day and held:
            return redirect(f"/noi/{code}/{held}/")
        raise Http404(unknown.sentence) from unknown
    found = queries.place_page(unit, day=on, today=today, framework=request.GET.get("khung", ""))
    if found is None:
        raise Http404("Ngày này chưa có đơn vị mang mã ấy.")
    if day:  # one address for all days on which the unit was the same
        address = f"/noi/{code}/" if found.is_current else found.unit.address
        if address != request.path:
            return redirect(address)
    if unit.level == Level.PROVINCE and found.is_current:
        page = queries.province_page(found, on=today)
        wanted = fold(request.GET.get("q", ""))
        rows = [s for s in page.standings if wanted in fold(s.unit.name)]
        table = listing(
            rows,
            request.GET,
            default="ten",
            per_page=200,
            sorts={
                "ten": lambda s: s.unit.sort_key,
                "muc": lambda s: (s.level if s.level is not None else -1 if s.is_published else -2, s.unit.sort_key),
                "thieu": lambda s: (s.missing_count if s.missing_count is not None else 999, s.unit.sort_key),
            },
        )
        return render(
            request,
            "dashboards/province.html",
            {"page": page, "table": table, "shown": words.of_province(page)},
        )
    team = _work_here(found.unit.id, code, today) if found.is_current else None
    return render(request, "dashboards/place.html", {"page": found, "shown": words.of_place(found), "team": team})


def _work_here(unit: int, code: str, today: date) -> dict[str, Any] | None:
    """What the community digital teams of a commune did this year; nothing where they have no book here.

    Cost: three queries.
    """
    period = Period.year(today.year)
    work = work_of([unit], period).get(unit)
    if work is None or work.is_empty:
        return None
    return {"work": work, "period": period, "code": code, "sim": work.is_simulated}


def _last_holder(code: str) -> date | None:
    from langso.units.models import UnitCode

    ended = UnitCode.objects.filter(code=code, valid__endswith__isnull=False).order_by("-valid").first()
    return date.fromordinal(ended.valid.upper.toordinal() - 1) if ended else None


@public
def province_csv(request: HttpRequest, code: str) -> HttpResponse:
    today = _today()
    if not CODE.fullmatch(code):
        raise Http404(NO_CODE)
    try:
        unit = unit_by_code(code, today)
    except CodeUnknown as unknown:
        raise Http404(unknown.sentence) from unknown
    found = queries.place_page(unit, day=today, today=today)
    if found is None or unit.level != Level.PROVINCE:
        raise Http404("Mã này không phải của một tỉnh.")
    page = queries.province_page(found, on=today)
    return csv_answer(
        f"tinh-{code}",
        ["ma", "ten", "muc", "ten_muc", "so_tieu_chi_con_thieu", "cong_bo_luc", "mo_phong"],
        (
            [
                s.unit.code,
                s.unit.name,
                s.level,
                s.word,
                s.missing_count,
                s.published_on.isoformat() if s.published_on else "",
                int(s.is_simulated),
            ]
            for s in page.standings
        ),
    )


@public
def result_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Every criterion of a publication, with its figure, target, day and source."""
    try:
        found = Publication.objects.get(pk=pk)
    except Publication.DoesNotExist:
        raise Http404("Không có kết quả này.") from None
    rows = from_json(found.result).rows.values()
    return csv_answer(
        f"ket-qua-{found.pk}",
        [
            "ma",
            "tieu_chi",
            "ket_luan",
            "gia_tri",
            "chi_tieu",
            "tu_so",
            "mau_so",
            "con_thieu",
            "ly_do",
            "ngay_so_lieu",
            "nguon",
            "van_ban",
            "mo_phong",
        ],
        (
            [
                r.code,
                r.name,
                r.verdict,
                r.value,
                r.target,
                r.reading.numerator if r.reading else "",
                r.reading.denominator if r.reading else "",
                r.gap,
                r.reason,
                r.reading.as_of if r.reading else "",
                r.reading.source if r.reading else "",
                r.reading.document if r.reading else "",
                int(r.reading.is_simulated) if r.reading else "",
            ]
            for r in rows
        ),
    )
