"""What the desk reads: content in words, nothing that breaks on a slip, and the same of old and new communes."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from langso.fieldwork.models import Record
from langso.teams.models import Member
from langso.villages.models import HouseholdVersion
from langso.visits.models import Visit
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_net, text_of, visitor
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device
from tests.teams.field import make_household, make_team, make_village, make_visit

PAGES = ("/may/?bien-nhan=%00", "/ho/?q=%00a", "/luot/?tu=%00", "/yeu-cau/?q=%00", "/to/?q=%00", "/chien-dich/?q=a%00")


@pytest.mark.parametrize("address", [*PAGES, "/may/?bien-nhan=%%0000", "/nho-giup/?q=%00", "/ai-giup-toi/?q=%00"])
def test_what_no_keyboard_writes_breaks_no_page(ground: Field, cast: Cast, address: str) -> None:
    assert visitor(cast.officer).get(address).status_code == 200


def test_what_could_not_be_written_is_told_by_its_content(ground: Field, phone: Device, cast: Cast) -> None:
    bodies = {
        "household": {"entity": str(ground.household.uid), "fields": {"village": str(ground.village.uid)}},
        "submission": {"form": "ks-ho", "household": str(ground.household.uid), "on": "2026-11-19"},
        "gathering": {
            "village": str(ground.village.uid), "place": "Nhà văn hóa", "on": "2026-11-18", "attended": 12,
            "topics": ["vneid"],
        },
        "answer": {"result": "done", "note": "Máy chạy rồi", "on": "2026-11-17"},
        "visit": {"household": str(ground.household.uid), "on": "2026-11-16", "topics": ["vneid"]},
    }  # fmt: skip
    phone.send_one(phone.visit(ground.household))
    open_net()
    sent = Record.objects.get()
    made = {
        kind: Record.objects.create(
            uid=uuid4(), unit_id=sent.unit_id, enrollment_id=sent.enrollment_id, kind=kind, digest=b"", body=body,
            state="refused", says="Không nhận.", made_at=AT, received_at=AT,
        )
        for kind, body in bodies.items()
    }  # fmt: skip
    officer = visitor(cast.officer)
    with at_most(12):
        page = text_of(officer.get("/can-xem-lai/"))

    for says in (
        "Hộ gia đình: hộ Bà Vàng Thị Dín, Bản Luốc",
        "Phiếu: hộ Bà Vàng Thị Dín, Bản Luốc, ngày 19/11/2026, mã ks-ho",
        "Buổi hướng dẫn: Bản Luốc, Nhà văn hóa, ngày 18/11/2026",
        "12 người",
        "Trả lời yêu cầu: ngày 17/11/2026, đã giúp xong, “Máy chạy rồi”",
        "Lượt đến hộ: hộ Bà Vàng Thị Dín, Bản Luốc, ngày 16/11/2026",
    ):
        assert says in page
    assert "Nhà văn hóa" in text_of(officer.get(f"/can-xem-lai/{made['gathering'].pk}/de-lai/"))


@pytest.mark.parametrize(
    "body", [None, [], "x", {"fields": 3, "topics": "vneid", "attended": "x", "form": {}, "on": 4}]
)
def test_what_cannot_be_read_at_all_still_has_its_kind(ground: Field, phone: Device, cast: Cast, body: object) -> None:
    phone.send_one(phone.visit(ground.household))
    open_net()
    Record.objects.update(state="refused", kind="gathering", body=body)
    assert "Buổi hướng dẫn" in text_of(visitor(cast.officer).get("/can-xem-lai/"))


def _conflicts(ground: Field, count: int) -> None:
    for n in range(count):
        home = make_household(ground.village, f"Hộ {n}")
        for state, member in (("counted", ground.may), ("doubled", ground.sinh)):
            make_visit(home, state=state, member=member)
        HouseholdVersion.objects.create(
            unit_id=home.unit_id, household=home, version=2, state="conflict", at=AT,
            fields={"consent": "no", "village": ground.other_village.pk},
        )  # fmt: skip


def test_the_page_of_what_waits_asks_no_more_for_more_pairs_and_names_each(ground: Field, cast: Cast) -> None:
    _conflicts(ground, 5)
    officer = visitor(cast.officer)
    with at_most(12):
        page = officer.get("/can-xem-lai/")
    text = text_of(page)
    regions = re.findall(r'role="region" aria-label="([^"]+)"', page.content.decode())
    assert len(regions) == len(set(regions)) == 10
    assert "Bản Péo" in text
    assert text.count("(đang tính)") == 5


def test_nothing_chosen_is_told_and_no_page_is_missing(ground: Field, cast: Cast) -> None:
    _conflicts(ground, 1)
    officer = visitor(cast.officer)
    open_net()
    visit, version = Visit.objects.get(state="doubled"), HouseholdVersion.objects.get()
    for address in (f"/can-xem-lai/luot/{visit.pk}/", f"/can-xem-lai/ho/{version.pk}/"):
        answer = officer.post(address)
        assert (answer.status_code, "Chưa chọn" in text_of(answer)) == (422, True)
    open_net()
    assert HouseholdVersion.objects.get().state == "conflict"


def test_the_history_of_a_household_is_in_words(ground: Field, cast: Cast) -> None:
    home = make_household(ground.village)
    HouseholdVersion.objects.create(
        unit_id=home.unit_id, household=home, version=2, state="applied", at=AT, fields={"consent": "no", "head": "x"}
    )
    page = text_of(visitor(cast.officer).get(f"/ho/{home.pk}/"))
    assert "Đồng ý cho ghi, Chủ hộ" in page or "Chủ hộ, Đồng ý cho ghi" in page
    assert "consent" not in page


def test_a_year_that_is_a_slip_is_refused_in_words(ground: Field, cast: Cast) -> None:
    form = {"uid": "không phải", "on": "01/01/0001", "topics": "vneid", "result": "able"}
    answer = visitor(cast.officer).post(f"/ho/{ground.household.pk}/ghi-luot/", form)
    assert (answer.status_code, "Ghi đủ bốn số của năm" in text_of(answer)) == (422, True)
    assert "valid UUID" not in text_of(answer)
    good = form | {"on": f"{TODAY:%d/%m/%Y}"}
    assert visitor(cast.officer).post(f"/ho/{ground.household.pk}/ghi-luot/", good).status_code == 302


def test_the_coverage_names_what_the_page_of_a_team_finds_missing(country: Country, cast: Cast) -> None:
    village = make_village(country.merged)
    team = make_team(country.merged, village)
    Member.objects.create(
        unit=country.merged, team=team, full_name="Lù A", sort_key="a", role="leader", training="basic",
        valid=(date(2026, 1, 1), None), is_listed=True,
    )  # fmt: skip
    officer = visitor(cast.officer)
    assert "Chưa ghi quyết định thành lập tổ" in text_of(officer.get(f"/to/{team.pk}/"))
    coverage = text_of(officer.get("/to/do-phu/?xa=00001"))
    assert "Không thiếu gì" not in coverage
    assert "Chưa ghi quyết định thành lập tổ" in coverage


def test_collect_may_ask_with_head_and_is_refused_in_its_own_language(ground: Field, phone: Device) -> None:
    address = f"/odk/{phone.token}/"
    assert Client().head(f"{address}formList").status_code == 200
    answer = Client().get(f"{address}submission")
    assert (answer.status_code, answer["Content-Type"]) == (405, "text/xml; charset=utf-8")
    assert b"OpenRosaResponse" in answer.content


def test_the_officer_of_the_heir_sees_what_was_absorbed(ground: Field, country: Country, cast: Cast) -> None:
    home = make_household(make_village(country.old_yen_hoa, "Thôn Cũ"), "Hộ Xã Cũ")
    make_visit(home, on=TODAY - timedelta(days=1))
    officer = visitor(cast.officer)
    for address in (f"/ho/{home.pk}/", "/ho/", "/luot/", "/ho/the/"):
        page = text_of(officer.get(address))
        assert "Hộ Xã Cũ" in page or "Thôn Cũ" in page, address
