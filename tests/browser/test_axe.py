"""axe-core on every page as each person, light and dark, on a telephone and a desk: no violation."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.sheet import filled
from tests.browser.test_main_job import WRONG, _download, _send

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that the dark scheme changes


def violations(page: Page, *, dark: bool = False) -> str:
    found = Axe().run(page, options={"runOnly": CONTRAST if dark else RULES, "resultTypes": ["violations"]})
    return str(found.generate_report())[:1500] if found.violations_count else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_free_of_violations(visit: Visit, pages: list[tuple[str, str]], width: int, scheme: str) -> None:
    opened: dict[str, Page] = {}
    wrong = []
    for who, address in pages:
        if who not in opened:
            opened[who] = visit(who, width=width, color_scheme=scheme)
        answer = opened[who].goto(address)
        assert answer
        if answer.status >= 500:
            wrong.append(f"{address} as {who or 'a stranger'}: {answer.status}")
        elif found := violations(opened[who], dark=scheme == "dark"):
            wrong.append(f"{address} as {who or 'a stranger'}: {found}")
    assert not wrong, "\n".join(wrong)


def test_a_form_with_errors_is_free_of_violations(visit: Visit, star: str) -> None:
    page = visit("can-bo", width=360)
    page.goto(f"{star}nhom/CHUNG/")
    page.locator("[name='C.3-tu']").fill("ba mươi")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("heading", name="Chưa lưu hết")).to_be_visible()
    assert not violations(page)


def test_an_upload_with_faults_is_free_of_violations(
    visit: Visit, star: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = visit("can-bo", width=360)
    page.goto(star)
    given = _download(page, "Tải bảng Excel", tmp_path_factory.mktemp("axe") / "bảng.xlsx")
    page.goto(f"{star}tep/")
    _send(page, filled(given, WRONG))
    expect(page.get_by_text("Chưa nhập dòng nào.").first).to_be_visible()
    assert not violations(page)


def test_axe_would_notice_a_fault(visit: Visit) -> None:
    page = visit()
    page.goto("/tim/")
    page.evaluate("document.querySelector('label.q').remove()")
    assert "label" in violations(page)
