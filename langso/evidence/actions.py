"""Adding, citing, taking back. A verb is one transaction with its line in the ledger; sent twice, it is done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from langso.criteria import catalogue
from langso.criteria.engine import load_edition
from langso.evidence import photos, rules
from langso.evidence.models import Citation, Evidence, Likeness
from langso.files import actions as files
from langso.files import content as contents
from langso.ledger import actions as ledger
from langso.lib.period import VIETNAM, Period, day_of
from langso.lib.vietnamese import sort_key
from langso.units.models import Unit


@dataclass(frozen=True)
class Entered:
    """What came of adding: the evidence, whether it is new, and what of an earlier one was filled or left alone."""

    evidence: Evidence
    is_new: bool = True
    filled_file: bool = False
    filled_title: bool = False
    left_file: bool = False
    likenesses: Sequence[Likeness] = ()


@transaction.atomic
def enter_document(
    *,
    unit: Unit,
    number: str,
    issuer: str,
    issued_on: date | None,
    title: str,
    content: bytes | None = None,
    name: str = "",
    by: int | None,
    at: datetime,
) -> Entered:
    """The paper of this number, issuer and day, once in a unit; what it lacked is filled, what it had stays.

    Refuses: EvidenceWrong, FileRefused.
    """
    number, issuer = rules.written_number(number), rules.check_issuer(issuer)
    day = rules.check_issued(issued_on, today=day_of(at))
    title, key = rules.check_title(title), rules.paper_key(number, issuer)
    _hold(f"{unit.pk} {key} {day}")  # two people may add the first one at once: no row to lock yet
    found = Evidence.objects.select_for_update(of=("self",)).standing()
    there = found.filter(unit=unit, kind=Evidence.Kind.DOCUMENT, paper_key=key, issued_on=day).first()
    if there is not None:
        return _fill(there, title=title, content=content, name=name, by=by, at=at)
    file = files.keep(content=content, name=name, unit=unit, by=by, at=at) if content is not None else None
    evidence = Evidence.objects.create(
        unit=unit,
        kind=Evidence.Kind.DOCUMENT,
        number=number,
        issuer=issuer,
        issued_on=day,
        title=title,
        paper_key=key,
        number_key=sort_key(number)[:400],
        file=file,
        file_sha256=file.sha256 if file else "",
        added_by_id=by,
        added_at=at,
    )
    return _added(evidence, by=by, at=at)


def add_document(
    *,
    unit: Unit,
    number: str,
    issuer: str,
    issued_on: date | None,
    title: str,
    content: bytes | None = None,
    name: str = "",
    by: int | None,
    at: datetime,
) -> Evidence:
    """`enter_document` for those who need only the evidence."""
    return enter_document(
        unit=unit,
        number=number,
        issuer=issuer,
        issued_on=issued_on,
        title=title,
        content=content,
        name=name,
        by=by,
        at=at,
    ).evidence


def _fill(there: Evidence, *, title: str, content: bytes | None, name: str, by: int | None, at: datetime) -> Entered:
    fill_title = bool(title and not there.title)
    fill_file = content is not None and there.file_id is None
    left_file = content is not None and not fill_file and sha256(content).hexdigest() != there.file_sha256
    if not (fill_title or fill_file):
        return Entered(there, is_new=False, left_file=left_file)
    if fill_title:
        there.title = title
    if fill_file and content is not None:
        there.file = files.keep(content=content, name=name, unit=there.unit, by=by, at=at)
        there.file_sha256 = there.file.sha256
    there.save(update_fields=["title", "file", "file_sha256"])
    alike = _look(there, at=at) if fill_file else ()
    ledger.record(
        by=by,
        did="evidence.completed",
        to=there,
        unit=there.unit_id,
        at=at,
        facts={
            "number": there.number,
            "title": title if fill_title else None,
            "sha256": there.file_sha256 if fill_file else None,
        },
    )
    return Entered(
        there, is_new=False, filled_file=fill_file, filled_title=fill_title, left_file=left_file, likenesses=alike
    )


@transaction.atomic
def enter_photo(
    *,
    unit: Unit,
    content: bytes,
    name: str,
    title: str = "",
    place: str = "",
    taken_on: date | None = None,
    taken_clock: time | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    by: int | None,
    at: datetime,
) -> Entered:
    """A photo, once in a unit. Time and place are the camera's; what a person writes stands where the camera is silent
    or cannot be right.

    Refuses: EvidenceWrong, FileRefused.
    """
    title, place = rules.check_title(title), rules.check_title(place, field="place", most=200)
    rules.check_taken(taken_on, today=day_of(at))
    rules.check_place(latitude, longitude)
    digest = sha256(content).hexdigest()
    _hold(digest)
    there = Evidence.objects.standing().filter(unit=unit, kind=Evidence.Kind.PHOTO, file_sha256=digest).first()
    if there is not None:
        return Entered(there, is_new=False)
    file = files.keep(content=content, name=name, unit=unit, by=by, at=at, allowed=contents.PICTURES)
    photo = photos.read_photo(content)
    day, moment = photo.said.taken_on, photo.said.taken_at
    if taken_on is not None and (day is None or rules.is_doubtful(day, added_at=at)):
        day = taken_on
        moment = datetime.combine(taken_on, taken_clock, VIETNAM) if taken_clock is not None else None
    said_place = photo.said.latitude is not None
    evidence = Evidence.objects.create(
        unit=unit,
        kind=Evidence.Kind.PHOTO,
        title=title,
        file=file,
        file_sha256=file.sha256,
        taken_on=day,
        taken_at=moment,
        place=place,
        latitude=photo.said.latitude if said_place else latitude,
        longitude=photo.said.longitude if said_place else longitude,
        perceptual_hash=photo.perceptual_hash,
        number_key=sort_key(title or place)[:400],
        added_by_id=by,
        added_at=at,
    )
    return _added(evidence, by=by, at=at)


def add_photo(
    *,
    unit: Unit,
    content: bytes,
    name: str,
    title: str = "",
    place: str = "",
    taken_on: date | None = None,
    taken_clock: time | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    by: int | None,
    at: datetime,
) -> Evidence:
    """`enter_photo` for those who need only the evidence."""
    return enter_photo(
        unit=unit,
        content=content,
        name=name,
        title=title,
        place=place,
        taken_on=taken_on,
        taken_clock=taken_clock,
        latitude=latitude,
        longitude=longitude,
        by=by,
        at=at,
    ).evidence


def _hold(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.evidence.' || %s, 0))", [what])


def _added(evidence: Evidence, *, by: int | None, at: datetime) -> Entered:
    alike = _look(evidence, at=at)
    facts = {
        "kind": evidence.kind,
        "number": evidence.number or None,
        "issuer": evidence.issuer or None,
        "issued_on": evidence.issued_on,
        "title": evidence.title or None,
        "sha256": evidence.file_sha256 or None,
        "likenesses": len(alike) or None,
    }
    ledger.record(by=by, did="evidence.added", to=evidence, unit=evidence.unit_id, at=at, facts=facts)
    return Entered(evidence, likenesses=alike)


def _look(evidence: Evidence, *, at: datetime) -> Sequence[Likeness]:
    """Remember what the file or photo is like, in whichever unit.

    Cost: up to three statements; the search takes 20 to 50 ms among 200,000 photos (every hash is compared).
    """
    if not evidence.file_sha256:
        return ()
    if evidence.kind == Evidence.Kind.DOCUMENT:
        _hold(evidence.file_sha256)  # the same bytes added elsewhere at this moment are seen by one of the two
    with connection.cursor() as cursor:
        cursor.execute(
            "select other_id, other_unit_id, kind, distance, other_on from langso_evidence_likenesses(%s, %s)",
            [evidence.pk, rules.NEAR],
        )
        found = cursor.fetchall()
    return Likeness.objects.bulk_create(
        [
            Likeness(
                unit_id=evidence.unit_id,
                evidence=evidence,
                other_id=other,
                other_unit_id=unit,
                other_on=day,
                kind=kind,
                distance=distance,
                seen_at=at,
            )
            for other, unit, kind, distance, day in found
        ],
        ignore_conflicts=True,  # a document whose file came later is looked at again
    )


def _locked(evidence: Evidence) -> Evidence:
    return Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)


def _check_criterion(framework: str, criterion: str) -> None:
    edition = load_edition(catalogue.find(framework))
    if criterion not in edition.by_code and criterion not in edition.fields:
        raise rules.CriterionUnknown(framework=edition.title, criterion=criterion[:60])


@transaction.atomic
def cite(
    *,
    evidence: Evidence,
    framework: str,
    period: Period,
    criterion: str,
    page: str = "",
    note: str = "",
    by: int | None,
    at: datetime,
) -> Citation:
    """Let a criterion lean on the evidence. Twice is once; another page or note takes the place of the earlier one.

    Refuses: AlreadyWithdrawn, CriterionUnknown, FrameworkUnknown, TitleTooLong.
    """
    page = rules.check_title(page, field="page", most=60)
    note = rules.check_title(note, field="note", most=500)
    _check_criterion(framework, criterion)
    evidence = _locked(evidence)
    if evidence.withdrawn_at is not None:
        raise rules.AlreadyWithdrawn(day=day_of(evidence.withdrawn_at))
    spot: dict[str, Any] = {"framework": framework, "period": period.code, "criterion": criterion}
    now = Citation.objects.standing().filter(**spot, unit_id=evidence.unit_id, evidence=evidence).first()
    if now is not None and (page or now.page, note or now.note) == (now.page, now.note):
        return now
    if now is not None:
        at = max(at, now.cited_at)
        _remove([now], by=by, at=at)
        page, note = page or now.page, note or now.note
    citation = Citation.objects.create(
        **spot,
        unit_id=evidence.unit_id,
        evidence=evidence,
        page=page,
        note=note,
        cited_by_id=by,
        cited_at=at,
    )
    ledger.record(
        by=by,
        did="evidence.cited",
        to=citation,
        unit=evidence.unit_id,
        at=at,
        facts={**spot, "evidence": evidence.pk, "page": page or None, "replaces": now.pk if now else None},
    )
    return citation


def _remove(citations: Sequence[Citation], *, by: int | None, at: datetime) -> None:
    for citation in citations:
        citation.removed_by_id, citation.removed_at = by, max(at, citation.cited_at)
    Citation.objects.bulk_update(citations, ["removed_by", "removed_at"])


@transaction.atomic
def uncite(*, citation: Citation, by: int | None, at: datetime) -> Citation:
    """The criterion no longer leans on it; the evidence stays. Twice is once."""
    citation = Citation.objects.select_for_update(of=("self",)).get(pk=citation.pk)
    if citation.removed_at is not None:
        return citation
    _remove([citation], by=by, at=at)
    ledger.record(
        by=by,
        did="evidence.uncited",
        to=citation,
        unit=citation.unit_id,
        at=at,
        facts={
            "framework": citation.framework,
            "period": citation.period,
            "criterion": citation.criterion,
            "evidence": citation.evidence_id,
        },
    )
    return citation


@transaction.atomic
def withdraw(*, evidence: Evidence, reason: str, by: int | None, at: datetime) -> Evidence:
    """Take back what was added by mistake: it is cited no longer, and stays to be read with the reason. Twice is once.

    Refuses: ReasonMissing, TitleTooLong.
    """
    reason = rules.check_reason(reason)
    evidence = _locked(evidence)
    if evidence.withdrawn_at is not None:
        return evidence
    cited = list(Citation.objects.standing().select_for_update(of=("self",)).filter(evidence=evidence))
    _remove(cited, by=by, at=at)
    evidence.withdrawn_by_id, evidence.withdrawn_reason = by, reason
    evidence.withdrawn_at = max(at, evidence.added_at)
    evidence.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    ledger.record(
        by=by,
        did="evidence.withdrawn",
        to=evidence,
        unit=evidence.unit_id,
        at=at,
        facts={"number": evidence.number or None, "reason": reason, "uncited": len(cited) or None},
    )
    return evidence


@transaction.atomic
def keep_with_reason(*, evidence: Evidence, reason: str, by: int | None, at: datetime) -> Evidence:
    """Say why a file or photo that is like another one is right here. The same reason again changes nothing.

    Refuses: ReasonMissing, TitleTooLong, AlreadyWithdrawn.
    """
    reason = rules.check_reason(reason)
    evidence = _locked(evidence)
    if evidence.withdrawn_at is not None:
        raise rules.AlreadyWithdrawn(day=day_of(evidence.withdrawn_at))
    if evidence.kept_reason == reason:
        return evidence
    evidence.kept_reason = reason
    evidence.save(update_fields=["kept_reason"])
    ledger.record(by=by, did="evidence.kept", to=evidence, unit=evidence.unit_id, at=at, facts={"reason": reason})
    return evidence
