"""Enrolling: the commune gives a code, the phone gives itself a number, and gets a token that speaks for one member."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from langso.fieldwork import rules
from langso.fieldwork.caller import Seat, seat_by_key
from langso.fieldwork.models import Enrollment, Phone
from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.vietnamese import nfc
from langso.teams.models import Member
from langso.units.statements import often


class MemberGone(rules.FieldRefused):
    says = "{name} đã thôi tham gia tổ nên không ghi danh máy được."


@dataclass(frozen=True)
class Enrolled:
    token: str
    seat: Seat


@transaction.atomic
def issue_code(*, member: Member, by: int | None, at: datetime) -> tuple[Enrollment, str]:
    """A code for one phone of a member, good for seven days; told once, kept as its digest only.

    Refuses: MemberGone.
    """
    if day_of(at) not in member.valid:
        raise MemberGone(name=member.full_name)
    code = rules.spell_code(secrets.token_bytes(5))
    enrollment = Enrollment.objects.create(
        unit_id=member.unit_id,
        member=member,
        code_digest=rules.code_digest(code),
        code_until=at + rules.CODE_LIVES,
        made_at=at,
        made_by_id=by,
    )
    ledger.record(by=by, did="phone.invited", to=enrollment, unit=member.unit_id, at=at, facts={"member": member.pk})
    return enrollment, code


def enroll(*, code: str, phone_uid: UUID, label: str, app: str, at: datetime) -> Enrolled:
    """Use a code up. Where the member had a book on the phone before, its old token ends and its outbox goes on.

    The same phone may use it again while it lives: the answer to the first time may never have arrived.
    Refuses: CodeWrong, CodeUsed, CodeExpired, MemberGone.
    """
    with connection.cursor() as cursor:
        cursor.execute("select langso_enter_code(%s, %s)", [rules.code_digest(code), day_of(at)])
        (pk,) = cursor.fetchone()
    if pk is None:
        raise rules.CodeWrong(field="code")
    found = Enrollment.objects.select_for_update(of=("self",)).select_related("member", "phone")
    enrollment = found.get(pk=pk)
    if enrollment.revoked_at is not None or enrollment.left_at is not None:
        raise rules.CodeWrong(field="code")
    if enrollment.enrolled_at is not None and (enrollment.phone is None or enrollment.phone.uid != phone_uid):
        raise rules.CodeUsed(field="code")
    if enrollment.code_until < at:
        raise rules.CodeExpired(field="code", day=day_of(enrollment.code_until))
    if day_of(at) not in enrollment.member.valid:
        raise MemberGone(name=enrollment.member.full_name)
    phone, _ = Phone.objects.get_or_create(
        uid=phone_uid, unit_id=enrollment.unit_id, defaults={"label": nfc(label)[:80], "first_seen_at": at}
    )
    lifted = phone.revoked_at is not None
    if lifted:  # found again: whoever gives a code for it lifts what was put on the machine
        Phone.objects.filter(pk=phone.pk).update(revoked_at=None, revoked_by=None, revoked_reason="")
        Enrollment.objects.filter(phone=phone, revoked_at=None).exclude(pk=enrollment.pk).update(revoked_at=at)
    Enrollment.objects.filter(phone=phone, member=enrollment.member, left_at=None).exclude(pk=enrollment.pk).update(
        left_at=at
    )
    token = secrets.token_urlsafe(32)
    enrollment.phone, enrollment.token_digest = phone, rules.token_digest(token)
    enrollment.enrolled_at, enrollment.spoke_at, enrollment.app = at, at, app[:20]
    enrollment.save(update_fields=["phone", "token_digest", "enrolled_at", "spoke_at", "app"])
    ledger.record(
        by=None,
        did="phone.enrolled",
        to=enrollment,
        unit=enrollment.unit_id,
        at=at,
        facts={"member": enrollment.member_id, "phone": phone.pk, "revocation_lifted": lifted or None},
    )
    return Enrolled(token, seat_by_key(bytes(enrollment.token_digest), at=at))


@transaction.atomic
def revoke_phone(*, phone: Phone, reason: str, by: int | None, at: datetime) -> Phone:
    """A lost phone: nobody on it is heard any more. What it had not sent stays locked on it."""
    if phone.revoked_at is None:
        phone.revoked_at, phone.revoked_by_id, phone.revoked_reason = at, by, nfc(reason)[:200]
        phone.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
        ledger.record(
            by=by, did="phone.revoked", to=phone, unit=phone.unit_id, at=at, facts={"reason": phone.revoked_reason}
        )
    return phone


@transaction.atomic
def revoke_enrollment(*, enrollment: Enrollment, by: int | None, at: datetime) -> Enrollment:
    """One person's book on a phone, or a code not used yet, ends."""
    if enrollment.revoked_at is None:
        enrollment.revoked_at, enrollment.revoked_by_id = at, by
        enrollment.save(update_fields=["revoked_at", "revoked_by"])
        ledger.record(by=by, did="phone.book_ended", to=enrollment, unit=enrollment.unit_id, at=at)
    return enrollment


def leave(seat: Seat) -> None:
    """The person takes the book off this phone."""
    Enrollment.objects.filter(pk=seat.enrollment, left_at=None).update(left_at=seat.at, unsent_count=0)


def heard(seat: Seat, *, unsent: int, oldest: Any, app: str, skew_seconds: int) -> None:
    """What the phone said of itself with this call.  Cost: one statement."""
    with often() as cursor:
        cursor.execute(
            "update fieldwork_enrollment set spoke_at = %s, unsent_count = %s, oldest_unsent_on = %s::date, app = %s,"
            " skew_seconds = %s where id = %s",
            [seat.at, unsent, oldest, app, max(-(10**12), min(10**12, skew_seconds)), seat.enrollment],
        )
