"""`langso backup`: everything into one file, while the house goes on working."""

import argparse
from datetime import datetime
from pathlib import Path

from langso.host.progress import Progress
from langso.lib.number import write_number
from langso.lib.period import VIETNAM

NAME = "backup"
HELP = "sao lưu toàn bộ dữ liệu vào một tệp .langso"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="TỆP", help="tệp hoặc thư mục nhận (mặc định: backups/ trong thư mục dữ liệu)")


def run(args: argparse.Namespace) -> int:
    from langso.host import backup, postgres
    from langso.host.home import open_home

    say = Progress()
    home = open_home()
    to = Path(args.to).expanduser() if args.to else home.backups
    if to.is_dir() or (args.to or "").endswith("/"):
        to /= f"langso-{datetime.now(VIETNAM):%Y%m%d-%H%M%S}.langso"
    with postgres.running(home, say=say) as addresses:
        manifest = backup.backup(addresses, home, to, say=say)
    size = write_number(to.stat().st_size / 2**20, 1)
    print(f"Đã sao lưu {write_number(manifest.total_rows)} dòng, {size} MB, vào {to}")
    return 0
