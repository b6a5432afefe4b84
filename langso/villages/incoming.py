"""Who writes, and what became of what was written: the words that the rooms of field work share."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from langso.lib.refusal import Refused


@dataclass(frozen=True)
class Writer:
    """A member of a team through a phone, or a person at the desk of a commune. `origin`: see visits.models.Origin."""

    unit: int
    province_code: str
    team: int | None
    member: int | None
    person: int | None
    origin: str


@dataclass(frozen=True)
class Outcome:
    """What became of one: written, held (for a uid that has not come), conflict (both are kept), refused."""

    state: str
    code: str = ""
    says: str = ""
    waits_for: UUID | None = None
    version: int | None = None


WRITTEN = Outcome("written")


def refused(refusal: Refused) -> Outcome:
    return Outcome("refused", type(refusal).__name__, refusal.sentence)
