"""One cast, one account for each kind of person; posts begin on 01/07/2025 and have no end."""

from dataclasses import dataclass

from django.db import transaction
from psycopg.types.range import Range

from langso.lib.period import REFORM
from langso.lib.vietnamese import sort_key
from langso.people.models import Account, Person, Post
from langso.people.roles import Role
from langso.units.models import Unit
from tests.country import Country

PASSWORD = "mot-mat-khau-de-thu"


@dataclass(frozen=True)
class Player:
    account: Account
    person: Person
    post: Post
    unit: Unit | None

    @property
    def id(self) -> int:
        return self.person.pk


@dataclass(frozen=True)
class Cast:
    volunteer: Player
    officer: Player
    colleague: Player  # a second officer of the same commune
    head: Player
    appraiser: Player
    verifier: Player
    province_admin: Player
    editor: Player
    ministry_admin: Player
    neighbour: Player
    heir_one: Player  # officers of the two communes that an old one was split into
    heir_two: Player
    stranger: Player


def _player(username: str, address: str, full_name: str, role: Role, unit: Unit | None) -> Player:
    account = Account(username=username)
    account.set_password(PASSWORD)
    account.save(using="owner")
    person = Person(account=account, full_name=full_name, address=address, unit=unit, sort_key=sort_key(full_name))
    person.save(using="owner")
    post = Post(person=person, role=role, unit=unit, valid=Range(REFORM, None))
    post.save(using="owner")
    return Player(account, person, post, unit)


def build(country: Country) -> Cast:
    """Write the cast through the owner, committed."""
    c = country
    with transaction.atomic(using="owner"):
        return Cast(
            volunteer=_player("may", "chị", "Vàng Thị Mẩy", Role.VOLUNTEER, c.merged),
            officer=_player("suong", "chị", "Long Thị Sướng", Role.COMMUNE_OFFICER, c.merged),
            colleague=_player("pao", "anh", "Lù Văn Páo", Role.COMMUNE_OFFICER, c.merged),
            head=_player("chu-tich", "bác", "Hoàng Văn Lìn", Role.COMMUNE_HEAD, c.merged),
            appraiser=_player("tuan", "anh", "Vũ Minh Tuấn", Role.PROVINCE_APPRAISER, c.province),
            verifier=_player("huong", "chị", "Nông Thị Hương", Role.PROVINCE_VERIFIER, c.province),
            province_admin=_player("ha", "chị", "Hoàng Thu Hà", Role.PROVINCE_ADMIN, c.province),
            editor=_player("chau", "chị", "Nguyễn Minh Châu", Role.MINISTRY_EDITOR, None),
            ministry_admin=_player("dung", "anh", "Trần Quốc Dũng", Role.MINISTRY_ADMIN, None),
            neighbour=_player("sinh", "anh", "Triệu Văn Sinh", Role.COMMUNE_OFFICER, c.neighbour),
            heir_one=_player("xuan", "chị", "Phàn Thị Xuân", Role.COMMUNE_OFFICER, c.split_one),
            heir_two=_player("thu", "chị", "Lý Thị Thu", Role.COMMUNE_OFFICER, c.split_two),
            stranger=_player("ly", "anh", "Đinh Công Lý", Role.COMMUNE_OFFICER, c.far_commune),
        )
