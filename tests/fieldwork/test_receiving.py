"""Sent twice is written once; what is missing is waited for; two that disagree are both kept."""

from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from langso.fieldwork.models import Record
from langso.visits.models import Tally, Visit
from tests.factories import TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device


def tally(ground: Field, topic: str = "", *, commune: bool = False) -> tuple[int, int, int, int]:
    open_net()
    row = Tally.objects.get(
        unit=ground.village.unit_id, village=None if commune else ground.village, month="2026-11", topic=topic
    )
    return row.visits_count, row.reached_count, row.guided_count, row.confirmed_count


def test_a_visit_gets_a_receipt_that_begins_with_the_letters_of_its_commune(ground: Field, phone: Device) -> None:
    answer = phone.send_one(phone.visit(ground.household, topics=["vneid", "dvc"], note="Hẹn thứ Ba"))

    assert answer["state"] == "written"
    assert answer["receipt"].startswith("BV-")
    open_net()
    visit = Visit.objects.get(uid=answer["uid"])
    assert (visit.household_id, visit.member_id, visit.note) == (ground.household.pk, ground.may.pk, "Hẹn thứ Ba")
    assert tally(ground) == (1, 1, 1, 0)
    assert tally(ground, "dvc", commune=True) == (1, 0, 1, 0)


def test_the_same_item_again_gets_the_same_answer_and_changes_nothing(ground: Field, phone: Device) -> None:
    item = phone.visit(ground.household)
    first = phone.send_one(item)

    assert phone.send_one(item) == first
    assert phone.send(item, item) == [first, first]
    open_net()
    assert Visit.objects.count() == 1
    assert tally(ground) == (1, 1, 1, 0)


def test_the_same_uid_with_other_content_is_refused_and_the_first_stays(ground: Field, phone: Device) -> None:
    item = phone.visit(ground.household)
    phone.send_one(item)

    answer = phone.send_one({**item, "body": {**item["body"], "result": "not_yet"}})

    assert (answer["state"], answer["code"]) == ("refused", "OtherContent")
    open_net()
    assert Visit.objects.get().result == "able"


def test_the_order_of_keys_and_the_composition_of_letters_are_not_other_content(ground: Field, phone: Device) -> None:
    item = phone.visit(ground.household, note="Hoà")
    first = phone.send_one(item)
    body = dict(reversed(list({**item["body"], "note": "Hoa\u0300"}.items())))

    assert phone.send_one({**item, "body": body}) == first


def test_the_same_uid_from_another_team_is_refused(ground: Field, phone: Device) -> None:
    item = phone.visit(ground.household)
    phone.send_one(item)

    answer = Device.of(ground.other_member).send_one(item)

    assert (answer["state"], answer["code"]) == ("refused", "OtherTeam")


def test_one_bad_item_does_not_hold_up_the_others(ground: Field, phone: Device) -> None:
    answers = phone.send(
        phone.visit(ground.household, topics=[]),
        phone.visit(ground.household, on="2026-02-30"),
        phone.visit(ground.household, on="1900-01-01"),
        phone.visit(ground.household, on=(TODAY + timedelta(days=1)).isoformat()),
        phone.visit(ground.household, result="<b>"),
        phone.item("nothing", {}),
        phone.item("visit", {"household": 7}),
        phone.visit(ground.household),
    )

    assert sorted(a["state"] for a in answers) == ["refused"] * 7 + ["written"]
    assert all(a["says"] for a in answers if a["state"] == "refused")


def test_a_second_visit_of_the_same_person_and_day_is_kept_and_not_counted(ground: Field, phone: Device) -> None:
    phone.send_one(phone.visit(ground.household))
    again = phone.send_one(phone.visit(ground.household, topics=["dvc"]))

    assert again["state"] == "written"
    assert "không tính thêm" in again["says"]
    assert tally(ground) == (1, 1, 1, 0)


def test_two_members_on_one_day_are_both_kept_until_a_person_chooses(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    phone.send_one(phone.visit(ground.household))
    second = other_phone.send_one(other_phone.visit(ground.household, result="more"))

    assert (second["state"], second["code"]) == ("conflict", "SameDay")
    assert "Vàng Thị Mẩy" in second["says"]
    open_net()
    assert sorted(Visit.objects.values_list("state", flat=True)) == ["counted", "doubled"]
    assert tally(ground) == (1, 1, 1, 0)


def test_a_correction_takes_the_place_of_the_first_in_the_tallies(ground: Field, phone: Device) -> None:
    first = phone.visit(ground.household, topics=["vneid"], result="able")
    phone.send_one(first)
    answer = phone.send_one(phone.visit(ground.household, topics=["dvc"], result="not_yet", corrects=first["uid"]))

    assert answer["state"] == "written"
    assert tally(ground) == (1, 1, 0, 0)
    assert tally(ground, "vneid") == (0, 0, 0, 0)
    open_net()
    ground.household.refresh_from_db()
    assert (ground.household.done, ground.household.last_result) == (0, "not_yet")


def test_a_visit_corrected_twice_keeps_both_corrections_for_a_person(
    ground: Field, phone: Device, other_phone: Device
) -> None:
    first = phone.visit(ground.household)
    phone.send_one(first)
    phone.send_one(phone.visit(ground.household, result="more", corrects=first["uid"]))
    second = other_phone.send_one(other_phone.visit(ground.household, result="not_yet", corrects=first["uid"]))

    assert (second["state"], second["code"]) == ("conflict", "CorrectedTwice")
    open_net()
    assert Visit.objects.filter(replaced_at=None).count() == 2


def test_a_correction_before_its_original_waits_for_it(ground: Field, phone: Device) -> None:
    first = phone.visit(ground.household)
    correction = phone.visit(ground.household, result="not_yet", corrects=first["uid"])
    held = phone.send_one(correction)
    phone.send_one(first)

    assert held["state"] == "held"
    assert phone.send_one(correction)["state"] == "written"
    assert tally(ground) == (1, 1, 0, 0)


def test_a_household_and_its_visit_in_one_batch_need_no_waiting(ground: Field, phone: Device) -> None:
    entity = uuid4()
    visit = phone.visit(entity)
    made = phone.household(ground.village, entity=entity)

    assert [a["state"] for a in phone.send(visit, made)] == ["written", "written"]


def test_the_code_on_the_card_confirms_a_visit_and_a_wrong_one_says_so(ground: Field, phone: Device) -> None:
    right = phone.send_one(phone.visit(ground.household, proof={"kind": "code", "code": "2fb7"}))
    open_net()
    other = ground.household
    wrong = phone.send_one(
        phone.visit(other, on=(TODAY - timedelta(days=1)).isoformat(), proof={"kind": "code", "code": "0000"})
    )

    assert right["state"] == wrong["state"] == "written"
    assert "không khớp" in wrong["says"]
    assert tally(ground) == (2, 1, 1, 1)


def test_a_visit_written_within_thirty_days_may_wait_on_the_phone_for_months(ground: Field, phone: Device) -> None:
    made_at = phone.clock - timedelta(days=60)
    open_net()
    from langso.fieldwork.models import Enrollment

    Enrollment.objects.update(enrolled_at=made_at - timedelta(days=1))
    written = phone.send_one(
        phone.visit(ground.household, on=(made_at - timedelta(days=3)).date().isoformat(), made_at=made_at)
    )
    late = phone.send_one(phone.visit(ground.household, on=(TODAY - timedelta(days=31)).isoformat()))

    assert written["state"] == "written"
    assert (late["state"], late["code"]) == ("refused", "VisitTooOld")


def test_a_clock_that_is_wrong_by_years_does_no_harm(ground: Field) -> None:
    for skew in (timedelta(days=-2000), timedelta(days=3000), timedelta(hours=-20)):
        phone = Device.of(ground.may, skew=skew)
        made_at = phone.clock - timedelta(hours=1)
        on = (made_at + timedelta(hours=7)).date()
        entity = uuid4()
        phone.send_one(phone.household(ground.village, entity=entity))
        answer = phone.send_one(phone.visit(entity, on=on.isoformat(), made_at=made_at))
        open_net()
        assert answer["state"] == "written", answer
        assert Visit.objects.get(uid=answer["uid"]).visited_on == TODAY


def test_a_clock_set_anew_between_writing_and_sending_is_told(ground: Field, phone: Device) -> None:
    made_at = phone.clock - timedelta(days=3650)
    answer = phone.send_one(phone.visit(ground.household, on=made_at.date().isoformat(), made_at=made_at))

    assert (answer["state"], answer["code"]) == ("written", "ClockLost")
    open_net()
    assert Visit.objects.get().visited_on == TODAY


def test_what_was_written_after_the_term_is_kept_for_the_commune(ground: Field, phone: Device) -> None:
    open_net()
    from psycopg.types.range import Range

    ground.may.valid = Range(date(2025, 7, 1), TODAY - timedelta(days=5))
    ground.may.save()
    from langso.fieldwork.models import Enrollment

    Enrollment.objects.update(enrolled_at=timezone.now() - timedelta(days=90))
    before = phone.clock - timedelta(days=6)
    answers = phone.send(
        phone.visit(ground.household, on=before.date().isoformat(), made_at=before), phone.visit(ground.household)
    )

    assert [a["state"] for a in answers] == ["written", "refused"]
    assert answers[1]["code"] == "AfterTerm"
    open_net()
    kept = Record.objects.get(uid=answers[1]["uid"]).body or {}
    assert kept["household"] == str(ground.household.uid)


def test_half_letters_and_nul_are_words_not_faults(ground: Field, phone: Device) -> None:
    answers = phone.send(
        phone.visit(ground.household, note="a\ud800b"),
        phone.visit(ground.household, note="a\x00b <script>"),
    )

    assert [a["state"] for a in sorted(answers, key=lambda a: a["state"])] == ["refused", "written"]
    open_net()
    assert Visit.objects.get().note == "ab <script>"


def test_a_gathering_is_counted_in_its_village(ground: Field, phone: Device) -> None:
    body = {
        "village": str(ground.village.uid),
        "on": "2026-11-19",
        "place": "Nhà văn hóa",
        "topics": ["an-toan"],
        "attended": 32,
    }
    first = phone.item("gathering", body)
    phone.send_one(first)
    phone.send_one(phone.item("gathering", {**body, "attended": 23, "corrects": first["uid"]}))

    open_net()
    row = Tally.objects.get(village=ground.village, topic="an-toan")
    assert (row.gatherings_count, row.attended_count) == (1, 23)


def test_a_batch_asks_the_same_number_of_queries_for_one_visit_and_for_fifty(ground: Field, phone: Device) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.teams.field import make_household

    def asked(n: int) -> int:
        items = [phone.visit(make_household(ground.village, f"Hộ {n} {i}")) for i in range(n)]
        phone.batch(items)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            phone.send(*items)
        return len(queries)

    one, fifty = asked(1), asked(50)
    assert fifty <= one
    assert one <= 26
