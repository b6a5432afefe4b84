import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from langso import commands
from langso.commands import main
from langso.lib.refusal import Refused
from tests.host.ground import environment, start


class TooLate(Refused):
    says = "Đã quá hạn {day}. Gửi Sở đề nghị mở lại."


@pytest.fixture(autouse=True)
def _home_of_its_own(monkeypatch: pytest.MonkeyPatch, ground: Path) -> None:
    monkeypatch.setenv("LANGSO_HOME", str(ground / "nhà"))


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> object:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def run_instead(monkeypatch: pytest.MonkeyPatch, what: object) -> None:
    """`langso migrate` does this and nothing else."""
    module = types.SimpleNamespace(NAME="migrate", HELP="thử", arguments=lambda _parser: None, run=what)
    monkeypatch.setitem(sys.modules, "langso.commands.migrate", module)


def test_help_lists_every_command_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith("Cách dùng: langso")
    for name in commands.NAMES:
        assert f"    {name} " in out
    assert not [english for english in ("usage", "optional", "positional", "show this") if english in out]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["restore"], "thiếu tham số TỆP"),
        (["serve", "--port", "cổng"], "cần số nguyên, không phải 'cổng'"),
        (["bay"], "không có lựa chọn 'bay'"),
        (["doctor", "--nhanh"], "không có tham số --nhanh"),
    ],
)
def test_a_wrong_word_is_refused_in_vietnamese(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == ""


def test_a_refusal_is_its_sentence_on_stderr_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_args: object) -> int:
        raise TooLate(day="15/01/2026")

    run_instead(monkeypatch, refuse)
    assert main(["migrate"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "Đã quá hạn 15/01/2026. Gửi Sở đề nghị mở lại.\n"
    assert captured.out == ""


def test_a_fault_of_ours_is_one_sentence_and_a_file_with_the_details(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ground: Path
) -> None:
    def break_down(_args: object) -> int:
        raise ZeroDivisionError("chia cho không")

    run_instead(monkeypatch, break_down)
    assert main(["migrate"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    (kept,) = (ground / "nhà" / "log").glob("loi-*.txt")
    assert str(kept) in err
    assert "chia cho không" in kept.read_text()
    assert "Traceback" not in err
    monkeypatch.setenv("LANGSO_TRACEBACK", "1")
    assert main(["migrate"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_fault_is_told_even_when_no_file_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(_args: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setenv("LANGSO_HOME", "/proc/langso")
    run_instead(monkeypatch, break_down)
    assert main(["migrate"]) == 1
    assert "LANGSO_TRACEBACK=1" in capsys.readouterr().err


def test_ctrl_c_is_one_word_and_code_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run_instead(monkeypatch, lambda _args: signal.raise_signal(signal.SIGINT))
    assert main(["migrate"]) == 130
    assert capsys.readouterr().err == "Đã dừng.\n"


def test_a_reader_that_has_had_enough_is_no_fault(ground: Path) -> None:
    short = "import sys; from langso.commands import main; sys.exit(main([]))"
    long = (
        "import sys, types; from langso.commands import main\n"
        "run = lambda _args: [print('x' * 9999, flush=True) for _ in range(999)] and 0\n"
        "sys.modules['langso.commands.migrate'] = types.SimpleNamespace("
        "NAME='migrate', HELP='', arguments=lambda p: None, run=run)\n"
        "sys.exit(main(['migrate']))"
    )
    for text in (short, long):
        process = start(text, environment(ground / "nhà"))
        assert process.stdout
        assert process.stderr
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=20) == 0


def test_judging_a_table_meets_neither_django_nor_postgresql(ground: Path) -> None:
    code = """
import sys
from langso.commands import main
try:
    main(["judge", "--help"])
finally:
    met = sorted({"django", "psycopg", "granian"} & set(sys.modules))
    print(met, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(ground / "nhà"), cwd="/",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
    assert not (ground / "nhà").exists()


def test_vietnamese_comes_out_whole_under_any_locale(ground: Path) -> None:
    environ = environment(ground / "nhà", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    code = "import sys; from langso.commands import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", code], env=environ, cwd="/", capture_output=True, check=False)
    assert "Làng Số: nền tảng mở" in done.stdout.decode("utf-8")
