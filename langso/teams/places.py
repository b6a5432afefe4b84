"""Which commune a page is about: one's own, or the one that was typed, by code or by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.door import Desk
from langso.people.roles import Right
from langso.units.finding import find
from langso.units.models import Level, Unit
from langso.units.queries import Named, named, unit_by_code


@dataclass(frozen=True)
class Asked:
    """The commune of a page, or why there is none; `is_own` when the person works for this one alone."""

    unit: Unit | None = None
    place: Named | None = None
    text: str = ""
    suggestions: Sequence[Named] = ()
    problem: str = ""
    is_own: bool = False

    @property
    def code(self) -> str:
        return self.place.code if self.place else ""

    @property
    def name(self) -> str:
        return self.place.name if self.place else ""

    @property
    def query(self) -> str:
        """What an address carries so that it is about this commune."""
        return "" if self.is_own or not self.code else f"?xa={self.code}"


def own_commune(desk: Desk, right: Right) -> Unit | None:
    """The one commune that the person works for, when it is one.  Cost: one query."""
    everywhere, roots = desk.person.roots(right)
    own = list(Unit.objects.filter(pk__in=roots)[:2]) if not everywhere else []
    return own[0] if len(own) == 1 and own[0].level == Level.COMMUNE else None


def commune_asked(request: HttpRequest, desk: Desk, right: Right) -> Asked:
    """Cost: two queries for one's own, a handful for one that is typed."""
    today = day_of(desk.at)
    own = own_commune(desk, right)
    text = (request.POST.get("xa") or request.GET.get("xa", "")).strip()[:120]
    if own is not None and not text:
        place = named([(own.pk, today)]).get((own.pk, today))
        return Asked(own, place, is_own=True)
    if not text:
        return Asked()
    found = _typed(text, desk)
    if isinstance(found, str):
        return Asked(text=text, problem=found)
    if len(found) == 1:
        unit = Unit(pk=found[0].id, level=found[0].level)
        return Asked(unit, found[0], found[0].code, is_own=own is not None and own.pk == unit.pk)
    return Asked(
        text=text, suggestions=found, problem="" if found else f"Không thấy xã nào tên “{text}” trong phạm vi."
    )


def _typed(text: str, desk: Desk) -> Sequence[Named] | str:
    """Communes of today in reach that a text may mean; a sentence when it means none."""
    today = day_of(desk.at)
    if text.isascii() and text.isdecimal():
        try:
            unit = unit_by_code(text[:5], today)
        except Refused as refused:
            return refused.sentence
        if unit.level != Level.COMMUNE or not desk.units.filter(pk=unit.pk).exists():
            return "Mã này không phải của xã trong phạm vi của mình."
        return [named([(unit.pk, today)])[unit.pk, today]]
    try:
        hits = [f.unit for f in find(text, today=today, on=today, limit=40)]
    except Refused as refused:
        return refused.sentence
    communes = [n for n in hits if n.level == Level.COMMUNE and n.valid_to is None]
    reached = set(desk.units.filter(pk__in=[n.id for n in communes]).values_list("pk", flat=True))
    return [n for n in communes if n.id in reached][:12]


def province_asked(desk: Desk, right: Right) -> Named | None:
    """The one province that the person works for.  Cost: at most two queries."""
    everywhere, roots = desk.person.roots(right)
    if everywhere or len(roots) != 1:
        return None
    today = day_of(desk.at)
    place = named([(roots[0], today)]).get((roots[0], today))
    return place if place and place.level == Level.PROVINCE else None
