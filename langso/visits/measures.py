"""Numbers that the work of the teams publishes, each read from the tallies that are kept with the visits.

`common.villages_team_share` and `society.electricity_cashless_share` are asked by frameworks: they stand beside the
self-report. The others are published on the page of the commune and in the table of the desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from langso.lib.period import Period
from langso.measures.computed import Computed, register
from langso.teams.models import NetworkCount
from langso.villages.topics import SKILLS, TOPICS, mask_of

# Share of villages that have a team, of the villages of the commune.
register(
    Computed(
        "common.villages_team_share",
        "Sổ tổ công nghệ số cộng đồng trên Làng Số",
        "select n.unit_id, n.villages_with_team_count as numerator, n.villages_count as denominator, n.is_simulated,"
        " '' as says"
        " from teams_networkcount n where n.unit_id = %(unit)s and n.villages_count > 0",
    )
)
_PAYING = mask_of(["tien-dien"], SKILLS)
_CASHLESS = """
select b.unit_id, case when b.is_enough then b.paying end as numerator, case when b.is_enough then b.asked end as
       denominator, b.is_simulated,
       case when b.untold > 0 then format(': đã hỏi %%s hộ; %%s thôn chưa ghi số hộ nên chưa dùng được', asked, untold)
            when not b.is_enough then format(': đã hỏi %%s trên %%s hộ, từ {least}%% số hộ mới dùng được', asked, whole)
            else format(' (đã hỏi %%s trên %%s hộ)', asked, whole) end as says
from (
    select h.*, v.untold, greatest(v.told, h.written) as whole,
           v.untold = 0 and h.asked * 100 >= {least} * greatest(v.told, h.written) as is_enough
    from (
        select a.unit_id, count(*) as written, count(*) filter (where a.is_asked) as asked,
               count(*) filter (where a.is_asked and a.skills & {bit} <> 0) as paying,
               bool_or(a.is_simulated) as is_simulated
        from (
            select h.unit_id, h.skills, h.is_simulated, h.skills <> 0 or exists (
                select 1 from villages_householdversion e
                where e.household_id = h.id and e.state in ('applied', 'forced') and jsonb_exists(e.fields, 'skills')
            ) as is_asked
            from villages_household h where h.unit_id = %(unit)s and h.gone_on is null
        ) a group by a.unit_id
    ) h, (
        select coalesce(sum(v.households_count), 0) as told,
               count(*) filter (where v.households_count is null) as untold
        from villages_village v where v.unit_id = %(unit)s and v.valid @> %(on)s::date
    ) v
    where h.asked > 0
) b
"""
LEAST = 80  # per cent of the households that villages say they have: of fewer, those asked first decide the number
# Households that say they pay for electricity without cash, of those that were asked what they can do.
register(
    Computed(
        "society.electricity_cashless_share",
        "Sổ hộ gia đình của tổ công nghệ số cộng đồng trên Làng Số",
        _CASHLESS.replace("{bit}", str(_PAYING)).replace("{least}%%", f"{LEAST}%%%%").replace("{least}", str(LEAST)),
    )
)


@dataclass(frozen=True)
class TopicCount:
    code: str
    label: str
    guided: int
    visits: int
    gatherings: int


@dataclass(frozen=True)
class Work:
    """What the teams of a commune, or of several, did in a period. Units: counts."""

    villages: int = 0
    villages_with_team: int = 0
    teams: int = 0
    members: int = 0
    trained: int = 0
    households: int = 0
    visits: int = 0
    reached: int = 0
    guided: int = 0
    confirmed: int = 0
    gatherings: int = 0
    attended: int = 0
    asked: int = 0
    answered: int = 0
    in_time: int = 0
    is_simulated: bool = False
    topics: Sequence[TopicCount] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not (self.villages or self.teams or self.visits or self.gatherings)


_TALLIES = """
select t.unit_id, t.topic, sum(t.visits_count), sum(t.reached_count), sum(t.guided_count), sum(t.confirmed_count),
       sum(t.gatherings_count), sum(t.attended_count)
from visits_tally t
where t.unit_id = any(%s) and t.village_id is null and t.month >= %s and t.month < %s
group by t.unit_id, t.topic
"""
_REQUESTS = """
select unit_id, asked, answered, in_time from langso_requests_of(%s, %s, %s)
"""


def work_of(units: Sequence[int], period: Period) -> dict[int, Work]:
    """The work of each commune; those without a village, a team or a visit are absent.

    A household is counted once a year, in the month of its first visit: a quarter shows the households new in it.
    Cost: three queries, whatever the number of communes.
    """
    first, stop = f"{period.start:%Y-%m}", f"{period.stop:%Y-%m}"
    network = {n.unit_id: n for n in NetworkCount.objects.filter(unit__in=units)}
    sums: dict[int, dict[str, tuple[int, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, [list(units), first, stop])
        for unit, topic, *counts in cursor.fetchall():
            sums.setdefault(unit, {})[topic] = tuple(int(c) for c in counts)
        cursor.execute(_REQUESTS, [list(units), period.start, period.stop])
        requests = {unit: counts for unit, *counts in cursor.fetchall()}
    return {
        unit: _work(network.get(unit), sums.get(unit, {}), requests.get(unit, [0, 0, 0]))
        for unit in units
        if unit in network or unit in sums or unit in requests
    }


def _work(n: NetworkCount | None, sums: Mapping[str, tuple[int, ...]], requests: Sequence[int]) -> Work:
    visits, reached, guided, confirmed, gatherings, attended = sums.get("", (0, 0, 0, 0, 0, 0))
    asked, answered, in_time = requests
    return Work(
        n.villages_count if n else 0,
        n.villages_with_team_count if n else 0,
        n.teams_count if n else 0,
        n.members_count if n else 0,
        n.trained_count if n else 0,
        n.households_count if n else 0,
        visits, reached, guided, confirmed, gatherings, attended, asked, answered, in_time,
        n.is_simulated if n else False,
        [TopicCount(c, w, s[2], s[0], s[4]) for c, w in TOPICS.items() if (s := sums.get(c)) and any(s)],
    )  # fmt: skip
