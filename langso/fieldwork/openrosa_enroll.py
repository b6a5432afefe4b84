"""Getting ODK Collect ready: a code of the commune becomes an address that Collect is set up with, by a square code."""

from __future__ import annotations

import base64
import json
import zlib
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from langso.fieldwork.caller import check_tries, count_wrong_code
from langso.fieldwork.enrolling import enroll
from langso.fieldwork.rules import CodeWrong
from langso.lib.refusal import Refused
from langso.people.door import public
from langso.ui.qr import qr_svg

LONGEST_CODE = 40


def settings_for(address: str) -> str:
    """What Collect reads from a square code: its settings as JSON, deflated, in base64."""
    said = {
        "general": {"server_url": address, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"},
        "admin": {},
        "project": {"name": "Làng Số", "icon": "L", "color": "#0A4F5E"},
    }
    return base64.b64encode(zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 9)).decode()


@public
def collect(request: HttpRequest) -> HttpResponse:
    """A code works once, as for the app; the address is shown this one time.

    Cost: one form; the code is tried no more often than those of the app.
    """
    code = request.POST.get("code", "")[:LONGEST_CODE]
    page: dict[str, object] = {"trail": [("Trang chủ", "/")], "problem": "", "code": code}
    if request.method == "POST":
        try:
            check_tries(request)
            with transaction.atomic():
                done = enroll(code=code, phone_uid=uuid4(), label="ODK Collect", app="odk", at=timezone.now())
        except Refused as refused:
            page["problem"] = refused.sentence
            if isinstance(refused, CodeWrong):
                count_wrong_code(request)
        else:
            address = request.build_absolute_uri(f"/odk/{done.token}")
            page |= {"address": address, "drawing": qr_svg(settings_for(address)), "name": done.seat.name}
    answer = render(request, "fieldwork/collect.html", {"page": page}, status=422 if page["problem"] else 200)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
