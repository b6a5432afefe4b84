"""Posted data of an appraisal → the arguments of one action."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from langso.appraisals.models import Appeal, Verdict
from langso.assessments.forms import NO, YES, upper_first, value_text
from langso.assessments.results import Reading
from langso.criteria.edition import Field, Kind
from langso.lib.number import write_number
from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.measures import rules as figures
from langso.measures.rules import Entry, is_ratio
from langso.ui.forms import CountField, DayField, DecimalField, Pick

NUMBERS = (("tu", "numerator"), ("mau", "denominator"), ("gia", "value"))


class VerdictForm(forms.Form):
    """One verdict; the corrected figures stand in the units of the claim, and start from it."""

    kind = forms.ChoiceField(
        label="Kết luận tiêu chí này",
        choices=Verdict.Kind.choices,
        widget=Pick,
        error_messages={"required": "Chọn một kết luận.", "invalid_choice": "Chọn một kết luận trong danh sách."},
    )
    reason = forms.CharField(
        label="Lý do, xã sẽ đọc được",
        help_text="Nêu con số và căn cứ. Bắt buộc khi kết luận khác lời khai.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "in"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, fields: tuple[Field, ...], claim: Mapping[str, Reading], data: Any = None, **more: Any) -> None:
        super().__init__(data, auto_id="%s", **more)
        self.asked = fields
        for field in fields:
            self._add(field, claim.get(field.code))

    def _add(self, field: Field, reading: Reading | None) -> None:
        measure = field.measure
        if is_ratio(measure):
            for end, name in NUMBERS[:2]:
                label = upper_first(getattr(measure, name))
                number = getattr(reading, name, None)
                self.fields[f"{field.code}-{end}"] = CountField(
                    required=False, label=label, initial="" if number is None else write_number(number, 0)
                )
        elif measure.kind is Kind.YES_NO or field.cases:
            cases = [(str(k), upper_first(v)) for k, v in enumerate(field.cases)]
            value = None if reading is None or reading.value is None else Decimal(str(reading.value))
            self.fields[f"{field.code}-gia"] = forms.ChoiceField(
                required=False,
                label="Trả lời đúng",
                widget=Pick,
                choices=[*(cases or [(YES, "Có"), (NO, "Chưa có")]), ("", "Chưa đủ căn cứ")],
                initial=value_text(field, value),
            )
        else:
            kind = CountField if measure.kind is Kind.COUNT else DecimalField
            value = None if reading is None or reading.value is None else Decimal(str(reading.value))
            self.fields[f"{field.code}-gia"] = kind(
                required=False, label="Giá trị đúng", initial=value_text(field, value)
            )

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [
            self[f"{field.code}-{end}"]
            for field in self.asked
            for end, _ in NUMBERS
            if f"{field.code}-{end}" in self.fields
        ]

    def clean_reason(self) -> str:
        return nfc(self.cleaned_data["reason"])

    def figures(self, period: Period) -> dict[str, dict[str, float | None]]:
        """The corrected figures by field code; faults go onto the form."""
        found: dict[str, dict[str, float | None]] = {}
        for field in self.asked:
            entry = self._entry(field)
            try:
                figures.check_entry(field.measure, entry, period=period, today=period.last_day)
                figures.check_whole(field.measure, entry)
            except Refused as refused:
                end = {name: end for end, name in NUMBERS}.get(refused.field, "gia")
                name = f"{field.code}-{end}"
                self.add_error(name if name in self.fields else None, refused.sentence)
                continue
            numbers = (entry.numerator, entry.denominator, entry.value)
            found[field.code] = {
                name: None if n is None else float(n) for (_, name), n in zip(NUMBERS, numbers, strict=True)
            }
        return found

    def _entry(self, field: Field) -> Entry:
        def number(end: str) -> Decimal | None:
            typed = self.cleaned_data.get(f"{field.code}-{end}")
            if field.measure.kind is Kind.YES_NO:
                return {YES: Decimal(1), NO: Decimal(0)}.get(str(typed or ""))
            return None if typed in (None, "") else Decimal(str(typed))

        return Entry(number("tu"), number("mau"), number("gia"))


class MessageForm(forms.Form):
    text = forms.CharField(
        label="Viết cho bên kia",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "in"}),
        error_messages={"required": "Ghi nội dung rồi gửi."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="tin-%s")


class AppealForm(forms.Form):
    text = forms.CharField(
        label="Nội dung kiến nghị",
        help_text="Nêu vì sao con số của xã là đúng, và văn bản chứng minh.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "in"}),
        error_messages={"required": "Ghi nội dung kiến nghị."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="kn-%s")


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Kết quả",
        choices=Appeal.Outcome.choices,
        widget=Pick,
        error_messages={"required": "Chọn giữ nguyên hoặc sửa kết luận."},
    )
    answer = forms.CharField(
        label="Trả lời xã",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "in"}),
        error_messages={"required": "Ghi câu trả lời."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="tl-%s")


class DrawForm(forms.Form):
    seed = forms.CharField(
        label="Số gieo",
        help_text="Ví dụ kết quả xổ số kiến thiết ngày họp. Ai có số này cũng bốc lại được đúng danh sách.",
        max_length=64,
        error_messages={"required": "Ghi số gieo."},
    )
    size = CountField(label="Số xã cần kiểm tra", required=True, error_messages={"required": "Ghi số xã cần kiểm tra."})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="bm-%s")


class VisitForm(forms.Form):
    visited_on = DayField(
        label="Ngày kiểm tra", required=True, error_messages={"required": "Ghi ngày kiểm tra, ví dụ 05/11/2026."}
    )
    note = forms.CharField(
        label="Ghi chú", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "class": "in"})
    )

    def __init__(
        self, criteria: list[tuple[str, str]], data: Any = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="kt-%s")
        self.criteria = criteria
        for code, name in criteria:
            self.fields[f"tc-{code}"] = forms.ChoiceField(
                label=f"{code}. {name}",
                required=False,
                widget=Pick,
                choices=[("matches", "Khớp"), ("differs", "Khác"), ("", "Không kiểm tra")],
            )

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[f"tc-{code}"] for code, _ in self.criteria]

    def findings(self) -> list[dict[str, str]]:
        return [
            {"criterion": code, "outcome": self.cleaned_data[f"tc-{code}"]}
            for code, _ in self.criteria
            if self.cleaned_data.get(f"tc-{code}")
        ]
