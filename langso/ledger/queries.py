"""Reading the ledger, and proving that it is whole."""

from dataclasses import dataclass

from django.db import connections

# The same expression that the database used when it wrote the line.
_BROKEN = """
select book, line from (
    select book, line, digest, previous,
           lag(digest) over (partition by book order by line) as expected,
           lag(line) over (partition by book order by line) as line_before,
           langso_ledger_digest(previous, book, line, at, by_id, did, what, unit_id, facts) as computed
    from ledger_entry
) l
where digest <> computed
   or previous <> coalesce(expected, '\\x'::bytea)
   or line <> coalesce(line_before, 0) + 1
order by book, line limit 1
"""


@dataclass(frozen=True)
class Broken:
    book: str
    line: int


def first_broken_line(*, using: str = "owner") -> Broken | None:
    """The first line that was altered, or that follows one that is missing; None when all books are whole.

    Cost: one pass over the table.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(_BROKEN)
        row = cursor.fetchone()
    return Broken(book=row[0], line=row[1]) if row else None
