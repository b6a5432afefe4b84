"""ODK Collect's submissions against a served copy on loopback, beside ODK Central's measured baseline.

    python bench/openrosa.py [--seconds 10] [--connections 16]

Its own state folder, thrown away. New submissions of 20 questions with a photo of 20 kB, the same sent again, forms of
250 questions, and one new submission sent by all connections at the same moment. CPU is that of the web server's and
of PostgreSQL's processes together, read from /proc before and after. The sender runs on the same cores.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

PORT = 8379
BOUNDARY = b"----langsobench7MA4YWxkTrZu0gW"
# ODK Central at 4f5943d, 16 connections, same machine class: median of seven runs (least, most), CPU ms of both.
CENTRAL = {"per_second": 163, "least": 116, "most": 203, "cpu_ms": 8.8, "equal": "7, 7, 9"}
GOAL = {"new": 500, "wide": 200, "cpu_ms": 2.5}
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF" + os.urandom(20_000)
UID_AT = b"@@uid@@"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seconds", type=float, default=10)
    words.add_argument("--connections", type=int, default=16)
    args = words.parse_args()
    home = Path(tempfile.mkdtemp(prefix="langso-bench-"))
    home.chmod(0o755)
    os.environ |= {"LANGSO_HOME": str(home / "home")}
    langso = [str(Path(sys.executable).with_name("langso"))]
    server = subprocess.Popen([*langso, "serve", "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        _wait()
        token = _prepare()
        _measure(token, args, server.pid, home)
    finally:
        server.terminate()
        server.wait(30)


def _wait() -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/dang-nhap/", timeout=2).read()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server did not come up")


def _prepare() -> str:
    """A commune with a village, a team, a member; her phone; a form of 20 questions and one of 250."""
    from langso.commands.house import open_house

    with open_house(migrate=False):
        from django.db import transaction
        from django.utils import timezone
        from psycopg.types.range import Range

        from langso.fieldwork.enrolling import enroll, issue_code
        from langso.lib.period import REFORM, day_of
        from langso.people.permits import enter_as_machine
        from langso.questionnaires import actions
        from langso.questionnaires.workbook import write_workbook
        from langso.teams.models import Member, Team, TeamVillage
        from langso.units import loading
        from langso.units.queries import unit_by_code
        from langso.villages.models import Village

        loading.load()
        now = timezone.now()
        with transaction.atomic():
            enter_as_machine(on=day_of(now))
            unit = unit_by_code("01021", day_of(now))
            since = Range(REFORM, None)
            village = Village.objects.create(unit=unit, province_code="08", kind="thôn", name="Thôn Đo", valid=since)
            team = Team.objects.create(unit=unit, province_code="08", name="Tổ Đo", valid=since)
            TeamVillage.objects.create(unit=unit, team=team, village=village, valid=since)
            member = Member.objects.create(unit=unit, team=team, full_name="Người Đo", valid=since)
            _, code = issue_code(member=member, by=None, at=now)
            for name, count in (("do-20", 20), ("do-250", 250)):
                survey = [["type", "name", "label", "required", "constraint"], *(_question(i) for i in range(count))]
                settings = [["form_id", "form_title", "version"], [name, f"Phiếu đo {count} câu", "1"]]
                content = write_workbook({"survey": survey, "choices": [_CHOICE, *_CHOICES], "settings": settings})
                version = actions.import_form(content=content, name="do.xlsx", unit=unit, by=None, at=now)
                actions.issue(version=version, by=None, at=now)
        with transaction.atomic():
            return enroll(code=code, phone_uid=uuid4(), label="đo", app="", at=timezone.now()).token


_CHOICE = ["list_name", "name", "label"]
_CHOICES = [["c", f"y{i}", f"Ý {i}"] for i in range(6)]


def _fresh(body: bytes) -> Callable[[], bytes]:
    """The same content under a number of its own each time."""
    return lambda: body.replace(UID_AT, str(uuid4()).encode())


_KINDS = ("text", "integer", "select_one c", "date", "select_multiple c")
_VALUES = ("Vàng Thị Mẩy", "4", "y2", "2026-11-20", "y1 y3")


def _question(i: int) -> list[str]:
    if i == 19:
        return ["image", "q19", "Ảnh", "", ""]
    return [_KINDS[i % 5], f"q{i}", f"Câu {i}", "yes", ". >= 0" if i % 5 == 1 else ""]


def _body(code: str, count: int, *, photo: bool) -> bytes:
    inner = "".join(f"<q{i}>{_VALUES[i % 5] if i != 19 else 'anh.jpg'}</q{i}>" for i in range(count))
    xml = (
        f'<?xml version="1.0"?><data id="{code}" version="1">{inner}'
        f"<meta><instanceID>uuid:{UID_AT.decode()}</instanceID></meta></data>"
    ).encode()
    head = b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n'
    parts = [head % (b"xml_submission_file", b"a.xml", b"text/xml") + xml]
    if photo:
        parts.append(head % (b"anh.jpg", b"anh.jpg", b"image/jpeg") + PHOTO)
    return b"".join(b"--%s\r\n%s\r\n" % (BOUNDARY, part) for part in parts) + b"--%s--\r\n" % BOUNDARY


class Sender:
    """One connection that is kept open."""

    def __init__(self, token: str) -> None:
        self.path = f"/odk/{token}/submission".encode()
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, body: bytes) -> bytes:
        return (
            b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-OpenRosa-Version: 1.0\r\nContent-Length: %d\r\n"
            b"Content-Type: multipart/form-data; boundary=%s\r\n\r\n" % (self.path, len(body), BOUNDARY)
        ) + body

    def send(self, body: bytes) -> int:
        self.socket.sendall(self.request(body))
        return self.read()

    def read(self) -> int:
        said = b""
        while b"\r\n\r\n" not in said:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError("closed")
            said += piece
        head, _, rest = said.partition(b"\r\n\r\n")
        length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length"))
        while len(rest) < length:
            rest += self.socket.recv(65536)
        return int(head.split(b" ", 2)[1])


def _measure(token: str, args: argparse.Namespace, server: int, home: Path) -> None:
    small, wide = _body("do-20", 20, photo=True), _body("do-250", 250, photo=False)
    print(f"{args.connections} connections, {args.seconds:g} s each; XML of 20 questions {small.index(PHOTO):,} B")
    print(f"with its frame, photo {len(PHOTO):,} B; of 250 questions {len(wide):,} B\n")
    print(f"{'case':28} {'per s':>7} {'p50 ms':>7} {'p95 ms':>7} {'CPU ms':>7}  goal")
    _drive(token, _fresh(small), args.connections, 2)
    new = _case("new, 20 questions, photo", token, _fresh(small), args, server, home)
    same = small.replace(UID_AT, str(uuid4()).encode())
    _case("the same again", token, lambda: same, args, server, home)
    _drive(token, _fresh(wide), args.connections, 1)
    wide_found = _case("new, 250 questions", token, _fresh(wide), args, server, home)
    equal = [_at_once(token, _fresh(small)(), args.connections) for _ in range(3)]
    print(f"\none new submission by {args.connections} at once, three times: {equal} answered 201 (goal: all)")
    print(
        f"\nODK Central, the same small case: {CENTRAL['per_second']} per s ({CENTRAL['least']} to {CENTRAL['most']}), "
        f"CPU {CENTRAL['cpu_ms']} ms, at once {CENTRAL['equal']} of 16 answered 201"
    )
    print(f"ratio: {new[0] / CENTRAL['per_second']:.1f} × its rate, {CENTRAL['cpu_ms'] / new[1]:.1f} × less CPU")  # type: ignore[operator]
    met = new[0] >= GOAL["new"] and new[1] <= GOAL["cpu_ms"] and wide_found[0] >= GOAL["wide"]
    print("goals met" if met and set(equal) == {args.connections} else "GOALS NOT MET")


def _case(
    name: str, token: str, make: Callable[[], bytes], args: argparse.Namespace, server: int, home: Path
) -> tuple[float, float]:
    before = _cpu(server, home)
    times, wrong, spent = _drive(token, make, args.connections, args.seconds)
    cpu = (_cpu(server, home) - before) * 1000 / max(1, len(times))
    times.sort()
    rate = len(times) / spent
    goal = {"new, 20": f"≥ {GOAL['new']} per s, ≤ {GOAL['cpu_ms']} ms CPU", "new, 250": f"≥ {GOAL['wide']} per s"}
    said = next((text for key, text in goal.items() if name.startswith(f"{key} ")), "")
    p95 = times[int(len(times) * 0.95) - 1] * 1000
    print(f"{name:28} {rate:7.0f} {statistics.median(times) * 1000:7.1f} {p95:7.1f} {cpu:7.2f}  {said}")
    if wrong:
        print(f"    not 201: {wrong}")
    return rate, cpu


def _drive(token: str, make: Callable[[], bytes], count: int, seconds: float) -> tuple[list[float], list[int], float]:
    times: list[float] = []
    wrong: list[int] = []
    stop = time.perf_counter() + seconds

    def run() -> None:
        sender = Sender(token)
        mine = []
        while (start := time.perf_counter()) < stop:
            status = sender.send(make())
            mine.append(time.perf_counter() - start)
            if status != 201:
                wrong.append(status)
        times.extend(mine)

    began = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, wrong[:10], time.perf_counter() - began


def _at_once(token: str, body: bytes, count: int) -> int:
    """All but the last bytes first, then the last of all: they meet in the server."""
    senders = [Sender(token) for _ in range(count)]
    for sender in senders:
        sender.socket.sendall(sender.request(body)[:-2])
    time.sleep(0.2)
    for sender in senders:
        sender.socket.sendall(body[-2:])
    return sum(sender.read() == 201 for sender in senders)


def _cpu(server: int, home: Path) -> float:
    """Seconds of the web server's processes and of PostgreSQL's."""
    stats: dict[int, tuple[int, float]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                stats[int(entry.name)] = (int(fields[1]), sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK"))
            except OSError:
                continue
    ours = {server}
    while grown := {pid for pid, (parent, _) in stats.items() if parent in ours} - ours:
        ours |= grown
    for pid in stats:
        try:
            if os.readlink(f"/proc/{pid}/cwd").startswith(str(home)):
                ours.add(pid)
        except OSError:
            continue
    return sum(stats[pid][1] for pid in ours if pid in stats)


if __name__ == "__main__":
    main()
