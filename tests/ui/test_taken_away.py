"""Every table that is taken away as CSV is taken away as Excel too."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from langso.ui.listing import as_xlsx, csv_answer
from tests.cast import Cast
from tests.country import Country
from tests.factories import open_cycle, open_net, text_of, visitor


def _sheet(answer: Any) -> list[tuple[object, ...]]:
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_codes_stay_texts_numbers_become_numbers_and_formulas_stay_harmless() -> None:
    csv = csv_answer("bang", ["ma", "ten", "so"], [["14701", "=1+1", 2.5], ["01021", "Xã A", 3]])

    assert _sheet(as_xlsx(csv)) == [("ma", "ten", "so"), ("14701", "=1+1", 2.5), ("01021", "Xã A", 3)]


def test_the_queue_comes_as_excel_with_the_rows_of_its_csv(db: None, cast: Cast, country: Country) -> None:
    open_net()
    open_cycle(country.province, country.merged, country.neighbour)
    browser = visitor(cast.appraiser)

    page = text_of(browser.get("/tham-dinh/?buoc=tat-ca"))
    lines = text_of(browser.get("/tham-dinh/?buoc=tat-ca&tai=csv")).splitlines()
    rows = _sheet(browser.get("/tham-dinh/?buoc=tat-ca&tai=xlsx"))

    assert "tai=xlsx" in page
    assert len(rows) == len(lines) == 3
    assert rows[1][0] == "Xã Bản Vược"
