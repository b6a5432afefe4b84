"""The web server: granian as a child that never outlives us."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from langso.host.home import cause_of
from langso.lib.refusal import Refused

START_SECONDS = 60.0
_PR_SET_PDEATHSIG = 1


class PortTaken(Refused):
    says = (
        "Cổng {port} trên {host} đang có chương trình khác dùng. Tắt chương trình đó, hoặc chạy với cổng "
        "khác: --port {other}."
    )


class PortClosed(Refused):
    says = "Không mở được cổng {port} trên {host}: {cause}. Chọn cổng từ 1024 trở lên và địa chỉ của máy này."


class WebNotStarted(Refused):
    says = "Máy chủ web dừng ngay khi khởi động. Dòng cuối: {line} Chạy `langso doctor` để xem từng mục."


def check_port(host: str, port: int) -> None:
    """The port is ours to open, now. Asked before anything is started.

    Refuses: PortTaken, PortClosed.
    """
    if not 1 <= port <= 65535:
        raise PortClosed(host=host, port=port, cause="số cổng phải từ 1 đến 65535")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise PortClosed(host=host, port=port, cause="không có địa chỉ này") from error
    except OSError as error:
        if error.errno == 98 or "in use" in str(error):
            raise PortTaken(host=host, port=port, other=port + 1 if port < 65535 else 8000) from error
        raise PortClosed(host=host, port=port, cause=cause_of(error)) from error


@contextmanager
def serving(
    app: str, *, host: str, port: int, workers: int, environ: Mapping[str, str], say: Callable[[str], None]
) -> Iterator[subprocess.Popen[bytes]]:
    """The application answers at this address to the end of the block; afterwards no process is left.

    Refuses: WebNotStarted.
    """
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        "4",
        "--no-ws",
        "--http",
        "1",
        "--log-level",
        "warning",
        "--workers-kill-timeout",
        "5",
        "--respawn-failed-workers",
        app,
    ]
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # before the fork; after it is too late

    def die_with_us() -> None:
        if libc:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # we died in between
                os._exit(1)

    child = subprocess.Popen(
        command, env=dict(environ), stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_us
    )
    try:
        _wait_until_it_answers(child, host, port, say=say)
        yield child
    finally:
        _end(child)


def _wait_until_it_answers(child: subprocess.Popen[bytes], host: str, port: int, *, say: Callable[[str], None]) -> None:
    begin = time.monotonic()
    told = False
    while not _answers(host, port):
        waited = time.monotonic() - begin
        if child.poll() is not None or waited > START_SECONDS:
            raise WebNotStarted(
                line=f"mã thoát {child.returncode}." if child.returncode is not None else "không trả lời."
            )
        if waited > 2 and not told:
            told = True
            say("Chờ máy chủ web trả lời …")
        time.sleep(0.05)


def _answers(host: str, port: int) -> bool:
    """A worker has loaded the application and reads requests.

    Asked with a line that is no request; the server itself turns it away, the application never hears of it.
    """
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        with socket.create_connection((local, port), timeout=5) as probe:
            probe.sendall(b"?\r\n\r\n")
            return bool(probe.recv(1))
    except OSError:
        return False


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the server and its workers to go; after ten seconds make them. The group is our own child's."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=10)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # workers that stayed; no one left in the group is the usual case
    child.wait(timeout=10)
