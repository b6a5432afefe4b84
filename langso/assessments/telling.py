"""Who is told what when a file moves. One place, so that no page forgets the other side."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from langso.assessments.models import Assessment, Step
from langso.cycles.models import Cycle
from langso.cycles.rules import DAYS
from langso.lib.period import day_of, write_day
from langso.notices.actions import Word, tell
from langso.people.roles import Role
from langso.units.models import Unit, UnitName

OFFICERS = (Role.COMMUNE_OFFICER, Role.COMMUNE_HEAD)
HEADS = (Role.COMMUNE_HEAD,)
APPRAISERS = (Role.PROVINCE_APPRAISER,)
RUNNERS = (Role.PROVINCE_ADMIN,)
# A cycle of the ministry judges provinces: there the sides are one step higher.
OF_PROVINCES = {OFFICERS: RUNNERS, HEADS: RUNNERS, APPRAISERS: (Role.MINISTRY_ADMIN,), RUNNERS: (Role.MINISTRY_ADMIN,)}


def side(roles: tuple[Role, ...], cycle: Cycle | None) -> tuple[Role, ...]:
    return OF_PROVINCES[roles] if cycle is not None and cycle.unit_level == "province" else roles


def name_of(unit: int, on: date) -> str:
    """Cost: one query."""
    return UnitName.objects.on(on).filter(unit=unit).values_list("name", flat=True).first() or "Đơn vị"


# What the unit is told, and what its appraisers are told, when a file is moved.
TO_UNIT = {
    "return": ("{place}: bản tự đánh giá bị trả lại. {reason} Sửa và nộp lại đến hết ngày {until}.", "nop/"),
    "claim": ("{place}: {who} nhận thẩm định hồ sơ.", "nop/"),
    "conclude": ("{place}: đã có kết luận thẩm định. Xem kết luận và lý do từng tiêu chí.", "tham-dinh/"),
    "reopen": ("{place}: hồ sơ được thẩm định lại. {reason}", "tham-dinh/"),
    "decline": ("{place}: hội đồng xét không công nhận. {reason}", "tham-dinh/"),
    "recognise": ("{place} đã được công nhận. Quyết định có ở sổ công nhận.", ""),
    "revoke": ("{place}: công nhận bị thu hồi. {reason}", "tham-dinh/"),
}
TO_HEAD = {"send_to_sign": ("{place}: bản tự đánh giá chờ ký. Đọc, ký và nộp.", "ky/")}
TO_APPRAISERS = {
    "submit": "{place} đã nộp bản tự đánh giá, số tiếp nhận {receipt}.",
    "withdraw": "{place} rút bản đã nộp. {reason}",
}


def of_move(file: Assessment, step: Step) -> None:
    """Cost: nothing for moves that nobody need hear of; else two or three queries."""
    verb = step.verb
    if verb not in TO_UNIT and verb not in TO_HEAD and verb not in TO_APPRAISERS:
        return
    facts = {
        "place": name_of(file.unit_id, day_of(step.at)),
        "reason": _sentence(step.reason),
        "until": write_day(step.until) if step.until else "",
        "receipt": file.receipt,
        "who": file.claimed_by or "Người thẩm định" if verb == "claim" else "",
    }
    key = f"step:{step.pk}"
    if verb in TO_APPRAISERS:
        roles: tuple[Role, ...] = APPRAISERS
        text, link = TO_APPRAISERS[verb], f"/tham-dinh/{file.pk}/"
        link = link if verb == "submit" else "/tham-dinh/"
    else:
        roles = HEADS if verb in TO_HEAD else OFFICERS
        text, page = (TO_HEAD | TO_UNIT)[verb]
        link = f"{file.address}{page}" if page else "/so-cong-nhan/"
    tell(
        Word(
            key,
            " ".join(text.format(**facts).split()),
            file.unit_id,
            link,
            side(roles, file.cycle),
            due_on=step.until,
        ),
        at=step.at,
    )


def of_handing_over(file: Assessment, *, to: int, at: datetime) -> None:
    """The colleague who is given a file hears of it."""
    place = name_of(file.unit_id, day_of(at))
    text = f"{place}: hồ sơ thẩm định được chuyển cho anh, chị."
    key = f"handed:{file.pk}:{to}:{at.isoformat()}"
    tell(Word(key, text, file.unit_id, f"/tham-dinh/{file.pk}/", person=to), at=at)


def of_extension(file: Assessment, *, until: date, reason: str, at: datetime) -> None:
    place = name_of(file.unit_id, day_of(at))
    text = f"{place}: được gia hạn nộp đến hết ngày {write_day(until)}. {_sentence(reason)}"
    key = f"extended:{file.pk}:{until}"
    tell(Word(key, text, file.unit_id, f"{file.address}nop/", side(OFFICERS, file.cycle), due_on=until), at=at)


def of_opening(cycle: Cycle, files: Iterable[tuple[int, int]], *, at: datetime) -> None:
    """Every unit of a cycle hears that it is open; `files` are pairs of file and unit.  Cost: one statement."""
    text = f"{cycle.title} đã mở. Tự đánh giá và nộp đến hết ngày {write_day(cycle.submit_by)}."
    roles = side(OFFICERS, cycle)
    words = [
        Word(f"opened:{cycle.pk}:{unit}", text, unit, f"/danh-gia/{pk}/", roles, due_on=cycle.submit_by)
        for pk, unit in files
    ]
    tell(*words, at=at)


def of_moved_days(
    cycle: Cycle, moved: Mapping[str, tuple[date, date]], *, units: Iterable[int], reason: str, at: datetime
) -> None:
    said = "; ".join(f"{DAYS[n].lower()} dời từ {write_day(a)} sang {write_day(b)}" for n, (a, b) in moved.items())
    text = f"{cycle.title}: {said}. {_sentence(reason)}"
    roles = (*side(OFFICERS, cycle), *side(APPRAISERS, cycle))
    tell(*(Word(f"moved:{cycle.pk}:{at.isoformat()}:{u}", text, u, cycle.address, roles) for u in units), at=at)


def of_message(file: Assessment, *, message: int, criterion: str, text: str, from_unit: bool, at: datetime) -> None:
    """The other side of a thread: the unit's people, or who holds the file, else all appraisers."""
    place = name_of(file.unit_id, day_of(at))
    said = text if len(text) <= 200 else f"{text[:199]}…"
    about = f"tiêu chí {criterion}" if criterion else "hồ sơ"
    key = f"message:{message}"
    if from_unit:
        words = Word(
            key,
            f"{place} viết về {about}: {said}",
            file.unit_id,
            f"/tham-dinh/{file.pk}/{criterion}/#trao-doi" if criterion else f"/tham-dinh/{file.pk}/",
            () if file.claimed_by_id else side(APPRAISERS, file.cycle),
            file.claimed_by_id,
        )
    else:
        words = Word(
            key,
            f"{place}: người thẩm định viết về {about}: {said}",
            file.unit_id,
            f"{file.address}tham-dinh/{criterion}/#trao-doi" if criterion else f"{file.address}tham-dinh/",
            side(OFFICERS, file.cycle),
        )
    tell(words, at=at)


def of_appeal(file: Assessment, *, appeal: int, criterion: str, answer_by: date, at: datetime) -> None:
    place = name_of(file.unit_id, day_of(at))
    text = f"{place} kiến nghị về tiêu chí {criterion}. Trả lời đến hết ngày {write_day(answer_by)}."
    roles = side(APPRAISERS, file.cycle)
    tell(Word(f"appeal:{appeal}", text, file.unit_id, f"/kien-nghi/{appeal}/", roles, due_on=answer_by), at=at)


def of_answer(file: Assessment, *, appeal: int, criterion: str, outcome: str, at: datetime) -> None:
    place = name_of(file.unit_id, day_of(at))
    text = f"{place}: kiến nghị về tiêu chí {criterion} đã được trả lời: {outcome[:1].lower()}{outcome[1:]}."
    roles = side(OFFICERS, file.cycle)
    tell(Word(f"answer:{appeal}", text, file.unit_id, f"/kien-nghi/{appeal}/", roles), at=at)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."


def units_of_cycle(cycle: Cycle) -> list[int]:
    return list(Unit.objects.filter(assessments__cycle=cycle).values_list("pk", flat=True))
