"""What came in is told to the ledger within minutes: one line a province, with the digest of all of it in order.

A line for each call would make the phones of a province queue behind one another; a record is put down with its own
digest the moment it comes, and the ledger's line, chained like every other, holds all of them in place afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from langso.fieldwork.models import Seal
from langso.ledger import actions as ledger
from langso.ledger.models import Entry
from langso.lib.period import day_of
from langso.people.permits import enter_as_machine

SETTLED = timedelta(minutes=2)  # longer than any transaction that puts records down: below, no number is still to come
MOST = 200_000

_ROWS = """
select t.province_code, r.id, r.uid, r.digest, r.unit_id from fieldwork_record r
join fieldwork_enrollment e on e.id = r.enrollment_id join teams_member m on m.id = e.member_id
join teams_team t on t.id = m.team_id
where r.id > %s and r.id <= %s and (%s::text is null or t.province_code = %s) order by t.province_code, r.id
"""


def digest_of(rows: Iterable[tuple[Any, bytes]]) -> str:
    """Of uid and content of the records in the order of their numbers."""
    whole = sha256()
    for uid, digest in rows:
        whole.update(uid.bytes + bytes(digest))
    return whole.hexdigest()


@transaction.atomic
def seal(*, at: datetime) -> int:
    """Tell the ledger of the records that have come since the last time; how many."""
    enter_as_machine(on=day_of(at))
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.fieldwork.seal', 0))")
        last = Seal.objects.order_by("-last_id").values_list("last_id", flat=True).first() or 0
        cursor.execute(
            "select max(id) from (select id, received_at from fieldwork_record where id > %s order by id limit %s) r"
            " where r.received_at < %s",
            [last, MOST, at - SETTLED],
        )
        (up_to,) = cursor.fetchone()
        if up_to is None:
            return 0
        cursor.execute(_ROWS, [last, up_to, None, None])
        rows = cursor.fetchall()
    made = Seal.objects.create(last_id=up_to, count=len(rows), at=at)
    for province, group in groupby(rows, key=lambda row: row[0]):
        records = list(group)
        ledger.record(
            by=None,
            did="records.received",
            to=made,
            unit=records[0][4],
            at=at,
            facts={
                "province": province,
                "after": last,
                "up_to": up_to,
                "count": len(records),
                "sha256": digest_of((uid, digest) for _, _, uid, digest, _ in records),
            },
        )
    return len(rows)


def broken_seals() -> list[str]:
    """Lines of the ledger whose records are not what they were; inside a transaction that reaches everywhere."""
    wrong = []
    for entry in Entry.objects.filter(did="records.received").order_by("pk"):
        facts = entry.facts
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [facts["after"], facts["up_to"], facts["province"], facts["province"]])
            mine = [(uid, digest) for _, _, uid, digest, _ in cursor.fetchall()]
        if (len(mine), digest_of(mine)) != (facts["count"], facts["sha256"]):
            wrong.append(f"quyển {entry.book}, dòng {entry.line}: bản ghi từ máy không còn như khi nhận")
    return wrong
