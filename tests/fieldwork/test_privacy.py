"""What is not to be known is not told, and what is to be forgotten is forgotten everywhere."""

import hashlib
import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from psycopg.types.range import Range

from langso.fieldwork import erasing
from langso.fieldwork.models import PhotoPiece, Record
from langso.teams.models import Member
from langso.villages.household_rules import ERASED, nameless
from langso.villages.models import Household, HouseholdVersion
from langso.visits.models import Visit
from tests.cast import Cast
from tests.factories import AT, TODAY, open_net, visitor
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.teams.field import make_request

NAME = "Vàng Thị Dín"


def end_term(member: Member, on: date) -> None:
    open_net()
    Member.objects.filter(pk=member.pk).update(valid=Range(date(2025, 7, 1), on))


def test_who_has_left_gets_no_households_but_may_send_what_was_written(ground: Field, phone: Device) -> None:
    phone.pull()
    end_term(ground.may, TODAY - timedelta(days=3))

    window = phone.pull()

    assert (window["whole"], window["households"]["rows"], window["requests"]) == (True, [], [])
    written = phone.clock - timedelta(days=4)
    on = (TODAY - timedelta(days=4)).isoformat()
    (said,) = phone.send(phone.visit(ground.household, on=on, made_at=written))
    assert said["code"] != "MemberLeft"


def test_after_thirty_days_the_book_is_closed_in_words(ground: Field, phone: Device) -> None:
    end_term(ground.may, TODAY - timedelta(days=40))

    answer = phone.client.get("/app/api/so/", headers=phone.headers)

    assert answer.status_code == 401
    assert answer.json()["code"] == "MemberLeft"
    assert NAME not in answer.content.decode()


@pytest.mark.parametrize("address", ["list/ho.csv", "formList", "manifest/luot_den_ho"])
def test_collect_of_who_has_left_gets_nothing(ground: Field, phone: Device, address: str) -> None:
    end_term(ground.may, TODAY - timedelta(days=3))

    answer = phone.client.get(f"/odk/{phone.token}/{address}")

    assert answer.status_code != 200
    assert NAME not in answer.content.decode()


def test_an_erased_household_is_gone_from_what_phones_sent_and_stays_so(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    uid, content = ground.household.uid, b"\xff\xd8\xff" + b"1" * 100
    picture = {"uid": str(uuid4()), "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
               "type": "image/jpeg"}  # fmt: skip
    phone.send(phone.edit(uid, {"head": "Tên Một"}, base=1))
    other_phone.send(other_phone.edit(uid, {"head": "Tên Hai"}, base=1))
    phone.send(phone.visit(ground.household, note="chuyện riêng", photos=[picture]))
    other_phone.send(other_phone.visit(ground.household, note="chuyện riêng"))
    sent = phone.client.post(
        f"/app/api/anh/{picture['uid']}/?tu=0", content, content_type="application/octet-stream", headers=phone.headers
    )
    assert sent.status_code == 200
    open_net()
    assert PhotoPiece.objects.exists()

    erasing.erase_household(household=Household.objects.get(uid=uid), by=None, at=AT)
    before = phone.clock - timedelta(days=1)
    on, more = (TODAY - timedelta(days=1)).isoformat(), picture | {"uid": str(uuid4())}
    late = phone.send(
        phone.edit(uid, {"head": NAME, "members": 5}, base=1),
        phone.visit(uid, on=on, made_at=before, note="Tên Ba", photos=[more]),
        phone.item("submission", {"form": "x", "version": "1", "answers": {}, "household": str(uid), "on": on}),
    )
    again = phone.client.get(f"/app/api/anh/{picture['uid']}/", headers=phone.headers).json()
    unknown = phone.client.get(f"/app/api/anh/{more['uid']}/", headers=phone.headers)

    open_net()
    assert {a["code"] for a in late} == {"HouseholdErased"}
    assert (again["have"], again["done"]) == (0, True)  # the phone is not asked for it again
    assert unknown.status_code == 409  # it was never announced
    assert Household.objects.get(uid=uid).head_name == ERASED
    kept = [json.dumps(b, ensure_ascii=False) for b in Record.objects.exclude(body=None).values_list("body", flat=True)]
    assert not [b for b in kept if "Tên" in b or "chuyện riêng" in b]
    assert not PhotoPiece.objects.exists()
    assert not Visit.objects.exclude(note="").exists()


def test_a_household_that_says_no_is_kept_without_its_name(ground: Field, phone: Device) -> None:
    entity = uuid4()

    said = phone.send_one(phone.household(ground.village, NAME, entity=entity, consent="no"))

    open_net()
    household = Household.objects.get(uid=entity)
    assert said["state"] == "written"
    assert household.head_name == nameless(entity) == f"Hộ không ghi tên {entity.hex[-4:].upper()}"
    assert NAME not in json.dumps(list(household.versions.values_list("fields", "before")), ensure_ascii=False)


def test_a_no_said_later_takes_the_name_out_of_row_versions_and_phones(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    entity = uuid4()
    phone.send(phone.household(ground.village, NAME, entity=entity, consent="yes"))
    phone.send(phone.edit(entity, {"head": f"Bà {NAME}"}, base=1))

    phone.send(phone.edit(entity, {"consent": "no"}, base=2))
    late = other_phone.send_one(other_phone.edit(entity, {"head": f"Cụ {NAME}", "members": 6}, base=1))

    open_net()
    household = Household.objects.get(uid=entity)
    assert late["state"] == "written"
    assert (household.head_name, household.members_count) == (nameless(entity), 6)
    versions = HouseholdVersion.objects.filter(household=household).values_list("fields", "before")
    assert NAME not in json.dumps(list(versions), ensure_ascii=False)
    assert nameless(entity) in json.dumps(phone.pull(again=True), ensure_ascii=False)


def test_a_yes_after_the_no_brings_the_name_that_is_said_then(ground: Field, phone: Device) -> None:
    entity = uuid4()
    phone.send(phone.household(ground.village, NAME, entity=entity, consent="no"))

    phone.send(phone.edit(entity, {"consent": "yes", "head": "Giàng Thị Say"}, base=1))

    open_net()
    assert Household.objects.get(uid=entity).head_name == "Giàng Thị Say"


def test_only_the_commune_reads_whose_household_note_and_request_it_is(
    ground: Field, phone: Device, cast: Cast
) -> None:
    said = phone.send_one(phone.visit(ground.household, note="CCCD 012345"))
    request = make_request(ground.village, ground.team, code="AB12CD34")
    open_net()
    visit = Visit.objects.get(uid=said["uid"])
    pages = [f"/luot/{visit.pk}/", "/luot/?xa=00001", "/yeu-cau/", "/yeu-cau/?tai=csv", f"/yeu-cau/{request.pk}/",
             f"/ho/{ground.household.pk}/ghi-luot/", "/yeu-cau/?q=hoang"]  # fmt: skip
    secret = (NAME, "CCCD 012345", request.name, request.phone, request.code, "Điện thoại của mẹ")

    for player in (cast.province_admin, cast.appraiser, cast.editor, cast.ministry_admin):
        browser = visitor(player)
        told = {(page, s) for page in pages for s in secret if s in browser.get(page).content.decode()}
        assert not told, player
    read = visitor(cast.officer).get(f"/yeu-cau/{request.pk}/").content.decode()
    assert request.name in read
    assert request.code in read
