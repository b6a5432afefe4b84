"""`langso key`: keys for other systems. A key acts as a person; its secret is shown once."""

import argparse
import sys
from datetime import datetime

from langso.lib.refusal import Refused

NAME = "key"
HELP = "Khóa API: xem, cấp, thu hồi"


class AccountUnknown(Refused):
    says = "Không có tài khoản “{username}”. Xem danh sách: langso account list."


class KeyUnknown(Refused):
    says = "Không có khóa số {number}. Xem danh sách: langso key list."


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VIỆC")
    verbs.add_parser("list", help="các khóa, ai đứng sau, còn dùng được không")
    add = verbs.add_parser("add", help="cấp khóa hành động thay một người, in khóa một lần")
    add.add_argument("username", metavar="TÊN-ĐĂNG-NHẬP")
    add.add_argument("--name", required=True, metavar="TÊN-KHÓA", help="ví dụ “Hệ thống một cửa tỉnh”")
    add.add_argument("--days", type=int, default=365, metavar="SỐ-NGÀY", help="dùng được bao nhiêu ngày, mặc định 365")
    end = verbs.add_parser("end", help="thu hồi một khóa từ bây giờ")
    end.add_argument("number", type=int, metavar="SỐ", help="số của khóa trong danh sách")
    for verb in (add, end):
        verb.add_argument("--commit", action="store_true", help="làm thật; không có thì chỉ nói sẽ làm gì")


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import open_house

    with open_house(migrate=True):
        from django.db import transaction
        from django.utils import timezone

        from langso.lib.period import day_of
        from langso.people.permits import enter_as_machine

        at = timezone.now()
        with transaction.atomic():
            enter_as_machine(on=day_of(at))
            if args.verb == "list":
                _list(at)
                return 0
            line = {"add": _add, "end": _end}[args.verb](args, at)
            if not args.commit:
                transaction.set_rollback(True)
    print(line if args.commit else f"Chạy thử, chưa đổi gì. {line.partition(' Khóa:')[0]} Thêm --commit để làm thật.")
    return 0


def _list(at: datetime) -> None:
    from langso.exchange.models import ApiKey
    from langso.lib.period import VIETNAM, day_of, write_day

    keys = list(ApiKey.objects.select_related("person__account").order_by("pk"))
    for key in keys:
        if key.revoked_at:
            state = f"thu hồi ngày {write_day(key.revoked_at.astimezone(VIETNAM).date())}"
        elif day_of(at) >= key.expires_on:
            state = f"hết hạn ngày {write_day(key.expires_on)}"
        else:
            state = f"dùng đến trước ngày {write_day(key.expires_on)}"
        used = f"dùng lần cuối {write_day(key.last_used_on)}" if key.last_used_on else "chưa dùng"
        username = key.person.account.username if key.person.account else "-"
        print(f"{key.pk}\t{key.name}\t{username}\t{key.person.full_name}\t{state}\t{used}")
    if not keys:
        print("Chưa có khóa nào. Cấp khóa đầu tiên: langso key add", file=sys.stderr)


def _add(args: argparse.Namespace, at: datetime) -> str:
    from langso.exchange.keys import make_key
    from langso.lib.period import write_day
    from langso.people.models import Person

    person = Person.objects.filter(account__username=args.username, account__is_active=True).first()
    if person is None:
        raise AccountUnknown(username=args.username)
    key, secret = make_key(person=person, name=args.name, days=args.days, by=None, at=at)
    return f"“{key.name}” thay {person.full_name}, dùng đến trước ngày {write_day(key.expires_on)}. Khóa: {secret}"


def _end(args: argparse.Namespace, at: datetime) -> str:
    from langso.exchange.keys import end_key
    from langso.exchange.models import ApiKey

    key = ApiKey.objects.select_related("person").filter(pk=args.number).first()
    if key is None:
        raise KeyUnknown(number=args.number)
    end_key(key=key, by=None, at=at)
    return f"Khóa “{key.name}” của {key.person.full_name} thôi dùng từ bây giờ."
