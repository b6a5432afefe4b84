"""Coverage: how far the villages have a team, at every level, with the gaps named."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langso.lib.number import write_number
from langso.lib.period import day_of
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams import queries
from langso.teams.places import commune_asked, province_asked
from langso.teams.queries import STEPS, Cover
from langso.ui.listing import csv_answer, listing
from langso.ui.maps import Shade
from langso.ui.writing import share_words
from langso.units.models import Level
from langso.units.queries import Named, units_on

TRAIL = [("Việc của tôi", "/viec-cua-toi/"), ("Tổ công nghệ số cộng đồng", "/to/")]
COLUMNS = ["ma", "don_vi", "so_xa", "so_xa_da_ghi_thon", "so_thon", "so_thon_co_to", "ty_le", "so_to"]
MORE_COLUMNS = ["to_chua_co_to_truong", "so_thanh_vien", "da_tap_huan", "so_ho"]


@desk(Right.TEAM_READ)
def coverage(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The country by province, a province by commune, or one commune with its gaps.  Cost: seven queries."""
    today = day_of(desk.at)
    asked = commune_asked(request, desk, Right.TEAM_READ)
    if asked.unit is not None and asked.place is not None:
        return _commune(request, desk, asked)
    everywhere, _ = desk.person.roots(Right.TEAM_READ)
    province = province_asked(desk, Right.TEAM_READ)
    code = request.GET.get("tinh", "") if everywhere else province.code if province else ""
    provinces = [province] if province is not None else units_on(today, level=Level.PROVINCE)
    chosen = next((p for p in provinces if p.code == code), None)
    if not everywhere and chosen is None:
        page = {"asked": asked, "trail": TRAIL}
        return render(request, "teams/coverage.html", {"page": page})
    if chosen is not None:
        rows = queries.covers(units_on(today, level=Level.COMMUNE, province_code=chosen.code))
    else:
        rows = queries.province_covers(provinces, on=today)
    if request.GET.get("tai") == "csv":
        return _csv(rows)
    return _table(request, rows, chosen, everywhere=everywhere, asked=asked)


def _table(
    request: HttpRequest, rows: list[Cover], chosen: Named | None, *, everywhere: bool, asked: Any
) -> HttpResponse:
    only = request.GET.get("thieu") == "1"
    wanted = fold(request.GET.get("q", ""))
    shown = [r for r in rows if r.place and wanted in fold(r.place.name) and not (only and r.is_whole)]
    table = listing(
        shown,
        request.GET,
        default="ten",
        per_page=150,
        sorts={
            "ten": lambda r: r.sort_key,
            "phu": lambda r: (r.share if r.share is not None else -1, r.sort_key),
            "thieu": lambda r: (r.uncovered_count, r.sort_key),
            "to": lambda r: (r.teams_count, r.sort_key),
            "nguoi": lambda r: (r.members_count, r.sort_key),
            "tap-huan": lambda r: (r.trained_share if r.trained_share is not None else -1, r.sort_key),
        },
    )
    whole = queries.total_of(rows)
    query = request.GET.copy()
    query["tai"] = "csv"
    page = {
        "asked": asked,
        "province": chosen,
        "whole": whole,
        "says": _says(whole, chosen),
        "table": table,
        "only": only,
        "shades": {r.place.code: _shade(r, is_province=chosen is None) for r in rows if r.place},
        "steps": STEPS,
        "csv": f"?{query.urlencode()}",
        "keep": [("tinh", chosen.code)] if chosen and everywhere else [],
        "trail": [*TRAIL, ("Độ phủ cả nước", "/to/do-phu/")] if chosen and everywhere else TRAIL,
    }
    return render(request, "teams/coverage.html", {"page": page})


def _shade(row: Cover, *, is_province: bool) -> Shade:
    assert row.place is not None
    href = f"/to/do-phu/?tinh={row.place.code}" if is_province else f"/to/do-phu/?xa={row.place.code}"
    word = "chưa ghi thôn nào" if row.step is None else STEPS[row.step - 1]
    return Shade(row.step, row.place.name, word, href)


def _says(whole: Cover, chosen: Named | None) -> str:
    where = chosen.name if chosen else "Cả nước"
    if whole.share is None:
        return f"{where} chưa ghi thôn nào vào sổ."
    said = (
        f"{where} có {write_number(whole.covered_count)} trên {write_number(whole.villages_count)} thôn đã có tổ,"
        f" {share_words(whole.share)}."
    )
    silent = whole.communes_count - whole.counted_count
    return f"{said} {write_number(silent)} xã chưa ghi thôn, không tính vào tỷ lệ." if silent else said


def _csv(rows: list[Cover]) -> HttpResponse:
    return csv_answer(
        "do-phu-to-cong-nghe-so",
        [*COLUMNS, *MORE_COLUMNS],
        (
            [
                r.place.code if r.place else "",
                r.place.name if r.place else "",
                r.communes_count,
                r.counted_count,
                r.villages_count,
                r.covered_count,
                f"{r.share:.4f}" if r.share is not None else "",
                r.teams_count,
                r.leaderless_count,
                r.members_count,
                r.trained_count,
                r.households_count,
            ]
            for r in rows
        ),
    )


def _commune(request: HttpRequest, desk: Desk, asked: Any) -> HttpResponse:
    today = day_of(desk.at)
    cover = queries.covers([asked.place])[0]
    gaps = queries.gaps_of(asked.unit, on=today)
    rows = [
        *(("Thôn chưa có tổ", v.name, f"/to/them/?xa={asked.code}&thon={v.pk}") for v in gaps.villages),
        *((says, team.name, f"/to/{team.pk}/") for team, lacks in gaps.teams for says in lacks),
        *(("Thôn chưa ghi số hộ", v.name, f"/thon/{v.pk}/") for v in gaps.uncounted),
    ]
    if request.GET.get("tai") == "csv":
        return csv_answer("con-thieu", ["thieu_gi", "ten"], ([what, name] for what, name, _ in rows))
    page = {
        "asked": asked,
        "place": asked.place,
        "whole": cover,
        "says": _says(cover, asked.place),
        "gaps": rows,
        "can_write": desk.person.has(Right.TEAM_WRITE) and desk.may(Right.TEAM_WRITE, asked.unit),
        "csv": f"?xa={asked.code}&tai=csv",
        "trail": TRAIL if asked.is_own else [*TRAIL, ("Độ phủ", f"/to/do-phu/?tinh={asked.place.province_code}")],
    }
    return render(request, "teams/coverage.html", {"page": page})
