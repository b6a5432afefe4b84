"""A copy that was taken before somebody else wrote: nothing of theirs is lost, nothing of one's own goes unsaid."""

from decimal import Decimal

from langso.assessments.models import Assessment
from langso.ledger.models import Entry as Line
from langso.measures.models import ReportedFigure
from langso.measures.rules import Entry, standing
from tests.assessments.test_form import GOOD, _saved
from tests.assessments.test_workbook import Sheet, _filled, _made, _right, _sent, assessment
from tests.cast import Cast
from tests.country import Country
from tests.factories import measure_of, report, text_of, whole

__all__ = ["assessment"]  # the fixture of the workbook's tests


def _now(country: Country, code: str = "CQ.2") -> ReportedFigure:
    return ReportedFigure.objects.current().get(unit=country.merged, measure=measure_of(code).key)


def test_what_is_left_as_it_was_is_not_written_back() -> None:
    before, theirs, mine = (Entry(numerator=Decimal(n), denominator=Decimal(9)) for n in (1, 2, 3))
    assert standing(before, base=before, now=theirs) == "same"
    assert standing(theirs, base=before, now=theirs) == "same"
    assert standing(mine, base=before, now=before) == "write"
    assert standing(mine, base=before, now=theirs) == "overtaken"


def test_a_figure_changed_within_the_hour_by_its_first_writer_is_still_seen_by_the_second(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    opened = _saved(assessment, cast.officer, GOOD)["bases"]
    _saved(assessment, cast.officer, {"CQ.2-tu": "2.000"} | opened)

    told = _saved(assessment, cast.colleague, GOOD | {"CQ.2-tu": "77"} | opened)

    assert "đã ghi 2.000 trên 2.716" in told["errors"]["CQ.2-tu"]
    assert _now(country).numerator == 2000


def test_an_old_workbook_leaves_alone_what_it_did_not_change(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    report(country.merged, "CQ.2", whole(77, 100), by=cast.officer)
    sheet = Sheet(_made(country.merged))
    report(country.merged, "CQ.2", whole(90, 100), by=cast.colleague)
    sheet.put("CQ.3", top=5, bottom=10)

    assert _sent(assessment, cast, sheet.bytes()).status_code == 302

    assert _now(country).numerator == 90
    assert _now(country, "CQ.3").numerator == 5


def test_an_old_workbook_that_changes_what_moved_on_comes_back_marked(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    report(country.merged, "CQ.2", whole(77, 100), by=cast.officer)
    sheet = Sheet(_made(country.merged))
    report(country.merged, "CQ.2", whole(90, 100), by=cast.colleague)
    sheet.put("CQ.2", top=80)
    sheet.put("CQ.3", top=5, bottom=10)

    answer = _sent(assessment, cast, sheet.bytes())

    assert answer.status_code == 422
    assert "đã ghi 90 trên 100" in text_of(answer)
    assert _now(country).numerator == 90
    assert not ReportedFigure.objects.filter(measure=measure_of("CQ.3").key).exists()


def test_a_formula_without_a_result_and_an_error_are_faults_not_empty_cells(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    def change(sheet: Sheet) -> None:
        _right(sheet)
        sheet.put("CQ.4", top="=2+3", bottom=10)
        sheet.put("CQ.5", top="#REF!", bottom=10)

    content = _filled(country.merged, change)

    answer = _sent(assessment, cast, content)

    assert answer.status_code == 422
    assert "Ghi thẳng con số" in text_of(answer)
    assert "#REF!" in text_of(answer) or text_of(answer).count("Ghi thẳng con số") == 2
    assert not ReportedFigure.objects.filter(unit=country.merged).exists()


def test_half_a_ratio_is_a_fault_in_a_workbook(assessment: Assessment, country: Country, cast: Cast) -> None:
    answer = _sent(assessment, cast, _filled(country.merged, lambda sheet: sheet.put("CQ.2", top=5)))

    assert answer.status_code == 422
    assert "Còn thiếu" in text_of(answer)
    assert not ReportedFigure.objects.filter(unit=country.merged).exists()


def test_every_change_is_in_the_ledger(assessment: Assessment, country: Country, cast: Cast) -> None:
    bases: dict[str, str] = {}
    for top in ("1.874", "1.875", "1.876"):
        bases = _saved(assessment, cast.officer, GOOD | {"CQ.2-tu": top} | bases)["bases"]

    written = [line.facts["numerator"] for line in Line.objects.filter(what__startswith="measures.").order_by("line")]
    assert [n for n in written if n in ("1874", "1875", "1876")] == ["1874", "1875", "1876"]
