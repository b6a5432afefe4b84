"""Ranks and movement. Pure."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


def ranks(rows: Sequence[T], *, key: Callable[[T], tuple[float, ...] | None]) -> dict[int, int]:
    """Rank by place in `rows`: the greatest key is first, equals share a rank and leave a gap (1, 2, 2, 4).

    A row whose key is None is not ranked.
    """
    known = sorted(((k, i) for i, row in enumerate(rows) if (k := key(row)) is not None), reverse=True)
    found: dict[int, int] = {}
    for place, (value, i) in enumerate(known, start=1):
        same = place > 1 and known[place - 2][0] == value
        found[i] = found[known[place - 2][1]] if same else place
    return found


@dataclass(frozen=True)
class Earlier:
    """What a unit had before: from which period, by which edition."""

    period: str
    edition: Hashable
    level: int | None


@dataclass(frozen=True)
class Movement:
    """`step` is None where nothing can be said: no earlier result, no present one, or another edition."""

    step: int | None
    says: str
    is_comparable: bool = True


def movement(now: int | None, edition: Hashable, earlier: Earlier | None) -> Movement:
    if earlier is None:
        return Movement(None, "Chưa có kết quả kỳ trước")
    before = f"mức {earlier.level}" if earlier.level else "chưa xếp mức"
    if earlier.edition != edition:
        return Movement(None, f"Kỳ {earlier.period} {before}, phiên bản khác nên không so được", is_comparable=False)
    if now is None or earlier.level is None:
        return Movement(None, f"Kỳ {earlier.period} {before}")
    step = now - earlier.level
    if step == 0:
        return Movement(0, f"Giữ mức {now}")
    return Movement(step, f"{'Lên' if step > 0 else 'Xuống'} {abs(step)} mức, từ mức {earlier.level}")
