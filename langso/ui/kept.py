"""Public pages kept as rendered, so that a stranger's visit costs one SELECT.

A page is good while nothing has been published since its rendering began: `forget` moves a stamp after each
publication, and the row says which stamp it was rendered under. Only plain addresses are kept (no query), only for
visitors without a session, and no longer than an hour, because pages speak of today. A page of another day is not kept:
there are as many of them as there are days.
"""

import gzip
import logging
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

import langso
from langso.lib.period import day_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
log = logging.getLogger(__name__)
LARGEST = 400_000  # of a rendered page; a larger one is made anew each time
# The first nextval gives the value that last_value had before it; is_called tells the two apart.
_FIND = """
select k.body, s.stamp
from (select last_value + is_called::int as stamp from dashboards_stamp) s
left join dashboards_keptpage k on k.key = %s and k.stamp = s.stamp and k.kept_at > now() - interval '1 hour'
"""
_KEEP = """
insert into dashboards_keptpage (key, stamp, body) values (%s, %s, %s)
on conflict (key) do update set stamp = excluded.stamp, body = excluded.body, kept_at = now()
"""


def forget() -> None:
    """From now on every page is rendered anew. Called once what was published is committed."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('dashboards_stamp')")
        cursor.execute("delete from dashboards_keptpage where kept_at < now() - interval '1 hour'")


def kept(view: "View[P]") -> "View[P]":
    """Serve the kept rendering when it is still good; else render and keep."""

    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        is_plain = request.method == "GET" and not request.META.get("QUERY_STRING")
        if (
            not is_plain
            or kwargs.get("day")
            or settings.SESSION_COOKIE_NAME in request.COOKIES
            or "messages" in request.COOKIES
        ):
            with transaction.atomic():
                return view(request, *args, **kwargs)
        theme = {"light": "light", "dark": "dark"}.get(request.COOKIES.get("giao_dien", ""), "")
        today = str(day_of(timezone.now()))
        said = [langso.__version__, str(settings.DEMO), request.get_host(), request.path, theme, today]
        key = sha256("\n".join(said).encode()).digest()
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [key])
            body, stamp = cursor.fetchone() or (None, 0)
        if body is not None:
            return _answer(request, bytes(body))
        with transaction.atomic():
            response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponse) and response.status_code == 200 and len(response.content) < LARGEST:
            packed = gzip.compress(response.content, 6)
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(_KEEP, [key, stamp, packed])
            except Error as failed:  # a full disk must not hide the page that is ready
                log.warning("Không giữ được trang %s: %s", request.path, str(failed).partition("\n")[0])
            return _answer(request, packed)
        return response

    return cast("View[P]", transaction.non_atomic_requests(wraps(view)(answer)))


def _answer(request: HttpRequest, packed: bytes) -> HttpResponse:
    takes_gzip = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    response = HttpResponse(packed if takes_gzip else gzip.decompress(packed))
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "no-cache"  # ask each time; the answer is cheap
    response["ETag"] = f'W/"{sha256(packed).hexdigest()[:20]}"'
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    return response
