"""Why a verdict is what it is, in Vietnamese, with figures as people here write them."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from langso.criteria.edition import Criterion, Edition, Kind, Measure, Op, Test
from langso.lib.number import write_number

if TYPE_CHECKING:
    from langso.criteria.findings import Finding

_PLACES = {Kind.INDEX: 4, Kind.COUNT: 0}


def of_test(
    edition: Edition,
    test: Test,
    verdict: str,
    level: int,
    value: float | None,
    top: float | None,
    bottom: float | None,
    target: Decimal | None,
    gap: float | None,
    gap_count: int | None,
) -> str:
    """One sentence: the verdict, the figure with its counts, what the level asks, how much is missing."""
    measure = test.measure
    if verdict == "not_applicable":
        if bottom == 0:
            return f"Không áp dụng: không có {measure.counted or measure.denominator or 'đối tượng để tính'}."
        return "Không áp dụng cho loại địa bàn này."
    asked = _asked(edition, test, level, target)
    if verdict == "unknown":
        if value is not None:
            shown = figure(test, value, top, bottom)
            return f"Chưa rõ: {shown}, nhưng chưa biết loại địa bàn nên chưa biết chỉ tiêu nào áp dụng."
        if bottom == 0:
            return f"Chưa có số liệu: mẫu số bằng 0, chưa tính được {lower_first(measure.label)}."
        whom = f" {upper_first(measure.source)} cần gửi số liệu." if measure.source else ""
        return f"Chưa có số liệu.{whom} {upper_first(asked)}."
    if measure.kind is Kind.YES_NO:
        said = "đã có minh chứng" if test.op is Op.ATTESTED else "đã có"
        unsaid = "chưa có minh chứng" if test.op is Op.ATTESTED else "chưa có"
        return f"Đạt: {said}." if verdict == "met" else f"Chưa đạt: {unsaid}; {asked}."
    shown = figure(test, value if value is not None else float("nan"), top, bottom)
    return _met(shown, asked) if verdict == "met" else _unmet(shown, asked, shortfall(test, gap, gap_count))


def _met(shown: str, asked: str) -> str:
    return f"Đạt: {shown}; {asked}."


def _unmet(shown: str, asked: str, short: str) -> str:
    return f"Chưa đạt: {shown}; {asked}. {short}"


def of_values(
    edition: Edition, test: Test, level: int, target: Decimal, values: Iterable[float], is_met: Iterable[bool]
) -> list[str]:
    """The sentences of many known figures without counts against one target, as `of_test` would word each."""
    asked, edge, kind, unit, falling = (
        _asked(edition, test, level, target),
        float(target),
        test.measure.kind,
        test.measure.unit,
        test.op.is_falling,
    )
    return [
        _met(_written(kind, unit, value, falling), asked)
        if met
        else _unmet(
            _written(kind, unit, value, falling),
            asked,
            _short(kind, unit, falling, round(abs(edge - value), 10)),
        )
        for value, met in zip(values, is_met, strict=True)
    ]


def figure(test: Test, value: float, top: float | None, bottom: float | None) -> str:
    """62% (2.480/4.000 hộ). Rounded away from the target, so that 59,999 never reads as the 60 it is not."""
    shown = quantity(test.measure, value, falling=test.op.is_falling)
    if top is None or bottom is None:
        return shown
    counted = f" {test.measure.counted}" if test.measure.counted else ""
    return f"{shown} ({write_number(Decimal(repr(top)), 0)}/{write_number(Decimal(repr(bottom)), 0)}{counted})"


def quantity(measure: Measure, value: float | Decimal, *, falling: bool = False) -> str:
    return _written(measure.kind, measure.unit, value, falling)


@lru_cache(maxsize=1 << 16)
def _written(kind: Kind, unit: str, value: float | Decimal, falling: bool) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    places = _PLACES.get(kind, 2)
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING if falling else ROUND_FLOOR)
    number = write_number(rounded.normalize())
    if kind is Kind.SHARE:
        return f"{number}%"
    return f"{number} {unit}" if unit and kind is not Kind.INDEX else number


def _asked(edition: Edition, test: Test, level: int, target: Decimal | None) -> str:
    name = edition.level_name(level) if edition.scale is None and len(edition.levels) > 1 else ""
    return _asking(name, test.measure.kind, test.measure.unit, test.measure.may_exceed, test.op, target)


@lru_cache(maxsize=1 << 12)
def _asking(name: str, kind: Kind, unit: str, may_exceed: bool, op: Op, target: Decimal | None) -> str:
    who = f"mức {name} cần" if name else "chỉ tiêu là"
    if target is None:
        return f"{who} một ngưỡng tùy loại địa bàn"
    if kind is Kind.YES_NO:
        return f"mức {name} phải có" if name else "chỉ tiêu là phải có"
    number = _written(kind, unit, target, False)
    if op is Op.AT_LEAST:
        is_full = kind is Kind.SHARE and target == 100 and not may_exceed
        return f"{who} đủ {number}" if is_full else f"{who} từ {number} trở lên"
    words = {Op.ABOVE: "trên", Op.BELOW: "dưới", Op.AT_MOST: "không quá"}
    return f"{who} {words[op]} {number}"


def shortfall(test: Test, gap: float | None, gap_count: int | None) -> str:
    """Thiếu 163 hồ sơ. Without the counts: Thiếu 6 điểm phần trăm."""
    verb = "Vượt" if test.op.is_falling else "Thiếu"
    counted = test.measure.counted
    if gap_count is not None and counted:
        return f"{verb} {write_number(gap_count)} {counted}."
    return _short(test.measure.kind, test.measure.unit, test.op.is_falling, gap)


@lru_cache(maxsize=1 << 16)
def _short(kind: Kind, unit: str, falling: bool, gap: float | None) -> str:
    verb = "Vượt" if falling else "Thiếu"
    if gap is None:
        return ""
    if gap == 0:
        return "Chưa qua mốc này."
    amount = _written(kind, unit, round(gap, 6), True)
    return f"{verb} {amount[:-1]} điểm phần trăm." if kind is Kind.SHARE else f"{verb} {amount}."


def of_several(verdict: str, needed: int, parts: "Sequence[Finding]") -> str:
    if verdict == "not_applicable":
        return "Không áp dụng."
    how = "đủ các điều sau" if needed == len(parts) else f"ít nhất {needed} trong {len(parts)} điều sau"
    start = {"met": "Đạt", "unmet": "Chưa đạt"}.get(verdict, "Chưa đủ số liệu")
    said = " ".join(f"({k}) {part.name}: {lower_first(part.reason)}" for k, part in enumerate(parts, 1))
    return f"{start}, cần {how}. {said}"


def of_points(
    criterion: Criterion, verdict: str, value: float | None, points: float, parts: "Sequence[Finding]"
) -> str:
    """What was earned, out of how much, by which figure."""
    scoring = criterion.earning
    earned, most = (write_number(Decimal(repr(round(p, 6))).normalize()) for p in (points, float(scoring.maximum)))
    if verdict == "unknown":
        source = criterion.measure.source
        whom = f" {upper_first(source)} cần gửi số liệu." if source else ""
        return f"Chưa có số liệu, chưa tính được điểm (tối đa {most}).{whom}"
    if parts:
        return f"{parts[0].reason} Được {earned} trên {most} điểm."
    if scoring.style == "bonus":
        return f"Cộng {earned} điểm." if points else "Không cộng điểm."
    if scoring.style == "penalty":
        return f"Trừ {earned.lstrip('-')} điểm." if points else "Không trừ điểm."
    if scoring.style == "cases" and value is not None:
        return f"{upper_first(scoring.cases[int(value)][0])}: được {earned} trên {most} điểm."
    if scoring.style == "parts":
        return f"Cộng các phần được {earned} trên {most} điểm."
    shown = quantity(criterion.measure, value if value is not None else float("nan"))
    if criterion.measure.kind is Kind.INDEX:
        return f"Chỉ số {shown}, trọng số {most}, góp {earned}."
    return f"{upper_first(shown)}: được {earned} trên {most} điểm."


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Đạt → đạt; but OCOP stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
