import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from langso.host.progress import quiet
from langso.host.web import PortClosed, PortTaken, WebNotStarted, check_port, serving
from tests.host.ground import environment, is_running, start

APP = """
def application(environ, answer):
    answer("200 OK", [("content-type", "text/plain")])
    return [b"xin chao"]
"""
SERVE = """
import os, sys, time
from langso.commands import main
import langso.commands as commands, types
from langso.host.web import serving
def run(_args):
    with serving("thu:application", host="127.0.0.1", port={port}, workers=2, environ=os.environ, say=print):
        print("ready", flush=True)
        time.sleep(60)
module = types.SimpleNamespace(NAME="serve", HELP="", arguments=lambda _parser: None, run=run)
sys.modules["langso.commands.serve"] = module
sys.exit(main(["serve"]))
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(ground: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A command that serves a tiny application through the same door as `langso serve`."""
    (ground / "thu.py").write_text(APP)
    environ = environment(ground / "nhà")
    environ["PYTHONPATH"] = os.pathsep.join([str(ground), environ["PYTHONPATH"]])
    process = start(SERVE.format(port=port), environ)
    assert process.stdout
    assert process.stdout.readline() == "ready\n", process.stderr and process.stderr.read()
    yield process
    process.kill()
    process.communicate()


def _family(pid: int) -> list[int]:
    """The process and all that came from it."""
    found = [pid]
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += _family(int(entry.parent.name))
    return found


def _all_gone(pids: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(is_running(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_told_to_stop_leaves_no_process_behind(server: subprocess.Popen[str], port: int, how: int) -> None:
    deadline = time.monotonic() + 20
    while len(family := _family(server.pid)) < 4 and time.monotonic() < deadline:  # the first worker answers alone
        time.sleep(0.05)
    assert len(family) >= 4  # the command, granian, two workers
    server.send_signal(how)
    server.send_signal(how)  # an impatient second Ctrl-C does not disturb the tidying up
    _, err = server.communicate(timeout=20)
    assert server.returncode == 130
    assert err.strip().endswith("Đã dừng.")
    assert _all_gone(family, 1)
    check_port("127.0.0.1", port)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="chỉ Linux báo cho tiến trình con khi tiến trình mẹ bị giết")
def test_a_server_whose_command_is_killed_dies_with_it(server: subprocess.Popen[str]) -> None:
    family = _family(server.pid)
    server.kill()
    assert _all_gone(family, 10)


def test_a_taken_port_is_one_sentence(port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)
        with pytest.raises(PortTaken, match=f"Cổng {port} .*--port {port + 1}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "cause"),
    [
        ("127.0.0.1", 70000, "từ 1 đến 65535"),
        ("khong-co.invalid", 8000, "không có địa chỉ này"),
        ("203.0.113.1", 8000, "203"),
    ],
)
def test_an_address_that_cannot_be_opened_is_one_sentence(host: str, port: int, cause: str) -> None:
    with pytest.raises(PortClosed, match=cause):
        check_port(host, port)


def test_a_taken_port_stops_serve_before_a_home_or_a_database_is_made(ground: Path, port: int) -> None:
    code = f"import sys; from langso.commands import main; sys.exit(main(['serve', '--port', '{port}']))"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)
        done = start(code, environment(ground / "nhà"))
        out, err = done.communicate(timeout=30)
    assert done.returncode == 2
    assert (out, err.count("\n")) == ("", 1)
    assert not (ground / "nhà").exists()


def test_an_application_that_does_not_start_is_one_sentence(port: int) -> None:
    with (
        pytest.raises(WebNotStarted, match="langso doctor"),
        serving("no.such:app", host="127.0.0.1", port=port, workers=1, environ=os.environ, say=quiet),
    ):
        pass
    check_port("127.0.0.1", port)
