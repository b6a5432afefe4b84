"""What those who prepare a decision read: councils, sessions, candidates, conditions, papers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from langso.appraisals.models import Conclusion
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.assessments.states import State
from langso.criteria.edition import Edition
from langso.cycles.models import Cycle
from langso.lib.period import Period
from langso.recognition import rules
from langso.recognition.models import (
    Attendance,
    Ballot,
    Candidate,
    ConditionRecord,
    Council,
    CouncilMember,
    CouncilSession,
    OfficialPaper,
)
from langso.recognition.rules import ConditionState
from langso.units.models import Unit
from langso.units.queries import Named, named


def names_of(pairs: Iterable[tuple[int, str]], *, on: date) -> dict[int, Named]:
    """Units by id: as on the day, or as at the beginning of the period when they are gone by then.

    Cost: two queries.
    """
    wanted = dict(pairs)
    found = {u: n for (u, _), n in named((u, on) for u in wanted).items()}
    gone = [(u, Period.parse(p).start) for u, p in wanted.items() if u not in found]
    return found | {u: n for (u, _), n in named(gone).items()}


def conclusions_of(assessments: Iterable[int]) -> dict[int, Conclusion]:
    found = Conclusion.objects.filter(assessment__in=list(assessments), replaced_at=None)
    return {c.assessment_id: c for c in found.defer("readings", "result")}


def conditions_of(cycle: Cycle, assessments: Iterable[int]) -> dict[int, tuple[ConditionState, ...]]:
    """What is known of each condition of each file.  Cost: one query, none when the cycle asks for nothing."""
    asked, wanted = rules.conditions_from(cycle.conditions), list(assessments)
    if not asked:
        return dict.fromkeys(wanted, ())
    newest = ConditionRecord.objects.filter(assessment__in=wanted).order_by("at", "pk")
    known = {(r.assessment_id, r.code): r for r in newest}

    def state(assessment: int, condition: rules.Condition) -> ConditionState:
        record = known.get((assessment, condition.code))
        if record is None:
            return ConditionState(condition, None)
        return ConditionState(condition, rules.is_met(condition, met=record.met, share=record.share), record.share)

    return {a: tuple(state(a, c) for c in asked) for a in wanted}


def members_of(session: CouncilSession) -> list[CouncilMember]:
    """Who sits in the council on the day of the session; after it, who was counted then.  Chair first."""
    found = session.council.members.all()
    if session.closed_at is not None:
        found = found.filter(attendance__session=session)
    else:
        found = found.filter(
            Q(joined_on=None) | Q(joined_on__lte=session.held_on), Q(left_on=None) | Q(left_on__gte=session.held_on)
        )
    order = [CouncilMember.Role.CHAIR, CouncilMember.Role.VICE, CouncilMember.Role.SECRETARY, CouncilMember.Role.MEMBER]
    return sorted(found, key=lambda m: (order.index(CouncilMember.Role(m.role)), m.pk))


def standing_candidates(session: CouncilSession) -> list[Candidate]:
    """Those before the session; of a closed one all that were voted on, whatever became of them since."""
    found = session.candidates.filter(Q(taken_out_at=None, assessment__state=State.IN_COUNCIL) | ~Q(outcome=""))
    found = found.select_related("assessment", "unit", "decision", "conclusion")
    found = found.defer("conclusion__readings", "conclusion__result")
    return list(found.order_by("order", "pk"))


def awaiting_decision(session: CouncilSession) -> list[Candidate]:
    """Passed by the session, and no decision has named them yet."""
    return [c for c in standing_candidates(session) if is_awaiting(c)]


def is_awaiting(candidate: Candidate) -> bool:
    return (
        candidate.outcome == rules.PASSED
        and candidate.decision_id is None
        and candidate.taken_out_at is None
        and candidate.assessment.state == State.IN_COUNCIL
    )


@dataclass(frozen=True)
class Standing:
    """One candidate in a session, with everything the council looks at."""

    candidate: Candidate
    unit: Named | None
    conclusion: Conclusion | None
    level_name: str
    conditions: tuple[ConditionState, ...]
    ballots: Mapping[int, str]

    @property
    def name(self) -> str:
        return self.unit.name if self.unit else f"Đơn vị {self.candidate.unit_id}"

    @property
    def unmet(self) -> tuple[ConditionState, ...]:
        return tuple(c for c in self.conditions if not c.met)

    @property
    def counts(self) -> dict[str, int]:
        """For, against and blank so far; once closed, as they were counted."""
        c = self.candidate
        if c.agreed_count is not None:
            blank = (c.blank_count or 0) + (c.invalid_count or 0)
            return {rules.FOR: c.agreed_count, rules.AGAINST: c.against_count or 0, rules.BLANK: blank}
        votes = list(self.ballots.values())
        return {choice: votes.count(choice) for choice in (rules.FOR, rules.AGAINST, rules.BLANK)}


@dataclass(frozen=True)
class SessionPage:
    session: CouncilSession
    council: Council
    cycle: Cycle
    edition: Edition
    members: tuple[CouncilMember, ...]
    attendance: Mapping[int, Attendance]
    candidates: tuple[Standing, ...]
    papers: tuple[OfficialPaper, ...]

    @property
    def present(self) -> tuple[CouncilMember, ...]:
        return tuple(m for m in self.members if (a := self.attendance.get(m.pk)) and a.present)

    @property
    def needed(self) -> int:
        return rules.needed(len(self.members), self.cycle.quorum_share)

    @property
    def is_quorate(self) -> bool:
        return rules.is_quorate(len(self.present), len(self.members), self.cycle.quorum_share)

    @property
    def is_open(self) -> bool:
        return self.session.closed_at is None

    @property
    def without_votes(self) -> tuple[Standing, ...]:
        there = len(self.present)
        return tuple(s for s in self.candidates if sum(s.counts.values()) != there)

    @property
    def awaiting(self) -> tuple[Standing, ...]:
        return tuple(s for s in self.candidates if is_awaiting(s.candidate))


def session_page(session: CouncilSession) -> SessionPage:
    """A closed session shows what it decided on.  Cost: nine queries, whatever the number of candidates."""
    council, cycle = session.council, session.council.cycle
    edition = edition_of(cycle.framework, cycle.edition)
    candidates = standing_candidates(session)
    files = [c.assessment_id for c in candidates]
    names = names_of(((c.unit_id, c.assessment.period) for c in candidates), on=session.held_on)
    conclusions, conditions = conclusions_of(files), conditions_of(cycle, files)
    conclusions |= {c.assessment_id: c.conclusion for c in candidates if c.conclusion is not None}
    conditions |= {
        c.assessment_id: rules.conditions_from_json(c.conditions) for c in candidates if c.conditions is not None
    }
    votes: dict[int, dict[int, str]] = {}
    for ballot in Ballot.objects.filter(candidate__in=candidates, replaced_at=None):
        votes.setdefault(ballot.candidate_id, {})[ballot.member_id] = ballot.choice
    return SessionPage(
        session,
        council,
        cycle,
        edition,
        tuple(members_of(session)),
        {a.member_id: a for a in session.attendance.all()},
        tuple(
            Standing(
                c,
                names.get(c.unit_id),
                conclusions.get(c.assessment_id),
                edition.level_name(c.level or 0),
                conditions[c.assessment_id],
                votes.get(c.pk, {}),
            )
            for c in candidates
        ),
        tuple(session.papers.select_related("registered_by").order_by("made_at", "pk")),
    )


@dataclass(frozen=True)
class Waiting:
    """A file that could be put before the council."""

    assessment: Assessment
    name: str
    sort_key: str
    level: int | None
    level_name: str
    conditions: tuple[ConditionState, ...]

    @property
    def unmet(self) -> tuple[ConditionState, ...]:
        return tuple(c for c in self.conditions if not c.met)

    @property
    def state(self) -> State:
        return State(self.assessment.state)


def waiting_for_council(council: Council, *, on: date) -> list[Waiting]:
    """Appraised files of the cycle below the council's province, and those revoked that may be judged anew.

    Cost: five queries.
    """
    cycle = council.cycle
    below = Unit.objects.under([council.unit], on)
    pending = pending_candidates(cycle).values("assessment")
    found = list(
        Assessment.objects.filter(cycle=cycle, unit__in=below)
        .filter(Q(state__in=[State.APPRAISED, State.REVOKED]) | Q(state=State.IN_COUNCIL) & ~Q(pk__in=pending))
        .select_related("unit")
    )
    names = names_of(((a.unit_id, a.period) for a in found), on=on)
    files = [a.pk for a in found]
    conclusions, conditions = conclusions_of(files), conditions_of(cycle, files)
    edition = edition_of(cycle.framework, cycle.edition)
    rows = []
    for a in found:
        unit, conclusion = names.get(a.unit_id), conclusions.get(a.pk)
        level = conclusion.level if conclusion else None
        rows.append(
            Waiting(
                a,
                unit.name if unit else f"Đơn vị {a.unit_id}",
                unit.sort_key if unit else "",
                level,
                edition.level_name(level or 0),
                conditions[a.pk],
            )
        )
    return sorted(rows, key=lambda r: r.sort_key)


def unsettled_candidates() -> QuerySet[Candidate]:
    """In an open session, or passed without a decision; also of files that have left the council by another way."""
    return Candidate.objects.filter(
        Q(session__closed_at=None) | Q(outcome=rules.PASSED, decision=None), taken_out_at=None
    )


def pending_candidates(cycle: Cycle) -> QuerySet[Candidate]:
    """Those in an open session, or passed and waiting for their decision."""
    return unsettled_candidates().filter(session__council__cycle=cycle, assessment__state=State.IN_COUNCIL)


@dataclass(frozen=True)
class CouncilRow:
    council: Council
    province: str
    sessions: int
    members: int


def councils(units: QuerySet[Unit], *, on: date) -> list[CouncilRow]:
    """Cost: two queries."""
    found = list(
        Council.objects.within(units)
        .select_related("cycle")
        .annotate(sessions_count=Count("sessions", distinct=True), members_count=Count("members", distinct=True))
        .order_by("-made_at")
    )
    names = {u: n.name for (u, _), n in named((c.unit_id, on) for c in found).items()}
    return [CouncilRow(c, names.get(c.unit_id, "Đơn vị cũ"), c.sessions_count, c.members_count) for c in found]


def provinces(units: QuerySet[Unit], *, on: date) -> list[Named]:
    """Provinces within reach, by name.  Cost: two queries."""
    ids = list(units.filter(level="province").values_list("pk", flat=True))
    return sorted(named((i, on) for i in ids).values(), key=lambda n: n.sort_key)


def cycles_for_councils() -> list[Cycle]:
    return list(Cycle.objects.running().order_by("-period", "-opened_at"))


def papers_in_reach(units: QuerySet[Unit]) -> QuerySet[OfficialPaper]:
    return (
        OfficialPaper.objects.within(units)
        .select_related("cycle", "session", "assessment", "recognition")
        .order_by("-made_at", "-pk")
    )


def paper_names(papers: Sequence[OfficialPaper]) -> dict[int, str]:
    """For each paper the unit it speaks of, where it speaks of one.  Cost: two queries."""
    about = {p.pk: p.recognition.unit_name for p in papers if p.recognition is not None}
    single = [p for p in papers if p.assessment is not None and p.recognition is None]
    names = names_of(
        ((p.assessment.unit_id, p.assessment.period) for p in single if p.assessment),
        on=max((p.made_at.date() for p in single), default=date.min),
    )
    for p in single:
        assert p.assessment is not None
        unit = names.get(p.assessment.unit_id)
        about[p.pk] = unit.name if unit else ""
    return about
