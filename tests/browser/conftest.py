"""One running copy and one Chromium for the folder; each test gets pages as whom it likes."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, sync_playwright

from langso.people.demo import PASSWORD, STAR
from tests.browser.handset import built_app, house, phone  # noqa: F401  # fixtures of the walks with a telephone
from tests.browser.pages import every_page
from tests.browser.running import running_copy

HERE = Path(__file__).parent
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
HEIGHT = {360: 780, 1280: 900}
STAR_PAGE = f"/noi/{STAR}/"
CERTIFICATE = "/so-cong-nhan/08-2026-0001/"  # the first of the finished cycle
FIRST = "test_pictures"  # the pictures show the country before the walks change its figures


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [i for i, item in enumerate(items) if item.path.parent == HERE]
    for i in ours:
        items[i].add_marker(pytest.mark.browser)
    ordered = sorted((items[i] for i in ours), key=lambda item: item.path.stem != FIRST)
    for i, item in zip(ours, ordered, strict=True):
        items[i] = item


@pytest.fixture(scope="package")
def copy() -> Iterator[str]:
    """The address of the running copy."""
    with running_copy() as address:
        yield address


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Closed with the folder: Playwright's event loop would keep Django's database tests from working."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("LANGSO_BROWSER") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def sign_in(copy: str, chromium: Browser) -> Callable[[str], StorageState]:
    """The session of one of the cast, signed in once through the page."""
    kept: dict[str, StorageState] = {}

    def session_of(username: str) -> StorageState:
        if username not in kept:
            context = chromium.new_context(base_url=copy, locale="vi-VN")
            page = context.new_page()
            enter(page, username)
            page.get_by_role("heading", name="Việc của tôi").wait_for()
            kept[username] = context.storage_state()
            context.close()
        return kept[username]

    return session_of


def enter(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


class Visit(Protocol):
    def __call__(self, username: str = "", *, width: int = 1280, **options: Any) -> Page: ...


@pytest.fixture
def visit(copy: str, chromium: Browser, sign_in: Callable[[str], StorageState]) -> Iterator[Visit]:
    """A page of the running copy as someone, or as a stranger. What the browser complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        told = message.text
        if message.type in ("error", "warning") and not told.startswith("Failed to load resource"):
            complaints.append(told)

    def open_page(username: str = "", *, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=copy,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": HEIGHT.get(width, 800)},
            storage_state=sign_in(username) if username else None,
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture(scope="package")
def star(copy: str, chromium: Browser, sign_in: Callable[[str], StorageState]) -> str:
    """The address of the assessment of Xã Hoàng Su Phì."""
    return _assessment_of(chromium, copy, sign_in("can-bo"))


@pytest.fixture(scope="package")
def neighbor(copy: str, chromium: Browser, sign_in: Callable[[str], StorageState]) -> str:
    """The address of the assessment of the commune next to it."""
    return _assessment_of(chromium, copy, sign_in("lang-gieng"))


@pytest.fixture(scope="package")
def pages(copy: str, chromium: Browser, sign_in: Callable[[str], StorageState], star: str) -> list[tuple[str, str]]:
    """Every page of the house: who reads it, and its address."""
    contexts: dict[str, BrowserContext] = {}

    def read(who: str, address: str) -> str:
        if who not in contexts:
            contexts[who] = chromium.new_context(base_url=copy, storage_state=sign_in(who) if who else None)
        answer = contexts[who].request.get(address)
        assert answer.ok, f"{address} as {who or 'a stranger'}: {answer.status}"
        return answer.text()

    found = list(every_page(read, star))
    for context in contexts.values():
        context.close()
    return found


def _assessment_of(chromium: Browser, copy: str, state: StorageState) -> str:
    context = chromium.new_context(base_url=copy, storage_state=state)
    page = context.new_page()
    page.goto("/viec-cua-toi/")
    address = page.locator("a[href^='/danh-gia/']").first.get_attribute("href")
    context.close()
    assert address
    return "/".join(address.split("/")[:3]) + "/"
