"""The ledger: lines are only added, and a changed or missing one shows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from langso.ledger.actions import record
from langso.ledger.models import Entry
from langso.ledger.queries import Broken, first_broken_line
from langso.units.models import Unit
from tests.cast import Cast
from tests.conftest import World
from tests.country import Country
from tests.factories import AT, fill, open_assessment, open_net


def _write(unit: Unit, lines: int = 3, did: str = "thu.viec") -> None:
    for n in range(lines):
        record(
            by=None,
            did=did,
            to=unit,
            unit=unit.pk,
            at=AT + timedelta(seconds=n),
            facts={"n": n, "chữ": "Đỗ “x”"},
        )


def _lines() -> list[tuple[str, int]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select book, line from ledger_entry order by book, line")
        return list(cursor.fetchall())


def test_lines_of_a_province_stand_in_one_book_numbered_without_gap(country: Country, cast: Cast) -> None:
    open_net()
    _write(country.merged)
    _write(country.old_yen_hoa)
    _write(country.far_commune, 2)

    books = dict[str, list[int]]()
    for book, line in Entry.objects.order_by("line").values_list("book", "line"):
        books.setdefault(book, []).append(line)

    assert books == {
        f"tinh-{country.province.pk}": [1, 2, 3, 4, 5, 6],
        f"tinh-{country.far_province.pk}": [1, 2],
    }


def test_an_act_of_no_unit_stands_in_the_book_of_the_country(cast: Cast) -> None:
    open_net()
    record(by=cast.editor.id, did="thu.viec", to=cast.editor.person, unit=None, at=AT)

    assert Entry.objects.get().book == "ca-nuoc"


def test_the_ledger_says_who_did_what_where_and_when(country: Country, cast: Cast) -> None:
    open_net()
    fill(country.merged, by=cast.officer)
    open_assessment(country.merged, by=cast.officer)

    opened = Entry.objects.get(did="assessment.opened")

    assert (opened.by_id, opened.unit_id, opened.at) == (cast.officer.id, country.merged.pk, AT)
    assert opened.facts["period"] == "2026"
    assert Entry.objects.filter(did="figure.reported", by_id=cast.officer.id).count() > 20


def test_a_whole_ledger_is_whole(committing: World) -> None:
    _write(committing.country.merged)
    _write(committing.country.far_commune)

    assert len(_lines()) == 6
    assert first_broken_line() is None


@pytest.mark.parametrize(
    "change",
    [
        "update ledger_entry set did = 'khac' where line = 2 and book = %s",
        "update ledger_entry set facts = '{\"n\": 9}' where line = 2 and book = %s",
        "update ledger_entry set at = at + interval '1 microsecond' where line = 2 and book = %s",
        "update ledger_entry set by_id = 1 where line = 2 and book = %s",
        "update ledger_entry set unit_id = null where line = 2 and book = %s",
        "update ledger_entry set what = '' where line = 2 and book = %s",
    ],
)
def test_the_first_altered_line_is_named(change: str, committing: World) -> None:
    _write(committing.country.merged, 4)
    book = f"tinh-{committing.country.province.pk}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(change, [book])
        assert cursor.rowcount == 1

    assert first_broken_line() == Broken(book, 2)


@pytest.mark.parametrize(("gone", "named"), [(1, 2), (2, 3), (3, 4)])
def test_the_line_after_a_missing_one_is_named(gone: int, named: int, committing: World) -> None:
    _write(committing.country.merged, 4)
    book = f"tinh-{committing.country.province.pk}"
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from ledger_entry where line = %s", [gone])

    assert first_broken_line() == Broken(book, named)


def test_a_line_rewritten_with_a_right_digest_breaks_the_next(committing: World) -> None:
    _write(committing.country.merged, 4)
    with connections["owner"].cursor() as cursor:
        cursor.execute("""
            update ledger_entry e set did = 'khac',
                digest = langso_ledger_digest(previous, book, line, at, by_id, 'khac', what, unit_id, facts)
            where line = 2
        """)

    assert first_broken_line() == Broken(f"tinh-{committing.country.province.pk}", 3)


def test_many_at_once_keep_one_order(committing: World) -> None:
    units = [committing.country.merged, committing.country.neighbour, committing.country.far_commune]
    gate = Barrier(6)

    def write(n: int) -> None:
        gate.wait(10)
        try:
            for _ in range(5):
                with transaction.atomic():
                    _write(units[n % 3], 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))

    near, far = (f"tinh-{p.pk}" for p in (committing.country.province, committing.country.far_province))
    lines = _lines()
    assert [line for book, line in lines if book == near] == list(range(1, 21))
    assert [line for book, line in lines if book == far] == list(range(1, 11))
    assert first_broken_line() is None


def test_a_line_goes_with_the_work_that_was_undone(committing: World) -> None:
    with transaction.atomic():
        _write(committing.country.merged, 1)
        transaction.set_rollback(True)
    _write(committing.country.merged, 1)

    assert [line for _, line in _lines()] == [1]
    assert first_broken_line() is None
