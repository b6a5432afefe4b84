"""Writing gatherings: one is counted once, whoever of the team writes it down; a correction takes its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.units.statements import often
from langso.villages.heirs import Heir, villages_meant
from langso.villages.household_rules import OtherVillage, VillageUnknown
from langso.villages.incoming import Outcome, Writer, refused
from langso.visits import rules, tallying
from langso.visits.actions import villages_served
from langso.visits.rules import GatheringFacts


@dataclass(frozen=True)
class IncomingGathering:
    uid: UUID
    village: UUID
    facts: GatheringFacts
    made_at: datetime
    corrects: UUID | None = None


_GATHERING = """
insert into visits_gathering (uid, unit_id, province_code, village_id, team_id, member_id, person_id, held_on, place,
    topics, attended_count, note, corrects_id, origin, made_at, received_at)
values (%s, %s, %s, %s, %s::bigint, %s::bigint, %s::bigint, %s, %s, %s, %s, %s, %s::bigint, %s, %s, %s)
"""


_CORRECTED = """
select id, unit_id, province_code, village_id, held_on, topics, attended_count, replaced_at is not null, team_id
from visits_gathering where uid = %s for update
"""
_SAME = """
select exists (
    select 1 from visits_gathering g where g.village_id = %s and g.held_on = %s
        and langso_fold(g.place) = langso_fold(%s) and g.replaced_at is null and g.id <> %s
)
"""


def _check(
    cursor: Any,
    gathering: IncomingGathering,
    village: Heir,
    corrected: Any,
    by: Writer,
    served: frozenset[int] | None,
) -> None:
    """Refuses: CorrectsUnknown, GatheringCorrected, OtherVillage, SameGathering."""
    if gathering.corrects is not None and (corrected is None or (by.team is not None and corrected[8] != by.team)):
        raise rules.CorrectsUnknown(field="corrects")
    if corrected is not None and corrected[7]:
        raise rules.GatheringCorrected(field="corrects")
    if served is not None and village.id not in served:
        raise OtherVillage(field="village")
    facts = gathering.facts
    cursor.execute(_SAME, [village.id, facts.on, facts.place, corrected[0] if corrected else 0])
    if cursor.fetchone()[0]:
        raise rules.SameGathering(field="on", on=facts.on)


def write_gatherings(
    incoming: Sequence[IncomingGathering], *, by: Writer, at: datetime, forced: bool = False
) -> dict[UUID, Outcome]:
    """Write each gathering; a correction takes the place of the one it names.  Inside a transaction.

    Cost: two reads, then one to three statements each: there are few.
    """
    if not incoming:
        return {}
    outcomes: dict[UUID, Outcome] = {}
    served = None if by.team is None else villages_served(by.team)
    villages = villages_meant([g.village for g in incoming], unit=by.unit, today=day_of(at))
    changes: list[Mapping[tallying.Key, tallying.Sums]] = []
    with often() as cursor:
        for gathering in incoming:
            facts, village = gathering.facts, villages.get(gathering.village)
            if village is None:
                outcomes[gathering.uid] = refused(VillageUnknown(field="village"))
                continue
            corrected, waits = None, False
            if gathering.corrects is not None:
                cursor.execute(_CORRECTED, [gathering.corrects])
                corrected = cursor.fetchone()
                waits = corrected is None and not forced
            try:
                if waits:
                    says = "Chờ bản cần sửa được gửi tới."
                    outcomes[gathering.uid] = Outcome("held", "OriginalNotYet", says, gathering.corrects)
                    continue
                _check(cursor, gathering, village, corrected, by, served)
            except Refused as refusal:
                outcomes[gathering.uid] = refused(refusal)
                continue
            if corrected is not None:
                cursor.execute("update visits_gathering set replaced_at = %s where id = %s", [at, corrected[0]])
                changes.append(tallying.difference({}, tallying.of_gathering(*corrected[1:7])))
            cursor.execute(
                _GATHERING,
                [
                    gathering.uid, village.unit, village.province_code, village.id, by.team, by.member, by.person,
                    facts.on, facts.place, facts.topics, facts.attended, facts.note,
                    corrected[0] if corrected else None, by.origin, gathering.made_at, at,
                ],
            )  # fmt: skip
            changes.append(
                tallying.of_gathering(
                    village.unit, village.province_code, village.id, facts.on, facts.topics, facts.attended
                )
            )
            says = f"Thôn đã nhập vào {village.name}; buổi này được ghi ở đó." if village.was_merged else ""
            outcomes[gathering.uid] = Outcome("written", says=says)
    tallying.add({k: s for k, s in tallying.added(*changes).items() if s != tallying.NOTHING})
    return outcomes
