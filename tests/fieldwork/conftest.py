from dataclasses import dataclass

import pytest

from langso.teams.models import Member, Team
from langso.villages.models import Household, Village
from tests.country import Country
from tests.fieldwork.device import Device
from tests.teams.field import make_household, make_member, make_team, make_village


@dataclass
class Field:
    """A village with its team, two members, a household; and a village of another team of the commune."""

    village: Village
    team: Team
    may: Member
    sinh: Member
    household: Household
    other_village: Village
    other_team: Team
    other_member: Member


@pytest.fixture
def ground(country: Country) -> Field:
    village = make_village(country.merged, "Bản Luốc", kind="bản")
    team = make_team(country.merged, village)
    may = make_member(team, "Vàng Thị Mẩy", role="leader")
    sinh = make_member(team, "Lù Văn Sính", address="anh")
    household = make_household(village, "Bà Vàng Thị Dín", code="2FB7")
    other = make_village(country.merged, "Bản Péo", kind="bản")
    other_team = make_team(country.merged, other)
    other_member = make_member(other_team, "Cháng Văn Đức", role="leader", address="anh")
    return Field(village, team, may, sinh, household, other, other_team, other_member)


@pytest.fixture
def phone(ground: Field) -> Device:
    return Device.of(ground.may)


@pytest.fixture
def other_phone(ground: Field) -> Device:
    return Device.of(ground.sinh)
