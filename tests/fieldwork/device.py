"""A phone as the contract describes it, over the test client: enrols, writes items, sends, pulls, carries parcels."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client
from django.utils import timezone

from langso.fieldwork.enrolling import issue_code
from langso.fieldwork.rules import from_base64url, to_base64url
from langso.teams.models import Member
from langso.villages.models import Household, Village
from tests.factories import AT, TODAY, open_net

Item = dict[str, Any]


def enrollment_code(member: Member) -> str:
    open_net()
    return issue_code(member=member, by=None, at=timezone.now())[1]


@dataclass
class Device:
    """One person's book on one phone. `skew` is how far its clock is ahead."""

    token: str
    seat: str
    key: str
    client: Client
    phone: UUID
    skew: timedelta = timedelta(0)
    cursor: str = ""
    seq: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, member: Member, *, phone: UUID | None = None, skew: timedelta = timedelta(0)) -> "Device":
        return cls.by_code(enrollment_code(member), phone=phone, skew=skew)

    @classmethod
    def by_code(cls, code: str, *, phone: UUID | None = None, skew: timedelta = timedelta(0)) -> "Device":
        client, phone = Client(), phone or uuid4()
        body = {"v": 1, "code": code, "phone": {"uid": str(phone), "label": "Máy thử"}, "app": "0"}
        said = client.post("/app/api/ghi-danh/", json.dumps(body), content_type="application/json").json()
        return cls(said["token"], said["seat"], said["key"], client, phone, skew)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def clock(self) -> datetime:
        return timezone.now() + self.skew

    def item(
        self, kind: str, body: dict[str, Any], *, uid: UUID | None = None, made_at: datetime | None = None
    ) -> Item:
        self.seq += 1
        made = made_at or self.clock
        return {
            "uid": str(uid or uuid4()), "kind": kind, "seq": self.seq, "made_at": made.isoformat(), "body": body
        }  # fmt: skip

    def visit(self, household: Household | UUID | str, *, uid: UUID | None = None, **more: Any) -> Item:
        made_at = more.pop("made_at", None)
        entity = str(household.uid) if isinstance(household, Household) else str(household)
        body = {"household": entity, "on": TODAY.isoformat(), "topics": ["vneid"], "result": "able"} | more
        return self.item("visit", body, uid=uid, made_at=made_at)

    def household(
        self, village: Village | UUID, head: str = "Vàng Seo Lìn", *, entity: UUID | None = None, **more: Any
    ) -> Item:
        place = village.uid if isinstance(village, Village) else village
        fields = {"village": str(place), "head": head, "members": 4} | more
        return self.item("household", {"entity": str(entity or uuid4()), "trunk": 0, "base": 0, "fields": fields})

    def edit(
        self, entity: UUID, fields: dict[str, Any], *, base: int, trunk: int | None = None, branch: UUID | None = None
    ) -> Item:
        body: dict[str, Any] = {"entity": str(entity), "trunk": base if trunk is None else trunk, "base": base}
        return self.item("household", body | {"branch": str(branch) if branch else None, "fields": fields})

    def batch(self, items: Sequence[Item]) -> dict[str, Any]:
        return {
            "v": 1, "batch": str(uuid4()), "sent_at": self.clock.isoformat(), "app": "0.3.0", "unsent": len(items),
            "oldest": None, "items": list(items),
        }  # fmt: skip

    def send(self, *items: Item) -> list[dict[str, Any]]:
        """The answers, after checking that they answer this very batch."""
        batch = self.batch(items)
        answer = self.client.post(
            "/app/api/gui/", json.dumps(batch), content_type="application/json", headers=self.headers
        )
        assert answer.status_code == 200, answer.content.decode()
        said = answer.json()
        lines = "".join(f"{a['uid']} {a['state']} {a['receipt']}\n" for a in said["answers"])
        key = hashlib.sha256(self.token.encode()).digest()
        assert said["batch"] == batch["batch"]
        assert said["proof"] == hmac.new(key, f"{batch['batch']}\n{lines}".encode(), hashlib.sha256).hexdigest()
        answers: list[dict[str, Any]] = said["answers"]
        self.sent += answers
        return answers

    def send_one(self, item: Item) -> dict[str, Any]:
        (answer,) = self.send(item)
        return answer

    def pull(self, *, again: bool = False) -> dict[str, Any]:
        answer = self.client.get("/app/api/so/", {"tu": "" if again else self.cursor}, headers=self.headers)
        assert answer.status_code == 200, answer.content.decode()
        said: dict[str, Any] = answer.json()
        self.cursor = said["cursor"]
        return said

    def parcel(self, *items: Item) -> dict[str, Any]:
        """Sealed to the house, as the phone does it."""
        text = json.dumps(self.batch(items))
        key = hashlib.sha256(self.token.encode()).digest()
        proof = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(self.key))
        mine = ec.generate_private_key(ec.SECP256R1())
        secret = HKDF(hashes.SHA256(), 32, salt=b"", info=b"langso parcel 1").derive(mine.exchange(ec.ECDH(), theirs))
        iv = secrets.token_bytes(12)
        sealed = AESGCM(secret).encrypt(iv, json.dumps({"batch": text, "proof": proof}).encode(), None)
        epk = mine.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return {
            "v": 1, "parcel": str(uuid4()), "seat": self.seat, "epk": to_base64url(epk), "iv": to_base64url(iv),
            "data": to_base64url(sealed),
        }  # fmt: skip

    def carry(self, *parcels: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.client.post(
            "/app/api/goi/", json.dumps({"v": 1, "parcels": parcels}), content_type="application/json",
            headers=self.headers,
        )  # fmt: skip
        assert answer.status_code == 200, answer.content.decode()
        found: list[dict[str, Any]] = answer.json()["answers"]
        return found


assert AT.tzinfo is UTC
