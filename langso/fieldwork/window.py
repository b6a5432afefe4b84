"""The window: what a book needs of the house, and of that only what changed since its cursor.

A cursor is `epoch.snapshot.marks`. The snapshot is the oldest transaction that was still running when the window was
read: whatever was written by it or later is sent again, so a row committed late is never skipped; sent twice, it is the
same row. The epoch names this very database: one that was restored or moved has another, and phones then bring back
what it lost. The marks are short digests of the small lists, which are sent whole when they changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

from langso.campaigns.queries import last_day, running
from langso.fieldwork.caller import Seat
from langso.questionnaires.queries import forms_of_window
from langso.units.statements import often
from langso.villages.topics import SKILLS, TOPICS, codes_of

COLUMNS = (
    "uid", "village", "head", "members", "needs", "skills", "consent", "version", "last_on", "last_result", "done",
    "next_on", "next",
)  # fmt: skip
SINCE_RECORDS = timedelta(days=90)
EVER = (1 << 63) - 1
_CURSOR = re.compile(r"([0-9a-f]{12})\.(\d{1,19})\.([0-9a-f]{0,60})", re.ASCII)

_EPOCH = """
select left(encode(sha256(((select system_identifier from pg_control_system())::text || ':' ||
    (select oid from pg_database where datname = current_database())::text || ':' ||
    (select timeline_id from pg_control_checkpoint())::text)::bytea), 'hex'), 12)
"""
_NOW = """
select pg_snapshot_xmin(pg_current_snapshot())::text,
    greatest(pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_current_xact_id_if_assigned()::text::bigint)
"""
_VILLAGES = """
select v.id, v.uid, v.name from teams_teamvillage s join villages_village v on v.id = s.village_id
where s.team_id = %s and s.valid @> %s::date order by v.sort_key, v.id
"""
_HOUSEHOLDS = """
select h.uid, v.uid, h.head_name, h.members_count, h.needs, h.skills, h.consent, h.version, h.last_on, h.last_result,
       h.done, h.next_on, h.next_step
from villages_household h join villages_village v on v.id = h.village_id
where h.village_id = any(%s::bigint[]) and h.gone_on is null and h.changed >= %s and h.changed <= %s
order by h.village_id, h.id
"""
# What left the window since: moved away, or now of a village that the team does not serve.
_GONE = """
select h.uid from villages_household h where h.unit_id = %s and h.changed >= %s and h.changed <= %s
    and (h.gone_on is not null or not h.village_id = any(%s::bigint[]))
"""
_REQUESTS = """
select q.uid, v.uid, h.uid, q.name, q.phone, q.topic, q.text, q.due_on, q.state
from visits_helprequest q left join villages_village v on v.id = q.village_id
left join villages_household h on h.id = q.household_id
where (q.team_id = %s or q.village_id = any(%s::bigint[])) and q.changed >= %s and q.changed <= %s
    and (%s::boolean or q.state in ('open', 'more'))
order by q.due_on, q.id
"""
_RECORDS = """
select r.uid, r.state, r.receipt, r.says, r.code from fieldwork_record r
where r.enrollment_id = any(%s::bigint[]) and r.changed >= %s and r.changed <= %s and r.received_at > %s
order by r.id desc
"""
_MINE = """
select e.id from fieldwork_enrollment e join fieldwork_enrollment me on me.id = %s
where e.member_id = me.member_id and (e.phone_id = me.phone_id or e.id = me.id)
"""
_COLLEAGUES = """
select m.full_name, e.unsent_count, e.spoke_at from fieldwork_enrollment e join teams_member m on m.id = e.member_id
left join fieldwork_phone p on p.id = e.phone_id
where m.team_id = %s and e.id <> %s and e.enrolled_at is not null and e.left_at is null and e.revoked_at is null
    and p.revoked_at is null and (upper(m.valid) is null or upper(m.valid) > %s::date)
order by m.sort_key, e.id
"""


_epochs: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def epoch_of(cursor: Any) -> str:
    """What names this database; asked once for each connection, which never leads to another."""
    connection = cursor.connection
    if connection not in _epochs:
        cursor.execute(_EPOCH)
        _epochs[connection] = str(cursor.fetchone()[0])
    return _epochs[connection]


def _now(cursor: Any) -> tuple[int, int]:
    """The oldest transaction that is still running, and the youngest that can be seen.

    Of what is committed none is younger than the snapshot's end; what this very transaction wrote may be.
    """
    cursor.execute(_NOW)
    oldest, ahead = cursor.fetchone()
    return int(oldest), int(ahead)


def window(seat: Seat, cursor_text: str) -> dict[str, Any]:
    """What the contract names, since the cursor.

    Cost: nine queries, whatever the number of households.
    """
    with often() as cursor:
        epoch, (oldest, ahead) = epoch_of(cursor), _now(cursor)
        since, marks = _read_cursor(cursor_text, epoch)
        cursor.execute(_VILLAGES, [seat.team, seat.today])
        villages = [] if seat.has_left else cursor.fetchall()  # who has left is handed nobody's household
        places = [pk for pk, _, _ in villages]
        small: list[tuple[str, Any]] = [
            ("me", {"uid": seat.member_uid, "name": seat.name, "address": seat.address, "role": seat.role}),
            ("team", {"uid": seat.team_uid, "name": seat.team_name}),
            ("villages", [{"uid": uid, "name": name} for _, uid, name in villages]),
            ("topics", [{"code": c, "label": w} for c, w in TOPICS.items()]),
            ("skills", [{"code": c, "label": w} for c, w in SKILLS.items()]),
            ("campaigns", _campaigns(seat)),
            ("forms", forms_of_window(seat.unit, seat.today)),
        ]
        digests = [_mark(part) for _, part in small]
        # A village more or less is another window: the small list of villages says so, and then all is sent.
        here = [name for name, _ in small].index("villages")
        whole = since == 0 or marks[here : here + 1] != digests[here : here + 1]
        # Rows of a restored database may bear numbers that this one has not reached yet: new only in a whole window.
        span = (0, EVER) if whole else (since, ahead)
        said: dict[str, Any] = {"at": seat.at.isoformat(), "epoch": epoch, "whole": whole}
        for place, ((name, part), digest) in enumerate(zip(small, digests, strict=True)):
            if whole or marks[place : place + 1] != [digest]:
                said[name] = part
        cursor.execute(_HOUSEHOLDS, [places, *span])
        rows = [_household(row) for row in cursor.fetchall()]
        said["households"] = {"columns": COLUMNS, "rows": rows} if rows or whole else {"columns": [], "rows": []}
        cursor.execute(_GONE, [seat.unit, *((EVER, EVER) if whole else span), places])
        said["gone"] = [uid for (uid,) in cursor.fetchall()] if not whole else []
        cursor.execute(_REQUESTS, [0 if seat.has_left else seat.team, places, *span, not whole])
        said["requests"] = [_request(row) for row in cursor.fetchall()]
        cursor.execute(_MINE, [seat.enrollment])
        mine = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_RECORDS, [mine, *span, seat.at - SINCE_RECORDS])
        said["records"] = [_record(row) for row in cursor.fetchall()]
        said["colleagues"] = _colleagues(cursor, seat) if seat.is_leader and not seat.has_left else []
    said["cursor"] = f"{epoch}.{oldest}.{''.join(digests)}"
    return said


def _read_cursor(text: str, epoch: str) -> tuple[int, list[str]]:
    found = _CURSOR.fullmatch(text)
    if not found or found[1] != epoch:
        return 0, []
    return int(found[2]), [found[3][i : i + 6] for i in range(0, len(found[3]), 6)]


def _mark(part: Any) -> str:
    return hashlib.sha256(json.dumps(part, sort_keys=True, default=str).encode()).hexdigest()[:6]


def _household(row: tuple[Any, ...]) -> list[Any]:
    uid, village, head, members, needs, skills, consent, version, last_on, last_result, done, next_on, following = row
    return [
        uid, village, head, members, codes_of(needs), codes_of(skills, SKILLS), consent, version,
        last_on, last_result, codes_of(done), next_on, following,
    ]  # fmt: skip


def _request(row: tuple[Any, ...]) -> dict[str, Any]:
    uid, village, household, name, phone, topic, text, due_on, state = row
    if state not in ("open", "more"):  # what is not needed any more is not sent along
        return {"uid": uid, "state": state}
    return {
        "uid": uid,
        "village": village,
        "household": household,
        "name": name,
        "phone": phone,
        "topic": topic,
        "text": text,
        "due_on": due_on,
        "state": "open",
    }


def _record(row: tuple[Any, ...]) -> dict[str, Any]:
    uid, state, receipt, says, code = row
    said = {"uid": uid, "state": state, "receipt": receipt}
    return said | ({"says": says} if says else {}) | ({"code": code} if code else {})


def _colleagues(cursor: Any, seat: Seat) -> list[dict[str, Any]]:
    cursor.execute(_COLLEAGUES, [seat.team, seat.enrollment, seat.today])
    return [{"name": name, "unsent": unsent, "spoke_at": spoke} for name, unsent, spoke in cursor.fetchall()]


def _campaigns(seat: Seat) -> list[dict[str, Any]]:
    return [
        {
            "uid": c.uid,
            "title": c.title,
            "topics": codes_of(c.topics),
            "from": c.valid.lower,
            "to": last_day(c),
            "target": float(c.target_share) if c.target_share is not None else None,
            "scripts": [{"title": s.title, "steps": s.steps} for s in c.scripts.all()],
            "form": c.form_id or None,
        }
        for c in running(seat.unit, seat.today)
    ]
