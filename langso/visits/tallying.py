"""What visits and gatherings amount to, village by month by topic. Pure sums, and the one statement that keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from langso.units.statements import as_rows, often
from langso.villages.topics import codes_of

# unit, province code, village (0: the commune's own row), month, topic ("": all)
Key = tuple[int, str, int, str, str]
# visits, reached, guided, confirmed, gatherings, attended
Sums = tuple[int, int, int, int, int, int]
NOTHING: Sums = (0, 0, 0, 0, 0, 0)
CONFIRMED = frozenset({"code", "signature"})
GUIDED = frozenset({"able", "more"})


@dataclass(frozen=True)
class Counted:
    """What of a visit decides how it counts."""

    id: int
    unit: int
    province: str
    village: int
    household: int
    on: date
    topics: int
    result: str
    proof: str
    counts: bool = True

    def without_counting(self) -> Counted:
        return replace(self, counts=False)


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def contributions(visits: Iterable[Counted]) -> dict[Key, Sums]:
    """Sums of the visits of some households over whole years: a household is reached, and guided in a topic, once a
    year, in the month of its first visit."""
    found: dict[Key, list[int]] = defaultdict(lambda: list(NOTHING))
    reached: set[tuple[int, int]] = set()
    guided: set[tuple[int, int, str]] = set()
    for visit in sorted((v for v in visits if v.counts), key=lambda v: (v.on, v.id)):
        month, year = month_of(visit.on), visit.on.year
        here: list[tuple[str, int, int]] = [("", int((visit.household, year) not in reached), 0)]
        reached.add((visit.household, year))
        helped = visit.result in GUIDED
        if helped and (visit.household, year, "") not in guided:
            guided.add((visit.household, year, ""))
            here[0] = ("", here[0][1], 1)
        for topic in codes_of(visit.topics):
            new = helped and (visit.household, year, topic) not in guided
            if new:
                guided.add((visit.household, year, topic))
            here.append((topic, 0, int(new)))
        confirmed = int(visit.proof in CONFIRMED)
        for topic, is_reached, is_guided in here:
            for village in (visit.village, 0):
                sums = found[visit.unit, visit.province, village, month, topic]
                sums[0] += 1
                sums[1] += is_reached
                sums[2] += is_guided
                sums[3] += confirmed
    return {key: (s[0], s[1], s[2], s[3], s[4], s[5]) for key, s in found.items()}


def of_gathering(unit: int, province: str, village: int, on: date, topics: int, attended: int) -> dict[Key, Sums]:
    month = month_of(on)
    return {
        (unit, province, v, month, topic): (0, 0, 0, 0, 1, attended)
        for v in (village, 0)
        for topic in ("", *codes_of(topics))
    }


def added(*parts: Mapping[Key, Sums]) -> dict[Key, Sums]:
    total: dict[Key, list[int]] = defaultdict(lambda: list(NOTHING))
    for part in parts:
        for key, sums in part.items():
            for i, n in enumerate(sums):
                total[key][i] += n
    return {k: (s[0], s[1], s[2], s[3], s[4], s[5]) for k, s in total.items()}


def difference(after: Mapping[Key, Sums], before: Mapping[Key, Sums]) -> dict[Key, Sums]:
    less = {key: (-s[0], -s[1], -s[2], -s[3], -s[4], -s[5]) for key, s in before.items()}
    return {key: sums for key, sums in added(after, less).items() if sums != NOTHING}


_ADD = """
insert into visits_tally (unit_id, province_code, village_id, month, topic, visits_count, reached_count, guided_count,
    confirmed_count, gatherings_count, attended_count)
select u, p, nullif(v, 0), m, t, a, b, c, d, e, f
from jsonb_to_recordset(%s::jsonb)
    as x (u bigint, p text, v bigint, m text, t text, a int, b int, c int, d int, e int, f int)
on conflict (unit_id, village_id, month, topic) do update set
    visits_count = visits_tally.visits_count + excluded.visits_count,
    reached_count = visits_tally.reached_count + excluded.reached_count,
    guided_count = visits_tally.guided_count + excluded.guided_count,
    confirmed_count = visits_tally.confirmed_count + excluded.confirmed_count,
    gatherings_count = visits_tally.gatherings_count + excluded.gatherings_count,
    attended_count = visits_tally.attended_count + excluded.attended_count
"""


def add(changes: Mapping[Key, Sums]) -> None:
    """Add differences to the tallies, in the order of their keys, so that two at once do not lock each other.

    Cost: one statement, or none.
    """
    if not changes:
        return
    rows = ((*key, *sums) for key, sums in sorted(changes.items()))
    with often() as cursor:
        cursor.execute(_ADD, [as_rows("upvmtabcdef", rows)])
