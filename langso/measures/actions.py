"""Writing figures."""

from datetime import datetime

from django.db import connection, transaction

from langso.criteria.edition import Measure
from langso.ledger import actions as ledger
from langso.legal.models import LegalDocument
from langso.lib.period import Period, day_of
from langso.lib.vietnamese import nfc
from langso.measures import rules
from langso.measures.models import ReportedFigure, SystemReading
from langso.measures.rules import Entry
from langso.units.models import Unit


@transaction.atomic
def report_figure(
    *,
    unit: Unit,
    measure: Measure,
    period: Period,
    entry: Entry,
    by: int | None,
    at: datetime,
    origin: str = ReportedFigure.Origin.TYPED,
    issuer: str = "",
) -> ReportedFigure | None:
    """Write what a unit reports. The same figure again changes nothing; another one replaces it, and both are kept.

    Refuses: FigureWrong.
    """
    rules.check_entry(measure, entry, period=period, today=day_of(at))
    with connection.cursor() as cursor:  # two people may write the first figure at once: no row to lock yet
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('langso.figure.' || %s || %s || %s, 0))",
            [unit.pk, measure.key, period.code],
        )
    now = (
        ReportedFigure.objects.select_for_update(of=("self",))
        .filter(unit=unit, measure=measure.key, period=period.code, replaced_at=None)
        .select_related("document")
        .first()
    )
    if now is not None and _same(now, entry):
        return now
    if now is None and entry.is_empty:
        return None
    document = None
    if entry.document_number:
        document, _ = LegalDocument.objects.get_or_create(
            number=nfc(entry.document_number), issuer=issuer or "UBND", issued_on=entry.document_on
        )
    facts = {
        "numerator": entry.numerator,
        "denominator": entry.denominator,
        "value": entry.value,
        "as_of": entry.as_of,
        "source": nfc(entry.source),
        "document": document,
        "note": nfc(entry.note),
        "origin": origin,
    }
    if now is not None:
        at = max(at, now.reported_at)  # who came in first may be the second to write
        now.replaced_at = at
        now.save(update_fields=["replaced_at"])
    figure = ReportedFigure.objects.create(
        unit=unit, measure=measure.key, period=period.code, reported_by_id=by, reported_at=at, **facts
    )
    ledger.record(
        by=by,
        did="figure.reported" if now is None else "figure.corrected",
        to=figure,
        unit=unit.pk,
        at=at,
        facts={
            "measure": measure.key,
            "period": period.code,
            "numerator": entry.numerator,
            "denominator": entry.denominator,
            "value": entry.value,
            "replaces": now.pk if now else None,
        },
    )
    return figure


@transaction.atomic
def receive_reading(
    *,
    unit: Unit,
    measure: Measure,
    period: Period,
    entry: Entry,
    system: str,
    by: int | None,
    at: datetime,
    is_simulated: bool = False,
) -> SystemReading:
    """Keep what a state system says beside the self-report. The same again changes nothing.

    Refuses: FigureWrong.
    """
    rules.check_entry(measure, entry, period=period, today=day_of(at))
    rules.check_whole(measure, entry)
    system = nfc(system).strip()
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('langso.reading.' || %s || %s || %s, 0))",
            [unit.pk, measure.key, period.code],
        )
    key = {"unit": unit, "measure": measure.key, "period": period.code, "system": system}
    now = SystemReading.objects.filter(**key, replaced_at=None).first()
    numbers = {name: getattr(entry, name) for name in ("numerator", "denominator", "value", "as_of")}
    if now is not None:
        if all(getattr(now, name) == number for name, number in numbers.items()):
            return now
        at = max(at, now.received_at)
        now.replaced_at = at
        now.save(update_fields=["replaced_at"])
    reading = SystemReading.objects.create(
        **key, **numbers, is_simulated=is_simulated, received_by_id=by, received_at=at
    )
    ledger.record(
        by=by,
        did="reading.received",
        to=reading,
        unit=unit.pk,
        at=at,
        facts={"measure": measure.key, "period": period.code, "system": system, **numbers},
    )
    return reading


def _same(now: ReportedFigure, entry: Entry) -> bool:
    number = now.document.number if now.document else ""
    issued = now.document.issued_on if now.document else None
    return (now.numerator, now.denominator, now.value, now.as_of, now.source, number, issued, now.note) == (
        entry.numerator,
        entry.denominator,
        entry.value,
        entry.as_of,
        nfc(entry.source),
        nfc(entry.document_number),
        entry.document_on,
        nfc(entry.note),
    )
