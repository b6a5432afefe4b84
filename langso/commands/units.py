"""`langso units`: list, find, successors, predecessors. CSV goes to stdout alone."""

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from langso.host.progress import Progress
from langso.lib.number import write_number
from langso.lib.period import read_day

NAME = "units"
HELP = "Tra đơn vị hành chính theo ngày: danh sách, tìm theo tên hay địa chỉ, đơn vị kế thừa"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VIỆC")
    verbs.add_parser("load", help="nạp danh mục từ thư mục gazetteer (các việc khác tự nạp khi chưa có)")
    listing = verbs.add_parser("list", help="danh sách đơn vị của một ngày")
    listing.add_argument("--on", required=True, type=_day, metavar="NGÀY", help="ví dụ 2025-06-30 hoặc 30/06/2025")
    listing.add_argument("--level", choices=("province", "district", "commune"), default="")
    listing.add_argument("--province", default="", metavar="MÃ", help="mã tỉnh của ngày đó")
    finding = verbs.add_parser("find", help="tìm theo tên hoặc địa chỉ")
    finding.add_argument("text", metavar="TÊN HOẶC ĐỊA CHỈ")
    finding.add_argument("--on", type=_day, default=None, metavar="NGÀY", help="chỉ đơn vị có trong ngày này")
    for verb, help_text in (
        ("successors", "đơn vị của ngày sau, kế thừa từ mã này của ngày trước"),
        ("predecessors", "đơn vị của ngày trước, làm nên mã này của ngày sau"),
    ):
        kin = verbs.add_parser(verb, help=help_text)
        kin.add_argument("code", metavar="MÃ")
        kin.add_argument("--from", dest="since", required=True, type=_day, metavar="NGÀY")
        kin.add_argument("--to", required=True, type=_day, metavar="NGÀY")
    classing = verbs.add_parser("classify", help="ghi nhóm vùng của các đơn vị từ tệp CSV (ma,nhom,tu_ngay,so_van_ban)")
    classing.add_argument("system", metavar="CÁCH-PHÂN-LOẠI", help="ví dụ khu-vuc, như tệp khung tiêu chí ghi")
    classing.add_argument("file", metavar="TỆP.csv")
    classing.add_argument("--commit", action="store_true", help="ghi thật; không có thì chỉ kiểm tra")
    for name in ("list", "find", "successors", "predecessors"):
        verbs.choices[name].add_argument("--format", choices=("table", "csv"), default="table")


def _day(text: str) -> date:
    from langso.lib.refusal import Refused

    try:
        return read_day(text)
    except Refused as refused:
        raise argparse.ArgumentTypeError(str(refused)) from None


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import open_house

    with open_house(migrate=True):
        from langso.units import loading

        if args.verb == "load" or not loading.is_loaded():
            say = Progress()
            count = loading.load(say=say)
            say(f"Đã nạp {write_number(count)} đơn vị hành chính.")
            if args.verb == "load":
                return 0
        if args.verb == "classify":
            from langso.units import classing

            count = classing.classify(args.system, Path(args.file), commit=args.commit)
            done = "Đã ghi" if args.commit else "Chạy thử, chưa ghi gì. Sẽ ghi"
            print(f"{done} nhóm vùng của {write_number(count)} đơn vị.")
            return 0
        columns, rows = _answer(args)
        _print(columns, list(rows), args.format)
    return 0


def _answer(args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Sequence[str]]]:
    from django.utils import timezone

    from langso.lib.period import day_of
    from langso.units import finding, queries

    today = day_of(timezone.now())
    if args.verb == "list":
        found = queries.units_on(args.on, level=args.level, province_code=args.province)
        return (
            ("code", "name", "kind", "parent_code", "province_code"),
            ((u.code, u.name, u.kind, u.parent_code, u.province_code) for u in found),
        )
    if args.verb == "find":
        return (
            ("code", "name", "kind", "province_code", "valid_from", "valid_to", "confidence"),
            (
                (
                    f.unit.code,
                    f.unit.name,
                    f.unit.kind,
                    f.unit.province_code,
                    str(f.unit.valid_from or ""),
                    str(f.unit.valid_to or ""),
                    f"{f.confidence:.3f}",
                )
                for f in finding.find(args.text, today=today, on=args.on)
            ),
        )
    # The code is understood on the earlier day when looking forward, on the later day when looking back.
    since, to = sorted((args.since, args.to))
    if args.verb == "successors":
        kin = queries.successors(queries.unit_by_code(args.code, since), since=since, to=to)
    else:
        kin = queries.predecessors(queries.unit_by_code(args.code, to), since=since, to=to)
    return (
        ("code", "name", "relation", "share", "share_basis", "resolution", "clause"),
        (
            (
                k.unit.code,
                k.unit.name,
                k.relation,
                f"{k.share.normalize():f}" if k.share is not None else "",
                k.share_basis,
                k.resolution,
                k.clause,
            )
            for k in kin
        ),
    )


def _print(columns: Sequence[str], rows: list[Sequence[str]], form: str) -> None:
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        return
    if not rows:
        print("Không thấy đơn vị nào.", file=sys.stderr)
        return
    widths = [max(len(str(r[i])) for r in [columns, *rows]) for i in range(len(columns))]
    for row in [columns, *rows]:
        print("  ".join(str(cell).ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())
