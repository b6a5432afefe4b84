"""The report of a province or of the country: the facts of the tables as a state paper, Word and PDF."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from langso.criteria.edition import Edition, Status
from langso.cycles.models import Cycle
from langso.lib.number import write_number
from langso.lib.period import Period
from langso.monitoring.queries import Province, Row, Tally
from langso.papers.bars import Bar, bars
from langso.papers.kinds.facts import Level
from langso.papers.kinds.summary import AreaCount, CriterionCount, LevelCount, RoundSummary, round_summary
from langso.papers.paper import Annex, Column, Drawing, Office, Paper, Signature, Stamp, Table

HANDED = frozenset(
    {"submitted", "appraising", "appraised", "in_council", "recognised", "not_recognised", "revoked", "returned"}
)
APPRAISED = frozenset({"appraised", "in_council", "recognised", "not_recognised", "revoked"})


def framework_words(edition: Edition) -> str:
    number = f" ban hành kèm theo {edition.document_number}" if edition.document_number else ""
    note = ", chỉ tiêu minh họa" if edition.status is Status.ILLUSTRATIVE else ""
    return f"{edition.title} (phiên bản {edition.edition}{note}){number}"


def of_cycle(
    cycle: Cycle, rows: Sequence[Row], tallies: Sequence[Tally], edition: Edition, *, area: str, place: str, as_of: date
) -> Paper:
    """The report of one cycle. A closed cycle gives the same paper each time: nothing in it depends on today."""
    facts = RoundSummary(
        area=area,
        round_name=f"năm {cycle.period[:4]}",
        as_of=as_of,
        framework=framework_words(edition),
        whole=AreaCount(
            area,
            len(rows),
            sum(r.state.value in HANDED for r in rows),
            sum(r.state.value in APPRAISED for r in rows),
            sum(r.state.value == "recognised" for r in rows),
        ),
        levels=_levels([r.level for r in rows if r.has_result], edition),
        criteria=_criteria(tallies, edition),
        drawings=_weakest(tallies),
        difficulties=_difficulties(rows, tallies),
    )
    paper = round_summary(
        facts,
        office=_office(area, place),
        stamp=Stamp(symbol="BC-SKHCN", written_on=as_of, is_draft=True, is_simulated=cycle.is_simulated),
        signature=Signature(("GIÁM ĐỐC",), name=""),
        recipients=(f"UBND {area};", "Các xã, phường, đặc khu;", "Lưu: VT."),
    )
    return _with(paper, _ranking(rows, edition))


def of_country(
    provinces: Sequence[Province],
    tallies: Sequence[Tally],
    edition: Edition,
    period: Period,
    *,
    as_of: date,
    simulated: bool,
) -> Paper:
    levels: dict[int, int] = {}
    for province in provinces:
        for level, n in province.levels.items():
            levels[level] = levels.get(level, 0) + n
    facts = RoundSummary(
        area="cả nước",
        round_name=str(period),
        as_of=as_of,
        framework=framework_words(edition),
        whole=AreaCount(
            "cả nước",
            sum(p.communes for p in provinces),
            sum(p.handed for p in provinces),
            sum(p.appraised for p in provinces),
            sum(p.recognised for p in provinces),
        ),
        levels=_levels([level for level, n in sorted(levels.items()) for _ in range(n)], edition),
        criteria=_criteria(tallies, edition),
        areas=tuple(AreaCount(p.name, p.communes, p.handed, p.appraised, p.recognised) for p in provinces),
        drawings=(_by_province(provinces), *_weakest(tallies)),
        difficulties=_missing(provinces),
    )
    return round_summary(
        facts,
        office=Office(name="Bộ Khoa học và Công nghệ", place="Hà Nội"),
        stamp=Stamp(symbol="BC-BKHCN", written_on=as_of, is_draft=True, is_simulated=simulated),
        signature=Signature(("TL. BỘ TRƯỞNG",), name=""),
        recipients=("Như trên;", "Lưu: VT."),
    )


def _office(area: str, place: str) -> Office:
    return Office(
        name=f"Sở Khoa học và Công nghệ {area}",
        place=place,
        above=f"Ủy ban nhân dân {area}",
        called="Sở Khoa học và Công nghệ",
    )


def _with(paper: Paper, annex: Annex) -> Paper:
    return replace(paper, annexes=(*paper.annexes, annex))


def _levels(levels: Sequence[int | None], edition: Edition) -> tuple[LevelCount, ...]:
    counts: dict[int, int] = {}
    for level in levels:
        counts[level or 0] = counts.get(level or 0, 0) + 1
    return tuple(
        LevelCount(Level(n, edition.level_name(n)) if n else None, counts[n]) for n in sorted(counts, reverse=True)
    )


def _criteria(tallies: Sequence[Tally], edition: Edition) -> tuple[CriterionCount, ...]:
    """Against the middle level, where an edition has several; else against its one target."""
    level = (len(edition.levels) + 1) // 2
    return tuple(
        CriterionCount(t.criterion.code, t.criterion.name, t.held[level - 1] if t.held else 0, t.known, t.unknown)
        for t in tallies
        if t.held
    )


def _weakest(tallies: Sequence[Tally]) -> tuple[Drawing, ...]:
    """The ten criteria that fewest communes hold at the middle level: where help is needed first."""
    shares = [(t.criterion.code, 100 * t.held[(len(t.held) - 1) // 2] / t.known) for t in tallies if t.held and t.known]
    weakest = sorted(shares, key=lambda pair: (pair[1], pair[0]))[:10]
    if not weakest:
        return ()
    said = "; ".join(f"{code} {write_number(share, 1)}%" for code, share in weakest)
    return (
        bars(
            [Bar(code, share) for code, share in weakest],
            alt=f"{said}.",
            caption="Mười tiêu chí ít xã đạt nhất, tỷ lệ xã đạt",
            unit="%",
            places=1,
            whole=100,
        ),
    )


def _by_province(provinces: Sequence[Province]) -> Drawing:
    rows = [Bar(p.name.removeprefix("Tỉnh ").removeprefix("Thành phố "), p.middle) for p in provinces]
    said = "; ".join(
        f"{r.name}: {write_number(r.value, 1) if r.value is not None else 'chưa có số liệu'}" for r in rows
    )
    return bars(rows, alt=f"{said}.", caption="Mức bình quân các xã theo tỉnh, thành phố", places=1, whole=5)


def _difficulties(rows: Sequence[Row], tallies: Sequence[Tally]) -> tuple[str, ...]:
    found = []
    if waiting := sum(r.state.value == "not_started" for r in rows):
        found.append(f"Còn {write_number(waiting)} đơn vị chưa bắt đầu tự đánh giá.")
    if late := sum(r.is_late for r in rows):
        found.append(f"Còn {write_number(late)} đơn vị quá hạn nộp.")
    if unknown := [t for t in tallies if t.known == 0]:
        found.append(f"Chưa đơn vị nào có số liệu của {len(unknown)} tiêu chí.")
    return tuple(found)


def _missing(provinces: Sequence[Province]) -> tuple[str, ...]:
    empty = [p.name for p in provinces if not p.published and not p.in_cycles]
    return (f"Chưa có số liệu của {', '.join(empty)}.",) if empty else ()


def _ranking(rows: Sequence[Row], edition: Edition) -> Annex:
    order = sorted(rows, key=lambda r: (r.rank is None, r.rank or 0, r.sort_key))
    has_score = edition.scale is not None
    return Annex(
        "Xếp hạng các đơn vị",
        (
            Table(
                (
                    Column("Hạng", 1, "right"),
                    Column("Đơn vị", 4),
                    Column("Điểm" if has_score else "Mức độ", 2.5),
                    Column("Kết quả theo", 2),
                    Column("So với kỳ trước", 4),
                ),
                tuple(
                    (
                        str(r.rank) if r.rank else "Chưa xếp",
                        r.name,
                        (write_number(r.score) if r.score is not None else "Chưa có")
                        if has_score
                        else (f"Mức {r.level}, {r.level_name}" if r.level else r.state.label),
                        r.source or "Chưa nộp",
                        r.movement.says,
                    )
                    for r in order
                ),
            ),
        ),
    )
