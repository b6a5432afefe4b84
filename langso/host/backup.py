"""One file that holds everything: the database, the stored files, and a manifest to check them by.

    làng-số.langso = tar of  manifest.json, database.dump (pg_dump, custom form), files/…

`backup` counts the rows and dumps them in one snapshot, so the manifest and the dump tell of the same moment.
`verify` reads the whole file and compares every checksum. What signs sessions (`secret-key`) is not in it: a
copy of the file is not a key.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from langso.host import binaries
from langso.host.home import Home, cause_of
from langso.host.postgres import Addresses
from langso.lib.refusal import Refused

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
_BLOCK = 1 << 20
_MANIFEST_LIMIT = 256 << 20  # a checksum line for a million stored files, and no more
Connection = psycopg.Connection[tuple[Any, ...]]


class BackupNotWritten(Refused):
    says = (
        "Chưa sao lưu được vào {path}: {cause}. Chọn chỗ khác bằng --to rồi chạy lại. Bản sao lưu cũ, nếu "
        "có, còn nguyên."
    )


class NothingToBackUp(Refused):
    says = "Cơ sở dữ liệu chưa có bảng nào, nên chưa có gì để sao lưu. Chạy `langso serve` hoặc `langso demo` trước."


class ToolTooOld(Refused):
    says = (
        "PostgreSQL ở máy chủ là bản {server}, công cụ {tool} trên máy này là bản {found}, nên không đọc "
        "được. "
        "Cài bộ công cụ PostgreSQL {server} (gói postgresql-client-{server}) rồi chạy lại."
    )


class DumpFailed(Refused):
    says = "{tool} dừng giữa chừng: {line} Chưa có gì thay đổi. Sửa nguyên nhân rồi chạy lại."


class NotABackup(Refused):
    says = "{path} không phải bản sao lưu của Làng Số: {cause}. Chọn tệp .langso do `langso backup` tạo ra."


class BackupDamaged(Refused):
    says = "Bản sao lưu {path} đã hỏng: {cause}. Dùng bản khác; dữ liệu hiện có còn nguyên."


class BackupFromTheFuture(Refused):
    says = (
        "Bản sao lưu {path} do Làng Số {found} tạo, mới hơn bản trên máy này ({here}). Cập nhật Làng Số rồi khôi phục."
    )


@dataclass(frozen=True)
class Manifest:
    """What the backup holds and how to check it."""

    format: int
    version: str
    postgresql: int  # major of the server it came from
    app_role: str
    made_at: str
    rows: dict[str, int]  # by "schema.table"
    sha256: dict[str, str]  # by name in the tar

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())


def backup(addresses: Addresses, home: Home, to: Path, *, say: Callable[[str], None]) -> Manifest:
    """Write the whole house into the file `to`: complete under that name, or not there at all.

    Refuses: BackupNotWritten, NothingToBackUp, ToolTooOld, DumpFailed.
    """
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".langso-backup-", dir=to.parent) as folder:
            draft = Path(folder) / "backup.tar"
            manifest = _write(addresses, home, Path(folder), draft, say=say)
            with draft.open("rb") as whole:
                os.fsync(whole.fileno())
            draft.chmod(0o600)
            draft.rename(to)
        sync_folder(to.parent)
    except OSError as error:
        raise BackupNotWritten(path=to, cause=cause_of(error)) from error
    return manifest


def _write(addresses: Addresses, home: Home, folder: Path, draft: Path, *, say: Callable[[str], None]) -> Manifest:
    dump = folder / DUMP
    with psycopg.connect(addresses.owner) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        rows = count_rows(connection)
        if not rows:
            raise NothingToBackUp()
        major = connection.info.server_version // 10000
        (snapshot,) = connection.execute("select pg_export_snapshot()").fetchone() or ("",)
        say("Chép cơ sở dữ liệu …")
        run_tool("pg_dump", major, addresses.owner, ["--format=custom", f"--snapshot={snapshot}", f"--file={dump}"])
    # Files are listed after the snapshot: a row never names a file that is not in the backup.
    stored = {f"{FILES}/{path.relative_to(home.files).as_posix()}": path for path in stored_files(home)}
    members = {DUMP: dump} | stored
    say(f"Ghi {len(stored)} tệp đính kèm …")
    manifest = Manifest(
        format=FORMAT,
        version=version("langso"),
        postgresql=major,
        app_role=urlsplit(addresses.app).username or "",
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=rows,
        sha256={name: _checksum(path) for name, path in members.items()},
    )
    with tarfile.open(draft, "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, MANIFEST, io.BytesIO(manifest.to_json()), len(manifest.to_json()))
        for name, path in members.items():
            with path.open("rb") as content:
                _add(tar, name, content, os.fstat(content.fileno()).st_size)
    return manifest


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    tar.addfile(member, content)


def verify(path: Path) -> Manifest:
    """Read the whole backup and compare each part with its checksum; what it holds.

    Refuses: NotABackup, BackupDamaged, BackupFromTheFuture.
    """
    with opened(path) as (tar, manifest):
        seen = set()
        for member in rest(tar):
            content = tar.extractfile(member)
            if content is None or member.name in seen or not is_safe(member.name):
                raise BackupDamaged(path=path, cause=f"phần lạ “{member.name}”")
            seen.add(member.name)
            if hashlib.file_digest(cast(io.BufferedReader, content), "sha256").hexdigest() != manifest.sha256.get(
                member.name
            ):
                raise BackupDamaged(path=path, cause=f"phần “{member.name}” không khớp mã kiểm tra")
        if missing := sorted(set(manifest.sha256) - seen):
            raise BackupDamaged(path=path, cause=f"thiếu “{missing[0]}”")
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """The backup, read past its manifest. Refuses: NotABackup, BackupDamaged, BackupFromTheFuture."""
    try:
        with tarfile.open(path, "r|") as tar:
            yield tar, _manifest(tar, path)
    except tarfile.ReadError as error:
        if _starts_like_ours(path):
            raise BackupDamaged(path=path, cause="tệp bị cắt hoặc bị sửa") from error
        raise NotABackup(path=path, cause="không mở được") from error
    except FileNotFoundError as error:
        raise NotABackup(path=path, cause="không có tệp này") from error
    except (tarfile.TarError, EOFError) as error:
        raise BackupDamaged(path=path, cause="tệp bị cắt hoặc bị sửa") from error
    except OSError as error:
        raise NotABackup(path=path, cause=cause_of(error)) from error


def rest(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """What follows the manifest. A TarFile's own iterator would begin again, which a stream cannot."""
    while (member := tar.next()) is not None:
        yield member


def _starts_like_ours(path: Path) -> bool:
    with path.open("rb") as start:
        return start.read(len(MANIFEST)) == MANIFEST.encode()


def _manifest(tar: tarfile.TarFile, path: Path) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first and first.name == MANIFEST and first.size < _MANIFEST_LIMIT else None
    if content is None:
        raise NotABackup(path=path, cause="không có bảng kê ở đầu tệp")
    try:
        facts = json.loads(content.read())
        made_by = str(facts["version"])
        if int(facts["format"]) > FORMAT:
            raise BackupFromTheFuture(path=path, found=made_by, here=version("langso"))
        manifest = Manifest(**facts)
    except (ValueError, TypeError, KeyError) as error:
        raise BackupDamaged(path=path, cause="bảng kê ở đầu tệp không đọc được") from error
    if DUMP not in manifest.sha256:
        raise BackupDamaged(path=path, cause="bảng kê không nhắc tới cơ sở dữ liệu")
    return manifest


def is_safe(name: str) -> bool:
    """The dump itself, or a file that stays below files/."""
    parts = PurePosixPath(name).parts
    return name == DUMP or (len(parts) > 1 and parts[0] == FILES and ".." not in parts and not name.startswith("/"))


def stored_files(home: Home) -> list[Path]:
    return sorted(path for path in home.files.rglob("*") if path.is_file() and not path.is_symlink())


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of every table that is not PostgreSQL's own, by "schema.table"; partitions count one by one."""
    tables = connection.execute(
        """select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            order by 1, 2"""
    ).fetchall()
    counted = {}
    for schema, table in tables:
        count = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
        (counted[f"{schema}.{table}"],) = connection.execute(count).fetchone() or (0,)
    return counted


def run_tool(name: str, server_major: int, url: str, arguments: list[str]) -> None:
    """Run pg_dump or pg_restore on a database; the password goes by environment, out of sight of `ps`.

    Refuses: ToolTooOld, DumpFailed.
    """
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=_without_password(parts.netloc)))
    environ = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME") or key.startswith("PGSSL")}
    environ |= {"LC_ALL": "C", "PGPASSWORD": unquote(parts.password or "")}
    command = [str(_tool(name, server_major)), *arguments, f"--dbname={bare}", "--no-password"]
    done = subprocess.run(
        command,
        check=False,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["không nói lý do."]
        raise DumpFailed(tool=name, line=next((line for line in lines if "error" in line), lines[-1])[:400])


def _without_password(netloc: str) -> str:
    login, at, place = netloc.rpartition("@")
    return f"{login.partition(':')[0]}{at}{place}"


def _tool(name: str, server_major: int) -> Path:
    """Ours, or the machine's own when the server is newer than ours."""
    ours = binaries.find()
    if server_major <= binaries.MAJOR:
        return ours.path(name)
    found = shutil.which(name)
    if found:
        said = subprocess.run([found, "--version"], check=False, capture_output=True, text=True, timeout=20).stdout
        if int((said.split() or ["0"])[2].partition(".")[0]) >= server_major:
            return Path(found)
    raise ToolTooOld(server=server_major, tool=name, found=binaries.version(ours))


def sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
