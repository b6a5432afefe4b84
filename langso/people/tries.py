"""How often something was tried within a span of time: the limits on strangers and on machines.

A span begins anew at its full multiples, so that who is counted on has no new life each time. Two at the very same
moment may be counted as one: a limit, not an account.
"""

from datetime import datetime

from django.core.cache import cache


def _name(what: str, seconds: int, at: datetime) -> str:
    return f"tries:{what}:{int(at.timestamp()) // seconds}"


def tried(what: str, *, seconds: int, at: datetime) -> int:
    """How often in this span."""
    return int(cache.get(_name(what, seconds, at), 0))


def count_try(what: str, *, seconds: int, at: datetime) -> int:
    """How often in this span, this one among them."""
    times = tried(what, seconds=seconds, at=at) + 1
    cache.set(_name(what, seconds, at), times, 2 * seconds)
    return times
