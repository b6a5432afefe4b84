"""A telephone with the field app on it, for the walks; its fixtures are known to the whole folder."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.browser.png import pixels, small
from tests.field.house import House, small_house

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
PIN, OTHER_PIN = "274918", "905132"
SINH, MAY = "K7M2-P9QX", "B4T8-W3RE"
SLOW = 6  # how many times slower than this machine a cheap telephone is


@pytest.fixture(scope="session")
def built_app() -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / "field.py")], check=True)


@pytest.fixture
def house() -> Iterator[House]:
    with small_house() as found:
        yield found


class Phone:
    """One telephone: everything on it outlives a reload."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page = context.new_page()

    def cdp(self) -> CDPSession:
        return self.context.new_cdp_session(self.page)

    def enrol(self, code: str = SINH, pin: str = PIN) -> None:
        page = self.page
        page.goto(f"/app/#ghi-danh={code}")
        page.get_by_label("Chọn mã PIN").fill(pin)
        page.get_by_label("Ghi lại mã PIN").fill(pin)
        page.get_by_role("button", name="Ghi danh").click()
        page.locator(".house").first.wait_for()

    def installed(self) -> None:
        """The worker is at work: from here on no network is needed."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def lock(self) -> None:
        self.go("cai-dat")
        self.page.get_by_role("button", name="Khóa sổ của tôi").click()
        self.heading("Sổ của ai?")

    def open(self, name: str = "Lù Văn Sính", pin: str = PIN) -> None:
        self.page.get_by_role("link", name=name).click()
        self.page.get_by_label("Mã PIN").fill(pin)
        self.page.get_by_role("button", name="Mở sổ").click()

    def heading(self, name: str) -> None:
        self.page.get_by_role("heading", level=1, name=name, exact=True).wait_for()

    def go(self, where: str) -> None:
        self.page.evaluate("where => { location.hash = '#/' + where }", where)

    def today(self) -> None:
        self.go("ho")
        self.heading("Hộ hôm nay")

    def visit(self, head: str, topic: str = "VNeID mức 2", note: str = "") -> None:
        self.today()
        self.page.get_by_role("link", name=head).click()
        self.page.get_by_label(topic).check()
        self.page.get_by_label("Bà con tự làm được").check()
        if note:
            self.page.get_by_label("Ghi thêm").fill(note)
        self.page.get_by_role("button", name="Lưu lượt này").click()
        self.heading("Hộ hôm nay")

    def unsent(self) -> int:
        told = self.page.locator(".tabs a").nth(2).inner_text()
        found = re.search(r"\d+", told)
        return int(found.group()) if found else 0

    def everything_stored(self) -> str:
        """Every byte in IndexedDB, as whoever takes the phone apart would read it."""
        told = self.page.evaluate(STORED)
        return str(told)


STORED = """async () => {
  let all = '';
  const show = async (x) => {
    if (x instanceof ArrayBuffer) return new TextDecoder().decode(x);
    if (ArrayBuffer.isView(x)) return new TextDecoder().decode(x);
    if (x instanceof CryptoKey) return 'CRYPTOKEY' + x.extractable;
    if (x && typeof x === 'object') {
      let t = '';
      for (const [k, v] of Object.entries(x)) t += k + ':' + await show(v) + ' ';
      return t;
    }
    return String(x);
  };
  const wait = (r) => new Promise((done) => { r.onsuccess = () => done(r.result); });
  for (const { name } of await indexedDB.databases()) {
    const db = await wait(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = () => db.transaction(store).objectStore(store);
      const [keys, values] = [await wait(rows().getAllKeys()), await wait(rows().getAll())];
      all += '\\n' + name + '/' + store + ': ' + keys.join(' ');
      for (const v of values) all += await show(v);
    }
    db.close();
  }
  return all + JSON.stringify(localStorage) + JSON.stringify(sessionStorage);
}"""

Take = Callable[..., Phone]


@pytest.fixture
def phone(chromium: Browser, house: House, built_app: None) -> Iterator[Take]:
    """A telephone of its own, 360 points wide. What the browser complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def take(width: int = 360, **options: Any) -> Phone:
        context = chromium.new_context(
            base_url=options.pop("base_url", house.address), locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": 780}, has_touch=True, **options,
        )  # fmt: skip
        context.set_default_timeout(8_000)
        contexts.append(context)
        found = Phone(context)
        found.page.on(
            "console",
            lambda m: (
                complaints.append(m.text)
                if m.type in ("error", "warning") and not m.text.startswith("Failed to load resource")
                else None
            ),
        )
        found.page.on("pageerror", lambda error: complaints.append(str(error)))
        return found

    yield take
    for context in contexts:
        context.close()
    assert not complaints


def picture(page: Page, name: str) -> None:
    """A picture for the guides; written when LANGSO_PICTURES=1."""
    taken = page.screenshot(animations="disabled")
    assert len(taken) > 8_000, f"{name} is blank"
    if os.environ.get("LANGSO_PICTURES") == "1":
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(small(pixels(taken)))
