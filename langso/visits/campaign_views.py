"""One campaign: what is asked, the words step by step, and how far each commune has come."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from langso.campaigns import queries
from langso.campaigns.models import Campaign
from langso.campaigns.views import LIST
from langso.lib.number import write_number
from langso.lib.period import day_of
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing
from langso.units.queries import named
from langso.villages.topics import labels_of
from langso.visits.progress import Progress, months_of, progress_of


@desk(Right.TEAM_READ)
def campaign_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Cost: twelve queries."""
    today = day_of(desk.at)
    everywhere, roots = desk.person.roots(Right.TEAM_READ)
    seen = queries.seen_from(desk.units, roots, everywhere=everywhere, text="", on=today)
    campaign: Campaign = get_object_or_404(seen, pk=pk)
    within = None if everywhere else list(desk.units.values_list("pk", flat=True))
    found = progress_of(campaign, within=within, on=today)
    target = float(campaign.target_share) if campaign.target_share is not None else None
    if request.GET.get("tai") == "csv":
        return _csv(found, campaign)
    wanted = fold(request.GET.get("q", ""))
    table = listing(
        [p for p in found if wanted in fold(p.place.name)],
        request.GET,
        default="con",
        per_page=100,
        sorts={
            "con": lambda p: (p.share is None, p.share or 0, p.place.sort_key),
            "ten": lambda p: p.place.sort_key,
            "ho": lambda p: (p.households_count or 0, p.place.sort_key),
        },
    )
    known = [p for p in found if p.share is not None]
    place = named([(campaign.unit_id, today)]).get((campaign.unit_id, today))
    query = request.GET.copy()
    query["tai"] = "csv"
    first, last = months_of(campaign)
    page: dict[str, Any] = {
        "campaign": campaign,
        "place": place,
        "topics": labels_of(campaign.topics),
        "state": queries.state_of(campaign, today),
        "last": queries.last_day(campaign),
        "scripts": list(campaign.scripts.order_by("order")),
        "target": target,
        "table": table,
        "rows": [_row(p, target) for p in table.rows],
        "says": _says(found, known, target),
        "months": f"{first[5:]}/{first[:4]}" if first == last else f"{first[5:]}/{first[:4]} đến {last[5:]}/{last[:4]}",
        "can_write": desk.person.has(Right.CAMPAIGN_WRITE) and desk.may(Right.CAMPAIGN_WRITE, campaign.unit),
        "csv": f"?{query.urlencode()}",
        "trail": LIST,
    }
    return render(request, "visits/campaign.html", {"page": page})


def _row(progress: Progress, target: float | None) -> dict[str, Any]:
    aim = progress.aim(target)
    missing = max(aim - progress.guided_count, 0) if aim is not None else None
    return {
        "progress": progress,
        "place": progress.place,
        "missing": missing,
        "percent": progress.share * 100 if progress.share is not None else None,
    }


def _says(found: list[Progress], known: list[Progress], target: float | None) -> str:
    if not known:
        return "Chưa xã nào ghi số hộ, nên chưa biết đi được bao xa."
    guided, households = sum(p.guided_count for p in known), sum(p.households_count or 0 for p in known)
    said = f"Đã hướng dẫn {write_number(guided)} trên {write_number(households)} hộ."
    if target is not None and len(known) > 1:
        met = sum(p.is_met(target) for p in known)
        said += f" {met} trên {len(known)} xã đạt chỉ tiêu {write_number(target)}%."
    silent = len(found) - len(known)
    return f"{said} {silent} xã chưa ghi số hộ." if silent else said


def _csv(found: list[Progress], campaign: Campaign) -> HttpResponse:
    return csv_answer(
        f"chien-dich-{campaign.pk}",
        ["ma_xa", "xa", "so_ho", "so_ho_da_huong_dan", "ty_le"],
        (
            [
                p.place.code,
                p.place.name,
                p.households_count if p.households_count is not None else "",
                p.guided_count,
                f"{p.share:.4f}" if p.share is not None else "",
            ]
            for p in sorted(found, key=lambda p: p.place.sort_key)
        ),
    )
