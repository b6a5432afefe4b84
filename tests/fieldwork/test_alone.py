"""One bad item hurts itself alone, whatever is in it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client

from langso.fieldwork import api, receiving
from langso.fieldwork.models import Record
from langso.villages.models import Household
from langso.visits.models import Visit
from tests.country import Country
from tests.factories import TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device, Item
from tests.teams.field import make_household, make_request, make_village

Bad = Callable[[Device, Field], Item]


class Deadlock(Exception):
    sqlstate = "40P01"


def send_raw(phone: Device, text: str) -> dict[str, dict[str, Any]]:
    answer = phone.client.post("/app/api/gui/", text, content_type="application/json", headers=phone.headers)
    assert answer.status_code == 200, answer.content[:300]
    return {a["uid"]: a for a in answer.json()["answers"]}


@pytest.mark.parametrize(
    "bad",
    [
        lambda p, g: p.household(g.village, "Vàng\0 Lìn"),
        lambda p, g: p.visit(g.household, note="a\0b"),
        lambda p, g: p.visit(g.household, note="\\u0000", on="2020-01-01"),
        lambda p, g: p.visit(g.household, note="\ud800"),
        lambda p, g: p.visit(g.household, made_at=datetime(9999, 12, 31, 23, 30, tzinfo=UTC)),
        lambda p, g: p.visit(g.household, made_at=datetime(1, 1, 2, tzinfo=UTC)),
        lambda p, g: p.edit(g.household.uid, {"head": "x\0"}, base=1),
    ],
    ids=["nul in a name", "nul in a note", "nul written out", "half a letter", "year 9999", "year 1", "nul in an edit"],
)
def test_a_bad_item_does_not_take_the_good_one_with_it(ground: Field, phone: Device, bad: Bad) -> None:
    good = phone.visit(make_household(ground.village, "Hộ tốt"))

    said = send_raw(phone, json.dumps(phone.batch([bad(phone, ground), good])))

    assert said[good["uid"]]["state"] == "written"
    assert len(said) == 2


def test_a_number_without_end_is_refused_alone(ground: Field, phone: Device) -> None:
    good, bad = phone.visit(ground.household), phone.visit(ground.household, on="2020-01-01", note="SỐ")

    said = send_raw(phone, json.dumps(phone.batch([good, bad])).replace('"S\\u1ed0"', "1e999"))

    assert (said[good["uid"]]["state"], said[bad["uid"]]["code"]) == ("written", "ItemUnreadable")


def test_what_the_app_says_of_itself_is_only_a_version(ground: Field, phone: Device) -> None:
    good = phone.visit(ground.household)

    said = send_raw(phone, json.dumps(phone.batch([good]) | {"app": "\0\ud800<b>"}))

    assert said[good["uid"]]["state"] == "written"


def test_the_number_of_a_household_elsewhere_is_refused_alone(ground: Field, country: Country, phone: Device) -> None:
    theirs = make_household(make_village(country.neighbour), "Hộ nơi khác")
    good, bad = phone.visit(ground.household), phone.household(ground.village, entity=theirs.uid)

    said = send_raw(phone, json.dumps(phone.batch([good, bad])))

    assert (said[good["uid"]]["state"], said[bad["uid"]]["code"]) == ("written", "EntityTaken")
    open_net()
    assert Visit.objects.count() == 1
    assert Household.objects.get(uid=theirs.uid).head_name == "Hộ nơi khác"


def test_two_that_waited_for_each_other_are_tried_once_more(ground: Field, phone: Device) -> None:
    real, calls = receiving.receive, []

    def first_time_dead(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("deadlock detected") from Deadlock()
        return real(*args, **more)

    with patch.object(api, "receive", first_time_dead):
        assert phone.send_one(phone.visit(ground.household))["state"] == "written"
    assert len(calls) == 2


def test_a_poisoned_parcel_leaves_the_others(ground: Field, phone: Device, other_phone: Device) -> None:
    poisoned = phone.parcel(phone.visit(ground.household, note="\\u0000", on="2020-01-01"))
    good = phone.parcel(phone.visit(ground.household))

    other_phone.carry(poisoned, good)

    open_net()
    assert Visit.objects.count() == 1
    assert Record.objects.filter(state="refused").count() == 1


def test_a_parcel_number_that_was_taken_is_not_answered_as_received(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    first = other_phone.parcel(other_phone.visit(make_household(ground.village, "Hộ hai")))
    second = phone.parcel(phone.visit(ground.household)) | {"parcel": first["parcel"]}
    other_phone.carry(first)

    (said,) = other_phone.carry(second)

    open_net()
    assert said["state"] != "already" or Visit.objects.count() == 2


def test_another_teams_households_requests_and_villages_are_not_written(ground: Field, phone: Device) -> None:
    household = make_household(ground.other_village, "Hộ tổ khác")
    request = make_request(ground.other_village, ground.other_team)
    body = {"request": str(request.uid), "result": "done", "note": "", "on": TODAY.isoformat()}
    meeting = {"village": str(ground.other_village.uid), "on": TODAY.isoformat(), "place": "Nhà văn hóa",
               "topics": ["vneid"], "attended": 20}  # fmt: skip

    said = phone.send(
        phone.item("answer", body),
        phone.visit(household),
        phone.edit(household.uid, {"head": "X"}, base=1),
        phone.item("gathering", meeting),
    )

    assert [s["state"] for s in said] == ["refused"] * 4, said
    open_net()
    assert Household.objects.get(pk=household.pk).head_name == "Hộ tổ khác"


def test_codes_that_are_right_are_never_too_many(ground: Field) -> None:
    for _ in range(30):
        assert Device.of(ground.may, phone=uuid4()).token


def test_wrong_codes_are_counted_by_the_address_that_the_proxy_notes(ground: Field, settings: Any) -> None:
    settings.SECURE = True
    body = json.dumps({"v": 1, "code": "ZZZZ-ZZZZ", "phone": {"uid": str(uuid4()), "label": "x"}, "app": "0"})

    def tried(address: str) -> int:
        header = {"X-Forwarded-For": f"198.51.100.9, {address}"}
        client = Client()
        return client.post("/app/api/ghi-danh/", body, content_type="application/json", headers=header).status_code

    assert {tried("203.0.113.7") for _ in range(21)} == {422, 429}
    assert tried("203.0.113.8") == 422
