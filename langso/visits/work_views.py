"""What the teams did: by province, commune, village, for a year, a quarter, a month; each number leads to its rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langso.lib.period import NotAPeriod, Period, day_of
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.teams.models import NetworkCount
from langso.ui.listing import csv_answer, listing
from langso.units.models import Level
from langso.units.queries import Named, named, unit_by_code, units_on
from langso.units.rules import CodeUnknown
from langso.villages.topics import TOPICS

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]


@dataclass
class Row:
    """One place with its sums; units: counts."""

    name: str
    code: str
    sort: str
    href: str = ""
    villages: int = 0
    with_team: int = 0
    members: int = 0
    households: int = 0
    visits: int = 0
    reached: int = 0
    guided: int = 0
    confirmed: int = 0
    gatherings: int = 0
    attended: int = 0

    @property
    def reached_share(self) -> float | None:
        return self.reached / self.households * 100 if self.households else None


_SUMS = ("visits", "reached", "guided", "confirmed", "gatherings", "attended")
_BY_UNIT = """
select t.unit_id, sum(t.visits_count), sum(t.reached_count), sum(t.guided_count), sum(t.confirmed_count),
       sum(t.gatherings_count), sum(t.attended_count)
from visits_tally t
where t.village_id is null and t.topic = %s and t.month >= %s and t.month < %s and t.province_code like %s
group by t.unit_id
"""
_BY_PROVINCE = """
select t.province_code, sum(t.visits_count), sum(t.reached_count), sum(t.guided_count), sum(t.confirmed_count),
       sum(t.gatherings_count), sum(t.attended_count)
from visits_tally t where t.village_id is null and t.topic = %s and t.month >= %s and t.month < %s
group by t.province_code
"""
# What was done in a village before it was merged is counted with the one it went into.
_VILLAGES = """
with recursive part as (
    select v.id, v.id as home from villages_village v where v.unit_id = %s and v.valid @> %s::date
    union select m.id, p.home from part p join villages_village m on m.merged_into_id = p.id
)
select v.name, v.sort_key, v.households_count, exists (
        select 1 from teams_teamvillage s where s.village_id = v.id and s.valid @> %s::date
    ), coalesce(sum(t.visits_count), 0), coalesce(sum(t.reached_count), 0), coalesce(sum(t.guided_count), 0),
    coalesce(sum(t.confirmed_count), 0), coalesce(sum(t.gatherings_count), 0), coalesce(sum(t.attended_count), 0), v.id
from part p
join villages_village v on v.id = p.home
left join visits_tally t on t.village_id = p.id and t.unit_id = v.unit_id and t.topic = %s and t.month >= %s
    and t.month < %s
group by v.id
"""


@desk(Right.TEAM_READ)
def work(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cost: six queries at every level."""
    get, today = request.GET, day_of(desk.at)
    period = _period(get.get("ky", ""), today)
    topic = asked if (asked := get.get("viec", "")) in TOPICS else ""
    everywhere, _ = desk.person.roots(Right.TEAM_READ)
    shown = _shown(desk, get.get("noi", "")[:5], today, everywhere=everywhere)
    rows = _rows(shown, period, topic, today)
    if get.get("tai") == "csv":
        names = [f.name for f in fields(Row) if f.name not in ("sort", "href")]
        return csv_answer(f"ket-qua-to-{period.code}", ["ma" if n == "code" else n for n in names], (
            [asdict(r)[n] for n in names] for r in rows
        ))  # fmt: skip
    table = listing(
        rows,
        get,
        default="ten",
        per_page=200,
        sorts={
            "ten": lambda r: r.sort,
            "ho": lambda r: (r.reached_share if r.reached_share is not None else -1, r.sort),
            "luot": lambda r: (r.visits, r.sort),
            "huong": lambda r: (r.guided, r.sort),
        },
    )
    query = get.copy()
    query["tai"] = "csv"
    total = Row("Cộng", "", "")
    for row in rows:
        for name in ("villages", "with_team", "members", "households", *_SUMS):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    page = {
        "trail": TRAIL if shown is None else [*TRAIL, ("Kết quả của các tổ", f"/to/ket-qua/?ky={period.code}")],
        "shown": shown,
        "period": period,
        "periods": _periods(today),
        "table": table,
        "total": total,
        "noun": "thôn" if shown and shown.level == Level.COMMUNE else "nơi",
        "csv": f"?{query.urlencode()}",
        "sim": NetworkCount.objects.filter(is_simulated=True).exists(),
    }
    return render(request, "visits/work.html", {"page": page})


def _period(code: str, today: date) -> Period:
    try:
        return Period.parse(code) if code else Period.year(today.year)
    except NotAPeriod:
        return Period.year(today.year)


def _periods(today: date) -> list[tuple[str, str]]:
    """This year and the last, their quarters, the months of this year."""
    codes = [str(today.year), *(f"{today.year}-Q{q}" for q in range((today.month + 2) // 3, 0, -1))]
    codes += [f"{today.year}-{m:02d}" for m in range(today.month, 0, -1)] + [str(today.year - 1)]
    return [(code, str(Period.parse(code))) for code in codes]


def _shown(desk: Desk, code: str, today: date, *, everywhere: bool) -> Named | None:
    """The place whose parts are listed: the one asked for, else one's own; None: the country.  Cost: three queries."""
    if code:
        try:
            unit = unit_by_code(code, today)
        except CodeUnknown:
            unit = None
        if unit is not None and (everywhere or desk.units.filter(pk=unit.pk).exists()):
            return named([(unit.pk, today)])[unit.pk, today]
    if everywhere:
        return None
    _, roots = desk.person.roots(Right.TEAM_READ)
    return next(iter(named([(root, today) for root in roots[:1]]).values()), None)


def _row(place: Named, period: Period) -> Row:
    return Row(place.name, place.code, place.sort_key, f"/to/ket-qua/?noi={place.code}&ky={period.code}")


def _rows(shown: Named | None, period: Period, topic: str, today: date) -> list[Row]:
    first, stop = f"{period.start:%Y-%m}", f"{period.stop:%Y-%m}"
    if shown is not None and shown.level == Level.COMMUNE:
        return _villages(shown, first, stop, topic, today)
    rows: dict[Any, Row]
    if shown is not None:
        places = units_on(today, level=Level.COMMUNE, province_code=shown.code)
        rows = {n.id: _row(n, period) for n in places}
        sums, key = _summed(_BY_UNIT, [topic, first, stop, shown.code]), "unit_id"
    else:
        places = units_on(today, level=Level.PROVINCE)
        rows = {n.code: _row(n, period) for n in places}
        sums, key = _summed(_BY_PROVINCE, [topic, first, stop]), "province_code"
    for place, counts in sums.items():
        if place in rows:
            for name, n in zip(_SUMS, counts, strict=True):
                setattr(rows[place], name, n)
    found = NetworkCount.objects.all() if shown is None else NetworkCount.objects.filter(province_code=shown.code)
    for n in found.values_list(key, "villages_count", "villages_with_team_count", "members_count", "households_count"):
        if n[0] in rows:
            row = rows[n[0]]
            row.villages, row.with_team = row.villages + n[1], row.with_team + n[2]
            row.members, row.households = row.members + n[3], row.households + n[4]
    return list(rows.values())


def _summed(statement: str, params: list[Any]) -> dict[Any, list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return {place: [int(c) for c in counts] for place, *counts in cursor.fetchall()}


def _villages(shown: Named, first: str, stop: str, topic: str, today: date) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_VILLAGES, [shown.id, today, today, topic, first, stop])
        return [
            Row(name, "", sort, f"/luot/?xa={shown.code}&thon={pk}", 1, int(has_team), 0, households or 0,
                *(int(c) for c in counts))
            for name, sort, households, has_team, *counts, pk in cursor.fetchall()
        ]  # fmt: skip
