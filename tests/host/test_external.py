import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from langso.host import account, external
from langso.host.home import Home
from langso.host.postgres import running
from langso.host.progress import quiet
from tests.host.ground import ask

SECRET = "mật khẩu @:/%"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of someone else, over TCP, with passwords; its superuser's address up to the database."""
    folder = Path(tempfile.mkdtemp(prefix="langso-external-"))
    folder.chmod(0o755)
    place = account.place_of(Home(folder), say=quiet)
    secret = folder / "run" / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o644)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    place.account.own(place.cluster)
    subprocess.run(
        [place.program("initdb"), "-D", str(place.cluster), "-U", "admin", "-A", "scram-sha-256",
         f"--pwfile={secret}", "-E", "UTF8", "--no-sync"],
        env=clean, check=True, capture_output=True, **place.account.run_as(),
    )  # fmt: skip
    process = subprocess.Popen(
        [place.program("postgres"), "-D", str(place.cluster), "-c", f"port={port}", "-c", "fsync=off",
         "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
        env=clean, stderr=subprocess.DEVNULL, **place.account.run_as(),
    )  # fmt: skip
    base = f"postgresql://admin:{quote(SECRET, safe='')}@127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                psycopg.connect(f"{base}/postgres").close()
                break
            except psycopg.OperationalError:
                time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=30)
        subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture
def owner(server: str) -> Iterator[str]:
    """An empty database with its owner, who may make roles; gone after the test, roles and all."""
    ask(f"{server}/postgres", f"create role chu login createrole createdb password '{SECRET}'")
    ask(f"{server}/postgres", "create database xa owner chu encoding 'UTF8' template template0")
    yield f"{server}/xa".replace("admin:", "chu:")
    for statement in (
        "drop database xa with (force)",
        "drop role if exists langso_app",
        "drop role if exists thuong",
        "drop role chu",
    ):
        ask(f"{server}/postgres", statement)


def test_the_role_of_the_application_is_made_once_and_logs_in(
    owner: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", owner)
    with running(home, say=quiet) as addresses:
        assert not addresses.embedded
        assert addresses.owner == owner
        assert ask(addresses.app, "select current_user || '@' || current_database()") == "langso_app@xa"
    with running(home, say=quiet) as again:
        assert again == addresses
    assert not home.cluster.exists()


def test_a_changed_owner_password_changes_that_of_the_application_too(owner: str, server: str) -> None:
    _, before = external.addresses(owner, "")
    ask(f"{server}/postgres", "alter role chu password 'khác'")
    changed = owner.replace(quote(SECRET, safe=""), quote("khác"))
    _, after = external.addresses(changed, "")
    assert ask(after, "select 1") == 1
    assert after != before


def test_a_role_that_someone_else_made_keeps_its_password(owner: str, server: str) -> None:
    ask(f"{server}/postgres", "create role langso_app login password 'của người khác'")
    with pytest.raises(external.NotConnected, match=r"sai tài khoản hoặc mật khẩu.*DATABASE_APP_URL"):
        external.addresses(owner, "")
    given = owner.replace("chu:", "langso_app:").replace(quote(SECRET, safe=""), quote("của người khác"))
    assert external.addresses(owner, given) == (owner, given)


@pytest.mark.parametrize(
    ("powers", "why"),
    [
        ("superuser", "là siêu người dùng"),
        ("bypassrls", "BYPASSRLS"),
        ("createdb", "được tạo cơ sở dữ liệu"),
        ("in role chu", "mang quyền của chủ sở hữu"),
    ],
)
def test_an_application_role_with_too_much_power_is_refused(owner: str, server: str, powers: str, why: str) -> None:
    ask(f"{server}/postgres", f"create role thuong login password '{SECRET}' {powers}")
    with pytest.raises(external.AppRoleTooStrong, match=why):
        external.addresses(owner, owner.replace("chu:", "thuong:"))


def test_the_owner_itself_cannot_serve_people(owner: str) -> None:
    with pytest.raises(external.AppRoleTooStrong, match=r"là chủ cơ sở dữ liệu|được tạo cơ sở dữ liệu"):
        external.addresses(owner, owner)


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(owner: str, server: str) -> None:
    ask(f"{server}/postgres", "alter role chu nocreaterole")
    with pytest.raises(external.AppRoleMissing, match="create role langso_app login password"):
        external.addresses(owner, "")


def test_two_addresses_of_two_databases_are_refused(owner: str) -> None:
    _, app = external.addresses(owner, "")
    with pytest.raises(external.SameDatabaseExpected):
        external.addresses(owner, app.replace("/xa", "/postgres"))


def test_a_server_that_is_too_old_is_refused(owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external, "OLDEST_MAJOR", 99)
    with pytest.raises(external.ServerTooOld, match=r"là bản 18. Cần từ bản 99"):
        external.addresses(owner, "")


def test_a_database_that_cannot_hold_vietnamese_is_refused(owner: str, server: str) -> None:
    ask(f"{server}/postgres", "create database cu encoding 'LATIN1' locale 'C' template template0")
    try:
        with pytest.raises(external.EncodingWrong, match="LATIN1"):
            external.addresses(f"{server}/cu", "")
    finally:
        ask(f"{server}/postgres", "drop database cu with (force)")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (("chu:", "chu:x"), "sai tài khoản hoặc mật khẩu"),
        (("/xa", "/khong-co"), "không có cơ sở dữ liệu"),
        (("127.0.0.1", "khong-co.invalid"), "không có máy nào tên như vậy"),
    ],
)
def test_a_failed_connection_is_one_sentence_without_the_password(
    owner: str, change: tuple[str, str], cause: str
) -> None:
    with pytest.raises(external.NotConnected, match=cause) as refused:
        external.addresses(owner.replace(*change), "")
    assert "\n" not in refused.value.sentence
    assert SECRET not in refused.value.sentence
    assert quote(SECRET, safe="") not in refused.value.sentence


def test_a_closed_port_is_one_sentence() -> None:
    with pytest.raises(external.NotConnected, match="không nhận kết nối"):
        external.addresses("postgresql://a:b@127.0.0.1:1/langso", "")


@pytest.mark.parametrize("text", ["mysql://a@b/c", "langso", "postgresql://a@b:cổng/c"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(external.AddressUnreadable, match="DATABASE_URL"):
        external.addresses(text, "")
