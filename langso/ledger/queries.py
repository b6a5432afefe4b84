"""Reading the ledger, and proving that it is whole."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connections

from langso.ledger.rules import Anchor

# The same expression that the database used when it wrote the line.
_BROKEN = """
select book, line, at, did, what,
       case when digest <> computed then 'altered' when line <> coalesce(line_before, 0) + 1 then 'missing'
            else 'unchained' end
from (
    select book, line, at, did, what, digest, previous,
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
_BOOKS = """
select distinct on (book) book, line, encode(digest, 'hex'), count(*) over (partition by book)
from ledger_entry order by book, line desc
"""


@dataclass(frozen=True)
class Broken:
    """The first line that is not as it was written: `altered`, or `missing` before it, or `unchained` from it."""

    book: str
    line: int
    at: datetime = field(default=datetime.min.replace(tzinfo=UTC), compare=False)
    did: str = field(default="", compare=False)
    what: str = field(default="", compare=False)
    why: str = field(default="", compare=False)


@dataclass(frozen=True)
class Book:
    """One chain, as far as it goes: its last line, that line's digest, and how many lines there are."""

    book: str
    line: int
    digest: str
    lines: int


def first_broken_line(*, using: str = "owner") -> Broken | None:
    """The first line that was altered, or that follows one that is missing; None when all books are whole.

    What a chain cannot show by itself is that its last lines are gone: see `holds`.  Cost: one pass over the table.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(_BROKEN)
        row = cursor.fetchone()
    return Broken(*row) if row else None


def books(*, using: str = "owner") -> list[Book]:
    with connections[using].cursor() as cursor:
        cursor.execute(_BOOKS)
        return [Book(*row) for row in cursor.fetchall()]


def holds(anchor: Anchor, *, using: str = "owner") -> bool:
    """Whether the line that somebody wrote down elsewhere still stands with the same digest."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select encode(digest, 'hex') from ledger_entry where book = %s and line = %s", [anchor.book, anchor.line]
        )
        row = cursor.fetchone()
    return row is not None and row[0] == anchor.digest
