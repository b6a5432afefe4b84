"""Đi hộ and the real house: from the code of the commune to the receipt on its desk, and a conflict resolved there."""

import re
from datetime import UTC, date, datetime

from playwright.sync_api import Page, expect

from langso.lib.period import day_of
from tests.browser.conftest import Visit
from tests.browser.handset import Phone, Take


def test_a_visit_goes_from_a_code_of_the_commune_to_the_commune(visit: Visit, phone: Take, copy: str) -> None:
    """The real house: the officer gives a code, the member writes a visit, the receipt is found again at the desk."""
    desk = visit("can-bo")
    p = _enrolled(desk, phone, copy, nth=0)
    p.context.set_offline(True)
    p.today()
    p.page.locator(".house").first.click()
    p.page.get_by_label("An toàn trên mạng").check()
    p.page.get_by_label("Làm được, cần giúp thêm").check()
    p.page.get_by_role("button", name="Lưu lượt này").click()
    p.heading("Hộ hôm nay")
    assert p.unsent() >= 1
    p.context.set_offline(False)
    p.go("gui")
    receipt = p.page.locator(".rc", has_text="An toàn trên mạng").locator("code")
    expect(receipt).to_be_visible()
    desk.goto(f"/may/?bien-nhan={receipt.inner_text().removeprefix('Biên nhận ')}")
    expect(desk.get_by_text("gửi, nhận lúc")).to_be_visible()


def test_two_who_wrote_one_household_are_parted_at_the_desk_and_the_phone_hears_of_it(
    visit: Visit, phone: Take, copy: str
) -> None:
    """The member writes offline; the commune wrote the same household that day. A person chooses, the phone is told."""
    desk = visit("can-bo")
    p = _enrolled(desk, phone, copy)
    p.context.set_offline(True)
    p.today()
    house = p.page.locator(".house").first
    head = house.locator("b").first.inner_text()  # read before the screen changes
    assert head
    house.click()
    p.page.get_by_label("Sổ sức khỏe điện tử").check()
    p.page.get_by_label("Bà con tự làm được").check()
    p.page.get_by_role("button", name="Lưu lượt này").click()
    p.heading("Hộ hôm nay")

    desk.goto("/ho/?q=" + head)
    desk.goto(_first_link(desk, r"/ho/\d+/") + "ghi-luot/")
    desk.get_by_label("Ngày đến hộ").fill(f"{_today():%d/%m/%Y}")
    desk.get_by_label("Chữ ký số cá nhân").check()
    desk.get_by_label("Làm được, cần giúp thêm").check()
    desk.get_by_role("button", name="Ghi lượt này").click()
    expect(desk.get_by_text("Đã ghi lượt.")).to_be_visible()

    p.context.set_offline(False)
    p.go("gui")
    row = p.page.locator(".rc", has_text="Sổ sức khỏe điện tử")
    expect(row.get_by_text("Cần xem lại")).to_be_visible()
    expect(row.get_by_text("cũng ghi hộ này cùng ngày")).to_be_visible()

    desk.goto("/can-xem-lai/")
    pair = desk.locator("article", has_text="Sổ sức khỏe điện tử")
    expect(pair.get_by_text("Chữ ký số cá nhân")).to_be_visible()
    pair.get_by_role("button", name="Tính bản của").click()
    expect(desk.get_by_text("Đã chọn.")).to_be_visible()

    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(row.get_by_text("Đã gửi")).to_be_visible()
    expect(row.get_by_text("Xã đã chọn bản này")).to_be_visible()


def _today() -> date:
    return day_of(datetime.now(UTC))


def _enrolled(desk: Page, phone: Take, copy: str, nth: int = 1) -> Phone:
    """A phone of the n-th team's first member, enrolled by a code of the desk."""
    desk.goto("/to/")
    desk.goto(_links(desk, r"/to/\d+/")[nth])
    desk.goto(_first_link(desk, r"/may/moi/\d+/"))
    desk.get_by_role("button", name="Cấp mã").click()
    found = phone(base_url=copy)
    found.enrol(desk.locator(".code-big").inner_text())
    found.installed()
    return found


def _links(page: Page, pattern: str) -> list[str]:
    found = page.locator("main a").evaluate_all("links => links.map(a => a.getAttribute('href') || '')")
    return [str(link) for link in found if re.fullmatch(pattern, link)]


def _first_link(page: Page, pattern: str) -> str:
    return _links(page, pattern)[0]
