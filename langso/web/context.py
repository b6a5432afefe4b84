"""What the frame of every page needs: which house this is and who is in it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

import langso
from langso.people.door import presence_of
from langso.people.permits import Presence


@dataclass
class House:
    request: HttpRequest
    demo: bool
    address: str
    version: str

    @property
    def person(self) -> Presence | None:
        """Read only when a page shows it; a stranger costs no query."""
        user = getattr(self.request, "user", None)
        return presence_of(self.request) if user is not None and user.is_authenticated else None


def house(request: HttpRequest) -> dict[str, Any]:
    return {"house": House(request, settings.DEMO, settings.PUBLIC_ADDRESS, langso.__version__)}
