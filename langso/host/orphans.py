"""Processes that outlived their postmaster: found by the lock they hold, never by a number in a file."""

import os
import signal
from pathlib import Path


def end(lock: Path, cluster: Path) -> int:
    """End what holds `lock-alive` open and stands in the cluster's folder; how many were told to go.

    A handle on the process is taken first and the proof read after, so that a reused number cannot be hit.
    SIGQUIT is what a postmaster that crashes tells its children: they leave at once and the log is replayed
    at the next start. Where the system has no /proc or no such handles (macOS), nothing is done and the
    caller waits on.
    """
    opened = getattr(os, "pidfd_open", None)
    proc = Path("/proc")
    if opened is None or not proc.is_dir():
        return 0
    told = 0
    for entry in proc.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            handle = opened(int(entry.name))
        except OSError:
            continue
        try:
            if _is_of_the_cluster(entry, lock, cluster):
                signal.pidfd_send_signal(handle, signal.SIGQUIT)  # type: ignore[attr-defined,unused-ignore]
                told += 1
        except OSError:
            continue
        finally:
            os.close(handle)
    return told


def stands_in(cluster: Path) -> bool:
    """Some process has the cluster as its folder, as every server of it does, whoever started it."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if cluster.samefile(entry / "cwd"):
                return True
        except OSError:
            continue
    return False


def _is_of_the_cluster(process: Path, lock: Path, cluster: Path) -> bool:
    if not cluster.samefile(process / "cwd"):
        return False
    return any(lock.samefile(descriptor) for descriptor in (process / "fd").iterdir() if descriptor.exists())
