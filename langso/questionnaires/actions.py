"""Importing, issuing, withdrawing a form; taking answers. Sent twice, it is done once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.storable import storable
from langso.lib.vietnamese import nfc, sort_key
from langso.questionnaires import rules
from langso.questionnaires.engine import check_and_clean
from langso.questionnaires.models import FilledForm, FormVersion, Questionnaire, Way
from langso.questionnaires.queries import form_of, questions
from langso.questionnaires.workbook import read_workbook
from langso.questionnaires.xlsform import Built, build
from langso.units.models import Unit
from langso.units.statements import often


@transaction.atomic
def import_form(
    *,
    content: bytes,
    name: str,
    unit: Unit | None,
    by: int | None,
    at: datetime,
    lists_from: frozenset[str] = frozenset(),
) -> FormVersion:
    """A version of a form from an XLSForm, not yet issued. The same workbook again gives the version already there.

    Refuses: FileRefused, FormWrong, CodeTaken, VersionTaken.
    """
    built = build(read_workbook(content, name), lists_from=lists_from)
    if built.code == rules.RESERVED:
        raise rules.CodeTaken(field="file", code=built.code, owner="phiếu có sẵn cho ODK Collect")
    return keep_version(built=built, content=content, name=name, unit=unit, by=by, at=at)


def keep_version(
    *, built: Built, content: bytes, name: str, unit: Unit | None, by: int | None, at: datetime
) -> FormVersion:
    """Refuses: CodeTaken, VersionTaken."""
    with connection.cursor() as cursor:  # two who import the first one at once: no row to lock yet
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.form.' || %s, 0))", [built.code])
    form = Questionnaire.objects.filter(code=built.code).first()
    if form is not None and form.unit_id != (unit.pk if unit else None):
        raise rules.CodeTaken(field="file", code=built.code, owner="cả nước" if form.unit_id is None else "nơi khác")
    if form is None:
        key = sort_key(built.title)[:800]
        form = Questionnaire.objects.create(code=built.code, title=built.title, sort_key=key, unit=unit)
    there = FormVersion.objects.filter(questionnaire=form, version=built.version).first()
    if there is not None:
        if there.definition != built.definition:
            raise rules.VersionTaken(field="file", code=built.code, version=built.version)
        return there
    version = FormVersion.objects.create(
        questionnaire=form,
        version=built.version,
        title=built.title,
        definition=built.definition,
        xform=built.xform,
        xform_md5=hashlib.md5(built.xform.encode(), usedforsecurity=False).hexdigest(),
        questions_count=sum(q.item["type"] not in ("group", "repeat", "note") for q in questions(built.definition)),
        workbook=content,
        workbook_name=nfc(name)[-200:],
        workbook_sha256=hashlib.sha256(content).hexdigest(),
        imported_by_id=by,
        imported_at=at,
    )
    _note(version, did="form.imported", by=by, at=at)
    return version


@transaction.atomic
def issue(*, version: FormVersion, by: int | None, at: datetime) -> None:
    """From now on the version is offered and never changes; its title becomes that of the form.

    Refuses: AlreadyIssued, AlreadyWithdrawn.
    """
    held = FormVersion.objects.select_for_update(of=("self",)).select_related("questionnaire").get(pk=version.pk)
    if held.withdrawn_at is not None:
        raise rules.AlreadyWithdrawn(version=held.version)
    if held.issued_at is not None:
        raise rules.AlreadyIssued(version=held.version, day=day_of(held.issued_at))
    held.issued_at, held.issued_by_id = at, by
    held.save(update_fields=["issued_at", "issued_by"])
    held.questionnaire.title, held.questionnaire.sort_key = held.title, sort_key(held.title)[:800]
    held.questionnaire.save(update_fields=["title", "sort_key"])
    _note(held, did="form.issued", by=by, at=at)


@transaction.atomic
def withdraw(*, version: FormVersion, reason: str, by: int | None, at: datetime) -> None:
    """No longer offered; what was answered stays, and answers on their way are still taken.

    Refuses: ReasonMissing, ReasonTooLong, NotIssued, AlreadyWithdrawn.
    """
    reason = rules.check_reason(nfc(reason))
    held = FormVersion.objects.select_for_update(of=("self",)).select_related("questionnaire").get(pk=version.pk)
    if held.issued_at is None:
        raise rules.NotIssued(version=held.version)
    if held.withdrawn_at is not None:
        raise rules.AlreadyWithdrawn(version=held.version)
    held.withdrawn_at, held.withdrawn_by_id, held.withdrawn_reason = at, by, reason
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _note(held, did="form.withdrawn", by=by, at=at, reason=reason)


def _note(version: FormVersion, *, did: str, by: int | None, at: datetime, **more: str) -> None:
    form = version.questionnaire
    facts = {"code": form.code, "version": version.version, "sha256": version.workbook_sha256, **more}
    ledger.record(by=by, did=did, to=version, unit=form.unit_id, at=at, facts=facts)


# ── Answers ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class From:
    """Where answers come from: the unit, and as far as known the village, the household, who wrote them."""

    unit: int
    way: Way
    village: int | None = None
    household: int | None = None
    member: int | None = None
    person: int | None = None


_INSERT = """
    insert into questionnaires_filledform
        (uid, form_id, unit_id, village_id, household_id, member_id, person_id, way, answers, problems_count, made_on,
         received_at, digest, corrects)
    values (%s, %s, %s, %s::bigint, %s::bigint, %s::bigint, %s::bigint, %s, %s::jsonb, %s, %s, %s, %s, %s::uuid)
    on conflict (uid) do nothing
"""


def write_answers(
    *,
    uid: UUID,
    version: FormVersion,
    answers: Mapping[str, Any],
    source: From,
    made_on: date,
    at: datetime,
    corrects: UUID | None = None,
    strict: bool = True,
    digest: bytes | None = None,
) -> bool:
    """Keep the answers of one form once. True when they are new, False when the same were here already.

    Not `strict`: answers that another program has checked by the same definition (ODK Collect) are kept even where our
    engine sees a fault; the count of faults stands beside them. Inside the caller's transaction.

    Refuses: NotIssued, DayAhead, DayTooOld, AnswersWrong, AnswersTooLarge, OtherContent, OtherPlace, CorrectedUnknown,
    CorrectedTwice.
    """
    if version.issued_at is None:
        raise rules.NotIssued(version=version.version)
    rules.check_day(made_on, today=day_of(at))
    form = form_of(version)
    problems, kept = check_and_clean(form, answers, made_on.isoformat())
    if problems and strict:
        raise rules.AnswersWrong(problems, {name: place.item.get("label", "") for name, place in form.places.items()})
    text = json.dumps(storable(kept), ensure_ascii=False, separators=(",", ":"))
    if len(text) > rules.MOST_ANSWERED:
        raise rules.AnswersTooLarge()
    said = digest or rules.digest_of(version.pk, kept, source.household)
    row = (
        *(uid, version.pk, source.unit, source.village, source.household, source.member, source.person),
        *(str(source.way), text, min(len(problems), 30_000), made_on, at, said, corrects),
    )
    if corrects is not None:
        _replace(corrects, uid, source.unit, at)
    with often() as cursor:
        cursor.execute(_INSERT, row)
        if cursor.rowcount:
            return True
    check_same(uid, said, source.unit)
    return False


def check_same(uid: UUID, digest: bytes, unit: int) -> None:
    """What is here under this uid is the same.

    Refuses: OtherPlace, OtherContent.
    """
    with often() as cursor:
        cursor.execute("select digest, unit_id from questionnaires_filledform where uid = %s", [uid])
        there = cursor.fetchone()
    if there is None or there[1] != unit:  # the net hides it: it is some other unit's
        raise rules.OtherPlace()
    if bytes(there[0]) != digest:
        raise rules.OtherContent()


def _replace(corrects: UUID, uid: UUID, unit: int, at: datetime) -> None:
    old = FilledForm.objects.select_for_update().filter(uid=corrects, unit=unit).only("pk", "replaced_at").first()
    if old is None:
        raise rules.CorrectedUnknown()
    if old.replaced_at is None:
        FilledForm.objects.filter(pk=old.pk).update(replaced_at=at)
    elif not FilledForm.objects.filter(corrects=corrects, uid=uid).exists():
        raise rules.CorrectedTwice()
