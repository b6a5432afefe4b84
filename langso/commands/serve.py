"""`langso serve`: the database, the tables, the static files, the web server; all gone again after Ctrl-C."""

import argparse
import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from langso.host.home import Home, write_private
from langso.host.progress import Progress

NAME = "serve"
HELP = "chạy Làng Số trên máy này"
APP = "langso.web.wsgi:application"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="địa chỉ mở ra (mặc định 127.0.0.1, chỉ máy này vào được)")
    parser.add_argument("--port", type=int, default=8000, help="cổng (mặc định 8000)")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="số tiến trình phục vụ")


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import open_house
    from langso.host.web import check_port

    check_port(args.host, args.port)
    say = Progress()
    with open_house(serve=True, migrate=True, say=say) as house:
        return serve(house.home, args, embedded=house.addresses.embedded, say=say)


def serve(home: Home, args: argparse.Namespace, *, embedded: bool, say: Callable[[str], None]) -> int:
    """Until it is told to stop. The house is open and its tables are current.

    Refuses: WebNotStarted.
    """
    from langso.commands.remind import keep_reminding
    from langso.host import postgres
    from langso.host.web import serving

    collect_static(home, say=say)
    address = f"http://{f'[{args.host}]' if ':' in args.host else args.host}:{args.port}"
    os.environ.setdefault("LANGSO_ADDRESS", address)
    with serving(APP, host=args.host, port=args.port, workers=max(1, args.workers), environ=os.environ, say=say) as web:
        print(f"Làng Số đang chạy ở {address} (Ctrl-C để dừng).", flush=True)
        stop = threading.Event()
        reminding = keep_reminding(stop, say=say)
        try:
            while web.poll() is None:
                time.sleep(1)
                if embedded:
                    postgres.revive(home, say=say)
        finally:
            stop.set()
            reminding.join(timeout=5)
    say("Máy chủ web đã tự dừng. Xem các dòng phía trên.")
    return 1


def collect_static(home: Home, *, say: Callable[[str], None]) -> bool:
    """Gather static files when any has changed since last time; whether it was needed."""
    from django.core.management import call_command

    stamp = home.static / ".stamp"
    mark = _mark_of_static_files()
    if stamp.exists() and stamp.read_text(encoding="ascii") == mark:
        return False
    say("Gom các tệp giao diện …")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    write_private(stamp, mark)
    return True


def _mark_of_static_files() -> str:
    """Changes when a file is added, taken away, resized or written again."""
    from django.contrib.staticfiles.finders import get_finders

    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            lines.append(f"{path}\t{state.st_size}\t{state.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
