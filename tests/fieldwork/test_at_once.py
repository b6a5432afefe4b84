"""Phones of one commune at the same moment: one after the other, never in a circle; what waits costs nobody else."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from langso.fieldwork import receiving, rules
from langso.fieldwork.caller import seat_of
from langso.fieldwork.enrolling import issue_code
from langso.people.permits import enter_as_machine
from langso.teams.models import Member
from langso.villages.models import Household, HouseholdVersion
from langso.visits.desk_writing import record_visit
from langso.visits.models import Visit
from tests.conftest import World
from tests.factories import TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.teams.field import make_household, make_member, make_team, make_village


@pytest.fixture
def phones(committing: World) -> Any:
    with transaction.atomic():
        enter_as_machine(on=TODAY)
        village = make_village(committing.country.merged, "Thôn Nậm Ty")
        team = make_team(committing.country.merged, village, name="Tổ Nậm Ty")
        members = [make_member(team, name) for name in ("Lù Văn An", "Lù Văn Bình")]
        codes = [issue_code(member=member, by=None, at=timezone.now())[1] for member in members]
        households = [make_household(village), make_household(village)]
    yield [Device.by_code(code) for code in codes], households
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate teams_team, fieldwork_record cascade")
    connections["owner"].close()


def _take(phone: Device, *items: dict[str, Any]) -> list[str]:
    seat = seat_of(phone.token, at=timezone.now())
    read = [item for item in map(rules.read_item, items) if isinstance(item, rules.Item)]
    return [answer.state for answer in receiving.receive(seat, read)]


def test_two_phones_of_a_commune_never_wait_for_each_other_in_a_circle(
    phones: tuple[list[Device], list[Household]],
) -> None:
    """The first has counted a visit and then needs a household that the second would hold while it waits to count."""
    (an, binh), (one, two) = phones
    counted = Event()

    def first() -> list[str]:
        try:
            with transaction.atomic():
                states = _take(an, an.visit(one))
                counted.set()
                sleep(0.5)
                return states + _take(an, an.edit(two.uid, {"members": 3}, base=1))
        finally:
            connection.close()

    def second() -> list[str]:
        try:
            counted.wait(10)
            with transaction.atomic():
                return _take(binh, binh.edit(two.uid, {"needs": ["vneid"]}, base=1), binh.visit(two))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        states = [work.result() for work in (pool.submit(first), pool.submit(second))]

    assert states == [["written", "written"], ["written", "written"]]
    with transaction.atomic():
        enter_as_machine(on=TODAY)
        assert Visit.objects.count() == 2
        assert Household.objects.get(pk=two.pk).version == 3


def test_a_desk_waits_its_turn_behind_a_phone(phones: tuple[list[Device], list[Household]]) -> None:
    """The phone has counted a visit and then needs the household that the desk would hold while it waits to count."""
    (an, _), (one, two) = phones
    counted = Event()

    def phone() -> list[str]:
        try:
            with transaction.atomic():
                states = _take(an, an.visit(one))
                counted.set()
                sleep(0.5)
                return states + _take(an, an.edit(two.uid, {"members": 3}, base=1))
        finally:
            connection.close()

    def desk() -> str:
        try:
            counted.wait(10)
            with transaction.atomic():
                enter_as_machine(on=TODAY)
                member = Member.objects.get(full_name="Lù Văn Bình")
                made = record_visit(
                    household=two, member=member, uid=uuid4(), on=TODAY, topics=["vneid"], result="able", note="",
                    by=None, at=timezone.now(),
                )  # fmt: skip
                return made.state
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = [work.result() for work in (pool.submit(phone), pool.submit(desk))]

    assert told == [["written", "written"], "counted"]


def test_an_edit_whose_step_before_has_not_come_is_not_tried_with_every_batch(
    ground: Field, phone: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, tried = uuid4(), list[Any]()
    steps = [phone.edit(ground.household.uid, {"members": n}, trunk=1, base=n, branch=run) for n in (1, 2, 3)]
    write_again = receiving._write_again

    def told(rows: Any, **more: Any) -> int:
        tried.append(rows)
        return write_again(rows, **more)

    monkeypatch.setattr(receiving, "_write_again", told)

    assert [phone.send_one(step)["state"] for step in (steps[2], steps[1])] == ["held", "held"]
    phone.send_one(phone.visit(ground.household))
    assert not tried
    assert phone.send_one(steps[0])["state"] == "written"

    open_net()
    assert list(HouseholdVersion.objects.filter(branch=run).order_by("pk").values_list("base", flat=True)) == [1, 2, 3]
    assert len(tried) == 2
