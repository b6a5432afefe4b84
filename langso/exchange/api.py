"""The API itself: how bodies are read and answers written, and the one shape of every fault."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

import langso
from langso.exchange import rules
from langso.exchange.caller import answer_refusal, caller_of
from langso.exchange.rules import Wrong
from langso.exchange.schemas import EXACT, Refusal
from langso.lib.refusal import Refused

_EXACT = re.compile(rf'"\\u{ord(EXACT):04x}(-?[0-9.]+)"')
# What the reader of shapes finds wrong, in words; anything else is “chưa đúng kiểu”.
_SAYS = {
    "missing": "Thiếu {name}.",
    "extra_forbidden": "Không có trường {name}. Kiểm tra lại tên.",
    "decimal_parsing": "Không phải là số.",
    "decimal_type": "Không phải là số.",
    "finite_number": "Không phải là số: không nhận NaN hay vô cực.",
    "value_error": "Không phải là số hay chữ đọc được.",
    "int_parsing": "Không phải là số nguyên.",
    "int_type": "Không phải là số nguyên.",
    "string_type": "Phải là chữ, đặt trong ngoặc kép.",
    "string_too_long": "Dài quá {max_length} ký tự.",
    "string_pattern_mismatch": "Viết chưa đúng dạng {pattern}.",
    "string_unicode": "Có ký tự hỏng, không đọc được.",
    "list_type": "Phải là danh sách.",
    "dict_type": "Phải là một đối tượng JSON.",
    "model_attributes_type": "Phải là một đối tượng JSON.",
    "model_type": "Phải là một đối tượng JSON.",
    "greater_than_equal": "Nhỏ nhất là {ge}.",
    "less_than_equal": "Lớn nhất là {le}.",
    "literal_error": "Chỉ nhận một trong: {expected}.",
    "bool_parsing": "Ghi true hoặc false.",
}
_DAYS = "Không phải là ngày. Ghi năm-tháng-ngày, ví dụ 2026-10-31."


def read_json(body: bytes) -> Any:
    """Numbers digit for digit; no NaN, no endless depth, no name twice.

    Refuses: NotJson.
    """

    def no_constant(name: str) -> NoReturn:
        raise rules.NotJson(why=f"{name} không phải là số")

    def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twin = next(name for name in names if names.count(name) > 1)
            raise rules.NotJson(why=f"tên “{twin[:40]}” ghi hai lần trong một đối tượng")
        return found

    try:
        return json.loads(body, parse_float=Decimal, parse_constant=no_constant, object_pairs_hook=no_twins)
    except UnicodeDecodeError:
        raise rules.NotJson(why="không phải UTF-8") from None
    except RecursionError:
        raise rules.NotJson(why="lồng nhau quá sâu") from None
    except json.JSONDecodeError as fault:
        raise rules.NotJson(why=f"dòng {fault.lineno}, cột {fault.colno}") from None
    except ValueError:  # a whole number of thousands of digits
        raise rules.NotJson(why="có số quá dài") from None


class ApiKeyAuth(HttpBearer):
    """Who calls was found at the door already; here only whether there is anybody."""

    def __call__(self, request: HttpRequest) -> Any:
        return caller_of(request) if caller_of(request).person is not None else None

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return self(request)


class Exact(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


class Plain(JSONRenderer):
    """JSON in Vietnamese letters; decimals digit for digit."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        text = json.dumps(data, cls=self.encoder_class, ensure_ascii=False)
        return _EXACT.sub(r"\1", text)


api = NinjaAPI(
    title="API Làng Số",
    version=langso.__version__,
    description=(
        "Đọc đơn vị hành chính, khung tiêu chí, đợt đánh giá, kết quả; gửi số liệu và số liệu hệ thống. "
        "Khóa gửi trong tiêu đề Authorization: Bearer …; khóa có đúng quyền của người được cấp. "
        "Mỗi lần ghi cần tiêu đề Idempotency-Key. Mọi lỗi có cùng một dạng: code, says, path, errors."
    ),
    urls_namespace="api",
    docs_url=None,
    parser=Exact(),
    renderer=Plain(),
    openapi_extra={
        "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "tags": [
            {"name": "Danh mục", "description": "Đơn vị hành chính, khung tiêu chí. Ai cũng đọc được."},
            {"name": "Đánh giá", "description": "Đợt đánh giá, hồ sơ, kết quả."},
            {"name": "Số liệu", "description": "Số liệu các xã khai và số liệu hệ thống."},
            {"name": "DHIS2", "description": "Bộ số liệu dạng dataValueSets của DHIS2."},
            {"name": "ADX", "description": "Bộ số liệu dạng ADX của IHE QRPH."},
        ],
    },
)

REFUSALS: Mapping[int, Any] = {400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal, 429: Refusal}
WRITE_REFUSALS: Mapping[int, Any] = {**REFUSALS, 409: Refusal, 413: Refusal}


class ShapeWrong(rules.BatchWrong):
    says = "Yêu cầu chưa đúng dạng ở {count} chỗ. Chưa ghi gì; xem errors."


def path_of(location: tuple[Any, ...]) -> str:
    """('body', 'sent', 'items', 3, 'numerator') as items[3].numerator."""
    steps = list(location[2:] if location[:1] == ("body",) else location[1:])
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def wrong_shape(errors: list[Any]) -> ShapeWrong:
    wrongs = []
    for error in errors[:200]:
        kind, facts = str(error.get("type", "")), dict(error.get("ctx") or {})
        path = path_of(tuple(error.get("loc", ())))
        if kind.startswith("date"):
            says = _DAYS
        else:
            says = _SAYS.get(kind, "Chưa đúng kiểu.").format_map(
                _Facts(facts, name=path.rpartition(".")[2] or "nội dung")
            )
        wrongs.append(Wrong(path, kind, says))
    return ShapeWrong(wrongs)


class _Facts(dict[str, Any]):
    def __init__(self, facts: Mapping[str, Any], **more: Any) -> None:
        super().__init__(facts, **more)

    def __missing__(self, name: str) -> str:
        return "…"


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return answer_refusal(refused)


@api.exception_handler(ValidationError)
def on_wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return answer_refusal(wrong_shape(error.errors))


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer_refusal(rules.NotHere(what="mục"))


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return answer_refusal(rules.KeyMissing())


@api.exception_handler(HttpError)
def on_unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    return answer_refusal(cause if isinstance(cause, Refused) else rules.NotJson(why="xem lại nội dung"))


PREFIX = "api/v1/"


def description() -> dict[str, Any]:
    """The API as OpenAPI 3.1. Examples of a parameter stay in its schema; beside it they would need another shape."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    for verbs in found["paths"].values():
        for operation in verbs.values():
            for parameter in operation["parameters"]:
                parameter.pop("examples", None)
    return found
