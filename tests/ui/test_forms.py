"""A field is drawn once: label, hint, error, control; and reads numbers and days as people write them."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from langso.ui.forms import CountField, DayField, DecimalField, faults
from tests.ui.markup import Markup


class Figures(forms.Form):
    online = CountField(label="Hồ sơ trực tuyến", help_text="Tử số.")
    share = DecimalField(label="Chỉ số", required=False)
    on = DayField(label="Ngày văn bản", required=False)
    kind = forms.ChoiceField(
        label="Kết luận", choices=[("a", "Đạt"), ("b", "Chưa đạt")], widget=forms.RadioSelect, required=False
    )
    password = forms.CharField(label="Mật khẩu", widget=forms.PasswordInput, required=False)


def test_what_people_write_is_read() -> None:
    form = Figures({"online": "2.716", "share": "0,4097", "on": "5/11/2026"})
    assert form.is_valid()
    assert form.cleaned_data["online"] == 2716
    assert form.cleaned_data["share"] == Decimal("0.4097")
    assert form.cleaned_data["on"] == date(2026, 11, 5)


def test_an_empty_field_is_absent_and_never_zero() -> None:
    form = Figures({"online": "1", "share": " ", "on": ""})
    assert form.is_valid()
    assert form.cleaned_data["share"] is None
    assert form.cleaned_data["on"] is None


def test_a_stored_value_is_shown_as_people_write_it() -> None:
    form = Figures(initial={"online": 18740, "share": Decimal("0.5"), "on": date(2026, 11, 5)})
    assert 'value="18.740"' in form["online"].as_field_group()
    assert 'value="0,5"' in form["share"].as_field_group()
    assert 'value="05/11/2026"' in form["on"].as_field_group()


def test_an_error_stands_between_hint_and_control_and_keeps_what_was_written() -> None:
    html = Figures({"online": "mười hai"})["online"].as_field_group()
    label, hint, error, control = (html.index(part) for part in ("<label", "_helptext", "_error", "<input"))
    assert label < hint < error < control
    assert 'value="mười hai"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_online_helptext id_online_error"' in html
    assert 'inputmode="numeric"' in html
    assert Markup(html).faults == []


def test_the_box_at_the_top_names_each_field_and_leads_to_it() -> None:
    form = Figures({"online": "x", "on": "31/02/2026"})
    found = faults(form)
    assert [f.href for f in found] == ["#id_online", "#id_on"]
    assert found[0].sentence.startswith("Hồ sơ trực tuyến: “x” không phải là số đếm.")
    ids = Markup(str(form)).ids()
    assert all(f.href[1:] in ids for f in found)


def test_the_box_leads_to_the_first_of_several_choices() -> None:
    form = Figures({"online": "1", "kind": "z"})
    [fault] = faults(form)
    assert fault.href[1:] in Markup(str(form)).ids()


def test_a_form_not_yet_sent_has_no_faults() -> None:
    assert faults(Figures()) == []
    assert "problems" not in str(Figures())


def test_a_password_is_never_written_back() -> None:
    assert "bi-mat" not in str(Figures({"online": "x", "password": "bi-mat"}))


@pytest.mark.parametrize("text", ["1e3", "-4", "12,5", "1.23.4", "hai"])
def test_a_count_takes_only_whole_numbers_from_zero(text: str) -> None:
    assert not Figures({"online": text}).is_valid()
