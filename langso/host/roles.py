"""Two roles and a database: `langso_owner` makes tables, `langso_app` serves people and owns nothing."""

from typing import Any

import psycopg
from psycopg import sql

DATABASE = "langso"
OWNER = "langso_owner"
APP = "langso_app"

_OWNER_IS = "login nosuperuser createdb createrole noreplication nobypassrls"
_APP_IS = "login nosuperuser nocreatedb nocreaterole noreplication nobypassrls"


def ensure(superuser: dict[str, Any]) -> None:
    """Both roles and the database are there, with these powers and no more. Cheap when they already are."""
    with psycopg.connect(**superuser, dbname="postgres", autocommit=True) as connection:
        for role, powers in ((OWNER, _OWNER_IS), (APP, _APP_IS)):
            there = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
            verb = "alter" if there else "create"
            connection.execute(sql.SQL(f"{verb} role {{}} {powers}").format(sql.Identifier(role)))
        connection.execute(f"grant pg_signal_backend, {APP} to {OWNER}")  # a restore ends the app's connections
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE} owner {OWNER}")
        connection.execute(f"revoke create, temporary on database {DATABASE} from public")
        connection.execute(f"grant temporary on database {DATABASE} to {APP}")
