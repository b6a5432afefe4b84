"""Councils, sessions, candidates, votes; the closing of a session."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction

from langso.assessments.models import Assessment
from langso.assessments.moving import check_running, locked, move
from langso.assessments.states import State
from langso.cycles.models import Cycle
from langso.ledger import actions as ledger
from langso.legal.models import LegalDocument
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.recognition import queries, rules
from langso.recognition.holding import check_free, check_ready, held_session, hold_files, name_of, set_aside
from langso.recognition.models import (
    Attendance,
    Ballot,
    Candidate,
    ConditionRecord,
    Council,
    CouncilMember,
    CouncilSession,
)
from langso.units.models import Unit

Role = CouncilMember.Role
COUNTED = ("outcome", "agreed_count", "against_count", "blank_count", "invalid_count")


def _named(value: str, what: str, field: str) -> str:
    text = nfc(value)
    if not text:
        raise rules.NameMissing(field=field, what=what)
    return text


@transaction.atomic
def make_council(
    *, cycle: Cycle, unit: Unit, name: str, document: LegalDocument | None = None, by: int | None, at: datetime
) -> Council:
    """A council of a province for a cycle; the same name again gives the one there is.

    Refuses: CycleNotRunning, NameMissing.
    """
    check_running(cycle)
    council, new = Council.objects.get_or_create(
        cycle=cycle,
        unit=unit,
        name=_named(name, "tên hội đồng", "name"),
        defaults={"document": document, "made_by_id": by, "made_at": at},
    )
    if new:
        facts = {"name": council.name, "cycle": cycle.code, "document": str(document or "")}
        ledger.record(by=by, did="council.made", to=council, unit=unit.pk, at=at, facts=facts)
    return council


def _held_council(council: Council) -> Council:
    return Council.objects.select_for_update(of=("self",)).select_related("cycle", "unit").get(pk=council.pk)


@transaction.atomic
def add_member(
    council: Council,
    *,
    full_name: str,
    position: str = "",
    role: str = Role.MEMBER,
    person: int | None = None,
    joined_on: date | None = None,
    by: int | None,
    at: datetime,
) -> CouncilMember:
    """One more seat: from the council's beginning while it has not met, from its day on or today after that.

    Refuses: NameMissing, MemberTwice, RoleTaken (one chair, one secretary).
    """
    held = _held_council(council)
    full_name, position, role = _named(full_name, "họ và tên", "full_name"), nfc(position), Role(role)
    seated = list(held.members.filter(left_on=None))
    if any((m.full_name, m.position) == (full_name, position) for m in seated):
        raise rules.MemberTwice(field="full_name", name=full_name)
    leader = next((m for m in seated if m.role == role and role in (Role.CHAIR, Role.SECRETARY)), None)
    if leader is not None:
        raise rules.RoleTaken(field="role", role=Role(role).label, name=leader.full_name)
    if joined_on is None and held.sessions.filter(held_on__lt=day_of(at)).exists():
        joined_on = day_of(at)
    member = CouncilMember.objects.create(
        council=held,
        unit_id=held.unit_id,
        full_name=full_name,
        position=position,
        role=role,
        person_id=person,
        joined_on=joined_on,
    )
    facts = {"name": full_name, "position": position, "role": role, "joined_on": joined_on}
    ledger.record(by=by, did="council.member_added", to=member, unit=held.unit_id, at=at, facts=facts)
    return member


@transaction.atomic
def end_member(member: CouncilMember, *, by: int | None, at: datetime) -> CouncilMember:
    """The seat counts this day for the last time; what was voted stays."""
    now = CouncilMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if now.left_on is None:
        now.left_on = day_of(at)
        now.save(update_fields=["left_on"])
        ledger.record(by=by, did="council.member_left", to=now, unit=now.unit_id, at=at, facts={"name": now.full_name})
    return now


@transaction.atomic
def open_session(
    council: Council,
    *,
    held_on: date,
    starts: time,
    place: str,
    note: str = "",
    is_secret: bool = False,
    by: int | None,
    at: datetime,
) -> CouncilSession:
    """A meeting on a day; the same day and hour again gives the one there is.

    Refuses: CycleNotRunning, NameMissing, SessionDayWrong.
    """
    held = _held_council(council)
    check_running(held.cycle)
    if not held.cycle.opens_on <= held_on <= day_of(at) + rules.A_YEAR:
        raise rules.SessionDayWrong(field="held_on", day=held_on, first=held.cycle.opens_on)
    session, new = CouncilSession.objects.get_or_create(
        council=held,
        held_on=held_on,
        starts=starts,
        defaults={
            "unit_id": held.unit_id,
            "place": _named(place, "nơi họp", "place"),
            "note": note.strip()[:4000],
            "is_secret": is_secret,
            "opened_by_id": by,
            "opened_at": at,
        },
    )
    if new:
        facts = {"held_on": held_on, "starts": starts, "place": session.place, "is_secret": is_secret}
        ledger.record(by=by, did="session.opened", to=session, unit=held.unit_id, at=at, facts=facts)
    return session


@transaction.atomic
def record_condition(
    assessment: Assessment,
    *,
    code: str,
    met: bool | None = None,
    share: Decimal | None = None,
    document: LegalDocument | None = None,
    by: int | None,
    at: datetime,
) -> ConditionRecord:
    """What was found of a condition beside the criteria. The same again changes nothing.

    Refuses: NotInCycle, CycleNotRunning, ConditionUnknown, ShareOutside.
    """
    now = locked(assessment)
    cycle = check_running(now.cycle)
    condition = next((c for c in rules.conditions_from(cycle.conditions) if c.code == code), None)
    if condition is None:
        raise rules.ConditionUnknown(code=code[:40])
    rules.check_share(share)
    share, met = (share, None) if condition.kind == "share" else (None, met)
    known = ConditionRecord.objects.filter(assessment=now, code=code).order_by("-at", "-pk").first()
    if known is not None:
        if (known.met, known.share, known.document_id) == (met, share, document.pk if document else None):
            return known
        at = max(at, known.at)
    record = ConditionRecord.objects.create(
        assessment=now, unit_id=now.unit_id, code=code, met=met, share=share, document=document, by_id=by, at=at
    )
    facts = {"code": code, "met": met, "share": share, "document": str(document or "")}
    ledger.record(by=by, did="condition.recorded", to=record, unit=now.unit_id, at=at, facts=facts)
    return record


@transaction.atomic
def put_before(
    session: CouncilSession,
    assessment: Assessment,
    *,
    level: int | None = None,
    classification: str = "",
    reason: str = "",
    by: int | None,
    at: datetime,
) -> Candidate:
    """Put one appraised file before the session, or one whose recognition was revoked (with a reason).

    The same again gives the candidate there is. A file that had left the council goes before it anew, and no older
    candidate of it counts any more.
    Refuses: SessionClosed, CandidateElsewhere, AlreadyBefore, NotConcluded, AppealPending, NothingToRecognise,
    LevelTooHigh, ConditionsNotMet, MoveNotPossible, ReasonMissing.
    """
    held = held_session(session)
    now = locked(assessment)
    name = name_of(now, day_of(at))
    there = held.candidates.filter(assessment=now, taken_out_at=None).first()
    if there is not None and now.state == State.IN_COUNCIL:
        return there
    cycle = held.council.cycle
    below = Unit.objects.under([held.council.unit], held.held_on)
    if now.cycle_id != cycle.pk or not below.filter(pk=now.unit_id).exists():
        raise rules.CandidateElsewhere(name=name)
    check_free(now, cycle, name=name)
    _, level = check_ready(now, cycle, level=level, name=name)
    if now.state != State.IN_COUNCIL:
        verb = "restore" if now.state == State.REVOKED else "put_before"
        stale = set_aside(now, at=at)
        facts: dict[str, object] = {"session": held.pk, "level": level} | ({"set_aside": stale} if stale else {})
        now = move(now, verb, by=by, at=at, reason=reason, facts=facts)
    last = held.candidates.order_by("-order").values_list("order", flat=True).first() or 0
    candidate = Candidate.objects.create(
        session=held,
        assessment=now,
        unit_id=now.unit_id,
        order=last + 1,
        level=level,
        classification=nfc(classification)[:60],
        put_by_id=by,
        put_at=at,
    )
    facts = {"session": held.pk, "level": level, "classification": candidate.classification}
    ledger.record(by=by, did="candidate.put", to=candidate, unit=now.unit_id, at=at, facts=facts)
    return candidate


@transaction.atomic
def put_all(session: CouncilSession, *, by: int | None, at: datetime) -> tuple[list[Candidate], list[str]]:
    """Every appraised file that can be put before the session, and why the others were left out.

    Refuses: SessionClosed.
    """
    held = held_session(session)
    found, left_out = [], []
    waiting = queries.waiting_for_council(held.council, on=held.held_on)
    hold_files(row.assessment.pk for row in waiting)
    for row in waiting:
        if row.state == State.REVOKED:
            continue
        try:
            with transaction.atomic():
                found.append(put_before(held, row.assessment, by=by, at=at))
        except Refused as refused:
            left_out.append(refused.sentence)
    return found, left_out


@transaction.atomic
def take_out(candidate: Candidate, *, reason: str, by: int | None, at: datetime) -> Candidate:
    """Take a file out of an open session, or one that passed and will not get its decision; it waits as appraised.

    A file that has left the council by another way stays where it is.
    Refuses: SessionClosed, CycleNotRunning, ReasonMissing.
    """
    found = CouncilSession.objects.select_for_update(of=("self",)).select_related("council__cycle")
    session = found.get(pk=candidate.session_id)
    file = locked(candidate.assessment)
    now = Candidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    check_running(session.council.cycle)
    if now.taken_out_at is not None:
        return now
    if not queries.unsettled_candidates().filter(pk=now.pk).exists():
        raise rules.SessionClosed(day=session.held_on)
    now.taken_out_at = at
    now.save(update_fields=["taken_out_at"])
    facts = {"session": now.session_id}
    if file.state == State.IN_COUNCIL:
        move(file, "take_out", by=by, at=at, reason=reason, facts=facts)
    else:
        ledger.record(by=by, did="candidate.taken_out", to=now, unit=now.unit_id, at=at, facts=facts)
    return now


@transaction.atomic
def set_attendance(
    session: CouncilSession,
    present: Iterable[int],
    *,
    reasons: Mapping[int, str] | None = None,
    by: int | None,
    at: datetime,
) -> int:
    """Who of the members is there; returns how many. Ballots of who is not there any more are set aside.

    Refuses: SessionClosed, SessionAhead, NotAMember.
    """
    held = held_session(session, on=day_of(at))
    members = {m.pk: m for m in queries.members_of(held)}
    there, reasons = set(present), reasons or {}
    if there - set(members):
        raise rules.NotAMember()
    for pk in members:
        Attendance.objects.update_or_create(
            session=held,
            member_id=pk,
            defaults={
                "unit_id": held.unit_id,
                "present": pk in there,
                "why_absent": "" if pk in there else nfc(reasons.get(pk, ""))[:200],
            },
        )
    Ballot.objects.filter(candidate__session=held, replaced_at=None).exclude(member__in=there).update(replaced_at=at)
    facts = {"present": sorted(members[pk].full_name for pk in there), "members": len(members)}
    ledger.record(by=by, did="session.attended", to=held, unit=held.unit_id, at=at, facts=facts)
    return len(there)


def _present(held: CouncilSession) -> list[int]:
    there = held.attendance.filter(present=True, member__in=queries.members_of(held))
    return list(there.values_list("member_id", flat=True))


def _standing(candidate: Candidate, held: CouncilSession) -> Candidate:
    """The candidate as it is now, held until the transaction ends.

    Refuses: TakenOut.
    """
    found = Candidate.objects.select_for_update(of=("self",)).select_related("assessment")
    now = found.get(pk=candidate.pk, session=held)
    if now.taken_out_at is not None or now.assessment.state != State.IN_COUNCIL:
        raise rules.TakenOut()
    return now


@transaction.atomic
def vote(candidate: Candidate, sheet: Sequence[tuple[int, str]], *, by: int | None, at: datetime) -> int:
    """The open votes for one candidate, one (member, choice) each; returns how many were new or changed.

    Refuses: SessionClosed, SessionAhead, OtherWayOfVoting, NoQuorum, NotAMember, VotedTwice, VoteOfAbsent,
    ChoiceUnknown.
    """
    held = held_session(candidate.session, on=day_of(at))
    if held.is_secret:
        raise rules.OtherWayOfVoting(way="bỏ phiếu kín, chỉ ghi số phiếu")
    now = _standing(candidate, held)
    members = {m.pk: m.full_name for m in queries.members_of(held)}
    there = _present(held)
    rules.check_quorum(len(there), len(members), held.council.cycle.quorum_share)
    wanted = rules.check_sheet(sheet, names=members, present=there)
    known = {b.member_id: b for b in now.ballots.filter(replaced_at=None)}
    changed = {m: c for m, c in wanted.items() if m not in known or known[m].choice != c}
    if changed:
        now.ballots.filter(replaced_at=None, member__in=changed).update(replaced_at=at)
        Ballot.objects.bulk_create(
            Ballot(candidate=now, unit_id=held.unit_id, member_id=m, choice=c, by_id=by, at=at)
            for m, c in changed.items()
        )
        facts = {"votes": {members[m]: c for m, c in sorted(changed.items())}}
        ledger.record(by=by, did="candidate.voted", to=now, unit=now.unit_id, at=at, facts=facts)
    return len(changed)


@transaction.atomic
def vote_for_all(session: CouncilSession, *, by: int | None, at: datetime) -> int:
    """Everyone present agrees to every file that has no vote yet; returns how many files that were.

    Refuses: what `vote` refuses.
    """
    held = held_session(session, on=day_of(at))
    sheet = [(member, rules.FOR) for member in _present(held)]
    standing = held.candidates.filter(taken_out_at=None, assessment__state=State.IN_COUNCIL)
    waiting = standing.exclude(ballots__replaced_at=None, ballots__isnull=False)
    return sum(bool(vote(candidate, sheet, by=by, at=at)) for candidate in waiting.select_related("session"))


@transaction.atomic
def count_secret(
    candidate: Candidate,
    *,
    agreed: int,
    against: int,
    blank: int = 0,
    invalid: int = 0,
    by: int | None,
    at: datetime,
) -> Candidate:
    """The counts of a secret vote, as the tellers give them; they make up the members present.

    Refuses: SessionClosed, SessionAhead, OtherWayOfVoting, NoQuorum, CountsDoNotAddUp.
    """
    held = held_session(candidate.session, on=day_of(at))
    if not held.is_secret:
        raise rules.OtherWayOfVoting(way="biểu quyết công khai, ghi ý kiến từng thành viên")
    now = _standing(candidate, held)
    cycle, present = held.council.cycle, len(_present(held))
    members = len(queries.members_of(held))
    rules.check_quorum(present, members, cycle.quorum_share)
    rules.outcome(
        agreed,
        against,
        blank + invalid,
        present=present,
        members=members,
        pass_share=cycle.pass_share,
        counts_absent=cycle.counts_absent,
    )
    counts = {"agreed_count": agreed, "against_count": against, "blank_count": blank, "invalid_count": invalid}
    for name, value in counts.items():
        setattr(now, name, value)
    now.save(update_fields=list(counts))
    ledger.record(by=by, did="candidate.counted", to=now, unit=now.unit_id, at=at, facts=counts)
    return now


@transaction.atomic
def close_session(
    session: CouncilSession, *, ends: time, note: str = "", by: int | None, at: datetime
) -> list[Candidate]:
    """Count and end: who passed waits for the decision, who failed is declined. Nothing of the session changes after.

    What was decided on, conclusion and conditions, is kept with each. A file that has left the council is set aside.
    Refuses: SessionClosed, SessionAhead, HoursNotInOrder, NoCandidates, NoQuorum, NobodyToLead, VotesMissing.
    """
    held = held_session(session, on=day_of(at))
    if ends < held.starts:
        raise rules.HoursNotInOrder(field="ends", starts=held.starts, ends=ends)
    before = held.candidates.filter(taken_out_at=None)
    hold_files(before.values_list("assessment", flat=True))
    stale = list(before.exclude(assessment__state=State.IN_COUNCIL).values_list("pk", flat=True))
    held.candidates.filter(pk__in=stale).update(taken_out_at=at)
    page = queries.session_page(held)
    if not page.candidates:
        raise rules.NoCandidates()
    cycle, present, members = page.cycle, page.present, page.members
    rules.check_quorum(len(present), len(members), cycle.quorum_share)
    roles = {m.role for m in present}
    if not roles & {Role.CHAIR, Role.VICE}:
        raise rules.NobodyToLead(role="người chủ trì")
    if Role.SECRETARY not in roles:
        raise rules.NobodyToLead(role="thư ký")
    if page.without_votes:
        names = ", ".join(s.name for s in page.without_votes[:5]) + ("…" if len(page.without_votes) > 5 else "")
        raise rules.VotesMissing(count=len(page.without_votes), names=names)
    for member in members:  # who came into the council after attendance was taken was not there
        Attendance.objects.get_or_create(
            session=held, member=member, defaults={"unit_id": held.unit_id, "present": False}
        )
    held.ends, held.closed_at, held.closed_by_id = ends, at, by
    held.note = note.strip()[:4000] or held.note
    held.save(update_fields=["ends", "closed_at", "closed_by", "note"])
    decided = []
    for row in page.candidates:
        now, counts = row.candidate, row.counts
        now.outcome = rules.outcome(
            counts[rules.FOR],
            counts[rules.AGAINST],
            counts[rules.BLANK],
            present=len(present),
            members=len(members),
            pass_share=cycle.pass_share,
            counts_absent=cycle.counts_absent,
        )
        if now.agreed_count is None:
            now.agreed_count, now.against_count = counts[rules.FOR], counts[rules.AGAINST]
            now.blank_count, now.invalid_count = counts[rules.BLANK], 0
        now.conclusion, now.conditions = row.conclusion, rules.conditions_to_json(row.conditions)
        now.save(update_fields=[*COUNTED, "conclusion", "conditions"])
        if now.outcome == rules.FAILED:
            move(now.assessment, "decline", by=by, at=at, facts={"session": held.pk, **counts})
        decided.append(now)
    facts = {
        "present": len(present),
        "members": len(members),
        "passed": sum(c.outcome == rules.PASSED for c in decided),
        "failed": sum(c.outcome == rules.FAILED for c in decided),
        **({"set_aside": stale} if stale else {}),
    }
    ledger.record(by=by, did="session.closed", to=held, unit=held.unit_id, at=at, facts=facts)
    return decided
