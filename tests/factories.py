"""What most tests need besides the country and the cast: figures, assessments, the net, a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from langso.assessments import actions as assessing
from langso.assessments import moving, submitting
from langso.assessments.judging import MAIN_FRAMEWORK, edition_of
from langso.assessments.models import Assessment, Submission
from langso.criteria.edition import Edition, Field, Kind, Measure
from langso.cycles.models import Cycle
from langso.lib.period import Period
from langso.measures import actions as reporting
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.measures.rules import Entry, is_ratio
from langso.people.permits import Presence, enter
from langso.units.models import Unit
from tests.cast import Player

PERIOD = Period.year(2026)
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
AS_OF = date(2026, 10, 31)


def main_edition() -> Edition:
    return edition_of(MAIN_FRAMEWORK)


def measure_of(code: str, edition: Edition | None = None) -> Measure:
    """The measure of a field, with the key that its figures are kept under."""
    edition = edition or main_edition()
    field = edition.fields[code]
    return replace(field.measure, key=key_of(edition, field))


def first_field(kind: Kind, *, ratio: bool | None = None) -> tuple[str, Field]:
    """The first field of the main edition of this kind."""
    return next(
        (code, f)
        for code, f in main_edition().fields.items()
        if f.measure.kind is kind and (ratio is None or is_ratio(f.measure) == ratio)
    )


def whole(numerator: int, denominator: int, **more: Any) -> Entry:
    return Entry(numerator=Decimal(numerator), denominator=Decimal(denominator), **({"as_of": AS_OF} | more))


def report(
    unit: Unit, code: str, entry: Entry, *, by: Player | None = None, at: datetime = AT, **more: Any
) -> ReportedFigure | None:
    return reporting.report_figure(
        unit=unit,
        measure=measure_of(code),
        period=PERIOD,
        entry=entry,
        by=by.id if by else None,
        at=at,
        **more,
    )


def open_assessment(unit: Unit, *, by: Player | None = None, at: datetime = AT) -> Assessment:
    return assessing.open_assessment(
        unit=unit, framework=MAIN_FRAMEWORK, period=PERIOD, by=by.id if by else None, at=at
    )


def fill(unit: Unit, *, by: Player | None = None, at: datetime = AT, share: int = 90) -> None:
    """A figure for every field of the main edition."""
    for code, field in main_edition().fields.items():
        if is_ratio(field.measure):
            entry = whole(share, 100)
        elif field.measure.kind is Kind.YES_NO:
            entry = Entry(value=Decimal(1), as_of=AS_OF)
        else:
            entry = Entry(value=Decimal(share), as_of=AS_OF)
        report(unit, code, entry, by=by, at=at)


def open_cycle(unit: Unit | None, *units: Unit, by: Player | None = None, at: datetime = AT, **more: Any) -> Cycle:
    """A running cycle of the main framework for these units; without signatures unless asked for."""
    edition = main_edition()
    facts: dict[str, Any] = {
        "code": f"dot-{unit.pk if unit else 0}-{PERIOD.code}",
        "title": "Đợt đánh giá năm 2026",
        "opens_on": date(2026, 11, 16),
        "submit_by": date(2026, 12, 15),
        "appraise_by": date(2027, 1, 15),
        "decide_by": date(2027, 1, 29),
        "publish_by": date(2027, 2, 26),
        "requires_signature": False,
    } | more
    cycle = Cycle.objects.create(
        unit=unit,
        framework=edition.id,
        edition=edition.edition,
        period=PERIOD.code,
        unit_level="commune",
        made_by_id=by.id if by else None,
        made_at=at,
        **facts,
    )
    moving.open_cycle(cycle, [u.pk for u in units], by=by.id if by else None, at=at)
    return cycle


def in_cycle(cycle: Cycle, unit: Unit) -> Assessment:
    return Assessment.objects.select_related("unit", "cycle").get(cycle=cycle, unit=unit)


def confirm_all(assessment: Assessment, *, by: Player, at: datetime = AT) -> None:
    codes = [c.code for c in submitting.readiness(assessment, at=at).open]
    submitting.confirm(assessment, codes, how="confirmed", by=by.id, at=at)


def hand_in(assessment: Assessment, *, officer: Player, head: Player, at: datetime = AT) -> Submission:
    """Confirmed, sent to be signed and submitted, as the unit's people do it."""
    confirm_all(assessment, by=officer, at=at)
    submitting.send_to_sign(assessment, by=officer.id, at=at)
    return submitting.submit(assessment, by=head.id, at=at)


def close_net() -> None:
    """As every transaction begins: nobody is in. Past Django's log, so that it counts as no query of a page."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        for name in ("person", "day", "everywhere", "roots"):
            cursor.execute("select set_config(%s, '', true)", (f"langso.{name}",))


def open_net() -> None:
    """See everything; for arranging and asserting, never for what is tested."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('langso.everywhere', 'on', true)")


def come_in(player: Player, *, on: date = TODAY) -> Presence:
    """Through the net as this person, and no further."""
    close_net()
    presence = enter(player.account, on=on)
    assert presence is not None
    return presence


class Visitor(Client):
    """A browser. In a test the whole test is one transaction, so the net is closed again before each request."""

    def request(self, **request: Any) -> Any:
        close_net()
        return super().request(**request)


def visitor(player: Player | None = None, **more: Any) -> Visitor:
    client = Visitor(**more)
    if player is not None:
        client.force_login(player.account)
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def facts(*values: object) -> tuple[object, ...]:
    """Side by side, for comparing several at once: a decimal 3 is a 3."""
    return values


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """So many statements and no more. The frame of the transaction (here: savepoints) is not counted."""
    with CaptureQueriesContext(connection) as captured:
        yield
    frame = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO", "BEGIN", "COMMIT")
    asked = [q["sql"] for q in captured if not q["sql"].startswith(frame)]
    assert len(asked) <= count, f"{len(asked)} statements, {count} allowed:\n" + "\n".join(s[:160] for s in asked)
