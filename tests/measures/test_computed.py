"""What the house counts itself is of the day on which it is counted, and is offered only while that is true."""

from datetime import date
from decimal import Decimal

import pytest

from langso.lib.period import Period
from langso.measures.queries import system_readings_of
from langso.teams.network import refresh_networks
from langso.villages.models import HouseholdVersion, Village
from langso.villages.topics import SKILLS, mask_of
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_assessment, text_of, visitor
from tests.teams.field import make_household, make_team, make_village

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


PAYING = "society.electricity_cashless_share"


def _asked(village: Village, *, said: int, paying: int) -> None:
    for n in range(said):
        home = make_household(village, f"Hộ {n}", skills=mask_of(["tien-dien"], SKILLS) if n < paying else 0)
        HouseholdVersion.objects.create(
            unit_id=home.unit_id, household=home, version=1, fields={"skills": 0}, state="applied", at=AT
        )


def test_whoever_was_not_asked_is_not_said_to_pay_in_cash(country: Country) -> None:
    village = make_village(country.merged, households=10)
    make_household(village, "Chưa ai hỏi")
    _asked(village, said=8, paying=2)

    found = system_readings_of(country.merged, Period.year(2026), on=TODAY)[PAYING]

    assert [found.numerator, found.denominator] == [Decimal(2), Decimal(8)]
    assert not found.is_thin
    assert "đã hỏi 8 trên 10 hộ" in found.system


@pytest.mark.parametrize(
    ("count", "says"), [(10, "đã hỏi 3 trên 10 hộ, từ 80% số hộ mới dùng được"), (None, "1 thôn chưa ghi số hộ")]
)
def test_a_book_of_payers_alone_is_no_share_of_the_commune(
    country: Country, cast: Cast, count: int | None, says: str
) -> None:
    _asked(make_village(country.merged, households=count), said=3, paying=3)
    with at_most(1):
        found = system_readings_of(country.merged, Period.year(2026), on=TODAY)[PAYING]
    assert (found.numerator, found.denominator, found.is_thin) == (None, None, True)
    assert says in found.system

    made = open_assessment(country.merged)
    page = text_of(visitor(cast.officer).get(f"/danh-gia/{made.pk}/nhom/XHS/"))
    assert says in page
