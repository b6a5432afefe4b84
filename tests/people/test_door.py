"""The door: who comes in, what a closed one says, and what a signed-in person finds."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connections

from langso.assessments import actions
from langso.assessments.models import Assessment
from langso.lib.period import Period
from langso.people.models import Account, Post
from tests.cast import PASSWORD, Cast
from tests.country import Country
from tests.factories import (
    AT,
    TODAY,
    at_most,
    come_in,
    fill,
    main_edition,
    open_assessment,
    open_net,
    report,
    text_of,
    visitor,
    whole,
)

WRITERS = ("officer", "colleague", "head", "province_admin", "ministry_admin")
READERS = ("appraiser", "editor")
OUTSIDE = ("neighbour", "stranger", "heir_one")


def _assessment(country: Country, cast: Cast) -> int:
    open_net()
    fill(country.merged, by=cast.officer)
    return open_assessment(country.merged, by=cast.officer).pk


def _pages(pk: int) -> dict[str, str]:
    return {
        "page": f"/danh-gia/{pk}/",
        "group": f"/danh-gia/{pk}/nhom/CQS/",
        "workbook": f"/danh-gia/{pk}/so-lieu.xlsx",
        "upload": f"/danh-gia/{pk}/tep/",
        "publish": f"/danh-gia/{pk}/cong-bo/",
    }


@pytest.mark.parametrize("who", WRITERS)
def test_who_may_write_opens_every_page_of_the_assessment(who: str, country: Country, cast: Cast) -> None:
    client = visitor(getattr(cast, who))

    for address in _pages(_assessment(country, cast)).values():
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("who", READERS)
def test_who_may_only_read_sees_and_takes_away_but_does_not_write(who: str, country: Country, cast: Cast) -> None:
    client, pages = visitor(getattr(cast, who)), _pages(_assessment(country, cast))

    shown = text_of(client.get(pages["page"]))
    assert client.get(pages["workbook"]).status_code == 200
    assert pages["group"] not in shown
    assert pages["publish"] not in shown
    for page in ("group", "upload", "publish"):
        for answer in (client.get(pages[page]), client.post(pages[page], {"CQ.2-tu": "1"})):
            assert answer.status_code == 403
            assert "Việc này của người khác" in text_of(answer)


@pytest.mark.parametrize("who", OUTSIDE)
def test_what_is_out_of_reach_does_not_exist(who: str, country: Country, cast: Cast) -> None:
    client, pages = visitor(getattr(cast, who)), _pages(_assessment(country, cast))

    for page in pages.values():
        assert client.get(page).status_code == 404
    for page in ("group", "upload", "publish"):
        assert client.post(pages[page], {"CQ.2-tu": "1"}).status_code == 404
    assert "Không có trang này" in text_of(client.get(pages["page"]))


def test_a_volunteer_sees_her_commune_and_no_unpublished_figure(country: Country, cast: Cast) -> None:
    client, pages = visitor(cast.volunteer), _pages(_assessment(country, cast))

    work = text_of(client.get("/viec-cua-toi/"))

    assert "Xã Bản Vược" in work
    assert pages["page"] not in work
    assert client.get(pages["page"]).status_code == 403


def test_a_stranger_without_account_is_led_to_the_sign_in_and_back(country: Country, cast: Cast) -> None:
    for address in ("/viec-cua-toi/", *_pages(_assessment(country, cast)).values()):
        answer = visitor().get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/dang-nhap/?next={address}"


def test_an_account_that_belongs_to_nobody_is_refused_in_words(country: Country, cast: Cast) -> None:
    client = visitor()
    client.force_login(Account.objects.create_user("khong.ai", PASSWORD))

    answer = client.get("/viec-cua-toi/")

    assert answer.status_code == 403
    assert "Chưa có gì bị thay đổi" in text_of(answer)


def test_a_post_that_has_ended_opens_no_door(country: Country, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    open_net()
    post = Post.objects.get(person=cast.officer.person)
    post.valid = type(post.valid)(post.valid.lower, TODAY + timedelta(days=1))
    post.save()
    client = visitor(cast.officer)
    assert client.get("/viec-cua-toi/").status_code == 200

    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(days=1))

    assert client.get("/viec-cua-toi/").status_code == 403


def test_an_assessment_is_opened_where_one_may_and_nowhere_else(country: Country, cast: Cast) -> None:
    def opened(who: str, unit: int | str) -> int:
        data = {"unit": unit, "framework": main_edition().id, "period": "2026"}
        return int(visitor(getattr(cast, who)).post("/danh-gia/mo/", data).status_code)

    assert opened("officer", country.merged.pk) == 302
    assert opened("neighbour", country.merged.pk) == 404
    assert opened("volunteer", country.merged.pk) == 403
    for nonsense in ("", "abc", "²", "9" * 30, "-1"):
        assert opened("officer", nonsense) == 404


@pytest.mark.parametrize(
    "data",
    [{"period": "2027"}, {"period": "x"}, {"framework": "khong-co"}, {"framework": "../../etc/passwd"}],
)
def test_a_refusal_becomes_a_page_with_its_words(data: dict[str, str], country: Country, cast: Cast) -> None:
    asked = {"unit": country.merged.pk, "framework": main_edition().id, "period": "2026"} | data

    answer = visitor(cast.officer).post("/danh-gia/mo/", asked)

    assert answer.status_code == 409
    assert "Không có gì bị thay đổi" in text_of(answer)


@pytest.mark.parametrize("who", ["officer", "appraiser", "editor", "volunteer", "ministry_admin"])
@pytest.mark.parametrize("address", ["/viec-cua-toi/", "/danh-gia/", "/danh-gia/?tai=csv", "/nguoi/"])
def test_a_desk_page_asks_little_of_the_database(who: str, address: str, country: Country, cast: Cast) -> None:
    _assessment(country, cast)
    client = visitor(getattr(cast, who))
    client.get(address)

    with at_most(12):
        assert client.get(address).status_code in (200, 403)


@pytest.mark.parametrize("page", ["page", "publish", "upload"])
def test_an_assessment_page_asks_little_of_the_database(page: str, country: Country, cast: Cast) -> None:
    address = _pages(_assessment(country, cast))[page]
    client = visitor(cast.officer)
    client.get(address)

    with at_most(13):
        assert client.get(address).status_code == 200


def test_the_list_shows_each_only_her_own(country: Country, cast: Cast) -> None:
    _assessment(country, cast)

    names = {
        who: {
            n
            for n in ("Xã Bản Vược", "Xã Nậm Dịch", "Xã Tân Tiến", "Xã Bảo Hà")
            if n in text_of(visitor(getattr(cast, who)).get("/danh-gia/?tai=csv"))
        }
        for who in ("officer", "neighbour", "appraiser", "stranger", "editor")
    }

    assert names == {
        "officer": {"Xã Bản Vược"},
        "neighbour": {"Xã Nậm Dịch"},
        "appraiser": {"Xã Bản Vược", "Xã Nậm Dịch", "Xã Tân Tiến"},
        "stranger": {"Xã Bảo Hà"},
        "editor": {"Xã Bản Vược", "Xã Nậm Dịch", "Xã Tân Tiến", "Xã Bảo Hà"},
    }


def test_publishing_leads_to_the_public_page(country: Country, cast: Cast) -> None:
    pk = _assessment(country, cast)

    answer = visitor(cast.officer).post(f"/danh-gia/{pk}/cong-bo/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/noi/00001/")
    assert "mức" in text_of(visitor().get("/noi/00001/"))


def test_publishing_nothing_is_refused_in_words(country: Country, cast: Cast) -> None:
    open_net()
    pk = open_assessment(country.merged).pk

    answer = visitor(cast.officer).post(f"/danh-gia/{pk}/cong-bo/")

    assert answer.status_code == 409
    assert "ít nhất một tiêu chí" in text_of(answer)


@pytest.mark.parametrize("page", ["page", "group", "publish"])
def test_desk_pages_say_that_thresholds_are_illustrative(page: str, country: Country, cast: Cast) -> None:
    html = text_of(visitor(cast.officer).get(_pages(_assessment(country, cast))[page]))

    assert main_edition().note in html


def test_the_list_says_that_its_levels_are_illustrative(country: Country, cast: Cast) -> None:
    assert main_edition().note in text_of(visitor(cast.appraiser).get("/danh-gia/"))


def test_desk_pages_are_kept_by_no_cache(country: Country, cast: Cast) -> None:
    assert visitor(cast.officer).get("/viec-cua-toi/").headers["Cache-Control"] == "no-store"
    assert visitor(cast.officer).get("/noi/00001/").headers["Cache-Control"] == "no-store"


def test_an_assessment_of_a_commune_that_has_ended_is_still_read_by_its_heir(country: Country, cast: Cast) -> None:
    open_net()
    report(country.old_ho_thau, "CQ.2", whole(1, 2))
    old = Assessment.objects.create(
        unit=country.old_ho_thau,
        framework=main_edition().id,
        edition=main_edition().edition,
        period="2026",
        opened_at=AT,
    )

    assert "Xã Hồ Thầu" in text_of(visitor(cast.officer).get(f"/danh-gia/{old.pk}/"))
    assert visitor(cast.neighbour).get(f"/danh-gia/{old.pk}/").status_code == 404


def test_two_periods_of_one_commune_do_not_mix(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    report(country.merged, "CQ.2", whole(1, 2), by=cast.officer)
    other = actions.open_assessment(
        unit=country.merged, framework=main_edition().id, period=Period.parse("2026-Q3"), by=None, at=AT
    )

    assert "Đã nhập <b>0 trên" in text_of(visitor(cast.officer).get(f"/danh-gia/{other.pk}/"))


@pytest.fixture
def no_tries_before(db: None) -> None:
    cache.clear()


def _sign_in(username: str, password: str) -> int:
    answer = visitor().post("/dang-nhap/", {"login": username, "password": password})
    return int(answer.status_code)


def test_the_right_password_leads_to_the_work(no_tries_before: None, country: Country, cast: Cast) -> None:
    client = visitor()

    answer = client.post("/dang-nhap/", {"login": "suong", "password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/viec-cua-toi/")
    assert answer.cookies["sessionid"]["httponly"]
    assert answer.cookies["sessionid"]["samesite"] == "Lax"
    assert "Việc của tôi" in text_of(client.get("/viec-cua-toi/"))


def test_a_wrong_password_and_an_unknown_name_are_told_alike(
    no_tries_before: None, country: Country, cast: Cast
) -> None:
    def said(username: str) -> str:
        html = text_of(visitor().post("/dang-nhap/", {"login": username, "password": "sai-mat-khau"}))
        return html[html.index("Chưa đăng nhập được") :].replace(username, "…").partition("</ul>")[0]

    assert said("suong") == said("khong-co-ai")


def test_after_too_many_tries_the_right_password_does_not_help_either(
    no_tries_before: None, country: Country, cast: Cast
) -> None:
    tries = [_sign_in("suong", f"sai-{n}") for n in range(6)]
    html = text_of(visitor().post("/dang-nhap/", {"login": "suong", "password": PASSWORD}))

    assert tries[0] == 200
    assert "/viec-cua-toi/" not in html
    assert "Việc của tôi" not in html
    assert _sign_in("pao", PASSWORD) == 302  # others still come in


def test_sign_in_leads_nowhere_outside(no_tries_before: None, country: Country, cast: Cast) -> None:
    answer = visitor().post(
        "/dang-nhap/?next=https://example.com/",
        {"login": "suong", "password": PASSWORD, "next": "//example.com"},
    )

    assert answer.headers.get("Location", "/") == "/viec-cua-toi/"


def test_nobody_makes_an_account_for_herself(country: Country) -> None:
    before = Account.objects.count()
    visitor().post("/dang-ky/", {"username": "toi", "password1": "mot-mat-khau-dai"})

    assert Account.objects.count() == before


def test_a_granted_person_signs_in_with_the_password_that_was_shown_once(
    no_tries_before: None, country: Country, cast: Cast
) -> None:
    head = visitor(cast.head)

    shown = head.post(
        "/nguoi/them/", {"full_name": "Lò Thị Mới", "username": "moi", "role": "volunteer", "place": "00001"}
    )

    html = text_of(shown)
    password = html.split("<dt>Mật khẩu</dt><dd><code>")[1].split("<")[0]
    assert _sign_in("moi", password) == 302
    assert password not in text_of(head.get("/nguoi/"))


def test_the_form_offers_only_roles_that_one_may_grant(country: Country, cast: Cast) -> None:
    html = text_of(visitor(cast.head).get("/nguoi/them/"))

    assert "Công chức cấp xã" in html
    assert "Quản trị cấp tỉnh" not in html


def test_a_role_that_was_not_offered_is_refused(country: Country, cast: Cast) -> None:
    data = {"full_name": "Lò Thị Mới", "username": "moi", "role": "province_admin", "place": "08"}

    answer = visitor(cast.head).post("/nguoi/them/", data)

    assert answer.status_code == 422
    assert not Account.objects.filter(username="moi").exists()


def test_a_post_is_ended_on_its_page_by_who_may_and_by_nobody_else(country: Country, cast: Cast) -> None:
    address = f"/nguoi/{cast.officer.post.pk}/thoi/"

    assert visitor(cast.officer).post(address).status_code == 403
    assert visitor(cast.stranger).post(address).status_code == 403
    assert visitor(cast.head).post(address).status_code == 302
    assert visitor(cast.officer).get("/viec-cua-toi/").status_code == 403


def test_posts_out_of_reach_do_not_exist(country: Country, cast: Cast) -> None:
    for page in ("thoi", "mat-khau"):
        assert visitor(cast.head).post(f"/nguoi/{cast.neighbour.post.pk}/{page}/").status_code == 404
        assert visitor(cast.head).post(f"/nguoi/{cast.province_admin.post.pk}/{page}/").status_code == 404


def test_the_list_of_people_shows_each_only_her_own(country: Country, cast: Cast) -> None:
    html = text_of(visitor(cast.officer).get("/nguoi/"))

    assert "Long Thị Sướng" in html
    assert "Triệu Văn Sinh" not in html
    assert "Vũ Minh Tuấn" not in html


def test_markup_in_a_name_is_shown_as_text(country: Country, cast: Cast) -> None:
    name = "<img src=x onerror=alert(1)> Lò"
    data = {"full_name": name, "username": "moi.la", "role": "volunteer", "place": "00001"}

    pages = [visitor(cast.head).post("/nguoi/them/", data), visitor(cast.head).get("/nguoi/")]

    for page in pages:
        assert "<img src=x" not in text_of(page)
        assert "&lt;img src=x onerror=alert(1)&gt; Lò" in text_of(page)


def test_outside_the_demo_there_is_no_page_of_sign_ins(country: Country, settings: object) -> None:
    assert visitor().get("/dung-thu/").status_code == 404
    settings.DEMO = True  # type: ignore[attr-defined]
    assert "ruong-bac-thang-2026" in text_of(visitor().get("/dung-thu/"))


def test_the_key_for_trials_is_offered_in_the_demo_alone(country: Country, settings: object, tmp_path: Path) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "chu-tich.p12").write_bytes(b"khoa")
    assert visitor().get("/dung-thu/chu-tich.p12").status_code == 404

    settings.DEMO = True  # type: ignore[attr-defined]
    answer = visitor().get("/dung-thu/chu-tich.p12")
    assert answer.content == b"khoa"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "lang-so-thu-nghiem" in text_of(visitor().get("/dung-thu/"))

    (tmp_path / "trust" / "chu-tich.p12").unlink()
    assert visitor().get("/dung-thu/chu-tich.p12").status_code == 404
    assert "lang-so-thu-nghiem" not in text_of(visitor().get("/dung-thu/"))


def test_pages_are_served_by_the_role_that_the_net_holds(country: Country) -> None:
    assert connections["default"].settings_dict["USER"] == "langso_app"
