"""The form renderer: label, hint, error, control drawn once, by ui/field.html; fields read what people write.

Settings: `FORM_RENDERER = "langso.ui.forms.Renderer"`, and `django.forms` among the apps, after this one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

from langso.lib.number import read_count, read_decimal, write_number
from langso.lib.period import read_day, write_day
from langso.lib.refusal import Refused

EARLIEST_YEAR = 1900  # a year before it is a slip of the finger


class Renderer(TemplatesSetting):
    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class CountInput(forms.TextInput):
    """A whole number on the numeric keyboard; text, because people write 2.716."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", "class": "in n", **(attrs or {})})


class DecimalInput(forms.TextInput):
    """A number with a comma or a dot."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "in n", **(attrs or {})})


class DayInput(forms.TextInput):
    """A day as text, dd/mm/yyyy: no picker to fight with, years back are as near as yesterday."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "inputmode": "numeric",
                "autocomplete": "off",
                "class": "in day",
                "placeholder": "",
                **(attrs or {}),
            }
        )


class Pick(forms.RadioSelect):
    """Radio rows, each a target of 44 px."""


class CountField(forms.Field):
    widget = CountInput

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return read_count(str(value))
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused

    def prepare_value(self, value: Any) -> Any:
        return write_number(value) if isinstance(value, int) else value


class DecimalField(forms.Field):
    widget = DecimalInput

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return read_decimal(str(value))
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused

    def prepare_value(self, value: Any) -> Any:
        return write_number(value) if isinstance(value, Decimal) else value


class DayField(forms.Field):
    widget = DayInput

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, date):
            return value
        try:
            day = read_day(str(value))
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused
        if day.year < EARLIEST_YEAR:
            raise ValidationError(f"Năm {day.year} không đúng. Ghi đủ bốn số của năm, ví dụ 05/11/2026.")
        return day

    def prepare_value(self, value: Any) -> Any:
        return write_day(value) if isinstance(value, date) else value


def control(field: forms.BoundField) -> SafeString:
    """The widget with the class of our fields; a long text grows, a password is never sent back."""
    widget = field.field.widget
    attrs: dict[str, Any] = {}
    if not isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        attrs["class"] = widget.attrs.get("class", "in")
    if isinstance(widget, forms.Textarea):
        attrs["rows"] = widget.attrs.get("rows") if widget.attrs.get("rows") != "10" else "4"
    if isinstance(widget, forms.FileInput):
        attrs["data-module"] = "file"
    return field.as_widget(attrs=attrs)


@dataclass(frozen=True)
class Fault:
    sentence: str
    href: str = ""


def faults(source: forms.BaseForm | Iterable[Any]) -> list[Fault]:
    """What is wrong, in the order of the page, each with the place of its field.

    A form names the field before the sentence when the sentence alone would not say which one.
    """
    if not isinstance(source, forms.BaseForm):
        return [Fault(*item) if isinstance(item, tuple | list) else Fault(str(item)) for item in source]
    if not source.is_bound:
        return []
    found = [Fault(str(error)) for error in source.non_field_errors()]
    for field in source:
        first = f"{field.auto_id}_0" if field.use_fieldset else field.auto_id
        found += [Fault(f"{field.label}: {error}", f"#{first}") for error in field.errors]
    return found
