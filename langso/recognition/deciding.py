"""Registering a signed paper. A registered decision is what recognises, and what takes back."""

from datetime import date, datetime
from hashlib import sha256

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Length
from psycopg.types.range import Range

from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.assessments.moving import locked, move
from langso.assessments.self_report import trusted_roots
from langso.files import actions as files
from langso.files import content as contents
from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.papers import signing
from langso.recognition import queries, rules
from langso.recognition.holding import check_ready, hold_files, name_of
from langso.recognition.models import Candidate, CouncilSession, OfficialPaper, Recognition
from langso.recognition.papering import province_of
from langso.ui.kept import forget
from langso.units.queries import Named, named

Kind = OfficialPaper.Kind


def check_signed(content: bytes, *, at: datetime) -> str:
    """What the signatures of a signed file say; empty for a scan, which has none.

    Refuses: AlteredAfterSigning, BrokenSignature, NotAPdf, EncryptedPdf.
    """
    try:
        found = signing.signatures(content, trusted_roots=trusted_roots(), at=at)
    except signing.NotSigned:
        return ""
    for one in found:
        if not one.whole and one.problem is not None:
            raise one.problem
    return " ".join(one.words for one in found)[:1000]


def _held_paper(paper: OfficialPaper) -> OfficialPaper:
    """The paper as it is now, held with all that its registration will change, in the order of `holding`."""
    held = Recognition.objects.none()
    if paper.session_id is not None:
        session = CouncilSession.objects.select_for_update(of=("self",)).get(pk=paper.session_id)
        if paper.kind == Kind.DECISION:
            passed = queries.unsettled_candidates().filter(session=session)
            hold_files(passed.values_list("assessment", flat=True))
            held = Recognition.objects.filter(unit__in=passed.values("unit"))
    if paper.recognition_id is not None and paper.kind == Kind.REVOCATION:
        held = Recognition.objects.filter(pk=paper.recognition_id)
        hold_files(held.values_list("assessment", flat=True))
    list(held.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    found = OfficialPaper.objects.select_for_update(of=("self",)).select_related("signed", "session", "unit", "cycle")
    return found.get(pk=paper.pk)


def _is_same(now: OfficialPaper, number: str, issued_on: date, content: bytes) -> bool:
    """The very registration that is there already.

    Refuses: PaperStands, when it is another.
    """
    if not now.number:
        return False
    same_file = now.signed is not None and now.signed.sha256 == sha256(content).hexdigest()
    if (now.number, now.issued_on) == (number, issued_on) and same_file:
        return True
    raise rules.PaperStands(number=now.full_number, day=now.issued_on)


def _register(
    now: OfficialPaper, number: str, issued_on: date, content: bytes, name: str, *, by: int | None, at: datetime
) -> OfficialPaper:
    held_on = now.session.held_on if now.session is not None and now.kind in (Kind.MINUTES, Kind.DECISION) else None
    rules.check_day(issued_on, today=day_of(at), held_on=held_on)
    same = {"issuer": now.issuer, "year": issued_on.year, "symbol": now.symbol, "number": number}
    taken = OfficialPaper.objects.filter(**same).exclude(pk=now.pk).first()
    refusal = rules.NumberTaken(
        field="number",
        number=f"{number}/{now.symbol}",
        year=issued_on.year,
        issuer=now.issuer,
        other=taken.get_kind_display() if taken else "một văn bản khác",
    )
    if taken is not None:
        raise refusal
    digest = sha256(content).hexdigest()
    if OfficialPaper.objects.filter(Q(pdf__sha256=digest) | Q(docx__sha256=digest)).exists():
        raise rules.DraftHandedBack(field="signed")
    signature = check_signed(content, at=at) if content.startswith(b"%PDF-") else ""
    stored = files.keep(content=content, name=name, unit=now.unit, by=by, at=at, allowed=(contents.PDF,))
    now.number, now.issued_on, now.year = number, issued_on, issued_on.year
    now.signed, now.signature, now.registered_by_id, now.registered_at = stored, signature, by, at
    try:
        with transaction.atomic():
            now.save(
                update_fields=[
                    "number",
                    "issued_on",
                    "year",
                    "signed",
                    "signature",
                    "registered_by",
                    "registered_at",
                ]
            )
    except IntegrityError as broken:
        if "paper_number_once_a_year" not in str(broken):
            raise
        raise refusal from broken
    facts = {"number": now.full_number, "issued_on": issued_on, "sha256": stored.sha256, "signature": signature}
    ledger.record(by=by, did="paper.registered", to=now, unit=now.unit_id, at=at, facts=facts)
    return now


@transaction.atomic
def register(
    paper: OfficialPaper,
    *,
    number: str,
    issued_on: date,
    signed: bytes,
    name: str,
    valid_from: date | None = None,
    by: int | None,
    at: datetime,
) -> OfficialPaper:
    """The signed paper is back with its number and day; it stands from here on. A decision recognises, a revocation
    takes back, in the same transaction. The same again changes nothing.

    Refuses: NumberWrong, NumberTaken, PaperStands, PaperIsOld, DayAhead, DayBeforeSession, FileRefused,
    AlteredAfterSigning, and what `_recognise` and `_revoke` refuse.
    """
    now = _held_paper(paper)
    if not signed:
        raise rules.SignedFileMissing(field="signed")
    number = rules.read_number(number, now.symbol)
    if _is_same(now, number, issued_on, signed):
        return now
    if now.pdf_id is None:
        raise rules.PaperIsOld()
    _register(now, number, issued_on, signed, name, by=by, at=at)
    if now.kind == Kind.DECISION:
        _recognise(now, valid_from=valid_from, by=by, at=at)
    elif now.kind == Kind.REVOCATION:
        _revoke(now, by=by, at=at)
    return now


def _recognise(paper: OfficialPaper, *, valid_from: date | None, by: int | None, at: datetime) -> list[Recognition]:
    """Refuses: PaperIsOld, StartTooEarly, StartTooLate, AlreadyRecognised, MoveNotPossible, and of `check_ready`."""
    assert paper.session is not None
    assert paper.issued_on is not None
    candidates = queries.awaiting_decision(paper.session)
    if sorted(c.pk for c in candidates) != sorted(paper.facts.get("candidates", [])):
        raise rules.PaperIsOld()
    written = str(paper.facts.get("start") or "")
    start = valid_from or (date.fromisoformat(written) if written else paper.issued_on)
    if start < paper.issued_on:
        raise rules.StartTooEarly(field="valid_from", start=start, day=paper.issued_on)
    if start > paper.issued_on + rules.A_YEAR:
        raise rules.StartTooLate(field="valid_from", start=start)
    names = named((c.unit_id, paper.issued_on) for c in candidates)
    province = province_of(paper.unit, paper.issued_on)
    place = _last_place(province.code, paper.issued_on.year)
    found = []
    for candidate in candidates:
        unit = names.get((candidate.unit_id, paper.issued_on))
        if unit is None:
            raise rules.CandidateElsewhere(name=name_of(candidate.assessment, paper.issued_on))
        place += 1
        certificate = rules.certificate_number(province.code, paper.issued_on.year, place)
        found.append(_recognition(paper, candidate, unit, start=start, certificate=certificate, by=by, at=at))
    transaction.on_commit(forget)
    return found


def _last_place(province: str, year: int) -> int:
    """The last number given in the year by this province; nobody else gives one until the transaction ends."""
    prefix = rules.certificate_number(province, year, 0).removesuffix("0000")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"recognition.certificate {prefix}"])
    given = Recognition.objects.filter(certificate__startswith=prefix)
    last = given.order_by(Length("certificate").desc(), "-certificate").values_list("certificate", flat=True).first()
    return int(last.removeprefix(prefix)) if last else 0


def _recognition(
    paper: OfficialPaper,
    candidate: Candidate,
    unit: Named,
    *,
    start: date,
    certificate: str,
    by: int | None,
    at: datetime,
) -> Recognition:
    cycle = paper.cycle
    assert paper.signed is not None
    assert paper.issued_on is not None
    now = locked(candidate.assessment)
    conclusion, level = check_ready(now, cycle, level=candidate.level, name=unit.name)
    stop = rules.months_later(start, cycle.valid_months)
    _supersede(now, unit, start=start, stop=stop, by=by, at=at)
    edition = edition_of(now.framework, now.edition)
    recognition = Recognition.objects.create(
        unit_id=now.unit_id,
        province_id=unit.province_id,
        unit_name=unit.name,
        province_name=unit.in_province,
        sort_key=unit.sort_key,
        framework=now.framework,
        edition=now.edition,
        period=now.period,
        cycle=cycle,
        assessment=now,
        level=level,
        level_name=edition.level_name(level) if level else candidate.classification,
        score=conclusion.score,
        valid=Range(start, stop),
        stops_on=stop,
        certificate=certificate,
        decision=paper,
        decision_number=paper.full_number,
        decision_on=paper.issued_on,
        decision_issuer=paper.issuer,
        decision_sha256=paper.signed.sha256,
        readings=conclusion.readings,
        result=conclusion.result,
        is_simulated=cycle.is_simulated or any(r.get("is_simulated") for r in conclusion.readings.values()),
        recognised_by_id=by,
        recognised_at=at,
    )
    candidate.decision = paper
    candidate.save(update_fields=["decision"])
    facts = {"decision": paper.full_number, "level": level, "certificate": certificate, "from": start, "to": stop}
    move(now, "recognise", by=by, at=at, facts=facts)
    ledger.record(by=by, did="unit.recognised", to=recognition, unit=now.unit_id, at=at, facts=facts)
    return recognition


def _supersede(now: Assessment, unit: Named, *, start: date, stop: date, by: int | None, at: datetime) -> None:
    """A newer decision ends the days of an earlier one that still runs; what it said is kept in `stops_on`.

    Refuses: AlreadyRecognised, when the earlier one does not begin before the newer.
    """
    running = Recognition.objects.select_for_update(of=("self",)).filter(
        unit=now.unit_id, framework=now.framework, valid__overlap=Range(start, stop)
    )
    for earlier in running.order_by("valid"):
        if earlier.starts_on >= start:
            raise rules.AlreadyRecognised(name=unit.name, start=earlier.starts_on, decision=earlier.decision_number)
        earlier.valid, earlier.superseded_on = Range(earlier.starts_on, start), start
        earlier.save(update_fields=["valid", "superseded_on"])
        facts = {"from": start, "certificate": earlier.certificate}
        ledger.record(by=by, did="recognition.superseded", to=earlier, unit=now.unit_id, at=at, facts=facts)


def _revoke(paper: OfficialPaper, *, by: int | None, at: datetime) -> Recognition:
    """From the later of the day of the decision and the day it names, the recognition no longer counts.

    Refuses: RevokedAlready, RevokedTooEarly, MoveNotPossible.
    """
    assert paper.issued_on is not None
    assert paper.signed is not None
    now = Recognition.objects.select_for_update(of=("self",)).select_related("assessment").get(papers=paper)
    start = max(paper.issued_on, date.fromisoformat(paper.facts["start"]))
    rules.check_revocable(start, start=now.starts_on, stop=now.valid.upper, revoked_on=now.revoked_on)
    now.valid, now.revoked_on, now.revocation = Range(now.starts_on, start), start, paper
    now.revocation_number, now.revocation_sha256 = paper.full_number, paper.signed.sha256
    now.reason, now.rule = paper.facts["reason"], paper.facts["rule"]
    now.save(
        update_fields=[
            "valid",
            "revoked_on",
            "revocation",
            "revocation_number",
            "revocation_sha256",
            "reason",
            "rule",
        ]
    )
    facts = {"decision": paper.full_number, "certificate": now.certificate, "from": start}
    move(now.assessment, "revoke", by=by, at=at, reason=now.reason, facts=facts)
    ledger.record(by=by, did="recognition.revoked", to=now, unit=now.unit_id, at=at, facts=facts)
    transaction.on_commit(forget)
    return now
