"""Pages at national size: 3,321 communes, 3,225 of them judged. Server time, queries and bytes of each page, beside its
budget and beside a bare Django view with one SELECT under the same handler, from one run.

    python bench/pages.py        (its own state folder, thrown away; about a minute)
"""

import gzip
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 40
DESK_MS, DESK_QUERIES, PUBLIC_BYTES, PUBLIC_RATIO = 150, 12, 60_000, 2.0


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="langso-bench-"))
    home.chmod(0o755)
    os.environ |= {"LANGSO_HOME": str(home / "home"), "LANGSO_DEMO": "1"}
    from langso.commands.house import open_house

    with open_house(migrate=True):
        from django.core.management import call_command

        from langso.commands import demo_country
        from langso.units import loading

        loading.load()
        demo_country.build()
        call_command("collectstatic", interactive=False, verbosity=0)
        _measure()


def _measure() -> None:
    from django.conf import settings
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.test import Client
    from django.urls import path

    from langso.assessments.models import Assessment
    from langso.people.demo import PASSWORD
    from langso.web import urls

    def bare(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("select name from units_unitname where id = 1")
            return HttpResponse(cursor.fetchone()[0])

    urls.urlpatterns.append(path("tron/", bare))
    settings.ALLOWED_HOSTS.append("testserver")
    stranger = Client(headers={"accept-encoding": "gzip"})
    base = _time(stranger, "/tron/")
    print(f"{'':34} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'bytes':>8}  budget")
    _row("bare view, one SELECT", base, "")
    for name, address in (("home", "/"), ("commune", "/noi/01021/"), ("province", "/noi/08/")):
        first = _time(stranger, f"{address}?q=", rounds=10)
        _row(f"{name}, rendered", first, "")
        kept = _time(stranger, address)
        ratio = kept["p50"] / base["p50"]
        _row(f"{name}, kept", kept, f"≤ {PUBLIC_BYTES:,} B, ≤ {PUBLIC_RATIO} × bare: {ratio:.2f} ×")
    _row("search, rendered", _time(stranger, "/tim/?q=yen+hoa+yen+mo", rounds=20), f"≤ {PUBLIC_BYTES:,} B")
    for user in ("can-bo", "tham-dinh", "bien-tap"):
        desk = Client(headers={"accept-encoding": "gzip"})
        desk.post("/dang-nhap/", {"login": user, "password": PASSWORD})
        pages = ["/viec-cua-toi/", "/danh-gia/", "/danh-gia/?q=tan&xep=-muc"]
        if user == "can-bo":
            mine = Assessment.objects.using("owner").filter(
                unit__codes__code="01021", unit__codes__valid__endswith=None
            )
            work = f"/danh-gia/{mine.latest('pk').pk}/"
            pages += [work, f"{work}nhom/CQS/"]
        for address in pages:
            _row(f"{user} {address}", _time(desk, address), f"p95 ≤ {DESK_MS} ms, ≤ {DESK_QUERIES} queries")


def _time(client: Any, address: str, rounds: int = ROUNDS) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    queries = sum("SAVEPOINT" not in q["sql"] for q in found.captured_queries)
    body = answer.content if answer.headers.get("Content-Encoding") else gzip.compress(answer.content)
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        client.get(address)
        spent.append((time.perf_counter() - start) * 1000)
    spent.sort()
    return {
        "p50": statistics.median(spent),
        "p95": spent[int(len(spent) * 0.95) - 1],
        "queries": queries,
        "bytes": len(body),
    }


def _row(name: str, found: dict[str, float], budget: str) -> None:
    print(f"{name:34} {found['p50']:8.2f} {found['p95']:8.2f} {found['queries']:8.0f} {found['bytes']:8,.0f}  {budget}")


if __name__ == "__main__":
    main()
