"""`langso remind`: a dry run lists, the other tells and sends; beside a running house it goes once a day."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from langso.commands import remind
from langso.fieldwork import receiving, sealing
from langso.notices import actions as notices
from langso.notices.models import Notice
from langso.visits import erasing
from tests.cast import Cast
from tests.country import Country
from tests.factories import open_cycle, open_net

LAST_DAY = datetime(2026, 12, 15, 2, 0, tzinfo=UTC)


def test_a_dry_run_names_what_would_be_told_and_tells_nothing(db: None, cast: Cast, country: Country) -> None:
    open_net()
    open_cycle(country.province, country.merged)

    lines = remind.planned(LAST_DAY)

    open_net()
    assert len(lines) == 1
    assert "Hạn hôm nay" in lines[0]
    assert "Công chức cấp xã" in lines[0]
    assert not Notice.objects.filter(key__startswith="remind:").exists()


def test_a_duty_that_fails_keeps_no_other_from_being_done(
    db: None, cast: Cast, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def fails(*, at: datetime) -> int:
        Notice.objects.count()
        raise ValueError("phiếu hỏng")

    monkeypatch.setattr(receiving, "force_overdue", fails)

    def does(what: str) -> Callable[..., tuple[int, int]]:
        def duty(*, at: datetime) -> tuple[int, int]:
            done.append(what)
            return 0, 0

        return duty

    monkeypatch.setattr(erasing, "erase_old_requests", does("erase"))
    monkeypatch.setattr(sealing, "seal", does("seal"))
    monkeypatch.setattr(notices, "send_waiting", does("send"))

    with pytest.raises(ValueError, match="phiếu hỏng"):
        remind.do(LAST_DAY)

    assert done == ["erase", "seal", "send"]


def test_a_round_reminds_once_a_day_from_seven_in_the_morning(db: None, cast: Cast, country: Country) -> None:
    open_net()
    open_cycle(country.province, country.merged)

    night = remind.a_round(LAST_DAY.replace(day=14, hour=20), None)  # three in the morning in Việt Nam
    open_net()
    assert (night, Notice.objects.filter(key__startswith="remind:").count()) == (None, 0)
    done = remind.a_round(LAST_DAY, night)
    again = remind.a_round(LAST_DAY, done)

    open_net()
    assert done == again == LAST_DAY.date()
    assert Notice.objects.filter(key__startswith="remind:").count() == 1
