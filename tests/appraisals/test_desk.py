"""The appraiser's pages, as each person sees them."""

import pytest

from langso.assessments.models import Assessment
from tests.appraisals.test_flow import RATIO, file
from tests.cast import Cast
from tests.factories import at_most, open_net, text_of, visitor

__all__ = ["file"]


def test_the_queue_names_the_file_its_doubts_and_its_days(file: Assessment, cast: Cast) -> None:
    page = visitor(cast.appraiser).get("/tham-dinh/")

    assert page.status_code == 200
    assert "Xã Bản Vược" in text_of(page)
    assert "Đã nộp" in text_of(page)


def test_a_clean_file_is_done_in_five_presses(file: Assessment, cast: Cast) -> None:
    browser = visitor(cast.appraiser)
    here = f"/tham-dinh/{file.pk}/"

    assert "Nhận thẩm định" in text_of(browser.get(here))
    browser.post(f"{here}nhan/")
    for code in text_of(browser.get(here)).split(f'href="{here}')[1:]:
        code = code.split("/")[0]
        browser.post(f"{here}{code}/", {"kind": "accepted", "seen": "1"})
    answer = browser.post(f"{here}ket-luan/", {"opinion": "Hồ sơ đầy đủ."}, follow=True)

    assert "Đã kết luận thẩm định" in text_of(answer)


def test_a_verdict_against_the_claim_without_a_reason_is_refused_beside_its_field(file: Assessment, cast: Cast) -> None:
    browser = visitor(cast.appraiser)
    browser.post(f"/tham-dinh/{file.pk}/nhan/")

    answer = browser.post(
        f"/tham-dinh/{file.pk}/{RATIO}/",
        {"kind": "corrected", "seen": "1", f"{RATIO}-tu": "10", f"{RATIO}-mau": "100", "reason": ""},
    )

    assert answer.status_code == 422
    assert "Ghi lý do, xã sẽ đọc được." in text_of(answer)


def test_a_corrected_numerator_above_its_denominator_is_refused(file: Assessment, cast: Cast) -> None:
    browser = visitor(cast.appraiser)
    browser.post(f"/tham-dinh/{file.pk}/nhan/")

    answer = browser.post(
        f"/tham-dinh/{file.pk}/{RATIO}/",
        {"kind": "corrected", "seen": "1", f"{RATIO}-tu": "1.000", f"{RATIO}-mau": "100", "reason": "Theo Cổng"},
    )

    assert answer.status_code == 422
    assert "Số này lớn hơn" in text_of(answer)


@pytest.mark.parametrize("who", ["neighbour", "stranger", "volunteer", "officer"])
def test_an_appraisal_is_not_there_for_others(file: Assessment, cast: Cast, who: str) -> None:
    answer = visitor(getattr(cast, who)).get(f"/tham-dinh/{file.pk}/")

    assert answer.status_code in (403, 404)


def test_pages_of_appraisal_keep_their_budget_of_queries(file: Assessment, cast: Cast) -> None:
    browser = visitor(cast.appraiser)
    browser.get("/tham-dinh/")

    with at_most(12):
        browser.get("/tham-dinh/")
    open_net()


def test_the_officer_reviews_signs_and_the_head_hands_in(file: Assessment, cast: Cast) -> None:
    page = visitor(cast.officer).get(f"/danh-gia/{file.pk}/nop/")

    assert page.status_code == 200
    assert "Số tiếp nhận 0001" in text_of(page)
    assert "Rút lại để sửa" not in text_of(page)
    assert "Rút lại để sửa" in text_of(visitor(cast.head).get(f"/danh-gia/{file.pk}/nop/"))
