"""The desk of households and visits: lists of one commune, one household with all that was done to it, writing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.lib.period import NotADay, day_of, read_day
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams.models import Member
from langso.teams.places import Asked, commune_asked
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.units.models import Unit
from langso.villages.models import Household, Village
from langso.villages.topics import SKILLS, TOPICS, codes_of, labels_of
from langso.visits import desk_writing, household_queries
from langso.visits.household_forms import HouseholdForm, VisitForm

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
HOUSEHOLDS = [*TRAIL, ("Hộ gia đình", "/ho/")]
MOST_CSV = 20_000


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _sheet(request: HttpRequest, found: Any) -> Any:
    number = request.GET.get("trang", "1")
    pages = Paginator(found, PER_PAGE)
    return pages.get_page(int(number) if number.isdecimal() and len(number) < 7 else 1)


def _csv_address(request: HttpRequest, asked: Asked) -> str:
    query = request.GET.copy()
    query["tai"] = "csv"
    if asked.query:
        query["xa"] = asked.code
    return f"?{query.urlencode()}"


@desk(Right.HOUSEHOLD_READ)
def household_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cost: eight queries for one's own commune, whatever the number of households."""
    asked, get, today = commune_asked(request, desk, Right.HOUSEHOLD_READ), request.GET, day_of(desk.at)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL, "keep": []}
    if asked.unit is None:
        return render(request, "visits/households.html", {"page": page})
    found = household_queries.households_of(
        asked.unit,
        text=get.get("q", ""),
        village=_number(get.get("thon", "")),
        need=get.get("can", ""),
        shows=get.get("loc", ""),
        order=get.get("xep", "thon"),
        on=today,
    )
    if get.get("tai") == "csv":
        rows = (household_queries.row_of(h) for h in found[:MOST_CSV])
        return csv_answer(
            "ho-gia-dinh",
            ["so", "thon", "chu_ho", "so_nguoi", "ky_nang", "con_can", "da_huong_dan", "luot_gan_nhat", "dong_y"],
            (
                [r.household.pk, r.household.village.name, r.household.head_name, r.household.members_count or "",
                 ", ".join(r.skills), ", ".join(r.needs), ", ".join(r.done), r.household.last_on or "",
                 r.household.get_consent_display()]
                for r in rows
            ),
        )  # fmt: skip
    sheet = _sheet(request, found)
    page |= {
        "table": Listing(
            [household_queries.row_of(h) for h in sheet.object_list],
            sheet.number,
            sheet.paginator.num_pages,
            sheet.paginator.count,
            get.get("q", ""),
            get.get("xep", "thon"),
        ),
        "sim": any(h.is_simulated for h in sheet.object_list),
        "villages": household_queries.villages_now(asked.unit, today),
        "shows": household_queries.SHOWS,
        "is_cut": sheet.paginator.count > MOST_CSV,
        "topics": TOPICS,
        "get": get,
        "csv": _csv_address(request, asked),
        "can_write": desk.person.has(Right.HOUSEHOLD_WRITE) and desk.may(Right.HOUSEHOLD_WRITE, asked.unit),
    }
    return render(request, "visits/households.html", {"page": page})


def _household(desk: Desk, pk: int) -> Household:
    return get_object_or_404(Household.objects.within(desk.units).select_related("village"), pk=pk)


@desk(Right.HOUSEHOLD_READ)
def household_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One household: what is known, what was done, every version.  Cost: five queries beside the frame."""
    household = _household(desk, pk)
    visits = household.visits.select_related("member", "person", "team").order_by("-visited_on", "-id")[:200]
    page = {
        "trail": HOUSEHOLDS,
        "row": household_queries.row_of(household),
        "household": household,
        "visits": [{"visit": v, "topics": labels_of(v.topics), "who": v.member or v.person} for v in visits],
        "versions": [
            {"version": v, "fields": [household_queries.FIELD_WORDS.get(name, "Mục khác") for name in v.fields]}
            for v in household.versions.order_by("-pk")[:50]
        ],
        "can_write": desk.may(Right.HOUSEHOLD_WRITE, Unit(pk=household.unit_id)),
    }
    return render(request, "visits/household.html", {"page": page})


@desk(Right.HOUSEHOLD_WRITE)
def household_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    asked = commune_asked(request, desk, Right.HOUSEHOLD_WRITE)
    if asked.unit is None:
        return redirect("/ho/")
    villages = household_queries.villages_now(asked.unit, day_of(desk.at))
    form = HouseholdForm(villages, request.POST or None, initial={"consent": "unasked"})
    if request.method == "POST" and form.is_valid():
        try:
            made = desk_writing.add_household(
                unit=asked.unit.pk,
                province_code=asked.place.province_code if asked.place else "",
                uid=form.cleaned_data["uid"] or uuid4(),
                said=form.said(),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã thêm hộ {made.head_name}.")
            return redirect(f"/ho/{made.pk}/")
    page = {"trail": HOUSEHOLDS, "title": "Thêm hộ", "does": "Thêm hộ", "back": "/ho/"}
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.HOUSEHOLD_WRITE)
def household_edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A form drawn from one version; only what was changed in it is written."""
    household = _household(desk, pk)
    villages = household_queries.villages_now(household.unit_id, day_of(desk.at))
    start = HouseholdForm.start(household)
    form = HouseholdForm(villages, request.POST or None, initial=start)
    here = f"/ho/{household.pk}/"
    if request.method == "POST" and form.is_valid():
        drawn_from = form.cleaned_data["base"] or 0
        base = drawn_from if 0 < drawn_from < household.version else household.version
        drawn = _as_drawn(household, base)
        said = {name: value for name, value in form.said().items() if value != drawn.get(name)}
        try:
            if said:
                desk_writing.edit_household(
                    household=household,
                    province_code=household.province_code,
                    base=base,
                    said=said,
                    by=desk.person.person_id,
                    at=desk.at,
                )
        except desk_writing.VersionMoved as refused:
            messages.warning(request, refused.sentence)
            return redirect(here)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Đã ghi.")
            return redirect(here)
    page = {"trail": HOUSEHOLDS, "title": f"Sửa hộ {household.head_name}", "does": "Ghi lại", "back": here}
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def _as_drawn(household: Household, base: int) -> dict[str, Any]:
    """The form as it stood at a version: what later versions changed is taken back."""
    fields = HouseholdForm.start(household)
    for version in household.versions.filter(version__gt=base, state__in=["applied", "forced"]).order_by("-version"):
        for name, value in version.before.items():
            if name == "village":
                fields[name] = str(Village.objects.values_list("uid", flat=True).get(pk=value))
            elif name in ("skills", "needs"):
                fields[name] = codes_of(value, SKILLS if name == "skills" else TOPICS)
            elif name in fields:
                fields[name] = value
    return fields


@desk(Right.HOUSEHOLD_WRITE)  # its name is on the page
def visit_add(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A visit that the commune writes down for a household."""
    household = get_object_or_404(Household.objects.within(desk.units).select_related("village"), pk=pk)
    team = household.village.served_by.filter(valid__contains=day_of(desk.at)).values_list("team_id", flat=True)
    members = list(Member.objects.filter(team__in=list(team)).order_by("sort_key", "pk"))
    form = VisitForm(members, request.POST or None)
    here = f"/ho/{household.pk}/"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = desk_writing.record_visit(
                household=household,
                member=form.members.get(given["member"]),
                uid=given["uid"] or uuid4(),
                on=given["on"],
                topics=given["topics"],
                result=given["result"],
                note=given["note"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            waits = made.state == "doubled"
            messages.success(
                request, "Đã ghi; người khác cũng ghi cùng ngày nên cần chọn." if waits else "Đã ghi lượt."
            )
            return redirect("/can-xem-lai/" if waits else here)
    page = {
        "trail": [*HOUSEHOLDS, (household.head_name, here)],
        "title": "Ghi lượt đến hộ",
        "lead": f"{household.head_name}, {household.village.name}. Dùng khi thành viên không ghi được trên máy.",
        "does": "Ghi lượt này",
        "back": here,
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.VISIT_READ)
def visit_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Visits of one commune; whose households they were is shown in the commune only.  Cost: nine queries."""
    asked, get, today = commune_asked(request, desk, Right.VISIT_READ), request.GET, day_of(desk.at)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL, "keep": []}
    if asked.unit is None:
        return render(request, "visits/visits.html", {"page": page})
    names = desk.person.has(Right.HOUSEHOLD_READ) and desk.may(Right.HOUSEHOLD_READ, asked.unit)
    found = household_queries.visits_of(
        asked.unit,
        village=_number(get.get("thon", "")),
        topic=get.get("viec", ""),
        state=get.get("loc", ""),
        since=_day(get.get("tu", "")),
        until=_day(get.get("den", "")),
        on=today,
    )
    if get.get("tai") == "csv":
        return csv_answer(
            "luot-den-ho",
            ["ngay", "thon", "ho", "viec", "ket_qua", "xac_nhan", "ai_ghi", "tinh_trang", "ghi_bang"],
            (
                [v.visited_on, v.village.name, v.household.head_name if names else v.household_id,
                 ", ".join(labels_of(v.topics)), v.get_result_display(), v.get_proof_display(),
                 v.member or v.person or "", v.get_state_display(), v.get_origin_display()]
                for v in found[:MOST_CSV]
            ),
        )  # fmt: skip
    sheet = _sheet(request, found)
    rows = [{"visit": v, "topics": labels_of(v.topics), "who": v.member or v.person} for v in sheet.object_list]
    page |= {
        "table": Listing(rows, sheet.number, sheet.paginator.num_pages, sheet.paginator.count, "", "-ngay"),
        "villages": household_queries.villages_now(asked.unit, today),
        "topics": TOPICS,
        "states": household_queries.STATES,
        "is_cut": sheet.paginator.count > MOST_CSV,
        "get": get,
        "names": names,
        "csv": _csv_address(request, asked),
    }
    return render(request, "visits/visits.html", {"page": page})


def _day(text: str) -> Any:
    try:
        return read_day(text) if text else None
    except NotADay:
        return None


@desk(Right.HOUSEHOLD_READ)
def cards(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cards with the code of each household, for printing and cutting; a press gives codes to those that have none."""
    asked = commune_asked(request, desk, Right.HOUSEHOLD_READ)
    page: dict[str, Any] = {"asked": asked, "trail": HOUSEHOLDS, "keep": []}
    if asked.unit is not None:
        village = _number(request.GET.get("thon", ""))
        villages = household_queries.villages_now(asked.unit, day_of(desk.at))
        chosen = next((v for v in villages if v.pk == village), villages[0] if villages else None)
        here = Household.objects.filter(unit__in=Unit.objects.under([asked.unit], day_of(desk.at)), gone_on=None)
        page |= {
            "villages": villages,
            "village": chosen,
            "cards": list(here.filter(village=chosen).exclude(code="").order_by("id")) if chosen else [],
            "without": here.filter(code="").count(),
        }
    return render(request, "visits/cards.html", {"page": page})


@require_POST
@desk(Right.HOUSEHOLD_WRITE)
def give_codes(request: HttpRequest, desk: Desk) -> HttpResponse:
    asked = commune_asked(request, desk, Right.HOUSEHOLD_WRITE)
    if asked.unit is not None:
        given = desk_writing.give_codes(unit=asked.unit.pk, by=desk.person.person_id, at=desk.at)
        messages.success(request, f"Đã cấp mã cho {given} hộ." if given else "Hộ nào cũng đã có mã.")
    return redirect(f"/ho/the/{asked.query}")
