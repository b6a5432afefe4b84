"""Keys, and clients that carry them."""

import json
from typing import Any

from langso.exchange.keys import make_key
from langso.exchange.models import ApiKey
from tests.cast import Player
from tests.factories import AT, Visitor, open_net


def key_of(player: Player, *, days: int = 365) -> tuple[ApiKey, str]:
    open_net()
    return make_key(person=player.person, name="Hệ thống một cửa", days=days, by=None, at=AT)


class System(Visitor):
    """Another system: it sends JSON and an Idempotency-Key of its own for each write."""

    count = 0

    def send(self, method: str, path: str, body: Any, *, once: str = "", content_type: str = "application/json") -> Any:
        System.count += 1
        data = body if isinstance(body, (str, bytes)) else json.dumps(body, ensure_ascii=False)
        headers = {"Idempotency-Key": once or f"lan-ghi-{System.count:06d}"}
        return self.generic(method, f"/api/v1/{path}", data, content_type=content_type, headers=headers)

    def read(self, path: str) -> Any:
        """The JSON of an address that answers 200."""
        answer = self.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.content.decode()
        return json.loads(answer.getvalue())


def system(player: Player | None = None) -> System:
    if player is None:
        return System()
    return System(headers={"Authorization": f"Bearer {key_of(player)[1]}"})
