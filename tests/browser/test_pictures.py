"""Pictures of the key pages, for the guides: written with LANGSO_PICTURES=1, otherwise only drawn and looked at."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CERTIFICATE, HEIGHT, STAR_PAGE, Visit
from tests.browser.png import pixels, small
from tests.browser.sheet import filled
from tests.browser.test_main_job import WRONG, _download, _send

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
TALLEST = 1600
# name of the picture → who, and the page; the pages of the star's assessment are meant from there
PICTURES = {
    "trang-chu": ("", "/"),
    "tim": ("", "/tim/?q=vinh+quang+ha+giang"),
    "xa": ("", STAR_PAGE),
    "tinh": ("", "/noi/08/"),
    "dang-nhap": ("", "/dang-nhap/"),
    "thu-vien": ("", "/thu-vien-giao-dien/"),
    "viec-cua-toi": ("can-bo", "/viec-cua-toi/"),
    "danh-gia": ("can-bo", "{star}"),
    "nhap-so-lieu": ("can-bo", "{star}nhom/CQS/"),
    "cong-bo": ("can-bo", "{star}cong-bo/"),
    "tham-dinh": ("tham-dinh", "/danh-gia/"),
    "nguoi": ("chu-tich", "/nguoi/"),
    "them-nguoi": ("chu-tich", "/nguoi/them/"),
    "xem-lai": ("can-bo", "{star}nop/"),
    "ket-luan": ("can-bo", "{star}tham-dinh/CQ.2/"),
    "dot": ("quan-tri-tinh", "/dot/tuyen-quang-2026/"),
    "hang-cho": ("tham-dinh", "/tham-dinh/?dot=tuyen-quang-2026"),
    "theo-doi": ("tham-dinh", "/theo-doi/tuyen-quang-2026/"),
    "so-cong-nhan": ("", "/so-cong-nhan/"),
    "giay-cong-nhan": ("", CERTIFICATE),
}
FOLLOWED = {  # name of the picture → the link that leads to such a page, as `pages` found it
    "minh-chung": r"/minh-chung/tieu-chi/",
    "ho-so": r"/tham-dinh/\d+/$",
    "tieu-chi": r"/tham-dinh/\d+/CQ\.2/$",
    "phien-hop": r"/hoi-dong/phien/\d+/$",
}
KEPT = {  # pictures of the new work that the guides show; the other width is drawn and looked at only
    "xem-lai-1280", "ket-luan-360", "dot-1280", "hang-cho-1280", "theo-doi-1280", "giay-cong-nhan-360",
    "minh-chung-1280", "ho-so-1280", "tieu-chi-1280", "phien-hop-1280", "ky-1280", "so-cong-nhan-1280",
}  # fmt: skip


@pytest.mark.parametrize("width", [360, 1280])
def test_every_key_page_makes_a_picture(visit: Visit, star: str, width: int) -> None:
    pages: dict[str, Page] = {}
    for name, (who, address) in PICTURES.items():
        if who not in pages:
            pages[who] = visit(who, width=width, color_scheme="light")
        answer = pages[who].goto(address.format(star=star))
        assert answer
        assert answer.ok
        _take(pages[who], f"{name}-{width}", width)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_behind_lists_make_pictures(visit: Visit, pages: list[tuple[str, str]], width: int) -> None:
    for name, link in FOLLOWED.items():
        who, address = next((w, a) for w, a in pages if re.match(link, a))
        page = visit(who, width=width, color_scheme="light")
        page.goto(address)
        _take(page, f"{name}-{width}", width)


@pytest.mark.parametrize("width", [360, 1280])
def test_signing_makes_a_picture(visit: Visit, star: str, width: int) -> None:
    officer, head = visit("can-bo"), visit("chu-tich", width=width, color_scheme="light")
    officer.goto(f"{star}nop/")
    officer.get_by_role("button", name="Trình ký").click()
    expect(officer.get_by_text("Đã trình ký.")).to_be_visible()
    head.goto(f"{star}ky/")
    _take(head, f"ky-{width}", width)
    officer.get_by_role("button", name="Lấy về sửa").click()
    expect(officer.get_by_text("Đã lấy về để sửa.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_an_upload_with_faults_makes_a_picture(visit: Visit, star: str, width: int, tmp_path: Path) -> None:
    page = visit("can-bo", width=width, color_scheme="light")
    page.goto(star)
    given = _download(page, "Tải bảng Excel", tmp_path / "bảng.xlsx")
    page.goto(f"{star}tep/")
    _send(page, filled(given, WRONG))
    expect(page.get_by_text("Chưa nhập dòng nào.").first).to_be_visible()
    _take(page, f"o-sai-{width}", width)


def test_the_paper_of_a_commune_makes_a_picture(visit: Visit) -> None:
    page = visit(width=720)
    page.goto(STAR_PAGE)
    page.emulate_media(media="print")
    _take(page, "ban-in", 720)


def test_the_pictures_of_the_guides_are_there_and_light() -> None:
    shown = {
        name
        for guide in (FOLDER.parent / "huong-dan").glob("*.md")
        for name in re.findall(r"\.\./pictures/([\w-]+\.png)", guide.read_text("utf-8"))
    }
    assert shown
    missing = {name for name in shown if not (FOLDER / name).is_file()}
    assert not missing
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) < 3_000_000


def _take(page: Page, name: str, width: int) -> None:
    page.evaluate("document.fonts.ready")
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": width, "height": height})  # what sticks to the foot stands at the foot
    drawn = pixels(page.screenshot(animations="disabled"))
    page.set_viewport_size({"width": width, "height": HEIGHT.get(width, 800)})
    assert drawn.shape == (height, width, 3)
    assert height > 500
    assert len({row.tobytes() for row in drawn}) > 60, f"{name} is blank"
    is_new = name.rpartition("-")[0] in {kept.rpartition("-")[0] for kept in KEPT}
    if os.environ.get("LANGSO_PICTURES") == "1" and (name in KEPT or not is_new):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(small(drawn))
