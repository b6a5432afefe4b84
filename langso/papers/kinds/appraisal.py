"""Báo cáo thẩm định: one commune criterion by criterion, or a whole round in one table."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from langso.lib.period import write_day
from langso.papers.kinds.facts import Document, Level, Place, capital, day_words, level_words, numbered, points
from langso.papers.paper import (
    Annex,
    Block,
    Bullet,
    Column,
    Heading,
    Office,
    Paper,
    Paragraph,
    Signature,
    Stamp,
    Table,
)

Verdict = Literal["met", "unmet", "unknown"]
VERDICTS: dict[Verdict, str] = {"met": "Đạt", "unmet": "Chưa đạt", "unknown": "Chưa có số liệu"}
IN_BODY = 15  # a longer list goes into an annex


@dataclass(frozen=True)
class CriterionAppraised:
    code: str
    name: str
    figure: str  # as it was found: "87,4% (812/929)"
    target: str  # "từ 80%"
    claimed: Verdict
    found: Verdict
    reason: str = ""
    claimed_points: Decimal | None = None
    found_points: Decimal | None = None

    @property
    def differs(self) -> bool:
        return self.claimed != self.found or self.claimed_points != self.found_points


@dataclass(frozen=True)
class Appraisal:
    place: Place
    round_name: str  # "năm 2025"
    framework: str  # "Khung tiêu chí … ban hành kèm theo Quyết định số …"
    received_on: date
    criteria: tuple[CriterionAppraised, ...]
    claimed_level: Level | None
    found_level: Level | None
    opinion: str
    claimed_sum: Decimal | None = None
    found_sum: Decimal | None = None
    has_points: bool = True  # whether the framework gives points at all
    documents: tuple[Document, ...] = ()
    requests: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlaceAppraised:
    place: Place
    claimed_level: Level | None
    found_level: Level | None
    claimed_sum: Decimal | None = None
    found_sum: Decimal | None = None
    note: str = ""


def appraisal(
    facts: Appraisal,
    *,
    office: Office,
    stamp: Stamp,
    signature: Signature,
    recipients: tuple[str, ...],
    grounds: tuple[str, ...] = (),
) -> Paper:
    place = facts.place
    return Paper(
        kind="Báo cáo",
        office=office,
        stamp=stamp,
        abstract=f"Thẩm định kết quả tự đánh giá mức độ chuyển đổi số của {place.words}, {facts.round_name}",
        grounds=grounds,
        blocks=(
            Paragraph(
                f"{office.name} đã thẩm định hồ sơ tự đánh giá mức độ chuyển đổi số {facts.round_name} "
                f"của {place.words}, nhận ngày {write_day(facts.received_on)}, theo {facts.framework}. Kết quả như sau:"
            ),
            Heading("I", "Kết quả từng tiêu chí"),
            Paragraph(_tally(facts)),
            _criteria_table(facts),
            Heading("II", "Khác biệt so với tự đánh giá"),
            *_differences(facts),
            Heading("III", "Văn bản đã kiểm tra"),
            _documents_table(facts.documents),
            Heading("IV", "Ý kiến thẩm định"),
            Paragraph(facts.opinion),
            *([Paragraph(f"Đề nghị {place.name}:")] if facts.requests else []),
            *(Bullet(request) for request in facts.requests),
            Paragraph(f"{office.name} báo cáo để xem xét, quyết định./."),
        ),
        signature=signature,
        recipients=recipients,
    )


def round_appraisal(
    places: tuple[PlaceAppraised, ...],
    *,
    area: str,
    round_name: str,
    framework: str,
    opinion: str,
    office: Office,
    stamp: Stamp,
    signature: Signature,
    recipients: tuple[str, ...],
    grounds: tuple[str, ...] = (),
) -> Paper:
    """The same for a whole round: one row a commune."""
    table = _places_table(places)
    in_body = len(places) <= IN_BODY
    same = sum(place.claimed_level == place.found_level for place in places)
    said = "tại bảng sau" if in_body else "tại Phụ lục kèm theo"
    return Paper(
        kind="Báo cáo",
        office=office,
        stamp=stamp,
        abstract=f"Tổng hợp kết quả thẩm định mức độ chuyển đổi số cấp xã {round_name} của {area}",
        grounds=grounds,
        blocks=(
            Heading("I", "Kết quả thẩm định"),
            Paragraph(
                f"{office.name} đã thẩm định hồ sơ của {len(places)} xã, phường, đặc khu theo {framework}. "
                f"{same} đơn vị được giữ mức tự đánh giá, {len(places) - same} đơn vị có mức thẩm định khác "
                f"mức tự đánh giá. Kết quả từng đơn vị {said}."
            ),
            *([table] if in_body else []),
            Heading("II", "Ý kiến thẩm định"),
            Paragraph(opinion),
            Paragraph(f"{office.name} báo cáo để xem xét, quyết định./."),
        ),
        signature=signature,
        recipients=recipients,
        annexes=() if in_body else (Annex("Kết quả thẩm định từng đơn vị", (table,), landscape=True),),
    )


def _tally(facts: Appraisal) -> str:
    found = [criterion.found for criterion in facts.criteria]
    said = ", ".join(f"{found.count(verdict)} {words.lower()}" for verdict, words in VERDICTS.items())
    sums = (
        f" Tổng điểm tự đánh giá: {points(facts.claimed_sum).lower()}; "
        f"tổng điểm thẩm định: {points(facts.found_sum).lower()}."
        if facts.has_points
        else ""
    )
    return (
        f"Trong {len(found)} tiêu chí: {said}. Mức tự đánh giá: {level_words(facts.claimed_level)}. "
        f"Mức thẩm định: {level_words(facts.found_level)}.{sums}"
    )


def _criteria_table(facts: Appraisal) -> Table:
    columns = [
        Column("Mã", 8, "center"),
        Column("Tiêu chí", 28),
        Column("Số liệu", 18, "right"),
        Column("Yêu cầu", 12),
        Column("Tự đánh giá", 13, "center"),
        Column("Thẩm định", 13, "center"),
    ]
    rows = [(c.code, c.name, c.figure, c.target, VERDICTS[c.claimed], VERDICTS[c.found]) for c in facts.criteria]
    if not facts.has_points:
        return Table(tuple(columns), tuple(rows), caption="Bảng 1. Kết quả thẩm định từng tiêu chí")
    columns.append(Column("Điểm", 13, "right"))
    return Table(
        tuple(columns),
        tuple((*row, points(c.found_points)) for row, c in zip(rows, facts.criteria, strict=True)),
        caption="Bảng 1. Kết quả thẩm định từng tiêu chí",
        foot=("", "Cộng", "", "", "", "", points(facts.found_sum)),
    )


def _differences(facts: Appraisal) -> tuple[Block, ...]:
    found = [criterion for criterion in facts.criteria if criterion.differs]
    if not found:
        return (Paragraph("Kết quả thẩm định trùng với kết quả tự đánh giá ở tất cả các tiêu chí."),)
    columns = (
        Column("Mã", 8, "center"),
        Column("Tiêu chí", 28),
        Column("Tự đánh giá", 16, "center"),
        Column("Thẩm định", 16, "center"),
        Column("Lý do", 32),
    )
    rows = tuple(
        (
            c.code,
            c.name,
            _verdict_words(c.claimed, c.claimed_points, facts),
            _verdict_words(c.found, c.found_points, facts),
            c.reason or "Chưa ghi lý do",
        )
        for c in found
    )
    return (
        Paragraph(f"Có {len(found)} tiêu chí khác với tự đánh giá:"),
        Table(columns, rows, caption="Bảng 2. Khác biệt và lý do"),
    )


def _verdict_words(verdict: Verdict, value: Decimal | None, facts: Appraisal) -> str:
    if not facts.has_points or value is None:
        return VERDICTS[verdict]
    return f"{VERDICTS[verdict]} ({points(value)} điểm)"


def _documents_table(documents: tuple[Document, ...]) -> Table:
    columns = (
        Column("STT", 6, "center"),
        Column("Số, ký hiệu", 16),
        Column("Ngày", 13, "center"),
        Column("Cơ quan ban hành", 19),
        Column("Trích yếu", 28),
        Column("Kết quả kiểm tra", 18),
    )
    rows = numbered((d.number, day_words(d.day), d.issuer, d.about, d.found or "Chưa ghi") for d in documents)
    return Table(columns, rows, empty="Hồ sơ không có văn bản kèm theo.")


def _places_table(places: tuple[PlaceAppraised, ...]) -> Table:
    columns = (
        Column("STT", 6, "center"),
        Column("Xã, phường, đặc khu", 22),
        Column("Mức tự đánh giá", 17),
        Column("Mức thẩm định", 17),
        Column("Điểm tự đánh giá", 11, "right"),
        Column("Điểm thẩm định", 11, "right"),
        Column("Ghi chú", 16),
    )
    rows = numbered(
        (
            capital(p.place.name),
            level_words(p.claimed_level),
            level_words(p.found_level),
            points(p.claimed_sum),
            points(p.found_sum),
            p.note,
        )
        for p in places
    )
    return Table(columns, rows, empty="Chưa có hồ sơ nào được thẩm định.")
