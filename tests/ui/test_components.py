"""Every component has its parts, every example can be drawn, and nothing needs an inline style or script."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory

import langso
from langso.ui import gallery, stylesheet
from langso.ui.icons import SHAPES
from langso.ui.templatetags.ui import WORDS
from tests.ui.markup import Markup

PACKAGE = Path(langso.__file__).parent
UI = PACKAGE / "ui"
# Css of the frame has no example of its own: it is around every page. An icon is drawn by Python, for speed.
FRAME = {"site_header", "site_footer", "gallery"}
DRAWN = {"icon"}
NOT_COMPONENTS = FRAME | {"nav_link", "print_foot"}
EXAMPLES = [(c.name, e) for c in gallery.components() for e in c.examples]


def draw(source: str, **data: object) -> str:
    return Template(source).render(
        Context({"request": RequestFactory().get("/xa/", {"xep": "ten", "loai": "xa"}), **data})
    )


def stems(folder: str, suffix: str) -> set[str]:
    return {path.stem for path in (UI / folder).glob(f"*.{suffix}")}


def test_every_component_has_a_template_a_css_file_and_examples() -> None:
    css, templates, examples = (
        stems("components", "css"),
        stems("templates/ui", "html"),
        stems("examples", "yaml"),
    )
    assert css - FRAME == examples
    assert templates - NOT_COMPONENTS == examples - DRAWN


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}: {e.name}" for n, e in EXAMPLES])
def test_every_example_is_drawn_and_well_formed(name: str, example: gallery.Example) -> None:
    html = example.html(RequestFactory().get("/thu-vien-giao-dien/"))
    read = Markup(html)
    assert html.strip(), name
    assert read.faults == []
    assert not [attrs for _, attrs in read.elements if "style" in attrs]


def test_the_gallery_is_one_well_formed_page_without_an_id_twice() -> None:
    page = Markup(gallery.gallery(RequestFactory().get("/thu-vien-giao-dien/")).content.decode())
    ids = page.ids()
    assert page.faults == []
    assert sorted(ids) == sorted(set(ids))
    assert [tag for tag, _ in page.elements].count("h1") == 1


def test_the_written_stylesheet_is_current() -> None:
    assert stylesheet.WRITTEN.read_text("utf-8") == stylesheet.build(), "python -m langso.ui.stylesheet"


def test_squeezing_keeps_what_css_needs() -> None:
    css = (
        '/* a */ a:hover > b { content: ": {}  /"; margin: calc(-1 * var(--s3)) auto; }\n'
        "@media (min-width: 46rem) { p { top: 0; } }"
    )
    assert stylesheet.squeeze(css) == (
        'a:hover>b{content:": {}  /";margin:calc(-1 * var(--s3)) auto}@media (min-width:46rem){p{top:0}}\n'
    )


def test_every_file_that_the_stylesheet_asks_for_is_there() -> None:
    asked = re.findall(r'url\("([^"#]+)"\)', stylesheet.build())
    assert len(asked) == 2
    assert all((stylesheet.WRITTEN.parent / path).is_file() for path in asked)


def test_every_token_that_is_used_is_defined() -> None:
    css = stylesheet.build()
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(re.findall(r"(--[\w-]+):", css))


def test_templates_have_no_inline_style_no_inline_script_and_no_handler() -> None:
    faulty = [
        f"{path.name}: {found.group()}"
        for path in PACKAGE.glob("*/templates/**/*.html")
        for found in re.finditer(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", path.read_text("utf-8"))
    ]
    assert faulty == []


def test_every_verdict_has_a_word_and_a_shape_of_its_own() -> None:
    assert set(WORDS) <= set(SHAPES)
    assert len(set(WORDS.values())) == len(WORDS)
    same_shape = {("met", "done"), ("late", "look")}
    for a in WORDS:
        for b in WORDS:
            if a < b and (a, b) not in same_shape and (b, a) not in same_shape:
                assert SHAPES[a] != SHAPES[b], (a, b)


def test_a_verdict_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        draw('{% verdict "perhaps" %}')


@pytest.mark.parametrize(
    "source",
    [
        "{% criterion x x 'met' word=x value=x target=x fraction=x why=x href=x source=x %}",
        "{% row x href=x note=x when=x %}{% endrow %}",
        "{% next_step x todo=x word=x value=x target=x %}{% endnext_step %}",
        "{% breadcrumbs trail %}{% summary_list pairs %}{% nothing x x href=x label=x %}",
        "{% figure x unit=x source=x document=x href=x by=x %}{% level 3 x %}{% illustrative x %}",
        "{% panel x id=x %}{% endpanel %}{% section x id=x lead=x %}{% endsection %}",
        "{% notice 'gold' title=x %}{% endnotice %}{% table x csv=x %}{% endtable %}{% th x key=x %}",
        "{% pagination 2 3 total=9 noun=x %}{% button x href=x %}{% search_box x %}{% problems sentences %}",
        "{% save_bar x %}{% endsave_bar %}{% tabs items x %}{% group_nav items x %}",
        "{% qr x label=x %}{% ladder pairs %}{% nav_link x x %}{{ x|lien }}{{ x }}",
    ],
)
def test_what_a_person_wrote_is_escaped_everywhere(source: str) -> None:
    evil = "\"'><script>x</script>"
    html = draw(
        source, x=evil, trail=[(evil, evil)], pairs=[(evil, evil)], sentences=[evil, (evil, evil)],
        items=[{"href": evil, "label": evil, "note": evil, "count": 3}],
    )  # fmt: skip
    read = Markup(html)
    assert "script" not in [tag for tag, _ in read.elements]
    assert "<script" not in html
    assert read.faults == []


def test_a_header_sorts_turns_round_and_keeps_the_other_parameters() -> None:
    assert 'aria-sort="ascending"' in draw('{% th "Xã" key="ten" %}')
    assert 'href="?loai=xa&amp;xep=-ten"' in draw('{% th "Xã" key="ten" %}')
    assert 'href="?loai=xa&amp;xep=dan-so"' in draw('{% th "Dân số" key="dan-so" %}')
    assert "aria-sort" not in draw('{% th "Dân số" key="dan-so" %}')


def test_pages_lead_both_ways_and_one_page_needs_none() -> None:
    assert draw("{% pagination 1 1 total=3 noun='xã' %}").strip() == ""
    first, middle, last = (draw(f"{{% pagination {n} 14 %}}") for n in (1, 7, 14))
    assert "Trang sau" in first
    assert "Trang trước" not in first
    assert all(word in middle for word in ("Trang đầu", "Trang trước", "Trang sau", "Trang cuối", "trang=6", "trang=8"))
    assert "Trang sau" not in last


def test_an_empty_table_says_what_is_true_instead() -> None:
    html = draw("{% table 'Các xã' rows=rows none='Chưa xã nào nộp.' %}<tbody></tbody>{% endtable %}", rows=[])
    assert "Chưa xã nào nộp." in html
    assert "<table" not in html


def test_a_gap_bar_never_draws_unknown_as_zero() -> None:
    unknown, zero = draw("{% gap none 70 %}", none=None), draw("{% gap 0 70 %}")
    assert 'class="lack" width="100%"' in unknown
    assert 'class="grow" width="0%"' in zero
    assert 'class="lack" x="0%" width="70%"' in zero
    assert 'class="have"' in draw("{% gap 3 5 full=100 met=True %}")


def test_the_level_is_said_in_words_for_every_case() -> None:
    assert "Chưa xếp mức" in draw("{% level none %}", none=None)
    assert "Chưa đạt mức&nbsp;1" in draw("{% level 0 %}")
    assert "Mức&nbsp;3, Cơ\u00a0bản" in draw('{% level 3 "Cơ bản" %}')
