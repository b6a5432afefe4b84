"""What a village may be called, how many households it may have, and which may be merged. Pure."""

import re
from collections.abc import Collection
from datetime import date

from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc

MOST_HOUSEHOLDS = 20_000  # the largest residential groups of the cities are far below
FIRST_DAY = date(1945, 9, 2)
KINDS = ("thôn", "bản", "ấp", "khu", "buôn", "làng", "xóm", "tổ dân phố", "khu phố")


class VillageWrong(Refused):
    """Something about a village that cannot be; `field` says what."""


class NameMissing(VillageWrong):
    says = "Chưa ghi tên thôn."


class NameTooLong(VillageWrong):
    says = "Tên dài quá {most} chữ. Ghi tên ngắn như trong nghị quyết."


class NameWrong(VillageWrong):
    says = "“{name}” không có chữ hay số nào đọc được. Ghi tên thôn, ví dụ Nậm Ty hoặc 3."


class NameTaken(VillageWrong):
    says = "Xã đã có {name}. Nếu là hai nơi khác nhau thì ghi thêm chữ để phân biệt."


class TooManyHouseholds(VillageWrong):
    says = "{count} hộ là quá nhiều cho một thôn. Xem lại, có thể thừa một chữ số."


class DayMissing(VillageWrong):
    says = "Chưa ghi ngày."


class DayAhead(VillageWrong):
    says = "Ngày {day:%d/%m/%Y} chưa tới. Đến ngày ấy hãy ghi."


class DayTooOld(VillageWrong):
    says = "Ngày {day:%d/%m/%Y} không đúng. Xem lại ngày trên văn bản."


class DayBeforeStart(VillageWrong):
    says = "Ngày {day:%d/%m/%Y} không sau ngày {name} có trong sổ ({start:%d/%m/%Y}). Ghi ngày sau đó."


class DocumentMissing(VillageWrong):
    says = "Chưa ghi số, ký hiệu văn bản. Nhập thôn cần nghị quyết hoặc quyết định."


class NumberWrong(VillageWrong):
    says = "“{number}” không giống số, ký hiệu văn bản. Ghi như trên văn bản, ví dụ 12/NQ-HĐND."


class TooFewVillages(VillageWrong):
    says = "Chọn ít nhất một thôn để nhập vào."


class MergedIntoItself(VillageWrong):
    says = "{name} không thể nhập vào chính mình. Bỏ chọn thôn ấy."


class AlreadyMerged(VillageWrong):
    says = "{name} đã nhập vào thôn khác trước đó. Tải lại trang rồi chọn lại."


_NUMBER = re.compile(r"[^\W_]+(?:[/.\-]+[^\W_]+)*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"∕": "/", "⁄": "/"})
_SAID = re.compile(r"^số\s*:?\s*(?=\d)", re.IGNORECASE)


def kind_in(name: str) -> str:
    """The kind that a name begins with, the longest first; empty when it begins with none."""
    folded = f"{fold(name)} "
    return next((k for k in sorted(KINDS, key=len, reverse=True) if folded.startswith(f"{fold(k)} ")), "")


def full_name(kind: str, name: str) -> str:
    """A village as it is said: "thôn" and "Nậm Ty" are "Thôn Nậm Ty", said with its kind or not.

    Another kind is part of the name: thôn Bản Vược, thôn Làng Mới.

    Refuses: NameMissing, NameTooLong, NameWrong.
    """
    plain = nfc(name)
    said = kind_in(plain)
    if said and kind in ("", said):
        plain = " ".join(plain.split(" ")[len(said.split(" ")) :])
    if not plain:
        raise NameMissing(field="name")
    if not fold(plain):
        raise NameWrong(field="name", name=plain[:40])
    whole = f"{(kind or said or 'thôn').capitalize()} {plain}"
    if len(whole) > 120:
        raise NameTooLong(field="name", most=120)
    return whole


def check_households(count: int | None) -> None:
    """Refuses: TooManyHouseholds."""
    if count is not None and count > MOST_HOUSEHOLDS:
        raise TooManyHouseholds(field="households_count", count=f"{count:,}".replace(",", "."))


def check_day(day: date | None, *, today: date, field: str) -> date:
    """Refuses: DayMissing, DayAhead, DayTooOld."""
    if day is None:
        raise DayMissing(field=field)
    if day > today:
        raise DayAhead(field=field, day=day)
    if day < FIRST_DAY:
        raise DayTooOld(field=field, day=day)
    return day


def written_number(number: str, *, field: str = "number") -> str:
    """Số, ký hiệu as it is kept; empty stays empty.

    Refuses: NumberWrong.
    """
    plain = re.sub(r"\s*([/.\-])\s*", r"\1", _SAID.sub("", nfc(number).translate(_DASHES)))
    if plain and (len(plain) > 60 or not _NUMBER.fullmatch(plain) or not any("0" <= c <= "9" for c in plain)):
        raise NumberWrong(field=field, number=plain[:60])
    return plain


def check_merge(into: int, merged: Collection[int], names: dict[int, str], standing: Collection[int]) -> None:
    """All are villages of today, and none goes into itself.

    Refuses: TooFewVillages, MergedIntoItself, AlreadyMerged.
    """
    if not merged:
        raise TooFewVillages(field="merged")
    if into in merged:
        raise MergedIntoItself(field="merged", name=names.get(into, "Thôn"))
    for one in (into, *merged):
        if one not in standing:
            raise AlreadyMerged(field="merged", name=names.get(one, "Thôn ấy"))
