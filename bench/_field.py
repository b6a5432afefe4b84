"""What the benches of field work share: a house with teams and seats, and phones that speak raw HTTP."""

import asyncio
import hashlib
import hmac
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TOPICS = ["dvc", "vneid", "tien-dien", "suc-khoe", "chu-ky-so", "ban-hang", "an-toan"]
RESULTS = ["able", "more", "not_yet"]
LANGSO = [str(Path(sys.executable).with_name("langso"))]


@dataclass(frozen=True)
class Seat:
    token: str
    village: str
    households: list[str]


def token_of(i: int) -> str:
    return f"bench-seat-{i:06d}-{'x' * 24}"


_GROUND = """
with c as (
    select u.id as unit, left(p.code, 2) as province, row_number() over (order by u.id) - 1 as n
    from units_unit u
    join units_unitcode k on k.unit_id = u.id and k.valid @> %(today)s::date
    join units_unitparent up on up.unit_id = u.id and up.valid @> %(today)s::date
    join units_unitcode p on p.unit_id = up.parent_id and p.valid @> %(today)s::date
    where u.level = 'commune' order by u.id limit %(communes)s
), v as (
    insert into villages_village (uid, unit_id, province_code, kind, name, sort_key, signal, valid, is_simulated)
    select gen_random_uuid(), c.unit, c.province, 'thôn', 'Thôn ' || i, 'thon ' || lpad(i::text, 6, '0'), 'none',
           '[2025-07-01,)', true
    from generate_series(0, %(teams)s - 1) i join c on c.n = i %% %(communes)s
    returning id, uid, unit_id, province_code, name, sort_key
), t as (
    insert into teams_team (uid, unit_id, province_code, name, sort_key, valid, is_simulated)
    select v.uid, v.unit_id, v.province_code, 'Tổ ' || v.name, 'to ' || v.sort_key, '[2025-07-01,)', true from v
    returning id, uid, unit_id
), s as (
    insert into teams_teamvillage (unit_id, team_id, village_id, valid)
    select v.unit_id, t.id, v.id, '[2025-07-01,)' from v join t on t.uid = v.uid
), m as (
    insert into teams_member (uid, unit_id, team_id, full_name, sort_key, address, role, occupation, phone, is_listed,
        training, valid, left_reason, is_simulated)
    select case when k = 1 then t.uid else gen_random_uuid() end, t.unit_id, t.id, 'Lù Văn Sính', 'sinh', 'anh',
           case when k = 1 then 'leader' else 'member' end, '', '', false, 'basic', '[2025-07-01,)', '', true
    from t cross join generate_series(1, %(members)s) k
    returning id, uid, unit_id
), h as (
    insert into villages_household (uid, unit_id, village_id, province_code, head_name, members_count, skills, needs,
        consent, code, version, done, last_result, next_step, is_simulated)
    select gen_random_uuid(), v.unit_id, v.id, v.province_code,
        (array['Vàng','Lù','Phàn','Cháng','Long','Lý','Nông','Hoàng'])[1 + j %% 8] || ' ' ||
        (array['Thị Dín','Seo Páo','Mùi Khé','Văn Đức','Thị Xay','Văn Lìn','Thị Mẩy','Seo Sính'])[1 + j / 8 %% 8] ||
        ' ' || j,
        1 + j %% 7, j %% 128, j * 3 %% 128, 'yes', '', 1, 0, '', '', true
    from v cross join generate_series(1, %(households)s) j
    returning 1
), p as (
    insert into fieldwork_phone (uid, unit_id, label, first_seen_at, revoked_reason)
    select m.uid, m.unit_id, '', now() - interval '90 days', '' from m
    returning id, uid
)
insert into fieldwork_enrollment (seat, unit_id, member_id, phone_id, code_until, made_at, enrolled_at, token_digest,
    unsent_count, app, skew_seconds)
select m.uid, m.unit_id, m.id, p.id, now(), now() - interval '90 days', now() - interval '90 days',
    sha256(('bench-seat-' || lpad((row_number() over (order by m.uid) - 1)::text, 6, '0') || '-' ||
        repeat('x', 24))::bytea),
    0, '', 0
from m join p on p.uid = m.uid
"""


def prepare(teams: int, households: int, *, communes: int = 40, members: int = 1) -> list[Seat]:
    """A village each for so many teams, their members, households and tokens; a seat for each member."""
    from langso.commands.house import open_house

    with open_house(migrate=True, say=lambda line: None):
        from django.db import connections, transaction

        from langso.lib.period import day_of
        from langso.units import loading

        if not loading.is_loaded():
            loading.load()
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            numbers: dict[str, Any] = {"today": day_of(datetime.now(UTC)), "communes": communes, "teams": teams,
                                       "households": households, "members": members}  # fmt: skip
            cursor.execute(_GROUND, numbers)
            cursor.execute(
                "analyze villages_household, villages_village, fieldwork_enrollment, teams_member, teams_team"
            )
            cursor.execute(
                "select e.token_digest, v.uid, array(select h.uid::text from villages_household h"
                " where h.village_id = v.id order by h.id) from fieldwork_enrollment e"
                " join teams_member m on m.id = e.member_id join teams_teamvillage s on s.team_id = m.team_id"
                " join villages_village v on v.id = s.village_id"
            )
            found = {bytes(digest): (str(village), list(uids)) for digest, village, uids in cursor.fetchall()}
    tokens = [token_of(i) for i in range(teams * members)]
    return [Seat(token, *found[hashlib.sha256(token.encode()).digest()]) for token in tokens]


def visit(rng: random.Random, household: str) -> dict[str, Any]:
    day = datetime.now(UTC) - timedelta(days=rng.randrange(28), hours=9)
    body = {
        "household": household,
        "on": day.date().isoformat(),
        "topics": rng.sample(TOPICS, rng.randint(1, 3)),
        "result": rng.choice(RESULTS),
        "note": "Hẹn thứ Ba nộp bản khai sinh." if rng.random() < 0.4 else "",
        "proof": {"kind": "none"},
    }
    return {"uid": str(uuid.UUID(int=rng.getrandbits(128), version=4)), "kind": "visit", "seq": 0,
            "made_at": day.isoformat(), "body": body}  # fmt: skip


def batch_of(items: list[dict[str, Any]]) -> tuple[str, bytes]:
    uid = str(uuid.uuid4())
    said = {"v": 1, "batch": uid, "sent_at": datetime.now(UTC).isoformat(), "app": "bench", "unsent": len(items),
            "oldest": None, "items": items}  # fmt: skip
    return uid, json.dumps(said, ensure_ascii=False).encode()


def request_of(port: int, token: str, address: str, body: bytes | None, *, more: str = "") -> bytes:
    verb = "POST" if body is not None else "GET"
    head = f"{verb} {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n{more}"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1])
    length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
    return status, await reader.readexactly(length)


def answers_of(token: str, batch: str, content: bytes) -> list[dict[str, Any]]:
    """The answers to this very batch, or nothing: what the app believes, and no more."""
    said = json.loads(content)
    if said.get("batch") != batch:
        return []
    lines = "".join(f"{a['uid']} {a['state']} {a['receipt']}\n" for a in said["answers"])
    key = hashlib.sha256(token.encode()).digest()
    if said["proof"] != hmac.new(key, f"{batch}\n{lines}".encode(), hashlib.sha256).hexdigest():
        return []
    found: list[dict[str, Any]] = said["answers"]
    return found


@contextmanager
def served(port: int) -> Iterator[subprocess.Popen[bytes]]:
    server = start(port)
    try:
        wait(port)
        yield server
    finally:
        stop(server)


def start(port: int, *, words: Path | None = None) -> subprocess.Popen[bytes]:
    """The house, its words to a file or to nowhere."""
    with open(words or os.devnull, "ab") as file:
        return subprocess.Popen([*LANGSO, "serve", "--port", str(port)], stdout=file, stderr=file)


def stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        server.wait(40)


def wait(port: int, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/thu-vien-giao-dien/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the house did not answer")


def cpu_of_house(home: str) -> tuple[float, float]:
    """CPU seconds spent so far by the web workers and by PostgreSQL of this house, ended children included."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    roots: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            pid = int(entry.name)
            parents[pid] = int(fields[1])
            spent[pid] = sum(int(fields[n]) for n in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")
            if "granian" in words and home.encode() in (entry / "environ").read_bytes():
                roots[pid] = "web"
            elif home in words and "postgres" in words.split(" ")[0]:
                roots[pid] = "database"
    total = {"web": 0.0, "database": 0.0}
    for pid, seconds in spent.items():
        at: int | None = pid
        while at is not None and at not in roots:
            at = parents.get(at) if at and at > 1 else None
        if at is not None:
            total[roots[at]] += seconds
    return total["web"], total["database"]


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
