"""A person chooses where two wrote the same visit; the desk writes what a phone could not.

Whatever is chosen, nothing is deleted: what does not count stands beside what does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from langso.ledger import actions as ledger
from langso.lib.refusal import Refused
from langso.villages.turn import one_at_a_time
from langso.visits import tallying
from langso.visits.actions import ground_of, renew_houses
from langso.visits.models import Visit, VisitState


class AlreadyChosen(Refused):
    says = "Hai bản này đã có người chọn rồi. Tải lại trang để xem."


@contextmanager
def recounted(households: Sequence[int]) -> Iterator[None]:
    """What is changed inside counts differently afterwards: tallies and households follow.

    Cost: two reads and two writes beside the change itself.
    """
    before = tallying.contributions(ground_of(households).counted())
    yield
    after = ground_of(households)
    tallying.add(tallying.difference(tallying.contributions(after.counted()), before))
    renew_houses(after)


def rivals(visit: Visit) -> list[Visit]:
    """What a visit that waits for a choice stands against."""
    return rivals_of([visit])[visit.pk]


def rivals_of(visits: Sequence[Visit]) -> dict[int, list[Visit]]:
    """What each of the visits that wait for a choice stands against.  Cost: one query."""
    houses, days = {v.household_id for v in visits}, {v.visited_on for v in visits}
    corrected = {v.corrects_id for v in visits} - {None}
    near = Q(visited_on__in=days) | Q(corrects__in=corrected)
    same = Visit.objects.standing().filter(near, household__in=houses).select_related("member", "person").order_by("pk")
    found: dict[int, list[Visit]] = {v.pk: [] for v in visits}
    by_house: dict[int, list[Visit]] = {}
    for other in same:
        by_house.setdefault(other.household_id, []).append(other)
    for visit in visits:
        for other in by_house.get(visit.household_id, ()):
            if other.pk == visit.pk:
                continue
            if visit.corrects_id is not None:
                is_rival = other.corrects_id == visit.corrects_id
            else:
                counts = other.state in (VisitState.COUNTED, VisitState.DOUBLED)
                is_rival = counts and other.visited_on == visit.visited_on
            if is_rival:
                found[visit.pk].append(other)
    return found


@transaction.atomic
def choose_visit(*, visit: Visit, choice: str, by: int | None, at: datetime) -> tuple[Visit, list[Visit]]:
    """`this`: this one counts and its rivals stand aside; `other`: they count as before; `both`: both took place, and
    the household counts once. Returns the chosen one and those that were set aside for it.

    Refuses: AlreadyChosen.
    """
    one_at_a_time([visit.unit_id])
    with recounted([visit.household_id]):
        row = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
        if row.state != VisitState.DOUBLED or row.replaced_at is not None:
            raise AlreadyChosen()
        others = rivals(row)
        if choice == "this":
            row.state = VisitState.COUNTED
            Visit.objects.filter(pk__in=[o.pk for o in others]).update(state=VisitState.ASIDE)
        else:
            row.state = VisitState.ASIDE if choice == "other" else VisitState.AGAIN
        row.save(update_fields=["state"])
    ledger.record(
        by=by,
        did="visit.chosen",
        to=row,
        unit=row.unit_id,
        at=at,
        facts={"choice": choice, "beside": [o.pk for o in others]},
    )
    return row, others if choice == "this" else []
