"""Whatever is typed into an address or a form of these rooms: words, never a fault of the house."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.country import Country
from tests.factories import visitor
from tests.teams.field import make_household, make_member, make_request, make_team, make_village, make_visit

WORDS = ("\x00", "' or 1=1 --", "9" * 40, "-1", "<b>", "٣", "\ud7ff" * 300, "2026-13", "%s{}{0}")
ADDRESSES = (
    "/thon/",
    "/thon/them/",
    "/thon/nhap/",
    "/to/",
    "/to/them/",
    "/to/do-phu/",
    "/to/nhap/",
    "/to/phu-cap/",
    "/to/phu-cap/muc/",
    "/to/xep-hang/",
    "/chien-dich/",
    "/chien-dich/them/",
    "/hoi-lai/",
    "/hoi-lai/rut/",
    "/yeu-cau/",
    "/nho-giup/",
    "/ai-giup-toi/",
)
NAMES = ("q", "xa", "tinh", "ma", "trang", "xep", "thang", "nam", "buoc", "cu", "thon", "tai", "mau")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_parameter_breaks_a_page(country: Country, cast: Cast, address: str) -> None:
    village = make_village(country.merged)
    member = make_member(make_team(country.merged, village), role="leader")
    make_visit(make_household(village), member.team, member)
    make_request(village)
    for player in (cast.officer, cast.ministry_admin):
        browser = visitor(player)
        for word in WORDS:
            for names in (NAMES, ("xa",), ("ma", "tinh", "thang", "q")):
                answer = browser.get(address, dict.fromkeys(names, word))
                assert answer.status_code < 500, (player.account.username, names, word)


@pytest.mark.parametrize(
    "address",
    [a for a in ADDRESSES if a.endswith(("them/", "nhap/", "rut/"))]
    + ["/to/{team}/sua/", "/to/{team}/giai-the/", "/to/{team}/them-nguoi/", "/to/nguoi/{member}/", "/thon/{village}/"]
    + [
        "/to/nguoi/{member}/thoi/",
        "/yeu-cau/{request}/tra-loi/",
        "/yeu-cau/{request}/giao/",
        "/yeu-cau/{request}/dong/",
    ]
    + ["/to/phu-cap/duyet/", "/nho-giup/?xa=00001"],
)
def test_no_form_breaks_the_house(country: Country, cast: Cast, address: str) -> None:
    village = make_village(country.merged)
    member = make_member(make_team(country.merged, village), role="leader")
    request = make_request(village)
    keys = {"team": member.team_id, "member": member.pk, "village": village.pk, "request": request.pk}
    fields = [
        "uid",
        "name",
        "kind",
        "households_count",
        "signal",
        "since",
        "villages",
        "number",
        "issued_on",
        "issuer",
        "full_name",
        "address",
        "role",
        "occupation",
        "phone",
        "training",
        "trained_on",
        "is_listed",
        "username",
        "stop",
        "reason",
        "into",
        "merged",
        "new_name",
        "on",
        "team",
        "result",
        "note",
        "title",
        "topics",
        "first",
        "last",
        "target_share",
        "about",
        "form_id",
        "seed",
        "until",
        "size",
        "thang",
        "thay",
        "village",
        "topic",
        "text",
        "consents",
        "ghi",
        "tep",
    ]
    browser = visitor(cast.officer)
    for word in WORDS:
        form: dict[str, Any] = dict.fromkeys(fields, word)
        answer = browser.post(address.format(**keys), form)
        assert answer.status_code < 500, word
