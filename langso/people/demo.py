"""The cast of the demo: one account for each kind of user, with a password that everyone may know."""

from dataclasses import dataclass
from datetime import date

from django.db import connections, transaction
from psycopg.types.range import Range

from langso.lib.period import REFORM
from langso.lib.vietnamese import sort_key
from langso.people.models import Account, Person, Post
from langso.people.roles import Role
from langso.units.models import Unit, UnitCode

PASSWORD = "ruong-bac-thang-2026"  # noqa: S105  # shown on /dung-thu/, only in the demo
KEY_FILE = "chu-tich.p12"  # in the folder `trust` of the home: a key for trials, to sign with as the head of the star
KEY_PASSWORD = "lang-so-thu-nghiem"  # noqa: S105  # of the trial keys, shown beside it
STAR = "01021"  # Xã Hoàng Su Phì, Tuyên Quang


@dataclass(frozen=True)
class Player:
    username: str
    address: str
    full_name: str
    role: Role
    code: str  # the unit's code today; empty for the whole country
    comes_for: str


CAST = (
    Player(
        "can-bo",
        "chị",
        "Long Thị Sướng",
        Role.COMMUNE_OFFICER,
        STAR,
        "Nhập số liệu, dẫn minh chứng, xác nhận, trình ký; sửa tiêu chí tỉnh trả lại",
    ),
    Player(
        "chu-tich",
        "anh",
        "Lù Văn Páo",
        Role.COMMUNE_HEAD,
        STAR,
        "Ký và nộp bản tự đánh giá, cấp vị trí cho người trong xã, xem nhật ký",
    ),
    Player("tinh-nguyen", "chị", "Vàng Thị Mẩy", Role.VOLUNTEER, STAR, "Xem xã đang ở mức nào và còn thiếu gì"),
    Player(
        "lang-gieng",
        "anh",
        "Triệu Văn Sinh",
        Role.COMMUNE_OFFICER,
        "01084",
        "Công chức xã bên cạnh: không thấy số liệu chưa công bố của xã khác",
    ),
    Player(
        "xac-minh",
        "chị",
        "Nông Thị Hương",
        Role.PROVINCE_VERIFIER,
        "08",
        "Chuyên viên Văn phòng UBND tỉnh: xác minh những tiêu chí được giao",
    ),
    Player(
        "tham-dinh",
        "anh",
        "Vũ Minh Tuấn",
        Role.PROVINCE_APPRAISER,
        "08",
        "Thẩm định hồ sơ các xã, trả lời kiến nghị, ghi phiên họp hội đồng",
    ),
    Player(
        "quan-tri-tinh",
        "chị",
        "Hoàng Thu Hà",
        Role.PROVINCE_ADMIN,
        "08",
        "Quản trị tỉnh: mở đợt đánh giá, gia hạn, ghi quyết định công nhận, cấp tài khoản",
    ),
    Player("bien-tap", "chị", "Nguyễn Minh Châu", Role.MINISTRY_EDITOR, "", "Xem cả nước theo từng khung tiêu chí"),
    Player(
        "nguoi-la",
        "anh",
        "Đinh Công Lý",
        Role.COMMUNE_OFFICER,
        "14701",
        "Công chức một tỉnh khác: không liên quan đến xã Hoàng Su Phì",
    ),
)


def build_people(*, today: date) -> None:
    """Accounts, persons and posts of the cast; what exists is left alone."""
    with transaction.atomic(using="owner"):
        for player in CAST:
            if Account.objects.using("owner").filter(username=player.username).exists():
                continue
            unit = _unit(player.code, today)
            account = Account(username=player.username)
            account.set_password(PASSWORD)
            account.save(using="owner")
            person = Person(
                account=account,
                full_name=player.full_name,
                address=player.address,
                unit=unit,
                sort_key=sort_key(player.full_name),
            )
            person.save(using="owner")
            Post(person=person, role=player.role, unit=unit, valid=Range(REFORM, None)).save(using="owner")
    connections["owner"].close()


def _unit(code: str, today: date) -> Unit | None:
    if not code:
        return None
    return UnitCode.objects.using("owner").on(today).select_related("unit").get(code=code).unit
