"""What the house counts itself is of the day on which it is counted, and is offered only while that is true."""

from datetime import date

import pytest

from langso.lib.period import Period
from langso.measures.queries import system_readings_of
from langso.teams.network import refresh_networks
from tests.country import Country
from tests.factories import TODAY
from tests.teams.field import make_team, make_village

KEY = "common.villages_team_share"


@pytest.mark.parametrize(
    ("on", "as_of"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 3, 1), date(2027, 3, 1)),
        (date(2027, 3, 2), None),
    ],
)
def test_a_count_of_the_house_says_its_own_day_and_not_the_end_of_the_period(
    country: Country, on: date, as_of: date | None
) -> None:
    make_team(country.merged, make_village(country.merged))
    refresh_networks([country.merged.pk], on=TODAY)

    found = system_readings_of(country.merged, Period.year(2026), on=on).get(KEY)

    assert (found.as_of if found else None) == as_of
