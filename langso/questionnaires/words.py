"""How forms and answers are spoken of on the desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from langso.lib.period import VIETNAM, day_of, write_day
from langso.people.models import Person
from langso.questionnaires.models import FilledForm, FormVersion, Questionnaire
from langso.questionnaires.queries import Labels, questions
from langso.units.queries import Named

KINDS = {
    "text": "chữ",
    "integer": "số nguyên",
    "decimal": "số",
    "date": "ngày",
    "select_one": "chọn một",
    "select_multiple": "chọn nhiều",
    "note": "lời dẫn",
    "photo": "ảnh",
    "calculate": "tự tính",
    "acknowledge": "đánh dấu",
    "geopoint": "vị trí",
    "group": "nhóm",
    "repeat": "nhóm lặp",
}


def owner(found: Named | None, unit: int | None) -> str:
    if unit is None:
        return "Cả nước"
    return found.name if found else "Đơn vị cũ"


def state(form: Any) -> tuple[str, str]:
    """Shape and word of where a form stands; `form` carries what `queries.listed` adds."""
    if form.standing_version:
        return "met", f"Đang dùng bản {form.standing_version}"
    return "draft", f"Chưa dùng, bản {form.newest_version}"


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}" if at else ""


def _by(at: datetime, person: Person | None) -> str:
    return f"{moment(at)}, {person}" if person else moment(at)


def version_state(version: FormVersion) -> tuple[str, str]:
    if version.withdrawn_at:
        return "returned", f"Đã thu hồi ngày {write_day(day_of(version.withdrawn_at))}"
    if version.issued_at:
        return "met", f"Ban hành ngày {write_day(day_of(version.issued_at))}"
    return "draft", "Chưa ban hành"


def version_row(version: FormVersion, *, is_shown: bool) -> dict[str, Any]:
    kind, word = version_state(version)
    return {"version": version, "kind": kind, "word": word, "is_shown": is_shown, "href": f"?ban={version.pk}"}


def facts(form: Questionnaire, version: FormVersion, *, owner: str) -> list[tuple[str, str]]:
    found = [
        ("Mã phiếu", form.code),
        ("Của", owner),
        ("Phiên bản", version.version),
        ("Số câu hỏi", str(version.questions_count)),
        ("Nhập", _by(version.imported_at, version.imported_by)),
    ]
    if version.issued_at:
        found.append(("Ban hành", _by(version.issued_at, version.issued_by)))
    if version.withdrawn_at:
        found += [
            ("Thu hồi", _by(version.withdrawn_at, version.withdrawn_by)),
            ("Lý do thu hồi", version.withdrawn_reason),
        ]
    return found


def question_rows(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Questions in order, with what makes them appear and what they ask of an answer."""
    rows = []
    for question in questions(definition):
        item = question.item
        notes = []
        if item.get("required", False):
            notes.append("bắt buộc" if item["required"] is True else "bắt buộc khi có điều kiện")
        if "relevant" in item:
            notes.append("chỉ hỏi khi có điều kiện")
        if "constraint" in item:
            notes.append(item.get("constraint_says") or "có ràng buộc")
        if "count" in item:
            notes.append("số lần theo câu trả lời")
        if item.get("search"):
            notes.append("chọn bằng cách tìm")
        choices = definition["choices"].get(item.get("list"), ())
        rows.append(
            {
                "item": item,
                "kind": KINDS[item["type"]],
                "depth": min(question.depth, 4),
                "notes": "; ".join(notes),
                "choices": ", ".join(c["label"] for c in choices[:8]) + ("…" if len(choices) > 8 else ""),
            }
        )
    return rows


CLOSED = "Chỉ cấp xã xem được"


def answer_pairs(
    definition: Mapping[str, Any], answers: Mapping[str, Any], *, whole: bool = True
) -> list[tuple[str, str]]:
    """One filled form as a list: the question, what was answered; not `whole`: without what only the commune reads."""
    labels = Labels(definition)

    def shown(name: str, value: Any) -> str:
        return labels.shown(name, value) if whole or labels.is_open(name, value) else CLOSED

    pairs: list[tuple[str, str]] = []
    for question in questions(definition):
        item, name = question.item, question.item["name"]
        if item["type"] in ("group", "repeat", "note"):
            continue
        label = item.get("label") or name
        if not question.repeat:
            if name in answers:
                pairs.append((label, shown(name, answers[name])))
            continue
        times = answers.get(question.repeat)
        for at, row in enumerate(times if isinstance(times, list) else (), start=1):
            if name in row:
                pairs.append((f"{label} (lần {at})", shown(name, row[name])))
    return pairs


def who(filled: FilledForm) -> str:
    return str(filled.member or filled.person or "Không rõ")
