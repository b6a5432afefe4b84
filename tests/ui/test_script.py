"""The script in a real browser: what was typed is never lost, and the officer reads what happened."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect, sync_playwright

from langso.ui.stylesheet import HERE

pytestmark = pytest.mark.browser
SCRIPT = (HERE / "static" / "ui" / "langso.js").read_text("utf-8")
PAGE = """<!doctype html><html lang="vi"><title>Thử</title><body>
<button data-module="theme" hidden>Đổi nền</button>
<form data-module="autosave" data-url="/luu" data-key="sướng:01021:2026">
<input type="hidden" name="csrfmiddlewaretoken" value="mã">
<p data-saved><span>Chưa có gì để lưu.</span></p>
<div data-field="tu"><label for="tu">Tử số</label><p class="err" id="tu_error" hidden></p>
<input id="tu" name="tu" value="%s"></div>
<div data-field="mau"><label for="mau">Mẫu số</label><p class="err" id="mau_error" hidden></p>
<input id="mau" name="mau" value="2.716"></div>
<div data-field="co"><label><input type="checkbox" id="co" name="co" value="on" checked> Có</label></div>
<div data-result="CQ.2">Chưa tính được</div></form>
<script src="/langso.js"></script></body></html>"""


class Office:
    """A server of one page: answers as told, remembers what it got."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stored = "1.874"
        self.got: list[dict[str, str]] = []
        self.errors: dict[str, str] = {}
        self.state = "open"
        page.route("**/*", self.answer)

    def answer(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        if path == "/langso.js":
            route.fulfill(body=SCRIPT, content_type="text/javascript")
        elif path != "/luu":
            route.fulfill(body=PAGE % self.stored, content_type="text/html; charset=utf-8")
        elif self.state == "no network":
            route.abort("internetdisconnected")
        elif self.state == "signed out":
            route.fulfill(body="<h1>Đăng nhập</h1>", content_type="text/html")
        else:
            body = request.post_data_buffer or b""
            fields = dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n', body.decode()))
            self.got.append(fields)
            wrong = {name: text for name, text in self.errors.items() if name in fields}
            answer = {"saved_at": "14:32", "errors": wrong, "results": {"CQ.2": "<b>69,0%</b>"}}
            route.fulfill(body=json.dumps(answer), content_type="application/json")

    def open(self) -> None:
        self.page.goto("http://langso.test/form")

    def write(self, name: str, text: str) -> None:
        self.page.locator(f"#{name}").fill(text)

    def expect_said(self, words: str) -> None:
        expect(self.page.locator("[data-saved]")).to_have_text(words, timeout=4000)

    def expect_saved(self, **fields: str) -> None:
        """Waits for the answer, then compares the last thing that was sent."""
        self.expect_said("Đã lưu lúc 14:32.")
        assert {k: v for k, v in self.got[-1].items() if k != "csrfmiddlewaretoken"} == fields

    @property
    def kept(self) -> str | None:
        found: str | None = self.page.evaluate("localStorage.getItem('langso:sướng:01021:2026')")
        return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser on the machine, else the one that Playwright keeps."""
    here = os.environ.get("LANGSO_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=here, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def office(browser: Browser) -> Iterator[Office]:
    context = browser.new_context(color_scheme="light")
    made = Office(context.new_page())
    made.open()
    yield made
    context.close()


def test_only_the_changed_field_is_sent_with_the_token_and_the_answer_is_told(office: Office) -> None:
    office.write("tu", "1.947")
    office.expect_saved(tu="1.947")
    assert office.got[-1]["csrfmiddlewaretoken"] == "mã"
    expect(office.page.locator("[data-result]")).to_have_text("69,0%")
    assert office.kept is None


def test_a_faulty_field_is_marked_and_the_rest_is_saved(office: Office) -> None:
    office.errors = {"tu": "Số này lớn hơn tổng số hồ sơ (2.716)."}
    office.write("tu", "18.740")
    office.write("mau", "2.717")
    office.expect_said("Chưa lưu 1 ô có lỗi. Phần còn lại đã lưu lúc 14:32.")
    field = office.page.locator("#tu")
    expect(office.page.locator("#tu_error")).to_have_text("Số này lớn hơn tổng số hồ sơ (2.716).")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "tu_error")
    assert "18.740" in str(office.kept)
    office.errors = {}
    office.write("tu", "1.874,0")
    office.expect_said("Đã lưu lúc 14:32.")
    expect(office.page.locator("#tu_error")).to_be_hidden()
    assert field.get_attribute("aria-invalid") is None
    assert office.kept is None


def test_without_network_the_machine_keeps_it_and_sends_it_on_the_next_visit(office: Office) -> None:
    office.state = "no network"
    office.write("tu", "1.947")
    office.expect_said("Đang không có mạng. Cứ ghi, máy này giữ hộ.")
    office.state = "open"
    office.open()
    expect(office.page.locator("#tu")).to_have_value("1.947")
    office.expect_saved(tu="1.947")
    assert office.kept is None


def test_a_draft_does_not_overwrite_what_another_person_saved_meanwhile(office: Office) -> None:
    office.state = "no network"
    office.write("tu", "1.947")
    office.expect_said("Đang không có mạng. Cứ ghi, máy này giữ hộ.")
    office.state, office.stored = "open", "1.900"
    office.open()
    expect(office.page.locator("#tu")).to_have_value("1.900")
    expect(office.page.locator("#tu_error")).to_contain_text("1.947")
    office.page.wait_for_timeout(1200)
    assert office.got == []


def test_a_session_that_ended_keeps_the_draft_and_says_what_to_do(office: Office) -> None:
    office.state = "signed out"
    office.write("tu", "1.947")
    office.expect_said("Chưa lưu. Máy này giữ hộ những ô đã ghi. Đăng nhập lại rồi mở lại trang này.")
    assert "1.947" in str(office.kept)


def test_an_unticked_box_is_sent_as_empty(office: Office) -> None:
    office.page.locator("#co").uncheck()
    office.expect_saved(co="")


def test_a_value_put_back_while_the_first_was_on_its_way_is_sent_too(office: Office) -> None:
    def slow(route: Route) -> None:
        office.page.locator("#tu").evaluate(
            "(el) => { el.value = '1.874'; el.dispatchEvent(new Event('input', {bubbles: true})) }"
        )
        route.fallback()

    office.page.route("**/luu", slow, times=1)
    office.write("tu", "1.947")
    expect(office.page.locator("#tu")).to_have_value("1.874", timeout=4000)
    office.page.wait_for_timeout(2500)
    assert [sent["tu"] for sent in office.got] == ["1.947", "1.874"]
    assert office.kept is None


def test_the_scheme_button_appears_and_is_remembered_for_the_server(office: Office) -> None:
    office.page.get_by_role("button", name="Đổi nền").click()
    assert office.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert {c["name"]: c["value"] for c in office.page.context.cookies()} == {"giao_dien": "dark"}


def test_the_script_stays_small() -> None:
    assert len(SCRIPT.encode()) < 7000
