"""Writing the ledger."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models


def record(
    *,
    by: int | None,
    did: str,
    to: models.Model,
    unit: int | None,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Add one line to the book of the unit's province; returns its id. Part of the caller's transaction.

    Cost: one statement; acts in the same province wait for each other until commit, others do not.
    """
    what = f"{to._meta.label_lower}:{to.pk}"
    with connection.cursor() as cursor:
        cursor.execute(
            "select langso_ledger_append(%s, %s, %s, %s, %s, %s)",
            (
                at,
                by,
                did,
                what,
                unit,
                json.dumps(facts or {}, ensure_ascii=False, default=str, sort_keys=True),
            ),
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
