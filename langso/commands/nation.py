"""The demo grown to the size of the nation: 93,000 villages, 69,345 teams, 323,802 members (reported on 15/02/2023),
households in proportion to the population, and a year of visits. Every row says that it is simulated.

Places and people are written by COPY; households and visits are made by the database itself, province by province, with
indexes and foreign keys put back at the end, where they are checked as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connections, transaction
from psycopg import sql
from psycopg.types.range import Range

from langso.commands import names
from langso.lib.number import write_number
from langso.lib.period import REFORM
from langso.lib.refusal import Refused
from langso.lib.vietnamese import sort_key
from langso.units.models import Level, UnitStatistic
from langso.units.queries import Named, units_on
from langso.villages.topics import TOPICS

VILLAGES, TEAMS, MEMBERS = 93_000, 69_345, 323_802
VISITS = 17_400_000
HOUSEHOLDS = 17_400_000
COMPLETE = 0.77  # of the provinces: every village has a team (48 of 63 were complete to the commune)
SEED = 69_345
Say = Callable[[str], None]


class NationThere(Refused):
    says = "Mạng lưới cả nước đã được dựng ({teams} tổ). Không dựng lại."


def is_grown() -> bool:
    from langso.teams.models import NetworkCount

    return NetworkCount.objects.filter(teams_count__gt=0).count() > 2000


def grow(*, today: date, say: Say = lambda line: None, households: int = HOUSEHOLDS, visits: int = VISITS) -> None:
    """Write the network of the nation beside what the demo has.  Cost: minutes; prints what it does.

    Refuses: NationThere.
    """
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("select count(*) from teams_team")
        (teams,) = cursor.fetchone() or (0,)
        if teams > TEAMS // 2:
            raise NationThere(teams=write_number(teams))
        cursor.execute("set work_mem = '256MB'")
        cursor.execute("set maintenance_work_mem = '1GB'")
        cursor.execute("set synchronous_commit = off")
        cursor.execute("select unit_id, count(*) from villages_village group by unit_id")
        has = dict(cursor.fetchall())
        cursor.execute("select count(*) from teams_member")
        (members,) = cursor.fetchone() or (0,)
        communes = [c for c in units_on(today, level=Level.COMMUNE) if c.id not in has]
        people = Network(communes, VILLAGES - sum(has.values()), TEAMS - teams, MEMBERS - members)
        with bare(cursor, "villages_village", "teams_team", "teams_teamvillage", "teams_member"):
            people.write(cursor, say)
        with bare(cursor, "villages_household"):
            _households(cursor, people, households, say)
            say("Đang lập chỉ mục của hộ")
        if visits:
            with bare(cursor, "visits_visit"):
                _visits(cursor, people, visits, today, say)
                say("Đang lập chỉ mục của lượt")
            with bare(cursor, "visits_tally"):
                _tallies(cursor, say)
        _counts(cursor, today, say)


class Network:
    """How many villages, teams and members each commune gets, and their ids."""

    def __init__(self, communes: list[Named], villages: int, teams: int, members: int) -> None:
        self.communes = communes
        rng = np.random.default_rng(SEED)
        known = dict(UnitStatistic.objects.filter(what="population").values_list("unit_id", "value"))
        people = np.array([float(known.get(c.id) or 12_000) for c in self.communes])
        self.people = np.maximum(people, 500.0)
        self.villages = _spread(self.people, villages, least=2)
        self.teams = self._teams(rng, teams)
        total = int(self.teams.sum())
        base = members // total
        self.members = np.full(total, base)
        more = rng.permutation(total)[: members - base * total]
        self.members[more] += 1
        self.ids: dict[str, list[tuple[int, int, int, int]]] = {}  # province: (commune, first village, villages, place)

    def _teams(self, rng: np.random.Generator, teams: int) -> Any:
        """All villages served in the complete provinces, gaps in the others."""
        provinces = sorted({c.province_code for c in self.communes})
        complete = set(rng.permutation(provinces)[: round(len(provinces) * COMPLETE)])
        is_complete = np.array([c.province_code in complete for c in self.communes])
        self.is_complete = is_complete
        full = _spread(np.where(is_complete, self.villages, 0), round(self.villages[is_complete].sum() * 0.8))
        full = np.where(is_complete, np.maximum(full, 1), 0)
        left = teams - int(full.sum())
        if is_complete.all():
            return self._capped(_spread(self.villages, teams, least=1), teams, is_complete)
        weak = np.where(is_complete | (rng.random(len(self.villages)) < 0.08), 0, self.villages)
        return full + self._capped(_spread(weak, left), left, ~is_complete)

    def _capped(self, teams: Any, total: int, where: Any) -> Any:
        """Not more teams than villages; what is over goes to the next commune that has a village without one."""
        capped = np.minimum(teams, self.villages)
        short = total - int(capped.sum())
        for i in np.flatnonzero(where):
            if short <= 0:
                break
            more = min(short, int(self.villages[i] - capped[i]))
            capped[i] += more
            short -= more
        return capped

    def write(self, cursor: Any, say: Say) -> None:
        say(f"Đang ghi {write_number(int(self.villages.sum()))} thôn, {write_number(int(self.teams.sum()))} tổ")
        village, team = _next(cursor, "villages_village"), _next(cursor, "teams_team")
        self.first_village = village
        spans = Range(REFORM, None)
        served: list[tuple[Any, ...]] = []
        teams: list[tuple[Any, ...]] = []
        columns = "id, uid, unit_id, province_code, kind, name, sort_key, households_count, counted_on, signal, valid,"
        with cursor.copy(f"copy villages_village ({columns} is_simulated) from stdin") as copy:
            for i, commune in enumerate(self.communes):
                region = names.region_of(commune.province_code)
                pool = names.village_names(region)
                count, n_teams = int(self.villages[i]), int(self.teams[i])
                urban = commune.kind == "phường"
                kind = "tổ dân phố" if urban else names.KIND[region]
                size = int(self.people[i] / 3.6 / count)
                self.ids.setdefault(commune.province_code, []).append((commune.id, village, count, size))
                for k in range(count):
                    place = (i * 7 + k) % len(pool)
                    short = str(k + 1) if urban or k >= len(pool) else pool[place]
                    name = f"{kind.capitalize()} {short}"
                    signal = "good" if urban else ("none", "weak", "good", "good", "good")[(i + k) % 5]
                    uid = UUID(int=SEED << 80 | 1 << 72 | village)
                    copy.write_row((
                        village, uid, commune.id, commune.province_code, kind, name, sort_key(name), size, REFORM,
                        signal, spans, True,
                    ))  # fmt: skip
                    serves = team + k % n_teams if n_teams and (k < n_teams or self.is_complete[i]) else None
                    if serves is not None:
                        served.append((commune.id, serves, village, spans))
                    if k < n_teams:
                        teams.append((team + k, commune, name))
                    village += 1
                team += n_teams
        columns = "id, uid, unit_id, province_code, name, sort_key, valid, is_simulated"
        with cursor.copy(f"copy teams_team ({columns}) from stdin") as copy:
            for pk, commune, name in teams:
                said = f"Tổ {name[:1].lower()}{name[1:]}"
                uid = UUID(int=SEED << 80 | 2 << 72 | pk)
                copy.write_row((pk, uid, commune.id, commune.province_code, said, sort_key(said), spans, True))
        with cursor.copy("copy teams_teamvillage (unit_id, team_id, village_id, valid) from stdin") as copy:
            for row in served:
                copy.write_row(row)
        say(f"Đang ghi {write_number(int(self.members.sum()))} thành viên")
        _members(cursor, teams, self.members, spans)
        for table, last in (("villages_village", village), ("teams_team", team)):
            cursor.execute("select setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])


def _members(cursor: Any, teams: list[tuple[Any, ...]], counts: Any, spans: Any) -> None:
    work = ["Trưởng thôn", "Bí thư chi đoàn", "Chi hội trưởng phụ nữ", "Giáo viên", "Công an viên", "Hội nông dân"]
    columns = (
        "uid, unit_id, team_id, full_name, sort_key, address, role, occupation, phone, is_listed, training, valid,"
    )
    n = 0
    with cursor.copy(f"copy teams_member ({columns} left_reason, is_simulated) from stdin") as copy:
        for (team, commune, _), count in zip(teams, counts, strict=True):
            region = names.region_of(commune.province_code)
            for k in range(int(count)):
                n += 1
                woman = (n * 7 + k) % 5 < 2
                name = names.person_name(region, n * 31 + k, woman=woman)
                role = "leader" if k == 0 and n % 97 else "deputy" if k == 1 else "member"
                training = ("full", "basic", "basic", "none")[n % 4]
                copy.write_row((
                    UUID(int=SEED << 80 | 3 << 72 | n), commune.id, team, name, sort_key(f"{name.split()[-1]} {name}"),
                    "chị" if woman else "anh", role, work[k % len(work)], f"09{n % 10**8:08d}", n % 3 != 0, training,
                    spans, "", True,
                ))  # fmt: skip


def _spread(weights: Any, total: int, *, least: int = 0) -> Any:
    """Whole numbers in proportion to weights that add up to the total: largest remainders."""
    weights = np.asarray(weights, dtype=float)
    base = np.full(len(weights), least) * (weights > 0)
    rest = total - int(base.sum())
    exact = weights / weights.sum() * rest
    whole = np.floor(exact).astype(int)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: rest - int(whole.sum())]] += 1
    return whole + base.astype(int)


def _next(cursor: Any, table: str) -> int:
    cursor.execute(sql.SQL("select coalesce(max(id), 0) + 1 from {}").format(sql.Identifier(table)))
    return int(cursor.fetchone()[0])


@contextmanager
def bare(cursor: Any, *tables: str) -> Iterator[None]:
    """The tables without their constraints and indexes; all are put back, and so checked, at the end.

    One transaction: whatever cuts it off, the tables are as they were.
    """
    with transaction.atomic(using="owner"):
        yield from _bare(cursor, tables)


def _bare(cursor: Any, tables: tuple[str, ...]) -> Iterator[None]:
    kept: list[tuple[str, str, str]] = []
    for table in tables:
        cursor.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass"
            " and contype in ('f', 'u', 'x') order by contype",
            [table],
        )
        constraints = cursor.fetchall()
        for name, _ in constraints:
            # A unique key that others refer to stays: primary keys are not touched.
            cursor.execute(f'alter table {table} drop constraint "{name}"')
        cursor.execute(
            "select indexname, indexdef from pg_indexes where tablename = %s and indexname not in"
            " (select conname from pg_constraint where conrelid = %s::regclass)",
            [table, table],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'drop index "{name}"')
        kept += [(table, "", definition) for _, definition in indexes]
        kept += [(table, name, definition) for name, definition in constraints]
    yield
    for table in tables:
        cursor.execute(f"analyze {table}")
    for table, name, definition in sorted(kept, key=lambda k: bool(k[1]) and k[2].startswith("FOREIGN")):
        cursor.execute(f'alter table {table} add constraint "{name}" {definition}' if name else definition)


_HOUSEHOLDS = """
insert into villages_household (uid, unit_id, village_id, province_code, head_name, members_count, skills, needs,
    consent, code, version, done, last_result, next_step, is_simulated)
select gen_random_uuid(), v.unit_id, v.id, v.province_code,
    (%(surnames)s::text[])[1 + h %% %(n_surnames)s] || ' ' ||
    (%(given)s::text[])[1 + h / %(n_surnames)s %% %(n_given)s],
    1 + h %% 7, h & 127, (h >> 3) & 127, (array['yes','yes','yes','yes','unasked'])[1 + h %% 5], '', 1, 0, '', '', true
from villages_village v
cross join lateral generate_series(1, greatest(1, round(v.households_count * %(share)s)::int)) g
cross join lateral (select (hashint8(v.id * 4096 + g) & 1048575) as h) r
where v.id >= %(first)s and v.province_code = %(province)s and v.is_simulated
"""


def _households(cursor: Any, people: Network, total: int, say: Say) -> None:
    sizes = sum(count * size for rows in people.ids.values() for _, _, count, size in rows)
    say(f"Đang ghi {write_number(total)} hộ (của {write_number(sizes)} hộ cả nước theo dân số)")
    for n, province in enumerate(sorted(people.ids), 1):
        region = names.region_of(province)
        given = names.MEN[region] + names.WOMEN[region]
        values = {
            "surnames": names.SURNAMES[region],
            "n_surnames": len(names.SURNAMES[region]),
            "given": given,
            "n_given": len(given),
            "share": total / sizes,
            "first": people.first_village,
            "province": province,
        }
        cursor.execute(_HOUSEHOLDS, values)
        say(f"{n}/{len(people.ids)} tỉnh: {write_number(cursor.rowcount)} hộ")


_VISITS = """
with made as (
    select h.id, h.unit_id, h.village_id, h.province_code, s.team_id, hashint8(h.id) & 1048575 as r
    from villages_household h
    join teams_teamvillage s on s.village_id = h.village_id
    where h.province_code = %(province)s and h.is_simulated
)
insert into visits_visit (uid, unit_id, province_code, village_id, household_id, team_id, visited_on, topics, result,
    next_step, note, proof, state, origin, made_at, received_at)
select gen_random_uuid(), m.unit_id, m.province_code, m.village_id, m.id, m.team_id, d.day, 1 + (m.r & 126),
    (array['able','able','more','not_yet'])[1 + m.r %% 4], '', '',
    (array['code','none','none','signature'])[1 + m.r %% 4],
    'counted', 'simulated', d.day + time '09:00', d.day + time '17:00'
from made m cross join lateral (select %(year)s::date + (m.r %% %(days)s) as day) d
where m.r %% 1000 < %(part)s
"""


def _visits(cursor: Any, people: Network, total: int, today: date, say: Say) -> None:
    """At most one visit a household and year, so that who was reached can be counted by adding."""
    cursor.execute(
        "select count(*) from villages_household h join teams_teamvillage s on s.village_id = h.village_id"
        " where h.is_simulated and h.village_id >= %s",
        [people.first_village],
    )
    (served,) = cursor.fetchone()
    part = min(1000, -(-total * 1000 // max(served, 1)))
    year = date(today.year, 1, 1)
    say(f"Đang ghi chừng {write_number(min(total, served))} lượt đến hộ trong năm {today.year}")
    for n, province in enumerate(sorted(people.ids), 1):
        days = max((today - year).days, 1)
        cursor.execute(_VISITS, {"province": province, "year": year, "days": days, "part": part})
        say(f"{n}/{len(people.ids)} tỉnh: {write_number(cursor.rowcount)} lượt")


_TALLIES = """
with village as (
    select unit_id, province_code, village_id, to_char(visited_on, 'YYYY-MM') as month, count(*) as visits,
        count(*) filter (where result <> 'not_yet') as guided,
        count(*) filter (where proof in ('code', 'signature')) as confirmed, {topics}
    from visits_visit where origin = 'simulated' and id >= %(first)s
    group by unit_id, province_code, village_id, to_char(visited_on, 'YYYY-MM')
), long as (
    select unit_id, province_code, village_id, month, t.topic, t.visits, t.reached, t.guided, t.confirmed
    from village cross join lateral (values ('', visits, visits, guided, confirmed), {rows})
        as t (topic, visits, reached, guided, confirmed)
    where t.visits > 0
)
insert into visits_tally (unit_id, province_code, village_id, month, topic, visits_count, reached_count, guided_count,
    confirmed_count, gatherings_count, attended_count)
select unit_id, province_code, village_id, month, topic, sum(visits), sum(reached), sum(guided), sum(confirmed), 0, 0
from long
group by grouping sets ((unit_id, province_code, village_id, month, topic), (unit_id, province_code, month, topic))
"""


def _tallies(cursor: Any, say: Say) -> None:
    say("Đang cộng số đếm theo thôn, tháng, việc")
    topics, rows = [], []
    for bit, code in enumerate(TOPICS):
        has = f"topics & {1 << bit} <> 0"
        topics.append(
            f"count(*) filter (where {has}) as v{bit}, count(*) filter (where {has} and result <> 'not_yet') as g{bit},"
            f" count(*) filter (where {has} and proof in ('code', 'signature')) as c{bit}"
        )
        rows.append(f"('{code}', v{bit}, 0, g{bit}, c{bit})")
    statement = _TALLIES.replace("{topics}", ", ".join(topics)).replace("{rows}", ", ".join(rows))
    cursor.execute("select coalesce(min(id), 0) from visits_visit where origin = 'simulated' and member_id is null")
    (first,) = cursor.fetchone()
    cursor.execute(statement, {"first": first})


def _counts(cursor: Any, today: date, say: Say) -> None:
    say("Đang đếm mạng lưới từng xã")
    cursor.execute("delete from teams_networkcount")
    cursor.execute(_NETWORK, {"day": today})
    cursor.execute("analyze teams_networkcount")


_NETWORK = """
with v as (
    select v.unit_id, v.province_code, count(*) as villages, count(s.id) as with_team,
           coalesce(sum(v.households_count), 0) as households, bool_or(v.is_simulated) as simulated
    from villages_village v left join teams_teamvillage s on s.village_id = v.id and s.valid @> %(day)s::date
    where v.valid @> %(day)s::date group by v.unit_id, v.province_code
), t as (
    select t.unit_id, count(*) as teams, count(*) filter (where l.team_id is null) as leaderless
    from teams_team t left join (
        select distinct team_id from teams_member where role = 'leader' and valid @> %(day)s::date
    ) l on l.team_id = t.id
    where t.valid @> %(day)s::date group by t.unit_id
), m as (
    select unit_id, count(*) as members, count(*) filter (where training <> 'none') as trained
    from teams_member where valid @> %(day)s::date group by unit_id
)
insert into teams_networkcount (unit_id, province_code, villages_count, villages_with_team_count, teams_count,
    teams_without_leader_count, members_count, trained_count, households_count, is_simulated)
select v.unit_id, v.province_code, v.villages, v.with_team, coalesce(t.teams, 0), coalesce(t.leaderless, 0),
    coalesce(m.members, 0), coalesce(m.trained, 0), v.households, v.simulated
from v left join t using (unit_id) left join m using (unit_id)
"""
