"""Keeping what Collect sent: few statements, one transaction, the same whether it comes once or sixteen times at once.

An issued form becomes answers in its room. The built-in visit form becomes a visit, through the same receiving as those
of the app.
Attachments lie with the photos of the app, in the database: text and photo are as durable as each other.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from langso.fieldwork import rules
from langso.fieldwork.caller import Seat
from langso.fieldwork.openrosa_body import Attached, FileDiffers, OpenRosaRefused, Sent, read_answers
from langso.fieldwork.openrosa_visit import CODE as VISIT_CODE
from langso.fieldwork.openrosa_visit import visit_body, visit_form
from langso.fieldwork.receiving import receive
from langso.fieldwork.rules import Clock, Item
from langso.lib.period import day_of
from langso.questionnaires import actions as forms
from langso.questionnaires import rules as form_rules
from langso.questionnaires.actions import From
from langso.questionnaires.models import FormVersion, Way
from langso.questionnaires.queries import form_of, version_for
from langso.units.statements import often
from langso.villages.household_rules import HouseholdErased
from langso.visits.models import Origin

MOST_KEPT = 2_000
_versions: dict[tuple[str, str, int], FormVersion] = {}


class NotTaken(OpenRosaRefused):
    """What receiving refused and does not keep, in its own words."""

    says = "{what}"


def keep(sent: Sent, seat: Seat, *, sent_at: datetime | None = None) -> str:
    """Keep the form and its files; the words of the answer.

    Refuses: what `write_answers` and receiving refuse; FileDiffers.
    Cost: two statements for a new form, one more for each file.
    """
    says = _keep_visit(sent, seat, sent_at) if sent.code == VISIT_CODE else _keep_answers(sent, seat)
    if sent.files:
        _keep_files(sent, seat)
    return says


def version_here(code: str, version: str, seat: Seat) -> FormVersion:
    """The issued version that is meant; found once in each process, for an issued one never changes.

    Refuses: FormUnknown.
    """
    key = (code, version, seat.unit)
    found = _versions.get(key)
    if found is None:
        found = version_for(code, version, seat.unit, seat.today)
        if found is None:
            raise form_rules.FormUnknown(code=code or "?", version=version or "?")
        if len(_versions) >= MOST_KEPT:
            _versions.clear()
        _versions[key] = found
    return found


def _keep_answers(sent: Sent, seat: Seat) -> str:
    version = version_here(sent.code, sent.version, seat)
    said = read_answers(sent.root, form_of(version))
    forms.write_answers(
        uid=sent.uid,
        version=version,
        answers=said.answers,
        source=From(unit=seat.unit, way=Way.ODK, member=seat.member),
        made_on=_day(said.made_at, seat.today),
        at=seat.at,
        corrects=sent.corrects,
        strict=False,
        digest=sent.digest,
    )
    return f"Đã nhận phiếu {version.title}."


def _day(made_at: datetime | None, today: date) -> date:
    """The day the phone says, unless its clock cannot be right."""
    on = day_of(made_at) if made_at else today
    return on if form_rules.EARLIEST <= on <= today else today


def _keep_visit(sent: Sent, seat: Seat, sent_at: datetime | None) -> str:
    said = read_answers(sent.root, visit_form())
    body = visit_body(said.answers, corrects=sent.corrects)
    made_at = said.made_at or seat.at
    item = Item(sent.uid, "visit", body, made_at, 0, rules.digest_of("visit", {**body, "sent": sent.digest.hex()}))
    clock = Clock(sent_at or max(seat.at, made_at), seat.at, seat.enrolled_at)
    (answer,) = receive(seat, [item], clock=clock, origin=Origin.ODK)
    if answer.state == "refused":
        if answer.code == "OtherContent":
            raise form_rules.OtherContent()
        if not answer.receipt or answer.code == HouseholdErased.__name__:
            raise NotTaken(what=answer.says)
        return f"Chưa ghi được lượt này: {answer.says} Bản gửi nằm ở mục Cần xem lại của xã, không phải gửi lại."
    return f"Đã nhận lượt đến hộ. Biên nhận {answer.receipt}. {answer.says}".strip()


_FILE = """
with put as (
    insert into fieldwork_photo
        (uid, unit_id, enrollment_id, record_uid, name, content_type, sha256, size, have, done_at)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (uid) do nothing returning id
)
insert into fieldwork_photopiece (photo_id, start, content) select id, 0, %b from put
"""


def file_uid(record: UUID, name: str) -> UUID:
    """A file of a form is known by the form and its name: sent again it is the same."""
    return uuid5(record, name)


def _keep_files(sent: Sent, seat: Seat) -> None:
    with often() as cursor:
        for file in sent.files:
            uid, size = file_uid(sent.uid, file.name), len(file.content)
            cursor.execute(
                _FILE,
                (
                    *(uid, seat.unit, seat.enrollment, sent.uid, file.name, file.content_type, file.sha256),
                    *(size, size, seat.at, file.content),
                ),
            )
            if not cursor.rowcount:
                _check_same_file(uid, file)


def _check_same_file(uid: UUID, file: Attached) -> None:
    """Refuses: FileDiffers."""
    with often() as cursor:
        cursor.execute("select sha256 from fieldwork_photo where uid = %s", [uid])
        row = cursor.fetchone()
    if row is None or row[0] != file.sha256:
        raise FileDiffers(name=file.name)
