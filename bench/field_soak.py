"""The soak of field records: nothing acknowledged is lost, nothing is written twice, whatever is cut or killed.

Simulated phones with an outbox each send to a served house: shuffled (visits before their household, edits
backwards), with repeats (the same item in two batches at once, acknowledged items again), three requests in ten cut
(before the body is whole, with the answer unread, in the middle of the answer). Meanwhile workers, backends, the
postmaster, the house, or all at once are ended with SIGKILL. A phone believes only an answer that proves itself. At
the end what is in the database is compared with what the phones hold receipts for, and the tallies with a recount.

    python bench/field_soak.py [--devices 1000] [--records 1000000] [--kills N | --kill-every SECONDS] [--minutes N]
        [--seed N]

Own state folder, thrown away; Linux. Ends with 1 when a number that must be 0 is not.
"""

import argparse
import asyncio
import hashlib
import heapq
import itertools
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any

import _field as field_work

from langso.villages.topics import TOPICS, mask_of

WORKERS = 16
CUT_SHARE = 0.3
CUTS = ("before the body was whole", "answer left unread", "in the middle of the answer")
KILLS = ("worker", "backend", "postmaster", "house", "everything at once")
WRITTEN = ("fieldwork_record", "visits_visit", "visits_gathering", "villages_household", "villages_householdversion")
MOST, FEW, WAVE = 50, 60, 150  # items in a request; an outbox is filled up again below FEW, by WAVE
PATIENCE = 240.0  # seconds without a receipt after which the house is given up


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--devices", type=int, default=1000)
    words.add_argument("--records", type=int, default=1_000_000)
    words.add_argument("--kills", type=int, help="how many, spread over the records (5, and one more for 20,000)")
    words.add_argument("--kill-every", type=float, help="instead: one about every so many seconds")
    words.add_argument("--minutes", type=float, help="then nothing new is written, and what was is compared")
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    args = words.parse_args()
    if args.kills is None:
        args.kills = 5 + args.records // 20_000
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="langso-bench-"))
    folder.chmod(0o755)
    os.environ["LANGSO_HOME"] = str(folder / "home")
    _say(f"house in {folder / 'home'}")
    house = House(folder, _free_port())
    try:
        return soak(args, house)
    finally:
        house.end()
        shutil.rmtree(folder, ignore_errors=True)


def soak(args: argparse.Namespace, house: "House") -> int:
    began = time.monotonic()
    members = 2 if args.devices % 2 == 0 else 1  # two of a team meet in the same households
    teams = args.devices // members
    seats = field_work.prepare(
        teams, max(20, args.records // args.devices // 4), communes=max(1, teams // 8), members=members
    )
    _say(f"seed {args.seed}; prepared in {time.monotonic() - began:.0f} s")
    share = [args.records // args.devices + (n < args.records % args.devices) for n in range(args.devices)]
    devices = [Device(n, seat, share[n], random.Random(f"{args.seed} {n}")) for n, seat in enumerate(seats)]
    house.find_place()
    house.start()
    field_work.wait(house.port)
    run = Run(args, house, devices)
    asyncio.run(run.drive())
    house.stop()
    _say("comparing …")
    found = compare(devices)
    return run.table(found)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ── the house and its processes ──────────────────────────────────────────────────────────────────────────────────────


class House:
    """The served house: started, killed in parts, started again; in the end nothing of it is left."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.cluster, self.socket = folder / "home" / "pg", folder / "home" / "run"
        self.server: Popen[bytes] | None = None
        self.was_killed = False
        self.fell = 0  # stopped without being killed

    def find_place(self) -> None:
        from langso.host import account
        from langso.host.home import open_home

        place = account.place_of(open_home(), say=lambda line: None)
        self.cluster, self.socket = place.cluster, place.socket

    def start(self) -> None:
        self.server = field_work.start(self.port, words=self.folder / "serve.log")

    def keep_up(self) -> None:
        """What a supervisor does: start it again when it is gone; its old workers may still hold the port."""
        if self.server is not None and self.server.poll() is not None:
            self.fell += not self.was_killed
            self.start()

    def stop(self) -> None:
        if self.server is not None:
            field_work.stop(self.server)

    def kill(self, kind: str) -> bool:
        """Whether there was something of the kind to kill."""
        web, workers, postmaster, backends = self._processes()
        random.shuffle(backends)
        assert self.server is not None
        targets = {
            "worker": workers[:1],
            "backend": backends[:1],
            "postmaster": postmaster[:1],
            "house": [self.server.pid],
            "everything at once": [self.server.pid, *web, *workers, *postmaster, *backends],
        }[kind]
        for pid in targets:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if targets and kind in ("house", "everything at once"):
            self.was_killed = True
        return bool(targets)

    def analyze(self) -> None:
        """What autovacuum does within a minute or two, but for crashes so close together that each makes it forget."""
        import psycopg

        with (
            suppress(psycopg.Error),
            psycopg.connect(host=str(self.socket), user="postgres", dbname="langso", autocommit=True) as connection,
        ):
            connection.execute(f"analyze {', '.join(WRITTEN)}")

    def _processes(self) -> tuple[list[int], list[int], list[int], list[int]]:
        """Web server, workers, postmaster, backends: of this house, by descent and by the cluster's folder."""
        there = {pid: (parent, line) for pid, parent, line in _processes()}
        mine = self.server.pid if self.server else -1
        web = [p for p, (parent, line) in there.items() if parent == mine and "granian" in line]
        workers = [p for p, (parent, line) in there.items() if parent in web and "resource_tracker" not in line]
        postmaster = [p for p, (_, line) in there.items() if f"/postgres -D {self.cluster} " in line]
        backends = [p for p, (parent, line) in there.items() if parent in postmaster and "langso_app" in line]
        return web, workers, postmaster, backends

    def end(self) -> None:
        """Whatever is left of it, told by the folder it works in, which nobody else knows."""
        self.stop()
        mark = str(self.folder)
        for _ in range(50):
            left = [pid for pid, _, line in _processes() if pid != os.getpid() and _is_of(pid, line, mark)]
            if not left:
                return
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        _say(f"still there: {left}")


def _processes() -> Iterator[tuple[int, int, str]]:
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            yield int(entry.name), int(parent), line


def _is_of(pid: int, line: str, folder: str) -> bool:
    entry = Path(f"/proc/{pid}")
    with suppress(OSError):
        return folder in line or os.readlink(entry / "cwd").startswith(folder) or (
            f"LANGSO_HOME={folder}".encode() in (entry / "environ").read_bytes() and "serve" in line + "granian"
        )  # fmt: skip
    return False


# ── a phone ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Device:
    """A phone: what it has yet to write, its outbox, its receipts. The text of an item is kept until it has one."""

    number: int
    seat: field_work.Seat
    to_make: int
    rng: random.Random
    outbox: dict[str, str] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)  # of the outbox: reached the house before, as far as we know
    answered: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=80))  # some, to be sent again
    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)  # uid → receipt, state
    said: dict[str, bytes] = field(default_factory=dict)  # uid → digest of what the row must say
    houses: list[str] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)
    visits: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=200))
    gatherings: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    seq: int = 0
    fails: int = 0
    changed_answers: int = 0

    def __post_init__(self) -> None:
        self.houses = list(self.seat.households)

    @property
    def is_done(self) -> bool:
        return not self.outbox and not self.to_make

    def refill(self) -> None:
        """Write some more; what is still unsent stays among it, so that gaps last."""
        if len(self.outbox) >= FEW or not self.to_make:
            return
        until = max(0, self.to_make - WAVE)
        while self.to_make > until:
            chance = self.rng.random()
            if chance < 0.10:
                self._household()
            elif chance < 0.125:
                self._edits(self.rng.choice(self.houses), 1)
            elif chance < 0.165 and self.visits:
                uid, household = self.rng.choice(self.visits)
                self._visit(household, corrects=uid)
            elif chance < 0.19:
                self._gathering()
            elif chance < 0.195:
                self._put("visit", {"household": self.rng.choice(self.houses), "on": "2026-13-01"}, b"")
            else:
                self._visit(self.rng.choice(self.houses))

    def _put(self, kind: str, body: dict[str, Any], said: bytes, made: datetime | None = None) -> str:
        if not self.to_make:
            return ""
        self.to_make -= 1
        self.seq += 1
        made = made or datetime.now(UTC) - timedelta(minutes=self.rng.randrange(1, 2000))
        uid = _uid(self.rng, made)
        self.outbox[uid] = json.dumps(
            {"uid": uid, "kind": kind, "seq": self.seq, "made_at": made.isoformat(), "body": body}, ensure_ascii=False
        )
        if said:
            self.said[uid] = said
        return uid

    def _visit(self, household: str, corrects: str = "") -> None:
        rng = self.rng
        made = datetime.now(UTC) - timedelta(days=rng.randrange(28), hours=9)
        on, result = made.date().isoformat(), rng.choice(field_work.RESULTS)
        topics = rng.sample(field_work.TOPICS, rng.randint(1, 3))
        body: dict[str, Any] = {
            "household": household,
            "on": on,
            "topics": topics,
            "result": result,
            "note": "Hẹn thứ Ba nộp bản khai sinh." if rng.random() < 0.4 else "",
            "proof": {"kind": rng.choice(["none", "none", "signature"])},
        }
        if corrects:
            body["corrects"] = corrects
        uid = self._put("visit", body, _digest(household, on, mask_of(topics), result, corrects), made)
        if uid:
            self.visits.append((uid, household))

    def _gathering(self) -> None:
        rng = self.rng
        made = datetime.now(UTC) - timedelta(days=rng.randrange(28), hours=9)
        on, topics, attended = made.date().isoformat(), rng.sample(field_work.TOPICS, 2), rng.randint(5, 80)
        body = {"village": self.seat.village, "on": on, "topics": topics, "attended": attended,
                "place": f"Nhà văn hóa thôn, buổi {rng.randint(1, 9)}"}  # fmt: skip
        corrects = rng.choice(self.gatherings) if self.gatherings and rng.random() < 0.2 else ""
        if corrects:
            body["corrects"] = corrects
        uid = self._put("gathering", body, _digest(self.seat.village, on, mask_of(topics), attended, corrects), made)
        if uid:
            self.gatherings.append(uid)

    def _household(self) -> None:
        """A new household, a run of edits that begins with it now and then, and visits to it."""
        rng, entity, run = self.rng, str(uuid.UUID(int=self.rng.getrandbits(128), version=4)), None
        if rng.random() < 0.2:
            run = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        fields = {"village": self.seat.village, "head": f"Vàng Seo Lìn {self.seq}", "members": rng.randint(1, 9)}
        self._edit(entity, run, 0, 0, fields)
        for base in range(1, rng.randint(2, 4) if run else 1):
            self._edit(entity, run, 0, base, {"members": rng.randint(1, 9), "consent": "yes"})
        for _ in range(rng.randint(1, 3)):
            self._visit(entity)
        self.houses.append(entity)
        self.edited.add(entity)

    def _edits(self, household: str, trunk: int) -> None:
        if household in self.edited:
            return
        self.edited.add(household)
        run = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        for base in range(trunk, trunk + self.rng.randint(1, 5)):
            choices: list[dict[str, Any]] = [
                {"members": self.rng.randint(1, 9)},
                {"needs": self.rng.sample(list(TOPICS), 2)},
                {"head": f"Lù Thị Dín {self.rng.randrange(1000)}"},
            ]
            self._edit(household, run, trunk, base, self.rng.choice(choices))

    def _edit(self, entity: str, run: str | None, trunk: int, base: int, fields: dict[str, Any]) -> None:
        body = {"entity": entity, "trunk": trunk, "base": base, "branch": run, "fields": fields}
        self._put("household", body, _digest(entity, trunk, base, run or ""))

    def pick(self) -> dict[str, str]:
        """What goes into the next request: any of the outbox, in any order, and now and then what went before."""
        rng = self.rng
        chosen = rng.sample(list(self.outbox), min(len(self.outbox), rng.randint(MOST // 2, MOST)))
        picked = {uid: self.outbox[uid] for uid in chosen}
        if self.answered and rng.random() < 0.15:
            picked |= dict(rng.sample(self.answered, min(len(self.answered), rng.randint(1, 10))))
        return picked

    def believe(self, answers: Iterable[dict[str, Any]]) -> int:
        """Keep the receipts; how many are new. An answer may only move on from „held"."""
        new = 0
        for answer in answers:
            uid, receipt, state = answer["uid"], answer["receipt"], sys.intern(answer["state"])
            before = self.receipts.get(uid)
            if before is not None:
                self.changed_answers += before != (receipt, state) and not (
                    before[0] == receipt and before[1] == "held" and state in ("written", "conflict", "refused")
                )
            self.receipts[uid] = (receipt, state)
            text = self.outbox.pop(uid, None)
            if text is not None:
                new += 1
                self.answered.append((uid, text))
                self.sent.discard(uid)
        return new


def _uid(rng: random.Random, made: datetime) -> str:
    """A UUIDv7, as phones make them."""
    number = int(made.timestamp() * 1000) << 80 | rng.getrandbits(80)
    number = number & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=number & ~(0x3 << 62) | 2 << 62))


def _digest(*facts: object) -> bytes:
    return hashlib.md5(" ".join(map(str, facts)).encode(), usedforsecurity=False).digest()


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Line:
    """A connection that is opened again after it was cut."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.reader is not None and self.writer is not None and not self.writer.is_closing():
            return self.reader, self.writer
        opening = asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = await asyncio.wait_for(opening, 10)
        self.reader, self.writer = reader, writer
        return reader, writer

    def cut(self, *, hard: bool = True) -> None:
        if self.writer is not None:
            if hard:
                self.writer.transport.abort()
            else:
                self.writer.close()
        self.reader = self.writer = None


class Run:
    """All devices, served by a few connections at once, and whoever kills meanwhile."""

    def __init__(self, args: argparse.Namespace, house: House, devices: list[Device]) -> None:
        self.args, self.house, self.devices = args, house, devices
        self.rng = random.Random(f"{args.seed} run")
        self.count: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.got = 0
        self.whole_answers = 0
        self.ready = [(self.rng.random(), n) for n in range(len(devices))]
        heapq.heapify(self.ready)
        self.open = len(devices)
        self.heard_at = time.monotonic()
        self.began = time.monotonic()
        self.seconds = 0.0
        self.driver_cpu = 0.0

    async def drive(self) -> None:
        self.began = self.heard_at = time.monotonic()
        cpu = time.process_time()
        self.ready = [(self.began + at, n) for at, n in self.ready]
        helpers = [asyncio.create_task(self._keep_up()), asyncio.create_task(self._kill())]
        lines = [self._work(random.Random(f"{self.args.seed} line {n}")) for n in range(WORKERS)]
        await self._with_helpers(helpers, lines)
        self.seconds = time.monotonic() - self.began
        self.driver_cpu = time.process_time() - cpu
        _say(f"all have receipts after {self.seconds:.0f} s; each pulls once")
        await self._pull_all()

    async def _with_helpers(self, helpers: list["asyncio.Task[None]"], works: list[Any]) -> None:
        working: asyncio.Future[Any] = asyncio.gather(*works)
        try:
            waiting: set[asyncio.Future[Any]] = {working, *helpers}
            while working in waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for finished in done:
                    finished.result()  # a fault of ours ends the run
        finally:
            for task in (*helpers, working):
                task.cancel()

    async def _keep_up(self) -> None:
        """The supervisor of the house, the clock of the run, and a line every ten seconds."""
        told = time.monotonic()
        while True:
            await asyncio.sleep(0.3)
            self.house.keep_up()
            now = time.monotonic()
            if self.args.minutes and now - self.began > self.args.minutes * 60:
                for device in self.devices:
                    device.to_make = 0
            if now - self.heard_at > PATIENCE:
                raise SystemExit(f"no receipt for {PATIENCE:.0f} s; {self.got:,} of {self.args.records:,}")
            if now - told > 10:
                told = now
                rate = self.got / (now - self.began)
                _say(f"{now - self.began:6.0f} s {self.got:10,} receipts {rate:7.0f}/s  {dict(self.kills)}")

    async def _kill(self) -> None:
        """At random moments: when so many receipts are out, or after so many seconds; never while it is still down."""
        rng, args = self.rng, self.args
        kinds = itertools.chain.from_iterable(rng.sample(KILLS, len(KILLS)) for _ in itertools.count())
        marks = sorted(rng.uniform(0.03, 0.95) * args.records for _ in range(args.kills))
        while args.kill_every or marks:
            if args.kill_every:
                await asyncio.sleep(rng.uniform(0.5, 1.5) * args.kill_every)
            else:
                while self.got < marks[0]:
                    await asyncio.sleep(0.02)
                marks.pop(0)
            kind = next(kinds)
            while not self.house.kill(kind):
                await asyncio.sleep(0.2)
            self.kills[kind] += 1
            answers = self.whole_answers
            await asyncio.sleep(1)
            while self.whole_answers < answers + 2 * WORKERS:
                await asyncio.sleep(0.1)
            self.house.was_killed = False
            await asyncio.to_thread(self.house.analyze)

    async def _work(self, rng: random.Random) -> None:
        lines = Line(self.house.port), Line(self.house.port)
        while self.open:
            now = time.monotonic()
            if not self.ready or self.ready[0][0] > now:
                await asyncio.sleep(0.02)
                continue
            _, number = heapq.heappop(self.ready)
            device = self.devices[number]
            try:
                for _ in range(rng.randint(1, 4)):
                    device.refill()
                    if device.is_done:
                        break
                    await self._turn(device, lines, rng)
                device.fails = 0
                wait = rng.random() * 0.2
            except (TimeoutError, OSError, EOFError, ValueError, LookupError):
                for line in lines:
                    line.cut()
                self.count["failed"] += 1
                device.fails += 1
                wait = min(4.0, 0.2 * 2 ** min(device.fails, 6)) * rng.uniform(0.5, 1.5)
                await asyncio.sleep(rng.random() * 0.3)  # the network is down for this line, not for one phone only
            if device.is_done:
                self.open -= 1
            else:
                heapq.heappush(self.ready, (time.monotonic() + wait, number))
        for line in lines:
            line.cut(hard=False)

    async def _turn(self, device: Device, lines: tuple[Line, Line], rng: random.Random) -> None:
        """One request; or two at once that have items in common."""
        first = device.pick()
        if rng.random() < 0.05:
            second = dict(list(first.items())[: len(first) // 2]) | device.pick()
            both = await asyncio.gather(
                self._send(device, lines[0], first, rng),
                self._send(device, lines[1], dict(list(second.items())[:MOST]), rng),
                return_exceptions=True,
            )
            for fault in both:
                if isinstance(fault, BaseException):
                    raise fault
        else:
            await self._send(device, lines[0], first, rng)

    async def _send(self, device: Device, line: Line, items: dict[str, str], rng: random.Random) -> None:
        batch = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        said = {"v": 1, "batch": batch, "sent_at": datetime.now(UTC).isoformat(), "app": "soak",
                "unsent": len(device.outbox), "oldest": None}  # fmt: skip
        body = f'{json.dumps(said)[:-1]}, "items": [{", ".join(items.values())}]}}'.encode()
        whole = field_work.request_of(self.house.port, device.seat.token, "/app/api/gui/", body)
        cut = rng.choice(CUTS) if rng.random() < CUT_SHARE else ""
        reader, writer = await line.open()
        self.count["requests"] += 1
        if cut:
            self.count[cut] += 1
        if cut == CUTS[0]:
            writer.write(whole[: rng.randrange(1, len(whole))])
            await writer.drain()
            await asyncio.sleep(rng.random() * 0.01)
            line.cut(hard=rng.random() < 0.5)
            return
        writer.write(whole)
        self.count["again"] += sum(1 for uid in items if uid in device.sent or uid in device.receipts)
        self.count["items"] += len(items)
        device.sent.update(uid for uid in items if uid in device.outbox)
        await asyncio.wait_for(writer.drain(), 60)
        if cut == CUTS[1]:
            await asyncio.sleep(rng.random() * 0.05)
            line.cut(hard=rng.random() < 0.5)
            return
        if cut == CUTS[2]:
            await asyncio.wait_for(reader.readexactly(rng.randrange(1, 400)), 60)
            line.cut(hard=rng.random() < 0.5)
            return
        status, content = await asyncio.wait_for(field_work.read_answer(reader), 60)
        self.statuses[status] += 1
        if status != 200:
            raise OSError(f"status {status}")
        new = device.believe(field_work.answers_of(device.seat.token, batch, content))
        self.whole_answers += 1
        if new:
            self.got += new
            self.heard_at = time.monotonic()

    async def _pull_all(self) -> None:
        """Each device pulls once: what is held and can be written is written, and the device hears of it."""
        waiting = list(self.devices)

        async def pull() -> None:
            line = Line(self.house.port)
            while waiting:
                device = waiting.pop()
                reader, writer = await line.open()
                writer.write(field_work.request_of(self.house.port, device.seat.token, "/app/api/so/?tu=", None))
                status, content = await asyncio.wait_for(field_work.read_answer(reader), 120)
                if status != 200:
                    raise SystemExit(f"a pull was answered {status}: {content[:300]!r}")
                device.believe(json.loads(content)["records"])
            line.cut(hard=False)

        await asyncio.gather(*(pull() for _ in range(4)))

    def table(self, found: "Counter[str]") -> int:
        """The one table; 0 when everything that must be 0 is."""
        found["answers"] = sum(d.changed_answers for d in self.devices)
        states = Counter(state for d in self.devices for _, state in d.receipts.values())
        cut = sum(self.count[c] for c in CUTS)
        others = {status: n for status, n in sorted(self.statuses.items()) if status != 200}
        rows: list[tuple[str, object]] = [
            ("devices", len(self.devices)),
            ("records", self.got),
            ("requests", self.count["requests"]),
            ("  cut on purpose", f"{cut:,} ({cut / max(1, self.count['requests']):.0%})"),
            *((f"    {name}", self.count[name]) for name in CUTS),
            ("  failed while something was down", self.count["failed"]),
            ("    of these answered with a fault", ", ".join(f"{s}: {n}" for s, n in others.items()) or 0),
            ("items sent", self.count["items"]),
            ("  of these sent before", self.count["again"]),
            ("kills", sum(self.kills.values())),
            *((f"  {name}", self.kills[name]) for name in KILLS),
            ("house stopped of itself", self.house.fell),
            *((f"answered „{state}“", states[state]) for state in ("written", "conflict", "refused", "held")),
            ("seconds", round(self.seconds, 1)),
            ("records a second", round(self.got / max(0.1, self.seconds))),
            ("  CPU of the phones, ms a record", round(self.driver_cpu / max(1, self.got) * 1000, 2)),
            ("rows of visits, gatherings, versions", found["rows"]),
            *((words, found[name]) for name, words in MUST_BE_NOTHING.items()),
        ]
        for name, number in rows:
            print(f"{name:56} {number:>14,}" if isinstance(number, int | float) else f"{name:56} {number:>14}")
        held = all(found[name] == 0 for name in MUST_BE_NOTHING) and self.got == sum(d.seq for d in self.devices)
        held = held and (self.got == self.args.records or bool(self.args.minutes))
        print(f"set on the server = union of receipts: {'yes' if held else 'NO'}", flush=True)
        return 0 if held else 1


# ── the count at the end ─────────────────────────────────────────────────────────────────────────────────────────────

MUST_BE_NOTHING = {
    "lost": "lost: a receipt without its record or its row",
    "twice": "twice: written more than once, or said by nobody",
    "receipts": "receipts that differ",
    "answers": "answers that changed",
    "content": "rows that say something else",
    "held": "held though its gap is filled",
    "waiting": "held at the end, but for what was refused",
    "replaced": "corrected visits that still stand, or the reverse",
    "versions": "households whose version is not the count of their edits",
    "tallies": "tallies that differ from a recount",
}
_RECORDS = "select uid::text, receipt, state, kind from fieldwork_record"
_ROWS = {
    "visit": "select v.uid::text, decode(md5(concat_ws(' ', h.uid, v.visited_on, v.topics, v.result,"
    " coalesce(c.uid::text, ''))), 'hex') from visits_visit v join villages_household h on h.id = v.household_id"
    " left join visits_visit c on c.id = v.corrects_id",
    "gathering": "select g.uid::text, decode(md5(concat_ws(' ', p.uid, g.held_on, g.topics, g.attended_count,"
    " coalesce(c.uid::text, ''))), 'hex') from visits_gathering g join villages_village p on p.id = g.village_id"
    " left join visits_gathering c on c.id = g.corrects_id",
    "household": "select coalesce(v.record_uid::text, ''), decode(md5(concat_ws(' ', h.uid, v.trunk, v.base,"
    " coalesce(v.branch::text, ''))), 'hex') from villages_householdversion v"
    " join villages_household h on h.id = v.household_id",
}
_HELD_BUT_READY = """
select count(*) from fieldwork_record r where r.state = 'held' and (
    exists (select 1 from villages_household h where h.uid = r.waits_for)
    or exists (select 1 from visits_visit v where v.uid = r.waits_for)
    or exists (select 1 from visits_gathering g where g.uid = r.waits_for)
    or exists (
        select 1 from villages_householdversion v join villages_household h on h.id = v.household_id
        where r.kind = 'household' and h.uid = (r.body->>'entity')::uuid and v.base = (r.body->>'base')::int - 1
        and (v.branch = (r.body->>'branch')::uuid or v.base = 0)
    )
)
"""
# Everything was sent: what still waits names an original that was refused, or one that waits for such a one.
_WAITS_FOR_NOTHING = """
select count(*) from fieldwork_record r where r.state = 'held' and not exists (
    select 1 from fieldwork_record o where o.uid = r.waits_for and o.state in ('refused', 'held')
)
"""
_REPLACED_WRONGLY = """
select count(*) from visits_visit v
left join (select distinct corrects_id as id from visits_visit where corrects_id is not null) c on c.id = v.id
where (v.replaced_at is not null) <> (c.id is not null)
"""
# Prepared households have no row for their first version; an edit that waits for a choice has not made one.
_VERSIONS_WRONG = """
select count(*) from villages_household h join (
    select household_id, count(*) filter (where base > 0) as edits, count(*) filter (where base = 0) as first,
        count(distinct version) as apart, count(*) as all_of_them
    from villages_householdversion where state = 'applied' group by 1
) v on v.household_id = h.id
where h.version <> 1 + v.edits or v.first > 1 or v.apart <> v.all_of_them
"""
_COUNTED = """
select v.id, v.unit_id, v.province_code, v.village_id, v.household_id, v.visited_on, v.topics, v.result, v.proof
from visits_visit v where v.state = 'counted' and v.replaced_at is null order by v.unit_id
"""
_GATHERED = """
select unit_id, province_code, village_id, held_on, topics, attended_count from visits_gathering
where replaced_at is null
"""
_TALLIES = """
select unit_id, province_code, coalesce(village_id, 0), month, topic, visits_count, reached_count, guided_count,
    confirmed_count, gatherings_count, attended_count
from visits_tally
"""


def compare(devices: list[Device]) -> "Counter[str]":
    """What the devices hold against what is in the tables, read by the owner of the tables after the house stopped."""
    from langso.commands.house import open_house

    with open_house(say=lambda line: None) as house:
        import psycopg

        with psycopg.connect(house.addresses.owner) as connection:
            found: Counter[str] = Counter()
            written = _compare_records(connection, devices, found)
            for kind, statement in _ROWS.items():
                _compare_rows(connection, statement, written[kind], found)
            for name, statement in (
                ("held", _HELD_BUT_READY),
                ("waiting", _WAITS_FOR_NOTHING),
                ("replaced", _REPLACED_WRONGLY),
                ("versions", _VERSIONS_WRONG),
            ):
                row = connection.execute(statement).fetchone()
                found[name] = row[0] if row else -1
            _recount(connection, found)
    return found


def _compare_records(connection: Any, devices: list[Device], found: "Counter[str]") -> dict[str, dict[str, bytes]]:
    """Records against receipts; for each kind, which uids must have a row and what it must say."""
    receipts = {uid: answer for device in devices for uid, answer in device.receipts.items()}
    said = {uid: digest for device in devices for uid, digest in device.said.items()}
    written: dict[str, dict[str, bytes]] = {kind: {} for kind in _ROWS}
    with connection.cursor(name="records") as cursor:
        cursor.itersize = 20_000
        cursor.execute(_RECORDS)
        for uid, receipt, state, kind in cursor:
            answer = receipts.pop(uid, None)
            if answer is None:
                found["twice"] += 1
            else:
                found["receipts"] += answer[0] != receipt or not receipt
                found["answers"] += answer[1] != state and answer[1] != "held"
            if state in ("written", "conflict"):
                written[kind][uid] = said.get(uid, b"")
    found["lost"] += len(receipts)
    numbers = Counter(receipt for device in devices for receipt, _ in device.receipts.values())
    found["receipts"] += sum(n - 1 for n in numbers.values())  # one receipt for two records
    return written


def _compare_rows(connection: Any, statement: str, written: dict[str, bytes], found: "Counter[str]") -> None:
    with connection.cursor(name="rows") as cursor:
        cursor.itersize = 20_000
        cursor.execute(statement)
        for uid, content in cursor:
            found["rows"] += 1
            said = written.pop(uid, None)
            if said is None:
                found["twice"] += 1
            else:
                found["content"] += bytes(content) != said
    found["lost"] += len(written)


def _recount(connection: Any, found: "Counter[str]") -> None:
    """The tallies from the rows alone, commune by commune."""
    from langso.visits import tallying

    parts: list[dict[tallying.Key, tallying.Sums]] = []
    with connection.cursor(name="counted") as cursor:
        cursor.itersize = 20_000
        cursor.execute(_COUNTED)
        for _, rows in itertools.groupby(cursor, key=lambda row: row[1]):
            parts.append(tallying.contributions(tallying.Counted(*row) for row in rows))
    parts += [tallying.of_gathering(*row) for row in connection.execute(_GATHERED)]
    counted = tallying.added(*parts)
    kept = {tuple(row[:5]): tuple(row[5:]) for row in connection.execute(_TALLIES)}
    found["tallies"] = sum(
        counted.get(key, tallying.NOTHING) != kept.get(key, tallying.NOTHING) for key in counted.keys() | kept.keys()
    )


if __name__ == "__main__":
    sys.exit(main())
