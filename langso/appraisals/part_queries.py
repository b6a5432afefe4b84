"""What a department's people still have to say: files times the criteria given to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from langso.appraisals.models import Verdict
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment, Submission
from langso.assessments.states import State
from langso.criteria.edition import fields_of
from langso.cycles.models import Cycle, Part
from langso.lib.workdays import workdays_between
from langso.units.models import Unit, UnitName


@dataclass(frozen=True)
class Asked:
    """One file, and the criteria in it that wait for this person's opinion."""

    file: Assessment
    cycle: Cycle
    department: str
    name: str
    sort_key: str
    waiting: tuple[tuple[str, str], ...]  # code, name
    given: int
    days_left: int

    @property
    def codes(self) -> str:
        return " ".join(code for code, _ in self.waiting)

    @property
    def is_done(self) -> bool:
        return not self.waiting


def asked(person: int, units: QuerySet[Unit], *, on: date) -> list[Asked]:
    """Every file in running cycles where this person's departments verify something.

    Cost: five queries, whatever the number of files.
    """
    parts = list(
        Part.objects.filter(
            department__members=person, cycle__closed_at=None, cycle__opened_at__isnull=False
        ).select_related("cycle", "department")
    )
    if not parts:
        return []
    files = list(
        Assessment.objects.within(units).filter(
            cycle__in={p.cycle_id for p in parts}, state__in=[State.SUBMITTED, State.APPRAISING]
        )
    )
    handed: dict[int, tuple[int, Mapping[str, Any]]] = {
        file: (pk, readings)
        for file, pk, readings in Submission.objects.filter(assessment__in=files, withdrawn_at=None)
        .order_by("number")
        .values_list("assessment_id", "pk", "readings")
    }
    opinions: dict[tuple[int, int], list[Verdict]] = {}
    for verdict in (
        Verdict.objects.current()
        .filter(assessment__in=files, department__in={p.department_id for p in parts})
        .select_related("submission")
        .defer("submission__result", "submission__evidence", "submission__confirmations", "submission__doubts")
    ):
        opinions.setdefault((verdict.assessment_id, verdict.department_id or 0), []).append(verdict)
    names = {
        row[0]: (row[1], row[2])
        for row in UnitName.objects.on(on)
        .filter(unit__in={f.unit_id for f in files})
        .values_list("unit_id", "name", "sort_key")
    }
    found = []
    for part in parts:
        edition = edition_of(part.cycle.framework, part.cycle.edition)
        criteria = {c.code: c for c in edition.criteria}
        fields = {code: [f.code for f in fields_of(c)] for code, c in criteria.items()}
        days_left = workdays_between(on, part.cycle.appraise_by, off=part.cycle.days_off, on=part.cycle.days_on)
        for file in (f for f in files if f.cycle_id == part.cycle_id and f.pk in handed):
            submission, readings = handed[file.pk]
            given = {
                v.criterion
                for v in opinions.get((file.pk, part.department_id), [])
                if v.submission_id == submission
                or all(v.submission.readings.get(f) == readings.get(f) for f in fields.get(v.criterion, []))
            }
            claimed = [c for c in part.criteria if any(f in readings for f in fields.get(c, []))]
            name, key = names.get(file.unit_id, (f"Đơn vị {file.unit_id}", ""))
            waiting = tuple((c, criteria[c].name) for c in claimed if c not in given)
            found.append(
                Asked(
                    file,
                    part.cycle,
                    part.department.name,
                    name,
                    key,
                    waiting,
                    len([c for c in claimed if c in given]),
                    days_left,
                )
            )
    return sorted(found, key=lambda a: (a.is_done, a.days_left, a.sort_key))
