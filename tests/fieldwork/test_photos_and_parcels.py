"""Photos come after the text and go on where they stopped; parcels are carried unread."""

import hashlib
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from PIL import Image

from langso.fieldwork import photos
from langso.fieldwork.models import Enrollment, Parcel, Photo, PhotoPiece
from langso.visits.models import Visit
from tests.factories import TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.teams.field import make_household


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 80).convert("RGB").save(out, "JPEG", quality=70)
    return out.getvalue()


def with_photo(phone: Device, ground: Field, content: bytes) -> tuple[dict[str, Any], str]:
    uid = str(uuid4())
    said = {"uid": uid, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "type": "image/jpeg"}
    return phone.visit(ground.household, photos=[said]), uid


def push(phone: Device, uid: str, start: int, content: bytes) -> dict[str, Any]:
    answer = phone.client.post(
        f"/app/api/anh/{uid}/?tu={start}", content, content_type="application/octet-stream", headers=phone.headers
    )
    found: dict[str, Any] = answer.json()
    return found | {"status": answer.status_code}


def test_a_photo_comes_in_pieces_and_goes_on_where_it_stopped(ground: Field, phone: Device, jpeg: bytes) -> None:
    item, uid = with_photo(phone, ground, jpeg)
    assert push(phone, uid, 0, jpeg)["code"] == "TextFirst"
    phone.send(item)
    cut = len(jpeg) // 3
    assert push(phone, uid, 0, jpeg[:cut])["have"] == cut
    assert push(phone, uid, 0, jpeg[:cut])["have"] == cut
    assert push(phone, uid, cut + 5, jpeg[cut + 5 :])["have"] == cut
    done = push(phone, uid, cut, jpeg[cut:])

    assert (done["have"], done["done"]) == (len(jpeg), True)
    open_net()
    photo = Photo.objects.get(uid=uid)
    assert photos.read(photo.pk) == jpeg
    assert photo.content_type == "image/jpeg"
    assert phone.client.get(f"/app/api/anh/{uid}/", headers=phone.headers).json()["done"] is True


def test_bytes_that_are_not_the_photo_are_thrown_away(ground: Field, phone: Device, jpeg: bytes) -> None:
    item, uid = with_photo(phone, ground, jpeg)
    phone.send(item)

    wrong = push(phone, uid, 0, jpeg[:-1] + b"x")
    assert (wrong["have"], wrong["done"]) == (0, False)
    open_net()
    assert not PhotoPiece.objects.exists()
    assert push(phone, uid, 0, jpeg)["done"] is True


def test_more_than_was_announced_and_what_is_no_picture_are_refused(ground: Field, phone: Device) -> None:
    page = b"<html>sign in to the wifi</html>"
    item, uid = with_photo(phone, ground, page)
    phone.send(item)

    assert push(phone, uid, 0, page + b"more")["code"] == "PhotoTooLarge"
    assert push(phone, uid, 0, page)["done"] is False


def test_a_photo_of_another_team_does_not_exist(ground: Field, phone: Device, jpeg: bytes) -> None:
    item, uid = with_photo(phone, ground, jpeg)
    phone.send(item)

    assert push(Device.of(ground.other_member), uid, 0, jpeg)["code"] == "TextFirst"


def test_a_photo_is_not_taken_by_another_team_that_names_it(ground: Field, phone: Device, jpeg: bytes) -> None:
    item, uid = with_photo(phone, ground, jpeg)
    phone.send(item)
    thief, theirs = Device.of(ground.other_member), make_household(ground.other_village)

    thief.send(thief.visit(theirs, photos=item["body"]["photos"]))

    assert Photo.objects.get(uid=uid).record_uid == UUID(item["uid"])


def test_a_parcel_is_delivered_by_another_phone_in_the_name_of_its_owner(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    parcel = phone.parcel(phone.visit(ground.household, note="Riêng của chị Mẩy"))
    first, again = other_phone.carry(parcel)[0], other_phone.carry(parcel)[0]

    assert (first["state"], first["count"], again["state"]) == ("delivered", 1, "already")
    assert first["receipt"].startswith("G-")
    assert "Riêng" not in str(parcel)
    open_net()
    assert Visit.objects.get().member_id == ground.may.pk
    assert Parcel.objects.get().carried_by.member_id == ground.sinh.pk
    told = phone.pull()["records"]
    assert [r["state"] for r in told] == ["written"]


def test_a_parcel_and_the_phone_itself_deliver_one_record(ground: Field, phone: Device, other_phone: Device) -> None:
    item = phone.visit(ground.household)
    other_phone.carry(phone.parcel(item))
    phone.send(item)

    open_net()
    assert Visit.objects.count() == 1


def test_how_long_a_parcel_was_carried_does_not_move_the_day(ground: Field, other_phone: Device) -> None:
    """Sealed three days ago by a clock two hours ahead; heard before, so its skew is known."""
    phone = Device.of(ground.may, skew=timedelta(hours=2))
    phone.pull()
    phone.send(phone.visit(ground.household, on=(TODAY - timedelta(days=9)).isoformat()))
    open_net()
    Enrollment.objects.update(enrolled_at=timezone.now() - timedelta(days=30))
    phone.skew -= timedelta(days=3)
    day = (TODAY - timedelta(days=3)).isoformat()
    parcel = phone.parcel(phone.visit(ground.household, on=day))
    other_phone.carry(parcel)

    open_net()
    assert Visit.objects.filter(visited_on=day).count() == 1


@pytest.mark.parametrize("spoil", ["data", "epk", "iv", "seat"])
def test_a_parcel_that_was_tampered_with_is_refused_in_words(
    ground: Field, phone: Device, other_phone: Device, spoil: str
) -> None:
    parcel = phone.parcel(phone.visit(ground.household))
    parcel[spoil] = str(uuid4()) if spoil == "seat" else "A" + parcel[spoil][1:-2] + "AA"
    (answer,) = other_phone.carry(parcel)

    assert answer["state"] == "refused"
    assert answer["says"]
    open_net()
    assert not Visit.objects.exists()


def test_a_good_parcel_beside_a_bad_one_is_delivered(ground: Field, phone: Device, other_phone: Device) -> None:
    bad, good = {"v": 1, "parcel": "x"}, phone.parcel(phone.visit(ground.household))

    assert [a["state"] for a in other_phone.carry(bad, good)] == ["refused", "delivered"]
