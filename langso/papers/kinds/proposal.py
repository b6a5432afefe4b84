"""Tờ trình: an office asks the one who decides, or a council, to recognise communes."""

from dataclasses import dataclass
from decimal import Decimal

from langso.papers.kinds.facts import Level, Place, capital, numbered, points
from langso.papers.paper import (
    Annex,
    Bullet,
    Column,
    Heading,
    Office,
    Paper,
    Paragraph,
    Signature,
    Stamp,
    Table,
    ended,
)

IN_BODY = 15


@dataclass(frozen=True)
class Candidate:
    place: Place
    level: Level
    score: Decimal | None = None
    note: str = ""


@dataclass(frozen=True)
class LeftOut:
    place: Place
    reason: str


@dataclass(frozen=True)
class Proposal:
    round_name: str  # "năm 2025"
    area: str  # "tỉnh Tuyên Quang"
    to: tuple[str, ...]
    done: tuple[str, ...]  # what was done so far, one sentence each
    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...] = ()
    enclosed: tuple[str, ...] = ()


def proposal(
    facts: Proposal,
    *,
    office: Office,
    stamp: Stamp,
    signature: Signature,
    recipients: tuple[str, ...],
    grounds: tuple[str, ...] = (),
) -> Paper:
    proposed = _candidates_table(facts.candidates)
    left_out = _left_out_table(facts.left_out)
    long = len(facts.candidates) + len(facts.left_out) > IN_BODY
    to = " và ".join(facts.to)
    annexes: tuple[Annex, ...] = (Annex("Danh sách đề nghị công nhận", (proposed,)),) if long else ()
    if long and facts.left_out:
        annexes += (Annex("Danh sách chưa đề nghị công nhận", (left_out,)),)
    where = ("tại Phụ lục kèm theo" if len(annexes) == 1 else "tại Phụ lục I kèm theo") if long else "tại bảng sau"
    return Paper(
        kind="Tờ trình",
        office=office,
        stamp=stamp,
        abstract=f"Về việc công nhận mức độ chuyển đổi số cấp xã {facts.round_name} của {facts.area}",
        addressed_to=facts.to,
        grounds=grounds,
        blocks=(
            Heading("I", "Quá trình thực hiện"),
            *(Bullet(step) for step in ended(facts.done)),
            Heading("II", "Kết quả"),
            Paragraph(
                f"Qua thẩm định, {len(facts.candidates)} xã, phường, đặc khu đủ điều kiện đề nghị công nhận, {where}."
            ),
            *([] if long else [proposed]),
            *([Paragraph(_left_out_words(facts, long))] if facts.left_out else []),
            *([left_out] if facts.left_out and not long else []),
            Heading("III", "Đề nghị"),
            Paragraph(
                f"{office.name} kính trình {to} xem xét, công nhận mức độ chuyển đổi số {facts.round_name} đối với "
                f"{len(facts.candidates)} đơn vị nêu trên."
            ),
            *([Paragraph("Hồ sơ kèm theo:")] if facts.enclosed else []),
            *(Bullet(one) for one in ended(facts.enclosed)),
            Paragraph(f"{office.name} kính trình {to} xem xét, quyết định./."),
        ),
        signature=signature,
        recipients=recipients,
        annexes=annexes,
    )


def _left_out_words(facts: Proposal, long: bool) -> str:
    where = "tại Phụ lục II kèm theo" if long else "như sau"
    return f"{len(facts.left_out)} đơn vị chưa được đề nghị công nhận, kèm lý do {where}."


def _candidates_table(candidates: tuple[Candidate, ...]) -> Table:
    columns = (
        Column("STT", 7, "center"),
        Column("Xã, phường, đặc khu", 27),
        Column("Tỉnh, thành phố", 22),
        Column("Mức đề nghị", 21),
        Column("Điểm", 10, "right"),
        Column("Ghi chú", 15),
    )
    rows = numbered(
        (capital(c.place.name), capital(c.place.province), c.level.words, points(c.score), c.note) for c in candidates
    )
    return Table(columns, rows, empty="Chưa có đơn vị nào đủ điều kiện.")


def _left_out_table(left_out: tuple[LeftOut, ...]) -> Table:
    columns = (
        Column("STT", 7, "center"),
        Column("Xã, phường, đặc khu", 27),
        Column("Tỉnh, thành phố", 22),
        Column("Lý do", 44),
    )
    return Table(columns, numbered((capital(o.place.name), capital(o.place.province), o.reason) for o in left_out))
