"""The door of a phone: a token leads to a seat, the seat opens the row-level net of its commune, and nothing more."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from langso.fieldwork import rules
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.address import address_of
from langso.people.door import Door
from langso.people.tries import count_try, tried
from langso.units.statements import often
from langso.villages.incoming import Writer
from langso.visits.models import Origin

STATUS: dict[type[Refused], int] = {
    rules.TokenUnknown: 401,
    rules.PhoneRevoked: 401,
    rules.MemberLeft: 401,
    rules.SeatClosed: 401,
    rules.VerbWrong: 405,
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
    enrolled_at: datetime  # of the first book on this phone: a new code takes over what an earlier one wrote
    at: datetime

    @property
    def today(self) -> date:
        return day_of(self.at)

    @property
    def has_left(self) -> bool:
        return self.term_ended_on is not None and self.today >= self.term_ended_on

    @property
    def is_leader(self) -> bool:
        return self.role == "leader"

    def writer(self, origin: str = Origin.FIELD) -> Writer:
        return Writer(self.unit, self.province_code, self.team, self.member, None, origin)


# The first of the member's books on this phone is looked up for the one seat that there is: joined to the function, of
# which PostgreSQL expects a thousand rows, it might read all enrolments of the nation.
_ENTER = """
select s.*, (
    select min(o.enrolled_at) from fieldwork_enrollment e
    join fieldwork_enrollment o on o.member_id = e.member_id and (o.phone_id = e.phone_id or o.id = e.id)
    where e.id = s.enrollment_id
) from langso_enter_seat(%s::bytea, %s::date) s
"""


def seat_of(token: str, *, at: datetime) -> Seat:
    """Who speaks with this token; opens the row-level net for the transaction.  Cost: one statement.

    A member whose term has ended may for some weeks still send what was written before, each item judged by its own
    day; she sees nobody's household any more (`window`).

    Refuses: TokenUnknown, PhoneRevoked, SeatClosed, MemberLeft.
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
    ended_on = term.upper if term is not None else None
    if ended_on is not None and day_of(at) > ended_on + rules.GRACE:
        raise rules.MemberLeft(team=team_name, day=ended_on)
    return Seat(
        enrollment, seat, unit, member, member_uid, name, address, role, team, team_uid, team_name, province,
        ended_on, key, enrolled_at, at,
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
    """The body, read from the line once and kept: a transaction that is tried again finds it again.

    Refuses: BodyTooLarge.
    """
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > most:
        raise rules.BodyTooLarge()
    body = body_of(request, most=most)
    if len(body) > most:
        raise rules.BodyTooLarge()
    return body


def body_of(request: HttpRequest, *, most: int) -> bytes:
    """Up to one byte more than `most`, so that what is too long can be told."""
    body: bytes | None = getattr(request, "field_body", None)
    if body is None:
        body = bytes(request.read(most + 1))
        request.field_body = body  # type: ignore[attr-defined]
    return body


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


def check_member(seat: Seat) -> None:
    """Whoever has left the team is handed no names.

    Refuses: MemberLeft.
    """
    if seat.has_left:
        assert seat.term_ended_on is not None
        raise rules.MemberLeft(team=seat.team_name, day=seat.term_ended_on)


DeviceView = Callable[..., HttpResponseBase]
T = TypeVar("T")
DEADLOCK = "40P01"


def at_most_twice(work: Callable[[], T]) -> T:
    """Done in one transaction; two that waited for each other (a deadlock) are tried once more."""
    try:
        with transaction.atomic():
            return work()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
            raise
    with transaction.atomic():
        return work()


def device(*verbs: str) -> Callable[[DeviceView], DeviceView]:
    """A phone that speaks for itself: `view(request, seat, …)` in one transaction; a refusal undoes it."""

    def guarded(view: DeviceView) -> DeviceView:
        @csrf_exempt  # no cookie is read: the token cannot be sent along by another site
        @transaction.non_atomic_requests
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            try:
                if request.method not in verbs:
                    raise rules.VerbWrong()
                if scheme.lower() != "bearer" or not token:
                    raise rules.TokenUnknown()
                return at_most_twice(lambda: view(request, seat_of(token, at=timezone.now()), *args, **kwargs))
            except Refused as refused:
                return answer_refusal(refused)

        cast(Door, inner).door = "device"
        return inner

    return guarded


TRIES, TRIES_SECONDS = 20, 300


def check_tries(request: HttpRequest) -> None:
    """A stranger may not try codes without end; right ones are not counted.

    Refuses: TooManyTries.
    """
    if tried(f"code:{address_of(request)}", seconds=TRIES_SECONDS, at=timezone.now(), renewed=True) >= TRIES:
        raise rules.TooManyTries()


def count_wrong_code(request: HttpRequest) -> None:
    count_try(f"code:{address_of(request)}", seconds=TRIES_SECONDS, at=timezone.now(), renewed=True)


def unsigned(*verbs: str) -> Callable[[DeviceView], DeviceView]:
    """A phone that has no token yet: enrolling."""

    def guarded(view: DeviceView) -> DeviceView:
        @csrf_exempt
        @transaction.non_atomic_requests
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in verbs:
                    raise rules.VerbWrong()
                check_tries(request)
                with transaction.atomic():
                    return view(request, *args, **kwargs)
            except Refused as refused:
                if isinstance(refused, rules.CodeWrong):
                    count_wrong_code(request)  # in a transaction of its own: it stands
                return answer_refusal(refused)

        cast(Door, inner).door = "public"
        return inner

    return guarded
