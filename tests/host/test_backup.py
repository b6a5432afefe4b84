import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from langso.host import backup, restore
from langso.host.backup import BackupDamaged, Manifest, NotABackup
from langso.host.home import Home, open_home
from langso.host.postgres import Addresses, running
from langso.host.progress import quiet
from langso.lib.refusal import Refused
from tests.host.ground import ask, environment


@pytest.fixture
def house(home: Home) -> Iterator[Addresses]:
    """A database with something in it: rows, a grant to the application, a file."""
    with running(home, say=quiet, throwaway=True) as addresses:
        ask(addresses.owner, "create table hộ (id int primary key, tên text)")
        ask(addresses.owner, "insert into hộ select i, 'Nguyễn ' || i from generate_series(1, 100) i")
        ask(addresses.owner, "create table nhật_ký (id bigserial, việc text)")
        ask(addresses.owner, "grant select on hộ to langso_app")
        (home.files / "ab").mkdir()
        (home.files / "ab" / "minh chứng.pdf").write_bytes(b"%PDF" + bytes(5000))
        yield addresses


@pytest.fixture
def made(house: Addresses, home: Home, ground: Path) -> tuple[Path, Manifest]:
    path = ground / "bản sao lưu.langso"
    return path, backup.backup(house, home, path, say=quiet)


def names(house: Addresses) -> set[str]:
    with psycopg.connect(house.owner) as connection:
        return {str(name) for (name,) in connection.execute("select datname from pg_database")}


def test_a_backup_restored_on_an_empty_machine_gives_everything_back(
    made: tuple[Path, Manifest], house: Addresses, ground: Path
) -> None:
    path, manifest = made
    assert manifest.rows == {"public.hộ": 100, "public.nhật_ký": 0}
    assert path.stat().st_mode & 0o777 == 0o600
    other = open_home({"LANGSO_HOME": str(ground / "máy mới")})
    with running(other, say=quiet, throwaway=True) as addresses:
        restored, old = restore.restore(addresses, other, path, replace=False, say=quiet)
        assert (restored, old) == (manifest, "")
        assert ask(addresses.app, "select tên from hộ where id = 7") == "Nguyễn 7"
        assert (
            ask(addresses.owner, "select pg_get_userbyid(relowner) from pg_class where relname = 'hộ'")
            == "langso_owner"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(addresses.app, "delete from hộ")
        assert names(addresses) == {"langso", "postgres", "template0", "template1"}
    assert (other.files / "ab" / "minh chứng.pdf").read_bytes() == b"%PDF" + bytes(5000)


def test_a_database_with_something_in_it_is_replaced_only_when_asked_and_then_kept(
    made: tuple[Path, Manifest], house: Addresses, home: Home
) -> None:
    path, _ = made
    ask(house.owner, "insert into hộ values (101, 'mới')")
    with pytest.raises(restore.DatabaseNotEmpty, match=r"101 dòng trong 2 bảng.*--replace"):
        restore.restore(house, home, path, replace=False, say=quiet)
    assert ask(house.owner, "select count(*) from hộ") == 101
    _, old = restore.restore(house, home, path, replace=True, say=quiet)
    assert ask(house.owner, "select count(*) from hộ") == 100
    assert ask(house.owner.replace("/langso?", f"/{old}?"), "select count(*) from hộ") == 101
    restore.restore(house, home, path, replace=True, say=quiet)  # and again, over the one that was kept
    assert ask(house.owner, "select count(*) from hộ") == 100


@pytest.mark.parametrize("where", [0.2, 0.5, 0.9])
def test_one_changed_byte_is_noticed_and_nothing_is_restored(
    made: tuple[Path, Manifest], house: Addresses, home: Home, where: float
) -> None:
    path, _ = made
    content = bytearray(path.read_bytes())
    end = content.rindex(b"%PDF") + 5000
    content[int(end * where)] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"hỏng|không phải bản sao lưu"):
        restore.restore(house, home, path, replace=True, say=quiet)
    assert ask(house.owner, "select count(*) from hộ") == 100
    assert len(names(house)) == 4


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.4, 0.95])
def test_a_file_that_was_cut_off_is_refused(made: tuple[Path, Manifest], kept: float) -> None:
    path, _ = made
    content = path.read_bytes()
    end = content.rindex(b"%PDF") + 5000  # what follows is padding
    path.write_bytes(content[: int(end * kept)])
    with pytest.raises((BackupDamaged, NotABackup)):
        backup.verify(path)


def test_another_file_is_not_taken_for_a_backup(ground: Path) -> None:
    (ground / "ảnh.jpg").write_bytes(b"\xff\xd8" * 9000)
    with pytest.raises(NotABackup, match="langso backup"):
        backup.verify(ground / "ảnh.jpg")
    with pytest.raises(NotABackup, match="không có tệp này"):
        backup.verify(ground / "không có.langso")


def test_rows_that_do_not_add_up_stop_the_restore_before_the_swap(
    house: Addresses, home: Home, ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lying:
        lying.setattr(backup, "count_rows", lambda _connection: {"public.hộ": 99, "public.nhật_ký": 0})
        backup.backup(house, home, ground / "sai.langso", say=quiet)
    with pytest.raises(restore.CountsDiffer, match=r"bảng public.hộ có 100 dòng, bảng kê ghi 99"):
        restore.restore(house, home, ground / "sai.langso", replace=True, say=quiet)
    assert ask(house.owner, "select count(*) from hộ") == 100
    assert len(names(house)) == 4


CUT = """
import os, sys
from langso.host import restore
from langso.host.home import open_home
from langso.host.postgres import running
def power_cut(*_args, **_kwargs): os._exit(9)
setattr(restore, sys.argv[1] if len(sys.argv) > 1 else "{step}", power_cut)
home = open_home()
with running(home, say=print, throwaway=True) as addresses:
    restore.restore(addresses, home, {path}, replace=True, say=print)
"""


@pytest.mark.parametrize("step", ["_unpack", "run_tool", "_check_counts", "_swap"])
def test_a_power_cut_in_the_middle_of_a_restore_loses_nothing_and_the_next_one_works(
    made: tuple[Path, Manifest], house: Addresses, home: Home, step: str
) -> None:
    path, _ = made
    ask(house.owner, "insert into hộ values (101, 'mới')")
    code = f"from pathlib import Path{CUT.format(step=step, path=f'Path({str(path)!r})')}"
    done = subprocess.run([sys.executable, "-c", code], env=environment(home.root), cwd="/", check=False, timeout=60)
    assert done.returncode == 9
    assert ask(house.owner, "select count(*) from hộ") == 101
    restore.restore(house, home, path, replace=True, say=quiet)
    assert ask(house.owner, "select count(*) from hộ") == 100
    assert not [name for name in names(house) if name.startswith("langso_rehearsal")]


def test_a_backup_that_fails_leaves_the_earlier_one_and_no_rubbish(
    made: tuple[Path, Manifest], house: Addresses, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = made
    before = path.read_bytes()

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_add", full)
    with pytest.raises(backup.BackupNotWritten, match="ổ đĩa đã đầy"):
        backup.backup(house, home, path, say=quiet)
    assert path.read_bytes() == before
    assert [left.name for left in path.parent.iterdir() if left.name.startswith(".")] == []


def test_there_is_nothing_to_back_up_in_an_empty_database(home: Home, ground: Path) -> None:
    with running(home, say=quiet, throwaway=True) as addresses, pytest.raises(backup.NothingToBackUp):
        backup.backup(addresses, home, ground / "x.langso", say=quiet)
    assert not (ground / "x.langso").exists()


def test_a_server_newer_than_our_tools_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(backup.ToolTooOld, match="postgresql-client-77"):
        backup.run_tool("pg_dump", 77, "postgresql://a@b/c", [])


def test_the_password_is_not_among_the_words_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append((command, env))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    backup.run_tool("pg_dump", 18, "postgresql://chu:b%C3%AD%40m@may:5432/xa", [])
    ((command, environ),) = seen
    assert "--dbname=postgresql://chu@may:5432/xa" in command
    assert environ["PGPASSWORD"] == "bí@m"
    assert os.environ.get("PGPASSWORD") is None
