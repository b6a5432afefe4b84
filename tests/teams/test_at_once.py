"""Two at the same moment: one leader, one request, one approved list; each by its own connection."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.people.permits import enter_as_machine
from langso.teams import actions, paying
from langso.teams.actions import MemberFacts
from langso.teams.models import AllowanceList, Member, NetworkCount, Team
from langso.villages.actions import cited
from langso.villages.models import Village
from langso.visits import asking, spotting
from langso.visits.models import HelpRequest, SpotDraw
from tests.conftest import World
from tests.factories import AT, TODAY
from tests.teams.field import make_household, make_member, make_team, make_village, make_visit

TOGETHER = 6


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """The same work by several connections in the same moment; a refusal is an answer."""
    start = Barrier(TOGETHER)

    def run(k: int) -> Any:
        try:
            start.wait()
            with transaction.atomic():
                enter_as_machine(on=TODAY)
                return work(k)
        except Refused as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(run, range(TOGETHER)))


@pytest.fixture
def team(committing: World) -> Iterator[Team]:
    with transaction.atomic():
        enter_as_machine(on=TODAY)
        village = make_village(committing.country.merged, "Thôn Nậm Ty")
        team = make_team(committing.country.merged, village, name="Tổ Nậm Ty")
        member = make_member(team, "Người Đầu")
        for k in range(6):
            make_visit(make_household(village), team, member, on=date(2026, 11, 2 + k))
    yield team
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate teams_team, teams_allowancelist, notices_notice cascade")
    connections["owner"].close()


def _look(what: Callable[[], Any]) -> Any:
    with transaction.atomic():
        enter_as_machine(on=TODAY)
        return what()


def test_of_several_leaders_at_once_one_is_written_and_the_others_are_told(team: Team) -> None:
    names = ["Lù Văn An", "Lù Văn Bình", "Lù Văn Chi", "Lù Văn Dung", "Lù Văn Em", "Lù Văn Giang"]

    done = at_once(
        lambda k: (
            actions.add_member(
                team=Team.objects.get(pk=team.pk),
                facts=MemberFacts(names[k], role="leader"),
                since=TODAY,
                by=None,
                at=AT,
            ).pk
        )
    )

    assert sorted(map(str, done)).count("TwoLeaders") == TOGETHER - 1
    assert _look(lambda: Member.objects.filter(role="leader").count()) == 1
    assert _look(lambda: NetworkCount.objects.get(unit=team.unit_id).members_count) == 2


def test_the_count_of_the_network_misses_nobody_who_comes_at_once(team: Team) -> None:
    at_once(
        lambda k: (
            actions.add_member(
                team=Team.objects.get(pk=team.pk),
                facts=MemberFacts(f"Lù Văn {'ABCDEG'[k]}a"),
                since=TODAY,
                by=None,
                at=AT,
            ).pk
        )
    )

    assert _look(lambda: NetworkCount.objects.get(unit=team.unit_id).members_count) == 1 + TOGETHER


def test_a_form_sent_many_times_at_once_is_one_request(team: Team) -> None:
    uid = uuid4()
    codes = at_once(
        lambda k: (
            asking.ask(
                village=Village.objects.get(),
                topic="vneid",
                name="Hoàng Thị Mỷ",
                phone="0987654321",
                text="",
                uid=uid,
                consents=True,
                at=AT,
            ).code
        )
    )

    assert len(set(codes)) == 1
    assert _look(HelpRequest.objects.count) == 1


def test_a_draw_and_an_approval_at_once_are_one(team: Team, committing: World) -> None:
    country = committing.country
    first = date(2026, 11, 1)
    draws = at_once(
        lambda k: spotting.draw_sample(unit=country.merged, seed="1", since=first, until=TODAY, by=None, at=AT).pk
    )
    assert len(set(draws)) == 1
    assert _look(SpotDraw.objects.count) == 1

    def rate() -> None:
        paper = cited("26/2025/NQ-HĐND", "", date(2025, 12, 10))
        paying.add_rate(
            unit=country.province,
            per="team_month",
            amount_vnd=1,
            start=date(2026, 1, 1),
            document=paper,
            by=None,
            at=AT,
        )

    _look(rate)
    month = Period.parse("2026-10")

    def approve(_: int) -> int:
        def compute() -> paying.Computed:
            return paying.compute(country.merged, month, province=country.province.pk, province_name="", today=TODAY)

        seen = compute().digest
        return paying.approve(unit=country.merged, month=month, compute=compute, seen=seen, by=None, at=AT).pk

    assert len(set(at_once(approve))) == 1
    assert _look(AllowanceList.objects.count) == 1


def test_the_same_answer_at_once_is_one(team: Team) -> None:
    def ask() -> HelpRequest:
        return asking.ask(
            village=Village.objects.get(),
            topic="dvc",
            name="A B",
            phone="0987654321",
            text="",
            uid=uuid4(),
            consents=True,
            at=AT,
        )

    made = _look(ask)
    member = _look(lambda: Member.objects.get(full_name="Người Đầu"))
    states = at_once(lambda k: asking.answer(made, "done", "Xong", TODAY, member=member, at=AT).state)

    assert set(map(str, states)) == {"done"}
