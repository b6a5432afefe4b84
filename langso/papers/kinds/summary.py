"""Báo cáo tổng hợp đợt đánh giá: a province or the whole country after a round."""

from dataclasses import dataclass
from datetime import date

from langso.lib.number import write_number
from langso.lib.period import write_day
from langso.papers.bars import Bar, bars
from langso.papers.kinds.facts import UNKNOWN, Level, capital, count_words, numbered
from langso.papers.paper import (
    Annex,
    Block,
    Bullet,
    Column,
    Drawing,
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
class LevelCount:
    level: Level | None  # None: no level reached
    units: int


@dataclass(frozen=True)
class CriterionCount:
    """How many of the communes judged meet a criterion; those without figures are counted apart."""

    code: str
    name: str
    met: int
    judged: int
    unknown: int

    @property
    def share(self) -> float | None:
        return 100 * self.met / self.judged if self.judged else None


@dataclass(frozen=True)
class AreaCount:
    """One row of the table by area: a province of the country, or a commune group of a province."""

    name: str
    units: int
    submitted: int | None
    appraised: int | None
    recognised: int | None


@dataclass(frozen=True)
class RoundSummary:
    area: str  # "tỉnh Tuyên Quang", "cả nước"
    round_name: str
    as_of: date
    framework: str
    whole: AreaCount
    levels: tuple[LevelCount, ...]
    criteria: tuple[CriterionCount, ...]
    areas: tuple[AreaCount, ...] = ()
    drawings: tuple[Drawing, ...] = ()  # further charts or a map
    difficulties: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


def round_summary(
    facts: RoundSummary,
    *,
    office: Office,
    stamp: Stamp,
    signature: Signature,
    recipients: tuple[str, ...],
    grounds: tuple[str, ...] = (),
) -> Paper:
    areas = _areas_table(facts.areas)
    long = len(facts.areas) > IN_BODY
    return Paper(
        kind="Báo cáo",
        office=office,
        stamp=stamp,
        abstract=f"Tổng hợp kết quả đánh giá mức độ chuyển đổi số cấp xã {facts.round_name} của {facts.area}",
        grounds=grounds,
        blocks=(
            Heading("I", "Tình hình thực hiện"),
            Paragraph(_progress(facts)),
            *([areas] if facts.areas and not long else []),
            *([Paragraph("Số liệu từng địa bàn tại Phụ lục kèm theo.")] if long else []),
            Heading("II", "Kết quả"),
            Heading("1", "Theo mức độ", level=2),
            *_levels(facts.levels),
            Heading("2", "Theo tiêu chí", level=2),
            *_criteria(facts.criteria),
            *facts.drawings,
            Heading("III", "Khó khăn, vướng mắc"),
            *_list(facts.difficulties, "Chưa ghi nhận khó khăn, vướng mắc."),
            Heading("IV", "Đề xuất, kiến nghị"),
            *_list(facts.suggestions, "Không có đề xuất, kiến nghị."),
            Paragraph(f"{office.name} kính báo cáo./."),
        ),
        signature=signature,
        recipients=recipients,
        annexes=(Annex("Số liệu từng địa bàn", (areas,)),) if long else (),
    )


def _progress(facts: RoundSummary) -> str:
    whole = facts.whole
    return (
        f"{capital(facts.area)} có {write_number(whole.units)} xã, phường, đặc khu. "
        f"Tính đến ngày {write_day(facts.as_of)}, theo {facts.framework}: "
        f"số đơn vị đã nộp hồ sơ tự đánh giá: {count_words(whole.submitted)}; "
        f"đã thẩm định: {count_words(whole.appraised)}; đã được công nhận: {count_words(whole.recognised)}."
    )


def _levels(levels: tuple[LevelCount, ...]) -> tuple[Block, ...]:
    whole = sum(one.units for one in levels)
    if not whole:
        return (Paragraph("Chưa có đơn vị nào được xếp mức."),)
    said = [(one.level.words if one.level else "Chưa đạt mức nào", one.units) for one in levels]
    rows = tuple((name, write_number(units), f"{write_number(100 * units / whole, 1)}%") for name, units in said)
    words = "; ".join(f"{name}: {write_number(units)} đơn vị" for name, units in said)
    return (
        Table(
            (Column("Mức độ", 50), Column("Số đơn vị", 25, "right"), Column("Tỷ lệ", 25, "right")),
            rows,
            caption="Bảng kết quả theo mức độ",
            foot=("Cộng", write_number(whole), "100%"),
        ),
        bars([Bar(name, units) for name, units in said], alt=f"{words}.", caption="Hình 1. Số đơn vị theo mức độ"),
    )


def _criteria(criteria: tuple[CriterionCount, ...]) -> tuple[Block, ...]:
    columns = (
        Column("Mã", 10, "center"),
        Column("Tiêu chí", 42),
        Column("Số đơn vị đạt", 16, "right"),
        Column("Tỷ lệ trên số có số liệu", 17, "right"),
        Column("Chưa có số liệu", 15, "right"),
    )
    rows = tuple(
        (c.code, c.name, f"{write_number(c.met)}/{write_number(c.judged)}", _share(c.share), write_number(c.unknown))
        for c in criteria
    )
    table = Table(columns, rows, caption="Bảng kết quả theo tiêu chí", empty="Chưa có tiêu chí nào được đánh giá.")
    weakest = sorted((c for c in criteria if c.share is not None), key=lambda c: (c.share or 0, c.code))[:5]
    if not weakest:
        return (table,)
    words = "; ".join(f"{c.code} {c.name}: {_share(c.share)}" for c in weakest)
    drawn = bars(
        [Bar(f"{c.code} {c.name}", c.share) for c in weakest],
        alt=f"{words}.",
        caption="Hình 2. Các tiêu chí có tỷ lệ đạt thấp nhất",
        unit="%",
        places=1,
        whole=100,
    )
    return (table, drawn)


def _share(share: float | None) -> str:
    return UNKNOWN if share is None else f"{write_number(share, 1)}%"


def _areas_table(areas: tuple[AreaCount, ...]) -> Table:
    columns = (
        Column("STT", 7, "center"),
        Column("Địa bàn", 33),
        Column("Số xã, phường, đặc khu", 17, "right"),
        Column("Đã nộp", 14, "right"),
        Column("Đã thẩm định", 14, "right"),
        Column("Đã công nhận", 15, "right"),
    )
    rows = numbered(
        (
            capital(a.name),
            write_number(a.units),
            capital(count_words(a.submitted)),
            capital(count_words(a.appraised)),
            capital(count_words(a.recognised)),
        )
        for a in areas
    )
    return Table(columns, rows, caption="Bảng số liệu theo địa bàn")


def _list(lines: tuple[str, ...], nothing: str) -> tuple[Block, ...]:
    return tuple(Bullet(line) for line in ended(lines)) if lines else (Paragraph(nothing),)
