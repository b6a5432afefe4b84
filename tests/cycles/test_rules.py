"""What a calendar may be, without a database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from langso.cycles import rules
from langso.cycles.rules import Plan, Stage

DAYS = {
    "opens_on": date(2026, 11, 16),
    "submit_by": date(2026, 12, 15),
    "appraise_by": date(2027, 1, 15),
    "decide_by": date(2027, 1, 29),
    "publish_by": date(2027, 2, 26),
}
PLAN = Plan("Đợt 2026", "khung-cds-1.0-minh-hoa", "1.0-minh-hoa", "2026", "commune", DAYS)
TODAY = date(2026, 11, 20)


def test_a_last_day_on_a_sunday_is_refused_and_the_next_working_day_is_named() -> None:
    with pytest.raises(rules.DayOff, match=r"Chủ nhật.*14/12/2026") as refused:
        rules.check_calendar(DAYS | {"submit_by": date(2026, 12, 13)})

    assert refused.value.field == "submit_by"


def test_a_last_day_on_a_holiday_is_refused_by_its_name() -> None:
    with pytest.raises(rules.DayOff, match="Tết Dương lịch"):
        rules.check_calendar(DAYS | {"appraise_by": date(2027, 1, 1)})


def test_a_day_that_the_office_made_free_is_no_last_day_and_one_it_made_working_is() -> None:
    with pytest.raises(rules.DayOff, match="ngày nghỉ"):
        rules.check_calendar(DAYS, off=[date(2026, 12, 15)])

    rules.check_calendar(DAYS | {"submit_by": date(2026, 12, 13)}, on=[date(2026, 12, 13)])


def test_days_out_of_order_are_refused_at_the_later_one() -> None:
    with pytest.raises(rules.DaysNotInOrder, match="Hạn thẩm định") as refused:
        rules.check_calendar(DAYS | {"appraise_by": date(2026, 12, 1)})

    assert refused.value.field == "appraise_by"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": "  "}, rules.TitleMissing),
        ({"quorum_share": Decimal(0)}, rules.ShareWrong),
        ({"pass_share": Decimal("1.1")}, rules.ShareWrong),
        ({"appeal_days": 0}, rules.TermWrong),
        ({"valid_months": 121}, rules.TermWrong),
        ({"period": "2028"}, rules.PeriodNotOver),
    ],
)
def test_a_plan_that_could_not_be_run_is_refused(changes: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.check_plan(replace(PLAN, **changes))


def test_a_plan_as_it_should_be_passes() -> None:
    rules.check_plan(PLAN)


def test_only_days_ahead_move_and_only_ahead() -> None:
    later = DAYS | {"submit_by": date(2026, 12, 22)}

    assert rules.check_move_of_days(DAYS, later, reason="Lũ", today=TODAY) == {
        "submit_by": (date(2026, 12, 15), date(2026, 12, 22))
    }
    with pytest.raises(rules.DayHasPassed):
        rules.check_move_of_days(DAYS, DAYS | {"opens_on": date(2026, 11, 30)}, reason="Lũ", today=TODAY)
    with pytest.raises(rules.DayNotAhead):
        rules.check_move_of_days(DAYS, DAYS | {"submit_by": TODAY}, reason="Lũ", today=TODAY)
    with pytest.raises(rules.ChangeNeedsReason):
        rules.check_move_of_days(DAYS, later, reason=" ", today=TODAY)
    with pytest.raises(rules.NothingChanged):
        rules.check_move_of_days(DAYS, DAYS, reason="Lũ", today=TODAY)


def test_conditions_are_read_one_a_line_and_written_back_the_same() -> None:
    text = "Tỷ lệ hộ hài lòng, từ 80%\nKhông nợ đọng thuế"

    found = rules.read_conditions(text)

    assert [(c["kind"], c.get("at_least")) for c in found] == [("share", 80), ("yes", None)]
    assert "\n".join(rules.write_condition(c) for c in found) == text


@pytest.mark.parametrize("text", ["Hài lòng, từ 180%", "!!!", "Một điều\nMột điều"])
def test_a_condition_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(rules.ConditionWrong):
        rules.read_conditions(text)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2026, 12, 15), "Thứ Ba, sau mốc trước 20 ngày làm việc."),  # 24/11 is a holiday
        (date(2026, 12, 13), "Chủ nhật, là ngày nghỉ; ngày làm việc sau đó là 14/12/2026."),
    ],
)
def test_each_day_is_spoken_of(day: date, says: str) -> None:
    assert rules.day_words(day, since=date(2026, 11, 16)) == says


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (date(2026, 11, 15), Stage.BEFORE),
        (date(2026, 12, 15), Stage.SELF_ASSESSMENT),
        (date(2026, 12, 16), Stage.APPRAISAL),
        (date(2027, 1, 29), Stage.COUNCIL),
        (date(2027, 2, 26), Stage.PUBLICATION),
        (date(2027, 2, 27), Stage.OVER),
    ],
)
def test_each_last_day_belongs_to_its_stage(day: date, stage: Stage) -> None:
    assert rules.stage_on(day, **DAYS) is stage
