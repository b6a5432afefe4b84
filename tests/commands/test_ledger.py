"""`langso ledger`: an altered line is named, and a cut is noticed by what was kept elsewhere."""

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from langso.commands import main
from langso.ledger.actions import record
from langso.ledger.rules import AnchorWrong, read_anchors
from langso.units.models import Unit
from tests.conftest import World
from tests.factories import AT

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _open_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langso.commands.house.open_house", lambda **_: nullcontext())


def _write(unit: Unit, lines: int = 4) -> None:
    for n in range(lines):
        record(by=None, did="thu.viec", to=unit, unit=unit.pk, at=AT + timedelta(minutes=n), facts={"n": n})


def _owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0


def _anchor(folder: Path, capsys: Said) -> str:
    capsys.readouterr()
    assert main(["ledger", "anchor"]) == 0
    path = folder / "ma.txt"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return str(path)


def test_whole_books_are_listed_with_their_lines_and_last_digest(committing: World, capsys: Said) -> None:
    _write(committing.country.merged)
    _write(committing.country.far_commune, 2)

    assert main(["ledger", "verify"]) == 0

    lines = capsys.readouterr().out.splitlines()
    near, far = (f"tinh-{p.pk}" for p in (committing.country.province, committing.country.far_province))
    assert {tuple(line.split("\t")[:2]) for line in lines[:2]} == {(near, "4 dòng"), (far, "2 dòng")}
    assert "Mọi quyển còn nguyên." in lines
    assert "--against" in lines[-1]


def test_an_altered_line_is_named_with_its_book_when_and_what(committing: World, capsys: Said) -> None:
    _write(committing.country.merged)
    _owner("update ledger_entry set facts = '{\"n\": 9}' where line = 3")

    assert main(["ledger", "verify"]) == 1

    said = capsys.readouterr().err
    assert f"Quyển tinh-{committing.country.province.pk}, dòng 3, lúc 09:02:00 ngày 20/11/2026" in said
    assert f"thu.viec, đối tượng units.unit:{committing.country.merged.pk}" in said
    assert "không còn khớp với mã" in said


@pytest.mark.parametrize(
    ("statement", "line", "why"),
    [
        ("delete from ledger_entry where line = 2", 3, "dòng ngay trước đã mất"),
        (
            "update ledger_entry set did = 'khac', digest ="
            " langso_ledger_digest(previous, book, line, at, by_id, 'khac', what, unit_id, facts) where line = 2",
            3,
            "dòng trước đã bị viết lại",
        ),
    ],
)
def test_it_says_how_the_chain_is_broken(statement: str, line: int, why: str, committing: World, capsys: Said) -> None:
    _write(committing.country.merged)
    _owner(statement)

    assert main(["ledger", "verify"]) == 1

    said = capsys.readouterr().err
    assert f"dòng {line}," in said
    assert why in said


def test_cut_off_last_lines_show_only_against_what_was_kept(committing: World, tmp_path: Path, capsys: Said) -> None:
    _write(committing.country.merged)
    kept = _anchor(tmp_path, capsys)
    assert main(["ledger", "verify", "--against", kept]) == 0
    _owner("delete from ledger_entry where line >= 3")

    assert main(["ledger", "verify"]) == 0
    capsys.readouterr()
    assert main(["ledger", "verify", "--against", kept]) == 1

    said = capsys.readouterr().err
    assert "mã đã cất là của dòng 4, nay quyển chỉ còn đến dòng 2" in said


def test_a_book_written_anew_shows_against_what_was_kept(committing: World, tmp_path: Path, capsys: Said) -> None:
    _write(committing.country.merged)
    kept = _anchor(tmp_path, capsys)
    _owner("delete from ledger_entry")
    for n in range(5):
        record(
            by=None, did="khac", to=committing.country.merged, unit=committing.country.merged.pk, at=AT, facts={"n": n}
        )

    assert main(["ledger", "verify", "--against", kept]) == 1
    assert "nay dòng ấy mang mã khác" in capsys.readouterr().err


def test_lines_added_since_do_not_disturb_what_was_kept(committing: World, tmp_path: Path, capsys: Said) -> None:
    _write(committing.country.merged)
    kept = _anchor(tmp_path, capsys)
    _write(committing.country.merged)

    assert main(["ledger", "verify", "--against", kept]) == 0


@pytest.mark.parametrize(
    "text", ["", "  \n", "tinh-1 4 abc", "tinh-1\t0\t" + "a" * 64, "tinh-1\t4\t" + "A" * 64, "tinh-1\t4\t" + "a" * 63]
)
def test_a_file_that_is_no_anchor_is_refused(text: str, tmp_path: Path, capsys: Said) -> None:
    with pytest.raises(AnchorWrong):
        read_anchors(text)
    (tmp_path / "ma.txt").write_text(text, encoding="utf-8")
    assert main(["ledger", "verify", "--against", str(tmp_path / "ma.txt")]) == 2
    assert main(["ledger", "verify", "--against", str(tmp_path / "khong-co.txt")]) == 2
    assert "Không đọc được tệp mã" in capsys.readouterr().err
