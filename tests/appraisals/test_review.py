"""What a second reading found: each was wrong once."""

import pytest

from langso.appraisals import actions, contesting, rules
from langso.appraisals.models import SampleVisit
from langso.assessments import moving, submitting
from langso.assessments.models import Assessment
from langso.assessments.moving import claim
from langso.assessments.rules import CriterionUnknown
from langso.assessments.states import ReasonMissing
from langso.ledger.models import Entry as LedgerEntry
from tests.appraisals.test_flow import RATIO, file
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, confirm_all, fill, in_cycle, open_cycle, open_net, report, visitor, whole

__all__ = ["file"]


def test_a_file_is_not_handed_over_to_the_one_who_handed_it_in(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)

    with pytest.raises(moving.OwnFile):
        moving.hand_over(file, to=cast.head.id, by=cast.appraiser.id, at=AT)


def test_an_extension_asks_for_its_own_reason(db: None, cast: Cast, country: Country) -> None:
    open_net()
    waiting = in_cycle(open_cycle(country.province, country.merged), country.merged)

    with pytest.raises(ReasonMissing, match="gia hạn"):
        moving.extend(waiting, until=TODAY.replace(year=2027), reason=" ", by=cast.province_admin.id, at=AT)


def test_a_correction_says_something_and_only_of_its_own_criterion(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    common = {"assessment": file, "criterion": RATIO, "kind": "corrected", "by": cast.appraiser.id, "at": AT}

    with pytest.raises(rules.CorrectionIsTheClaim):
        actions.give_verdict(**common, reason="Không nói gì", figures={})  # type: ignore[arg-type]
    with pytest.raises(CriterionUnknown):
        actions.give_verdict(**common, reason="Của tiêu chí khác", figures={"KHAC": {"value": 1.0}})  # type: ignore[arg-type]


def test_what_was_signed_is_what_is_frozen(db: None, cast: Cast, country: Country) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)
    fill(country.merged, by=cast.officer)
    assessment = in_cycle(cycle, country.merged)
    confirm_all(assessment, by=cast.officer)
    assessment = submitting.send_to_sign(assessment, by=cast.officer.id, at=AT)
    signed = submitting.claim_of(assessment, submitting.readiness(assessment, at=AT)).digest
    report(country.merged, RATIO, whole(12, 100), by=cast.colleague)
    confirm_all(assessment, by=cast.colleague)

    with pytest.raises(submitting.PaperIsOld):
        submitting.submit(assessment, digest=signed, by=cast.head.id, at=AT)


def test_a_visit_recorded_twice_is_one_line(file: Assessment, cast: Cast, country: Country) -> None:
    assert file.cycle is not None
    draw = contesting.draw_sample(
        cycle=file.cycle, files=[file], unit=country.province.pk, seed="12345", size=1, by=cast.appraiser.id, at=AT
    )
    visit = SampleVisit.objects.get(draw=draw)
    seen = [{"criterion": RATIO, "outcome": "matches"}]

    for _ in range(2):
        contesting.record_visit(visit=visit, visited_on=TODAY, findings=seen, by=cast.appraiser.id, at=AT)

    assert LedgerEntry.objects.filter(did="sample.visited").count() == 1


def test_one_who_only_reads_does_not_write_into_the_thread(file: Assessment, cast: Cast) -> None:
    answer = visitor(cast.editor).post(f"/tham-dinh/{file.pk}/{RATIO}/trao-doi/", {"text": "Tôi chỉ đọc"})

    assert answer.status_code == 403


def test_the_upheld_appeal_gives_the_file_to_whoever_answered(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    codes = [c for c in submitting.readiness(file, at=AT).readings if c != RATIO]
    actions.accept_many(assessment=file, criteria=codes, by=cast.appraiser.id, at=AT)
    figures = {RATIO: {"numerator": 1.0, "denominator": 100.0, "value": None}}
    actions.give_verdict(
        assessment=file,
        criterion=RATIO,
        kind="corrected",
        reason="Cổng ghi 1.",
        figures=figures,
        by=cast.appraiser.id,
        at=AT,
    )
    actions.conclude(assessment=file, by=cast.appraiser.id, at=AT)
    made = contesting.appeal(assessment=file, criterion=RATIO, text="Số của xã đúng.", by=cast.officer.id, at=AT)

    contesting.answer(appeal=made, outcome="changed", text="Đồng ý.", by=cast.appraiser.id, at=AT)

    file.refresh_from_db()
    assert (file.state, file.claimed_by_id) == ("appraising", cast.appraiser.id)


def test_an_address_that_only_takes_a_press_says_so_in_words(file: Assessment, cast: Cast) -> None:
    answer = visitor(cast.appraiser).get(f"/tham-dinh/{file.pk}/nhan/")

    assert answer.status_code == 405
    assert "chỉ nhận khi bấm nút" in answer.content.decode()
