"""Requests for help: asked by anyone, answered by the team of the village, followed by a code."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import connection, transaction

from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.vietnamese import nfc
from langso.lib.workdays import add_workdays
from langso.notices import actions as notices
from langso.notices.actions import Word
from langso.people.roles import Role
from langso.teams.models import Member, MemberRole, Team
from langso.teams.queries import teams_serving
from langso.villages.models import Household, Village
from langso.visits import ask_rules as rules
from langso.visits.models import HelpRequest, RequestState

DESK = (Role.COMMUNE_OFFICER, Role.COMMUNE_HEAD)


def enter_by_code(code: str) -> None:
    """Open the net for the one request that has this code, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('langso.request', %s, true)", [code])


def already_asked(uid: UUID) -> HelpRequest | None:
    """The request that this very form has made before: sent again on a bad network it is no new one."""
    code = rules.code_of(uid)
    enter_by_code(code)
    return HelpRequest.objects.filter(code=code).first()


def uid_to_ask(uid: UUID, *, village: Village, topic: str, name: str, phone: str, text: str) -> UUID:
    """The number to ask with: of the form, or one that follows from the form and what was changed in it.

    Whoever goes back, corrects the telephone and sends again asks anew; sent twice, that is one request too.
    """
    there = already_asked(uid)
    says = [str(village.uid), topic, nfc(name), phone, nfc(text)]
    if there is None:
        return uid
    said = [str(there.village.uid) if there.village else "", there.topic, there.name, there.phone, there.text]
    return uid if said == says else uuid5(uid, "\n".join(says))


@transaction.atomic
def ask(
    *,
    village: Village,
    topic: str,
    name: str,
    phone: str,
    text: str,
    uid: UUID,
    consents: bool,
    at: datetime,
    household: Household | None = None,
) -> HelpRequest:
    """A citizen asks; the team of the village is told. The same form sent twice is one request.

    Refuses: AskWrong.
    """
    asked = rules.check_ask(topic=topic, name=name, phone=phone, text=text, consents=consents)
    rules.check_standing(is_standing=village.valid.upper is None)
    today = day_of(at)
    # The code is made of the form's own number, so that a form sent twice leads to the same row through the net.
    code = rules.code_of(uid)
    with connection.cursor() as cursor:  # the same form sent twice at once: the second waits and finds the first
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('langso.request.' || %s, 0))", [code])
    there = already_asked(uid)
    if there is not None:
        return there
    team = teams_serving([village.pk], on=today).get(village.pk)
    request = HelpRequest.objects.create(
        uid=uid,
        code=code,
        unit_id=village.unit_id,
        village=village,
        household=household,
        team=team,
        made_at=at,
        due_on=add_workdays(today, rules.DUE_WORKDAYS),
        **asked,
    )
    ledger.record(
        by=None,
        did="request.asked",
        to=request,
        unit=request.unit_id,
        at=at,
        facts={"topic": asked["topic"], "team": team.name if team else None},
    )
    _tell(request, team, at=at)
    return request


def _tell(request: HelpRequest, team: Team | None, *, at: datetime) -> None:
    """The desk of the commune always, and the leader who has an account."""
    where = request.village.name if request.village else ""
    what = rules.topic_words(request.topic)
    link = f"/yeu-cau/{request.pk}/"
    missing = "" if team else " Thôn chưa có tổ: xã giao cho tổ khác hoặc tự trả lời."
    key = f"request.{request.pk}.{team.pk if team else 0}"
    words = [
        Word(
            f"{key}.desk",
            f"{where} có người nhờ giúp: {what}.{missing}",
            request.unit_id,
            link,
            DESK,
            due_on=request.due_on,
        )
    ]
    with _net_at(request.unit_id, day_of(at)):
        leader = _account_of_leader(team, on=day_of(at)) if team is not None else None
        if leader is not None:
            says = f"{where} có người nhờ tổ giúp: {what}. Mở ứng dụng để xem."
            words.append(Word(f"{key}.leader", says, request.unit_id, person=leader, due_on=request.due_on))
        notices.tell(*words, at=at)


@contextmanager
def _net_at(unit: int, on: date) -> Iterator[None]:
    """A citizen asks from outside the net: it is opened at this one commune while its people are told."""
    look = "select set_config('langso.roots', %s, true), set_config('langso.day', %s, true)"
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('langso.roots', true), current_setting('langso.day', true)")
        before = cursor.fetchone() or (None, None)
        cursor.execute(look, [str(unit), on.isoformat()])
        yield
        cursor.execute(look, [text or "" for text in before])


def _account_of_leader(team: Team, *, on: date) -> int | None:
    leader = Member.objects.on(on).filter(team=team, role=MemberRole.LEADER, person__isnull=False).first()
    return leader.person_id if leader is not None else None


@transaction.atomic
def answer(
    request: HelpRequest,
    result: str,
    note: str,
    on: date | None,
    *,
    member: Member | None = None,
    person: int | None = None,
    at: datetime,
) -> HelpRequest:
    """Answer by a member (from the phone) or by a person of the desk. The same answer twice is one.

    `result`: done, more, cannot. What needs more may be answered again; what is done or closed may not.
    Refuses: AskWrong.
    """
    row = HelpRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    text = rules.check_text(note, field="note")
    rules.check_result(result, text)
    day = rules.check_answer_day(on, asked_on=day_of(row.made_at), today=day_of(at))
    said = row.answers
    new = {
        "result": result,
        "text": text,
        "on": day.isoformat(),
        "member": member.pk if member else None,
        "person": person,
    }
    last = said[-1] if said else {}
    if new.items() <= last.items() and last["helped"] is not False and row.state == result:
        return row
    rules.check_move(row.state)
    row.answers = [*said, {**new, "at": at.isoformat(), "helped": None}]
    row.was_helped = None  # what the asker said was of the answer before, and stays beside it
    row.state = RequestState(result)
    row.answered_at = row.answered_at or at  # in time is by the first answer
    row.save(update_fields=["state", "answers", "answered_at", "was_helped"])
    ledger.record(
        by=person or (member.person_id if member else None),
        did="request.answered",
        to=row,
        unit=row.unit_id,
        at=at,
        facts={"result": result, "on": day.isoformat(), "member": member.pk if member else None},
    )
    return row


@transaction.atomic
def hand_over(*, request: HelpRequest, team: Team, reason: str, by: int | None, at: datetime) -> HelpRequest:
    """Another team of the commune takes it on; the last day stays. Done again it changes nothing.

    What one team could not do waits again, so that it is on the phones of the other.

    Refuses: AskWrong.
    """
    row = HelpRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    reason = rules.check_reason(reason)
    if row.team_id == team.pk:
        return row
    rules.check_move(row.state)
    rules.check_team(is_here=team.unit_id == row.unit_id, is_standing=team.valid.upper is None)
    before = row.team_id
    row.team = team
    if row.state == RequestState.CANNOT:
        row.state = RequestState.OPEN
    row.save(update_fields=["team", "state"])
    ledger.record(
        by=by,
        did="request.handed_over",
        to=row,
        unit=row.unit_id,
        at=at,
        facts={"from": before, "to": team.name, "reason": reason},
    )
    _tell(row, team, at=at)
    return row


@transaction.atomic
def close(*, request: HelpRequest, reason: str, by: int | None, at: datetime) -> HelpRequest:
    """The desk closes what nobody needs any more, with a reason that the asker reads.

    Refuses: AskWrong.
    """
    row = HelpRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    reason = rules.check_reason(reason)
    if row.state == RequestState.CLOSED:
        return row
    rules.check_move(row.state)
    closed = {"result": "closed", "text": reason, "on": None, "at": at.isoformat()}
    row.answers = [*row.answers, {**closed, "member": None, "person": by, "helped": None}]
    row.state, row.answered_at = RequestState.CLOSED, row.answered_at or at
    row.save(update_fields=["state", "answers", "answered_at"])
    ledger.record(by=by, did="request.closed", to=row, unit=row.unit_id, at=at, facts={"reason": reason})
    return row


@transaction.atomic
def say_helped(*, code: str, was_helped: bool, at: datetime) -> HelpRequest | None:
    """The asker says whether it helped, by the code. What the team said stays beside it.

    A request done that did not help waits again, until the asker says that it did help or the team answers anew.

    Refuses: AskWrong.
    """
    enter_by_code(code)
    row = HelpRequest.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        return None
    rules.check_feedback(row.state)
    if row.was_helped == was_helped:
        return row
    said = row.answers
    if said:
        said[-1]["helped"] = was_helped
    if not was_helped and row.state == RequestState.DONE:
        row.state = RequestState.MORE
    elif was_helped and row.state == RequestState.MORE and said and said[-1]["result"] == RequestState.DONE:
        row.state = RequestState.DONE
    row.was_helped = was_helped
    row.save(update_fields=["was_helped", "state", "answers"])
    ledger.record(by=None, did="request.felt", to=row, unit=row.unit_id, at=at, facts={"helped": was_helped})
    return row
