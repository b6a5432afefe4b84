"""`langso account`: the first accounts of a house, and a way back in when a password is lost."""

import argparse
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING

from langso.lib.refusal import Refused

if TYPE_CHECKING:
    from langso.people.permits import Presence

NAME = "account"
HELP = "Tài khoản: xem, thêm, đặt lại mật khẩu, kết thúc vị trí"


class AccountUnknown(Refused):
    says = "Không có tài khoản “{username}”. Xem danh sách: langso account list."


class RoleUnknown(Refused):
    says = "Không có vai trò “{role}”. Các vai trò: {roles}."


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VIỆC")
    verbs.add_parser("list", help="ai giữ vị trí nào hôm nay")
    add = verbs.add_parser("add", help="thêm người, in mật khẩu đầu tiên một lần")
    add.add_argument("username", metavar="TÊN-ĐĂNG-NHẬP")
    add.add_argument("--name", required=True, metavar="HỌ-TÊN")
    add.add_argument("--role", required=True, metavar="VAI-TRÒ", help="ví dụ commune_officer, ministry_admin")
    add.add_argument("--unit", default="", metavar="MÃ", help="mã đơn vị hôm nay; bỏ trống nếu vai trò cả nước")
    lost = verbs.add_parser("password", help="đặt mật khẩu mới, in một lần")
    lost.add_argument("username", metavar="TÊN-ĐĂNG-NHẬP")
    end = verbs.add_parser("end", help="kết thúc mọi vị trí của một người từ hôm nay")
    end.add_argument("username", metavar="TÊN-ĐĂNG-NHẬP")
    for verb in (add, lost, end):
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
            machine = enter_as_machine(on=day_of(at))
            if args.verb == "list":
                _list(day_of(at))
                return 0
            line = {"add": _add, "password": _password, "end": _end}[args.verb](args, machine, at)
            if not args.commit:
                transaction.set_rollback(True)
    print(
        line if args.commit else f"Chạy thử, chưa đổi gì. {line.partition(' Mật khẩu')[0]} Thêm --commit để làm thật."
    )
    return 0


def _list(today: date) -> None:
    from langso.people.models import Post
    from langso.units.queries import named

    posts = list(Post.objects.on(today).select_related("person__account").order_by("person__sort_key"))
    places = {unit: n.name for (unit, _), n in named([(p.unit_id, today) for p in posts if p.unit_id]).items()}
    for post in posts:
        username = post.person.account.username if post.person.account else "-"
        place = places.get(post.unit_id, "cả nước") if post.unit_id else "cả nước"
        print(f"{username}\t{post.person.full_name}\t{post.get_role_display()}\t{place}")
    if not posts:
        print("Chưa có ai. Thêm người đầu tiên: langso account add", file=sys.stderr)


def _add(args: argparse.Namespace, machine: "Presence", at: datetime) -> str:
    from langso.lib.period import day_of
    from langso.people import actions
    from langso.people.roles import Role
    from langso.units.queries import named, unit_by_code

    if args.role not in Role.values:
        raise RoleUnknown(role=args.role, roles=", ".join(Role.values))
    today = day_of(at)
    unit = unit_by_code(args.unit, today) if args.unit else None
    place = named([(unit.pk, today)])[unit.pk, today].name if unit else ""
    _, password = actions.grant_post(
        full_name=args.name,
        address="",
        username=args.username,
        role=Role(args.role),
        unit=unit,
        unit_name=place,
        by=machine,
        at=at,
    )
    return f"{args.name}: {Role(args.role).label}, {place or 'cả nước'}. Mật khẩu: {password}"


def _password(args: argparse.Namespace, machine: "Presence", at: datetime) -> str:
    from langso.people import actions
    from langso.people.models import Person

    person = Person.objects.select_related("account").filter(account__username=args.username).first()
    if person is None:
        raise AccountUnknown(username=args.username)
    password = actions.reset_password(person=person, by=machine, at=at)
    return f"Mật khẩu mới của {person.full_name}, mật khẩu cũ thôi dùng. Mật khẩu: {password}"


def _end(args: argparse.Namespace, machine: "Presence", at: datetime) -> str:
    from langso.lib.period import day_of
    from langso.people import actions
    from langso.people.models import Post

    posts = list(
        Post.objects.on(day_of(at)).filter(person__account__username=args.username).select_related("unit", "person")
    )
    if not posts:
        raise AccountUnknown(username=args.username)
    for post in posts:
        actions.end_post(post=post, stop=day_of(at), by=machine, at=at)
    return f"{posts[0].person.full_name} thôi giữ {len(posts)} vị trí từ hôm nay."
