"""From the opening of a cycle to a conclusion, through the actions."""

from datetime import timedelta

import pytest

from langso.appraisals import actions, queries, rules
from langso.appraisals.models import Verdict
from langso.assessments import moving, submitting
from langso.assessments.models import Assessment
from langso.assessments.moving import AlreadyClaimed, claim
from langso.assessments.states import MoveNotPossible, ReasonMissing
from langso.cycles.rules import CycleNotRunning
from langso.ledger.models import Entry as LedgerEntry
from tests.cast import Cast
from tests.country import Country
from tests.factories import (
    AT,
    TODAY,
    fill,
    hand_in,
    in_cycle,
    main_edition,
    open_cycle,
    open_net,
    report,
    whole,
)

RATIO = next(c.code for c in main_edition().criteria if c.measure.numerator)


@pytest.fixture
def file(db: None, cast: Cast, country: Country) -> Assessment:
    """A file of the merged commune, handed in."""
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour, by=cast.province_admin)
    fill(country.merged, by=cast.officer)
    assessment = in_cycle(cycle, country.merged)
    hand_in(assessment, officer=cast.officer, head=cast.head)
    return in_cycle(cycle, country.merged)


def _accept_all(file: Assessment, cast: Cast) -> None:
    codes = [c.code for c in main_edition().criteria]
    actions.accept_many(assessment=file, criteria=codes, by=cast.appraiser.id, at=AT)


def test_opening_a_cycle_gives_each_unit_one_file_and_opening_again_gives_no_more(
    db: None, cast: Cast, country: Country
) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour, by=cast.province_admin)

    again = moving.open_cycle(cycle, [country.merged.pk], by=cast.province_admin.id, at=AT)

    assert again == 2
    assert {a.state for a in cycle.assessments.all()} == {"not_started"}
    assert LedgerEntry.objects.filter(did="cycle.opened").count() == 1


def test_a_unit_is_in_one_cycle_for_a_framework_and_a_period(db: None, cast: Cast, country: Country) -> None:
    open_net()
    open_cycle(country.province, country.merged)

    with pytest.raises(moving.UnitElsewhere, match="Bản Vược"):
        open_cycle(None, country.merged)


def test_nothing_is_handed_in_before_someone_stands_behind_every_figure(db: None, cast: Cast, country: Country) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)
    assessment = in_cycle(cycle, country.merged)
    fill(country.merged, by=cast.officer)

    with pytest.raises(submitting.NotConfirmed):
        submitting.send_to_sign(assessment, by=cast.officer.id, at=AT)


def test_a_confirmed_figure_that_changes_waits_for_its_officer_again(db: None, cast: Cast, country: Country) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)
    assessment = in_cycle(cycle, country.merged)
    report(country.merged, RATIO, whole(50, 100), by=cast.officer)
    submitting.confirm(assessment, [RATIO], how="confirmed", by=cast.officer.id, at=AT)

    report(country.merged, RATIO, whole(60, 100), by=cast.colleague)

    state = next(c for c in submitting.readiness(assessment, at=AT).criteria if c.code == RATIO)
    assert state.is_stale
    assert state.is_open


def test_a_submission_keeps_what_was_claimed_when_figures_move_on(file: Assessment, cast: Cast) -> None:
    submission = moving.current_submission(file)
    assert submission is not None
    claimed = submission.readings[RATIO]["numerator"]

    report(file.unit, RATIO, whole(17, 100), by=cast.officer)

    page = queries.file_page(file, on=TODAY)
    assert page is not None
    assert claimed == 90
    assert page.submission.readings[RATIO]["numerator"] == 90
    assert [c.criterion for c in page.changes] == [RATIO]


def test_the_receipt_is_the_place_in_the_cycle_and_stays_after_a_withdrawal(file: Assessment, cast: Cast) -> None:
    assert file.receipt == "0001"

    submitting.withdraw(file, reason="Nhầm một con số", by=cast.head.id, at=AT)
    again = hand_in(file, officer=cast.officer, head=cast.head, at=AT + timedelta(minutes=5))

    assert again.assessment.receipt == "0001"
    assert again.number == 2


def test_a_withdrawal_says_why(file: Assessment, cast: Cast) -> None:
    with pytest.raises(ReasonMissing):
        submitting.withdraw(file, reason="  ", by=cast.head.id, at=AT)

    file.refresh_from_db()
    assert file.state == "submitted"


def test_after_the_last_day_nothing_is_handed_in_unless_the_term_was_extended(
    db: None, cast: Cast, country: Country
) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)
    assessment = in_cycle(cycle, country.merged)
    fill(country.merged, by=cast.officer)
    late = AT + timedelta(days=40)

    with pytest.raises(moving.TooLate, match="15/12/2026"):
        hand_in(assessment, officer=cast.officer, head=cast.head, at=late)
    moving.extend(
        assessment, until=late.date() + timedelta(days=3), reason="Lũ cuốn đường", by=cast.province_admin.id, at=late
    )
    handed = hand_in(in_cycle(cycle, country.merged), officer=cast.officer, head=cast.head, at=late)

    assert handed.number == 1


def test_one_appraiser_holds_a_file(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    claim(file, by=cast.appraiser.id, at=AT)

    with pytest.raises(AlreadyClaimed, match="Vũ Minh Tuấn"):
        claim(file, by=cast.province_admin.id, at=AT)


def test_what_is_not_in_ones_hands_is_not_judged(file: Assessment, cast: Cast) -> None:
    with pytest.raises(MoveNotPossible):
        _accept_all(file, cast)
    claim(file, by=cast.province_admin.id, at=AT)

    with pytest.raises(rules.NotYours):
        _accept_all(file, cast)


def test_a_corrected_figure_changes_the_level_and_says_why(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    _accept_all(file, cast)
    figures = {RATIO: {"numerator": 1.0, "denominator": 100.0, "value": None}}

    with pytest.raises(rules.VerdictNeedsReason):
        actions.give_verdict(
            assessment=file, criterion=RATIO, kind="corrected", figures=figures, by=cast.appraiser.id, at=AT
        )
    actions.give_verdict(
        assessment=file,
        criterion=RATIO,
        kind="corrected",
        reason="Cổng ghi 1.",
        figures=figures,
        by=cast.appraiser.id,
        at=AT,
    )
    conclusion = actions.conclude(assessment=file, by=cast.appraiser.id, at=AT)

    submission = moving.current_submission(file)
    assert submission is not None
    assert submission.level is not None
    assert (conclusion.level or 0) < submission.level
    assert conclusion.corrected_count == 1
    assert Verdict.objects.filter(assessment=file, criterion=RATIO).count() == 2


def test_the_same_verdict_twice_is_one(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)

    first = actions.give_verdict(assessment=file, criterion=RATIO, kind="accepted", by=cast.appraiser.id, at=AT)
    second = actions.give_verdict(assessment=file, criterion=RATIO, kind="accepted", by=cast.appraiser.id, at=AT)

    assert first.pk == second.pk
    assert LedgerEntry.objects.filter(did="verdict.given").count() == 1


def test_an_appraisal_ends_only_when_every_claim_has_a_verdict(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)

    with pytest.raises(rules.NoVerdictYet):
        actions.conclude(assessment=file, by=cast.appraiser.id, at=AT)


def test_a_returned_file_keeps_the_verdicts_on_what_did_not_change(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    _accept_all(file, cast)
    actions.give_verdict(
        assessment=file, criterion=RATIO, kind="returned", reason="Kiểm tra lại tử số.", by=cast.appraiser.id, at=AT
    )

    returned = actions.return_to_unit(assessment=file, by=cast.appraiser.id, at=AT)
    report(file.unit, RATIO, whole(40, 100), by=cast.officer)
    hand_in(returned, officer=cast.officer, head=cast.head, at=AT + timedelta(days=1))

    page = queries.file_page(Assessment.objects.select_related("unit", "cycle").get(pk=file.pk), on=TODAY)
    assert page is not None
    assert [x.criterion.code for x in page.open] == [RATIO]


def test_what_does_not_apply_is_left_out_of_the_judgment(file: Assessment, cast: Cast) -> None:
    claim(file, by=cast.appraiser.id, at=AT)
    _accept_all(file, cast)
    actions.give_verdict(
        assessment=file, criterion=RATIO, kind="not_applicable", reason="Xã không có.", by=cast.appraiser.id, at=AT
    )

    conclusion = actions.conclude(assessment=file, by=cast.appraiser.id, at=AT)

    codes = [row["code"] for group in conclusion.result["groups"] for row in group["rows"]]
    assert RATIO not in codes


def test_a_closed_cycle_moves_no_more(file: Assessment, cast: Cast) -> None:
    with pytest.raises(moving.StillRunning):
        moving.close_cycle(file.cycle, by=cast.province_admin.id, at=AT)  # type: ignore[arg-type]
    submitting.withdraw(file, reason="Không nộp nữa", by=cast.head.id, at=AT)
    moving.close_cycle(file.cycle, by=cast.province_admin.id, at=AT)  # type: ignore[arg-type]

    with pytest.raises(CycleNotRunning):
        hand_in(file, officer=cast.officer, head=cast.head)
