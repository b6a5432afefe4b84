"""People and posts: who does what where; granting and ending; the demo's list of sign-ins."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.people import actions, rules
from langso.people.demo import CAST, KEY_FILE, KEY_PASSWORD, PASSWORD
from langso.people.door import Desk, desk, public
from langso.people.forms import GrantForm
from langso.people.models import Person, Post
from langso.people.roles import GRANTED_UNHELD, RIGHTS, Right, Role
from langso.ui.listing import csv_answer, listing
from langso.units.models import Level, Unit
from langso.units.queries import named, unit_by_code

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]


def _grantable(desk: Desk) -> list[Role]:
    """Roles whose rights the person holds, at the levels where she may grant."""
    everywhere, roots = desk.person.roots(Right.POST_GRANT)
    found = [role for role in Role if RIGHTS[role] - GRANTED_UNHELD <= desk.person.rights]
    if everywhere:
        return found
    has_province = Unit.objects.filter(pk__in=roots, level=Level.PROVINCE).exists()
    return [r for r in found if rules.LEVEL_OF.get(r) == Level.COMMUNE or (has_province and r in rules.LEVEL_OF)]


@desk(Right.POST_READ)
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Posts of today within reach, by name, role or place."""
    today = day_of(desk.at)
    found = Post.objects.on(today).select_related("person__account")
    everywhere, _ = desk.person.roots(Right.POST_READ)
    if not everywhere:
        found = found.filter(unit__in=desk.units)
    posts = list(found)
    places = {u: n for (u, _), n in named([(p.unit_id, today) for p in posts if p.unit_id]).items()}
    wanted = fold(request.GET.get("q", ""))
    rows = [
        {
            "post": p,
            "name": str(p.person),
            "role": p.get_role_display(),
            "place": "Cả nước" if p.unit_id is None else places[p.unit_id].name if p.unit_id in places else "Đơn vị cũ",
            "username": p.person.account.username if p.person.account else "",
            "since": p.valid.lower,
            "sort": p.person.sort_key,
            "mine": p.person_id == desk.person.person_id,
        }
        for p in posts
    ]
    rows = [r for r in rows if wanted in fold(f"{r['name']} {r['role']} {r['place']} {r['username']}")]
    if request.GET.get("tai") == "csv":
        return csv_answer(
            "nguoi",
            ["ho_ten", "vai_tro", "don_vi", "ten_dang_nhap", "tu_ngay"],
            ([r["name"], r["role"], r["place"], r["username"], r["since"]] for r in rows),
        )
    table = listing(
        rows,
        request.GET,
        default="ten",
        sorts={
            "ten": lambda r: r["sort"],
            "vai": lambda r: (r["role"], r["sort"]),
            "noi": lambda r: (r["place"], r["sort"]),
        },
    )
    page = {"table": table, "trail": TRAIL, "can_grant": desk.person.has(Right.POST_GRANT)}
    return render(request, "people/people.html", {"page": page})


@desk(Right.POST_GRANT)
def grant(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One form; the first password is shown once."""
    form = GrantForm(_grantable(desk), request.POST or None, initial={"place": _own_code(desk)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            unit, unit_name = None, ""
            if given["place"]:
                today = day_of(desk.at)
                unit = desk.units.filter(pk=unit_by_code(given["place"], today).pk).first()
                if unit is None:
                    raise rules.RoleNotYours(field="place", role=Role(given["role"]).label)
                unit_name = named([(unit.pk, today)])[unit.pk, today].name
            post, password = actions.grant_post(
                full_name=given["full_name"],
                address=given["address"],
                username=given["username"],
                role=Role(given["role"]),
                unit=unit,
                unit_name=unit_name,
                by=desk.person,
                at=desk.at,
            )
        except Refused as refused:
            field = refused.field if refused.field in form.fields else "place"
            form.add_error(field, refused.sentence)
        else:
            shown = {
                "name": str(post.person),
                "username": given["username"].strip().lower(),
                "password": password,
            }
            return render(
                request,
                "people/granted.html",
                {"page": {"trail": [*TRAIL, ("Người và vị trí", "/nguoi/")], **shown}},
            )
    page = {"trail": [*TRAIL, ("Người và vị trí", "/nguoi/")]}
    return render(request, "people/grant.html", {"form": form, "page": page}, status=422 if form.errors else 200)


def _own_code(desk: Desk) -> str:
    today = day_of(desk.at)
    _, roots = desk.person.roots(Right.POST_GRANT)
    return next((n.code for n in named([(r, today) for r in roots]).values()), "")


def _post(desk: Desk, pk: int) -> Post:
    everywhere, _ = desk.person.roots(Right.POST_GRANT)
    found = Post.objects.select_related("unit", "person__account")
    return get_object_or_404(found if everywhere else found.filter(unit__in=desk.units), pk=pk)


@desk(Right.POST_GRANT)
def end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One question: end the post today?"""
    post = _post(desk, pk)
    problem = ""
    if request.method == "POST":
        try:
            actions.end_post(post=post, stop=day_of(desk.at), by=desk.person, at=desk.at)
        except Refused as refused:
            problem = refused.sentence
        else:
            messages.success(request, f"{post.person} thôi giữ vị trí {post.get_role_display()} từ hôm nay.")
            return redirect("/nguoi/")
    page = {"trail": [*TRAIL, ("Người và vị trí", "/nguoi/")], "post": post, "problem": problem}
    return render(request, "people/end.html", {"page": page}, status=422 if problem else 200)


@require_POST
@desk(Right.POST_GRANT)
def password(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    post = _post(desk, pk)
    person = get_object_or_404(Person.objects.select_related("account"), pk=post.person_id)
    new = actions.reset_password(person=person, by=desk.person, at=desk.at)
    page = {
        "trail": [*TRAIL, ("Người và vị trí", "/nguoi/")],
        "name": str(person),
        "username": person.account.username if person.account else "",
        "password": new,
    }
    return render(request, "people/granted.html", {"page": page})


@public
def demo(request: HttpRequest) -> HttpResponse:
    """The sign-ins of the demo; outside the demo there is no such page."""
    if not settings.DEMO:
        raise Http404("Đây không phải bản dùng thử.")
    page = {"cast": CAST, "password": PASSWORD, "key_password": KEY_PASSWORD, "has_key": _key().is_file()}
    return render(request, "people/demo.html", {"page": page})


def _key() -> Path:
    return Path(settings.HOME) / "trust" / KEY_FILE


@public
def demo_key(request: HttpRequest) -> HttpResponse:
    """The key for trials of the star's head; outside the demo there is no such file."""
    if not settings.DEMO or not _key().is_file():
        raise Http404("Đây không phải bản dùng thử.")
    answer = HttpResponse(_key().read_bytes(), content_type="application/x-pkcs12")
    answer["Content-Disposition"] = f'attachment; filename="{KEY_FILE}"'
    return answer
