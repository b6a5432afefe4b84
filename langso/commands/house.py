"""The house opened for a command: state folder, PostgreSQL, secrets, Django; closed when the block ends."""

import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from langso.host import postgres
from langso.host.home import Home, open_home
from langso.host.postgres import Addresses
from langso.host.progress import Progress


@dataclass(frozen=True)
class House:
    home: Home
    addresses: Addresses


@contextmanager
def open_house(
    *, serve: bool = False, migrate: bool = False, say: Callable[[str], None] | None = None
) -> Iterator[House]:
    """Everything that Django needs stands, from here to the end of the block.

    `serve` lets the application hold a pool of connections; `migrate` brings the tables up to this version
    first.

    Refuses: all of `home.open_home` and `postgres.running`.
    """
    say = say or Progress()
    home = open_home()
    with postgres.running(home, say=say) as addresses:
        enter(home, addresses, serve=serve)
        try:
            if migrate:
                bring_tables_up(say=say)
            yield House(home, addresses)
        finally:
            from django.db import connections

            connections.close_all()  # before PostgreSQL is stopped under them


def enter(home: Home, addresses: Addresses, *, serve: bool = False) -> None:
    """Hand addresses and secrets to the settings, by environment: child processes have them too."""
    os.environ |= {
        "LANGSO_HOME_RESOLVED": str(home.root),
        "LANGSO_OWNER_URL": addresses.owner,
        "LANGSO_APP_URL": addresses.app,
        "LANGSO_SECRET_KEY": os.environ.get("LANGSO_SECRET_KEY") or home.secret_key(),
        "LANGSO_POOL": "1" if serve else "0",
        "DJANGO_SETTINGS_MODULE": "langso.web.settings",
    }
    import django

    django.setup()


def bring_tables_up(*, say: Callable[[str], None]) -> int:
    """Migrate as the owner if anything is missing, then renew the grants; how many steps were taken."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    owner = connections["owner"]
    executor = MigrationExecutor(owner)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Dựng bảng dữ liệu ({len(plan)} bước) …")
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    call_command("createcachetable", database="owner", verbosity=0)
    if importlib.util.find_spec("langso.units.grants"):
        from langso.units.grants import grant_app_role

        grant_app_role(owner)
    return len(plan)
