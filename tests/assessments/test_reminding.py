"""Which day asks for which reminder. The plan without a database; telling with one."""

from datetime import date, timedelta

import pytest

from langso.assessments.reminding import Reminder, Standing, due, remind
from langso.assessments.states import State
from langso.cycles.models import Cycle
from langso.notices.models import Notice
from langso.people.permits import enter_as_machine
from langso.people.roles import Role
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, in_cycle, open_cycle, open_net

CYCLE = Cycle(
    pk=7,
    code="08-2026",
    unit_id=1,
    title="Đợt 2026",
    unit_level="commune",
    submit_by=date(2026, 12, 15),
    appraise_by=date(2027, 1, 15),
)


def _due(day: date, *standings: Standing) -> list[Reminder]:
    return due(CYCLE, standings, day)


def _at(state: State, extended_to: date | None = None) -> Standing:
    return Standing(5, 9, state, extended_to)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2026, 12, 1), "Còn 10 ngày làm việc"),
        (date(2026, 12, 2), ""),
        (date(2026, 12, 10), "Còn 3 ngày làm việc"),
        (date(2026, 12, 12), ""),  # a Saturday: said again on Monday otherwise
        (date(2026, 12, 14), "Còn 1 ngày làm việc"),
        (date(2026, 12, 15), "Hạn hôm nay"),
        (date(2026, 12, 16), "Quá hạn 1 ngày làm việc"),
        (date(2026, 12, 17), ""),
        (date(2026, 12, 23), "Quá hạn 6 ngày làm việc"),
    ],
)
def test_a_commune_is_reminded_on_its_days_and_on_no_other(day: date, says: str) -> None:
    found = [r.text for r in _due(day, _at(State.DRAFTING)) if r.kind == "submit"]

    assert [says in text for text in found] == ([True] if says else [])


def test_an_extension_moves_the_reminders() -> None:
    until = date(2026, 12, 22)

    assert _due(date(2026, 12, 15), _at(State.DRAFTING, until)) == []
    assert "Hạn hôm nay" in _due(until, _at(State.DRAFTING, until))[0].text


def test_who_is_reminded_follows_the_state() -> None:
    day = date(2026, 12, 14)

    assert _due(day, _at(State.TO_SIGN))[0].roles == (Role.COMMUNE_HEAD,)
    assert "bị trả lại" in _due(day, _at(State.RETURNED))[0].text
    assert _due(day, _at(State.SUBMITTED)) == []


def test_appraisers_hear_of_the_queue_before_their_last_day() -> None:
    found = _due(date(2027, 1, 12), _at(State.SUBMITTED), _at(State.APPRAISING), _at(State.APPRAISED))

    assert [(r.kind, r.unit, r.roles) for r in found] == [("queue", 1, (Role.PROVINCE_APPRAISER,))]
    assert "1 hồ sơ chờ nhận, 1 hồ sơ đang thẩm định" in found[0].text


def test_who_runs_the_cycle_hears_how_many_are_late() -> None:
    late = [r for r in _due(date(2026, 12, 16), _at(State.DRAFTING), _at(State.NOT_STARTED)) if r.kind == "late"]

    assert len(late) == 1
    assert "2 đơn vị quá hạn nộp" in late[0].text


def test_reminding_twice_on_a_day_tells_once(db: None, cast: Cast, country: Country) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour)
    file = in_cycle(cycle, country.merged)
    at = AT + timedelta(days=25)  # the last day
    enter_as_machine(on=at.date())

    assert (remind(at=at), remind(at=at)) == (2, 2)

    open_net()
    told = Notice.objects.filter(key__startswith="remind:")
    assert told.count() == 2
    assert told.get(unit=country.merged).link == f"/danh-gia/{file.pk}/"
