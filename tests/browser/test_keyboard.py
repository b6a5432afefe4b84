"""Everything with the keyboard alone, and the place where one is always visible."""

import re

from playwright.sync_api import Page, expect

from langso.people.demo import PASSWORD
from tests.browser.conftest import Visit

RINGED = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const bar = document.querySelector(".save"), bars = bar && !bar.contains(at) ? bar.getBoundingClientRect() : null;
  const what = (at.innerText || at.name || at.id || at.tagName).trim().slice(0, 40);
  return {what, width: parseFloat(style.outlineWidth),
          style: style.outlineStyle, top: box.top, bottom: box.bottom, left: box.left, high: innerHeight,
          covered: bars && box.bottom > bars.top && box.top < bars.bottom};
}"""


def _tab_to(page: Page, name: str, most: int = 60) -> None:
    """Tab until the element with this text or name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(RINGED)["what"] == name:
            return
    raise AssertionError(f"Tab never reached {name!r}")


def test_the_first_tab_shows_a_way_past_the_header(visit: Visit) -> None:
    page = visit()
    page.goto("/khung/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung chính")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_an_officer_signs_in_and_saves_a_figure_without_a_mouse(visit: Visit, neighbor: str) -> None:
    page = visit()
    page.goto(f"{neighbor}nhom/XHS/")
    _tab_to(page, "login")
    page.keyboard.type("lang-gieng")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã hội số")
    _tab_to(page, "XH.1-tu", most=90)
    page.keyboard.press("Control+a")
    page.keyboard.type("1.234")
    _tab_to(page, "Lưu", most=200)
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"Đã lưu lúc \d\d:\d\d\."))).to_be_visible()
    page.goto(f"{neighbor}nhom/XHS/")
    expect(page.locator("[name='XH.1-tu']")).to_have_value("1.234")


def test_the_focus_is_always_visible_and_never_under_the_bar_at_the_foot(visit: Visit, star: str) -> None:
    page = visit("can-bo", width=360)
    for address in ("/", f"{star}nhom/CHUNG/"):
        page.goto(address)
        seen = set()
        for _ in range(45):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break  # the end of the page
            now = page.evaluate(RINGED)
            seen.add(now["what"])
            is_drawn_inside = page.evaluate("document.activeElement.closest('svg.map') !== null")
            assert is_drawn_inside or (now["width"] >= 2 and now["style"] != "none"), now
            assert (now["top"] >= -1 and now["bottom"] <= now["high"] + 1) or now["bottom"] - now["top"] > 400, now
            assert not now["covered"], now
        assert len(seen) > 20


def test_the_box_of_errors_takes_the_focus_and_leads_to_the_field(visit: Visit, star: str) -> None:
    page = visit("can-bo")
    page.goto(f"{star}nhom/CHUNG/")
    page.locator("[name='C.3-tu']").fill("ba mươi")
    page.get_by_role("button", name="Lưu", exact=True).click()
    box = page.locator(".problems, [data-module='problems']").first
    expect(box).to_be_focused()
    box.get_by_role("link").first.click()
    expect(page.locator("[name='C.3-tu']")).to_be_focused()
