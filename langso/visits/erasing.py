"""Personal data that is not needed any more goes (Nghị định 13/2023/NĐ-CP): a year after an answer, or when asked for.

What was counted stays counted: rows keep their places, days and topics, names and words about persons are taken out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.villages.household_rules import ERASED
from langso.villages.models import Consent, Household, HouseholdVersion

KEPT = timedelta(days=365)

_REQUESTS = """
update visits_helprequest set name = '', phone = '', text = '', answers = '[]', erased_at = %s
where erased_at is null and answered_at < %s
"""


class AlreadyErased(Refused):
    says = "Tên của hộ này đã được xóa rồi."


def erase_old_requests(*, at: datetime) -> int:
    """Names, numbers and words of requests that were answered over a year ago; how many. Run daily."""
    with connection.cursor() as cursor:
        cursor.execute(_REQUESTS, [at, at - KEPT])
        return int(cursor.rowcount)


@transaction.atomic
def erase_household(*, household: Household, by: int | None, at: datetime) -> Household:
    """The household asked for it: its name goes from row, versions and requests, the notes of its visits go too.

    It is offered to no phone any more. Called by `fieldwork.erasing`, which has the commune's turn and sees to forms
    and to what phones sent. Refuses: AlreadyErased.
    """
    row = Household.objects.select_for_update().get(pk=household.pk)
    if row.head_name == ERASED:
        raise AlreadyErased()
    row.head_name, row.members_count, row.skills, row.needs, row.next_step = ERASED, None, 0, 0, ""
    row.consent, row.code, row.gone_on = Consent.NO, "", row.gone_on or day_of(at)
    row.version += 1
    row.save()
    # A version of everything: what a phone still holds unsent meets it.
    HouseholdVersion.objects.create(
        unit_id=row.unit_id,
        household=row,
        version=row.version,
        fields={"consent": "no", "gone": True},
        state=HouseholdVersion.State.APPLIED,
        person_id=by,
        at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "update villages_householdversion set fields = fields - '{head,members,skills,needs}'::text[],"
            " before = before - '{head,members,skills,needs}'::text[] where household_id = %s",
            [row.pk],
        )
        cursor.execute("update visits_visit set note = '', next_step = '' where household_id = %s", [row.pk])
        cursor.execute(
            "update visits_spotcheck set note = '' where visit_id in"
            " (select id from visits_visit where household_id = %s)",
            [row.pk],
        )
        cursor.execute(
            "update visits_helprequest set name = '', phone = '', text = '', answers = '[]',"
            " erased_at = %s where household_id = %s and erased_at is null",
            [at, row.pk],
        )
    ledger.record(by=by, did="household.erased", to=row, unit=row.unit_id, at=at)
    return row
