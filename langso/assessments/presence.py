"""Who has which group open just now, so that two officers of one unit do not surprise each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from langso.assessments.models import Assessment, Editing

STILL_THERE = timedelta(minutes=5)


@dataclass(frozen=True)
class Other:
    name: str
    group: str
    at: datetime


def note(assessment: Assessment, group: str, *, person: int | None, at: datetime) -> None:
    """This person has the group open. Cost: one statement."""
    if person is None:
        return
    Editing.objects.bulk_create(
        [Editing(assessment=assessment, unit_id=assessment.unit_id, group=group, person_id=person, at=at)],
        update_conflicts=True,
        unique_fields=["assessment", "group", "person"],
        update_fields=["at"],
    )


def others(assessment: Assessment, *, person: int | None, at: datetime) -> list[Other]:
    """Colleagues seen in the last five minutes, latest first.  Cost: one query."""
    found = (
        Editing.objects.filter(assessment=assessment, at__gt=at - STILL_THERE)
        .exclude(person=person or 0)
        .select_related("person")
        .order_by("-at")
    )
    return [Other(str(e.person), e.group, e.at) for e in found]
