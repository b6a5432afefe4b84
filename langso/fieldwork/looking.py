"""What waits for a person of the commune: two that disagree, what was refused, what waits too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from langso.fieldwork import rules
from langso.fieldwork.models import Record, RecordState
from langso.ledger import actions as ledger
from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.units.models import Unit
from langso.villages import households
from langso.villages.incoming import Writer
from langso.villages.models import Household, HouseholdVersion
from langso.visits import choosing
from langso.visits import rules as visit_rules
from langso.visits.actions import IncomingVisit, write_visits
from langso.visits.models import Origin, Visit, VisitState

MOST = 200


class NotToTake(Refused):
    says = "Chỉ nhận thay được lượt đến hộ. Bản này xem rồi để lại, hoặc nhờ thành viên ghi lại."


class HouseholdToChoose(Refused):
    says = "Chưa chọn hộ. Tìm hộ theo tên rồi chọn một hộ trong xã."


class AlreadyTaken(Refused):
    says = "Bản ghi này đã có người xử lý. Tải lại danh sách."


@dataclass(frozen=True)
class Waiting:
    """Everything of a commune that needs a person, each kind newest first."""

    visits: Sequence[Visit]
    versions: Sequence[HouseholdVersion]
    records: Sequence[Record]
    held: Sequence[Record]

    @property
    def count(self) -> int:
        return len(self.visits) + len(self.versions) + len(self.records)


def waiting(units: QuerySet[Unit]) -> Waiting:
    """Cost: four queries."""
    visits = Visit.objects.within(units).filter(state=VisitState.DOUBLED, replaced_at=None)
    versions = HouseholdVersion.objects.within(units).filter(state=HouseholdVersion.State.CONFLICT)
    records = Record.objects.within(units).exclude(state=RecordState.WRITTEN).filter(taken_by=None)
    people = ("enrollment__member__team",)
    return Waiting(
        list(visits.select_related("household__village", "member", "person").order_by("-received_at")[:MOST]),
        list(versions.select_related("household__village").order_by("-at")[:MOST]),
        list(records.filter(state=RecordState.REFUSED).select_related(*people).order_by("-received_at")[:MOST]),
        list(records.filter(state=RecordState.HELD).select_related(*people).order_by("wait_until")[:MOST]),
    )


def _settle(uid: UUID | None, says: str, *, at: datetime) -> None:
    """The phone is told what became of its record with its next pull; one that counted before is told too."""
    if uid is not None:
        Record.objects.filter(uid=uid, state__in=[RecordState.CONFLICT, RecordState.WRITTEN]).update(
            state=RecordState.WRITTEN, code="Chosen", says=says, answered_at=at
        )


@transaction.atomic
def choose_visit(*, visit: Visit, choice: str, by: int | None, at: datetime) -> Visit:
    """Refuses: AlreadyChosen."""
    chosen, set_aside = choosing.choose_visit(visit=visit, choice=choice, by=by, at=at)
    for other in set_aside:
        _settle(other.uid, "Xã đã chọn bản của người khác cùng ngày; bản này được giữ, không tính.", at=at)
    says = {
        "this": "Xã đã chọn bản này.",
        "other": "Xã đã chọn bản kia; bản này được giữ, không tính.",
        "both": "Xã xác nhận cả hai người đã đến; hộ được tính một lần.",
    }[choice]
    _settle(visit.uid, says, at=at)
    return chosen


@transaction.atomic
def choose_version(*, version: HouseholdVersion, take: bool, by: int | None, at: datetime) -> Household:
    """Refuses: ChoiceMade."""
    household = households.choose(version=version, take=take, by=by, at=at)
    _settle(version.record_uid, "Xã đã chọn bản này." if take else "Xã đã chọn bản kia; bản này được giữ.", at=at)
    return household


def visit_of(record: Record) -> dict[str, Any]:
    """The content of a refused visit as far as it can be read, for a form."""
    body = record.body if isinstance(record.body, dict) else {}
    return {
        "on": rules.read_plain_day(body.get("on")),
        "topics": [str(t) for t in body.get("topics") or () if isinstance(t, str)],
        "result": str(body.get("result") or ""),
        "note": str(body.get("note") or ""),
        "household": rules.read_uid(body.get("household")),
    }


@transaction.atomic
def take_over(
    *, record: Record, household: Household | None, on: date | None, by: int | None, province_code: str, at: datetime
) -> Record:
    """The commune writes a refused visit in the member's name, with the day and the household that it has looked up.

    Refuses: NotToTake, HouseholdToChoose, AlreadyTaken, VisitWrong.
    """
    row = Record.objects.select_for_update(of=("self",)).select_related("enrollment__member").get(pk=record.pk)
    if row.state == RecordState.WRITTEN or row.taken_by_id is not None:
        raise AlreadyTaken()
    if row.kind != "visit" or not isinstance(row.body, dict):
        raise NotToTake()
    if household is None:
        raise HouseholdToChoose(field="household")
    facts = visit_rules.read_visit({**row.body, "proof": {"kind": "none"}}, on=on, next_on=None)
    if facts.on > day_of(at):
        raise visit_rules.VisitInFuture(field="on", on=facts.on)
    member = row.enrollment.member
    writer = Writer(household.unit_id, province_code, member.team_id, member.pk, by, Origin.DESK)
    corrects = rules.read_uid(row.body.get("corrects"))
    if corrects is not None and not Visit.objects.filter(uid=corrects, unit_id=household.unit_id).exists():
        corrects = None  # what it meant to correct never came: then it stands for itself
    visit = IncomingVisit(row.uid, household.uid, facts, row.made_at, corrects)
    outcome = write_visits([visit], by=writer, at=at)[row.uid]
    if outcome.state == "refused":
        raise visit_rules.HouseholdUnknown(field="household")
    row.state, row.code, row.body = RecordState.WRITTEN, "TakenOver", None
    row.says = f"Xã đã nhận thay ngày {write_day(day_of(at))}."
    row.answered_at, row.taken_by_id = at, by
    row.save(update_fields=["state", "code", "says", "answered_at", "taken_by", "body"])
    ledger.record(by=by, did="record.taken_over", to=row, unit=row.unit_id, at=at, facts={"household": household.pk})
    return row


@transaction.atomic
def leave(*, record: Record, reason: str, by: int | None, at: datetime) -> Record:
    """Seen and left: it stays refused, on the phone and here, with the reason.

    Refuses: AlreadyTaken.
    """
    row = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if row.state == RecordState.WRITTEN or row.taken_by_id is not None:
        raise AlreadyTaken()
    row.state, row.code = RecordState.REFUSED, "Left"
    row.says = f"Xã đã xem ngày {write_day(day_of(at))} và không nhận: {reason}"[:400]
    row.answered_at, row.taken_by_id = at, by
    row.save(update_fields=["state", "code", "says", "answered_at", "taken_by"])
    ledger.record(by=by, did="record.left", to=row, unit=row.unit_id, at=at, facts={"reason": reason[:200]})
    return row
