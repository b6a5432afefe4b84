"""Reading campaigns: what runs in a commune on a day, a list, and how far each commune has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from langso.campaigns.models import Campaign, Script
from langso.lib.vietnamese import fold
from langso.units.models import Reach, Unit


def running(unit: Unit | int, on: date) -> list[Campaign]:
    """Campaigns of a commune and of the units above it that run on a day, each with `scripts`.

    Scripts are in order (`campaign.scripts.all()` asks nothing more).  Cost: two queries.
    """
    key = unit if isinstance(unit, int) else unit.pk
    above = Reach.objects.filter(unit=key).on(on).values("root")
    found = Campaign.objects.filter(unit__in=above, valid__contains=on, opened_at__isnull=False, ended_at=None)
    return list(found.order_by("pk").prefetch_related(Prefetch("scripts", queryset=Script.objects.order_by("order"))))


def last_day(campaign: Campaign) -> date:
    """The last day of it, which is in it."""
    return date.fromordinal(campaign.valid.upper.toordinal() - 1)


@dataclass(frozen=True)
class State:
    """Where a campaign stands on a day, as a word and a shape."""

    word: str
    shape: str


def state_of(campaign: Campaign, on: date) -> State:
    if campaign.ended_at is not None:
        return State("Đã kết thúc", "done")
    if campaign.opened_at is None:
        return State("Bản nháp", "draft")
    if on < campaign.valid.lower:
        return State("Đã mở, chưa tới ngày", "sent")
    if on not in campaign.valid:
        return State("Hết ngày", "done")
    return State("Đang chạy", "review")


def seen_from(
    units: QuerySet[Unit], roots: Sequence[int], *, everywhere: bool, text: str, on: date
) -> QuerySet[Campaign]:
    """Campaigns of the units in reach and, once open, of those above them."""
    found = Campaign.objects.select_related("unit", "made_by").order_by("-valid", "-pk")
    if not everywhere:
        above = Reach.objects.filter(unit__in=list(roots)).on(on).values("root")
        found = found.filter(Q(unit__in=units) | Q(unit__in=above, opened_at__isnull=False))
    words = [f" {word}" for word in fold(text).split()]
    if words:
        titles = ((pk, f" {fold(title)}") for pk, title in found.values_list("pk", "title"))
        found = found.filter(pk__in=[pk for pk, title in titles if all(word in title for word in words)])
    return found
