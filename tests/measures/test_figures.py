"""What a commune reports: kept, corrected, never overwritten, never nonsense."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from unicodedata import normalize

import pytest
from django.db import IntegrityError, connection, transaction

from langso.criteria.edition import Kind
from langso.ledger.models import Entry as LedgerLine
from langso.legal.models import LegalDocument
from langso.lib.refusal import Refused
from langso.measures import rules
from langso.measures.models import ReportedFigure
from langso.measures.queries import figures_of
from langso.measures.rules import Entry, FigureWrong, check_entry
from tests.cast import Cast
from tests.conftest import World
from tests.country import Country
from tests.factories import (
    AS_OF,
    AT,
    PERIOD,
    TODAY,
    come_in,
    facts,
    first_field,
    main_edition,
    measure_of,
    open_net,
    report,
    whole,
)

SHARE = "CQ.2"
COUNT = "KT.7"
YES_NO = "C.1"
LATER = AT + timedelta(days=1)


def _figure(found: ReportedFigure | None) -> ReportedFigure:
    assert found is not None
    return found


def test_a_figure_keeps_its_counts_its_day_its_source_and_its_paper(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    entry = whole(
        1874,
        2716,
        source="Cổng dịch vụ công",
        document_number="127/BC-UBND",
        document_on=date(2026, 10, 31),
    )

    figure = _figure(report(country.merged, SHARE, entry, by=cast.officer, issuer="UBND Xã Bản Vược"))

    kept = ReportedFigure.objects.select_related("document", "reported_by").get(pk=figure.pk)
    assert facts(kept.numerator, kept.denominator, kept.value) == (1874, 2716, None)
    assert (kept.as_of, kept.source, kept.reported_at) == (AS_OF, "Cổng dịch vụ công", AT)
    assert str(kept.document) == "127/BC-UBND ngày 31/10/2026"
    assert kept.reported_by == cast.officer.person


def test_the_same_figure_again_changes_nothing(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    first = _figure(report(country.merged, SHARE, whole(3, 4), by=cast.officer))

    again = _figure(report(country.merged, SHARE, whole(3, 4), by=cast.colleague, at=LATER))

    assert again.pk == first.pk
    assert ReportedFigure.objects.count() == LedgerLine.objects.count() == 1


def test_a_correction_keeps_the_old_figure_and_both_stand_in_the_ledger(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    old = _figure(report(country.merged, SHARE, whole(3, 4), by=cast.officer))

    new = _figure(report(country.merged, SHARE, whole(2, 4), by=cast.officer, at=LATER))

    old.refresh_from_db()
    assert facts(old.numerator, old.replaced_at) == (3, LATER)
    assert facts(new.numerator, new.replaced_at) == (2, None)
    assert figures_of(country.merged, PERIOD) == {measure_of(SHARE).key: new}
    corrected = LedgerLine.objects.get(did="figure.corrected")
    assert corrected.facts["replaces"] == old.pk


def test_every_change_is_a_row_and_a_line_of_its_own_even_within_one_sitting(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    first = _figure(report(country.merged, SHARE, Entry(numerator=Decimal(1), as_of=AS_OF), by=cast.officer))

    second = _figure(report(country.merged, SHARE, whole(18, 27), by=cast.officer, at=AT + timedelta(minutes=2)))

    assert second.pk != first.pk
    assert list(ReportedFigure.objects.order_by("pk").values_list("numerator", flat=True)) == [1, 18]


def test_two_people_are_never_one_sitting(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    report(country.merged, SHARE, whole(1, 4), by=cast.officer)

    report(country.merged, SHARE, whole(2, 4), by=cast.colleague, at=AT + timedelta(minutes=2))

    assert list(ReportedFigure.objects.order_by("pk").values_list("numerator", flat=True)) == [1, 2]


def test_an_empty_entry_writes_nothing_and_takes_nothing_away_silently(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    assert report(country.merged, SHARE, Entry(), by=cast.officer) is None

    report(country.merged, SHARE, whole(1, 4), by=cast.officer)
    emptied = _figure(report(country.merged, SHARE, Entry(), by=cast.officer, at=LATER))

    assert emptied.numerator is None
    assert ReportedFigure.objects.filter(numerator=1, replaced_at=LATER).exists()


def test_text_is_kept_composed(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    said = normalize("NFD", "Sổ  hộ tịch của xã Bản Vược")

    figure = _figure(report(country.merged, SHARE, whole(1, 2, source=said), by=cast.officer))

    assert figure.source == "Sổ hộ tịch của xã Bản Vược"
    assert _figure(report(country.merged, SHARE, whole(1, 2, source=said), by=cast.officer, at=LATER)).pk == figure.pk


def test_one_paper_cited_twice_is_one_document(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    before = LegalDocument.objects.count()
    paper = {"document_number": "127/BC-UBND", "document_on": date(2026, 10, 31)}
    for code in (SHARE, "CQ.3"):
        report(country.merged, code, whole(1, 2, **paper), by=cast.officer, issuer="UBND xã")

    assert LegalDocument.objects.count() == before + 1


@pytest.mark.parametrize(
    ("code", "entry", "refusal", "field"),
    [
        (SHARE, whole(5, 4), rules.NumeratorTooLarge, "numerator"),
        (SHARE, whole(-1, 4), rules.BelowZero, "numerator"),
        (SHARE, whole(1, -4), rules.BelowZero, "denominator"),
        (SHARE, Entry(numerator=Decimal("1.5"), denominator=Decimal(4)), rules.NotWhole, "numerator"),
        (SHARE, whole(1, 10**12), rules.TooLarge, "denominator"),
        (SHARE, whole(1, 4, as_of=date(2026, 11, 21)), rules.DayAhead, "as_of"),
        (SHARE, whole(1, 4, as_of=date(1900, 1, 1)), rules.DayBeforePeriod, "as_of"),
        (SHARE, whole(1, 4, as_of=date(2025, 12, 31)), rules.DayBeforePeriod, "as_of"),
        (
            SHARE,
            whole(1, 4, document_on=date(2026, 11, 21), document_number="1"),
            rules.DayAhead,
            "document_on",
        ),
        (
            SHARE,
            whole(1, 4, document_on=date(1900, 1, 1), document_number="1"),
            rules.DocumentDayWrong,
            "document_on",
        ),
        (SHARE, whole(1, 4, document_on=AS_OF), rules.DocumentWithoutNumber, "document_number"),
        (COUNT, Entry(value=Decimal("1.5")), rules.NotWhole, "value"),
        (COUNT, Entry(value=Decimal(-1)), rules.BelowZero, "value"),
        (COUNT, Entry(value=Decimal(10**15)), rules.TooLarge, "value"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_and_nothing_is_written(
    code: str, entry: Entry, refusal: type[FigureWrong], field: str, country: Country, cast: Cast
) -> None:
    come_in(cast.officer)

    with pytest.raises(refusal) as caught:
        report(country.merged, code, entry, by=cast.officer)

    assert caught.value.field == field
    assert not ReportedFigure.objects.exists()
    assert not LedgerLine.objects.exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("part", ["numerator", "denominator", "value"])
def test_what_is_no_number_is_refused(part: str, number: str) -> None:
    code = COUNT if part == "value" else SHARE
    with pytest.raises(Refused):
        check_entry(measure_of(code), Entry(**{part: Decimal(number)}), period=PERIOD, today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [SHARE, "CQ.3"])
def test_zero_of_zero_is_a_figure(code: str, country: Country, cast: Cast) -> None:
    come_in(cast.officer)

    assert _figure(report(country.merged, code, whole(0, 0), by=cast.officer)).denominator == 0


@pytest.mark.parametrize("value", [2, -1, Decimal("0.5")])
def test_yes_or_no_is_nothing_else(value: Decimal, country: Country, cast: Cast) -> None:
    come_in(cast.officer)

    with pytest.raises(FigureWrong):
        report(country.merged, YES_NO, Entry(value=Decimal(value), as_of=AS_OF), by=cast.officer)


def test_counts_are_refused_where_a_value_is_asked_and_a_value_where_counts_are(country: Country, cast: Cast) -> None:
    come_in(cast.officer)

    for code, entry in ((COUNT, whole(1, 2)), (SHARE, Entry(value=Decimal(50), as_of=AS_OF))):
        with pytest.raises(FigureWrong):
            report(country.merged, code, entry, by=cast.officer)


def test_the_database_itself_keeps_one_current_figure(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    figure = _figure(report(country.merged, SHARE, whole(1, 2), by=cast.officer))

    with pytest.raises(IntegrityError, match="one_current_figure"), transaction.atomic():
        ReportedFigure.objects.create(
            unit=country.merged,
            measure=figure.measure,
            period="2026",
            value=1,
            origin="typed",
            reported_at=AT,
        )


@pytest.mark.parametrize(
    "wrong",
    [{"numerator": 1, "denominator": 2, "value": 3}, {"value": -1}, {"replaced_at": AT - timedelta(days=1)}],
)
def test_the_database_itself_refuses_nonsense(wrong: dict[str, object], country: Country, cast: Cast) -> None:
    come_in(cast.officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        ReportedFigure.objects.create(
            unit=country.merged, measure="x", period="2026", origin="typed", reported_at=AT, **wrong
        )


@pytest.mark.parametrize("is_there_already", [False, True])
def test_two_people_at_once_leave_one_current_figure_and_lose_none(is_there_already: bool, committing: World) -> None:
    unit, people = committing.country.merged, [committing.cast.officer, committing.cast.colleague]
    if is_there_already:
        with transaction.atomic():
            open_net()
            report(unit, SHARE, whole(1, 100), by=committing.cast.head)
    gate = Barrier(2)

    def write(n: int) -> None:
        gate.wait(10)
        try:
            with transaction.atomic():
                come_in(people[n])
                report(unit, SHARE, whole(n + 10, 100), by=people[n], at=LATER + timedelta(seconds=n))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))

    with transaction.atomic():
        open_net()
        assert ReportedFigure.objects.current().count() == 1
        assert set(ReportedFigure.objects.values_list("numerator", flat=True)) >= {10, 11}


def test_every_kind_of_field_in_the_main_edition_can_be_reported(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    kinds = {f.measure.kind for f in main_edition().fields.values()}

    for kind in kinds:
        code, field = first_field(kind)
        entry = whole(1, 2) if kind is Kind.SHARE else Entry(value=Decimal(1), as_of=AS_OF)
        assert _figure(report(country.merged, code, entry, by=cast.officer)).measure == field.measure.key
