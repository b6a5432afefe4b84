"""Who is late, how units rank, how they moved, and the report that comes out the same each time."""

from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from langso.appraisals import actions
from langso.assessments.moving import claim
from langso.cycles.models import Cycle
from langso.lib.period import Period
from langso.monitoring import queries
from langso.monitoring.rules import Earlier, movement, ranks
from langso.recognition import papering
from langso.units.models import Unit
from tests.cast import Cast
from tests.country import Country
from tests.factories import (
    AT,
    TODAY,
    at_most,
    fill,
    hand_in,
    in_cycle,
    main_edition,
    open_cycle,
    open_net,
    text_of,
    visitor,
)
from tests.recognition.recognising import LATER, appraised_round


@pytest.fixture
def cycle(db: None, cast: Cast, country: Country) -> Cycle:
    """Three communes: one appraised, one handed in nothing, one not started."""
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour, country.split_one, by=cast.province_admin)
    fill(country.merged, by=cast.officer)
    file = in_cycle(cycle, country.merged)
    hand_in(file, officer=cast.officer, head=cast.head)
    claim(file, by=cast.appraiser.id, at=AT)
    actions.accept_many(
        assessment=file, criteria=[c.code for c in main_edition().criteria], by=cast.appraiser.id, at=AT
    )
    actions.conclude(assessment=file, by=cast.appraiser.id, at=AT)
    return cycle


def test_equals_share_a_rank_and_leave_a_gap() -> None:
    assert ranks([3, 5, 5, 1], key=lambda x: (float(x),)) == {1: 1, 2: 1, 0: 3, 3: 4}


@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=30))
def test_a_rank_is_one_more_than_the_number_of_better_ones(levels: list[int | None]) -> None:
    found = ranks(levels, key=lambda x: None if x is None else (float(x),))

    for i, level in enumerate(levels):
        better = sum(other is not None and level is not None and other > level for other in levels)
        assert found.get(i) == (None if level is None else better + 1)


def test_movement_across_editions_is_shown_and_marked() -> None:
    moved = movement(4, "1.0", Earlier("2025", "0.9", 3))

    assert moved.step is None
    assert not moved.is_comparable
    assert "phiên bản khác nên không so được" in moved.says


def test_movement_within_an_edition_is_counted() -> None:
    assert movement(4, "1.0", Earlier("2025", "1.0", 2)).step == 2
    assert movement(2, "1.0", Earlier("2025", "1.0", 3)).says == "Xuống 1 mức, từ mức 3"
    assert movement(3, "1.0", None).says == "Chưa có kết quả kỳ trước"


def test_who_has_not_started_and_who_is_late_are_named(cycle: Cycle) -> None:
    rows = queries.cycle_rows(cycle, Unit.objects.all(), on=cycle.submit_by + timedelta(days=1))

    by_name = {r.name: r for r in rows}
    assert by_name["Xã Bản Vược"].rank == 1
    assert not by_name["Xã Bản Vược"].is_late
    assert by_name["Xã Nậm Dịch"].is_late
    assert by_name["Xã Nậm Dịch"].rank is None


def test_an_unknown_figure_is_not_counted_as_unmet(cycle: Cycle) -> None:
    tallies = queries.criteria_of(cycle, Unit.objects.all())

    assert {(t.known, t.unknown) for t in tallies if t.held} == {(1, 2)}


def test_the_ranking_page_names_units_and_keeps_its_budget(cycle: Cycle, cast: Cast) -> None:
    browser = visitor(cast.appraiser)
    here = f"/theo-doi/{cycle.code}/"
    browser.get(here)

    with at_most(13):
        page = text_of(browser.get(here))

    assert "Xã Bản Vược" in page
    assert "Xã Nậm Dịch" in text_of(visitor(cast.appraiser).get(f"{here}?xem=chua-bat-dau"))


def test_the_table_is_taken_away_as_csv_and_as_excel_alike(cycle: Cycle, cast: Cast) -> None:
    browser = visitor(cast.appraiser)

    lines = text_of(browser.get(f"/theo-doi/{cycle.code}/?tai=csv")).splitlines()
    sheet = load_workbook(BytesIO(browser.get(f"/theo-doi/{cycle.code}/?tai=xlsx").content)).active

    assert sheet is not None
    assert len(lines) == sheet.max_row == 4
    assert sheet["C2"].value == "Xã Bản Vược"


def test_the_report_names_the_commune_and_is_the_same_to_the_byte(cycle: Cycle, cast: Cast) -> None:
    open_net()
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=AT + timedelta(days=90))
    cycle.assessments.filter(state="appraised").update(state="recognised")
    here = f"/theo-doi/{cycle.code}/bao-cao"

    first = visitor(cast.appraiser).get(f"{here}.docx").content
    open_net()
    assert cycle.assessments.filter(state="recognised").update(state="revoked") == 1  # later: not of this report
    second = visitor(cast.appraiser).get(f"{here}.docx").content

    assert first == second
    words = "\n".join(cell.text for t in docx.Document(BytesIO(first)).tables for r in t.rows for cell in r.cells)
    assert "Xã Bản Vược" in words
    assert visitor(cast.appraiser).get(f"{here}.pdf").content == visitor(cast.appraiser).get(f"{here}.pdf").content


@pytest.mark.parametrize("who", ["officer", "volunteer", "neighbour"])
def test_watching_is_for_those_who_appraise(cycle: Cycle, cast: Cast, who: str) -> None:
    assert visitor(getattr(cast, who)).get(f"/theo-doi/{cycle.code}/").status_code == 403


def test_a_province_does_not_see_the_page_of_the_country(cycle: Cycle, cast: Cast) -> None:
    assert visitor(cast.appraiser).get("/theo-doi/ca-nuoc/").status_code == 404
    assert "Sông Chảy" in text_of(visitor(cast.editor).get("/theo-doi/ca-nuoc/?ky=2026"))
    report = visitor(cast.editor).get("/theo-doi/ca-nuoc/bao-cao.docx?ky=2026")
    assert report.content[:2] == b"PK"


def test_a_revoked_unit_no_longer_ranks_as_recognised(cast: Cast, country: Country) -> None:
    round_ = appraised_round(cast, country)
    (one,) = round_.recognised()
    day = TODAY + timedelta(days=3)
    at = LATER + timedelta(days=3)
    paper = papering.draft_revocation(one, reason="Sai số liệu", rule="Khoản 1 Điều 9", by=round_.by, at=at)
    round_.register(paper, "44", issued_on=day, at=at)

    def source(on: date) -> list[str]:
        return [r.source for r in queries.cycle_rows(round_.cycle, Unit.objects.all(), on=on) if r.has_result]

    def recognised(on: date) -> int:
        rows = queries.provinces(main_edition(), Period.parse(round_.cycle.period), on=on)
        return sum(p.recognised for p in rows)

    assert (source(day - timedelta(days=1)), source(day)) == (["công nhận"], ["thẩm định"])
    assert (recognised(day - timedelta(days=1)), recognised(day)) == (1, 0)
