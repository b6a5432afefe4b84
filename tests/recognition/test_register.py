"""Sổ công nhận, as anyone reads it."""

from datetime import timedelta
from io import BytesIO
from threading import Barrier, Thread

import pytest
from django.db import connections
from python_calamine import CalamineWorkbook

from langso.files import actions as files
from langso.lib.refusal import Refused
from langso.recognition import papering, rules
from langso.recognition.models import OfficialPaper, Recognition
from langso.recognition.register import Asked, found
from tests.cast import Cast
from tests.conftest import World
from tests.country import Country
from tests.factories import TODAY, at_most, open_net, text_of, visitor
from tests.recognition.recognising import LATER, Round, appraised_round


@pytest.fixture
def two(db: None, cast: Cast, country: Country) -> Round:
    """Two recognised communes of one decision."""
    round_ = appraised_round(cast, country, [country.merged, country.neighbour])
    round_.recognised(country.merged, country.neighbour)
    return round_


def _revoke(round_: Round, one: Recognition, days: int = 3) -> None:
    at = LATER + timedelta(days=days)
    paper = papering.draft_revocation(one, reason="Số liệu không khớp.", rule="Khoản 1 Điều 9", by=round_.by, at=at)
    round_.register(paper, "44", issued_on=TODAY + timedelta(days=days), at=at)


def test_the_register_says_level_decision_and_days(two: Round) -> None:
    page = text_of(visitor().get("/so-cong-nhan/"))

    level = Recognition.objects.first()
    assert level is not None
    for said in ("Xã Bản Vược", "Xã Nậm Dịch", "12/QĐ-UBND", "19/11/2029", "Còn hiệu lực", level.level_name):
        assert said in page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=ban+vuoc", "Xã Bản Vược", "Xã Nậm Dịch"),
        ("q=yen+hoa,+song+chay", "Xã Bản Vược", "Xã Nậm Dịch"),  # its old name
        ("q=nam+dich", "Xã Nậm Dịch", "Xã Bản Vược"),
    ],
)
def test_a_name_finds_with_or_without_marks_and_by_its_old_one(two: Round, query: str, there: str, gone: str) -> None:
    page = text_of(visitor().get(f"/so-cong-nhan/?{query}"))

    assert there in page
    assert f">{gone}</a>" not in page


@pytest.mark.parametrize("query", ["nam=2031", "muc=1", "tt=thu-hoi", "tt=het", "q=khong+co+noi+nao", "tinh=999999"])
def test_what_fits_nothing_says_so(two: Round, query: str) -> None:
    answer = visitor().get(f"/so-cong-nhan/?{query}")

    assert answer.status_code == 200
    assert "khớp" in text_of(answer)
    assert ">Xã Bản Vược</a>" not in text_of(answer)


def test_states_part_the_register_by_day(two: Round) -> None:
    one = Recognition.objects.order_by("certificate")[0]
    _revoke(two, one)

    def names(state: str, days: int) -> list[str]:
        rows = found(Asked(state=state), on=TODAY + timedelta(days=days), order="ten")
        return [r.unit_name for r in rows]

    assert names("con", 2) == ["Xã Bản Vược", "Xã Nậm Dịch"]
    assert (names("con", 3), names("thu-hoi", 3)) == (["Xã Nậm Dịch"], ["Xã Bản Vược"])
    assert names("het", 4000) == ["Xã Nậm Dịch"]


def test_one_recognition_has_its_page_with_figures_decision_and_history(two: Round) -> None:
    one = Recognition.objects.get(unit=two.country.merged)
    browser = visitor()

    page = browser.get(one.address)

    assert page.status_code == 200
    for said in (
        "Được công nhận mức",
        "Quyết định 12/QĐ-UBND ngày 20/11/2026 của Ủy ban nhân dân tỉnh Sông Chảy",
        "còn hiệu lực đến hết ngày 19/11/2029, chưa bị thu hồi",
        "hình thành từ Xã Hồ Thầu (chưa từng được công nhận), Xã Yên Hoà (chưa từng được công nhận)",
        next(r["fraction"] for g in one.result["groups"] for r in g["rows"] if r["fraction"]),
    ):
        assert said in text_of(page), said
    open_net()
    signed = OfficialPaper.objects.get(kind="decision").signed
    assert signed is not None
    assert browser.get(f"{one.address}quyet-dinh.pdf").content == files.read(signed)
    assert "tieu_chi" in text_of(browser.get(f"{one.address}so-lieu.csv"))
    assert browser.get(f"{one.address}thu-hoi.pdf").status_code == 404


def test_a_number_typed_from_the_paper_leads_to_its_page(two: Round) -> None:
    browser = visitor()

    assert browser.get("/so-cong-nhan/tra-cuu/?so=8 2026 1").headers["Location"] == "/so-cong-nhan/08-2026-0001/"
    assert browser.get("/so-cong-nhan/?q=08-2026-0001").headers["Location"] == "/so-cong-nhan/08-2026-0001/"
    assert browser.get("/so-cong-nhan/tra-cuu/?so=khong/phai").status_code == 404
    missing = browser.get("/so-cong-nhan/08-2026-0777/")
    assert missing.status_code == 404
    assert "Sổ công nhận không có giấy số 08-2026-0777" in text_of(missing)


def test_a_revoked_one_says_so_with_its_reason(two: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Recognition.objects.get(unit=two.country.merged)
    _revoke(two, one)
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER + timedelta(days=4))

    page = text_of(visitor().get(one.address))

    assert "đã bị thu hồi từ ngày 23/11/2026 theo Quyết định 44/QĐ-UBND" in page
    assert "Số liệu không khớp." in page
    assert visitor().get(f"{one.address}thu-hoi.pdf").status_code == 200


def test_the_page_of_the_commune_says_that_it_is_recognised(two: Round) -> None:
    page = text_of(visitor().get("/noi/00001/"))

    one = Recognition.objects.get(unit=two.country.merged)
    assert f"Đã được công nhận mức {one.level}" in page
    assert "theo Quyết định 12/QĐ-UBND ngày 20/11/2026" in page
    assert one.address in page


def test_the_register_is_taken_away_as_csv_and_excel(two: Round) -> None:
    csv = text_of(visitor().get("/so-cong-nhan/?tai=csv"))
    excel = visitor().get("/so-cong-nhan/?tai=xlsx&q=ban+vuoc").content

    rows = CalamineWorkbook.from_filelike(BytesIO(excel)).get_sheet_by_index(0).to_python()
    assert len(csv.splitlines()) == 3
    assert [r[1] for r in rows] == ["don_vi", "Xã Bản Vược"]


def test_a_stranger_sees_the_register_and_nothing_of_what_led_to_it(two: Round) -> None:
    """Through the database itself: without the net only the register is there."""
    from tests.factories import close_net

    close_net()

    assert Recognition.objects.count() == 2
    assert OfficialPaper.objects.count() == 0
    assert two.council.members.count() == 0
    open_net()


def test_public_pages_keep_their_budget_of_queries(two: Round) -> None:
    one = Recognition.objects.get(unit=two.country.merged)
    visitor().get("/so-cong-nhan/")

    for address in ("/so-cong-nhan/?xep=ten", "/so-cong-nhan/?q=ban+vuoc", one.address):
        with at_most(12):
            assert visitor().get(address).status_code == 200


def test_two_at_once_with_one_number_leave_one_decision(committing: World) -> None:
    """Each in its own connection, as two officers do it."""
    from django.db import transaction

    from langso.people.permits import enter_as_machine

    with transaction.atomic():
        enter_as_machine(on=TODAY)
        round_ = appraised_round(
            committing.cast, committing.country, [committing.country.merged, committing.country.neighbour]
        )
        papers = [
            round_.drafted(round_.passed(unit, hour=hour))
            for unit, hour in ((committing.country.merged, 8), (committing.country.neighbour, 14))
        ]
    together, told = Barrier(2), list[str]()

    def register(paper: OfficialPaper) -> None:
        try:
            together.wait()
            with transaction.atomic():
                enter_as_machine(on=TODAY)
                round_.register(paper, "12")
                told.append("written")
        except Refused as refused:
            told.append(type(refused).__name__)
        finally:
            connections["default"].close()

    threads = [Thread(target=register, args=(paper,)) for paper in papers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [rules.NumberTaken.__name__, "written"]
    with transaction.atomic():
        enter_as_machine(on=TODAY)
        assert Recognition.objects.count() == 1
