"""Refusals about places and days."""

from datetime import date

from langso.lib.refusal import Refused
from langso.units.gazetteer import COMPLETE_FROM


class DayBeforeRecord(Refused):
    says = (
        "Danh mục đầy đủ chỉ có từ ngày {start:%d/%m/%Y}, chưa liệt kê được ngày {day:%d/%m/%Y}. "
        "Chọn ngày từ {start:%d/%m/%Y} trở đi."
    )


class CodeUnknown(Refused):
    says = "Ngày {day:%d/%m/%Y} không có đơn vị nào mang mã {code}.{other}"


class TextTooLong(Refused):
    says = "Địa chỉ dài quá {limit} ký tự. Chỉ ghi thôn, xã, huyện, tỉnh."


def check_listed(day: date) -> None:
    """A list for a day is either whole or not given.

    Refuses: DayBeforeRecord.
    """
    if day < COMPLETE_FROM:
        raise DayBeforeRecord(day=day, start=COMPLETE_FROM)
