"""`langso restore`: put a backup back, after a rehearsal in a database of its own."""

import argparse
from pathlib import Path

from langso.host.progress import Progress
from langso.lib.number import write_number

NAME = "restore"
HELP = "khôi phục dữ liệu từ một tệp .langso"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="TỆP", help="tệp do `langso backup` tạo ra")
    parser.add_argument(
        "--replace", action="store_true", help="thay dữ liệu đang có (dữ liệu cũ được giữ dưới tên khác)"
    )
    parser.add_argument("--verify-only", action="store_true", help="chỉ kiểm tra tệp, không khôi phục")


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import bring_tables_up, open_house
    from langso.host import backup, postgres
    from langso.host.home import open_home
    from langso.host.restore import restore

    path = Path(args.file).expanduser()
    if args.verify_only:
        manifest = backup.verify(path)
        print(f"Bản sao lưu nguyên vẹn: {write_number(manifest.total_rows)} dòng, tạo bằng Làng Số {manifest.version}.")
        return 0
    say = Progress()
    home = open_home()
    with postgres.running(home, say=say) as addresses:
        manifest, old = restore(addresses, home, path, replace=args.replace, say=say)
        # The backup may come from an older version: its tables are brought up to this one.
        with open_house(say=say):
            bring_tables_up(say=say)
    print(f"Đã khôi phục {write_number(manifest.total_rows)} dòng từ {path}.")
    if old:
        print(f"Dữ liệu trước khi khôi phục còn trong cơ sở dữ liệu {old}, giữ đến lần khôi phục sau.")
    return 0
