"""How far a campaign has come in each commune: from the tallies, against the households of the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from langso.campaigns.models import Campaign
from langso.teams.models import NetworkCount
from langso.units.models import Reach
from langso.units.queries import Named, named
from langso.villages.topics import codes_of
from langso.visits.models import Tally


@dataclass(frozen=True)
class Progress:
    """One commune. With several topics it has come as far as the topic with the fewest households."""

    place: Named
    households_count: int | None  # None: nobody has counted them
    guided_count: int

    @property
    def share(self) -> float | None:
        if not self.households_count:
            return None
        return self.guided_count / self.households_count

    def aim(self, target: float | None) -> int | None:
        """So many households are the target, which has one decimal; rounded up."""
        if target is None or not self.households_count:
            return None
        return -(-self.households_count * round(target * 10) // 1000)

    def is_met(self, target: float | None) -> bool:
        aim = self.aim(target)
        return aim is not None and self.guided_count >= aim


def months_of(campaign: Campaign) -> tuple[str, str]:
    """The first and the last month that it touches: tallies are kept by month."""
    last = campaign.valid.upper - timedelta(days=1)
    return f"{campaign.valid.lower:%Y-%m}", f"{last:%Y-%m}"


def progress_of(campaign: Campaign, *, within: Sequence[int] | None, on: date) -> list[Progress]:
    """By commune of today below the campaign's unit; `within` keeps those in reach.  Cost: four queries."""
    below = Reach.objects.filter(root=campaign.unit_id, unit__level="commune").on(on)
    keys = set(below.values_list("unit_id", flat=True))
    if within is not None:
        keys &= set(within)
    places = [n for n in named([(k, on) for k in keys]).values() if n.valid_to is None]
    first, last = months_of(campaign)
    codes = codes_of(campaign.topics)
    guided: dict[int, dict[str, int]] = {}
    tallies = Tally.objects.filter(unit__in=keys, village=None, topic__in=codes, month__gte=first, month__lte=last)
    for unit, topic, total in tallies.order_by().values_list("unit_id", "topic").annotate(Sum("guided_count")):
        guided.setdefault(unit, {})[topic] = total or 0
    households = dict(NetworkCount.objects.filter(unit__in=keys).values_list("unit_id", "households_count"))
    return [
        Progress(n, households.get(n.id) or None, min((guided.get(n.id, {}).get(c, 0) for c in codes), default=0))
        for n in places
    ]
