"""Making the papers: Word and PDF from what was found, kept by checksum, made anew until a number is registered."""

from dataclasses import asdict, replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from langso.appraisals.models import Conclusion
from langso.appraisals.queries import standing as standing_verdicts
from langso.assessments.models import Assessment, Submission
from langso.assessments.moving import locked
from langso.cycles.models import Cycle
from langso.files import actions as files
from langso.files import content as contents
from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.papers import pdf, word
from langso.papers.paper import Certificate, Paper
from langso.recognition import drafting, queries, rules
from langso.recognition.drafting import Issuer, Signer
from langso.recognition.holding import name_of
from langso.recognition.models import CouncilSession, OfficialPaper, Recognition
from langso.units.models import Unit
from langso.units.queries import Named, named

Kind = OfficialPaper.Kind


def province_of(unit: Unit, on: date) -> Named:
    return named([(unit.pk, on)])[unit.pk, on]


def _draft_row(
    kind: str,
    *,
    cycle: Cycle,
    unit: Unit,
    issuer: Issuer,
    session: CouncilSession | None = None,
    assessment: Assessment | None = None,
    recognition: Recognition | None = None,
    by: int | None,
    at: datetime,
) -> OfficialPaper:
    """The one draft of its kind, held; made when there is none.

    Refuses: PaperStands, when a paper of a kind that is written once has its number.
    """
    about = {"kind": kind, "session": session, "assessment": assessment, "recognition": recognition}
    stands = OfficialPaper.objects.filter(**about).exclude(number="").first()
    if stands is not None and kind not in (Kind.DECISION, Kind.APPRAISAL_REPORT):
        assert stands.issued_on is not None
        raise rules.PaperStands(number=stands.full_number, day=stands.issued_on)
    row, _ = OfficialPaper.objects.select_for_update(of=("self",)).get_or_create(
        **about,
        number="",
        defaults={
            "cycle": cycle,
            "unit": unit,
            "issuer": issuer.office.name,
            "symbol": issuer.symbol,
            "made_by_id": by,
            "made_at": at,
        },
    )
    return row


def _write(
    row: OfficialPaper, paper: Paper | Certificate, facts: dict[str, object], *, by: int | None, at: datetime
) -> OfficialPaper:
    """Word and PDF of a draft, kept by checksum. The same facts give the same files."""
    name = f"{row.kind.replace('_', '-')}-{row.pk}"
    for column, suffix, kind, content in (
        ("docx", "docx", contents.DOCX, word.write(paper)),
        ("pdf", "pdf", contents.PDF, pdf.write(paper)),
    ):
        stored = files.store(
            content=content, name=f"{name}.{suffix}", content_type=kind.content_type, unit=row.unit, by=by, at=at
        )
        setattr(row, column, stored)
    row.facts, row.made_by_id, row.made_at = facts, by, at
    row.save(update_fields=["docx", "pdf", "facts", "made_by", "made_at"])
    assert row.pdf is not None
    ledger.record(
        by=by,
        did="paper.drafted",
        to=row,
        unit=row.unit_id,
        at=at,
        facts={"kind": row.kind, "sha256": row.pdf.sha256, **facts},
    )
    return row


@transaction.atomic
def draft(
    session: CouncilSession,
    kind: str,
    *,
    signer: Signer | None = None,
    grounds: tuple[str, ...] = (),
    valid_from: date | None = None,
    by: int | None,
    at: datetime,
) -> OfficialPaper:
    """Make or make anew the draft of a paper of a session: Word and PDF.

    Refuses: NoCandidates, SessionOpen, NobodyPassed, PaperStands, RoundWithoutReports, VotesDoNotAddUp.
    """
    signer = signer or Signer()
    held = CouncilSession.objects.select_for_update(of=("self",)).select_related("council__cycle", "council__unit")
    page = queries.session_page(held.get(pk=session.pk))
    now, council, cycle, today = page.session, page.council, page.cycle, day_of(at)
    if kind in (Kind.MINUTES, Kind.DECISION) and now.closed_at is None:
        raise rules.SessionOpen(day=now.held_on)
    if not page.candidates:
        raise rules.NoCandidates()
    if kind == Kind.DECISION and not page.awaiting:
        raise rules.NobodyPassed()
    province = province_of(council.unit, today)
    issuer = drafting.issuer_of(kind, province=province.name, council=council.name)
    row = _draft_row(kind, cycle=cycle, unit=council.unit, session=now, issuer=issuer, by=by, at=at)
    stamp = drafting.stamp_of(row, written_on=today, cycle=cycle)
    more = {"office": issuer.office, "stamp": stamp, "recipients": drafting.recipients_of(kind)}
    signature = signer.signature(issuer.signer)
    facts: dict[str, object] = {"signer": asdict(signer), "grounds": list(grounds)}
    paper: Paper
    if kind == Kind.MINUTES:
        paper = drafting.minutes_of(page, **more)
    elif kind == Kind.PROPOSAL:
        paper = drafting.proposal_of(
            page,
            _left_out(page, today),
            province=province.name,
            grounds=drafting.grounds_of(page, grounds),
            signature=signature,
            **more,
        )
    elif kind == Kind.ROUND_REPORT:
        rows = _round(cycle, council.unit, today)
        if not rows:
            raise rules.RoundWithoutReports()
        paper = drafting.round_report_of(
            rows, cycle=cycle, province=province.name, grounds=grounds, signature=signature, **more
        )
    else:
        start = valid_from or today
        last = date.fromordinal(rules.months_later(start, cycle.valid_months).toordinal() - 1)
        passed = list(page.awaiting)
        facts |= {"candidates": [s.candidate.pk for s in passed], "start": valid_from.isoformat() if valid_from else ""}
        paper = drafting.decision_of(
            page,
            passed,
            start=start,
            last=last,
            province=province.name,
            grounds=grounds,
            signature=signature,
            **more,
        )
    return _write(row, paper, facts, by=by, at=at)


def _left_out(page: queries.SessionPage, on: date) -> list[tuple[Named | None, str]]:
    """Files of the round that are appraised and not before this session, each with its reason."""
    waiting = queries.waiting_for_council(page.council, on=page.session.held_on)
    names = queries.names_of(((w.assessment.unit_id, w.assessment.period) for w in waiting), on=on)
    return [
        (
            names.get(w.assessment.unit_id),
            "; ".join(f"{c.condition.label}: {c.words}" for c in w.unmet)
            or ("Thẩm định chưa đạt mức 1" if not w.level else "Chưa trình phiên họp này"),
        )
        for w in waiting
    ]


def _round(cycle: Cycle, province: Unit, on: date) -> list[tuple[Named | None, Submission | None, Conclusion]]:
    found = Conclusion.objects.filter(
        assessment__cycle=cycle, replaced_at=None, unit__in=Unit.objects.under([province], on)
    )
    conclusions = list(found.select_related("submission", "assessment").defer("readings", "result"))
    names = queries.names_of(((c.unit_id, cycle.period) for c in conclusions), on=on)
    rows = [(names.get(c.unit_id), c.submission, c) for c in conclusions]
    return sorted(rows, key=lambda r: r[0].sort_key if r[0] else "")


@transaction.atomic
def draft_report(
    assessment: Assessment, *, signer: Signer | None = None, by: int | None, at: datetime
) -> OfficialPaper:
    """The appraisal report of one unit, from its current conclusion.

    Refuses: NotConcluded, PaperStands (a report of this very conclusion has its number).
    """
    now = locked(assessment)
    today = day_of(at)
    conclusion = now.conclusions.filter(replaced_at=None).select_related("submission").first()
    if conclusion is None or now.cycle is None:
        raise rules.NotConcluded(name=name_of(now, today), state=now.get_state_display())
    unit = queries.names_of([(now.unit_id, now.period)], on=today).get(now.unit_id)
    if unit is None or unit.province_id is None:
        raise rules.CandidateElsewhere(name=name_of(now, today))
    for earlier in OfficialPaper.objects.filter(kind=Kind.APPRAISAL_REPORT, assessment=now).exclude(number=""):
        if earlier.facts.get("conclusion") == conclusion.pk:
            raise rules.PaperStands(number=earlier.full_number, day=earlier.issued_on)
    issuer = drafting.issuer_of(Kind.APPRAISAL_REPORT, province=unit.province_name)
    row = _draft_row(
        Kind.APPRAISAL_REPORT,
        cycle=now.cycle,
        unit=Unit.objects.get(pk=unit.province_id),
        assessment=now,
        issuer=issuer,
        by=by,
        at=at,
    )
    verdicts = {v.criterion: v for v in standing_verdicts(now, conclusion.submission) if v.department_id is None}
    paper = drafting.report_of(
        now,
        unit,
        conclusion.submission,
        conclusion,
        verdicts,
        office=issuer.office,
        stamp=drafting.stamp_of(row, written_on=today, cycle=now.cycle),
        signature=(signer or Signer()).signature(issuer.signer),
        recipients=drafting.recipients_of(Kind.APPRAISAL_REPORT),
    )
    return _write(row, paper, {"conclusion": conclusion.pk, "signer": asdict(signer or Signer())}, by=by, at=at)


@transaction.atomic
def draft_revocation(
    recognition: Recognition,
    *,
    reason: str,
    rule: str,
    start: date | None = None,
    signer: Signer | None = None,
    grounds: tuple[str, ...] = (),
    by: int | None,
    at: datetime,
) -> OfficialPaper:
    """The decision that takes a recognition back, as a draft; nothing is taken back yet.

    Refuses: ReasonsMissing, RevokedAlready, RevokedTooEarly.
    """
    now = Recognition.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=recognition.pk)
    today = day_of(at)
    reason, rule, start = reason.strip(), rule.strip(), start or today
    if not reason or not rule:
        raise rules.ReasonsMissing(field="rule" if reason else "reason")
    rules.check_revocable(today, start=now.starts_on, stop=now.valid.upper, revoked_on=now.revoked_on)
    province = province_of(Unit.objects.get(pk=now.province_id or now.unit_id), today)
    issuer = drafting.issuer_of(Kind.REVOCATION, province=province.name)
    unit = Unit.objects.get(pk=province.id)
    row = _draft_row(Kind.REVOCATION, cycle=now.cycle, unit=unit, recognition=now, issuer=issuer, by=by, at=at)
    paper = drafting.withdrawal_of(
        now,
        reason=reason,
        rule=rule,
        start=start,
        province=province.name,
        grounds=grounds,
        office=issuer.office,
        stamp=drafting.stamp_of(row, written_on=today, cycle=now.cycle),
        signature=(signer or Signer()).signature(issuer.signer),
        recipients=drafting.recipients_of(Kind.REVOCATION),
    )
    facts: dict[str, object] = {"reason": reason[:2000], "rule": rule[:1000], "start": start.isoformat()}
    return _write(row, paper, facts, by=by, at=at)


@transaction.atomic
def draft_certificate(
    recognition: Recognition, *, signer: Signer | None = None, by: int | None, at: datetime
) -> OfficialPaper:
    """Giấy công nhận of one recognition, with the QR of its page in the register. May be made anew.

    Refuses: NotInForce.
    """
    now = Recognition.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=recognition.pk)
    there = now.standing(day_of(at))
    if there not in (rules.Standing.VALID, rules.Standing.AHEAD):
        raise rules.NotInForce(name=now.unit_name, standing=there.label.lower())
    province = province_of(Unit.objects.get(pk=now.province_id or now.unit_id), now.decision_on)
    issuer = drafting.issuer_of(Kind.CERTIFICATE, province=province.name)
    unit = Unit.objects.get(pk=province.id)
    row = _draft_row(Kind.CERTIFICATE, cycle=now.cycle, unit=unit, recognition=now, issuer=issuer, by=by, at=at)
    stamp = drafting.stamp_of(row, written_on=day_of(at), cycle=now.cycle)
    paper = drafting.certificate_of(
        now,
        address=f"{settings.PUBLIC_ADDRESS}{now.address}",
        cycle=now.cycle,
        office=issuer.office,
        stamp=replace(stamp, issued_on=now.decision_on),
        signature=(signer or Signer()).signature(issuer.signer),
    )
    return _write(row, paper, {"certificate": now.certificate}, by=by, at=at)
