"""What the network of a commune amounts to, made anew with each change: 3,321 rows make the country a sum."""

from collections.abc import Callable, Iterable
from datetime import date

from django.db import connection

# What rooms above keep right when the teams of a commune's villages change, as (commune, day). This room knows none.
FOLLOWERS: list[Callable[[int, date], None]] = []

_REFRESH = """
insert into teams_networkcount (unit_id, province_code, villages_count, villages_with_team_count, teams_count,
    teams_without_leader_count, members_count, trained_count, households_count, is_simulated)
select u.id,
       coalesce((select c.code from units_reach r join units_unit p on p.id = r.root_id and p.level = 'province'
                 join units_unitcode c on c.unit_id = p.id and c.valid @> %(day)s::date
                 where r.unit_id = u.id and r.valid @> %(day)s::date limit 1), ''),
       v.villages, v.with_team, t.teams, t.leaderless, m.members, m.trained, v.households,
       coalesce(v.simulated, false) or coalesce(t.simulated, false)
from unnest(%(units)s::bigint[]) as u (id)
cross join lateral (
    select count(*) as villages, count(s.id) as with_team, coalesce(sum(v.households_count), 0) as households,
           bool_or(v.is_simulated) as simulated
    from villages_village v
    left join teams_teamvillage s on s.village_id = v.id and s.valid @> %(day)s::date
    where v.unit_id = u.id and v.valid @> %(day)s::date
) v
cross join lateral (
    select count(*) as teams, bool_or(t.is_simulated) as simulated, count(*) filter (where not exists (
        select from teams_member l where l.team_id = t.id and l.role = 'leader' and l.valid @> %(day)s::date
    )) as leaderless
    from teams_team t where t.unit_id = u.id and t.valid @> %(day)s::date
) t
cross join lateral (
    select count(*) as members, count(*) filter (where m.training <> 'none') as trained
    from teams_member m where m.unit_id = u.id and m.valid @> %(day)s::date
) m
on conflict (unit_id) do update set
    province_code = excluded.province_code, villages_count = excluded.villages_count,
    villages_with_team_count = excluded.villages_with_team_count, teams_count = excluded.teams_count,
    teams_without_leader_count = excluded.teams_without_leader_count, members_count = excluded.members_count,
    trained_count = excluded.trained_count, households_count = excluded.households_count,
    is_simulated = excluded.is_simulated
"""


def refresh_networks(units: Iterable[int], *, on: date) -> None:
    """Count the networks of these communes again.  Cost: one statement. Needs the net open as far as the units."""
    wanted = sorted(set(units))
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, {"units": wanted, "day": on})
