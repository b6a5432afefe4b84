"""What is read and written as JSON. The docstrings are read by those who connect other systems."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Header, Query

from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Publication
from langso.assessments.states import State
from langso.criteria import catalogue
from langso.criteria.engine import load_edition
from langso.cycles.models import Cycle
from langso.exchange import queries, rules, schemas
from langso.exchange.api import REFUSALS, WRITE_REFUSALS, ApiKeyAuth, api
from langso.exchange.batch import Done, Item, put_figures, put_readings
from langso.exchange.caller import caller_of, once
from langso.lib.period import Period
from langso.measures.models import ReportedFigure
from langso.measures.rules import Entry
from langso.people.roles import Right
from langso.recognition.models import Recognition
from langso.units.models import Reach, Unit
from langso.units.queries import unit_by_code, units_on

JSON = "application/json; charset=utf-8"
KEY = ApiKeyAuth()
Cursor = Annotated[str, Query(max_length=30, description="Giá trị next của trang trước")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Số dòng một trang")]
PeriodIn = Annotated[str, Query(max_length=8, description="2026, 2026-Q3 hoặc 2026-09", examples=["2026"])]
CodeIn = Annotated[str, Query(pattern=r"^([0-9]{2,5})?$", description="Mã đơn vị", examples=["08"])]
Once = Annotated[str | None, Header(alias="Idempotency-Key", description="Mã của lần ghi này, 8 đến 200 ký tự")]


def _period(code: str) -> str:
    """Refuses: NotAPeriod."""
    return Period.parse(code).code


@api.get(
    "/units",
    operation_id="list_units",
    summary="Đơn vị hành chính của một ngày",
    tags=["Danh mục"],
    response={200: schemas.UnitsOut, **REFUSALS},
)
def units(
    request: HttpRequest,
    level: Annotated[
        Literal["", "province", "district", "commune"], Query(description="Cấp: tỉnh, huyện hoặc xã; trống là mọi cấp")
    ] = "",
    province: CodeIn = "",
    on: Annotated[date | None, Query(description="Ngày, mặc định hôm nay", examples=["2025-06-30"])] = None,
) -> dict[str, Any]:
    """Danh mục đúng của ngày được hỏi: mã, tên, cấp trên. Danh mục đầy đủ có từ ngày 01/03/2025."""
    day = queries.day_or_today(on, caller_of(request))
    return {"on": day, "items": [queries.day_facts(u) for u in units_on(day, level=level, province_code=province)]}


@api.get(
    "/frameworks",
    operation_id="list_frameworks",
    summary="Các khung tiêu chí",
    tags=["Danh mục"],
    response={200: list[schemas.FrameworkOut], **REFUSALS},
)
def frameworks(request: HttpRequest) -> list[dict[str, Any]]:
    """Mọi phiên bản của mọi khung, cũ trước mới sau."""
    return [queries.framework_facts(load_edition(path)) for files in catalogue.editions().values() for path in files]


@api.get(
    "/frameworks/{id}",
    operation_id="get_framework",
    summary="Một khung tiêu chí",
    tags=["Danh mục"],
    response={200: schemas.FrameworkDetail, **REFUSALS},
)
def framework(
    request: HttpRequest, id: str, edition: Annotated[str, Query(description="Mặc định phiên bản mới nhất")] = ""
) -> dict[str, Any]:
    """Các mức, tiêu chí, và mã chỉ tiêu (measure) để gửi số liệu."""
    if all(id != known or (edition and edition not in {f.stem for f in files}) for known, files in _shelf()):
        raise rules.NotHere(field="id", what="khung tiêu chí")
    return queries.framework_detail(edition_of(id, edition))


def _shelf() -> Sequence[tuple[str, Any]]:
    return list(catalogue.editions().items())


def _cycle_facts(cycle: Cycle) -> dict[str, Any]:
    names = [
        "code",
        "title",
        "framework",
        "edition",
        "period",
        "unit_level",
        "opens_on",
        "submit_by",
        "appraise_by",
        "decide_by",
        "publish_by",
    ]
    return {name: getattr(cycle, name) for name in names} | {
        "closed": cycle.closed_at is not None,
        "simulated": cycle.is_simulated,
    }


def _cycle(code: str) -> Cycle:
    """Refuses: NotHere."""
    cycle = Cycle.objects.opened().filter(code=code).first()
    if cycle is None:
        raise rules.NotHere(field="code", what="đợt đánh giá")
    return cycle


@api.get(
    "/cycles",
    operation_id="list_cycles",
    summary="Các đợt đánh giá đã mở",
    tags=["Đánh giá"],
    auth=KEY,
    response={200: schemas.CyclesOut, **REFUSALS},
)
def cycles(request: HttpRequest) -> dict[str, Any]:
    """Lịch của các đợt, mới trước. Đợt còn là bản nháp thì chưa hiện."""
    caller_of(request).units(Right.ASSESSMENT_READ)
    return {"items": [_cycle_facts(c) for c in Cycle.objects.opened().order_by("-period", "-opened_at", "code")]}


@api.get(
    "/cycles/{code}",
    operation_id="get_cycle",
    summary="Một đợt đánh giá",
    tags=["Đánh giá"],
    auth=KEY,
    response={200: schemas.CycleOut, **REFUSALS},
)
def cycle(request: HttpRequest, code: str) -> dict[str, Any]:
    """Khung, kỳ số liệu và các hạn của đợt."""
    caller_of(request).units(Right.ASSESSMENT_READ)
    return _cycle_facts(_cycle(code))


@api.get(
    "/cycles/{code}/assessments",
    operation_id="list_assessments",
    summary="Hồ sơ của một đợt",
    tags=["Đánh giá"],
    auth=KEY,
    response={200: schemas.AssessmentsOut, **REFUSALS},
)
def assessments(
    request: HttpRequest,
    code: str,
    state: Annotated[State | None, Query(description="Chỉ các hồ sơ ở bước này")] = None,
    cursor: Cursor = "",
    limit: Limit = 200,
) -> dict[str, Any]:
    """Bước xử lý, mức tự đánh giá, mức thẩm định và các ngày, của những đơn vị trong phạm vi."""
    caller = caller_of(request)
    rows = Assessment.objects.within(caller.units(Right.ASSESSMENT_READ)).filter(cycle=_cycle(code))
    if state is not None:
        rows = rows.filter(state=state.value)
    found, more = queries.page_of(rows.select_related("cycle"), cursor, limit)
    also = queries.beside(found, caller)
    return {"items": [queries.assessment_facts(a, also, caller) for a in found], "next": more}


@api.get(
    "/assessments/{id}",
    operation_id="get_assessment",
    summary="Một hồ sơ",
    tags=["Đánh giá"],
    auth=KEY,
    response={200: schemas.AssessmentDetail, **REFUSALS},
)
def assessment(request: HttpRequest, id: schemas.Id) -> dict[str, Any]:
    """Số liệu đang có, bản nộp, kết luận từng tiêu chí và kết luận thẩm định, theo quyền; phần không được xem nêu ở
    withheld."""
    caller = caller_of(request)
    rows = Assessment.objects.within(caller.units(Right.ASSESSMENT_READ)).select_related("cycle")
    found = rows.filter(pk=id).first()
    if found is None:
        raise rules.NotHere(field="id", what="hồ sơ")
    return queries.assessment_detail(found, caller)


@api.get(
    "/figures",
    operation_id="list_figures",
    summary="Số liệu các đơn vị khai",
    tags=["Số liệu"],
    auth=KEY,
    response={200: schemas.FiguresOut, **REFUSALS},
)
def figures(
    request: HttpRequest,
    period: PeriodIn,
    unit: CodeIn = "",
    measure: Annotated[str, Query(max_length=120, description="Mã chỉ tiêu")] = "",
    cursor: Cursor = "",
    limit: Limit = 500,
) -> dict[str, Any]:
    """Số đang có của một kỳ, trong phạm vi của khóa. Mã đơn vị là mã ở ngày cuối của kỳ; lấy cả các đơn vị cấp dưới."""
    caller = caller_of(request)
    day = Period.parse(period).last_day
    rows = ReportedFigure.objects.current().within(caller.units(Right.FIGURE_READ)).filter(period=_period(period))
    if unit:
        rows = rows.filter(unit__in=Reach.objects.filter(root=unit_by_code(unit, day)).on(day).values("unit"))
    if measure:
        rows = rows.filter(measure=measure.replace("\x00", ""))
    found, more = queries.page_of(rows.select_related("document"), cursor, limit)
    return {"items": queries.figure_rows(found), "next": more}


def _items(sent: Sequence[schemas.NumbersIn]) -> list[Item]:
    found = []
    for k, one in enumerate(sent):
        said = (
            (one.source, one.document_number, one.document_on, one.note)
            if isinstance(one, schemas.FigureIn)
            else ("", "", None, "")
        )
        entry = Entry(one.numerator, one.denominator, one.value, one.as_of, *said)
        base = one.base if isinstance(one, schemas.FigureIn) else None
        found.append(Item(f"items[{k}]", one.unit, one.measure, one.period, entry, base))
    return found


def _answered(request: HttpRequest, done: Sequence[Done]) -> tuple[int, str, str]:
    counts = {what: sum(d.what == what for d in done) for what in ("new", "changed", "same")}
    rows = [{"path": d.item.path, "what": d.what, "id": d.pk} for d in done]
    body = schemas.WrittenOut.model_validate({**counts, "items": rows})
    return 200, JSON, json.dumps(body.model_dump(), ensure_ascii=False)


@api.put(
    "/figures",
    operation_id="put_figures",
    summary="Ghi số liệu khai",
    tags=["Số liệu"],
    auth=KEY,
    response={200: schemas.WrittenOut, **WRITE_REFUSALS},
)
def write_figures(
    request: HttpRequest, sent: Annotated[schemas.FiguresIn, Body()], idempotency_key: Once = None
) -> HttpResponse:
    """Ghi hết hoặc không ghi dòng nào. Số đang có chỉ sửa được khi gửi kèm base là id của số ấy. Quyền nhập và sửa số
    liệu."""
    caller = caller_of(request)
    units = caller.units(Right.FIGURE_WRITE)

    def work() -> tuple[int, str, str]:
        return _answered(request, put_figures(_items(sent.items), units=units, by=caller.person_id, at=caller.at))

    return once(request, work)


@api.put(
    "/readings",
    operation_id="put_readings",
    summary="Ghi số liệu hệ thống",
    tags=["Số liệu"],
    auth=KEY,
    response={200: schemas.WrittenOut, **WRITE_REFUSALS},
)
def write_readings(
    request: HttpRequest, sent: Annotated[schemas.ReadingsIn, Body()], idempotency_key: Once = None
) -> HttpResponse:
    """Số mà một hệ thống nhà nước ghi nhận, đặt cạnh số xã khai để thẩm định, không ghi đè. Quyền thẩm định."""
    caller = caller_of(request)
    units = caller.units(Right.APPRAISAL_WRITE)

    def work() -> tuple[int, str, str]:
        items = _items(sent.items)
        done = put_readings(items, system=sent.system, units=units, by=caller.person_id, at=caller.at)
        return _answered(request, done)

    return once(request, work)


@api.get(
    "/results",
    operation_id="list_results",
    summary="Kết quả đã công bố",
    tags=["Đánh giá"],
    response={200: schemas.ResultsOut, **REFUSALS},
)
def results(
    request: HttpRequest,
    framework: Annotated[str, Query(max_length=60, description="Mã khung tiêu chí")],
    period: PeriodIn,
    province: CodeIn = "",
    cursor: Cursor = "",
    limit: Limit = 500,
) -> dict[str, Any]:
    """Kết quả mà các đơn vị đã công bố. Ai cũng đọc được."""
    rows = Publication.objects.current().filter(framework=framework.replace("\x00", ""), period=_period(period))
    if province:
        rows = rows.filter(province=unit_by_code(province, Period.parse(period).last_day))
    found, more = queries.page_of(rows.defer("readings", "result"), cursor, limit)
    return {"items": queries.result_rows(found), "next": more}


@api.get(
    "/recognitions",
    operation_id="list_recognitions",
    summary="Sổ công nhận",
    tags=["Đánh giá"],
    response={200: schemas.RecognitionsOut, **REFUSALS},
)
def recognitions(
    request: HttpRequest,
    framework: Annotated[str, Query(max_length=60, description="Mã khung tiêu chí")] = "",
    unit: CodeIn = "",
    on: Annotated[date | None, Query(description="Chỉ những công nhận còn hiệu lực ở ngày này")] = None,
    cursor: Cursor = "",
    limit: Limit = 500,
) -> dict[str, Any]:
    """Các quyết định công nhận, kể cả đã hết hạn hay thu hồi. Ai cũng đọc được."""
    rows = Recognition.objects.defer("readings", "result")
    day = queries.day_or_today(on, caller_of(request))
    if framework:
        rows = rows.filter(framework=framework.replace("\x00", ""))
    if unit:
        named: Unit = unit_by_code(unit, day)
        rows = rows.filter(unit__in=Reach.objects.filter(root=named).on(day).values("unit"))
    if on is not None:
        rows = rows.filter(valid__contains=on)
    found, more = queries.page_of(rows, cursor, limit)
    return {"items": queries.recognition_rows(found), "next": more}
