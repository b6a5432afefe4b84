"""The shell of the field app at /app/: files that `tools/field.py` built, as they are.

The app keeps them on the phone and asks again only for the page itself and its service worker.
"""

import json
import re
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from langso.people.door import public

BUILT = Path(__file__).resolve().parent / "built"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
HASHED = re.compile(r"^[a-z]+\.[0-9a-f]{10}\.[a-z0-9]+$")
KEPT_FOREVER = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
# A photo that was just taken is shown from memory (blob:); the camera reads the codes of a parcel.
CSP = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(self), microphone=(), geolocation=()"


@public
@require_safe
def shell(request: HttpRequest, name: str = "") -> HttpResponse:
    """The page, its service worker, its manifest, a hashed file; nothing else is in the folder."""
    if not is_built():
        if name:
            raise Http404(name)
        return render(request, "fieldwork/app_missing.html", status=503)
    wanted = name or "index.html"
    path = BUILT / wanted
    if wanted not in _names(_mark()) or path.suffix not in TYPES:
        raise Http404(name)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = path.with_name(f"{path.name}.gz").read_bytes() if packed else path.read_bytes()
    response = HttpResponse(body, content_type=TYPES[path.suffix])
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response.headers["Cache-Control"] = KEPT_FOREVER if HASHED.match(wanted) else ASKED_AGAIN
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Permissions-Policy"] = PERMISSIONS
    if wanted == "sw.js":
        response.headers["Service-Worker-Allowed"] = "/app/"
    return response


def is_built() -> bool:
    return (BUILT / "index.html").is_file()


def built_version() -> str:
    """The version that phones will take next, for the desk; empty when nothing has been built."""
    size = BUILT / "size.json"
    return str(json.loads(size.read_text("utf-8"))["version"]) if size.is_file() else ""


def _mark() -> float:
    return (BUILT / "index.html").stat().st_mtime


@cache
def _names(mark: float) -> frozenset[str]:
    """Asked again when the app has been built anew (`mark`)."""
    return frozenset(path.name for path in BUILT.iterdir() if path.suffix != ".gz")
