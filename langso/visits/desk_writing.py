"""What an officer of the commune writes: a household, a visit that no phone wrote, the codes on the cards."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.teams.models import Member
from langso.units.models import Unit
from langso.villages import household_rules
from langso.villages.households import IncomingHousehold, write_households
from langso.villages.incoming import Outcome, Writer
from langso.villages.models import Household
from langso.villages.turn import one_at_a_time
from langso.visits import rules
from langso.visits.actions import IncomingVisit, write_visits
from langso.visits.ask_rules import LETTERS
from langso.visits.models import Origin, Visit


class Said(Refused):
    """What the shared writing said of an item of the desk."""

    says = "{what}"


class VersionMoved(Refused):
    says = "Người khác vừa sửa {what} của hộ này. Bản của anh, chị được giữ ở mục Cần xem lại; không có gì bị ghi đè."


def _writer(unit: int, province_code: str, by: int | None) -> Writer:
    return Writer(unit, province_code, None, None, by, Origin.DESK)


def _raise(outcome: Outcome) -> None:
    if outcome.state == "conflict":
        raise VersionMoved(what="một mục") if outcome.code == "SameField" else Said(what=outcome.says)
    if outcome.state != "written":
        raise Said(what=outcome.says)


@transaction.atomic
def add_household(
    *, unit: int, province_code: str, uid: UUID, said: Mapping[str, Any], by: int | None, at: datetime
) -> Household:
    """A household from the desk, once for each form.

    Refuses: HouseholdWrong, Said.
    """
    one_at_a_time([unit])
    there = Household.objects.filter(uid=uid).first()
    if there is not None:
        return there
    fields = household_rules.read_fields(said, is_new=True)
    edit = IncomingHousehold(uuid4(), uid, fields, 0, 0, None, at)
    _raise(write_households([edit], by=_writer(unit, province_code, by), at=at)[edit.uid])
    household = Household.objects.get(uid=uid)
    ledger.record(by=by, did="household.added", to=household, unit=unit, at=at)
    return household


def edit_household(
    *, household: Household, province_code: str, base: int, said: Mapping[str, Any], by: int | None, at: datetime
) -> Household:
    """Change what was changed in the form drawn from version `base`; what a phone changed meanwhile is not overwritten:
    the same field with another value is kept beside, for a person to choose.

    Refuses: HouseholdWrong, VersionMoved, Said.
    """
    fields = household_rules.read_fields(said, is_new=False)
    edit = IncomingHousehold(uuid4(), household.uid, fields, base, base, None, at)
    with transaction.atomic():
        one_at_a_time([household.unit_id])
        outcome = write_households([edit], by=_writer(household.unit_id, province_code, by), at=at)[edit.uid]
        household.refresh_from_db()
        ledger.record(
            by=by,
            did="household.edited",
            to=household,
            unit=household.unit_id,
            at=at,
            facts={"fields": sorted(fields), "state": outcome.state},
        )
    _raise(outcome)  # after it was written: what was kept beside stays
    return household


@transaction.atomic
def record_visit(
    *,
    household: Household,
    member: Member | None,
    uid: UUID,
    on: date,
    topics: list[str],
    result: str,
    note: str,
    by: int | None,
    at: datetime,
) -> Visit:
    """A visit that the commune writes down, for a member or for itself; older than thirty days is possible here.

    Refuses: VisitWrong, TopicUnknown, Said.
    """
    one_at_a_time([household.unit_id])
    there = Visit.objects.filter(uid=uid).first()
    if there is not None:
        return there
    body = {"topics": topics, "result": result, "note": note}
    facts = rules.read_visit(body, on=on, next_on=None)
    if on > day_of(at):
        raise rules.VisitInFuture(field="on", on=on)
    writer = Writer(
        household.unit_id,
        household.province_code,
        member.team_id if member else None,
        member.pk if member else None,
        by,
        Origin.DESK,
    )
    visit = IncomingVisit(uid, household.uid, facts, at)
    outcome = write_visits([visit], by=writer, at=at)[uid]
    if outcome.state == "refused":
        raise Said(what=outcome.says)
    made = Visit.objects.get(uid=uid)
    ledger.record(by=by, did="visit.recorded", to=made, unit=made.unit_id, at=at, facts={"state": made.state})
    return made


@transaction.atomic
def give_codes(*, unit: int, by: int | None, at: datetime) -> int:
    """A code for each household of a commune, and of what it absorbed, that has none yet; how many.

    Printed on a card, said at the door.
    """
    units = list(Unit.objects.under([unit], day_of(at)).values_list("pk", flat=True))
    one_at_a_time(units)
    lacking = Household.objects.filter(unit__in=units, code="", gone_on=None)
    without = list(lacking.select_for_update().order_by("pk"))
    for household in without:
        household.code = "".join(secrets.choice(LETTERS) for _ in range(4))
    Household.objects.bulk_update(without, ["code"], batch_size=2000)
    if without:
        ledger.record(
            by=by, did="household.codes_given", to=without[0], unit=unit, at=at, facts={"count": len(without)}
        )
    return len(without)
