"""A code works once; a lost phone is not heard any more; strangers get nothing."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from psycopg.types.range import Range

from langso.fieldwork import enrolling, rules
from langso.fieldwork.caller import TRIES
from langso.fieldwork.enrolling import revoke_phone
from langso.fieldwork.models import Enrollment, Phone
from langso.visits.models import Visit
from tests.country import Country
from tests.factories import AT, TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device, enrollment_code
from tests.teams.field import make_member, make_team, make_village


@pytest.fixture(autouse=True)
def _no_tries(db: None) -> None:
    cache.clear()


def enroll(code: str, **more: object) -> dict[str, object]:
    body = {"v": 1, "code": code, "phone": {"uid": str(uuid4()), "label": "Máy Nokia"}, "app": "0.3.0"} | more
    answer = Client().post("/app/api/ghi-danh/", json.dumps(body), content_type="application/json")
    said: dict[str, object] = answer.json()
    return said | {"status": answer.status_code}


def test_a_code_works_once_however_it_is_typed(ground: Field) -> None:
    code = enrollment_code(ground.may)
    first = enroll(f" {code.lower().replace('-', ' ')} ")
    second = enroll(code)

    assert first["status"] == 200
    assert first["member"] == {"uid": str(ground.may.uid), "name": "Vàng Thị Mẩy", "address": "chị", "role": "leader"}
    assert first["place"] == "Xã Bản Vược"
    assert (second["status"], second["code"]) == (422, "CodeUsed")


def test_neither_code_nor_token_is_kept(ground: Field, phone: Device) -> None:
    open_net()
    row = Enrollment.objects.get(member=ground.may)

    assert bytes(row.token_digest or b"") == rules.token_digest(phone.token)
    assert phone.token not in str(vars(row))


def test_an_expired_code_and_a_wrong_one_are_told_apart(ground: Field) -> None:
    code = enrollment_code(ground.may)
    open_net()
    Enrollment.objects.update(code_until=AT - timedelta(days=1))

    assert enroll(code)["code"] == "CodeExpired"
    assert enroll("AAAA-BBBB")["code"] == "CodeWrong"
    assert enroll("")["code"] == "CodeWrong"


def test_codes_may_not_be_tried_without_end(ground: Field) -> None:
    answers = [enroll("AAAA-BBBB")["code"] for _ in range(TRIES + 2)]

    assert answers[-1] == "TooManyTries"
    assert answers[0] == "CodeWrong"


def test_a_member_who_has_left_gets_no_code(ground: Field) -> None:
    open_net()
    ground.may.valid = Range(ground.may.valid.lower, TODAY)
    with pytest.raises(enrolling.MemberGone):
        enrolling.issue_code(member=ground.may, by=None, at=AT)


def test_a_revoked_phone_is_told_why_and_everyone_on_it_is_out(ground: Field, phone: Device) -> None:
    second = Device.of(ground.sinh, phone=phone.phone)
    open_net()
    enrolling.revoke_phone(phone=Phone.objects.get(uid=phone.phone), reason="Mất ở chợ", by=None, at=AT)

    for device in (phone, second):
        answer = device.client.get("/app/api/so/", headers=device.headers)
        assert answer.status_code == 401
        assert answer.json()["code"] == "PhoneRevoked"
        assert "20/11/2026" in answer.json()["says"]


def test_a_phone_found_again_goes_on_with_a_new_code_and_the_old_outbox(ground: Field, phone: Device) -> None:
    item = phone.visit(ground.household)
    first = phone.send_one(item)
    open_net()
    enrolling.revoke_phone(phone=Phone.objects.get(uid=phone.phone), reason="Mất", by=None, at=AT)
    again = Device.of(ground.may, phone=phone.phone)

    assert again.send_one(item) == first
    old = phone.client.get("/app/api/so/", headers=phone.headers)
    assert (old.status_code, old.json()["code"]) == (401, "PhoneRevoked")
    open_net()
    assert Visit.objects.count() == 1


def test_who_takes_the_book_off_the_phone_is_out(phone: Device) -> None:
    phone.client.post("/app/api/thoi/", headers=phone.headers)

    assert phone.client.get("/app/api/so/", headers=phone.headers).json()["code"] == "SeatClosed"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer " + "a" * 5000])
def test_a_stranger_gets_nothing(header: str, db: None) -> None:
    for address in ("/app/api/so/", f"/app/api/anh/{uuid4()}/"):
        answer = Client().get(address, headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.json()["code"]) == (401, "TokenUnknown")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"v":2}', b"\xff\xfe", b"[" * 100_000, b'{"v":1,"batch":"x","sent_at":1,"items":3}']
)
def test_a_body_that_is_no_batch_is_refused_in_words(phone: Device, body: bytes) -> None:
    answer = phone.client.post("/app/api/gui/", body, content_type="application/json", headers=phone.headers)

    assert answer.status_code == 422
    assert answer.json()["says"]


def test_a_huge_body_and_a_zip_bomb_are_refused(phone: Device) -> None:
    import gzip

    huge = phone.client.post(
        "/app/api/gui/", b"x" * (rules.LARGEST_BODY + 1), content_type="application/json", headers=phone.headers
    )
    bomb = phone.client.post(
        "/app/api/gui/",
        gzip.compress(b"0" * 50_000_000),
        content_type="application/json",
        headers=phone.headers | {"Content-Encoding": "gzip"},
    )
    assert (huge.status_code, bomb.status_code) == (413, 413)


def test_the_answer_to_enrolling_that_was_cut_off_is_asked_for_again(ground: Field) -> None:
    code, uid = enrollment_code(ground.may), uuid4()
    Device.by_code(code, phone=uid)

    again = Device.by_code(code, phone=uid)

    assert again.pull()["households"]["rows"]


def test_a_phone_that_another_commune_knows_is_enrolled_here_too(
    ground: Field, country: Country, phone: Device
) -> None:
    village = make_village(country.neighbour)
    elsewhere = make_member(make_team(country.neighbour, village), "Giàng A Páo")

    theirs = Device.of(elsewhere, phone=phone.phone)

    assert theirs.pull()["households"]["rows"] == []
    assert phone.pull()["households"]["rows"]


def test_what_a_lost_phone_wrote_keeps_its_days_when_it_is_found_again(ground: Field, phone: Device) -> None:
    open_net()
    Enrollment.objects.update(enrolled_at=AT - timedelta(days=20))
    revoke_phone(phone=Phone.objects.get(uid=phone.phone), reason="Mất máy", by=None, at=AT)
    found = Device.of(ground.may, phone=phone.phone)
    days = [TODAY - timedelta(days=n) for n in (5, 4, 3)]

    said = found.send(
        *(found.visit(ground.household, on=day.isoformat(), made_at=found.clock - (TODAY - day)) for day in days)
    )

    open_net()
    assert [s.get("code", "") for s in said] == ["", "", ""]
    assert list(Visit.objects.order_by("visited_on").values_list("visited_on", "state")) == [
        (day, "counted") for day in days
    ]


@pytest.mark.parametrize(
    ("verb", "call"),
    [("get", "ghi-danh"), ("get", "gui"), ("post", "so"), ("get", "goi"),
     ("get", "thoi"), ("delete", f"anh/{UUID(int=1)}")],
)  # fmt: skip
def test_a_call_of_another_verb_is_refused_in_words(ground: Field, phone: Device, verb: str, call: str) -> None:
    answer = getattr(phone.client, verb)(f"/app/api/{call}/", headers=phone.headers)

    assert (answer.status_code, answer.json()["code"]) == (405, "VerbWrong")
