"""What the application's own role may do in the database, and the row-level net beneath the code's own permissions.

The role is neither owner nor superuser, so policies hold for it (no FORCE: the owner's data migrations must see all
rows). A policy asks whether the row's unit is reached from one of the roots that the door set for this transaction.
"""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

# Lists and documents of record: filled by commands under the owner, only read by the application.
READ_ONLY = (
    "django_migrations",
    "django_content_type",
    "legal_clause",
    "ledger_entry",
    "units_reach",
    "units_succession",
    "units_unit",
    "units_unitalias",
    "units_unitcode",
    "units_unitname",
    "units_unitparent",
    "units_unitregionclass",
    "units_unitstatistic",
)

# What the application may add to but never change, but for these columns.
ADD_ONLY = {
    "assessments_publication": ("replaced_at",),
    "assessments_issuededition": (),
    "assessments_step": (),
    "assessments_workbooklayout": (),
    "assessments_confirmation": ("replaced_at",),
    "assessments_submission": ("withdrawn_at",),
    "appraisals_appeal": ("answer", "answered_at", "answered_by_id", "outcome"),
    "appraisals_verdict": ("replaced_at",),
    "appraisals_message": (),
    "appraisals_conclusion": ("replaced_at",),
    "appraisals_sampledraw": (),
    "evidence_citation": ("removed_at", "removed_by_id"),
    "evidence_evidence": (
        "file_id",
        "file_sha256",
        "kept_reason",
        "title",
        "withdrawn_at",
        "withdrawn_by_id",
        "withdrawn_reason",
    ),
    "evidence_likeness": (),
    "exchange_apikey": ("last_used_on", "revoked_at"),
    "exchange_receivedrequest": (),
    "fieldwork_housekey": (),
    "fieldwork_parcel": (),
    "fieldwork_photopiece": (),
    "fieldwork_seal": (),
    "files_storedfile": (),
    "measures_reportedfigure": ("replaced_at",),
    "measures_systemreading": ("replaced_at",),
    "notices_notice": (),
    "notices_seen": (),
    "questionnaires_filledform": ("answers", "replaced_at"),
    "questionnaires_formversion": (
        "issued_at",
        "issued_by_id",
        "withdrawn_at",
        "withdrawn_by_id",
        "withdrawn_reason",
    ),
    "questionnaires_questionnaire": ("sort_key", "title"),
    "recognition_ballot": ("replaced_at",),
    "recognition_candidate": (
        "against_count",
        "agreed_count",
        "blank_count",
        "conclusion_id",
        "conditions",
        "decision_id",
        "invalid_count",
        "outcome",
        "taken_out_at",
    ),
    "recognition_conditionrecord": (),
    "recognition_recognition": (
        "reason",
        "revocation_id",
        "revocation_number",
        "revocation_sha256",
        "revoked_on",
        "rule",
        "superseded_on",
        "valid",
    ),
    "teams_allowancelist": ("approved_at", "approved_by_id", "replaced_at"),
    "villages_householdversion": ("before", "decided_at", "decided_by", "fields", "state"),
    "visits_gathering": ("replaced_at",),
    "visits_spotcheck": ("answer", "asked_at", "asked_by_id", "note"),
    "visits_spotdraw": (),
    "visits_visit": ("next_step", "note", "replaced_at", "state"),
}
# Only what serves the moment is ever deleted; work and records stay.
DELETABLE = (
    "account_emailaddress",
    "account_emailconfirmation",
    "assessments_editing",
    "campaigns_script",
    "cycles_department_members",
    "cycles_part",
    "dashboards_keptpage",
    "django_session",
    "fieldwork_photopiece",
    "exchange_receivedrequest",
    "web_cache",
)

# The settings stand in scalar sub-selects: evaluated once a statement, not once a row.
REACHED = """
    (select current_setting('langso.everywhere', true)) = 'on'
    or {column} in (
        select r.unit_id from units_reach r
        where r.root_id = any ((
            select string_to_array(nullif(current_setting('langso.roots', true), ''), ',')
        )::bigint[])
        and r.valid @> (select nullif(current_setting('langso.day', true), ''))::date
    )
"""


def policy(table: str, *, column: str = "unit_id", also: str = "false") -> str:
    """SQL that puts a table under the net; for migrations. `also` is a further condition that lets a row through."""
    return f"""
        alter table {table} enable row level security;
        create policy reach on {table} using ({REACHED.format(column=column)} or {also});
    """


def no_policy(table: str) -> str:
    return f"drop policy reach on {table}; alter table {table} disable row level security;"


def grant_app_role(connection: BaseDatabaseWrapper) -> None:
    """Give the application's role what it needs on all tables there are now. Run by the owner after migrations."""
    role = sql.Identifier(settings.DATABASES["default"]["USER"])
    with connection.cursor() as cursor:
        for statement in (
            "grant usage on schema public to {role}",
            "grant select, insert, update on all tables in schema public to {role}",
            "revoke delete, truncate on all tables in schema public from {role}",
            "grant usage, select on all sequences in schema public to {role}",
            "grant execute on all functions in schema public to {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=role))
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        there = {table for (table,) in cursor.fetchall()}
        for table in there & set(DELETABLE):
            cursor.execute(sql.SQL("grant delete on {table} to {role}").format(table=sql.Identifier(table), role=role))
        for table in there & set(ADD_ONLY):
            named = sql.Identifier(table)
            cursor.execute(sql.SQL("revoke update on {table} from {role}").format(table=named, role=role))
            for column in ADD_ONLY[table]:
                grant = sql.SQL("grant update ({column}) on {table} to {role}")
                cursor.execute(grant.format(column=sql.Identifier(column), table=named, role=role))
        for table in there & set(READ_ONLY):
            cursor.execute(
                sql.SQL("revoke insert, update, delete, truncate on {table} from {role}").format(
                    table=sql.Identifier(table), role=role
                )
            )
