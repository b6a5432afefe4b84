"""The first page after the sign-in: what is due comes first, and no way leads to a closed door."""

import re

import pytest

from langso.appraisals import actions
from langso.assessments.models import Assessment
from langso.assessments.moving import claim
from tests.appraisals.test_flow import RATIO, file
from tests.appraisals.test_unit_side import concluded
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, at_most, open_cycle, open_net, text_of, visitor

__all__ = ["concluded", "file"]


def _work(who: object) -> str:
    return text_of(visitor(who).get("/viec-cua-toi/"))  # type: ignore[arg-type]


def test_a_commune_in_a_cycle_is_told_what_to_do_and_until_when(country: Country, cast: Cast) -> None:
    open_net()
    open_cycle(country.province, country.merged)

    page = _work(cast.officer)

    assert "Bắt đầu bản tự đánh giá năm 2026" in page
    assert "Còn 16 ngày" in page
    assert "15/12/2026" in page
    assert "Đợt đánh giá năm 2026 đã mở" in page  # the notice
    assert "Bắt đầu bản tự đánh giá" not in _work(cast.neighbour)


def test_what_is_returned_names_its_criteria(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    actions.give_verdict(
        assessment=file, criterion=RATIO, kind="returned", reason="Kiểm lại", by=cast.appraiser.id, at=AT
    )
    actions.return_to_unit(assessment=file, note="Tử số chưa khớp Cổng.", by=cast.appraiser.id, at=AT)

    page = _work(cast.officer)

    assert f"Sửa tiêu chí {RATIO} và nộp lại" in page
    assert "Sở trả lại: Tử số chưa khớp Cổng." in page


def test_an_appraiser_sees_the_queue_and_what_she_holds(file: Assessment, cast: Cast) -> None:
    assert "1 hồ sơ chờ thẩm định" in _work(cast.appraiser)
    open_net()
    claim(file, by=cast.appraiser.id, at=AT)

    assert "1 hồ sơ tôi đang thẩm định" in _work(cast.appraiser)
    assert "1 hồ sơ tôi đang thẩm định" not in _work(cast.province_admin)


def test_a_concluded_file_says_until_when_one_may_contest(concluded: Assessment, cast: Cast) -> None:
    assert "Xem kết luận thẩm định, kiến nghị nếu không đồng ý" in _work(cast.officer)

    visitor(cast.officer).post(
        f"/danh-gia/{concluded.pk}/tham-dinh/{RATIO}/kien-nghi/", {"text": "Cổng đếm thiếu hồ sơ."}
    )

    assert "1 kiến nghị chờ trả lời" in _work(cast.appraiser)


@pytest.mark.parametrize(
    "who", ["volunteer", "officer", "head", "appraiser", "verifier", "province_admin", "editor", "ministry_admin"]
)
def test_every_way_on_opens(who: str, file: Assessment, cast: Cast) -> None:
    page = _work(getattr(cast, who))
    browser = visitor(getattr(cast, who))
    ways = set(re.findall(r'class="main" href="(/[^"#?]*)"', page)) - {"/hoi-dong/", "/so-cong-nhan/"}

    assert {"/dot/", "/minh-chung/", "/thong-bao/"} <= ways
    assert {way: code for way in ways if (code := browser.get(way).status_code) != 200} == {}


@pytest.mark.parametrize("who", ["officer", "head", "appraiser", "verifier", "province_admin", "ministry_admin"])
def test_the_page_asks_little_of_the_database(who: str, file: Assessment, cast: Cast) -> None:
    browser = visitor(getattr(cast, who))
    browser.get("/viec-cua-toi/")

    with at_most(14):
        assert browser.get("/viec-cua-toi/").status_code == 200
