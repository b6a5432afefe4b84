"""Reading requests for help: the queue of a desk, one of them, how many were answered in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, Lower

from langso.lib.period import VIETNAM
from langso.lib.vietnamese import fold
from langso.people.models import Person
from langso.teams.models import Member
from langso.units.models import Fold, Unit
from langso.units.queries import Named, named
from langso.villages.topics import TOPICS
from langso.visits.models import HelpRequest, RequestState

WAITING = (RequestState.OPEN, RequestState.MORE)
SHAPES = {
    RequestState.OPEN: "unmet",
    RequestState.MORE: "draft",
    RequestState.DONE: "met",
    RequestState.CANNOT: "look",
    RequestState.CLOSED: "done",
}
ORDERS = {"han": ("due_on", "pk"), "luc": ("made_at", "pk")}


@dataclass(frozen=True)
class RequestRow:
    request: HelpRequest
    place: Named | None
    today: date

    @property
    def shape(self) -> str:
        return "late" if self.is_late else SHAPES[RequestState(self.request.state)]

    @property
    def word(self) -> str:
        if self.is_late:
            return f"Quá hạn {(self.today - self.request.due_on).days} ngày"
        return self.stands.capitalize()

    @property
    def topic(self) -> str:
        return TOPICS.get(self.request.topic, self.request.topic)

    @property
    def stands(self) -> str:
        """Where it stands; one that waits because the asker was not helped says so."""
        row = self.request
        waits_again = row.state == RequestState.MORE and row.was_helped is False
        if waits_again and row.answers and row.answers[-1]["result"] == RequestState.DONE:
            return "người nhờ nói chưa được"
        return str(RequestState(row.state).label)

    @property
    def is_late(self) -> bool:
        return self.request.answered_at is None and self.request.due_on < self.today

    @property
    def was_in_time(self) -> bool | None:
        at = self.request.answered_at
        if at is None:
            return False if self.is_late else None
        return at.astimezone(VIETNAM).date() <= self.request.due_on


def queue(
    units: QuerySet[Unit], *, state: str, text: str, order: str, on: date, named_in: QuerySet[Unit]
) -> QuerySet[HelpRequest]:
    """Requests in reach; those past their day first, then by the day that is next.

    `named_in`: where whoever searches may read whose they are; elsewhere the village alone is searched.
    """
    found: QuerySet[HelpRequest] = HelpRequest.objects.filter(unit__in=units).select_related("village", "team")
    if state == "cho":
        found = found.filter(state__in=WAITING)
    elif state == "tre":
        found = found.filter(answered_at=None, due_on__lt=on).exclude(state=RequestState.CLOSED)
    elif state == "chua-giup":
        found = found.filter(state=RequestState.CANNOT)
    elif state == "xong":
        found = found.filter(state__in=[RequestState.DONE, RequestState.CLOSED])
    if words := set(fold(text).split()):
        blank, where = Value(" "), Coalesce(F("village__folded"), Value(""), output_field=TextField())
        who = (where, blank, Fold(F("name")), blank, Lower(F("code")), blank, F("phone"))
        found = found.alias(where=where, who=Concat(*who, output_field=TextField())).filter(
            Q(*(Q(where__contains=word) for word in words))
            | Q(unit__in=named_in) & Q(*(Q(who__contains=word) for word in words))
        )
    columns = ORDERS[order.removeprefix("-")]
    late = Case(When(answered_at=None, due_on__lt=on, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.annotate(late=late).order_by("late", *(f"-{c}" if order.startswith("-") else c for c in columns))


def rows_of(requests: Sequence[HelpRequest], *, on: date) -> list[RequestRow]:
    """Cost: one query."""
    places = named([(r.unit_id, on) for r in requests])
    return [RequestRow(r, places.get((r.unit_id, on)), on) for r in requests]


@dataclass(frozen=True)
class Said:
    """One answer: how it went, in which words, when, by whom, and what the asker said of it."""

    word: str
    text: str
    on: date | None
    at: datetime
    who: str
    helped: bool | None


def said_of(answers: Sequence[Mapping[str, Any]], *, with_names: bool) -> list[Said]:
    """Answers in order, for a page.  Cost: two queries when the names of who answered are asked for."""
    members, people = {a["member"] for a in answers} - {None}, {a["person"] for a in answers} - {None}
    names: dict[tuple[str, int], str] = {}
    if with_names and members:
        names |= {("member", m.pk): str(m) for m in Member.objects.filter(pk__in=members)}
    if with_names and people:
        names |= {("person", p.pk): str(p) for p in Person.objects.filter(pk__in=people)}
    return [
        Said(
            RequestState(a["result"]).label.capitalize(),
            a["text"],
            date.fromisoformat(a["on"]) if a["on"] else None,
            datetime.fromisoformat(a["at"]),
            names.get(("member", a["member"])) or names.get(("person", a["person"])) or "",
            a["helped"],
        )
        for a in answers
    ]


@dataclass(frozen=True)
class Promptness:
    """Of the requests whose day has come or that were answered: how many were answered in time."""

    due_count: int = 0
    in_time_count: int = 0
    late_count: int = 0

    @property
    def share(self) -> float | None:
        return self.in_time_count / self.due_count if self.due_count else None


def promptness(
    units: QuerySet[Unit], *, since: date, until: date, on: date, key: str = "unit_id"
) -> Mapping[int | None, Promptness]:
    """By commune or (`team_id`) by team, of requests asked from a day to another, both counted. Closed ones without an
    answer of a team count by when they were closed.  Cost: one query."""
    in_time = Q(answered_at__isnull=False, answered_at__date__lte=F("due_on"))
    judged = Q(answered_at__isnull=False) | Q(due_on__lt=on)
    rows = (
        HelpRequest.objects.filter(unit__in=units, made_at__date__gte=since, made_at__date__lte=until)
        .order_by()
        .values(key)
        .annotate(
            due=Count("pk", filter=judged),
            timely=Count("pk", filter=in_time),
            late=Count("pk", filter=Q(answered_at=None, due_on__lt=on)),
        )
    )
    return {r[key]: Promptness(r["due"], r["timely"], r["late"]) for r in rows}


@dataclass(frozen=True)
class Waiting:
    """What waits in some communes: all of it, what nobody has answered yet, how much of that is late, the next day."""

    count: int
    unanswered_count: int
    late_count: int
    next_on: date | None


def waiting_in(units: QuerySet[Unit], *, on: date) -> Waiting:
    """Cost: one query."""
    unanswered = Q(answered_at=None)
    sums = HelpRequest.objects.filter(unit__in=units, state__in=WAITING).aggregate(
        count=Count("pk"),
        unanswered_count=Count("pk", filter=unanswered),
        late_count=Count("pk", filter=unanswered & Q(due_on__lt=on)),
        next_on=Min("due_on", filter=unanswered),
    )
    return Waiting(**sums)
