"""What a ranking is made of: tallies, households, requests, spot checks and days that nobody can walk."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from langso.teams.models import NetworkCount, Team, TeamVillage
from langso.units.models import Unit
from langso.units.queries import Named
from langso.villages.models import Village
from langso.visits.ask_queries import Promptness, promptness
from langso.visits.models import Proof, SpotAnswer, SpotCheck, Tally
from langso.visits.ranking import FASTEST_MINUTES, MOST_A_DAY, Work

DOUBT_DAYS = 31  # how far back days are looked at one by one: the sums of a year are kept, its days are not

_DAYS = """
select {key}, count(*) filter (where n > %(most)s),
       count(*) filter (where n <= %(most)s and span < %(fast)s * (n - 1))
from (
    select v.unit_id, v.team_id, count(*) as n, extract(epoch from max(v.made_at) - min(v.made_at)) as span
    from visits_visit v
    where v.unit_id = any(%(units)s) and v.visited_on > %(since)s and v.visited_on <= %(on)s
      and v.replaced_at is null and v.state = 'counted' and v.member_id is not null
    group by v.unit_id, v.team_id, v.member_id, v.visited_on having count(*) >= 5
) d group by 1
"""


@dataclass(frozen=True)
class Asked:
    """What households said when they were asked again."""

    reached: int = 0
    helped: int = 0
    nobody_came: int = 0
    confirmed: int = 0  # visits that had no code or signature, and that the household confirmed when asked


@dataclass(frozen=True)
class Sums:
    visits: int = 0
    reached: int = 0
    guided: int = 0
    confirmed: int = 0


def doubtful_days(year: "Year", units: Sequence[int], *, key: str = "d.unit_id") -> Mapping[int, tuple[int, int]]:
    """Crowded and hasty days, by unit or (`d.team_id`) by team, in the last month of the year so far.

    Cost: one query.
    """
    if not units:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _DAYS.format(key=key),
            {
                "units": list(units),
                "since": max(year.until - timedelta(days=DOUBT_DAYS), year.since - timedelta(days=1)),
                "on": year.until,
                "most": MOST_A_DAY,
                "fast": FASTEST_MINUTES * 60,
            },
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall() if row[0] is not None}


def _tallied(found: QuerySet[Tally], key: str) -> dict[int, Sums]:
    rows = found.order_by().values_list(key)
    return {
        k: Sums(v or 0, r or 0, g or 0, c or 0)
        for k, v, r, g, c in rows.annotate(
            Sum("visits_count"), Sum("reached_count"), Sum("guided_count"), Sum("confirmed_count")
        )
    }


def _said(found: QuerySet[SpotCheck], key: str) -> dict[int, Asked]:
    counted = (
        found.exclude(answer__in=["", SpotAnswer.NOT_REACHED])
        .order_by()
        .values_list(key)
        .annotate(
            reached=Count("pk"),
            helped=Count("pk", filter=Q(answer=SpotAnswer.HELPED)),
            nobody=Count("pk", filter=Q(answer=SpotAnswer.NOBODY_CAME)),
            confirmed=Count(
                "visit",
                distinct=True,
                filter=Q(answer=SpotAnswer.HELPED) & ~Q(visit__proof__in=[Proof.CODE, Proof.SIGNATURE]),
            ),
        )
    )
    return {k: Asked(*rest) for k, *rest in counted if k is not None}


@dataclass(frozen=True)
class Year:
    """A year as far as it has come; all that is ranked lies in it, the households alone are those of today."""

    since: date
    until: date  # counted too

    @property
    def months(self) -> tuple[str, str]:
        return f"{self.since:%Y-%m}", f"{self.until:%Y-%m}"


def year_of(year: int, *, on: date) -> Year:
    return Year(date(year, 1, 1), min(on, date(year, 12, 31)))


def _checks(year: Year, **more: object) -> QuerySet[SpotCheck]:
    """What households said of the visits of the year."""
    return SpotCheck.objects.filter(visit__visited_on__gte=year.since, visit__visited_on__lte=year.until, **more)


def works_of_communes(places: Sequence[Named], *, year: int, on: date) -> list[Work]:
    """Cost: five queries, whatever the number of communes."""
    keys = [n.id for n in places]
    span = year_of(year, on=on)
    first, last = span.months
    units = Unit.objects.filter(pk__in=keys)
    in_year = Tally.objects.filter(unit__in=keys, village=None, topic="", month__gte=first, month__lte=last)
    tallies = _tallied(in_year, "unit_id")
    households = dict(NetworkCount.objects.filter(unit__in=keys).values_list("unit_id", "households_count"))
    prompt = promptness(units, since=span.since, until=span.until, on=on)
    said = _said(_checks(span, unit__in=keys), "unit_id")
    doubtful = doubtful_days(span, keys)
    return [
        _work(
            n.id,
            n.name,
            n.sort_key,
            households.get(n.id) or None,
            tallies.get(n.id, Sums()),
            prompt.get(n.id, Promptness()),
            said.get(n.id, Asked()),
            doubtful.get(n.id, (0, 0)),
        )
        for n in places
    ]


def _work(
    key: int,
    name: str,
    sort_key: str,
    households: int | None,
    sums: Sums,
    prompt: Promptness,
    said: Asked,
    days: tuple[int, int],
) -> Work:
    return Work(
        key=key,
        name=name,
        sort_key=sort_key,
        households_count=households,
        visits_count=sums.visits,
        reached_count=sums.reached,
        guided_count=sums.guided,
        confirmed_count=sums.confirmed + said.confirmed,
        due_count=prompt.due_count,
        in_time_count=prompt.in_time_count,
        asked_count=said.reached,
        helped_count=said.helped,
        nobody_came_count=said.nobody_came,
        crowded_days_count=days[0],
        hasty_days_count=days[1],
    )


# A province where not every commune has counted its households is ranked by those that have: the work and the
# households are then of the same communes.
_PROVINCES = """
with counted as (
    select unit_id, province_code, households_count from teams_networkcount where households_count > 0
), homes as (
    select province_code, sum(households_count) as households from counted group by 1
), done as (
    select c.province_code, sum(t.visits_count) as visits, sum(t.reached_count) as reached,
           sum(t.guided_count) as guided, sum(t.confirmed_count) as confirmed
    from visits_tally t join counted c using (unit_id)
    where t.village_id is null and t.topic = '' and t.month between %(first)s and %(last)s group by 1
), asked as (
    select c.province_code,
           count(*) filter (where r.answered_at is not null or r.due_on < %(on)s) as due,
           count(*) filter (where (r.answered_at at time zone 'Asia/Ho_Chi_Minh')::date <= r.due_on) as in_time
    from visits_helprequest r join counted c using (unit_id)
    where (r.made_at at time zone 'Asia/Ho_Chi_Minh')::date between %(since)s and %(until)s group by 1
), said as (
    select c.province_code, count(*) as reached, count(*) filter (where s.answer = 'helped') as helped,
           count(*) filter (where s.answer = 'nobody_came') as nobody,
           count(distinct s.visit_id) filter (
               where s.answer = 'helped' and v.proof not in ('code', 'signature')) as confirmed
    from visits_spotcheck s join visits_visit v on v.id = s.visit_id join counted c on c.unit_id = s.unit_id
    where s.answer not in ('', 'not_reached') and v.visited_on between %(since)s and %(until)s
    group by 1
)
select h.province_code, h.households, coalesce(d.visits, 0), coalesce(d.reached, 0), coalesce(d.guided, 0),
       coalesce(d.confirmed, 0), coalesce(a.due, 0), coalesce(a.in_time, 0), coalesce(s.reached, 0),
       coalesce(s.helped, 0), coalesce(s.nobody, 0), coalesce(s.confirmed, 0)
from homes h left join done d using (province_code) left join asked a using (province_code)
left join said s using (province_code)
"""


def works_of_provinces(provinces: Sequence[Named], *, year: int, on: date) -> list[Work]:
    """Sums of the communes, made by the database; days are not looked at one by one.  Cost: one query."""
    span = year_of(year, on=on)
    first, last = span.months
    with connection.cursor() as cursor:
        days = {"since": span.since, "until": span.until, "on": on}
        cursor.execute(_PROVINCES, {"first": first, "last": last, **days})
        rows = {row[0]: [int(n) for n in row[1:]] for row in cursor.fetchall()}
    found = []
    for place in provinces:
        row = rows.get(place.code)
        if row is None:
            found.append(Work(place.id, place.name, place.sort_key, None))
            continue
        households, visits, reached, guided, confirmed, due, in_time, *said = row
        asked = Asked(*said)
        sums = Sums(visits, reached, guided, confirmed)
        prompt = Promptness(due, in_time)
        found.append(_work(place.id, place.name, place.sort_key, households, sums, prompt, asked, (0, 0)))
    return found


def works_of_teams(unit: Unit, *, year: int, on: date) -> list[Work]:
    """The teams of one commune and of what it absorbed, by the villages that each serves today, with the work that was
    done in those that were merged into them.  Cost: seven queries."""
    span = year_of(year, on=on)
    first, last = span.months
    units = Unit.objects.under([unit], on)
    teams = list(Team.objects.on(on).filter(unit__in=units).order_by("sort_key", "id"))
    served = list(TeamVillage.objects.filter(team__in=teams, valid__contains=on).select_related("village"))
    homes = _homes(units, {s.village_id for s in served})
    in_year = Tally.objects.filter(unit__in=units, village__in=homes, topic="", month__gte=first, month__lte=last)
    tallies: dict[int, Sums] = {}
    for village, sums in _tallied(in_year, "village_id").items():
        tallies[homes[village]] = _added([tallies.get(homes[village], Sums()), sums])
    said = _said(_checks(span, unit__in=units), "visit__team_id")
    doubtful = doubtful_days(span, sorted({t.unit_id for t in teams}), key="d.team_id")
    prompt = promptness(units, since=span.since, until=span.until, on=on, key="team_id")
    found = []
    for team in teams:
        mine = [s for s in served if s.team_id == team.pk]
        counts = [s.village.households_count for s in mine]
        households = sum(c or 0 for c in counts) if counts and all(c is not None for c in counts) else None
        sums = _added([tallies.get(s.village_id, Sums()) for s in mine])
        found.append(
            _work(
                team.pk,
                team.name,
                team.sort_key,
                households or None,
                sums,
                prompt.get(team.pk, Promptness()),
                said.get(team.pk, Asked()),
                doubtful.get(team.pk, (0, 0)),
            )
        )
    return found


def _homes(units: QuerySet[Unit], served: Set[int]) -> dict[int, int]:
    """The village that is served today, of each that is one or was merged into one.  Cost: one query."""
    merged = Village.objects.filter(unit__in=units, merged_into__isnull=False)
    into = dict(merged.values_list("pk", "merged_into_id"))
    found = {v: v for v in served}
    for village in into:
        at, steps = village, 0
        while at not in served and at in into and steps < 20:
            at, steps = into[at], steps + 1
        if at in served:
            found[village] = at
    return found


def _added(sums: Iterable[Sums]) -> Sums:
    rows = list(sums)
    return Sums(
        sum(r.visits for r in rows),
        sum(r.reached for r in rows),
        sum(r.guided for r in rows),
        sum(r.confirmed for r in rows),
    )
