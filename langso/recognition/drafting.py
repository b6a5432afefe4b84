"""From what the council and the appraisal found to the facts of a paper. Nothing is written here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal, cast

from langso.appraisals.models import Conclusion, Verdict
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Submission
from langso.assessments.results import Result, from_json
from langso.criteria.edition import Edition
from langso.criteria.reasons import lower_first
from langso.cycles.models import Cycle
from langso.lib.period import VIETNAM, Period, write_day
from langso.papers.kinds import appraisal, certificate, decision, minutes, proposal
from langso.papers.kinds.facts import Document, Level, Place
from langso.papers.paper import Certificate, Office, Paper, Signature, Stamp
from langso.recognition import rules
from langso.recognition.models import OfficialPaper, Recognition
from langso.recognition.queries import SessionPage, Standing
from langso.units.queries import Named

Kind = OfficialPaper.Kind
Verdicts = Literal["met", "unmet", "unknown"]


@dataclass(frozen=True)
class Classified(Level):
    """A framework that gives points: the words of the council instead of a level."""

    @property
    def words(self) -> str:
        return self.name or "Đạt"


@dataclass(frozen=True)
class Signer:
    """Who will sign, as the office says; the name may be left for the pen."""

    title: str = ""
    name: str = ""

    def signature(self, default: str) -> Signature:
        lines = tuple(line.strip() for line in (self.title or default).splitlines() if line.strip())
        return Signature(lines, self.name)


@dataclass(frozen=True)
class Issuer:
    """Whose paper a kind is, and its symbol."""

    office: Office
    symbol: str
    signer: str


def issuer_of(kind: str, *, province: str, council: str = "") -> Issuer:
    """By the kind of paper: the department reports and proposes, the council minutes, the committee decides."""
    short = province.split(" ", 1)[-1].removeprefix("phố ")
    committee = f"Ủy ban nhân dân {lower_first(province)}"
    department = f"Sở Khoa học và Công nghệ {lower_first(province)}"
    if kind == Kind.MINUTES:
        return Issuer(Office(council, short, above=committee), "BB-HĐ", "")
    if kind in (Kind.DECISION, Kind.REVOCATION, Kind.CERTIFICATE):
        symbol = "GCN-UBND" if kind == Kind.CERTIFICATE else "QĐ-UBND"
        return Issuer(Office(committee, short), symbol, "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH")
    symbol = "TTr-SKHCN" if kind == Kind.PROPOSAL else "BC-SKHCN"
    return Issuer(Office(department, short, above=committee, called="Sở Khoa học và Công nghệ"), symbol, "GIÁM ĐỐC")


def stamp_of(paper: OfficialPaper, *, written_on: date, cycle: Cycle) -> Stamp:
    return Stamp(
        paper.symbol,
        written_on,
        number=paper.number,
        issued_on=paper.issued_on,
        is_draft=not paper.number and paper.kind != Kind.CERTIFICATE,
        is_simulated=cycle.is_simulated,
    )


def place_of(unit: Named | None, fallback: str = "") -> Place:
    if unit is None:
        return Place(fallback, "")
    return Place(lower_first(unit.name), lower_first(unit.province_name))


def framework_words(edition: Edition) -> str:
    """The framework as a paper cites it: with the decision it was issued by, where the file names one."""
    if edition.is_illustrative or not edition.document_number:
        return edition.title
    day = f" ngày {write_day(edition.issued_on)}" if edition.issued_on else ""
    return f"{edition.title} ban hành kèm theo {edition.document_number}{day}"


def round_name(cycle: Cycle) -> str:
    return str(Period.parse(cycle.period))


def level_of(number: int | None, edition: Edition, classification: str = "") -> Level:
    return Level(number, edition.level_name(number)) if number else Classified(0, classification)


def claimed_level(number: int | None, edition: Edition) -> Level | None:
    return Level(number, edition.level_name(number)) if number else None


def grounds_of(page: SessionPage, extra: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Documents that the house knows by number and day, then what the office adds; no law is cited from memory."""
    found = []
    edition, cycle, council = page.edition, page.cycle, page.council
    if edition.document_number and not edition.is_illustrative:
        day = f" ngày {write_day(edition.issued_on)}" if edition.issued_on else ""
        found.append(f"Căn cứ {edition.document_number}{day} của {edition.issuer}")
    for document, what in ((cycle.document, cycle.title), (council.document, f"thành lập {council.name}")):
        if document is not None:
            found.append(f"Căn cứ {document} của {document.issuer} về {document.title or what}")
    for paper in page.papers:
        if paper.number and paper.kind == Kind.MINUTES:
            found.append(f"Căn cứ {paper.cited} của {paper.issuer}")
        if paper.number and paper.kind == Kind.PROPOSAL:
            found.append(f"Theo đề nghị của {paper.issuer} tại {paper.cited}")
    return (*found, *extra)


def proposal_of(page: SessionPage, left_out: list[tuple[Named | None, str]], **more: Any) -> Paper:
    edition, council = page.edition, page.council
    area = lower_first(more.pop("province"))
    facts = proposal.Proposal(
        round_name=round_name(page.cycle),
        area=area,
        to=(f"Ủy ban nhân dân {area}", council.name),
        done=(
            f"Các đơn vị tự đánh giá và nộp hồ sơ theo đợt “{page.cycle.title}”",
            f"Thẩm định từng tiêu chí theo {framework_words(edition)}",
        ),
        candidates=tuple(
            proposal.Candidate(
                place_of(s.unit, s.name),
                level_of(s.candidate.level, edition, s.candidate.classification),
                s.conclusion.score if s.conclusion else None,
            )
            for s in page.candidates
        ),
        left_out=tuple(proposal.LeftOut(place_of(unit), reason) for unit, reason in left_out),
    )
    return proposal.proposal(facts, **more)


def minutes_of(page: SessionPage, **more: Any) -> Paper:
    """Refuses: VotesDoNotAddUp, MeetingEndsBeforeItStarts."""
    session = page.session
    assert session.ends is not None, "minutes are drawn up once the session is closed"
    members = {
        m.pk: minutes.Member(
            m.full_name, m.position or "Chưa ghi chức vụ", m.get_role_display(), page.attendance[m.pk].why_absent
        )
        for m in page.members
    }
    there = page.present
    chair = next(m for m in there if m.role in (m.Role.CHAIR, m.Role.VICE))
    secretary = next(m for m in there if m.role == m.Role.SECRETARY)
    passed = [s for s in page.candidates if s.candidate.outcome == rules.PASSED]
    invalid = sum(s.candidate.invalid_count or 0 for s in page.candidates)
    discussed = tuple(line.strip() for line in session.note.splitlines() if line.strip())
    if session.is_secret:
        spoiled = f", trong đó {invalid} phiếu hỏng tính vào phiếu trắng" if invalid else ""
        discussed += (f"Hội đồng bỏ phiếu kín cho từng đơn vị{spoiled}",)
    facts = minutes.Minutes(
        council=page.council.name,
        round_name=round_name(page.cycle),
        starts_at=moment(session.held_on, session.starts),
        ends_at=moment(session.held_on, session.ends),
        place=session.place,
        chair=members[chair.pk],
        secretary=members[secretary.pk],
        present=tuple(members[m.pk] for m in there),
        absent=tuple(members[m.pk] for m in page.members if m not in there),
        needed=page.needed,
        discussed=discussed or (f"Xem xét {len(page.candidates)} hồ sơ đã thẩm định",),
        ballots=tuple(
            minutes.Ballot(
                place_of(s.unit, s.name),
                level_of(s.candidate.level, page.edition, s.candidate.classification),
                s.counts[rules.FOR],
                s.counts[rules.AGAINST],
                s.counts[rules.BLANK],
                passed=s.candidate.outcome == rules.PASSED,
            )
            for s in page.candidates
        ),
        conclusion=f"Hội đồng thông qua {len(passed)} trên {len(page.candidates)} đơn vị để đề nghị công nhận.",
    )
    return minutes.minutes(facts, office=more["office"], stamp=more["stamp"], recipients=more["recipients"])


def moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, VIETNAM).astimezone(UTC)


def decision_of(page: SessionPage, passed: list[Standing], *, start: date, last: date, **more: Any) -> Paper:
    """Refuses: NobodyNamed."""
    edition = page.edition
    units = tuple(
        decision.Recognised(
            place_of(s.unit, s.name),
            level_of(s.candidate.level, edition, s.candidate.classification),
            s.conclusion.score if s.conclusion else None,
            start,
            last,
        )
        for s in passed
    )
    deciding = deciding_of(lower_first(more.pop("province")), grounds_of(page, more.pop("grounds")))
    return decision.recognition(
        units, deciding, round_name=round_name(page.cycle), framework=framework_words(edition), **more
    )


def deciding_of(area: str, grounds: tuple[str, ...]) -> decision.Deciding:
    return decision.Deciding(
        competence=f"Chủ tịch Ủy ban nhân dân {area}",
        grounds=grounds,
        carried_out_by=f"Chánh Văn phòng Ủy ban nhân dân {area}, Giám đốc Sở Khoa học và Công nghệ, thủ trưởng các "
        "cơ quan liên quan và Ủy ban nhân dân đơn vị có tên trong Quyết định",
    )


def recognised_words(recognition: Recognition) -> tuple[Place, Level]:
    place = Place(lower_first(recognition.unit_name), lower_first(recognition.province_name))
    if recognition.level:
        return place, Level(recognition.level, recognition.level_name)
    return place, Classified(0, recognition.level_name)


def withdrawal_of(recognition: Recognition, *, reason: str, rule: str, start: date, **more: Any) -> Paper:
    place, level = recognised_words(recognition)
    unit = decision.Withdrawn(place, level, recognition.decision_words, reason, start)
    grounds = (rule if rule.lower().startswith("căn cứ") else f"Căn cứ {rule}", *more.pop("grounds"))
    return decision.withdrawal((unit,), deciding_of(lower_first(more.pop("province")), grounds), **more)


def certificate_of(recognition: Recognition, *, address: str, cycle: Cycle, **more: Any) -> Certificate:
    place, level = recognised_words(recognition)
    unit = decision.Recognised(place, level, recognition.score, recognition.starts_on, recognition.last_day)
    return certificate.certificate(
        unit,
        decision=recognition.decision_words,
        serial=recognition.certificate,
        address=address,
        round_name=round_name(cycle),
        **more,
    )


# ── Appraisal reports ────────────────────────────────────────────────────────


def round_report_of(
    rows: list[tuple[Named | None, Submission | None, Conclusion]], *, cycle: Cycle, province: str, **more: Any
) -> Paper:
    edition = edition_of(cycle.framework, cycle.edition)
    places = tuple(
        appraisal.PlaceAppraised(
            place_of(unit),
            claimed_level(submission.level, edition) if submission else None,
            claimed_level(conclusion.level, edition),
            submission.score if submission else None,
            conclusion.score,
            f"Sửa {conclusion.corrected_count} tiêu chí" if conclusion.corrected_count else "",
        )
        for unit, submission, conclusion in rows
    )
    return appraisal.round_appraisal(
        places,
        area=lower_first(province),
        round_name=round_name(cycle),
        framework=framework_words(edition),
        opinion="Kết quả trên đã được kiểm từng tiêu chí; lý do từng chỗ khác với tự đánh giá ghi trong báo cáo thẩm "
        "định của mỗi đơn vị.",
        **more,
    )


def report_of(
    assessment: Assessment,
    unit: Named | None,
    submission: Submission,
    conclusion: Conclusion,
    verdicts: dict[str, Verdict],
    **more: Any,
) -> Paper:
    """One unit, criterion by criterion: what it claimed and what was found."""
    edition = edition_of(assessment.framework, assessment.edition)
    claimed, found = from_json(submission.result), from_json(conclusion.result)
    facts = appraisal.Appraisal(
        place=place_of(unit),
        round_name=str(Period.parse(assessment.period)),
        framework=framework_words(edition),
        received_on=submission.at.astimezone(VIETNAM).date(),
        criteria=tuple(_criteria(claimed, found, verdicts)),
        claimed_level=claimed_level(submission.level, edition),
        found_level=claimed_level(conclusion.level, edition),
        opinion=conclusion.opinion or "Người thẩm định không ghi ý kiến riêng.",
        claimed_sum=submission.score,
        found_sum=conclusion.score,
        has_points=edition.scale is not None,
        documents=_documents(submission.evidence),
    )
    return appraisal.appraisal(facts, **more)


def _criteria(claimed: Result, found: Result, verdicts: dict[str, Verdict]) -> list[appraisal.CriterionAppraised]:
    rows = []
    for code, row in claimed.rows.items():
        after = found.rows.get(code)
        verdict = verdicts.get(code)
        corrected = verdict is not None and verdict.kind != Verdict.Kind.ACCEPTED
        reason = verdict.reason if verdict is not None and corrected else ""
        if after is None:
            reason = f"Không áp dụng. {reason}".strip()
        shown = after or row
        rows.append(
            appraisal.CriterionAppraised(
                code,
                row.name,
                f"{shown.value} ({shown.fraction})" if shown.fraction else shown.value,
                shown.target,
                _verdict(row.verdict),
                _verdict(shown.verdict if after else "unknown"),
                reason,
            )
        )
    return rows


def _verdict(text: str) -> Verdicts:
    return cast(Verdicts, text) if text in ("met", "unmet") else "unknown"


def _documents(evidence: list[dict[str, Any]]) -> tuple[Document, ...]:
    seen: dict[tuple[str, str], Document] = {}
    for piece in evidence:
        number, day = str(piece.get("number") or ""), str(piece.get("issued_on") or "")
        if number and (number, day) not in seen:
            issued = date.fromisoformat(day[:10]) if day else None
            seen[number, day] = Document(number, issued, str(piece.get("issuer") or ""), str(piece.get("title") or ""))
    return tuple(seen.values())


def recipients_of(kind: str) -> tuple[str, ...]:
    if kind in (Kind.DECISION, Kind.REVOCATION):
        return ("Như điều cuối", "Bộ Khoa học và Công nghệ (để báo cáo)", "Lưu: VT")
    if kind == Kind.MINUTES:
        return ("Thành viên Hội đồng", "Lưu: hồ sơ Hội đồng")
    return ("Như trên", "Lưu: VT") if kind == Kind.PROPOSAL else ("Ủy ban nhân dân tỉnh", "Lưu: VT")
