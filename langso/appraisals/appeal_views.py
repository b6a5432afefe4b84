"""Appeals: the list that both sides read, one of them, the answer."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.appraisals import contesting, queries, words
from langso.appraisals.forms import AnswerForm
from langso.appraisals.models import Appeal
from langso.assessments.judging import edition_of
from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import csv_answer, listing
from langso.units.queries import named

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
STEPS = {"cho": "Chờ trả lời", "xong": "Đã trả lời", "tat-ca": "Tất cả"}


def _is_in(appeal: Appeal, step: str) -> bool:
    return step == "tat-ca" or (appeal.answered_at is None) == (step == "cho")


def _when(appeal: Appeal, today: date) -> str:
    """Days rather than working days: the term is a date that is shown beside."""
    if appeal.answered_at is not None:
        return str(appeal.get_outcome_display())
    if today > appeal.answer_by:
        return "Quá hạn trả lời"
    return "Hạn trả lời hôm nay" if today == appeal.answer_by else "Chờ trả lời"


@desk(Right.FIGURE_READ)
def appeal_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Waiting ones first, the nearest last day on top."""
    today = day_of(desk.at)
    everything = list(queries.appeals_in_reach(desk.units))
    places = {u: n for (u, _), n in named([(a.unit_id, today) for a in everything]).items()}
    step = request.GET.get("buoc", "cho")
    step = step if step in STEPS else "cho"
    wanted = fold(request.GET.get("q", ""))
    rows: list[dict[str, Any]] = [
        {"appeal": a, "place": _place(places, a), "when": _when(a, today), "late": a.answer_by < today}
        for a in everything
        if _is_in(a, step) and wanted in fold(f"{_place(places, a)} {a.criterion} {a.text}")
    ]
    if request.GET.get("tai") == "csv":
        columns = ["xa", "tieu_chi", "noi_dung", "gui_luc", "han_tra_loi", "ket_qua", "tra_loi"]
        return csv_answer("kien-nghi", columns, (_csv_row(r) for r in rows))
    query = request.GET.copy()
    query["tai"] = "csv"
    page = {
        "table": listing(
            rows,
            request.GET,
            default="han",
            sorts={
                "han": lambda r: (r["appeal"].answered_at is not None, r["appeal"].answer_by, r["appeal"].pk),
                "ten": lambda r: (r["place"], r["appeal"].criterion),
                "gui": lambda r: r["appeal"].at,
            },
        ),
        "step": step,
        "tabs": [
            {
                "href": f"?buoc={key}",
                "label": label,
                "current": key == step,
                "count": sum(_is_in(a, key) for a in everything),
            }
            for key, label in STEPS.items()
        ],
        "csv": f"?{query.urlencode()}",
        "trail": TRAIL,
    }
    return render(request, "appraisals/appeals.html", {"page": page})


def _place(places: dict[int, Any], appeal: Appeal) -> str:
    return str(places[appeal.unit_id].name) if appeal.unit_id in places else "Đơn vị cũ"


def _csv_row(row: dict[str, Any]) -> list[Any]:
    a = row["appeal"]
    return [row["place"], a.criterion, a.text, a.at.isoformat(), a.answer_by, row["when"], a.answer]


def _appeal(desk: Desk, pk: int) -> Appeal:
    found = queries.appeals_in_reach(desk.units).select_related("assessment__unit", "verdict__by")
    return get_object_or_404(found, pk=pk)


@desk(Right.FIGURE_READ)
def appeal_page(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _answer(request, desk, _appeal(desk, pk), AnswerForm())


def _answer(
    request: HttpRequest, desk: Desk, appeal: Appeal, form: AnswerForm, *, problem: tuple[str, ...] = ()
) -> HttpResponse:
    today = day_of(desk.at)
    file = appeal.assessment
    edition = edition_of(file.framework, file.edition)
    name = next((c.name for c in edition.criteria if c.code == appeal.criterion), "")
    place = named([(appeal.unit_id, today)]).get((appeal.unit_id, today))
    is_appraiser = desk.person.has(Right.APPRAISAL_READ)
    context = {
        "appeal": appeal,
        "place": place.name if place else "Đơn vị cũ",
        "name": name,
        "verdict": words.verdict_words(appeal.verdict, edition.fields),
        "when": _when(appeal, today),
        "criterion_href": (
            f"/tham-dinh/{file.pk}/{appeal.criterion}/"
            if is_appraiser
            else f"{file.address}tham-dinh/{appeal.criterion}/"
        ),
        "can_answer": desk.person.has(Right.APPRAISAL_WRITE) and appeal.answered_at is None,
        "form": form,
        "problem": problem,
        "trail": [*TRAIL, ("Kiến nghị", "/kien-nghi/")],
    }
    return render(request, "appraisals/appeal.html", context, status=422 if form.errors or problem else 200)


@require_POST
@desk(Right.APPRAISAL_WRITE)
def answer(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Keep the verdict or take the file back under appraisal; in words either way."""
    appeal = _appeal(desk, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _answer(request, desk, appeal, form)
    try:
        answered = contesting.answer(
            appeal=appeal,
            outcome=form.cleaned_data["outcome"],
            text=nfc(form.cleaned_data["answer"]),
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        return _answer(request, desk, _appeal(desk, pk), form, problem=(refused.sentence,))
    if answered.outcome == Appeal.Outcome.CHANGED:
        messages.success(request, "Đã trả lời. Hồ sơ mở lại trong tay anh, chị: sửa kết luận rồi kết thúc thẩm định.")
        return redirect(f"/tham-dinh/{appeal.assessment_id}/{appeal.criterion}/")
    messages.success(request, f"Đã trả lời ngày {write_day(day_of(desk.at))}. Xã được báo.")
    return redirect(f"/kien-nghi/{pk}/")
