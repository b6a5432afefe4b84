"""What a page costs on a slow evening: bytes on the wire and requests, the first time and the second."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import CERTIFICATE, STAR_PAGE, Visit

FIRST, SECOND, REQUESTS, HTML = 60_000, 15_000, 6, 60_000
PAGES = [
    "/",
    STAR_PAGE,
    "/noi/08/",
    "/tim/?q=hoang+su+phi",
    "/khung/khung-cds-1.0-minh-hoa/",
    "/so-cong-nhan/",
    CERTIFICATE,
    "/api/",
]


@dataclass
class Cost:
    sizes: dict[str, float] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    cached: set[str] = field(default_factory=set)

    @property
    def requests(self) -> list[str]:
        return [url for key, url in self.asked.items() if key not in self.cached and not url.startswith("data:")]

    @property
    def transferred(self) -> float:
        return sum(self.sizes.values())


def _cost(page: Page, address: str) -> Cost:
    """Bytes as they came over the wire, headers and compression included."""
    cost = Cost()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda e: cost.asked.__setitem__(e["requestId"], e["request"]["url"]))
    session.on("Network.requestServedFromCache", lambda e: cost.cached.add(e["requestId"]))
    session.on("Network.loadingFinished", lambda e: cost.sizes.__setitem__(e["requestId"], e["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    session.detach()
    return cost


@pytest.mark.parametrize("address", PAGES)
def test_a_first_visit_is_light_and_a_second_one_lighter(visit: Visit, address: str) -> None:
    page = visit(width=360)
    first = _cost(page, address)
    assert len(first.requests) <= REQUESTS, first.requests
    assert first.transferred <= FIRST
    assert first.transferred > 10_000  # or nothing was counted
    second = _cost(page, address)
    assert second.transferred <= SECOND
    assert second.transferred < first.transferred


@pytest.mark.parametrize(
    "address",
    ["/noi/01021/", "/noi/00913/", "/noi/01084/", CERTIFICATE, "/so-cong-nhan/"],  # two have much to do
)
def test_a_public_page_is_small_even_unpacked(visit: Visit, address: str) -> None:
    answer = visit().goto(address)
    assert answer
    assert 10_000 < len(answer.body()) < HTML


def test_nothing_is_fetched_from_elsewhere(visit: Visit, copy: str) -> None:
    page = visit()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    for address in PAGES:
        page.goto(address, wait_until="networkidle")
    assert seen
    assert all(url.startswith((copy, "data:")) for url in seen)


def test_a_public_page_sets_no_cookie(visit: Visit) -> None:
    page = visit()
    for address in PAGES:
        page.goto(address)
    assert page.context.cookies() == []
