"""Days on which a member's work was recorded: a resolution that pays by the day counts these, not what is claimed."""

from langso.lib.period import Period
from langso.units.models import Unit
from langso.visits.models import Gathering, Visit, VisitState


def active_days(unit: Unit, month: Period) -> dict[int, int]:
    """Days with a counted visit or a gathering, by member.  Cost: two queries."""
    days: dict[int, set[object]] = {}
    visits = Visit.objects.standing().filter(
        unit=unit,
        visited_on__gte=month.start,
        visited_on__lt=month.stop,
        state__in=[VisitState.COUNTED, VisitState.AGAIN],
        member__isnull=False,
    )
    for member, day in visits.order_by().values_list("member_id", "visited_on").distinct():
        days.setdefault(member, set()).add(day)
    held = Gathering.objects.filter(
        unit=unit, held_on__gte=month.start, held_on__lt=month.stop, replaced_at=None, member__isnull=False
    )
    for member, day in held.order_by().values_list("member_id", "held_on").distinct():
        days.setdefault(member, set()).add(day)
    return {member: len(found) for member, found in days.items()}
