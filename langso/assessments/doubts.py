"""What makes a figure worth a second look. A doubt is a question to the unit, never an accusation. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from langso.assessments.results import Reading, Result
from langso.criteria.edition import Edition, Kind, Measure
from langso.lib.number import write_number
from langso.lib.period import write_day

JUMP = 25.0  # percentage points since the last cycle
LEAST_COUNT = 20  # of fewer, one more or less is already a jump
OLD_DAYS = 120  # a figure this much older than the day of submission


@dataclass(frozen=True)
class Doubt:
    criterion: str
    kind: str  # differs · jumped · no_evidence · attested · old · counts_differ · seen_elsewhere · alike_differ
    says: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def share_of(reading: Reading | None, per: int = 100) -> float | None:
    """The figure in the measure's own unit; a ratio from its counts."""
    if reading is None:
        return None
    if reading.numerator is not None and reading.denominator:
        return reading.numerator * per / reading.denominator
    return reading.value


def doubts_of(
    edition: Edition,
    readings: Mapping[str, Reading],
    *,
    result: Result,
    systems: Mapping[str, Reading],
    earlier: Mapping[str, Reading],
    evidence: Mapping[str, int],
    attested: frozenset[str],
    seen_elsewhere: Mapping[str, str],
    today: date,
) -> list[Doubt]:
    """Doubts of one unit, by criterion.

    `systems`, `earlier`: readings by field code, of state systems and of the last cycle; `evidence`: citations by
    criterion; `seen_elsewhere`: sentences by criterion about files that stand in other files too.
    """
    found: list[Doubt] = []
    for code, criterion in {c.code: c for c in edition.criteria}.items():
        reading = readings.get(code)
        if reading is None:
            continue
        measure = criterion.measure
        found += _against_system(code, measure, reading, systems.get(code))
        before = share_of(earlier.get(code), measure.per)
        now = share_of(reading, measure.per)
        is_many = reading.denominator is None or reading.denominator >= LEAST_COUNT
        if measure.kind is Kind.SHARE and is_many and before is not None and now is not None and now - before >= JUMP:
            says = f"Tăng {write_number(now - before, 1)} điểm phần trăm so với kỳ trước ({write_number(before, 1)}%)."
            found.append(Doubt(code, "jumped", says))
        row = result.rows.get(code)
        if not evidence.get(code) and not reading.document:
            if code in attested:
                found.append(Doubt(code, "attested", "Xã cam đoan, chưa kèm văn bản."))
            elif row is not None and row.is_met:
                found.append(Doubt(code, "no_evidence", "Khai đạt mà chưa kèm minh chứng."))
        if reading.day is not None and (today - reading.day).days > OLD_DAYS:
            found.append(Doubt(code, "old", f"Số liệu ngày {write_day(reading.day)}, đã cũ so với ngày nộp."))
        if code in seen_elsewhere:
            found.append(Doubt(code, "seen_elsewhere", seen_elsewhere[code]))
    return found + _counts_that_differ(edition, readings)


def _against_system(code: str, measure: Measure, claim: Reading, system: Reading | None) -> list[Doubt]:
    if system is None:
        return []
    if claim.numerator is not None and system.numerator is not None:
        pairs = ((claim.numerator, system.numerator), (claim.denominator, system.denominator))
        if pairs[0][0] == pairs[0][1] and pairs[1][0] == pairs[1][1]:
            return []
        gap = claim.numerator - system.numerator
        if gap:
            way = "cao hơn" if gap > 0 else "thấp hơn"
            says = f"Lời khai {way} {system.source} {write_number(abs(gap), 0)} {measure.counted}".strip() + "."
        else:
            says = f"Mẫu số khác {system.source}: {write_number(system.denominator or 0, 0)}."
        return [Doubt(code, "differs", says)]
    ours, theirs = share_of(claim, measure.per), share_of(system, measure.per)
    if ours is None or theirs is None or ours == theirs:
        return []
    if measure.kind is Kind.YES_NO:
        return [Doubt(code, "differs", f"{system.source} ghi {'có' if theirs else 'chưa có'}.")]
    return [Doubt(code, "differs", f"{system.source} ghi {write_number(theirs)}.")]


def _counts_that_differ(edition: Edition, readings: Mapping[str, Reading]) -> list[Doubt]:
    """Two criteria that divide by the same thing must have counted it alike, within a tenth."""
    by_noun: dict[str, list[tuple[str, float]]] = {}
    for criterion in edition.criteria:
        reading = readings.get(criterion.code)
        noun = criterion.measure.denominator
        if reading is not None and reading.denominator and noun:
            by_noun.setdefault(noun, []).append((criterion.code, reading.denominator))
    found = []
    for noun, counts in by_noun.items():
        largest = max(counts, key=lambda pair: pair[1])
        found += [
            Doubt(
                code,
                "counts_differ",
                f"{noun[:1].upper()}{noun[1:]} ở đây là {write_number(count, 0)}, ở {largest[0]} là "
                f"{write_number(largest[1], 0)}.",
            )
            for code, count in counts
            if count < largest[1] * 0.9
        ]
    return found


def from_json(data: list[dict[str, Any]]) -> list[Doubt]:
    return [Doubt(**d) for d in data]
