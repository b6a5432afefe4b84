"""`langso migrate`: bring the tables up to this version, without serving."""

import argparse

from langso.host.progress import Progress

NAME = "migrate"
HELP = "đưa bảng dữ liệu lên đúng phiên bản này"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import bring_tables_up, open_house

    say = Progress()
    with open_house(say=say):
        steps = bring_tables_up(say=say)
    print(f"Đã thêm {steps} bước." if steps else "Bảng dữ liệu đã đúng phiên bản này.")
    return 0
