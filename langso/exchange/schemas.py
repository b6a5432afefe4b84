"""The shapes of the API. Their descriptions are what the reader of the reference sees."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from langso.lib.vietnamese import nfc

EXACT = "\x1a"  # before a decimal on its way to the renderer; no text of ours keeps a control character


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("not_a_number")
    return value


def _plain_text(value: str) -> str:
    """Composed Vietnamese; half of a surrogate pair is no letter."""
    value.encode("utf-8")
    return nfc(value)


def _as_number(value: Decimal) -> int | str:
    """Whole numbers as they are; others as marked text, which the renderer writes as numbers, digit for digit."""
    return int(value) if value == value.to_integral_value() else f"{EXACT}{value.normalize():f}"


Text = Annotated[str, AfterValidator(_plain_text)]
Number = Annotated[
    Decimal,
    BeforeValidator(_not_bool),
    Field(allow_inf_nan=False),
    PlainSerializer(_as_number, return_type=int | str),
    WithJsonSchema({"type": "number"}),
]
Code = Annotated[str, Field(pattern=r"^[0-9]{2,5}$", examples=["00001"])]
PeriodCode = Annotated[str, Field(max_length=8, examples=["2026"])]
Id = Annotated[int, Field(ge=1, le=2**62)]


class FaultOut(Schema):
    """Một lỗi: mã, câu nói rõ, và đường dẫn tới chỗ sai."""

    code: str = Field(description="Tên lỗi, không đổi giữa các phiên bản", examples=["NumeratorTooLarge"])
    says: str = Field(description="Câu tiếng Việt: sai gì, vì sao, làm gì tiếp")
    path: str = Field("", description="Chỗ sai trong yêu cầu", examples=["items[3].numerator"])


class Refusal(FaultOut):
    """Mọi lỗi đều có dạng này. `errors` nêu từng chỗ khi có nhiều chỗ sai."""

    errors: list[FaultOut] = Field(default_factory=list)


class UnitOut(Schema):
    code: str = Field(description="Mã đơn vị của ngày được hỏi", examples=["00001"])
    name: str = Field(examples=["Xã Bản Vược"])
    level: str = Field(description="province, district hoặc commune")
    kind: str = Field(description="Loại đơn vị theo luật", examples=["xã"])
    parent: str = Field(description="Mã đơn vị cấp trên; để trống với cấp tỉnh")
    province: str = Field(description="Mã tỉnh")
    valid_from: date | None = Field(description="Từ ngày; null là từ trước khi có hồ sơ")
    valid_to: date | None = Field(description="Đến trước ngày; null là còn đến nay")


class UnitsOut(Schema):
    on: date
    items: list[UnitOut]


class FrameworkOut(Schema):
    id: str
    edition: str
    title: str
    issuer: str
    document: str = Field(description="Số, ký hiệu văn bản ban hành")
    illustrative: bool = Field(description="Chỉ tiêu minh họa, chưa phải phụ lục chính thức")
    unit_levels: list[str]
    sha256: str = Field(description="Mã kiểm tra của tệp khung")


class LevelOut(Schema):
    number: int
    name: str


class MeasureOut(Schema):
    measure: str = Field(description="Mã chỉ tiêu, dùng khi gửi số liệu")
    code: str = Field(description="Mã trong khung")
    name: str
    kind: str = Field(description="share, rate, count, index, yes_no, speed, score hoặc case")
    unit: str
    numerator: str = Field(description="Tên tử số; trống khi chỉ tiêu ghi một giá trị")
    denominator: str
    per: int
    cases: list[str] = Field(description="Các lựa chọn; gửi số thứ tự từ 0")


class CriterionOut(Schema):
    code: str
    group: str
    name: str


class FrameworkDetail(FrameworkOut):
    note: str
    levels: list[LevelOut]
    groups: list[CriterionOut]
    criteria: list[CriterionOut]
    measures: list[MeasureOut]


class CycleOut(Schema):
    code: str
    title: str
    framework: str
    edition: str
    period: str
    unit_level: str
    opens_on: date
    submit_by: date
    appraise_by: date
    decide_by: date
    publish_by: date
    closed: bool
    simulated: bool


class CyclesOut(Schema):
    items: list[CycleOut]


class AssessmentOut(Schema):
    id: int
    unit: str = Field(description="Mã đơn vị ở ngày cuối của kỳ")
    unit_name: str
    framework: str
    edition: str
    period: str
    cycle: str | None
    state: str
    state_label: str = Field(description="Bước xử lý, bằng chữ")
    state_at: datetime | None
    claimed_level: int | None = Field(description="Mức tự đánh giá; null khi chưa nộp hoặc không được xem")
    concluded_level: int | None = Field(description="Mức thẩm định; null khi chưa kết luận hoặc không được xem")
    last_day: date | None = Field(description="Hạn nộp, kể cả gia hạn")
    submitted_at: datetime | None
    concluded_at: datetime | None


class AssessmentsOut(Schema):
    items: list[AssessmentOut]
    next: str | None = Field(description="Con trỏ của trang sau; null khi đã hết")


class FigureOut(Schema):
    id: int
    unit: str
    measure: str
    period: str
    numerator: Number | None
    denominator: Number | None
    value: Number | None
    as_of: date | None
    source: str
    document: str
    note: str
    origin: str = Field(description="Cách nhập, bằng chữ")
    reported_at: datetime
    simulated: bool


class FiguresOut(Schema):
    items: list[FigureOut]
    next: str | None = Field(description="Con trỏ của trang sau; null khi đã hết")


class SubmissionOut(Schema):
    number: int
    at: datetime
    level: int | None
    score: Number | None
    digest: str
    readings: dict[str, Any] = Field(description="Số liệu như lúc nộp, theo mã trong khung")


class VerdictOut(Schema):
    criterion: str
    kind: str
    label: str
    reason: str
    figures: dict[str, Any]
    department: str
    at: datetime


class ConclusionOut(Schema):
    level: int | None
    score: Number | None
    opinion: str
    corrected_count: int
    readings: dict[str, Any]
    at: datetime


class AssessmentDetail(AssessmentOut):
    figures: list[FigureOut] | None
    submission: SubmissionOut | None
    verdicts: list[VerdictOut] | None
    conclusion: ConclusionOut | None
    withheld: list[str] = Field(description="Những phần có thể có mà quyền của khóa không xem được")


class ResultOut(Schema):
    id: int
    unit: str
    unit_name: str
    framework: str
    edition: str
    period: str
    level: int | None = Field(description="Mức đã công bố; null khi chưa đủ số liệu")
    level_at_most: int | None
    score: Number | None
    missing_count: int
    simulated: bool
    published_at: datetime


class ResultsOut(Schema):
    items: list[ResultOut]
    next: str | None


class RecognitionOut(Schema):
    certificate: str = Field(description="Số giấy công nhận", examples=["08-2026-0012"])
    unit: str
    unit_name: str
    framework: str
    edition: str
    period: str
    level: int | None
    score: Number | None
    valid_from: date | None
    valid_to: date | None = Field(description="Hết hiệu lực từ ngày; null là không có hạn")
    revoked_on: date | None
    decision: str = Field(description="Số quyết định công nhận")
    simulated: bool


class RecognitionsOut(Schema):
    items: list[RecognitionOut]
    next: str | None


class _Sent(Schema):
    """What comes in is held to its shape: an unknown field is a fault, not a shrug."""

    model_config = ConfigDict(extra="forbid")


class NumbersIn(_Sent):
    unit: Code = Field(description="Mã đơn vị có hiệu lực ở ngày cuối của kỳ", examples=["00001"])
    measure: str = Field(max_length=120, description="Mã chỉ tiêu, lấy ở /frameworks/{id}")
    period: PeriodCode = Field(description="2026, 2026-Q3 hoặc 2026-09")
    numerator: Number | None = Field(None, description="Tử số; null là chưa có")
    denominator: Number | None = Field(None, description="Mẫu số")
    value: Number | None = Field(None, description="Giá trị, với chỉ tiêu không có tử số và mẫu số")
    as_of: date | None = Field(None, description="Ngày lấy số liệu")


class FigureIn(NumbersIn):
    source: Text = Field("", max_length=300, description="Nguồn số liệu")
    document_number: Text = Field("", max_length=60, description="Số, ký hiệu văn bản")
    document_on: date | None = Field(None, description="Ngày văn bản")
    note: Text = Field("", max_length=500)
    base: Id | None = Field(None, description="id của số đang có mà bên gửi đã đọc; cần khi sửa số đang có")


class FiguresIn(_Sent):
    items: list[FigureIn] = Field(
        description="Nhiều nhất 5.000 dòng; ghi hết hoặc không ghi dòng nào",
        examples=[
            [
                {
                    "unit": "00001",
                    "measure": "government.dossiers_online_share",
                    "period": "2026",
                    "numerator": 1874,
                    "denominator": 2716,
                    "as_of": "2026-10-31",
                    "source": "Hệ thống một cửa",
                }
            ]
        ],
    )


class ReadingsIn(_Sent):
    system: Text = Field(max_length=200, description="Tên hệ thống nguồn", examples=["Cổng dịch vụ công quốc gia"])
    items: list[NumbersIn] = Field(
        description="Nhiều nhất 5.000 dòng; ghi hết hoặc không ghi dòng nào",
        examples=[
            [
                {
                    "unit": "00001",
                    "measure": "government.dossiers_online_share",
                    "period": "2026",
                    "numerator": 1874,
                    "denominator": 2716,
                }
            ]
        ],
    )


class DoneOut(Schema):
    path: str
    what: Literal["new", "changed", "same"] = Field(description="mới, thay số cũ, hoặc đã có sẵn")
    id: int | None


class WrittenOut(Schema):
    new: int
    changed: int
    same: int
    items: list[DoneOut]
