"""Villages that are merged, with everything that hangs on them: households, the team's service, open requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from langso.legal.models import LegalDocument
from langso.teams import actions as teams
from langso.villages.models import Village
from langso.visits.models import HelpRequest, RequestState


@dataclass(frozen=True)
class Whole:
    """What went along."""

    households: int
    members: int
    requests: int


@transaction.atomic
def merge_villages(
    *,
    into: Village,
    merged: Sequence[Village],
    new_name: str,
    on: date | None,
    document: LegalDocument | None,
    team: int | None,
    by: int | None,
    at: datetime,
) -> Whole:
    """As `teams.actions.merge_villages`; what is still open goes to the team that goes on.

    Refuses: VillageWrong, TeamWrong.
    """
    done = teams.merge_villages(
        into=into, merged=merged, new_name=new_name, on=on, document=document, team=team, by=by, at=at
    )
    waiting = HelpRequest.objects.filter(
        village__in=[into.pk, *(v.pk for v in merged)], state__in=[RequestState.OPEN, RequestState.MORE]
    )
    moved = waiting.update(village=into, team=done.team)
    return Whole(done.households, done.members, moved)
