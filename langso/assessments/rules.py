"""When an assessment may be opened and a result published."""

from datetime import date

from langso.criteria.edition import Edition
from langso.lib.period import Period
from langso.lib.refusal import Refused


class EditionNotForLevel(Refused):
    says = "Khung “{title}” không dùng cho {level}. Chọn khung khác."


class PeriodAhead(Refused):
    says = "Kỳ {period} chưa bắt đầu. Mở được từ ngày {start:%d/%m/%Y}."


class UnitEnded(Refused):
    says = "{name} đã kết thúc hoạt động ngày {day:%d/%m/%Y}. Mở bản đánh giá ở đơn vị kế thừa."


class CriterionUnknown(Refused):
    says = "Khung này không có tiêu chí {code}."


class NothingToPublish(Refused):
    says = "Chưa có số liệu nào để công bố. Nhập ít nhất một tiêu chí rồi công bố."


class EditionChanged(Refused):
    says = (
        "Tệp khung “{title}” {edition} đã bị sửa sau khi dùng. Phiên bản đã dùng thì không sửa: báo quản trị trả lại "
        "tệp cũ, nội dung mới để ở phiên bản mới."
    )


def check_open(edition: Edition, unit_level: str, level_label: str, period: Period, *, today: date) -> None:
    """Refuses: EditionNotForLevel, PeriodAhead."""
    if edition.unit_levels and unit_level not in edition.unit_levels:
        raise EditionNotForLevel(title=edition.title, level=level_label)
    if period.start > today:
        raise PeriodAhead(period=str(period), start=period.start)
