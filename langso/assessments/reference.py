"""The page of states and moves, made from `states.py`. A test keeps it current.

`python -m langso.assessments.reference` writes docs/reference/states.md.
"""

from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "states.md"


def page() -> str:
    """The whole page in Markdown, in Vietnamese: officers read it too."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    from langso.assessments.states import ENDED, MOVES, WITH_UNIT, State
    from langso.people.roles import Right, roles_with

    yield "# Các bước của hồ sơ đánh giá"
    yield ""
    yield "Trang này được tạo từ `langso/assessments/states.py`, không sửa tay. Mỗi hồ sơ trong đợt đứng ở một bước;"
    yield "chỉ có những đường dưới đây, đường nào cũng để lại một dòng ở lịch sử hồ sơ và một dòng nhật ký."
    yield ""
    yield "| bước | mã | hồ sơ ở đâu |"
    yield "|---|---|---|"
    for state in State:
        where = "ở đơn vị" if state in WITH_UNIT else "đã kết thúc" if state in ENDED else "ở cơ quan thẩm định"
        yield f"| {state.label} | `{state.value}` | {where} |"
    yield ""
    yield "| việc | từ bước | sang bước | quyền | ai giữ quyền | phải có lý do |"
    yield "|---|---|---|---|---|---|"
    for verb, move in MOVES.items():
        right = Right(move.right)
        sources = ", ".join(s.label for s in move.sources)
        who = ", ".join(str(role.label) for role in roles_with(right))
        reason = "có" if move.needs_reason else ""
        yield f"| {move.label} (`{verb}`) | {sources} | {move.target.label} | {right.label} | {who} | {reason} |"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f"    {state.value}: {state.label}"
    yield f"    [*] --> {State.NOT_STARTED.value}"
    for move in MOVES.values():
        for source in move.sources:
            yield f"    {source.value} --> {move.target.value}: {move.label}"
    yield "```"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langso.web.settings")
    django.setup()
    PAGE.write_text(page(), "utf-8")
