"""`langso doctor`: check everything, say what to do."""

import argparse

from langso.host.progress import Progress
from langso.lib.refusal import Refused

NAME = "doctor"
HELP = "kiểm tra mọi thứ và nói phải làm gì"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="địa chỉ web sẽ mở (mặc định 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="cổng web sẽ mở (mặc định 8000)")


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import enter
    from langso.host import doctor, postgres
    from langso.host.home import open_home

    found: list[doctor.Check] = []

    def show(check: doctor.Check) -> None:
        found.append(check)
        print(check, flush=True)

    home = open_home()
    for check in doctor.machine(home, host=args.host, port=args.port):
        show(check)
    try:
        with postgres.running(home, say=Progress()) as addresses:
            for check in doctor.database(addresses):
                show(check)
            enter(home, addresses)
            for check in doctor.rooms(home):
                show(check)
    except Refused as refusal:
        show(doctor.Check("PostgreSQL", doctor.FAIL, "không chạy được", refusal.sentence))
    faults = sum(check.verdict == doctor.FAIL for check in found)
    print(f"Có {faults} mục hỏng, cần sửa trước." if faults else "Làng Số chạy được trên máy này.")
    return 1 if faults else 0
