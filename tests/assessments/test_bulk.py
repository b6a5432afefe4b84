"""Many communes' files at once: each whole or not at all, and of each it is said what happened."""

import csv
import zipfile
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.worksheet.worksheet import Worksheet

from langso.assessments import bulk
from langso.assessments.models import Assessment
from langso.files.models import StoredFile
from langso.ledger.models import Entry as Line
from langso.lib.period import Period
from langso.measures.models import ReportedFigure
from langso.measures.queries import figures_of
from tests.assessments.test_foreign import READ, ROWS, _confirmed, own_table
from tests.assessments.test_workbook import Sheet, _made, _right
from tests.cast import Cast, Player
from tests.country import Country
from tests.factories import PERIOD, facts, measure_of, open_assessment, open_net, report, text_of, visitor, whole

ADDRESS = "/danh-gia/nhap-nhieu/"
Files = list[tuple[str, bytes]]


def _ours(unit: Any, *, wrong: bool = False, period: Period = PERIOD) -> bytes:
    sheet = Sheet(_made(unit, period))
    _right(sheet)
    if wrong:
        sheet.put("CQ.2", top=99, bottom=4)
    return sheet.bytes()


def _zip(files: Files) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def _post(player: Player, files: Files) -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    data = {"tep": uploads, "ky": "2026", "khung": "khung-cds-1.0-minh-hoa"}
    return visitor(player).post(ADDRESS, data)


def _told(player: Player, files: Files) -> dict[str, bulk.Outcome]:
    answer = _post(player, files)
    assert answer.status_code == 302, text_of(answer)
    open_net()
    kept = StoredFile.objects.get(pk=answer.headers["Location"].strip("/").rsplit("/", 1)[-1])
    return {o.name: o for o in bulk.answer_of(kept).outcomes}


@pytest.fixture(autouse=True)
def _arranged(country: Country, cast: Cast) -> None:
    open_net()


def test_each_file_is_taken_whole_or_left_whole(country: Country, cast: Cast) -> None:
    told = _told(
        cast.province_admin,
        [
            ("một.xlsx", _ours(country.merged)),
            ("hai.xlsx", _ours(country.neighbour, wrong=True)),
            ("ba.txt", b"ma;ten"),
            ("bốn.xlsx", _ours(country.far_commune)),
            ("năm.xlsx", _ours(country.split_one, period=Period.year(2025))),
            ("sáu.xlsx", _made(country.split_two)),
        ],
    )

    assert {name: o.state for name, o in told.items()} == {
        "một.xlsx": "written",
        "hai.xlsx": "faults",
        "ba.txt": "refused",
        "bốn.xlsx": "refused",
        "năm.xlsx": "refused",
        "sáu.xlsx": "refused",
    }
    assert (told["một.xlsx"].place, told["một.xlsx"].read, told["một.xlsx"].wrote) == ("Xã Bản Vược", 6, 6)
    assert "lớn hơn" in told["hai.xlsx"].sentence
    assert "ngoài phạm vi" in told["bốn.xlsx"].sentence
    assert "kỳ 2025" in told["năm.xlsx"].sentence
    assert "trống" in told["sáu.xlsx"].sentence
    assert set(ReportedFigure.objects.values_list("unit", flat=True)) == {country.merged.pk}
    assert set(Assessment.objects.values_list("unit", flat=True)) == {country.merged.pk}


def test_the_same_batch_again_writes_nothing_new(country: Country, cast: Cast) -> None:
    files = [("một.xlsx", _ours(country.merged)), ("hai.xlsx", _ours(country.neighbour))]
    _told(cast.province_admin, files)
    figures, kept = ReportedFigure.objects.count(), StoredFile.objects.exclude(content_type=bulk.TYPE).count()
    lines = Line.objects.filter(did__startswith="figure.").count()

    told = _told(cast.province_admin, files)

    assert {o.state for o in told.values()} == {"same"}
    assert ReportedFigure.objects.count() == figures
    assert StoredFile.objects.exclude(content_type=bulk.TYPE).count() == kept
    assert Line.objects.filter(did__startswith="figure.").count() == lines


def test_what_a_commune_wrote_since_is_not_overwritten(country: Country, cast: Cast) -> None:
    content = _ours(country.merged)
    report(country.merged, "CQ.2", whole(5, 10), by=cast.officer)

    told = _told(cast.province_admin, [("một.xlsx", content)])

    assert told["một.xlsx"].state == "faults"
    assert "Đang có 5 trên 10" in told["một.xlsx"].sentence
    assert ReportedFigure.objects.count() == 1


def test_two_files_of_one_commune_that_differ_are_not_both_taken(country: Country, cast: Cast) -> None:
    other = Sheet(_ours(country.merged))
    other.put("CQ.2", top=1, bottom=2)

    told = _told(cast.province_admin, [("một.xlsx", _ours(country.merged)), ("hai.xlsx", other.bytes())])

    assert [o.state for o in told.values()] == ["written", "faults"]
    assert facts(figures_of(country.merged, PERIOD)[measure_of("CQ.2").key].numerator) == (1874,)


def test_an_archive_is_unpacked_and_its_names_lead_nowhere(country: Country, cast: Cast) -> None:
    archive = _zip(
        [
            ("../../../etc/Bản Vược.xlsx", _ours(country.merged)),
            ("C:\\xa\\hai.xlsx", _ours(country.neighbour)),
            ("__MACOSX/._hai.xlsx", b"x"),
            ("~$hai.xlsx", b"x"),
            ("trong/lồng.zip", _zip([("a.xlsx", b"x")])),
        ]
    )

    told = _told(cast.province_admin, [("cả tỉnh.zip", archive), ("hỏng.zip", b"PK\x03\x04")])

    assert {name: o.state for name, o in told.items()} == {
        "Bản Vược.xlsx": "written",
        "hai.xlsx": "written",
        "lồng.zip": "refused",
        "hỏng.zip": "refused",
    }


def test_a_bomb_in_an_archive_is_refused_alone(country: Country, cast: Cast) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bom.xlsx", b"0" * 30_000_000)
        archive.writestr("một.xlsx", _ours(country.merged))

    told = _told(cast.province_admin, [("cả.zip", buffer.getvalue())])

    assert (told["bom.xlsx"].state, told["một.xlsx"].state) == ("refused", "written")
    assert "lớn quá 4 MB" in told["bom.xlsx"].sentence


def test_too_many_or_too_large_is_refused_before_anything_is_read(country: Country, cast: Cast) -> None:
    many = _zip([(f"{k}.xlsx", b"x") for k in range(bulk.MOST_FILES + 1)])
    for files, said in (
        ([("nhiều.zip", many)], "nhiều nhất 200"),
        ([(f"{k}.xlsx", b"0" * 27_000_000) for k in range(2)], "quá 50 MB"),
        ([], "Chưa chọn tệp nào"),
    ):
        answer = _post(cast.province_admin, files)
        assert (answer.status_code, said in text_of(answer)) == (422, True), said
    open_net()
    assert not StoredFile.objects.exists()


def test_a_table_seen_once_is_taken_from_every_commune_of_the_province(country: Country, cast: Cast) -> None:
    other = own_table(place="Xã Nậm Dịch")
    before = _told(cast.province_admin, [("bao-cao.xlsx", other)])
    assert "chưa gặp" in before["bao-cao.xlsx"].sentence
    _confirmed(open_assessment(country.merged, by=cast.officer), cast.officer, own_table())

    told = _told(
        cast.province_admin,
        [
            ("bao-cao.xlsx", other),
            ("Tân Tiến.xlsx", own_table(place="xã")),
            ("không rõ.xlsx", own_table(place="xã")),
            ("khác năm.xlsx", own_table(place="Xã Thông Nguyên", year=2025)),
        ],
    )

    assert {name: (o.state, o.place) for name, o in told.items()} == {
        "bao-cao.xlsx": ("written", "Xã Nậm Dịch"),
        "Tân Tiến.xlsx": ("written", "Xã Tân Tiến"),
        "không rõ.xlsx": ("unplaced", ""),
        "khác năm.xlsx": ("refused", ""),
    }
    assert set(figures_of(country.neighbour, PERIOD)) == {measure_of(code).key for code in READ}


def test_a_row_nobody_has_matched_keeps_a_table_out(country: Country, cast: Cast) -> None:
    _confirmed(open_assessment(country.merged, by=cast.officer), cast.officer, own_table())
    more = (*ROWS, (7, "Số máy vi tính mới mua", 3, 4, "", "", "", ""))

    told = _told(cast.province_admin, [("mới.xlsx", own_table(more, place="Xã Nậm Dịch"))])

    assert told["mới.xlsx"].state == "faults"
    assert "Số máy vi tính mới mua" in told["mới.xlsx"].sentence
    assert not figures_of(country.neighbour, PERIOD)


def test_the_answer_has_an_address_a_csv_and_all_marked_copies(country: Country, cast: Cast) -> None:
    files = [("một.xlsx", _ours(country.merged)), ("hai.xlsx", _ours(country.neighbour, wrong=True))]
    address = _post(cast.province_admin, files).headers["Location"]

    browser = visitor(cast.province_admin)
    html = text_of(browser.get(address))
    assert "Đã nhập" in html
    assert "Có ô sai" in html
    rows = list(csv.DictReader(StringIO(browser.get(f"{address}?tai=csv").content.decode("utf-8-sig"))))
    assert [(r["tep"], r["ket_qua"], r["so_lieu_ghi"]) for r in rows] == [
        ("một.xlsx", "Đã nhập", "6"),
        ("hai.xlsx", "Có ô sai", "0"),
    ]
    with zipfile.ZipFile(BytesIO(browser.get(f"{address}da-danh-dau.zip").content)) as archive:
        (name,) = archive.namelist()
        assert name == "001-xa-nam-dich-o-sai.xlsx"
        assert Sheet(archive.read(name)).cell("CQ.2", "Tử số").comment is not None
    assert f'href="{address}"' in text_of(browser.get(ADDRESS))


def test_only_who_writes_for_a_province_may_import_for_it(country: Country, cast: Cast) -> None:
    address = _post(cast.province_admin, [("một.xlsx", _ours(country.merged))]).headers["Location"]

    assert visitor(cast.officer).get(ADDRESS).status_code == 403
    assert visitor(cast.appraiser).get(ADDRESS).status_code == 403
    assert visitor(cast.officer).get(address).status_code == 404
    assert visitor(cast.stranger).get(f"{address}da-danh-dau.zip").status_code == 404
    assert visitor().get(ADDRESS).status_code == 302
    assert visitor(cast.ministry_admin).get(ADDRESS).status_code == 200


def test_an_old_table_in_a_font_before_unicode_is_placed_and_read(country: Country, cast: Cast) -> None:
    from tests.lib.test_legacy_text import _as_tcvn3

    _confirmed(open_assessment(country.merged, by=cast.officer), cast.officer, own_table())

    def lower_title(sheet: Worksheet) -> None:
        sheet["A1"] = _as_tcvn3("Ủy ban nhân dân xã nậm dịch")

    content = own_table(place="xã", written=_as_tcvn3, change=lower_title)

    assert _told(cast.province_admin, [("a.xlsx", content)])["a.xlsx"].place == "Xã Nậm Dịch"
