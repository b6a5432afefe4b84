"""A person chooses where two wrote the same visit; the desk writes what a phone could not.

Whatever is chosen, nothing is deleted: what does not count stands beside what does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from langso.ledger import actions as ledger
from langso.lib.refusal import Refused
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
    same = Visit.objects.standing().filter(household_id=visit.household_id).exclude(pk=visit.pk)
    if visit.corrects_id is not None:
        return list(same.filter(corrects_id=visit.corrects_id).select_related("member", "person"))
    found = same.filter(visited_on=visit.visited_on, state__in=[VisitState.COUNTED, VisitState.DOUBLED])
    return list(found.select_related("member", "person"))


@transaction.atomic
def choose_visit(*, visit: Visit, choice: str, by: int | None, at: datetime) -> tuple[Visit, list[Visit]]:
    """`this`: this one counts and its rivals stand aside; `other`: they count as before; `both`: both took place, and
    the household counts once. Returns the chosen one and those that were set aside for it.

    Refuses: AlreadyChosen.
    """
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
