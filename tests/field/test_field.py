"""The app's own tests (field/test, run by node), its types, its weight, and what its lock and its sources may say."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from langso.fieldwork.shell import BUILT

ROOT = Path(__file__).resolve().parents[2]
FIELD = ROOT / "field"
BUDGET = 60_000
TOOL = [sys.executable, str(ROOT / "tools" / "field.py")]


def _run(*words: str) -> str:
    told = subprocess.run([*TOOL, *words], capture_output=True, text=True, check=False)
    assert told.returncode == 0, (told.stdout + told.stderr)[-6000:]
    return told.stdout


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    _run("tests")


def test_the_tests_of_the_app_pass() -> None:
    files = [str(path) for path in sorted((FIELD / ".tests").glob("*.test.mjs"))]
    told = _run("node", "--test", *files)
    assert re.search(r"^# fail 0$", told, re.MULTILINE)
    assert len(files) == len(list((FIELD / "test").glob("*.test.ts")))


def test_the_types_of_the_app_hold() -> None:
    for project in ("tsconfig.json", "tsconfig.sw.json"):
        _run("node", "node_modules/typescript/bin/tsc", "-p", project)


def test_the_whole_app_weighs_less_than_its_budget() -> None:
    _run()
    weight = json.loads((BUILT / "size.json").read_text("utf-8"))["gz"]
    assert weight == sum(path.stat().st_size for path in BUILT.glob("*.gz"))
    assert 20_000 < weight <= BUDGET


def test_a_second_build_does_nothing() -> None:
    _run()
    assert _run() == ""


def test_the_lock_names_no_host_and_every_package_has_its_checksum() -> None:
    lock = json.loads((FIELD / "package-lock.json").read_text("utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages
    assert not [name for name, facts in packages.items() if "resolved" in facts]
    assert not [name for name, facts in packages.items() if "integrity" not in facts]


def test_every_word_for_people_stands_in_one_file() -> None:
    strangers = []
    for path in [*FIELD.glob("src/**/*.ts"), *FIELD.glob("src/**/*.tsx")]:
        if path.name in ("words.ts", "form.ts"):  # those of a form stand beside its engine, as in its twin
            continue
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
        strangers += [
            f"{path.relative_to(FIELD)}: {m.group()}" for m in re.finditer(r"[\"'`>][^\"'`<\n]*[À-ỹ][^\"'`<\n]*", code)
        ]
    assert not strangers


def test_no_file_of_the_app_is_too_long_to_read() -> None:
    long = [p.name for p in FIELD.glob("src/**/*.ts*") if len(p.read_text("utf-8").splitlines()) > 500]
    assert not long
