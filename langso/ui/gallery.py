"""The gallery: every component with its examples, on one page. The same examples feed the tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.utils.safestring import SafeString

from langso.ui.forms import CountField, DayField, Pick
from langso.ui.maps import Shade, commune_codes, province_codes
from langso.ui.terrace import Field, Group

EXAMPLES = Path(__file__).parent / "examples"


class SampleForm(forms.Form):
    """Each kind of control once; posted with two faults so that errors are seen."""

    online = CountField(label="Hồ sơ trực tuyến toàn trình", help_text="Tử số. Cổng dịch vụ công ghi 1.874.")
    signed_on = DayField(label="Ngày văn bản")
    title = forms.CharField(label="Trích yếu")
    reason = forms.CharField(label="Lý do, xã sẽ đọc được", help_text="Nêu con số và căn cứ.", widget=forms.Textarea)
    village = forms.ChoiceField(label="Thôn", choices=[("", "Chọn thôn"), ("1", "Bản Luốc"), ("2", "Tụ Nhân")])
    verdict = forms.ChoiceField(label="Kết luận", choices=[("met", "Đạt"), ("unmet", "Chưa đạt")], widget=Pick)
    agreed = forms.BooleanField(label="Đã đối chiếu với bản giấy", required=False)
    scan = forms.FileField(label="Tệp", help_text="PDF, tới 4 MB.", required=False)
    password = forms.CharField(label="Mật khẩu", widget=forms.PasswordInput, required=False)


SAMPLE_POST = {
    "online": "18.740 hồ sơ",
    "signed_on": "31/02/2026",
    "title": "Kết quả giải quyết thủ tục hành chính 10 tháng năm 2026",
    "reason": "73 hồ sơ nộp trực tuyến nhưng trả kết quả giấy.",
    "village": "1",
    "verdict": "unmet",
    "agreed": "on",
}


class ExampleLoader(yaml.SafeLoader):
    """YAML of the examples, with the four kinds of value that a page would get from Python."""


def _group(loader: ExampleLoader, node: yaml.MappingNode) -> Group:
    facts = loader.construct_mapping(node, deep=True)
    return Group(str(facts["name"]), tuple(Field(*counts) for counts in facts["fields"]))


def _shades(codes: list[str]) -> dict[str, Shade]:
    """Levels dealt out in a fixed round; one area in nine is unknown."""
    return {
        code: Shade(None if i % 9 == 4 else (i * 7) % 5 + 1, f"Nơi mang mã {code}", href=f"#ma-{code}")
        for i, code in enumerate(sorted(codes))
    }


def _country(loader: ExampleLoader, node: yaml.Node) -> dict[str, Shade]:
    return _shades(list(province_codes()))


def _province(loader: ExampleLoader, node: yaml.Node) -> dict[str, Shade]:
    return _shades(list(commune_codes(str(node.value))))


def _form(loader: ExampleLoader, node: yaml.Node) -> SampleForm:
    """`!form faulty-1` is posted, any other is fresh. The word is the prefix: ids differ on one page."""
    prefix = str(node.value)
    if prefix.startswith("faulty"):
        return SampleForm({f"{prefix}-{name}": value for name, value in SAMPLE_POST.items()}, prefix=prefix)
    return SampleForm(prefix=prefix, initial={"village": "2"})


for _tag, _make in {"!group": _group, "!country": _country, "!province": _province, "!form": _form}.items():
    ExampleLoader.add_constructor(_tag, _make)


@dataclass(frozen=True)
class Example:
    name: str
    source: str
    data: dict[str, Any] = field(default_factory=dict)

    def html(self, request: HttpRequest | None = None) -> SafeString:
        template = engines["django"].from_string(self.source)
        return SafeString(template.render(dict(self.data), request))


@dataclass(frozen=True)
class Component:
    name: str
    title: str
    says: str
    examples: tuple[Example, ...]


def read(path: Path) -> Component:
    facts = yaml.load(path.read_text("utf-8"), Loader=ExampleLoader)  # noqa: S506  # a SafeLoader with four constructors
    shared = facts.get("data", {})
    examples = tuple(Example(e["name"], e["source"], {**shared, **e.get("data", {})}) for e in facts["examples"])
    return Component(path.stem, facts["title"], facts["says"], examples)


def components() -> Iterator[Component]:
    """All components, by name. Cost: reads some forty small files."""
    return (read(path) for path in sorted(EXAMPLES.glob("*.yaml")))


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with its examples; open to anyone."""
    shown = [
        {
            "name": c.name,
            "title": c.title,
            "says": c.says,
            "examples": [{"name": e.name, "source": e.source.strip(), "html": e.html(request)} for e in c.examples],
        }
        for c in components()
    ]
    return render(request, "ui/gallery.html", {"components": shown})
