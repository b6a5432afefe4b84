"""At 400% zoom, with wide text spacing, and on A4."""

import re
import zlib

from playwright.sync_api import Page, expect

from tests.browser.conftest import STAR_PAGE, Visit

LISTS = (
    ("", "/"),
    ("", "/noi/08/"),
    ("", "/so-cong-nhan/"),
    ("chu-tich", "/nguoi/"),
    ("can-bo", "/minh-chung/"),
    ("tham-dinh", "/danh-gia/"),
    ("tham-dinh", "/tham-dinh/?dot=tuyen-quang-2026"),
    ("tham-dinh", "/theo-doi/tuyen-quang-2026/"),
    ("quan-tri-tinh", "/dot/tuyen-quang-2026/"),
)
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""
SET = "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }"
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter(e => {
  const box = e.getBoundingClientRect();
  return box.right > innerWidth + 1 && !e.closest(".scroll") && getComputedStyle(e).position !== "fixed";
}).map(e => e.outerHTML.slice(0, 90)).slice(0, 4)"""
WORDS = "h1, h2, h3, th, td, label, legend, summary, .btn, .hint, p, dd, dt, a"
CLIPPED = """words => [...document.querySelectorAll(words)].filter(e => {
  const style = getComputedStyle(e);
  if (e.closest(".vh, svg, [hidden], .scroll") || style.display === "inline") return false;
  const hides = /hidden|clip/.test(style.overflowX + style.overflowY);
  return hides && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1);
}).map(e => e.outerHTML.slice(0, 90))"""


def _sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways, if it does."""
    if page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        return []
    return list(page.evaluate(TOO_WIDE)) or ["the page"]


def test_no_page_scrolls_sideways_at_four_times_the_size_or_with_wide_text(
    visit: Visit, pages: list[tuple[str, str]]
) -> None:
    """1280 pixels at 400% are 320 (WCAG 1.4.10); text spacing as in 1.4.12."""
    opened: dict[str, Page] = {}
    wrong = []
    for who, address in pages:
        if who not in opened:
            opened[who] = visit(who, width=320)
        page = opened[who]
        page.goto(address)
        if found := _sideways(page):
            wrong.append(f"{address} as {who}: {found}")
        page.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", SPACING
        )
        if found := _sideways(page):
            wrong.append(f"{address} as {who}, wide text: {found}")
        if found := page.evaluate(CLIPPED, WORDS):
            wrong.append(f"{address} as {who}, clipped: {found}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not wrong, "\n".join(wrong)


def test_a_communes_page_prints_on_a4_without_what_cannot_be_pressed(visit: Visit) -> None:
    page = visit(color_scheme="dark")
    page.goto(STAR_PAGE)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Chính")).to_be_hidden()
    expect(page.get_by_role("link", name="Đăng nhập")).to_be_hidden()
    expect(page.get_by_role("link", name="Tải bảng CSV")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".print-foot svg")).to_be_visible()  # the code that leads back to the page
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", _unpacked(paper))
    assert box
    assert (round(float(box[1])), round(float(box[2]))) in {(595, 842), (594, 841), (595, 841), (596, 842)}
    sheets = len(re.findall(rb"/Type\s*/Page\b", _unpacked(paper)))
    assert 2 <= sheets <= 10


def test_every_list_prints(visit: Visit) -> None:
    for who, address in LISTS:
        page = visit(who)
        page.goto(address)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 642, "height": 900})  # what A4 leaves between its margins
        assert not _sideways(page), address
        expect(page.locator("tbody tr").first).to_be_visible()
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll')].every(e => e.scrollHeight <= e.clientHeight + 1)"
        )


def _unpacked(pdf: bytes) -> bytes:
    """A PDF with its packed parts beside it, readable."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)
