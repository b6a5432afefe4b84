"""Posted data of households and visits → the arguments of one action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from langso.teams.forms import ActForm
from langso.teams.models import Member
from langso.ui.forms import CountField, DayField, Pick
from langso.villages.models import Consent, Household, Village
from langso.villages.topics import SKILLS, TOPICS, codes_of
from langso.visits.models import Result


class HouseholdForm(ActForm):
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    village = forms.ChoiceField(label="Thôn", error_messages={"required": "Chưa chọn thôn."})
    head = forms.CharField(
        label="Chủ hộ", max_length=120, required=False, help_text="Hộ không đồng ý cho ghi tên thì để trống."
    )
    members = CountField(label="Số người trong hộ", required=False, help_text="Chưa biết thì để trống.")
    consent = forms.ChoiceField(label="Hộ có đồng ý cho ghi không", choices=Consent.choices, widget=Pick)
    skills = forms.MultipleChoiceField(
        label="Đã có, đã biết", choices=SKILLS.items(), required=False, widget=forms.CheckboxSelectMultiple
    )
    needs = forms.MultipleChoiceField(
        label="Cần giúp việc gì", choices=TOPICS.items(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, villages: Sequence[Village], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["village"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Chọn thôn"), *((str(v.uid), v.name) for v in villages)]

    @staticmethod
    def start(household: Household) -> dict[str, Any]:
        return {
            "base": household.version,
            "village": str(household.village.uid),
            "head": household.head_name,
            "members": household.members_count,
            "consent": household.consent,
            "skills": codes_of(household.skills, SKILLS),
            "needs": codes_of(household.needs),
        }

    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {name: given[name] for name in ("village", "head", "members", "consent", "skills", "needs")}


class VisitForm(ActForm):
    on = DayField(label="Ngày đến hộ", help_text="Ngày/tháng/năm, ví dụ 05/11/2026.")
    member = forms.ChoiceField(
        label="Ai đã đến", required=False, help_text="Thành viên tổ; để trống nếu cán bộ xã tự đến."
    )
    topics = forms.MultipleChoiceField(
        label="Đã giúp việc gì", choices=TOPICS.items(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chưa chọn việc nào đã giúp. Chọn ít nhất một việc."},
    )  # fmt: skip
    result = forms.ChoiceField(
        label="Kết quả", choices=Result.choices, widget=Pick, error_messages={"required": "Chưa chọn kết quả."}
    )
    note = forms.CharField(label="Ghi thêm, nếu cần", max_length=500, required=False, widget=forms.Textarea)

    def __init__(self, members: Sequence[Member], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].error_messages["required"] = "Chưa ghi ngày đến hộ."
        self.members = {str(m.pk): m for m in members}
        field = self.fields["member"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Cán bộ xã"), *((k, str(m)) for k, m in self.members.items())]
