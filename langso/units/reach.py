"""The closure that rights follow: who reaches whom, on which days."""

from django.db.backends.utils import CursorWrapper

# Two kinds of edge lead from a root down: "is the parent of", on the days of that fact, and "has absorbed", from the
# day of the succession on. A path holds on the days when all its edges hold.
_REBUILD = """
insert into units_reach (root_id, unit_id, valid)
with recursive edge as (
    select parent_id as upper_id, unit_id as lower_id, valid from units_unitparent
    union all
    select successor_id, predecessor_id, daterange("on", null) from units_succession
    where successor_id <> predecessor_id
), closure (root_id, unit_id, valid) as (
    select id, id, daterange(null, null) from units_unit
    union
    select c.root_id, e.lower_id, c.valid * e.valid
    from closure c join edge e on e.upper_id = c.unit_id
    where not isempty(c.valid * e.valid)
)
select distinct root_id, unit_id, valid from closure
"""


def rebuild(cursor: CursorWrapper) -> int:
    """Make `Reach` anew from parents and successions; returns its number of rows.

    Cost: one statement, about a second for the whole country.
    """
    cursor.execute("delete from units_reach")
    cursor.execute(_REBUILD)
    return int(cursor.rowcount)
