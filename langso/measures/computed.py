"""Measures that rooms of the house count themselves, from the work that was done.

A room registers one SELECT for a key of `frameworks/measures.yaml`; what it counts stands beside the self-report like
the readings of state systems, is taken over at a press, and can be followed back to its rows. All are read in the one
statement that reads those. This shelf knows no room.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Computed:
    """A measure of the house.

    `select` gives (unit_id, numerator, denominator, is_simulated, says) of the unit `%(unit)s`, on the day `%(on)s`; no
    row when there is nothing to count: absent is unknown, not zero. `says` is put after the source; where too little is
    known for a number both counts are null and it says why.
    """

    key: str
    source: str
    select: str


REGISTER: dict[str, Computed] = {}


def register(computed: Computed) -> None:
    """A key is counted by one room."""
    assert REGISTER.get(computed.key, computed) == computed, computed.key
    REGISTER[computed.key] = computed
