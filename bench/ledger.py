"""How long it takes to prove a ledger of 100,000 lines whole, to name one altered line in it, and to write the anchor.

python bench/ledger.py        (its own state folder, thrown away; about a minute)
"""

import os
import tempfile
import time
from pathlib import Path

LINES, BOOKS = 100_000, 34

# The same chaining as `langso_ledger_append`, without its lock and its look-up of the province: only to fill the table.
_FILL = """
do $$
declare
    the_book text; before bytea; now bytea; n bigint; b int; facts jsonb; at timestamptz;
begin
    for b in 1..{books} loop
        the_book := 'tinh-' || b; before := ''::bytea;
        for n in 1..({lines} / {books} + case when b <= {lines} % {books} then 1 else 0 end) loop
            at := timestamptz '2026-01-01' + n * interval '7 minutes';
            facts := jsonb_build_object('measure', 'government.dossiers_online_share', 'period', '2026',
                'numerator', n, 'denominator', n + 840, 'nguồn', 'Hệ thống một cửa');
            now := langso_ledger_digest(before, the_book, n, at, b, 'figure.reported',
                'measures.reportedfigure:' || n, b, facts);
            insert into ledger_entry (book, line, at, by_id, did, what, unit_id, facts, previous, digest)
            values (the_book, n, at, b, 'figure.reported', 'measures.reportedfigure:' || n, b, facts, before, now);
            before := now;
        end loop;
    end loop;
end $$;
"""


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="langso-bench-"))
    home.chmod(0o755)
    os.environ |= {"LANGSO_HOME": str(home / "home")}
    from langso.commands.house import open_house

    with open_house(migrate=True):
        from django.db import connections

        with connections["owner"].cursor() as cursor:
            cursor.execute(_FILL.format(lines=LINES, books=BOOKS))
            cursor.execute("analyze ledger_entry")
            cursor.execute("select count(*), pg_total_relation_size('ledger_entry') from ledger_entry")
            lines, size = cursor.fetchone() or (0, 0)
        print(f"{lines} lines in {BOOKS} books, {size / 1e6:.0f} MB")
        _measure()


def _measure() -> None:
    from django.db import connections

    from langso.ledger import queries

    for label in ("whole, first", "whole, again"):
        began = time.perf_counter()
        assert queries.first_broken_line() is None
        print(f"{label:16} {time.perf_counter() - began:6.2f} s")
    began = time.perf_counter()
    assert len(queries.books()) == BOOKS
    print(f"{'anchor':16} {time.perf_counter() - began:6.2f} s")
    with connections["owner"].cursor() as cursor:
        cursor.execute("update ledger_entry set facts = '{}' where book = 'tinh-9' and line = 1000")
    began = time.perf_counter()
    broken = queries.first_broken_line()
    assert broken is not None
    assert (broken.book, broken.line, broken.why) == ("tinh-9", 1000, "altered")
    print(f"{'one altered':16} {time.perf_counter() - began:6.2f} s   named: {broken.book}, line {broken.line}")


if __name__ == "__main__":
    main()
