"""The last two hours before the deadline: 500 officers of 500 communes at once, against a served copy on loopback.

Each opens a group, types figures (autosave), looks the whole file over, confirms, sends to be signed and hands in. Time
is pressed together: pauses are a few seconds where people would take minutes, so the load is a good deal more than the
real one. Prints the p95 of every request beside the limit, and proves that nothing acknowledged was lost: each figure
that the server said it saved, and each receipt, is counted again in the database.

    python bench/deadline.py [--officers 500] [--seconds 90]     (own state folder, thrown away; about three minutes)
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

LIMIT_MS = 300
PORT = 8377
FRAMEWORK_PERIOD = "2026"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--officers", type=int, default=500)
    words.add_argument("--seconds", type=int, default=90)
    words.add_argument("--drive", help=argparse.SUPPRESS)  # the driving process: gevent patches everything in it
    args = words.parse_args()
    if args.drive:
        drive(args)
        return
    home = Path(tempfile.mkdtemp(prefix="langso-bench-"))
    home.chmod(0o755)
    os.environ |= {"LANGSO_HOME": str(home / "home"), "LANGSO_DEMO": "1"}
    langso = [str(Path(sys.executable).with_name("langso"))]
    subprocess.run([*langso, "demo", "--load-only"], check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([*langso, "serve", "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        people = home / "people.txt"
        prepare(people, args.officers)
        wait()
        drive_args = ["--officers", str(args.officers), "--seconds", str(args.seconds), "--drive", str(people)]
        subprocess.run([sys.executable, __file__, *drive_args], check=True)
        count(home / "acknowledged.txt")
    finally:
        server.terminate()
        server.wait(30)


def prepare(people: Path, officers: int) -> None:
    """A cycle over every commune of the first provinces, one officer who may also sign for each, a session for each."""
    from langso.commands.house import open_house

    with open_house(migrate=False):
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore
        from django.db import transaction
        from django.utils import timezone
        from psycopg.types.range import Range

        from langso.assessments import moving
        from langso.assessments.judging import MAIN_FRAMEWORK, edition_of
        from langso.assessments.models import Assessment
        from langso.cycles.models import Cycle
        from langso.lib.period import REFORM, day_of
        from langso.lib.workdays import add_workdays
        from langso.people.models import Account, Person, Post
        from langso.people.permits import enter_as_machine
        from langso.people.roles import Role

        now = timezone.now()
        today = day_of(now)
        edition = edition_of(MAIN_FRAMEWORK)
        with transaction.atomic():
            enter_as_machine(on=today)
            free = Assessment.objects.filter(cycle=None, framework=edition.id, period=FRAMEWORK_PERIOD).order_by("pk")
            units = list(free.values_list("unit_id", flat=True)[:officers])
            days = {name: add_workdays(today, n) for n, name in enumerate(("submit_by", "appraise_by", "decide_by"), 1)}
            cycle = Cycle.objects.create(
                code="gio-chot",
                title="Giờ chót",
                framework=edition.id,
                edition=edition.edition,
                period=FRAMEWORK_PERIOD,
                unit_level="commune",
                opens_on=today - timedelta(days=30),
                publish_by=add_workdays(today, 9),
                requires_signature=False,
                made_at=now,
                **days,
            )
            moving.open_cycle(cycle, units, by=None, at=now)
        lines = []
        with transaction.atomic(using="owner"):
            for n, unit in enumerate(units):
                account = Account(username=f"giochot-{n}")
                account.set_unusable_password()
                account.save(using="owner")
                person = Person(account=account, full_name=f"Cán bộ {n}", unit_id=unit)
                person.save(using="owner")
                for role in (Role.COMMUNE_OFFICER, Role.COMMUNE_HEAD):
                    Post(person=person, role=role, unit_id=unit, valid=Range(REFORM, None)).save(using="owner")
                file = Assessment.objects.using("owner").get(cycle=cycle, unit=unit)
                session = SessionStore()
                session[SESSION_KEY] = str(account.pk)
                session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
                session[HASH_SESSION_KEY] = account.get_session_auth_hash()
                session.save()
                lines.append(f"{session.session_key} {file.pk}")
        people.write_text("\n".join(lines))
        groups = [g.code for g in edition.groups if any(c.group == g.code for c in edition.criteria)]
        people.with_suffix(".groups").write_text("\n".join(groups))


def wait() -> None:
    import urllib.request

    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/dang-nhap/", timeout=2).read()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server did not come up")


def drive(args: argparse.Namespace) -> None:
    from gevent import monkey

    monkey.patch_all()
    import gevent
    from locust import HttpUser, between, events, task
    from locust.env import Environment

    people = Path(args.drive)
    waiting = [line.split() for line in people.read_text().splitlines()]
    groups = people.with_suffix(".groups").read_text().split()
    acknowledged: list[str] = []

    class Officer(HttpUser):
        host = f"http://127.0.0.1:{PORT}"
        wait_time = between(4, 12)
        saves = 0

        def on_start(self) -> None:
            key, self.file = waiting.pop()
            self.client.cookies.set("sessionid", key)
            self.part = random.choice(groups)
            self.fields: dict[str, str] = {}
            self.token = ""
            self.done = False
            gevent.sleep(random.uniform(0, 10))

        @task
        def work(self) -> None:
            if self.done:
                self.client.get(f"/danh-gia/{self.file}/", name="the file")
            elif not self.token or random.random() < 0.15:
                self.open_group()
            elif self.saves < 6:
                self.save()
            else:
                self.hand_in()

        def open_group(self) -> None:
            page = self.client.get(f"/danh-gia/{self.file}/nhom/{self.part}/", name="open a group").text
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            if found:
                self.token = found[1]
            pairs = re.findall(r'<input[^>]*name="([^"]+-(?:tu|mau|goc))"[^>]*value="([^"]*)"', page)
            self.fields = dict(pairs)

        def save(self) -> None:
            whole = [n.removesuffix("-mau") for n, v in self.fields.items() if n.endswith("-mau") and v]
            if not whole:
                return
            code = random.choice(whole)
            bottom = int(self.fields[f"{code}-mau"].replace(".", ""))
            top = random.randint(0, bottom)
            sent = {
                "csrfmiddlewaretoken": self.token,
                f"{code}-tu": str(top),
                f"{code}-mau": str(bottom),
                f"{code}-goc": self.fields.get(f"{code}-goc", ""),
            }
            with self.client.post(
                f"/danh-gia/{self.file}/nhom/{self.part}/luu/", sent, name="autosave", catch_response=True
            ) as answer:
                saved = answer.json() if answer.ok else {}
                base = saved.get("bases", {}).get(f"{code}-goc", "")
                if not answer.ok or saved.get("errors"):
                    answer.failure(str(saved.get("errors") or answer.status_code))
                    return
                self.fields[f"{code}-goc"] = base
                acknowledged.append(f"figure {base} {top}")
                self.saves += 1

        def hand_in(self) -> None:
            here = f"/danh-gia/{self.file}"
            token = {"csrfmiddlewaretoken": self.token}
            self.client.get(f"{here}/nop/", name="look it over")
            gevent.sleep(random.uniform(1, 4))
            self.client.post(f"{here}/nop/xac-nhan/", {**token, "all": "1"}, name="confirm all", allow_redirects=False)
            gevent.sleep(random.uniform(1, 3))
            self.client.post(f"{here}/nop/trinh-ky/", token, name="send to sign", allow_redirects=False)
            gevent.sleep(random.uniform(1, 3))
            with self.client.post(
                f"{here}/ky/", token, name="hand in", allow_redirects=False, catch_response=True
            ) as answer:
                if answer.status_code != 302:
                    answer.failure(f"{answer.status_code}")
                    return
                acknowledged.append(f"submission {self.file}")
                self.done = True

    env = Environment(user_classes=[Officer], events=events)
    runner = env.create_local_runner()
    runner.start(args.officers, spawn_rate=args.officers / 10)
    gevent.spawn_later(args.seconds, runner.quit)
    runner.greenlet.join()
    people.with_name("acknowledged.txt").write_text("\n".join(acknowledged))
    print(
        f"{args.officers} officers, {args.seconds} s, pauses of 4 to 12 s; {env.stats.total.total_rps:.0f} requests/s"
    )
    print(f"{'':18} {'requests':>9} {'failed':>7} {'p50 ms':>8} {'p95 ms':>8}   limit {LIMIT_MS} ms")
    for name, entry in sorted((key[0], e) for key, e in env.stats.entries.items()):
        _line(name, entry)
    _line("all", env.stats.total)


def _line(name: str, entry: object) -> None:
    p50, p95 = (entry.get_response_time_percentile(p) or 0 for p in (0.5, 0.95))  # type: ignore[attr-defined]
    counts = f"{entry.num_requests:9} {entry.num_failures:7}"  # type: ignore[attr-defined]
    print(f"{name:18} {counts} {p50:8.0f} {p95:8.0f}   {p95 / LIMIT_MS:.2f} ×")


def count(acknowledged: Path) -> None:
    """Each acknowledged figure and receipt is there, with what was said."""
    from langso.commands.house import open_house

    lines = [line.split() for line in acknowledged.read_text().splitlines()]
    with open_house(migrate=False):
        from langso.assessments.models import Submission
        from langso.measures.models import ReportedFigure

        wanted = {int(line[1]): int(line[2]) for line in lines if line[0] == "figure"}
        there = dict(ReportedFigure.objects.using("owner").filter(pk__in=wanted).values_list("pk", "numerator"))
        lost = [pk for pk, top in wanted.items() if there.get(pk) != top]
        files = {int(line[1]) for line in lines if line[0] == "submission"}
        found = Submission.objects.using("owner").filter(assessment__in=files)
        handed = set(found.values_list("assessment", flat=True))
        receipts = list(found.values_list("assessment__receipt", flat=True))
    print(f"figures acknowledged {len(wanted)}, lost {len(lost)}")
    print(f"files handed in {len(files)}, lost {len(files - handed)}")
    print(f"receipt numbers {len(receipts)}, different {len(set(receipts))}")
    if lost or files - handed or len(receipts) != len(set(receipts)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
