"""The one answer to "who may do what where", and the settings of the row-level net that go with it."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from langso.people.models import Account, Person, Post
from langso.people.roles import NATIONAL, RIGHTS, Right, Role, roles_with
from langso.units.models import Reach, Unit


@dataclass(frozen=True)
class Presence:
    """Who stands at the door today: the person and the posts held, read in one statement."""

    person_id: int | None  # None: the machine itself, through a command
    full_name: str
    address: str
    posts: tuple[tuple[Role, int | None], ...]
    place: str

    @property
    def name(self) -> str:
        return f"{self.address.capitalize()} {self.full_name}".strip()

    @property
    def rights(self) -> frozenset[Right]:
        return frozenset().union(*(RIGHTS[role] for role, _ in self.posts))

    def has(self, right: Right) -> bool:
        return right in self.rights

    def roots(self, right: Right) -> tuple[bool, list[int]]:
        """Whether the right reaches everywhere, and else from which units."""
        held = [(role, unit) for role, unit in self.posts if right in RIGHTS[role]]
        return any(unit is None for _, unit in held), [unit for _, unit in held if unit is not None]


def enter(account: Account, *, on: date) -> Presence | None:
    """Open the row-level net for this transaction as far as the account's posts reach today.

    Cost: one statement. None when the account belongs to nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, full_name, address, role, unit_id, place from langso_enter(%s, %s)",
            [account.pk, on],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    posts = tuple((Role(role), unit) for _, _, _, role, unit, _ in rows if role)
    place = next((place for *_, role, unit, place in rows if role and place), "")
    if not place and any(role in NATIONAL for role, _ in posts):
        place = "cả nước"
    return Presence(rows[0][0], rows[0][1], rows[0][2], posts, place)


def enter_as_machine(*, on: date) -> Presence:
    """Who runs a command on the machine may do all that a national administrator may. Inside a transaction only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('langso.everywhere', 'on', true), set_config('langso.day', %s, true)", [on.isoformat()]
        )
    return Presence(None, "lệnh trên máy chủ", "", ((Role.MINISTRY_ADMIN, None),), "cả nước")


def units_of(presence: Presence, right: Right, *, on: date) -> QuerySet[Unit]:
    """The units that a right reaches, as a queryset to look things up in."""
    everywhere, roots = presence.roots(right)
    if everywhere:
        return Unit.objects.all()
    return Unit.objects.filter(pk__in=Reach.objects.filter(root__in=roots).on(on).values("unit"))


def reach(person: Person, right: Right, *, on: date) -> QuerySet[Unit]:
    """The units where the person has the right on the day: below and absorbed ones too."""
    posts = Post.objects.on(on).filter(person=person, role__in=roles_with(right))
    if posts.filter(unit=None).exists():
        return Unit.objects.all()
    return Unit.objects.filter(pk__in=Reach.objects.filter(root__in=posts.values("unit")).on(on).values("unit"))


def may(person: Person, right: Right, unit: Unit, *, on: date) -> bool:
    return reach(person, right, on=on).filter(pk=unit.pk).exists()


def holders(right: Right, unit: Unit, *, on: date) -> QuerySet[Person]:
    """Who has the right at the unit: posts there, above, or at what absorbed it."""
    above = Reach.objects.filter(unit=unit).on(on).values("root")
    posts = Post.objects.on(on).filter(Q(unit__in=above) | Q(unit=None), role__in=roles_with(right))
    return Person.objects.filter(pk__in=posts.values("person"))
