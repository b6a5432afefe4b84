"""Parcels: a batch sealed to the house, carried by another phone that cannot read it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection

from langso.fieldwork import rules
from langso.fieldwork.caller import Seat, seat_by_key
from langso.fieldwork.models import HouseKey
from langso.fieldwork.receiving import receive
from langso.fieldwork.rules import Clock
from langso.lib.refusal import Refused

INFO = b"langso parcel 1"


@dataclass(frozen=True)
class Delivered:
    """What the carrier learns: that it arrived, and how many."""

    parcel: str
    state: str
    count: int = 0
    receipt: str = ""
    says: str = ""


def _private_key(at: Any) -> ec.EllipticCurvePrivateKey:
    """The key of the house, made the first time it is asked for."""
    kept = HouseKey.objects.order_by("pk").first()
    if kept is None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.housekey', 0))")
        kept = HouseKey.objects.order_by("pk").first()
    if kept is None:
        made = ec.generate_private_key(ec.SECP256R1())
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        kept = HouseKey.objects.create(made_at=at, private_pem=pem.decode())
    key = serialization.load_pem_private_key(kept.private_pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def public_key(at: Any) -> str:
    """The point that phones seal to: raw, uncompressed, base64url."""
    raw = (
        _private_key(at)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return rules.to_base64url(raw)


def open_sealed(parcel: Mapping[str, Any], at: Any) -> tuple[str, str]:
    """The batch text and its proof.

    Refuses: ParcelUnreadable.
    """
    epk = rules.from_base64url(parcel.get("epk"), most=200)
    iv, data = rules.from_base64url(parcel.get("iv"), most=40), rules.from_base64url(parcel.get("data"))
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), epk)
        shared = _private_key(at).exchange(ec.ECDH(), theirs)
        key = HKDF(hashes.SHA256(), 32, salt=b"", info=INFO).derive(shared)
        inside = json.loads(AESGCM(key).decrypt(iv, data, None))
        batch, proof = inside["batch"], inside["proof"]
    except (ValueError, InvalidTag, KeyError, TypeError, RecursionError):
        raise rules.ParcelUnreadable() from None
    if not isinstance(batch, str) or not isinstance(proof, str):
        raise rules.ParcelUnreadable()
    return batch, proof


def deliver(carrier: Seat, parcel: Any) -> Delivered:
    """Open a parcel and receive what is in it in the name of its owner; carried twice it is one.

    Ends with the net of the carrier open again.
    """
    name = str(parcel.get("parcel"))[:40] if isinstance(parcel, Mapping) else ""
    try:
        return _deliver(carrier, parcel)
    except Refused as refused:
        return Delivered(name, "refused", says=refused.sentence)
    finally:
        seat_by_key(carrier.key, at=carrier.at)


def _deliver(carrier: Seat, parcel: Any) -> Delivered:
    if not isinstance(parcel, Mapping) or parcel.get("v") != rules.VERSION:
        raise rules.ParcelUnreadable()
    uid, seat_uid = rules.read_uid(parcel.get("parcel")), rules.read_uid(parcel.get("seat"))
    if uid is None or seat_uid is None:
        raise rules.ParcelUnreadable()
    text, proof = open_sealed(parcel, carrier.at)
    owner = _owner(seat_uid, carrier)
    if not hmac.compare_digest(rules.seal_proof(owner.key, text.encode()), proof):
        raise rules.ParcelUnreadable()
    try:
        batch = rules.read_batch(json.loads(text))
    except ValueError:
        raise rules.ParcelUnreadable() from None
    digest = hashlib.sha256(text.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into fieldwork_parcel (uid, unit_id, enrollment_id, carried_by_id, digest, items_count, receipt,"
            " received_at) values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (uid) do nothing returning id",
            [uid, owner.unit, owner.enrollment, carrier.enrollment, digest, len(batch.items), _receipt(uid), owner.at],
        )
        is_new = cursor.fetchone() is not None
        if not is_new:
            cursor.execute("select digest from fieldwork_parcel where uid = %s", [uid])
            there = cursor.fetchone()
            if there is None or bytes(there[0]) != digest:  # the same name on other content would drop its records
                raise rules.ParcelUnreadable()
    if is_new:
        receive(owner, batch.items, clock=_clock(owner, batch.sent_at))
    return Delivered(str(uid), "delivered" if is_new else "already", len(batch.items), _receipt(uid))


def _clock(owner: Seat, sealed_at: datetime) -> Clock:
    """How long a parcel was carried nobody knows: when it was sealed is told by the owner's clock and its last skew."""
    with connection.cursor() as cursor:
        cursor.execute("select skew_seconds from fieldwork_enrollment where id = %s", [owner.enrollment])
        (skew,) = cursor.fetchone()
    true = sealed_at - timedelta(seconds=skew)
    return Clock(sealed_at, min(max(true, owner.enrolled_at), owner.at), owner.enrolled_at)


def _receipt(uid: UUID) -> str:
    return f"G-{uid.hex[:4]}-{uid.hex[-4:]}".upper()


def _owner(seat: UUID, carrier: Seat) -> Seat:
    """The owner's seat; its net is opened. Owner and carrier may belong to different communes.

    Refuses: ParcelUnreadable, PhoneRevoked, SeatClosed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select langso_key_of_seat(%s)", [seat])
        (key,) = cursor.fetchone()
    if key is None:
        raise rules.ParcelUnreadable()
    return seat_by_key(bytes(key), at=carrier.at)
