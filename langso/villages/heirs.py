"""What a name on a phone means today: a village that was merged stands for the one it went into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from langso.units.statements import often

_VILLAGES = """
with recursive heir as (
    select v.uid as asked, v.id, v.unit_id, v.province_code, v.name, v.merged_into_id, 0 as steps
    from villages_village v
    where v.uid = any(%s::uuid[])
    union all
    select h.asked, v.id, v.unit_id, v.province_code, v.name, v.merged_into_id, h.steps + 1
    from heir h join villages_village v on v.id = h.merged_into_id where h.steps < 20
)
select h.asked, h.id, h.unit_id, h.province_code, h.name, h.steps > 0 from heir h
where h.merged_into_id is null
  and h.unit_id in (select r.unit_id from units_reach r where r.root_id = %s::bigint and r.valid @> %s::date)
"""

_PARTS = """
with recursive part as (
    select %s::bigint as id
    union select v.id from part p join villages_village v on v.merged_into_id = p.id
)
select id from part
"""


@dataclass(frozen=True)
class Heir:
    """The village that a name on a phone means today."""

    id: int
    unit: int
    province_code: str
    name: str
    was_merged: bool


def villages_meant(uids: Sequence[UUID], *, unit: int, today: date) -> dict[UUID, Heir]:
    """The villages of a commune by the uids that phones know, merged ones through what they went into.

    Cost: one query.
    """
    if not uids:
        return {}
    with often() as cursor:
        cursor.execute(_VILLAGES, [list(uids), unit, today])
        return {asked: Heir(*rest) for asked, *rest in cursor.fetchall()}


def parts_of(village: int) -> list[int]:
    """A village and all that went into it: what was done there before is still named after them.

    Cost: one query.
    """
    with often() as cursor:
        cursor.execute(_PARTS, [village])
        return [pk for (pk,) in cursor.fetchall()]
