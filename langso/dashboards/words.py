"""The sentences and drawings of the public pages, made from what the queries found. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from langso.assessments.results import Result
from langso.assessments.words import hill_of, missing_title, say, shown_groups
from langso.dashboards.queries import CountryPage, PlacePage, ProvincePage, ProvinceShare
from langso.lib.period import write_day
from langso.recognition.words import place_words
from langso.units.queries import Kin, Named

STEPS = 8  # the nearest ones; a list of thirty helps nobody decide where to begin
NUMBERS = {2: "Hai", 3: "Ba", 4: "Bốn", 5: "Năm", 6: "Sáu", 7: "Bảy", 8: "Tám"}


def _trail(path: Sequence[Named]) -> list[tuple[str, str]]:
    return [("Cả nước", "/"), *((u.name, u.address) for u in path)]


def of_country(page: CountryPage) -> dict[str, Any]:
    def counts(share: ProvinceShare) -> list[int]:
        found = dict(share.levels)
        return [found.get(level.number, 0) for level in page.edition.levels]

    return {
        "note": f"Kỳ {page.period}, {len(page.provinces)} tỉnh, thành phố." if page.period else "",
        "table": [
            {"share": p, "counts": counts(p), "usual_name": page.edition.level_name(p.usual or 0)}
            for p in page.provinces
        ],
    }


def of_place(page: PlacePage) -> dict[str, Any]:
    unit, result = page.unit, page.result
    kin: tuple[Kin, ...] = page.became or page.merged
    joined = ", ".join(k.unit.name for k in page.merged)
    made = page.merged[0] if page.merged else None
    lead = ""
    if page.became:
        lead = f"Từ ngày {write_day(page.unit.ended_on)}, nơi đây thuộc về:" if page.unit.ended_on else ""
    elif made and made.on:
        lead = f"Từ ngày {write_day(made.on)}, {joined} nhập vào {unit.name}. Số liệu cũ không mất nơi nào."
    says = say(unit, result) if result else ""
    return {
        "trail": _trail(page.path),
        "say": says,
        "sentence": f"{unit.name}. {says}".strip(),
        "hill": hill_of(result) if result else (),
        "groups": shown_groups(result) if result else [],
        "steps": result.steps[:STEPS] if result else (),
        "more": max(0, len(result.steps) - STEPS) if result else 0,
        "groups_title": f"{NUMBERS.get(len(result.groups), str(len(result.groups)))} nhóm tiêu chí"
        if result and len(result.groups) > 1
        else "Các tiêu chí",
        "missing_title": missing_title(result) if result else "",
        "sources": _sources(result) if result else [],
        "kin": kin,
        "lineage_title": "Nay thuộc về đâu" if page.became else "Hình thành từ đâu",
        "lineage_lead": lead,
        "facts": _facts(page),
        "then": "" if page.is_current or page.is_ended else f"Đang xem theo ngày {write_day(page.day)}.",
        "now": f"/noi/{unit.code}/",
        "recognised": place_words(page.recognition, page.day) if page.recognition else "",
        "others": [
            {"title": p.framework, "href": f"?khung={p.framework}", "note": f"Kỳ {p.period}"} for p in page.others
        ],
    }


@dataclass(frozen=True)
class Source:
    """Figures that came from one place on one day, with one paper."""

    source: str
    day: date | None
    document: str
    codes: str


def _sources(result: Result) -> list[Source]:
    found: dict[tuple[str, date | None, str], list[str]] = {}
    for row in result.rows.values():
        if row.reading:
            found.setdefault((row.reading.source, row.reading.day, row.reading.document), []).append(row.code)
    return [Source(*key, ", ".join(codes)) for key, codes in found.items()]


def _facts(page: PlacePage) -> list[tuple[str, str]]:
    """Every name and every unit above it, with its days."""
    names = [(n.name, _days(n.valid.lower, n.valid.upper)) for n in page.names]
    above = []
    for p in page.parents:
        whole = p.unit.name + (f", {p.unit.in_province}" if p.unit.in_province else "")
        above.append((f"Thuộc {whole}", _days(p.since, p.until)))
    return names + above


def _days(start: Any, stop: Any) -> str:
    begins = f"từ ngày {write_day(start)}" if start else "từ trước"
    return f"{begins} đến trước ngày {write_day(stop)}" if stop else f"{begins} đến nay"


def of_province(page: ProvincePage) -> dict[str, Any]:
    made = page.place.merged[0] if page.place.merged else None
    return {
        "trail": [("Cả nước", "/")],
        "counts": [(word, f"{n} đơn vị") for word, n in page.counts],
        "csv": f"/noi/{page.place.unit.code}/xa.csv",
        "map_title": f"Mức của từng xã, {page.place.unit.name}",
        "lineage_lead": f"Từ ngày {write_day(made.on)}, theo Nghị quyết {made.resolution}." if made and made.on else "",
    }
