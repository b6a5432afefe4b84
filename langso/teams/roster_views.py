"""Excel in and out: the sheet handed out, what it would change, and the press that writes it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from langso.assessments import sheets
from langso.files import actions as files
from langso.files.models import StoredFile
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc, slug
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams import roster, roster_file
from langso.teams.places import Asked, commune_asked

TRAIL = [("Việc của tôi", "/viec-cua-toi/"), ("Tổ công nghệ số cộng đồng", "/to/")]
SHOWN = 60


class FileForm(forms.Form):
    file = forms.FileField(
        label="Tệp Excel",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
        help_text="Tệp .xlsx hoặc .xls, nhiều nhất 4 MB.",
        error_messages={"required": "Chưa chọn tệp.", "max_length": "Tên tệp dài quá. Đặt tên ngắn hơn."},
    )


@desk(Right.TEAM_WRITE)
def roster_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    """First the file, then what it would change, then the press."""
    asked = commune_asked(request, desk, Right.TEAM_WRITE)
    page: dict[str, Any] = {"asked": asked, "trail": TRAIL, "columns": list(roster_file.COLUMNS.values())}
    if asked.unit is None or asked.place is None:
        return render(request, "teams/roster.html", {"page": page, "form": FileForm()})
    if request.method == "GET" and request.GET.get("mau") in ("trong", "hien-co"):
        return _sheet(asked, desk, is_blank=request.GET["mau"] == "trong")
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "teams/roster.html", {"page": page, "form": form})
    try:
        if request.POST.get("ghi"):
            return _write(request, desk, asked, page)
        if form.is_valid():
            return _show(request, desk, asked, page, form)
    except Refused as refused:
        form.add_error("file", refused.sentence)
    return render(request, "teams/roster.html", {"page": page, "form": form}, status=422)


def _sheet(asked: Asked, desk: Desk, *, is_blank: bool) -> HttpResponse:
    assert asked.unit is not None
    rows = [] if is_blank else roster.known_rows(asked.unit, on=day_of(desk.at))
    answer = HttpResponse(roster_file.make(asked.name, rows), content_type=sheets.TYPE)
    name = f"thon-to-{slug(asked.name)}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _show(request: HttpRequest, desk: Desk, asked: Asked, page: dict[str, Any], form: FileForm) -> HttpResponse:
    """Refuses: what a workbook may be refused for."""
    assert asked.unit is not None
    assert asked.place is not None
    sent = form.cleaned_data["file"]
    if (sent.size or 0) > sheets.LARGEST:
        raise sheets.WorkbookTooLarge(limit=sheets.LARGEST // 1024 // 1024)
    content = sent.read()
    plan = roster.rehearse(
        content,
        unit=asked.unit,
        name=asked.name,
        province_code=asked.place.province_code,
        by=desk.person.person_id,
        at=desk.at,
    )
    kept = files.store(
        content=content,
        name=nfc(sent.name or "thon-to.xlsx"),
        content_type=sheets.TYPE,
        unit=asked.unit,
        by=desk.person.person_id,
        at=desk.at,
        needs=Right.TEAM_WRITE,
    )
    return _planned(request, desk, asked, page, plan, kept, content)


def _planned(
    request: HttpRequest,
    desk: Desk,
    asked: Asked,
    page: dict[str, Any],
    plan: roster.Plan,
    kept: StoredFile,
    content: bytes,
) -> HttpResponse:
    assert asked.unit is not None
    page |= {"plan": plan, "kept": kept, "shown": plan.changes[:SHOWN], "more": len(plan.changes) - SHOWN}
    if plan.faults:
        marked = files.store(
            content=roster_file.marked(sheets.opened(content), plan.roster),
            name="thon-to-o-sai.xlsx",
            content_type=sheets.TYPE,
            unit=asked.unit,
            by=desk.person.person_id,
            at=desk.at,
            needs=Right.TEAM_WRITE,
        )
        page |= {"marked": marked, "faults": plan.faults[:SHOWN], "more_faults": len(plan.faults) - SHOWN}
    status = 422 if plan.faults else 200
    return render(request, "teams/roster.html", {"page": page, "form": FileForm()}, status=status)


def _write(request: HttpRequest, desk: Desk, asked: Asked, page: dict[str, Any]) -> HttpResponse:
    """Refuses: what a workbook may be refused for."""
    assert asked.unit is not None
    assert asked.place is not None
    key = request.POST.get("tep", "")
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else 0
    kept = get_object_or_404(StoredFile.objects.filter(unit=asked.unit, content_type=sheets.TYPE), pk=number)
    content = files.read(kept)
    plan = roster.bring_in(
        content,
        file=kept,
        unit=asked.unit,
        name=asked.name,
        province_code=asked.place.province_code,
        by=desk.person.person_id,
        at=desk.at,
    )
    if plan.faults:
        return _planned(request, desk, asked, page, plan, kept, content)
    said = f"Đã ghi {len(plan.changes)} thay đổi từ {len(plan.roster.lines)} dòng."
    messages.success(request, said if plan.changes else "Tệp này giống hệt sổ, không có gì thay đổi.")
    return redirect(f"/thon/{asked.query}")
