"""Ranking: teams of a commune, communes of a province, provinces of the country; the reason beside each rank."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langso.lib.period import day_of
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams.places import commune_asked, province_asked
from langso.ui.listing import csv_answer, listing
from langso.units.models import Level
from langso.units.queries import units_on
from langso.visits import ranking_queries as queries
from langso.visits.ranking import Ranked, Work, ranked, weighed_share

TRAIL = [("Việc của tôi", "/viec-cua-toi/"), ("Tổ công nghệ số cộng đồng", "/to/")]


@desk(Right.VISIT_READ)
def ranking(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cost: eleven queries at most."""
    today = day_of(desk.at)
    asked_year = request.GET.get("nam", "")
    year = int(asked_year) if asked_year.isascii() and asked_year.isdecimal() and len(asked_year) == 4 else today.year
    year = min(max(year, 2020), today.year)
    asked = commune_asked(request, desk, Right.VISIT_READ)
    everywhere, _ = desk.person.roots(Right.VISIT_READ)
    page: dict[str, Any] = {"asked": asked, "year": year, "trail": TRAIL, "keep": [("nam", str(year))]}
    if asked.unit is not None and asked.place is not None:
        rows = ranked(queries.works_of_teams(asked.unit, year=year, on=today))
        page |= {"place": asked.place, "noun": "tổ", "links": "/to/"}
        return _answer(request, rows, page)
    province = province_asked(desk, Right.VISIT_READ)
    code = request.GET.get("tinh", "") if everywhere else province.code if province else ""
    if not everywhere and not code:
        return render(request, "visits/ranking.html", {"page": page})
    provinces = [province] if province is not None else units_on(today, level=Level.PROVINCE)
    chosen = next((p for p in provinces if p.code == code), None)
    if chosen is None:
        rows = ranked(queries.works_of_provinces(provinces, year=year, on=today))
        page |= {"noun": "tỉnh", "codes": {p.id: p.code for p in provinces}, "links": "?tinh="}
    else:
        communes = units_on(today, level=Level.COMMUNE, province_code=chosen.code)
        rows = ranked(queries.works_of_communes(communes, year=year, on=today))
        page |= {"place": chosen, "noun": "xã", "codes": {n.id: n.code for n in communes}, "links": "?xa="}
        if everywhere:
            page["keep"] = [*page["keep"], ("tinh", chosen.code)]
    return _answer(request, rows, page)


def _answer(request: HttpRequest, rows: list[Ranked], page: dict[str, Any]) -> HttpResponse:
    if request.GET.get("tai") == "csv":
        return _csv(rows)
    wanted = fold(request.GET.get("q", ""))
    places = {r.work.key: k for k, r in enumerate(rows)}
    table = listing(
        [r for r in rows if wanted in fold(r.work.name)],
        request.GET,
        default="hang",
        per_page=100,
        sorts={
            "hang": lambda r: places[r.work.key],
            "ten": lambda r: r.work.sort_key,
            "hd": lambda r: (r.work.guided_share if r.work.guided_share is not None else -1, r.work.sort_key),
            "dung-han": lambda r: (r.work.in_time_share if r.work.in_time_share is not None else -1, r.work.sort_key),
        },
    )
    query = request.GET.copy()
    query["tai"] = "csv"
    codes: dict[int, str] = page.get("codes", {})
    page |= {
        "table": table,
        "rows": [_row(r, codes, page["links"]) for r in table.rows],
        "csv": f"?{query.urlencode()}",
        "doubted": sum(r.is_doubted for r in rows),
        "unranked": sum(r.rank is None for r in rows),
    }
    return render(request, "visits/ranking.html", {"page": page})


def _row(row: Ranked, codes: dict[int, str], links: str) -> dict[str, Any]:
    work = row.work
    key = codes.get(work.key, "")
    return {
        "row": row,
        "work": work,
        "href": f"{links}{key}" if key else f"{links}{work.key}/",
        "confirmed": min(work.confirmed_count / work.visits_count, 1.0) if work.visits_count else None,
        "weighed": weighed_share(work),
    }


def _csv(rows: list[Ranked]) -> HttpResponse:
    columns = [
        "hang",
        "ten",
        "so_ho",
        "ho_duoc_huong_dan",
        "ty_le",
        "ty_le_da_can_xac_nhan",
        "so_luot",
        "luot_co_xac_nhan",
    ]
    more = ["yeu_cau_den_han", "tra_loi_dung_han", "ho_hoi_lai", "ho_noi_giup_duoc", "nghi_van"]
    return csv_answer(
        "xep-hang-to-cong-nghe-so",
        [*columns, *more],
        (
            [
                r.rank if r.rank is not None else "",
                w.name,
                w.households_count if w.households_count is not None else "",
                w.guided_count,
                f"{w.guided_share:.4f}" if w.guided_share is not None else "",
                _four(w),
                w.visits_count,
                w.confirmed_count,
                w.due_count,
                w.in_time_count,
                w.asked_count,
                w.helped_count,
                " ".join(d.says for d in r.doubts),
            ]
            for r in rows
            for w in [r.work]
        ),
    )


def _four(work: Work) -> str:
    share = weighed_share(work)
    return f"{share:.4f}" if share is not None else ""
