"""Reading forms and answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from langso.lib.number import write_number
from langso.lib.vietnamese import fold
from langso.questionnaires.engine import Form
from langso.questionnaires.models import FilledForm, FormVersion, Questionnaire
from langso.units.models import Reach, Unit

MOST_COLUMNS = 1_000
_forms: dict[int, Form] = {}
MOST_KEPT = 64


def form_of(version: FormVersion) -> Form:
    """The definition ready to be read against answers; an issued one never changes, so it is kept."""
    found = _forms.get(version.pk)
    if found is None or found.definition != version.definition:
        found = Form(version.definition)
        if version.issued_at is not None:
            if len(_forms) >= MOST_KEPT:
                _forms.pop(next(iter(_forms)))
            _forms[version.pk] = found
    return found


def offered(unit: Unit | int, on: date) -> QuerySet[FormVersion]:
    """The latest standing version of each form that a unit uses: its own, those of the units above, the country's."""
    above = Reach.objects.filter(unit=unit).on(on).values("root")
    latest = (
        FormVersion.objects.standing().filter(questionnaire=OuterRef("questionnaire")).order_by("-issued_at", "-id")
    )
    return (
        FormVersion.objects.standing()
        .filter(Q(questionnaire__unit=None) | Q(questionnaire__unit=unit) | Q(questionnaire__unit__in=above))
        .filter(pk=Subquery(latest.values("pk")[:1]))
        .select_related("questionnaire")
        .order_by("questionnaire__sort_key", "questionnaire__code")
    )


def forms_of_window(unit: Unit | int, on: date) -> list[dict[str, Any]]:
    """What a device pulls: `forms` of docs/teams-and-field.md.  Cost: one query."""
    rows = offered(unit, on).values_list("questionnaire__code", "version", "title", "definition")
    return [{"id": code, "version": v, "title": title, "definition": made} for code, v, title, made in rows]


def version_for(code: str, version: str, unit: Unit | int, on: date) -> FormVersion | None:
    """A version that was issued once and whose form reaches the unit; answers to an old one are still taken.

    Without the workbook that it was imported from and its XForm: they may be megabytes, and no answer needs them.
    """
    above = Reach.objects.filter(unit=unit).on(on).values("root")
    return (
        FormVersion.objects.issued()
        .filter(questionnaire__code=code, version=version)
        .filter(Q(questionnaire__unit=None) | Q(questionnaire__unit=unit) | Q(questionnaire__unit__in=above))
        .select_related("questionnaire")
        .defer("workbook", "xform")
        .first()
    )


def listed(units: QuerySet[Unit], *, text: str, on: date) -> QuerySet[Questionnaire]:
    """Forms that the units use, found by the words of their titles or their code.  Cost: part of one query."""
    found = Questionnaire.objects.reaching(units, on).saying(fold(text).split())
    newest = FormVersion.objects.filter(questionnaire=OuterRef("pk")).order_by("-imported_at", "-id")
    issued = FormVersion.objects.standing().filter(questionnaire=OuterRef("pk")).order_by("-issued_at", "-id")
    return found.annotate(
        newest_version=Subquery(newest.values("version")[:1]),
        imported_at=Subquery(newest.values("imported_at")[:1]),
        standing_version=Subquery(issued.values("version")[:1]),
        issued_at=Subquery(issued.values("issued_at")[:1]),
        questions_count=Subquery(newest.values("questions_count")[:1]),
    )


def answers_counts(questionnaires: Iterable[int], units: QuerySet[Unit]) -> dict[int, int]:
    """How many answers each form has within the units; replaced ones do not count.  Cost: one query."""
    rows = (
        FilledForm.objects.within(units)
        .filter(form__questionnaire__in=list(questionnaires), replaced_at=None)
        .values_list("form__questionnaire")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


# ── Questions and answers as tables ──────────────────────────────────────────


@dataclass(frozen=True)
class Question:
    """A question as a list of questions shows it; `depth` counts the groups around it."""

    item: Mapping[str, Any]
    depth: int
    repeat: str


def questions(definition: Mapping[str, Any]) -> list[Question]:
    """All places of a form in order, groups among them."""
    found: list[Question] = []

    def walk(items: Sequence[Mapping[str, Any]], depth: int, repeat: str) -> None:
        for item in items:
            found.append(Question(item, depth, repeat))
            walk(item.get("items", ()), depth + 1, item["name"] if item["type"] == "repeat" else repeat)

    walk(definition["items"], 0, "")
    return found


@dataclass(frozen=True)
class Columns:
    """One column for each question; those of a repeat once for each time that some answer has."""

    names: Sequence[tuple[str, str, int]]  # heading, question, which time of its repeat (-1 outside)

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _, _ in self.names]

    def row(self, answers: Mapping[str, Any], labels: "Labels", *, whole: bool = True) -> list[str | int | float]:
        """The answers as cells; not `whole`: only what may be read above the commune."""
        cells: list[str | int | float] = []
        for _, name, at in self.names:
            times = answers.get(labels.repeats[name], ()) if at >= 0 else ()
            holder = answers if at < 0 else times[at] if at < len(times) else {}
            value = holder.get(name)
            cells.append(labels.said(name, value) if whole or labels.is_open(name, value) else "")
        return cells


class Labels:
    """What an answer says to a reader: the words of the choice instead of its code."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.repeats: dict[str, str] = {}
        self._words: dict[str, dict[str, str]] = {}
        self.kinds: dict[str, str] = {}
        for question in questions(definition):
            name = question.item["name"]
            self.repeats[name], self.kinds[name] = question.repeat, question.item["type"]
            if key := question.item.get("list"):
                self._words[name] = {c["name"]: c["label"] for c in definition["choices"].get(key, ())}

    def said(self, name: str, value: Any) -> str | int | float:
        if value is None:
            return ""
        if value is True:
            return "có"
        words = self._words.get(name, {})
        if isinstance(value, list):
            return "; ".join(words.get(one, str(one)) for one in value)
        return words.get(value, value) if isinstance(value, str) else value

    def is_open(self, name: str, value: Any) -> bool:
        """Whether an answer may be read above the commune: a number or a choice that the form offers. What someone
        typed, a day, a place or a picture may tell who it is."""
        if value is None or isinstance(value, bool | int | float):
            return True
        if self.kinds[name] not in ("select_one", "select_multiple"):
            return False
        words = self._words.get(name, {})
        return all(str(one) in words for one in (value if isinstance(value, list) else [value]))

    def shown(self, name: str, value: Any) -> str:
        """The same for a page: days and numbers as people write them."""
        said = self.said(name, value)
        if self.kinds[name] == "date" and isinstance(said, str) and len(said) == 10:
            return f"{said[8:]}/{said[5:7]}/{said[:4]}"
        return write_number(said) if isinstance(said, int | float) else said


def columns_of(definition: Mapping[str, Any], answers: Iterable[Mapping[str, Any]]) -> Columns:
    """The columns that these answers need, never more than `MOST_COLUMNS`."""
    most: dict[str, int] = {}
    for one in answers:
        for name, value in one.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                most[name] = max(most.get(name, 0), len(value))
    names: list[tuple[str, str, int]] = []
    for question in questions(definition):
        name, kind = question.item["name"], question.item["type"]
        if kind in ("group", "repeat", "note"):
            continue
        if question.repeat:
            names += [(f"{name}_{i + 1}", name, i) for i in range(most.get(question.repeat, 0))]
        else:
            names.append((name, name, -1))
    return Columns(names[:MOST_COLUMNS])
