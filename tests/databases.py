"""The databases of a test run: made by the owner on the server of `DATABASE_URL`, or on a throwaway cluster.

Nothing starts until a test asks for a database. `default` logs in as the application's role, so that row-level
security really holds; `owner` makes the tables. Both look at the same database, but not at each other's
uncommitted rows.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from langso.host import postgres
from langso.host.home import open_home
from langso.host.postgres import Addresses
from langso.web.settings import database

ALIASES = ("default", "owner")


@dataclass
class Server:
    """Where the test databases live, and those that were made so far."""

    addresses: Addresses
    made: list[str] = field(default_factory=list)

    def make(self, name: str, *, template: str = "") -> str:
        """A new database of the owner; one of the same name from a run that was cut off goes first."""
        name = f"test_langso_{name}_{os.environ.get('PYTEST_XDIST_WORKER', os.getpid())}"
        with psycopg.connect(self.addresses.owner, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            copied = sql.SQL(" template {}").format(sql.Identifier(template)) if template else sql.SQL("")
            connection.execute(sql.SQL("create database {}{}").format(sql.Identifier(name), copied))
        self.made.append(name)
        return name

    def drop_all(self) -> None:
        with psycopg.connect(self.addresses.owner, autocommit=True) as connection:
            for name in self.made:
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def server() -> Iterator[Server]:
    """The server answers, with both roles, from here to the end of the block; its test databases go with it."""
    folder = Path(tempfile.mkdtemp(prefix="langso-tests-"))
    folder.chmod(0o755)  # PostgreSQL's own account passes through
    try:
        home = open_home(os.environ | {"LANGSO_HOME": str(folder / "home")})
        with postgres.running(home, say=lambda line: None, throwaway=True) as addresses:
            found = Server(addresses)
            try:
                yield found
            finally:
                connections.close_all()
                found.drop_all()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def point_at(addresses: Addresses, name: str) -> None:
    """Both aliases look at the database `name` from now on. The settings change in place: connections share them."""
    for alias, url in zip(ALIASES, (addresses.app, addresses.owner), strict=True):
        connections[alias].close()
        known: dict[str, Any] = settings.DATABASES[alias]
        known |= {k: v for k, v in database(url, pooled=False).items() if k != "ATOMIC_REQUESTS"} | {"NAME": name}
        connections[alias].settings_dict |= known


@contextmanager
def looking_at(addresses: Addresses, name: str) -> Iterator[None]:
    """Look at another database for a while."""
    before = settings.DATABASES["default"]["NAME"]
    point_at(addresses, name)
    try:
        yield
    finally:
        point_at(addresses, before)
