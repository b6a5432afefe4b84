"""Taking in what a table brings: what is new is written, what moved on is held. One way for one file and for many."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from langso.assessments import foreign, words
from langso.assessments.layout import Layout, Mapped, parts_of, recalled
from langso.assessments.models import Assessment, WorkbookLayout
from langso.assessments.moving import begin
from langso.assessments.workbook import Fault, Filled
from langso.criteria.edition import Edition, Field
from langso.ledger import actions as ledger
from langso.lib.period import VIETNAM, Period
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.measures import actions as measures
from langso.measures import queries as figures
from langso.measures import rules
from langso.measures.models import ReportedFigure
from langso.measures.queries import entry_of, key_of
from langso.measures.rules import Entry
from langso.units.models import Unit
from langso.units.queries import Named


class OtherPlace(Refused):
    says = "Phần đầu bảng ghi {theirs}. Trang này là của {ours}. Chọn đúng tệp rồi gửi lại."


class OtherYear(Refused):
    says = "Phần đầu bảng ghi năm {theirs}. Kỳ ở đây là {ours}. Chọn đúng tệp, hoặc sửa dòng ấy trong bảng rồi gửi lại."


def check_front(layout: Layout, period: Period, ours: Named | None = None, others: Iterable[str] = ()) -> None:
    """The words above a table speak of this year and, when `ours` is given, of this place and of no neighbour.

    Refuses: OtherPlace, OtherYear.
    """
    years = layout.years
    if years and period.start.year not in years:
        raise OtherYear(theirs=", ".join(map(str, sorted(years))), ours=str(period))
    if ours is not None:
        text = " ".join(f" {fold(line)} " for line in layout.front)
        if f" {fold(ours.name)} " not in text:
            named = next((name for name in others if f" {fold(name)} " in text), None)
            if named is not None:
                raise OtherPlace(theirs=named, ours=ours.name)


def changes(filled: Filled, edition: Edition, unit: Unit, period: Period) -> dict[str, Entry]:
    """What a table brings anew; a figure that moved on since its base becomes a fault.  Cost: two queries.

    What a row leaves unsaid beside numbers that stand already (its day, its source) stays as it is.
    """
    known = figures.figures_of(unit, period)
    earlier = figures.earlier_entries(unit, period, filled.bases.values())
    changed: dict[str, Entry] = {}
    for code, entry in filled.entries.items():
        fld = edition.fields[code]
        now = known.get(key_of(edition, fld))
        stands_now = entry_of(now)
        if _numbers(entry) == _numbers(stands_now):
            entry = replace(entry, **{part: getattr(stands_now, part) for part in filled.unsaid.get(code, ())})
        base = earlier.get(filled.bases.get(code, ""), Entry())
        stands = rules.standing(entry, base=base, now=stands_now)
        if stands == "overtaken" and now is not None:
            row, column = filled.places[code]
            says = words.moved_on(now, fld) if code in filled.bases else _stands(now, fld)
            filled.faults.append(Fault(row, column, says))
        elif stands != "same":
            changed[code] = entry
    return changed


def _numbers(entry: Entry) -> tuple[object, ...]:
    return entry.numerator, entry.denominator, entry.value


def _stands(now: ReportedFigure, fld: Field) -> str:
    who = str(now.reported_by) if now.reported_by else "người khác"
    when = f"{now.reported_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
    there = foreign.shown(entry_of(now), fld) or "để trống"
    return f"Đang có {there}, {who} ghi lúc {when}; số trong tệp khác. Số trong tệp đúng hơn thì sửa ở trang của xã."


@transaction.atomic
def write(
    changed: dict[str, Entry],
    *,
    assessment: Assessment,
    edition: Edition,
    period: Period,
    issuer: str,
    by: int | None,
    at: datetime,
) -> int:
    """Write every figure or none; returns how many. The first work on an assessment of a cycle starts it.

    Refuses: FigureWrong.
    """
    for code, entry in changed.items():
        measures.report_figure(
            unit=assessment.unit,
            measure=words.measure_of(edition, code),
            period=period,
            entry=entry,
            by=by,
            at=at,
            origin=ReportedFigure.Origin.WORKBOOK,
            issuer=issuer,
        )
    if changed:
        begin(assessment, by=by, at=at)
    return len(changed)


def remembered(layout: Layout, framework: str, units: QuerySet[Unit]) -> WorkbookLayout | None:
    """The newest confirmed matching of a table with this heading, by somebody in reach."""
    return (
        WorkbookLayout.objects.within(units)
        .filter(signature=layout.signature, framework=framework)
        .select_related("confirmed_by")
        .order_by("-confirmed_at", "-pk")
        .first()
    )


def recall(layout: Layout, kept: WorkbookLayout | None) -> Mapped | None:
    return recalled(layout, kept.columns, kept.rows) if kept is not None else None


@transaction.atomic
def remember(
    layout: Layout, mapping: Mapped, *, framework: str, unit: Unit, by: int | None, at: datetime
) -> WorkbookLayout | None:
    """Keep a confirmed matching for the next table of this form; one that says the same is kept once."""
    columns = parts_of(layout, mapping)
    rows = {line.key: mapping.rows.get(line.row, "") for line in layout.lines if not line.aside}
    now = (
        WorkbookLayout.objects.filter(unit=unit, framework=framework, signature=layout.signature)
        .order_by("-confirmed_at", "-pk")
        .first()
    )
    if now is not None:
        rows = now.rows | rows
        if (now.columns, now.rows) == (columns, rows):
            return now
    kept = WorkbookLayout.objects.create(
        unit=unit,
        framework=framework,
        signature=layout.signature,
        sheet=layout.grid.name[:60],
        columns=columns,
        rows=rows,
        confirmed_by_id=by,
        confirmed_at=at,
    )
    ledger.record(
        by=by,
        did="layout.confirmed",
        to=kept,
        unit=unit.pk,
        at=at,
        facts={"framework": framework, "signature": layout.signature, "rows": len(rows)},
    )
    return kept
