"""`langso key`: a key for another system, shown once."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from django.core.cache import cache
from django.db import connections, transaction

from langso.commands import main
from langso.exchange.models import ApiKey
from tests.conftest import World
from tests.factories import open_net, visitor

Said = pytest.CaptureFixture[str]
ADD = ["key", "add", "suong", "--name", "Hệ thống một cửa"]


@pytest.fixture(autouse=True)
def _house(monkeypatch: pytest.MonkeyPatch, committing: World) -> Iterator[None]:
    monkeypatch.setattr("langso.commands.house.open_house", lambda **_: nullcontext())
    cache.clear()
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate exchange_apikey, exchange_receivedrequest")
    cache.clear()


def _keys() -> list[ApiKey]:
    with transaction.atomic():
        open_net()
        return list(ApiKey.objects.all())


def test_without_commit_no_key_is_made_or_shown(capsys: Said) -> None:
    assert main(ADD) == 0

    out = capsys.readouterr().out
    assert "Chạy thử, chưa đổi gì" in out
    assert "lso_" not in out
    assert _keys() == []


def test_a_key_is_made_used_listed_and_ended(capsys: Said) -> None:
    assert main([*ADD, "--commit"]) == 0
    secret = capsys.readouterr().out.strip().rpartition("Khóa: ")[2]
    headers = {"Authorization": f"Bearer {secret}"}

    assert visitor(headers=headers).get("/api/v1/cycles").status_code == 200
    assert main(["key", "list"]) == 0
    listed = capsys.readouterr().out
    assert "Hệ thống một cửa\tsuong\tLong Thị Sướng" in listed
    assert secret not in listed

    assert main(["key", "end", str(_keys()[0].pk), "--commit"]) == 0
    assert visitor(headers=headers).get("/api/v1/cycles").json()["code"] == "KeyEnded"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["key", "add", "khong.ai", "--name", "x"], "khong.ai"),
        (["key", "add", "suong", "--name", " "], "Đặt tên"),
        (["key", "add", "suong", "--name", "x", "--days", "0"], "từ 1 đến 731 ngày"),
        (["key", "end", "99"], "số 99"),
    ],
)
def test_what_cannot_be_is_refused_in_words(words: list[str], said: str, capsys: Said) -> None:
    assert main([*words, "--commit"]) == 2
    assert said in capsys.readouterr().err
