#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# ruff: noqa: UP009, UP010, UP024, UP031, RUF005, B904
"""The recipes of this repository, with nothing but Python: `python3 just.py` lists them.

This file is read by whatever Python a machine happens to have: it stays readable for Python 2.7, so that an
old one can say in one sentence what is missing instead of dying of a syntax error.
"""

from __future__ import print_function

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, os.environ.get("LANGSO_VENV") or ".venv")
LOCK, TEST_LOCK = "requirements.lock", "requirements-test.lock"
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
START = time.time()


class Stop(Exception):
    """One sentence for the person, and the exit code."""

    def __init__(self, sentence, code=2):
        Exception.__init__(self, sentence)
        self.sentence = sentence
        self.code = code


def say(line):
    """Vietnamese comes out whole on any terminal, whatever its locale and whichever Python."""
    data = line if isinstance(line, bytes) else line.encode("utf-8")
    sys.stdout.flush()
    out = getattr(sys.stdout, "buffer", sys.stdout)
    out.write(data + b"\n")
    out.flush()


def phase(line):
    elapsed = ("%5.1f" % (time.time() - START)).replace(".", ",")
    say("[%s giây] %s" % (elapsed, line))


def check_python():
    if os.name != "posix":
        raise Stop(
            "Làng Số chạy trên Linux, macOS, hoặc WSL trong Windows. Mở WSL (`wsl --install`) rồi chạy lại ở đó."
        )
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise Stop("Làng Số cần Python từ %d.%d, máy này đang dùng Python %s. %s" % (OLDEST + (found, newer_python())))


def newer_python():
    """What to do about an old Python: the newer one that is already here, or how to get one."""
    for minor in range(20, OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        try:
            works = subprocess.Popen([name, "-V"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            works.communicate()
        except (IOError, OSError):
            continue
        if works.returncode == 0:
            return "Máy đã có %s, chạy: %s just.py %s" % (name, name, " ".join(sys.argv[1:]) or "up")
    return "Cài Python 3.11 trở lên (Debian, Ubuntu: sudo apt-get install python3 python3-venv) rồi chạy lại."


def environment():
    environ = dict(os.environ)
    environ["PYTHONUTF8"] = "1"  # paths with Vietnamese letters, under any locale
    environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environ.pop("PYTHONHOME", None)
    environ.pop("PYTHONPATH", None)
    return environ


def python():
    return os.path.join(VENV, "bin", "python")


def run(command, **kwargs):
    """Run in the repository; its exit code. Ctrl-C reaches the child too: wait for it to tidy up."""
    child = subprocess.Popen(command, cwd=ROOT, env=kwargs.pop("env", None) or environment(), **kwargs)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def need(command, sentence):
    code = run(command)
    if code < 0 or code == 130:
        raise Stop("Đã dừng.", 130)
    if code:
        raise Stop(sentence, 1)


def mark(names):
    """Changes when one of the files, the place of this folder or the Python changes."""
    digest = hashlib.sha256((sys.version + "\n" + ROOT + "\n").encode("utf-8", "surrogateescape"))
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as content:
            digest.update(content.read())
    return digest.hexdigest()


def is_marked(stamp, wanted):
    try:
        with open(os.path.join(VENV, stamp)) as kept:
            return kept.read() == wanted
    except (IOError, OSError):
        return False


def put_mark(stamp, wanted):
    with open(os.path.join(VENV, stamp), "w") as kept:
        kept.write(wanted)


def make_venv():
    if os.path.exists(python()) and subprocess.call([python(), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0:
        return
    phase("Tạo môi trường Python riêng trong %s …" % os.path.relpath(VENV, ROOT))
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Stop(
            "Python này thiếu phần venv. "
            "Chạy: sudo apt-get install python3-venv (hoặc python%d.%d-venv), rồi chạy lại." % sys.version_info[:2]
        )
    if not os.access(os.path.dirname(VENV), os.W_OK):
        raise Stop(
            "Không ghi được vào %s. Cấp quyền ghi, hoặc đặt LANGSO_VENV sang thư mục khác." % os.path.dirname(VENV)
        )
    need(
        [sys.executable, "-m", "venv", "--clear", VENV],
        "Chưa tạo được môi trường Python trong %s. "
        "Xem dòng phía trên; Debian, Ubuntu: sudo apt-get install python3-venv." % VENV,
    )


def install(lock, stamp, what):
    """Nothing at all when nothing has changed since last time: a second start never meets pip."""
    wanted = mark([lock, "pyproject.toml"])
    if is_marked(stamp, wanted):
        return
    make_venv()
    phase("Cài %s (lần đầu tải vài chục MB) …" % what)
    pip = [python(), "-m", "pip", "install", "--quiet", "--no-input", "--progress-bar", "off"]
    sentence = "Chưa cài được %s. Kiểm tra mạng và ổ đĩa theo dòng phía trên rồi chạy lại; phần đã cài được giữ." % what
    need(pip + ["--require-hashes", "--requirement", lock], sentence)
    need(pip + ["--no-deps", "--editable", "."], sentence)
    put_mark(stamp, wanted)
    phase("Đã cài %s." % what)


def langso(arguments):
    return run([python(), "-m", "langso.commands"] + arguments)


def build_field_app():
    """The app for the phones, built when its sources changed. Without it everything else still runs."""
    if run([python(), os.path.join("tools", "field.py")]):
        phase("Chưa dựng được ứng dụng Đi hộ (câu phía trên nói vì sao); các phần khác vẫn chạy.")


def up(arguments):
    """cài đặt nếu cần, nạp dữ liệu mẫu, chạy ở http://127.0.0.1:8000"""
    install(LOCK, ".langso-up", "các gói cần để chạy")
    build_field_app()
    return langso(["demo"] + arguments)


def make_ready_for_tests():
    install(TEST_LOCK, ".langso-check", "các gói cần để kiểm thử")


def playwright_browser():
    """Where Playwright keeps its own Chromium, if it has one."""
    ask = "from playwright.sync_api import sync_playwright as p\n"
    ask += "with p() as b: print(b.chromium.executable_path)"
    try:
        found = subprocess.check_output([python(), "-c", ask], env=environment(), stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    path = found.decode("utf-8").strip()
    return path if os.path.exists(path) else ""


def find_browser():
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    return mac if os.path.exists(mac) else playwright_browser()


def make_browser_ready():
    """The browser of this machine, else apt-get when root, else Playwright's own download; its path."""
    found = os.environ.get("LANGSO_BROWSER") or find_browser()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        phase("Cài trình duyệt Chromium bằng apt-get …")
        environ = dict(environment(), DEBIAN_FRONTEND="noninteractive")
        if run(["apt-get", "update", "-qq"], env=environ) == 0:
            run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], env=environ)
        found = find_browser()
    if not found:
        phase("Tải trình duyệt Chromium của Playwright …")
        run([python(), "-m", "playwright", "install", "chromium"])
        found = find_browser()
    if not found:
        raise Stop(
            "Chưa có trình duyệt để kiểm thử. "
            "Chạy: sudo apt-get install chromium (hoặc cài Google Chrome), rồi chạy lại."
        )
    return found


def tool(name):
    return os.path.join(VENV, "bin", name)


def steps_of_check(arguments):
    py = python()
    return [
        ("Cách viết mã", [py, "-m", "ruff", "check", "."]),
        ("Định dạng mã", [py, "-m", "ruff", "format", "--check", "."]),
        ("Kiểu dữ liệu", [py, "-m", "mypy"]),
        ("Định dạng trang", [py, "-m", "djlint", "langso", "--lint", "--quiet"]),
        ("Ranh giới giữa các phòng", [py, tool("lint-imports"), "--no-cache"]),
        ("Bảng dữ liệu khớp mã", [py, "-m", "django", "makemigrations", "--check", "--dry-run"]),
        ("Kiểm thử", [py, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-m", "not browser"] + arguments),
        ("Kiểm thử trên trình duyệt", [py, "-m", "pytest", "-m", "browser"] + arguments),
    ]


def with_database(arguments):
    """`--database-url URL` becomes DATABASE_URL for everything that follows; the rest goes to pytest."""
    rest = []
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        if word == "--database-url":
            if not queue:
                raise Stop("--database-url cần địa chỉ đi kèm, ví dụ postgresql://tài-khoản:mật-khẩu@máy:5432/langso.")
            os.environ["DATABASE_URL"] = queue.pop(0)
        elif word.startswith("--database-url="):
            os.environ["DATABASE_URL"] = word.split("=", 1)[1]
        else:
            rest.append(word)
    return rest


def check(arguments):
    """chạy mọi kiểm tra như CI (--database-url URL để thử với PostgreSQL bên ngoài)"""
    arguments = with_database(arguments)
    make_ready_for_tests()
    os.environ["LANGSO_BROWSER"] = make_browser_ready()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langso.web.settings")
    results = []
    for name, command in steps_of_check(arguments):
        phase(name + " …")
        begin = time.time()
        code = run(command)
        if code in (130, -2, -15):
            raise Stop("Đã dừng.", 130)
        if code == 5 and arguments:  # pytest found none of the tests that were asked for in this half
            code = 0
        results.append((name, code, time.time() - begin))
    say("")
    for name, code, seconds in results:
        say("%s %-26s %6.1f giây" % ("✓ Đạt " if code == 0 else "✗ Hỏng", name, seconds))
    failed = [name for name, code, _ in results if code]
    phase("Có %d mục hỏng: %s." % (len(failed), ", ".join(failed)) if failed else "Tất cả đều đạt.")
    return 1 if failed else 0


def test(arguments):
    """chỉ chạy pytest, ví dụ: python3 just.py test tests/host -k backup"""
    arguments = with_database(arguments)
    make_ready_for_tests()
    found = os.environ.get("LANGSO_BROWSER") or find_browser()
    if found:
        os.environ["LANGSO_BROWSER"] = found
    return run([python(), "-m", "pytest"] + arguments)


def fix(_arguments):
    """sửa những gì máy tự sửa được: định dạng mã và trang"""
    make_ready_for_tests()
    codes = [
        run([python(), "-m", "ruff", "check", "--fix", "--quiet", "."]),
        run([python(), "-m", "ruff", "format", "--quiet", "."]),
    ]
    return 1 if codes[0] else 0


def lock(_arguments):
    """ghi lại phiên bản và mã kiểm tra của mọi gói (cần uv)"""
    uv = shutil.which("uv") or tool("uv")
    if not os.path.exists(uv):
        raise Stop("Cần công cụ uv để ghi phiên bản. Chạy: %s -m pip install uv, rồi chạy lại." % python())
    base = [
        uv,
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
    ]
    base += ["--no-emit-index-url", "--no-emit-find-links", "--quiet", "--python-version", "%d.%d" % OLDEST]
    need(base + ["--output-file", LOCK], "Chưa ghi được %s, xem dòng phía trên." % LOCK)
    need(
        base + ["--extra", "test", "--constraint", LOCK, "--output-file", TEST_LOCK],
        "Chưa ghi được %s, xem dòng phía trên." % TEST_LOCK,
    )
    for name in (LOCK, TEST_LOCK):
        with open(os.path.join(ROOT, name), "rb") as content:
            if b"://" in content.read():
                raise Stop("%s có ghi địa chỉ máy chủ. Bỏ cấu hình kho gói riêng rồi chạy lại." % name, 1)
    return 0


def bench(arguments):
    """đo tốc độ (bench/*.py); thêm tên để đo một phần"""
    make_ready_for_tests()
    folder = os.path.join(ROOT, "bench")
    names = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py") and not name.startswith("_"))
    unknown = [name for name in arguments if name not in names]
    if unknown:
        raise Stop("Không có phép đo “%s”. Có: %s." % (unknown[0], ", ".join(names)))
    code = 0
    for name in arguments or names:
        phase("Đo %s …" % name)
        code = run([python(), os.path.join("bench", name + ".py")]) or code
    return code


RECIPES = (("up", up), ("check", check), ("fix", fix), ("test", test), ("lock", lock), ("bench", bench))


def show_recipes():
    say("Cách dùng: python3 just.py VIỆC [THAM SỐ]\n")
    for name, recipe in RECIPES:
        doc = recipe.__doc__ or ""
        say("  %-7s %s" % (name, doc))


def main(words):
    recipes = dict(RECIPES)
    if not words or words[0] in ("-h", "--help", "help"):
        show_recipes()
        return 0
    if words[0] not in recipes:
        say("Không có việc “%s”." % words[0])
        show_recipes()
        return 2
    check_python()
    return recipes[words[0]](words[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(stop.sentence)
        sys.exit(stop.code)
    except KeyboardInterrupt:
        say("Đã dừng.")
        sys.exit(130)
