"""Statements that come hundreds of times a second."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

import psycopg
from django.db import connection

PLANNED_AFTER = 3  # executions, as psycopg counts them for one connection


def often() -> AbstractContextManager[Any]:
    """A cursor of this transaction that sends values beside the statement: planned once, bytes stay bytes.

    Django's own cursor writes values into the text and plans it anew each time, which costs PostgreSQL more than the
    work itself here. Every parameter that could be empty needs its type in the statement (`%s::bigint`). While queries
    are being counted it is Django's cursor, so that they are counted.
    """
    if connection.queries_logged:
        return cast("AbstractContextManager[Any]", connection.cursor())
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = PLANNED_AFTER
    return psycopg.Cursor(raw)


def as_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows for `jsonb_to_recordset(%s::jsonb) as x (column type, …)`: one text is written many times faster than an
    array for each column. Days, moments and uids as PostgreSQL reads them."""
    return json.dumps(
        [dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, separators=(",", ":"), default=str
    )
