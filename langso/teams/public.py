"""For anyone: who helps in a village, with a telephone number to press; no account, no script."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.door import public
from langso.teams import queries, rules
from langso.units.finding import find
from langso.units.models import Level, Unit
from langso.units.queries import Named, named, unit_by_code


def communes_like(text: str) -> tuple[Sequence[Named], str]:
    """Communes of today that a text may mean, and a sentence when there is none."""
    today = day_of(timezone.now())
    plain = text.strip()[:200]
    if not plain:
        return [], ""
    try:
        hits = [f.unit for f in find(plain, today=today, on=today, limit=60, prefix=True)]
    except Refused as refused:
        return [], refused.sentence
    found = [n for n in hits if n.level == Level.COMMUNE and n.valid_to is None][:20]
    if found:
        return found, ""
    if hits:
        return [], f"“{plain}” là nơi rộng hơn một xã. Gõ thêm tên xã, phường."
    return [], f"Không thấy xã nào tên “{plain}”. Thử tên cũ, hoặc thêm tên tỉnh."


def commune_of(code: str) -> Named:
    """The commune that holds a code today; else there is no such page."""
    today = day_of(timezone.now())
    if not (code.isascii() and code.isdecimal() and len(code) == 5):
        raise Http404("Mã xã có năm chữ số.")
    try:
        unit = unit_by_code(code, today)
    except Refused as refused:
        raise Http404(refused.sentence) from refused
    place = named([(unit.pk, today)]).get((unit.pk, today))
    if place is None or place.level != Level.COMMUNE:
        raise Http404("Mã này không phải của xã.")
    return place


@public
def find_help(request: HttpRequest) -> HttpResponse:
    """Which commune?"""
    text = request.GET.get("q", "")
    found, problem = communes_like(text)
    page = {"text": text, "found": found, "problem": problem}
    return render(request, "teams/find_help.html", {"page": page})


@public
def who_helps(request: HttpRequest, code: str) -> HttpResponse:
    """The villages of a commune and who in each agreed to be called.  Cost: six queries."""
    place = commune_of(code)
    today = day_of(timezone.now())
    rows = queries.who_helps(Unit(pk=place.id, level=place.level), on=today)
    page = {
        "place": place,
        "rows": [
            {"at": r, "helpers": [{"one": h, "phone": rules.said_phone(h.phone)} for h in r.helpers]} for r in rows
        ],
        "today": today,
    }
    return render(request, "teams/who_helps.html", {"page": page})
