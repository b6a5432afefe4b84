"""Reading evidence: of one criterion, of a whole assessment, of many units; found again by what one remembers of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from langso.evidence import rules
from langso.evidence.models import Citation, Evidence, Likeness
from langso.lib.period import Period
from langso.lib.vietnamese import fold
from langso.units.models import Unit, UnitName

MOST_FOUND = 20
UnitId = int


@dataclass(frozen=True)
class Alike:
    """One likeness as the reader may know it: `place` is empty where her net does not reach the other evidence."""

    id: int
    evidence_id: int
    other_id: int
    kind: str
    distance: int
    place: str
    is_here: bool
    day: date
    kept_reason: str

    @property
    def is_known(self) -> bool:
        return bool(self.place) or self.is_here

    @property
    def says(self) -> str:
        is_photo = self.kind == Likeness.Kind.SAME_PHOTO
        return rules.likeness_says(is_photo=is_photo, place=self.place, is_here=self.is_here, day=self.day)


@dataclass(frozen=True)
class Cited:
    """A piece of evidence as one criterion cites it."""

    citation_id: int
    evidence: Evidence
    page: str
    note: str
    cited_at: datetime
    likenesses: tuple[Alike, ...] = ()

    @property
    def address(self) -> str:
        return f"/minh-chung/{self.evidence.pk}/"


def _alikes(found: QuerySet[Likeness]) -> list[Alike]:
    """Likenesses with the name of the other place, where the net lets the reader see the other evidence."""
    names = UnitName.objects.filter(unit=OuterRef("other_unit"), valid__contains=OuterRef("other_on"))
    rows = found.annotate(
        place=Subquery(names.values("name")[:1]), seen=Exists(Evidence.objects.filter(pk=OuterRef("other")))
    ).select_related("evidence")
    return [
        Alike(
            row.pk,
            row.evidence_id,
            row.other_id,
            row.kind,
            row.distance,
            (row.place or "") if row.seen else "",
            row.other_unit_id == row.unit_id,
            row.other_on,
            row.evidence.kept_reason,
        )
        for row in rows.order_by("kind", "distance", "other_on", "id")
    ]


def alikes_of(evidence: Iterable[int]) -> dict[int, tuple[Alike, ...]]:
    """Likenesses of these pieces of evidence.  Cost: one query, none for nothing."""
    wanted = set(evidence)
    by: dict[int, list[Alike]] = {}
    for alike in _alikes(Likeness.objects.filter(evidence__in=wanted)) if wanted else ():
        by.setdefault(alike.evidence_id, []).append(alike)
    return {one: tuple(found) for one, found in by.items()}


def liked_by(evidence: Evidence) -> list[Likeness]:
    """Later evidence, within the reader's net, that turned out like this one.  Cost: one query."""
    return list(Likeness.objects.filter(other=evidence).select_related("evidence").order_by("-seen_at"))


def cited(unit: Unit, framework: str, period: Period) -> dict[str, tuple[Cited, ...]]:
    """What each criterion of an assessment cites.  Cost: two queries for the whole of it."""
    rows = list(
        Citation.objects.standing()
        .filter(unit=unit, framework=framework, period=period.code)
        .select_related("evidence__file")
        .order_by("cited_at", "id")
    )
    alike = alikes_of(row.evidence_id for row in rows if row.evidence.file_sha256)
    by: dict[str, list[Cited]] = {}
    for row in rows:
        by.setdefault(row.criterion, []).append(
            Cited(row.pk, row.evidence, row.page, row.note, row.cited_at, alike.get(row.evidence_id, ()))
        )
    return {criterion: tuple(found) for criterion, found in by.items()}


def cited_by(unit: Unit, framework: str, period: Period, criterion: str) -> tuple[Cited, ...]:
    """The same for one criterion.  Cost: two queries."""
    return cited(unit, framework, period).get(criterion, ())


def dropped(unit: Unit, framework: str, period: Period, criterion: str, *, since: datetime) -> list[Citation]:
    """What the criterion no longer cites since a moment and may cite again.  Cost: one query."""
    spot = {"unit": unit, "framework": framework, "period": period.code, "criterion": criterion}
    again = Citation.objects.standing().filter(**spot, evidence=OuterRef("evidence"))
    rows = (
        Citation.objects.filter(**spot, removed_at__gte=since, evidence__withdrawn_at=None)
        .exclude(Exists(again))
        .select_related("evidence")
        .order_by("-removed_at")
    )
    latest: dict[int, Citation] = {}
    for row in rows:
        latest.setdefault(row.evidence_id, row)
    return list(latest.values())


def find(unit: Unit, text: str) -> list[Evidence]:
    """Standing evidence of the unit in which every typed word begins a word; those whose number begins so come first.

    "127", "127/bc" and "bao cao ket qua" find 127/BC-UBND.  Cost: one query.
    """
    words = fold(text).split()
    if not words:
        return []
    found = list(Evidence.objects.standing().filter(unit=unit).saying(words).order_by("-added_at")[: MOST_FOUND * 5])
    whole = " ".join(words)
    return sorted(found, key=lambda e: not fold(e.number).startswith(whole))[:MOST_FOUND]


def likenesses_of(
    units: QuerySet[Unit] | Sequence[Unit] | Sequence[UnitId], framework: str, period: Period
) -> dict[tuple[UnitId, str], list[Alike]]:
    """Likenesses of what each criterion of each unit cites.  Cost: two queries, whatever the number of units."""
    spots: dict[int, list[tuple[int, str]]] = {}
    rows = Citation.objects.standing().filter(unit__in=units, framework=framework, period=period.code)
    told = rows.filter(Exists(Likeness.objects.filter(evidence=OuterRef("evidence"))))
    for unit, criterion, evidence in told.order_by("id").values_list("unit_id", "criterion", "evidence_id"):
        spots.setdefault(evidence, []).append((unit, criterion))
    found: dict[tuple[int, str], list[Alike]] = {}
    for evidence, alikes in alikes_of(spots).items():
        for spot in spots[evidence]:
            found.setdefault(spot, []).extend(alikes)
    return found


def counts(
    units: QuerySet[Unit] | Sequence[Unit] | Sequence[UnitId], framework: str, period: Period
) -> dict[UnitId, dict[str, int]]:
    """How many pieces of evidence each criterion cites; a criterion that cites none is absent.  Cost: one query."""
    rows = Citation.objects.standing().filter(unit__in=units, framework=framework, period=period.code)
    found: dict[int, dict[str, int]] = {}
    for unit, criterion, count in rows.values_list("unit_id", "criterion").annotate(Count("id")).order_by():
        found.setdefault(unit, {})[criterion] = count
    return found


def snapshot(unit: Unit, framework: str, period: Period) -> list[dict[str, Any]]:
    """What is cited, as plain JSON to be frozen with a submission; in the order of criteria, then of citing.

    Cost: one query.
    """
    rows = (
        Citation.objects.standing()
        .filter(unit=unit, framework=framework, period=period.code)
        .select_related("evidence")
        .order_by("criterion", "cited_at", "id")
    )
    return [
        {
            "criterion": row.criterion,
            "kind": row.evidence.kind,
            "number": row.evidence.number,
            "issuer": row.evidence.issuer,
            "issued_on": row.evidence.issued_on.isoformat() if row.evidence.issued_on else None,
            "title": row.evidence.title,
            "place": row.evidence.place,
            "taken_on": row.evidence.taken_on.isoformat() if row.evidence.taken_on else None,
            "sha256": row.evidence.file_sha256,
            "page": row.page,
            "note": row.note,
        }
        for row in rows
    ]


# ── the list of the desk ─────────────────────────────────────────────────────

ORDERS = {"so": "number_key", "ngay": "on", "them": "added_at"}


def listed(units: QuerySet[Unit], *, text: str, kind: str, withdrawn: bool, order: str) -> QuerySet[Evidence]:
    """Evidence in reach by what is typed; `order` as in `ORDERS`, a minus turns it."""
    found = Evidence.objects.within(units).saying(fold(text).split()).select_related("file")
    found = found.exclude(withdrawn_at=None) if withdrawn else found.standing()
    if kind in Evidence.Kind.values:
        found = found.filter(kind=kind)
    column = F(ORDERS[order.removeprefix("-")])
    turned = column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True)
    return found.annotate(on=Coalesce("issued_on", "taken_on")).order_by(turned, "-id")


def uses(evidence: Iterable[int]) -> dict[int, list[Citation]]:
    """Where these are cited today.  Cost: one query."""
    found: dict[int, list[Citation]] = {}
    rows = Citation.objects.standing().filter(evidence__in=list(evidence))
    for row in rows.order_by("-period", "framework", "criterion", "id"):
        found.setdefault(row.evidence_id, []).append(row)
    return found
