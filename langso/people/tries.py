"""How often something was tried within a span of time: the limits on strangers and on machines.

A span begins anew at its full multiples, so that who is counted on has no new life each time; or, `renewed`, with each
try: who goes on trying is never let in again. Two at the very same moment may be counted as one: a limit, no account.
"""

from datetime import datetime

from django.core.cache import cache


def _name(what: str, seconds: int, at: datetime, *, renewed: bool) -> str:
    return f"tries:{what}" if renewed else f"tries:{what}:{int(at.timestamp()) // seconds}"


def tried(what: str, *, seconds: int, at: datetime, renewed: bool = False) -> int:
    """How often in this span."""
    return int(cache.get(_name(what, seconds, at, renewed=renewed), 0))


def count_try(what: str, *, seconds: int, at: datetime, renewed: bool = False) -> int:
    """How often in this span, this one among them."""
    times = tried(what, seconds=seconds, at=at, renewed=renewed) + 1
    cache.set(_name(what, seconds, at, renewed=renewed), times, seconds if renewed else 2 * seconds)
    return times
