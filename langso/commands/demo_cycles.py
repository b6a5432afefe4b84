"""Three cycles of the demo's province: one finished, one under appraisal, one just opened; all of it simulated.

Everything goes through the same actions as in real life, with days of the past, so that steps, ledger lines, signed
papers and threads are what they would be. The star commune's file has come back to it: one criterion to mend.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from langso.appraisals import actions as appraising
from langso.appraisals import queries as appraisals
from langso.assessments import moving, self_report, submitting
from langso.assessments.judging import edition_of, readings_by_systems
from langso.assessments.models import Assessment
from langso.assessments.queries import assessment_page
from langso.commands import demo_papers
from langso.commands.demo_country import FRAMEWORK
from langso.criteria.edition import Edition
from langso.criteria.reasons import lower_first
from langso.cycles.models import Cycle, Department, Part
from langso.files import actions as files
from langso.legal.models import LegalDocument
from langso.lib.period import VIETNAM, Period, day_of
from langso.lib.vietnamese import sort_key
from langso.lib.workdays import add_workdays, workday_from
from langso.measures import actions as measures
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.measures.rules import Entry
from langso.papers import signing
from langso.papers.trial_certificates import TrialRoot, trial_root
from langso.people.demo import KEY_FILE, KEY_PASSWORD, STAR
from langso.people.models import Account, Person
from langso.people.permits import enter_as_machine
from langso.units.models import Unit
from langso.units.queries import Named, units_on

PROVINCE = "08"
OPEN_FRAMEWORK = "ntm-2021-8"
HEADS = (
    "Hoàng Văn Lìn", "Lý Seo Phìn", "Nguyễn Thị Hạnh", "Ma Văn Thức", "Đặng Văn Quyết", "Vương Thị Sáng",
    "Bàn Văn Hưng", "Trần Đức Long", "Phùng Thị Mai", "Lò Văn Pánh", "Hà Thị Kiều", "Nông Văn Chức",
)  # fmt: skip


def is_built() -> bool:
    return Cycle.objects.exists()


@dataclass
class Stage:
    """What the builders share: who acts, which communes, and the clock of the story."""

    province: Unit
    communes: list[Named]
    appraiser: int
    admin: int
    root: TrialRoot
    today: date

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), VIETNAM)


def build(*, say: Callable[[str], None] = lambda line: None) -> int:
    """Write the three cycles; returns how many files were handed in.

    Cost: about twenty milliseconds a step of each file; some fifteen seconds on the reference machine.
    """
    now = timezone.now()
    today = day_of(now)
    with transaction.atomic():
        enter_as_machine(on=today)
        stage = _stage(today, now)
        say("Đợt đã xong, năm 2025")
        handed = _finished(stage)
        say("Đợt đang thẩm định, năm 2026")
        handed += _under_appraisal(stage)
        say("Đợt vừa mở, tiêu chí 8 nông thôn mới")
        _just_opened(stage)
    return handed


def _stage(today: date, now: datetime) -> Stage:
    communes = units_on(today, level="commune", province_code=PROVINCE)
    province = Unit.objects.get(pk=communes[0].province_id or 0)
    accounts = {a.username: a.pk for a in Account.objects.all()}
    people = dict(Person.objects.filter(account__in=accounts.values()).values_list("account_id", "pk"))
    root = trial_root(start=datetime(2025, 1, 1, tzinfo=UTC), stop=datetime(2040, 1, 1, tzinfo=UTC))
    trust = Path(settings.HOME) / "trust"
    trust.mkdir(exist_ok=True)
    (trust / "goc-thu-nghiem.der").write_bytes(root.certificate)
    key = root.signer("Lù Văn Páo", "UBND xã Hoàng Su Phì", password=KEY_PASSWORD)
    (trust / KEY_FILE).write_bytes(key)
    return Stage(province, communes, people[accounts["tham-dinh"]], people[accounts["quan-tri-tinh"]], root, today)


def _person(name: str, unit: Unit) -> int:
    address = "chị" if " Thị " in name else "anh"
    person = Person(full_name=name, address=address, unit=unit, sort_key=sort_key(name))
    person.save(using="owner")
    return person.pk


def _cycle(
    stage: Stage, code: str, title: str, *, framework: str, period: str, days: list[date], **more: object
) -> Cycle:
    edition = edition_of(framework)
    names = ("opens_on", "submit_by", "appraise_by", "decide_by", "publish_by")
    document = LegalDocument.objects.create(
        number=f"{20 + len(code)}/KH-UBND",
        issuer="Ủy ban nhân dân tỉnh Tuyên Quang",
        issued_on=days[0] - timedelta(days=6),
        title=f"Kế hoạch {title[:1].lower()}{title[1:]} (mô phỏng)",
    )
    return Cycle.objects.create(
        code=code,
        unit=stage.province,
        title=title,
        framework=framework,
        edition=edition.edition,
        period=period,
        unit_level="commune",
        document=document,
        **dict(zip(names, days, strict=True)),
        is_simulated=True,
        made_by_id=stage.admin,
        made_at=stage.at(days[0], 7, 30),
        **more,
    )


def _hand_in(stage: Stage, cycle: Cycle, commune: Named, *, day: date, n: int, signed: bool) -> Assessment:
    """One commune's way to the receipt: documents, confirmation, signature, submission."""
    unit = Unit.objects.get(pk=commune.id)
    head = _person(HEADS[n % len(HEADS)], unit)
    assessment = Assessment.objects.select_related("unit", "cycle").get(cycle=cycle, unit=unit)
    demo_papers.give_evidence(assessment, commune, by=head, at=stage.at(day, 8), place=n)
    at = stage.at(day, 9 + n % 7, (n * 7) % 60)
    codes = [c.code for c in submitting.readiness(assessment, at=at).open]
    submitting.confirm(assessment, codes, how="confirmed", by=head, at=at)
    if n % 5 == 0:
        submitting.confirm(assessment, codes[3:4], how="attested", by=head, at=at + timedelta(minutes=3))
    assessment = submitting.send_to_sign(assessment, by=head, at=at + timedelta(minutes=10))
    at += timedelta(minutes=25)
    paper, who = None, ""
    if signed:
        ready = submitting.readiness(assessment, at=at)
        claim = submitting.claim_of(assessment, ready)
        page = assessment_page(assessment, on=stage.today)
        _, unsigned = self_report.write(assessment, page.unit, ready, claim)
        key = stage.root.signer(HEADS[n % len(HEADS)], f"UBND {lower_first(commune.name)}", password=KEY_PASSWORD)
        signer = signing.load_pkcs12(key, KEY_PASSWORD)
        content = signing.sign(unsigned, signer, reason="Ký bản tự đánh giá", place=commune.name, at=at)
        who = self_report.check_signed(content, unsigned, unit=commune.name, at=at)
        paper = files.store(
            content=content,
            name=f"tu-danh-gia-{cycle.period}-{commune.code}.pdf",
            content_type="application/pdf",
            unit=unit,
            by=head,
            at=at,
        )
    submitting.submit(assessment, paper=paper, signed_by=who[:200], by=head, at=at)
    return Assessment.objects.select_related("unit", "cycle").get(pk=assessment.pk)


def _appraise(stage: Stage, assessment: Assessment, *, at: datetime, correct: bool) -> None:
    """Claim, accept what is clean, look at the rest one by one, conclude."""
    by = stage.appraiser
    moving.claim(assessment, by=by, at=at)
    page = appraisals.file_page(assessment, on=stage.today)
    assert page is not None
    appraising.accept_many(assessment=assessment, criteria=[x.criterion.code for x in page.clean], by=by, at=at)
    clock = count(1)
    for line in page.lines:
        if line in page.clean or not line.has_claim:
            continue
        code, when = line.criterion.code, at + timedelta(minutes=next(clock))
        differs = next((d for d in line.doubts if d.kind == "differs"), None)
        if correct and differs is not None:
            reading = _system_figures(assessment, page.edition, code, day_of(when))
            appraising.give_verdict(
                assessment=assessment,
                criterion=code,
                kind="corrected",
                reason=f"{differs.says} Lấy theo hệ thống.",
                figures=reading,
                by=by,
                at=when,
            )
        else:
            appraising.give_verdict(assessment=assessment, criterion=code, kind="accepted", by=by, at=when)
    appraising.conclude(
        assessment=assessment,
        opinion="Hồ sơ đầy đủ, số liệu có nguồn và ngày.",
        by=by,
        at=at + timedelta(minutes=next(clock) + 1),
    )


def _system_figures(
    assessment: Assessment, edition: Edition, code: str, on: date
) -> dict[str, dict[str, float | None]]:
    reading = readings_by_systems(edition, assessment, on=on)[code]
    return {code: {"numerator": reading.numerator, "denominator": reading.denominator, "value": reading.value}}


def _readings(stage: Stage, communes: list[Named], *, period: str, at: datetime) -> None:
    """What the service portal counted: mostly the same, in every fourth commune a little less."""
    edition = edition_of(FRAMEWORK)
    for n, commune in enumerate(communes):
        unit = Unit.objects.get(pk=commune.id)
        known = {f.measure: f for f in ReportedFigure.objects.current().filter(unit=unit, period=period)}
        for code, system in (("CQ.2", "Cổng dịch vụ công"), ("CQ.1", "Cổng dịch vụ công"), ("XH.1", "Dữ liệu dân cư")):
            field = edition.fields.get(code)
            figure = known.get(key_of(edition, field)) if field else None
            if field is None or figure is None or figure.numerator is None or figure.denominator is None:
                continue
            less = (
                (11 + 2 * n if commune.code != STAR else 27)
                if code == "CQ.2" and (n % 4 == 1 or commune.code == STAR)
                else 0
            )
            measures.receive_reading(
                unit=unit,
                measure=replace(field.measure, key=key_of(edition, field)),
                period=Period.parse(period),
                entry=Entry(
                    numerator=max(figure.numerator - less, Decimal(0)),
                    denominator=figure.denominator,
                    as_of=figure.as_of,
                ),
                system=system,
                by=stage.admin,
                at=at,
                is_simulated=True,
            )


def _last_year(stage: Stage) -> None:
    """Figures of 2025: those of 2026 a little lower, so that movement can be seen."""
    units = [c.id for c in stage.communes]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            insert into measures_reportedfigure
                (unit_id, measure, period, numerator, denominator, value, as_of, source, note, origin, reported_at)
            select unit_id, measure, '2025', floor(numerator * (0.93 + (unit_id %% 7) / 100.0)), denominator,
                   case when value > 1 then round(value * 0.97) else value end,
                   date '2025-12-31', source, '', origin, timestamptz '2026-01-08 08:00+07'
            from measures_reportedfigure
            where period = '2026' and replaced_at is null and unit_id = any(%s)
            on conflict do nothing
            """,
            [units],
        )


def _finished(stage: Stage) -> int:
    _last_year(stage)
    star = next(c for c in stage.communes if c.code == STAR)
    chosen = [star, *[c for n, c in enumerate(stage.communes) if n % 6 == 0 and c.code != STAR][:9]]
    days = [date(2026, 1, 5), date(2026, 1, 30), date(2026, 3, 6), date(2026, 3, 20), date(2026, 3, 31)]
    cycle = _cycle(
        stage,
        "tuyen-quang-2025",
        "Đánh giá, công nhận mức độ chuyển đổi số cấp xã năm 2025",
        framework=FRAMEWORK,
        period="2025",
        days=days,
        requires_signature=False,
    )
    moving.open_cycle(cycle, [c.id for c in chosen], by=stage.admin, at=stage.at(days[0], 8))
    _readings(stage, chosen, period="2025", at=stage.at(date(2026, 1, 9), 9))
    for n, commune in enumerate(chosen):
        day = workday_from(date(2026, 1, 12) + timedelta(days=n % 14))
        handed = _hand_in(stage, cycle, commune, day=day, n=n, signed=n < 6)
        _appraise(stage, handed, at=stage.at(workday_from(date(2026, 2, 2) + timedelta(days=n)), 9), correct=True)
    demo_papers.decide(
        cycle, stage.province, stage.root, by=stage.appraiser, admin=stage.admin, at=stage.at(date(2026, 3, 18), 14)
    )

    moving.close_cycle(cycle, by=stage.admin, at=stage.at(date(2026, 3, 31), 16))
    return len(chosen)


def _under_appraisal(stage: Stage) -> int:
    """The main cycle of this year: most have handed in, some are late, a few files are done."""
    submit_by = workday_from(stage.today - timedelta(days=10))
    days = [
        workday_from(submit_by - timedelta(days=40)),
        submit_by,
        add_workdays(stage.today, 9),
        add_workdays(stage.today, 17),
        add_workdays(stage.today, 25),
    ]
    cycle = _cycle(
        stage,
        "tuyen-quang-2026",
        "Đánh giá, công nhận mức độ chuyển đổi số cấp xã năm 2026",
        framework=FRAMEWORK,
        period="2026",
        days=days,
    )
    moving.open_cycle(cycle, [c.id for c in stage.communes], by=stage.admin, at=stage.at(days[0], 8))
    _departments(stage, cycle)
    star = next(c for c in stage.communes if c.code == STAR)
    chosen = [star, *[c for n, c in enumerate(stage.communes) if n % 3 == 1 and c.code != STAR][:15]]
    _readings(stage, chosen, period="2026", at=stage.at(submit_by - timedelta(days=2), 9))
    for n, commune in enumerate(chosen):
        day = workday_from(submit_by - timedelta(days=1 + n % 12))
        handed = _hand_in(stage, cycle, commune, day=day, n=n, signed=True)
        if n in (4, 7, 9, 12):
            _appraise(stage, handed, at=stage.at(workday_from(submit_by + timedelta(days=1)), 8 + n % 6), correct=True)
    _send_star_back(stage, cycle, star)
    return len(chosen)


def _send_star_back(stage: Stage, cycle: Cycle, star: Named) -> None:
    """The star commune's file came back with one criterion to mend, and a thread about it."""
    at = stage.at(workday_from(stage.today - timedelta(days=4)), 9, 15)
    file = Assessment.objects.select_related("unit", "cycle").get(cycle=cycle, unit=star.id)
    officer = Person.objects.get(account__username="can-bo")
    moving.claim(file, by=stage.appraiser, at=at)
    page = appraisals.file_page(file, on=stage.today)
    assert page is not None
    appraising.accept_many(assessment=file, criteria=[x.criterion.code for x in page.clean], by=stage.appraiser, at=at)
    appraising.write_message(
        assessment=file,
        criterion="CQ.2",
        text="Tử số xã ghi khác Cổng dịch vụ công. Đề nghị xã kiểm tra lại.",
        from_unit=False,
        by=stage.appraiser,
        at=at + timedelta(minutes=5),
    )
    appraising.write_message(
        assessment=file,
        criterion="CQ.2",
        text="Xã đếm cả hồ sơ nộp trực tuyến nhưng trả kết quả giấy. Xã xin sửa theo Cổng.",
        from_unit=True,
        by=officer.pk,
        at=at + timedelta(hours=3),
    )
    appraising.give_verdict(
        assessment=file,
        criterion="CQ.2",
        kind="returned",
        reason="Tử số chưa khớp Cổng dịch vụ công. Sửa theo Cổng hoặc kèm danh sách hồ sơ chênh lệch.",
        by=stage.appraiser,
        at=at + timedelta(hours=4),
    )
    appraising.return_to_unit(assessment=file, by=stage.appraiser, at=at + timedelta(hours=4, minutes=5))


def _departments(stage: Stage, cycle: Cycle) -> None:
    verifier = Person.objects.filter(account__username="xac-minh").first()
    for name, prefix in (("Văn phòng UBND tỉnh", "CQ."), ("Sở Công Thương", "KT."), ("Công an tỉnh", "XH.")):
        department, _ = Department.objects.get_or_create(unit=stage.province, name=name)
        codes = [c.code for c in edition_of(cycle.framework).criteria if c.code.startswith(prefix)][:3]
        Part.objects.get_or_create(cycle=cycle, department=department, defaults={"criteria": codes})
        if verifier is not None and prefix == "CQ.":
            department.members.add(verifier)


def _just_opened(stage: Stage) -> None:
    start = workday_from(stage.today - timedelta(days=6))
    days = [start, add_workdays(stage.today, 18), add_workdays(stage.today, 40), add_workdays(stage.today, 50)]
    cycle = _cycle(
        stage,
        "tuyen-quang-ntm-2026",
        "Xét tiêu chí 8 nông thôn mới năm 2026",
        framework=OPEN_FRAMEWORK,
        period="2026",
        days=[*days, add_workdays(stage.today, 60)],
        conditions=[
            {"code": "hai-long", "label": "Tỷ lệ hài lòng của người dân", "kind": "share", "at_least": 90},
            {"code": "no-xdcb", "label": "Không nợ đọng xây dựng cơ bản", "kind": "yes"},
            {"code": "an-ninh", "label": "Không là địa bàn phức tạp về an ninh, trật tự", "kind": "yes"},
        ],
    )
    moving.open_cycle(cycle, [c.id for c in stage.communes], by=stage.admin, at=stage.at(start, 8))
