"""Put a backup back, rehearsed: into a database of its own, counted, only then given the served name.

Cut the power at any moment and either the old data or the new is there whole. The old database is kept beside
under another name until the next restore; stored files are only ever added, since each is named by its
content.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from langso.host.backup import (
    DUMP,
    FILES,
    BackupDamaged,
    Manifest,
    count_rows,
    opened,
    rest,
    run_tool,
    sync_folder,
    verify,
)
from langso.host.home import Home, cause_of
from langso.host.postgres import Addresses
from langso.lib.number import write_number
from langso.lib.refusal import Refused

_REHEARSAL = "langso_rehearsal_"


class DatabaseNotEmpty(Refused):
    says = (
        "Cơ sở dữ liệu đang có {rows} dòng trong {tables} bảng. Khôi phục sẽ thay toàn bộ. "
        "Nếu đúng ý, chạy lại với --replace; dữ liệu cũ vẫn được giữ dưới tên khác."
    )


class CountsDiffer(Refused):
    says = (
        "Đã nạp thử bản sao lưu nhưng bảng {table} có {found} dòng, bảng kê ghi {expected}. "
        "Chưa thay gì; dữ liệu hiện có còn nguyên. Dùng bản sao lưu khác."
    )


class CannotCreateDatabase(Refused):
    says = (
        "Tài khoản trong DATABASE_URL không được tạo cơ sở dữ liệu, nên không nạp thử được. "
        "Nhờ người quản trị chạy: alter role {role} createdb; rồi chạy lại. Dữ liệu hiện có còn nguyên."
    )


class StillInUse(Refused):
    says = "Còn chương trình đang dùng cơ sở dữ liệu {name}. Dừng `langso serve` ở mọi máy rồi chạy lại. Chưa thay gì."


class FilesNotWritten(Refused):
    says = "Không ghi được tệp đính kèm vào {folder}: {cause}. Chưa thay cơ sở dữ liệu. Sửa nguyên nhân rồi chạy lại."


def restore(
    addresses: Addresses, home: Home, path: Path, *, replace: bool, say: Callable[[str], None]
) -> tuple[Manifest, str]:
    """Put the backup in place of the database; what it held, and the old one's new name ("" if none).

    Refuses: all of `backup.verify`, DatabaseNotEmpty, CountsDiffer, CannotCreateDatabase, StillInUse,
    FilesNotWritten, ToolTooOld, DumpFailed.
    """
    say("Kiểm tra bản sao lưu …")
    manifest = verify(path)
    name = urlsplit(addresses.owner).path.lstrip("/")
    with psycopg.connect(addresses.owner) as connection:
        major = connection.info.server_version // 10000
        present = count_rows(connection)
    if present and not replace:
        raise DatabaseNotEmpty(rows=write_number(sum(present.values())), tables=len(present))
    rehearsal = f"{_REHEARSAL}{secrets.token_hex(4)}"
    _make(addresses, rehearsal)
    try:
        with tempfile.TemporaryDirectory(prefix=".langso-restore-", dir=home.root) as folder:
            dump = _unpack(path, home, Path(folder), manifest)
            say("Nạp thử vào một cơ sở dữ liệu riêng …")
            options = ["--exit-on-error", "--no-owner"]
            if manifest.app_role != urlsplit(addresses.app).username:
                options.append("--no-privileges")  # its grants name a role that is not ours; migrating renews them
            run_tool("pg_restore", major, _named(addresses.owner, rehearsal), [*options, str(dump)])
        say("Đếm lại từng bảng …")
        _check_counts(_named(addresses.owner, rehearsal), manifest)
        old = _swap(addresses, name, rehearsal, keep=bool(present))
    except BaseException:
        with _maintenance(addresses) as connection:
            _drop(connection, rehearsal)
        raise
    return manifest, old


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _maintenance(addresses: Addresses) -> psycopg.Connection[tuple[object, ...]]:
    """A connection beside the databases that are renamed."""
    try:
        return psycopg.connect(_named(addresses.owner, "postgres"), autocommit=True)
    except psycopg.OperationalError:
        return psycopg.connect(_named(addresses.owner, "template1"), autocommit=True)


def _drop(connection: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def _make(addresses: Addresses, rehearsal: str) -> None:
    with _maintenance(addresses) as connection:
        left = connection.execute(
            """select d.datname from pg_database d
                where starts_with(d.datname, %s) and pg_has_role(d.datdba, 'usage')
                  and not exists (select from pg_stat_activity a where a.datid = d.oid)""",
            [_REHEARSAL],
        ).fetchall()
        for (name,) in left:  # a restore that was cut off
            _drop(connection, str(name))
        try:
            # template0 keeps the locale that initdb, or the administrator, chose, and takes any encoding.
            connection.execute(
                sql.SQL("create database {} encoding 'UTF8' template template0").format(sql.Identifier(rehearsal))
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise CannotCreateDatabase(role=connection.info.user) from error


def _unpack(path: Path, home: Home, folder: Path, manifest: Manifest) -> Path:
    """The dump into `folder`; stored files into the home, those that are there already left alone."""
    dump = folder / DUMP
    with opened(path) as (tar, again):
        if again != manifest:
            raise BackupDamaged(path=path, cause="tệp bị thay trong lúc đọc")
        for member in rest(tar):
            target = dump if member.name == DUMP else home.files / Path(member.name).relative_to(FILES)
            content = tar.extractfile(member)
            if content is not None and not target.exists():
                try:
                    _write_whole(content, target)
                except OSError as error:
                    raise FilesNotWritten(folder=target.parent, cause=cause_of(error)) from error
    sync_folder(home.files)
    return dump


def _write_whole(content: IO[bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as out:
            shutil.copyfileobj(content, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        draft.chmod(0o600)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)


def _check_counts(url: str, manifest: Manifest) -> None:
    with psycopg.connect(url) as connection:
        found = count_rows(connection)
    for table in sorted(set(found) | set(manifest.rows)):
        if found.get(table) != manifest.rows.get(table):
            expected, counted = manifest.rows.get(table, 0), found.get(table, 0)
            raise CountsDiffer(table=table, found=write_number(counted), expected=write_number(expected))


def _swap(addresses: Addresses, name: str, rehearsal: str, *, keep: bool) -> str:
    """Both renames in one transaction: at no moment is there no database of that name."""
    old = f"{name}_before_restore"
    with _maintenance(addresses) as connection:
        grants = sql.SQL("grant connect, temporary on database {} to {}")
        app = urlsplit(addresses.app).username or ""
        connection.execute(
            sql.SQL("revoke create, temporary on database {} from public").format(sql.Identifier(rehearsal))
        )
        connection.execute(grants.format(sql.Identifier(rehearsal), sql.Identifier(app)))
        _drop(connection, old)
        rename = sql.SQL("alter database {} rename to {}")
        try:
            connection.execute(
                """select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = %s and pid <> pg_backend_pid()""",
                [name],
            )
            with connection.transaction():
                connection.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
                connection.execute(rename.format(sql.Identifier(rehearsal), sql.Identifier(name)))
        except (psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege) as error:
            raise StillInUse(name=name) from error
        if not keep:
            _drop(connection, old)
            return ""
    return old
