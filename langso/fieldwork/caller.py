"""The door of a phone: a token leads to a seat, the seat opens the row-level net of its commune, and nothing more."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.core.cache import cache
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from langso.fieldwork import rules
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.door import Door
from langso.units.statements import often
from langso.villages.incoming import Writer
from langso.visits.models import Origin

STATUS: dict[type[Refused], int] = {
    rules.TokenUnknown: 401,
    rules.PhoneRevoked: 401,
    rules.MemberLeft: 401,
    rules.SeatClosed: 401,
    rules.TextFirst: 409,
    rules.BodyTooLarge: 413,
    rules.PhotoTooLarge: 413,
    rules.TooManyTries: 429,
}


@dataclass(frozen=True)
class Seat:
    """Whose book it is that speaks: the member, the team, the commune. `key` is SHA-256 of the token."""

    enrollment: int
    seat: UUID
    unit: int
    member: int
    member_uid: UUID
    name: str
    address: str
    role: str
    team: int
    team_uid: UUID
    team_name: str
    province_code: str
    term_ended_on: date | None
    key: bytes
    enrolled_at: datetime
    at: datetime

    @property
    def today(self) -> date:
        return day_of(self.at)

    @property
    def is_leader(self) -> bool:
        return self.role == "leader"

    def writer(self, origin: str = Origin.FIELD) -> Writer:
        return Writer(self.unit, self.province_code, self.team, self.member, None, origin)


_ENTER = """
select s.*, e.enrolled_at from langso_enter_seat(%s::bytea, %s::date) s
join fieldwork_enrollment e on e.id = s.enrollment_id
"""


def seat_of(token: str, *, at: datetime) -> Seat:
    """Who speaks with this token; opens the row-level net for the transaction.  Cost: one statement.

    A member whose term has ended may still send what was written before: each item is judged by its own day.

    Refuses: TokenUnknown, PhoneRevoked, SeatClosed.
    """
    return seat_by_key(rules.token_digest(token), at=at)


def seat_by_key(key: bytes, *, at: datetime) -> Seat:
    """The same by the digest of the token.  Refuses: as `seat_of`."""
    with often() as cursor:
        cursor.execute(_ENTER, [key, day_of(at)])
        row = cursor.fetchone()
    if row is None:
        raise rules.TokenUnknown()
    (
        enrollment, seat, unit, member, member_uid, name, address, role, team, team_uid, team_name, province, term, _,
        phone_revoked_at, revoked_at, left_at, enrolled_at,
    ) = row  # fmt: skip
    if phone_revoked_at or revoked_at:
        raise rules.PhoneRevoked(day=day_of(phone_revoked_at or revoked_at))
    if left_at:
        raise rules.SeatClosed()
    return Seat(
        enrollment, seat, unit, member, member_uid, name, address, role, team, team_uid, team_name, province,
        term.upper if term is not None else None, key, enrolled_at, at,
    )  # fmt: skip


def read_json(request: HttpRequest) -> Any:
    """The body as JSON, sent plain or gzipped.

    Refuses: BodyTooLarge, BodyUnreadable.
    """
    body = read_bytes(request, most=rules.LARGEST_BODY)
    if request.headers.get("Content-Encoding") == "gzip":
        body = _unzipped(body)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise rules.BodyUnreadable() from None


def _unzipped(body: bytes) -> bytes:
    """Never more than the largest body comes out, whatever went in."""
    unzip = zlib.decompressobj(wbits=31)
    try:
        out = unzip.decompress(body, rules.LARGEST_BODY + 1)
    except zlib.error:
        raise rules.BodyUnreadable() from None
    if len(out) > rules.LARGEST_BODY:
        raise rules.BodyTooLarge()
    return out


def read_bytes(request: HttpRequest, *, most: int) -> bytes:
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > most:
        raise rules.BodyTooLarge()
    body = request.read(most + 1)
    if len(body) > most:
        raise rules.BodyTooLarge()
    return bytes(body)


def answer_json(said: dict[str, Any], status: int = 200, *, request: HttpRequest | None = None) -> HttpResponse:
    text = json.dumps({"v": rules.VERSION, **said}, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    response = HttpResponse(text, status=status, content_type="application/json; charset=utf-8")
    if request is not None and len(text) > 300 and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = gzip.compress(text, 6, mtime=0)
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "no-store"
    return response


def answer_refusal(refused: Refused) -> HttpResponse:
    status = next((s for kind, s in STATUS.items() if isinstance(refused, kind)), 422)
    return answer_json({"code": type(refused).__name__, "says": refused.sentence}, status)


DeviceView = Callable[..., HttpResponseBase]


def device(view: DeviceView) -> DeviceView:
    """A phone that speaks for itself: `view(request, seat, …)` in one transaction; a refusal undoes it.

    Two that waited for each other (a deadlock) are tried once more.
    """

    @csrf_exempt  # no cookie is read: the token cannot be sent along by another site
    @transaction.non_atomic_requests
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer" or not token:
                raise rules.TokenUnknown()
            for again in (True, False):
                try:
                    with transaction.atomic():
                        return view(request, seat_of(token, at=timezone.now()), *args, **kwargs)
                except OperationalError as error:
                    if not again or getattr(error.__cause__, "sqlstate", "") != "40P01":
                        raise
        except Refused as refused:
            return answer_refusal(refused)
        raise AssertionError("unreachable")

    cast(Door, inner).door = "device"
    return inner


TRIES, TRIES_SECONDS = 20, 300


def check_tries(address: str) -> None:
    """A stranger may not try codes without end.

    Refuses: TooManyTries.
    """
    key = f"fieldwork.enroll.{address}"
    cache.add(key, 0, TRIES_SECONDS)
    if cache.incr(key) > TRIES:
        raise rules.TooManyTries()


def unsigned(view: DeviceView) -> DeviceView:
    """A phone that has no token yet: enrolling."""

    @csrf_exempt
    @transaction.non_atomic_requests
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            check_tries(str(request.META.get("REMOTE_ADDR", "")))  # stands whatever becomes of the rest
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Refused as refused:
            return answer_refusal(refused)

    cast(Door, inner).door = "public"
    return inner
