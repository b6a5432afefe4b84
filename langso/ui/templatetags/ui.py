"""Tags of the components, registered as template builtins. Every argument: docs/reference/components.md.

words, shapes   {% verdict kind [word] %} {% icon name %} {% level number [name] %} {% sim %}
                {% illustrative [text] %} {% figure value [unit day source document href by sim] %}
terraces, bars  {% terrace unit level groups [labels key levels] %} {% terrace_column group %}
                {% terrace_key %} {% gap have goal [full met] %} {% ladder rungs [reached aim label] %}
lists of work   {% criteria %}{% criterion code name kind … %}{% endcriteria %}
                {% next_steps %}{% next_step title … %}links{% endnext_step %}{% endnext_steps %}
                {% rows %}{% row title … %}right side{% endrow %}{% endrows %}
                {% group_nav items label %} {% tabs items label %}
reading         {% summary_list pairs %} {% table caption … %}thead, tbody{% endtable %}
                {% th label [key number] %} {% pagination number pages %} {% panel [title] %}…{% endpanel %}
                {% section title %}…{% endsection %} {% notice [kind title] %}…{% endnotice %}
                {% nothing says [then] %} {% breadcrumbs trail %} {% button label … %}
                {% search_box [value] %} {% qr address %}
the frame       {% brand_mark %} {% nav_link href label %} {% print_foot [qr] %}
maps            {% map_provinces shades title %} {% map_communes province_code shades title %}
forms           {% problems form %} {% save_bar [saved] %}buttons{% endsave_bar %}
filters         so phan_tram ngay ngay_gio gio lien
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from langso.ui import maps, writing
from langso.ui import terrace as hill
from langso.ui.forms import control as draw_control
from langso.ui.forms import faults
from langso.ui.icons import icon_svg
from langso.ui.icons import shared_symbols as symbols
from langso.ui.qr import qr_svg
from langso.ui.stacking import labelled

register = template.Library()

WORDS = {
    "met": "Đạt",
    "unmet": "Chưa đạt",
    "unknown": "Chưa có số liệu",
    "review": "Đang thẩm định",
    "recognised": "Đã công nhận",
    "returned": "Bị trả lại",
    "draft": "Đang làm",
    "done": "Đã xong",
    "late": "Quá hạn",
    "look": "Cần xem lại",
    "unsent": "Chưa gửi",
    "sent": "Đã gửi",
    "offline": "Không có mạng",
    "not_applicable": "Không áp dụng",
}
NOTICES = ("plain", "gold", "soil")
PAGE_PARAM, SORT_PARAM = "trang", "xep"
LONGEST_QR = 200  # longer addresses make a code too fine for a printed corner
Number = Decimal | float | int
Shades = Mapping[str, maps.Shade]

_INDENT = re.compile(r"\s*\n\s*")


def _block(name: str, /, content: str, **data: Any) -> SafeString:
    """A component drawn around what stands between its tags, without the indentation of the templates."""
    html = render_to_string(f"ui/{name}.html", {"content": content, **data})
    return html if "<textarea" in html else mark_safe(_INDENT.sub("\n", html))  # noqa: S308  # only spaces are taken out


# Words and shapes


@register.inclusion_tag("ui/verdict.html")
def verdict(kind: str, word: str = "") -> dict[str, Any]:
    """An unknown kind raises KeyError: a verdict is never guessed."""
    return {"kind": kind, "word": word or WORDS[kind]}


@register.simple_tag
def icon(name: str) -> SafeString:
    return icon_svg(name)


@register.inclusion_tag("ui/level.html")
def level(number: int | None, name: str = "") -> dict[str, Any]:
    return {"number": number, "name": name, "steps": mark_safe(hill.step_icon(number))}  # noqa: S308  # drawn from a number


@register.inclusion_tag("ui/sim.html")
def sim() -> dict[str, Any]:
    return {}


@register.inclusion_tag("ui/illustrative.html")
def illustrative(text: str = "") -> dict[str, Any]:
    return {"text": text}


@register.inclusion_tag("ui/figure.html")
def figure(
    value: Any,
    unit: str = "",
    day: date | None = None,
    source: str = "",
    document: str = "",
    href: str = "",
    by: str = "",
    sim: bool = False,
) -> dict[str, Any]:
    return dict(locals())


# Terraces, bars, ladders


@register.inclusion_tag("ui/terrace.html")
def terrace(
    unit: str,
    level: int | None,
    groups: Sequence[hill.Group],
    labels: bool = True,
    key: bool = False,
    levels: Sequence[str] | None = None,
) -> dict[str, Any]:
    drawing = hill.terrace(unit, level, groups, labels=labels, levels=levels or hill.LEVELS)
    return {"drawing": mark_safe(drawing), "labels": labels, "key": key}  # noqa: S308  # terrace.py escapes names


@register.inclusion_tag("ui/terrace_column.html")
def terrace_column(group: hill.Group) -> dict[str, Any]:
    return {"drawing": mark_safe(hill.column(group))}  # noqa: S308  # numbers only


@register.inclusion_tag("ui/terrace_key.html")
def terrace_key() -> dict[str, Any]:
    return {}


def _percent(part: Number | None, full: Number) -> Decimal | None:
    if part is None:
        return None
    share = Decimal(str(part)) * 100 / Decimal(str(full)) if full else Decimal(0)
    return min(max(share, Decimal(0)), Decimal(100)).quantize(Decimal("0.1")).normalize()


@register.inclusion_tag("ui/gap.html")
def gap(have: Number | None, goal: Number, full: Number = 100, met: bool | None = None) -> dict[str, Any]:
    has, wants = _percent(have, full), _percent(goal, full) or Decimal(0)
    if met is None:
        met = have is not None and Decimal(str(have)) >= Decimal(str(goal))
    lack = wants - has if has is not None and not met and wants > has else None
    return {
        "has": None if has is None else f"{has:f}",
        "goal": f"{wants:f}",
        "lack": lack and f"{lack:f}",
        "met": met,
    }


@register.inclusion_tag("ui/ladder.html")
def ladder(
    rungs: Sequence[tuple[str, str]],
    reached: int = 0,
    aim: int | None = None,
    label: str = "Chỉ tiêu theo mức",
) -> dict[str, Any]:
    drawn = [
        {
            "number": i,
            "name": name,
            "target": target,
            "state": "on" if i <= reached else "goal" if i == aim else "",
        }
        for i, (name, target) in enumerate(rungs, 1)
    ]
    return {"rungs": drawn, "label": label, "reached": reached, "aim": aim}


# Lists of work


@register.simple_block_tag
def criteria(content: str) -> SafeString:
    return _block("criteria", content)


@register.inclusion_tag("ui/criterion.html")
def criterion(
    code: str,
    name: str,
    kind: str,
    word: str = "",
    value: str = "",
    target: str = "",
    fraction: str = "",
    why: str = "",
    have: Number | None = None,
    goal: Number | None = None,
    full: Number = 100,
    met: bool | None = None,
    href: str = "",
    day: date | None = None,
    source: str = "",
    heading: int = 4,
) -> dict[str, Any]:
    return dict(locals())


@register.simple_block_tag
def next_steps(content: str) -> SafeString:
    return _block("next_steps", content)


@register.simple_block_tag
def next_step(
    content: str,
    title: str,
    todo: str = "",
    kind: str = "unmet",
    word: str = "",
    value: str = "",
    target: str = "",
    have: Number | None = None,
    goal: Number | None = None,
    full: Number = 100,
    met: bool | None = None,
    heading: int = 3,
) -> SafeString:
    return _block("next_step", **locals())


@register.simple_block_tag
def rows(content: str) -> SafeString:
    return _block("rows", content)


@register.simple_block_tag
def row(
    content: str,
    title: str,
    href: str = "",
    note: str = "",
    when: str = "",
    day: date | None = None,
    urgent: bool = False,
) -> SafeString:
    return _block("row", **locals())


@register.inclusion_tag("ui/group_nav.html")
def group_nav(items: Iterable[Any], label: str) -> dict[str, Any]:
    return {"items": items, "label": label}


@register.inclusion_tag("ui/tabs.html")
def tabs(items: Iterable[Any], label: str) -> dict[str, Any]:
    return {"items": items, "label": label}


# Reading


@register.inclusion_tag("ui/summary_list.html")
def summary_list(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {"pairs": pairs.items() if isinstance(pairs, Mapping) else pairs}


_ALL = object()


@register.simple_block_tag
def table(
    content: str,
    caption: str,
    rows: Any = _ALL,
    csv: str = "",
    none: str = "Chưa có dòng nào.",
    then: str = "",
    quiet: bool = False,
    stack: bool = False,
) -> SafeString:
    return _block(
        "table",
        mark_safe(labelled(content)) if stack else content,  # noqa: S308  # rendered and escaped before
        stack=stack,
        caption=caption,
        is_empty=rows is not _ALL and not rows,
        csv=csv,
        xlsx=csv.replace("tai=csv", "tai=xlsx") if "tai=csv" in csv else "",
        none=none,
        then=then,
        quiet=quiet,
    )


def _address(context: Context, **changes: str | int | None) -> str:
    """The same page with some parameters changed; None drops one. Never leaves the page."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/th.html", takes_context=True)
def th(context: Context, label: str, key: str = "", number: bool = False) -> dict[str, Any]:
    if not key:
        return {"label": label, "number": number}
    now = context["request"].GET.get(SORT_PARAM, "")
    order = "ascending" if now == key else "descending" if now == f"-{key}" else ""
    then = f"-{key}" if order == "ascending" else key
    href = _address(context, **{SORT_PARAM: then, PAGE_PARAM: None})
    return {"label": label, "number": number, "href": href, "order": order}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: Context, number: int, pages: int, total: int | None = None, noun: str = "") -> dict[str, Any]:
    def to(page: int) -> str:
        return _address(context, **{PAGE_PARAM: page if page > 1 else None})

    return {
        "number": number,
        "pages": pages,
        "total": total,
        "noun": noun,
        "first": to(1) if number > 2 else "",
        "previous": to(number - 1) if number > 1 else "",
        "next": to(number + 1) if number < pages else "",
        "last": to(pages) if number < pages - 1 else "",
    }


@register.simple_block_tag
def panel(content: str, title: str = "", id: str = "", heading: int = 2) -> SafeString:
    return _block("panel", **locals())


@register.simple_block_tag
def section(
    content: str,
    title: str,
    id: str = "",
    lead: str = "",
    first: bool = False,
    heading: int = 2,
) -> SafeString:
    return _block("section", **locals())


@register.simple_block_tag
def notice(content: str, kind: str = "plain", title: str = "", icon: str = "") -> SafeString:
    if kind not in NOTICES:
        raise KeyError(kind)
    return _block("notice", **locals())


@register.inclusion_tag("ui/nothing.html")
def nothing(says: str, then: str = "", href: str = "", label: str = "") -> dict[str, Any]:
    return dict(locals())


@register.inclusion_tag("ui/breadcrumbs.html")
def breadcrumbs(trail: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {"trail": trail}


@register.inclusion_tag("ui/button.html")
def button(
    label: str,
    href: str = "",
    quiet: bool = False,
    wide: bool = False,
    icon: str = "",
    name: str = "",
    value: str = "",
    type: str = "submit",
    download: bool = False,
) -> dict[str, Any]:
    return dict(locals())


@register.inclusion_tag("ui/search_box.html")
def search_box(
    value: str = "",
    action: str = "/tim/",
    label: str = "Tìm xã, phường, đặc khu",
    hint: str = "Gõ không dấu cũng được. Tên cũ trước ngày 01/7/2025 vẫn tìm được.",
    id: str = "q",
    boxed: bool = False,
) -> dict[str, Any]:
    return dict(locals())


@register.inclusion_tag("ui/qr.html")
def qr(address: str, label: str = "") -> dict[str, Any]:
    return {"drawing": qr_svg(address), "address": address, "label": label}


# The frame of every page


@register.simple_tag
def shared_symbols() -> SafeString:
    """Shapes that stand often on a page, drawn once in its frame."""
    return symbols()


@register.simple_tag
def brand_mark() -> SafeString:
    """The mark of the product: the step icon with all five reached."""
    return mark_safe(hill.step_icon(5))  # noqa: S308  # drawn from a number


@register.inclusion_tag("ui/nav_link.html", takes_context=True)
def nav_link(context: Context, href: str, label: str) -> dict[str, Any]:
    request = context.get("request")
    return {"href": href, "label": label, "current": request is not None and request.path.startswith(href)}


@register.inclusion_tag("ui/print_foot.html", takes_context=True)
def print_foot(context: Context, qr: bool = False) -> dict[str, Any]:
    """On paper only: address and day of this page. `qr` costs 3 ms once: for pages that get printed."""
    request, house = context.get("request"), context.get("house")
    address = f"{house.address}{request.path}" if request and house else ""
    return {"address": address, "drawing": qr_svg(address) if qr and 0 < len(address) <= LONGEST_QR else ""}


# Maps


def _map(drawing: SafeString, shades: Shades, steps: Sequence[str], **words: Any) -> dict[str, Any]:
    key = maps.legend(shades, steps or hill.LEVELS)
    return {"drawing": drawing, "legend": key, "shades": maps.listed(shades), **words}


@register.inclusion_tag("ui/map.html")
def map_provinces(
    shades: Shades, title: str, note: str = "", sim: bool = False, column: str = "Mức", steps: Sequence[str] = ()
) -> dict[str, Any]:
    words = {"place": "Tỉnh, thành phố", "counted": "tỉnh", "small": False}
    return _map(maps.province_map(shades), shades, steps, title=title, note=note, sim=sim, column=column, **words)


@register.inclusion_tag("ui/map.html")
def map_communes(
    province_code: str,
    shades: Shades,
    title: str,
    note: str = "",
    sim: bool = False,
    column: str = "Mức",
    steps: Sequence[str] = (),
) -> dict[str, Any]:
    drawing = maps.commune_map(province_code, shades)
    words = {"place": "Xã, phường, đặc khu", "counted": "đơn vị", "small": True}
    return _map(drawing, shades, steps, title=title, note=note, sim=sim, column=column, **words)


# Forms


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The widget of a field with our classes; used by ui/field.html."""
    return draw_control(field)


@register.inclusion_tag("ui/problems.html")
def problems(form: BaseForm | Iterable[Any], title: str = "Chưa lưu được", kept: str = "") -> dict[str, Any]:
    return {"faults": faults(form), "title": title, "kept": kept}


@register.simple_block_tag
def save_bar(content: str, saved: str = "", kind: str = "saved") -> SafeString:
    return _block("save_bar", **locals())


# Filters

register.filter("so", writing.number_words)
register.filter("phan_tram", writing.share_words)
register.filter("ngay", writing.day_html)
register.filter("ngay_gio", writing.moment_html)
register.filter("gio", writing.clock_words)
register.filter("lien", writing.joined)


@register.simple_tag
def h(size: int, text: str, id: str = "") -> SafeString:
    """A heading of a given rank, so that a component fits the outline of any page; used by the components."""
    mark = format_html(' id="{}"', id) if id else ""
    return format_html("<h{}{}>{}</h{}>", int(size), mark, text, int(size))
