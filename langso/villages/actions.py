"""Adding, changing and merging villages. What the network of teams amounts to is kept by the room above."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import connection, transaction
from psycopg.types.range import Range

from langso.ledger import actions as ledger
from langso.legal.models import LegalDocument
from langso.lib.period import day_of
from langso.lib.vietnamese import fold, nfc, sort_key
from langso.units.models import Unit
from langso.villages import rules
from langso.villages.models import Household, Signal, Village, VillageKind


def cited(number: str, issuer: str, issued_on: date | None) -> LegalDocument | None:
    """The document of these marks, made when it is new; none for nothing. The day is checked by who read it.

    Refuses: NumberWrong.
    """
    number = rules.written_number(number)
    if not number:
        return None
    document, _ = LegalDocument.objects.get_or_create(
        number=number, issuer=nfc(issuer)[:200] or "UBND xã", issued_on=issued_on
    )
    return document


def hold(unit: Unit) -> None:
    """One change of a commune's network at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.network.' || %s, 0))", [unit.pk])


@transaction.atomic
def add_village(
    *,
    unit: Unit,
    province_code: str,
    kind: str,
    name: str,
    households_count: int | None = None,
    signal: str = Signal.UNKNOWN,
    since: date,
    document: LegalDocument | None = None,
    uid: UUID | None = None,
    by: int | None,
    at: datetime,
) -> Village:
    """A village of today; the same `uid` sent again is the village already written.

    Refuses: VillageWrong.
    """
    today = day_of(at)
    whole = rules.full_name(kind, name)
    rules.check_households(households_count)
    since = rules.check_day(since, today=today, field="since")
    hold(unit)
    if uid is not None and (there := Village.objects.filter(uid=uid, unit=unit).first()):
        return there
    _check_free(unit, whole)
    village = Village.objects.create(
        uid=uid or uuid4(),
        unit=unit,
        province_code=province_code,
        kind=kind if kind in VillageKind.values else rules.kind_in(whole) or VillageKind.THON,
        name=whole,
        sort_key=sort_key(whole),
        households_count=households_count,
        counted_on=today if households_count is not None else None,
        signal=signal,
        valid=Range(since, None),
        document=document,
    )
    ledger.record(by=by, did="village.added", to=village, unit=unit.pk, at=at, facts={"name": whole})
    return village


def _check_free(unit: Unit, whole: str, *, but: int = 0) -> None:
    there = Village.objects.filter(unit=unit, folded=fold(whole), valid__upper_inf=True).exclude(pk=but).first()
    if there is not None:
        raise rules.NameTaken(field="name", name=there.name)


@transaction.atomic
def edit_village(
    *,
    village: Village,
    kind: str,
    name: str,
    households_count: int | None,
    signal: str,
    by: int | None,
    at: datetime,
) -> bool:
    """Put right what is written of a village; returns whether anything changed.

    Refuses: VillageWrong.
    """
    whole = rules.full_name(kind, name)
    rules.check_households(households_count)
    hold(village.unit)
    village.refresh_from_db()
    if village.valid.upper is not None:
        raise rules.AlreadyMerged(field="name", name=village.name)
    before = (village.kind, village.name, village.households_count, village.signal)
    if before == (kind, whole, households_count, signal):
        return False
    _check_free(village.unit, whole, but=village.pk)
    if households_count != village.households_count:
        village.counted_on = day_of(at) if households_count is not None else None
    village.kind, village.name, village.sort_key = kind, whole, sort_key(whole)
    village.households_count, village.signal = households_count, signal
    village.save(update_fields=["kind", "name", "sort_key", "households_count", "counted_on", "signal"])
    ledger.record(
        by=by,
        did="village.edited",
        to=village,
        unit=village.unit_id,
        at=at,
        facts={"name": whole, "households": households_count, "before": before[1]},
    )
    return True


@transaction.atomic
def merge_villages(
    *,
    into: Village,
    merged: Sequence[Village],
    new_name: str,
    on: date | None,
    document: LegalDocument | None,
    by: int | None,
    at: datetime,
) -> int:
    """Villages end on a day and name what they went into; their households go along. Returns how many households.

    Refuses: VillageWrong.
    """
    today = day_of(at)
    day = rules.check_day(on, today=today, field="on")
    if document is None:
        raise rules.DocumentMissing(field="number")
    hold(into.unit)
    rows = {v.pk: v for v in Village.objects.select_for_update().filter(unit=into.unit)}
    names = {pk: v.name for pk, v in rows.items()}
    standing = {pk for pk, v in rows.items() if v.valid.upper is None}
    rules.check_merge(into.pk, [v.pk for v in merged], names, standing)
    for one in merged:
        start = rows[one.pk].valid.lower
        if start is not None and day <= start:
            raise rules.DayBeforeStart(field="on", day=day, name=one.name, start=start)
    kept = rows[into.pk]  # as it is now: what the caller holds may have been renamed meanwhile
    for one in merged:
        old = rows[one.pk]
        old.valid, old.merged_into, old.document = Range(old.valid.lower, day), kept, document
        old.save(update_fields=["valid", "merged_into", "document"])
    whole = rules.full_name(kept.kind, new_name) if nfc(new_name) else kept.name
    counts = [rows[v.pk].households_count for v in (into, *merged)]
    _check_free(into.unit, whole, but=into.pk)
    kept.name, kept.sort_key, kept.document = whole, sort_key(whole), document
    # A sum of which a part is not known is not known.
    kept.households_count = sum(c for c in counts if c is not None) if all(c is not None for c in counts) else None
    kept.counted_on = today if kept.households_count is not None else None
    kept.save(update_fields=["name", "sort_key", "document", "households_count", "counted_on"])
    into.refresh_from_db(from_queryset=Village.objects.select_related("unit"))
    moved = Household.objects.filter(village__in=[v.pk for v in merged]).update(village=into)
    ledger.record(
        by=by,
        did="village.merged",
        to=into,
        unit=into.unit_id,
        at=at,
        facts={
            "name": whole,
            "was": names[into.pk],
            "merged": [names[v.pk] for v in merged],
            "on": day.isoformat(),
            "document": document.number,
            "households": moved,
        },
    )
    return moved
