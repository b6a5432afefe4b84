"""The window of a phone: its own villages, what changed, never skipped, small on the wire."""

import gzip
import json
import threading
from datetime import timedelta
from time import sleep
from uuid import uuid4

import psycopg
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from langso.campaigns.models import Campaign, Script
from langso.fieldwork.models import Enrollment
from langso.teams.models import TeamVillage
from langso.villages.models import Household, Village
from langso.villages.topics import mask_of
from tests.conftest import World
from tests.factories import AT, TODAY, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.fieldwork.standing import code_and_village
from tests.teams.field import make_household, make_request, make_village


def heads(said: dict[str, object]) -> list[str]:
    households = said["households"]
    assert isinstance(households, dict)
    return [row[2] for row in households["rows"]]


def everyone_older_has_ended() -> None:
    """On a server shared with other databases, their older transactions too: until then what is new is sent again."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text")
        mine = int(cursor.fetchone()[0])
        for _ in range(600):
            cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text")
            if int(cursor.fetchone()[0]) >= mine:
                return
            sleep(0.1)
    raise AssertionError("someone's transaction has been open for a minute")


def test_a_first_pull_brings_the_villages_of_the_team_and_nobody_elses(ground: Field, phone: Device) -> None:
    make_household(ground.other_village, "Ông Cháng Văn Đức")
    said = phone.pull()

    assert said["whole"] is True
    assert heads(said) == ["Bà Vàng Thị Dín"]
    assert said["villages"] == [{"uid": str(ground.village.uid), "name": "Bản Luốc"}]
    assert [t["code"] for t in said["topics"]][:2] == ["dvc", "vneid"]
    assert said["me"]["role"] == "leader"


def test_only_what_changed_comes_what_left_is_named_and_nothing_is_under_a_kilobyte(committing: World) -> None:
    """Each call in a transaction of its own: within one, everything is as new as the cursor."""
    code, village = code_and_village(committing)
    phone = Device.by_code(code)
    moved, left, new = uuid4(), uuid4(), uuid4()
    phone.send(phone.household(village, "Hộ chuyển thôn", entity=moved), phone.household(village, entity=left))
    everyone_older_has_ended()
    phone.pull()
    quiet = phone.client.get("/app/api/so/", {"tu": phone.cursor}, headers=phone.headers)
    phone.send(phone.household(village, "Hộ mới", entity=new))
    with transaction.atomic():
        open_net()
        other = make_village(committing.country.merged, "Bản Péo")
        Household.objects.filter(uid=moved).update(village=other)
        Household.objects.filter(uid=left).update(gone_on=TODAY)
    said = phone.pull()

    same = quiet.json()
    assert not any((same["whole"], same["households"]["rows"], same["gone"], same["requests"], same["records"]))
    assert not {"villages", "campaigns", "forms"} & same.keys()
    assert len(quiet.content) < 1000
    assert said["whole"] is False
    assert heads(said) == ["Hộ mới"]
    assert sorted(said["gone"]) == sorted([str(moved), str(left)])


def test_a_row_that_is_committed_late_is_not_skipped(committing: World) -> None:
    """Someone else's transaction began before the pull and ends after it."""
    code, village = code_and_village(committing)
    phone = Device.by_code(code)
    begun, pulled = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                open_net()
                make_household(Village.objects.get(uid=village), "Ghi muộn")
                begun.set()
                pulled.wait(10)
        finally:
            connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    begun.wait(10)
    first = phone.pull()
    phone.send(phone.household(village, "Ghi sau"))  # a younger transaction that ends before the older
    second = phone.pull()
    pulled.set()
    writer.join()

    assert heads(first) == []
    assert heads(second) == ["Ghi sau"]
    assert "Ghi muộn" in heads(phone.pull())


def test_what_the_transaction_of_a_pull_wrote_is_seen_though_an_older_one_is_still_open(committing: World) -> None:
    """Numbers of transactions are given out server by server: the older one may be in any database of it."""
    code, village = code_and_village(committing)
    phone = Device.by_code(code)
    with psycopg.connect(**connections["owner"].get_connection_params()) as elder:
        elder.execute("select pg_current_xact_id()")
        with transaction.atomic():
            phone.pull()
            phone.send(phone.household(village, "Hộ vừa ghi"))
            assert heads(phone.pull()) == ["Hộ vừa ghi"]


def test_another_database_gives_everything_again(ground: Field, phone: Device) -> None:
    said = phone.pull()
    other = "0" * 12 + said["cursor"][12:]
    answer = phone.client.get("/app/api/so/", {"tu": other}, headers=phone.headers).json()

    assert answer["whole"] is True
    assert heads(answer) == ["Bà Vàng Thị Dín"]


def test_a_village_more_is_a_whole_new_window(ground: Field, phone: Device) -> None:
    make_household(ground.other_village, "Ông Cháng Văn Đức")
    phone.pull()
    open_net()
    served = TeamVillage.objects.get(village=ground.other_village)
    served.valid = Range(served.valid.lower, TODAY)
    served.save()
    TeamVillage.objects.create(
        unit=ground.team.unit, team=ground.team, village=ground.other_village, valid=Range(TODAY, None)
    )
    said = phone.pull()

    assert said["whole"] is True
    assert set(heads(said)) == {"Bà Vàng Thị Dín", "Ông Cháng Văn Đức"}


def test_what_a_visit_says_of_its_household_comes_back(ground: Field, phone: Device) -> None:
    phone.pull()
    phone.send(
        phone.visit(ground.household, topics=["dvc"], next_on=(TODAY + timedelta(days=3)).isoformat(), next="Khai sinh")
    )
    said = phone.pull()
    row = dict(zip(said["households"]["columns"], said["households"]["rows"][0], strict=True))

    assert (row["done"], row["last_on"], row["next"]) == (["dvc"], TODAY.isoformat(), "Khai sinh")


def test_campaigns_come_with_their_scripts_when_they_changed(ground: Field, phone: Device) -> None:
    phone.pull()
    open_net()
    campaign = Campaign.objects.create(
        unit=ground.team.unit,
        title="Cao điểm VNeID",
        topics=mask_of(["vneid"]),
        valid=Range(TODAY, TODAY + timedelta(days=30)),
        target_share=60,
        opened_at=AT,
        made_at=AT,
    )
    Script.objects.create(campaign=campaign, order=1, title="Lời chào", steps=["Chào bà con.", "Hỏi căn cước."])
    said = phone.pull()

    assert said["campaigns"][0]["scripts"] == [{"title": "Lời chào", "steps": ["Chào bà con.", "Hỏi căn cước."]}]
    assert "campaigns" not in phone.pull()


def test_requests_of_the_village_come_and_answered_ones_are_taken_away(ground: Field, phone: Device) -> None:
    request = make_request(ground.village, team=ground.team)
    said = phone.pull()["requests"]
    assert [r["uid"] for r in said] == [str(request.uid)]
    phone.send(
        phone.item(
            "answer", {"request": str(request.uid), "result": "done", "note": "Đã cài xong", "on": TODAY.isoformat()}
        )
    )

    assert [(r["uid"], r["state"]) for r in phone.pull()["requests"]] == [(str(request.uid), "done")]


def test_the_leader_sees_what_colleagues_have_not_sent(ground: Field, phone: Device, other_phone: Device) -> None:
    other_phone.send(other_phone.visit(ground.household))
    open_net()
    Enrollment.objects.filter(member=ground.sinh).update(unsent_count=3)

    (colleague,) = phone.pull()["colleagues"]
    assert (colleague["name"], colleague["unsent"]) == ("Lù Văn Sính", 3)
    assert colleague["spoke_at"]
    assert other_phone.pull()["colleagues"] == []


def test_five_hundred_households_come_in_under_a_hundred_kilobytes(ground: Field, phone: Device) -> None:
    open_net()
    surnames, given = ["Vàng", "Lù", "Phàn", "Cháng", "Long"], ["Thị Dín", "Seo Páo", "Mùi Khé", "Văn Đức", "Thị Xay"]
    Household.objects.bulk_create(
        Household(
            unit_id=ground.village.unit_id,
            village=ground.village,
            province_code="08",
            head_name=f"{surnames[i % 5]} {given[i // 5 % 5]} {i}",
            members_count=i % 7 + 1,
            needs=i % 128,
            skills=i * 3 % 128,
            last_on=TODAY - timedelta(days=i % 90),
            last_result="able",
            next_step="Hẹn khai sinh" if i % 4 == 0 else "",
        )
        for i in range(500)
    )
    answer = phone.client.get("/app/api/so/", headers=phone.headers | {"Accept-Encoding": "gzip"})

    assert len(json.loads(gzip.decompress(answer.content))["households"]["rows"]) == 501
    assert len(answer.content) < 100_000


def test_a_pull_asks_as_many_queries_for_many_households_as_for_one(ground: Field, phone: Device) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            phone.pull(again=True)
        return len(queries)

    one = asked()
    for i in range(30):
        make_household(ground.village, f"Hộ {i}")
    assert asked() == one
    assert one <= 18


def test_a_cursor_that_is_nonsense_is_a_first_pull(phone: Device) -> None:
    for text in ("x", "'; drop table", "0" * 200, "a" * 12 + ".9.zz"):
        answer = phone.client.get("/app/api/so/", {"tu": text}, headers=phone.headers)
        assert answer.json()["whole"] is True
