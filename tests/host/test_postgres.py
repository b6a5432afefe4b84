import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from langso.host import account, binaries, home, orphans, postgres
from langso.host.home import DiskNearlyFull, Home, HomeRelative, HomeUnwritable, open_home
from langso.host.postgres import Addresses, ClusterNotMade, ClusterOfAnotherVersion, ServerNotStarted, running
from langso.host.progress import quiet
from tests.host.ground import (
    HOSTILE,
    IS_ROOT,
    ask,
    environment,
    has_nothing_alive,
    is_running,
    ordinary_account,
    postmaster_pid,
    python_for_everyone,
    start,
)

needs_root = pytest.mark.skipif(not IS_ROOT, reason="chỉ root mới đổi được tài khoản và gắn được ổ đĩa thử")

WORK = """
import sys, time, psycopg
from langso.host.home import open_home
from langso.host.postgres import running
with running(open_home(), say=print, throwaway=True) as addresses:
    with psycopg.connect(addresses.app) as c:
        row = c.execute("select upper('đường'), current_user, pg_postmaster_start_time()::text").fetchone()
        print(*row, sep="|", flush=True)
    time.sleep({seconds})
"""


def test_both_roles_log_in_and_the_application_is_neither_owner_nor_superuser(home: Home) -> None:
    with running(home, say=quiet) as addresses:
        assert addresses.embedded
        assert ask(addresses.owner, "select current_user") == "langso_owner"
        assert ask(addresses.app, "select current_user") == "langso_app"
        powers = "select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls from pg_roles"
        assert ask(addresses.app, f"{powers} where rolname = current_user") is False
        owner = "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        assert ask(addresses.app, owner) == "langso_owner"
        assert ask(addresses.owner, "select rolsuper from pg_roles where rolname = current_user") is False
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(addresses.app, "create table intruder ()")
    assert has_nothing_alive(home)


def test_what_was_written_is_there_at_the_next_start_and_nothing_listens_on_the_network(home: Home) -> None:
    with running(home, say=quiet) as addresses:
        ask(addresses.owner, "create table kept as select 1 as one")
    with running(home, say=quiet) as addresses:
        assert ask(addresses.owner, "select one from kept") == 1
        assert ask(addresses.owner, "show listen_addresses") == ""
        assert ask(addresses.owner, "show fsync") == "on"


def test_a_hostile_locale_and_pg_variables_in_a_path_with_spaces_and_marks_do_not_matter(
    ground: Path,
) -> None:
    place = ground / "xã Hoà Bình, 'thôn' 5 %20"
    done = start(WORK.format(seconds=0), environment(place, **HOSTILE))
    out, err = done.communicate(timeout=60)
    assert "ĐƯỜNG|langso_app|" in out, err
    assert done.returncode == 0


def test_pg_variables_of_the_caller_come_back_afterwards(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOSTADDR", "203.0.113.1")
    with running(home, say=quiet, throwaway=True) as addresses:
        assert "PGHOSTADDR" not in os.environ
        assert ask(addresses.app, "select 1") == 1
    assert os.environ["PGHOSTADDR"] == "203.0.113.1"


@needs_root
def test_as_root_the_server_runs_under_an_account_without_power(home: Home) -> None:
    before = home.root.parent.stat().st_mode
    with running(home, say=quiet, throwaway=True) as addresses:
        owner = Path(f"/proc/{postmaster_pid(addresses)}").stat().st_uid
    assert owner != 0
    assert home.cluster.stat().st_uid == owner
    assert home.cluster.stat().st_mode & 0o077 == 0
    assert home.run.stat().st_mode & 0o077 == 0
    assert home.root.parent.stat().st_mode == before


@needs_root
def test_as_root_a_closed_parent_stays_closed_and_the_cluster_lives_elsewhere(ground: Path) -> None:
    closed = ground / "kín"
    closed.mkdir(mode=0o700)
    home = open_home({"LANGSO_HOME": str(closed / "nhà")})
    said: list[str] = []
    with running(home, say=said.append, throwaway=True) as addresses:
        assert ask(addresses.app, "select 1") == 1
        outside = Path((home.root / "cluster-is-at").read_text().strip())
        assert outside.is_relative_to("/var/lib")
        assert outside.stat().st_mode & 0o077 == 0
        assert any(str(outside) in line for line in said)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not outside.exists()  # a throwaway cluster leaves nothing behind


@needs_root
def test_programs_in_a_closed_folder_are_copied_to_where_the_account_can_run_them(
    home: Home, ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = binaries.find()
    closed = ground / "gói"
    closed.mkdir(mode=0o700)
    for folder in found.folders():
        shutil.copytree(folder, closed / folder.relative_to(found.site), symlinks=True)
    hidden = binaries.Binaries(closed / found.root.relative_to(found.site))
    monkeypatch.setattr(binaries, "find", lambda: hidden)
    with running(home, say=quiet, throwaway=True) as addresses:
        assert ask(addresses.app, "select 1") == 1
    assert list(home.root.glob("engine-*/*/*/bin/postgres"))


@needs_root
def test_an_ordinary_user_starts_it_as_well(ground: Path) -> None:
    person, python = ordinary_account(), python_for_everyone()
    if person is None or python is None:
        pytest.skip("không có tài khoản thường, hoặc tài khoản ấy không chạy được Python này")
    own = ground / "của người dùng"
    own.mkdir()
    os.chown(own, person.pw_uid, person.pw_gid)
    done = start(
        WORK.format(seconds=0), environment(own / "nhà"), python=python,
        user=person.pw_uid, group=person.pw_gid, extra_groups=[],
    )  # fmt: skip
    out, err = done.communicate(timeout=60)
    assert "ĐƯỜNG|langso_app|" in out, err
    assert (own / "nhà").stat().st_mode & 0o777 == 0o700
    # root in someone's home works as that person, and leaves it usable
    home = open_home({"LANGSO_HOME": str(own / "nhà")})
    with running(home, say=quiet) as addresses:
        assert Path(f"/proc/{postmaster_pid(addresses)}").stat().st_uid == person.pw_uid
    assert {path.stat().st_uid for path in home.root.iterdir()} == {person.pw_uid}


def test_two_commands_at_once_share_one_server_and_the_last_one_out_stops_it(ground: Path) -> None:
    place = ground / "nhà"
    first, second = (start(WORK.format(seconds=1.5), environment(place)) for _ in range(2))
    answers = []
    for one in (first, second):
        out, err = one.communicate(timeout=60)
        assert one.returncode == 0, err
        answers.append(next(line for line in out.splitlines() if "ĐƯỜNG" in line))
    assert answers[0] == answers[1]  # the same server: it started at the same moment
    assert has_nothing_alive(Home(place))


def test_the_first_to_leave_does_not_stop_the_server_under_the_other(home: Home) -> None:
    with running(home, say=quiet, throwaway=True) as addresses:
        with running(home, say=quiet, throwaway=True) as same:
            assert same == addresses
        assert ask(addresses.app, "select 1") == 1
    assert has_nothing_alive(home)


def test_a_server_left_by_a_killed_command_is_taken_over_and_stopped(ground: Path) -> None:
    place = ground / "nhà"
    killed = start(WORK.format(seconds=60), environment(place))
    assert killed.stdout
    while "ĐƯỜNG" not in (line := killed.stdout.readline()):
        assert line, killed.stderr and killed.stderr.read()
    started = line.strip().rpartition("|")[2]
    killed.kill()
    killed.communicate()
    assert not has_nothing_alive(Home(place))
    with running(Home(place), say=quiet) as addresses:
        assert ask(addresses.app, "select pg_postmaster_start_time()::text") == started
    assert has_nothing_alive(Home(place))


def test_after_kill_9_of_the_postmaster_a_busy_orphan_does_not_keep_the_next_start_out(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 2.2)
    said: list[str] = []
    with running(home, say=quiet) as addresses:
        ask(addresses.owner, "create table kept as select 7 as seven")
        orphan = _busy_backend(addresses)
        os.kill(postmaster_pid(addresses), signal.SIGKILL)
        time.sleep(0.3)
        assert is_running(orphan)
        assert not has_nothing_alive(home)
        postgres.revive(home, say=said.append)
        assert ask(addresses.owner, "select seven from kept") == 7
        assert not is_running(orphan)
    assert any("chưa thoát" in line for line in said)
    assert has_nothing_alive(home)


def _busy_backend(addresses: Addresses) -> int:
    """A connection that computes for minutes without looking up; the number of its process."""
    connection = psycopg.connect(addresses.app, autocommit=True)
    pid = connection.info.backend_pid

    def compute() -> None:
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select sum(sqrt(i)) from generate_series(1, 100000000000) i")

    threading.Thread(target=compute, daemon=True).start()
    while "R" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]:
        time.sleep(0.02)
    return pid


def test_a_program_that_now_has_the_number_in_a_stale_pid_file_survives(home: Home) -> None:
    with running(home, say=quiet) as addresses:
        ask(addresses.owner, "create table kept as select 7 as seven")
        place = account.place_of(home, say=quiet)
        files = {
            path: path.read_text().splitlines()
            for path in (place.cluster / "postmaster.pid", place.socket / ".s.PGSQL.5432.lock")
        }
    # Under the server's own account: the case in which PostgreSQL itself takes the stranger for a server.
    stranger = subprocess.Popen(["sleep", "120"], **place.account.run_as())
    try:
        for path, lines in files.items():
            path.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
            os.chown(path, place.account.uid, place.account.gid)
        with running(home, say=quiet) as addresses:
            assert ask(addresses.owner, "select seven from kept") == 7
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_someone_runs_by_hand_on_the_cluster_is_left_alone(home: Home, ground: Path) -> None:
    with running(home, say=quiet):
        place = account.place_of(home, say=quiet)
    socket = ground / "s"
    place.account.own(socket)
    command = [
        place.program("postgres"),
        "-D",
        str(place.cluster),
        "-c",
        "listen_addresses=",
        "-k",
        str(socket),
    ]
    by_hand = subprocess.Popen(command, env=postgres._CLEAN, stderr=subprocess.DEVNULL, **place.account.run_as())
    try:
        while not (socket / ".s.PGSQL.5432").exists():
            time.sleep(0.05)
        with pytest.raises(postgres.ClusterRunByHand, match="pg_ctl stop"), running(home, say=quiet):
            pass
        assert by_hand.poll() is None
        assert (place.cluster / "postmaster.pid").exists()
    finally:
        by_hand.terminate()
        by_hand.wait()


def test_only_processes_that_hold_our_lock_and_stand_in_our_cluster_are_told_to_go(home: Home, ground: Path) -> None:
    lock = home.root / "lock-alive"
    home.cluster.mkdir()
    with lock.open("w") as held:
        elsewhere = subprocess.Popen(["sleep", "60"], cwd=ground, pass_fds=[held.fileno()])
        without_lock = subprocess.Popen(["sleep", "60"], cwd=home.cluster)
        ours = subprocess.Popen(["sleep", "60"], cwd=home.cluster, pass_fds=[held.fileno()])
    try:
        time.sleep(0.2)
        assert orphans.end(lock, home.cluster) == 1
        assert ours.wait(timeout=5) == -signal.SIGQUIT
        assert elsewhere.poll() is None
        assert without_lock.poll() is None
    finally:
        for process in (elsewhere, without_lock, ours):
            process.kill()
            process.wait()


def test_a_path_too_long_for_a_socket_still_works(ground: Path) -> None:
    home = open_home({"LANGSO_HOME": str(ground / ("thư-mục-rất-dài-" * 6) / "nhà")})
    with running(home, say=quiet, throwaway=True) as addresses:
        assert ask(addresses.app, "select 1") == 1
        short = Path((home.root / "socket-is-at").read_text().strip())
        assert short.stat().st_mode & 0o077 == 0
    with running(home, say=quiet, throwaway=True) as again:
        assert ask(again.app, "select 1") == 1
    assert not short.exists()


def test_a_first_start_that_was_cut_off_leaves_nothing_that_looks_like_a_cluster(home: Home) -> None:
    half = home.root / "pg-draft-cut"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with running(home, say=quiet, throwaway=True) as addresses:
        assert ask(addresses.app, "select 1") == 1
    assert not half.exists()


def test_a_cluster_of_another_version_is_refused_and_left_alone(home: Home) -> None:
    home.cluster.mkdir()
    (home.cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(ClusterOfAnotherVersion, match="PostgreSQL 16"), running(home, say=quiet):
        pass
    assert [path.name for path in home.cluster.iterdir()] == ["PG_VERSION"]


def test_a_disk_that_is_nearly_full_is_refused_before_anything_is_made(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = SimpleNamespace(f_bavail=120, f_frsize=1 << 20)
    monkeypatch.setattr(os, "statvfs", lambda _folder: room)
    with pytest.raises(DiskNearlyFull, match="chỉ còn 120 MB, cần ít nhất 300 MB"), running(home, say=quiet):
        pass
    assert not home.cluster.exists()


@pytest.fixture
def small_disk(ground: Path) -> Iterator[Path]:
    if not IS_ROOT:
        pytest.skip("chỉ root mới gắn được ổ đĩa thử")
    disk = ground / "ổ nhỏ"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m,mode=755", "tmpfs", disk], check=False).returncode:
        pytest.skip("máy này không cho gắn ổ đĩa thử")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_disk_that_fills_up_while_the_cluster_is_made_gets_one_sentence_and_leaves_no_cluster(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "NEEDED_FOR_A_NEW_CLUSTER", 0)
    (small_disk / "chỗ đã dùng").write_bytes(bytes(100 << 20))
    here = open_home({"LANGSO_HOME": str(small_disk / "nhà")})
    with pytest.raises(ClusterNotMade, match=r"ổ đĩa đã đầy.*No space left"), running(here, say=quiet):
        pass
    assert not list(here.root.glob("pg*"))


def test_a_full_disk_keeps_an_old_cluster_whole_and_says_so(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "NEEDED_FOR_A_NEW_CLUSTER", 0)
    here = open_home({"LANGSO_HOME": str(small_disk / "nhà")})
    with running(here, say=quiet) as addresses:
        ask(addresses.owner, "create table kept as select 7 as seven")
    filler = small_disk / "đầy"
    with filler.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while out.write(bytes(1 << 12)):
            pass
    with pytest.raises((ServerNotStarted, HomeUnwritable), match="ổ đĩa đã đầy"), running(here, say=quiet):
        pass
    assert has_nothing_alive(here)
    filler.unlink()
    with running(here, say=quiet) as addresses:
        assert ask(addresses.owner, "select seven from kept") == 7


def test_a_folder_that_cannot_be_written_gets_one_sentence(ground: Path) -> None:
    (ground / "tệp").write_text("")
    with pytest.raises(HomeUnwritable, match="LANGSO_HOME sang thư mục khác"):
        open_home({"LANGSO_HOME": "/proc/langso"})
    with pytest.raises(HomeUnwritable, match="có một tệp cùng tên chắn đường"):
        open_home({"LANGSO_HOME": str(ground / "tệp")})
    with pytest.raises(HomeRelative, match="đường dẫn đầy đủ"):
        open_home({"LANGSO_HOME": "đâu/đó"})


def test_the_platforms_own_place_is_used_when_none_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/xa")
    monkeypatch.setattr(sys, "platform", "linux")
    assert home.where({}) == Path("/home/xa/.local/share/langso")
    assert home.where({"XDG_DATA_HOME": "/data"}) == Path("/data/langso")
    assert home.where({"XDG_DATA_HOME": "relative"}) == Path("/home/xa/.local/share/langso")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert home.where({}) == Path("/home/xa/Library/Application Support/langso")


def test_the_secret_key_is_made_once_and_closed_to_others(home: Home) -> None:
    key = home.secret_key()
    assert len(key) >= 50
    assert home.secret_key() == key
    assert (home.root / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_machine_without_any_account_for_the_server_gets_one_sentence(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_name: str) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", nobody)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(Path, "stat", lambda _self, **_: SimpleNamespace(st_uid=0, st_gid=0, st_mode=0))
    with pytest.raises(account.NoAccount, match="useradd --system langso"):
        account.account_for(home)
