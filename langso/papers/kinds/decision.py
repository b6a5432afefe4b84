"""Quyết định công nhận and quyết định thu hồi, each with the list of units as its annex."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from langso.lib.period import write_day
from langso.lib.refusal import Refused
from langso.papers.kinds.facts import Level, Place, capital, numbered, points
from langso.papers.paper import Annex, Article, Column, Office, Paper, Signature, Stamp, Table


class NobodyNamed(Refused):
    says = "Quyết định chưa có đơn vị nào. Chọn ít nhất một xã, phường, đặc khu rồi lập lại."


@dataclass(frozen=True)
class Recognised:
    """One unit that is recognised, from `start` through `last` (the last day on which it counts)."""

    place: Place
    level: Level
    score: Decimal | None
    start: date
    last: date


@dataclass(frozen=True)
class Withdrawn:
    place: Place
    level: Level
    recognised_by: str  # "Quyết định số 12/QĐ-UBND ngày 05/01/2026 của …"
    reason: str
    start: date  # from which day it no longer counts


@dataclass(frozen=True)
class Deciding:
    """Who decides and who carries it out: the words around the list."""

    competence: str  # "Chủ tịch Ủy ban nhân dân tỉnh Tuyên Quang"
    grounds: tuple[str, ...]
    carried_out_by: str  # "Chánh Văn phòng …, Giám đốc Sở … và các đơn vị có liên quan"
    duties: tuple[str, ...] = ()  # further articles, one each


def recognition(
    units: tuple[Recognised, ...],
    deciding: Deciding,
    *,
    round_name: str,
    framework: str,
    office: Office,
    stamp: Stamp,
    signature: Signature,
    recipients: tuple[str, ...],
) -> Paper:
    """Refuses: NobodyNamed."""
    if not units:
        raise NobodyNamed
    first = units[0]
    if len(units) == 1:
        what = (
            f"Công nhận {first.place.words} đạt mức độ chuyển đổi số {round_name}: {first.level.words}, "
            f"theo {framework}. "
            f"Kết quả công nhận có giá trị từ ngày {write_day(first.start)} đến hết ngày {write_day(first.last)}."
        )
        abstract = f"Công nhận {first.place.words} đạt mức độ chuyển đổi số {round_name}"
    else:
        what = (
            f"Công nhận {len(units)} xã, phường, đặc khu đạt mức độ chuyển đổi số {round_name} theo {framework}. "
            "Danh sách, mức độ và thời hạn của từng đơn vị tại Phụ lục kèm theo."
        )
        abstract = f"Công nhận xã, phường, đặc khu đạt mức độ chuyển đổi số {round_name}"
    annex = Annex("Danh sách đơn vị được công nhận mức độ chuyển đổi số", (_recognised_table(units),), landscape=True)
    return _decision(
        abstract, what, deciding, office, stamp, signature, recipients, annexes=() if len(units) == 1 else (annex,)
    )


def withdrawal(
    units: tuple[Withdrawn, ...],
    deciding: Deciding,
    *,
    office: Office,
    stamp: Stamp,
    signature: Signature,
    recipients: tuple[str, ...],
) -> Paper:
    """Refuses: NobodyNamed."""
    if not units:
        raise NobodyNamed
    first = units[0]
    if len(units) == 1:
        abstract = f"Thu hồi kết quả công nhận mức độ chuyển đổi số của {first.place.words}"
        what = (
            f"Thu hồi kết quả công nhận mức độ chuyển đổi số ({first.level.words}) của {first.place.words} tại "
            f"{first.recognised_by}, kể từ ngày {write_day(first.start)}. Lý do: {first.reason.rstrip('.')}."
        )
    else:
        abstract = "Thu hồi kết quả công nhận mức độ chuyển đổi số cấp xã"
        what = (
            f"Thu hồi kết quả công nhận mức độ chuyển đổi số của {len(units)} xã, phường, đặc khu. "
            "Danh sách, quyết định công nhận và lý do tại Phụ lục kèm theo."
        )
    annex = Annex("Danh sách đơn vị bị thu hồi kết quả công nhận", (_withdrawn_table(units),), landscape=True)
    return _decision(
        abstract, what, deciding, office, stamp, signature, recipients, annexes=() if len(units) == 1 else (annex,)
    )


def _decision(
    abstract: str,
    what: str,
    deciding: Deciding,
    office: Office,
    stamp: Stamp,
    signature: Signature,
    recipients: tuple[str, ...],
    *,
    annexes: tuple[Annex, ...],
) -> Paper:
    texts = (
        what,
        *deciding.duties,
        "Quyết định này có hiệu lực kể từ ngày ký.",
        f"{capital(deciding.carried_out_by)} chịu trách nhiệm thi hành Quyết định này./.",
    )
    return Paper(
        kind="Quyết định",
        office=office,
        stamp=stamp,
        abstract=abstract,
        competence=deciding.competence,
        grounds=deciding.grounds,
        enacting="QUYẾT ĐỊNH:",
        blocks=tuple(Article(number, text) for number, text in enumerate(texts, start=1)),
        signature=signature,
        recipients=recipients,
        annexes=annexes,
    )


def _recognised_table(units: tuple[Recognised, ...]) -> Table:
    columns = (
        Column("STT", 6, "center"),
        Column("Xã, phường, đặc khu", 24),
        Column("Tỉnh, thành phố", 22),
        Column("Mức độ", 18),
        Column("Điểm", 9, "right"),
        Column("Có giá trị từ ngày", 12, "center"),
        Column("Đến hết ngày", 12, "center"),
    )
    rows = numbered(
        (
            capital(u.place.name),
            capital(u.place.province),
            u.level.words,
            points(u.score),
            write_day(u.start),
            write_day(u.last),
        )
        for u in units
    )
    return Table(columns, rows)


def _withdrawn_table(units: tuple[Withdrawn, ...]) -> Table:
    columns = (
        Column("STT", 6, "center"),
        Column("Xã, phường, đặc khu", 20),
        Column("Mức độ", 15),
        Column("Quyết định công nhận", 24),
        Column("Thu hồi từ ngày", 11, "center"),
        Column("Lý do", 27),
    )
    rows = numbered(
        (capital(u.place.words), u.level.words, u.recognised_by, write_day(u.start), u.reason) for u in units
    )
    return Table(columns, rows)
