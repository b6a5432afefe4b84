"""Posted data of the desk of cycles → the arguments of one action."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from langso.criteria.edition import Edition
from langso.cycles.actions import Paper
from langso.cycles.models import Cycle
from langso.cycles.rules import CONDITIONS_18_2022, DAYS, Plan, read_conditions, write_condition
from langso.lib.number import write_number
from langso.lib.period import Period, read_day, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.people.models import Person
from langso.ui.forms import CountField, DayField, DecimalField, Pick

PRESET = {str(c["code"]) for c in CONDITIONS_18_2022}


class DaysField(forms.Field):
    """Days written one after the other, with commas or on lines of their own."""

    def to_python(self, value: Any) -> list[date]:
        texts = str(value or "").replace("\n", ",").replace(";", ",").split(",")
        try:
            return sorted({read_day(text) for text in texts if text.strip()})
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(write_day(d) for d in value) if isinstance(value, list | tuple) else value


class _Calendar(forms.Form):
    """The five days."""

    def add_days(self, initial: Mapping[str, date]) -> None:
        for name, label in DAYS.items():
            self.fields[name] = DayField(
                label=label,
                required=True,
                initial=initial.get(name),
                error_messages={"required": "Ghi ngày, ví dụ 15/12/2026."},
            )

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[name] for name in DAYS]

    def written_days(self) -> dict[str, date]:
        """The days that could be read, for the words beside them."""
        found = {name: self.cleaned_data.get(name) for name in DAYS} if self.is_bound else {}
        if not self.is_bound:
            found = {name: self[name].initial for name in DAYS}
        return {name: day for name, day in found.items() if isinstance(day, date)}


class CycleForm(_Calendar):
    """A draft: what is judged, when, and how a council decides."""

    title = forms.CharField(
        label="Tên đợt",
        max_length=200,
        error_messages={"required": "Ghi tên đợt."},
        widget=forms.TextInput(attrs={"class": "in"}),
    )
    edition = forms.ChoiceField(
        label="Khung tiêu chí", error_messages={"required": "Chọn khung.", "invalid_choice": "Chọn khung ở danh sách."}
    )
    period = forms.CharField(
        label="Kỳ số liệu",
        max_length=8,
        help_text="Năm 2026, quý 2026-Q3 hoặc tháng 2026-09.",
        error_messages={"required": "Ghi kỳ số liệu."},
    )
    days_off = DaysField(
        label="Ngày nghỉ thêm",
        required=False,
        help_text="Ngoài các ngày lễ máy đã biết, ví dụ 02/01/2027. Nhiều ngày thì cách nhau bằng dấu phẩy.",
    )
    days_on = DaysField(label="Ngày làm bù", required=False, help_text="Ngày nghỉ mà cơ quan vẫn làm việc.")
    preset = forms.BooleanField(
        label="Bốn điều kiện của Quyết định 18/2022/QĐ-TTg",
        help_text="Đủ tiêu chí; tỷ lệ hài lòng từ 90%; không nợ đọng xây dựng cơ bản; "
        "không là địa bàn phức tạp về an ninh.",
        required=False,
    )
    conditions = forms.CharField(
        label="Điều kiện khác, ngoài tiêu chí",
        required=False,
        max_length=2000,
        help_text="Mỗi dòng một điều kiện. Theo tỷ lệ thì ghi “…, từ 90%”.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "in"}),
    )
    quorum_share = DecimalField(label="Hội đồng họp khi có mặt từ (%)", required=True)
    pass_share = DecimalField(label="Đồng ý công nhận khi đạt từ (%)", required=True)
    counts_absent = forms.ChoiceField(
        label="Tính phiếu trên",
        widget=Pick,
        choices=[("khong", "Số thành viên có mặt"), ("co", "Tổng số thành viên hội đồng")],
    )
    requires_signature = forms.BooleanField(label="Bản nộp phải có chữ ký số", required=False)
    appeal_days = CountField(label="Số ngày làm việc để kiến nghị", required=True)
    valid_months = CountField(label="Công nhận có hiệu lực (tháng)", required=True)
    document_number = forms.CharField(label="Số, ký hiệu", required=False, max_length=60)
    document_issuer = forms.CharField(label="Cơ quan ban hành", required=False, max_length=200)
    document_on = DayField(label="Ngày ban hành", required=False)
    document_title = forms.CharField(
        label="Trích yếu", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "class": "in"})
    )

    def __init__(
        self, editions: Iterable[Edition], *, initial: dict[str, Any], days: Mapping[str, date], data: Any = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="%s")
        field = self.fields["edition"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(f"{e.id}@{e.edition}", f"{e.title} ({e.edition})") for e in editions]
        self.add_days(days)
        for name in ("quorum_share", "pass_share", "appeal_days", "valid_months"):
            self.fields[name].error_messages["required"] = "Ghi con số."

    def group(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def council(self) -> list[forms.BoundField]:
        return self.group("quorum_share", "pass_share", "appeal_days", "valid_months")

    @property
    def document(self) -> list[forms.BoundField]:
        return self.group("document_number", "document_issuer", "document_on")

    def clean_period(self) -> str:
        try:
            return Period.parse(self.cleaned_data["period"]).code
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused

    def clean_conditions(self) -> list[dict[str, object]]:
        try:
            return read_conditions(self.cleaned_data["conditions"], taken=PRESET)
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused

    def plan(self, unit_level: str) -> Plan:
        given = self.cleaned_data
        framework, _, edition = given["edition"].partition("@")
        preset = CONDITIONS_18_2022 if given["preset"] else ()
        return Plan(
            title=nfc(given["title"]),
            framework=framework,
            edition=edition,
            period=given["period"],
            unit_level=unit_level,
            days={name: given[name] for name in DAYS},
            days_off=tuple(given["days_off"]),
            days_on=tuple(given["days_on"]),
            quorum_share=_share(given["quorum_share"]),
            pass_share=_share(given["pass_share"]),
            counts_absent=given["counts_absent"] == "co",
            conditions=(*preset, *given["conditions"]),
            requires_signature=given["requires_signature"],
            appeal_days=given["appeal_days"],
            valid_months=given["valid_months"],
        )

    def paper(self) -> Paper:
        given = self.cleaned_data
        return Paper(given["document_number"], given["document_issuer"], given["document_on"], given["document_title"])

    @staticmethod
    def initial_of(cycle: Cycle) -> dict[str, Any]:
        has_preset = {str(c["code"]) for c in cycle.conditions} >= PRESET
        document = cycle.document
        return {
            "title": cycle.title,
            "edition": f"{cycle.framework}@{cycle.edition}",
            "period": cycle.period,
            "days_off": cycle.days_off,
            "days_on": cycle.days_on,
            "preset": has_preset,
            "conditions": "\n".join(
                write_condition(c) for c in cycle.conditions if not has_preset or str(c["code"]) not in PRESET
            ),
            "quorum_share": write_number(cycle.quorum_share * 100),
            "pass_share": write_number(cycle.pass_share * 100),
            "counts_absent": "co" if cycle.counts_absent else "khong",
            "requires_signature": cycle.requires_signature,
            "appeal_days": cycle.appeal_days,
            "valid_months": cycle.valid_months,
            "document_number": document.number if document else "",
            "document_issuer": document.issuer if document else "",
            "document_on": document.issued_on if document else None,
            "document_title": document.title if document else "",
        }


def _share(percent: Decimal) -> Decimal:
    return (percent / 100).quantize(Decimal("0.0001"))


class MoveDaysForm(_Calendar):
    """An opened cycle: the days that are still ahead, and why they move."""

    reason = forms.CharField(
        label="Lý do, các xã đọc được",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "in"}),
        error_messages={"required": "Ghi lý do."},
    )

    def __init__(self, days: Mapping[str, date], *, today: date, data: Any = None) -> None:
        super().__init__(data, auto_id="%s")
        self.add_days(days)
        for name, day in days.items():
            self.fields[name].disabled = day <= today
        self.order_fields([*DAYS, "reason"])


class DaysOffForm(forms.Form):
    off = DaysField(label="Ngày nghỉ thêm", required=False, help_text="Ví dụ 02/01/2027, 03/01/2027.")
    on = DaysField(label="Ngày làm bù", required=False)
    reason = forms.CharField(
        label="Lý do",
        required=False,
        max_length=1000,
        help_text="Ví dụ số văn bản thông báo lịch nghỉ.",
        widget=forms.TextInput(attrs={"class": "in"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="%s")


class DepartmentForm(forms.Form):
    name = forms.CharField(label="Tên sở, ngành", max_length=200, error_messages={"required": "Ghi tên sở, ngành."})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="%s")


class PartForm(forms.Form):
    """Who verifies for a department, and which criteria."""

    members = forms.MultipleChoiceField(
        label="Người xác minh",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Chọn người trong danh sách."},
    )
    criteria = forms.MultipleChoiceField(
        label="Tiêu chí xác minh trong đợt này",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Chọn tiêu chí trong danh sách."},
    )

    def __init__(
        self, people: Sequence[Person], edition: Edition, *, initial: dict[str, Any], data: Any = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="%s")
        for name, choices in (
            ("members", [(str(p.pk), str(p)) for p in people]),
            ("criteria", [(c.code, f"{c.code}. {c.name}") for c in edition.criteria]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
