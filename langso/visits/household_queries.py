"""Reading households and visits of one commune, paged in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from langso.lib.vietnamese import fold
from langso.units.models import Fold, Unit
from langso.villages.heirs import parts_of
from langso.villages.models import Consent, Household, Village
from langso.villages.topics import SKILLS, TOPICS, labels_of, mask_of
from langso.visits.models import Visit, VisitState

LONG_AGO = timedelta(days=90)
ORDERS = {"thon": ("village__sort_key", "id"), "ten": ("head_name", "id"), "gan": ("last_on", "id")}
SHOWS = {
    "": "Mọi hộ",
    "chua": "Chưa ai đến",
    "lau": "Hơn 90 ngày chưa đến",
    "hen": "Đang có hẹn",
    "hoi": "Chưa hỏi có đồng ý không",
    "di": "Đã chuyển đi",
}


FIELD_WORDS = {
    "head": "Chủ hộ",
    "members": "Số người",
    "skills": "Kỹ năng đã có",
    "needs": "Việc cần giúp",
    "consent": "Đồng ý cho ghi",
    "village": "Thôn",
    "gone": "Đã chuyển đi",
}


def households_of(
    unit: Unit | int, *, text: str, village: int | None, need: str, shows: str, order: str, on: date
) -> QuerySet[Household]:
    found: QuerySet[Household] = Household.objects.filter(unit__in=Unit.objects.under([unit], on)).select_related(
        "village"
    )
    found = found.filter(gone_on__isnull=shows != "di")
    if village:
        found = found.filter(village=village)
    if need in TOPICS:
        found = found.extra(where=["needs & %s <> 0 and done & %s = 0"], params=[mask_of([need])] * 2)
    if shows == "chua":
        found = found.filter(last_on=None)
    elif shows == "lau":
        found = found.filter(Q(last_on__lt=on - LONG_AGO) | Q(last_on=None))
    elif shows == "hen":
        found = found.filter(next_on__isnull=False)
    elif shows == "hoi":
        found = found.filter(consent=Consent.UNASKED)
    if wanted := fold(text):
        found = found.annotate(folded=Fold(F("head_name"))).filter(folded__contains=wanted)
    minus, key = order.startswith("-"), order.removeprefix("-")
    first, second = ORDERS[key if key in ORDERS else "thon"]
    name = F(first)
    return found.order_by(name.desc(nulls_last=True) if minus else name.asc(nulls_last=True), second)


@dataclass(frozen=True)
class HouseholdRow:
    household: Household
    needs: Sequence[str]
    done: Sequence[str]
    skills: Sequence[str]


def row_of(household: Household) -> HouseholdRow:
    left = household.needs & ~household.done
    return HouseholdRow(household, labels_of(left), labels_of(household.done), labels_of(household.skills, SKILLS))


def villages_now(unit: Unit | int, on: date) -> list[Village]:
    return list(Village.objects.on(on).filter(unit__in=Unit.objects.under([unit], on)).order_by("sort_key", "id"))


STATES = {"": "Mọi lượt", **dict(VisitState.choices)}


def visits_of(
    unit: Unit | int, *, village: int | None, topic: str, state: str, since: date | None, until: date | None, on: date
) -> QuerySet[Visit]:
    """Visits that stand, newest first."""
    found: QuerySet[Visit] = Visit.objects.standing().filter(unit__in=Unit.objects.under([unit], on))
    if village:
        found = found.filter(village__in=parts_of(village))
    if topic in TOPICS:
        found = found.extra(where=["visits_visit.topics & %s <> 0"], params=[mask_of([topic])])
    if state in VisitState.values:
        found = found.filter(state=state)
    if since:
        found = found.filter(visited_on__gte=since)
    if until:
        found = found.filter(visited_on__lte=until)
    return found.order_by("-visited_on", "-id").select_related("household", "village", "member", "person", "team")
