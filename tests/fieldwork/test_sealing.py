"""The ledger is told of what phones sent, and notices when it was changed afterwards."""

from datetime import timedelta

from django.db import connection

from langso.fieldwork.models import Record, Seal
from langso.fieldwork.sealing import broken_seals, seal
from langso.ledger.models import Entry
from tests.factories import AT, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device

LATER = AT + timedelta(minutes=10)


def test_records_are_told_to_the_ledger_once(ground: Field, phone: Device) -> None:
    phone.send(phone.visit(ground.household), phone.household(ground.village))

    assert seal(at=AT) == 0  # too young: another transaction may still put one down below
    assert (seal(at=LATER), seal(at=LATER)) == (2, 0)
    line = Entry.objects.get(did="records.received")
    assert (line.facts["count"], line.facts["province"]) == (2, "08")
    assert broken_seals() == []


def test_a_record_that_was_changed_or_is_gone_is_noticed(ground: Field, phone: Device) -> None:
    phone.send(phone.visit(ground.household), phone.household(ground.village))
    seal(at=LATER)
    open_net()
    Record.objects.filter(kind="visit").update(digest=b"\0" * 32)

    assert len(broken_seals()) == 1


def test_the_next_round_begins_where_the_last_one_ended(ground: Field, phone: Device) -> None:
    phone.send(phone.visit(ground.household))
    seal(at=LATER)
    phone.send(phone.household(ground.village))
    seal(at=LATER)

    assert [s.count for s in Seal.objects.order_by("pk")] == [1, 1]
    assert broken_seals() == []
    assert connection.vendor == "postgresql"
