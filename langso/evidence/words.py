"""What pages of evidence say: where a thing is used, what came of adding it, which criterion one is at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from langso.criteria import catalogue
from langso.criteria.edition import Edition
from langso.criteria.engine import load_edition
from langso.evidence.actions import Entered
from langso.evidence.models import Citation, Evidence
from langso.evidence.queries import Alike
from langso.lib.period import Period, day_of
from langso.lib.refusal import Refused
from langso.ui.writing import day_html, moment_html
from langso.units.models import Unit
from langso.units.queries import named


def edition_named(framework: str) -> Edition | None:
    """The newest edition; None when there is no such framework."""
    try:
        return load_edition(catalogue.find(framework))
    except Refused:
        return None


def criterion_name(edition: Edition, code: str) -> str:
    """The name of a criterion, or of a part of one that has a figure of its own; empty when there is none."""
    if code in edition.by_code:
        return edition.by_code[code].name
    return edition.fields[code].name if code in edition.fields else ""


@dataclass(frozen=True)
class Spot:
    """One criterion of one unit, framework and period: what evidence is cited for."""

    unit: Unit
    unit_name: str
    framework: str
    title: str
    period: Period
    criterion: str
    name: str
    back: str

    @property
    def address(self) -> str:
        return address_of(self.unit.pk, self.framework, self.period.code, self.criterion)

    @property
    def again(self) -> str:
        """The same page, with the way back."""
        return f"{self.address}?{urlencode({'ve': self.back})}" if self.back else self.address


def address_of(unit: int, framework: str, period: str, criterion: str) -> str:
    return f"/minh-chung/tieu-chi/{unit}/{quote(framework)}/{period}/{quote(criterion)}/"


def spot_of(unit: Unit, framework: str, period: str, criterion: str, *, back: str, on: date) -> Spot | None:
    """None when framework, period or criterion are not there."""
    edition = edition_named(framework)
    if edition is None:
        return None
    name = criterion_name(edition, criterion)
    try:
        when = Period.parse(period)
    except Refused:
        return None
    if not name or when.code != period:
        return None
    return Spot(unit, unit_name(unit, on), framework, edition.title, when, criterion, name, back)


def unit_name(unit: Unit, on: date) -> str:
    """The name on the day, else the last one it had."""
    now = named([(unit.pk, on)]).get((unit.pk, on))
    if now is not None:
        return now.name
    last = unit.names.order_by("-valid").first()
    return last.name if last else "Đơn vị cũ"


def office_of(unit_name: str) -> str:
    """“UBND xã Hồ Thầu”: who most often issues what a commune hands in."""
    return f"UBND {unit_name[:1].lower()}{unit_name[1:]}"


def unit_names(evidence: Iterable[Evidence], on: date) -> dict[int, str]:
    found = named([(e.unit_id, on) for e in evidence])
    return {unit: n.name for (unit, _), n in found.items()}


def uses_say(citations: Sequence[Citation]) -> str:
    """“C.1, C.2 (năm 2026)”, one part a framework and period."""
    by: dict[tuple[str, str], list[str]] = {}
    for citation in citations:
        codes = by.setdefault((citation.period, citation.framework), [])
        if citation.criterion not in codes:
            codes.append(citation.criterion)
    return "; ".join(f"{', '.join(codes)} ({Period.parse(period)})" for (period, _), codes in by.items())


def shown_uses(citations: Sequence[Citation]) -> list[dict[str, str]]:
    shown = []
    for citation in citations:
        edition = edition_named(citation.framework)
        name = criterion_name(edition, citation.criterion) if edition else ""
        shown.append(
            {
                "title": f"{citation.criterion}. {name}" if name else citation.criterion,
                "note": f"{edition.title if edition else citation.framework}, {Period.parse(citation.period)}"
                + (f", {citation.page}" if citation.page else ""),
                "href": address_of(citation.unit_id, citation.framework, citation.period, citation.criterion),
            }
        )
    return shown


def facts_of(evidence: Evidence, *, unit: str) -> list[tuple[str, Any]]:
    """What is known of it, line by line; what is not known is said to be unknown."""
    if evidence.is_photo:
        where = evidence.place or "Chưa ghi"
        if evidence.latitude is not None and evidence.longitude is not None:
            point = f"{evidence.latitude:.5f}; {evidence.longitude:.5f}".replace(".", ",")
            where = f"{evidence.place} ({point})" if evidence.place else f"Tọa độ {point}"
        when: Any = moment_html(evidence.taken_at) if evidence.taken_at else "Chưa ghi"
        if not evidence.taken_at and evidence.taken_on:
            when = day_html(evidence.taken_on)
        lines: list[tuple[str, Any]] = [
            ("Ảnh chụp gì", evidence.title or "Chưa ghi"),
            ("Chụp lúc", when),
            ("Nơi chụp", where),
        ]
    else:
        lines = [
            ("Số, ký hiệu", evidence.number),
            ("Ngày ban hành", day_html(evidence.issued_on)),
            ("Cơ quan ban hành", evidence.issuer),
            ("Trích yếu", evidence.title or "Chưa ghi"),
        ]
    by = str(evidence.added_by) if evidence.added_by else "lệnh trên máy chủ"
    return [*lines, ("Của", unit), ("Người thêm", by), ("Thêm lúc", moment_html(evidence.added_at))]


def told(entered: Entered, likenesses: Sequence[Alike] = ()) -> str:
    """What came of adding, in words."""
    evidence = entered.evidence
    if entered.is_new:
        said = [f"Đã thêm {_lower(evidence)}."]
    else:
        said = [f"{evidence.name} đã có từ ngày {day_of(evidence.added_at):%d/%m/%Y}, không thêm lần nữa."]
    filled = [w for w, is_so in (("trích yếu", entered.filled_title), ("tệp", entered.filled_file)) if is_so]
    if filled:
        said.append(f"Đã bổ sung {' và '.join(filled)} còn thiếu.")
    if entered.left_file:
        said.append("Tệp có từ trước vẫn giữ, tệp vừa chọn không thay vào.")
    if evidence.doubt:
        said.append(evidence.doubt)
    elif entered.is_new and evidence.is_photo and evidence.taken_on is None:
        said.append("Ảnh chưa có ngày chụp.")
    if likenesses:
        said.append(f"{likenesses[0].says} Xem lại, rồi ghi lý do giữ hoặc rút lại.")
    return " ".join(said)


def _lower(evidence: Evidence) -> str:
    return evidence.name[:1].lower() + evidence.name[1:] if evidence.is_photo else f"văn bản {evidence.number}"
