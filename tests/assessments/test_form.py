"""The figures on the screen: saved as one types, what is right is kept and what is wrong is named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import pytest
from django.db import connection, transaction

from langso.assessments.models import Assessment
from langso.measures.models import ReportedFigure
from langso.measures.queries import figures_of
from tests.cast import Cast, Player
from tests.conftest import World
from tests.country import Country
from tests.factories import (
    AT,
    PERIOD,
    at_most,
    facts,
    fill,
    measure_of,
    open_assessment,
    open_net,
    report,
    text_of,
    visitor,
    whole,
)

GOOD = {"CQ.2-tu": "1.874", "CQ.2-mau": "2.716", "CQ.2-ngay": "31/10/2026", "CQ.2-nguon": "Cổng dịch vụ công"}


@pytest.fixture
def assessment(country: Country, cast: Cast) -> Assessment:
    open_net()
    return open_assessment(country.merged, by=cast.officer)


def _page(assessment: Assessment, group: str = "CQS") -> str:
    return f"/danh-gia/{assessment.pk}/nhom/{group}/"


def _saved(assessment: Assessment, player: Player, data: dict[str, str], group: str = "CQS") -> dict[str, Any]:
    answer = visitor(player).post(f"{_page(assessment, group)}luu/", data)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def _figures(country: Country) -> dict[str, ReportedFigure]:
    open_net()
    return figures_of(country.merged, PERIOD)


def test_what_is_typed_is_saved_and_answered_with_its_result(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    answer = _saved(assessment, cast.officer, GOOD)

    figure = _figures(country)[measure_of("CQ.2").key]
    assert facts(figure.numerator, figure.denominator, figure.source) == (1874, 2716, "Cổng dịch vụ công")
    assert answer["errors"] == {}
    assert "68,99%" in answer["results"]["CQ.2"]
    assert answer["bases"] == {"CQ.2-goc": str(figure.pk)}
    assert len(answer["saved_at"]) == 5


def test_a_day_that_is_not_given_is_today_while_the_period_runs(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    _saved(assessment, cast.officer, {"CQ.2-tu": "1", "CQ.2-mau": "2"})

    assert str(_figures(country)[measure_of("CQ.2").key].as_of) == "2026-11-20"


def test_one_wrong_field_keeps_only_its_own_figure_out(assessment: Assessment, country: Country, cast: Cast) -> None:
    answer = _saved(assessment, cast.officer, GOOD | {"CQ.3-tu": "9", "CQ.3-mau": "4"})

    assert "lớn hơn" in answer["errors"]["CQ.3-tu"]
    assert set(_figures(country)) == {measure_of("CQ.2").key}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("CQ.2-tu", "9.999", "lớn hơn"),
        ("CQ.2-tu", "-5", "không phải là số đếm"),
        ("CQ.2-tu", "1,5", "không phải là số đếm"),
        ("CQ.2-tu", "một trăm", "không phải là số đếm"),
        ("CQ.2-tu", "9" * 40, "không phải là số đếm"),
        ("CQ.2-tu", "٣", "không phải là số đếm"),
        ("CQ.2-mau", "9" * 20, "quá lớn"),
        ("CQ.2-ngay", "31/02/2026", "không phải là ngày"),
        ("CQ.2-ngay", "21/11/2026", "chưa tới"),
        ("CQ.2-ngay", "01/01/1900", "trước kỳ số liệu"),
        ("CQ.2-ngayvb", "01/01/1900", "không đúng"),
        ("CQ.2-ngayvb", "31/10/2026", "số, ký hiệu"),
        ("CQ.2-nguon", "x" * 301, "300"),
    ],
)
def test_a_wrong_entry_is_refused_in_words_and_not_written(
    field: str, text: str, said: str, assessment: Assessment, country: Country, cast: Cast
) -> None:
    answer = _saved(assessment, cast.officer, GOOD | {field: text})

    assert said in " ".join(answer["errors"].values())
    assert _figures(country) == {}


def test_a_choice_that_is_not_offered_is_refused(assessment: Assessment, country: Country, cast: Cast) -> None:
    answer = _saved(assessment, cast.officer, {"C.1-gia": "2"}, "CHUNG")

    assert "C.1-gia" in answer["errors"]
    assert _figures(country) == {}


def test_yes_no_and_unknown_are_three_answers(assessment: Assessment, country: Country, cast: Cast) -> None:
    key = measure_of("C.1").key
    for text, value in (("co", 1), ("khong", 0), ("", None)):
        _saved(assessment, cast.officer, {"C.1-gia": text}, "CHUNG")
        assert _figures(country)[key].value == value


def test_decomposed_text_is_kept_composed(assessment: Assessment, country: Country, cast: Cast) -> None:
    _saved(assessment, cast.officer, GOOD | {"CQ.2-nguon": normalize("NFD", "Sổ hộ tịch")})

    assert _figures(country)[measure_of("CQ.2").key].source == "Sổ hộ tịch"


def test_markup_in_a_source_is_shown_as_text(assessment: Assessment, country: Country, cast: Cast) -> None:
    _saved(assessment, cast.officer, GOOD | {"CQ.2-nguon": "<script>alert(1)</script>\"'>"})

    for page in (_page(assessment), f"/danh-gia/{assessment.pk}/"):
        html = text_of(visitor(cast.officer).get(page))
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


def test_a_null_byte_breaks_nothing(assessment: Assessment, country: Country, cast: Cast) -> None:
    answer = visitor(cast.officer).post(f"{_page(assessment)}luu/", GOOD | {"CQ.2-nguon": "a\x00b"})

    assert answer.status_code in (200, 400, 422)


def test_someone_who_overtakes_is_told_who_wrote_what_and_nothing_is_lost(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    first = _saved(assessment, cast.officer, GOOD)

    told = _saved(assessment, cast.colleague, GOOD | {"CQ.2-tu": "5", "CQ.2-goc": ""})

    said = told["errors"]["CQ.2-tu"]
    assert "Chị Long Thị Sướng đã ghi 1.874 trên 2.716" in said
    assert "Lưu lần nữa nếu số của mình đúng hơn" in said
    assert _figures(country)[measure_of("CQ.2").key].numerator == 1874
    assert told["bases"] == first["bases"]

    again = _saved(assessment, cast.colleague, GOOD | {"CQ.2-tu": "5"} | told["bases"])

    assert again["errors"] == {}
    assert _figures(country)[measure_of("CQ.2").key].numerator == 5
    assert ReportedFigure.objects.filter(numerator=1874, replaced_at__isnull=False).exists()


def test_of_two_who_save_in_the_same_moment_one_is_told(committing: World) -> None:
    cast, country = committing.cast, committing.country
    with transaction.atomic():
        open_net()
        assessment = open_assessment(country.merged)

    def save(n: int) -> dict[str, Any]:
        player = (cast.officer, cast.colleague)[n]
        try:
            return _saved(assessment, player, GOOD | {"CQ.2-tu": str(n + 1), "CQ.2-goc": ""})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, range(2)))

    assert sorted(len(a["errors"]) for a in answers) == [0, 1]
    with transaction.atomic():
        open_net()
        assert ReportedFigure.objects.count() == 1


def test_without_script_the_page_saves_what_is_right_and_shows_what_is_not(
    assessment: Assessment, country: Country, cast: Cast
) -> None:
    answer = visitor(cast.officer).post(_page(assessment), GOOD | {"CQ.3-tu": "9", "CQ.3-mau": "4"})

    html = text_of(answer)
    assert answer.status_code == 422
    assert "Chưa lưu 1 ô có lỗi" in html
    assert 'aria-invalid="true"' in html
    assert 'value="9"' in html
    assert measure_of("CQ.2").key in _figures(country)


def test_without_script_a_right_page_leads_on(assessment: Assessment, cast: Cast) -> None:
    stay = visitor(cast.officer).post(_page(assessment), GOOD)
    on = visitor(cast.officer).post(_page(assessment), GOOD | {"tiep": "1"})

    assert (stay.status_code, stay.headers["Location"]) == (302, f"/danh-gia/{assessment.pk}/")
    assert on.headers["Location"] == _page(assessment, "KTS")


def test_the_page_shows_what_is_stored(assessment: Assessment, country: Country, cast: Cast) -> None:
    open_net()
    report(country.merged, "CQ.2", whole(1874, 2716, source="Sổ hộ tịch"), by=cast.officer)

    html = text_of(visitor(cast.colleague).get(_page(assessment)))

    for text in ('value="1.874"', 'value="2.716"', 'value="31/10/2026"', 'value="Sổ hộ tịch"'):
        assert text in html


def test_a_group_page_asks_little_of_the_database(assessment: Assessment, country: Country, cast: Cast) -> None:
    open_net()
    fill(country.merged)
    client = visitor(cast.officer)

    with at_most(12):
        assert client.get(_page(assessment)).status_code == 200


def test_an_unknown_group_is_not_found(assessment: Assessment, cast: Cast) -> None:
    assert visitor(cast.officer).get(_page(assessment, "KHONG")).status_code == 404


def test_a_form_without_its_token_is_refused(assessment: Assessment, country: Country, cast: Cast) -> None:
    answer = visitor(cast.officer, enforce_csrf_checks=True).post(f"{_page(assessment)}luu/", GOOD)

    assert answer.status_code == 403
    assert _figures(country) == {}


def test_a_later_save_of_the_same_figures_is_not_a_new_figure(
    assessment: Assessment, country: Country, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _saved(assessment, cast.officer, GOOD)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(hours=2))

    _saved(assessment, cast.officer, GOOD)

    open_net()
    assert ReportedFigure.objects.count() == 1
