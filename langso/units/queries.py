"""Reads about places: lists on a day, one unit by code and day, what it was and became."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from langso.units.models import Level, Relation, ShareBasis, Succession, Unit, UnitCode, UnitName
from langso.units.rules import CodeUnknown, check_listed


@dataclass(frozen=True)
class Named:
    """A unit as it was on a day, and the days on which all of that held: code, name, kind, parent and province.

    `valid_from` None = from before our record, `valid_to` None = still so. A unit whose province or name changed goes
    on, with another such row; `began_on` and `ended_on` are the days of the unit itself.
    """

    id: int
    level: str
    code: str
    name: str
    short_name: str
    kind: str
    sort_key: str
    parent_id: int | None
    parent_code: str
    province_id: int | None
    province_code: str
    province_name: str
    valid_from: date | None
    valid_to: date | None
    began_on: date | None
    ended_on: date | None

    @property
    def last_day(self) -> date | None:
        return date.fromordinal(self.valid_to.toordinal() - 1) if self.valid_to else None

    @property
    def address(self) -> str:
        """Where its page is: by code as it is now, by code and last day as it was before."""
        return f"/noi/{self.code}/{self.last_day}/" if self.last_day else f"/noi/{self.code}/"

    @property
    def in_province(self) -> str:
        return "" if self.level == Level.PROVINCE else self.province_name


# The province is found by climbing at most two parents on the same day.
_NAMED = """
select u.id, u.level, c.code, n.name, n.short_name, n.kind, n.sort_key, p.parent_id, coalesce(pc.code, ''),
       case u.level when 'province' then u.id else coalesce(gp.parent_id, p.parent_id) end,
       case u.level when 'province' then c.code else coalesce(gpc.code, pc.code, '') end,
       case u.level when 'province' then n.name else coalesce(gpn.name, pn.name, '') end,
       lower(held.valid), upper(held.valid), lower(c.valid), upper(c.valid)
from {source}
join units_unit u on u.id = d.unit_id
join units_unitcode c on c.unit_id = u.id and c.valid @> d.day
join units_unitname n on n.unit_id = u.id and n.valid @> d.day
left join units_unitparent p on p.unit_id = u.id and p.valid @> d.day
left join units_unitcode pc on pc.unit_id = p.parent_id and pc.valid @> d.day
left join units_unitname pn on pn.unit_id = p.parent_id and pn.valid @> d.day
left join units_unitparent gp on gp.unit_id = p.parent_id and gp.valid @> d.day
left join units_unitcode gpc on gpc.unit_id = gp.parent_id and gpc.valid @> d.day
left join units_unitname gpn on gpn.unit_id = gp.parent_id and gpn.valid @> d.day
cross join lateral (
    select c.valid * n.valid * coalesce(p.valid, always) * coalesce(gp.valid, always) as valid
    from (select daterange(null, null) as always) t
) held
"""
_ORDER = " order by case u.level when 'province' then 1 when 'district' then 2 else 3 end, c.code"


def named(pairs: Iterable[tuple[int, date]]) -> dict[tuple[int, date], Named]:
    """Units as they were, each on its own day; a unit that did not exist then is absent.

    Cost: one query.
    """
    wanted = list(dict.fromkeys(pairs))
    if not wanted:
        return {}
    source = "unnest(%s::bigint[], %s::date[]) as d (unit_id, day)"
    with connection.cursor() as cursor:
        cursor.execute(
            _NAMED.format(source=source).replace("select u.id", "select d.day, u.id", 1),
            [[u for u, _ in wanted], [d for _, d in wanted]],
        )
        return {(row[1], row[0]): Named(*row[1:]) for row in cursor.fetchall()}


def units_on(day: date, *, level: str = "", province_code: str = "") -> list[Named]:
    """All units of a day, provinces first, by code.

    Refuses: DayBeforeRecord, CodeUnknown.  Cost: one query.
    """
    check_listed(day)
    source = "(select unit_id, %s::date as day from units_unitcode where valid @> %s::date) d"
    where, values = [], [day, day]
    if level:
        where.append("u.level = %s")
        values.append(level)  # type: ignore[arg-type]
    if province_code:
        unit_by_code(province_code, day)
        where.append("(case u.level when 'province' then c.code else coalesce(gpc.code, pc.code) end) = %s")
        values.append(province_code)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(
            _NAMED.format(source=source) + (" where " + " and ".join(where) if where else "") + _ORDER, values
        )
        return [Named(*row) for row in cursor.fetchall()]


def unit_by_code(code: str, day: date) -> Unit:
    """The unit that held the code on the day.

    Refuses: CodeUnknown, saying when the code was in use.
    """
    facts = list(UnitCode.objects.filter(code=code).select_related("unit"))
    for fact in facts:
        if day in fact.valid:
            return fact.unit
    days = "; ".join(
        f"có từ ngày {f.valid.lower:%d/%m/%Y}"
        if f.valid.lower and f.valid.lower > day
        else f"dùng đến hết ngày {date.fromordinal(f.valid.upper.toordinal() - 1):%d/%m/%Y}"
        for f in facts
    )
    raise CodeUnknown(code=code, day=day, other=f" Mã này {days}." if days else " Kiểm tra lại mã.")


def names_on(units: QuerySet[Unit], day: date) -> QuerySet[UnitName]:
    return UnitName.objects.on(day).filter(unit__in=units).order_by("sort_key", "unit")


@dataclass(frozen=True)
class Kin:
    """One edge of the lineage, seen from one side; `unit` is the other side, as it was on its day."""

    unit: Named
    relation: str
    relation_label: str
    share: Decimal | None
    share_basis: str
    is_default: bool
    on: date | None
    resolution: str
    clause: str
    clause_text: str = ""


def _kin(edges: Iterable[Succession], *, forward: bool, day: date) -> list[Kin]:
    edges = list(edges)
    pairs = [(e.successor_id if forward else e.predecessor_id, day) for e in edges]
    found = named(pairs)
    kin = [
        Kin(
            found[pair],
            e.relation,
            Relation(e.relation).label,
            e.share,
            e.share_basis,
            e.is_default,
            e.on,
            e.document.number if e.document else "",
            e.clause,
        )
        for e, pair in zip(edges, pairs, strict=True)
        if pair in found
    ]
    return sorted(kin, key=lambda k: (not k.is_default, k.unit.sort_key))


def _itself(unit: Unit, day: date) -> list[Kin]:
    found = named([(unit.pk, day)])
    return [
        Kin(n, Relation.UNCHANGED, Relation.UNCHANGED.label, Decimal(1), ShareBasis.ALL, True, None, "", "")
        for n in found.values()
    ]


def successors(unit: Unit, *, since: date, to: date) -> list[Kin]:
    """What a unit of the day `since` was on the later day `to`; itself when nothing happened to it.

    Cost: two queries. Chains over several reforms are followed when the history before 2025 is loaded.
    """
    edges = unit.became.filter(on__gt=since, on__lte=to).select_related("document")
    return _kin(edges, forward=True, day=to) or _itself(unit, to)


def predecessors(unit: Unit, *, since: date, to: date) -> list[Kin]:
    """What a unit of the later day `to` was made of on the day `since`."""
    edges = unit.came_from.filter(on__gt=since, on__lte=to).select_related("document")
    return _kin(edges, forward=False, day=since) or _itself(unit, since)
