"""The page where villages are merged: which, from when, by which document, which team goes on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams.forms import PaperForm
from langso.teams.queries import VillageRow, village_rows
from langso.teams.village_views import LIST, commune_to_write
from langso.ui.forms import DayField
from langso.visits import merging


class MergeForm(PaperForm):
    into = forms.ChoiceField(label="Thôn tiếp tục", help_text="Thôn này giữ mã, giữ sổ. Có thể mang tên mới.")
    merged = forms.MultipleChoiceField(
        label="Thôn nhập vào",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Chọn ít nhất một thôn để nhập vào.",
            "invalid_choice": "Có thôn không còn trong sổ.",
        },
    )
    new_name = forms.CharField(
        label="Tên mới", required=False, max_length=200, help_text="Để trống thì giữ tên của thôn tiếp tục."
    )
    on = DayField(label="Từ ngày", help_text="Ngày nghị quyết có hiệu lực.")
    team = forms.ChoiceField(
        label="Tổ tiếp tục",
        required=False,
        help_text="Cần chọn khi các thôn có nhiều tổ. Người của tổ kia chuyển sang từ ngày ấy; trước đó giữ nguyên.",
    )

    field_order = ("into", "merged", "new_name", "on", "team", "number", "issued_on", "issuer")

    def __init__(self, *args: Any, rows: list[VillageRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [(str(r.village.pk), r.village.name + (f" ({r.team.name})" if r.team else "")) for r in rows]
        teams = {r.team.pk: r.team.name for r in rows if r.team is not None}
        for name, choices in (
            ("into", options),
            ("merged", options),
            ("team", [("", "Chỉ có một tổ, hoặc chưa có tổ"), *((str(k), v) for k, v in teams.items())]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.fields["number"].label = "Số, ký hiệu nghị quyết"


@desk(Right.TEAM_WRITE)
def merge_villages(request: HttpRequest, desk: Desk) -> HttpResponse:
    unit, name, _, query = commune_to_write(request, desk, Right.TEAM_WRITE)
    rows = village_rows([unit.pk], on=day_of(desk.at))
    by_key = {str(r.village.pk): r.village for r in rows}
    form = MergeForm(request.POST or None, rows=rows, initial={"issuer": f"HĐND {name}"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        into = by_key[given["into"]]
        try:
            done = merging.merge_villages(
                into=into,
                merged=[by_key[k] for k in given["merged"]],
                new_name=given["new_name"],
                on=given["on"],
                document=form.document(today=day_of(desk.at)),
                team=int(given["team"]) if given["team"] else None,
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request,
                f"Đã nhập {len(given['merged'])} thôn vào {into.name}. Chuyển theo: {done.households} hộ,"
                f" {done.members} thành viên tổ, {done.requests} yêu cầu đang chờ.",
            )
            return redirect(f"/thon/{query}")
    page = {
        "title": "Nhập thôn",
        "lead": f"{name}. Hộ, tổ và yêu cầu đang chờ chuyển theo; tên cũ vẫn tìm được.",
        "does": "Nhập các thôn này",
        "back": f"/thon/{query}",
        "trail": LIST,
    }
    return render(request, "teams/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)
