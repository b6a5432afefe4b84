"""What every answer carries, and how a refusal becomes a page."""

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from psycopg.errors import DeadlockDetected

from langso.lib.refusal import Refused
from langso.ui.listing import as_xlsx

CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
Answer = Callable[[HttpRequest], HttpResponseBase]


def headers(get_response: Answer) -> Answer:
    """Scripts, styles and fonts come from here alone; nothing is guessed from content."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def no_nul(get_response: Answer) -> Answer:
    """What an address asks has no NUL in it: no keyboard writes it, and the database cannot read it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        while "%00" in request.META.get("QUERY_STRING", ""):  # what is left may make another
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        return get_response(request)

    return answer


def tables_as_excel(get_response: Answer) -> Answer:
    """`?tai=xlsx` on a page that gives `?tai=csv`: the same table as Excel."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.GET.get("tai") != "xlsx":
            return get_response(request)
        asked = request.GET.copy()
        asked["tai"] = "csv"
        request.GET = asked  # type: ignore[assignment]
        response = get_response(request)
        if isinstance(response, HttpResponse) and response.headers.get("Content-Type", "").startswith("text/csv"):
            return as_xlsx(response)
        return response

    return answer


class Refusals:
    """A rule's refusal that no page caught is shown in its own words; the transaction has been undone by then."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not request.path.startswith("/api/"):
            says = "Địa chỉ này chỉ nhận khi bấm nút trên trang. Quay lại trang trước rồi bấm lại."
            answer = render(request, "errors/refused.html", {"sentence": says}, status=405)
            answer.headers["Allow"] = response.headers.get("Allow", "POST")
            return answer
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError) and isinstance(exception.__cause__, DeadlockDetected):
            busy = "Nhiều người ghi cùng một chỗ một lúc nên lần này chưa ghi. Bấm lại lần nữa."
            return render(request, "errors/refused.html", {"sentence": busy}, status=409)
        if not isinstance(exception, Refused):
            return None
        return render(request, "errors/refused.html", {"sentence": exception.sentence}, status=409)
