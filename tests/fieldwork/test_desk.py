"""The desk beside the phones: who works on which, what waits for a choice, what the commune writes itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from langso.fieldwork.models import Enrollment, Phone, Record
from langso.villages.models import Household
from langso.visits import erasing, household_views, request_views
from langso.visits.models import HelpRequest, Tally, Visit
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, open_net, visitor
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.teams.field import make_household, make_request, make_village

ADDRESSES = ("/ho/", "/ho/the/", "/luot/", "/may/", "/can-xem-lai/")


def officer(cast: Cast) -> Client:
    return visitor(cast.officer)


def queries_of(client: Client, address: str) -> int:
    """How many statements a page asks, the row-level net and the frame included."""
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in q["sql"] for q in found.captured_queries)


def test_empty_pages_say_what_to_do(cast: Cast) -> None:
    for address in ADDRESSES:
        assert officer(cast).get(address).status_code == 200, address


def test_neighbours_and_volunteers_do_not_see_households(ground: Field, cast: Cast) -> None:
    for who in (cast.neighbour, cast.stranger):
        assert visitor(who).get(f"/ho/{ground.household.pk}/").status_code == 404
    for address in ADDRESSES:
        assert visitor(cast.volunteer).get(address).status_code == 403, address
    assert visitor(cast.province_admin).get("/ho/").status_code == 403


def test_the_province_sees_visits_without_names(ground: Field, phone: Device, cast: Cast) -> None:
    phone.send(phone.visit(ground.household))
    page = visitor(cast.appraiser).get("/luot/", {"xa": "00001"}).content.decode()

    assert "VNeID" in page
    assert "Vàng Thị Dín" not in page
    assert "Vàng Thị Dín" in officer(cast).get("/luot/").content.decode()


def test_a_code_is_shown_once_and_enrolls_a_phone(ground: Field, cast: Cast) -> None:
    page = officer(cast).post(f"/may/moi/{ground.may.pk}/")
    code = page.context["page"]["code"]

    assert code in page.content.decode()
    assert Device.by_code(code).pull()["me"]["name"] == "Vàng Thị Mẩy"


def test_a_lost_phone_is_revoked_from_the_desk(ground: Field, phone: Device, cast: Cast) -> None:
    open_net()
    pk = Phone.objects.get(uid=phone.phone).pk
    page = officer(cast).get(f"/may/{pk}/thu-hoi/").content.decode()
    officer(cast).post(f"/may/{pk}/thu-hoi/", {"reason": "Mất ở chợ"})

    assert "Vàng Thị Mẩy" in page
    assert phone.client.get("/app/api/so/", headers=phone.headers).json()["code"] == "PhoneRevoked"
    assert visitor(cast.neighbour).post(f"/may/{pk}/thu-hoi/", {"reason": "x"}).status_code == 404


def test_the_commune_sees_what_phones_have_not_sent(ground: Field, phone: Device, cast: Cast) -> None:
    phone.send(phone.visit(ground.household))
    open_net()
    Enrollment.objects.update(unsent_count=7, oldest_unsent_on=TODAY - timedelta(days=3))
    page = officer(cast).get("/may/").content.decode()

    assert "Còn 7 chưa gửi" in page
    assert "17/11/2026" in page


def test_a_receipt_read_over_the_telephone_is_found(ground: Field, phone: Device, cast: Cast) -> None:
    receipt = phone.send_one(phone.visit(ground.household))["receipt"]

    assert "Bà Vàng Thị Dín" in officer(cast).get("/may/", {"bien-nhan": receipt.lower()}).content.decode()
    assert "Không thấy" in officer(cast).get("/may/", {"bien-nhan": "BV-9999-9999"}).content.decode()
    assert "Không thấy" in visitor(cast.neighbour).get("/may/", {"bien-nhan": receipt}).content.decode()


def doubled(ground: Field, phone: Device, other_phone: Device) -> tuple[Visit, Visit]:
    first = phone.send_one(phone.visit(ground.household, topics=["vneid"]))
    second = other_phone.send_one(other_phone.visit(ground.household, topics=["dvc"], result="more"))
    open_net()
    return Visit.objects.get(uid=first["uid"]), Visit.objects.get(uid=second["uid"])


def guided(ground: Field, topic: str) -> int:
    open_net()
    row = Tally.objects.filter(village=ground.village, topic=topic).first()
    return row.guided_count if row else 0


def test_a_conflict_is_chosen_at_the_desk_and_both_phones_hear_of_it(
    ground: Field, phone: Device, other_phone: Device, cast: Cast
) -> None:
    first, second = doubled(ground, phone, other_phone)
    page = officer(cast).get("/can-xem-lai/").content.decode()
    officer(cast).post(f"/can-xem-lai/luot/{second.pk}/", {"chon": "this"})

    assert "Chị Vàng Thị Mẩy" in page
    assert "Anh Lù Văn Sính" in page
    open_net()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("aside", "counted")
    assert (guided(ground, "vneid"), guided(ground, "dvc")) == (0, 1)
    told = {r["uid"]: r for r in other_phone.pull()["records"]}
    assert (told[str(second.uid)]["state"], told[str(second.uid)]["says"]) == ("written", "Xã đã chọn bản này.")
    again = officer(cast).post(f"/can-xem-lai/luot/{second.pk}/", {"chon": "other"})
    assert again.status_code == 409


def test_both_may_have_come_and_the_household_counts_once(
    ground: Field, phone: Device, other_phone: Device, cast: Cast
) -> None:
    _, second = doubled(ground, phone, other_phone)
    officer(cast).post(f"/can-xem-lai/luot/{second.pk}/", {"chon": "both"})

    open_net()
    second.refresh_from_db()
    assert second.state == "again"
    assert (guided(ground, "vneid"), guided(ground, "dvc")) == (1, 0)


def test_a_household_edited_twice_is_chosen_at_the_desk(
    ground: Field, phone: Device, other_phone: Device, cast: Cast
) -> None:
    phone.send(phone.edit(ground.household.uid, {"members": 5}, base=1))
    other_phone.send(other_phone.edit(ground.household.uid, {"members": 6}, base=1))
    page = officer(cast).get("/can-xem-lai/").content.decode()
    open_net()
    version = ground.household.versions.get(state="conflict")
    officer(cast).post(f"/can-xem-lai/ho/{version.pk}/", {"chon": "this"})

    assert "Số người" in page
    open_net()
    ground.household.refresh_from_db()
    assert ground.household.members_count == 6


def test_a_visit_that_is_too_old_for_the_phone_is_taken_over(ground: Field, phone: Device, cast: Cast) -> None:
    day = TODAY - timedelta(days=45)
    answer = phone.send_one(phone.visit(ground.household, on=day.isoformat()))
    open_net()
    record = Record.objects.get(uid=answer["uid"])
    here = f"/can-xem-lai/{record.pk}/nhan/"
    make_household(ground.village, "***")
    for name in ("Không có ai", "Vàng Thị", "---"):
        nobody = officer(cast).post(here, {"on": "06/10/2026", "household": name})
        assert nobody.status_code == 422, name
    done = officer(cast).post(here, {"on": "06/10/2026", "household": "ba vang thi din"})

    assert answer["code"] == "VisitTooOld"
    assert done.status_code == 302, done.content.decode()
    open_net()
    visit = Visit.objects.get(uid=answer["uid"])
    assert visit.visited_on.isoformat() == "2026-10-06"
    assert (visit.member_id, visit.person_id) == (ground.may.pk, cast.officer.id)
    assert "nhận thay" in phone.pull()["records"][0]["says"]


def test_what_nobody_takes_is_left_with_a_reason(ground: Field, phone: Device, cast: Cast) -> None:
    answer = phone.send_one(phone.visit(ground.household, topics=[]))
    open_net()
    record = Record.objects.get(uid=answer["uid"])
    officer(cast).post(f"/can-xem-lai/{record.pk}/de-lai/", {"reason": "Ghi nhầm hộ"})

    assert "Ghi nhầm hộ" in phone.pull()["records"][0]["says"]
    assert "Nhận thay" not in officer(cast).get("/can-xem-lai/").content.decode()


def test_the_desk_adds_and_edits_a_household_and_a_phone_is_not_overwritten(
    ground: Field, phone: Device, cast: Cast
) -> None:
    uid = uuid4()
    said = {"uid": uid, "village": str(ground.village.uid), "head": "Ông Lù Seo Páo", "members": "5", "consent": "yes"}
    for _ in range(2):
        officer(cast).post("/ho/them/", said)
    open_net()
    made = Household.objects.get(uid=uid)
    form = {**said, "uid": uuid4(), "base": "1", "members": "6"}
    phone.send(phone.edit(uid, {"members": 4, "needs": ["dvc"]}, base=1))
    clash = officer(cast).post(f"/ho/{made.pk}/sua/", form, follow=True)

    assert "không có gì bị ghi đè" in clash.content.decode()
    open_net()
    made.refresh_from_db()
    assert (made.members_count, made.needs) == (4, 1)
    form |= {"base": str(made.version), "head": "Lù Seo Páo", "needs": ["dvc"]}
    officer(cast).post(f"/ho/{made.pk}/sua/", form)
    open_net()
    made.refresh_from_db()
    assert (made.head_name, made.members_count) == ("Lù Seo Páo", 6)


def test_the_desk_writes_a_visit_that_no_phone_could(ground: Field, cast: Cast) -> None:
    here = f"/ho/{ground.household.pk}/ghi-luot/"
    ahead = officer(cast).post(here, {"on": "21/11/2026", "topics": ["dvc"], "result": "able"})
    officer(cast).post(here, {"on": "01/09/2026", "topics": ["dvc"], "result": "able", "member": ground.may.pk})

    assert ahead.status_code == 422
    open_net()
    visit = Visit.objects.get()
    assert (visit.member_id, visit.origin) == (ground.may.pk, "desk")
    assert Tally.objects.get(village=ground.village, topic="dvc").month == "2026-09"


def test_cards_carry_a_code_for_each_household(ground: Field, cast: Cast) -> None:
    make_household(ground.village, "Hộ chưa có mã", code="")
    officer(cast).post("/ho/the/cap-ma/")
    open_net()

    assert not Household.objects.filter(code="").exists()
    assert "2FB7" in officer(cast).get("/ho/the/", {"thon": ground.village.pk}).content.decode()


def test_households_of_what_was_absorbed_get_their_codes_too(country: Country, cast: Cast) -> None:
    make_household(make_village(country.old_ho_thau), "Hộ xã cũ", code="")
    page = officer(cast).get("/ho/the/").content.decode()
    officer(cast).post("/ho/the/cap-ma/")
    open_net()

    assert "Còn 1 hộ chưa có mã" in page
    assert not Household.objects.filter(code="").exists()


@pytest.mark.parametrize("base", ["-1", "0", "99999999999"])
def test_a_version_that_never_was_is_no_matter_of_who_fills_in_the_form(ground: Field, cast: Cast, base: str) -> None:
    form = {"village": str(ground.village.uid), "head": "Bà Dín", "members": "7", "consent": "yes", "base": base}

    assert officer(cast).post(f"/ho/{ground.household.pk}/sua/", form).status_code == 302
    ground.household.refresh_from_db()
    assert (ground.household.head_name, ground.household.members_count) == ("Bà Dín", 7)


def test_the_lists_ask_the_same_few_queries_however_long_they_are(ground: Field, phone: Device, cast: Cast) -> None:
    client = officer(cast)
    asked = {address: queries_of(client, address) for address in ("/ho/", "/luot/", f"/ho/{ground.household.pk}/")}
    for i in range(40):
        phone.send(phone.visit(make_household(ground.village, f"Hộ {i}")))
    for address, before in asked.items():
        assert queries_of(client, address) <= max(before, 12), address


def test_lists_are_taken_away_as_csv_and_excel(ground: Field, phone: Device, cast: Cast) -> None:
    phone.send(phone.visit(ground.household))
    for address in ("/ho/", "/luot/", "/may/"):
        text = officer(cast).get(address, {"tai": "csv"})
        assert text.headers["Content-Type"].startswith("text/csv"), address
        assert officer(cast).get(address, {"tai": "xlsx"}).content[:2] == b"PK"


def test_a_file_that_does_not_hold_everything_is_said_to_be_cut(
    ground: Field, phone: Device, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(2):
        phone.send(phone.visit(make_household(ground.village, f"Hộ {n}")))
        make_request(ground.village)
    for address in ("/ho/", "/luot/", "/yeu-cau/"):
        assert "Tệp tải về" not in officer(cast).get(address).content.decode(), address
    for views in (household_views, request_views):
        monkeypatch.setattr(views, "MOST_CSV", 1)
    for address in ("/ho/", "/luot/", "/yeu-cau/"):
        assert "Tệp tải về" in officer(cast).get(address).content.decode(), address


def test_a_household_that_asks_is_erased_and_what_was_counted_stays(ground: Field, phone: Device, cast: Cast) -> None:
    phone.send(phone.visit(ground.household, note="Bà Dín hẹn thứ Ba"))
    phone.send(phone.edit(ground.household.uid, {"head": "Bà Vàng Thị Dín (bé)"}, base=1))
    phone.pull()
    assert officer(cast).get(f"/ho/{ground.household.pk}/xoa-ten/").status_code == 200
    officer(cast).post(f"/ho/{ground.household.pk}/xoa-ten/")
    page = officer(cast).get(f"/ho/{ground.household.pk}/").content.decode()

    assert "Dín" not in page
    open_net()
    assert guided(ground, "vneid") == 1
    assert "Dín" not in str(list(ground.household.versions.values_list("fields", "before")))
    assert str(ground.household.uid) in phone.pull()["gone"]
    assert officer(cast).post(f"/ho/{ground.household.pk}/xoa-ten/").status_code == 422


def test_requests_answered_over_a_year_ago_are_erased(ground: Field) -> None:
    old, new = (make_request(ground.village, team=ground.team, state="done") for _ in range(2))
    HelpRequest.objects.filter(pk=old.pk).update(answered_at=AT - timedelta(days=366))
    HelpRequest.objects.filter(pk=new.pk).update(answered_at=AT - timedelta(days=300))

    assert erasing.erase_old_requests(at=AT) == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.name, old.phone, bool(new.name)) == ("", "", True)
