"""The built-in form of ODK Collect: a visit to a household of the seat's own villages."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from io import StringIO
from typing import Any
from uuid import UUID

from django.db import connection

from langso.fieldwork.caller import Seat
from langso.questionnaires.engine import Form
from langso.questionnaires.shipped import VISIT_CODE, visit_pages
from langso.questionnaires.workbook import read_workbook, write_workbook
from langso.questionnaires.xlsform import Built, build
from langso.villages.topics import TOPICS

CODE = VISIT_CODE
LIST = "ho.csv"
MOST_HOUSEHOLDS = 3_000

_HOUSEHOLDS = """
select h.uid::text, h.head_name, v.name from villages_household h join villages_village v on v.id = h.village_id
join teams_teamvillage s on s.village_id = v.id and s.team_id = %s and s.valid @> %s::date
where h.gone_on is null order by v.sort_key, h.head_name, h.id limit %s
"""


@lru_cache(maxsize=1)
def visit_built() -> Built:
    """The form with today's list of topics; made once in each process."""
    content = write_workbook(visit_pages(TOPICS))
    return build(read_workbook(content, f"{CODE}.xlsx"), lists_from=frozenset({LIST}))


@lru_cache(maxsize=1)
def visit_form() -> Form:
    return Form(visit_built().definition)


@lru_cache(maxsize=1)
def visit_md5() -> str:
    return hashlib.md5(visit_built().xform.encode(), usedforsecurity=False).hexdigest()


def households_csv(seat: Seat) -> bytes:
    """`ho.csv` of the manifest: only households of the villages that the team serves today.  Cost: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS, [seat.team, seat.today, MOST_HOUSEHOLDS])
        rows = cursor.fetchall()
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "label", "thon"])
    writer.writerows([uid, f"{head}, {village}", village] for uid, head, village in rows)
    return out.getvalue().encode()


def visit_body(answers: Mapping[str, Any], *, corrects: UUID | None) -> dict[str, Any]:
    """The answers as a `visit` item of docs/teams-and-field.md."""

    def text(name: str) -> str:
        return str(answers.get(name) or "").strip()

    return {
        "household": text("ho"),
        "on": text("ngay")[:10],
        "topics": text("viec").split(),
        "result": text("ket_qua"),
        "next_on": text("hen_ngay")[:10] or None,
        "next": text("hen_viec"),
        "note": text("ghi_chu"),
        "proof": {"kind": "photo" if text("anh") else "none"},
        "corrects": str(corrects) if corrects else None,
        "campaign": None,
    }
