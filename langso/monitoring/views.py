"""Pages of watching: progress, ranking, criteria and movement of a cycle; the country by province."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from langso.appraisals.queries import cycles_in_reach
from langso.assessments.judging import MAIN_FRAMEWORK, edition_of, editions_for
from langso.assessments.models import Publication
from langso.criteria.edition import Edition
from langso.criteria.reasons import lower_first
from langso.cycles.models import Cycle
from langso.lib.period import Period, day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.monitoring import queries, reporting
from langso.monitoring.queries import Row, Tally
from langso.papers import pdf, word
from langso.papers.paper import Paper
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing
from langso.units.queries import named

KEPT = 600  # seconds that the country's criteria are kept: a second's work, asked for by many
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WAYS = {
    "xep-hang": "Xếp hạng",
    "chua-bat-dau": "Chưa bắt đầu",
    "qua-han": "Quá hạn",
    "nghi-van": "Có nghi vấn",
    "chuyen-bien": "Chuyển biến",
}
CHOSEN: dict[str, Callable[[Row], bool]] = {
    "xep-hang": lambda r: True,
    "chua-bat-dau": lambda r: r.state.value == "not_started",
    "qua-han": lambda r: r.is_late,
    "nghi-van": lambda r: r.doubts > 0,
    "chuyen-bien": lambda r: r.movement.step is not None or not r.movement.is_comparable,
}
COLUMNS = ["hang", "ma", "ten", "buoc", "muc", "diem", "ket_qua_theo", "nghi_van", "qua_han", "chuyen_bien"]


def _cells(row: Row) -> list[Any]:
    return [
        row.rank,
        row.code,
        row.name,
        row.state.label,
        row.level,
        row.score,
        row.source,
        row.doubts,
        "có" if row.is_late else "",
        row.movement.says,
    ]


@desk(Right.APPRAISAL_READ)
def start(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which cycles there are to watch."""
    context = {
        "cycles": cycles_in_reach(desk.units),
        "is_everywhere": desk.person.roots(Right.APPRAISAL_READ)[0],
        "trail": [("Việc của tôi", "/viec-cua-toi/")],
    }
    return render(request, "monitoring/start.html", {"page": context})


def _cycle(desk: Desk, code: str) -> Cycle:
    found = next((c for c in cycles_in_reach(desk.units) if c.code == code), None)
    if found is None:
        raise Http404("Không có đợt này trong phạm vi của anh, chị.")
    return found


@desk(Right.APPRAISAL_READ)
def cycle(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One cycle: ranking, and the lists of those who need a call."""
    found = _cycle(desk, code)
    everything = queries.cycle_rows(found, desk.units, on=day_of(desk.at))
    way = request.GET.get("xem", "xep-hang")
    way = way if way in WAYS else "xep-hang"
    wanted = fold(request.GET.get("q", ""))
    rows = [r for r in everything if CHOSEN[way](r) and wanted in fold(r.name)]
    if request.GET.get("tai") == "csv":
        order = sorted(rows, key=lambda r: (r.rank is None, r.rank or 0, r.sort_key))
        return csv_answer(f"{found.code}-{way}", COLUMNS, map(_cells, order))
    table = listing(
        rows,
        request.GET,
        default="-buoc" if way == "chuyen-bien" else "hang",
        sorts={
            "hang": lambda r: (r.rank is None, r.rank or 0, r.sort_key),
            "ten": lambda r: r.sort_key,
            "muc": lambda r: (r.level if r.level is not None else -1, r.sort_key),
            "nghi": lambda r: (r.doubts, r.sort_key),
            "buoc": lambda r: (r.movement.step if r.movement.step is not None else -9, r.sort_key),
        },
    )
    page = {
        "cycle": found,
        "table": table,
        "way": way,
        "has_score": edition_of(found.framework, found.edition).scale is not None,
        "tabs": [
            {
                "href": f"?xem={key}",
                "label": label,
                "current": key == way,
                "count": sum(CHOSEN[key](r) for r in everything),
            }
            for key, label in WAYS.items()
        ]
        + [{"href": "tieu-chi/", "label": "Từng tiêu chí", "current": False}],
        "files": _files(request),
        "trail": [("Việc của tôi", "/viec-cua-toi/"), ("Theo dõi", "/theo-doi/")],
    }
    return render(request, "monitoring/cycle.html", {"page": page})


def _files(request: HttpRequest) -> list[tuple[str, str]]:
    found = []
    for kind, label in (("csv", "CSV"), ("xlsx", "Excel")):
        query = request.GET.copy()
        query["tai"] = kind
        found.append((f"?{query.urlencode()}", label))
    return found


@desk(Right.APPRAISAL_READ)
def criteria(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """How each criterion looks over the units of a cycle."""
    found = _cycle(desk, code)
    edition = edition_of(found.framework, found.edition)
    tallies = _cycle_tallies(found, desk)
    if request.GET.get("tai") == "csv":
        return _criteria_answer(f"{found.code}-tieu-chi", tallies, edition)
    page = {
        "title": found.title,
        "is_simulated": found.is_simulated,
        "tallies": _shown(tallies, edition),
        "levels": edition.levels,
        "files": _files(request),
        "trail": [("Việc của tôi", "/viec-cua-toi/"), ("Theo dõi", "/theo-doi/"), (found.title, f"/theo-doi/{code}/")],
    }
    return render(request, "monitoring/criteria.html", {"page": page})


def _cycle_tallies(cycle: Cycle, desk: Desk) -> list[Tally]:
    """Of one province at once; of the whole country kept for ten minutes, since thousands of files are read for it."""
    if not desk.person.roots(Right.APPRAISAL_READ)[0]:
        return queries.criteria_of(cycle, desk.units)
    edition = edition_of(cycle.framework, cycle.edition)
    return _kept(f"theo-doi:dot:{cycle.pk}:{cycle.closed_at}", edition, lambda: queries.criteria_of(cycle, desk.units))


def _shown(tallies: Sequence[Tally], edition: Edition) -> list[dict[str, Any]]:
    middle = (len(edition.levels) + 1) // 2
    return [
        {
            "tally": t,
            "shares": [t.share(n) for n in range(1, len(t.held) + 1)],
            "have": t.share(middle) if t.held else None,
        }
        for t in tallies
    ]


def _criteria_answer(name: str, tallies: Sequence[Tally], edition: Edition) -> HttpResponse:
    levels = [f"dat_muc_{n}" for n in range(1, max((len(t.held) for t in tallies), default=0) + 1)]
    columns = ["ma", "ten", "nhom", "co_so_lieu", "chua_co_so_lieu", "trung_vi", *levels]
    rows = ([t.criterion.code, t.criterion.name, t.group, t.known, t.unknown, t.middle, *t.held] for t in tallies)
    return csv_answer(name, columns, rows)


@desk(Right.APPRAISAL_READ)
def report(request: HttpRequest, desk: Desk, code: str, kind: str) -> HttpResponse:
    """The report of a cycle as Word or PDF; of a closed one the same to the byte each time."""
    found = _cycle(desk, code)
    edition = edition_of(found.framework, found.edition)
    as_of = day_of(found.closed_at) if found.closed_at else day_of(desk.at)
    rows = queries.cycle_rows(found, desk.units, on=as_of)
    area, place = "cả nước", "Hà Nội"
    if found.unit_id is not None:
        province = named([(found.unit_id, as_of)])[found.unit_id, as_of]
        area, place = lower_first(province.name), province.short_name
    tallies = queries.criteria_of(found, desk.units)
    paper = reporting.of_cycle(found, rows, tallies, edition, area=area, place=place, as_of=as_of)
    return _paper(paper, kind, f"bao-cao-{found.code}")


def _paper(paper: Paper, kind: str, name: str) -> HttpResponse:
    if kind == "docx":
        answer = HttpResponse(word.write(paper), content_type=WORD)
    else:
        answer = HttpResponse(pdf.write(paper), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _asked(request: HttpRequest, today: date) -> tuple[Edition, Period]:
    editions = editions_for("commune")
    asked = request.GET.get("khung", MAIN_FRAMEWORK)
    edition = next((e for e in editions if e.id == asked), None) or edition_of(MAIN_FRAMEWORK)
    try:
        return edition, Period.parse(request.GET.get("ky", "") or str(today.year))
    except Refused:
        return edition, Period.year(today.year)


def _national(desk: Desk) -> None:
    if not desk.person.roots(Right.APPRAISAL_READ)[0]:
        raise Http404("Trang cả nước dành cho người theo dõi toàn quốc.")


def _country_tallies(edition: Edition, period: Period, today: date) -> list[Tally]:
    """Kept for ten minutes: the figures of 3,321 communes take about a second to judge."""
    key = f"theo-doi:{edition.id}:{edition.edition}:{period.code}:{today}"
    return _kept(key, edition, lambda: queries.criteria_of_country(edition, period, on=today))


def _kept(key: str, edition: Edition, made: Callable[[], list[Tally]]) -> list[Tally]:
    """Tallies from the cache, or made and kept; the criterion itself is found again by its code."""
    kept = cache.get(key)
    if kept is not None:
        return [replace(tally, criterion=edition.by_code[code]) for code, tally in kept]
    found = made()
    cache.set(key, [(t.criterion.code, replace(t, criterion=None)) for t in found], KEPT)  # type: ignore[arg-type]
    return found


@desk(Right.APPRAISAL_READ)
def country(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every province side by side."""
    _national(desk)
    today = day_of(desk.at)
    edition, period = _asked(request, today)
    rows = queries.provinces(edition, period, on=today)
    levels = [lv.number for lv in edition.levels]
    if request.GET.get("tai") == "csv":
        columns = ["ma", "ten", "so_xa", "trong_dot", "da_bat_dau", "da_nop", "da_tham_dinh", "da_cong_nhan"]
        cells = (
            [p.code, p.name, p.communes, p.in_cycles, p.started, p.handed, p.appraised, p.recognised]
            + [p.levels.get(n, 0) for n in levels]
            for p in rows
        )
        return csv_answer("theo-doi-ca-nuoc", columns + [f"muc_{n}" for n in levels], cells)
    table = listing(
        rows,
        request.GET,
        default="ten",
        sorts={
            "ten": lambda p: p.sort_key,
            "nop": lambda p: (p.handed, p.sort_key),
            "cong-nhan": lambda p: (p.recognised, p.sort_key),
            "muc": lambda p: (p.middle or 0.0, p.sort_key),
        },
    )
    page = {
        "edition": edition,
        "editions": editions_for("commune"),
        "period": period,
        "table": table,
        "files": _files(request),
        "query": f"khung={edition.id}&ky={period.code}",
        "trail": [("Việc của tôi", "/viec-cua-toi/"), ("Theo dõi", "/theo-doi/")],
    }
    return render(request, "monitoring/country.html", {"page": page})


@desk(Right.APPRAISAL_READ)
def country_criteria(request: HttpRequest, desk: Desk) -> HttpResponse:
    _national(desk)
    today = day_of(desk.at)
    edition, period = _asked(request, today)
    tallies = _country_tallies(edition, period, today)
    if request.GET.get("tai") == "csv":
        return _criteria_answer("tieu-chi-ca-nuoc", tallies, edition)
    page = {
        "title": f"{edition.title}, kỳ {period}, cả nước",
        "is_simulated": _is_simulated(edition, period),
        "tallies": _shown(tallies, edition),
        "levels": edition.levels,
        "files": _files(request),
        "trail": [
            ("Việc của tôi", "/viec-cua-toi/"),
            ("Theo dõi", "/theo-doi/"),
            ("Cả nước", f"/theo-doi/ca-nuoc/?khung={edition.id}&ky={period.code}"),
        ],
    }
    return render(request, "monitoring/criteria.html", {"page": page})


def _is_simulated(edition: Edition, period: Period) -> bool:
    current = Publication.objects.current().filter(framework=edition.id, period=period.code)
    return current.filter(is_simulated=True).exists()


@desk(Right.APPRAISAL_READ)
def country_report(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    _national(desk)
    today = day_of(desk.at)
    edition, period = _asked(request, today)
    paper = reporting.of_country(
        queries.provinces(edition, period, on=today),
        _country_tallies(edition, period, today),
        edition,
        period,
        as_of=today,
        simulated=_is_simulated(edition, period),
    )
    return _paper(paper, kind, f"bao-cao-ca-nuoc-{period.code}")
