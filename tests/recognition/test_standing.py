"""What stands once it is decided, who counts on which day, and files that leave the council by another way."""

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from langso.appraisals import actions as appraising
from langso.appraisals import contesting
from langso.appraisals.models import Appeal, Conclusion
from langso.files import actions as files
from langso.ledger.models import Entry
from langso.lib.period import REFORM
from langso.people.models import Post
from langso.people.roles import Role
from langso.recognition import actions, papering, queries, rules
from langso.recognition.models import Attendance, Candidate, CouncilSession, OfficialPaper, Recognition
from langso.recognition.register import Asked, found
from langso.units.models import Unit
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, open_net, text_of, visitor
from tests.recognition.recognising import LATER, Round, appraised_round

CONDITION = [{"code": "hai-long", "label": "Tỷ lệ hài lòng", "kind": "share", "at_least": 90}]


@pytest.fixture
def round_(db: None, cast: Cast, country: Country) -> Round:
    return appraised_round(cast, country)


@pytest.fixture
def two(db: None, cast: Cast, country: Country) -> Round:
    return appraised_round(cast, country, [country.merged, country.neighbour])


def _appeal(round_: Round, unit: Unit | None = None) -> Appeal:
    file = round_.file(unit)
    verdict = file.verdicts.order_by("pk")[0]
    return Appeal.objects.create(
        assessment=file,
        unit_id=file.unit_id,
        verdict=verdict,
        criterion=verdict.criterion,
        text="Số liệu đúng là 95%",
        at=AT,
        answer_by=TODAY + timedelta(days=5),
    )


def _uphold(round_: Round, unit: Unit | None = None) -> None:
    contesting.answer(
        appeal=_appeal(round_, unit), outcome="changed", text="Chấp nhận", by=round_.cast.appraiser.id, at=LATER
    )


def _conclude(round_: Round) -> Conclusion:
    return appraising.conclude(assessment=round_.file(), by=round_.cast.appraiser.id, at=LATER)


# ── A file that leaves by another way ────────────────────────────────────────


def test_a_file_whose_appeal_was_upheld_comes_before_the_council_again(round_: Round) -> None:
    session = round_.session()
    old = actions.put_before(session, round_.file(), by=round_.by, at=AT)

    _uphold(round_)
    assert queries.standing_candidates(session) == []
    assert not queries.pending_candidates(round_.cycle).exists()
    _conclude(round_)
    new = actions.put_before(session, round_.file(), by=round_.by, at=LATER)

    old.refresh_from_db()
    assert (old.taken_out_at, round_.file().state) == (LATER, "in_council")
    assert queries.standing_candidates(session) == [new]


def test_what_passed_before_the_appeal_waits_for_no_decision(round_: Round) -> None:
    first = round_.passed()
    _uphold(round_)
    _conclude(round_)

    second = round_.session(hour=14)
    actions.put_before(second, round_.file(), by=round_.by, at=LATER)

    assert queries.awaiting_decision(first) == []
    assert [c.outcome for c in queries.standing_candidates(first)] == ["passed"]


def test_a_session_ends_without_the_file_that_left(two: Round) -> None:
    session = two.session()
    (_, left), _ = actions.put_all(session, by=two.by, at=AT)
    two.attend(session)
    _uphold(two, two.country.neighbour)
    with pytest.raises(rules.TakenOut):
        two.agree(left)
    assert actions.vote_for_all(session, by=two.by, at=LATER) == 1

    decided = actions.close_session(session, ends=time(11), by=two.by, at=LATER)

    left.refresh_from_db()
    assert [c.unit_id for c in decided] == [two.country.merged.pk]
    assert (left.taken_out_at, left.outcome) == (LATER, "")
    assert two.file(two.country.neighbour).state == "appraising"


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_file_that_left_stays_where_it_is_when_it_is_taken_out(round_: Round, is_closed: bool) -> None:
    session = round_.passed() if is_closed else round_.session()
    candidate = session.candidates.first() or actions.put_before(session, round_.file(), by=round_.by, at=AT)
    _uphold(round_)

    taken = actions.take_out(candidate, reason="Đang thẩm định lại", by=round_.by, at=LATER)

    assert taken.taken_out_at == LATER
    assert round_.file().state == "appraising"
    assert Entry.objects.filter(did="candidate.taken_out").count() == 1


def test_a_file_under_appeal_waits_for_the_answer(round_: Round) -> None:
    appeal = _appeal(round_)
    with pytest.raises(rules.AppealPending, match=rf"{appeal.criterion}.*25/11/2026"):
        actions.put_before(round_.session(), round_.file(), by=round_.by, at=AT)
    contesting.answer(appeal=appeal, outcome="upheld", text="Giữ nguyên", by=round_.cast.appraiser.id, at=AT)
    paper = round_.drafted(round_.passed())

    _appeal(round_)
    with pytest.raises(rules.AppealPending):
        round_.register(paper)
    assert Recognition.objects.count() == 0


# ── Rows are held before the ledger ──────────────────────────────────────────


def _first_lines(act: Callable[[], Any], held: str) -> tuple[int, int]:
    """Where the rows are held, all at once and in order, and where the ledger is first written to."""
    with CaptureQueriesContext(connection) as seen:
        act()
    said = [q["sql"] for q in seen.captured_queries]
    rows = [i for i, s in enumerate(said) if "FOR UPDATE" in s and "ORDER BY" in s and f'FROM "{held}"' in s]
    return rows[0], next(i for i, s in enumerate(said) if "langso_ledger_append" in s)


def test_files_are_held_in_one_order_before_the_first_line_of_the_ledger(two: Round) -> None:
    session = two.session()
    files_of = "assessments_assessment"
    putting = _first_lines(lambda: actions.put_all(session, by=two.by, at=AT), files_of)
    two.attend(session)
    actions.vote_for_all(session, by=two.by, at=LATER)
    closing = _first_lines(lambda: actions.close_session(session, ends=time(11), by=two.by, at=LATER), files_of)
    paper = two.drafted(session)
    deciding = _first_lines(lambda: two.register(paper), files_of)
    one = Recognition.objects.order_by("pk")[0]
    at = LATER + timedelta(days=9)
    revocation = papering.draft_revocation(one, reason="Sai", rule="Khoản 1", by=two.by, at=at)
    taking = _first_lines(lambda: two.register(revocation, "44", issued_on=TODAY + timedelta(days=9), at=at), files_of)

    for held, written in (putting, closing, deciding, taking):
        assert held < written


# ── What is written once ─────────────────────────────────────────────────────


def test_a_closed_session_shows_what_it_decided_on(cast: Cast, country: Country) -> None:
    round_ = appraised_round(cast, country, conditions=CONDITION)
    actions.record_condition(round_.file(), code="hai-long", share=Decimal("92.5"), by=round_.by, at=AT)
    session = round_.passed()
    decided_on = round_.file().conclusions.get()
    _uphold(round_)
    _conclude(round_)
    actions.record_condition(round_.file(), code="hai-long", share=Decimal(80), by=round_.by, at=LATER)

    (row,) = queries.session_page(session).candidates

    assert row.conclusion == decided_on
    assert round_.file().conclusions.get(replaced_at=None) != decided_on
    assert [(c.met, c.share, c.condition.at_least) for c in row.conditions] == [(True, Decimal("92.5"), Decimal(90))]


def test_the_application_cannot_rewrite_files_candidates_or_appeals(round_: Round) -> None:
    round_.passed()
    _appeal(round_)

    for table, column in (
        ("files_storedfile", "sha256"),
        ("recognition_candidate", "level"),
        ("recognition_candidate", "session_id"),
        ("appraisals_appeal", "text"),
        ("appraisals_appeal", "at"),
    ):
        with (
            pytest.raises(ProgrammingError, match="permission"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"update {table} set {column} = {column}")  # noqa: S608


def test_a_numbered_paper_a_closed_session_and_its_attendance_stand(round_: Round) -> None:
    session = round_.passed()
    paper = round_.drafted(session)
    OfficialPaper.objects.filter(pk=paper.pk).update(symbol="QĐ-UBND")  # a draft may change
    round_.register(paper)
    open_one = round_.session(hour=15)
    CouncilSession.objects.filter(pk=open_one.pk).update(place="Phòng họp số 3")
    rows = Attendance.objects.filter(session=session)

    acts: tuple[Callable[[], object], ...] = (
        lambda: OfficialPaper.objects.filter(pk=paper.pk).update(number="99"),
        lambda: OfficialPaper.objects.filter(pk=paper.pk).update(number="", issued_on=None, year=None),
        lambda: CouncilSession.objects.filter(pk=session.pk).update(closed_at=None),
        lambda: CouncilSession.objects.filter(pk=session.pk).update(note="Khác"),
        lambda: rows.update(present=False),
        lambda: rows.update(session=open_one),
    )
    for act in acts:
        with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
            act()
    member = actions.add_member(round_.council, full_name="Người đến sau", by=round_.by, at=LATER)
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        Attendance.objects.create(session=session, unit_id=session.unit_id, member=member, present=True)


# ── Who sits in the council on a day ─────────────────────────────────────────


def test_who_joins_later_does_not_count_in_an_earlier_session(round_: Round) -> None:
    session = round_.session()
    next_day = AT + timedelta(days=1)

    member = actions.add_member(round_.council, full_name="Người đến sau", by=round_.by, at=next_day)

    assert member.joined_on == TODAY + timedelta(days=1)
    assert member not in queries.members_of(session)
    assert member in queries.members_of(round_.session(TODAY + timedelta(days=1)))


def test_before_the_council_meets_every_seat_is_from_its_beginning(round_: Round) -> None:
    founder = actions.add_member(round_.council, full_name="Người sáng lập", by=round_.by, at=AT)
    later = actions.add_member(
        round_.council, full_name="Người hẹn sau", joined_on=TODAY + timedelta(days=3), by=round_.by, at=AT
    )

    seated = queries.members_of(round_.session(TODAY - timedelta(days=2)))

    assert founder.joined_on is None
    assert founder in seated
    assert later not in seated


def test_who_leaves_on_a_day_counts_that_day_and_not_the_next(round_: Round) -> None:
    leaving = round_.members[-1]

    actions.end_member(leaving, by=round_.by, at=AT)

    assert leaving in queries.members_of(round_.session(TODAY))
    assert leaving not in queries.members_of(round_.session(TODAY + timedelta(days=1)))


def test_only_members_of_the_day_are_present(round_: Round) -> None:
    session = round_.session()
    round_.attend(session)
    guest = actions.add_member(
        round_.council, full_name="Người hẹn sau", joined_on=TODAY + timedelta(days=3), by=round_.by, at=AT
    )
    Attendance.objects.create(session=session, unit_id=session.unit_id, member=guest, present=True)

    assert len(actions._present(session)) == 9


# ── Whose right reaches here ─────────────────────────────────────────────────


def _admin_elsewhere(round_: Round) -> None:
    """The appraiser of this province is administrator of another."""
    person = round_.cast.appraiser.person
    Post.objects.create(
        person=person, role=Role.PROVINCE_ADMIN, unit=round_.country.far_province, valid=Range(REFORM, None)
    )


def test_a_right_in_another_province_registers_no_decision_here(round_: Round) -> None:
    paper = round_.drafted(round_.passed())
    assert paper.pdf is not None
    content = files.read(paper.pdf)
    _admin_elsewhere(round_)
    browser = visitor(round_.cast.appraiser)
    signed = SimpleUploadedFile("quyet-dinh.pdf", content, content_type="application/pdf")

    page = browser.get(paper.address)
    answer = browser.post(f"{paper.address}ghi-so/", {"number": "12", "issued_on": "20/11/2026", "signed": signed})

    assert "ghi-so/" not in text_of(page)
    assert answer.status_code == 403
    open_net()
    assert Recognition.objects.count() == 0


def test_a_right_in_another_province_offers_no_revocation_here(round_: Round) -> None:
    (one,) = round_.recognised()
    _admin_elsewhere(round_)
    here = "/quyet-dinh/cong-nhan/"

    assert f"/quyet-dinh/thu-hoi/{one.pk}/" not in text_of(visitor(round_.cast.appraiser).get(here))
    assert f"/quyet-dinh/thu-hoi/{one.pk}/" in text_of(visitor(round_.cast.province_admin).get(here))


# ── The register and its certificates ────────────────────────────────────────


def test_the_register_is_sorted_by_the_end_of_validity(two: Round) -> None:
    (first,) = two.recognised(two.country.merged, number="12")
    (second,) = two.recognised(two.country.neighbour, number="13", hour=14)
    Recognition.objects.filter(pk=first.pk).update(valid=Range(TODAY, TODAY + timedelta(days=900)))
    Recognition.objects.filter(pk=second.pk).update(valid=Range(TODAY + timedelta(days=5), TODAY + timedelta(days=300)))

    assert list(found(Asked(), on=TODAY, order="han")) == [second, first]
    assert list(found(Asked(), on=TODAY, order="-han")) == [first, second]


def test_no_certificate_is_made_of_what_no_longer_counts(round_: Round) -> None:
    (one,) = round_.recognised()
    at = LATER + timedelta(days=3)
    paper = papering.draft_revocation(one, reason="Sai số liệu", rule="Khoản 1 Điều 9", by=round_.by, at=at)
    round_.register(paper, "44", issued_on=TODAY + timedelta(days=3), at=at)

    assert papering.draft_certificate(one, by=round_.by, at=LATER).kind == "certificate"
    with pytest.raises(rules.NotInForce, match="đã thu hồi"):
        papering.draft_certificate(one, by=round_.by, at=at)


def test_the_page_says_why_no_certificate_is_made(round_: Round) -> None:
    (one,) = round_.recognised()
    Recognition.objects.filter(pk=one.pk).update(valid=Range(TODAY - timedelta(days=9), TODAY), superseded_on=TODAY)

    answer = visitor(round_.cast.province_admin).post(f"/quyet-dinh/giay/{one.pk}/", follow=True)

    assert "đã có quyết định mới" in text_of(answer)
    assert f"/quyet-dinh/giay/{one.pk}/" not in text_of(answer)
    open_net()
    assert Candidate.objects.count() == 1
    assert not OfficialPaper.objects.filter(kind="certificate").exists()
