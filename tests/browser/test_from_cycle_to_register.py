"""One file from the draft of its cycle to the public register, and out of it again, each step by its own person."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from langso.lib.period import VIETNAM, write_day
from langso.papers import signing
from langso.people.demo import KEY_PASSWORD
from tests.browser.conftest import Visit
from tests.browser.sheet import filled
from tests.browser.test_main_job import _download, _send

NOW = datetime.now(VIETNAM)
TODAY, YESTERDAY = write_day(NOW.date()), write_day(NOW.date() - timedelta(days=1))
QUARTER = f"{NOW.year}-Q{(NOW.month + 2) // 3}"
TITLE, COMMUNE = f"Hạ tầng số cấp xã, quý {QUARTER[-1]}", "Xã Hoàng Su Phì"
SHARES = {"DD.1": 9500, "DD.2": 9000, "DD.3": 9500, "DD.5": 300, "DD.7": 4000, "CD.1": 2500, "CD.2": 8500}
SHARES |= {"DD.6": 10_000, "CD.4": 10_000, "NT.1": 10_000, "NT.2": 8000, "NT.3": 6000}
FIGURES = {(code, part): n for code, top in SHARES.items() for part, n in (("Tử số", top), ("Mẫu số", 10_000))}
FIGURES |= {("DD.4", "Giá trị"): 40, ("CD.3", "Giá trị"): 95}
MEMBERS = (("Hoàng Gia Long", "Chủ tịch hội đồng"), ("Vũ Thị Minh", "Thư ký"), ("Trần Văn Đại", "Ủy viên"))


@pytest.fixture
def key(visit: Visit, tmp_path: Path) -> Path:
    """The key for trials, taken as a visitor of the demo takes it."""
    page = visit()
    page.goto("/dung-thu/")
    expect(page.get_by_text(KEY_PASSWORD)).to_be_visible()
    return _download(page, "Tải tệp khóa chu-tich.p12", tmp_path / "khoa.p12")


def test_one_commune_goes_from_a_new_cycle_to_the_register_and_out_again(
    visit: Visit, key: Path, tmp_path: Path
) -> None:
    admin, officer, head, appraiser = map(visit, ("quan-tri-tinh", "can-bo", "chu-tich", "tham-dinh"))
    cycle = _open_cycle(admin)
    file = _fill_and_confirm(officer, tmp_path)
    _sign_and_hand_in(head, file, key)
    _appraise(appraiser, cycle)
    _contest(officer, file)
    _answer(appraiser)
    session = _decide_in_council(appraiser, admin)
    certificate = _issue(admin, session, key, tmp_path)
    reader = visit()
    _find_in_the_register(reader, certificate)
    _revoke(admin, key, tmp_path)
    reader.reload()
    expect(reader.get_by_text("Đã thu hồi").first).to_be_visible()


def _open_cycle(admin: Page) -> str:
    admin.goto("/dot/")
    admin.get_by_role("link", name="Lập đợt mới").click()
    admin.get_by_label("Tên đợt").fill(TITLE)
    admin.get_by_label("Khung tiêu chí").select_option("xuan-truc-ha-tang-so@2023-2025")
    admin.get_by_label("Kỳ số liệu").fill(QUARTER)
    admin.get_by_label("Ngày mở").fill(YESTERDAY)  # what is recognised and revoked here is a day apart
    admin.get_by_role("button", name="Lưu bản nháp").click()
    expect(admin.get_by_text("Đã lập bản nháp.")).to_be_visible()
    cycle = admin.url.rstrip("/").rsplit("/", 1)[1]
    admin.get_by_role("link", name="Mở đợt").click()
    admin.get_by_role("link", name="Bỏ chọn tất cả").click()
    admin.get_by_label(f"{COMMUNE}, mã").check()
    admin.get_by_role("button", name="Mở đợt").click()
    expect(admin.get_by_text("Đã mở đợt cho 1 đơn vị.")).to_be_visible()
    return cycle


def _fill_and_confirm(officer: Page, tmp_path: Path) -> str:
    officer.goto("/thong-bao/")
    officer.get_by_role("link", name=re.compile(f"{TITLE} đã mở")).first.click()
    file = "/" + "/".join(officer.url.split("/")[3:5]) + "/"
    officer.goto(file)
    given = _download(officer, "Tải bảng Excel", tmp_path / "bảng.xlsx")
    officer.get_by_role("link", name="Gửi bảng đã ghi").click()
    _send(officer, filled(given, FIGURES))
    expect(officer.get_by_text("Đã đọc 14 số liệu trong tệp")).to_be_visible()
    officer.goto(f"{file}nop/")
    officer.get_by_role("button", name="Xác nhận tất cả số đã nhập").click()
    expect(officer.get_by_text("Đã xác nhận 14 tiêu chí.")).to_be_visible()
    officer.get_by_role("button", name="Trình ký").click()
    expect(officer.get_by_text("Đã trình ký.")).to_be_visible()
    expect(officer.get_by_role("button", name="Lấy về sửa")).to_be_visible()
    return file


def _sign_and_hand_in(head: Page, file: str, key: Path) -> None:
    head.goto(f"{file}ky/")
    head.get_by_label("Tệp khóa (.p12, .pfx)").set_input_files(key)
    head.get_by_label("Mật khẩu tệp khóa").fill("khong-phai-mat-khau")
    head.get_by_role("button", name="Ký và nộp").click()
    expect(head.get_by_role("heading", name="Chưa nộp được")).to_be_visible()
    head.get_by_label("Tệp khóa (.p12, .pfx)").set_input_files(key)
    head.get_by_label("Mật khẩu tệp khóa").fill(KEY_PASSWORD)
    head.get_by_role("button", name="Ký và nộp").click()
    expect(head.get_by_text(re.compile(r"Sở đã nhận lúc .* Số tiếp nhận 0001, lần nộp 1\."))).to_be_visible()


def _appraise(appraiser: Page, cycle: str) -> None:
    appraiser.goto(f"/tham-dinh/?dot={cycle}")
    appraiser.get_by_role("link", name=COMMUNE).click()
    appraiser.get_by_role("button", name="Nhận thẩm định").click()
    appraiser.get_by_role("link", name=re.compile(r"^DD\.1\.")).click()
    for code in sorted({code for code, _ in FIGURES if code.startswith("DD.")}):
        expect(appraiser.get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(code)))
        if code == "DD.2":
            appraiser.get_by_label("Sửa thành").check()
            appraiser.get_by_role("textbox", name="Thuê bao điện thoại thông minh").fill("8.800")
            appraiser.get_by_label("Lý do, xã sẽ đọc được").fill("Nhà mạng báo 8.800 thuê bao.")
        else:
            appraiser.get_by_label("Đúng như xã khai").check()
        appraiser.get_by_role("button", name="Kết luận và sang").click()
    while (last := appraiser.get_by_role("button", name="Kết luận và sang")).count():
        appraiser.get_by_label("Đúng như xã khai").check()
        last.click()
    appraiser.get_by_label("Đúng như xã khai").check()
    appraiser.get_by_role("button", name="Ghi kết luận").click()
    appraiser.get_by_label("Ý kiến thẩm định").fill("Số liệu có nguồn.")
    appraiser.get_by_role("button", name="Kết luận thẩm định").click()
    expect(appraiser.get_by_text("Đã kết luận thẩm định: mức 1.")).to_be_visible()


def _contest(officer: Page, file: str) -> None:
    officer.goto(f"{file}tham-dinh/")
    officer.get_by_role("link", name=re.compile(r"^DD\.2\.")).first.click()
    expect(officer.get_by_text("Nhà mạng báo 8.800 thuê bao.")).to_be_visible()
    officer.get_by_label("Nội dung kiến nghị").fill("Còn 200 thuê bao của một nhà mạng khác.")
    officer.get_by_role("button", name="Gửi kiến nghị").click()
    expect(officer.get_by_text("Đã gửi kiến nghị.")).to_be_visible()


def _answer(appraiser: Page) -> None:
    appraiser.goto("/kien-nghi/?q=hoang+su+phi")
    appraiser.locator("tbody a").first.click()
    appraiser.get_by_label("Giữ nguyên").check()
    appraiser.get_by_label("Trả lời xã").fill("Đã gồm cả hai nhà mạng.")
    appraiser.get_by_role("button", name="Trả lời").click()
    expect(appraiser.get_by_text("Đã trả lời ngày")).to_be_visible()


def _decide_in_council(appraiser: Page, admin: Page) -> str:
    admin.goto("/hoi-dong/")
    admin.get_by_label("Đợt đánh giá").select_option(label=TITLE)
    admin.get_by_role("button", name="Lập hội đồng").click()
    for name, role in MEMBERS:
        admin.get_by_label("Họ và tên").fill(name)
        admin.get_by_label("Vai trò").select_option(label=role)
        admin.get_by_role("button", name="Thêm thành viên").click()
        expect(admin.get_by_role("rowheader", name=name)).to_be_visible()
    admin.get_by_label("Ngày họp").fill(YESTERDAY)
    admin.get_by_label("Nơi họp").fill("Phòng họp số 2")
    admin.get_by_role("button", name="Mở phiên họp").click()
    admin.get_by_role("button", name="Đưa tất cả hồ sơ đã thẩm định").click()
    session = admin.url.split("#")[0]
    appraiser.goto(session)
    appraiser.get_by_role("button", name="Ghi người có mặt").click()
    appraiser.get_by_role("button", name="Ghi phiếu").click()
    appraiser.get_by_label("Kết thúc lúc").fill("10:30")
    appraiser.get_by_role("button", name="Kết thúc phiên họp").click()
    expect(appraiser.get_by_text("Phiên họp đã kết thúc: 1 trên 1 hồ sơ được thông qua.")).to_be_visible()
    return session


def _issue(admin: Page, session: str, key: Path, tmp_path: Path) -> str:
    admin.goto(session)
    admin.get_by_label("Loại văn bản").select_option(label="Quyết định công nhận")
    admin.get_by_label("Họ tên người ký").fill("Hoàng Gia Long")
    admin.get_by_role("button", name="Lập dự thảo").click()
    _register(admin, "731", YESTERDAY, key, tmp_path)
    expect(admin.get_by_text("Quyết định đã có hiệu lực: 1 đơn vị được công nhận.")).to_be_visible()
    row = admin.get_by_role("row").filter(has_text=COMMUNE)
    found = re.search(r"\w+-\d{4}-\d{4}", row.inner_text())
    assert found
    return found[0]


def _signed(draft: bytes, key: bytes) -> bytes:
    signer = signing.load_pkcs12(key, KEY_PASSWORD)
    return signing.sign(draft, signer, reason="Ban hành", place="Tuyên Quang", at=datetime.now(UTC))


def _register(admin: Page, number: str, day: str, key: Path, tmp_path: Path) -> None:
    """Take the draft, sign it elsewhere, bring it back with its number and day."""
    draft = _download(admin, "Tải bản PDF", tmp_path / f"du-thao-{number}.pdf")
    with ThreadPoolExecutor(1) as elsewhere:  # the browser's event loop runs in this thread
        signed = elsewhere.submit(_signed, draft.read_bytes(), key.read_bytes()).result()
    admin.get_by_label("Số văn bản").fill(number)
    admin.get_by_label("Ngày văn bản").fill(day)
    admin.get_by_label("Bản đã ký (PDF)").set_input_files(
        {"name": f"{number}.pdf", "mimeType": "application/pdf", "buffer": signed}
    )
    admin.get_by_role("button", name="Ghi số").click()


def _find_in_the_register(reader: Page, certificate: str) -> None:
    reader.goto("/so-cong-nhan/")
    reader.get_by_label("Tra số giấy công nhận").fill(certificate.lower().replace("-", " "))
    reader.get_by_role("button", name="Tra", exact=True).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(COMMUNE)
    expect(reader.get_by_text("731/QĐ-UBND").first).to_be_visible()
    expect(reader.get_by_text("Còn hiệu lực").first).to_be_visible()
    expect(reader.locator("#quyet-dinh svg").last).to_be_visible()  # the code that leads back to this page


def _revoke(admin: Page, key: Path, tmp_path: Path) -> None:
    admin.goto("/quyet-dinh/cong-nhan/?q=hoang+su+phi")
    admin.get_by_role("row").filter(has_text="731/QĐ-UBND").get_by_role("link", name=re.compile("Thu hồi")).click()
    admin.get_by_label("Lý do thu hồi").fill("Kiểm tra thực tế: 8.200 trên 10.000 thuê bao, thấp hơn số đã khai.")
    admin.get_by_label("Căn cứ để thu hồi").fill("Khoản 2 Điều 9 Quy định ban hành kèm kế hoạch.")
    admin.get_by_role("button", name="Lập dự thảo quyết định thu hồi").click()
    _register(admin, "732", TODAY, key, tmp_path)
    expect(admin.get_by_text("Đã thu hồi.")).to_be_visible()
