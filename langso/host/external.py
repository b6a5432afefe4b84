"""A PostgreSQL that someone else runs (`DATABASE_URL`): checked first, changed as little as possible."""

import hashlib
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from langso.host.roles import APP
from langso.lib.refusal import Refused

OLDEST_MAJOR = 15
_MADE_BY_US = "Made by langso: the role that serves people."


class AddressUnreadable(Refused):
    says = "{name} không đọc được. Ghi theo mẫu postgresql://tài-khoản:mật-khẩu@máy:5432/tên-cơ-sở-dữ-liệu."


class NotConnected(Refused):
    says = "Không vào được PostgreSQL ở {address}: {cause}. Xem lại {name}, rồi chạy lại."


class ServerTooOld(Refused):
    says = "PostgreSQL ở {address} là bản {found}. Cần từ bản {oldest} trở lên: nâng cấp máy chủ rồi chạy lại."


class EncodingWrong(Refused):
    says = (
        "Cơ sở dữ liệu ở {address} dùng bảng mã {found}, không chứa được chữ Việt. "
        "Tạo lại bằng lệnh: create database langso encoding 'UTF8' template template0;"
    )


class AppRoleMissing(Refused):
    says = (
        "PostgreSQL ở {address} chưa có vai trò {role}, và tài khoản này không được tạo vai trò. "
        "Nhờ người quản trị chạy: create role {role} login password '…'; rồi đặt DATABASE_APP_URL với mật "
        "khẩu đó."
    )


class AppRoleTooStrong(Refused):
    says = (
        "Vai trò {role} ở {address} {why}, nên không bảo vệ được dữ liệu. "
        "Dùng một vai trò thường, không phải chủ sở hữu, cho DATABASE_APP_URL."
    )


class SameDatabaseExpected(Refused):
    says = "DATABASE_URL và DATABASE_APP_URL trỏ tới hai cơ sở dữ liệu khác nhau. Đặt lại cho cùng một nơi."


def addresses(owner: str, app: str) -> tuple[str, str]:
    """The owner's and the application's addresses on this server, both proven by logging in.

    Without an address for the application, its role is made on first use. Its password follows from the
    owner's, so that every machine that has the one knows the other and nothing has to be stored.

    Refuses: AddressUnreadable, NotConnected, ServerTooOld, EncodingWrong, AppRoleMissing, AppRoleTooStrong,
    SameDatabaseExpected.
    """
    with _connect(owner, "DATABASE_URL") as connection:
        major = connection.info.server_version // 10000
        if major < OLDEST_MAJOR:
            raise ServerTooOld(address=shown(owner), found=major, oldest=OLDEST_MAJOR)
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise EncodingWrong(address=shown(owner), found=encoding)
        if not app:
            app = _own_app_role(connection, owner)
        identity = _identity(connection)
        owner_role = connection.info.user
    with _connect(app, "DATABASE_APP_URL") as connection:
        if _identity(connection) != identity:
            raise SameDatabaseExpected()
        _check_app_role(connection, owner_role, shown(app))
    return owner, app


def shown(url: str) -> str:
    """The address without its password, as it may stand in a message or a log."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'socket'}:{parts.port or 5432}{parts.path}"


def _connect(url: str, name: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        if urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise AddressUnreadable(name=name)
        shown(url)
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except (ValueError, psycopg.ProgrammingError) as error:
        raise AddressUnreadable(name=name) from error
    except psycopg.OperationalError as error:
        raise NotConnected(address=shown(url), cause=_cause(error), name=name) from error


def _cause(error: psycopg.OperationalError) -> str:
    said = str(error)
    for mark, words in (
        ("password authentication failed", "sai tài khoản hoặc mật khẩu"),
        ("no password supplied", "thiếu mật khẩu"),
        ("onnection refused", "máy chủ không nhận kết nối ở cổng này"),
        ("could not translate host", "không có máy nào tên như vậy"),
        ("failed to resolve host", "không có máy nào tên như vậy"),
        ("imeout", "máy chủ không trả lời"),
        ("too many connections", "máy chủ đã hết chỗ kết nối"),
        ("too many clients", "máy chủ đã hết chỗ kết nối"),
        ("starting up", "máy chủ đang khởi động"),
        ("no pg_hba.conf entry", "máy chủ không cho máy này vào"),
    ):
        if mark in said:
            return words
    if "does not exist" in said:
        return "không có cơ sở dữ liệu hoặc vai trò này"
    return said.strip().splitlines()[-1][:200]


def _identity(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    """Which database of which server: two addresses may spell one place in two ways."""
    asked = "select oid, pg_postmaster_start_time() from pg_database where datname = current_database()"
    return connection.execute(asked).fetchone()


def _own_app_role(connection: psycopg.Connection[tuple[object, ...]], owner: str) -> str:
    """The application's role, made or repaired by the owner; its address."""
    parts = urlsplit(owner)
    secret = unquote(parts.password or "")
    password = _derived(secret, parts.path) if secret else ""
    found = connection.execute(
        "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = %s", [APP]
    ).fetchone()
    app = urlunsplit(parts._replace(netloc=_netloc(parts.netloc, password)))
    if found and (found[0] != _MADE_BY_US or _opens(app)):
        return app
    hashed = connection.pgconn.encrypt_password(password.encode(), APP.encode(), b"scram-sha-256").decode()
    app_role, database = sql.Identifier(APP), sql.Identifier(connection.info.dbname)
    try:
        with connection.transaction():
            if not found:
                connection.execute(sql.SQL("create role {} login nocreatedb nocreaterole").format(app_role))
                connection.execute(sql.SQL("grant {} to current_user").format(app_role))  # may end its connections
            if password:  # already hashed here: the plain word never reaches the server's log
                secret_is = sql.SQL("alter role {} password {}")
                connection.execute(secret_is.format(app_role, sql.Literal(hashed)))
            connection.execute(sql.SQL("comment on role {} is {}").format(app_role, sql.Literal(_MADE_BY_US)))
            may_enter = sql.SQL("grant connect, temporary on database {} to {}")
            connection.execute(may_enter.format(database, app_role))
    except psycopg.errors.InsufficientPrivilege as error:
        raise AppRoleMissing(address=shown(owner), role=APP) from error
    except psycopg.errors.UniqueViolation:
        pass  # another langso made the role in the same moment, with the same password
    return app


def _derived(secret: str, database: str) -> str:
    salt = f"{APP}@{database}".encode()
    return hashlib.scrypt(secret.encode(), salt=salt, n=2**14, r=8, p=1, dklen=24).hex()


def _netloc(netloc: str, password: str) -> str:
    place = netloc.rpartition("@")[2]
    return f"{APP}:{quote(password, safe='')}@{place}" if password else f"{APP}@{place}"


def _opens(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _check_app_role(connection: psycopg.Connection[tuple[object, ...]], owner: str, address: str) -> None:
    row = connection.execute(
        """select rolsuper, rolbypassrls, rolcreatedb or rolcreaterole,
                  oid = (select datdba from pg_database where datname = current_database()),
                  pg_has_role(current_user, %s, 'member')
             from pg_roles where rolname = current_user""",
        [owner],
    ).fetchone()
    whys = (
        "là siêu người dùng",
        "bỏ qua được quyền theo dòng (BYPASSRLS)",
        "được tạo cơ sở dữ liệu hoặc vai trò",
        "là chủ cơ sở dữ liệu",
        "mang quyền của chủ sở hữu",
    )
    for fault, why in zip(row or (), whys, strict=False):
        if fault:
            raise AppRoleTooStrong(role=connection.info.user, address=address, why=why)
