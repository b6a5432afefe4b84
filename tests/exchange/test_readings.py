"""A province's table of readings: read whole, or given back with its faulty cells marked."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from langso.criteria.edition import Kind
from langso.files import actions as files
from langso.files.models import StoredFile
from langso.measures.models import ReportedFigure, SystemReading
from tests.cast import Cast
from tests.country import Country
from tests.factories import at_most, facts, first_field, measure_of, open_net, report, text_of, visitor, whole

ADDRESS = "/so-lieu-he-thong/"
RATIO = first_field(Kind.SHARE, ratio=True)[0]
YES_NO = first_field(Kind.YES_NO)[0]
KEY = measure_of(RATIO).key
HEAD = ["Đơn vị", "Chỉ tiêu", "Tử số", "Mẫu số", "Giá trị", "Ngày số liệu", "Hệ thống"]
SYSTEM = "Cổng dịch vụ công quốc gia"


def _csv(*rows: list[Any], head: list[str] | None = None, separator: str = ",") -> bytes:
    lines = [head or HEAD, *rows]
    return "\n".join(separator.join(map(str, line)) for line in lines).encode("utf-8-sig")


def _xlsx(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in [HEAD, *rows]:
        book.worksheets[0].append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _send(player: Any, content: bytes, name: str = "bang.csv", **more: str) -> Any:
    return visitor(player).post(ADDRESS, {"tep": SimpleUploadedFile(name, content), "ky": "2026"} | more)


def _readings() -> list[tuple[str, Any, Any, Any, str]]:
    open_net()
    rows = SystemReading.objects.current().order_by("unit", "measure", "system")
    return [(r.measure, r.numerator, r.denominator, r.value, r.system) for r in rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_with_codes_or_names_is_taken_in(separator: str, country: Country, cast: Cast) -> None:
    content = _csv(
        ["00001", RATIO, "18", "27", "", "31/10/2026", SYSTEM],
        ["xã nậm dịch", KEY, "1.234", "2.716", "", "", SYSTEM],
        ["1", YES_NO, "", "", "Có", "", "Cổng tỉnh"],
        separator=separator,
    )

    answer = _send(cast.appraiser, content)

    assert facts(answer.status_code, answer.headers["Location"]) == (302, f"{ADDRESS}?ky=2026")
    found = _readings()
    assert (KEY, 18, 27, None, SYSTEM) in found
    assert (KEY, 1234, 2716, None, SYSTEM) in found
    assert (measure_of(YES_NO).key, None, None, 1, "Cổng tỉnh") in found
    assert len(found) == 3


def test_an_excel_table_is_taken_in_and_the_same_again_writes_nothing(country: Country, cast: Cast) -> None:
    content = _xlsx([1, RATIO, 18, 27, None, None, SYSTEM], ["Xã Nậm Dịch", RATIO, 3, 4, None, None, SYSTEM])

    _send(cast.appraiser, content, "bang.xlsx")
    again = visitor(cast.appraiser)
    answer = again.post(ADDRESS, {"tep": SimpleUploadedFile("bang.xlsx", content), "ky": "2026"}, follow=True)

    assert "ghi 0 số mới" in text_of(answer)
    assert len(_readings()) == 2
    open_net()
    assert SystemReading.objects.count() == 2


def test_what_communes_report_is_left_alone(country: Country, cast: Cast) -> None:
    open_net()
    report(country.merged, RATIO, whole(20, 27), by=cast.officer)

    _send(cast.appraiser, _csv(["00001", RATIO, "18", "27", "", "", SYSTEM]))

    open_net()
    assert ReportedFigure.objects.current().get(measure=KEY).numerator == 20


def test_one_faulty_cell_keeps_every_row_out_and_each_is_marked(country: Country, cast: Cast) -> None:
    content = _csv(
        ["00001", RATIO, "18", "27", "", "", SYSTEM],
        ["10555", RATIO, "18", "27", "", "", SYSTEM],
        ["Xã Không Có", RATIO, "18", "27", "", "", SYSTEM],
        ["00007", "XX.9", "18", "27", "", "", SYSTEM],
        ["00007", RATIO, "hai", "27", "", "", ""],
        ["00010", RATIO, "28", "27", "", "", SYSTEM],
        ["00013", RATIO, "28", "", "", "32/13/2026", SYSTEM],
    )

    answer = _send(cast.appraiser, content)

    assert answer.status_code == 422
    page = text_of(answer)
    assert "Chưa nhập dòng nào. Có" in page
    assert _readings() == []
    open_net()
    kept = StoredFile.objects.get(name__startswith="o-sai")
    sheet = load_workbook(BytesIO(files.read(kept))).worksheets[0]
    marked = {c.coordinate: str(c.comment.text) for row in sheet.iter_rows() for c in row if c.comment}
    assert set(marked) == {"A3", "A4", "B5", "C6", "G6", "C7", "F8"}
    assert "Xã Không Có" in marked["A4"]
    assert sheet["A2"].value == "00001"


def test_faults_that_only_the_rules_see_are_marked_at_their_cells(country: Country, cast: Cast) -> None:
    content = _csv(
        ["10555", RATIO, "18", "27", "", "", SYSTEM],
        ["00010", RATIO, "28", "27", "", "", SYSTEM],
        ["00013", RATIO, "28", "", "", "", SYSTEM],
        ["00007", RATIO, "1", "2", "", "", SYSTEM],
        ["00007", KEY, "1", "2", "", "", SYSTEM],
    )

    _send(cast.appraiser, content)

    open_net()
    sheet = load_workbook(BytesIO(files.read(StoredFile.objects.get(name__startswith="o-sai")))).worksheets[0]
    assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} == {"A2", "C3", "D4", "A6"}
    assert _readings() == []


def test_a_cell_that_looks_like_a_formula_stays_text(country: Country, cast: Cast) -> None:
    _send(cast.appraiser, _csv(["=cmd()", RATIO, "18", "27", "", "", SYSTEM]))

    open_net()
    sheet = load_workbook(BytesIO(files.read(StoredFile.objects.get(name__startswith="o-sai")))).worksheets[0]
    assert facts(sheet["A2"].value, sheet["A2"].data_type) == ("=cmd()", "s")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "bang.csv", "Tệp trống"),
        (b"\xff\xfe\x00a", "bang.csv", "không phải UTF-8"),
        (b"khong phai excel", "bang.xlsx", "không phải bảng Excel"),
        (_csv(["a"], head=["Xã", "Số"]), "bang.csv", "Thiếu cột Chỉ tiêu, Hệ thống"),
        (_csv(), "bang.csv", "Tệp trống"),
        (_csv(*[["00001"]] * 5001), "bang.csv", "nhiều nhất 5000"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    content: bytes, name: str, said: str, country: Country, cast: Cast
) -> None:
    answer = _send(cast.appraiser, content, name)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert _readings() == []


def test_the_list_shows_and_gives_away_only_what_is_in_reach(country: Country, cast: Cast) -> None:
    _send(
        cast.appraiser,
        _csv(["00001", RATIO, "18", "27", "", "", SYSTEM], ["00007", RATIO, "3", "4", "", "", "Cổng tỉnh"]),
    )
    _send(cast.ministry_admin, _csv(["10555", RATIO, "1", "2", "", "", SYSTEM]))
    client = visitor(cast.appraiser)

    with at_most(16):
        page = text_of(client.get(ADDRESS))
    rows = text_of(client.get(f"{ADDRESS}?tai=csv")).splitlines()

    assert "Xã Bản Vược" in page
    assert "Xã Bảo Hà" not in page
    assert len(rows) == 3
    assert any(row.startswith(f"00001,Xã Bản Vược,{KEY},") for row in rows)
    filtered = text_of(client.get(f"{ADDRESS}?q=nam+dich&he-thong=tỉnh&tai=csv"))
    assert len(filtered.splitlines()) == 2
    assert "Kỳ này chưa có số liệu hệ thống nào" in text_of(client.get(f"{ADDRESS}?ky=2025"))


@pytest.mark.parametrize("who", ["officer", "head", "verifier", "volunteer", "stranger"])
def test_who_does_not_appraise_does_not_come_in(who: str, country: Country, cast: Cast) -> None:
    player = getattr(cast, who)

    assert visitor(player).get(ADDRESS).status_code == 403
    assert _send(player, _csv(["00001", RATIO, "18", "27", "", "", SYSTEM])).status_code == 403
    assert _readings() == []
