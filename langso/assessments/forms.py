"""The form of one group of criteria: what was typed, as entries for `measures`. The workbook keeps the same rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from langso.assessments.judging import asked_fields
from langso.criteria.edition import Edition, Field, Kind, Measure
from langso.lib.number import write_number
from langso.lib.period import Period, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.measures import rules
from langso.measures.models import ReportedFigure
from langso.measures.queries import entry_of, key_of
from langso.measures.rules import Entry, is_ratio
from langso.ui.forms import CountField, DayField, DecimalField, Pick

# Part of an entry → the end of its field's name.
PARTS = {
    "numerator": "tu",
    "denominator": "mau",
    "value": "gia",
    "as_of": "ngay",
    "source": "nguon",
    "document_number": "vb",
    "document_on": "ngayvb",
}
YES, NO = "co", "khong"


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def value_text(field: Field, value: Decimal | None) -> str:
    if value is None:
        return ""
    if field.measure.kind is Kind.YES_NO:
        return YES if value else NO
    if field.cases:
        return str(int(value))
    return write_number(value.normalize() if value % 1 else value.quantize(Decimal(1)))


def texts_of(code: str, field: Field, figure: ReportedFigure | None) -> dict[str, str]:
    """A stored figure as the texts of its inputs."""
    entry = entry_of(figure)

    def count(number: Decimal | None) -> str:
        return "" if number is None else write_number(number, 0)

    def day(when: date | None) -> str:
        return write_day(when) if when else ""

    return {
        f"{code}-tu": count(entry.numerator),
        f"{code}-mau": count(entry.denominator),
        f"{code}-gia": value_text(field, entry.value),
        f"{code}-ngay": day(entry.as_of),
        f"{code}-nguon": entry.source,
        f"{code}-vb": entry.document_number,
        f"{code}-ngayvb": day(entry.document_on),
    }


@dataclass(frozen=True)
class CriterionForm:
    """The inputs of one figure: its numbers, and what stands behind them."""

    code: str
    field: Field
    numbers: tuple[forms.BoundField, ...]
    paper: tuple[forms.BoundField, ...]
    base: forms.BoundField
    has_error: bool
    is_filled: bool


class GroupForm(forms.Form):
    """All figures of a group. `touched` limits what is read to some codes: the rest stays as stored."""

    def __init__(
        self,
        edition: Edition,
        group: str,
        figures: Mapping[str, ReportedFigure],
        period: Period,
        *,
        today: date,
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.edition, self.period, self.today = edition, period, today
        self.known = figures
        self.asked = asked_fields(edition, group)
        self.figures = {code: figures.get(key_of(edition, field)) for code, field in self.asked.items()}
        stored: dict[str, str] = {}
        for code, field in self.asked.items():
            stored |= texts_of(code, field, self.figures[code])
            stored[f"{code}-goc"] = str(self.figures[code].pk) if self.figures[code] else ""  # type: ignore[union-attr]
        self.touched = [
            code for code in self.asked if data is not None and any(f"{code}-{end}" in data for end in PARTS.values())
        ]
        bound = None
        if data is not None:
            bound = stored | {name: nfc(data[name]) for name in stored if name in data}
        super().__init__(data=bound, initial=stored, auto_id="%s")
        for code, field in self.asked.items():
            self._add_fields(code, field)
        self.entries: dict[str, Entry] = {}

    def _add_fields(self, code: str, field: Field) -> None:
        measure = field.measure
        if is_ratio(measure):
            self.fields[f"{code}-tu"] = CountField(required=False, label=upper_first(measure.numerator))
            self.fields[f"{code}-mau"] = CountField(required=False, label=upper_first(measure.denominator))
        elif measure.kind is Kind.YES_NO or field.cases:
            choices = list(enumerate(field.cases)) if field.cases else [(YES, "Có"), (NO, "Chưa có")]
            self.fields[f"{code}-gia"] = forms.ChoiceField(
                required=False,
                label="Trả lời",
                widget=Pick,
                error_messages={"invalid_choice": "Chọn một trong các câu trả lời ở dưới."},
                choices=[*((str(k), upper_first(v)) for k, v in choices), ("", "Chưa có số liệu")],
            )
        else:
            kind = CountField if measure.kind is Kind.COUNT else DecimalField
            unit = f", {measure.unit}" if measure.unit else ""
            self.fields[f"{code}-gia"] = kind(required=False, label=f"Giá trị{unit}")
        self.fields[f"{code}-ngay"] = DayField(required=False, label="Ngày lấy số liệu")
        self.fields[f"{code}-nguon"] = forms.CharField(required=False, max_length=300, label="Nguồn")
        self.fields[f"{code}-vb"] = forms.CharField(
            required=False, max_length=60, label="Văn bản (số, ký hiệu)", help_text="Ví dụ 127/BC-UBND"
        )
        self.fields[f"{code}-ngayvb"] = DayField(required=False, label="Ngày văn bản")
        self.fields[f"{code}-goc"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        for code in self.touched:
            names = [f"{code}-{end}" for end in PARTS.values() if f"{code}-{end}" in self.fields]
            if any(name in self.errors for name in names):
                continue
            entry = self._entry(code, cleaned)
            try:
                rules.check_entry(self.asked[code].measure, entry, period=self.period, today=self.today)
            except Refused as refused:
                end = PARTS.get(refused.field, "tu")
                name = f"{code}-{end}" if f"{code}-{end}" in self.fields else names[0]
                self.add_error(name, refused.sentence)
                continue
            self.entries[code] = entry
        return cleaned

    def _entry(self, code: str, cleaned: Mapping[str, Any]) -> Entry:
        field = self.asked[code]

        def number(end: str) -> Decimal | None:
            found = cleaned.get(f"{code}-{end}")
            return None if found in (None, "") else Decimal(found)

        value: Decimal | None
        if field.measure.kind is Kind.YES_NO:
            value = {YES: Decimal(1), NO: Decimal(0)}.get(cleaned.get(f"{code}-gia", ""))
        else:
            value = number("gia")
        entry = Entry(
            number("tu"),
            number("mau"),
            value,
            cleaned.get(f"{code}-ngay"),
            cleaned.get(f"{code}-nguon") or "",
            cleaned.get(f"{code}-vb") or "",
            cleaned.get(f"{code}-ngayvb"),
        )
        if entry.is_empty or entry.as_of is not None:
            return entry
        # A figure always says its day: the last of the period, or today while the period runs.
        return Entry(**{**vars(entry), "as_of": min(self.period.last_day, self.today)})

    def measure(self, code: str) -> Measure:
        """The measure with the key that its figures are kept under."""
        return replace(self.asked[code].measure, key=key_of(self.edition, self.asked[code]))

    def base(self, code: str) -> str:
        """The figure that the person had before her when she typed."""
        return str(self.data.get(f"{code}-goc", ""))

    def criteria(self) -> Iterable[CriterionForm]:
        for code, field in self.asked.items():
            numbers = tuple(self[f"{code}-{end}"] for end in ("tu", "mau", "gia") if f"{code}-{end}" in self.fields)
            paper = tuple(self[f"{code}-{end}"] for end in ("ngay", "nguon", "vb", "ngayvb"))
            figure = self.figures[code]
            yield CriterionForm(
                code,
                field,
                numbers,
                paper,
                self[f"{code}-goc"],
                any(f.errors for f in (*numbers, *paper)),
                figure is not None and not entry_of(figure).is_empty,
            )
