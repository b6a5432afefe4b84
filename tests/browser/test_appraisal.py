"""An appraiser's evening: a clean commune from queue to conclusion, counted in presses; a doubtful one looked at."""

import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

PRESSES = 5  # said in docs/huong-dan/tham-dinh.md


class Presses:
    """Counts what a person does with a finger."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, role: str, name: str, *, first: bool = True) -> None:
        found = self.page.get_by_role(role, name=name)  # type: ignore[arg-type]
        (found.first if first else found).click()
        self.count += 1


def test_a_clean_commune_is_appraised_in_five_presses_and_well_under_three_minutes(visit: Visit) -> None:
    page = visit("tham-dinh")
    began = time.monotonic()
    hand = Presses(page)

    page.goto("/tham-dinh/?dot=tuyen-quang-2026&xep=-nghi")
    row = page.locator("tbody tr", has_text="Không có nghi vấn").first
    name = row.locator("th a").inner_text()
    row.locator("th a").click()
    hand.count += 1
    hand.press("button", "Nhận thẩm định")
    hand.press("button", "Đúng như xã khai, cả")
    while page.get_by_text("chờ kết luận.").count():  # a criterion without a paper, if there is one
        page.get_by_role("link", name="Xem ").first.click()
        page.get_by_label("Đúng như xã khai").check()
        page.get_by_role("button", name="Kết luận và sang").or_(page.get_by_role("button", name="Ghi kết luận")).click()
        page.goto(page.url.rsplit("/", 2)[0] + "/")
        hand.count += 3
    page.get_by_label("Ý kiến thẩm định").fill("Hồ sơ đầy đủ.")
    hand.count += 1
    hand.press("button", "Kết luận thẩm định")

    expect(page.get_by_text("Đã kết luận thẩm định:")).to_be_visible()
    took = time.monotonic() - began
    print(f"{name}: {hand.count} lần bấm, {took:.1f} giây của trình duyệt")
    assert hand.count == PRESSES
    assert took < 60


def test_a_doubtful_figure_shows_claim_system_and_last_cycle_side_by_side(visit: Visit) -> None:
    page = visit("tham-dinh")
    page.goto("/tham-dinh/?dot=tuyen-quang-2026&xep=nghi")
    page.locator("tbody tr", has_text="nghi vấn").locator("th a").first.click()
    page.locator("a", has_text="CQ.2.").first.click()

    for title in ("Xã tự khai", "Hệ thống đo được", "Kỳ trước", "Minh chứng", "Trao đổi với xã"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_the_star_commune_reads_why_its_file_came_back(visit: Visit, star: str) -> None:
    page = visit("can-bo")
    page.goto(f"{star}nop/")

    expect(page.get_by_text("Sở trả lại", exact=True)).to_be_visible()
    expect(page.get_by_text("Trả lại 1 tiêu chí: CQ.2.").first).to_be_visible()
