"""The same form and the same pages with scripts switched off."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import CERTIFICATE, STAR_PAGE, Visit

TRAINED = "Số cán bộ, công chức xã đã được bồi dưỡng"


def test_the_form_is_filled_and_corrected_without_javascript(visit: Visit, neighbor: str) -> None:
    page = visit("lang-gieng", java_script_enabled=False)
    page.goto(f"{neighbor}nhom/CHUNG/")
    box = page.get_by_label(TRAINED)
    before = box.input_value()
    box.fill("999999")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("heading", name="Chưa lưu hết")).to_be_visible()
    expect(page.get_by_text("Có thể thừa một chữ số.").first).to_be_visible()
    expect(box).to_have_value("999999")

    total = page.get_by_label("Tổng số cán bộ, công chức hiện có của xã").first.input_value()
    box.fill(total)
    assert total != before
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text(re.compile(r"Đã lưu lúc \d\d:\d\d\."))).to_be_visible()
    page.goto(f"{neighbor}nhom/CHUNG/")
    expect(box).to_have_value(total)


def test_public_pages_read_without_javascript(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Tìm xã, phường, đặc khu").fill("hoang su phi")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Xã Hoàng Su Phì", exact=True).click()
    expect(page).to_have_url(re.compile(f"{STAR_PAGE}$"))
    expect(page.get_by_role("heading", level=1, name="Xã Hoàng Su Phì")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Xã đang ở mức \d trên 5"))).to_be_visible()
    page.goto("/noi/08/")
    page.get_by_text("Xem dạng bảng", exact=True).click()
    expect(page.get_by_role("region", name="Bảng: Mức của từng xã, Tỉnh Tuyên Quang")).to_be_visible()
    expect(page.get_by_role("button", name="Đổi nền sáng, tối")).to_have_count(0)  # needs a script, so it is not shown


def test_a_certificate_is_found_and_read_without_javascript(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/so-cong-nhan/")
    page.get_by_label("Tra số giấy công nhận").fill(CERTIFICATE.split("/")[2].replace("-", " ").lower())
    page.get_by_role("button", name="Tra", exact=True).click()
    expect(page).to_have_url(re.compile(f"{CERTIFICATE}$"))
    expect(page.get_by_text("412/QĐ-UBND").first).to_be_visible()
