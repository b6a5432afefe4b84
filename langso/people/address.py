"""Where a request comes from, for limits of tries."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address of the other side; behind the proxy that brings HTTPS, the last one that the proxy itself noted."""
    noted = request.headers.get("X-Forwarded-For", "") if settings.SECURE else ""
    return noted.rpartition(",")[2].strip()[:60] or str(request.META.get("REMOTE_ADDR", ""))
