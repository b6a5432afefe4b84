"""What the tests of the machine share: questions to a database, a fresh terminal, an ordinary account."""

import functools
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from langso.host import locks
from langso.host.home import Home
from langso.host.postgres import Addresses

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
HOSTILE = {
    "LC_ALL": "xx_YY", "LANG": "tr_TR.UTF-8", "TZ": "Nowhere/Else", "PGHOST": "203.0.113.1", "PGPORT": "1",
    "PGHOSTADDR": "203.0.113.1", "PGDATA": "/nonexistent", "PGUSER": "nobody", "PGDATABASE": "elsewhere",
    "PGOPTIONS": "-c search_path=nowhere", "PGSERVICE": "none", "PGSSLMODE": "require",
    "PGCLIENTENCODING": "LATIN1",
}  # fmt: skip


def ask(url: str, question: str) -> Any:
    """The single value of a query; nothing for a statement that returns none."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def has_nothing_alive(home: Home) -> bool:
    """No process of this home's cluster is left."""
    descriptor = locks.open_lock(home.root / "lock-alive")
    try:
        return locks.try_lock(descriptor)
    finally:
        os.close(descriptor)


def is_running(pid: int) -> bool:
    """The process is there and not merely waiting to be counted by its parent."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def postmaster_pid(addresses: Addresses) -> int:
    """The parent of a backend that answers us."""
    with psycopg.connect(addresses.owner) as connection:
        status = Path(f"/proc/{connection.info.backend_pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("PPid:")).split()[1])


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a fresh terminal has, and where the packages of this run are."""
    packages = [str(ROOT), *(path for path in sys.path if "site-packages" in path)]
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/nonexistent", "LANGSO_HOME": str(home),
        "PYTHONPATH": os.pathsep.join(packages), "PYTHONDONTWRITEBYTECODE": "1", **more,
    }  # fmt: skip


def start(
    code: str, environ: Mapping[str, str], *, python: str = sys.executable, **kwargs: Any
) -> subprocess.Popen[str]:
    """A Python of its own that runs the code."""
    return subprocess.Popen(
        [python, "-c", code], env=dict(environ), cwd="/", text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs,
    )  # fmt: skip


@functools.cache
def ordinary_account() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@functools.cache
def python_for_everyone() -> str | None:
    """A Python of this version that another account can run; a root's own is often in a closed folder."""
    account = ordinary_account()
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, shutil.which(name, path="/usr/local/bin:/usr/bin:/bin")):
        if candidate and account:
            try:
                done = subprocess.run(
                    [candidate, "-c", "import psycopg, langso"], env=environment(Path("/")), cwd="/",
                    check=False, user=account.pw_uid, group=account.pw_gid, extra_groups=[],
                    capture_output=True,
                )  # fmt: skip
            except OSError:
                continue
            if done.returncode == 0:
                return candidate
    return None
