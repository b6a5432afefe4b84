"""The main job: a commune fills its workbook and its screen, sees its level change, and publishes."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import STAR_PAGE, Visit
from tests.browser.sheet import filled, notes

ONLINE = "Số hồ sơ thủ tục hành chính thực hiện trực tuyến"
RIGHT = {
    ("CQ.2", "Tử số"): 2100,
    ("KT.2", "Tử số"): 120,
    ("XH.1", "Tử số"): 8700,
    ("CQ.9", "Tử số"): 8,
    ("CQ.9", "Mẫu số"): 10,
}
WRONG = {**RIGHT, ("CQ.2", "Tử số"): 21000, ("XH.1", "Ngày số liệu"): "31/13/2026"}


def _download(page: Page, name: str, to: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("link", name=name).click()
    started.value.save_as(to)
    return to


def _send(page: Page, content: bytes) -> None:
    page.get_by_label("Tệp Excel đã ghi số liệu").set_input_files(
        {"name": "bảng của xã.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": content}
    )
    page.get_by_role("button", name="Gửi bảng").click()


def test_an_officer_fills_the_workbook_sees_the_level_change_and_publishes(
    visit: Visit, star: str, tmp_path: Path
) -> None:
    page = visit("can-bo")
    page.goto("/viec-cua-toi/")
    page.locator(f"main a[href^='{star}']").first.click()  # the work that is due
    page.get_by_label("Đường dẫn").get_by_role("link", name="Xã Hoàng Su Phì").click()
    expect(page.get_by_text("Xã đang ở mức 3 trên 5, Cơ bản.")).to_be_visible()
    given = _download(page, "Tải bảng Excel", tmp_path / "bảng.xlsx")

    # Two faults: the marked file is offered and nothing is written.
    page.get_by_role("link", name="Gửi bảng đã ghi").click()
    _send(page, filled(given, WRONG))
    expect(page.get_by_text("Chưa nhập dòng nào. Có 2 ô sai.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Có thể thừa một chữ số")).to_have_count(1)
    marked = _download(page, "Tải tệp đã đánh dấu", tmp_path / "ô sai.xlsx")
    assert set(notes(marked)) == {("CQ.2", "Tử số"), ("XH.1", "Ngày số liệu")}
    page.goto(star)
    expect(page.get_by_text("Đã nhập 34 trên 35 số liệu.")).to_be_visible()
    expect(page.get_by_text("Xã đang ở mức 3 trên 5, Cơ bản.")).to_be_visible()

    # The marked file, put right, is taken whole.
    page.goto(f"{star}tep/")
    _send(page, filled(marked, {**RIGHT, ("XH.1", "Ngày số liệu"): "31/10/2026"}))
    expect(page.get_by_text(re.compile(r"Đã đọc \d+ số liệu trong tệp, ghi 4 số mới lúc"))).to_be_visible()
    expect(page.get_by_text("Xã đang ở mức 4 trên 5, Nâng cao.")).to_be_visible()
    expect(page.get_by_text("Đã nhập 35 trên 35 số liệu.")).to_be_visible()
    expect(page.get_by_text("Có số liệu mới chưa công bố")).to_be_visible()

    # One figure on the screen is saved while it is typed.
    page.get_by_role("link", name="Chính quyền số").click()
    box = page.get_by_label(ONLINE)
    expect(box).to_have_value("2.100")
    box.fill("2.200")
    expect(page.get_by_text(re.compile(r"^Đã lưu lúc \d\d:\d\d\.$"))).to_be_visible()
    expect(page.get_by_text("81%").first).to_be_visible()
    page.reload()
    expect(box).to_have_value("2.200")

    # Without a network the browser keeps it; with one it goes out by itself.
    page.context.set_offline(True)
    box.fill("2.300")
    expect(page.get_by_text("Đang không có mạng. Cứ ghi, máy này giữ hộ.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text(re.compile(r"^Đã lưu lúc \d\d:\d\d\.$"))).to_be_visible()
    page.reload()
    expect(box).to_have_value("2.300")

    stranger = visit()
    stranger.goto(STAR_PAGE)
    expect(stranger.get_by_text("1.874 / 2.716 hồ sơ")).to_be_visible()

    page.goto(star)
    page.get_by_role("link", name="Xem lại rồi công bố").click()
    expect(page.get_by_role("heading", name="Công bố kết quả kỳ năm 2026?")).to_be_visible()
    page.get_by_role("button", name="Công bố", exact=True).click()
    expect(page.get_by_text("Đã công bố. Trang của xã có kết quả mới.")).to_be_visible()

    stranger.reload()
    expect(stranger.get_by_text("Xã đang ở mức 4 trên 5, Nâng cao.")).to_be_visible()
    expect(stranger.get_by_text("2.300 / 2.716 hồ sơ")).to_be_visible()


def test_what_was_typed_without_a_network_goes_out_when_the_page_is_opened_again(visit: Visit, neighbor: str) -> None:
    page = visit("lang-gieng")
    page.goto(f"{neighbor}nhom/CQS/")
    box = page.get_by_label(ONLINE)
    before = int(box.input_value().replace(".", ""))
    page.context.set_offline(True)
    box.fill(str(before - 1))
    expect(page.get_by_text("Đang không có mạng.")).to_be_visible()
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"{neighbor}nhom/CQS/")
    expect(again.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    again.reload()
    assert int(again.get_by_label(ONLINE).input_value().replace(".", "")) == before - 1


def test_two_officers_at_one_figure_and_the_second_is_told_who_wrote_what(visit: Visit, star: str) -> None:
    first, second = visit("can-bo"), visit("chu-tich")
    for page in (first, second):
        page.goto(f"{star}nhom/KTS/")
    label = "Số thành viên"
    mine, theirs = first.get_by_label(label).first, second.get_by_label(label).first
    mine.fill("131")
    expect(first.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    theirs.fill("99")
    told = second.get_by_text(re.compile("Chị Long Thị Sướng đã ghi 131 trên 196 lúc"))
    expect(told).to_be_visible()
    first.reload()
    expect(first.get_by_label(label).first).to_have_value("131")

    # Who insists, knowing it, is taken at her word.
    theirs.fill("101")
    expect(second.get_by_text(re.compile(r"^Đã lưu lúc"))).to_be_visible()
    first.reload()
    expect(first.get_by_label(label).first).to_have_value("101")
