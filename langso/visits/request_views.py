"""The desk of requests for help: the queue, one of them, answering, handing over, closing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.lib.period import VIETNAM, day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.permits import units_of
from langso.people.roles import Right
from langso.teams.models import Team
from langso.teams.rules import said_phone
from langso.ui.forms import DayField, Pick
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.visits import ask_queries as queries
from langso.visits import asking
from langso.visits.models import HelpRequest

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Yêu cầu giúp", "/yeu-cau/")]
STATES = (
    ("cho", "Đang chờ"),
    ("tre", "Quá hạn"),
    ("chua-giup", "Chưa giúp được"),
    ("xong", "Đã xong, đã đóng"),
    ("tat-ca", "Tất cả"),
)
MOST_CSV = 20_000


class AnswerForm(forms.Form):
    result = forms.ChoiceField(
        label="Kết quả",
        choices=[("done", "Đã giúp xong"), ("more", "Đã giúp, còn việc"), ("cannot", "Chưa giúp được")],
        widget=Pick,
        error_messages={"required": "Chưa chọn kết quả."},
    )
    on = DayField(label="Ngày giúp")
    note = forms.CharField(
        label="Trả lời người nhờ",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="Người nhờ đọc được dòng này.",
    )


@desk(Right.REQUEST_WRITE)
def request_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Late first, then the next to be due.  Cost: seven queries."""
    today, get = day_of(desk.at), request.GET
    state = get.get("buoc", "cho")
    if state not in dict(STATES):
        state = "cho"
    order = get.get("xep", "han")
    if order.removeprefix("-") not in queries.ORDERS:
        order = "han"
    found = queries.queue(
        desk.units,
        state=state,
        text=get.get("q", ""),
        order=order,
        on=today,
        named_in=units_of(desk.person, Right.HOUSEHOLD_READ, on=today),
    )
    if get.get("tai") == "csv":
        return _csv(queries.rows_of(list(found[:MOST_CSV]), on=today), desk)
    pages = Paginator(found, PER_PAGE)
    number = get.get("trang", "1")
    sheet = pages.get_page(int(number) if number.isdecimal() and len(number) < 7 else 1)
    rows = queries.rows_of(list(sheet.object_list), on=today)
    query = get.copy()
    query["tai"] = "csv"
    page = {
        "named": _named(desk, rows),
        "table": Listing(rows, sheet.number, pages.num_pages, pages.count, get.get("q", ""), order),
        "state": state,
        "states": STATES,
        "is_cut": pages.count > MOST_CSV,
        "waiting": queries.waiting_in(desk.units, on=today),
        "several": len({r.request.unit_id for r in rows}) > 1,
        "csv": f"?{query.urlencode()}",
        "trail": TRAIL,
    }
    return render(request, "visits/requests.html", {"page": page})


def _named(desk: Desk, rows: Sequence[queries.RequestRow]) -> set[int]:
    """The units whose requests may be read with the name, the number and the code of who asked.  Cost: one query."""
    may = desk.person.has(Right.HOUSEHOLD_READ)
    return desk.within(Right.HOUSEHOLD_READ, {r.request.unit_id for r in rows}) if may else set()


def _csv(rows: list[queries.RequestRow], desk: Desk) -> HttpResponse:
    read = _named(desk, rows)
    columns = ["ma_theo_doi", "xa", "thon", "to", "viec", "nho_luc", "han", "tinh_trang", "tra_loi_luc", "dung_han"]
    words = {True: "có", False: "không", None: "chưa tới hạn"}
    return csv_answer(
        "yeu-cau-giup",
        [*columns, "nguoi_nho_noi"],
        (
            [
                r.request.code if r.request.unit_id in read else "",
                r.place.name if r.place else "",
                r.request.village.name if r.request.village else "",
                r.request.team.name if r.request.team else "",
                r.topic,
                r.request.made_at.astimezone(VIETNAM).isoformat(timespec="minutes"),
                r.request.due_on,
                r.stands,
                r.request.answered_at.astimezone(VIETNAM).isoformat(timespec="minutes")
                if r.request.answered_at
                else "",
                words[r.was_in_time],
                {True: "giúp được", False: "chưa giúp được", None: ""}[r.request.was_helped],
            ]
            for r in rows
        ),
    )


def _request(desk: Desk, pk: int) -> HelpRequest:
    found = HelpRequest.objects.filter(unit__in=desk.units)
    return get_object_or_404(found.select_related("village", "team"), pk=pk)


@desk(Right.REQUEST_WRITE)
def request_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _page(request, desk, _request(desk, pk))


def _page(
    request: HttpRequest, desk: Desk, found: HelpRequest, form: AnswerForm | None = None, problem: str = ""
) -> HttpResponse:
    today = day_of(desk.at)
    row = queries.rows_of([found], on=today)[0]
    teams = Team.objects.on(today).filter(unit=found.unit_id).exclude(pk=found.team_id or 0).order_by("sort_key")
    page: dict[str, Any] = {
        "request": found,
        "row": row,
        "names": (names := found.unit_id in _named(desk, [row])),
        "answers": queries.said_of(found.answers, with_names=names),
        "phone": said_phone(found.phone),
        "teams": list(teams[:200]),
        "can_answer": found.state not in ("done", "closed"),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "trail": LIST,
    }
    shown = form or AnswerForm(initial={"on": today})
    status = 422 if problem or (form and form.errors) else 200
    return render(request, "visits/request.html", {"page": page, "form": shown}, status=status)


@require_POST
@desk(Right.REQUEST_WRITE)
def request_answer(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found = _request(desk, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, found, form)
    given = form.cleaned_data
    try:
        asking.answer(found, given["result"], given["note"], given["on"], person=desk.person.person_id, at=desk.at)
    except Refused as refused:
        if refused.field not in form.fields:
            return _page(request, desk, found, form, refused.sentence)
        form.add_error(refused.field, refused.sentence)
        return _page(request, desk, found, form)
    messages.success(request, "Đã ghi trả lời. Người nhờ thấy ngay bằng mã theo dõi.")
    return redirect(f"/yeu-cau/{pk}/")


@require_POST
@desk(Right.REQUEST_WRITE)
def request_hand_over(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found = _request(desk, pk)
    asked = request.POST.get("team", "")
    key = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else 0
    team = Team.objects.filter(unit__in=desk.units, pk=key).first()
    if team is None:
        return _page(request, desk, found, problem="Chưa chọn tổ. Chọn một tổ rồi bấm Giao.")
    reason = request.POST.get("reason", "")
    try:
        asking.hand_over(request=found, team=team, reason=reason, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _page(request, desk, found, problem=refused.sentence)
    messages.success(request, f"Đã giao cho {team.name}. Hạn trả lời không đổi.")
    return redirect(f"/yeu-cau/{pk}/")


@require_POST
@desk(Right.REQUEST_WRITE)
def request_close(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found = _request(desk, pk)
    reason = request.POST.get("reason", "")
    try:
        asking.close(request=found, reason=reason, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _page(request, desk, found, problem=refused.sentence)
    messages.success(request, "Đã đóng. Người nhờ đọc được lý do bằng mã theo dõi.")
    return redirect(f"/yeu-cau/{pk}/")
