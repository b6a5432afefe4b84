"""Who may stand in a team and since when; what a team is called and which villages it may serve. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import date

from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc

FIRST_DAY = date(2015, 1, 1)  # no team is older: 793/BTTTT-THH is of 2022
LEADER, DEPUTY, MEMBER = "leader", "deputy", "member"
NO_TRAINING = "none"


class TeamWrong(Refused):
    """Something about a team or a member that cannot be; `field` says what."""


class TeamNameMissing(TeamWrong):
    says = "Chưa ghi tên tổ, ví dụ Tổ công nghệ số cộng đồng thôn Nậm Ty."


class TextTooLong(TeamWrong):
    says = "Phần này dài quá {most} chữ. Ghi gọn lại."


class TeamNameTaken(TeamWrong):
    says = "Xã đã có {name}. Ghi thêm tên thôn để phân biệt."


class NoVillage(TeamWrong):
    says = "Chọn thôn mà tổ phục vụ. Chưa có thôn trong sổ thì thêm thôn trước."


class VillageHasTeam(TeamWrong):
    says = "{village} đã có {team}. Mỗi thôn một tổ: bỏ chọn thôn này, hoặc sửa tổ kia trước."


class VillageServedThen(VillageHasTeam):
    says = "Ngày {day:%d/%m/%Y} {village} còn do {team} phục vụ. Chọn từ ngày {until:%d/%m/%Y} trở đi."


class VillageGone(TeamWrong):
    says = "Có thôn không còn trong sổ. Tải lại trang rồi chọn lại."


class MemberNameMissing(TeamWrong):
    says = "Chưa ghi họ và tên."


class MemberNameWrong(TeamWrong):
    says = "“{name}” không giống họ và tên người. Ghi đủ họ và tên, không ghi số."


class PhoneWrong(TeamWrong):
    says = "“{phone}” không giống số điện thoại. Ghi 10 chữ số, ví dụ 0912 345 678."


class TwoLeaders(TeamWrong):
    says = "Tổ đã có tổ trưởng là {name} từ ngày {since:%d/%m/%Y}. Cho thôi hoặc đổi vai trò người ấy trước."


class MemberTwice(TeamWrong):
    says = "{name} với số điện thoại này đã ở trong tổ. Sửa dòng ấy, không thêm lần nữa."


class DayMissing(TeamWrong):
    says = "Chưa ghi ngày."


class DayAhead(TeamWrong):
    says = "Ngày {day:%d/%m/%Y} chưa tới. Đến ngày ấy hãy ghi."


class DayTooOld(TeamWrong):
    says = "Ngày {day:%d/%m/%Y} không đúng, tổ công nghệ số cộng đồng chưa có trước năm 2015. Xem lại ngày."


class EndsBeforeStart(TeamWrong):
    says = "Ngày thôi {day:%d/%m/%Y} không sau ngày bắt đầu {start:%d/%m/%Y}. Xem lại hai ngày."


class ReasonMissing(TeamWrong):
    says = "Chưa ghi lý do. Ghi một câu để người xem sau hiểu."


class AlreadyEnded(TeamWrong):
    says = "{name} đã thôi từ ngày {day:%d/%m/%Y}."


class TeamGone(TeamWrong):
    says = "Tổ này đã giải thể hoặc nhập vào tổ khác. Tải lại trang."


class TeamChoiceMissing(TeamWrong):
    says = "Các thôn nhập lại có {count} tổ. Chọn tổ tiếp tục; người của tổ kia chuyển sang tổ ấy."


class TeamNotOfThese(TeamWrong):
    says = "Tổ đã chọn không phục vụ thôn nào trong số này. Chọn lại."


_PHONE = re.compile(r"0\d{9,10}")
_PLUS = re.compile(r"^(?:\+|00)84")


def text(value: str, most: int, *, field: str) -> str:
    """Refuses: TextTooLong."""
    plain = nfc(value)
    if len(plain) > most:
        raise TextTooLong(field=field, most=most)
    return plain


def team_name(name: str) -> str:
    """Refuses: TeamNameMissing, TextTooLong."""
    plain = text(name, 160, field="name")
    if not fold(plain):
        raise TeamNameMissing(field="name")
    return plain


def person_name(name: str) -> str:
    """A full name without what a list writes before it; at least two syllables, no digit.

    Refuses: MemberNameMissing, MemberNameWrong.
    """
    plain = nfc(name)
    if not fold(plain):
        raise MemberNameMissing(field="full_name")
    if len(plain) > 120 or any(c.isdigit() for c in plain) or len(fold(plain).split()) < 2:
        raise MemberNameWrong(field="full_name", name=plain[:60])
    return plain


def phone_number(phone: str) -> str:
    """Digits alone, +84 as 0; empty stays empty. A number that Excel robbed of its zero gets it back.

    Refuses: PhoneWrong.
    """
    plain = re.sub(r"[\s.\-()]", "", nfc(phone))
    if not plain:
        return ""
    plain = _PLUS.sub("0", plain)
    if plain.isascii() and plain.isdigit() and not plain.startswith("0") and len(plain) in (9, 10):
        plain = "0" + plain
    if not (plain.isascii() and _PHONE.fullmatch(plain)):
        raise PhoneWrong(field="phone", phone=nfc(phone)[:30])
    return plain


def said_phone(phone: str) -> str:
    """0912345678 as 0912 345 678."""
    return f"{phone[:4]} {phone[4:7]} {phone[7:]}" if len(phone) >= 10 else phone


def check_day(day: date | None, *, today: date, field: str) -> date:
    """Refuses: DayMissing, DayAhead, DayTooOld."""
    if day is None:
        raise DayMissing(field=field)
    if day > today:
        raise DayAhead(field=field, day=day)
    if day < FIRST_DAY:
        raise DayTooOld(field=field, day=day)
    return day


def check_training(training: str, trained_on: date | None, *, today: date) -> date | None:
    """The day of a training; nobody remembers each, so it may be missing.

    Refuses: DayAhead, DayTooOld.
    """
    if training == NO_TRAINING or trained_on is None:
        return None
    return check_day(trained_on, today=today, field="trained_on")


def check_term(start: date | None, stop: date, *, field: str = "stop") -> None:
    """Refuses: EndsBeforeStart."""
    if start is not None and stop <= start:
        raise EndsBeforeStart(field=field, day=stop, start=start)


def check_reason(reason: str, *, field: str = "reason") -> str:
    """Refuses: ReasonMissing, TextTooLong."""
    plain = text(reason, 200, field=field)
    if not plain:
        raise ReasonMissing(field=field)
    return plain


def check_villages(chosen: Collection[int], there: Collection[int], taken: Mapping[int, tuple[str, str]]) -> None:
    """`taken` names the village and the team of those that another team serves.

    Refuses: NoVillage, VillageGone, VillageHasTeam.
    """
    if not chosen:
        raise NoVillage(field="villages")
    for one in chosen:
        if one not in there:
            raise VillageGone(field="villages")
        if one in taken:
            village, team = taken[one]
            raise VillageHasTeam(field="villages", village=village, team=team)


def going_on(teams: Collection[int], chosen: int | None) -> int | None:
    """Which team serves the merged village; with one or none there is nothing to choose.

    Refuses: TeamChoiceMissing, TeamNotOfThese.
    """
    if chosen is not None:
        if chosen not in teams:
            raise TeamNotOfThese(field="team")
        return chosen
    if len(teams) > 1:
        raise TeamChoiceMissing(field="team", count=len(teams))
    return next(iter(teams), None)
