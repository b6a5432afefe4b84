"""Loading the official lists into the tables: COPY in one transaction, all or nothing."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import connections, transaction
from psycopg.types.range import Range

from langso.lib.number import write_number
from langso.lib.period import REFORM
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc, sort_key
from langso.units import gazetteer, reach
from langso.units.models import Unit

OWNER = "owner"  # only the owner of the tables may fill the lists
NSO = "Số liệu công bố khi sắp xếp, 17/7/2025"


class AlreadyLoaded(Refused):
    says = "Danh mục đơn vị đã có sẵn ({units} đơn vị). Không nạp lại để khỏi mất liên kết với số liệu."


def is_loaded() -> bool:
    return Unit.objects.exists()


def load(*, say: Callable[[str], None] = lambda line: None) -> int:
    """Fill units, facts, successions and clauses from `gazetteer/`; returns the number of units.

    Refuses: GazetteerMissing, CountsDiffer, AlreadyLoaded; nothing is written then.
    Cost: eleven COPYs and one closure, under 30 seconds on the reference machine (bench/gazetteer.py).
    """
    lists = gazetteer.read()
    units, edges = write_number(len(lists.units)), write_number(len(lists.edges))
    say(f"Đọc xong danh mục: {units} đơn vị, {edges} dòng kế thừa")
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("lock table units_unit in exclusive mode")
        cursor.execute("select count(*) from units_unit")
        found = cursor.fetchone()
        if found and found[0]:
            raise AlreadyLoaded(units=found[0])
        _write(cursor, lists)
        say("Ghi xong đơn vị, đang tính phạm vi kế thừa")
        reach.rebuild(cursor)
        cursor.execute(
            "analyze units_unit, units_unitname, units_unitcode, units_unitparent, units_reach, units_succession"
        )
    return len(lists.units)


def _copy(cursor: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _span(valid: gazetteer.Span) -> Range[date]:
    return Range(valid[0], valid[1], "[)")


def _write(cursor: Any, lists: gazetteer.Gazetteer) -> None:
    # Documents may already stand there, cited by a framework.
    for number, issuer, day, title in lists.documents:
        cursor.execute(
            "insert into legal_legaldocument (number, issuer, issued_on, title) values (%s, %s, %s, %s)"
            " on conflict do nothing",
            (number, issuer, day, title),
        )
    cursor.execute("select number, min(id) from legal_legaldocument group by number")
    paper: dict[str | None, int | None] = dict(cursor.fetchall())
    paper[None] = None

    _copy(
        cursor,
        "legal_clause",
        "document_id, number, text",
        ((paper[document], number, nfc(text)) for document, number, text in lists.clauses),
    )
    ids = {unit.key: i for i, unit in enumerate(lists.units, 1)}
    _copy(cursor, "units_unit", "id, level", ((ids[u.key], u.level) for u in lists.units))
    _copy(
        cursor,
        "units_unitname",
        "unit_id, name, short_name, kind, sort_key, valid, document_id",
        (
            (
                ids[u.key],
                nfc(n.name),
                nfc(n.short_name),
                n.kind,
                sort_key(n.short_name),
                _span(n.valid),
                paper[n.document],
            )
            for u in lists.units
            for n in u.names
        ),
    )
    _copy(
        cursor,
        "units_unitcode",
        "unit_id, code, valid, document_id",
        ((ids[u.key], u.code, _span(u.valid), paper[u.document]) for u in lists.units),
    )
    _copy(
        cursor,
        "units_unitparent",
        "unit_id, parent_id, valid, document_id",
        ((ids[u.key], ids[parent], _span(valid), paper[doc]) for u in lists.units for parent, valid, doc in u.parents),
    )
    _copy(
        cursor,
        "units_unitalias",
        "unit_id, text, valid",
        (
            (ids[u.key], nfc(text), _span(valid))
            for u in lists.units
            for text, valid in u.aliases
            if all(fold(text) != fold(n.name) for n in u.names)
        ),
    )
    _copy(
        cursor,
        "units_unitstatistic",
        "unit_id, what, value, as_of, source, is_doubtful",
        (
            (ids[u.key], what, value, gazetteer.FIGURES_AS_OF, NSO, flag != "ok")
            for u in lists.units
            for what, value, flag in (
                ("population", u.population, u.population_flag),
                ("area_km2", u.area_km2, u.area_flag),
            )
            if value
        ),
    )
    _copy(
        cursor,
        "units_succession",
        'predecessor_id, successor_id, "on", relation, share, share_basis, is_default, document_id, clause, note',
        (
            (
                ids[e.old],
                ids[e.new],
                REFORM,
                e.relation,
                e.share,
                e.share_basis,
                e.is_default,
                paper[e.document],
                e.clause,
                nfc(e.note),
            )
            for e in lists.edges
        ),
    )
    # COPY wrote the ids itself: move the sequence past them.
    cursor.execute("select setval(pg_get_serial_sequence('units_unit', 'id'), max(id)) from units_unit")
