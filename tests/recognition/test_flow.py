"""From appraised files through the council to the register, through the actions."""

from datetime import time, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from docx import Document
from psycopg.types.range import Range
from pypdf import PdfReader

from langso.assessments import moving
from langso.assessments.states import ReasonMissing
from langso.files import actions as files
from langso.files.content import FileRefused
from langso.ledger.models import Entry
from langso.recognition import actions, deciding, papering, queries, rules
from langso.recognition.models import Ballot, Candidate, CouncilSession, OfficialPaper, Recognition
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, open_net
from tests.recognition.recognising import HELD_ON, LATER, Round, appraised_round

CONDITIONS = [
    {"code": "hai-long", "label": "Tỷ lệ hài lòng của người dân", "kind": "share", "at_least": 90},
    {"code": "no-xdcb", "label": "Không nợ đọng xây dựng cơ bản", "kind": "yes"},
]


@pytest.fixture
def round_(db: None, cast: Cast, country: Country) -> Round:
    return appraised_round(cast, country)


@pytest.fixture
def two(db: None, cast: Cast, country: Country) -> Round:
    return appraised_round(cast, country, [country.merged, country.neighbour])


def _pdf_text(content: bytes) -> str:
    return " ".join(" ".join((page.extract_text() or "").split()) for page in PdfReader(BytesIO(content)).pages)


def _word_text(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return " ".join(" ".join([*(p.text for p in document.paragraphs), *cells]).split())


# ── The council ──────────────────────────────────────────────────────────────


def test_a_council_has_one_chair_and_one_secretary(round_: Round) -> None:
    with pytest.raises(rules.RoleTaken, match="Nguyễn Văn An"):
        actions.add_member(round_.council, full_name="Người khác", role="chair", by=round_.by, at=AT)
    with pytest.raises(rules.MemberTwice):
        actions.add_member(round_.council, full_name="Mã Văn Long", position="Chuyên viên chính", by=round_.by, at=AT)


def test_the_same_council_and_the_same_session_twice_are_one(round_: Round) -> None:
    again = actions.make_council(
        cycle=round_.cycle, unit=round_.country.province, name=round_.council.name, by=round_.by, at=AT
    )

    assert again == round_.council
    assert round_.session().pk == round_.session().pk


def test_a_file_that_is_not_appraised_does_not_come_before_the_council(round_: Round) -> None:
    with pytest.raises(rules.NotConcluded, match="Nậm Dịch"):
        actions.put_before(round_.session(), round_.file(round_.country.neighbour), by=round_.by, at=AT)


def test_a_higher_level_than_was_appraised_is_not_put_before_the_council(round_: Round) -> None:
    found = round_.file().conclusions.get(replaced_at=None).level
    assert found

    with pytest.raises(rules.LevelTooHigh):
        actions.put_before(round_.session(), round_.file(), level=found + 1, by=round_.by, at=AT)


def test_a_file_stands_before_one_session_at_a_time(round_: Round) -> None:
    first, second = round_.session(), round_.session(hour=14)
    candidate = actions.put_before(first, round_.file(), by=round_.by, at=AT)

    assert actions.put_before(first, round_.file(), by=round_.by, at=AT) == candidate
    with pytest.raises(rules.AlreadyBefore):
        actions.put_before(second, round_.file(), by=round_.by, at=AT)


def test_who_is_taken_out_says_why_and_waits_again(round_: Round) -> None:
    candidate = actions.put_before(round_.session(), round_.file(), by=round_.by, at=AT)

    with pytest.raises(ReasonMissing):
        actions.take_out(candidate, reason=" ", by=round_.by, at=AT)
    actions.take_out(candidate, reason="Chờ văn bản về nợ đọng", by=round_.by, at=AT)

    assert round_.file().state == "appraised"
    assert actions.put_before(round_.session(), round_.file(), by=round_.by, at=AT) != candidate


def test_conditions_that_are_unknown_or_unmet_are_listed_and_keep_a_file_away(cast: Cast, country: Country) -> None:
    round_ = appraised_round(cast, country, conditions=CONDITIONS)
    session = round_.session()
    actions.record_condition(round_.file(), code="hai-long", share=Decimal("88.5"), by=round_.by, at=AT)

    with pytest.raises(rules.ConditionsNotMet, match=r"88,5%, cần từ 90%.*nợ đọng.*chưa có số liệu"):
        actions.put_before(session, round_.file(), by=round_.by, at=AT)
    found, left_out = actions.put_all(session, by=round_.by, at=AT)
    actions.record_condition(round_.file(), code="hai-long", share=Decimal("92"), by=round_.by, at=AT)
    actions.record_condition(round_.file(), code="no-xdcb", met=True, by=round_.by, at=AT)

    assert (found, len(left_out)) == ([], 1)
    assert actions.put_before(session, round_.file(), by=round_.by, at=AT).level


def test_the_same_condition_twice_is_one_line_and_a_change_is_another(cast: Cast, country: Country) -> None:
    round_ = appraised_round(cast, country, conditions=CONDITIONS)

    for share in ("92", "92", "93"):
        actions.record_condition(round_.file(), code="hai-long", share=Decimal(share), by=round_.by, at=AT)

    assert round_.file().conditions.count() == 2
    with pytest.raises(rules.ConditionUnknown):
        actions.record_condition(round_.file(), code="khac", met=True, by=round_.by, at=AT)


# ── Votes ────────────────────────────────────────────────────────────────────


def test_without_a_quorum_nobody_votes(round_: Round) -> None:
    session = round_.session()
    candidate = actions.put_before(session, round_.file(), by=round_.by, at=AT)
    round_.attend(session, absent=4)

    with pytest.raises(rules.NoQuorum, match="Có mặt 5 trên 9, cần từ 6"):
        round_.agree(candidate)


def test_a_vote_is_not_recorded_before_the_day_of_the_session(round_: Round) -> None:
    session = round_.session(HELD_ON + timedelta(days=3))

    with pytest.raises(rules.SessionAhead):
        round_.attend(session)


def test_a_changed_vote_is_a_new_row_and_the_same_vote_none(round_: Round) -> None:
    session = round_.session()
    candidate = actions.put_before(session, round_.file(), by=round_.by, at=AT)
    round_.attend(session)
    round_.agree(candidate)

    again = actions.vote(candidate, [(round_.members[0].pk, "for")], by=round_.by, at=LATER)
    changed = actions.vote(candidate, [(round_.members[0].pk, "against")], by=round_.by, at=LATER)

    assert (again, changed) == (0, 1)
    assert Ballot.objects.filter(candidate=candidate).count() == 10
    assert Ballot.objects.filter(candidate=candidate, replaced_at=None).count() == 9


def test_votes_of_who_turns_out_to_be_absent_are_set_aside(round_: Round) -> None:
    session = round_.session()
    candidate = actions.put_before(session, round_.file(), by=round_.by, at=AT)
    round_.attend(session)
    round_.agree(candidate)

    round_.attend(session, absent=2)

    assert candidate.ballots.filter(replaced_at=None).count() == 7
    assert [c.outcome for c in actions.close_session(session, ends=time(11), by=round_.by, at=LATER)] == ["passed"]


def test_a_secret_vote_keeps_counts_that_make_up_those_present(round_: Round) -> None:
    session = round_.session(is_secret=True)
    candidate = actions.put_before(session, round_.file(), by=round_.by, at=AT)
    round_.attend(session, absent=1)

    with pytest.raises(rules.OtherWayOfVoting):
        round_.agree(candidate)
    with pytest.raises(rules.CountsDoNotAddUp):
        actions.count_secret(candidate, agreed=7, against=0, by=round_.by, at=LATER)
    actions.count_secret(candidate, agreed=7, against=0, invalid=1, by=round_.by, at=LATER)
    (decided,) = actions.close_session(session, ends=time(11), by=round_.by, at=LATER)

    assert (decided.outcome, decided.agreed_count, decided.invalid_count) == ("failed", 7, 1)
    assert Ballot.objects.count() == 0


def test_a_session_ends_only_when_every_vote_is_in(two: Round) -> None:
    session = two.session()
    found, _ = actions.put_all(session, by=two.by, at=AT)
    two.attend(session)
    two.agree(found[0])

    with pytest.raises(rules.VotesMissing, match="Nậm Dịch"):
        actions.close_session(session, ends=time(11), by=two.by, at=LATER)


def test_a_closed_session_changes_no_more(round_: Round) -> None:
    session = round_.passed()
    candidate = session.candidates.get()

    for act in (
        lambda: round_.attend(session),
        lambda: round_.agree(candidate),
        lambda: actions.close_session(session, ends=time(12), by=round_.by, at=LATER),
        lambda: actions.put_before(session, round_.file(), by=round_.by, at=LATER),
    ):
        with pytest.raises(rules.SessionClosed, match="đã kết thúc"):
            act()


def test_who_fails_is_declined_and_who_passes_waits_for_the_decision(two: Round) -> None:
    session = two.session()
    found, _ = actions.put_all(session, by=two.by, at=AT)
    two.attend(session)
    two.agree(found[0])
    two.agree(found[1], against=1)

    decided = actions.close_session(session, ends=time(11), by=two.by, at=LATER)

    assert [c.outcome for c in decided] == ["passed", "failed"]
    assert (two.file().state, two.file(two.country.neighbour).state) == ("in_council", "not_recognised")
    assert Recognition.objects.count() == 0


def test_who_passed_and_gets_no_decision_is_taken_out_and_the_votes_stay(round_: Round) -> None:
    session = round_.passed()
    candidate = session.candidates.get()

    actions.take_out(candidate, reason="Chủ tịch chưa ký", by=round_.by, at=LATER)

    assert round_.file().state == "appraised"
    assert [c.outcome for c in queries.standing_candidates(session)] == ["passed"]
    with pytest.raises(rules.NobodyPassed):
        round_.drafted(session)
    assert actions.put_before(round_.session(hour=14), round_.file(), by=round_.by, at=LATER).pk != candidate.pk


def test_agreement_of_all_is_recorded_only_where_there_is_no_vote_yet(two: Round) -> None:
    session = two.session()
    found, _ = actions.put_all(session, by=two.by, at=AT)
    two.attend(session)
    two.agree(found[0], against=4)

    count = actions.vote_for_all(session, by=two.by, at=LATER)

    assert count == 1
    assert found[0].ballots.filter(replaced_at=None, choice="against").count() == 4
    assert found[1].ballots.filter(replaced_at=None, choice="for").count() == 9


def test_who_failed_may_be_appraised_again(round_: Round) -> None:
    round_.passed(against=3)

    again = moving.move(round_.file(), "reopen", by=round_.cast.appraiser.id, at=LATER, reason="Có số liệu mới")

    assert again.state == "appraising"


# ── Papers ───────────────────────────────────────────────────────────────────


def test_minutes_carry_names_counts_and_outcome_in_word_and_pdf(two: Round) -> None:
    session = two.session()
    found, _ = actions.put_all(session, by=two.by, at=AT)
    two.attend(session, absent=1)
    for candidate, against in zip(found, (0, 3), strict=True):
        two.agree(candidate, against=against)
    with pytest.raises(rules.SessionOpen):
        two.drafted(session, "minutes")
    actions.close_session(session, ends=time(11), note="Nghe báo cáo thẩm định", by=two.by, at=LATER)

    paper = two.drafted(session, "minutes")

    assert paper.pdf is not None
    assert paper.docx is not None
    for text in (_pdf_text(files.read(paper.pdf)), _word_text(files.read(paper.docx))):
        for said in (
            "Xã Bản Vược",
            "Xã Nậm Dịch",
            "Không thông qua",
            "Có mặt 8 trên 9",
            "Mã Văn Long",
            "8 0 0",
            "5 3 0",
        ):
            assert said in text, said


@pytest.mark.parametrize("kind", ["proposal", "round_report", "decision"])
def test_each_paper_of_a_session_names_the_commune_and_its_level(kind: str, round_: Round) -> None:
    session = round_.passed()

    paper = round_.drafted(session, kind)

    assert paper.pdf is not None
    assert paper.docx is not None
    level = session.candidates.get().level
    for text in (_pdf_text(files.read(paper.pdf)), _word_text(files.read(paper.docx))):
        assert "bản vược" in text.lower()
        assert f"Mức {level} - " in text


def test_the_report_of_one_commune_holds_claim_against_finding(round_: Round) -> None:
    paper = papering.draft_report(round_.file(), by=round_.by, at=LATER)

    assert paper.pdf is not None
    text = _pdf_text(files.read(paper.pdf))
    assert "xã Bản Vược" in text
    assert "trùng với kết quả tự đánh giá" in text


def test_a_draft_is_made_anew_until_its_number_is_registered(round_: Round) -> None:
    session = round_.passed()
    first = round_.drafted(session, "proposal")
    again = round_.drafted(session, "proposal")
    assert first.pk == again.pk

    round_.register(again, "3")

    assert OfficialPaper.objects.get(pk=again.pk).full_number == "03/TTr-SKHCN"
    with pytest.raises(rules.PaperStands, match="03/TTr-SKHCN"):
        round_.drafted(session, "proposal")
    decision = round_.drafted(session)
    assert decision.docx is not None
    assert "Tờ trình số 03/TTr-SKHCN" in _word_text(files.read(decision.docx))


# ── The decision ─────────────────────────────────────────────────────────────


def test_a_registered_decision_recognises_from_its_day_for_the_months_of_the_cycle(two: Round) -> None:
    paper = two.drafted(two.passed(two.country.merged, two.country.neighbour))
    assert Recognition.objects.count() == 0

    two.register(paper, "12")

    first, second = Recognition.objects.order_by("certificate")
    assert (first.certificate, second.certificate) == ("08-2026-0001", "08-2026-0002")
    assert (first.unit_name, second.unit_name) == ("Xã Bản Vược", "Xã Nậm Dịch")
    assert first.valid == Range(TODAY, rules.months_later(TODAY, 36))
    assert first.decision_number == "12/QĐ-UBND"
    assert first.level == two.file().conclusions.get().level
    assert two.file().state == "recognised"
    assert Entry.objects.filter(did="unit.recognised").count() == 2


def test_the_same_registration_twice_gives_the_same_and_another_is_refused(round_: Round) -> None:
    paper = round_.drafted(round_.passed())
    round_.register(paper, "12")
    lines = Entry.objects.count()

    round_.register(paper, "12/QĐ-UBND")

    assert (Recognition.objects.count(), Entry.objects.count()) == (1, lines)
    with pytest.raises(rules.PaperStands):
        round_.register(paper, "13")


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"issued_on": TODAY - timedelta(days=1)}, rules.DayBeforeSession),
        ({"issued_on": TODAY + timedelta(days=1)}, rules.DayAhead),
        ({"valid_from": TODAY - timedelta(days=1)}, rules.StartTooEarly),
        ({"signed": b"khong phai PDF"}, FileRefused),
        ({"signed": b""}, rules.SignedFileMissing),
        ({"number": "mot"}, rules.NumberWrong),
    ],
)
def test_a_decision_that_is_not_in_order_recognises_nobody(
    round_: Round, more: dict[str, object], refused: type[Exception]
) -> None:
    paper = round_.drafted(round_.passed())

    with pytest.raises(refused):
        round_.register(paper, **more)  # type: ignore[arg-type]

    paper.refresh_from_db()
    assert (paper.number, Recognition.objects.count(), round_.file().state) == ("", 0, "in_council")


def test_a_number_is_used_once_a_year(two: Round) -> None:
    two.recognised(two.country.merged, number="12")
    second = two.drafted(two.passed(two.country.neighbour, hour=14))

    with pytest.raises(rules.NumberTaken, match="12/QĐ-UBND"):
        two.register(second, "012")
    two.register(second, "13")

    assert Recognition.objects.count() == 2


def test_a_draft_whose_list_has_changed_is_made_anew(two: Round) -> None:
    session = two.passed(two.country.merged, two.country.neighbour)
    paper = two.drafted(session)
    Candidate.objects.filter(session=session, unit=two.country.neighbour).update(outcome="failed")

    with pytest.raises(rules.PaperIsOld):
        two.register(paper)

    assert Recognition.objects.count() == 0


def test_a_decision_without_anyone_passed_is_not_drafted(round_: Round) -> None:
    with pytest.raises(rules.NobodyPassed):
        round_.drafted(round_.passed(against=5))


def test_the_database_holds_one_recognition_at_a_time(round_: Round) -> None:
    (first,) = round_.recognised()

    first.pk, first.certificate = None, "08-2026-9999"
    with pytest.raises(IntegrityError, match="unit_is_recognised_once_at_a_time"), transaction.atomic():
        first.save(force_insert=True)


def test_the_application_cannot_rewrite_what_was_recognised(round_: Round) -> None:
    (first,) = round_.recognised()

    for column in ("level", "certificate", "result", "decision_number"):
        said = f"update recognition_recognition set {column} = {column} where id = %s"  # noqa: S608
        with (
            pytest.raises(ProgrammingError, match="permission"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(said, [first.pk])


def test_certificates_carry_the_address_of_the_register(round_: Round) -> None:
    (first,) = round_.recognised()

    paper = papering.draft_certificate(first, by=round_.by, at=LATER)

    assert paper.pdf is not None
    text = _pdf_text(files.read(paper.pdf))
    assert first.certificate in text
    assert f"/so-cong-nhan/{first.certificate}/" in text.replace(" ", "").replace("\u200b", "")


# ── Taking back, and again ───────────────────────────────────────────────────


def _revoked(round_: Round, recognition: Recognition, days: int = 40) -> Recognition:
    at = LATER + timedelta(days=days)
    paper = papering.draft_revocation(
        recognition, reason="Số liệu không khớp hệ thống nguồn.", rule="Kết luận kiểm tra số 4", by=round_.by, at=at
    )
    round_.register(paper, "44", issued_on=TODAY + timedelta(days=days), at=at)
    return Recognition.objects.get(pk=recognition.pk)


def test_a_revocation_counts_from_its_signed_decision_and_says_why(round_: Round) -> None:
    (first,) = round_.recognised()

    taken = _revoked(round_, first)

    day = TODAY + timedelta(days=40)
    assert taken.valid == Range(TODAY, day)
    assert (taken.revocation_number, taken.stops_on) == ("44/QĐ-UBND", first.stops_on)
    assert taken.standing(day) == rules.Standing.REVOKED
    assert round_.file().state == "revoked"


def test_a_revocation_without_reason_or_too_early_is_refused(round_: Round) -> None:
    (first,) = round_.recognised()

    with pytest.raises(rules.ReasonsMissing):
        papering.draft_revocation(first, reason="", rule="x", by=round_.by, at=LATER + timedelta(days=9))
    with pytest.raises(rules.RevokedTooEarly):
        papering.draft_revocation(first, reason="x", rule="x", by=round_.by, at=LATER)


def test_a_revocation_is_possible_after_the_cycle_was_closed(round_: Round) -> None:
    (first,) = round_.recognised()
    moving.close_cycle(round_.cycle, by=round_.by, at=LATER)

    assert _revoked(round_, first).revoked_on == TODAY + timedelta(days=40)


def test_who_was_revoked_may_be_recognised_again_and_the_old_row_stays(round_: Round) -> None:
    (first,) = round_.recognised()
    old = _revoked(round_, first)
    at = LATER + timedelta(days=60)
    day = TODAY + timedelta(days=60)
    session = round_.session(day)
    with pytest.raises(ReasonMissing):
        actions.put_before(session, round_.file(), by=round_.by, at=at)
    candidate = actions.put_before(session, round_.file(), reason="Đã khắc phục", by=round_.by, at=at)
    actions.set_attendance(session, [m.pk for m in round_.members], by=round_.by, at=at)
    actions.vote(candidate, [(m.pk, "for") for m in round_.members], by=round_.by, at=at)
    actions.close_session(session, ends=time(11), by=round_.by, at=at)
    session = CouncilSession.objects.get(pk=session.pk)

    round_.register(papering.draft(session, "decision", by=round_.by, at=at), "7", issued_on=day, at=at)

    again = Recognition.objects.exclude(pk=first.pk).get()
    assert (again.decision_number, again.certificate) == ("07/QĐ-UBND", "08-2027-0001")
    assert Recognition.objects.get(pk=first.pk).valid == old.valid


def test_a_newer_decision_ends_the_earlier_one_and_keeps_what_it_said(round_: Round) -> None:
    (first,) = round_.recognised()
    later = TODAY + timedelta(days=30)

    unit = round_.country.merged
    named = queries.names_of([(unit.pk, "2026")], on=later)[unit.pk]
    with transaction.atomic():
        deciding._supersede(
            round_.file(), named, start=later, stop=rules.months_later(later, 36), by=round_.by, at=LATER
        )

    ended = Recognition.objects.get(pk=first.pk)
    assert ended.valid == Range(TODAY, later)
    assert ended.stops_on == first.stops_on
    assert ended.standing(later) == rules.Standing.REPLACED
    with pytest.raises(rules.AlreadyRecognised):
        deciding._supersede(
            round_.file(), named, start=TODAY, stop=rules.months_later(TODAY, 36), by=round_.by, at=LATER
        )
    open_net()
