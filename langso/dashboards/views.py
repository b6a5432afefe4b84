"""Readings for those who work here: what waits for one today, and the ledger of one's own units."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langso.assessments import queries as assessments
from langso.assessments import words
from langso.dashboards import work
from langso.dashboards.acts import ACTS
from langso.dashboards.ways import ways_of
from langso.ledger.models import Entry
from langso.lib.period import Period, day_of
from langso.notices import queries as notices
from langso.people.door import Desk, desk
from langso.people.models import Person
from langso.people.roles import Right
from langso.ui.listing import PER_PAGE, csv_answer
from langso.units.queries import named

MOST_CSV = 20_000


NOTICES = 5  # unread ones shown; the rest is one press away


@desk(Right.ASSESSMENT_READ)
def my_work(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is to be done today: what has a last day first, then what one may begin, then the ways on."""
    today, person = day_of(desk.at), desk.person
    everywhere, roots = person.roots(Right.ASSESSMENT_READ)
    own = assessments.own_units(roots, on=today)
    # A province that only watches has no assessment of its own to do.
    mine = [u for u in own if u.level == "commune" or person.has(Right.ASSESSMENT_WRITE)]
    waiting = work.work_of(person, own, on=today)
    tasks = [
        t
        for t in assessments.tasks(mine, period=Period.year(today.year))
        if t.assessment is None or t.assessment.pk not in waiting.in_cycle
    ]
    unread = list(notices.unread(person, on=today)[: NOTICES + 1])
    page = {
        "today": today,
        "dues": waiting.dues,
        "urgent": waiting.urgent,
        "unread": unread[:NOTICES],
        "has_more": len(unread) > NOTICES,
        "tasks": words.shown_tasks([t for t in tasks if words.is_asked(t)], person, today),
        "others": words.shown_tasks([t for t in tasks if not words.is_asked(t)], person, today),
        "wide": everywhere or any(u.level != "commune" for u in own),
        "places": own,
        "is_everywhere": everywhere,
        "can_see_figures": person.has(Right.FIGURE_READ),
        "ways": ways_of(desk),
    }
    return render(request, "dashboards/my_work.html", {"page": page})


@desk(Right.LEDGER_READ)
def ledger(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was done at the units in reach, newest first.  Cost: six queries."""
    today = day_of(desk.at)
    found = Entry.objects.order_by("-at", "-line")
    everywhere, _ = desk.person.roots(Right.LEDGER_READ)
    if not everywhere:
        found = found.filter(unit_id__in=desk.units.values("pk"))
    did = request.GET.get("viec", "")
    if did in ACTS:
        found = found.filter(did=did)
    if request.GET.get("tai") == "csv":
        rows = _shown(list(found[:MOST_CSV]), today)
        columns = ["luc", "nguoi", "viec", "don_vi", "quyen", "dong", "noi_dung"]
        return csv_answer(
            "nhat-ky",
            columns,
            ([r["at"].isoformat(), r["who"], r["did"], r["place"], r["book"], r["line"], r["facts"]] for r in rows),
        )
    total = found.count()
    pages = max(1, -(-total // PER_PAGE))
    asked = request.GET.get("trang", "1")
    number = min(max(int(asked) if asked.isdigit() and len(asked) < 7 else 1, 1), pages)
    lines = list(found[(number - 1) * PER_PAGE : number * PER_PAGE])
    page = {
        "rows": _shown(lines, today),
        "number": number,
        "pages": pages,
        "total": total,
        "acts": ACTS,
        "did": did,
        "csv": f"?viec={did}&tai=csv" if did in ACTS else "?tai=csv",
        "trail": [("Việc của tôi", "/viec-cua-toi/")],
    }
    return render(request, "dashboards/ledger.html", {"page": page})


def _shown(lines: list[Entry], today: date) -> list[dict[str, Any]]:
    """Lines with names: of the people one may see, and of the units as they are today."""
    people = {p.pk: str(p) for p in Person.objects.filter(pk__in={e.by_id for e in lines if e.by_id})}
    places = {u: n.name for (u, _), n in named([(e.unit_id, today) for e in lines if e.unit_id]).items()}
    return [
        {
            "at": e.at,
            "who": people.get(e.by_id, "Người ngoài phạm vi") if e.by_id else "Lệnh trên máy chủ",
            "did": ACTS.get(e.did, e.did),
            "place": places.get(e.unit_id, "Đơn vị cũ") if e.unit_id else "Cả nước",
            "book": e.book,
            "line": e.line,
            "facts": "; ".join(f"{k}: {v}" for k, v in e.facts.items() if v is not None),
        }
        for e in lines
    ]
