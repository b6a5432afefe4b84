"""A village, a team, a member and her token, committed, for tests of several connections."""

from uuid import UUID, uuid4

from django.db import transaction

from langso.fieldwork.enrolling import enroll, issue_code
from tests.conftest import World
from tests.factories import AT, open_net
from tests.teams.field import make_member, make_team, make_village


def stand_ground(world: World) -> tuple[str, UUID]:
    """The token of a member's phone and the uid of her village; taken away again with the other rows of the test."""
    code, village = code_and_village(world)
    with transaction.atomic():
        token = enroll(code=code, phone_uid=uuid4(), label="", app="", at=AT).token
    return token, village


def code_and_village(world: World) -> tuple[str, UUID]:
    """A code that a phone may be enrolled with, and the uid of the village of its team."""
    with transaction.atomic():
        open_net()
        village = make_village(world.country.merged, "Bản Luốc")
        member = make_member(make_team(world.country.merged, village), role="leader")
        _, code = issue_code(member=member, by=None, at=AT)
    return code, village.uid
