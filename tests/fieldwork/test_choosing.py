"""Two that disagree: a choice stands, everyone is told, and a correction is judged like any other."""

import hashlib
from datetime import timedelta
from uuid import uuid4

from langso.fieldwork import looking
from langso.fieldwork.models import Record
from langso.villages.models import Household, HouseholdVersion
from langso.visits.models import Tally, Visit
from tests.factories import AT, TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.teams.field import make_household, make_member

YESTERDAY = (TODAY - timedelta(days=1)).isoformat()


def test_what_a_person_chose_is_not_overwritten_unseen(ground: Field, phone: Device, other_phone: Device) -> None:
    uid = ground.household.uid
    phone.send(phone.edit(uid, {"head": "A"}, base=1))
    other_phone.send(other_phone.edit(uid, {"head": "B"}, base=1))
    phone.send(phone.edit(uid, {"members": 7}, base=2))
    open_net()
    looking.choose_version(version=HouseholdVersion.objects.get(state="conflict"), take=True, by=None, at=AT)

    late = phone.send_one(phone.edit(uid, {"head": "C"}, base=3))  # drawn while A stood

    open_net()
    assert late["state"] == "conflict"
    assert Household.objects.get(uid=uid).head_name == "B"


def test_all_who_came_on_that_day_hear_what_was_chosen(ground: Field, phone: Device, other_phone: Device) -> None:
    third = Device.of(make_member(ground.team, "Sùng Thị Mai"))
    phone.send(phone.visit(ground.household))
    second = other_phone.send_one(other_phone.visit(ground.household))
    third.send(third.visit(ground.household))
    open_net()

    looking.choose_visit(visit=Visit.objects.get(uid=second["uid"]), choice="this", by=None, at=AT)

    assert not Visit.objects.filter(state="doubled").exists()
    assert not Record.objects.filter(state="conflict").exists()
    assert Visit.objects.standing().filter(state="counted").count() == 1


def test_a_signature_without_its_picture_is_no_signature(ground: Field, phone: Device) -> None:
    phone.send(phone.visit(ground.household, proof={"kind": "signature"}))

    open_net()
    assert Visit.objects.get().proof == "none"


def test_a_correction_onto_a_day_that_counts_already_counts_once(ground: Field, phone: Device) -> None:
    phone.send(phone.visit(ground.household, on=YESTERDAY))
    second = phone.send_one(phone.visit(ground.household))

    phone.send(phone.visit(ground.household, on=YESTERDAY, corrects=second["uid"]))

    open_net()
    assert Visit.objects.standing().filter(state="counted").count() == 1


def test_a_correction_onto_a_day_of_its_own_counts(ground: Field, phone: Device) -> None:
    phone.send(phone.visit(ground.household))
    second = phone.send_one(phone.visit(ground.household))

    phone.send(phone.visit(ground.household, on=YESTERDAY, corrects=second["uid"]))

    open_net()
    assert Visit.objects.standing().filter(state="counted").count() == 2


def test_a_correction_onto_another_persons_household_waits_for_a_choice(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    phone.send(phone.visit(ground.household))
    theirs = other_phone.send_one(other_phone.visit(make_household(ground.village, "Hộ khác")))

    said = other_phone.send_one(other_phone.visit(ground.household, corrects=theirs["uid"]))

    open_net()
    assert said["state"] == "conflict"
    assert Visit.objects.standing().filter(household=ground.household, state="counted").count() == 1


def test_a_gathering_sent_as_a_new_one_again_is_counted_once(ground: Field, phone: Device) -> None:
    body = {"village": str(ground.village.uid), "on": TODAY.isoformat(), "place": "Nhà văn hóa", "topics": ["vneid"],
            "attended": 40}  # fmt: skip
    phone.send(phone.item("gathering", body))

    again = phone.send_one(phone.item("gathering", body | {"place": "NHÀ VĂN HOÁ"}))

    open_net()
    assert again["code"] == "SameGathering"
    assert Tally.objects.get(village=ground.village, topic="", month=f"{TODAY:%Y-%m}").gatherings_count == 1


def test_a_refused_correction_that_is_taken_over_corrects(ground: Field, phone: Device) -> None:
    first = phone.send_one(phone.visit(ground.household, on=(TODAY - timedelta(days=2)).isoformat()))
    late = (TODAY - timedelta(days=200)).isoformat()
    second = phone.send_one(phone.visit(ground.household, corrects=first["uid"], on=late))
    assert second["state"] == "refused"
    open_net()

    looking.take_over(
        record=Record.objects.get(uid=second["uid"]),
        household=ground.household,
        on=TODAY - timedelta(days=1),
        by=None,
        province_code="08",
        at=AT,
    )

    assert Visit.objects.standing().count() == 1


def test_the_photos_of_a_refused_visit_come_all_the_same(ground: Field, phone: Device) -> None:
    content = b"\xff\xd8\xff" + b"1" * 100
    photo = {"uid": str(uuid4()), "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
             "type": "image/jpeg"}  # fmt: skip
    late = (TODAY - timedelta(days=200)).isoformat()
    assert phone.send_one(phone.visit(ground.household, on=late, photos=[photo]))["state"] == "refused"

    sent = phone.client.post(
        f"/app/api/anh/{photo['uid']}/?tu=0", content, content_type="application/octet-stream", headers=phone.headers
    )

    assert sent.status_code == 200
