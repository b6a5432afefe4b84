"""The desk of asking again: draws of a commune, the list to go by, what was said, what it says of each team."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams.forms import ActForm
from langso.teams.places import commune_asked
from langso.teams.village_views import commune_to_write
from langso.ui.forms import CountField, DayField
from langso.ui.listing import csv_answer
from langso.units.models import Unit
from langso.villages.models import Household
from langso.villages.topics import labels_of
from langso.visits import spot_rules, spotting
from langso.visits.models import SpotAnswer, SpotCheck, SpotDraw

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
LIST = [*TRAIL, ("Hỏi lại hộ", "/hoi-lai/")]
SHAPES = {
    SpotAnswer.HELPED: "met",
    SpotAnswer.NOT_HELPED: "unmet",
    SpotAnswer.NOBODY_CAME: "look",
    SpotAnswer.NOT_REACHED: "unknown",
}


class DrawForm(ActForm):
    since = DayField(label="Lượt đến hộ từ ngày")
    until = DayField(label="Đến hết ngày")
    seed = forms.CharField(
        label="Hạt ngẫu nhiên",
        max_length=80,
        help_text="Một dãy không ai đoán trước, như kết quả xổ số chiều nay. Có dãy này thì ai cũng rút lại được mẫu.",
        error_messages={"required": "Chưa ghi hạt ngẫu nhiên."},
    )
    size = CountField(
        label="Số lượt rút", required=False, help_text="Để trống: một phần hai mươi, ít nhất 5, nhiều nhất 60."
    )


@desk(Right.VISIT_READ)
def spot_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Draws of a commune and what they say of its teams so far.  Cost: eleven queries."""
    asked = commune_asked(request, desk, Right.VISIT_READ)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL}
    if asked.unit is None:
        return render(request, "visits/spots.html", {"page": page})
    units = Unit.objects.under([asked.unit], day_of(desk.at))
    checks = SpotCheck.objects.filter(unit__in=units)
    teams = spotting.results(checks)
    if request.GET.get("tai") == "csv":
        return _results_csv(teams)
    draws = list(SpotDraw.objects.filter(unit__in=units).select_related("drawn_by").order_by("-drawn_at")[:100])
    answers: dict[int, list[str]] = {}
    for draw, answer in checks.filter(draw__in=draws).values_list("draw_id", "answer"):
        answers.setdefault(draw, []).append(answer)
    page |= {
        "draws": [
            {"draw": d, "size": len(answers.get(d.pk, ())), "left": sum(not a for a in answers.get(d.pk, ()))}
            for d in draws
        ],
        "teams": teams,
        "whole": spot_rules.summed([t.result for t in teams]),
        "can_write": desk.person.has(Right.VISIT_WRITE) and desk.may(Right.VISIT_WRITE, asked.unit),
        "csv": f"?xa={asked.code}&tai=csv",
    }
    return render(request, "visits/spots.html", {"page": page})


def _results_csv(teams: list[spotting.OfTeam]) -> HttpResponse:
    columns = [
        "to",
        "giup_duoc",
        "chua_giup_duoc",
        "khong_ai_den",
        "chua_hoi_duoc",
        "dang_cho",
        "tu_ty_le",
        "den_ty_le",
    ]
    return csv_answer(
        "hoi-lai-ho",
        columns,
        (
            [
                t.team.name if t.team else "xã ghi",
                t.result.helped,
                t.result.not_helped,
                t.result.nobody_came,
                t.result.not_reached,
                t.result.waiting,
                *(f"{edge:.3f}" for edge in spot_rules.interval(t.result.helped, t.result.reached)),
            ]
            for t in teams
        ),
    )


@desk(Right.VISIT_WRITE)
def spot_draw(request: HttpRequest, desk: Desk) -> HttpResponse:
    unit, name, _, query = commune_to_write(request, desk, Right.VISIT_WRITE)
    today = day_of(desk.at)
    first = today.replace(day=1)
    form = DrawForm(request.POST or None, initial={"since": first, "until": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = spotting.draw_sample(
                unit=unit,
                seed=given["seed"],
                since=given["since"],
                until=given["until"],
                size=given["size"],
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/hoi-lai/{made.pk}/")
    page = {
        "title": "Rút mẫu hỏi lại",
        "lead": f"{name}. Máy rút, không ai chọn: hộ nào cũng có thể được hỏi.",
        "does": "Rút mẫu",
        "back": f"/hoi-lai/{query}",
        "trail": LIST,
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def _rows(draw: SpotDraw, desk: Desk) -> list[dict[str, Any]]:
    """Households are named to those who may read them there, which is in the commune only.  Cost: three queries."""
    checks = list(
        draw.checks.select_related("visit__village", "visit__team", "visit__member", "asked_by").order_by("pk")
    )
    read = desk.within(Right.HOUSEHOLD_READ, {c.unit_id for c in checks} | {c.visit.unit_id for c in checks})
    known = [c.visit.household_id for c in checks if {c.unit_id, c.visit.unit_id} <= read]
    heads = Household.objects.filter(pk__in=known).in_bulk()
    return [
        {
            "check": c,
            "household": heads[c.visit.household_id].head_name if c.visit.household_id in heads else "",
            "topics": labels_of(c.visit.topics),
            "shape": SHAPES[SpotAnswer(c.answer)] if c.answer else "draft",
            "word": c.get_answer_display().capitalize() if c.answer else "Chưa hỏi",
        }
        for c in checks
    ]


def _draw(desk: Desk, pk: int) -> SpotDraw:
    found = SpotDraw.objects.filter(unit__in=desk.units)
    return get_object_or_404(found.select_related("unit", "drawn_by"), pk=pk)


@desk(Right.VISIT_READ)
def spot_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The list to go by: who, where, which visit. No telephone number of a household is kept: one goes there."""
    return _page(request, desk, _draw(desk, pk))


def _page(request: HttpRequest, desk: Desk, draw: SpotDraw, problem: str = "") -> HttpResponse:
    rows = _rows(draw, desk)
    if request.GET.get("tai") == "csv":
        columns = ["thu_tu", "thon", "ho", "ngay_den", "to", "viec", "ho_tra_loi", "ghi_them"]
        return csv_answer(
            f"hoi-lai-{draw.pk}",
            columns,
            (
                [
                    k,
                    r["check"].visit.village.name,
                    r["household"],
                    r["check"].visit.visited_on,
                    r["check"].visit.team.name if r["check"].visit.team else "",
                    ", ".join(r["topics"]),
                    r["word"],
                    r["check"].note,
                ]
                for k, r in enumerate(rows, 1)
            ),
        )
    page = {
        "draw": draw,
        "rows": rows,
        "sees_names": any(r["household"] for r in rows),
        "left": sum(not r["check"].answer for r in rows),
        "days": f"{write_day(draw.since)} đến {write_day(draw.until)}",
        "answers": [(a.value, a.label.capitalize()) for a in SpotAnswer],
        "can_write": desk.person.has(Right.VISIT_WRITE) and desk.may(Right.VISIT_WRITE, draw.unit),
        "problem": problem,
        "csv": "?tai=csv",
        "trail": LIST,
    }
    return render(request, "visits/spot.html", {"page": page}, status=422 if problem else 200)


@require_POST
@desk(Right.VISIT_WRITE)
def spot_answer(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What one household said."""
    draw = _draw(desk, pk)
    key = request.POST.get("check", "")
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else 0
    check = get_object_or_404(draw.checks.all(), pk=number)
    said, note = request.POST.get("answer", ""), request.POST.get("note", "")
    try:
        spotting.answer(check=check, answer=said, note=note, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _page(request, desk, draw, refused.sentence)
    messages.success(request, "Đã ghi lời hộ trả lời.")
    return redirect(f"/hoi-lai/{pk}/#ho-{check.pk}")
