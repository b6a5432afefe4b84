"""Drawing the sample of households to be asked again, and keeping what they said."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.teams.models import Team
from langso.units.models import Unit
from langso.villages.actions import hold
from langso.visits import spot_rules as rules
from langso.visits.models import SpotAnswer, SpotCheck, SpotDraw, Visit, VisitState


def drawable(unit: Unit, since: date, until: date, *, on: date) -> QuerySet[Visit]:
    """What a sample is drawn from: standing, counted visits of some days in the commune and in what it has absorbed, in
    the order of their numbers."""
    found = Visit.objects.standing().filter(
        unit__in=Unit.objects.under([unit], on),
        state=VisitState.COUNTED,
        visited_on__gte=since,
        visited_on__lte=until,
    )
    return found.order_by("uid")


@transaction.atomic
def draw_sample(
    *,
    unit: Unit,
    seed: str,
    since: date | None,
    until: date | None,
    size: int | None = None,
    by: int | None,
    at: datetime,
) -> SpotDraw:
    """Draw by a seed; the same seed over the same days is the draw there is.

    Refuses: SpotWrong.
    """
    seed = rules.check_draw(seed, since, until, size, today=day_of(at))
    assert since is not None
    assert until is not None
    hold(unit)
    there = SpotDraw.objects.filter(unit=unit, seed=seed, since=since, until=until).first()
    if there is not None:
        return there
    rows = list(drawable(unit, since, until, on=day_of(at)).values_list("uid", "household_id", "pk"))
    chosen = rules.draw(seed, [(str(uid), household) for uid, household, _ in rows], size or rules.size_for(len(rows)))
    made = SpotDraw.objects.create(
        unit=unit, seed=seed, since=since, until=until, of_count=len(rows), drawn_at=at, drawn_by_id=by
    )
    SpotCheck.objects.bulk_create(SpotCheck(draw=made, unit=unit, visit_id=rows[k][2]) for k in chosen)
    ledger.record(
        by=by,
        did="spot.drawn",
        to=made,
        unit=unit.pk,
        at=at,
        facts={
            "seed": seed,
            "since": since.isoformat(),
            "until": until.isoformat(),
            "of": len(rows),
            "size": len(chosen),
        },
    )
    return made


@transaction.atomic
def answer(*, check: SpotCheck, answer: str, note: str, by: int | None, at: datetime) -> SpotCheck:
    """What the household said; said again it changes nothing, said otherwise it is put right, with a ledger line.

    Refuses: SpotWrong.
    """
    row = SpotCheck.objects.select_for_update(of=("self",)).select_related("visit__member").get(pk=check.pk)
    visit = row.visit
    wrote = {visit.person_id, visit.member.person_id if visit.member else None} - {None}
    note = rules.check_answer(answer, note, is_own=by in wrote)
    if (row.answer, row.note) == (answer, note):
        return row
    before = row.answer
    row.answer, row.note, row.asked_at, row.asked_by_id = SpotAnswer(answer), note, at, by
    row.save(update_fields=["answer", "note", "asked_at", "asked_by"])
    ledger.record(
        by=by,
        did="spot.asked",
        to=row,
        unit=row.unit_id,
        at=at,
        facts={"answer": answer, "before": before or None, "visit": visit.pk},
    )
    return row


@dataclass(frozen=True)
class OfTeam:
    team: Team | None
    result: rules.Result


def results(checks: QuerySet[SpotCheck]) -> list[OfTeam]:
    """What was said, by team.  Cost: two queries."""

    def count(answer: str) -> Count:
        return Count("pk", filter=Q(answer=answer))

    rows = list(
        checks.order_by()
        .values("visit__team_id")
        .annotate(
            helped=count(SpotAnswer.HELPED),
            not_helped=count(SpotAnswer.NOT_HELPED),
            nobody_came=count(SpotAnswer.NOBODY_CAME),
            not_reached=count(SpotAnswer.NOT_REACHED),
            waiting=count(""),
        )
    )
    teams = Team.objects.in_bulk([r["visit__team_id"] for r in rows if r["visit__team_id"]])
    found = [
        OfTeam(
            teams.get(r["visit__team_id"]),
            rules.Result(r["helped"], r["not_helped"], r["nobody_came"], r["not_reached"], r["waiting"]),
        )
        for r in rows
    ]
    return sorted(found, key=lambda f: f.team.sort_key if f.team else "~")
