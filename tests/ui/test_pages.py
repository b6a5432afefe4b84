"""The frame of every page and the pages of refusal: whole, in words, never a dead end."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.template import Context, engines
from django.template.loader import get_template
from django.test import RequestFactory

from tests.ui.markup import Markup

ERRORS = ["400", "403", "403_csrf", "404", "429", "500"]


def house(**changes: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{"demo": False, "address": "https://langso.example", "version": "0.1", "person": None, **changes}
    )


def page(name: str, **context: object) -> Markup:
    """A template with the frame's usual context, without the context processors, which need the database."""
    data = {"request": RequestFactory().get("/khong-co/"), "house": house(), **context}
    return Markup(engines["django"].engine.get_template(f"{name}.html").render(Context(data)))  # type: ignore[attr-defined]


def bare(name: str) -> Markup:
    return Markup(get_template(f"{name}.html").render())


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("draw", [page, bare], ids=["with the frame", "with nothing"])
def test_a_page_of_refusal_is_whole_says_why_and_offers_a_search_and_a_way_on(
    name: str, draw: Callable[[str], Markup]
) -> None:
    read = draw(name)
    tags = [tag for tag, _ in read.elements]
    assert read.faults == []
    assert tags.count("h1") == 1
    assert any(attrs.get("role") == "search" for _, attrs in read.elements)
    assert any(tag == "a" and attrs.get("href") == "/" for tag, attrs in read.elements)
    assert name not in read.text
    assert read.text.count("| Làng Số") == 1


def test_the_frame_has_its_landmarks_and_the_skip_link_comes_first() -> None:
    read = page("404")
    tags = [tag for tag, _ in read.elements]
    links = [attrs for tag, attrs in read.elements if tag == "a"]
    assert ("html", {"lang": "vi"}) in read.elements
    assert links[0]["href"] == "#noi-dung"
    assert [tags.count(tag) for tag in ("header", "main", "footer")] == [1, 1, 1]
    assert "noi-dung" in read.ids()


def test_a_stranger_can_sign_in_and_a_person_sees_their_name_and_can_leave_by_post() -> None:
    stranger = page("404")
    person = page("404", house=house(person=SimpleNamespace(name="Long Thị Sướng", place="xã Hoàng Su Phì")))
    assert "/dang-nhap/" in [a.get("href") for _, a in stranger.elements]
    assert "Long Thị Sướng, xã Hoàng Su Phì" in person.text
    assert "/dang-nhap/" not in [a.get("href") for _, a in person.elements]
    assert any(
        tag == "form" and a.get("action") == "/dang-xuat/" and a.get("method") == "post" for tag, a in person.elements
    )


def test_a_trial_house_says_on_every_page_that_its_figures_are_simulated() -> None:
    assert "Số liệu mô phỏng" in page("404", house=house(demo=True)).text
    assert "mô phỏng" not in page("404").text


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', None), ("", None)])
def test_the_scheme_that_was_chosen_is_in_the_page_from_the_server(cookie: str, theme: str | None) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["giao_dien"] = cookie
    html = next(attrs for tag, attrs in page("404", request=request).elements if tag == "html")
    assert html.get("data-theme") == theme
