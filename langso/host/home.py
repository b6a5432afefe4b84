"""The state folder: everything that this copy of Làng Số knows is in it, and nothing outside it.

One exception: when root keeps its home where the database account cannot go, the cluster lives beside it
(`account.py`).
"""

import errno
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from langso.lib.number import write_number
from langso.lib.refusal import Refused

NEEDED_FOR_A_NEW_CLUSTER = (
    300 * 1024 * 1024
)  # an empty cluster takes 40 MB, its log (WAL) soon as much again, the demo the rest
_FOLDERS = ("files", "static", "backups", "mail", "log", "run")


class HomeUnwritable(Refused):
    says = (
        "Không ghi được vào thư mục dữ liệu {folder}: {cause}. "
        "Cấp quyền ghi cho tài khoản đang chạy, hoặc đặt LANGSO_HOME sang thư mục khác."
    )


class HomeRelative(Refused):
    says = "LANGSO_HOME phải là đường dẫn đầy đủ, bắt đầu bằng /. Đang đặt là “{text}”."


class DiskNearlyFull(Refused):
    says = (
        "Ổ đĩa chứa {folder} chỉ còn {free} MB, cần ít nhất {needed} MB để tạo cơ sở dữ liệu. "
        "Dọn bớt, hoặc đặt LANGSO_HOME sang ổ đĩa khác."
    )


@dataclass(frozen=True)
class Home:
    """The folder and the names in it."""

    root: Path

    @property
    def cluster(self) -> Path:
        return self.root / "pg"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def log(self) -> Path:
        return self.root / "log"

    def secret_key(self) -> str:
        """The key that signs sessions: made once, readable by this account alone."""
        path = self.root / "secret-key"
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            write_private(path, secrets.token_urlsafe(48), unless_there=True)
            return path.read_text(encoding="ascii")
        except OSError as error:
            raise HomeUnwritable(folder=self.root, cause=cause_of(error)) from error


def where(environ: Mapping[str, str]) -> Path:
    """`LANGSO_HOME`, or the platform's own place for an application's data.

    Refuses: HomeRelative.
    """
    chosen = environ.get("LANGSO_HOME", "").strip()
    if chosen:
        folder = Path(chosen).expanduser()
        if not folder.is_absolute():
            raise HomeRelative(text=chosen)
        return folder
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "langso"
    data = environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else Path.home() / ".local" / "share") / "langso"


def open_home(environ: Mapping[str, str] | None = None) -> Home:
    """The state folder, made if it is not there, writable.

    A folder made by root can be passed through, not listed: PostgreSQL runs under another account and must
    reach its own folder inside. What holds something is closed to others one level down.

    Refuses: HomeRelative, HomeUnwritable.
    """
    root = where(os.environ if environ is None else environ)
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        try:
            root.mkdir(mode=0o700)
            if os.geteuid() == 0:
                root.chmod(0o711)
        except FileExistsError:
            if not root.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
        for name in _FOLDERS:
            try:
                (root / name).mkdir(mode=0o700)
                hand_over(root / name)
            except FileExistsError:  # made before, or by another command this very moment
                if not (root / name).is_dir():
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
        probe = root / f".probe-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise HomeUnwritable(folder=root, cause=cause_of(error)) from error
    return Home(root.resolve())


def check_room_for_a_cluster(folder: Path) -> None:
    """Refuses: DiskNearlyFull."""
    free = free_bytes(folder)
    if free < NEEDED_FOR_A_NEW_CLUSTER:
        raise DiskNearlyFull(folder=folder, free=write_number(free >> 20), needed=NEEDED_FOR_A_NEW_CLUSTER >> 20)


def free_bytes(folder: Path) -> int:
    """Bytes that an ordinary account may still write where the folder is."""
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def write_private(path: Path, text: str, *, unless_there: bool = False) -> None:
    """Write a small file whole or not at all, readable by this account alone."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        hand_over(draft)
        if unless_there:
            try:
                os.link(draft, path)  # unlike rename, keeps what another process wrote a moment ago
            except FileExistsError:
                return
        else:
            draft.rename(path)
            return
    finally:
        draft.unlink(missing_ok=True)


def hand_over(path: Path) -> None:
    """Root working in someone's home (sudo) leaves behind what that person can still use."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


_CAUSES = {
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOSPC: "ổ đĩa đã đầy",
    errno.EDQUOT: "đã hết hạn mức ổ đĩa",
    errno.ENOTDIR: "có một tệp cùng tên chắn đường",
    errno.EEXIST: "có một tệp cùng tên chắn đường",
    errno.ENAMETOOLONG: "đường dẫn quá dài",
    errno.ENOENT: "đường dẫn không có",
    errno.EIO: "ổ đĩa hỏng hoặc đã bị rút ra",
}


def cause_of(error: OSError) -> str:
    """Why the machine said no, in Vietnamese; its own words where we have none."""
    return _CAUSES.get(error.errno or 0, error.strerror or str(error))
