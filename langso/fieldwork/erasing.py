"""Erasing a household everywhere: its row and visits, the forms about it, what phones sent of it, its pictures."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from langso.villages.models import Household
from langso.villages.turn import one_at_a_time
from langso.visits import erasing

# Bodies are kept only of what waits or was refused; a visit names its household, an edit its entity.
_BODIES = """
update fieldwork_record set body = null
where unit_id = %s and body is not null and (body->>'household' = %s or body->>'entity' = %s)
"""
_PICTURES = """
select p.id from fieldwork_photo p join visits_visit v on v.uid = p.record_uid where v.household_id = %s
union
select p.id from fieldwork_photo p join fieldwork_record r on r.uid = p.record_uid
where r.unit_id = %s and (r.body->>'household' = %s or r.body->>'entity' = %s)
"""


@transaction.atomic
def erase_household(*, household: Household, by: int | None, at: datetime) -> Household:
    """Refuses: AlreadyErased."""
    one_at_a_time([household.unit_id])
    uid = str(household.uid)
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES, [household.pk, household.unit_id, uid, uid])
        pictures = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("delete from fieldwork_photopiece where photo_id = any(%s)", [pictures])
        # Done, so that no phone is asked for what it has not sent yet.
        cursor.execute("update fieldwork_photo set have = 0, done_at = %s where id = any(%s)", [at, pictures])
        cursor.execute(_BODIES, [household.unit_id, uid, uid])
        cursor.execute("update questionnaires_filledform set answers = '{}' where household_id = %s", [household.pk])
    return erasing.erase_household(household=household, by=by, at=at)
