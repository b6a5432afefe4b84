"""Cần xem lại: what two people wrote differently, what no phone could write, what still waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.fieldwork import erasing, looking
from langso.fieldwork.forms import ReasonForm, TakeForm
from langso.fieldwork.models import Record
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams.places import commune_asked
from langso.teams.queries import province_code_of
from langso.units.models import Fold, Unit
from langso.villages.households import value_of
from langso.villages.models import Household, HouseholdVersion, Village
from langso.villages.topics import SKILLS, TOPICS, labels_of
from langso.visits import choosing
from langso.visits.household_queries import FIELD_WORDS
from langso.visits.models import Visit

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Cần xem lại", "/can-xem-lai/")]
_CONSENT = {"unasked": "Chưa hỏi", "yes": "Đồng ý", "no": "Không đồng ý"}


@desk(Right.HOUSEHOLD_WRITE)
def waiting(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cost: at most eight queries beside the frame, whatever waits."""
    asked = commune_asked(request, desk, Right.HOUSEHOLD_WRITE)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL}
    if asked.unit is not None:
        found = looking.waiting(Unit.objects.under([asked.unit], day_of(desk.at)))
        page |= {
            "found": found,
            "pairs": _pairs(found.visits),
            "versions": _versions(found.versions),
            "refused": _refused(found.records),
        }
    return render(request, "fieldwork/waiting.html", {"page": page})


def _who(visit: Visit) -> str:
    return str(visit.member or visit.person or "Cán bộ xã")


def _pairs(visits: Sequence[Visit]) -> list[dict[str, Any]]:
    """Cost: one query."""
    against = choosing.rivals_of(visits) if visits else {}
    return [
        {
            "visit": visit,
            "who": _who(visit),
            "topics": labels_of(visit.topics),
            "others": [{"visit": o, "who": _who(o), "topics": labels_of(o.topics)} for o in against[visit.pk]],
            "caption": f"Hai bản ghi, việc thứ {n}",
        }
        for n, visit in enumerate(visits, 1)
    ]


def _said(name: str, value: Any, villages: Mapping[int, str]) -> str:
    if value is None or value == "":
        return "Chưa ghi"
    if name == "needs":
        return ", ".join(labels_of(value)) or "Không có"
    if name == "skills":
        return ", ".join(labels_of(value, SKILLS)) or "Không có"
    if name == "consent":
        return _CONSENT.get(value, "Chưa hỏi")
    if name == "village":
        return villages.get(value, "Thôn cũ")
    if name == "gone":
        return "Có" if value else "Chưa"
    return str(value)


def _versions(versions: Sequence[HouseholdVersion]) -> list[dict[str, Any]]:
    """Cost: one query, and none where no village was changed."""
    moved = [v for v in versions if "village" in v.fields]
    keys = {v.fields["village"] for v in moved} | {v.household.village_id for v in moved}
    villages = dict(Village.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return [
        {
            "version": version,
            "rows": [
                {
                    "name": FIELD_WORDS[name],
                    "now": _said(name, value_of(version.household, name), villages),
                    "other": _said(name, value, villages),
                }
                for name, value in version.fields.items()
            ],
            "caption": f"Hai bản của hộ, việc thứ {n}",
        }
        for n, version in enumerate(versions, 1)
    ]


def _refused(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Cost: at most two queries."""
    says = looking.contents_of(records)
    return [{"record": r, "is_visit": r.kind == "visit", "says": says[r.pk]} for r in records]


def _not_chosen(request: HttpRequest) -> HttpResponse:
    sentence = "Chưa chọn. Quay lại Cần xem lại rồi bấm một trong các nút dưới hai bản ghi."
    return render(request, "errors/refused.html", {"sentence": sentence}, status=422)


@require_POST
@desk(Right.HOUSEHOLD_WRITE)
def choose_visit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    visit = get_object_or_404(Visit.objects.within(desk.units), pk=pk)
    choice = request.POST.get("chon", "")
    if choice not in ("this", "other", "both"):
        return _not_chosen(request)
    looking.choose_visit(visit=visit, choice=choice, by=desk.person.person_id, at=desk.at)
    messages.success(request, "Đã chọn. Máy của hai người sẽ thấy ở lần gửi sau.")
    return redirect("/can-xem-lai/")


@require_POST
@desk(Right.HOUSEHOLD_WRITE)
def choose_version(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    version = get_object_or_404(HouseholdVersion.objects.within(desk.units), pk=pk)
    choice = request.POST.get("chon", "")
    if choice not in ("this", "other"):
        return _not_chosen(request)
    looking.choose_version(version=version, take=choice == "this", by=desk.person.person_id, at=desk.at)
    messages.success(request, "Đã chọn. Bản kia vẫn được giữ trong lịch sử của hộ.")
    return redirect("/can-xem-lai/")


def _household(text: str, unit: Unit | int, on: date) -> Household | None:
    """The one household of the commune that has this number, or this name alone."""
    here = Household.objects.filter(unit__in=Unit.objects.under([unit], on))
    if text.isdecimal() and len(text) < 12:
        return here.filter(pk=int(text)).first()
    wanted = fold(text)
    found = list(here.alias(folded=Fold(F("head_name"))).filter(folded=wanted)[:2]) if wanted else []
    return found[0] if len(found) == 1 else None


@desk(Right.HOUSEHOLD_WRITE)
def take(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A refused visit is written by the commune with the right day and household."""
    record = get_object_or_404(Record.objects.within(desk.units).select_related("enrollment__member__team"), pk=pk)
    content = looking.visit_of(record)
    known = Household.objects.within(desk.units).filter(uid=content["household"]).first()
    start = {"on": content["on"], "household": str(known.pk) if known else ""}
    form = TakeForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            looking.take_over(
                record=record,
                household=_household(form.cleaned_data["household"].strip(), record.unit_id, day_of(desk.at)),
                on=form.cleaned_data["on"],
                by=desk.person.person_id,
                province_code=province_code_of(Unit(pk=record.unit_id), day_of(desk.at)),
                at=desk.at,
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, "Đã nhận thay. Lượt này được tính cho thôn của hộ.")
            return redirect("/can-xem-lai/")
    page = {
        "trail": LIST,
        "record": record,
        "known": known,
        "topics": [TOPICS[t] for t in content["topics"] if t in TOPICS],
    }
    return render(request, "fieldwork/take.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.HOUSEHOLD_WRITE)
def leave(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    record = get_object_or_404(Record.objects.within(desk.units).select_related("enrollment__member__team"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        looking.leave(record=record, reason=form.cleaned_data["reason"], by=desk.person.person_id, at=desk.at)
        messages.success(request, "Đã để lại, có lý do. Bản ghi vẫn còn trên máy và ở đây.")
        return redirect("/can-xem-lai/")
    page = {"trail": LIST, "record": record, "says": looking.contents_of([record])[record.pk]}
    return render(request, "fieldwork/leave.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.HOUSEHOLD_WRITE)
def household_erase(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One question: the household asked for its name to be taken out."""
    household = get_object_or_404(Household.objects.within(desk.units).select_related("village"), pk=pk)
    here = f"/ho/{household.pk}/"
    problem = ""
    if request.method == "POST":
        try:
            erasing.erase_household(household=household, by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            problem = refused.sentence
        else:
            messages.success(request, "Đã xóa tên. Các lượt đã đếm vẫn được đếm, không còn ghi của ai.")
            return redirect(here)
    page = {
        "trail": [*TRAIL, ("Hộ gia đình", "/ho/"), (household.head_name, here)],
        "household": household,
        "problem": problem,
    }
    return render(request, "visits/erase.html", {"page": page}, status=422 if problem else 200)
