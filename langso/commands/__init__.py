"""The command line: `langso <lệnh>`. One module per command, loaded when it is called.

A command module has `NAME`, `HELP`, `arguments(parser)` and `run(args) -> int`. It imports what it needs
inside `run`, so that `langso --help` is quick and `langso judge` meets neither Django nor PostgreSQL. What
goes wrong ends in one sentence:

    2    refused: what happened, why, what next; nothing was changed
    1    a fault of ours: one sentence, and a file in the home's log folder with the details
    130  stopped by hand, or by the system
"""

import argparse
import contextlib
import importlib
import os
import signal
import sys
import traceback
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn, Protocol, cast

from langso.host.progress import speak_utf8
from langso.lib.refusal import Refused

NAMES = (
    "demo",
    "serve",
    "doctor",
    "backup",
    "restore",
    "migrate",
    "judge",
    "units",
    "account",
    "remind",
    "key",
    "ledger",
)


class Command(Protocol):
    NAME: str
    HELP: str

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


class _Parser(argparse.ArgumentParser):
    """argparse in Vietnamese."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["add_help"] = False
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._optionals.title = "Tùy chọn"
        self._positionals.title = "Tham số"
        self.add_argument("-h", "--help", action="help", help="xem hướng dẫn này")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "Cách dùng:", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "Cách dùng:", 1)

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {_in_vietnamese(message)} Xem `{self.prog} --help`.", file=sys.stderr)
        raise SystemExit(2)


_WORDS = (
    ("the following arguments are required:", "thiếu tham số"),
    ("unrecognized arguments:", "không có tham số"),
    ("expected one argument", "cần một giá trị đi kèm"),
    ("expected at least one argument", "cần ít nhất một giá trị đi kèm"),
    ("not allowed with argument", "không dùng cùng với"),
    ("invalid choice:", "không có lựa chọn"),
    ("invalid int value:", "cần số nguyên, không phải"),
    ("choose from", "chọn trong"),
    ("argument ", "tham số "),
)


def _in_vietnamese(message: str) -> str:
    for english, vietnamese in _WORDS:
        message = message.replace(english, vietnamese)
    return message.rstrip(".") + "."


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    speak_utf8()
    _stop_once()
    words = sys.argv[1:] if argv is None else argv
    try:
        parser = _Parser(prog="langso", description="Làng Số: nền tảng mở cho chuyển đổi số nông thôn Việt Nam.")
        commands = parser.add_subparsers(title="Lệnh", dest="command", metavar="LỆNH", parser_class=_Parser)
        wanted = [words[0]] if words and words[0] in NAMES else list(NAMES)
        for name in wanted:
            command = cast(Command, importlib.import_module(f"langso.commands.{name}"))
            sub = commands.add_parser(command.NAME, help=command.HELP, description=command.HELP)
            command.arguments(sub)
            sub.set_defaults(run=command.run)
        args = parser.parse_args(words)
        if not args.command:
            parser.print_help()
            return 0
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Đã dừng.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has had enough. Nothing may be flushed into the closed pipe at exit either.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  the last door
        _tell(error)
        return 1


def _stop_once() -> None:
    """Ctrl-C, a closed terminal and a polite kill unwind the same way; repeats do not disturb it."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    with contextlib.suppress(ValueError):  # not in the main thread: then the caller minds its own signals
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup keeps its meaning
                signal.signal(number, stop)


def _tell(error: Exception) -> None:
    details = "".join(traceback.format_exception(error))
    if os.environ.get("LANGSO_TRACEBACK") == "1":
        print(details, file=sys.stderr)
    kept = _keep(details)
    where = f"Chi tiết ở {kept}." if kept else "Đặt LANGSO_TRACEBACK=1 rồi chạy lại để xem chi tiết."
    print(f"Lỗi chưa lường trước ({type(error).__name__}): chưa làm xong việc này. {where}", file=sys.stderr)


def _keep(details: str) -> str:
    """Write the details into the home's log folder; where, or nothing when that fails too."""
    from langso.host.home import open_home

    try:
        path = open_home().log / f"loi-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as out:
            out.write(details)
    except (OSError, Refused):
        return ""
    return str(path)
