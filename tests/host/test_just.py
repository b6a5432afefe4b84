import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.ground import ROOT

JUST = ROOT / "just.py"
OLD_PYTHONS = ("python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10")


def just(
    *words: str, python: str = sys.executable, script: Path = JUST, **environ: str
) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key not in ("LANGSO_VENV", "DATABASE_URL")}
    return subprocess.run(
        [python, str(script), *words], env=clean | environ, cwd="/", capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip


def works(python: str) -> bool:
    return subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0


def test_bare_just_lists_the_recipes() -> None:
    done = just()
    assert done.returncode == 0
    assert re.findall(r"^  (\w+) ", done.stdout, re.M) == ["up", "check", "fix", "test", "lock", "bench"]


def test_an_unknown_recipe_is_refused_with_the_list() -> None:
    done = just("bay")
    assert done.returncode == 2
    assert done.stdout.startswith("Không có việc “bay”.\n")
    assert "  up " in done.stdout


def test_it_reads_as_the_oldest_python_3() -> None:
    tree = ast.parse(JUST.read_text(encoding="utf-8"), feature_version=(3, 4))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr))]


@pytest.mark.parametrize("name", OLD_PYTHONS)
def test_an_old_python_gets_one_sentence(name: str) -> None:
    python = shutil.which(name)
    if python is None or not works(python):
        pytest.skip(f"máy này không có {name}")
    done = just("up", python=python, LC_ALL="C")
    assert done.returncode == 2
    assert done.stdout.startswith("Làng Số cần Python từ 3.11, máy này đang dùng Python ")
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


def test_the_guard_speaks_whatever_python_runs_it() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.version_info = (3, 6, 9)\n"
        "import just\n"
        "try: just.main(['up'])\n"
        "except just.Stop as stop: just.say(stop.sentence)"
    )
    environ = dict(os.environ, PATH="/nonexistent", PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == (
        "Làng Số cần Python từ 3.11, máy này đang dùng Python 3.6.9. Cài Python 3.11 trở lên "
        "(Debian, Ubuntu: sudo apt-get install python3 python3-venv) rồi chạy lại.\n"
    )


@pytest.fixture
def copy(ground: Path) -> Path:
    """A clone in a path with spaces and marks whose Python only writes down what it is asked to do."""
    folder = ground / "kho mã nguồn"
    folder.mkdir()
    for name in ("just.py", "pyproject.toml", "requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, folder)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/asked"\n[ "$2" != "$FAILS" ]\n')
    python.chmod(0o755)
    return folder


def asked(folder: Path) -> list[str]:
    path = folder / "asked"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return [line for line in lines if line != "-c import pip"]


def test_up_installs_with_hashes_and_the_second_time_meets_no_pip(copy: Path) -> None:
    assert just("up", "--port", "9000", script=copy / "just.py").returncode == 0
    first = asked(copy)
    assert [line for line in first if "--require-hashes --requirement requirements.lock" in line]
    assert [line for line in first if "--no-deps --editable ." in line]
    assert first[-1] == "-m langso.commands demo --port 9000"
    assert just("up", script=copy / "just.py", CI="true").returncode == 0
    assert asked(copy) == ["tools/field.py", "-m langso.commands demo"]  # which looks whether the app is built
    with (copy / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    just("up", script=copy / "just.py")
    assert [line for line in asked(copy) if "pip install" in line]


def test_a_failed_installation_is_one_sentence_and_is_tried_again(copy: Path) -> None:
    done = just("up", script=copy / "just.py", FAILS="pip")
    assert done.returncode == 1
    assert "Chưa cài được các gói cần để chạy." in done.stdout
    asked(copy)
    assert just("up", script=copy / "just.py").returncode == 0
    assert [line for line in asked(copy) if "pip install" in line]


def test_check_runs_every_step_and_tells_which_failed(copy: Path) -> None:
    done = just(
        "check",
        "--database-url",
        "postgresql://a@b/c",
        "-k",
        "x",
        script=copy / "just.py",
        LANGSO_BROWSER="/b",
    )
    assert done.returncode == 0, done.stdout
    steps = asked(copy)
    for step in (
        "ruff check",
        "ruff format --check",
        "mypy",
        "djlint",
        "lint-imports",
        "makemigrations --check",
    ):
        assert [line for line in steps if step in line], step
    assert steps[-2:] == ["-m pytest -n 2 --dist loadfile -m not browser -k x", "-m pytest -m browser -k x"]
    assert "Tất cả đều đạt." in done.stdout
    failed = just("check", script=copy / "just.py", LANGSO_BROWSER="/b", FAILS="mypy")
    assert failed.returncode == 1
    assert "✗ Hỏng Kiểu dữ liệu" in failed.stdout
    assert "Có 1 mục hỏng: Kiểu dữ liệu." in failed.stdout
    assert asked(copy)[-1] == "-m pytest -m browser"  # the steps after it are still run


def test_the_folder_of_packages_can_be_chosen(copy: Path) -> None:
    (copy / ".venv").rename(copy / "gói riêng")
    assert just("up", script=copy / "just.py", LANGSO_VENV="gói riêng").returncode == 0
    assert not (copy / ".venv").exists()


def test_a_python_without_venv_is_told_the_command(copy: Path) -> None:
    shutil.rmtree(copy / ".venv")
    (copy / "ensurepip.py").write_text("raise ImportError\n")  # as Debian without python3-venv
    done = just("up", script=copy / "just.py")
    assert done.returncode == 2
    assert "sudo apt-get install python3-venv" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_the_locks_record_hashes_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    for entry in re.split(r"\n(?=[a-zA-Z0-9])", text):
        assert "--hash=sha256:" in entry, entry
