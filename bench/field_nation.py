"""The network at national size: 93,000 villages, 69,345 teams, 323,802 members, 17.4 million households and visits.

Grows it (timed, limit ten minutes), then reads each desk page as a commune, a province and the ministry: server time
and queries beside the budget, and one phone's first pull, from one run.

    python bench/field_nation.py [--households N --visits N] [--home FOLDER]   (about 12 minutes and 15 GB;
                                                                               with --home an earlier one is read again)
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 15
DESK_MS, DESK_QUERIES, GROW_SECONDS = 150, 12, 600
PAGES = {
    "can-bo": ["/to/", "/thon/", "/to/do-phu/", "/to/ket-qua/", "/to/xep-hang/", "/ho/", "/ho/?q=vang&loc=lau",
               "/luot/", "/may/", "/can-xem-lai/", "/yeu-cau/", "/chien-dich/", "/hoi-lai/", "/to/phu-cap/", "/phieu/"],
    "quan-tri-tinh": ["/to/", "/to/?q=ban", "/to/do-phu/", "/to/ket-qua/", "/to/xep-hang/", "/yeu-cau/", "/chien-dich/",
                      "/luot/?xa=01021", "/to/phu-cap/muc/"],
    "bien-tap": ["/to/", "/to/?q=nguyen", "/to/?trang=900", "/to/do-phu/", "/to/ket-qua/", "/to/ket-qua/?ky=2026-09",
                 "/to/xep-hang/", "/chien-dich/"],
}  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--households", type=int)
    words.add_argument("--visits", type=int)
    words.add_argument("--home", default="")
    args = words.parse_args()
    home = Path(args.home or tempfile.mkdtemp(prefix="langso-bench-"))
    home.chmod(0o755)
    os.environ |= {"LANGSO_HOME": str(home / "home"), "LANGSO_DEMO": "1"}
    from langso.commands.house import open_house

    with open_house(migrate=True):
        from django.utils import timezone

        from langso.commands import nation
        from langso.lib.period import day_of
        from langso.people.demo import build_people
        from langso.units import loading

        today = day_of(timezone.now())
        if not loading.is_loaded():
            loading.load()
        build_people(today=today)
        if not nation.is_grown():
            begin = time.perf_counter()
            nation.grow(
                today=today,
                households=args.households or nation.HOUSEHOLDS,
                visits=nation.VISITS if args.visits is None else args.visits,
            )
            seconds = time.perf_counter() - begin
            print(f"grown in {seconds:.0f} s, limit {GROW_SECONDS} s: {seconds / GROW_SECONDS:.2f} ×")
        _measure()


def _measure() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.test import Client

    from langso.people.demo import PASSWORD

    call_command("collectstatic", interactive=False, verbosity=0)
    settings.ALLOWED_HOSTS.append("testserver")
    with connections["owner"].cursor() as cursor:
        for table in (
            "villages_village",
            "teams_team",
            "teams_member",
            "villages_household",
            "visits_visit",
            "visits_tally",
        ):
            cursor.execute(f"select count(*), pg_size_pretty(pg_total_relation_size('{table}')) from {table}")  # noqa: S608
            count, size = cursor.fetchone() or (0, "")
            print(f"{table:24} {count:12,} rows {size:>10}")
    print(f"{'':46} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8}  budget: p95 ≤ {DESK_MS} ms, ≤ {DESK_QUERIES} queries")
    missed = 0
    for who, addresses in PAGES.items():
        desk = Client(headers={"accept-encoding": "gzip"})
        desk.post("/dang-nhap/", {"login": who, "password": PASSWORD})
        for address in addresses:
            found = _time(desk, address)
            is_held = found["p95"] <= DESK_MS and found["queries"] <= DESK_QUERIES
            missed += not is_held
            ratio = found["p95"] / DESK_MS
            print(f"{who + ' ' + address:46} {found['p50']:8.1f} {found['p95']:8.1f} {found['queries']:8.0f}"
                  f"  {ratio:.2f} ×{'' if is_held else '  MISSED'}", flush=True)  # fmt: skip
    print(f"pages beyond the budget: {missed}")


def _time(client: Any, address: str) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    queries = sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for q in found.captured_queries)
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(address)
        spent.append((time.perf_counter() - start) * 1000)
    spent.sort()
    return {"p50": statistics.median(spent), "p95": spent[int(len(spent) * 0.95) - 1], "queries": queries}


if __name__ == "__main__":
    main()
