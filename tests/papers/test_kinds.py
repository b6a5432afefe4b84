"""What each kind of paper says of its facts."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from langso.papers.kinds.appraisal import CriterionAppraised
from langso.papers.kinds.decision import NobodyNamed
from langso.papers.kinds.facts import points
from langso.papers.kinds.minutes import MeetingEndsBeforeItStarts, Member, Minutes, VotesDoNotAddUp, minutes
from langso.papers.kinds.summary import CriterionCount
from langso.papers.paper import Article, Bullet, Paper, Paragraph, Table
from tests.papers import examples


def tables(paper: Paper) -> list[Table]:
    blocks = [*paper.blocks, *(block for annex in paper.annexes for block in annex.blocks)]
    return [block for block in blocks if isinstance(block, Table)]


def said(paper: Paper) -> str:
    return " ".join(b.text for b in paper.blocks if isinstance(b, Paragraph | Article | Bullet))


def test_a_decision_of_many_lists_them_in_an_annex() -> None:
    paper = examples.decision(40)
    assert "Công nhận 40 xã, phường, đặc khu" in said(paper)
    (table,) = tables(paper)
    assert len(table.rows) == 40
    assert table.rows[0] == (
        "1",
        "Xã Hồ Thầu 1",
        "Tỉnh Tuyên Quang",
        "Mức 4 - Nâng cao",
        "78,25",
        "05/01/2026",
        "04/01/2028",
    )


def test_a_decision_of_one_names_it_and_has_no_annex() -> None:
    paper = examples.decision(1)
    assert paper.annexes == ()
    assert "xã Hồ Thầu 1, tỉnh Tuyên Quang" in said(paper)
    assert "từ ngày 05/01/2026 đến hết ngày 04/01/2028" in said(paper)


@pytest.mark.parametrize("make", [examples.decision, examples.taking_back])
def test_a_decision_about_nobody_is_refused(make: Any) -> None:
    with pytest.raises(NobodyNamed, match="chưa có đơn vị nào"):
        make(0)


def test_a_withdrawal_of_many_gives_each_its_reason() -> None:
    (table,) = tables(examples.taking_back(3))
    assert len(table.rows) == 3
    assert all("không khớp với hệ thống nguồn" in row[-1] for row in table.rows)


def test_articles_are_numbered_in_order() -> None:
    articles = [block for block in examples.decision().blocks if isinstance(block, Article)]
    assert [article.number for article in articles] == [1, 2, 3, 4]
    assert articles[-1].text.endswith("chịu trách nhiệm thi hành Quyết định này./.")


def test_an_appraisal_tells_verdicts_and_differences_with_reasons() -> None:
    paper = examples.one_appraisal()
    assert "1 đạt, 1 chưa đạt, 1 chưa có số liệu" in said(paper)
    criteria, differences, documents = tables(paper)
    assert [row[5] for row in criteria.rows] == ["Đạt", "Chưa đạt", "Chưa có số liệu"]
    assert [row[0] for row in differences.rows] == ["CQ.2", "XH.3"]
    assert differences.rows[0][2:4] == ("Đạt (8 điểm)", "Chưa đạt (5,5 điểm)")
    assert differences.rows[1][4] == "Trạm y tế chưa gửi số liệu quý IV."
    assert documents.rows[1][2] == "Chưa ghi ngày"


def test_points_that_are_not_known_are_not_zero() -> None:
    (criteria, *_) = tables(examples.one_appraisal())
    assert criteria.foot[-1] == "Chưa có số liệu"
    assert points(Decimal(0)) == "0"
    assert points(None) == "Chưa có số liệu"


def test_the_same_verdict_with_other_points_is_a_difference() -> None:
    one = CriterionAppraised("A", "a", "1", "1", "met", "met", "", Decimal(2), Decimal(1))
    assert one.differs
    assert not replace(one, found_points=Decimal(2)).differs


def test_a_long_round_goes_into_an_annex_and_a_short_one_stays() -> None:
    assert len(examples.many_appraised(15).annexes) == 0
    assert len(examples.many_appraised(16).annexes) == 1
    assert "15 đơn vị được giữ mức tự đánh giá, 15 đơn vị" in said(examples.many_appraised(30))


def test_a_proposal_counts_those_it_names_and_those_it_leaves_out() -> None:
    paper = examples.asking(6)
    assert "6 xã, phường, đặc khu đủ điều kiện" in said(paper)
    proposed, left_out = tables(paper)
    assert (len(proposed.rows), len(left_out.rows)) == (6, 1)
    assert left_out.rows[0][3] == "Thiếu số liệu quý IV ở 3 tiêu chí."


def test_a_long_proposal_has_two_annexes() -> None:
    paper = examples.asking(40)
    assert [annex.title for annex in paper.annexes] == [
        "Danh sách đề nghị công nhận",
        "Danh sách chưa đề nghị công nhận",
    ]
    assert "tại Phụ lục II kèm theo" in said(paper)


def test_minutes_tell_who_was_there_and_how_they_voted() -> None:
    paper = examples.meeting()
    assert "Có mặt 7 trên 8 thành viên, vắng 1; cần ít nhất 6: đủ số thành viên để họp." in said(paper)
    assert "8 giờ 00 phút, ngày 22 tháng 12 năm 2025" in said(paper)
    *_, ballots = tables(paper)
    assert ballots.rows[0][3:] == ("6", "1", "0", "Thông qua")
    assert ballots.rows[1][3:] == ("3", "3", "1", "Không thông qua")


def test_votes_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(VotesDoNotAddUp, match="cộng lại được 8, nhưng có 7 thành viên"):
        examples.meeting(agreed=7)


def test_a_meeting_that_ends_before_it_starts_is_refused() -> None:
    one = Member("Nguyễn Văn An", "Chủ tịch")
    facts = Minutes(
        council="Hội đồng",
        round_name="năm 2025",
        starts_at=datetime(2025, 12, 22, 4, tzinfo=UTC),
        ends_at=datetime(2025, 12, 22, 3, tzinfo=UTC),
        place="Phòng họp",
        chair=one,
        secretary=one,
        present=(one,),
        absent=(),
        needed=2,
        discussed=(),
        ballots=(),
        conclusion="",
    )
    with pytest.raises(MeetingEndsBeforeItStarts, match="10:00 22/12/2025, trước lúc bắt đầu 11:00"):
        minutes(facts, office=examples.COUNCIL, stamp=examples.STAMP)
    later = replace(facts, ends_at=datetime(2025, 12, 22, 5, tzinfo=UTC))
    assert "chưa đủ số thành viên" in said(minutes(later, office=examples.COUNCIL, stamp=examples.STAMP))


def test_a_summary_says_what_is_not_known() -> None:
    paper = examples.summary()
    assert "đã được công nhận: chưa có số liệu" in said(paper)
    areas, levels, criteria = tables(paper)
    assert areas.rows[1][4] == "Chưa có số liệu"
    assert levels.foot == ("Cộng", "96", "100%")
    assert criteria.rows[2] == ("XH.3", "Hồ sơ sức khỏe điện tử", "0/0", "Chưa có số liệu", "96")
    assert CriterionCount("A", "a", 0, 0, 5).share is None


def test_a_summary_of_many_areas_has_an_annex() -> None:
    assert len(examples.summary(34).annexes) == 1


def test_a_certificate_carries_its_level_days_and_address() -> None:
    paper = examples.on_the_wall()
    assert (paper.holder, paper.within, paper.level) == ("Xã Hồ Thầu 1", "tỉnh Tuyên Quang", "Mức 4 - Nâng cao")
    assert paper.valid == "Có giá trị từ ngày 05/01/2026 đến hết ngày 04/01/2028"
    assert paper.code.svg.startswith("<svg")
    assert paper.address in paper.code.alt


def test_a_row_of_another_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells"):
        Table(tables(examples.decision())[0].columns, (("1",),))
