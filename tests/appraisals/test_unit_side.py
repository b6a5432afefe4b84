"""What a commune reads of its appraisal, and how it answers."""

from datetime import timedelta

import pytest

from langso.appraisals import actions
from langso.appraisals.models import Appeal, Message
from langso.assessments.models import Assessment
from langso.assessments.moving import claim
from langso.notices.models import Notice
from tests.appraisals.test_flow import RATIO, file
from tests.cast import Cast
from tests.factories import AT, at_most, main_edition, open_net, text_of, visitor

__all__ = ["file"]
CODES = [c.code for c in main_edition().criteria]


@pytest.fixture
def concluded(file: Assessment, cast: Cast) -> Assessment:
    """Concluded, with one figure corrected."""
    claim(file, by=cast.appraiser.id, at=AT)
    actions.give_verdict(
        assessment=file,
        criterion=RATIO,
        kind="corrected",
        reason="Cổng dịch vụ công ghi 1.",
        figures={RATIO: {"numerator": 1.0, "denominator": 100.0, "value": None}},
        by=cast.appraiser.id,
        at=AT,
    )
    actions.accept_many(assessment=file, criteria=CODES, by=cast.appraiser.id, at=AT)
    actions.conclude(assessment=file, opinion="Đề nghị xã rà soát.", by=cast.appraiser.id, at=AT)
    file.refresh_from_db()
    return file


def _here(file: Assessment, code: str = "") -> str:
    return f"/danh-gia/{file.pk}/tham-dinh/{code + '/' if code else ''}"


def test_the_commune_reads_reason_opinion_and_what_changed(concluded: Assessment, cast: Cast) -> None:
    page = text_of(visitor(cast.officer).get(_here(concluded)))

    assert "Cổng dịch vụ công ghi 1." in page
    assert "Đề nghị xã rà soát." in page
    assert "Khác gì so với lời khai" in page
    assert ">90%<" in page
    assert ">1%<" in page
    assert "Cổng dịch vụ công ghi 1." in text_of(visitor(cast.officer).get(f"{_here(concluded)}?tai=csv"))


def test_a_verdict_under_way_is_not_told(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    actions.give_verdict(
        assessment=file, criterion=RATIO, kind="returned", reason="Kiểm lại tử số", by=cast.appraiser.id, at=AT
    )

    for address in (_here(file), _here(file, RATIO), f"{_here(file)}?tai=csv"):
        assert "Kiểm lại tử số" not in text_of(visitor(cast.officer).get(address))
    actions.return_to_unit(assessment=file, by=cast.appraiser.id, at=AT)
    for address in (_here(file), _here(file, RATIO)):
        assert "Kiểm lại tử số" in text_of(visitor(cast.officer).get(address))


@pytest.mark.parametrize("who", ["neighbour", "stranger", "volunteer"])
def test_the_appraisal_of_a_commune_is_not_there_for_others(who: str, concluded: Assessment, cast: Cast) -> None:
    browser = visitor(getattr(cast, who))

    for address in (_here(concluded), _here(concluded, RATIO)):
        assert browser.get(address).status_code in (403, 404)
    for act in ("trao-doi/", "kien-nghi/"):
        assert browser.post(f"{_here(concluded, RATIO)}{act}", {"text": "x"}).status_code in (403, 404)


def test_what_was_never_handed_in_has_no_appraisal(concluded: Assessment, cast: Cast) -> None:
    open_net()
    other = Assessment.objects.filter(cycle=concluded.cycle).exclude(pk=concluded.pk).get()

    assert visitor(cast.neighbour).get(_here(other)).status_code == 404
    assert visitor(cast.officer).get(_here(concluded, "KHONG.CO")).status_code == 404


def test_both_sides_write_in_one_thread_and_each_hears_of_the_other(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)

    visitor(cast.officer).post(f"{_here(file, RATIO)}trao-doi/", {"text": "Số lấy từ Cổng ngày 31/10."})
    visitor(cast.appraiser).post(f"/tham-dinh/{file.pk}/{RATIO}/trao-doi/", {"text": "Gửi giúp ảnh chụp."})
    empty = visitor(cast.officer).post(f"{_here(file, RATIO)}trao-doi/", {"text": "  "})

    page = text_of(visitor(cast.officer).get(_here(file, RATIO)))
    assert empty.status_code == 422
    assert "Số lấy từ Cổng ngày 31/10." in page
    assert "Gửi giúp ảnh chụp." in page
    assert "Số lấy từ Cổng" in text_of(visitor(cast.appraiser).get("/thong-bao/"))
    assert "Gửi giúp ảnh chụp." in text_of(visitor(cast.officer).get("/thong-bao/"))
    assert "Gửi giúp ảnh chụp." not in text_of(visitor(cast.neighbour).get("/thong-bao/"))
    open_net()
    assert [m.from_unit for m in Message.objects.all()] == [True, False]


def test_an_appeal_is_made_answered_and_the_file_opens_again(concluded: Assessment, cast: Cast) -> None:
    officer, appraiser = visitor(cast.officer), visitor(cast.appraiser)
    assert "Gửi được đến hết ngày" in text_of(officer.get(_here(concluded, RATIO)))

    made = officer.post(f"{_here(concluded, RATIO)}kien-nghi/", {"text": "Cổng đếm thiếu hồ sơ."})
    address = made.headers["Location"]
    assert "Cổng đếm thiếu hồ sơ." in text_of(appraiser.get("/kien-nghi/"))
    assert appraiser.post(f"{address}tra-loi/", {"outcome": "", "answer": ""}).status_code == 422
    assert officer.post(f"{address}tra-loi/", {"outcome": "upheld", "answer": "x"}).status_code == 403
    answered = appraiser.post(f"{address}tra-loi/", {"outcome": "changed", "answer": "Đúng, sẽ sửa."})
    again = appraiser.post(f"{address}tra-loi/", {"outcome": "upheld", "answer": "Khác."})

    open_net()
    concluded.refresh_from_db()
    appeal = Appeal.objects.get()
    assert answered.headers["Location"] == f"/tham-dinh/{concluded.pk}/{RATIO}/"
    assert again.status_code == 422
    assert (appeal.outcome, appeal.answer) == ("changed", "Đúng, sẽ sửa.")
    assert (concluded.state, concluded.claimed_by_id) == ("appraising", cast.appraiser.id)
    assert "Đúng, sẽ sửa." in text_of(officer.get(address))
    assert {f"appeal:{appeal.pk}", f"answer:{appeal.pk}"} <= set(Notice.objects.values_list("key", flat=True))


def test_after_the_term_there_is_no_form_and_no_appeal(
    concluded: Assessment, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(days=30))
    browser = visitor(cast.officer)

    page = text_of(browser.get(_here(concluded, RATIO)))
    answer = browser.post(f"{_here(concluded, RATIO)}kien-nghi/", {"text": "Muộn rồi"})

    open_net()
    assert "Thời hạn kiến nghị đã hết" in page
    assert "Gửi kiến nghị" not in page
    assert answer.status_code == 422
    assert not Appeal.objects.exists()


def test_what_was_accepted_is_not_contested(concluded: Assessment, cast: Cast) -> None:
    code = next(c for c in CODES if c != RATIO)

    answer = visitor(cast.officer).post(f"{_here(concluded, code)}kien-nghi/", {"text": "Sao vậy"})

    assert answer.status_code == 422
    assert "không có gì để kiến nghị" in text_of(answer)


@pytest.mark.parametrize("who", ["neighbour", "stranger"])
def test_an_appeal_is_not_there_for_others(who: str, concluded: Assessment, cast: Cast) -> None:
    address = (
        visitor(cast.officer)
        .post(f"{_here(concluded, RATIO)}kien-nghi/", {"text": "Cổng đếm thiếu."})
        .headers["Location"]
    )
    browser = visitor(getattr(cast, who))

    assert browser.get(address).status_code == 404
    assert "Cổng đếm thiếu" not in text_of(browser.get("/kien-nghi/?buoc=tat-ca"))
    assert "Cổng đếm thiếu" not in text_of(browser.get("/kien-nghi/?tai=csv"))


def test_pages_of_the_unit_keep_their_budget(concluded: Assessment, cast: Cast) -> None:
    browser = visitor(cast.officer)
    browser.get(_here(concluded))

    with at_most(20):
        browser.get(_here(concluded))
    with at_most(28):
        browser.get(_here(concluded, RATIO))
    with at_most(8):
        browser.get("/kien-nghi/")
