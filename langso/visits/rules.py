"""What a visit, a gathering, an answer may be. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.villages.topics import mask_of

BACKDATE = timedelta(days=30)
AHEAD = timedelta(days=366)
RESULTS = ("able", "more", "not_yet")
PROOFS = ("none", "code", "signature", "photo")


class VisitWrong(Refused):
    """A visit that cannot be what was meant; `field` says which part."""


class VisitInFuture(VisitWrong):
    says = "Ngày đến hộ {on:%d/%m/%Y} chưa tới. Xem lại ngày."


class VisitTooOld(VisitWrong):
    says = "Lượt đến hộ ngày {on:%d/%m/%Y} đã quá {days} ngày khi ghi. Nhờ công chức cấp xã ghi bổ sung."


class TopicMissing(VisitWrong):
    says = "Chưa chọn việc nào đã giúp. Chọn ít nhất một việc."


class ResultMissing(VisitWrong):
    says = "Chưa chọn kết quả."


class DayMissing(VisitWrong):
    says = "Ngày không đọc được. Chọn lại ngày."


class NextDayWrong(VisitWrong):
    says = "Ngày hẹn {on:%d/%m/%Y} không đúng: phải sau ngày đến và trong một năm."


class PeopleCountWrong(VisitWrong):
    says = "Số người dự từ 1 đến 2.000. Xem lại."


class PlaceMissing(VisitWrong):
    says = "Chưa ghi buổi hướng dẫn ở đâu, ví dụ nhà văn hóa thôn."


class HouseholdUnknown(VisitWrong):
    says = "Chưa thấy hộ này trong sổ của xã. Bản ghi được giữ; báo xã để chọn đúng hộ."


class HouseholdGone(VisitWrong):
    says = "Hộ này đã chuyển đi ngày {day:%d/%m/%Y}. Xem lại có đúng hộ không."


class GatheringCorrected(VisitWrong):
    says = "Bản này đã được sửa rồi. Bản sửa đầu được giữ; xem lại ở xã."


class SameGathering(VisitWrong):
    says = "Buổi này đã được ghi: cùng thôn, cùng ngày {on:%d/%m/%Y}, cùng nơi. Sửa bản cũ nếu số người khác."


class CorrectsUnknown(VisitWrong):
    says = "Bản cần sửa không có, hoặc là của tổ khác."


class RequestUnknown(VisitWrong):
    says = "Yêu cầu giúp này không thuộc thôn của tổ, hoặc đã bị xóa."


@dataclass(frozen=True)
class VisitFacts:
    """A visit as said; `household` and `corrects` are still names, not rows."""

    on: date
    topics: int
    result: str
    next_on: date | None = None
    next_step: str = ""
    note: str = ""
    proof: str = "none"
    code: str = ""


@dataclass(frozen=True)
class GatheringFacts:
    on: date
    topics: int
    place: str
    attended: int
    note: str = ""


def check_visit_day(on: date, *, written_on: date, today: date) -> None:
    """A visit is written within 30 days, never ahead; how long it waited on the phone does not matter.

    Refuses: VisitInFuture, VisitTooOld.
    """
    if on > today:
        raise VisitInFuture(field="on", on=on)
    if written_on - on > BACKDATE:
        raise VisitTooOld(field="on", on=on, days=BACKDATE.days)


def text_of(body: Mapping[str, Any], name: str, most: int) -> str:
    value = body.get(name)
    return nfc(value)[:most] if isinstance(value, str) else ""


def topics_of(body: Mapping[str, Any]) -> int:
    """Refuses: TopicMissing, TopicUnknown."""
    codes = body.get("topics")
    mask = mask_of(str(c) for c in codes) if isinstance(codes, list) else 0
    if not mask:
        raise TopicMissing(field="topics")
    return mask


def read_visit(body: Mapping[str, Any], *, on: date | None, next_on: date | None) -> VisitFacts:
    """The facts of a visit; days are read and restated by the caller, who knows the clock.

    Refuses: VisitWrong, TopicUnknown.
    """
    if on is None:
        raise DayMissing(field="on")
    topics = topics_of(body)
    result = body.get("result")
    if result not in RESULTS:
        raise ResultMissing(field="result")
    if next_on is not None and not on < next_on <= on + AHEAD:
        raise NextDayWrong(field="next_on", on=next_on)
    proof = body.get("proof")
    kind = proof.get("kind") if isinstance(proof, Mapping) else None
    code = proof.get("code") if isinstance(proof, Mapping) else None
    return VisitFacts(
        on,
        topics,
        str(result),
        next_on,
        text_of(body, "next", 200),
        text_of(body, "note", 500),
        str(kind) if kind in PROOFS else "none",
        re.sub(r"[^0-9A-Z]", "", code.upper())[:6] if isinstance(code, str) else "",
    )


def read_gathering(body: Mapping[str, Any], *, on: date | None) -> GatheringFacts:
    """Refuses: VisitWrong, TopicUnknown."""
    if on is None:
        raise DayMissing(field="on")
    place, attended = text_of(body, "place", 120), body.get("attended")
    if not place:
        raise PlaceMissing(field="place")
    if isinstance(attended, bool) or not isinstance(attended, int) or not 1 <= attended <= 2000:
        raise PeopleCountWrong(field="attended")
    return GatheringFacts(on, topics_of(body), place, attended, text_of(body, "note", 500))
