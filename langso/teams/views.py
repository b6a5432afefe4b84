"""The desk of teams: the list of any size, one team with its people, and what changes them."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams import actions, queries, rules
from langso.teams.forms import EndForm, MemberForm, TeamForm
from langso.teams.models import Member, Team
from langso.teams.places import commune_asked
from langso.teams.village_views import commune_to_write
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.units.models import Unit
from langso.villages.models import Village

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Tổ công nghệ số cộng đồng", "/to/")]
MOST_CSV = 20_000


@desk(Right.TEAM_READ)
def team_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Teams in reach, searched, sorted and paged in the database.  Cost: eight queries, whatever the number."""
    today, get = day_of(desk.at), request.GET
    order = get.get("xep", "ten")
    if order.removeprefix("-") not in queries.ORDERS:
        order = "ten"
    gone = get.get("cu") == "1"
    everywhere, _ = desk.person.roots(Right.TEAM_READ)
    asked = commune_asked(request, desk, Right.TEAM_READ)
    units: QuerySet[Unit] | None = None if everywhere else desk.units
    if asked.unit is not None and not asked.is_own:
        units = Unit.objects.under([asked.unit], today)
    found = queries.teams_of(units, text=get.get("q", ""), order=order, gone=gone, on=today)
    if asked.text and asked.unit is None:
        found = found.none()
    if get.get("tai") == "csv":
        return _csv(queries.team_rows(list(found[:MOST_CSV]), on=today))
    pages = Paginator(found, PER_PAGE)
    number = get.get("trang", "1")
    sheet = pages.get_page(int(number) if number.isdecimal() and len(number) < 7 else 1)
    rows = queries.team_rows(list(sheet.object_list), on=today)
    query = get.copy()
    query["tai"] = "csv"
    page = {
        "asked": asked,
        "table": Listing(rows, sheet.number, pages.num_pages, pages.count, get.get("q", ""), order),
        "several": not asked.is_own and asked.unit is None,
        "gone": gone,
        "can_write": asked.unit is not None
        and desk.person.has(Right.TEAM_WRITE)
        and desk.may(Right.TEAM_WRITE, asked.unit),
        "can_pay": desk.person.has(Right.ALLOWANCE_WRITE),
        "is_cut": pages.count > MOST_CSV,
        "csv": f"?{query.urlencode()}",
        "keep": [(k, get[k]) for k in ("q", "cu") if get.get(k)],
        "trail": TRAIL,
    }
    return render(request, "teams/teams.html", {"page": page})


def _csv(rows: Sequence[queries.TeamRow]) -> HttpResponse:
    columns = ["tinh", "ma_xa", "xa", "to", "thon", "to_truong", "so_nguoi", "da_tap_huan", "tu_ngay", "con_thieu"]
    return csv_answer(
        "to-cong-nghe-so",
        columns,
        (
            [
                r.place.province_name if r.place else "",
                r.place.code if r.place else "",
                r.place.name if r.place else "",
                r.team.name,
                ", ".join(r.villages),
                r.leader,
                r.members_count,
                r.trained_count,
                r.team.valid.lower or "",
                ", ".join(r.doubts),
            ]
            for r in rows
        ),
    )


def _team(desk: Desk, pk: int, *, standing: bool = False) -> Team:
    team = get_object_or_404(
        Team.objects.filter(unit__in=desk.units).select_related("unit", "document", "merged_into"), pk=pk
    )
    if standing and team.valid.upper is not None:
        raise Http404("Tổ này đã giải thể hoặc nhập vào tổ khác.")
    return team


@desk(Right.TEAM_READ)
def team_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One team: villages, decision, people, and what was before."""
    team, today = _team(desk, pk), day_of(desk.at)
    found = queries.team_page(team, on=today)
    if request.GET.get("tai") == "csv":
        return _members_csv(found)
    page = {
        "found": found,
        "doubts": _doubts(found),
        "can_write": not found.is_gone and desk.person.has(Right.TEAM_WRITE) and desk.may(Right.TEAM_WRITE, team.unit),
        "csv": "?tai=csv",
        "trail": LIST,
    }
    return render(request, "teams/team.html", {"page": page})


def _doubts(found: queries.TeamPage) -> list[str]:
    if found.is_gone:
        return []
    members = found.members
    found_lacks = queries.lacks(
        serves=bool(found.villages),
        people=len(members),
        leaders=int(found.leader is not None),
        trained=sum(m.training != "none" for m in members),
        listed=sum(m.is_listed for m in members),
        is_decided=found.team.document is not None,
    )
    return [f"{says}." for says in found_lacks]


def _members_csv(found: queries.TeamPage) -> HttpResponse:
    columns = ["ho_ten", "vai_tro", "cong_viec", "dien_thoai", "tap_huan", "ngay_tap_huan", "tu_ngay", "den_ngay"]
    return csv_answer(
        f"to-{found.team.pk}",
        [*columns, "ly_do_thoi"],
        (
            [
                m.full_name,
                m.get_role_display(),
                m.occupation,
                rules.said_phone(m.phone),
                m.get_training_display(),
                m.trained_on or "",
                m.valid.lower or "",
                m.valid.upper or "",
                m.left_reason,
            ]
            for m in (*found.members, *found.past_members)
        ),
    )


# ── setting up and changing ──────────────────────────────────────────────────


def _choices(unit: Unit, desk: Desk, *, but: int = 0) -> tuple[list[Village], dict[int, str]]:
    """Villages of today, those without a team first, and which team serves each of the others."""
    rows = queries.village_rows([unit.pk], on=day_of(desk.at))
    taken = {r.village.pk: r.team.name for r in rows if r.team is not None and r.team.pk != but}
    return sorted((r.village for r in rows), key=lambda v: (v.pk in taken, v.sort_key)), taken


@desk(Right.TEAM_WRITE)
def team_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    unit, name, province, query = commune_to_write(request, desk, Right.TEAM_WRITE)
    choices, taken = _choices(unit, desk)
    initial = {"issuer": f"UBND {name}", "villages": [request.GET.get("thon", "")]}
    form = TeamForm(request.POST or None, choices=choices, taken=taken, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            team = actions.add_team(
                unit=unit,
                province_code=province,
                name=given["name"],
                chosen=form.chosen(),
                since=given["since"],
                document=form.document(today=day_of(desk.at)),
                uid=given["uid"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã lập {team.name}. Thêm tổ trưởng và thành viên.")
            return redirect(f"/to/{team.pk}/")
    page = {"title": "Lập tổ", "lead": name, "does": "Lập tổ", "back": f"/to/{query}", "trail": LIST}
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.TEAM_WRITE)
def team_edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    team = _team(desk, pk, standing=True)
    choices, taken = _choices(team.unit, desk, but=team.pk)
    serving = team.served.filter(valid__upper_inf=True).values_list("village_id", flat=True)
    paper = team.document
    initial = {
        "name": team.name,
        "villages": [str(v) for v in serving],
        "number": paper.number if paper else "",
        "issued_on": paper.issued_on if paper else None,
        "issuer": paper.issuer if paper else "",
    }
    form = TeamForm(request.POST or None, choices=choices, taken=taken, initial=initial)
    del form.fields["since"]
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.edit_team(
                team=team,
                name=form.cleaned_data["name"],
                chosen=form.chosen(),
                document=form.document(today=day_of(desk.at)),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã sửa {team.name}." if changed else "Không có gì thay đổi.")
            return redirect(f"/to/{pk}/")
    page = {
        "title": f"Sửa {team.name}",
        "lead": "Thôn thêm vào hay bỏ ra thì tính từ hôm nay.",
        "does": "Ghi",
        "back": f"/to/{pk}/",
        "trail": LIST,
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.TEAM_WRITE)
def team_dissolve(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    team = _team(desk, pk, standing=True)
    form = EndForm(request.POST or None, initial={"stop": day_of(desk.at)})
    form.fields["stop"].label = "Giải thể từ ngày"
    form.fields["stop"].help_text = "Ngày đầu tiên không còn tổ."
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.dissolve_team(
                team=team, on=given["stop"], reason=given["reason"], by=desk.person.person_id, at=desk.at
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã giải thể {team.name}. Các thôn của tổ nay chưa có tổ.")
            return redirect(f"/to/{pk}/")
    page = {
        "title": f"Giải thể {team.name}?",
        "lead": "Mọi thành viên thôi cùng ngày. Việc đã làm vẫn còn, xem lại được.",
        "does": "Giải thể",
        "back": f"/to/{pk}/",
        "trail": LIST,
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


# ── members ──────────────────────────────────────────────────────────────────


class NoSuchAccount(Refused):
    says = "Xã không có tài khoản “{username}”. Để trống, hoặc cấp vị trí cho người ấy trước."


def _person(form: MemberForm, team: Team) -> int | None:
    """Refuses: NoSuchAccount."""
    username = form.cleaned_data["username"]
    person = actions.person_of(team, username)
    if username.strip() and person is None:
        raise NoSuchAccount(field="username", username=username.strip()[:60])
    return person.pk if person else None


@desk(Right.TEAM_WRITE)
def member_add(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    team = _team(desk, pk, standing=True)
    form = MemberForm(request.POST or None, initial={"since": day_of(desk.at)})
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.add_member(
                team=team,
                facts=form.facts(_person(form, team)),
                since=form.cleaned_data["since"],
                uid=form.cleaned_data["uid"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã thêm {member} vào tổ.")
            return redirect(f"/to/{pk}/")
    page = {
        "title": "Thêm thành viên",
        "lead": team.name,
        "does": "Thêm thành viên",
        "back": f"/to/{pk}/",
        "trail": [*LIST, (team.name, f"/to/{pk}/")],
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def _member(desk: Desk, pk: int) -> Member:
    found = Member.objects.filter(unit__in=desk.units, valid__upper_inf=True)
    return get_object_or_404(found.select_related("unit", "team", "person__account"), pk=pk)


@desk(Right.TEAM_WRITE)
def member_edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    member = _member(desk, pk)
    back = f"/to/{member.team_id}/"
    form = MemberForm.of(member, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.edit_member(
                member=member,
                facts=form.facts(_person(form, member.team)),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Đã sửa {member}." if changed else "Không có gì thay đổi.")
            return redirect(back)
    page = {
        "title": f"Sửa {member}",
        "lead": f"{member.team.name}. Đổi vai trò thì tính từ hôm nay, những ngày trước giữ vai trò cũ.",
        "does": "Ghi",
        "back": back,
        "trail": [*LIST, (member.team.name, back)],
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.TEAM_WRITE)
def member_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    member = _member(desk, pk)
    back = f"/to/{member.team_id}/"
    form = EndForm(request.POST or None, initial={"stop": day_of(desk.at)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.end_member(
                member=member, on=given["stop"], reason=given["reason"], by=desk.person.person_id, at=desk.at
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"{member} thôi tham gia tổ. Việc đã làm vẫn còn.")
            return redirect(back)
    page = {
        "title": f"Cho {member} thôi",
        "lead": f"{member.team.name}. Người ấy không vào được sổ trên điện thoại từ ngày này.",
        "does": "Cho thôi",
        "back": back,
        "trail": [*LIST, (member.team.name, back)],
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)
