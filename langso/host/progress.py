"""Lines that say what is being done and for how long; on stderr, so that a table on stdout stays a table."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


def quiet(_line: str) -> None:
    """Says nothing: for tests, and for commands whose caller wants silence."""


class Progress:
    """Callable as `say`: one line per phase, with the seconds since the start."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out
        self._start = time.monotonic()

    def __call__(self, line: str) -> None:
        out = self._out or sys.stderr
        elapsed = f"{time.monotonic() - self._start:.1f}".replace(".", ",")
        try:
            print(f"[{elapsed:>5} giây] {line}", file=out, flush=True)
        except UnicodeEncodeError:  # a terminal that knows no Vietnamese still gets the line
            print(f"[{elapsed:>5} s] {line}".encode("ascii", "replace").decode(), file=out, flush=True)

    @contextmanager
    def phase(self, line: str) -> Iterator[None]:
        """Say what begins and, if it took longer than two seconds, that it is done."""
        self(f"{line} …")
        start = time.monotonic()
        yield
        seconds = time.monotonic() - start
        if seconds > 2:
            self(f"{line}: xong sau {seconds:.0f} giây.")


def speak_utf8() -> None:
    """Vietnamese comes out whole under any locale: the streams are UTF-8 whatever LC_ALL says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    os.environ.setdefault("PYTHONUTF8", "1")  # for the processes started from here
