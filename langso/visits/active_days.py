"""The days on which each member of a team did recorded work: what a daily allowance is counted from."""

from collections.abc import Iterable
from datetime import date

from langso.lib.period import Period
from langso.visits.models import Gathering, Visit, VisitState


def active_days(units: Iterable[int], month: Period) -> dict[tuple[int | None, int], set[date]]:
    """Days with a counted visit or a gathering, by the team they were done for and the member.  Cost: two queries."""
    days: dict[tuple[int | None, int], set[date]] = {}
    keys = list(units)
    visits = Visit.objects.standing().filter(
        unit__in=keys,
        visited_on__gte=month.start,
        visited_on__lt=month.stop,
        state__in=[VisitState.COUNTED, VisitState.AGAIN],
        member__isnull=False,
    )
    for team, member, day in visits.order_by().values_list("team_id", "member_id", "visited_on").distinct():
        days.setdefault((team, member), set()).add(day)
    held = Gathering.objects.filter(
        unit__in=keys, held_on__gte=month.start, held_on__lt=month.stop, replaced_at=None, member__isnull=False
    )
    for team, member, day in held.order_by().values_list("team_id", "member_id", "held_on").distinct():
        days.setdefault((team, member), set()).add(day)
    return days
