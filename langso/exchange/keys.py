"""Giving and ending keys, and finding who stands behind one."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction

from langso.exchange import rules
from langso.exchange.models import ApiKey
from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.vietnamese import nfc
from langso.people.models import Account, Person


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def make_key(*, person: Person, name: str, days: int, by: int | None, at: datetime) -> tuple[ApiKey, str]:
    """A key that acts as this person from now on, and its secret, which is told once and not kept.

    Refuses: KeyNameMissing, KeyLifeWrong.
    """
    name = nfc(name)
    if not name:
        raise rules.KeyNameMissing(field="name")
    rules.check_life(days)
    secret = rules.PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name[:100],
        person=person,
        sha256=digest_of(secret),
        made_at=at,
        expires_on=day_of(at) + timedelta(days=days),
    )
    facts = {"name": key.name, "person": person.pk, "expires_on": key.expires_on}
    ledger.record(by=by, did="key.made", to=key, unit=person.unit_id, at=at, facts=facts)
    return key, secret


@transaction.atomic
def end_key(*, key: ApiKey, by: int | None, at: datetime) -> ApiKey:
    """From now on the key opens nothing. Ending it again changes nothing."""
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        ledger.record(by=by, did="key.ended", to=key, unit=key.person.unit_id, at=at, facts={"name": key.name})
    return key


def find_key(secret: str, *, at: datetime) -> tuple[int, Account]:
    """The key and the account that a secret stands for today.

    Refuses: KeyUnknown, KeyEnded, KeyExpired, AccountClosed.  Cost: one statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, account_id, expires_on, revoked_at, is_active from langso_key(%s)", [digest_of(secret)]
        )
        row = cursor.fetchone()
    if row is None:
        raise rules.KeyUnknown()
    pk, account, expires_on, revoked_at, is_active = row
    rules.check_key(expires_on=expires_on, revoked_at=revoked_at, is_active=is_active, today=day_of(at))
    return int(pk), Account(pk=account)
