"""Pictures of the key pages, for the guides: written with LANGSO_PICTURES=1, otherwise only drawn and looked at."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HEIGHT, STAR_PAGE, Visit
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
}


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
    if os.environ.get("LANGSO_PICTURES") == "1":
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(small(drawn))
