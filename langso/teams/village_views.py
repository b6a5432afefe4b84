"""The desk of villages: the list of a commune, adding, putting right."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams import actions, queries
from langso.teams.forms import VillageAddForm, VillageForm
from langso.teams.places import commune_asked
from langso.ui.listing import csv_answer, listing
from langso.units.models import Unit
from langso.units.queries import named
from langso.villages.models import Signal, Village, VillageKind

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Thôn", "/thon/")]


@desk(Right.TEAM_READ)
def village_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The villages of one commune, with the team of each.  Cost: eight queries for one's own commune."""
    asked = commune_asked(request, desk, Right.TEAM_READ)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL}
    if asked.unit is None:
        return render(request, "teams/villages.html", {"page": page})
    today = day_of(desk.at)
    gone = request.GET.get("cu") == "1"
    found = queries.village_rows(Unit.objects.under([asked.unit], today), on=today, gone=gone)
    wanted = fold(request.GET.get("q", ""))
    rows = [r for r in found if wanted in fold(f"{r.village.name} {' '.join(r.absorbed)}")]
    if request.GET.get("tai") == "csv":
        return _csv(rows, asked.name)
    last = 10**9
    table = listing(
        rows,
        request.GET,
        default="ten",
        per_page=100,
        sorts={
            "ten": lambda r: (r.village.sort_key, r.village.pk),
            "ho": lambda r: (
                r.village.households_count if r.village.households_count is not None else last,
                r.village.sort_key,
            ),
            "to": lambda r: (r.team.sort_key if r.team else "", r.village.sort_key),
        },
    )
    query = request.GET.copy()
    query["tai"] = "csv"
    if asked.query:
        query["xa"] = asked.code
    page |= {
        "table": table,
        "gone": gone,
        "known": len(found),
        "without": sum(r.team is None for r in found) if not gone else 0,
        "uncounted": sum(r.village.households_count is None for r in found) if not gone else 0,
        "can_write": desk.person.has(Right.TEAM_WRITE) and desk.may(Right.TEAM_WRITE, asked.unit),
        "csv": f"?{query.urlencode()}",
    }
    return render(request, "teams/villages.html", {"page": page})


def _csv(rows: list[queries.VillageRow], name: str) -> HttpResponse:
    columns = ["loai", "ten", "so_ho", "ngay_dem", "song", "to", "tu_ngay", "den_ngay", "nhap_vao", "da_nhap_ve"]
    return csv_answer(
        "thon",
        columns,
        (
            [
                r.village.kind,
                r.village.name,
                r.village.households_count if r.village.households_count is not None else "",
                r.village.counted_on or "",
                r.village.get_signal_display(),
                r.team.name if r.team else "",
                r.village.valid.lower or "",
                r.village.valid.upper or "",
                r.village.merged_into.name if r.village.merged_into else "",
                ", ".join(r.absorbed),
            ]
            for r in rows
        ),
    )


def commune_to_write(request: HttpRequest, desk: Desk, right: Right) -> tuple[Unit, str, str, str]:
    """The commune that the page writes to: unit, its name, its province's code, and the query of its addresses."""
    asked = commune_asked(request, desk, right)
    if asked.unit is None or asked.place is None:
        raise Http404("Chưa chọn xã. Mở danh sách thôn, chọn xã rồi bấm thêm.")
    return asked.unit, asked.name, asked.place.province_code, asked.query


@desk(Right.TEAM_WRITE)
def village_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    unit, name, province, query = commune_to_write(request, desk, Right.TEAM_WRITE)
    form = VillageAddForm(request.POST or None, initial={"since": day_of(desk.at)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            village = actions.add_village(
                unit=unit,
                province_code=province,
                kind=given["kind"],
                name=given["name"],
                households_count=given["households_count"],
                signal=given["signal"],
                since=given["since"],
                uid=given["uid"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã thêm {village.name}. Thôn này chưa có tổ.")
            return redirect(f"/thon/{query}")
    page = {"title": "Thêm thôn", "lead": name, "does": "Thêm thôn", "back": f"/thon/{query}", "trail": LIST}
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.TEAM_WRITE)
def village_edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Put right what is written; a merger has a page of its own."""
    village = get_object_or_404(Village.objects.within(desk.units).select_related("unit"), pk=pk)
    if village.valid.upper is not None:
        raise Http404("Thôn này đã nhập vào thôn khác.")
    said = village.name.split(" ", len(village.kind.split(" ")))[-1]
    form = VillageForm(
        request.POST or None,
        initial={
            "kind": VillageKind(village.kind),
            "name": said,
            "households_count": village.households_count,
            "signal": Signal(village.signal),
        },
    )
    back = f"/thon/?xa={_code(village, desk)}"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            changed = actions.edit_village(
                village=village,
                kind=given["kind"],
                name=given["name"],
                households_count=given["households_count"],
                signal=given["signal"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã sửa {village.name}." if changed else "Không có gì thay đổi.")
            return redirect(back)
    page = {
        "title": f"Sửa {village.name}",
        "lead": "Nhập thôn này với thôn khác thì dùng Nhập thôn ở danh sách, vì cần ngày và văn bản.",
        "does": "Ghi",
        "back": back,
        "trail": LIST,
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def _code(village: Village, desk: Desk) -> str:
    today = day_of(desk.at)
    place = named([(village.unit_id, today)]).get((village.unit_id, today))
    return place.code if place else ""
