"""The doors: every address has one. `@public` lets anyone in, `@desk(right)` lets in who holds the right somewhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from langso.lib.period import day_of
from langso.people.models import Account
from langso.people.permits import Presence, enter, units_of
from langso.people.roles import Right
from langso.units.models import Unit

P = ParamSpec("P")


class Door(Protocol):
    door: str

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


@dataclass(frozen=True)
class Desk:
    """What a page of work gets from its door: who, the units the right reaches today, and the time."""

    person: Presence
    units: QuerySet[Unit]
    at: datetime

    def may(self, right: Right, unit: Unit) -> bool:
        """Whether a right, another than the door's, reaches this very unit today."""
        return bool(self.within(right, [unit.pk]))

    def within(self, right: Right, units: Iterable[int]) -> set[int]:
        """Those of the units that a right reaches today.  Cost: one query."""
        reached = units_of(self.person, right, on=day_of(self.at))
        return set(reached.filter(pk__in=set(units)).values_list("pk", flat=True))


def public(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Anyone may come in."""
    cast(Door, view).door = "public"
    return view


def presence_of(request: HttpRequest) -> Presence | None:
    """Who is signed in, if anyone, asked once a request. Opens the row-level net for them."""
    if not hasattr(request, "presence"):
        user = request.user
        found = enter(user, on=day_of(timezone.now())) if isinstance(user, Account) else None
        request.presence = found  # type: ignore[attr-defined]
    return cast("Presence | None", request.presence)  # type: ignore[attr-defined]


def desk(
    right: Right,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Sign in, find the units the right reaches today, read the clock, and hand over `Desk`."""

    def doored(
        view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            person = presence_of(request)
            if person is None or not person.has(right):
                raise PermissionDenied(right.label)
            at = timezone.now()
            return view(request, Desk(person, units_of(person, right, on=day_of(at)), at), *args, **kwargs)

        cast(Door, inner).door = right.value
        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", inner)

    return doored
