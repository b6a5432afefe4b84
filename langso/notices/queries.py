"""What a person has been told."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from langso.notices.models import Notice, Seen
from langso.people.models import Person, Post
from langso.people.permits import Presence
from langso.people.roles import NATIONAL
from langso.units.models import Reach


def told(person: Presence, *, on: date) -> QuerySet[Notice]:
    """Notices for this person: her own, and those for a role that she holds where they belong; newest first."""
    if person.person_id is None:
        return Notice.objects.none()
    mine = Q(person=person.person_id)
    for role, root in person.posts:
        here = Q(person=None, roles__contains=[role.value])
        if root is not None:
            here &= Q(unit__in=Reach.objects.filter(root=root).on(on).values("unit"))
        mine |= here
    return Notice.objects.filter(mine).order_by("-at", "-pk")


def unread(person: Presence, *, on: date) -> QuerySet[Notice]:
    seen = Seen.objects.filter(notice=OuterRef("pk"), person=person.person_id)
    return told(person, on=on).exclude(Exists(seen))


@dataclass(frozen=True)
class Told:
    notice: Notice
    is_read: bool


def told_page(person: Presence, *, on: date, start: int, count: int) -> tuple[list[Told], int, int]:
    """Some of the notices, how many there are, and how many are unread.  Cost: four queries."""
    everything = told(person, on=on)
    rows = list(everything[start : start + count])
    read = set(Seen.objects.filter(person=person.person_id, notice__in=rows).values_list("notice_id", flat=True))
    return [Told(n, n.pk in read) for n in rows], everything.count(), unread(person, on=on).count()


def readers(notice: Notice, *, on: date) -> list[Person]:
    """Who is to be reached by other channels. Needs a net that sees them: for the machine.  Cost: one query."""
    people = Person.objects.select_related("account")
    if notice.person_id is not None:
        return list(people.filter(pk=notice.person_id))
    posts = Post.objects.on(on).filter(role__in=notice.roles)
    everywhere = Q(unit=None, role__in=[r.value for r in NATIONAL])
    if notice.unit_id is None:
        posts = posts.filter(everywhere)
    else:
        above = Reach.objects.filter(unit=notice.unit_id).on(on).values("root")
        posts = posts.filter(Q(unit__in=above) | everywhere)
    return list(people.filter(pk__in=posts.values("person")))
