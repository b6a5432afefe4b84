"""One national cycle: every commune judged, submitted and cited, five evidences a criterion. Opening it, and each page
of work on it, beside the limits of the design; from one run.

    python bench/national_cycle.py      (own state folder, thrown away; about three minutes)
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROUNDS = 20
DESK_MS, DESK_QUERIES = 150, 12
EVIDENCES = 5


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
        cycle = _open()
        _hand_in(cycle)
        _measure(cycle)


def _timed(what: str, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    found = work()
    print(f"{what:46} {time.perf_counter() - began:8.2f} s")
    return found


def _open() -> Any:
    from django.db import transaction
    from django.utils import timezone

    from langso.assessments import moving
    from langso.assessments.judging import MAIN_FRAMEWORK, edition_of
    from langso.cycles.models import Cycle
    from langso.lib.period import day_of
    from langso.lib.workdays import add_workdays
    from langso.people.permits import enter_as_machine
    from langso.units.queries import units_on

    now = timezone.now()
    today = day_of(now)
    edition = edition_of(MAIN_FRAMEWORK)
    with transaction.atomic():
        enter_as_machine(on=today)
        names = ("submit_by", "appraise_by", "decide_by", "publish_by")
        cycle = Cycle.objects.create(
            code="ca-nuoc-2026",
            title="Đợt đánh giá cả nước năm 2026",
            framework=edition.id,
            edition=edition.edition,
            period="2026",
            unit_level="commune",
            opens_on=today - timedelta(days=30),
            requires_signature=False,
            made_at=now,
            **{name: add_workdays(today, n * 5) for n, name in enumerate(names)},
        )
        units = [u.id for u in units_on(today, level="commune")]
        _timed(f"opening a cycle of {len(units)} units", lambda: moving.open_cycle(cycle, units, by=None, at=now))
    return cycle


def _hand_in(cycle: Any) -> None:
    """What each commune would hand in, copied from its published result; and the evidence, by SQL."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            insert into assessments_submission (assessment_id, unit_id, number, level, score, stages_count,
                edition_sha256, readings, result, evidence, confirmations, doubts, digest, signed_by, at)
            select a.id, a.unit_id, 1, p.level, p.score, 60 + a.id %% 80, p.edition_sha256, p.readings, p.result, '[]',
                   '[]', '[]', '', '', now() from assessments_assessment a
            join assessments_publication p on p.assessment_id = a.id and p.replaced_at is null where a.cycle_id = %s
            """,
            [cycle.pk],
        )
        print(f"{'submissions':46} {cursor.rowcount:8}")
        cursor.execute(
            """
            update assessments_assessment set state = 'submitted', doubts_count = id %% 4,
                   receipt = lpad(id::text, 5, '0') where cycle_id = %s
              and id in (select assessment_id from assessments_submission)
            """,
            [cycle.pk],
        )
        cursor.execute(
            """
            insert into evidence_evidence (unit_id, kind, number, issuer, issued_on, title, paper_key, number_key,
                file_sha256, added_at, place, withdrawn_reason, kept_reason)
            select u, 'document', k || '/BC-UBND', 'UBND xã', date '2026-10-01', 'Báo cáo số ' || k, k || u::text,
                   lpad(k::text, 6, '0'), '', now(), '', '', ''
            from (select unit_id as u from assessments_assessment where cycle_id = %s) x, generate_series(1, %s) k
            """,
            [cycle.pk, EVIDENCES],
        )
        cursor.execute(
            """
            insert into evidence_citation (evidence_id, unit_id, framework, period, criterion, page, note, cited_at)
            select e.id, e.unit_id, %s, '2026', c, '', '', now() from evidence_evidence e, unnest(%s::text[]) c
            """,
            [cycle.framework, _codes(cycle)],
        )
        print(f"{'citations':46} {cursor.rowcount:8}")
        cursor.execute("analyze")


def _codes(cycle: Any) -> list[str]:
    """The edition's criteria, and as many more codes as make sixty."""
    from langso.assessments.judging import edition_of

    codes = [c.code for c in edition_of(cycle.framework, cycle.edition).criteria]
    return codes + [f"THEM.{n}" for n in range(60 - len(codes))]


def _measure(cycle: Any) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from langso.assessments.models import Assessment
    from langso.people.demo import PASSWORD

    settings.ALLOWED_HOSTS.append("testserver")
    star = Assessment.objects.using("owner").get(
        cycle=cycle, unit__codes__code="01021", unit__codes__valid__endswith=None
    )
    pages = {
        "tham-dinh": [
            f"/tham-dinh/?dot={cycle.code}",
            f"/tham-dinh/{star.pk}/",
            f"/tham-dinh/{star.pk}/CQ.2/",
            f"/theo-doi/{cycle.code}/",
            f"/theo-doi/{cycle.code}/tieu-chi/",
            f"/dot/{cycle.code}/",
        ],
        "bien-tap": [
            f"/tham-dinh/?dot={cycle.code}",
            f"/theo-doi/{cycle.code}/",
            f"/theo-doi/{cycle.code}/tieu-chi/",
            "/theo-doi/ca-nuoc/?ky=2026",
            "/theo-doi/ca-nuoc/tieu-chi/?ky=2026",
            f"/dot/{cycle.code}/",
        ],
        "can-bo": [f"/danh-gia/{star.pk}/nop/", f"/danh-gia/{star.pk}/nhom/CQS/", "/minh-chung/", "/viec-cua-toi/"],
    }
    print(f"{'':46} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8}   limit {DESK_MS} ms, {DESK_QUERIES}")
    for user, addresses in pages.items():
        client = Client(headers={"accept-encoding": "gzip"})
        client.post("/dang-nhap/", {"login": user, "password": PASSWORD})
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                status = client.get(address).status_code
            queries = sum("SAVEPOINT" not in q["sql"] for q in asked.captured_queries)
            took = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                client.get(address)
                took.append((time.perf_counter() - began) * 1000)
            p95 = sorted(took)[int(len(took) * 0.95)]
            told = "" if status == 200 else f" status {status}"
            name = f"{user} {address}"
            print(f"{name[:46]:46} {statistics.median(took):8.0f} {p95:8.0f} {queries:8}   {p95 / DESK_MS:.2f} ×{told}")


if __name__ == "__main__":
    main()
