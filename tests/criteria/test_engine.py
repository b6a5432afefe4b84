"""The engine on editions made for one way of judging each, and its laws over tables nobody thought of."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.criteria.engine import Column, Table, judge
from langso.criteria.findings import Verdict
from langso.criteria.score import ranks
from langso.lib.number import round_half_up
from tests.criteria.shelf import HEAD, edition, judged, written

NATIONAL = edition("khung-cds-1.0-minh-hoa")
YEN_BAI = edition("yen-bai")
WAYS = edition("cach-xet")
SCORED = edition("cham-diem")
NTM = edition("ntm-2021-8")

READY = {"NO": "có", "AP.3.b": "80", "T.1.a": "80,1", "T.1.b": "3", "T.2.a": "có", "T.2.c": "có", "N.2": "có"}
GOOD = {
    "AN": "có",
    "1.1": "Bí thư hoặc Chủ tịch",
    "1.2.a": "có",
    "1.2.b": "có",
    "1.3": "4",
    "2.1": "100",
    "2.2": "60",
}
GOOD |= {"3.1": "không", "3.2": "không"}


def levels(judgment: object) -> list[int]:
    return [int(n) for n in judgment.level]  # type: ignore[attr-defined]


def test_all_mandatory_and_three_tenths_of_the_extended_criteria_make_the_title() -> None:
    mandatory = {"B1": "50", "B2": "có"}
    none = {"M1": "không", "M2": "không", "M3": "không", "M4": "5"}
    judgment = judged(
        YEN_BAI,
        {**mandatory, **none, "M1": "có"},
        {**mandatory, **none, "M1": "có", "M3": "có"},
        {**mandatory, **none, "M1": "có", "M3": "có", "B2": "không"},
        {**mandatory, **none, "M1": "có", "M3": "có", "B1": "80"},
    )
    assert levels(judgment) == [0, 1, 0, 2]


def test_the_path_says_how_many_of_a_pool_are_still_needed() -> None:
    none = {"M1": "không", "M2": "không", "M3": "không", "M4": "5"}
    path = judged(YEN_BAI, {"B1": "50", "B2": "có", **none}).path(0)
    assert path is not None
    assert path.still_needed == (("mở rộng", 2),)
    assert {m.finding.criterion for m in path.missing} == {"M1", "M2", "M3", "M4"}


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, 1),
        ({"AP.3.b": "79,9"}, 0),
        ({"AP.3.b": "79,9", "AP.3.a": "90"}, 1),
        ({"T.1.a": "80"}, 0),
        ({"T.1.b": "4"}, 0),
        ({"T.2.b": "không", "T.2.c": "không"}, 0),
        ({"N.1": "không", "N.2": "không"}, 0),
        ({"NO": "không"}, 0),
    ],
)
def test_each_way_of_judging_holds_and_fails_where_it_should(change: dict[str, str], level: int) -> None:
    rest = {"AP.3.a": "0", "T.2.b": "không", "N.1": "không"}
    assert levels(judged(WAYS, {**rest, **READY, **change})) == [level]


def test_one_branch_known_to_hold_is_enough_and_the_other_may_stay_unknown() -> None:
    judgment = judged(WAYS, READY)
    assert levels(judgment) == [1]
    assert next(f for f in judgment.findings(0) if f.criterion == "AP.3").verdict is Verdict.MET


def test_half_points_steps_parts_ratio_bonus_and_penalty_add_up() -> None:
    judgment = judged(
        SCORED,
        GOOD,
        {
            **GOOD,
            "1.1": "phó bí thư hoặc phó chủ tịch",
            "1.2.b": "không",
            "1.3": "3",
            "2.1": "33,33",
            "3.1": "có",
        },
        {**GOOD, "3.2": "có"},
        {**GOOD, "3.1": "có"},
        {**GOOD, "1.3": "9", "2.2": "59,9"},
    )
    assert judgment.score is not None
    assert judgment.score.tolist() == [100, 60, 95, 100, 90]
    assert judgment.rank is not None
    assert judgment.rank.tolist() == [1, 5, 3, 1, 4]


def test_bands_group_minimums_and_a_precondition_bound_the_level_of_a_scored_edition() -> None:
    judgment = judged(SCORED, GOOD, {**GOOD, "2.1": "66,6"}, {**GOOD, "2.1": "0", "2.2": "0"}, {**GOOD, "AN": "không"})
    assert levels(judgment) == [3, 2, 0, 0]
    assert judgment.rank is not None
    assert judgment.rank[3] == 0


def test_a_score_with_something_unknown_is_not_a_score_but_bounds_the_level() -> None:
    judgment = judged(SCORED, {**GOOD, "1.3": ""})
    assert judgment.score is not None
    assert np.isnan(judgment.score[0])
    assert (levels(judgment), int(judgment.level_at_most[0])) == ([3], 3)
    assert judgment.rank is not None
    assert judgment.rank[0] == 0


def test_an_extending_edition_replaces_in_place_and_adds_at_the_end() -> None:
    child = edition("khung-con")
    assert [c.code for c in child.criteria][:-1] == [c.code for c in NATIONAL.criteria]
    assert child.criteria[-1].code == "T.1"
    assert child.by_code["XH.1"].stated_levels == (1,)
    assert child.is_illustrative
    assert child.note == NATIONAL.note
    assert child.sha256 != NATIONAL.sha256


def test_three_of_five_is_sixty_percent_and_one_short_is_not() -> None:
    judgment = judged(
        NATIONAL, {"CQ.2.tu": "3", "CQ.2.mau": "5"}, {"CQ.2.tu": "29", "CQ.2.mau": "50"}, {"CQ.2": "60,0%"}
    )
    sure, could = judgment.stages("CQ.2")
    assert sure.tolist() == could.tolist() == [3, 2, 3]


@given(st.integers(1, 10**7), st.data())
def test_a_ratio_meets_its_target_exactly_when_the_fractions_say_so(bottom: int, data: st.DataObject) -> None:
    top = data.draw(st.integers(0, bottom))
    for target in (20, 40, 60, 75, 90):
        column = Column.of_ratio(np.array([float(top)]), np.array([float(bottom)]))
        met = judge(NATIONAL, Table(["x"], {"CQ.2": column})).stages("CQ.2")[0][0]
        assert (met >= (20, 40, 60, 75, 90).index(target) + 1) == (top * 100 >= target * bottom)


def test_a_missing_count_is_told_in_whole_dossiers() -> None:
    finding = next(
        f
        for f in judged(NATIONAL, {"CQ.2.tu": "1467", "CQ.2.mau": "2716"}).findings(0)
        if (f.criterion, f.level) == ("CQ.2", 3)
    )
    assert finding.verdict is Verdict.UNMET
    assert finding.gap_count == 163
    assert finding.reason == ("Chưa đạt: 54,01% (1.467/2.716 hồ sơ); mức Cơ bản cần từ 60% trở lên. Thiếu 163 hồ sơ.")


def test_a_figure_just_short_never_reads_as_the_target() -> None:
    finding = next(
        f for f in judged(NATIONAL, {"CQ.2": "59,9999"}).findings(0) if (f.criterion, f.level) == ("CQ.2", 3)
    )
    assert finding.reason.startswith("Chưa đạt: 59,99%;")


def test_falling_targets_are_told_as_too_much() -> None:
    finding = next(f for f in judged(NATIONAL, {"XH.10": "5"}).findings(0) if (f.criterion, f.level) == ("XH.10", 5))
    assert finding.verdict is Verdict.UNMET
    assert finding.reason == "Chưa đạt: 5%; mức Toàn diện cần dưới 5%. Chưa qua mốc này."


def test_an_empty_row_is_unknown_and_not_level_zero() -> None:
    judgment = judged(NATIONAL, {"C.1": ""}, {"C.1": "không"})
    assert judgment.is_unknown.tolist() == [True, False]
    assert judgment.level_at_most.tolist() == [5, 0]


def test_an_unknown_class_is_decided_only_where_all_classes_agree() -> None:
    judgment = judged(NTM, {"NC.a": "50"}, {"NC.a": "80"}, {"NC.a": "49"}, {"NC.a": "60", "khu-vuc": "dtts"})
    assert [s.tolist() for s in judgment.stages("NC.a")] == [[1, 2, 1, 2], [2, 2, 1, 2]]
    verdicts = [next(f for f in judgment.findings(i) if f.criterion == "NC.a").verdict.value for i in range(4)]
    assert verdicts == ["unknown", "met", "unmet", "met"]


def test_nothing_to_count_does_not_apply_and_is_not_told_as_met() -> None:
    judgment = judged(NATIONAL, {"KT.3.tu": "0", "KT.3.mau": "0"})
    finding = next(f for f in judgment.findings(0) if f.criterion == "KT.3")
    assert finding.verdict is Verdict.NOT_APPLICABLE
    assert finding.reason == "Không áp dụng: không có sản phẩm OCOP."


def test_the_path_puts_the_missing_figure_first_then_the_nearest() -> None:
    start = dict.fromkeys(NATIONAL.fields, "100")
    start |= {c.code: "có" for c in NATIONAL.criteria if c.measure.kind == "yes_no"}
    start |= {"KT.7": "9", "XH.10": "0", "C.3": "20", "CQ.2": "19", "XH.3": "1", "CQ.3": ""}
    path = judged(NATIONAL, start).path(0)
    assert path is not None
    assert (path.level, path.name) == (1, "Khởi động")
    assert [m.finding.criterion for m in path.missing] == ["CQ.3", "CQ.2", "C.3", "XH.3"]
    assert all(m.hint for m in path.missing)


def test_the_hillside_counts_each_group_at_each_level_with_targets_lasting_until_raised() -> None:
    judgment = judged(NATIONAL, {"C.1": "có", "C.2": "80", "C.3": "50", "C.5": "60"})
    hillside = dict(judgment.hillside(0))
    assert list(hillside) == ["CHUNG", "CQS", "KTS", "XHS"]
    assert hillside["CHUNG"][0] == (3, 1, 1)
    assert hillside["CHUNG"][1] == (3, 1, 3)
    assert hillside["CHUNG"][2] == (1, 3, 4)
    assert judgment.group_level["CHUNG"].tolist() == [0]


def test_an_edition_of_one_level_and_no_table_rows_is_judged_to_nothing(tmp_path: Path) -> None:
    text = HEAD.replace("[Một, Hai, Ba]", "[Một]") + "  - {code: A, group: G, name: A, at_least: 5%}\n"
    judgment = judge(written(tmp_path, text), Table([], {}))
    assert judgment.level.tolist() == []


def test_reasons_made_in_columns_are_those_of_the_single_findings() -> None:
    rows = [
        {"CQ.2": v, "C.1": y, "XH.10": w} for v, y, w in (("", "có", "4"), ("60", "", "5"), ("59,5", "không", "30"))
    ]
    judgment = judged(NATIONAL, *rows, rows[1])
    for criterion in NATIONAL.criteria:
        for level in criterion.stated_levels:
            one_by_one = [
                next(f for f in judgment.findings(i) if (f.criterion, f.level) == (criterion.code, level)).reason
                for i in range(4)
            ]
            assert judgment.reason_column(criterion.code, level).tolist() == one_by_one


def test_equal_scores_share_a_rank_and_leave_a_gap() -> None:
    assert ranks(np.array([0.5, 0.9, np.nan, 0.9, 0.1])).tolist() == [3, 1, 0, 1, 4]


SHARES = st.one_of(st.none(), st.integers(0, 1000).map(lambda tenths: tenths / 10))
ROW = st.lists(SHARES, min_size=len(NATIONAL.fields), max_size=len(NATIONAL.fields))


def table_of(rows: list[list[float | None]]) -> Table:
    matrix = np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float).T.copy()
    for k, field in enumerate(NATIONAL.fields.values()):
        if field.measure.kind == "yes_no":
            matrix[k] = np.where(np.isnan(matrix[k]), np.nan, matrix[k] > 30)
    return Table.of_matrix([str(i) for i in range(len(rows))], list(NATIONAL.fields), matrix)


@given(ROW, st.data())
def test_raising_a_figure_never_lowers_a_level_where_more_is_better(
    row: list[float | None], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(row) - 2))  # the last field is the one where less is better
    value = row[place]
    if value is None:
        return
    raised = [*row]
    raised[place] = data.draw(st.floats(value, 100))
    judgment = judge(NATIONAL, table_of([row, raised]))
    assert judgment.level[0] <= judgment.level[1]
    assert judgment.level_at_most[0] <= judgment.level_at_most[1]


@given(ROW, st.data())
def test_forgetting_a_figure_never_helps_and_never_hurts_what_is_possible(
    row: list[float | None], data: st.DataObject
) -> None:
    forgotten = [*row]
    forgotten[data.draw(st.integers(0, len(row) - 1))] = None
    judgment = judge(NATIONAL, table_of([row, forgotten]))
    assert judgment.level[1] <= judgment.level[0] <= judgment.level_at_most[0] <= judgment.level_at_most[1]


@given(st.lists(ROW, min_size=1, max_size=6), st.randoms())
def test_the_order_of_rows_changes_no_result(rows: list[list[float | None]], random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = judge(NATIONAL, table_of(rows)), judge(NATIONAL, table_of([rows[k] for k in order]))
    assert one.level[order].tolist() == other.level.tolist()
    assert [one.findings(k) for k in order[:1]] == [other.findings(0)]


@given(st.lists(ROW, min_size=1, max_size=4))
def test_the_level_is_the_highest_below_which_every_target_in_force_is_met(
    rows: list[list[float | None]],
) -> None:
    judgment = judge(NATIONAL, table_of(rows))
    for i in range(len(rows)):
        reached, possible = 5, 5
        for finding in judgment.findings(i):
            if finding.verdict in (Verdict.UNMET, Verdict.UNKNOWN):
                reached = min(reached, finding.level - 1)
            if finding.verdict is Verdict.UNMET:
                possible = min(possible, finding.level - 1)
        assert (int(judgment.level[i]), int(judgment.level_at_most[i])) == (reached, possible)


@given(st.lists(st.integers(0, 100_000), min_size=8, max_size=8))
def test_scores_are_rounded_half_up_as_decimals_are(parts: list[int]) -> None:
    weights = [Decimal(w) for w in (["0.10", "0.10", "0.10", "0.10", "0.10", "0.20", "0.15", "0.15"])]
    values = [Decimal(p) / 100_000 for p in parts]
    expected = round_half_up(sum((w * v for w, v in zip(weights, values, strict=True)), Decimal(0)), 4)
    codes = ("NT", "TC", "HT", "NL", "AT", "CQS", "KTS", "XHS")
    judgment = judged(edition("dti-tinh-2022"), dict(zip(codes, values, strict=True)))
    assert judgment.score is not None
    assert Decimal(f"{judgment.score[0]:.4f}") == expected
