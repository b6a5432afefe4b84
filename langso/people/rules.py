"""Refusals about accounts and posts."""

import re
from collections.abc import Collection
from datetime import date

from langso.lib.refusal import Refused
from langso.people.roles import GRANTED_UNHELD, NATIONAL, RIGHTS, Right, Role
from langso.units.models import Level

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")

# At which level of unit a role stands; the database checks only that national roles have none.
LEVEL_OF = {
    Role.VOLUNTEER: Level.COMMUNE,
    Role.COMMUNE_OFFICER: Level.COMMUNE,
    Role.COMMUNE_HEAD: Level.COMMUNE,
    Role.PROVINCE_APPRAISER: Level.PROVINCE,
    Role.PROVINCE_VERIFIER: Level.PROVINCE,
    Role.PROVINCE_ADMIN: Level.PROVINCE,
}


class UsernameWrong(Refused):
    says = "Tên đăng nhập gồm chữ thường không dấu, số, dấu chấm hoặc gạch nối, từ 3 đến 60 ký tự. Ví dụ: suong.lt"


class UsernameTaken(Refused):
    says = "Tên đăng nhập “{username}” đã có người dùng. Chọn tên khác, ví dụ thêm số hoặc tên xã."


class NameMissing(Refused):
    says = "Chưa ghi họ và tên."


class RoleNotYours(Refused):
    says = "Vai trò “{role}” có quyền mà anh, chị không có ở đây, nên không cấp được. Nhờ quản trị cấp trên."


class RoleNotHere(Refused):
    says = "Vai trò “{role}” không đặt ở {unit}. Chọn đơn vị đúng cấp."


class PostEndsBeforeStart(Refused):
    says = "Ngày thôi giữ vị trí không thể trước ngày bắt đầu {start:%d/%m/%Y}."


class OwnPost(Refused):
    says = "Không tự kết thúc vị trí của mình được. Nhờ quản trị cấp trên."


def check_username(username: str) -> None:
    """Refuses: UsernameWrong."""
    if not _USERNAME.fullmatch(username):
        raise UsernameWrong(field="username")


def check_grant(role: Role, level: str | None, unit_name: str, held: Collection[Right]) -> None:
    """One grants only roles whose rights one holds there.

    Refuses: RoleNotHere, RoleNotYours.
    """
    if (role in NATIONAL) != (level is None) or (level is not None and LEVEL_OF[role] != level):
        raise RoleNotHere(field="role", role=role.label, unit=unit_name or "cả nước")
    if not RIGHTS[role] - GRANTED_UNHELD <= set(held):
        raise RoleNotYours(field="role", role=role.label)


def check_end(start: date | None, stop: date) -> None:
    """Ended on the day it began, a post held by mistake has had no day at all.

    Refuses: PostEndsBeforeStart.
    """
    if start is not None and stop < start:
        raise PostEndsBeforeStart(field="stop", start=start)
