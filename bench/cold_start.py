"""How long until a page answers: first start, second start, and from a fresh copy of the source.

    python bench/cold_start.py               first and second start of the demo
    python bench/cold_start.py --from-clone  also: a copy without .venv, `python3 just.py up`

Each line stands beside its limit: a second start under 5 s, fresh clone to a working page within 90 s. How long
packages take depends on where pip finds them (network, mirror, cache). Exit code 1 when a limit is passed.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECOND_START, FRESH_CLONE, STOP = 5.0, 90.0, 5.0
LEFT_BEHIND = (".git", ".venv*", "__pycache__", "node_modules", ".state", "*.egg-info")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_a_page(command: list[str], home: Path, *, cwd: Path) -> tuple[float, float]:
    """Seconds from the command to the whole home page, and from Ctrl-C to the end of the process."""
    port = free_port()
    environ = dict(os.environ, LANGSO_HOME=str(home))
    environ.pop("DATABASE_URL", None)
    begin = time.perf_counter()
    with subprocess.Popen([*command, "--port", str(port)], cwd=cwd, env=environ, start_new_session=True) as process:
        try:
            while True:
                if process.poll() is not None:
                    raise SystemExit(f"The command ended with code {process.returncode} before a page answered.")
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
                        page.read()
                    break
                except OSError:
                    time.sleep(0.05)
            page_after = time.perf_counter() - begin
        finally:
            asked = time.perf_counter()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=60)
        return page_after, time.perf_counter() - asked


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--from-clone", action="store_true")
    args = words.parse_args()
    rows: list[tuple[str, float, float | None]] = []
    with tempfile.TemporaryDirectory(prefix="langso-cold-start-") as folder:
        ground = Path(folder)
        ground.chmod(0o755)
        demo = [sys.executable, "-m", "langso.commands", "demo"]
        first, _ = until_a_page(demo, ground / "home", cwd=ROOT)
        second, stop = until_a_page(demo, ground / "home", cwd=ROOT)
        rows += [("first start, demo country loaded", first, None), ("second start", second, SECOND_START)]
        rows += [("Ctrl-C to the last process gone", stop, STOP)]
        if args.from_clone:
            copy = ground / "bản sao mới"
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
            up = [getattr(sys, "_base_executable", sys.executable), "just.py", "up"]
            fresh, _ = until_a_page(up, ground / "fresh", cwd=copy)
            again, _ = until_a_page(up, ground / "fresh", cwd=copy)
            rows += [("fresh copy, `just.py up` to a page", fresh, FRESH_CLONE)]
            rows += [("`just.py up` again", again, SECOND_START)]
    for name, seconds, limit in rows:
        print(f"{name:<38} {seconds:7.2f} s   limit {f'{limit:.0f} s' if limit else '-'}")
    return int(any(limit is not None and seconds > limit for _, seconds, limit in rows))


if __name__ == "__main__":
    sys.exit(main())
