"""Receiving: each item is put down first, once; then it is written, held, kept beside another, or refused in words.

`receive` is the one way in, for the app, for parcels and for OpenRosa. It runs inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from langso.fieldwork import photos, rules
from langso.fieldwork.caller import Seat
from langso.fieldwork.kinds import WRITERS
from langso.fieldwork.rules import Answer, Clock, Item
from langso.lib.period import day_of
from langso.lib.storable import storable
from langso.units.statements import as_rows, often
from langso.villages.household_rules import EntityTaken, HouseholdErased
from langso.villages.incoming import Outcome, refused
from langso.villages.turn import one_at_a_time
from langso.visits.models import Origin


@dataclass(frozen=True)
class Put:
    """An item that is being written, with the moment at which it was really made."""

    item: Item
    made_at: datetime
    clock: Clock | None  # none when it is replayed: its days have been restated then

    def day(self, text: Any) -> date | None:
        found = rules.read_plain_day(text)
        if found is None or self.clock is None:
            return found
        return self.clock.day(found, self.item.made_at)


_HELD = """exists (
    select 1 from fieldwork_record r where r.state = 'held' and r.state <> 'written' and r.unit_id = %s::bigint
)"""
_PUT_ROW = ("uid", "kind", "digest", "made_at")
# Put down first: who sends the same uid at the same time waits here, and then finds it. The receipt is the number that
# the row was given, after the initials of the commune. Sorted, so that two batches cannot wait for each other.
_PUT = f"""
insert into fieldwork_record (id, uid, unit_id, enrollment_id, kind, digest, state, receipt, code, says, made_at,
    received_at)
select n, uid, %s::bigint, %s::bigint, kind, digest, 'written', %s::text || lpad((n / 10000)::text, 4, '0') || '-' ||
    lpad((n %% 10000)::text, 4, '0'), '', '', made_at, %s::timestamptz
from (
    select nextval('fieldwork_record_id_seq') as n, x.*
    from jsonb_to_recordset(%s::jsonb) as x (uid uuid, kind text, digest bytea, made_at timestamptz)
    order by x.uid
) y
on conflict (uid) do nothing
returning uid, receipt, {_HELD}
"""  # noqa: S608  a part of this file
_THERE = """
select r.uid, r.digest, r.state, r.receipt, r.code, r.says, m.team_id
from fieldwork_record r join fieldwork_enrollment e on e.id = r.enrollment_id join teams_member m on m.id = e.member_id
where r.uid = any(%s::uuid[])
"""
_MARK = """
update fieldwork_record r set state = x.state, code = x.code, says = x.says, waits_for = x.waits_for,
    wait_until = x.wait_until, body = x.body::jsonb, answered_at = x.answered_at
from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::timestamptz[], %s::text[],
    %s::timestamptz[]) as x (uid, state, code, says, waits_for, wait_until, body, answered_at)
where r.uid = x.uid
"""
_PREFIX = """
select upper(string_agg(left(word, 1), '')) || '-' from (
    select regexp_split_to_table(n.folded, ' ') as word from units_unitname n
    where n.unit_id = %s and n.valid @> %s::date
) w
"""


def receive(
    seat: Seat,
    items: Sequence[Item],
    *,
    clock: Clock | None = None,
    origin: str = Origin.FIELD,
) -> list[Answer]:
    """The answers to the items, in their order.  Inside a transaction whose net is the seat's.

    Sent again, an item gets the answer it got, whoever sends it for the same team.
    The ledger hears of it within minutes, for all together (`sealing.py`): a line each would make a province queue.
    Cost: one statement to put all down, then those of each kind (`WRITERS`).
    """
    if not items:
        return []
    at = seat.at
    one_at_a_time([seat.unit])
    first = {item.uid: item for item in items}  # the same uid twice in one batch is one
    clock = clock or Clock(at, at, seat.enrolled_at)
    with often() as cursor:
        receipts, any_held = _put_down(cursor, seat, list(first.values()), clock)
        answers = _answers_there(cursor, seat, [i for i in first.values() if i.uid not in receipts])
        new = sorted((i for i in first.values() if i.uid in receipts), key=lambda i: (i.seq, i.made_at))
        outcomes = _write(seat, new, clock, origin)
        for item in new:
            out = outcomes[item.uid]
            answers[item.uid] = Answer(item.uid, out.state, receipts[item.uid], out.says, out.code, out.version)
        _mark(cursor, [(i, outcomes[i.uid]) for i in new if outcomes[i.uid].state != "written"], clock, at=at)
        _keep_words(cursor, [(i.uid, outcomes[i.uid].says) for i in new if outcomes[i.uid].state == "written"])
        # Those of refused ones too: the commune may take them over.
        photos.announce(cursor, seat, [i for i in new if not _is_erased(outcomes[i.uid])])
    if new and (any_held or any(out.state == "held" for out in outcomes.values())):
        replay(seat, at=at)
    return [_same_or_other(item, first[item.uid], answers[item.uid]) for item in items]


def _same_or_other(item: Item, first: Item, answer: Answer) -> Answer:
    if item is first or item.digest == first.digest:
        return answer
    return _refusal(item.uid, rules.OtherContent())


def _refusal(uid: UUID, refused: rules.FieldRefused) -> Answer:
    return Answer(uid, "refused", "", refused.sentence, type(refused).__name__)


def _put_down(cursor: Any, seat: Seat, items: Sequence[Item], clock: Clock) -> tuple[dict[UUID, str], bool]:
    """The receipts of those that are new, and whether the commune has held items that they may let through."""
    cursor.execute(
        _PUT,
        [
            seat.unit,
            seat.enrollment,
            prefix_of(cursor, seat.unit, seat.today),
            seat.at,
            as_rows(_PUT_ROW, ((i.uid, i.kind, f"\\x{i.digest.hex()}", clock.moment(i.made_at)) for i in items)),
            seat.unit,
        ],
    )
    rows = cursor.fetchall()
    return {uid: receipt for uid, receipt, _ in rows}, any(held for _, _, held in rows)


_prefixes: dict[tuple[int, date], str] = {}


def prefix_of(cursor: Any, unit: int, today: date) -> str:
    """Initials of the commune for its receipts; asked once a day in each process."""
    if (unit, today) not in _prefixes:
        if len(_prefixes) > 10_000:
            _prefixes.clear()
        cursor.execute(_PREFIX, [unit, today])
        _prefixes[unit, today] = (cursor.fetchone()[0] or "X-")[-6:]
    return _prefixes[unit, today]


def _answers_there(cursor: Any, seat: Seat, items: Sequence[Item]) -> dict[UUID, Answer]:
    """What was answered before; what another team owns, seen or not, is not told."""
    if not items:
        return {}
    cursor.execute(_THERE, [[i.uid for i in items]])
    there = {row[0]: row[1:] for row in cursor.fetchall()}
    answers = {}
    for item in items:
        found = there.get(item.uid)
        if found is None or found[5] != seat.team:
            answers[item.uid] = _refusal(item.uid, rules.OtherTeam())
        elif bytes(found[0]) != item.digest:
            answers[item.uid] = _refusal(item.uid, rules.OtherContent())
        else:
            answers[item.uid] = Answer(item.uid, found[1], found[2], found[4], found[3])
    return answers


def _write(
    seat: Seat, items: Sequence[Item], clock: Clock | None, origin: str, *, forced: bool = False
) -> dict[UUID, Outcome]:
    """All of them; where the database itself turns one away, each alone, so that it hurts nobody but itself."""
    if not items:
        return {}
    try:
        with transaction.atomic():
            return _write_kinds(seat, items, clock, origin, forced=forced)
    except (DataError, IntegrityError):
        if len(items) == 1:
            taken = items[0].kind == "household"  # a number that another commune has used
            return {items[0].uid: refused(EntityTaken() if taken else rules.ItemUnreadable(what="nội dung"))}
    outcomes: dict[UUID, Outcome] = {}
    for item in items:
        outcomes |= _write(seat, [item], clock, origin, forced=forced)
    return outcomes


def _write_kinds(
    seat: Seat, items: Sequence[Item], clock: Clock | None, origin: str, *, forced: bool
) -> dict[UUID, Outcome]:
    """Kind by kind, in the order in which they may need each other: a household before its visits."""
    outcomes: dict[UUID, Outcome] = {}
    for kind, write in WRITERS.items():
        puts = []
        for item in items:
            if item.kind != kind:
                continue
            made_at = clock.moment(item.made_at) if clock else item.made_at
            if seat.term_ended_on is not None and day_of(made_at) >= seat.term_ended_on:
                after = rules.AfterTerm(day=seat.term_ended_on)
                outcomes[item.uid] = Outcome("refused", "AfterTerm", after.sentence)
                continue
            puts.append(Put(item, made_at, clock))
        if puts:
            outcomes |= write(puts, seat.writer(origin), seat.at, forced)
    for item in items:
        if clock and outcomes[item.uid].state == "written" and clock.is_lost(item.made_at):
            says = "Đồng hồ máy sai lúc ghi nên ngày được tính theo ngày gửi. Xem lại ngày, sửa nếu cần."
            outcomes[item.uid] = Outcome("written", "ClockLost", says, version=outcomes[item.uid].version)
    return outcomes


def _is_erased(out: Outcome) -> bool:
    """Of a household that asked to be erased: not even what was refused is kept."""
    return out.code == HouseholdErased.__name__


def _restated(item: Item, clock: Clock | None) -> dict[str, Any]:
    """The body as it is kept: with the days that were meant, so that it can be written later without the clock."""
    body = dict(item.body)
    if clock is not None:
        for name in ("on", "next_on"):
            day = rules.read_plain_day(body.get(name))
            if day is not None:
                body[name] = clock.day(day, item.made_at).isoformat()
    return body


def _mark(
    cursor: Any, marked: Sequence[tuple[Item, Outcome]], clock: Clock | None, *, at: datetime, again: bool = False
) -> None:
    """Write down the answer of those that did not simply become rows, with their content."""
    if not marked:
        return
    rows = [
        (
            item.uid,
            out.state,
            out.code[:40],
            out.says[:400],
            out.waits_for,
            at + rules.WAIT if out.waits_for and not again else None,
            None
            if out.state == "written" or _is_erased(out)
            else json.dumps(storable(_restated(item, clock)), ensure_ascii=False),
            at if again else None,
        )
        for item, out in marked
    ]
    cursor.execute(_MARK, [list(column) for column in zip(*rows, strict=True)])


def _keep_words(cursor: Any, said: Sequence[tuple[UUID, str]]) -> None:
    """The words that went with a plain „written”: sent again, they are told again."""
    told = [(uid, says) for uid, says in said if says]
    if told:
        cursor.execute(
            "update fieldwork_record r set says = x.says from unnest(%s::uuid[], %s::text[]) as x (uid, says)"
            " where r.uid = x.uid",
            [[uid for uid, _ in told], [says[:400] for _, says in told]],
        )


# Held, and what it waits for is there: a row, or of a run of edits the step before (a first one is simply tried). Each
# is looked up by its index: written as `exists`, these would be answered by reading the three tables whole.
_READY = """
select r.uid, r.kind, r.body, r.made_at, r.digest, r.enrollment_id from fieldwork_record r
where r.state = 'held' and r.state <> 'written' and r.unit_id = %s::bigint and (
    case when r.code <> 'EarlierEditNotYet' then false
        when r.body->>'base' = '1' or r.body->>'branch' !~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
        then true
        else (
            select true from villages_householdversion e
            where e.branch = (r.body->>'branch')::uuid and e.base = (r.body->>'base')::int - 1 limit 1
        ) end
    or (select true from villages_household h where h.uid = r.waits_for)
    or (select true from visits_visit v where v.uid = r.waits_for)
    or (select true from visits_gathering g where g.uid = r.waits_for)
)
order by r.made_at, r.id for update skip locked
"""


def replay(seat: Seat, *, at: datetime) -> int:
    """Write the held items of the commune whose gap has been filled; how many.

    Also called with each pull: whoever came in at the very same time as what it waited for is found then.
    Cost: one look at a small index when nothing is held.
    """
    done = 0
    for _ in range(rules.MOST_ITEMS):
        with often() as cursor:
            cursor.execute(f"select {_HELD}", [seat.unit])
            if not cursor.fetchone()[0]:
                return done
            one_at_a_time([seat.unit])
            cursor.execute(_READY, [seat.unit])
            rows = cursor.fetchall()
        moved = _write_again(rows, at=at) if rows else 0
        done += moved
        if not moved:
            return done
    return done


_SEATS = """
select e.id, e.seat, e.unit_id, m.id, m.uid, m.full_name, m.address, m.role, t.id, t.uid, t.name, t.province_code,
       m.valid, e.token_digest, coalesce(e.enrolled_at, e.made_at)
from fieldwork_enrollment e join teams_member m on m.id = e.member_id join teams_team t on t.id = m.team_id
where e.id = any(%s::bigint[])
"""


def _seats(ids: Sequence[int], at: datetime) -> dict[int, Seat]:
    """Those who had sent what is written now in their name."""
    with often() as cursor:
        cursor.execute(_SEATS, [sorted(set(ids))])
        found = {}
        for row in cursor.fetchall():
            *who, term, digest, enrolled_at = row
            found[row[0]] = Seat(*(*who, term.upper, bytes(digest or b""), enrolled_at, at))
        return found


def _write_again(rows: Sequence[tuple[Any, ...]], *, at: datetime, forced: bool = False) -> int:
    """Try held items once more, each in the name of who sent it; how many are no longer held."""
    seats = _seats([row[5] for row in rows], at)
    one_at_a_time({seat.unit for seat in seats.values()})
    moved = 0
    for enrollment, seat in seats.items():
        items = [
            Item(uid, kind, _body(body), made_at.astimezone(UTC), 0, bytes(digest))
            for uid, kind, body, made_at, digest, owner in rows
            if owner == enrollment
        ]
        outcomes = _write(seat, items, None, Origin.FIELD, forced=forced)
        settled = [(i, outcomes[i.uid]) for i in items if outcomes[i.uid].state != "held"]
        with often() as cursor:
            _mark(cursor, settled, None, at=at, again=True)
        moved += len(settled)
    return moved


def _body(kept: Any) -> dict[str, Any]:
    found = json.loads(kept) if isinstance(kept, str) else kept
    return found if isinstance(found, dict) else {}


_OVERDUE = """
select r.uid, r.kind, r.body, r.made_at, r.digest, r.enrollment_id from fieldwork_record r
where r.state = 'held' and r.wait_until < %s order by r.made_at, r.id limit 500 for update skip locked
"""


def force_overdue(*, at: datetime) -> int:
    """What has waited five days is written without what never came, or refused in words; how many.

    Run daily (`langso remind`), in a transaction that reaches the whole country.
    """
    total = 0
    while True:
        with often() as cursor:
            cursor.execute(_OVERDUE, [at])
            rows = cursor.fetchall()
        moved = _write_again(rows, at=at, forced=True) if rows else 0
        total += moved
        if not moved:
            return total
