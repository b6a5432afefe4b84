"""Handing in: what each officer stands behind, what is still open, and the frozen submission that is appraised."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max

from langso.assessments import doubts as doubting
from langso.assessments.actions import issue
from langso.assessments.doubts import Doubt
from langso.assessments.judging import current_result, edition_of, readings_before, readings_by_systems, readings_of
from langso.assessments.models import Assessment, Confirmation, Submission
from langso.assessments.moving import TooLate, begin, check_running, locked, move
from langso.assessments.results import Reading, Result, as_json
from langso.assessments.rules import CriterionUnknown
from langso.assessments.states import WITH_UNIT, check_move
from langso.criteria.edition import Edition, fields_of
from langso.cycles.models import Cycle
from langso.evidence import queries as evidence
from langso.files.models import StoredFile
from langso.ledger import actions as ledger
from langso.lib.period import Period, day_of
from langso.lib.refusal import Refused
from langso.measures import queries as measures
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of


class CorrectionNeedsReason(Refused):
    says = "Ghi lý do sửa số liệu, một câu là đủ."


class NothingToConfirm(Refused):
    says = "Tiêu chí {code} chưa có số liệu nên chưa xác nhận được. Nhập số, hoặc để “chưa có số liệu”."


class NothingToSubmit(Refused):
    says = "Chưa có số liệu nào. Nhập và xác nhận ít nhất một tiêu chí rồi trình ký."


class NotConfirmed(Refused):
    says = "Còn {count} tiêu chí có số liệu mà chưa ai xác nhận: {codes}. Xác nhận hết rồi trình ký."


class SignatureMissing(Refused):
    says = "Đợt này cần bản PDF có chữ ký số. Ký bản tự đánh giá rồi nộp."


class PaperIsOld(Refused):
    says = "Số liệu hoặc minh chứng đã đổi sau khi tải bản để ký. Tải bản mới, ký lại rồi nộp."


@dataclass(frozen=True)
class CriterionState:
    """One criterion before sending: is there a figure, does someone stand behind it, is there paper."""

    code: str
    name: str
    group: str
    has_figure: bool
    confirmation: Confirmation | None
    is_stale: bool  # the figure changed after it was confirmed
    evidence_count: int
    document: str
    doubts: tuple[Doubt, ...]

    @property
    def is_confirmed(self) -> bool:
        return self.confirmation is not None and not self.is_stale

    @property
    def is_open(self) -> bool:
        return self.has_figure and not self.is_confirmed


@dataclass(frozen=True)
class Readiness:
    criteria: tuple[CriterionState, ...]
    result: Result
    readings: Mapping[str, Reading]

    @property
    def open(self) -> tuple[CriterionState, ...]:
        return tuple(c for c in self.criteria if c.is_open)

    @property
    def without_figure(self) -> tuple[CriterionState, ...]:
        return tuple(c for c in self.criteria if not c.has_figure)

    @property
    def doubtful(self) -> tuple[CriterionState, ...]:
        return tuple(c for c in self.criteria if c.doubts)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return tuple(d for c in self.criteria for d in c.doubts)


def figures_behind(edition: Edition, code: str, figures: Mapping[str, ReportedFigure]) -> str:
    """The rows that a criterion rests on, as a short text that changes when one of them does."""
    criterion = next((c for c in edition.criteria if c.code == code), None)
    if criterion is None:
        raise CriterionUnknown(code=code[:40])
    found = [figures.get(key_of(edition, field)) for field in fields_of(criterion)]
    return ",".join(str(f.pk) for f in found if f is not None and not f.is_blank)


def readiness(assessment: Assessment, *, at: datetime) -> Readiness:
    """What a unit would hand in now, criterion by criterion, with what is open and what is doubtful.

    Cost: about nine queries and one judgment.
    """
    edition = edition_of(assessment.framework, assessment.edition)
    period = Period.parse(assessment.period)
    figures = measures.figures_of(assessment.unit, period)
    readings = readings_of(edition, figures)
    result = current_result(edition, assessment.unit, period, figures)
    confirmed = {c.criterion: c for c in assessment.confirmations.filter(replaced_at=None).select_related("by")}
    cited = evidence.counts([assessment.unit_id], assessment.framework, period).get(assessment.unit_id, {})
    alike = evidence.likenesses_of([assessment.unit_id], assessment.framework, period)
    found = doubting.doubts_of(
        edition,
        readings,
        result=result,
        systems=readings_by_systems(edition, assessment, on=day_of(at)),
        earlier=readings_before(edition, assessment),
        evidence=cited,
        attested=frozenset(c for c, k in confirmed.items() if k.how == Confirmation.How.ATTESTED),
        seen_elsewhere={code: " ".join(k.says for k in kin) for (_, code), kin in alike.items()},
        today=day_of(at),
    )
    by_code: dict[str, list[Doubt]] = {}
    for doubt in found:
        by_code.setdefault(doubt.criterion, []).append(doubt)
    criteria = []
    for criterion in edition.criteria:
        behind = figures_behind(edition, criterion.code, figures)
        confirmation = confirmed.get(criterion.code)
        reading = readings.get(criterion.code)
        criteria.append(
            CriterionState(
                criterion.code,
                criterion.name,
                criterion.group,
                bool(behind),
                confirmation,
                confirmation is not None and confirmation.figures != behind,
                cited.get(criterion.code, 0),
                reading.document if reading else "",
                tuple(by_code.get(criterion.code, ())),
            )
        )
    return Readiness(tuple(criteria), result, readings)


@transaction.atomic
def confirm(
    assessment: Assessment,
    codes: Sequence[str],
    *,
    how: str,
    reason: str = "",
    by: int | None,
    at: datetime,
) -> int:
    """Stand behind the figures of some criteria as they are now; returns how many were new. Twice is once.

    Refuses: CriterionUnknown, CorrectionNeedsReason, NothingToConfirm, MoveNotPossible.
    """
    now = locked(assessment)
    if now.cycle is not None and now.state not in WITH_UNIT:
        check_move("send_to_sign", now.state)  # handed in: nothing to confirm until it is back
    edition = edition_of(now.framework, now.edition)
    figures = measures.figures_of(now.unit, Period.parse(now.period))
    reason = reason.strip()
    if how == Confirmation.How.CORRECTED and not reason:
        raise CorrectionNeedsReason(field="reason")
    standing = {c.criterion: c for c in now.confirmations.filter(replaced_at=None)}
    made = []
    for code in codes:
        behind = figures_behind(edition, code, figures)
        if not behind:
            raise NothingToConfirm(code=code)
        old = standing.get(code)
        if old is not None and (old.figures, old.how, old.reason) == (behind, how, reason):
            continue
        if old is not None:
            old.replaced_at = max(at, old.at)
            old.save(update_fields=["replaced_at"])
        made.append(code)
        Confirmation.objects.create(
            assessment=now,
            unit_id=now.unit_id,
            criterion=code,
            how=how,
            reason=reason,
            figures=behind,
            by_id=by,
            at=at,
        )
    if made:
        begin(now, by=by, at=at)
        ledger.record(
            by=by,
            did="criteria.confirmed",
            to=now,
            unit=now.unit_id,
            at=at,
            facts={"criteria": made, "how": how, "reason": reason},
        )
    return len(made)


@transaction.atomic
def send_to_sign(assessment: Assessment, *, by: int | None, at: datetime) -> Assessment:
    """Hand the file to the head of the unit for signing.

    Refuses: NothingToSubmit, NotConfirmed, TooLate, and what `move` refuses.
    """
    now = locked(assessment)
    _check_in_time(now, at)
    _check_ready(readiness(now, at=at))
    return move(now, "send_to_sign", by=by, at=at)


def _check_in_time(assessment: Assessment, at: datetime) -> None:
    last = check_running(assessment.cycle).last_day(assessment.extended_to)
    if day_of(at) > last:
        raise TooLate(day=last)


def _check_ready(ready: Readiness) -> None:
    if not ready.readings:
        raise NothingToSubmit()
    if ready.open:
        codes = ", ".join(c.code for c in ready.open[:8]) + ("…" if len(ready.open) > 8 else "")
        raise NotConfirmed(count=len(ready.open), codes=codes)


@dataclass(frozen=True)
class Claim:
    """All that is handed in, ready to be frozen; the same figures give the same digest."""

    edition: Edition
    result: Result
    readings: dict[str, dict[str, Any]]
    frozen: dict[str, Any]
    evidence: list[dict[str, Any]]
    confirmations: list[dict[str, Any]]
    doubts: list[dict[str, str]]

    @property
    def digest(self) -> str:
        parts = [self.edition.sha256, self.readings, self.frozen, self.evidence, self.confirmations]
        return sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def claim_of(assessment: Assessment, ready: Readiness) -> Claim:
    edition = edition_of(assessment.framework, assessment.edition)
    confirmations = [
        {
            "criterion": c.code,
            "how": c.confirmation.how,
            "reason": c.confirmation.reason,
            "by": str(c.confirmation.by or ""),
            "at": c.confirmation.at.isoformat(),
        }
        for c in ready.criteria
        if c.confirmation is not None and c.is_confirmed
    ]
    return Claim(
        edition,
        ready.result,
        {code: asdict(reading) for code, reading in ready.readings.items()},
        json.loads(json.dumps(as_json(ready.result))),
        evidence.snapshot(assessment.unit, assessment.framework, Period.parse(assessment.period)),
        confirmations,
        [d.as_json() for d in ready.doubts],
    )


def _next_receipt(cycle: Cycle) -> str:
    """Numbers of one cycle are given one at a time; the counter stands on the cycle, which everyone may read."""
    held = Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    held.receipts_count += 1
    held.save(update_fields=["receipts_count"])
    return f"{held.receipts_count:04d}"


@transaction.atomic
def submit(
    assessment: Assessment,
    *,
    paper: StoredFile | None = None,
    signed_by: str = "",
    digest: str = "",
    by: int | None,
    at: datetime,
) -> Submission:
    """Freeze the claim and hand it in; the receipt number is the place in the cycle.

    `digest` is that of the claim which was read and signed: what is frozen is that very claim. Sent twice, the second
    finds nothing to submit: the state has moved on.
    Refuses: TooLate, NothingToSubmit, NotConfirmed, SignatureMissing, PaperIsOld, and what `move` refuses.
    """
    now = locked(assessment)
    _check_in_time(now, at)
    cycle = check_running(now.cycle)
    if cycle.requires_signature and not signed_by:
        raise SignatureMissing()
    ready = readiness(now, at=at)
    _check_ready(ready)
    claim = claim_of(now, ready)
    if digest and digest != claim.digest:
        raise PaperIsOld()
    issue(claim.edition, at=at)
    number = (now.submissions.aggregate(n=Max("number"))["n"] or 0) + 1
    receipt = now.receipt or _next_receipt(cycle)
    moved = move(
        now,
        "submit",
        by=by,
        at=at,
        facts={"number": number, "digest": claim.digest, "level": claim.result.level, "signed_by": signed_by},
        receipt=receipt,
        doubts_count=len(claim.doubts),
        claimed_by_id=None,
    )
    return Submission.objects.create(
        assessment=moved,
        unit_id=moved.unit_id,
        number=number,
        level=claim.result.level,
        score=claim.result.points,
        stages_count=claim.result.stages_count,
        edition_sha256=claim.edition.sha256,
        readings=claim.readings,
        result=claim.frozen,
        evidence=claim.evidence,
        confirmations=claim.confirmations,
        doubts=claim.doubts,
        digest=claim.digest,
        paper=paper,
        signed_by=signed_by,
        by_id=by,
        at=at,
    )


@transaction.atomic
def withdraw(assessment: Assessment, *, reason: str, by: int | None, at: datetime) -> Assessment:
    """Take a submission back, before the deadline and before anyone has taken it for appraisal.

    Refuses: TooLate, and what `move` refuses.
    """
    now = locked(assessment)
    _check_in_time(now, at)
    moved = move(now, "withdraw", by=by, at=at, reason=reason)
    moved.submissions.filter(withdrawn_at=None).update(withdrawn_at=at)
    return moved
