"""What holds for all tables of the house."""

import re
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from langso.units.grants import READ_ONLY

ROOT = Path(__file__).resolve().parents[2]

# Tables that say something of a unit and that everyone may read, each with its reason.
PUBLIC = {
    "units_unitname": "official list",
    "units_unitcode": "official list",
    "units_unitparent": "official list",
    "units_unitregionclass": "official list",
    "units_unitalias": "official list",
    "units_unitstatistic": "published figures about the unit itself",
    "units_succession": "official list",
    "units_reach": "follows from the official lists",
    "cycles_cycle": "a commune must be able to read the calendar of its province",
    "cycles_department": "which sở, ngành verify what is told to all who are asked",
    "cycles_department_members": "links only; the names of people are under the net",
    "questionnaires_questionnaire": "forms are about nobody; a commune must read those of its province and the country",
    "recognition_recognition": "the register of what was decided; everything before the decision is under the net",
    "assessments_publication": "what a commune has published; the drafts are under the net",
    "campaigns_campaign": "what is asked of the teams is told to all",
    "teams_allowancerate": "a resolution of the province, published",
    "teams_networkcount": "sums of a commune, without persons",
    "teams_team": "who set it up and which villages it serves is told to citizens; its members are under the net",
    "teams_teamvillage": "as its team",
    "villages_village": "names of villages are no secret; the households in them are under the net",
    "visits_tally": "sums of a village and month, without persons",
}


def _ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("langso.")]


def _tables_of_units() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("""
            select distinct c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_constraint k on k.conrelid = c.oid and k.contype = 'f' and a.attnum = any(k.conkey)
                 and k.confrelid = 'units_unit'::regclass
            where n.nspname = 'public' and c.relkind = 'r'
              and (k.oid is not null or a.attname in ('unit_id', 'person_id'))
        """)
        return {row[0] for row in cursor.fetchall()}


def test_every_table_of_unit_data_is_under_the_net_or_public_for_a_reason(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relkind = 'r'")
        guarded = {row[0] for row in cursor.fetchall()}

    assert _tables_of_units() - guarded == set(PUBLIC)
    assert {"people_person", "people_post", "ledger_entry", "files_storedfile"} <= guarded


def test_every_guarded_table_has_a_policy_that_holds_for_all_acts(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select tablename, cmd, permissive from pg_policies where schemaname = 'public'")
        policies = cursor.fetchall()

    assert {t for t, _, _ in policies} >= {"measures_reportedfigure", "assessments_assessment"}
    assert {(cmd, permissive) for _, cmd, permissive in policies} == {("ALL", "PERMISSIVE")}


def test_functions_that_run_as_the_owner_fix_their_search_path_and_are_not_for_everyone(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            select p.proname, coalesce(array_to_string(p.proconfig, ','), ''),
                   exists (select 1 from aclexplode(p.proacl) a where a.grantee = 0)
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public' and p.prosecdef
        """)
        functions = cursor.fetchall()

    assert {name for name, _, _ in functions} >= {"langso_enter", "langso_ledger_append"}
    for name, settings, is_for_everyone in functions:
        assert "search_path=public, pg_temp" in settings, name
        assert not is_for_everyone, name


@pytest.mark.parametrize("table", READ_ONLY)
def test_a_table_of_record_is_only_read(table: str, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select has_table_privilege(%s, 'select'), has_table_privilege(%s, 'insert, update, delete, truncate')",
            [table, table],
        )
        assert cursor.fetchone() == (True, False)


def test_no_migration_is_missing(db: None) -> None:
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_every_model_and_every_choice_is_in_the_glossary() -> None:
    glossary = yaml.safe_load((ROOT / "docs" / "glossary.yaml").read_text(encoding="utf-8"))

    wrong = {
        m.__name__: (str(m._meta.verbose_name), glossary.get(m.__name__))
        for m in _ours()
        if (glossary.get(m.__name__) or {}).get("vi") != str(m._meta.verbose_name)
    }
    assert wrong == {}


def test_every_field_has_a_vietnamese_name() -> None:
    wrong = [
        f"{m.__name__}.{f.name}"
        for m in _ours()
        for f in m._meta.get_fields()
        if isinstance(f, models.Field)
        and not f.primary_key
        and not isinstance(f, models.GeneratedField)
        and str(f.verbose_name) == f.name.replace("_", " ")
        and m.__name__ != "Account"  # password and last_login are Django's
    ]
    assert wrong == []


def test_every_constraint_has_a_telling_name() -> None:
    for model in _ours():
        for constraint in model._meta.constraints:
            assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", constraint.name), constraint.name
            assert not re.search(r"_(uniq|check|chk|idx)$", constraint.name), constraint.name


def test_a_model_with_a_unit_says_how_to_find_it() -> None:
    for model in _ours():
        if model._meta.app_label in ("units", "people", "ledger", "legal"):
            continue
        if any(f.name == "unit" for f in model._meta.get_fields()) and model._meta.db_table not in PUBLIC:
            assert model.unit_path == "unit", model  # type: ignore[attr-defined]
            assert hasattr(model.objects, "within"), model  # type: ignore[attr-defined]
