"""Đi hộ and a house that is gone, strange, moved, full, or says no: nothing is lost, each answer is shown in words."""

import hashlib
import io
import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.handset import MAY, OTHER_PIN, PIN, SINH, Phone, Take, picture
from tests.field.house import House


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("portal", "Mạng này đòi đăng nhập."),
        ("portal-json", "Mạng này đòi đăng nhập."),
        ("gone", "Đang không có mạng."),
        ("busy", "Máy chủ của xã đang bận."),
    ],
)
def test_what_is_no_answer_changes_nothing_and_is_said(phone: Take, house: House, mode: str, words: str) -> None:
    p = phone()
    p.enrol()
    house.mode = mode
    p.visit("Lù Seo Páo")
    expect(p.page.get_by_text(words)).to_be_visible()
    p.go("gui")
    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(p.page.locator(".rc").get_by_text("Chưa gửi")).to_be_visible()
    assert p.unsent() == 1
    house.mode = "ok"
    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(p.page.get_by_text("Biên nhận HSP-0412-0001")).to_be_visible()
    expect(p.page.get_by_text(words)).to_have_count(0)


def test_an_answer_without_the_right_proof_is_none(phone: Take, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    p = phone()
    p.enrol()
    monkeypatch.setattr("tests.field.house.proof", lambda *_: "0" * 64)
    p.visit("Lù Seo Páo")
    expect(p.page.get_by_text("Mạng này đòi đăng nhập.")).to_be_visible()
    assert p.unsent() == 1
    monkeypatch.undo()
    p.go("gui")
    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(p.page.get_by_text("Biên nhận")).to_be_visible()
    assert len(house.records) == 1, "what had arrived unseen is one with what was sent again"


def test_a_revoked_phone_keeps_the_outbox_and_sends_it_under_a_new_code(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    p.visit("Lù Seo Páo")
    house.mode = "revoked"
    p.page.reload()
    p.open()  # and sends by itself
    p.heading("Sổ đã khóa gửi")
    expect(p.page.get_by_text("Xã đã thu hồi máy này ngày 29/11/2026.")).to_be_visible()
    expect(p.page.get_by_text("1 lượt chưa gửi vẫn nằm trong máy")).to_be_visible()
    p.page.reload()
    p.open()
    p.heading("Sổ đã khóa gửi")
    house.mode = "ok"
    house.codes["NEWC2345"] = house.codes["K7M2P9QX"]
    from tests.field import house as module

    module.PEOPLE["NEWC2345"] = module.PEOPLE["K7M2P9QX"]
    p.page.get_by_label("Mã ghi danh mới").fill("NEWC2345")
    p.page.get_by_role("button", name="Ghi danh lại").click()
    p.heading("Hộ hôm nay")
    p.go("gui")
    expect(p.page.get_by_text("Biên nhận HSP-0412-0001")).to_be_visible()


def test_a_forgotten_pin_leaves_the_old_book_sealed_and_it_gives_back_its_records_when_remembered(
    phone: Take, house: House
) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    p.visit("Lù Seo Páo")
    p.lock()
    house.mode = "ok"
    p.page.goto(f"/app/#ghi-danh={SINH}")
    p.page.get_by_label("Chọn mã PIN").fill(OTHER_PIN)
    p.page.get_by_label("Ghi lại mã PIN").fill(OTHER_PIN)
    p.page.get_by_role("button", name="Ghi danh").click()
    p.heading("Máy này đã có sổ của Lù Văn Sính.")
    p.page.get_by_label("Mã PIN cũ").fill("999999")
    p.page.get_by_role("button", name="Mở sổ cũ, dùng tiếp").click()
    expect(p.page.get_by_text("Chưa đúng mã PIN cũ.")).to_be_visible()
    p.page.get_by_role("button", name="Quên mã PIN cũ, lập sổ mới").click()
    p.heading("Hộ hôm nay")
    assert not house.records
    p.go("cai-dat")
    p.page.get_by_label("Mã PIN cũ").fill(PIN)
    p.page.get_by_role("button", name="Lấy lại từ sổ cũ").click()
    expect(p.page.get_by_role("button", name="Lấy lại từ sổ cũ")).to_have_count(0)
    p.go("gui")
    expect(p.page.get_by_text("Biên nhận HSP-0412-0001")).to_be_visible()


def test_answers_that_need_eyes_are_shown_in_the_words_of_the_house(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    for head in ("Lù Seo Páo", "Phàn Mùi Khé", "Cháng Văn Đức"):
        p.visit(head)
    house.mode = "ok"
    house.poison = "Phàn"  # nothing holds it: all go
    said = {
        "refused": "Ngày này chưa tới. Xem lại ngày.",
        "conflict": "Chị Mẩy cũng ghi hộ này cùng ngày. Giữ cả hai, nhờ người chọn.",
        "held": "Đợi thông tin hộ tới trước.",
    }
    uids = p.page.evaluate(ITEM_UIDS)
    for uid, (state, words) in zip(uids, said.items(), strict=True):
        house.answers[uid] = {"state": state, "receipt": "" if state == "refused" else "HSP-0412-9", "says": words}
    p.go("gui")
    p.page.get_by_role("button", name="Gửi ngay").click()
    for words in said.values():
        expect(p.page.get_by_text(words)).to_be_visible()
    expect(p.page.locator(".rc").get_by_text("Cần xem lại")).to_have_count(2)
    expect(p.page.locator(".rc").get_by_text("Đang chờ")).to_have_count(1)
    assert p.unsent() == 0
    picture(p.page, "di-ho-can-xem-360")
    house.answers.clear()
    p.page.locator(".rc", has_text="Ngày này chưa tới").click()
    p.page.get_by_role("link", name="Ghi lại cho đúng").click()
    p.page.get_by_label("Làm được, cần giúp thêm").check()
    p.page.get_by_role("button", name="Lưu lượt này").click()
    p.heading("Chưa gửi và biên nhận")
    expect(p.page.locator(".rc").get_by_text("Đã bỏ")).to_have_count(1)
    expect(p.page.get_by_text("Biên nhận HSP-0412-0004")).to_be_visible()
    assert list(house.records.values())[-1]["body"]["corrects"] is None, "what was refused never counted"


ITEM_UIDS = """async () => {
  const wait = (r) => new Promise((done) => { r.onsuccess = () => done(r.result); });
  const { name } = (await indexedDB.databases()).find((d) => d.name.startsWith('so-'));
  const db = await wait(indexedDB.open(name));
  const rows = await wait(db.transaction('outbox').objectStore('outbox').index('by_seq').getAll());
  db.close();
  return rows.map((r) => r.uid);
}"""


def test_one_record_that_spoils_every_batch_holds_back_no_other(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    for head, note in (("Lù Seo Páo", ""), ("Phàn Mùi Khé", "thuốc độc"), ("Cháng Văn Đức", "")):
        p.visit(head, note=note)
    house.mode, house.poison = "ok", "thuốc độc"
    p.go("gui")
    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(p.page.locator("code")).to_have_count(2)
    assert p.unsent() == 1
    expect(p.page.get_by_text("Gói gửi lên không đọc được.")).to_be_visible()
    house.poison = ""
    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(p.page.locator("code")).to_have_count(3)


def test_one_record_that_brings_the_house_down_is_set_aside_and_can_be_tried_again(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    for head, note in (("Lù Seo Páo", ""), ("Phàn Mùi Khé", "thuốc độc")):
        p.visit(head, note=note)
    house.mode, house.venom = "ok", "thuốc độc"
    p.go("gui")
    for _ in range(5):
        p.page.get_by_role("button", name="Gửi ngay").click()
        p.page.get_by_role("button", name="Gửi ngay").wait_for()
    expect(p.page.get_by_text("Xã không nhận được bản này sau ba lần gửi.")).to_be_visible()
    expect(p.page.locator("code")).to_have_count(1)
    assert p.unsent() == 0
    house.venom = ""
    p.page.locator(".rc", has_text="sau ba lần gửi").click()
    p.page.get_by_role("button", name="Gửi thử lại").click()
    expect(p.page.get_by_text("Biên nhận HSP-0412-0002")).to_be_visible()


def test_nobody_leaves_the_phone_with_anything_on_it_alone(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    p.visit("Lù Seo Páo")
    p.page.get_by_role("link", name="Phàn Mùi Khé").click()
    p.page.get_by_label("Ghi thêm").fill("đang ghi dở")
    house.mode = "ok"
    p.go("cai-dat")
    p.page.get_by_role("button", name="Thôi dùng máy này").click()
    p.page.get_by_role("button", name="Thôi và xóa sổ").click()
    expect(p.page.get_by_text("1 bản đang ghi dở.")).to_be_visible()
    p.page.get_by_role("link", name="Mở Chưa gửi").click()
    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(p.page.get_by_text("Biên nhận HSP-0412-0001")).to_be_visible()
    expect(p.page.get_by_role("link", name="Lượt đến hộ, Phàn Mùi Khé")).to_be_visible()
    p.page.get_by_role("button", name="Bỏ bản này").click()
    p.page.get_by_role("button", name="Bỏ bản này").click()
    expect(p.page.get_by_role("link", name="Lượt đến hộ, Phàn Mùi Khé")).to_have_count(0)
    p.go("cai-dat")
    p.page.get_by_role("button", name="Thôi dùng máy này").click()
    p.page.get_by_role("button", name="Thôi và xóa sổ").click()
    expect(p.page.get_by_text("Máy này chưa có sổ nào.")).to_be_visible()


def test_who_has_left_the_team_sends_the_rest_for_thirty_days_and_is_told_so(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    p.visit("Lù Seo Páo")
    house.mode = "left"
    p.go("gui")
    p.page.get_by_role("button", name="Gửi ngay").click()
    expect(p.page.get_by_text("Biên nhận HSP-0412-0001")).to_be_visible()
    p.today()
    expect(p.page.get_by_text("những gì đã ghi vẫn gửi nốt được trong 30 ngày")).to_be_visible()
    expect(p.page.get_by_text("Phàn Mùi Khé")).to_have_count(0)
    house.mode = "long-left"
    p.go("gui")
    p.page.get_by_role("button", name="Gửi ngay").click()
    p.heading("Sổ đã khóa gửi")
    expect(p.page.get_by_text("Anh, chị đã thôi tham gia Tổ thôn Bản Luốc")).to_be_visible()
    expect(p.page.get_by_text("Thôi tổ rồi còn 30 ngày để gửi nốt những gì đã ghi")).to_be_visible()
    p.page.get_by_label("Mã ghi danh mới").fill("ZZZZ2345")
    p.page.get_by_role("button", name="Ghi danh lại").click()
    expect(p.page.get_by_text("Thôi tổ rồi còn 30 ngày")).to_be_visible()


def test_two_windows_send_each_record_once_and_both_see_its_receipt(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    house.mode = "gone"
    p.visit("Lù Seo Páo")
    second = Phone(p.context)
    second.page.goto("/app/")
    second.open()
    second.heading("Hộ hôm nay")
    second.go("gui")
    p.go("gui")
    house.mode = "ok"
    for window in (p, second):
        window.page.get_by_role("button", name="Gửi ngay").evaluate("button => button.click()")
    for window in (p, second):
        expect(window.page.get_by_text("Biên nhận HSP-0412-0001")).to_be_visible()
    assert len(house.batches) == 1


def test_a_house_put_back_from_a_backup_is_made_whole_again(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    p.visit("Lù Seo Páo")
    expect(p.page.get_by_role("link", name="Chưa gửi", exact=True)).to_be_visible()
    p.page.wait_for_timeout(200)
    lost = dict(house.records)
    house.records.clear()
    house.epoch = "e2"
    p.visit("Phàn Mùi Khé")
    p.go("gui")
    expect(p.page.locator("code")).to_have_count(2)
    p.page.wait_for_function("() => !document.querySelector('.tabs .due')")
    assert set(lost) <= set(house.records)


def test_a_clock_wrong_by_years_is_harmless(phone: Take, house: House) -> None:
    p = phone()
    p.context.add_init_script("const real = Date.now; Date.now = () => real() - 9 * 365 * 864e5;")
    p.enrol()
    day = (house.now + timedelta(hours=7)).strftime("%d/%m")
    expect(p.page.get_by_text(f" {day}.")).to_be_visible()
    p.visit("Lù Seo Páo")
    p.go("gui")
    p.page.locator(".rc").first.click()
    expect(p.page.get_by_text(f"{day}/{house.now.year}")).to_be_visible()
    item = next(iter(house.records.values()))
    assert item["body"]["on"] == item["made_at"][:10], "the device's own day, for the house to restate"


def test_a_photo_goes_after_the_text_small_and_without_place_from_where_it_stopped(
    phone: Take, house: House, tmp_path: Path
) -> None:
    p = phone()
    p.enrol()
    p.today()
    p.page.get_by_role("link", name="Lù Seo Páo").click()
    p.page.get_by_label("VNeID mức 2").check()
    p.page.get_by_label("Bà con tự làm được").check()
    p.page.get_by_text("Hẹn, ảnh, xác nhận").click()
    p.page.set_input_files("input[type=file]", str(_photo(tmp_path)))
    expect(p.page.get_by_role("img", name="Ảnh 1")).to_be_visible()
    p.page.get_by_label("Ký tên").check()
    box = p.page.locator("canvas").bounding_box()
    assert box
    p.page.locator("canvas").scroll_into_view_if_needed()
    box = p.page.locator("canvas").bounding_box()
    assert box
    p.page.mouse.move(box["x"] + 20, box["y"] + 40)
    p.page.mouse.down()
    for i in range(8):
        p.page.mouse.move(box["x"] + 20 + 25 * i, box["y"] + 40 + 30 * (i % 2))
    p.page.mouse.up()
    p.page.get_by_role("button", name="Xong chữ ký").click()
    expect(p.page.get_by_text("Đã có chữ ký.")).to_be_visible()
    p.page.get_by_role("button", name="Lưu lượt này").click()
    p.heading("Hộ hôm nay")
    deadline = time.monotonic() + 8
    notes = {}
    while time.monotonic() < deadline:
        notes = {n["uid"]: n for r in house.records.values() for n in r["body"]["photos"]}
        if len(notes) == 2 and all(len(house.photos.get(u, b"")) == n["size"] for u, n in notes.items()):
            break
        p.page.wait_for_timeout(100)
    body = next(iter(house.records.values()))["body"]
    assert body["proof"]["kind"] == "signature"
    assert notes[body["proof"]["photo"]]["type"] == "image/png"
    taken = next(house.photos[u] for u, n in notes.items() if n["type"] == "image/jpeg")
    assert hashlib.sha256(taken).hexdigest() in {n["sha256"] for n in notes.values()}
    assert len(taken) <= 150_000
    picture = Image.open(io.BytesIO(taken))
    assert max(picture.size) <= 1280
    assert not dict(picture.getexif())


def _photo(folder: Path) -> Path:
    picture = Image.effect_noise((2400, 1800), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Máy ảnh"
    path = folder / "anh.jpg"
    picture.save(path, quality=92, exif=exif)
    assert path.stat().st_size > 1_000_000
    return path


def test_when_the_phone_is_full_it_is_said_and_what_is_typed_stays(phone: Take, house: House, tmp_path: Path) -> None:
    p = phone()
    p.page.goto("/")
    cdp = p.cdp()
    cdp.send("Storage.overrideQuotaForOrigin", {"origin": house.address, "quotaSize": 420_000})
    p.enrol()
    house.mode = "gone"
    p.today()
    p.page.get_by_role("link", name="Lù Seo Páo").click()
    p.page.get_by_label("VNeID mức 2").check()
    p.page.get_by_label("Bà con tự làm được").check()
    p.page.get_by_label("Ghi thêm").fill("dòng này không được mất")
    p.page.get_by_text("Hẹn, ảnh, xác nhận").click()
    picture = _photo(tmp_path)
    for _ in range(3):
        p.page.set_input_files("input[type=file]", str(picture))
        p.page.wait_for_timeout(700)
        if p.page.get_by_text("Máy sắp hết chỗ chứa.").count():
            break
    expect(p.page.get_by_text("Máy sắp hết chỗ chứa.").first).to_be_visible()
    expect(p.page.get_by_label("Ghi thêm")).to_have_value("dòng này không được mất")
    cdp.send("Storage.overrideQuotaForOrigin", {"origin": house.address})
    p.page.get_by_role("button", name="Lưu lượt này").click()
    p.heading("Hộ hôm nay")
    expect(p.page.get_by_text("Máy sắp hết chỗ chứa.")).to_have_count(0)
    assert p.unsent() == 1


def test_a_parcel_is_carried_by_another_phone_that_cannot_read_it(phone: Take, house: House, tmp_path: Path) -> None:
    giver, taker = phone(), phone()
    giver.enrol()
    taker.enrol(MAY, OTHER_PIN)
    house.mode = "gone"
    giver.visit("Lù Seo Páo", note="chỉ xã được đọc")
    giver.go("giao")
    giver.page.get_by_role("button", name="Đóng gói 1 lượt").click()
    with giver.page.expect_download() as got:
        giver.page.get_by_role("button", name="Lưu thành tệp").click()
    file = tmp_path / "goi.langso"
    got.value.save_as(file)
    assert got.value.suggested_filename.endswith(".langso")
    assert "chỉ xã" not in file.read_text("utf-8")
    giver.page.get_by_role("button", name="Cho máy kia quét").click()
    expect(giver.page.get_by_role("img", name="Mã QR của gói")).to_be_visible()
    square = giver.page.locator("canvas").evaluate("c => [c.width, c.height]")
    assert square[0] == square[1] <= 65 + 8  # a code of version 12 at most, with its margin
    picture(giver.page, "di-ho-giao-360")
    taker.go("nhan")
    taker.page.set_input_files("input[type=file]", str(file))
    expect(taker.page.get_by_text("Đã nhận 1 gói. Có mạng sẽ gửi hộ.")).to_be_visible()
    taker.page.set_input_files("input[type=file]", str(file))
    expect(taker.page.get_by_text("Gói này đã có trên máy.")).to_be_visible()
    house.mode = "ok"
    taker.go("gui")
    taker.page.get_by_role("button", name="Gửi ngay").click()
    expect(taker.page.get_by_text("Đã chuyển giúp.")).to_be_visible()
    assert len(house.parcels) == 1
    giver.go("gui")
    expect(giver.page.get_by_text("Đã giao cho máy khác, đợi biên nhận.")).to_be_visible()


CAMERA = """frames => {
  let at = 0;
  window.BarcodeDetector = class {
    static getSupportedFormats() { return Promise.resolve(['qr_code']); }
    detect() { return Promise.resolve([{ rawValue: frames[at++ % frames.length] }]); }
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d').fillRect(0, 0, 9, 9);
    return canvas.captureStream(5);
  };
}"""


def test_a_parcel_crosses_by_camera_in_whatever_order_its_codes_are_seen(phone: Take, house: House) -> None:
    p = phone()
    p.enrol()
    uid = "0192f000-0000-7000-8000-0000000000aa"
    parcel = {"v": 1, "parcel": uid, "seat": uid, "epk": "x" * 87, "iv": "x" * 16, "data": "y" * 900}
    text = json.dumps(parcel)
    parts = [text[i : i + 300] for i in range(0, len(text), 300)]
    frames = [f"LS1/{uid}/{i + 1}/{len(parts)}/{part}" for i, part in enumerate(parts)]
    p.page.evaluate(CAMERA, ["https://example.org/", *reversed(frames)])
    p.go("nhan")
    p.page.get_by_role("button", name="Quét bằng máy ảnh").click()
    expect(p.page.get_by_text("Đã nhận 1 gói.")).to_be_visible()
    p.page.wait_for_timeout(100)
    assert [got["parcel"] for got in house.parcels] == [uid]
