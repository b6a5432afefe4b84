"""PostgreSQL for as long as a command needs it: the cluster of a home, or the server of `DATABASE_URL`.

How the supervisor knows what it knows:

- Whether the server works: it answers on our socket (`pg_isready`). Process numbers in files are never
  believed.
- Whether anything of the cluster is alive: the postmaster inherits the lock file `lock-alive`, and so do all
  its children. The kernel lets go of it when the last of them is gone, an orphan left by `kill -9` included.
- Whether someone still needs it: each command holds `lock-users` shared; who can take it alone on leaving
  stops the server.

Trust on the socket is safe because the socket's folder is closed to every account but the one that runs the
server.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

import psycopg

from langso.host import account, binaries, external, locks, orphans, roles
from langso.host.account import Place
from langso.host.home import Home, check_room_for_a_cluster, free_bytes
from langso.lib.refusal import Refused

PORT = 5432  # names the socket file; nothing listens on the network
START_SECONDS = 30.0
PATIENCE_SECONDS = 6.0  # with what an earlier run left behind, before it is told to go
RECOVERY_SECONDS = 600.0  # a server that says it is replaying its log is left to finish
STOP_SECONDS = 60.0
_SUPERUSER = "postgres"
_CLEAN = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C",
    "TZ": "UTC",
}  # whatever locale or PG* variables the caller has

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "autovacuum_naptime": "15s",  # plans made while a table was empty are soon made anew
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "Asia/Ho_Chi_Minh",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",  # a week of logs, each day overwritten when it comes round again
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_file_mode": "0600",
    "log_min_duration_statement": "2s",
}
_HOPELESS = ("No space left", "ermission denied", "nvalid value for parameter", "Read-only")
_THROWAWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "2GB"}


class ClusterNotMade(Refused):
    says = "Chưa tạo được cơ sở dữ liệu ở {folder}: {cause}. {next} Dòng cuối của PostgreSQL: {line}"


class ServerNotStarted(Refused):
    says = "PostgreSQL không khởi động được: {cause}. {next} Dòng cuối trong nhật ký {log}: {line}"


class ClusterOfAnotherVersion(Refused):
    says = (
        "Cơ sở dữ liệu ở {folder} do PostgreSQL {found} tạo, bản này dùng PostgreSQL {major}. "
        "Sao lưu bằng bản langso cũ (`langso backup`), rồi khôi phục vào một LANGSO_HOME mới."
    )


class ClusterRunByHand(Refused):
    says = "Có người đã tự chạy PostgreSQL trên {folder}, ngoài langso. Tắt máy chủ đó (`pg_ctl stop`) rồi chạy lại."


@dataclass(frozen=True)
class Addresses:
    """postgresql:// addresses, the socket as ?host=. `owner` makes tables, `app` serves people."""

    owner: str
    app: str
    embedded: bool


@contextmanager
def running(home: Home, *, say: Callable[[str], None], throwaway: bool = False) -> Iterator[Addresses]:
    """The database answers, with both roles, from here to the end of the block.

    With `DATABASE_URL`, that server; else the embedded one, started if it is not running and stopped by its
    last user. `throwaway` trades safety for speed and is for tests only.

    Refuses: all of `external`, ClusterNotMade, ServerNotStarted, ClusterOfAnotherVersion, HomeUnwritable,
    DiskNearlyFull.
    """
    url = os.environ.get("DATABASE_URL", "").strip()
    if url:
        owner, app = external.addresses(url, os.environ.get("DATABASE_APP_URL", "").strip())
        yield Addresses(owner, app, embedded=False)
        return
    with _without_pg_variables(), _used(home, say=say, throwaway=throwaway) as place:
        yield addresses_of(place)


def addresses_of(place: Place) -> Addresses:
    def url(role: str) -> str:
        query = urlencode({"host": str(place.socket), "port": PORT}, quote_via=quote)
        return f"postgresql://{role}@/{roles.DATABASE}?{query}"

    return Addresses(url(roles.OWNER), url(roles.APP), embedded=True)


@contextmanager
def _without_pg_variables() -> Iterator[None]:
    """PGHOSTADDR, PGSERVICE and the like would overrule the addresses we hand out."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PG")}
    try:
        yield
    finally:
        os.environ.update(hidden)


@contextmanager
def _used(home: Home, *, say: Callable[[str], None], throwaway: bool) -> Iterator[Place]:
    def waiting() -> None:
        say("Chờ một lệnh langso khác khởi động hoặc dừng PostgreSQL xong …")

    start_lock = home.root / "lock-start"
    process: subprocess.Popen[bytes] | None = None
    users = locks.open_lock(home.root / "lock-users")
    try:
        with locks.alone(start_lock, seconds=RECOVERY_SECONDS, waiting=waiting):
            place = account.place_of(home, say=say)
            _make_cluster(place, say=say, throwaway=throwaway)
            try:
                process = _start(home, place, say=say, throwaway=throwaway)
                roles.ensure(_superuser(place))
            except BaseException:
                if locks.try_lock(users):  # nobody else uses it: leave nothing half-started behind
                    _stop(home, place)
                raise
            locks.try_lock(users, shared=True)
        try:
            yield place
        finally:
            with locks.alone(start_lock, seconds=RECOVERY_SECONDS, waiting=waiting):
                if locks.try_lock(users):
                    _stop(home, place)
                    if process:
                        process.wait(timeout=5)
                    if throwaway:
                        _throw_away(home, place)
    finally:
        os.close(users)


def _throw_away(home: Home, place: Place) -> None:
    """What a test's cluster has outside its home; the home itself is the test's to remove."""
    for note, folder in (("cluster-is-at", place.cluster.parent), ("socket-is-at", place.socket)):
        if (home.root / note).exists():
            shutil.rmtree(folder, ignore_errors=True)
            (home.root / note).unlink()


def revive(home: Home, *, say: Callable[[str], None]) -> None:
    """Start the embedded server again if it has died under a command that still uses it."""
    place = account.place_of(home, say=say)
    if not listens(place):
        with locks.alone(home.root / "lock-start", seconds=RECOVERY_SECONDS, waiting=lambda: None):
            if answers(place) != 0:
                say("PostgreSQL đã dừng đột ngột, đang khởi động lại …")
                _start(home, place, say=say, throwaway=False)


def listens(place: Place) -> bool:
    """Something takes connections on our socket; a cheap question to ask every second."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(place.socket / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _superuser(place: Place) -> dict[str, Any]:
    return {"host": str(place.socket), "port": PORT, "user": _SUPERUSER, "connect_timeout": 10}


def answers(place: Place) -> int:
    """What `pg_isready` says: 0 takes connections, 1 is starting or stopping, 2 does not answer."""
    command = [place.program("pg_isready"), "-q", "-h", str(place.socket), "-p", str(PORT), "-t", "3"]
    done = subprocess.run(command, check=False, env=_CLEAN, cwd="/", capture_output=True, timeout=20)
    return done.returncode


def _make_cluster(place: Place, *, say: Callable[[str], None], throwaway: bool) -> None:
    """Made beside and renamed when whole: a cut in between leaves nothing that looks like a cluster."""
    version = place.cluster / "PG_VERSION"
    if version.exists():
        found = version.read_text(encoding="ascii").strip()
        if found != str(binaries.MAJOR):
            raise ClusterOfAnotherVersion(folder=place.cluster, found=found, major=binaries.MAJOR)
        return
    check_room_for_a_cluster(place.cluster.parent)
    for leftover in place.cluster.parent.glob("pg-draft-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    say("Tạo cơ sở dữ liệu PostgreSQL lần đầu …")
    draft = Path(tempfile.mkdtemp(prefix="pg-draft-", dir=place.cluster.parent))
    place.account.own(draft)
    command = [
        place.program("initdb"),
        "-D",
        str(draft),
        "-U",
        _SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=PG_UNICODE_FAST",
        "--no-instructions",
        *(["--no-sync"] if throwaway else []),
    ]
    try:
        done = subprocess.run(
            command,
            check=False,
            env=_CLEAN,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            **place.account.run_as(),
        )
        if done.returncode != 0:
            cause, what_next = _diagnosis(done.stderr, place)
            raise ClusterNotMade(folder=place.cluster, cause=cause, next=what_next, line=_last_line(done.stderr))
        (draft / "pg_hba.conf").write_text("local all all trust\n", encoding="ascii")  # no line for the network
        if place.cluster.is_dir():
            place.cluster.rmdir()  # an empty folder may stand there; a full one is somebody's and stops us
        draft.rename(place.cluster)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClusterNotMade(folder=place.cluster, cause=str(error), next="Xem lại quyền và ổ đĩa.", line="") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _start(home: Home, place: Place, *, say: Callable[[str], None], throwaway: bool) -> subprocess.Popen[bytes] | None:
    """Until it answers or the deadline has passed; the process, if it is ours. `lock-start` is held."""
    begin = time.monotonic()
    deadline = begin + START_SECONDS
    said = told = ""
    process: subprocess.Popen[bytes] | None = None

    def tell(line: str) -> None:
        nonlocal told
        if line != told:
            say(told := line)

    with tempfile.TemporaryFile() as words:
        try:
            while (state := answers(place)) != 0:
                waited = time.monotonic() - begin
                if process and process.poll() is not None:  # it gave up; why is in its words or in the log
                    process, said = None, _said(place, words)
                    if _is_hopeless(said):
                        raise _not_started(place, said)
                if state == 1:
                    deadline = max(deadline, min(begin + RECOVERY_SECONDS, time.monotonic() + START_SECONDS))
                    if waited > 2:
                        tell("PostgreSQL đang dựng lại dữ liệu sau lần tắt đột ngột, đang chờ …")
                elif process is None and (alive := _take_alive(home)) is not None:
                    try:
                        if "lock file" in said and "already exists" in said:
                            _remove_stale_pid_files(place)
                        process = _spawn(place, alive, words, throwaway=throwaway)
                    finally:
                        os.close(alive)
                elif process is None:
                    if waited > 2:
                        tell("Còn tiến trình PostgreSQL của lần chạy trước chưa thoát, đang chờ …")
                    if waited > PATIENCE_SECONDS:
                        orphans.end(home.root / "lock-alive", place.cluster)
                if time.monotonic() > deadline:
                    raise _not_started(place, said or _said(place, words))
                time.sleep(0.03 if waited < 2 else 0.3)
        except BaseException:
            if process and process.poll() is None:
                process.terminate()  # our own child, not a number from a file
                process.wait(timeout=STOP_SECONDS)
            raise
    return process


def _take_alive(home: Home) -> int | None:
    """The descriptor that the postmaster will inherit; None while anything of the cluster still lives."""
    descriptor = locks.open_lock(home.root / "lock-alive")
    if locks.try_lock(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _remove_stale_pid_files(place: Place) -> None:
    """PostgreSQL refused to start: the number in one of its pid files belongs to some program or other.

    `lock-alive` told that nothing we started lives, and the cluster's folder that nobody started a server by
    hand.

    Refuses: ClusterRunByHand.
    """
    if orphans.stands_in(place.cluster):
        raise ClusterRunByHand(folder=place.cluster)
    (place.cluster / "postmaster.pid").unlink(missing_ok=True)
    (place.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _spawn(place: Place, alive: int, words: IO[bytes], *, throwaway: bool) -> subprocess.Popen[bytes]:
    settings = _SETTINGS | {"log_directory": str(place.log)} | (_THROWAWAY if throwaway else {})
    folder = str(place.socket).replace('"', '""')
    settings["unix_socket_directories"] = f'"{folder}"'  # quoted: a list, in which a comma would part
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        [place.program("postgres"), "-D", str(place.cluster), *options],
        env=_CLEAN,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        pass_fds=[alive],
        **place.account.run_as(),
    )


def _stop(home: Home, place: Place) -> None:
    """Stop the server that answers on our socket for our cluster; whatever else there is stays untouched."""
    if answers(place) == 2:
        return
    try:
        with psycopg.connect(**_superuser(place), dbname="postgres") as connection:
            (folder,) = connection.execute("select current_setting('data_directory')").fetchone() or ("",)
    except psycopg.OperationalError:
        folder = str(place.cluster) if answers(place) == 1 else ""  # starting or stopping: it does not tell
    if folder != str(place.cluster):
        return
    stop = [
        place.program("pg_ctl"),
        "stop",
        "-D",
        str(place.cluster),
        "-m",
        "fast",
        "-w",
        "-t",
        str(int(STOP_SECONDS)),
        "-s",
    ]
    subprocess.run(
        stop,
        check=False,
        env=_CLEAN,
        capture_output=True,
        timeout=STOP_SECONDS + 10,
        **place.account.run_as(),
    )
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:  # the log writer goes a moment after the postmaster
        if (alive := _take_alive(home)) is not None:
            os.close(alive)
            return
        time.sleep(0.02)


def _said(place: Place, words: IO[bytes]) -> str:
    """What the server wrote before it gave up: to its error stream, then to today's log."""
    words.seek(0)
    said = words.read().decode("utf-8", "replace")
    logs = sorted(place.log.glob("postgresql-*.log"), key=lambda path: path.stat().st_mtime)
    if logs and "FATAL" not in said:
        said += logs[-1].read_bytes()[-20_000:].decode("utf-8", "replace")
    return said


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    causes = [line for line in lines if any(mark in line for mark in _HOPELESS)]
    telling = [line for line in lines if any(mark in line for mark in ("FATAL", "PANIC", "rror", "ould not"))]
    return (causes or telling or lines or ["(không có)"])[-1].strip()[:300]


def _is_hopeless(said: str) -> bool:
    """A reason to give up at once rather than to try until the deadline."""
    return any(
        mark in said for mark in ("No space left", "ermission denied", "nvalid value for parameter", "Read-only")
    )


def _not_started(place: Place, said: str) -> ServerNotStarted:
    cause, what_next = _diagnosis(said, place)
    return ServerNotStarted(cause=cause, next=what_next, log=place.log, line=_last_line(said))


def _diagnosis(said: str, place: Place) -> tuple[str, str]:
    """The cause and what to do next, in Vietnamese, from what PostgreSQL wrote."""
    if "No space left" in said or free_bytes(place.cluster.parent) < 1 << 20:
        return "ổ đĩa đã đầy", "Dọn bớt ổ đĩa rồi chạy lại."
    if "pre-existing shared memory block" in said:
        return "một tiến trình PostgreSQL cũ vẫn giữ bộ nhớ", "Chờ một phút rồi chạy lại."
    if "shared memory" in said or "could not map" in said or "Cannot allocate memory" in said:
        return "máy thiếu bộ nhớ", "Tắt bớt chương trình khác rồi chạy lại."
    if "ermission denied" in said:
        return "không có quyền với thư mục cơ sở dữ liệu", "Trả quyền thư mục về tài khoản đã tạo ra nó."
    if "Read-only" in said:
        return "ổ đĩa chỉ cho đọc", "Gắn lại ổ đĩa ở chế độ ghi được, hoặc đặt LANGSO_HOME sang chỗ khác."
    return "PostgreSQL không trả lời kịp", "Chạy `langso doctor` để xem từng mục."
