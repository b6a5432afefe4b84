"""`langso units`: CSV for other programs, on the small country and on the real one."""

import csv
import os
import subprocess
import sys
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings

from langso.commands import main
from tests.country import Country
from tests.databases import Server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _open_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house of the test run is open already."""
    monkeypatch.setattr("langso.commands.house.open_house", lambda **_: nullcontext())


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, str]]:
    assert main(["units", *words, "--format", "csv"]) == 0
    out = capsys.readouterr().out
    return list(csv.DictReader(StringIO(out)))


def test_the_list_of_a_day_has_the_columns_that_were_agreed(
    country: Country, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _run(capsys, "list", "--on", "2025-06-30", "--level", "commune", "--province", "08")

    assert list(rows[0]) == ["code", "name", "kind", "parent_code", "province_code"]
    assert rows[0] == {
        "code": "00001",
        "name": "Xã Yên Hoà",
        "kind": "xã",
        "parent_code": "026",
        "province_code": "08",
    }
    assert [r["code"] for r in rows] == ["00001", "00004", "00007", "00010"]


def test_the_list_of_today_has_no_districts(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "list", "--on", "01/07/2025", "--level", "district") == []
    assert len(_run(capsys, "list", "--on", "01/07/2025")) == 8


def test_find_has_the_columns_that_were_agreed_best_first(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _run(capsys, "find", "xã Yên Hoà, huyện Thượng Nguồn, tỉnh Sông Chảy", "--on", "2025-06-30")

    assert list(rows[0]) == ["code", "name", "kind", "province_code", "valid_from", "valid_to", "confidence"]
    assert (rows[0]["code"], rows[0]["name"], rows[0]["valid_to"]) == ("00001", "Xã Yên Hoà", "2025-07-01")
    assert [float(r["confidence"]) for r in rows] == sorted((float(r["confidence"]) for r in rows), reverse=True)


def test_find_without_a_day_shows_the_namesakes_of_all_days(
    country: Country, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _run(capsys, "find", "yen hoa")

    assert {(r["code"], r["valid_to"]) for r in rows} >= {
        ("00001", "2025-07-01"),
        ("10558", ""),
        ("00001", ""),
    }


def test_successors_have_the_columns_that_were_agreed(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _run(capsys, "successors", "00001", "--from", "2025-06-30", "--to", "2025-07-01")

    assert list(rows[0]) == ["code", "name", "relation", "share", "share_basis", "resolution", "clause"]
    assert list(rows[0].values()) == ["00001", "Xã Bản Vược", "whole", "1", "all", "1684/NQ-UBTVQH15", "1"]


def test_an_unknown_share_is_left_empty(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _run(capsys, "successors", "00010", "--from", "2025-06-30", "--to", "2025-07-01")

    assert [(r["code"], r["share"], r["share_basis"]) for r in rows] == [
        ("00010", "", "unknown"),
        ("00013", "", "unknown"),
    ]


def test_predecessors_understand_the_code_on_the_later_day(
    country: Country, capsys: pytest.CaptureFixture[str]
) -> None:
    for days in (("2025-06-30", "2025-07-01"), ("2025-07-01", "2025-06-30")):
        rows = _run(capsys, "predecessors", "00001", "--from", days[0], "--to", days[1])
        assert {r["name"] for r in rows} == {"Xã Yên Hoà", "Xã Hồ Thầu"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "--on", "2024-01-01"], "01/03/2025"),
        (["list", "--on", "2025-07-01", "--province", "99"], "99"),
        (
            ["successors", "00004", "--from", "2025-07-01", "--to", "2026-07-01"],
            "dùng đến hết ngày 30/06/2025",
        ),
        (["find", "x" * 301], "300"),
    ],
)
def test_what_cannot_be_answered_is_refused_on_stderr_alone(
    words: list[str], said: str, country: Country, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["units", *words, "--format", "csv"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


@pytest.mark.parametrize(
    "words", [["list", "--on", "hôm nay"], ["list"], ["list", "--on", "2025-07-01", "--level", "x"]]
)
def test_a_wrong_argument_ends_with_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["units", *words])

    assert stopped.value.code == 2
    assert capsys.readouterr().out == ""


def test_nothing_found_is_a_heading_alone(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    main(["units", "find", "zzzz qqqq", "--format", "csv"])

    assert capsys.readouterr().out == "code,name,kind,province_code,valid_from,valid_to,confidence\n"


def test_the_real_command_prints_the_whole_country_and_nothing_else(
    whole_country: str, database_server: Server, tmp_path: Path
) -> None:
    """A process of its own, from its own home, on the database of this run."""
    owner = database_server.addresses.owner
    base, _, query = owner.partition("?")
    url = f"{base.rpartition('/')[0]}/{whole_country}" + (f"?{query}" if query else "")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("LANGSO_", "DJANGO_"))}
    environ |= {"DATABASE_URL": url, "LANGSO_HOME": str(tmp_path / "nhà"), "PYTHONPATH": str(ROOT)}
    if settings.DATABASES["default"]["PASSWORD"]:
        app, _, rest = database_server.addresses.app.partition("?")
        environ["DATABASE_APP_URL"] = f"{app.rpartition('/')[0]}/{whole_country}" + (f"?{rest}" if rest else "")

    done = subprocess.run(
        [sys.executable, "-m", "langso.commands", "units", "list", "--on", "2025-06-30", "--format", "csv"],
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "code,name,kind,parent_code,province_code"
    assert len(lines) == 1 + 63 + 696 + 10_035
