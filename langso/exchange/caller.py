"""The door of the API: who calls, how often, how much, and the two transactions of a call.

The first transaction finds the caller and counts the call; it stands whatever becomes of the rest. The second opens the
row-level net and does the work; an answer of refusal undoes it, although no exception passes through it.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from langso.exchange import rules
from langso.exchange.keys import find_key
from langso.exchange.models import ApiKey, ReceivedRequest
from langso.lib.period import VIETNAM, day_of
from langso.lib.refusal import Refused
from langso.people.address import address_of
from langso.people.door import Door
from langso.people.models import Account
from langso.people.permits import Presence, enter, units_of
from langso.people.roles import Right
from langso.people.tries import count_try
from langso.units.models import Unit

View = Callable[..., HttpResponseBase]
DRAINED = 5 * rules.LARGEST_BODY
KEPT = timedelta(days=30)  # how long the answer to a write is remembered
STATUS: dict[type[Refused], int] = {
    rules.KeyMissing: 401,
    rules.KeyUnknown: 401,
    rules.KeyEnded: 401,
    rules.KeyExpired: 401,
    rules.AccountClosed: 401,
    rules.KeyNeededToWrite: 401,
    rules.RightMissing: 403,
    rules.NotHere: 404,
    rules.AddressUnknown: 404,
    rules.VerbWrong: 405,
    rules.IdempotencyKeyReused: 409,
    rules.Busy: 409,
    rules.BodyTooLarge: 413,
    rules.TooManyRequests: 429,
    rules.NotJson: 400,
    rules.IdempotencyKeyMissing: 400,
    rules.CursorUnknown: 400,
}


@dataclass(frozen=True)
class Caller:
    """Who asks: a person through a key or a session, or nobody."""

    account: Account | None
    person: Presence | None
    key: int | None
    at: datetime

    @property
    def today(self) -> date:
        return day_of(self.at)

    @property
    def person_id(self) -> int | None:
        return self.person.person_id if self.person else None

    def units(self, right: Right) -> QuerySet[Unit]:
        """Where the caller has the right today.

        Refuses: KeyMissing, RightMissing.
        """
        if self.person is None:
            raise rules.KeyMissing()
        if not self.person.has(right):
            raise rules.RightMissing(right=f"“{right.label}”")
        return units_of(self.person, right, on=self.today)

    def reaches(self, right: Right, unit: int) -> bool:
        return self.person is not None and self.person.has(right) and self.units(right).filter(pk=unit).exists()


def caller_of(request: HttpRequest) -> Caller:
    return cast(Caller, request.caller)  # type: ignore[attr-defined]


def refusal_body(refused: Refused) -> dict[str, Any]:
    """The one shape of every fault."""
    wrongs = refused.wrongs if isinstance(refused, rules.BatchWrong) else ()
    return {
        "code": type(refused).__name__,
        "says": refused.sentence,
        "path": refused.field,
        "errors": [vars(wrong) for wrong in wrongs],
    }


def refusal_status(refused: Refused) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(refused, kind)), 422)


def answer_refusal(refused: Refused) -> HttpResponse:
    status = refusal_status(refused)
    body = json.dumps(refusal_body(refused), ensure_ascii=False)
    response = HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Lang So"'
    if isinstance(refused, rules.TooManyRequests):
        response["Retry-After"] = str(refused.facts["wait"])
    if isinstance(refused, rules.Busy):
        response["Retry-After"] = "3"
    return response


def served(view: View, *, door: str) -> View:
    """A view of the API, behind its door."""

    @csrf_exempt  # a session only reads; what writes carries a key that no other site can send along
    @transaction.non_atomic_requests
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        at = timezone.now()
        try:
            caller = _find_caller(request, at)
            _read_body(request)
            with transaction.atomic():
                if caller.account is not None:
                    enter(caller.account, on=caller.today)
                request.caller = caller  # type: ignore[attr-defined]
                response = view(request, *args, **kwargs)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                if response.status_code == 405:
                    raise rules.VerbWrong(verb=request.method, known=response.headers["Allow"])
        except Refused as refused:
            response = answer_refusal(refused)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "40P01":  # two who waited for each other
                raise
            response = answer_refusal(rules.Busy())
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    cast(Door, answer).door = door
    return cast(View, answer)


def _find_caller(request: HttpRequest, at: datetime) -> Caller:
    """Refuses: KeyUnknown, KeyEnded, KeyExpired, AccountClosed, KeyNeededToWrite, TooManyRequests."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    reads = request.method in ("GET", "HEAD")
    refused: Refused | None = None
    caller = Caller(None, None, None, at)
    with transaction.atomic():
        if scheme.lower() == "bearer" and secret.strip():
            try:
                key, account = find_key(secret.strip(), at=at)
                caller = Caller(account, enter(account, on=day_of(at)), key, at)
                ApiKey.objects.filter(pk=key).exclude(last_used_on=caller.today).update(last_used_on=caller.today)
            except Refused as fault:
                refused = fault
        elif isinstance(request.user, Account):
            if reads:
                caller = Caller(request.user, enter(request.user, on=day_of(at)), None, at)
            else:
                refused = rules.KeyNeededToWrite()
        who = f"key:{caller.key}" if caller.key else f"person:{caller.person_id}" if caller.person_id else ""
        most = rules.PER_MINUTE if who else rules.PER_MINUTE_OPEN
        count = count_try(f"api:{who or address_of(request)}", seconds=60, at=at)
    if count > most:
        raise rules.TooManyRequests(most=most, wait=60 - at.second)
    if refused is not None:
        raise refused
    return caller


def _read_body(request: HttpRequest) -> None:
    """Refuses: BodyTooLarge. Our bound, not that of the forms of pages."""
    if request.method in ("GET", "HEAD"):
        return
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > rules.LARGEST_BODY:
        if length <= DRAINED:  # who is still sending does not read the answer
            while request.read(1024 * 1024):
                pass
        raise rules.BodyTooLarge(limit=rules.LARGEST_BODY // 1024 // 1024)
    request._body = request.read(rules.LARGEST_BODY + 1)
    if len(request.body) > rules.LARGEST_BODY:
        raise rules.BodyTooLarge(limit=rules.LARGEST_BODY // 1024 // 1024)


def once(request: HttpRequest, work: Callable[[], tuple[int, str, str]], *, dry: bool = False) -> HttpResponse:
    """Do a piece of writing once for each Idempotency-Key: `work` gives the status, the content type and the answer.

    The same key with the same request is given the answer it was given. What was refused is judged anew each time:
    nothing of it was written.

    Refuses: KeyMissing, IdempotencyKeyMissing, IdempotencyKeyReused, and what the work refuses.
    """
    caller = caller_of(request)
    if caller.person_id is None:
        raise rules.KeyMissing()
    name = request.headers.get("Idempotency-Key", "").strip()
    if dry and not name:
        return _answer(*work())
    if not (8 <= len(name) <= 200 and name.isprintable()):
        raise rules.IdempotencyKeyMissing()
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    digest = hashlib.sha256(said).hexdigest()
    with connection.cursor() as cursor:  # the same request twice at once: the second waits for the first
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('langso.request.' || %s || '.' || %s, 0))",
            [caller.person_id, name],
        )
    mine = ReceivedRequest.objects.filter(person=caller.person_id)
    known = mine.filter(key=name).first()
    if known is not None:
        if known.digest != digest:
            raise rules.IdempotencyKeyReused(at=known.at.astimezone(VIETNAM))
        response = _answer(known.status, known.content_type, known.answer)
        response["Idempotency-Replayed"] = "true"
        return response
    status, content_type, answer = work()
    if status < 400 and not dry:
        mine.filter(at__lt=caller.at - KEPT).delete()
        ReceivedRequest.objects.create(
            person_id=caller.person_id,
            key=name,
            digest=digest,
            status=status,
            content_type=content_type,
            answer=answer,
            at=caller.at,
        )
    return _answer(status, content_type, answer)


def _answer(status: int, content_type: str, answer: str) -> HttpResponse:
    return HttpResponse(answer, status=status, content_type=content_type)
