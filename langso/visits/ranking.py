"""Which communes and provinces go ahead, by what empty visits cannot win. Pure.

In this order: the share of households guided (a household once a year, with a topic and a result; one that nobody
confirmed counts for a twentieth); then the share of
requests answered in time; then what households said when they were asked again. What was not measured stands after
what was. Places that stand alike share their rank and the next rank leaves a gap. A place with a doubt that weighs
stands below those without, with the doubt in words: it is not punished, it is looked into.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from langso.lib.number import write_number
from langso.visits.spot_rules import interval

MOST_A_DAY = 25  # households that one person can walk to and guide on one day
FASTEST_MINUTES = 3  # between two visits of one person, on the average of a day
ENOUGH = 20  # visits before a share of confirmed ones says anything
FEW_CONFIRMED = 0.05
FEW_LIES = 0.05  # of households that say nobody came, at the lower end of what the sample can tell
FEW_HELPED = 0.5  # of households that say it helped, at the upper end
UNCONFIRMED = 0.05


@dataclass(frozen=True)
class Work:
    """What is known of one place in the period. None: not measured, which is not zero."""

    key: int
    name: str
    sort_key: str
    households_count: int | None
    visits_count: int = 0
    reached_count: int = 0
    guided_count: int = 0
    confirmed_count: int = 0
    due_count: int = 0  # requests whose day has come or that were answered
    in_time_count: int = 0
    asked_count: int = 0  # households asked again that could be reached
    helped_count: int = 0
    nobody_came_count: int = 0
    crowded_days_count: int = 0  # days of one member with more visits than a person can walk
    hasty_days_count: int = 0  # days of one member with visits minutes apart

    @property
    def is_rankable(self) -> bool:
        """Households are known, and something was done: nobody comes first by doing nothing."""
        return bool(self.households_count) and self.visits_count > 0

    @property
    def guided_share(self) -> float | None:
        """More households than there are is a doubt, never more than all."""
        return min(self.guided_count / self.households_count, 1.0) if self.households_count else None

    @property
    def in_time_share(self) -> float | None:
        return self.in_time_count / self.due_count if self.due_count else None

    @property
    def helped_share(self) -> float | None:
        return self.helped_count / self.asked_count if self.asked_count else None


@dataclass(frozen=True)
class Doubt:
    says: str
    weighs: bool = True  # a place with it stands below those without


@dataclass(frozen=True)
class Ranked:
    work: Work
    rank: int | None  # None: nothing to rank by
    doubts: Sequence[Doubt] = field(default_factory=tuple)

    @property
    def is_doubted(self) -> bool:
        return any(d.weighs for d in self.doubts)


def doubts_of(work: Work) -> tuple[Doubt, ...]:
    """What does not fit together, in words that say what was seen and why it matters."""
    found: list[Doubt] = []
    if work.crowded_days_count:
        found.append(
            Doubt(f"{work.crowded_days_count} ngày có người ghi quá {MOST_A_DAY} hộ, nhiều hơn sức một người đi được.")
        )
    if work.hasty_days_count:
        found.append(Doubt(f"{work.hasty_days_count} ngày có các lượt cách nhau chưa tới {FASTEST_MINUTES} phút."))
    if work.households_count and work.reached_count > work.households_count:
        reached, there = write_number(work.reached_count), write_number(work.households_count)
        found.append(Doubt(f"{reached} hộ được đến, trong khi xã ghi {there} hộ. Xem lại số hộ của các thôn."))
    if interval(work.nobody_came_count, work.asked_count)[0] > FEW_LIES:
        found.append(Doubt(f"Hỏi lại {work.asked_count} hộ thì {work.nobody_came_count} hộ nói không có ai đến."))
    elif interval(work.helped_count, work.asked_count)[1] < FEW_HELPED:
        found.append(Doubt(f"Hỏi lại {work.asked_count} hộ thì chỉ {work.helped_count} hộ nói giúp được."))
    if work.visits_count >= ENOUGH and work.confirmed_count < FEW_CONFIRMED * work.visits_count:
        said = f"{write_number(work.confirmed_count)} trên {write_number(work.visits_count)} lượt"
        found.append(Doubt(f"Chỉ {said} có mã hộ, chữ ký hoặc hộ xác nhận.", weighs=False))
    return tuple(found)


Key = tuple[bool, bool, float, bool, float, bool, float]


def weighed_share(work: Work) -> float | None:
    """The share of households guided, in which one that nobody confirmed counts for a twentieth.

    Which household was confirmed is not kept in the sums, so the share of confirmed visits stands for it. Places that
    confirm alike are ordered by households guided; a hundred empty visits lose to ten confirmed ones.
    """
    share = work.guided_share
    if share is None or not work.visits_count:
        return share
    confirmed = min(work.confirmed_count / work.visits_count, 1.0)
    return share * (confirmed + (1 - confirmed) * UNCONFIRMED)


def _standing(work: Work, doubts: Sequence[Doubt]) -> Key:
    """The lower, the better. How many visits there were is not in it."""

    def part(share: float | None) -> tuple[bool, float]:
        return share is None, -round(share, 4) if share is not None else 0.0

    return (
        any(d.weighs for d in doubts),
        *part(weighed_share(work)),
        *part(work.in_time_share),
        *part(work.helped_share),
    )


def ranked(works: Sequence[Work]) -> list[Ranked]:
    """In order; those with nothing to rank by stand last, without a rank."""
    with_doubts = [(w, doubts_of(w)) for w in works]
    order = sorted(
        with_doubts,
        key=lambda x: (not x[0].is_rankable, _standing(*x), x[0].sort_key),
    )
    found: list[Ranked] = []
    last: tuple[Key, int] | None = None
    for place, (work, doubts) in enumerate(order, 1):
        if not work.is_rankable:
            found.append(Ranked(work, None, doubts))
            continue
        standing = _standing(work, doubts)
        rank = last[1] if last is not None and last[0] == standing else place
        last = (standing, rank)
        found.append(Ranked(work, rank, doubts))
    return found
