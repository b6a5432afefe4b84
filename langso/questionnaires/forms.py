"""Posted data: a workbook to import; the answers of one page, drawn and read by the definition."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from langso.questionnaires.engine import MOST_TIMES, Form, Place, Shown
from langso.questionnaires.rules import MOST_ANSWERED
from langso.ui.forms import CountInput, DayInput, DecimalInput, Pick

MOST_ROWS_SHOWN = 12  # choices drawn as rows to press; more become a list


class ImportForm(forms.Form):
    file = forms.FileField(
        label="Tệp XLSForm (.xlsx)",
        help_text="Có các trang survey, choices, settings theo xlsform.org. Nhiều nhất 4 MB.",
        error_messages={"required": "Chưa chọn tệp.", "empty": "Tệp này trống. Chọn lại tệp."},
    )


class OwnerForm(ImportForm):
    """For those who may import for several places."""

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["owner"] = forms.ChoiceField(
            label="Phiếu của nơi nào",
            choices=owners,
            widget=forms.Select,
            error_messages={"invalid_choice": "Chọn một nơi trong danh sách.", "required": "Chưa chọn nơi."},
        )


# ── Answers ──────────────────────────────────────────────────────────────────


def read_answers(form: Form, data: Any) -> dict[str, Any]:
    """What a page of answers holds: what it kept of the pages before, and over it what it showed.

    A question that was shown and left empty is empty; one that was not shown stays as it was.
    """
    shown = set(data.get("co", "").split())
    return _read(form.top, data, shown, _kept(data.get("giu", "")), "")


def _kept(text: str) -> dict[str, Any]:
    if len(text) > MOST_ANSWERED:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _read(places: Sequence[Place], data: Any, shown: set[str], kept: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for place in places:
        path = prefix + place.name
        if place.kind == "group":
            answers |= _read(place.below, data, shown, kept, prefix)
        elif place.kind == "repeat":
            before = kept.get(place.name)
            rows = before if isinstance(before, list) else []
            count = data.get(f"{path}.n", "")
            times = min(int(count), MOST_TIMES + 1) if count.isdecimal() and len(count) < 5 else len(rows)
            read = [
                _read(place.below, data, shown, _row(rows, i), f"{path}.{i}.")
                for i in range(min(times, MOST_TIMES + 1))
            ]
            if read or place.name in kept:
                answers[place.name] = read
        elif path in shown:
            answers[place.name] = data.getlist(path) if place.kind == "select_multiple" else data.get(path, "")
        elif place.name in kept:
            answers[place.name] = kept[place.name]
    return answers


def _row(rows: Sequence[Any], at: int) -> Mapping[str, Any]:
    found = rows[at] if at < len(rows) else {}
    return found if isinstance(found, dict) else {}


def press(answers: dict[str, Any], pressed: str) -> dict[str, Any]:
    """One time more of a repeat ("them:may") or one less ("bo:may.1")."""
    act, _, path = pressed.partition(":")
    name, _, at = path.partition(".")
    rows = answers.get(name)
    rows = list(rows) if isinstance(rows, list) else []
    if act == "them" and len(rows) < MOST_TIMES:
        rows.append({})
    elif act == "bo" and at.isdecimal() and len(at) < 5 and int(at) < len(rows):
        rows.pop(int(at))
    return {**answers, name: rows}


@dataclass(frozen=True)
class Drawn:
    """One place of the page with the field that asks it."""

    shown: Shown
    field: forms.BoundField | None = None
    below: "Sequence[Drawn]" = ()
    times: "Sequence[Sequence[Drawn]]" = ()


@dataclass
class Page:
    """A form as it stands: its places in order, and what is wrong with it for the box at the top."""

    drawn: Sequence[Drawn]
    problems: Sequence[tuple[str, str]] = ()
    form: forms.Form = field(default_factory=forms.Form)

    @property
    def asked(self) -> str:
        """The paths of all that the page asks, so that what comes back empty is known to have been emptied."""
        return " ".join(self.form.fields)


class _Answering(forms.Form):
    """Fields made from places; their faults are those of the engine, not of Django."""

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data = {}


def draw(tree: Sequence[Shown], *, all_faults: bool) -> Page:
    """The page of a form. Empty required questions are faults only once the person wants to hand it in."""
    places = list(_leaves(tree))
    values = {place.path: _value(place) for place in places}
    form = _Answering(values, auto_id="c-%s")
    form.fields = {place.path: _field(place) for place in places if place.type != "photo" and not place.read_only}
    form.full_clean()
    problems: list[tuple[str, str]] = []
    for place in _all(tree):
        if place.error and (all_faults or place.code != "Missing"):
            bound = form[place.path] if place.path in form.fields else None
            target = (f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id) if bound else f"c-{place.path}"
            problems.append((f"{_called(place)}: {place.error}", f"#{target}"))
            if bound is not None:
                form.add_error(place.path, place.error)
    return Page(_drawn(tree, form), problems, form)


def _called(place: Shown) -> str:
    """The question as the box at the top names it; inside a repeat, of which time."""
    _, _, rest = place.path.partition(".")
    return f"{place.label} (lần {int(rest.partition('.')[0]) + 1})" if rest else place.label


def _all(tree: Sequence[Shown]) -> "Sequence[Shown]":
    found: list[Shown] = []
    for place in tree:
        found.append(place)
        found += _all(place.items)
        for times in place.instances:
            found += _all(times)
    return found


def _leaves(tree: Sequence[Shown]) -> "Sequence[Shown]":
    return [place for place in _all(tree) if place.type not in ("group", "repeat", "note")]


def _drawn(tree: Sequence[Shown], form: forms.Form) -> list[Drawn]:
    return [
        Drawn(
            place,
            form[place.path] if place.path in form.fields else None,
            _drawn(place.items, form),
            [_drawn(times, form) for times in place.instances],
        )
        for place in tree
    ]


def _value(place: Shown) -> Any:
    if place.type in ("select_multiple", "acknowledge"):
        return place.value or ([] if place.type == "select_multiple" else False)
    return place.text


def _field(place: Shown) -> forms.Field:
    words: dict[str, Any] = {"label": place.label, "help_text": place.hint, "required": False}
    choices = [(c["name"], c["label"]) for c in place.choices]
    if place.type == "select_one":
        if place.search or len(choices) > MOST_ROWS_SHOWN:
            return forms.ChoiceField(choices=[("", "Chọn một ý"), *choices], widget=forms.Select, **words)
        return forms.ChoiceField(choices=choices, widget=Pick, **words)
    if place.type == "select_multiple":
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **words)
    if place.type == "acknowledge":
        return forms.BooleanField(widget=forms.CheckboxInput(attrs={"value": "OK"}), **words)
    widgets: dict[str, type[forms.Widget]] = {"integer": CountInput, "decimal": DecimalInput, "date": DayInput}
    widget = widgets.get(place.type, forms.Textarea if place.multiline else forms.TextInput)
    return forms.CharField(widget=widget, **words)


def has_required_photo(form: Form) -> bool:
    """A photo that must be taken: such a form is filled on a phone."""
    return any(place.kind == "photo" and place.item.get("required", False) for place in form.places.values())
