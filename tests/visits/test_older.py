"""A house that was here before the tables were what they are now loses nothing."""

import json
from typing import Any

from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from langso.visits.ask_queries import said_of
from tests.conftest import World
from tests.factories import AT, TODAY

_OLD = """
insert into visits_helprequest (uid, code, unit_id, name, phone, topic, text, made_at, due_on, state, answer,
    answered_at, answered_on, answered_by_person_id, was_helped, erased_at, is_simulated)
values (gen_random_uuid(), %s, %s, '', '', 'vneid', '', %s, %s, %s, %s, %s, %s, %s, false, %s, false)
"""


def _migrate(name: str) -> None:
    MigrationExecutor(connections["owner"]).migrate([("visits", name)])


def test_what_was_answered_before_answers_were_kept_is_the_first(committing: World) -> None:
    unit, person = committing.country.merged.pk, committing.cast.officer.id
    rows: list[tuple[Any, ...]] = [
        ("MORE", "more", "Lần đầu", AT, TODAY, person, None),
        ("HANDED", "open", "Máy hỏng", AT, TODAY, person, None),
        ("WAITS", "open", "", None, None, None, None),
        ("ERASED", "done", "", AT, TODAY, person, AT),
    ]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        _migrate("0003_answers")
        for code, state, text, at, on, by, erased in rows:
            cursor.execute(_OLD, [code, unit, AT, TODAY, state, text, at, on, by, erased])
        cursor.execute("set constraints all immediate")  # rows of this very transaction are checked again when changed
        _migrate("0004_answers_alone")
        cursor.execute("select code, answers::text from visits_helprequest")
        found = dict(cursor.fetchall())
        transaction.set_rollback(True, using="owner")

    kept = {code: json.loads(answers) for code, answers in found.items()}
    assert (kept["WAITS"], kept["ERASED"]) == ([], [])
    said = {code: said_of(kept[code], with_names=False)[0] for code in ("MORE", "HANDED")}
    assert (said["MORE"].word, said["MORE"].text, said["MORE"].on) == ("Đã giúp, còn việc", "Lần đầu", TODAY)
    assert (said["MORE"].at, said["MORE"].helped, kept["MORE"][0]["person"]) == (AT, False, person)
    assert said["HANDED"].word == "Chưa giúp được"
