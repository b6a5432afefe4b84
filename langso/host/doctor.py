"""The doctor: everything this copy needs, checked one by one; each finding is a word, a sign and what to do.

Checks of the machine stand here. What needs Django is asked of the rooms only once the database answers.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from langso.host import binaries
from langso.host.home import NEEDED_FOR_A_NEW_CLUSTER, Home, free_bytes
from langso.host.postgres import Addresses
from langso.host.web import PortTaken, check_port
from langso.lib.number import write_number
from langso.lib.refusal import Refused

OK, WARN, FAIL = "Đạt", "Nhắc", "Hỏng"
SIGNS = {OK: "✓", WARN: "!", FAIL: "✗"}
_TIGHT = 1 << 30


@dataclass(frozen=True)
class Check:
    """One finding. `do` is what the person does next; empty when there is nothing to do."""

    name: str
    verdict: str
    fact: str
    do: str = ""

    def __str__(self) -> str:
        line = f"{SIGNS[self.verdict]} {self.verdict:<5} {self.name}: {self.fact}"
        return f"{line}\n        → {self.do}" if self.do else line


def machine(home: Home, *, host: str, port: int) -> Iterator[Check]:
    """What can be told before PostgreSQL is started."""
    yield _python()
    yield Check("Thư mục dữ liệu", OK, f"{home.root}, ghi được")
    yield _disk(home)
    yield _programs()
    yield _port(host, port)
    yield _clock()


def _python() -> Check:
    """Older Pythons never come this far: just.py and the package's own metadata turn them away."""
    return Check("Python", OK, ".".join(map(str, sys.version_info[:3])))


def _disk(home: Home) -> Check:
    free = free_bytes(home.root)
    fact = f"còn {write_number(free >> 20)} MB"
    if free < NEEDED_FOR_A_NEW_CLUSTER:
        return Check("Ổ đĩa", FAIL, fact, f"Dọn bớt ổ đĩa chứa {home.root}; cần ít nhất 300 MB để ghi an toàn.")
    if free < _TIGHT:
        return Check("Ổ đĩa", WARN, fact, "Nên còn ít nhất 1 GB trước khi nhập số liệu hoặc sao lưu.")
    return Check("Ổ đĩa", OK, fact)


def _programs() -> Check:
    if os.environ.get("DATABASE_URL"):
        return Check("Chương trình PostgreSQL", OK, "dùng máy chủ trong DATABASE_URL")
    try:
        return Check("Chương trình PostgreSQL", OK, f"đi kèm, bản {binaries.version(binaries.find())}")
    except Refused as refusal:
        return Check("Chương trình PostgreSQL", FAIL, "không dùng được", refusal.sentence)


def _port(host: str, port: int) -> Check:
    try:
        check_port(host, port)
    except PortTaken:
        return Check(
            "Cổng web",
            WARN,
            f"{port} đang có chương trình dùng (có thể là Làng Số đang chạy)",
            f"Nếu không phải Làng Số, chạy `langso serve --port {port + 1}`.",
        )
    except Refused as refusal:
        return Check("Cổng web", FAIL, f"không mở được {port}", refusal.sentence)
    return Check("Cổng web", OK, f"{port} còn trống")


def _clock() -> Check:
    """A clock behind the day this copy was installed is wrong, and dates what people write wrongly."""
    installed = Path(__file__).stat().st_mtime
    now = time.time()
    shown = time.strftime("%d/%m/%Y %H:%M", time.localtime(now))
    if now < installed - 86_400:
        return Check(
            "Đồng hồ máy",
            FAIL,
            f"đang chỉ {shown}, trước ngày cài đặt",
            "Chỉnh lại ngày giờ (Linux: `timedatectl set-ntp true`).",
        )
    return Check("Đồng hồ máy", OK, shown)


def database(addresses: Addresses) -> Iterator[Check]:
    """What the database itself tells: version, roles, the row-level net, its clock."""
    with psycopg.connect(addresses.owner) as connection:
        server = connection.info.parameter_status("server_version") or "?"
        kind = "đi kèm" if addresses.embedded else "bên ngoài"
        yield Check("PostgreSQL", OK, f"{kind}, bản {server}, đang trả lời")
        (now,) = connection.execute("select extract(epoch from clock_timestamp())::float8").fetchone() or (0.0,)
        if abs(float(now) - time.time()) > 60:
            yield Check("Đồng hồ máy chủ dữ liệu", WARN, "lệch hơn một phút so với máy này", "Đồng bộ giờ hai máy.")
        unprotected = connection.execute(
            """select c.relname from pg_class c
                where not c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)
                order by 1"""
        ).fetchall()
        protected = connection.execute("select count(*) from pg_class where relrowsecurity").fetchone() or (0,)
    if unprotected:
        names = ", ".join(str(name) for (name,) in unprotected)
        yield Check("Quyền theo dòng", FAIL, f"đang tắt ở {names}", "Chạy `langso migrate`.")
    else:
        yield Check("Quyền theo dòng", OK, f"bật ở {protected[0]} bảng")
    with psycopg.connect(addresses.app) as connection:
        row = connection.execute(
            """select rolsuper, rolbypassrls,
                      (select count(*) from pg_class c where c.relowner = r.oid),
                      (select count(*) from pg_database d where d.datdba = r.oid)
                 from pg_roles r where rolname = current_user"""
        ).fetchone() or (True, True, 0, 0)
    if any(row):
        yield Check(
            "Vai trò ứng dụng", FAIL, "mạnh hơn mức cần", "Cho ứng dụng một vai trò thường, không sở hữu bảng nào."
        )
    else:
        yield Check("Vai trò ứng dụng", OK, "không phải chủ sở hữu, không phải siêu người dùng")


def rooms(home: Home) -> Iterator[Check]:
    """What needs Django: tables, static files, fonts, frameworks. `house.enter` has been called."""
    yield from _asked("Bảng dữ liệu", _tables)
    yield from _asked("Tệp giao diện", lambda: _static(home))
    yield from _asked("Khung tiêu chí", _frameworks)
    yield _browser()


def _tables() -> Check:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Check(
            "Bảng dữ liệu",
            WARN,
            f"thiếu {len(missing)} bước",
            "Chạy `langso migrate` (serve và demo tự làm).",
        )
    return Check("Bảng dữ liệu", OK, "đúng phiên bản này")


def _static(home: Home) -> Check:
    from django.contrib.staticfiles.finders import get_finders

    files = [path for finder in get_finders() for path, _ in finder.list([])]
    if not any(path.endswith(".woff2") for path in files):
        return Check(
            "Tệp giao diện",
            FAIL,
            "thiếu phông chữ",
            "Tải lại mã nguồn cho đủ tệp, rồi chạy `python3 just.py up`.",
        )
    if not (home.static / "staticfiles.json").exists():
        return Check("Tệp giao diện", WARN, "chưa gom", "Chạy `langso serve`; lệnh này tự gom.")
    return Check("Tệp giao diện", OK, f"{len(files)} tệp, có phông chữ")


def _frameworks() -> Check:
    from langso.criteria import catalogue
    from langso.criteria.engine import load_edition

    found = [path for files in catalogue.editions().values() for path in files]
    for path in found:
        load_edition(path)
    if not found:
        return Check("Khung tiêu chí", FAIL, "không có khung nào", "Tải lại mã nguồn cho đủ thư mục frameworks/.")
    return Check("Khung tiêu chí", OK, f"{len(found)} phiên bản, đọc được cả")


def _browser() -> Check:
    """Only the tests need one."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if shutil.which(name):
            return Check("Trình duyệt cho kiểm thử", OK, name)
    return Check(
        "Trình duyệt cho kiểm thử",
        WARN,
        "chưa có",
        "Chỉ cần khi chạy `python3 just.py check`; lệnh đó tự cài.",
    )


def _asked(name: str, ask: Callable[[], Check]) -> Iterator[Check]:
    """A check that breaks is a finding, not the end of the examination."""
    try:
        yield ask()
    except Refused as refusal:
        yield Check(name, FAIL, "không đạt", refusal.sentence)
    except Exception as error:  # noqa: BLE001  whatever is wrong there is what the doctor has to tell
        yield Check(
            name,
            FAIL,
            f"{type(error).__name__}: {error}",
            "Chạy lại với LANGSO_TRACEBACK=1 và gửi cho người hỗ trợ.",
        )
