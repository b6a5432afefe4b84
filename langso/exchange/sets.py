"""The addresses of DHIS2 and ADX."""

import json
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Body, Query, Schema
from pydantic import BeforeValidator, Field

from langso.assessments.judging import edition_of
from langso.exchange import adx, dhis2, rules, values
from langso.exchange.api import REFUSALS, WRITE_REFUSALS, api
from langso.exchange.caller import caller_of, once
from langso.exchange.resources import JSON, KEY, CodeIn, Once
from langso.exchange.values import Came
from langso.lib.period import Period
from langso.lib.vietnamese import nfc
from langso.units.queries import units_on

CycleIn = Annotated[str, Query(max_length=40, description="Mã đợt đánh giá")]
FrameworkIn = Annotated[str, Query(max_length=60, description="Mã khung tiêu chí, đi cùng period")]
WhenIn = Annotated[str, Query(max_length=8, description="2026, 2026-Q3 hoặc 2026-09")]
As = Annotated[
    Literal["figures", "readings"],
    Query(alias="as", description="figures: số đơn vị khai; readings: số hệ thống ghi nhận"),
]
System = Annotated[str, Query(max_length=200, description="Tên hệ thống nguồn, cần khi as=readings")]
Strategy = Annotated[
    Literal["CREATE", "CREATE_AND_UPDATE"],
    Query(
        alias="importStrategy",
        description="Với as=figures: CREATE chỉ thêm số mới, gặp số khác đang có thì báo; CREATE_AND_UPDATE thay số "
        "ấy, số cũ vẫn giữ. Với as=readings luôn thay.",
    ),
]
Dry = Annotated[bool, Query(alias="dryRun", description="true: chỉ kiểm tra, không ghi")]


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value) if not isinstance(value, (dict, list)) else value


def _comment(value: Any) -> Any:
    """Lines are kept; half of a surrogate pair is no letter."""
    if isinstance(value, str):
        value.encode("utf-8")
        return "\n".join(nfc(line) for line in value.splitlines())
    return value


Loose = Annotated[str, BeforeValidator(_as_text), BeforeValidator(_comment)]


class DataValue(Schema):
    dataElement: Loose = Field(max_length=200, description="<mã chỉ tiêu>:num, :den hoặc :val")  # noqa: N815
    period: Loose = Field("", max_length=20, description="2026, 2026Q3 hoặc 202609")
    orgUnit: Loose = Field("", max_length=20, description="Mã đơn vị ở ngày cuối của kỳ")  # noqa: N815
    categoryOptionCombo: Loose = Field("", max_length=60, description="Có thể ghi numerator, denominator, value")  # noqa: N815
    attributeOptionCombo: Loose = Field("", max_length=60, description="Đọc nhưng không dùng")  # noqa: N815
    value: Loose = Field(
        "", max_length=60, description="Số với dấu chấm thập phân; true hoặc false với câu có, chưa có"
    )
    comment: Loose = Field(
        "", max_length=4000, description="Các dòng “Ngày số liệu: …”, “Nguồn: …”, “Văn bản: …”, “Ghi chú: …”"
    )
    storedBy: Loose = Field("", max_length=255, description="Đọc nhưng không dùng")  # noqa: N815
    lastUpdated: Loose = Field("", max_length=40, description="Đọc nhưng không dùng")  # noqa: N815
    followup: bool = Field(False, description="Đọc nhưng không dùng")
    deleted: bool = Field(False, description="Không xóa được ở đây; true là một chỗ sai")


class DataValueSet(Schema):
    """Bộ số liệu như dataValueSets của DHIS2."""

    dataSet: Loose = Field("", max_length=60, description="Mã khung tiêu chí", examples=["khung-cds-1.0-minh-hoa"])  # noqa: N815
    completeDate: Loose = Field("", max_length=40, description="Đọc nhưng không dùng")  # noqa: N815
    period: Loose = Field("", max_length=20, examples=["2026"])
    orgUnit: Loose = Field("", max_length=20, examples=["00001"])  # noqa: N815
    attributeOptionCombo: Loose = Field("", max_length=60)  # noqa: N815
    dataValues: list[DataValue] = Field(  # noqa: N815
        default_factory=list,
        examples=[[{"dataElement": "government.dossiers_online_share:num", "orgUnit": "00001", "value": "1874"}]],
    )


class CountOut(Schema):
    imported: int
    updated: int
    ignored: int
    deleted: int


class ConflictOut(Schema):
    object: str = Field(description="Chỗ sai", examples=["dataValues[3]"])
    value: str = Field(description="Sai gì, bằng chữ")
    errorCode: str  # noqa: N815


class ImportSummary(Schema):
    """Tóm tắt nhập như của DHIS2. Có chỗ sai thì không giá trị nào được ghi."""

    responseType: str  # noqa: N815
    status: str = Field(description="SUCCESS hoặc ERROR")
    description: str
    importCount: CountOut  # noqa: N815
    conflicts: list[ConflictOut]
    dataSetComplete: str  # noqa: N815
    dryRun: bool  # noqa: N815


class Metadata(Schema):
    """Gói siêu dữ liệu để nhập vào DHIS2."""

    system: dict[str, Any]
    organisationUnits: list[dict[str, Any]]  # noqa: N815
    dataElements: list[dict[str, Any]]  # noqa: N815
    dataSets: list[dict[str, Any]]  # noqa: N815


SET_REFUSALS = {**WRITE_REFUSALS, 409: ImportSummary}


def _take(
    request: HttpRequest, came: Callable[[], list[Came]], *, readings: bool, system: str, overwrite: bool, dry: bool
) -> HttpResponse:
    def work() -> tuple[int, str, str]:
        taken = values.take(
            came(), caller=caller_of(request), readings=readings, system=nfc(system), overwrite=overwrite, dry=dry
        )
        body = json.dumps(dhis2.summary(taken, dry=dry), ensure_ascii=False)
        return 409 if taken.wrongs else 200, JSON, body

    return once(request, work, dry=dry)


@api.get(
    "/dhis2/dataValueSets",
    operation_id="dhis2_export",
    summary="Lấy bộ số liệu, dạng DHIS2",
    tags=["DHIS2"],
    auth=KEY,
    response={200: DataValueSet, **REFUSALS},
)
def dhis2_export(
    request: HttpRequest,
    cycle: CycleIn = "",
    framework: FrameworkIn = "",
    period: WhenIn = "",
    unit: CodeIn = "",
    as_: As = "figures",
    system: System = "",
) -> HttpResponseBase:
    """Số liệu của một đợt, hoặc của một khung và một kỳ, trong phạm vi của khóa."""
    caller = caller_of(request)
    chosen = values.choose(
        caller,
        cycle=cycle,
        framework=framework,
        period=period,
        unit=unit,
        readings=as_ == "readings",
        system=system,
    )
    return values.streamed(caller, lambda: dhis2.set_chunks(chosen), JSON)


@api.post(
    "/dhis2/dataValueSets",
    operation_id="dhis2_import",
    summary="Gửi bộ số liệu, dạng DHIS2",
    tags=["DHIS2"],
    auth=KEY,
    response={200: ImportSummary, **SET_REFUSALS},
)
def dhis2_import(
    request: HttpRequest,
    sent: Annotated[DataValueSet, Body()],
    as_: As = "readings",
    system: System = "",
    strategy: Strategy = "CREATE",
    dry: Dry = False,
    idempotency_key: Once = None,
) -> HttpResponse:
    """Ghi cả bộ hoặc không ghi gì. Chạy thử với dryRun=true không cần Idempotency-Key."""
    if sent.dataSet:
        values.check_set(sent.dataSet)
    return _take(
        request,
        lambda: dhis2.read_set(sent.model_dump()),
        readings=as_ == "readings",
        system=system,
        overwrite=strategy == "CREATE_AND_UPDATE",
        dry=dry,
    )


@api.get(
    "/dhis2/metadata",
    operation_id="dhis2_metadata",
    summary="Gói siêu dữ liệu cho DHIS2",
    tags=["DHIS2"],
    response={200: Metadata, **REFUSALS},
)
def dhis2_metadata(
    request: HttpRequest,
    framework: Annotated[str, Query(max_length=60, description="Mã khung tiêu chí")],
    period: WhenIn = "2026",
    province: CodeIn = "",
    on: Annotated[date | None, Query(description="Ngày của danh mục đơn vị, mặc định hôm nay")] = None,
) -> dict[str, Any]:
    """Đơn vị theo cây, phần tử dữ liệu và bộ số liệu của một khung. Ai cũng đọc được."""
    caller = caller_of(request)
    values.check_set(framework)
    units = units_on(on or caller.today, province_code=province)
    at = caller.at.isoformat(timespec="seconds")
    return dhis2.metadata(edition_of(framework), units, period=Period.parse(period).code, at=at)


_ADX_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/adx+xml": {
                "schema": {"type": "string"},
                "example": (
                    f'<adx xmlns="{adx.NAMESPACE}" exported="2026-11-20T09:00:00+07:00">'
                    '<group orgUnit="00001" period="2026-01-01/P1Y">'
                    '<dataValue dataElement="government.dossiers_online_share:num" value="1874"/>'
                    "</group></adx>"
                ),
            }
        },
    }
}
_ADX_ANSWER = {"responses": {200: {"content": {"application/adx+xml": {"schema": {"type": "string"}}}}}}


@api.get(
    "/adx",
    operation_id="adx_export",
    summary="Lấy bộ số liệu, dạng ADX",
    tags=["ADX"],
    auth=KEY,
    response={200: None, **REFUSALS},
    openapi_extra=_ADX_ANSWER,
)
def adx_export(
    request: HttpRequest,
    cycle: CycleIn = "",
    framework: FrameworkIn = "",
    period: WhenIn = "",
    unit: CodeIn = "",
    as_: As = "figures",
    system: System = "",
) -> HttpResponseBase:
    """Như dạng DHIS2, viết bằng XML: mỗi đơn vị một group. Chưa có số liệu nào thì trả lời 404."""
    caller = caller_of(request)
    chosen = values.choose(
        caller,
        cycle=cycle,
        framework=framework,
        period=period,
        unit=unit,
        readings=as_ == "readings",
        system=system,
    )
    if not chosen.rows().exists():
        raise rules.NotHere(what="số liệu")
    return values.streamed(caller, lambda: adx.set_chunks(chosen, at=caller.at), adx.TYPE)


@api.post(
    "/adx",
    operation_id="adx_import",
    summary="Gửi bộ số liệu, dạng ADX",
    tags=["ADX"],
    auth=KEY,
    response={200: ImportSummary, **SET_REFUSALS},
    openapi_extra=_ADX_BODY,
)
def adx_import(
    request: HttpRequest,
    as_: As = "readings",
    system: System = "",
    strategy: Strategy = "CREATE",
    dry: Dry = False,
    idempotency_key: Once = None,
) -> HttpResponse:
    """Ghi cả bộ hoặc không ghi gì; trả lời là tóm tắt nhập như của DHIS2. XML không được có DTD hay thực thể."""
    return _take(
        request,
        lambda: adx.read_set(request.body),
        readings=as_ == "readings",
        system=system,
        overwrite=strategy == "CREATE_AND_UPDATE",
        dry=dry,
    )
