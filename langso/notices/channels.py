"""Ways to reach a person. Which ones a house uses stands in `NOTICE_CHANNELS`; the screen needs none of these.

A house with a gateway for SMS or Zalo names its own class there. The ones here write a file for each message and send
nothing: what would go out can be read in `<home>/outbox/`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from django.conf import settings
from django.core.mail import send_mail
from django.utils.module_loading import import_string

from langso.people.models import Person


class Channel(Protocol):
    def address_of(self, person: Person) -> str:
        """Empty when the person cannot be reached this way."""

    def send(self, to: str, text: str) -> None:
        """Raises whatever goes wrong; then it is tried again later."""


class Email:
    def address_of(self, person: Person) -> str:
        return person.account.email if person.account is not None else ""

    def send(self, to: str, text: str) -> None:
        send_mail(text.splitlines()[0][:120], text, None, [to])


class _Outbox:
    """One file a message; nothing leaves the house."""

    folder: str

    def address_of(self, person: Person) -> str:
        return person.phone

    def send(self, to: str, text: str) -> None:
        folder = Path(settings.HOME) / "outbox" / self.folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{uuid4()}.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(f"{to}\n\n{text}\n")


class SmsFiles(_Outbox):
    folder = "sms"


class ZaloFiles(_Outbox):
    folder = "zalo"


def chosen() -> Mapping[str, Channel]:
    """The channels of this house beside the screen, by name."""
    return {name: import_string(path)() for name, path in settings.NOTICE_CHANNELS.items()}
