"""Every page of the house and who reads it: for the tests that look at all of them."""

import re
from collections.abc import Callable, Iterator
from html import unescape

from langso.people.demo import STAR

PUBLIC = (
    "/",
    "/tim/",
    "/tim/?q=hoang+su+phi",
    "/tim/?q=Ho%C3%A0ng+Xu+Ph%C3%AC",
    f"/noi/{STAR}/",
    "/noi/01021/2025-06-30/",  # a town that has ended, with what it became
    "/noi/08/",
    "/noi/51/",  # a province that has sent nothing
    "/khung/",
    "/khung/khung-cds-1.0-minh-hoa/",
    "/khung/ntm-2021-8/",
    "/so-cong-nhan/",
    "/so-cong-nhan/?q=khongcoxanay",
    "/api/",
    "/dang-nhap/",
    "/mat-khau/quen/",
    "/dung-thu/",
    "/thu-vien-giao-dien/",
    "/ai-giup-toi/",
    f"/ai-giup-toi/{STAR}/",
    "/nho-giup/",
    f"/nho-giup/?xa={STAR}",
    "/khong-co-trang-nay/",
)
GROUPS = ("CHUNG", "CQS", "KTS", "XHS")
CYCLE, DONE, NEW = "tuyen-quang-2026", "tuyen-quang-2025", "tuyen-quang-ntm-2026"
QUEUE = f"/tham-dinh/?dot={CYCLE}"

OFFICER = (
    "/viec-cua-toi/",
    "/danh-gia/",
    "/nguoi/",
    "/mat-khau/doi/",
    "/nguoi/them/",
    "/minh-chung/",
    "/minh-chung/them/",
    "/dot/",
    f"/dot/{CYCLE}/",
    "/thong-bao/",
    "/kien-nghi/?buoc=tat-ca",
    "/thon/",
    "/thon/them/",
    "/thon/nhap/",
    "/to/",
    "/to/them/",
    "/to/nhap/",
    "/to/do-phu/",
    "/to/phu-cap/",
    "/to/phu-cap/muc/",
    "/to/xep-hang/",
    "/yeu-cau/?buoc=tat-ca",
    "/chien-dich/",
    "/chien-dich/them/",
    "/hoi-lai/",
    "/hoi-lai/rut/",
    "/ho/",
    "/ho/?q=khongcoai",
    "/ho/them/",
    "/ho/the/",
    "/luot/",
    "/may/",
    "/can-xem-lai/",
    "/to/ket-qua/",
    "/phieu/",
)
APPRAISER = (
    "/viec-cua-toi/",
    "/danh-gia/",
    "/danh-gia/?q=khongcoxanay",
    "/nguoi/",
    "/dot/",
    f"/dot/{CYCLE}/?buoc=returned",
    QUEUE,
    f"{QUEUE}&buoc=toi",
    f"{QUEUE}&buoc=xong",
    "/boc-mau/",
    "/kien-nghi/",
    "/hoi-dong/",
    "/quyet-dinh/",
    "/quyet-dinh/cong-nhan/",
    "/so-lieu-he-thong/",
    "/thong-bao/",
    "/nhat-ky/",
    "/theo-doi/",
    f"/theo-doi/{CYCLE}/",
    f"/theo-doi/{DONE}/",
    f"/theo-doi/{CYCLE}/tieu-chi/",
)
ADMIN = (
    "/viec-cua-toi/",
    "/thon/",
    "/to/",
    "/to/do-phu/",
    "/to/phu-cap/",
    "/to/phu-cap/muc/them/",
    "/to/xep-hang/",
    "/chien-dich/",
    "/nguoi/",
    "/nguoi/them/",
    "/danh-gia/nhap-nhieu/",
    "/dot/",
    "/dot/moi/",
    f"/dot/{DONE}/",
    f"/dot/{CYCLE}/",
    f"/dot/{CYCLE}/sua/",
    f"/dot/{CYCLE}/ngay-nghi/",
    f"/dot/{CYCLE}/gia-han/",
    f"/dot/{CYCLE}/khoa/",
    f"/dot/{CYCLE}/so-nganh/",
    f"/dot/{NEW}/",
    "/hoi-dong/",
    "/quyet-dinh/",
)
STAR_PAGES = ("", *(f"nhom/{g}/" for g in GROUPS), "tep/", "cong-bo/", "nop/", "tham-dinh/", "tham-dinh/CQ.2/")
ONE = '([^"?#]+)'
FOUND = (  # who, where she starts, and the link that she follows; a further link starts from there
    ("", "/so-cong-nhan/", r'href="(/so-cong-nhan/\w+-\d{4}-\d+/)"'),
    ("can-bo", "{star}nop/", rf'href="(/minh-chung/tieu-chi/{ONE})\?'),
    ("can-bo", "/minh-chung/", r'href="(/minh-chung/\d+/)"'),
    ("can-bo", "/ho/", r'href="(/ho/\d+/)"'),
    ("can-bo", "{last}", r'href="(/ho/\d+/ghi-luot/)"'),
    ("can-bo", "/luot/", r'href="(/luot/\d+/)"'),
    ("can-bo", "/may/", r'href="(/may/\d+/thu-hoi/)"'),
    ("can-bo", "/phieu/", r'href="(/phieu/\d+/)"'),
    ("can-bo", "{last}", r'href="(/phieu/\d+/dien/)"'),
    ("can-bo", "/to/", r'href="(/to/\d+/)"'),
    ("can-bo", "{last}", r'href="(/to/nguoi/\d+/)"'),
    ("can-bo", "/chien-dich/", r'href="(/chien-dich/\d+/)"'),
    ("can-bo", "/yeu-cau/", r'href="(/yeu-cau/\d+/)"'),
    ("tham-dinh", f"{QUEUE}&buoc=cho", r'href="(/tham-dinh/\d+/)"'),
    ("tham-dinh", "{last}", r'href="(/tham-dinh/\d+/CQ\.2/)[?#"]|href="(CQ\.2/)"'),
    ("tham-dinh", f"{QUEUE}&buoc=xong", r'href="(/tham-dinh/\d+/)"'),
    ("tham-dinh", "/hoi-dong/", r'href="(/hoi-dong/\d+/)"'),
    ("tham-dinh", "{last}", r'href="(/hoi-dong/phien/\d+/)"'),
    ("tham-dinh", "{last}", r'href="(/quyet-dinh/\d+/)"'),
    ("quan-tri-tinh", "/quyet-dinh/cong-nhan/", r'href="(/quyet-dinh/thu-hoi/\d+/)"'),
    ("quan-tri-tinh", f"/dot/{CYCLE}/so-nganh/", r'href="(/dot/[\w-]+/so-nganh/\d+/)"|href="(\d+/)"'),
)

Get = Callable[[str, str], str]


def every_page(get: Get, star: str) -> Iterator[tuple[str, str]]:
    """Who, and the address; `get` reads a page as someone, to follow its links."""
    for address in PUBLIC:
        yield "", address
    for who, addresses in (("can-bo", OFFICER), ("tham-dinh", APPRAISER), ("quan-tri-tinh", ADMIN)):
        yield from ((who, a) for a in addresses)
    yield from (("can-bo", f"{star}{rest}") for rest in STAR_PAGES)
    yield from (("chu-tich", a) for a in ("/viec-cua-toi/", "/nguoi/", "/nguoi/them/", f"{star}ky/"))
    yield from (("xac-minh", a) for a in ("/viec-cua-toi/", "/tham-dinh/phan-cua-toi/"))
    yield from (("tinh-nguyen", a) for a in ("/viec-cua-toi/", star))
    yield from (("bien-tap", a) for a in ("/viec-cua-toi/", "/danh-gia/", "/theo-doi/ca-nuoc/"))
    yield "tham-dinh", star
    last = ""
    for who, start, link in FOUND:
        start = start.format(star=star, last=last)
        found = re.search(link, get(who, start))
        assert found, f"{start} as {who or 'a stranger'} has no link like {link}"
        there = unescape(next(filter(None, found.groups())))
        last = there if there.startswith("/") else f"{start.split('?')[0]}{there}"
        yield who, last
