"""Photos and signatures of records: announced by the text, sent after it in pieces."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from langso.fieldwork import rules
from langso.fieldwork.caller import Seat
from langso.fieldwork.rules import Item
from langso.lib.vietnamese import nfc
from langso.units.statements import often

TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"RIFF": "image/webp"}


@dataclass(frozen=True)
class Standing:
    """How far a photo has come."""

    uid: UUID
    have: int
    size: int
    done: bool


_ANNOUNCE = """
insert into fieldwork_photo (uid, unit_id, enrollment_id, record_uid, name, content_type, sha256, size, have)
select uid, %s::bigint, %s::bigint, record, name, type, sha256, size, 0
from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::int[])
    as x (uid, record, name, type, sha256, size)
on conflict (uid) do update set record_uid = excluded.record_uid  -- a correction takes its photos along
    where exists (
        select 1 from fieldwork_enrollment e join teams_member m on m.id = e.member_id
        where e.id = fieldwork_photo.enrollment_id and m.team_id = %s::bigint
    )
"""


def announce(cursor: Any, seat: Seat, items: Sequence[Item]) -> None:
    """Put down which photos the texts speak of; what is not well said is left out, the text stands without it."""
    rows = [row for item in items for row in _said(item)]
    if rows:
        columns = (list(c) for c in zip(*rows, strict=True))
        cursor.execute(_ANNOUNCE, [seat.unit, seat.enrollment, *columns, seat.team])


def _said(item: Item) -> list[tuple[UUID, UUID, str, str, str, int]]:
    photos = item.body.get("photos")
    found = []
    for photo in photos[: rules.MOST_PHOTOS] if isinstance(photos, list) else ():
        if not isinstance(photo, Mapping):
            continue
        uid, size, digest = rules.read_uid(photo.get("uid")), photo.get("size"), photo.get("sha256")
        if uid is None or not isinstance(size, int) or not 0 < size <= rules.LARGEST_PHOTO:
            continue
        if not (isinstance(digest, str) and re.fullmatch(r"[0-9a-f]{64}", digest)):
            continue
        name, kind = nfc(str(photo.get("name") or ""))[:120], str(photo.get("type") or "image/jpeg")[:40]
        found.append((uid, item.uid, name, kind, digest, size))
    return found


_STANDING = """
select p.id, p.sha256, p.have, p.size, p.done_at is not null from fieldwork_photo p
join fieldwork_enrollment e on e.id = p.enrollment_id join teams_member m on m.id = e.member_id
where p.uid = %s and m.team_id = %s
"""


def standing(seat: Seat, uid: UUID) -> Standing:
    """Refuses: TextFirst."""
    return _row(seat, uid)[1]


def _row(seat: Seat, uid: UUID, *, lock: bool = False) -> tuple[tuple[int, str], Standing]:
    with often() as cursor:
        cursor.execute(_STANDING + (" for update of p" if lock else ""), [uid, seat.team])
        row = cursor.fetchone()
    if row is None:
        raise rules.TextFirst()
    pk, digest, have, size, done = row
    return (pk, digest), Standing(uid, have, size, done)


def take(seat: Seat, uid: UUID, start: int, content: bytes) -> Standing:
    """Add a piece. One that is there already, or lies before what is there, changes nothing; a gap is not filled over.

    When the last byte is there the checksum decides: if it is not the photo's, all is thrown away and begins anew.

    Refuses: TextFirst, PhotoWrong, PhotoTooLarge.
    """
    (pk, digest), now = _row(seat, uid, lock=True)
    if now.done or start != now.have or not content:
        return now
    have = start + len(content)
    if have > now.size:
        raise rules.PhotoTooLarge()
    with often() as cursor:
        cursor.execute(
            "insert into fieldwork_photopiece (photo_id, start, content) values (%s, %s, %s)", [pk, start, content]
        )
        if have < now.size:
            cursor.execute("update fieldwork_photo set have = %s where id = %s", [have, pk])
            return Standing(uid, have, now.size, False)
        whole = content if start == 0 else read(pk)
        kind = next((kind for magic, kind in TYPES.items() if whole.startswith(magic)), "")
        if hashlib.sha256(whole).hexdigest() != digest or not kind:
            cursor.execute("delete from fieldwork_photopiece where photo_id = %s", [pk])
            cursor.execute("update fieldwork_photo set have = 0 where id = %s", [pk])
            return Standing(uid, 0, now.size, False)
        cursor.execute(
            "update fieldwork_photo set have = %s, done_at = %s, content_type = %s where id = %s",
            [have, seat.at, kind, pk],
        )
    return Standing(uid, have, now.size, True)


def read(photo: int) -> bytes:
    """The bytes of a photo as far as they are there."""
    with often() as cursor:
        cursor.execute("select content from fieldwork_photopiece where photo_id = %s order by start", [photo])
        return b"".join(bytes(content) for (content,) in cursor.fetchall())
