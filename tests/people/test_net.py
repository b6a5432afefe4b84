"""The second net: what PostgreSQL itself keeps from the application's role."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from langso.assessments.models import Assessment, Publication
from langso.files.models import StoredFile
from langso.ledger.models import Entry as LedgerLine
from langso.measures.models import ReportedFigure
from langso.people.models import Person, Post
from langso.units.models import Unit
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, close_net, come_in, fill, open_assessment, open_net

PRIVATE = (ReportedFigure, Assessment, StoredFile, LedgerLine, Person, Post)


def _rows_of_every_kind(country: Country) -> None:
    open_net()
    for unit in (country.merged, country.neighbour, country.old_yen_hoa, country.far_commune):
        fill(unit)
        StoredFile.objects.create(unit=unit, name="bang.xlsx", content_type="x", size=1, sha256="0" * 64, stored_at=AT)
    for unit in (country.merged, country.neighbour, country.far_commune):
        open_assessment(unit)


@pytest.mark.parametrize("model", PRIVATE, ids=lambda m: m.__name__)
def test_with_the_door_closed_the_application_sees_no_row_of_a_unit(
    model: type[ReportedFigure], country: Country, cast: Cast
) -> None:
    _rows_of_every_kind(country)
    assert model.objects.exists()

    close_net()

    assert not model.objects.exists()


def test_a_query_that_forgets_its_units_still_shows_the_neighbour_only_her_own(country: Country, cast: Cast) -> None:
    _rows_of_every_kind(country)

    come_in(cast.neighbour)

    mine = {country.neighbour.pk}
    assert set(ReportedFigure.objects.values_list("unit", flat=True)) == mine
    assert set(Assessment.objects.values_list("unit", flat=True)) == mine
    assert set(StoredFile.objects.values_list("unit", flat=True)) == mine
    assert set(LedgerLine.objects.values_list("unit_id", flat=True)) == mine
    assert set(Post.objects.values_list("person", flat=True)) == {cast.neighbour.id}
    assert set(Person.objects.values_list("pk", flat=True)) == {cast.neighbour.id}


def test_the_net_lets_an_officer_see_what_her_commune_absorbed(country: Country, cast: Cast) -> None:
    _rows_of_every_kind(country)

    come_in(cast.officer)

    assert set(StoredFile.objects.values_list("unit", flat=True)) == {
        country.merged.pk,
        country.old_yen_hoa.pk,
    }


def test_the_net_lets_a_national_post_see_all(country: Country, cast: Cast) -> None:
    _rows_of_every_kind(country)

    come_in(cast.editor)

    assert StoredFile.objects.count() == 4


def test_the_net_refuses_a_figure_for_a_unit_out_of_reach(country: Country, cast: Cast) -> None:
    come_in(cast.neighbour)

    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        ReportedFigure.objects.create(
            unit=country.merged, measure="x", period="2026", value=1, origin="typed", reported_at=AT
        )


def test_a_row_cannot_be_moved_to_a_unit_out_of_reach(country: Country, cast: Cast) -> None:
    _rows_of_every_kind(country)
    come_in(cast.neighbour)

    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Assessment.objects.update(unit=country.merged)


def test_figures_and_publications_can_be_added_to_and_never_rewritten(country: Country, cast: Cast) -> None:
    _rows_of_every_kind(country)
    come_in(cast.officer)

    for change in (
        lambda: ReportedFigure.objects.update(numerator=1),
        lambda: ReportedFigure.objects.all().delete(),
        lambda: Publication.objects.update(level=5),
        lambda: Publication.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()


def test_the_settings_of_the_net_end_with_the_transaction(committing: object, world: object) -> None:
    cast: Cast = world.cast  # type: ignore[attr-defined]
    with transaction.atomic():
        come_in(cast.editor)
        assert Person.objects.exists()

    assert not Person.objects.exists()


def _as_app(statement: str) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    return run


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_entry set did = 'x'",
        "delete from ledger_entry",
        "truncate ledger_entry",
        "insert into ledger_entry (book, line, at, did, what, facts, previous, digest)"
        " values ('x', 1, now(), 'x', 'x', '{}', '', '')",
        "insert into units_unit (level) values ('commune')",
        "update units_unitname set name = 'x'",
        "delete from units_unitcode",
        "update units_succession set share = 1",
        "delete from units_reach",
        "insert into units_reach (root_id, unit_id, valid) select 1, 1, 'empty'",
        "update legal_clause set text = 'x'",
        "alter table measures_reportedfigure disable row level security",
        "drop policy reach on measures_reportedfigure",
        "create table mine (id int)",
        "create or replace function langso_fold(t text) returns text language sql as $$ select t $$",
    ],
)
def test_the_application_may_not(statement: str, db: None) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        _as_app(statement)()


def test_the_application_is_neither_owner_nor_superuser_nor_free_of_the_net(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,
                   exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                           where n.nspname = 'public' and pg_has_role(c.relowner, 'member'))
            from pg_roles where rolname = current_user
        """)
        assert cursor.fetchone() == (False, False, False, False, False)


def test_units_are_there_for_everyone(country: Country) -> None:
    close_net()

    assert Unit.objects.filter(pk=country.merged.pk).exists()
