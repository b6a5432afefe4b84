"""Workbooks of forms for tests, written as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from langso.questionnaires import actions
from langso.questionnaires.models import FormVersion
from langso.questionnaires.workbook import write_workbook
from langso.units.models import Unit
from tests.factories import AT

HEAD = (
    "type", "name", "label", "relevant", "required", "constraint", "constraint_message", "appearance", "choice_filter",
    "repeat_count", "calculation", "default", "hint",
)  # fmt: skip
Row = Mapping[str, Any]
SMALL: Sequence[Row] = (
    {"type": "text", "name": "ten", "label": "Họ và tên", "required": "yes"},
    {"type": "integer", "name": "so", "label": "Mấy máy", "constraint": ". >= 0 and . <= 9", "required": "yes"},
    {"type": "begin_repeat", "name": "may", "label": "Máy", "repeat_count": "${so}"},
    {"type": "select_one loai", "name": "loai", "label": "Loại máy", "required": "yes"},
    {"type": "end_repeat"},
    {"type": "text", "name": "vi", "label": "Vì sao chưa có", "relevant": "${so} = 0", "required": "yes"},
    {"type": "date", "name": "ngay", "label": "Ngày", "constraint": ". <= today()", "constraint_message": "Chưa tới."},
    {"type": "image", "name": "anh", "label": "Ảnh"},
)
LISTS = {"loai": {"dt": "Điện thoại", "tv": "Ti vi"}}


def workbook(
    rows: Sequence[Row] = SMALL,
    *,
    lists: Mapping[str, Mapping[str, str]] = LISTS,
    code: str = "thu",
    version: str = "1",
    title: str = "Phiếu thử",
    more: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> bytes:
    columns = [*HEAD, *dict.fromkeys(c for row in rows for c in row if c not in HEAD)]
    pages: dict[str, Sequence[Sequence[Any]]] = {
        "survey": [columns, *([row.get(c, "") for c in columns] for row in rows)],
        "choices": [
            ["list_name", "name", "label"],
            *([key, name, label] for key, found in lists.items() for name, label in found.items()),
        ],
        "settings": [["form_id", "form_title", "version"], [code, title, version]],
    }
    return write_workbook(pages | dict(more or {}))


def issued(unit: Unit | None, rows: Sequence[Row] = SMALL, *, at: datetime = AT, **more: Any) -> FormVersion:
    version = actions.import_form(content=workbook(rows, **more), name="phieu.xlsx", unit=unit, by=None, at=at)
    actions.issue(version=version, by=None, at=at)
    version.refresh_from_db()
    return version
