"""ODK Collect's way in, by the OpenRosa 1.0 specifications: the list of forms, each form, its lists, and submissions.

The address carries the token of the enrolment (`/odk/<token>`), as Collect has no other place for it. Each answer has
the headers that the specification asks for, and words that Collect shows to the person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import wraps
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from langso.fieldwork import openrosa_body as bodies
from langso.fieldwork import openrosa_visit as visits
from langso.fieldwork import rules
from langso.fieldwork.caller import Seat, at_most_twice, body_of, check_member, seat_of
from langso.fieldwork.openrosa_body import envelope, escaped
from langso.fieldwork.openrosa_store import keep
from langso.lib.refusal import Refused
from langso.people.door import Door
from langso.questionnaires import rules as form_rules
from langso.questionnaires.queries import offered

View = Callable[..., HttpResponse]
TEXT_XML = "text/xml; charset=utf-8"


class OnlySent(bodies.OpenRosaRefused):
    says = "Địa chỉ này chỉ nhận phiếu gửi lên từ ODK Collect. Mở ODK Collect rồi bấm Gửi phiếu."


STATUS: dict[type[Refused], int] = {
    rules.TokenUnknown: 401,
    rules.PhoneRevoked: 403,
    rules.SeatClosed: 403,
    form_rules.FormUnknown: 404,
    form_rules.OtherContent: 409,
    form_rules.OtherPlace: 409,
    form_rules.CorrectedTwice: 409,
    bodies.FileDiffers: 409,
    bodies.BodyTooBig: 413,
    bodies.FileTooBig: 413,
    bodies.FileKindWrong: 415,
    OnlySent: 405,
    bodies.NotMultipart: 400,
    bodies.XmlMissing: 400,
    bodies.XmlBroken: 400,
    bodies.XmlHostile: 400,
    bodies.InstanceMissing: 400,
}


class VersionUnknown(bodies.OpenRosaRefused):
    says = "Máy chủ dùng OpenRosa 1.0. Cập nhật ODK Collect rồi thử lại."


def _answer(content: bytes, status: int = 200) -> HttpResponse:
    response = HttpResponse(content, status=status, content_type=TEXT_XML)
    headers = response.headers
    headers["X-OpenRosa-Version"] = "1.0"
    headers["X-OpenRosa-Accept-Content-Length"] = str(bodies.LARGEST)
    headers["Date"] = http_date()
    headers["Content-Language"] = "vi"
    headers["Cache-Control"] = "no-store"
    return response


def _refuse(refused: Refused) -> HttpResponse:
    status = next((s for kind, s in STATUS.items() if isinstance(refused, kind)), 422)
    answer = _answer(envelope(refused.sentence, nature="error"), status)
    if status == 405:
        answer.headers["Allow"] = "HEAD, POST"
    return answer


def openrosa(view: View) -> View:
    """`view(request, seat, …)` in one transaction whose net is the seat's; a refusal undoes it and is told in XML."""

    @csrf_exempt  # no cookie is read: the token is in the address, which no other site knows
    @transaction.non_atomic_requests
    @wraps(view)
    def inner(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.headers.get("X-OpenRosa-Version", "1.0") != "1.0":
                raise VersionUnknown()
            return at_most_twice(lambda: view(request, seat_of(token, at=timezone.now()), *args, **kwargs))
        except Refused as refused:
            return _refuse(refused)

    cast(Door, inner).door = "device"
    return inner


# ── Forms ────────────────────────────────────────────────────────────────────


def _address(request: HttpRequest, rest: str) -> str:
    """An absolute address below the same token."""
    path = request.path
    return request.build_absolute_uri("/".join(path.split("/")[:3]) + f"/{rest}")


@require_safe
@openrosa
def form_list(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The visit form and the issued forms that reach the seat.  Cost: two queries."""
    check_member(seat)
    found = [(visits.CODE, visits.visit_built().title, visits.visit_built().version, visits.visit_md5(), True)]
    rows = offered(seat.unit, seat.today).values_list("questionnaire__code", "title", "version", "xform_md5")
    found += [(code, title, version, md5, False) for code, title, version, md5 in rows]
    asked = request.GET.get("formID", "")
    lines = [
        f"<xform><formID>{escaped(code)}</formID><name>{escaped(title)}</name><version>{escaped(version)}</version>"
        f"<hash>md5:{md5}</hash><downloadUrl>{escaped(_address(request, f'forms/{code}.xml'))}</downloadUrl>"
        + (f"<manifestUrl>{escaped(_address(request, f'manifest/{code}'))}</manifestUrl>" if has_lists else "")
        + "</xform>"
        for code, title, version, md5, has_lists in found
        if not asked or code == asked
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">'
    return _answer((head + "".join(lines) + "</xforms>").encode())


@require_safe
@openrosa
def form_xml(request: HttpRequest, seat: Seat, code: str) -> HttpResponse:
    """Refuses: FormUnknown, MemberLeft."""
    check_member(seat)
    if code == visits.CODE:
        return _answer(visits.visit_built().xform.encode())
    xform = offered(seat.unit, seat.today).filter(questionnaire__code=code).values_list("xform", flat=True).first()
    if xform is None:
        raise form_rules.FormUnknown(code=code, version="mới nhất")
    return _answer(xform.encode())


@require_safe
@openrosa
def manifest(request: HttpRequest, seat: Seat, code: str) -> HttpResponse:
    """The lists of a form with their hashes: Collect loads one again when its hash is another."""
    check_member(seat)
    lines = ""
    if code == visits.CODE:
        md5 = hashlib.md5(visits.households_csv(seat), usedforsecurity=False).hexdigest()
        lines = (
            f"<mediaFile><filename>{visits.LIST}</filename><hash>md5:{md5}</hash>"
            f"<downloadUrl>{escaped(_address(request, f'list/{visits.LIST}'))}</downloadUrl></mediaFile>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="http://openrosa.org/xforms/xformsManifest">'
    return _answer(f"{head}{lines}</manifest>".encode())


@require_safe
@openrosa
def household_list(request: HttpRequest, seat: Seat) -> HttpResponse:
    check_member(seat)
    response = _answer(visits.households_csv(seat))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    return response


# ── Submissions ──────────────────────────────────────────────────────────────


@openrosa
def submission(request: HttpRequest, seat: Seat) -> HttpResponse:
    """HEAD: where and how much may be sent. POST: one filling, with some or all of its files.

    Refuses: OpenRosaRefused, and what keeping refuses.
    """
    if request.method == "HEAD":
        return _answer(b"", 204)
    if request.method != "POST":
        raise OnlySent()
    xml, files = bodies.read_parts(_body(request), request.META.get("CONTENT_TYPE", ""))
    return _answer(
        envelope(keep(bodies.read_sent(xml, files), seat, sent_at=_sent_at(request)), nature="submit_success"), 201
    )


def _body(request: HttpRequest) -> bytes:
    """Refuses: BodyTooBig. Chunked bodies have no length and are bounded all the same."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > bodies.LARGEST:
        raise bodies.BodyTooBig(limit=bodies.LARGEST // 1024 // 1024)
    body = body_of(request, most=bodies.LARGEST)
    if len(body) > bodies.LARGEST:
        raise bodies.BodyTooBig(limit=bodies.LARGEST // 1024 // 1024)
    return body


def _sent_at(request: HttpRequest) -> Any:
    """What the clock of the phone said when it sent, if it told."""
    said = request.headers.get("Date", "")
    try:
        found = parsedate_to_datetime(said) if said else None
    except (TypeError, ValueError, IndexError):
        return None
    return found if found is not None and found.tzinfo is not None else None
