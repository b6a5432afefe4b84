"""`langso account`: the first people of a house, from the machine it stands on."""

from contextlib import nullcontext

import pytest
from django.db import transaction

from langso.commands import main
from langso.people.models import Account, Post
from tests.conftest import World
from tests.factories import open_net, visitor


@pytest.fixture(autouse=True)
def _open_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langso.commands.house.open_house", lambda **_: nullcontext())


ADD = ["account", "add", "dau.tien", "--name", "Lò Thị Đầu"]


def _posts(username: str) -> list[tuple[str, bool]]:
    with transaction.atomic():
        open_net()
        found = Post.objects.filter(person__account__username=username)
        return [(p.role, p.valid.upper is None and not p.valid.isempty) for p in found]


def test_without_commit_nothing_is_written_and_no_password_is_shown(
    committing: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ADD, "--role", "ministry_admin"]) == 0

    out = capsys.readouterr().out
    assert "Chạy thử, chưa đổi gì" in out
    assert "Mật khẩu" not in out
    assert not Account.objects.filter(username="dau.tien").exists()


def test_the_first_administrator_is_added_and_signs_in(committing: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ADD, "--role", "ministry_admin", "--commit"]) == 0

    password = capsys.readouterr().out.strip().rpartition("Mật khẩu: ")[2]
    assert _posts("dau.tien") == [("ministry_admin", True)]
    answer = visitor().post("/dang-nhap/", {"login": "dau.tien", "password": password})
    assert answer.status_code == 302


def test_a_post_at_a_unit_takes_its_code_of_today(committing: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ADD, "--role", "commune_head", "--unit", "00001", "--commit"]) == 0

    assert "Xã Bản Vược" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--role", "khong-co"], "Không có vai trò"),
        (["--role", "commune_head", "--unit", "00004"], "dùng đến hết ngày 30/06/2025"),
        (["--role", "commune_head"], "không đặt ở"),
        (["--role", "ministry_admin", "--unit", "08"], "không đặt ở"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    words: list[str], said: str, committing: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ADD, *words, "--commit"]) == 2

    assert said in capsys.readouterr().err
    assert not Account.objects.filter(username="dau.tien").exists()


def test_a_lost_password_is_replaced(committing: World, capsys: pytest.CaptureFixture[str]) -> None:
    main([*ADD, "--role", "ministry_admin", "--commit"])
    first = capsys.readouterr().out.strip().rpartition("Mật khẩu: ")[2]

    assert main(["account", "password", "dau.tien", "--commit"]) == 0

    second = capsys.readouterr().out.strip().rpartition("Mật khẩu: ")[2]
    account = Account.objects.get(username="dau.tien")
    assert account.check_password(second)
    assert not account.check_password(first)


def test_posts_are_ended(committing: World, capsys: pytest.CaptureFixture[str]) -> None:
    main([*ADD, "--role", "ministry_admin", "--commit"])

    assert main(["account", "end", "dau.tien", "--commit"]) == 0

    assert _posts("dau.tien") == [("ministry_admin", False)]


@pytest.mark.parametrize("verb", ["password", "end"])
def test_an_unknown_account_is_refused(verb: str, committing: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", verb, "khong.ai", "--commit"]) == 2
    assert "khong.ai" in capsys.readouterr().err


def test_the_list_names_who_holds_what_where(committing: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", "list"]) == 0

    assert "suong\tLong Thị Sướng\tCông chức cấp xã\tXã Bản Vược" in capsys.readouterr().out
