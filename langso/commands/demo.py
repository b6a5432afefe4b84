"""`langso demo`: the official units and a demo country, loaded once, then served."""

import argparse
import os

from langso.commands import serve
from langso.host.progress import Progress

NAME = "demo"
HELP = "nạp dữ liệu mẫu rồi chạy thử Làng Số trên máy này"


def arguments(parser: argparse.ArgumentParser) -> None:
    serve.arguments(parser)
    parser.add_argument("--load-only", action="store_true", help="chỉ nạp dữ liệu, không mở máy chủ web")
    parser.add_argument(
        "--nation",
        action="store_true",
        help="dựng thêm cả nước đúng số thật: 93.000 thôn, 69.345 tổ, 323.802 người, hộ theo dân số (chừng 10 phút)",
    )


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import open_house
    from langso.host.web import check_port

    if not args.load_only:
        check_port(args.host, args.port)
    os.environ["LANGSO_DEMO"] = "1"
    say = Progress()
    with open_house(serve=not args.load_only, migrate=True, say=say) as house:
        from django.utils import timezone

        from langso.commands import demo_country, demo_cycles, demo_field, nation
        from langso.lib.period import day_of
        from langso.units import loading

        if not loading.is_loaded():
            with say.phase("Nạp danh mục đơn vị hành chính"):
                loading.load(say=say)
        if not demo_country.is_built():
            with say.phase("Dựng số liệu mẫu (số liệu mô phỏng)"):
                demo_country.build(say=say)
        if not demo_cycles.is_built():
            with say.phase("Dựng ba đợt đánh giá của một tỉnh (mô phỏng)"):
                demo_cycles.build(say=say)
        if not demo_field.is_built():
            with say.phase("Dựng tổ công nghệ số, hộ, lượt đến hộ (mô phỏng)"):
                demo_field.build(say=say)
        if args.nation and not nation.is_grown():
            with say.phase("Dựng mạng lưới cả nước (mô phỏng)"):
                nation.grow(today=day_of(timezone.now()), say=say)
        if args.load_only:
            return 0
        return serve.serve(house.home, args, embedded=house.addresses.embedded, say=say)
