"""Allowances: the rates of the province, and the list of a commune for a month, to be approved, printed, replaced."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.lib.period import Period, day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams import pay_rules, paying
from langso.teams.forms import ActForm, PaperForm
from langso.teams.models import AllowanceList, AllowanceRate, RatePer
from langso.teams.places import Asked, commune_asked, province_asked
from langso.ui.forms import CountField, DayField, Pick
from langso.ui.listing import csv_answer
from langso.units.models import Level, Unit
from langso.units.queries import Named, units_on
from langso.visits.active_days import active_days

TRAIL = [("Việc của tôi", "/viec-cua-toi/"), ("Tổ công nghệ số cộng đồng", "/to/")]
LIST = [*TRAIL, ("Phụ cấp", "/to/phu-cap/")]


def _last_month(desk: Desk) -> str:
    first = day_of(desk.at).replace(day=1)
    return f"{first.fromordinal(first.toordinal() - 1):%Y-%m}"


def _month(request: HttpRequest, desk: Desk) -> tuple[Period, str]:
    """The month asked for, as 2026-11 or 11/2026; the last whole one when none is, or when it cannot be read."""
    asked = (request.POST.get("thang") or request.GET.get("thang", "")).strip()[:10]
    parts = asked.replace(".", "/").split("/")
    text = f"{parts[1]}-{int(parts[0]):02d}" if len(parts) == 2 and parts[0].isdecimal() else asked
    try:
        month = Period.parse(text or _last_month(desk))
    except Refused as refused:
        return Period.parse(_last_month(desk)), refused.sentence
    if len(month.code) != 7 or "Q" in month.code:
        return Period.parse(_last_month(desk)), "Ghi tháng và năm, ví dụ 11/2026."
    return month, ""


def _months(desk: Desk, month: Period) -> list[tuple[str, str]]:
    """The last thirteen months, and the one that is shown."""
    first = day_of(desk.at).replace(day=1)
    found = {f"{month.start:%Y-%m}": f"{month.start:%m/%Y}"}
    for back in range(13):
        index = first.year * 12 + first.month - 1 - back
        found[f"{index // 12}-{index % 12 + 1:02d}"] = f"{index % 12 + 1:02d}/{index // 12}"
    return sorted(found.items(), reverse=True)


@desk(Right.TEAM_READ)
def allowances(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A commune's list of a month, or the province's view of who has approved one.  Cost: twelve queries at most."""
    asked = commune_asked(request, desk, Right.TEAM_READ)
    month, problem = _month(request, desk)
    if asked.unit is not None and asked.place is not None:
        if not _may_pay(desk, asked.unit):
            return render(request, "visits/allowances.html", {"page": _closed(asked, month)}, status=403)
        return _list(request, desk, asked, month, problem)
    page: dict[str, Any] = {
        "asked": asked,
        "month": month,
        "months": _months(desk, month),
        "problem": problem,
        "trail": TRAIL,
        "keep": [("thang", month.code)],
    }
    province = province_asked(desk, Right.ALLOWANCE_WRITE)
    if province is not None:
        rows = _of_province(desk, province, month)
        if request.GET.get("tai") == "csv":
            return csv_answer(
                f"phu-cap-{month.code}",
                ["ma_xa", "xa", "so_to", "tong_dong", "duyet_luc"],
                (
                    [
                        n.code,
                        n.name,
                        len(made.lines) if made else "",
                        made.total_vnd if made else "",
                        made.approved_at.isoformat(timespec="minutes") if made and made.approved_at else "",
                    ]
                    for n, made in rows
                ),
            )
        page |= {
            "province": province,
            "rows": rows,
            "approved": sum(made is not None for _, made in rows),
            "total": sum(made.total_vnd for _, made in rows if made),
            "csv": f"?thang={month.code}&tai=csv",
        }
    return render(request, "visits/allowances.html", {"page": page})


def _may_pay(desk: Desk, unit: Unit) -> bool:
    """Whether the right to pay reaches this very commune.  Cost: one query, none for one's own."""
    everywhere, roots = desk.person.roots(Right.ALLOWANCE_WRITE)
    return everywhere or unit.pk in roots or (bool(roots) and desk.may(Right.ALLOWANCE_WRITE, unit))


def _closed(asked: Asked, month: Period) -> dict[str, Any]:
    return {"asked": asked, "month": month, "closed": True, "trail": TRAIL}


def _of_province(desk: Desk, province: Named, month: Period) -> list[tuple[Named, AllowanceList | None]]:
    communes = units_on(day_of(desk.at), level=Level.COMMUNE, province_code=province.code)
    made = {
        a.unit_id: a
        for a in AllowanceList.objects.filter(
            unit__in=[n.id for n in communes], month=month.code, replaced_at=None, approved_at__isnull=False
        )
    }
    return [(n, made.get(n.id)) for n in sorted(communes, key=lambda n: n.sort_key)]


def _computed(desk: Desk, asked: Asked, month: Period) -> paying.Computed:
    """Refuses: PayWrong."""
    assert asked.unit is not None
    assert asked.place is not None
    return paying.compute(
        asked.unit,
        month,
        province=asked.place.province_id or 0,
        province_name=asked.place.province_name,
        active=active_days,
        today=day_of(desk.at),
    )


def _list(request: HttpRequest, desk: Desk, asked: Asked, month: Period, problem: str = "") -> HttpResponse:
    assert asked.unit is not None
    today = day_of(desk.at)
    made = paying.lists_of(asked.unit.pk, month)
    frozen = made[0] if made and made[0].replaced_at is None else None
    computed, why = None, ""
    try:
        computed = _computed(desk, asked, month)
    except Refused as refused:
        why = refused.sentence
    lines = frozen.lines if frozen else computed.lines if computed else []
    total = frozen.total_vnd if frozen else computed.total_vnd if computed else 0
    if request.GET.get("tai") == "csv":
        return _csv(lines, month)
    page = {
        "asked": asked,
        "month": month,
        "months": _months(desk, month),
        "frozen": frozen,
        "lines": lines,
        "total": total,
        "in_words": pay_rules.in_words(total),
        "people": sum(len(line["members"]) for line in lines),
        "computed": computed,
        "differs": frozen is not None and computed is not None and frozen.lines != computed.lines,
        "why": why,
        "problem": problem,
        "is_over": today >= month.stop,
        "rule": pay_rules.RULE,
        "rates": [
            {"what": RatePer(r.per).label, "amount": r.amount_vnd, "document": r.document}
            for r in (computed.rates.values() if computed else ())
        ],
        "earlier": [a for a in made if a is not frozen],
        "reason": request.POST.get("reason", ""),
        "csv": f"?xa={asked.code}&thang={month.code}&tai=csv",
        "keep": [("thang", month.code)],
        "trail": LIST,
    }
    return render(request, "visits/allowances.html", {"page": page}, status=422 if problem else 200)


def _csv(lines: list[dict[str, Any]], month: Period) -> HttpResponse:
    return csv_answer(
        f"phu-cap-{month.code}",
        ["to", "thon", "so_nguoi", "nguoi", "cach_tinh", "so_tien_dong"],
        (
            [
                line["name"],
                line["villages"],
                len(line["members"]),
                ", ".join(m["name"] for m in line["members"]),
                line["how"],
                line["amount_vnd"],
            ]
            for line in lines
        ),
    )


@require_POST
@desk(Right.ALLOWANCE_WRITE)
def allowance_approve(request: HttpRequest, desk: Desk) -> HttpResponse:
    asked = commune_asked(request, desk, Right.ALLOWANCE_WRITE)
    if asked.unit is None:
        raise Http404("Chưa chọn xã.")
    month, problem = _month(request, desk)
    if problem:
        return _list(request, desk, asked, month, problem)
    try:
        made = paying.approve(
            unit=asked.unit,
            month=month,
            compute=partial(_computed, desk, asked, month),
            seen=request.POST.get("thay", ""),
            reason=request.POST.get("reason", ""),
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        return _list(request, desk, asked, month, refused.sentence)
    messages.success(request, f"Đã duyệt bảng chi {month}: {pay_rules.in_words(made.total_vnd)}.")
    return redirect(f"/to/phu-cap/?xa={asked.code}&thang={month.code}")


# ── rates ────────────────────────────────────────────────────────────────────


class RateForm(PaperForm):
    per = forms.ChoiceField(
        label="Tính theo",
        choices=[(p.value, p.label.capitalize()) for p in RatePer],
        widget=Pick,
        initial=RatePer.TEAM_MONTH,
    )
    amount_vnd = CountField(label="Mức chi (đồng)", help_text="Ví dụ 300.000.")
    start = DayField(label="Áp dụng từ ngày", help_text="Ngày đầu tháng, trừ khi nghị quyết ghi khác.")

    field_order = ("per", "amount_vnd", "start", "number", "issued_on", "issuer")


class RateEndForm(ActForm):
    stop = DayField(label="Hết hiệu lực từ ngày", help_text="Ngày đầu tiên không còn áp dụng.")


def _province_unit(request: HttpRequest, desk: Desk, right: Right) -> Unit:
    """The province of the page: one's own, or by its code for those who reach several."""
    everywhere, roots = desk.person.roots(right)
    code = request.POST.get("tinh") or request.GET.get("tinh", "")
    today = day_of(desk.at)
    provinces = [n for n in units_on(today, level=Level.PROVINCE) if everywhere or n.id in roots]
    found = next((n for n in provinces if n.code == code), provinces[0] if len(provinces) == 1 else None)
    if found is None:
        raise Http404("Chưa chọn tỉnh.")
    return Unit(pk=found.id, level=found.level)


@desk(Right.TEAM_READ)
def rates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The rates of one's province, in force and past; everyone may read what a resolution pays."""
    today = day_of(desk.at)
    asked = commune_asked(request, desk, Right.TEAM_READ)
    own = province_asked(desk, Right.TEAM_READ)
    code = request.GET.get("tinh", "")
    provinces = units_on(today, level=Level.PROVINCE)
    wanted = asked.place.province_code if asked.place else own.code if own else code
    province = next((n for n in provinces if n.code == wanted), None)
    found = paying.rates_in(province.id) if province else []
    if request.GET.get("tai") == "csv":
        return csv_answer(
            "muc-ho-tro-to",
            ["tinh_theo", "muc_dong", "tu_ngay", "den_ngay", "van_ban"],
            ([r.get_per_display(), r.amount_vnd, r.valid.lower, r.valid.upper or "", r.document or ""] for r in found),
        )
    page = {
        "province": province,
        "provinces": [] if asked.place or own else provinces,
        "rows": [{"rate": r, "is_now": today in r.valid} for r in found],
        "can_write": province is not None
        and desk.person.has(Right.RATE_WRITE)
        and desk.may(Right.RATE_WRITE, Unit(pk=province.id)),
        "csv": f"?tinh={province.code}&tai=csv" if province else "",
        "rule": pay_rules.RULE,
        "trail": LIST,
    }
    return render(request, "visits/rates.html", {"page": page})


@desk(Right.RATE_WRITE)
def rate_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    unit = _province_unit(request, desk, Right.RATE_WRITE)
    form = RateForm(request.POST or None, initial={"issuer": "HĐND tỉnh"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            paying.add_rate(
                unit=unit,
                per=given["per"],
                amount_vnd=given["amount_vnd"],
                start=given["start"],
                document=form.document(today=day_of(desk.at)),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Đã ghi mức hỗ trợ. Các xã tính bảng chi theo mức này.")
            return redirect("/to/phu-cap/muc/")
    page = {
        "title": "Thêm mức hỗ trợ",
        "lead": "Theo nghị quyết của Hội đồng nhân dân tỉnh.",
        "does": "Ghi mức",
        "back": "/to/phu-cap/muc/",
        "trail": [*LIST, ("Mức hỗ trợ", "/to/phu-cap/muc/")],
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@desk(Right.RATE_WRITE)
def rate_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    everywhere, roots = desk.person.roots(Right.RATE_WRITE)
    mine = AllowanceRate.objects.all() if everywhere else AllowanceRate.objects.filter(unit__in=roots)
    rate = get_object_or_404(mine.select_related("unit", "document"), pk=pk, valid__upper_inf=True)
    form = RateEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            paying.end_rate(rate=rate, stop=form.cleaned_data["stop"], by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Đã ghi ngày hết hiệu lực.")
            return redirect("/to/phu-cap/muc/")
    page = {
        "title": "Mức hỗ trợ hết hiệu lực",
        "lead": f"{rate.get_per_display().capitalize()}, theo {rate.document or 'văn bản chưa ghi'}.",
        "does": "Ghi",
        "back": "/to/phu-cap/muc/",
        "trail": [*LIST, ("Mức hỗ trợ", "/to/phu-cap/muc/")],
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)
