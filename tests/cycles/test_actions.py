"""Drafting, moving days, departments and their parts."""

from dataclasses import replace
from datetime import date

import pytest

from langso.cycles import actions, rules
from langso.cycles.actions import Paper
from langso.cycles.models import Cycle
from langso.ledger.models import Entry
from langso.legal.models import LegalDocument
from tests.cast import Cast
from tests.country import Country
from tests.cycles.test_rules import DAYS, PLAN
from tests.factories import AT, main_edition, open_cycle, open_net

CODES = [c.code for c in main_edition().criteria]


@pytest.fixture
def draft(db: None, cast: Cast, country: Country) -> Cycle:
    open_net()
    return actions.draft_cycle(plan=PLAN, unit=country.province, unit_code="08", by=cast.province_admin.id, at=AT)


def test_a_draft_gets_a_short_code_of_its_own(draft: Cycle, cast: Cast, country: Country) -> None:
    second = actions.draft_cycle(plan=PLAN, unit=country.province, unit_code="08", by=None, at=AT)

    assert (draft.code, second.code) == ("08-2026", "08-2026-2")
    assert draft.opened_at is None


def test_the_document_is_cited_once(draft: Cycle, cast: Cast) -> None:
    paper = Paper("12/KH-UBND", "UBND tỉnh Sông Chảy", date(2026, 11, 2), "Kế hoạch đánh giá")

    for _ in range(2):
        actions.edit_cycle(cycle=draft, plan=PLAN, paper=paper, by=cast.province_admin.id, at=AT)

    assert LegalDocument.objects.filter(number="12/KH-UBND").count() == 1
    assert Entry.objects.filter(did="cycle.edited").count() == 1


def test_a_framework_for_other_units_is_refused(db: None, country: Country) -> None:
    open_net()
    with pytest.raises(rules.FrameworkNotForLevel):
        actions.draft_cycle(
            plan=replace(PLAN, framework="dti-tinh-2022", edition="2022"), unit=country.province, by=None, at=AT
        )

    assert not Cycle.objects.exists()


def test_an_opened_cycle_is_no_longer_edited_but_its_days_ahead_move_with_a_reason(
    db: None, cast: Cast, country: Country
) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)

    with pytest.raises(rules.OnlyDaysMove):
        actions.edit_cycle(cycle=cycle, plan=PLAN, by=cast.province_admin.id, at=AT)
    actions.move_days(
        cycle=cycle, days={"submit_by": date(2026, 12, 22)}, reason="Lũ", by=cast.province_admin.id, at=AT
    )

    cycle.refresh_from_db()
    assert cycle.submit_by == date(2026, 12, 22)
    assert Entry.objects.get(did="cycle.moved").facts["reason"] == "Lũ"


def test_a_day_off_under_a_last_day_is_refused_and_one_beside_it_is_kept(draft: Cycle, cast: Cast) -> None:
    with pytest.raises(rules.DayOff):
        actions.add_days_off(cycle=draft, off=[DAYS["submit_by"]], by=None, at=AT)

    actions.add_days_off(cycle=draft, off=[date(2026, 12, 14)], by=None, at=AT)

    draft.refresh_from_db()
    assert draft.days_off == [date(2026, 12, 14)]


def test_a_department_has_verifiers_of_the_province_and_criteria_of_the_framework(
    draft: Cycle, cast: Cast, country: Country
) -> None:
    made = actions.add_department(unit=country.province, name=" Sở Y tế ", by=cast.province_admin.id, at=AT)

    with pytest.raises(rules.NotAVerifier):
        actions.set_members(department=made, people=[cast.officer.id], by=None, at=AT)
    actions.set_members(department=made, people=[cast.verifier.id], by=None, at=AT)
    with pytest.raises(rules.CriterionUnknown):
        actions.set_part(cycle=draft, department=made, criteria=["KHONG.CO"], by=None, at=AT)
    for _ in range(2):
        actions.set_part(cycle=draft, department=made, criteria=[CODES[1], CODES[0]], by=None, at=AT)

    assert made.name == "Sở Y tế"
    assert draft.parts.get().criteria == CODES[:2]
    assert Entry.objects.filter(did="cycle.parts_set").count() == 1
    actions.set_part(cycle=draft, department=made, criteria=[], by=None, at=AT)
    assert not draft.parts.exists()


def test_a_department_is_named_once(draft: Cycle, country: Country) -> None:
    actions.add_department(unit=country.province, name="Sở Y tế", by=None, at=AT)

    with pytest.raises(rules.DepartmentThere):
        actions.add_department(unit=country.province, name="Sở  Y tế", by=None, at=AT)


def test_a_closed_cycle_does_not_change(db: None, country: Country) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, closed_at=None)
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=AT)
    cycle.refresh_from_db()

    for change in (
        lambda: actions.edit_cycle(cycle=cycle, plan=PLAN, by=None, at=AT),
        lambda: actions.move_days(cycle=cycle, days={}, reason="x", by=None, at=AT),
        lambda: actions.add_days_off(cycle=cycle, off=[date(2026, 12, 14)], reason="x", by=None, at=AT),
    ):
        with pytest.raises(rules.CycleNotRunning, match="đã khóa"):
            change()
