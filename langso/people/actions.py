"""Making accounts, granting and ending posts."""

import secrets
from datetime import date, datetime

from django.db import connection, transaction
from psycopg.types.range import Range

from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.vietnamese import nfc, sort_key
from langso.people import rules
from langso.people.models import Account, Person, Post
from langso.people.permits import Presence
from langso.people.roles import RIGHTS, Right, Role
from langso.units.models import Reach, Unit

_WORDS = [
    "lua",
    "nuoc",
    "nuong",
    "ruong",
    "mua",
    "nang",
    "gio",
    "suoi",
    "doi",
    "rung",
    "tre",
    "ngo",
    "khoai",
    "sen",
    "bep",
    "cau",
    "thuyen",
    "trau",
    "cho",
    "que",
]


def new_password() -> str:
    """Four common words and a number: 34 bits, enough under the limit of tries, easy to say over the telephone."""
    return "-".join(secrets.choice(_WORDS) for _ in range(4)) + f"-{secrets.randbelow(90000) + 10000}"


def rights_at(presence: Presence, unit: Unit | None, *, on: date) -> set[Right]:
    """The rights that the person's posts give at a unit."""
    reaching = set(Reach.objects.filter(unit=unit).on(on).values_list("root", flat=True)) if unit is not None else set()
    return {right for role, root in presence.posts if root is None or root in reaching for right in RIGHTS[role]}


@transaction.atomic
def grant_post(
    *,
    full_name: str,
    address: str,
    username: str,
    role: Role,
    unit: Unit | None,
    unit_name: str,
    by: Presence,
    at: datetime,
) -> tuple[Post, str]:
    """Make an account with a first password, and a post from today on; the password is told once and not kept.

    Refuses: NameMissing, UsernameWrong, UsernameTaken, RoleNotHere, RoleNotYours.
    """
    today = day_of(at)
    full_name, username = nfc(full_name), username.strip().lower()
    if not full_name:
        raise rules.NameMissing(field="full_name")
    rules.check_username(username)
    rules.check_grant(role, unit.level if unit else None, unit_name, rights_at(by, unit, on=today))
    with connection.cursor() as cursor:  # two people may choose the same name at once
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.username.' || %s, 0))", [username])
    if Account.objects.filter(username=username).exists():
        raise rules.UsernameTaken(field="username", username=username)
    password = new_password()
    account = Account.objects.create_user(username, password)
    person = Person.objects.create(
        account=account,
        full_name=full_name,
        address=nfc(address),
        unit=unit,
        sort_key=sort_key(full_name.split()[-1] + " " + full_name),
    )
    post = Post.objects.create(
        person=person, role=role, unit=unit, valid=Range(today, None), granted_by_id=by.person_id
    )
    ledger.record(
        by=by.person_id,
        did="post.granted",
        to=post,
        unit=unit.pk if unit else None,
        at=at,
        facts={"role": role.value, "person": person.pk},
    )
    return post, password


@transaction.atomic
def end_post(*, post: Post, stop: date, by: Presence, at: datetime) -> Post:
    """A post ends; the row stays. Ending it again on the same day changes nothing.

    Refuses: OwnPost, RoleNotYours, PostEndsBeforeStart.
    """
    if post.person_id == by.person_id:
        raise rules.OwnPost()
    rules.check_grant(
        Role(post.role), post.unit.level if post.unit else None, "", rights_at(by, post.unit, on=day_of(at))
    )
    if post.valid.isempty or post.valid.upper == stop:
        return post
    rules.check_end(post.valid.lower, stop)
    post.valid = Range(post.valid.lower, stop)
    post.save(update_fields=["valid"])
    ledger.record(
        by=by.person_id, did="post.ended", to=post, unit=post.unit_id, at=at, facts={"stop": stop.isoformat()}
    )
    return post


def _posts_of(person: Person, *, since: date) -> list[tuple[Role, Unit | None]]:
    """Posts of today and later, those that the row-level net hides from the asker too."""
    with connection.cursor() as cursor:
        cursor.execute("select role, unit_id from langso_posts_of(%s, %s)", [person.pk, since])
        rows = cursor.fetchall()
    units = Unit.objects.in_bulk([unit for _, unit in rows if unit is not None])
    return [(Role(role), units[unit] if unit is not None else None) for role, unit in rows]


@transaction.atomic
def reset_password(*, person: Person, by: Presence, at: datetime) -> str:
    """A new first password for someone whose post one could grant; told once."""
    if person.account is None:
        raise rules.NameMissing()
    for role, unit in _posts_of(person, since=day_of(at)):
        rules.check_grant(role, unit.level if unit else None, "", rights_at(by, unit, on=day_of(at)))
    password = new_password()
    person.account.set_password(password)
    person.account.save(update_fields=["password"])
    ledger.record(by=by.person_id, did="password.reset", to=person, unit=person.unit_id, at=at)
    return password
