"""The desk of cycles, as each person sees it."""

import re
from datetime import date
from typing import Any

import pytest

from langso.assessments.models import Assessment
from langso.cycles.models import Cycle, Department
from langso.notices.models import Notice
from tests.cast import Cast
from tests.country import Country
from tests.factories import at_most, fill, hand_in, in_cycle, main_edition, open_cycle, open_net, text_of, visitor

CODES = [c.code for c in main_edition().criteria]


def _posted(**changes: Any) -> dict[str, Any]:
    edition = main_edition()
    return {
        "title": "Đánh giá cấp xã năm 2026",
        "edition": f"{edition.id}@{edition.edition}",
        "period": "2026",
        "opens_on": "23/11/2026",
        "submit_by": "15/12/2026",
        "appraise_by": "15/01/2027",
        "decide_by": "29/01/2027",
        "publish_by": "26/02/2027",
        "preset": "on",
        "conditions": "",
        "quorum_share": "66,67",
        "pass_share": "90",
        "counts_absent": "khong",
        "requires_signature": "on",
        "appeal_days": "5",
        "valid_months": "36",
        "document_number": "12/KH-UBND",
        "document_issuer": "UBND tỉnh Sông Chảy",
        "document_on": "02/11/2026",
        "document_title": "Kế hoạch",
    } | changes


def test_a_province_drafts_opens_and_every_commune_of_today_has_a_file_and_hears_of_it(
    country: Country, cast: Cast
) -> None:
    browser = visitor(cast.province_admin)

    assert browser.get("/dot/moi/").status_code == 200
    made = browser.post("/dot/moi/", _posted())
    here = made.headers["Location"]
    question = text_of(browser.get(f"{here}mo/"))
    units = re.findall(r'name="unit" value="(\d+)" checked', question)
    answer = browser.post(f"{here}mo/", {"unit": units}, follow=True)

    open_net()
    cycle = Cycle.objects.get()
    communes = {country.merged.pk, country.neighbour.pk, country.split_one.pk, country.split_two.pk}
    assert set(cycle.assessments.values_list("unit", flat=True)) == communes
    assert [c["code"] for c in cycle.conditions] == ["hai-long", "no-xdcb", "an-ninh"]
    assert str(cycle.document) == "12/KH-UBND ngày 02/11/2026"
    assert "Đã mở đợt cho 4 đơn vị" in text_of(answer)
    assert Notice.objects.filter(unit__in=communes, key__startswith="opened:").count() == 4


def test_a_day_off_is_answered_beside_its_field_with_the_next_working_day(country: Country, cast: Cast) -> None:
    answer = visitor(cast.province_admin).post("/dot/moi/", _posted(submit_by="13/12/2026"))

    open_net()
    assert answer.status_code == 422
    assert "Ngày làm việc gần nhất sau đó là 14/12/2026" in text_of(answer)
    assert not Cycle.objects.exists()


def test_the_calendar_is_looked_at_before_anything_is_written(country: Country, cast: Cast) -> None:
    answer = visitor(cast.province_admin).post("/dot/moi/", _posted(submit_by="13/12/2026", xem="1"))

    open_net()
    assert "Chủ nhật, là ngày nghỉ; ngày làm việc sau đó là 14/12/2026." in text_of(answer)
    assert not Cycle.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"edition": "../../etc/passwd@1"},
        {"edition": ""},
        {"period": "năm nay"},
        {"submit_by": "31/02/2026"},
        {"quorum_share": "166"},
        {"pass_share": "abc"},
        {"appeal_days": "-3"},
        {"conditions": "Hài lòng, từ 900%"},
        {"days_off": "hôm nay"},
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    changes: dict[str, str], country: Country, cast: Cast
) -> None:
    answer = visitor(cast.province_admin).post("/dot/moi/", _posted(**changes))

    open_net()
    assert answer.status_code == 422
    assert not Cycle.objects.exists()


def test_a_commune_reads_its_calendar_and_only_its_own_row(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour, by=cast.province_admin)

    page = text_of(visitor(cast.officer).get(cycle.address))

    assert "Hạn nộp tự đánh giá" in page
    assert "Xã Bản Vược" in page
    assert "Xã Nậm Dịch" not in page
    assert "Gia hạn" not in page.replace("Được gia hạn", "")


@pytest.mark.parametrize("who", ["stranger", "heir_one"])
def test_a_cycle_that_ones_unit_is_not_in_is_not_there(who: str, country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)

    assert visitor(getattr(cast, who)).get(cycle.address).status_code == 404
    assert cycle.title not in text_of(visitor(getattr(cast, who)).get("/dot/"))


def test_a_draft_is_seen_by_who_may_run_it_alone(country: Country, cast: Cast) -> None:
    address = visitor(cast.province_admin).post("/dot/moi/", _posted()).headers["Location"]

    assert visitor(cast.officer).get(address).status_code == 404
    assert visitor(cast.appraiser).get(address).status_code == 404
    assert visitor(cast.province_admin).get(address).status_code == 200


@pytest.mark.parametrize("page", ["mo/", "khoa/", "sua/", "ngay-nghi/", "gia-han/", "so-nganh/"])
def test_a_cycle_of_the_ministry_is_not_the_provinces_to_run(page: str, country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(None, country.merged)

    assert visitor(cast.province_admin).get(f"{cycle.address}{page}").status_code == 404
    assert visitor(cast.officer).get(f"{cycle.address}{page}").status_code == 403


def test_several_units_are_extended_together_or_none(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour)
    files = [in_cycle(cycle, u).pk for u in (country.merged, country.neighbour)]
    browser = visitor(cast.province_admin)

    for wrong in (
        {"ho-so": files, "until": "20/12/2026", "reason": "Lũ"},  # a Sunday
        {"ho-so": files, "until": "22/12/2026", "reason": ""},
        {"ho-so": files, "until": "01/12/2026", "reason": "Lũ"},
        {"ho-so": [], "until": "22/12/2026", "reason": "Lũ"},
        {"ho-so": files, "until": "abc", "reason": "Lũ"},
    ):
        assert browser.post(f"{cycle.address}gia-han/", wrong).status_code == 422
    open_net()
    assert not Assessment.objects.exclude(extended_to=None).exists()

    browser.post(f"{cycle.address}gia-han/", {"ho-so": files, "until": "22/12/2026", "reason": "Lũ cuốn đường"})

    open_net()
    assert set(Assessment.objects.values_list("extended_to", flat=True)) == {date(2026, 12, 22)}
    assert "Lũ cuốn đường" in Notice.objects.filter(unit=country.merged, key__startswith="extended").get().text


def test_days_ahead_move_and_every_unit_reads_why(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)
    posted = {
        "submit_by": "22/12/2026",
        "appraise_by": "15/01/2027",
        "decide_by": "29/01/2027",
        "publish_by": "26/02/2027",
        "reason": "Lũ lớn",
    }

    answer = visitor(cast.province_admin).post(f"{cycle.address}sua/", posted)

    open_net()
    cycle.refresh_from_db()
    assert answer.status_code == 302
    assert (cycle.opens_on, cycle.submit_by) == (date(2026, 11, 16), date(2026, 12, 22))
    assert "Lũ lớn" in text_of(visitor(cast.officer).get("/thong-bao/"))


def test_a_cycle_with_work_under_way_is_not_closed(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour)
    fill(country.merged, by=cast.officer)
    hand_in(in_cycle(cycle, country.merged), officer=cast.officer, head=cast.head)

    answer = visitor(cast.province_admin).post(f"{cycle.address}khoa/")

    open_net()
    cycle.refresh_from_db()
    assert answer.status_code == 422
    assert "Còn 1 hồ sơ chưa xong" in text_of(answer)
    assert cycle.closed_at is None


def test_a_department_is_added_staffed_and_given_its_criteria(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)
    browser = visitor(cast.province_admin)

    made = browser.post(f"{cycle.address}so-nganh/", {"name": "Sở Y tế"})
    given = {"members": [str(cast.verifier.id)], "criteria": CODES[:2]}
    browser.post(made.headers["Location"], given)
    wrong = browser.post(made.headers["Location"], {"members": [str(cast.officer.id)], "criteria": CODES[:1]})

    open_net()
    assert wrong.status_code == 422
    assert cycle.parts.get().criteria == CODES[:2]
    assert Department.objects.get().members.get() == cast.verifier.person
    assert "Sở Y tế" in text_of(visitor(cast.officer).get(cycle.address))


def test_pages_of_cycles_ask_little_of_the_database(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour)
    browser = visitor(cast.province_admin)
    browser.get(cycle.address)

    with at_most(16):
        assert browser.get(cycle.address).status_code == 200
    with at_most(9):
        assert browser.get("/dot/").status_code == 200


def test_the_units_come_as_csv_and_by_step(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour)
    browser = visitor(cast.province_admin)

    everyone = text_of(browser.get(f"{cycle.address}?tai=csv"))

    assert "Xã Bản Vược" in everyone
    assert "Xã Nậm Dịch" in everyone
    assert "Xã Bản Vược" not in text_of(browser.get(f"{cycle.address}?tai=csv&buoc=da-nop"))
    assert "Không có đơn vị nào ở bước này" in text_of(browser.get(f"{cycle.address}?buoc=da-nop"))
    assert browser.get(f"{cycle.address}?buoc=khong-co&xep=linh-tinh&trang=99").status_code == 200
