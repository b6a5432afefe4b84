"""Writing visits, many at once: read what stands, decide in memory, write in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from langso.lib.period import day_of, write_day
from langso.units.statements import as_rows, often
from langso.villages.household_rules import ERASED, HouseholdErased, OtherVillage
from langso.villages.incoming import WRITTEN, Outcome, Writer, refused
from langso.visits import rules, tallying
from langso.visits.models import VisitState
from langso.visits.rules import VisitFacts
from langso.visits.tallying import Counted

_NEW = 1 << 62  # new rows come after all that stand, in the order in which they were said


@dataclass(frozen=True)
class IncomingVisit:
    uid: UUID
    household: UUID
    facts: VisitFacts
    made_at: datetime
    corrects: UUID | None = None
    campaign: UUID | None = None


@dataclass
class _House:
    id: int
    unit: int
    province: str
    village: int
    head: str
    code: str
    gone_on: date | None
    is_served: bool = True  # by the team that writes; the desk writes everywhere
    touched: bool = False


@dataclass
class _Row:
    """A visit that stands or is about to."""

    counted: Counted
    uid: UUID
    member: int | None
    person: int | None
    team: int | None
    who: str
    state: str
    next_on: date | None
    next_step: str
    replaced: bool = False
    new: IncomingVisit | None = None
    corrects: _Row | None = None
    was: tuple[str, bool] = ("", False)

    @property
    def stands(self) -> bool:
        return not self.replaced

    @property
    def counts(self) -> bool:
        return self.stands and self.state == VisitState.COUNTED


@dataclass
class _Ground:
    """All visits of the households that a batch touches, locked."""

    houses: dict[UUID, _House] = field(default_factory=dict)
    rows: list[_Row] = field(default_factory=list)
    by_uid: dict[UUID, _Row] = field(default_factory=dict)
    by_house: dict[int, list[_Row]] = field(default_factory=dict)

    def put(self, row: _Row) -> None:
        self.rows.append(row)
        self.by_uid[row.uid] = row
        self.by_house.setdefault(row.counted.household, []).append(row)

    def counted(self) -> list[Counted]:
        return [r.counted if r.counts else r.counted.without_counting() for r in self.rows]


_SERVED = """
with recursive served as (
    select s.village_id as id from teams_teamvillage s where s.team_id = %s::bigint and not isempty(s.valid)
    union
    select v.merged_into_id from served join villages_village v on v.id = served.id where v.merged_into_id is not null
)
"""
_HOUSE = "h.uid, h.id, h.unit_id, h.province_code, h.village_id, h.head_name, h.code, h.gone_on"
_HOUSES = f"""
{_SERVED}
select {_HOUSE}, %s::bigint is null or h.village_id in (select id from served)
from villages_household h
where h.id = any (array(
    select k.id from villages_household k where k.uid = any(%s::uuid[])
    union select v.household_id from visits_visit v where v.uid = any(%s::uuid[])
))
order by h.id for update of h
"""  # noqa: S608  parts of this file alone
_HOUSES_BY_ID = f"""
select {_HOUSE} from villages_household h where h.id = any(%s::bigint[]) order by h.id for update
"""  # noqa: S608
_ROWS = """
select v.id, v.uid, v.unit_id, v.province_code, v.village_id, v.household_id, v.visited_on, v.topics, v.result, v.proof,
       v.member_id, v.person_id, v.team_id, v.state, v.next_on, v.next_step, v.replaced_at is not null,
       coalesce(m.address || ' ' || m.full_name, '')
from visits_visit v left join teams_member m on m.id = v.member_id
where v.household_id = any(%s::bigint[]) order by v.id
"""
_NEW_ROW = (
    "uid", "unit", "province", "village", "household", "visited_on", "topics", "result", "next_on", "next_step", "note",
    "proof", "campaign", "corrects", "state", "made_at",
)  # fmt: skip
_INSERT = """
insert into visits_visit (uid, unit_id, province_code, village_id, household_id, team_id, member_id, person_id,
    visited_on, topics, result, next_on, next_step, note, proof, campaign_uid, corrects_id, state, origin, made_at,
    received_at)
select uid, unit, province, village, household, %s::bigint, %s::bigint, %s::bigint, visited_on, topics, result, next_on,
    next_step, note, proof, campaign, corrects, state, %s::text, made_at, %s::timestamptz
from jsonb_to_recordset(%s::jsonb) as x (uid uuid, unit bigint, province text, village bigint, household bigint,
    visited_on date, topics int, result text, next_on date, next_step text, note text, proof text, campaign uuid,
    corrects bigint, state text, made_at timestamptz)
returning uid, id
"""
# Arrays here: of them PostgreSQL takes few for granted, and finds the households by their key.
_HOUSES_AFTER = """
update villages_household h set done = x.done, last_on = x.last_on, last_result = x.last_result, next_on = x.next_on,
    next_step = x.next_step
from unnest(%s::bigint[], %s::int[], %s::date[], %s::text[], %s::date[], %s::text[])
    as x (id, done, last_on, last_result, next_on, next_step)
where h.id = x.id
"""


def write_visits(
    incoming: Sequence[IncomingVisit], *, by: Writer, at: datetime, forced: bool = False
) -> dict[UUID, Outcome]:
    """Write each visit once its household is known; the rest is held, or both are kept.  Inside a transaction.

    `forced`: the time to wait is over, what is still missing is refused. Nothing here is sent twice: the caller has put
    each uid down first.
    Cost: two reads, at most five writes, whatever their number.
    """
    if not incoming:
        return {}
    ground = _read_ground(incoming, by.team if by.person is None else None)
    before = tallying.contributions(ground.counted())
    outcomes: dict[UUID, Outcome] = {}
    for visit in incoming:
        outcomes[visit.uid] = _decide(ground, visit, by, today=day_of(at), forced=forced)
    _write(ground, by, at)
    tallying.add(tallying.difference(tallying.contributions(ground.counted()), before))
    return outcomes


def villages_served(team: int) -> frozenset[int]:
    """The villages that a team serves or has served, merged ones through what they went into.  Cost: one query."""
    with often() as cursor:
        cursor.execute(_SERVED + "select id from served", [team])  # noqa: S608
        return frozenset(pk for (pk,) in cursor.fetchall())


def _read_ground(incoming: Iterable[IncomingVisit], team: int | None) -> _Ground:
    visits = list(incoming)
    corrected = [v.corrects for v in visits if v.corrects]
    ground = _Ground()
    with often() as cursor:
        cursor.execute(_HOUSES, [team, team, [v.household for v in visits], corrected])
        for uid, *rest in cursor.fetchall():
            ground.houses[uid] = _House(*rest)
        if ground.houses:
            _read_rows(cursor, ground)
    return ground


def ground_of(households: Sequence[int]) -> _Ground:
    """All visits of some households, the households locked; for those who change how visits count."""
    ground = _Ground()
    with often() as cursor:
        cursor.execute(_HOUSES_BY_ID, [list(households)])
        for uid, *rest in cursor.fetchall():
            ground.houses[uid] = replace(_House(*rest), touched=True)
        if ground.houses:
            _read_rows(cursor, ground)
    return ground


def renew_houses(ground: _Ground) -> None:
    """Write anew what the visits say of their households."""
    with often() as cursor:
        _renew_houses(cursor, ground)


def _read_rows(cursor: Any, ground: _Ground) -> None:
    cursor.execute(_ROWS, [[h.id for h in ground.houses.values()]])
    for pk, uid, unit, prov, village, house, on, topics, result, proof, *rest in cursor.fetchall():
        member, person, team, state, next_on, next_step, replaced, who = rest
        counted = Counted(pk, unit, prov, village, house, on, topics, result, proof)
        was = (state, replaced)
        ground.put(_Row(counted, uid, member, person, team, who, state, next_on, next_step, replaced, was=was))


def _decide(ground: _Ground, visit: IncomingVisit, by: Writer, *, today: date, forced: bool) -> Outcome:
    house = ground.houses.get(visit.household)
    if house is None:
        if forced:
            return refused(rules.HouseholdUnknown(field="household"))
        return Outcome("held", "HouseholdNotYet", "Chờ hộ mới này được gửi tới.", visit.household)
    facts = visit.facts
    if house.head == ERASED:
        return refused(HouseholdErased(field="household"))
    if not house.is_served:
        return refused(OtherVillage(field="household"))
    if house.gone_on is not None and facts.on > house.gone_on:
        return refused(rules.HouseholdGone(field="household", day=house.gone_on))
    old: _Row | None = None
    if visit.corrects is not None:
        old = ground.by_uid.get(visit.corrects)
        if old is None and not forced:
            return Outcome("held", "OriginalNotYet", "Chờ bản cần sửa được gửi tới.", visit.corrects)
        if old is None or (by.team is not None and old.team != by.team):
            return refused(rules.CorrectsUnknown(field="corrects"))
    proof, says = _proof(house, facts)
    state, outcome = _standing(ground, visit, old, house, by)
    counted = Counted(
        _NEW + len(ground.rows), house.unit, house.province, house.village, house.id, facts.on, facts.topics,
        facts.result, proof,
    )  # fmt: skip
    ground.put(
        _Row(
            counted, visit.uid, by.member, by.person, by.team, "", state, facts.next_on, facts.next_step,
            new=visit, corrects=old,
        )
    )  # fmt: skip
    house.touched = True
    if outcome is not WRITTEN:
        return outcome
    if state == VisitState.AGAIN:
        says = f"Hộ này đã có lượt ngày {write_day(facts.on)} của anh, chị. Lượt này được giữ, không tính thêm."
    return Outcome("written", says=says) if says else WRITTEN


def _proof(house: _House, facts: VisitFacts) -> tuple[str, str]:
    if facts.proof != "code":
        return facts.proof, ""
    if house.code and facts.code == house.code:
        return "code", ""
    return "wrong", "Mã hộ không khớp với sổ của xã: lượt vẫn được ghi, chưa có xác nhận của hộ."


def _standing(
    ground: _Ground, visit: IncomingVisit, old: _Row | None, house: _House, by: Writer
) -> tuple[str, Outcome]:
    """How the new one stands beside those that are there."""
    if old is not None:
        if old.replaced:
            says = "Bản này đã được người khác sửa trước. Giữ cả hai bản sửa, nhờ xã chọn."
            return VisitState.DOUBLED, Outcome("conflict", "CorrectedTwice", says)
        old.replaced = True
        next(h for h in ground.houses.values() if h.id == old.counted.household).touched = True
        _stand_in_for(ground, old)
        if old.state == VisitState.ASIDE:  # a person chose against it: so she did against its correction
            return VisitState.ASIDE, WRITTEN
    same_day = [r for r in ground.by_house.get(house.id, ()) if r.stands and r.counted.on == visit.facts.on]
    if any((r.member, r.person) == (by.member, by.person) and r.state != VisitState.ASIDE for r in same_day):
        return VisitState.AGAIN, WRITTEN
    other = next((r for r in same_day if r.state in (VisitState.COUNTED, VisitState.DOUBLED)), None)
    if other is not None:
        who = other.who.strip() or "Cán bộ xã"
        who = f"{who[:1].upper()}{who[1:]}"
        says = f"{who} cũng ghi hộ này cùng ngày {write_day(visit.facts.on)}. Giữ cả hai, nhờ người chọn."
        return VisitState.DOUBLED, Outcome("conflict", "SameDay", says)
    return VisitState.COUNTED, WRITTEN


def _stand_in_for(ground: _Ground, old: _Row) -> None:
    """Where the counted visit of a day is corrected away, the same person's second one of that day counts."""
    if old.state != VisitState.COUNTED:
        return
    for row in ground.by_house.get(old.counted.household, ()):
        is_same = (row.member, row.person, row.counted.on) == (old.member, old.person, old.counted.on)
        if is_same and row.stands and row is not old and row.state == VisitState.AGAIN:
            row.state = VisitState.COUNTED
            return


def _write(ground: _Ground, by: Writer, at: datetime) -> None:
    new = [r for r in ground.rows if r.new is not None]
    if not new:
        return
    in_this_batch = [r for r in new if r.corrects is not None and r.corrects.new is not None]
    with often() as cursor:
        made = _insert(cursor, [r for r in new if r not in in_this_batch], by, at, {})
        while in_this_batch:  # a correction of a correction of a visit, all in one batch: in their order
            ready = [r for r in in_this_batch if r.corrects is not None and r.corrects.uid in made]
            made |= _insert(cursor, ready, by, at, made)
            in_this_batch = [r for r in in_this_batch if r not in ready]
        replaced = [made.get(r.uid, r.counted.id) for r in ground.rows if r.replaced and not r.was[1]]
        if replaced:
            cursor.execute(
                "update visits_visit set replaced_at = %s::timestamptz where id = any(%s::bigint[])", [at, replaced]
            )
        now_counted = [r.counted.id for r in ground.rows if r.new is None and r.state != r.was[0]]
        if now_counted:
            cursor.execute("update visits_visit set state = 'counted' where id = any(%s::bigint[])", [now_counted])
        _renew_houses(cursor, ground)


def _insert(cursor: Any, rows: Sequence[_Row], by: Writer, at: datetime, made: Mapping[UUID, int]) -> dict[UUID, int]:
    if not rows:
        return {}
    values = []
    for row in rows:
        c, visit = row.counted, row.new
        assert visit is not None
        corrects = None if row.corrects is None else made.get(row.corrects.uid, row.corrects.counted.id)
        values.append((
            visit.uid, c.unit, c.province, c.village, c.household, c.on, c.topics, c.result, visit.facts.next_on,
            visit.facts.next_step, visit.facts.note, c.proof, visit.campaign, corrects, row.state, visit.made_at,
        ))  # fmt: skip
    cursor.execute(_INSERT, [by.team, by.member, by.person, by.origin, at, as_rows(_NEW_ROW, values)])
    return dict(cursor.fetchall())


def _renew_houses(cursor: Any, ground: _Ground) -> None:
    """What a household's visits say of it, from all of them: a correction can take back as well as add."""
    columns: list[list[Any]] = [[] for _ in range(6)]
    for house in ground.houses.values():
        if not house.touched:
            continue
        standing = [r for r in ground.by_house.get(house.id, ()) if r.stands and r.state != VisitState.ASIDE]
        done = 0
        for row in standing:
            done |= row.counted.topics if row.counted.result in tallying.GUIDED else 0
        last = max(standing, key=lambda r: (r.counted.on, r.counted.id), default=None)
        values = (
            house.id,
            done,
            last.counted.on if last else None,
            last.counted.result if last else "",
            last.next_on if last else None,
            last.next_step if last else "",
        )
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    if columns[0]:
        cursor.execute(_HOUSES_AFTER, columns)
