"""Telling people, and sending what was told. Not acts of record: what a notice speaks of has its own ledger line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from langso.lib.period import day_of
from langso.notices.channels import chosen
from langso.notices.models import Dispatch, Notice, Seen
from langso.notices.queries import readers, told
from langso.people.permits import Presence, enter_as_machine
from langso.people.roles import Role

MOST_TRIES = 8
MOST_AT_ONCE = 20  # sent right after an act; a larger batch is left to the next round of `langso remind`


@dataclass(frozen=True)
class Word:
    """One thing to tell. Without `person` it is for who holds one of `roles` at `unit`, or above it."""

    key: str
    text: str
    unit: int | None
    link: str = ""
    roles: tuple[Role, ...] = ()
    person: int | None = None
    due_on: date | None = None


def tell(*words: Word, at: datetime) -> None:
    """Put notices before people; the same key twice is one. Other channels follow when the transaction has ended.

    Cost: one statement, whatever their number.
    """
    if not words:
        return
    Notice.objects.bulk_create(
        (
            Notice(
                key=w.key[:160],
                text=w.text[:500],
                link=w.link[:200],
                unit_id=w.unit,
                person_id=w.person,
                roles=[r.value for r in w.roles],
                due_on=w.due_on,
                at=at,
            )
            for w in words
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )
    if settings.NOTICE_CHANNELS:
        transaction.on_commit(partial(_hand_over, [w.key[:160] for w in words], at), robust=True)


def mark_seen(person: Presence, notices: Iterable[int], *, at: datetime) -> int:
    """This person has read these; those that are not hers are left alone. Returns how many there were."""
    if person.person_id is None:
        return 0
    mine = list(told(person, on=day_of(at)).filter(pk__in=list(notices)).values_list("pk", flat=True))
    Seen.objects.bulk_create(
        (Seen(notice_id=pk, person_id=person.person_id, at=at) for pk in mine), ignore_conflicts=True
    )
    return len(mine)


def _hand_over(keys: Sequence[str], at: datetime) -> None:
    with transaction.atomic():
        enter_as_machine(on=day_of(at))
        made = prepare(Notice.objects.filter(key__in=keys), at=at)
    if made <= MOST_AT_ONCE:
        send_waiting(at=at, most=made)


def prepare(notices: Iterable[Notice], *, at: datetime) -> int:
    """Write down to whom each goes by which channel; returns how many. Needs the net of the machine."""
    channels = chosen()
    rows = [
        Dispatch(notice=notice, person=person, channel=name, made_at=at)
        for notice in notices
        for person in readers(notice, on=day_of(at))
        for name, channel in channels.items()
        if channel.address_of(person)
    ]
    Dispatch.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def send_waiting(*, at: datetime, most: int = 1000) -> tuple[int, int]:
    """Send what waits, each in its own transaction: how many went, how many failed and are tried again.

    What another process is sending just now is left to it.
    """
    sent, failed, after = 0, 0, 0
    channels = chosen()
    while sent + failed < most:
        with transaction.atomic():
            enter_as_machine(on=day_of(at))
            waiting = Dispatch.objects.filter(sent_at=None, tries__lt=MOST_TRIES, channel__in=channels, pk__gt=after)
            one = (
                waiting.select_for_update(of=("self",), skip_locked=True)
                .select_related("notice", "person__account")
                .order_by("pk")
                .first()
            )
            if one is None:
                break
            after = one.pk
            problem = _sent(one)
            if problem:
                failed += 1
                Dispatch.objects.filter(pk=one.pk).update(tries=F("tries") + 1, problem=problem[:300])
            else:
                sent += 1
                Dispatch.objects.filter(pk=one.pk).update(tries=F("tries") + 1, problem="", sent_at=at)
    return sent, failed


def _sent(one: Dispatch) -> str:
    """Empty when it went, else what went wrong."""
    channel = chosen()[one.channel]
    link = f"{settings.PUBLIC_ADDRESS}{one.notice.link}" if one.notice.link else ""
    try:
        channel.send(channel.address_of(one.person), "\n".join(filter(None, (one.notice.text, link))))
    except Exception as error:  # noqa: BLE001  a gateway may fail in any way; the notice waits and the reason is kept
        return f"{type(error).__name__}: {error}"
    return ""
