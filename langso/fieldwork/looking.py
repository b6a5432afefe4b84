"""What waits for a person of the commune: two that disagree, what was refused, what waits too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from langso.villages.models import Household, HouseholdVersion, Village
from langso.villages.topics import TOPICS
from langso.villages.turn import one_at_a_time
from langso.visits import choosing
from langso.visits import rules as visit_rules
from langso.visits.actions import IncomingVisit, write_visits
from langso.visits.desk_writing import Said
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


KIND_WORDS = {
    "household": "Hộ gia đình",
    "visit": "Lượt đến hộ",
    "gathering": "Buổi hướng dẫn",
    "answer": "Trả lời yêu cầu",
    "submission": "Phiếu",
}
_RESULTS = {"done": "đã giúp xong", "more": "đã giúp, còn việc", "cannot": "chưa giúp được"}


def contents_of(records: Sequence[Record]) -> dict[int, str]:
    """What each refused record is about, in words, as far as it can be read.  Cost: at most two queries."""
    bodies = {r.pk: r.body if isinstance(r.body, dict) else {} for r in records}
    asked = {uid for b in bodies.values() for n in ("household", "entity") if (uid := rules.read_uid(b.get(n)))}
    homes = {h.uid: h for h in Household.objects.filter(uid__in=asked).select_related("village")} if asked else {}
    places = {uid for b in bodies.values() if (uid := rules.read_uid(_village_in(b)))}
    villages = dict(Village.objects.filter(uid__in=places).values_list("uid", "name")) if places else {}
    return {r.pk: _content(r.kind, bodies[r.pk], homes, villages) for r in records}


def _village_in(body: Mapping[str, Any]) -> Any:
    fields = body.get("fields")
    return body.get("village") or (fields.get("village") if isinstance(fields, dict) else None)


def _content(kind: str, body: Mapping[str, Any], homes: Mapping[UUID, Household], villages: Mapping[UUID, str]) -> str:
    edit = body.get("fields")
    fields: Mapping[str, Any] = edit if isinstance(edit, dict) else {}
    meant = [uid for n in ("household", "entity") if (uid := rules.read_uid(body.get(n)))]
    home = next((homes[uid] for uid in meant if uid in homes), None)
    head = _text(fields.get("head")) or (home.head_name if home else "")
    village = villages.get(rules.read_uid(_village_in(body)) or UUID(int=0), "")
    on = rules.read_plain_day(body.get("on"))
    said = [
        f"hộ {head}" if head else "",
        village or (home.village.name if home else ""),
        _text(body.get("place")),
        f"ngày {write_day(on)}" if on else "",
        ", ".join(TOPICS[t] for t in _texts(body.get("topics")) if t in TOPICS),
        f"{body['attended']} người" if isinstance(body.get("attended"), int) else "",
        f"mã {_text(body.get('form'))}" if kind == "submission" and _text(body.get("form")) else "",
        _RESULTS.get(_text(body.get("result")), ""),
        f"“{_text(body.get('note'))}”" if _text(body.get("note")) else "",
    ]
    about = ", ".join(filter(None, said))
    return f"{KIND_WORDS.get(kind, 'Bản ghi')}{': ' if about else ''}{about}"


def _text(value: Any) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


@transaction.atomic
def take_over(
    *, record: Record, household: Household | None, on: date | None, by: int | None, province_code: str, at: datetime
) -> Record:
    """The commune writes a refused visit in the member's name, with the day and the household that it has looked up.

    Refuses: NotToTake, HouseholdToChoose, AlreadyTaken, VisitWrong, Said.
    """
    one_at_a_time({record.unit_id} | ({household.unit_id} if household else set()))
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
        raise Said(what=outcome.says)
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
