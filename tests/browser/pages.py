"""Every page of the house and who reads it: for the tests that look at all of them."""

from collections.abc import Iterator

from tests.browser.conftest import STAR_PAGE

PUBLIC = (
    "/",
    "/tim/",
    "/tim/?q=hoang+su+phi",
    "/tim/?q=Ho%C3%A0ng+Xu+Ph%C3%AC",
    STAR_PAGE,
    "/noi/01021/2025-06-30/",  # a town that has ended, with what it became
    "/noi/08/",
    "/noi/51/",  # a province that has sent nothing
    "/khung/",
    "/khung/khung-cds-1.0-minh-hoa/",
    "/khung/ntm-2021-8/",
    "/dang-nhap/",
    "/mat-khau/quen/",
    "/dung-thu/",
    "/thu-vien-giao-dien/",
    "/khong-co-trang-nay/",
)
GROUPS = ("CHUNG", "CQS", "KTS", "XHS")


def every_page(star: str) -> Iterator[tuple[str, str]]:
    """Who, and the address."""
    for address in PUBLIC:
        yield "", address
    for address in ("/viec-cua-toi/", star, *(f"{star}nhom/{g}/" for g in GROUPS), f"{star}tep/", f"{star}cong-bo/"):
        yield "can-bo", address
    yield from (("can-bo", a) for a in ("/danh-gia/", "/nguoi/", "/mat-khau/doi/", "/nguoi/them/"))
    yield from (("chu-tich", a) for a in ("/viec-cua-toi/", "/nguoi/", "/nguoi/them/"))
    yield from (
        ("tham-dinh", a) for a in ("/viec-cua-toi/", "/danh-gia/", "/danh-gia/?q=khongcoxanay", star, "/nguoi/")
    )
    yield from (("quan-tri-tinh", a) for a in ("/viec-cua-toi/", "/nguoi/", "/nguoi/them/"))
    yield from (("can-bo", a) for a in ("/dot/", "/thong-bao/", "/kien-nghi/?buoc=tat-ca"))
    yield from (("tham-dinh", a) for a in ("/dot/", "/boc-mau/", "/kien-nghi/"))
    yield from (("quan-tri-tinh", a) for a in ("/dot/", "/dot/moi/"))
    yield from (("tinh-nguyen", a) for a in ("/viec-cua-toi/", star))
    yield from (("bien-tap", a) for a in ("/viec-cua-toi/", "/danh-gia/"))
