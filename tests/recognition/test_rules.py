"""What the votes come to, by counting alone."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.recognition import rules
from langso.recognition.rules import Condition, ConditionState, Standing

SHARES = st.decimals("0.01", "1", places=4)
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("share", "meant"),
    [("0.6667", Fraction(2, 3)), ("0.9", Fraction(9, 10)), ("0.5050", Fraction(101, 200)), ("1", Fraction(1))],
)
def test_a_share_is_the_one_that_is_meant(share: str, meant: Fraction) -> None:
    assert rules.exact(Decimal(share)) == meant


def test_two_thirds_of_nine_are_six() -> None:
    assert rules.needed(9, Decimal("0.6667")) == 6
    with pytest.raises(rules.NoQuorum, match="Có mặt 5 trên 9, cần từ 6"):
        rules.check_quorum(5, 9, Decimal("0.6667"))


@given(members=st.integers(1, 60), share=SHARES)
def test_the_needed_number_is_the_smallest_that_makes_the_quorum(members: int, share: Decimal) -> None:
    needed = rules.needed(members, share)

    assert rules.is_quorate(needed, members, share)
    assert not rules.is_quorate(needed - 1, members, share)


def test_nine_of_ten_pass_at_ninety_percent_and_eight_of_nine_do_not() -> None:
    rule = {"members": 12, "pass_share": Decimal("0.9"), "counts_absent": False}

    assert rules.outcome(9, 1, 0, present=10, **rule) == rules.PASSED  # type: ignore[arg-type]
    assert rules.outcome(8, 1, 0, present=9, **rule) == rules.FAILED  # type: ignore[arg-type]


def test_who_is_absent_counts_against_where_the_cycle_says_so() -> None:
    votes = {"present": 9, "members": 12, "pass_share": Decimal("0.75")}

    assert rules.outcome(8, 0, 1, counts_absent=False, **votes) == rules.PASSED  # type: ignore[arg-type]
    assert rules.outcome(8, 0, 1, counts_absent=True, **votes) == rules.FAILED  # type: ignore[arg-type]


@given(agreed=st.integers(0, 30), against=st.integers(0, 30), blank=st.integers(0, 30), share=SHARES)
def test_one_more_vote_in_favour_never_turns_a_pass_into_a_failure(
    agreed: int, against: int, blank: int, share: Decimal
) -> None:
    present = agreed + against + blank
    rule = {"members": 90, "pass_share": share, "counts_absent": False}
    before = rules.outcome(agreed, against, blank, present=present, **rule)  # type: ignore[arg-type]

    after = rules.outcome(agreed + 1, against, blank, present=present + 1, **rule)  # type: ignore[arg-type]

    assert (before, after) != (rules.PASSED, rules.FAILED)


def test_counts_that_do_not_make_up_those_present_are_refused() -> None:
    with pytest.raises(rules.CountsDoNotAddUp, match="cộng lại được 8, nhưng có 9"):
        rules.outcome(7, 1, 0, present=9, members=9, pass_share=Decimal("0.9"), counts_absent=False)


NAMES = {1: "An", 2: "Bình", 3: "Chính"}


@pytest.mark.parametrize(
    ("sheet", "refused"),
    [
        ([(1, "for"), (1, "against")], rules.VotedTwice),
        ([(3, "for")], rules.VoteOfAbsent),
        ([(9, "for")], rules.NotAMember),
        ([(1, "maybe")], rules.ChoiceUnknown),
    ],
)
def test_a_sheet_holds_one_vote_of_each_member_who_is_there(
    sheet: list[tuple[int, str]], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        rules.check_sheet(sheet, names=NAMES, present=[1, 2])


def test_what_is_not_known_of_a_condition_is_not_met_and_says_so() -> None:
    satisfied = Condition("hai-long", "Tỷ lệ hài lòng của người dân", "share", Decimal(90))
    secure = Condition("an-ninh", "Không là địa bàn phức tạp về an ninh", "yes")
    states = [
        ConditionState(satisfied, rules.is_met(satisfied, met=None, share=Decimal("89.9")), Decimal("89.9")),
        ConditionState(secure, rules.is_met(secure, met=None, share=None)),
    ]

    with pytest.raises(rules.ConditionsNotMet, match=r"89,9%, cần từ 90%.*an ninh .chưa có số liệu"):
        rules.check_conditions(states, name="Xã Bản Vược")


def test_the_share_that_is_asked_is_enough() -> None:
    condition = Condition("hai-long", "Tỷ lệ hài lòng", "share", Decimal(90))

    assert rules.is_met(condition, met=None, share=Decimal(90)) is True


def test_a_level_is_proposed_no_higher_than_it_was_appraised() -> None:
    assert rules.check_level(None, 3, has_levels=True, name="Xã") == 3
    assert rules.check_level(2, 3, has_levels=True, name="Xã") == 2
    with pytest.raises(rules.LevelTooHigh):
        rules.check_level(4, 3, has_levels=True, name="Xã")


@pytest.mark.parametrize("found", [0, None])
def test_without_a_level_there_is_nothing_to_recognise(found: int | None) -> None:
    with pytest.raises(rules.NothingToRecognise):
        rules.check_level(None, found, has_levels=True, name="Xã")


@pytest.mark.parametrize(
    ("typed", "number"), [("12", "12"), ("3", "03"), ("0012/QĐ-UBND", "12"), (" 7 / qđ-ubnd ", "07")]
)
def test_a_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    assert rules.read_number(typed, "QĐ-UBND") == number


@pytest.mark.parametrize("typed", ["", "0", "mười hai", "12/BC-SKHCN", "-3"])
def test_what_is_not_a_number_of_this_paper_is_refused(typed: str) -> None:
    with pytest.raises(rules.NumberWrong):
        rules.read_number(typed, "QĐ-UBND")


@pytest.mark.parametrize("typed", ["08-2026-0012", "08 2026 12", "8-2026-12", " 08 - 2026 - 0012 "])
def test_a_certificate_number_is_found_however_it_is_typed(typed: str) -> None:
    assert rules.read_certificate(typed) == "08-2026-0012"
    assert rules.read_certificate("tq 2026 12") == "TQ-2026-0012"


def test_a_certificate_carries_province_year_and_place() -> None:
    assert rules.certificate_number("19", 2026, 12) == "19-2026-0012"  # Thái Nguyên
    assert rules.certificate_number("80", 2026, 10234) == "80-2026-10234"  # Tây Ninh


@given(day=DAYS, months=st.integers(1, 120))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = rules.months_later(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(start=DAYS, length=st.integers(1, 2000), on=DAYS)
def test_a_recognition_counts_on_exactly_its_days(start: date, length: int, on: date) -> None:
    stop = start + timedelta(days=length)

    is_valid = rules.standing(on, start=start, stop=stop) == Standing.VALID

    assert is_valid == (start <= on < stop)


def test_a_revoked_one_is_revoked_from_its_day_and_for_ever() -> None:
    facts = {"start": date(2026, 1, 5), "stop": date(2026, 4, 1), "revoked_on": date(2026, 4, 1)}

    assert rules.standing(date(2026, 3, 31), **facts) == Standing.VALID
    assert rules.standing(date(2026, 4, 1), **facts) == Standing.REVOKED
    assert rules.standing(date(2036, 4, 1), **facts) == Standing.REVOKED
