"""The calls of the contract: docs/teams-and-field.md. A view reads the call, one function does the work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from langso.fieldwork import enrolling, parcels, photos, rules
from langso.fieldwork.caller import Seat, answer_json, device, read_bytes, read_json, unsigned
from langso.fieldwork.receiving import receive, replay
from langso.fieldwork.rules import Clock
from langso.fieldwork.window import epoch_of, window
from langso.units.queries import named
from langso.units.statements import often


@unsigned("POST")
def enroll(request: HttpRequest) -> HttpResponse:
    said = read_json(request)
    phone = said.get("phone") if isinstance(said, dict) else None
    uid = rules.read_uid(phone.get("uid")) if isinstance(phone, dict) else None
    if not isinstance(said, dict) or said.get("v") != rules.VERSION or not isinstance(phone, dict) or uid is None:
        raise rules.BodyUnreadable()
    at = timezone.now()
    done = enrolling.enroll(
        code=str(said.get("code") or "")[:40],
        phone_uid=uid,
        label=str(phone.get("label") or "")[:80],
        app=rules.read_app(said.get("app")),
        at=at,
    )
    seat = done.seat
    place = named([(seat.unit, seat.today)]).get((seat.unit, seat.today))
    return answer_json(
        {
            "token": done.token,
            "seat": seat.seat,
            "at": at.isoformat(),
            "member": {"uid": seat.member_uid, "name": seat.name, "address": seat.address, "role": seat.role},
            "team": {"uid": seat.team_uid, "name": seat.team_name},
            "place": place.name if place else "",
            "epoch": _epoch(),
            "key": parcels.public_key(at),
        }
    )


def _epoch() -> str:
    with often() as cursor:
        return epoch_of(cursor)


@device("POST")
def send(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A batch: each item is answered alone."""
    batch = rules.read_batch(read_json(request))
    clock = Clock(batch.sent_at, seat.at, seat.enrolled_at)
    answers = [*receive(seat, batch.items, clock=clock), *batch.unreadable]
    skew = int(clock.skew / timedelta(seconds=1))
    enrolling.heard(seat, unsent=batch.unsent, oldest=batch.oldest, app=batch.app, skew_seconds=skew)
    return answer_json(
        {
            "batch": str(batch.uid),
            "at": seat.at.isoformat(),
            "epoch": _epoch(),
            "proof": rules.proof_of(seat.key, batch.uid, answers),
            "answers": [answer.as_json() for answer in answers],
        },
        request=request,
    )


@device("GET")
def pull(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The window since a cursor; held items whose gap was filled are written before it is read."""
    replay(seat, at=seat.at)
    return answer_json(window(seat, request.GET.get("tu", "")[:120]), request=request)


@device("GET", "POST")
def photo(request: HttpRequest, seat: Seat, uid: Any) -> HttpResponse:
    """How far a photo has come, or a piece of it from an offset on."""
    if request.method == "GET":
        standing = photos.standing(seat, uid)
    else:
        start = request.GET.get("tu", "0")
        if not (start.isdecimal() and len(start) < 10):
            raise rules.BodyUnreadable()
        content = read_bytes(request, most=rules.LARGEST_PHOTO)
        standing = photos.take(seat, uid, int(start), content)
    return answer_json({"uid": str(uid), "have": standing.have, "size": standing.size, "done": standing.done})


@device("POST")
def carry(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Parcels of others: each is answered alone."""
    said = read_json(request)
    sealed = said.get("parcels") if isinstance(said, dict) else None
    if not isinstance(sealed, list) or len(sealed) > 20:
        raise rules.BodyUnreadable()
    return answer_json({"answers": [vars(parcels.deliver(seat, parcel)) for parcel in sealed]})


@device("POST")
def leave(request: HttpRequest, seat: Seat) -> HttpResponse:
    enrolling.leave(seat)
    return answer_json({"left": True})
