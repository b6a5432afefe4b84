"""Several systems at once, each with its own connection; and a batch as large as may come."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client

from langso.criteria.edition import Kind
from langso.exchange.keys import make_key
from langso.measures.models import ReportedFigure
from langso.people.permits import enter_as_machine
from tests.cast import Player
from tests.conftest import World
from tests.factories import AT, TODAY, first_field, main_edition, measure_of

KEY = measure_of(first_field(Kind.SHARE, ratio=True)[0]).key


@pytest.fixture
def house(committing: World) -> Iterator[World]:
    cache.clear()
    yield committing
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate exchange_apikey, exchange_receivedrequest")
    cache.clear()


def _secret(player: Player) -> str:
    with transaction.atomic():
        enter_as_machine(on=TODAY)
        return make_key(person=player.person, name="thử", days=30, by=None, at=AT)[1]


def _put(secret: str, items: list[dict[str, Any]], once: str) -> Any:
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": once}
    return Client(headers=headers).generic(
        "PUT", "/api/v1/figures", json.dumps({"items": items}), content_type="application/json"
    )


def _figures() -> list[ReportedFigure]:
    with transaction.atomic():
        enter_as_machine(on=TODAY)
        return list(ReportedFigure.objects.order_by("pk"))


def test_the_same_request_twice_at_once_is_written_once_and_answered_alike(house: World) -> None:
    secret, gate = _secret(house.cast.officer), Barrier(4)
    item = {"unit": "00001", "measure": KEY, "period": "2026", "numerator": 18, "denominator": 27}

    def send(_: int) -> tuple[int, bytes, str]:
        gate.wait(10)
        try:
            answer = _put(secret, [item], "cung-mot-lan-ghi")
            return answer.status_code, answer.content, answer.headers.get("Idempotency-Replayed", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))

    assert {(status, body) for status, body, _ in answers} == {(200, answers[0][1])}
    assert sorted(replayed for *_, replayed in answers) == ["", "true", "true", "true"]
    assert len(_figures()) == 1


def test_two_systems_at_once_lose_nothing_of_each_other(house: World) -> None:
    secrets, gate = [_secret(house.cast.officer), _secret(house.cast.head)], Barrier(2)

    def send(n: int) -> int:
        item = {"unit": "00001", "measure": KEY, "period": "2026", "numerator": 18 + n, "denominator": 27}
        gate.wait(10)
        try:
            return int(_put(secrets[n], [item], f"lan-ghi-{n:05d}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(send, range(2)))

    # the second to write has either seen the first (and is refused in words) or replaced it with both rows kept
    assert statuses[0] == 200
    assert [f.replaced_at is None for f in _figures()].count(True) == 1
    assert len(_figures()) == statuses.count(200)


def test_a_refused_batch_leaves_no_trace_though_no_exception_passed(house: World) -> None:
    secret = _secret(house.cast.officer)
    good = {"unit": "00001", "measure": KEY, "period": "2026", "numerator": 18, "denominator": 27}

    answer = _put(secret, [good, good | {"measure": "khong.co"}], "lan-ghi-00009")

    assert answer.status_code == 422
    assert _figures() == []


def test_a_batch_of_hundreds_is_written_in_seconds(house: World) -> None:
    secret = _secret(house.cast.neighbour)
    measures = [measure_of(code) for code in main_edition().fields]
    items = [
        {"unit": "00007", "measure": m.key, "period": f"2026-{month:02d}"}
        | ({"numerator": 1, "denominator": 2} if m.numerator else {"value": 1})
        for month in range(1, 11)
        for m in measures
    ]

    began = time.monotonic()
    answer = _put(secret, items, "lan-ghi-lon-00")
    took = time.monotonic() - began

    assert answer.status_code == 200, answer.content.decode()[:500]
    assert answer.json()["new"] == len(items) >= 300
    assert took < 20, f"{len(items)} figures in {took:.1f} s"
