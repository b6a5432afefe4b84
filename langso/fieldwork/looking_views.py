"""Cần xem lại: what two people wrote differently, what no phone could write, what still waits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
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
from langso.units.models import Unit
from langso.villages.households import value_of
from langso.villages.models import Household, HouseholdVersion, Village
from langso.villages.topics import SKILLS, TOPICS, labels_of
from langso.visits import choosing
from langso.visits.household_queries import reached
from langso.visits.models import Visit

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Cần xem lại", "/can-xem-lai/")]
_NAMES = {
    "head": "Chủ hộ", "members": "Số người", "skills": "Kỹ năng đã có", "needs": "Việc cần giúp",
    "consent": "Đồng ý cho ghi", "village": "Thôn", "gone": "Đã chuyển đi",
}  # fmt: skip
_CONSENT = {"unasked": "Chưa hỏi", "yes": "Đồng ý", "no": "Không đồng ý"}


@desk(Right.HOUSEHOLD_WRITE)
def waiting(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cost: four queries beside the frame, and one for each pair that waits."""
    asked = commune_asked(request, desk, Right.HOUSEHOLD_WRITE)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL}
    if asked.unit is not None:
        found = looking.waiting(reached(asked.unit, day_of(desk.at)))
        page |= {
            "found": found,
            "pairs": [_pair(v) for v in found.visits],
            "versions": [_version(v) for v in found.versions],
            "refused": [_refused(r) for r in found.records],
        }
    return render(request, "fieldwork/waiting.html", {"page": page})


def _who(visit: Visit) -> str:
    return str(visit.member or visit.person or "Cán bộ xã")


def _pair(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit,
        "who": _who(visit),
        "topics": labels_of(visit.topics),
        "others": [{"visit": o, "who": _who(o), "topics": labels_of(o.topics)} for o in choosing.rivals(visit)],
    }


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return "Chưa ghi"
    if name == "needs":
        return ", ".join(labels_of(value)) or "Không có"
    if name == "skills":
        return ", ".join(labels_of(value, SKILLS)) or "Không có"
    if name == "consent":
        return _CONSENT.get(value, "Chưa hỏi")
    if name == "village":
        return Village.objects.filter(pk=value).values_list("name", flat=True).first() or "Thôn cũ"
    if name == "gone":
        return "Có" if value else "Chưa"
    return str(value)


def _version(version: HouseholdVersion) -> dict[str, Any]:
    rows = [
        {"name": _NAMES[n], "now": _said(n, value_of(version.household, n)), "other": _said(n, v)}
        for n, v in version.fields.items()
    ]
    return {"version": version, "rows": rows}


def _refused(record: Record) -> dict[str, Any]:
    content = looking.visit_of(record) if record.kind == "visit" else {}
    topics = [TOPICS[t] for t in content.get("topics", ()) if t in TOPICS]
    return {"record": record, "is_visit": record.kind == "visit", "topics": topics, "on": content.get("on")}


@require_POST
@desk(Right.HOUSEHOLD_WRITE)
def choose_visit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    visit = get_object_or_404(Visit.objects.within(desk.units), pk=pk)
    choice = request.POST.get("chon", "")
    if choice not in ("this", "other", "both"):
        raise Http404("Không có lựa chọn này.")
    looking.choose_visit(visit=visit, choice=choice, by=desk.person.person_id, at=desk.at)
    messages.success(request, "Đã chọn. Máy của hai người sẽ thấy ở lần gửi sau.")
    return redirect("/can-xem-lai/")


@require_POST
@desk(Right.HOUSEHOLD_WRITE)
def choose_version(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    version = get_object_or_404(HouseholdVersion.objects.within(desk.units), pk=pk)
    looking.choose_version(
        version=version, take=request.POST.get("chon") == "this", by=desk.person.person_id, at=desk.at
    )
    messages.success(request, "Đã chọn. Bản kia vẫn được giữ trong lịch sử của hộ.")
    return redirect("/can-xem-lai/")


def _household(text: str, unit: Unit | int, on: date) -> Household | None:
    """The one household of the commune that has this number, or this name alone."""
    here = Household.objects.filter(unit__in=reached(unit, on))
    if text.isdecimal() and len(text) < 12:
        return here.filter(pk=int(text)).first()
    found = [h for h in here.only("head_name")[:20_000] if fold(h.head_name) == fold(text)]
    return here.get(pk=found[0].pk) if len(found) == 1 else None


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
    page = {"trail": LIST, "record": record}
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
