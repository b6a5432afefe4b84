"""Answers on the desk: the list, one of them, the table to take away; and filling a form here, without any script."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.questionnaires import actions, queries, words
from langso.questionnaires.engine import view
from langso.questionnaires.forms import Page, draw, has_required_photo, press, read_answers
from langso.questionnaires.models import FilledForm, FormVersion, Questionnaire, Way
from langso.questionnaires.rules import AnswersWrong
from langso.questionnaires.views import LIST, form_or_404
from langso.teams.places import own_commune
from langso.ui.listing import PER_PAGE, Listing, csv_answer
from langso.units.models import Unit
from langso.units.queries import named
from langso.villages.models import Village

MOST_CSV = 20_000
ORDERS = {"luc": "received_at", "ngay": "made_on"}


def _trail(form: Questionnaire) -> list[tuple[str, str]]:
    return [*LIST, (form.title, f"/phieu/{form.pk}/")]


@desk(Right.VISIT_READ)
def answer_list(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Filled forms in reach, the newest first.  Cost: seven queries."""
    form, asked = form_or_404(desk, pk), request.GET
    order = asked.get("xep", "-luc")
    column = ORDERS.get(order.removeprefix("-"))
    if column is None:
        order, column = "-luc", "received_at"
    turned = f"-{column}" if order.startswith("-") else column
    found = (
        FilledForm.objects.within(desk.units)
        .filter(form__questionnaire=form)
        .select_related("form__questionnaire", "member", "person", "village")
        .defer("form__workbook", "form__xform", "form__definition")
        .order_by(turned, "-id")
    )
    if asked.get("tai") == "csv":
        return _csv(form, list(found.filter(replaced_at=None)[:MOST_CSV]), desk)
    pages = Paginator(found, PER_PAGE)
    number = asked.get("trang", "1")
    sheet = pages.get_page(int(number) if number.isdecimal() and len(number) < 7 else 1)
    rows = list(sheet.object_list)
    places = named((r.unit_id, day_of(desk.at)) for r in rows)
    query = asked.copy()
    query["tai"] = "csv"
    page = {
        "form": form,
        "table": Listing(
            [{"filled": r, "who": words.who(r), "place": _place(places, r, desk)} for r in rows],
            sheet.number,
            pages.num_pages,
            pages.count,
            "",
            order,
        ),
        "csv": f"?{query.urlencode()}",
        "trail": _trail(form),
    }
    return render(request, "questionnaires/answers.html", {"page": page})


def _place(places: Mapping[Any, Any], row: FilledForm, desk: Desk) -> str:
    found = places.get((row.unit_id, day_of(desk.at)))
    return ", ".join(filter(None, (row.village.name if row.village else "", found.name if found else "Đơn vị cũ")))


def _csv(form: Questionnaire, rows: Sequence[FilledForm], desk: Desk) -> HttpResponse:
    """One column for each question, by the newest version that was answered; older answers fill what they can.

    What someone wrote in words goes only to those who may read households there.
    """
    issued = FormVersion.objects.filter(questionnaire=form).issued().defer("workbook", "xform")
    version = issued.order_by("-issued_at", "-id").first()
    if version is None:
        raise Http404("Phiếu này chưa ban hành.")
    labels = queries.Labels(version.definition)
    columns = queries.columns_of(version.definition, [row.answers for row in rows])
    places = named((r.unit_id, day_of(desk.at)) for r in rows)
    read = desk.within(Right.HOUSEHOLD_READ, {r.unit_id for r in rows})
    return csv_answer(
        f"tra-loi-{form.code}",
        [
            "ma_phieu_tra_loi",
            "ma_phien_ban",
            "noi",
            "nguoi_ghi",
            "gui_qua",
            "ngay_ghi",
            "can_xem_lai",
            *columns.headings,
        ],
        (
            [
                row.uid,
                row.form.version,
                _place(places, row, desk),
                words.who(row),
                row.get_way_display(),
                row.made_on,
                row.problems_count,
                *columns.row(row.answers, labels, whole=row.unit_id in read),
            ]
            for row in rows
        ),
    )


@desk(Right.VISIT_READ)
def answer_page(request: HttpRequest, desk: Desk, pk: int, uid: UUID) -> HttpResponse:
    """One of them. What was written in words is read in the commune, where households are known; others see choices."""
    form = form_or_404(desk, pk)
    found = FilledForm.objects.within(desk.units).select_related("form", "member", "person", "village")
    row = get_object_or_404(found.defer("form__workbook", "form__xform"), form__questionnaire=form, uid=uid)
    place = named([(row.unit_id, day_of(desk.at))]).get((row.unit_id, day_of(desk.at)))
    newer = FilledForm.objects.within(desk.units).filter(corrects=row.uid).first() if row.replaced_at else None
    page = {
        "form": form,
        "filled": row,
        "facts": [
            ("Nơi", place.name if place else "Đơn vị cũ"),
            *([("Thôn", row.village.name)] if row.village else []),
            ("Người ghi", words.who(row)),
            ("Ngày ghi", write_day(row.made_on)),
            ("Nhận", f"{words.moment(row.received_at)}, qua {row.get_way_display()}"),
            ("Phiên bản", row.form.version),
        ],
        "pairs": words.answer_pairs(
            row.form.definition, row.answers, whole=desk.may(Right.HOUSEHOLD_READ, Unit(pk=row.unit_id))
        ),
        "newer": newer,
        "trail": [*_trail(form), ("Câu trả lời", f"/phieu/{form.pk}/tra-loi/")],
    }
    return render(request, "questionnaires/answer.html", {"page": page})


# ── Filling on the desk ──────────────────────────────────────────────────────


@desk(Right.VISIT_WRITE)
def fill(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The same definition as on the phone. Each press of „Tiếp” works out anew what is to be asked; nothing is lost.

    Cost: nine queries.
    """
    form, unit = form_or_404(desk, pk), own_commune(desk, Right.VISIT_WRITE)
    if unit is None:  # answers belong to the place where they are gathered
        raise PermissionDenied("Điền phiếu là việc của cấp xã.")
    offered = queries.offered(unit, day_of(desk.at)).filter(questionnaire=form)
    version = offered.defer("workbook", "xform").first()
    if version is None:
        raise Http404("Phiếu này chưa ban hành hoặc đã thu hồi.")
    ready = queries.form_of(version)
    if has_required_photo(ready):
        raise Http404("Phiếu này cần chụp ảnh, điền trên điện thoại.")
    today = day_of(desk.at).isoformat()
    villages = list(Village.objects.filter(unit=unit).on(day_of(desk.at)).order_by("sort_key", "id"))
    answers: dict[str, Any] = {}
    uid, village, said = uuid4(), "", ""
    wants_all = False
    if request.method == "POST":
        uid, village = _uid(request.POST.get("uid", "")), request.POST.get("thon", "")
        answers = read_answers(ready, request.POST)
        pressed = request.POST.get("lam", "")
        wants_all = pressed == "gui"
        if pressed.startswith(("them:", "bo:")):
            answers = press(answers, pressed)
        elif wants_all:
            try:
                _write(uid, version, answers, unit, next((v for v in villages if str(v.pk) == village), None), desk)
            except AnswersWrong:
                pass  # each fault stands at its question
            except Refused as refused:
                said = refused.sentence
            else:
                messages.success(request, f"Đã lưu phiếu {version.title}.")
                return redirect(f"/phieu/{pk}/tra-loi/{uid}/")
    drawn: Page = draw(view(ready, answers, today), all_faults=wants_all)
    problems = [(said, ""), *drawn.problems] if said else drawn.problems
    page = {
        "form": form,
        "version": version,
        "drawn": drawn.drawn,
        "asked": drawn.asked,
        "problems": problems,
        "uid": uid,
        "villages": villages,
        "village": village,
        "kept": json.dumps(answers, ensure_ascii=False),
        "trail": _trail(form),
    }
    return render(request, "questionnaires/fill.html", {"page": page}, status=422 if problems else 200)


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


@transaction.atomic
def _write(
    uid: UUID, version: FormVersion, answers: Mapping[str, Any], unit: Unit, village: Village | None, desk: Desk
) -> None:
    source = actions.From(unit.pk, Way.DESK, village=village.pk if village else None, person=desk.person.person_id)
    actions.write_answers(uid=uid, version=version, answers=answers, source=source, made_on=day_of(desk.at), at=desk.at)
