"""Every figure that an edition on the shelf asks for, by the key it is kept under; and units by code and day."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from langso.criteria import catalogue
from langso.criteria.edition import Edition, Kind, Measure
from langso.criteria.engine import load_edition
from langso.exchange import rules
from langso.lib.refusal import Refused
from langso.measures.queries import key_of
from langso.units.models import Unit, UnitCode, UnitName
from langso.units.queries import unit_by_code
from langso.units.rules import CodeUnknown

_CODE = re.compile(r"[0-9]{2,5}")
EXPLAINED = 50


@dataclass(frozen=True)
class Known:
    """A measure that figures may be sent for."""

    measure: Measure
    cases: tuple[str, ...] = ()
    maximum: Decimal | None = None

    def check(self, value: Decimal | None) -> None:
        """Refuses: TooPrecise, MaximumPassed, CaseNumberWrong."""
        rules.check_number(self.measure, value, cases=len(self.cases), maximum=self.maximum)


def known_in(edition: Edition) -> dict[str, Known]:
    """The measures of one edition, by key, in its order."""
    found: dict[str, Known] = {}
    for field in edition.fields.values():
        key = key_of(edition, field)
        found.setdefault(key, Known(replace(field.measure, key=key), field.cases, field.maximum))
    return found


def all_known() -> dict[str, Known]:
    """The measures of every edition on the shelf, the newest edition's words first."""
    found: dict[str, Known] = {}
    for files in catalogue.editions().values():
        for path in reversed(files):
            for key, known in known_in(load_edition(path)).items():
                found.setdefault(key, known)
    for key, measure in catalogue.measures().items():
        found.setdefault(key, Known(measure))
    return found


def kind_words(known: Known) -> str:
    return {Kind.YES_NO: "1 là có, 0 là chưa có"}.get(known.measure.kind, known.measure.unit)


@dataclass(frozen=True)
class Places:
    """Units that were named by code, each on its day; those out of reach and unknown codes as refusals."""

    units: Mapping[tuple[str, date], Unit]
    refused: Mapping[tuple[str, date], Refused]

    def unit(self, code: str, day: date) -> Unit:
        """Refuses: CodeUnknown, UnitNotYours."""
        if (code, day) in self.refused:
            raise self.refused[code, day]
        return self.units[code, day]


def places(wanted: Iterable[tuple[str, date]], reached: QuerySet[Unit]) -> Places:
    """Cost: at most three queries a day asked for, and one for each code nobody holds, of which fifty are explained."""
    by_day: dict[date, set[str]] = {}
    for code, day in wanted:
        by_day.setdefault(day, set()).add(code)
    units: dict[tuple[str, date], Unit] = {}
    refused: dict[tuple[str, date], Refused] = {}
    for day, codes in by_day.items():
        likely = [code for code in codes if _CODE.fullmatch(code)]
        holders = {
            fact.code: fact.unit for fact in UnitCode.objects.on(day).filter(code__in=likely).select_related("unit")
        }
        within = set(reached.filter(pk__in=[u.pk for u in holders.values()]).values_list("pk", flat=True))
        away = [u.pk for u in holders.values() if u.pk not in within]
        names = dict(UnitName.objects.on(day).filter(unit__in=away).values_list("unit_id", "name")) if away else {}
        for code in sorted(codes):
            unit = holders.get(code)
            if unit is None:
                refused[code, day] = _unknown(code, day, explain=len(refused) < EXPLAINED)
            elif unit.pk not in within:
                refused[code, day] = rules.UnitNotYours(field="unit", code=code, name=names.get(unit.pk, ""))
            else:
                units[code, day] = unit
    return Places(units, refused)


def _unknown(code: str, day: date, *, explain: bool) -> Refused:
    if explain and _CODE.fullmatch(code):
        try:
            unit_by_code(code, day)
        except Refused as refused:
            refused.field = "unit"
            return refused
    return CodeUnknown(field="unit", code=code[:20], day=day, other=" Kiểm tra lại mã.")
