"""The reference page of frameworks and figures, made from the files themselves. A test keeps it current.

`python -m langso.criteria.reference` writes docs/reference/frameworks.md.
"""

from collections.abc import Iterator
from pathlib import Path

from langso.criteria import catalogue
from langso.criteria.edition import Criterion, Edition, Op, Test, tests_of
from langso.criteria.engine import load_edition
from langso.criteria.reasons import quantity
from langso.lib.number import write_number
from langso.lib.period import write_day

_WORDS = {Op.AT_LEAST: "từ", Op.AT_MOST: "không quá", Op.ABOVE: "trên", Op.BELOW: "dưới"}
_STATUS = {"issued": "đã ban hành", "provisional": "tạm thời", "illustrative": "minh họa"}


def page() -> str:
    """The whole page in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Khung tiêu chí và số liệu"
    yield ""
    yield "Trang này được tạo từ thư mục `frameworks/`, không sửa tay."
    for files in catalogue.editions().values():
        for path in files:
            yield from _framework(load_edition(path))
    yield ""
    yield "## Danh mục số liệu"
    yield ""
    yield "Nhập một lần, trả lời nhiều khung."
    yield ""
    yield "| khóa | số liệu | loại | đơn vị | ai cung cấp | dùng ở |"
    yield "|---|---|---|---|---|---|"
    used: dict[str, list[str]] = {}
    for files in catalogue.editions().values():
        edition = load_edition(files[-1])
        for field in edition.fields.values():
            used.setdefault(field.measure.key, []).append(f"{edition.id} {field.code}")
    for key, measure in catalogue.measures().items():
        cells = (
            f"`{key}`",
            measure.label,
            measure.kind.value,
            measure.unit,
            measure.source,
            "; ".join(used.get(key, [])),
        )
        yield f"| {' | '.join(cells)} |"


def _framework(edition: Edition) -> Iterator[str]:
    yield ""
    yield f"## `{edition.id}`, phiên bản {edition.edition}"
    yield ""
    yield f"{edition.title}. {edition.issuer}."
    number = edition.document_number or "không thấy số hiệu trong nguồn"
    issued = f", ngày {write_day(edition.issued_on)}" if edition.issued_on else ""
    yield f"Văn bản: {number}{issued}. Tình trạng: {_STATUS[edition.status]}."
    if edition.note:
        yield ""
        yield f"**{edition.note}**"
    yield ""
    yield f"Đầy đủ đến đâu: {edition.completeness}"
    for conflict in edition.conflicts:
        yield f"Mâu thuẫn trong nguồn: {conflict}"
    yield ""
    yield "| mã | nhóm | tiêu chí | chỉ tiêu |"
    yield "|---|---|---|---|"
    for criterion in edition.criteria:
        group = edition.group(criterion.group).name
        yield f"| {criterion.code} | {group} | {criterion.name} | {_asked(edition, criterion)} |"
    yield ""
    yield "Nguồn:"
    yield ""
    yield from (f"- {source}" for source in edition.sources)


def _asked(edition: Edition, criterion: Criterion) -> str:
    if criterion.scoring is not None:
        most = write_number(criterion.scoring.maximum)
        return f"trọng số {most}" if criterion.scoring.maximum < 1 else f"tối đa {most} điểm"
    return "; ".join(_test(edition, test) for test in tests_of(criterion.rule))


def _test(edition: Edition, test: Test) -> str:
    said = []
    for level in sorted(test.stated):
        name = f"{edition.level_name(level)}: " if len(edition.levels) > 1 else ""
        if test.op not in _WORDS:
            said.append(f"{name}phải có")
            continue
        names = list(edition.region_classes.names) if edition.region_classes and len(test.targets) > 1 else [""]
        each = []
        for class_code, row in zip(names, test.targets, strict=True):
            target = row[level - 1]
            amount = "không áp dụng" if target is None else f"{_WORDS[test.op]} {quantity(test.measure, target)}"
            each.append(f"{amount} ({class_code})" if class_code else amount)
        said.append(name + ", ".join(each))
    return "; ".join(said)


if __name__ == "__main__":
    place = Path(__file__).resolve().parents[2] / "docs" / "reference" / "frameworks.md"
    place.write_text(page(), encoding="utf-8")
