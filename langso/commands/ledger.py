"""`langso ledger`: proves that no line was altered, and gives what must be kept elsewhere to notice a cut."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from langso.lib.refusal import Refused

if TYPE_CHECKING:
    from langso.ledger.queries import Broken
    from langso.ledger.rules import Anchor

NAME = "ledger"
HELP = "Nhật ký: kiểm tra từng dòng còn nguyên, lấy mã cuối để cất nơi khác"


class AnchorUnread(Refused):
    says = "Không đọc được tệp mã {path}: {why}. Tệp này do `langso ledger anchor` in ra."


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VIỆC")
    verify = verbs.add_parser("verify", help="kiểm tra mọi quyển; có dòng bị sửa thì nêu dòng đầu tiên và trả mã 1")
    verify.add_argument(
        "--against", default="", metavar="TỆP", help="mã đã cất từ trước, để thấy cả những dòng cuối bị cắt"
    )
    verbs.add_parser("anchor", help="in dòng cuối và mã của từng quyển; cất tệp này ở nơi khác")


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import open_house

    kept = _kept(Path(args.against)) if args.verb == "verify" and args.against else []
    with open_house():
        from langso.ledger import queries

        if args.verb == "anchor":
            for book in queries.books():
                print(f"{book.book}\t{book.line}\t{book.digest}")
            return 0
        broken = queries.first_broken_line()
        if broken is not None:
            _tell_broken(broken)
            return 1
        gone = next((one for one in kept if not queries.holds(one)), None)
        books = queries.books()
        if gone is not None:
            last = next((b.line for b in books if b.book == gone.book), 0)
            why = f"nay quyển chỉ còn đến dòng {last}" if last < gone.line else "nay dòng ấy mang mã khác"
            print(
                f"Nhật ký đã bị thay đổi. Quyển {gone.book}: mã đã cất là của dòng {gone.line}, {why}.",
                file=sys.stderr,
            )
            return 1
        unlike = _unlike_records()
        for line in unlike:
            print(f"Nhật ký: {line}.", file=sys.stderr)
        if unlike:
            return 1
        for book in books:
            print(f"{book.book}\t{book.lines} dòng\tmã cuối {book.digest}")
    print("Mọi quyển còn nguyên." if books else "Nhật ký chưa có dòng nào.")
    if books and not kept:
        print(
            "Dòng cuối bị cắt thì không lộ ra ở đây: cất kết quả của `langso ledger anchor` ở nơi khác, "
            "rồi kiểm tra với --against."
        )
    return 0


def _unlike_records() -> list[str]:
    """What phones sent, held against the lines that say what came in."""
    from django.db import transaction
    from django.utils import timezone

    from langso.fieldwork.sealing import broken_seals
    from langso.lib.period import day_of
    from langso.people.permits import enter_as_machine

    with transaction.atomic():
        enter_as_machine(on=day_of(timezone.now()))
        return broken_seals()


def _tell_broken(broken: "Broken") -> None:
    from langso.lib.period import VIETNAM

    when = f"{broken.at.astimezone(VIETNAM):%H:%M:%S ngày %d/%m/%Y}"
    why = {
        "altered": "nội dung không còn khớp với mã của chính nó",
        "missing": "dòng ngay trước đã mất",
        "unchained": "không nối đúng vào dòng trước; dòng trước đã bị viết lại",
    }[broken.why]
    print(
        f"Nhật ký đã bị thay đổi. Quyển {broken.book}, dòng {broken.line}, lúc {when}, "
        f"việc {broken.did}, đối tượng {broken.what}: {why}.",
        file=sys.stderr,
    )


def _kept(path: Path) -> list["Anchor"]:
    """Refuses: AnchorUnread."""
    from langso.ledger.rules import AnchorWrong, read_anchors

    try:
        return read_anchors(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise AnchorUnread(path=path, why=fault.strerror or "không mở được") from fault
    except UnicodeDecodeError as fault:
        raise AnchorUnread(path=path, why="không phải chữ UTF-8") from fault
    except AnchorWrong as refused:
        raise AnchorUnread(path=path, why=refused.sentence) from refused
