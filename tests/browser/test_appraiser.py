"""The appraiser's list of a hundred communes: filtered, sorted, paged, taken away as CSV."""

import csv
import re
from io import StringIO
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


def _names(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def test_the_list_is_filtered_by_name_without_marks(visit: Visit) -> None:
    page = visit("tham-dinh")
    page.goto("/viec-cua-toi/")
    page.get_by_role("link", name="Các xã trong phạm vi của tôi").click()
    assert len(_names(page)) == 50
    page.get_by_label("Lọc theo tên xã hoặc tỉnh").fill("hoang su")
    page.get_by_role("button", name="Lọc").click()
    assert _names(page) == ["Xã Hoàng Su Phì"]
    page.get_by_label("Lọc theo tên xã hoặc tỉnh").fill("không có xã này")
    page.get_by_role("button", name="Lọc").click()
    expect(page.get_by_text("Không có xã nào khớp.")).to_be_visible()


def test_the_list_is_sorted_and_the_order_is_kept_from_page_to_page(visit: Visit) -> None:
    page = visit("tham-dinh")
    page.goto("/danh-gia/")
    page.get_by_role("link", name="Còn thiếu").click()
    heading = page.get_by_role("columnheader", name="Còn thiếu")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    seen = page.locator("tbody td:nth-of-type(3)").all_inner_texts()
    page.get_by_role("link", name="Trang sau").click()
    expect(page.get_by_text(re.compile(r"Trang\s2 trên\s3"))).to_be_visible()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    seen += page.locator("tbody td:nth-of-type(3)").all_inner_texts()
    known = [int(text) for text in seen if text.isdigit()]
    assert len(seen) == 100
    assert known == sorted(known)
    assert known[0] < known[-1]
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_names_stand_in_vietnamese_order(visit: Visit) -> None:
    page = visit("tham-dinh")
    page.goto("/danh-gia/")
    names = [name.split(" ", 1)[1] for name in _names(page)]
    order = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    firsts = [order.index(name[0].lower()) for name in names]
    assert firsts == sorted(firsts)
    assert len(set(firsts)) > 5


def test_the_whole_list_is_taken_away_as_csv(visit: Visit, tmp_path: Path) -> None:
    page = visit("tham-dinh")
    page.goto("/danh-gia/")
    with page.expect_download() as started:
        page.get_by_role("link", name="Tải bảng này (CSV)").click()
    started.value.save_as(tmp_path / "danh-gia.csv")
    text = (tmp_path / "danh-gia.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == 124
    assert {"ma": "01021", "ten": "Xã Hoàng Su Phì"}.items() <= next(r for r in rows if r["ma"] == "01021").items()


def test_from_the_list_the_appraiser_reads_an_assessment_but_is_offered_no_way_to_change_it(visit: Visit) -> None:
    page = visit("tham-dinh")
    page.goto("/danh-gia/?q=hoang+su+phi")
    page.get_by_role("link", name="Xã Hoàng Su Phì", exact=True).click()
    expect(page.get_by_role("link", name="Tải bảng Excel")).to_be_visible()
    expect(page.get_by_role("link", name="Gửi bảng đã ghi")).to_have_count(0)
    expect(page.get_by_role("link", name="Xem lại rồi công bố")).to_have_count(0)
