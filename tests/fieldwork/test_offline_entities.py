"""The conformance list of ODK's offline entities (central-backend, test/integration/api/offline-entities.js), each case
with its name there: households edited on phones without signal."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, connections, transaction
from django.utils import timezone

from langso.fieldwork.caller import seat_of
from langso.fieldwork.models import Record
from langso.fieldwork.receiving import force_overdue, receive
from langso.fieldwork.rules import Item, digest_of
from langso.people.permits import enter_as_machine
from langso.villages.households import choose
from langso.villages.models import Household, HouseholdVersion
from tests.conftest import World
from tests.factories import AT, TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device


def household(entity: UUID) -> Household:
    open_net()
    return Household.objects.get(uid=entity)


def state_of(answer: dict[str, Any]) -> str:
    open_net()
    return str(Record.objects.get(uid=answer["uid"]).state)


def test_in_order(ground: Field, phone: Device) -> None:
    entity, branch = uuid4(), uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    first = phone.edit(entity, {"members": 5}, trunk=1, base=1, branch=branch)
    second = phone.edit(entity, {"members": 6}, trunk=1, base=2, branch=branch)
    third = phone.edit(entity, {"needs": ["dvc"]}, trunk=1, base=3, branch=branch)

    assert [a["state"] for a in phone.send(first, second, third)] == ["written"] * 3
    assert (household(entity).members_count, household(entity).needs, household(entity).version) == (6, 1, 4)


def test_interrupted_by_an_edit_of_someone_else(ground: Field, phone: Device, other_phone: Device) -> None:
    """Another field: both apply. The same field: both are kept, someone must choose."""
    entity, branch = uuid4(), uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    phone.send(phone.edit(entity, {"members": 5}, trunk=1, base=1, branch=branch))
    other_phone.send(other_phone.edit(entity, {"needs": ["vneid"]}, base=2))

    same_run = phone.send_one(phone.edit(entity, {"members": 6}, trunk=1, base=2, branch=branch))
    clash = other_phone.send_one(other_phone.edit(entity, {"members": 9}, base=2))

    assert same_run["state"] == "written"
    assert (clash["state"], clash["code"]) == ("conflict", "SameField")
    assert "số người" in clash["says"]
    now = household(entity)
    assert (now.members_count, now.needs) == (6, 2)
    assert now.versions.filter(state="conflict").count() == 1


def test_a_conflict_is_chosen_by_a_person_and_both_stay_on_record(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    entity = uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    phone.send(phone.edit(entity, {"head": "Vàng Seo Lình"}, base=1))
    other_phone.send(other_phone.edit(entity, {"head": "Vàng Seo Lềnh"}, base=1))
    open_net()
    kept = HouseholdVersion.objects.get(state="conflict")
    choose(version=kept, take=True, by=None, at=AT)

    assert household(entity).head_name == "Vàng Seo Lềnh"
    assert household(entity).versions.count() == 4  # what was chosen is a version of its own


def test_backwards(ground: Field, phone: Device) -> None:
    entity, branch = uuid4(), uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    edits = [phone.edit(entity, {"members": 5 + i}, trunk=1, base=1 + i, branch=branch) for i in range(3)]

    answers = [phone.send_one(edit) for edit in reversed(edits)]

    assert [a["state"] for a in answers] == ["held", "held", "written"]
    assert [state_of(a) for a in answers] == ["written"] * 3
    assert household(entity).members_count == 7
    assert list(household(entity).versions.order_by("version").values_list("base", flat=True)) == [0, 1, 2, 3]


def test_backwards_in_one_batch(ground: Field, phone: Device) -> None:
    entity, branch = uuid4(), uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    edits = [phone.edit(entity, {"members": 5 + i}, trunk=1, base=1 + i, branch=branch) for i in range(3)]

    assert [a["state"] for a in phone.send(*reversed(edits))] == ["written"] * 3
    assert household(entity).members_count == 7


def test_create_after_update(ground: Field, phone: Device) -> None:
    entity, branch = uuid4(), uuid4()
    made = phone.household(ground.village, entity=entity)
    first = phone.edit(entity, {"members": 5}, trunk=0, base=1, branch=branch)
    second = phone.edit(entity, {"members": 6}, trunk=0, base=2, branch=branch)

    held = phone.send(second, first)
    created = phone.send_one(made)

    assert {a["state"] for a in held} == {"held"}
    assert created["state"] == "written"
    assert [state_of(a) for a in held] == ["written", "written"]
    assert (household(entity).members_count, household(entity).version) == (6, 3)


def test_what_was_held_is_told_to_the_phone_when_it_is_written(ground: Field, phone: Device) -> None:
    entity = uuid4()
    held = phone.send_one(phone.visit(entity))
    phone.pull()
    phone.send_one(phone.household(ground.village, entity=entity))

    told = {r["uid"]: r for r in phone.pull()["records"]}
    assert held["state"] == "held"
    assert (told[held["uid"]]["state"], told[held["uid"]]["receipt"]) == ("written", held["receipt"])


def test_twice(ground: Field, phone: Device) -> None:
    entity, branch = uuid4(), uuid4()
    made = phone.household(ground.village, entity=entity)
    edit = phone.edit(entity, {"members": 5}, trunk=1, base=1, branch=branch)
    for _ in range(2):
        assert {a["state"] for a in phone.send(made, edit)} == {"written"}

    assert household(entity).versions.count() == 2


def test_forced_after_a_deadline(ground: Field, phone: Device) -> None:
    """The step before never came: after five days the edit is written without it, and says so."""
    entity, branch = uuid4(), uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    held = phone.send_one(phone.edit(entity, {"members": 7}, trunk=1, base=2, branch=branch))
    orphan = phone.send_one(phone.visit(uuid4()))
    early = _force(days=4)
    late = _force(days=6)

    assert (held["state"], orphan["state"]) == ("held", "held")
    assert (early, late) == (0, 2)
    assert household(entity).members_count == 7
    assert household(entity).versions.filter(state="forced").count() == 1
    told = {r["uid"]: r for r in phone.pull()["records"]}
    assert "chưa tới sau 5 ngày" in told[held["uid"]]["says"]
    assert (told[orphan["uid"]]["state"], told[orphan["uid"]]["code"]) == ("refused", "HouseholdUnknown")


def _force(*, days: int) -> int:
    with transaction.atomic():
        at = timezone.now() + timedelta(days=days)
        enter_as_machine(on=at.date())
        return force_overdue(at=at)


def test_the_step_that_comes_after_it_was_forced_is_still_kept(ground: Field, phone: Device) -> None:
    entity, branch = uuid4(), uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    first = phone.edit(entity, {"needs": ["dvc"]}, trunk=1, base=1, branch=branch)
    phone.send(phone.edit(entity, {"members": 7}, trunk=1, base=2, branch=branch))
    _force(days=6)

    assert phone.send_one(first)["state"] == "written"
    assert (household(entity).members_count, household(entity).needs) == (7, 1)


def test_deleted_form_a_household_that_has_left_takes_no_visit_after_that_day(ground: Field, phone: Device) -> None:
    entity = uuid4()
    phone.send(phone.household(ground.village, entity=entity))
    phone.send(phone.item("household", {"entity": str(entity), "trunk": 1, "base": 1, "fields": {}, "gone": True}))
    open_net()
    Household.objects.filter(uid=entity).update(gone_on=TODAY - timedelta(days=2))

    answer = phone.send_one(phone.visit(entity))
    before = phone.send_one(phone.visit(entity, on=(TODAY - timedelta(days=3)).isoformat()))

    assert (answer["state"], answer["code"]) == ("refused", "HouseholdGone")
    assert before["state"] == "written"


def test_concurrent_create_and_update(committing: World) -> None:
    """Whichever comes first, nothing is left waiting."""
    from langso.villages.models import Village
    from tests.fieldwork.standing import stand_ground

    token, village = stand_ground(committing)
    assert Village.objects.filter(uid=village).exists()
    for _ in range(8):
        entity, branch = uuid4(), uuid4()
        create = {
            "entity": str(entity),
            "trunk": 0,
            "base": 0,
            "fields": {"village": str(village), "head": "Lù Seo Páo"},
        }
        update = {"entity": str(entity), "trunk": 0, "base": 1, "branch": str(branch), "fields": {"members": 3}}
        gate = threading.Barrier(2)

        def run(body: dict[str, object], gate: threading.Barrier = gate) -> None:
            try:
                gate.wait()
                with transaction.atomic():
                    seat = seat_of(token, at=AT)
                    receive(seat, [Item(uuid4(), "household", body, AT, 0, digest_of("household", body))])
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(body,)) for body in (create, update)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with transaction.atomic():
            from langso.fieldwork.receiving import replay

            replay(seat_of(token, at=AT), at=AT)
            assert Household.objects.get(uid=entity).members_count == 3
    with transaction.atomic():
        seat_of(token, at=AT)
        assert not Record.objects.exclude(state="written").exists()
    connection.close()
