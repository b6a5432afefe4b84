"""The desk of phones: who works on which, what has not been sent, codes, lost phones, receipts; and one visit with its
photos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.fieldwork import enrolling, photos
from langso.fieldwork.forms import RevokeForm
from langso.fieldwork.models import Enrollment, Phone, Photo, Record
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams.models import Member
from langso.teams.places import commune_asked
from langso.ui.listing import csv_answer, listing
from langso.units.models import Unit
from langso.villages.topics import labels_of
from langso.visits.models import Visit

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
PHONES = [*TRAIL, ("Máy của các tổ", "/may/")]
SILENT = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """A book on a phone, and how it stands as a word and a shape."""

    row: Enrollment
    word: str
    shape: str


def _state(row: Enrollment, at: Any) -> tuple[str, str]:
    """A word and a shape."""
    if row.revoked_at or (row.phone and row.phone.revoked_at):
        return "Đã thu hồi", "returned"
    if row.left_at:
        return "Đã thôi dùng", "done"
    if not row.enrolled_at:
        return ("Mã chưa dùng", "draft") if row.code_until >= at else ("Mã hết hạn", "late")
    if row.unsent_count:
        return f"Còn {row.unsent_count} chưa gửi", "unsent"
    if row.spoke_at and row.spoke_at < at - SILENT:
        return "Lâu chưa liên lạc", "look"
    return "Đã gửi hết", "sent"


@desk(Right.PHONE_WRITE)
def phones(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cost: three queries beside the frame for one's own commune."""
    asked = commune_asked(request, desk, Right.PHONE_WRITE)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL, "keep": []}
    if asked.unit is None:
        return render(request, "fieldwork/phones.html", {"page": page})
    get = request.GET
    found: QuerySet[Enrollment] = Enrollment.objects.filter(
        unit__in=Unit.objects.under([asked.unit], day_of(desk.at))
    ).select_related("member__team", "phone")
    if get.get("cu") != "1":
        found = found.filter(left_at=None, revoked_at=None).filter(Q(phone=None) | Q(phone__revoked_at=None))
    wanted = fold(get.get("q", ""))
    rows = [Row(e, *_state(e, desk.at)) for e in found if wanted in fold(f"{e.member} {e.member.team.name}")]
    if get.get("tai") == "csv":
        return csv_answer(
            "may-cua-to",
            ["thanh_vien", "to", "may", "noi_lan_cuoi", "chua_gui", "chua_gui_tu", "tinh_trang"],
            (
                [
                    r.row.member,
                    r.row.member.team.name,
                    r.row.phone.label if r.row.phone else "",
                    r.row.spoke_at or "",
                    r.row.unsent_count,
                    r.row.oldest_unsent_on or "",
                    r.word,
                ]
                for r in rows
            ),
        )
    table = listing(
        rows,
        get,
        default="-chua",
        sorts={
            "chua": lambda r: (r.row.unsent_count, r.row.pk),
            "ten": lambda r: (r.row.member.sort_key, r.row.pk),
            "lan": lambda r: (r.row.spoke_at is not None, r.row.spoke_at or r.row.made_at, r.row.pk),
        },
    )
    receipt = get.get("bien-nhan", "").strip().upper()[:20]
    page |= {
        "table": table,
        "gone": get.get("cu") == "1",
        "unsent": sum(r.row.unsent_count for r in rows),
        "receipt": receipt,
        "found": _by_receipt(Unit.objects.under([asked.unit], day_of(desk.at)), receipt) if receipt else None,
        "csv": "?tai=csv" + (f"&xa={asked.code}" if asked.query else ""),
    }
    return render(request, "fieldwork/phones.html", {"page": page})


def _by_receipt(units: QuerySet[Unit], receipt: str) -> dict[str, Any] | None:
    """What a receipt that was read out over the telephone stands for."""
    record = Record.objects.filter(unit__in=units, receipt=receipt).select_related("enrollment__member").first()
    if record is None:
        return None
    visit = Visit.objects.filter(uid=record.uid).select_related("household").first() if record.kind == "visit" else None
    return {"record": record, "visit": visit}


@desk(Right.PHONE_WRITE)
def invite(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A code for one phone of a member: shown once, to be read out or scanned."""
    member = get_object_or_404(Member.objects.within(desk.units).select_related("team"), pk=pk)
    trail = [*PHONES, (str(member), f"/to/{member.team_id}/")]
    page: dict[str, Any] = {"trail": trail, "member": member}
    if request.method == "POST":
        try:
            enrollment, code = enrolling.issue_code(member=member, by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            page["problem"] = refused.sentence
        else:
            address = f"{settings.PUBLIC_ADDRESS}/app/#ghi-danh={code}"
            page |= {"code": code, "until": enrollment.code_until, "address": address}
    return render(request, "fieldwork/invite.html", {"page": page}, status=422 if page.get("problem") else 200)


@desk(Right.PHONE_WRITE)
def revoke(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A lost phone: everyone on it is out."""
    phone = get_object_or_404(Phone.objects.within(desk.units), pk=pk)
    people = [str(e.member) for e in phone.enrollments.select_related("member") if not (e.left_at or e.revoked_at)]
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        enrolling.revoke_phone(phone=phone, reason=reason, by=desk.person.person_id, at=desk.at)
        messages.success(request, "Đã thu hồi máy. Máy này không gửi, không xem được gì nữa.")
        return redirect("/may/")
    page = {"trail": PHONES, "phone": phone, "people": people}
    return render(request, "fieldwork/revoke.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@require_POST
@desk(Right.PHONE_WRITE)
def end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A code that is not needed, or one person's book."""
    enrollment = get_object_or_404(Enrollment.objects.within(desk.units), pk=pk)
    enrolling.revoke_enrollment(enrollment=enrollment, by=desk.person.person_id, at=desk.at)
    messages.success(request, "Đã kết thúc. Muốn dùng lại thì cấp mã mới.")
    return redirect("/may/")


@desk(Right.VISIT_READ)
def visit_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One visit: who, when, by which record, its photos, what corrected it.  Cost: five queries beside the frame."""
    visit = get_object_or_404(
        Visit.objects.within(desk.units).select_related("household", "village", "member", "person", "team", "corrects"),
        pk=pk,
    )
    names = desk.person.has(Right.HOUSEHOLD_READ) and desk.may(Right.HOUSEHOLD_READ, Unit(pk=visit.unit_id))
    record = Record.objects.filter(uid=visit.uid).select_related("enrollment__phone").first()
    page = {
        "trail": [*TRAIL, ("Lượt đến hộ", "/luot/")],
        "visit": visit,
        "topics": labels_of(visit.topics),
        "who": visit.member or visit.person,
        "names": names,
        "record": record,
        "photos": list(Photo.objects.filter(record_uid=visit.uid).exclude(have=0, done_at__isnull=False).order_by("pk"))
        if names
        else [],
        "corrections": list(visit.corrections.order_by("pk")),
        "late_days": (day_of(visit.received_at) - visit.visited_on).days,
    }
    return render(request, "fieldwork/visit.html", {"page": page})


@desk(Right.HOUSEHOLD_READ)
def photo(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A photo as it came: its bytes were checked to be a picture, and it is served as nothing else."""
    found = get_object_or_404(Photo.objects.within(desk.units), pk=pk)
    if found.done_at is None or not found.have or found.content_type not in photos.TYPES.values():
        raise Http404("Ảnh chưa về đủ.")
    answer = HttpResponse(photos.read(found.pk), content_type=found.content_type)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
