"""How an appraisal speaks: figures side by side, what differs and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from langso.appraisals.figures import big, figure_words
from langso.appraisals.models import Verdict
from langso.appraisals.queries import CriterionPage, FilePage, Waiting
from langso.appraisals.rules import Alike
from langso.assessments.doubts import share_of
from langso.assessments.results import Reading, Result
from langso.assessments.states import State
from langso.criteria import reasons
from langso.criteria.edition import Field, Kind
from langso.lib.number import write_number
from langso.lib.period import VIETNAM, day_of, write_day
from langso.measures.rules import is_ratio

SHAPES = {
    Verdict.Kind.ACCEPTED: "met",
    Verdict.Kind.CORRECTED: "look",
    Verdict.Kind.RETURNED: "returned",
    Verdict.Kind.NOT_APPLICABLE: "not_applicable",
}


@dataclass(frozen=True)
class Cell:
    term: str
    value: str
    differs: bool = False


@dataclass(frozen=True)
class Column:
    """One of the figures side by side; the same rows in the same order."""

    title: str
    figure: str
    cells: tuple[Cell, ...]
    note: str = ""


def columns(page: CriterionPage, field: Field) -> list[Column]:
    """Claim, state system, last cycle; what differs from the claim is marked."""
    claim = page.claim.get(field.code)
    found = [_column("Xã tự khai", field, claim, None, ("Người khai", page.reporters.get(field.code, "")))]
    if field.code in page.systems:
        system = page.systems[field.code]
        found[0] = _column("Xã tự khai", field, claim, system, ("Người khai", page.reporters.get(field.code, "")))
        found.append(_column("Hệ thống đo được", field, system, claim, ("Nguồn", system.source)))
    else:
        found.append(
            Column("Hệ thống đo được", "Chưa có số liệu", (), "Chưa hệ thống nào gửi số liệu của chỉ tiêu này.")
        )
    before = page.earlier.get(field.code)
    if before is not None:
        found.append(_column("Kỳ trước", field, before, None, ("Nguồn", before.source)))
    else:
        found.append(Column("Kỳ trước", "Chưa có số liệu", (), "Xã chưa có số của kỳ trước."))
    return found


def _column(title: str, field: Field, reading: Reading | None, other: Reading | None, last: tuple[str, str]) -> Column:
    if reading is None:
        return Column(title, "Chưa có số liệu", ())
    cells = []
    if is_ratio(field.measure):
        for label, name in ((field.measure.numerator, "numerator"), (field.measure.denominator, "denominator")):
            mine, theirs = getattr(reading, name), getattr(other, name, None)
            text = write_number(mine, 0) if mine is not None else "chưa có"
            cells.append(Cell(label[:1].upper() + label[1:], text, other is not None and mine != theirs))
    if reading.day:
        cells.append(Cell("Ngày số liệu", write_day(reading.day)))
    if last[1]:
        cells.append(Cell(*last))
    return Column(title, big(field, reading), tuple(cells))


def alike_words(alike: Alike | None, field: Field, claim: Reading | None) -> str:
    """Where the claim stands among communes alike."""
    if alike is None:
        return "Chưa đủ xã cùng loại có số liệu để so."
    value = share_of(claim, field.measure.per)
    if field.measure.kind is Kind.YES_NO:
        return f"{write_number(alike.count)} xã cùng loại đã có số liệu."
    low, middle, high = (reasons.quantity(field.measure, x) for x in (alike.low, alike.middle, alike.high))
    says = f"{write_number(alike.count)} xã cùng loại: một nửa nằm từ {low} đến {high}, ở giữa là {middle}."
    if value is not None and alike.is_far(value):
        return f"{says} Số của xã nằm xa hẳn."
    return says


def consequence(page: CriterionPage) -> str:
    """What would follow if the system's figure were taken."""
    if page.by_system is None:
        return ""
    code = page.line.criterion.code
    ours, theirs = page.file.claimed, page.by_system
    row = theirs.rows.get(code)
    claimed_row = ours.rows.get(code)
    if ours.level != theirs.level:
        return f"Nếu lấy theo hệ thống đo, xã {level_words(theirs)}; theo lời khai, xã {level_words(ours)}."
    if row is not None and claimed_row is not None and row.stage != claimed_row.stage:
        return f"Nếu lấy theo hệ thống đo, tiêu chí này giữ được đến mức {row.stage}; mức của cả xã không đổi."
    return "Nếu lấy theo hệ thống đo, mức của xã không đổi."


def level_words(result: Result) -> str:
    if not result.levels:
        return f"được {result.score} điểm" if result.score else "chưa tính được điểm"
    if result.level is None:
        return "chưa đủ số liệu để xét mức"
    if result.level == 0:
        return "chưa đạt mức 1"
    return f"đạt mức {result.level}, {result.level_name}"


def verdict_words(verdict: Verdict, fields: Mapping[str, Field]) -> str:
    if verdict.kind != Verdict.Kind.CORRECTED:
        return str(Verdict.Kind(verdict.kind).label)
    parts = []
    for code, numbers in verdict.figures.items():
        field = fields.get(code)
        if field is None:
            continue
        if all(n is None for n in numbers.values()):
            parts.append("chưa đủ căn cứ")
        else:
            parts.append(figure_words(field, Reading(measure=code, **numbers)))
    return f"Sửa thành {'; '.join(parts)}"


def days_words(row: Waiting) -> str:
    if row.state in (State.APPRAISED, State.IN_COUNCIL, State.RECOGNISED, State.NOT_RECOGNISED, State.REVOKED):
        return ""
    if row.days_left < 0:
        return f"Quá {-row.days_left} ngày"
    if row.days_left == 0:
        return "Hạn hôm nay"
    return f"Còn {row.days_left} ngày"


def doubt_words(row: Waiting) -> str:
    if row.submitted_at is None:
        return "Chưa nộp"
    return f"{row.doubts} nghi vấn" if row.doubts else "Không có nghi vấn"


def summary(page: FilePage, *, on: date) -> list[tuple[str, Any]]:
    cycle, at = page.cycle, page.submission.at
    return [
        ("Số tiếp nhận", page.assessment.receipt),
        ("Nộp lúc", f"{at.astimezone(VIETNAM):%H:%M} ngày {write_day(day_of(at))}, lần {page.submission.number}"),
        ("Chữ ký số", page.submission.signed_by or "Không ký số"),
        ("Hạn thẩm định", write_day(cycle.appraise_by)),
        ("Xã tự đánh giá", level_words(page.claimed)[:1].upper() + level_words(page.claimed)[1:]),
        ("Sau thẩm định", level_words(page.found)[:1].upper() + level_words(page.found)[1:]),
    ]
