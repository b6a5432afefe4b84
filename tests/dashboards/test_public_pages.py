"""What anyone may read: without signing in, without script, in few statements and few bytes."""

import csv
import gzip
import re
from io import StringIO

import pytest
from django.db import connection

from langso.assessments import actions
from langso.assessments.models import Publication
from langso.ui import kept
from tests.cast import Cast
from tests.country import Country
from tests.factories import (
    AT,
    at_most,
    come_in,
    fill,
    main_edition,
    open_assessment,
    report,
    text_of,
    visitor,
    whole,
)


@pytest.fixture
def published(country: Country, cast: Cast) -> Publication:
    come_in(cast.officer)
    fill(country.merged, by=cast.officer, share=60)
    report(country.merged, "CQ.2", whole(1, 100, source="=cmd|' /C calc'!A0"), by=cast.officer)
    return actions.publish(assessment=open_assessment(country.merged), by=cast.officer.id, at=AT)


PAGES = (
    "/",
    "/ca-nuoc.csv",
    "/tim/?q=yen hoa",
    "/noi/00001/",
    "/noi/00001/2025-06-30/",
    "/noi/00010/",
    "/noi/00007/",
    "/noi/00007/2025-06-30/",
    "/noi/08/",
    "/noi/15/",
    "/noi/08/xa.csv",
    "/noi/026/2025-06-30/",
    "/khung/",
    "/khung/khung-cds-1.0-minh-hoa/",
)


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_is_read_without_signing_in_and_sets_no_cookie(address: str, published: Publication) -> None:
    answer = visitor().get(address)

    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_asks_little_of_the_database(address: str, published: Publication) -> None:
    client = visitor()
    client.get(address)

    with at_most(12):
        client.get(address)


@pytest.mark.parametrize("address", [a for a in PAGES if not a.endswith(".csv")])
def test_a_public_page_is_small_whole_and_needs_no_script(address: str, published: Publication) -> None:
    html = text_of(visitor().get(address))

    assert len(gzip.compress(html.encode())) < 60_000
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert '<html lang="vi"' in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert " onclick=" not in html


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_carries_its_guards(address: str, published: Publication) -> None:
    headers = visitor().get(address).headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_commune_says_its_level_what_is_missing_and_who_stands_behind_the_figures(
    published: Publication,
) -> None:
    html = text_of(visitor().get("/noi/00001/"))

    assert "Xã Bản Vược" in html
    assert "mức 1" in html
    assert "Chưa qua thẩm định" in html
    assert "31/10/2026" in html
    for name in ("Xã Yên Hoà", "Xã Hồ Thầu", "1684/NQ-UBTVQH15"):
        assert name in html


def test_an_old_commune_leads_to_what_it_became(published: Publication) -> None:
    html = text_of(visitor().get("/noi/00001/2025-06-30/"))

    assert "<h1>Xã Yên Hoà</h1>" in html
    assert "kết thúc hoạt động" in html
    assert 'href="/noi/00001/"' in html
    assert "Xã Bản Vược" in html


def test_an_old_code_that_nobody_holds_today_leads_to_its_last_holder(published: Publication) -> None:
    answer = visitor().get("/noi/00004/")

    assert answer.status_code == 302
    assert "/noi/00004/2025-06-30/" in answer.headers["Location"]


def test_a_split_commune_shows_both_heirs(country: Country) -> None:
    html = text_of(visitor().get("/noi/00010/2025-06-30/"))

    assert "Xã Tân Tiến" in html
    assert "Xã Thông Nguyên" in html


@pytest.mark.parametrize(
    "address",
    [
        "/noi/99999/",
        "/noi/abc/",
        "/noi/00001/2025-02-31/",
        "/ket-qua/999999.csv",
        "/noi/'/",
        "/noi/%00/",
        "/noi/1234/",
        "/noi/%00/xa.csv",
        "/noi/²²/",
        "/noi/%00/2025-06-30/",
        "/noi/00001/%00/",
    ],
)
def test_what_is_not_there_is_not_found_in_words(address: str, country: Country) -> None:
    answer = visitor().get(address)

    assert answer.status_code == 404
    assert "Không có trang này" in text_of(answer)


def test_a_name_that_was_and_is_shows_all_candidates(country: Country) -> None:
    html = text_of(visitor().get("/tim/?q=xã Yên Hoà"))

    assert "/noi/00001/" in html
    assert "/noi/10558/" in html


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "'; drop table x", "x" * 400, "\x00", "%"])
def test_no_search_breaks_the_page(text: str, country: Country) -> None:
    answer = visitor().get("/tim/", {"q": text})

    assert answer.status_code == 200
    assert "<script>alert" not in text_of(answer)


@pytest.mark.parametrize(
    "query", ["trang=-1", "trang=999", "trang=²", "trang=abc", "xep=khong", "xep=-muc", "q=%00", "tai=xls"]
)
def test_no_parameter_breaks_a_list(query: str, country: Country, cast: Cast) -> None:
    assert visitor().get(f"/noi/08/?{query}").status_code == 200
    assert visitor(cast.appraiser).get(f"/danh-gia/?{query}").status_code == 200
    assert visitor(cast.appraiser).get(f"/nguoi/?{query}").status_code == 200


def _csv(address: str) -> list[list[str]]:
    answer = visitor().get(address)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = text_of(answer)
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"))))


def test_a_result_is_open_data_without_formulas(published: Publication) -> None:
    rows = _csv(f"/ket-qua/{published.pk}.csv")

    head, *lines = rows
    by_code = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    assert set(by_code) == {c.code for c in main_edition().criteria}
    assert by_code["CQ.2"]["nguon"] == "'=cmd|' /C calc'!A0"
    assert all(not cell.startswith(("=", "+", "@", "\t", "\r")) for line in lines for cell in line)


def test_the_table_of_a_province_and_of_the_country_count_the_same(published: Publication) -> None:
    province = _csv("/noi/08/xa.csv")
    country = {row[0]: row for row in _csv("/ca-nuoc.csv")}

    assert len(province) - 1 == int(country["08"][2]) == 4
    assert int(country["08"][3]) == sum(bool(row[5]) for row in province[1:]) == 1


@pytest.mark.parametrize("address", ["/", "/noi/00001/", "/noi/08/", "/khung/khung-cds-1.0-minh-hoa/"])
def test_thresholds_of_an_illustrative_edition_say_so(address: str, published: Publication) -> None:
    assert main_edition().note in text_of(visitor().get(address))


def test_an_issued_edition_does_not_say_that_it_is_illustrative(country: Country) -> None:
    assert main_edition().note not in text_of(visitor().get("/khung/ntm-2021-8/"))


def test_simulated_figures_say_so_where_they_are_shown(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    report(country.merged, "CQ.2", whole(1, 2), origin="simulated")
    actions.publish(assessment=open_assessment(country.merged), by=None, at=AT)

    for address in ("/", "/noi/00001/", "/noi/08/"):
        assert "mô phỏng" in text_of(visitor().get(address)), address


def test_drafts_are_nowhere_to_be_seen_by_the_public(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    report(country.merged, "CQ.2", whole(1237, 4321, source="Nguồn-nội-bộ"), by=cast.officer)
    open_assessment(country.merged)

    for address in PAGES:
        assert "Nguồn-nội-bộ" not in text_of(visitor().get(address))
        assert "1.237" not in text_of(visitor().get(address))


def test_personal_names_stay_off_public_pages(published: Publication, cast: Cast) -> None:
    for address in PAGES:
        assert cast.officer.person.full_name not in text_of(visitor().get(address))


def test_a_commune_that_goes_on_is_shown_as_it_was_on_an_earlier_day(country: Country) -> None:
    html = text_of(visitor().get("/noi/00007/2025-06-30/"))

    assert "<h1>Xã Nậm Dịch</h1>" in html
    assert "Đang xem theo ngày 30/06/2025." in html
    assert 'href="/noi/00007/"' in html
    assert "/noi/026/2025-06-30/" in html
    assert "kết thúc hoạt động" not in html
    assert "chưa công bố" not in html


def test_a_result_is_not_shown_with_an_earlier_day(country: Country, cast: Cast) -> None:
    come_in(cast.neighbour)
    fill(country.neighbour, by=cast.neighbour, share=60)
    actions.publish(assessment=open_assessment(country.neighbour), by=cast.neighbour.id, at=AT)

    assert "Chưa qua thẩm định" in text_of(visitor().get("/noi/00007/"))
    assert "Chưa qua thẩm định" not in text_of(visitor().get("/noi/00007/2025-06-30/"))


@pytest.mark.parametrize("address", ["/noi/00007/", "/noi/00007/2025-06-30/"])
def test_a_place_lists_its_names_and_the_units_above_it_with_their_days(address: str, country: Country) -> None:
    html = text_of(visitor().get(address))

    assert "<dt>Xã Nậm Dịch</dt><dd>từ trước đến nay</dd>" in html
    assert "<dt>Thuộc Huyện Thượng Nguồn, Tỉnh Sông Chảy</dt><dd>từ trước đến trước ngày 01/07/2025</dd>" in html
    assert "<dt>Thuộc Tỉnh Sông Chảy</dt><dd>từ ngày 01/07/2025 đến nay</dd>" in html


@pytest.mark.parametrize(("asked", "led"), [("2024-05-01", "2025-06-30/"), ("2025-12-01", "")])
def test_all_days_on_which_a_unit_was_the_same_have_one_address(asked: str, led: str, country: Country) -> None:
    answer = visitor().get(f"/noi/00007/{asked}/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/noi/00007/{led}")


def _kept_pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from dashboards_keptpage")
        return int(cursor.fetchone()[0])


def test_pages_of_another_day_are_not_kept(country: Country) -> None:
    before = _kept_pages()
    visitor().get("/noi/00007/2025-06-30/")
    assert _kept_pages() == before

    visitor().get("/noi/00007/")
    assert _kept_pages() == before + 1


def test_a_page_that_cannot_be_kept_is_answered_all_the_same(
    country: Country, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kept, "_KEEP", "select 1/0, %s, %s, %s")
    answer = visitor().get("/noi/00007/")

    assert answer.status_code == 200
    assert "Xã Nậm Dịch" in text_of(answer)
    assert [r.levelname for r in caplog.records if r.name == kept.__name__] == ["WARNING"]
