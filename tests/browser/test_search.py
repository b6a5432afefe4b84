"""The home page finds a place however people write it."""

import re
import unicodedata

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


def _ask(page: Page, text: str) -> None:
    page.goto("/")
    page.get_by_label("Tìm xã, phường, đặc khu").fill(text)
    page.get_by_role("button", name="Tìm").click()


@pytest.mark.parametrize(
    "text",
    ["Hoàng Su Phì", "hoang su phi", "HOÀNG SU PHÌ", unicodedata.normalize("NFD", "xã Hoàng Su Phì")],
    ids=["marks", "no marks", "capitals", "decomposed"],
)
def test_a_commune_is_found_with_and_without_marks(visit: Visit, text: str) -> None:
    page = visit()
    _ask(page, text)
    first = page.locator("main li a.main").first
    expect(first).to_have_text("Xã Hoàng Su Phì")
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Hoàng Su Phì")


def test_an_old_name_leads_to_the_unit_of_that_day_and_to_its_heir(visit: Visit) -> None:
    page = visit()
    _ask(page, "thị trấn Vinh Quang")
    page.get_by_role("link", name="Thị trấn Vinh Quang").first.click()
    expect(page.get_by_text(re.compile(r"Đơn vị này đã kết thúc hoạt động ngày\s01/0?7/2025"))).to_be_visible()
    page.get_by_role("link", name="Xã Hoàng Su Phì").first.click()
    expect(page.get_by_role("heading", name="Hình thành từ đâu")).to_be_visible()


def test_a_whole_address_leads_to_the_unit_of_that_day_and_to_todays(visit: Visit) -> None:
    page = visit()
    _ask(page, "Thôn 5, xã Yên Hoà, Yên Mô, Ninh Bình")
    today = page.locator("main li").filter(has_text="Trước đây: Xã Yên Hòa")
    expect(today.get_by_role("link", name="Xã Yên Mô", exact=True)).to_be_visible()
    old = page.locator("main li").filter(has_text="Đến hết ngày 30/06/2025")
    expect(old.get_by_role("link", name="Xã Yên Hòa", exact=True)).to_be_visible()


def test_a_misspelled_name_is_met_with_a_suggestion_that_works(visit: Visit) -> None:
    page = visit()
    _ask(page, "Hoàng Xu Phì")
    expect(page.get_by_text("Không thấy nơi nào tên “Hoàng Xu Phì”.")).to_be_visible()
    expect(page.get_by_text("Có phải “Hoàng Su Phì”?")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Hoàng Su Phì").click()
    expect(page.locator("main li a.main").first).to_have_text("Xã Hoàng Su Phì")


def test_a_name_that_is_nowhere_says_so_and_shows_a_way_on(visit: Visit) -> None:
    page = visit()
    _ask(page, "qwxz jkqw vvrt")
    expect(page.get_by_text("Không thấy nơi nào tên “qwxz jkqw vvrt”.")).to_be_visible()
    expect(page.get_by_text("Thử gõ thêm tên huyện cũ hoặc tên tỉnh.")).to_be_visible()
    page.get_by_role("link", name="Xem bản đồ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã mình đang ở mức nào, còn thiếu gì?")
