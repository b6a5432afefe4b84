"""Which account PostgreSQL runs as, and where its cluster can live so that this account reaches it.

PostgreSQL refuses to run as root. Started by root, the server drops to an unprivileged account; folders that
are not ours are never opened up for it: where it cannot pass, the cluster is put under /var/lib instead, and
a file in home says so.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langso.host import binaries
from langso.host.binaries import Binaries
from langso.host.home import Home, HomeUnwritable, cause_of, write_private
from langso.lib.refusal import Refused

_SOCKET_PATH_LIMIT = 90  # the kernel's is 108 (104 on macOS), and PostgreSQL adds /.s.PGSQL.5432.lock
_OUTSIDE = Path("/var/lib")


class NoAccount(Refused):
    says = (
        "PostgreSQL không chạy bằng tài khoản root, và chưa có tài khoản thường để dùng ({cause}). "
        "Tạo một tài khoản bằng lệnh `useradd --system langso`, hoặc chạy langso bằng tài khoản thường."
    )


@dataclass(frozen=True)
class Account:
    """Who PostgreSQL's programs run as. `switch` is false when that is who we already are."""

    uid: int
    gid: int
    switch: bool

    def run_as(self) -> dict[str, Any]:
        """Arguments for `subprocess`: this account, a folder everyone can stand in, a session of its own."""
        base: dict[str, Any] = {"cwd": "/", "start_new_session": True, "umask": 0o077}
        if self.switch:
            base |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return base

    def can(self, test: str, path: Path) -> bool:
        """Ask the kernel, not the mode bits: `test -r`, `-w` or `-x` as this account."""
        if not self.switch:
            return os.access(path, {"r": os.R_OK, "w": os.W_OK, "x": os.X_OK}[test])
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", f'test -{test} "$1"', "sh", str(path)],
                check=False,
                capture_output=True,
                timeout=20,
                env={"PATH": "/usr/bin:/bin"},
                **self.run_as(),
            )
        except PermissionError as error:
            raise NoAccount(cause="root trên máy này không được đổi tài khoản") from error
        return done.returncode == 0

    def own(self, folder: Path) -> None:
        """Make the folder, or take it over, closed to everyone else."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


@dataclass(frozen=True)
class Place:
    """Where the cluster of one home is, and who runs it."""

    account: Account
    cluster: Path
    socket: Path
    log: Path
    binaries: Binaries

    def program(self, name: str) -> str:
        return str(self.binaries.path(name))


def place_of(home: Home, *, say: Callable[[str], None]) -> Place:
    """The account and the folders for the cluster of this home; made if they are not there.

    Refuses: NoAccount, HomeUnwritable, BinariesMissing.
    """
    account = account_for(home)
    try:
        base = _base(home, account, say=say)
        for name in ("run", "log"):
            account.own(base / name)
        return Place(
            account=account,
            cluster=base / "pg",
            socket=_socket_folder(home, base, account),
            log=base / "log",
            binaries=_reachable(binaries.find(), base, account, say=say),
        )
    except OSError as error:
        raise HomeUnwritable(folder=home.root, cause=cause_of(error)) from error


def account_for(home: Home) -> Account:
    """Ourselves; as root, the owner of the home or cluster, else `langso`, `postgres`, or a new `langso`.

    Refuses: NoAccount.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    for folder in (home.cluster, home.root):
        if folder.exists() and (owner := folder.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid, switch=True)
    for name in ("langso", "postgres"):
        if account := _named(name):
            return account
    cause = "máy không có useradd hay adduser"
    for command in (
        [
            "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            "langso",
        ],
        ["adduser", "-S", "-H", "-D", "langso"],
    ):
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            if account := _named("langso"):
                return account
            cause = done.stderr.strip() or f"{command[0]} không tạo được"
    raise NoAccount(cause=cause)


def _named(name: str) -> Account | None:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(found.pw_uid, found.pw_gid, switch=True)


def _base(home: Home, account: Account, *, say: Callable[[str], None]) -> Path:
    """The home itself where the account can pass, else a folder of the account's own, remembered."""
    note = home.root / "cluster-is-at"
    if note.exists():
        return Path(note.read_text(encoding="utf-8").strip())
    if account.can("x", home.root):
        return home.root
    outside = _OUTSIDE / f"langso-{hashlib.sha256(os.fsencode(home.root)).hexdigest()[:12]}"
    account.own(outside)
    write_private(note, f"{outside}\n")
    say(f"Tài khoản chạy PostgreSQL không vào được {home.root}, nên cơ sở dữ liệu đặt ở {outside}.")
    return outside


def _socket_folder(home: Home, base: Path, account: Account) -> Path:
    """A folder closed to others whose path is short enough for a socket."""
    # A comma parts hosts in every address that libpq reads.
    if len(os.fsencode(base / "run")) <= _SOCKET_PATH_LIMIT and "," not in str(base):
        return base / "run"
    note = home.root / "socket-is-at"
    if note.exists():
        folder = Path(note.read_text(encoding="utf-8").strip())
        # Temp is swept and shared: use it again only if it is a real folder, still the account's and closed.
        if folder.is_dir() and not folder.is_symlink():
            state = folder.stat()
            if state.st_uid == account.uid and state.st_mode & 0o077 == 0:
                return folder
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = (
        runtime.startswith("/")
        and not account.switch
        and len(os.fsencode(runtime)) <= 60
        and os.access(runtime, os.W_OK)
    )
    short = Path(tempfile.mkdtemp(prefix="langso-", dir=runtime if usable else "/tmp"))  # noqa: S108
    account.own(short)
    write_private(note, f"{short}\n")
    return short


def _reachable(found: Binaries, base: Path, account: Account, *, say: Callable[[str], None]) -> Binaries:
    """The programs, or a copy beside the cluster when the account cannot reach the wheel's folder."""
    if account.can("x", found.path("postgres")):
        return found
    copy = base / f"engine-{binaries.version(found)}"
    if not copy.is_dir():
        say("Chép chương trình PostgreSQL tới chỗ tài khoản của nó vào được …")
        draft = Path(tempfile.mkdtemp(prefix="engine-draft-", dir=base))
        for folder in found.folders():  # laid out as in the wheel: libraries are found by relative place
            shutil.copytree(folder, draft / folder.relative_to(found.site), symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        draft.rename(copy)
    return Binaries(copy / found.root.relative_to(found.site))
