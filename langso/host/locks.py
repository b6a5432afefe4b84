"""File locks that the kernel lets go of when their holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from langso.host.home import hand_over
from langso.lib.refusal import Refused


class HeldTooLong(Refused):
    says = "Một lệnh langso khác đang khởi động hoặc đang dừng đã quá {seconds} giây. Chờ lệnh đó xong rồi chạy lại."


def open_lock(path: Path) -> int:
    """A descriptor to lock on; not inherited by programs started from here."""
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        hand_over(path)
        return descriptor


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone(path: Path, *, seconds: float, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock; call `waiting` once if someone else holds it for longer than two seconds.

    Refuses: HeldTooLong.
    """
    descriptor = open_lock(path)
    try:
        start = time.monotonic()
        told = False
        while not try_lock(descriptor):
            waited = time.monotonic() - start
            if waited > seconds:
                raise HeldTooLong(seconds=round(seconds))
            if waited > 2 and not told:
                told = True
                waiting()
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)
