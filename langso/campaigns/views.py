"""The desk of campaigns: the list, drafting, changing, opening, ending, the words."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.campaigns import actions, queries
from langso.campaigns.forms import CampaignForm, ScriptForm
from langso.campaigns.models import Campaign
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.units.models import Unit
from langso.units.queries import named, unit_by_code
from langso.villages.topics import labels_of

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Chiến dịch", "/chien-dich/")]
MOST_CSV = 20_000


@desk(Right.TEAM_READ)
def campaign_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Campaigns of one's units and, once open, of those above.  Cost: six queries."""
    today, get = day_of(desk.at), request.GET
    everywhere, roots = desk.person.roots(Right.TEAM_READ)
    found = queries.seen_from(desk.units, roots, everywhere=everywhere, text=get.get("q", ""), on=today)
    if get.get("tai") == "csv":
        return _csv(list(found[:MOST_CSV]), desk)
    pages = Paginator(found, PER_PAGE)
    number = get.get("trang", "1")
    sheet = pages.get_page(int(number) if number.isdecimal() and len(number) < 7 else 1)
    query = get.copy()
    query["tai"] = "csv"
    page = {
        "table": Listing(
            _rows(list(sheet.object_list), desk), sheet.number, pages.num_pages, pages.count, get.get("q", ""), ""
        ),
        "can_write": desk.person.has(Right.CAMPAIGN_WRITE),
        "csv": f"?{query.urlencode()}",
        "trail": TRAIL,
    }
    return render(request, "campaigns/campaigns.html", {"page": page})


def _rows(campaigns: list[Campaign], desk: Desk) -> list[dict[str, Any]]:
    today = day_of(desk.at)
    places = named([(c.unit_id, today) for c in campaigns])
    return [
        {
            "campaign": c,
            "place": places.get((c.unit_id, today)),
            "topics": labels_of(c.topics),
            "state": queries.state_of(c, today),
            "last": queries.last_day(c),
        }
        for c in campaigns
    ]


def _csv(campaigns: list[Campaign], desk: Desk) -> HttpResponse:
    columns = ["ten", "don_vi_mo", "viec", "tu_ngay", "den_ngay", "chi_tieu_phan_tram", "tinh_trang"]
    return csv_answer(
        "chien-dich",
        columns,
        (
            [
                r["campaign"].title,
                r["place"].name if r["place"] else "",
                ", ".join(r["topics"]),
                r["campaign"].valid.lower,
                r["last"],
                r["campaign"].target_share if r["campaign"].target_share is not None else "",
                r["state"].word,
            ]
            for r in _rows(campaigns, desk)
        ),
    )


def _opener(code: str, desk: Desk) -> tuple[Unit, str] | str:
    """Who opens the campaign: the unit of one's only post, or the one whose code is given; else what to say."""
    everywhere, roots = desk.person.roots(Right.CAMPAIGN_WRITE)
    today = day_of(desk.at)
    if not code and (everywhere or len(roots) != 1):
        return ""
    if code and not (code.isascii() and code.isdecimal()):
        return "Mã đơn vị chỉ có chữ số."
    try:
        key = unit_by_code(code, today).pk if code else roots[0]
    except Refused as refused:
        return refused.sentence
    unit = desk.units.filter(pk=key).first()
    place = named([(key, today)]).get((key, today))
    if unit is None or place is None:
        return "Mã này không phải của đơn vị trong phạm vi của mình."
    return unit, place.name


@desk(Right.CAMPAIGN_WRITE)
def campaign_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    code = (request.POST.get("ma") or request.GET.get("ma", ""))[:5]
    opener = _opener(code, desk)
    if isinstance(opener, str):
        return render(request, "campaigns/whose.html", {"page": {"code": code, "problem": opener, "trail": LIST}})
    unit, name = opener
    form = CampaignForm(request.POST or None, initial={"first": day_of(desk.at)})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft_campaign(
                unit=unit,
                facts=form.facts(),
                uid=form.cleaned_data["uid"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Đã lưu bản nháp. Thêm lời hướng dẫn rồi mở.")
            return redirect(f"/chien-dich/{made.pk}/")
    page = {"title": "Lập chiến dịch", "lead": name, "does": "Lưu bản nháp", "back": "/chien-dich/", "trail": LIST}
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def _mine(desk: Desk, pk: int) -> Campaign:
    found = Campaign.objects.filter(unit__in=desk.units).select_related("unit")
    return get_object_or_404(found, pk=pk)


@desk(Right.CAMPAIGN_WRITE)
def campaign_edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    campaign = _mine(desk, pk)
    form = CampaignForm.of(campaign, request.POST or None)
    back = f"/chien-dich/{pk}/"
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.edit_campaign(campaign=campaign, facts=form.facts(), by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Đã ghi." if changed else "Không có gì thay đổi.")
            return redirect(back)
    page = {
        "title": f"Sửa {campaign.title}",
        "does": "Ghi",
        "back": back,
        "trail": [*LIST, (campaign.title, back)],
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@require_POST
@desk(Right.CAMPAIGN_WRITE)
def campaign_open(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    try:
        actions.open_campaign(campaign=_mine(desk, pk), by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Đã mở. Máy của các tổ nhận được ở lần lấy sổ tới.")
    return redirect(f"/chien-dich/{pk}/")


@require_POST
@desk(Right.CAMPAIGN_WRITE)
def campaign_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    try:
        actions.end_campaign(campaign=_mine(desk, pk), by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Đã kết thúc. Việc đã làm vẫn được tính.")
    return redirect(f"/chien-dich/{pk}/")


@desk(Right.CAMPAIGN_WRITE)
def script_edit(request: HttpRequest, desk: Desk, pk: int, order: int | None = None) -> HttpResponse:
    """New words, or the ones at their place anew; also while the campaign runs."""
    campaign = _mine(desk, pk)
    script = get_object_or_404(campaign.scripts.all(), order=order) if order is not None else None
    initial = {"title": script.title, "steps": "\n".join(script.steps)} if script else {}
    form = ScriptForm(request.POST or None, initial=initial)
    back = f"/chien-dich/{pk}/"
    if request.method == "POST" and request.POST.get("bo") and order is not None:
        try:
            actions.drop_script(campaign=campaign, order=order, by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, "Đã bỏ bài hướng dẫn.")
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.write_script(
                campaign=campaign,
                order=order,
                title=given["title"],
                steps=given["steps"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Đã ghi lời hướng dẫn.")
            return redirect(back)
    page = {
        "title": "Sửa lời hướng dẫn" if script else "Thêm lời hướng dẫn",
        "lead": campaign.title,
        "does": "Ghi",
        "back": back,
        "trail": [*LIST, (campaign.title, back)],
        "can_drop": script is not None,
    }
    return render(request, "campaigns/script.html", {"page": page, "form": form}, status=422 if form.errors else 200)
