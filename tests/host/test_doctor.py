import os
import socket
import time
from types import SimpleNamespace

import pytest

from langso.host import binaries, doctor
from langso.host.doctor import FAIL, OK, WARN, Check
from langso.host.home import Home
from langso.host.postgres import running
from langso.host.progress import quiet
from tests.host.ground import ask


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def by_name(checks: object) -> dict[str, Check]:
    return {check.name: check for check in checks}  # type: ignore[attr-defined]


def test_a_healthy_machine_passes_every_check(home: Home, port: int) -> None:
    found = by_name(doctor.machine(home, host="127.0.0.1", port=port))
    assert {check.verdict for check in found.values()} == {OK}
    with running(home, say=quiet, throwaway=True) as addresses:
        inside = by_name(doctor.database(addresses))
    assert {check.verdict for check in inside.values()} == {OK}
    assert "đi kèm" in inside["PostgreSQL"].fact


def test_every_fault_is_a_word_a_sign_and_what_to_do(home: Home, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _folder: SimpleNamespace(f_bavail=100, f_frsize=1 << 20))
    monkeypatch.setattr(time, "time", lambda: 1.0)
    monkeypatch.setattr(binaries, "find", _no_programs)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)
        found = by_name(doctor.machine(home, host="127.0.0.1", port=port))
    assert found["Ổ đĩa"].verdict == FAIL
    assert found["Đồng hồ máy"].verdict == FAIL
    assert found["Chương trình PostgreSQL"].verdict == FAIL
    assert found["Cổng web"].verdict == WARN
    for check in found.values():
        assert (check.verdict == OK) == (check.do == "")
    assert str(found["Ổ đĩa"]).startswith("✗ Hỏng  Ổ đĩa: còn 100 MB\n        → Dọn bớt")


def _no_programs() -> None:
    raise binaries.BinariesMissing(cause="chưa cài gói")


def test_an_application_role_that_owns_a_table_is_found(home: Home) -> None:
    with running(home, say=quiet, throwaway=True) as addresses:
        ask(addresses.owner, "grant create on schema public to langso_app")
        ask(addresses.app, "create table own ()")
        found = by_name(doctor.database(addresses))
    assert found["Vai trò ứng dụng"].verdict == FAIL


def test_a_table_whose_row_level_net_is_off_is_found_by_name(home: Home) -> None:
    with running(home, say=quiet, throwaway=True) as addresses:
        ask(addresses.owner, "create table hộ (id int)")
        ask(addresses.owner, "create policy reach on hộ using (true)")
        off = by_name(doctor.database(addresses))["Quyền theo dòng"]
        ask(addresses.owner, "alter table hộ enable row level security")
        on = by_name(doctor.database(addresses))["Quyền theo dòng"]
    assert (off.verdict, on.verdict) == (FAIL, OK)
    assert "hộ" in off.fact
    assert on.fact == "bật ở 1 bảng"


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on() -> None:
    def broken() -> Check:
        raise KeyError("cột lạ")

    (found,) = doctor._asked("Khung tiêu chí", broken)
    assert found.verdict == FAIL
    assert "cột lạ" in found.fact
