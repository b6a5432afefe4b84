"""Closed doors speak: what is not yours is not there, what is not your work is someone's, too many tries are told."""

import http.client
import re
import sys
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, enter


def test_a_neighbor_finds_no_such_page(visit: Visit, star: str) -> None:
    page = visit("lang-gieng")
    for address in (star, f"{star}nhom/CQS/", f"{star}tep/", f"{star}cong-bo/", f"{star}so-lieu.xlsx"):
        answer = page.goto(address)
        assert answer
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("Không có trang này")
        expect(page.get_by_text("Hoàng Su Phì")).to_have_count(0)


def test_a_volunteer_is_told_that_the_figures_are_someone_elses_work(visit: Visit, star: str) -> None:
    page = visit("tinh-nguyen")
    answer = page.goto(star)
    assert answer
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("Việc này của người khác")
    expect(page.get_by_text("Chưa có gì bị thay đổi.")).to_be_visible()


def test_a_stranger_signs_in_and_arrives_where_she_was_going(visit: Visit, star: str) -> None:
    page = visit()
    page.goto(star)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
    page.get_by_label("Tên đăng nhập").fill("can-bo")
    page.get_by_label("Mật khẩu").fill("ruong-bac-thang-2026")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page).to_have_url(re.compile(re.escape(star) + "$"))


def test_an_officer_of_another_province_has_only_her_own_commune(visit: Visit) -> None:
    page = visit("nguoi-la")
    page.goto("/danh-gia/")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_text("Hoàng Su Phì")).to_have_count(0)


def test_a_page_that_is_not_there_offers_a_search(visit: Visit) -> None:
    page = visit()
    page.goto("/khong/co/trang/nay/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Không có trang này")
    page.get_by_label("Tìm xã, phường, đặc khu").fill("hoang su phi")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator("main li a.main").first).to_have_text("Xã Hoàng Su Phì")


def test_a_password_tried_too_often_is_told_to_wait(visit: Visit) -> None:
    page = visit()
    for _ in range(5):
        enter(page, "khong-co-ai", "mat-khau-sai-2026")
        expect(page.get_by_text("Tên đăng nhập hoặc mật khẩu chưa đúng.").first).to_be_visible()
    enter(page, "khong-co-ai", "mat-khau-sai-2026")
    expect(page.get_by_text("Thử quá nhiều lần").first).to_be_visible()
    expect(page.get_by_text(re.compile("Đợi 5 phút rồi thử lại")).first).to_be_visible()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a second address of the same machine")
def test_one_machine_that_knocks_too_often_gets_a_page_that_says_so(copy: str) -> None:
    place = urlsplit(copy)

    def ask(method: str, body: str = "", **headers: str) -> tuple[http.client.HTTPResponse, str]:
        door = http.client.HTTPConnection(place.hostname or "", place.port, source_address=("127.0.0.2", 0), timeout=30)
        door.request(method, "/dang-nhap/", body, headers)
        answer = door.getresponse()
        return answer, answer.read().decode()

    answer, page = ask("GET")
    cookie = (answer.headers["Set-Cookie"] or "").split(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "login": "ai-do", "password": "sai-mat-khau-2026"}
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Referer": f"{copy}/dang-nhap/"}
    for _ in range(40):
        answer, page = ask("POST", urlencode(form), **headers)
        if answer.status == 429:
            break
    assert answer.status == 429
    assert "<h1>Thử quá nhiều lần</h1>" in page
    assert "Đợi 5 phút rồi thử lại" in page
