"""Filled forms that came from a phone: items of kind `submission`, and the form of a visit. Called by receiving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from langso.lib.refusal import Refused
from langso.questionnaires import rules
from langso.questionnaires.actions import From, write_answers
from langso.questionnaires.models import Way
from langso.questionnaires.queries import version_for
from langso.villages.household_rules import ERASED, HouseholdErased
from langso.villages.incoming import WRITTEN, Outcome, Writer, refused
from langso.villages.models import Household


@dataclass(frozen=True)
class IncomingForm:
    """One filled form: `household` is its uid, `form` the {id, version, answers} of the contract."""

    uid: UUID
    form: Mapping[str, Any]
    on: date
    household: UUID | None = None
    corrects: UUID | None = None


def read_submission(uid: UUID, body: Mapping[str, Any], *, on: date, household: UUID | None) -> IncomingForm:
    """An item of kind `submission`: its body names the form and the version beside the answers."""
    form = {"id": body.get("form"), "version": body.get("version"), "answers": body.get("answers")}
    return IncomingForm(uid, form, on, household)


def write_forms(
    items: Sequence[IncomingForm], *, by: Writer, at: datetime, today: date, forced: bool = False
) -> dict[UUID, Outcome]:
    """Each alone. A household that has not come yet holds its form back; `forced`, it is written without.

    Cost: one query for the households, then for each form one to find its version and one to write it.
    """
    if not items:
        return {}
    wanted = {item.household for item in items if item.household}
    found = Household.objects.filter(uid__in=wanted, unit=by.unit) if wanted else Household.objects.none()
    there = {household.uid: household for household in found.only("pk", "uid", "village_id", "head_name")}
    outcomes: dict[UUID, Outcome] = {}
    for item in items:
        household = there.get(item.household) if item.household else None
        if item.household and household is None and not forced:
            says = "Hộ của phiếu này chưa tới. Phiếu được giữ, ghi vào khi hộ tới."
            outcomes[item.uid] = Outcome("held", "HouseholdNotYet", says, item.household)
            continue
        if household is not None and household.head_name == ERASED:
            outcomes[item.uid] = refused(HouseholdErased(field="household"))
            continue
        try:
            with transaction.atomic():
                _write(item, household, by=by, at=at, today=today)
            outcomes[item.uid] = WRITTEN
        except Refused as refusal:
            outcomes[item.uid] = refused(refusal)
    return outcomes


def _write(item: IncomingForm, household: Household | None, *, by: Writer, at: datetime, today: date) -> None:
    """Refuses: FormUnknown, and what `write_answers` refuses."""
    code, version = str(item.form.get("id") or "")[:60], str(item.form.get("version") or "")[:40]
    answers = item.form.get("answers")
    found = version_for(code, version, by.unit, today)
    if found is None:
        raise rules.FormUnknown(code=code or "?", version=version or "?")
    source = From(
        by.unit,
        Way.APP,
        village=household.village_id if household else None,
        household=household.pk if household else None,
        member=by.member,
        person=by.person,
    )
    write_answers(
        uid=item.uid,
        version=found,
        answers=answers if isinstance(answers, Mapping) else {},
        source=source,
        made_on=item.on,
        at=at,
        corrects=item.corrects,
    )
