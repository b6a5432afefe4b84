"""One country and one cast, committed once a run; what a test writes is undone after it.

A test that needs no database starts none. `Server` is in `tests/databases.py`.
"""

import shutil
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.cast import Cast
from tests.country import Country
from tests.databases import Server, looking_at, point_at, server

# A property holds or it does not; a slow machine, or tables of text loaded with the first example, says nothing of it.
_PATIENT = "patient"
hypothesis.settings.register_profile(_PATIENT, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile(_PATIENT)


@dataclass(frozen=True)
class World:
    """What is committed once a run."""

    country: Country
    cast: Cast
    last_account: int
    last_document: int


@pytest.fixture(scope="session", autouse=True)
def _house() -> Iterator[None]:
    """Files go to a folder of the run, pages take plain static files, passwords are hashed quickly."""
    folder = Path(tempfile.mkdtemp(prefix="langso-home-"))
    (folder / "static").mkdir()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        HOME=folder,
        STATIC_ROOT=folder / "static",
        EMAIL_FILE_PATH=str(folder / "mail"),
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server]:
    with server() as found:
        yield found


@pytest.fixture(scope="session")
def empty_database(database_server: Server, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of a database with all tables and no rows, as `langso migrate` leaves it."""
    from langso.commands.house import bring_tables_up

    name = database_server.make("empty")
    with django_db_blocker.unblock(), looking_at(database_server.addresses, name):
        bring_tables_up(say=lambda line: None)
    return name


@pytest.fixture(scope="session")
def world(database_server: Server, empty_database: str, django_db_blocker: DjangoDbBlocker) -> World:
    """The country and its cast, committed through the owner; both aliases look at them from here on."""
    from langso.legal.models import LegalDocument
    from langso.people.models import Account
    from tests import cast, country

    point_at(database_server.addresses, database_server.make("country", template=empty_database))
    with django_db_blocker.unblock():
        places = country.build()
        players = cast.build(places)
        rows = [
            *vars(places).values(),
            *(r for p in vars(players).values() for r in (p.account, p.person, p.post)),
        ]
        for row in rows:  # tests read through the application's connection
            row._state.db = "default"
        return World(
            places,
            players,
            Account.objects.using("owner").latest("pk").pk,
            LegalDocument.objects.using("owner").latest("pk").pk,
        )


@pytest.fixture(scope="session")
def django_db_setup(world: World) -> None:
    """Instead of pytest-django's own: the owner makes the tables, the application's role uses them."""


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of the small country are read on one day, whenever the tests are run."""
    if "world" in request.fixturenames or "db" in request.fixturenames:
        from tests.factories import AT

        monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def country(db: None, world: World) -> Country:
    return deepcopy(world.country)  # a test may change what it holds


@pytest.fixture
def cast(db: None, world: World) -> Cast:
    return deepcopy(world.cast)


@pytest.fixture
def committing(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """For tests of several connections: what they write is committed, and taken away again at the end."""
    with django_db_blocker.unblock():
        try:
            yield world
        finally:
            connections["default"].close()
            _take_away(world)


def _take_away(world: World) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "truncate measures_reportedfigure, assessments_publication, assessments_assessment, cycles_cycle,"
            " assessments_issuededition, evidence_likeness, evidence_citation, evidence_evidence,"
            " exchange_apikey, exchange_receivedrequest, files_storedfile, ledger_entry, django_session,"
            " campaigns_campaign, villages_village, visits_tally, teams_team, teams_networkcount, teams_allowancerate,"
            " teams_allowancelist, fieldwork_phone, fieldwork_seal, questionnaires_questionnaire,"
            " notices_notice cascade"
        )
        later = "select id from people_person where account_id is null or account_id > %s"
        cursor.execute(f"delete from people_post where person_id in ({later})", [world.last_account])  # noqa: S608
        cursor.execute(f"delete from people_person where id in ({later})", [world.last_account])  # noqa: S608
        cursor.execute("delete from people_account where id > %s", [world.last_account])
        cursor.execute("delete from legal_legaldocument where id > %s", [world.last_document])
    connections["owner"].close()


@pytest.fixture(scope="session")
def gazetteer_database(
    database_server: Server, empty_database: str, world: World, django_db_blocker: DjangoDbBlocker
) -> str:
    """The name of a database with the whole official gazetteer, loaded as `langso demo` loads it."""
    from langso.units import loading

    name = database_server.make("gazetteer", template=empty_database)
    with django_db_blocker.unblock(), looking_at(database_server.addresses, name):
        loading.load()
    return name


@pytest.fixture
def whole_country(
    database_server: Server, gazetteer_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Look at the real units; for reading only. Not to be mixed with `db`."""
    from langso.units.finding import _folded_names

    _folded_names.cache_clear()
    with django_db_blocker.unblock(), looking_at(database_server.addresses, gazetteer_database):
        yield gazetteer_database
    _folded_names.cache_clear()
