"""A running copy for the walks: `langso demo` on a free port, in a state folder or database of its own."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180


@contextmanager
def running_copy() -> Iterator[str]:
    """The address of a served demo country, from here to the end of the block."""
    home = Path(tempfile.mkdtemp(prefix="langso-browser-"))
    home.chmod(0o755)
    environ = os.environ | {"LANGSO_HOME": str(home / "nhà"), "PYTHONUTF8": "1"}
    for name in ("LANGSO_HOME_RESOLVED", "LANGSO_OWNER_URL", "LANGSO_APP_URL", "LANGSO_ADDRESS", "LANGSO_POOL"):
        environ.pop(name, None)
    try:
        with _own_database(environ), (home / "words").open("wb") as words:
            port = _free_port()
            command = [sys.executable, "-c", "import sys; from langso.commands import main; sys.exit(main())"]
            process = subprocess.Popen(
                [*command, "demo", "--port", str(port)], cwd=ROOT, env=environ, stdout=words, stderr=words
            )
            try:
                address = f"http://127.0.0.1:{port}"
                _wait(process, address, home / "words")
                yield address
            finally:
                _stop(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], address: str, words: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urlopen(f"{address}/tim/", timeout=5):  # noqa: S310  # our own http address
                return
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"langso demo did not come up:\n{words.read_text('utf-8')[-2000:]}") from None
            time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


@contextmanager
def _own_database(environ: dict[str, str]) -> Iterator[None]:
    """With `DATABASE_URL`, a database of our own on that server, gone again at the end."""
    url = environ.get("DATABASE_URL", "").strip()
    if not url:
        yield
        return
    name = f"langso_browser_{secrets.token_hex(4)}"

    def on_server(statement: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    on_server("create database {} encoding 'UTF8' template template0")
    for variable in ("DATABASE_URL", "DATABASE_APP_URL"):
        if environ.get(variable):
            environ[variable] = urlunsplit(urlsplit(environ[variable])._replace(path=f"/{name}"))
    try:
        yield
    finally:
        on_server("drop database if exists {} with (force)")
