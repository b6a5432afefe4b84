"""A result is frozen as it was published, and can be worked out again from what was kept with it."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from langso.assessments import actions, rules
from langso.assessments.judging import edition_of
from langso.assessments.models import IssuedEdition, Publication
from langso.assessments.results import Reading, Result, as_json, from_json, result_of
from langso.criteria.engine import judge
from langso.ledger.models import Entry as LedgerLine
from langso.lib.period import Period
from langso.measures.queries import columns_table, key_of
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, PERIOD, come_in, fill, main_edition, open_assessment, open_net, report, whole

LATER = AT + timedelta(days=1)
LATEST = AT + timedelta(days=2)


def _published(country: Country, cast: Cast, share: int = 60) -> Publication:
    come_in(cast.officer)
    fill(country.merged, by=cast.officer, share=share)
    assessment = open_assessment(country.merged, by=cast.officer)
    return actions.publish(assessment=assessment, by=cast.officer.id, at=AT)


def _again(found: Publication) -> Publication:
    return Publication.objects.get(pk=found.pk)


def test_a_publication_says_level_province_period_edition_and_person(country: Country, cast: Cast) -> None:
    found = _again(_published(country, cast))

    assert found.level is not None
    assert found.province_id == country.province.pk
    assert (found.period, found.edition, found.edition_sha256) == (
        "2026",
        main_edition().edition,
        main_edition().sha256,
    )
    assert found.published_by_id == cast.officer.id
    assert len(found.readings) == len(main_edition().fields)
    assert not found.is_simulated


def test_a_published_result_stays_when_figures_change(country: Country, cast: Cast) -> None:
    found = _again(_published(country, cast))
    before = (found.level, found.result, found.readings)

    report(country.merged, "CQ.2", whole(0, 100), by=cast.officer, at=LATER)

    after = _again(found)
    assert (after.level, after.result, after.readings) == before


def _replayed(found: Publication) -> Any:
    """Judge anew, from nothing but what the publication keeps."""
    edition = edition_of(found.framework, found.edition)
    assert edition.sha256 == found.edition_sha256
    readings: Mapping[str, Reading] = {code: Reading(**kept) for code, kept in found.readings.items()}
    nan = float("nan")

    def number(x: float | None) -> float:
        return nan if x is None else x

    rows = {
        key_of(edition, edition.fields[code]): [(0, number(r.numerator), number(r.denominator), number(r.value))]
        for code, r in readings.items()
    }
    return _kept(result_of(judge(edition, columns_table(edition, ["x"], rows)), 0, readings))


def _kept(result: Result) -> Any:
    """As the database gives it back."""
    return json.loads(json.dumps(as_json(result)))


@pytest.mark.parametrize("share", [10, 60, 100])
def test_the_kept_readings_give_the_same_result_again(share: int, country: Country, cast: Cast) -> None:
    found = _again(_published(country, cast, share))

    assert _replayed(found) == found.result


def test_a_result_is_read_back_as_it_was_written(country: Country, cast: Cast) -> None:
    found = _again(_published(country, cast))

    assert _kept(from_json(found.result)) == found.result
    assert from_json(found.result).level == found.level


def test_publishing_unchanged_figures_again_gives_the_publication_there_is(country: Country, cast: Cast) -> None:
    first = _published(country, cast)

    second = actions.publish(assessment=first.assessment, by=cast.colleague.id, at=LATER)

    assert second.pk == first.pk
    assert Publication.objects.count() == 1
    assert LedgerLine.objects.filter(did="assessment.published").count() == 1


def test_publishing_changed_figures_keeps_the_old_publication(country: Country, cast: Cast) -> None:
    first = _published(country, cast)
    report(country.merged, "CQ.2", whole(1, 100), by=cast.officer, at=LATER)

    second = actions.publish(assessment=first.assessment, by=cast.officer.id, at=LATEST)

    assert second.pk != first.pk
    assert _again(first).replaced_at == LATEST
    assert Publication.objects.current().get() == second


def test_a_simulated_figure_makes_the_publication_say_so(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    report(country.merged, "CQ.2", whole(1, 2), origin="simulated")

    found = actions.publish(assessment=open_assessment(country.merged), by=None, at=AT)

    assert found.is_simulated
    assert from_json(_again(found).result).rows["CQ.2"].reading is not None


def test_nothing_is_not_published(country: Country, cast: Cast) -> None:
    come_in(cast.officer)

    with pytest.raises(rules.NothingToPublish, match="ít nhất một tiêu chí"):
        actions.publish(assessment=open_assessment(country.merged), by=cast.officer.id, at=AT)


def test_figures_that_were_all_emptied_are_nothing_to_publish(country: Country, cast: Cast) -> None:
    from langso.measures.rules import Entry

    come_in(cast.officer)
    report(country.merged, "CQ.2", whole(1, 2), by=cast.officer)
    report(country.merged, "CQ.2", Entry(), by=cast.officer, at=LATER)

    with pytest.raises(rules.NothingToPublish):
        actions.publish(assessment=open_assessment(country.merged), by=cast.officer.id, at=LATEST)


def test_an_edition_whose_file_was_changed_after_its_use_is_refused(
    country: Country, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _published(country, cast)
    edition = main_edition()
    shelf = tmp_path / "frameworks"
    shutil.copytree(edition.path.parents[1], shelf)
    changed = shelf / edition.path.relative_to(edition.path.parents[1])
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# khác một chữ\n", encoding="utf-8")
    monkeypatch.setenv("LANGSO_FRAMEWORKS", str(shelf))
    report(country.merged, "CQ.2", whole(1, 100), by=cast.officer, at=LATER)

    with pytest.raises(rules.EditionChanged, match="đã bị sửa sau khi"):
        actions.publish(assessment=first.assessment, by=cast.officer.id, at=LATEST)
    with pytest.raises(rules.EditionChanged):
        open_assessment(country.merged, by=cast.officer)


def test_an_edition_is_remembered_at_its_first_use(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    open_assessment(country.merged, by=cast.officer)

    assert IssuedEdition.objects.get().sha256 == main_edition().sha256


def test_an_assessment_is_opened_once_a_period(country: Country, cast: Cast) -> None:
    come_in(cast.officer)

    assert open_assessment(country.merged, by=cast.officer) == open_assessment(country.merged, by=cast.colleague)
    assert LedgerLine.objects.filter(did="assessment.opened").count() == 1


def _open(country_unit: Any, framework: str = "", period: Period = PERIOD) -> Any:
    return actions.open_assessment(
        unit=country_unit, framework=framework or main_edition().id, period=period, by=None, at=AT
    )


def test_an_assessment_is_refused_where_it_makes_no_sense(country: Country, cast: Cast) -> None:
    open_net()

    with pytest.raises(rules.EditionNotForLevel, match="không dùng cho cấp xã"):
        _open(country.merged, "dti-tinh-2022")
    with pytest.raises(rules.PeriodAhead, match="01/01/2027"):
        _open(country.merged, period=Period.year(2027))
    with pytest.raises(rules.UnitEnded, match="Xã Hồ Thầu đã kết thúc hoạt động ngày 01/07/2025"):
        _open(country.old_ho_thau)


def test_one_current_publication_is_kept_by_the_database(country: Country, cast: Cast) -> None:
    found = _again(_published(country, cast))
    found.pk = None

    with pytest.raises(IntegrityError, match="one_current_publication"), transaction.atomic():
        found.save()


def test_a_reading_knows_its_day() -> None:
    reading = Reading("x", 1, 2, as_of="2026-10-31")

    assert reading.day == date(2026, 10, 31)
    assert replace(reading, as_of="").day is None
