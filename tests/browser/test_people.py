"""Accounts by the head of the commune: the first password is shown once, works, is changed; a post ends."""

import re
import secrets

from playwright.sync_api import expect

from tests.browser.conftest import Visit, enter

NEW = "nuong-lua-mua-gat-2026"


def test_a_head_of_commune_grants_an_account_and_ends_the_post_again(visit: Visit) -> None:
    head = visit("chu-tich")
    head.goto("/nguoi/")
    head.get_by_role("link", name="Thêm người").click()
    username = f"pao.{secrets.token_hex(3)}"
    head.get_by_label("Họ và tên").fill("Lù Thị Pao")
    head.get_by_label("Tên đăng nhập").fill(username)
    head.get_by_label("Công chức cấp xã").check()
    head.get_by_role("button", name="Thêm và lấy mật khẩu đầu tiên").click()
    expect(head.get_by_role("heading", name="Lù Thị Pao vào được rồi")).to_be_visible()
    password = head.locator("dd code").nth(1).inner_text()
    head.get_by_role("link", name="Xong").click()
    expect(head.get_by_role("row").filter(has_text="Lù Thị Pao")).to_be_visible()
    assert password not in head.content()

    officer = visit()
    enter(officer, username, password)
    expect(officer.get_by_role("heading", name="Việc của tôi")).to_be_visible()
    expect(officer.get_by_role("link", name="Xã Hoàng Su Phì", exact=True)).to_be_visible()
    officer.get_by_role("link", name="Đổi mật khẩu").click()
    officer.get_by_label("Mật khẩu đang dùng").fill(password)
    officer.get_by_label("Mật khẩu mới", exact=True).fill(NEW)
    officer.get_by_label("Mật khẩu mới, ghi lại lần nữa").fill(NEW)
    officer.get_by_role("button", name="Đổi mật khẩu").click()
    expect(officer.get_by_text("Đã đổi mật khẩu.")).to_be_visible()
    officer.get_by_role("button", name="Đăng xuất").click()
    expect(officer.get_by_role("link", name="Đăng nhập")).to_be_visible()

    enter(officer, username, password)
    expect(officer.get_by_text("Tên đăng nhập hoặc mật khẩu chưa đúng.")).to_be_visible()
    enter(officer, username, NEW)
    expect(officer.get_by_role("heading", name="Việc của tôi")).to_be_visible()

    head.get_by_role("link", name=re.compile("Sửa vị trí của Lù Thị Pao")).click()
    head.get_by_role("button", name="Thôi giữ vị trí").click()
    expect(head.get_by_text("Lù Thị Pao thôi giữ vị trí Công chức cấp xã từ hôm nay.")).to_be_visible()
    expect(head.get_by_role("row").filter(has_text="Lù Thị Pao")).to_have_count(0)

    officer.goto("/viec-cua-toi/")
    expect(officer.get_by_role("heading", name="Việc này của người khác")).to_be_visible()
    again = visit()
    enter(again, username, NEW)
    expect(again.get_by_role("heading", name="Việc này của người khác")).to_be_visible()
    expect(again.get_by_text("Xã Hoàng Su Phì")).to_have_count(0)


def test_a_forgotten_password_is_set_anew_by_who_may_grant(visit: Visit) -> None:
    stranger = visit()
    stranger.goto("/dang-nhap/")
    expect(stranger.get_by_text("Quên mật khẩu thì nhờ người quản lý tài khoản của đơn vị đặt lại.")).to_be_visible()

    head = visit("chu-tich")
    head.goto("/nguoi/them/")
    username = f"quen.{secrets.token_hex(3)}"
    head.get_by_label("Họ và tên").fill("Vàng Văn Quên")
    head.get_by_label("Tên đăng nhập").fill(username)
    head.get_by_label("Thành viên Tổ công nghệ số cộng đồng").check()
    head.get_by_role("button", name="Thêm và lấy mật khẩu đầu tiên").click()
    first = head.locator("dd code").nth(1).inner_text()
    head.goto("/nguoi/?q=van+quen")
    head.get_by_role("link", name=re.compile("Sửa vị trí của Vàng Văn Quên")).click()
    head.get_by_role("button", name="Đặt mật khẩu mới").click()
    second = head.locator("dd code").nth(1).inner_text()
    assert first != second
    enter(stranger, username, second)
    expect(stranger.get_by_role("heading", name="Việc của tôi")).to_be_visible()


def test_a_wrong_form_keeps_what_was_right_and_says_what_was_not(visit: Visit) -> None:
    page = visit("chu-tich")
    page.goto("/nguoi/them/")
    page.get_by_label("Họ và tên").fill("Lù Thị Pao")
    page.get_by_label("Tên đăng nhập").fill("Phảo!")
    page.get_by_label("Công chức cấp xã").check()
    page.get_by_role("button", name="Thêm và lấy mật khẩu đầu tiên").click()
    expect(page.get_by_role("heading", name="Chưa thêm được")).to_be_visible()
    expect(page.get_by_text("Tên đăng nhập gồm chữ thường không dấu").first).to_be_visible()
    expect(page.get_by_label("Họ và tên")).to_have_value("Lù Thị Pao")
