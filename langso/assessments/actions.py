"""Opening an assessment and publishing its result."""

import json
from datetime import datetime

from django.db import transaction

from langso.assessments import rules
from langso.assessments.judging import edition_of, readings_of
from langso.assessments.models import Assessment, IssuedEdition, Publication
from langso.assessments.results import as_json, result_of
from langso.criteria.edition import Edition
from langso.criteria.engine import judge
from langso.ledger import actions as ledger
from langso.lib.period import Period, day_of
from langso.measures import queries as measures
from langso.ui.kept import forget
from langso.units.models import Unit
from langso.units.queries import named


def issue(edition: Edition, *, at: datetime) -> None:
    """Remember the bytes of an edition at its first use.

    Refuses: EditionChanged, when the file is no longer the one that was used.
    """
    issued, _ = IssuedEdition.objects.get_or_create(
        framework=edition.id,
        edition=edition.edition,
        defaults={"sha256": edition.sha256, "first_used_at": at},
    )
    if issued.sha256 != edition.sha256:
        raise rules.EditionChanged(title=edition.title, edition=edition.edition)


@transaction.atomic
def open_assessment(*, unit: Unit, framework: str, period: Period, by: int | None, at: datetime) -> Assessment:
    """The assessment of a unit for a period; the same again gives the one already open.

    Refuses: FrameworkUnknown, EditionNotForLevel, PeriodAhead, UnitEnded.
    """
    edition = edition_of(framework)
    today = day_of(at)
    issue(edition, at=at)
    rules.check_open(edition, unit.level, unit.get_level_display(), period, today=today)
    if (unit.pk, today) not in named([(unit.pk, today)]):
        last = unit.names.order_by("-valid").first()
        raise rules.UnitEnded(name=last.name if last else "Đơn vị", day=last.valid.upper if last else today)
    assessment, new = Assessment.objects.get_or_create(
        unit=unit,
        framework=edition.id,
        period=period.code,
        defaults={"edition": edition.edition, "opened_by_id": by, "opened_at": at},
    )
    if new:
        ledger.record(
            by=by,
            did="assessment.opened",
            to=assessment,
            unit=unit.pk,
            at=at,
            facts={"framework": edition.id, "edition": edition.edition, "period": period.code},
        )
    return assessment


@transaction.atomic
def publish(*, assessment: Assessment, by: int | None, at: datetime) -> Publication:
    """Freeze the result as it stands and show it to everyone. Unchanged figures give the publication there already is.

    Refuses: NothingToPublish.
    """
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    edition = edition_of(assessment.framework, assessment.edition)
    issue(edition, at=at)
    period = Period.parse(assessment.period)
    figures = measures.figures_of(assessment.unit, period)
    readings = readings_of(edition, figures)
    if not readings:
        raise rules.NothingToPublish()
    result = result_of(judge(edition, measures.table_of(edition, [assessment.unit_id], period)), 0, readings)
    kept = {code: vars(reading) for code, reading in readings.items()}
    frozen = json.loads(json.dumps(as_json(result)))  # as the database gives it back
    now = Publication.objects.current().filter(assessment=assessment).first()
    if now is not None and now.readings == kept and now.edition_sha256 == edition.sha256 and now.result == frozen:
        return now
    if now is not None:
        at = max(at, now.published_at)  # who came in first may be the second to publish
        now.replaced_at = at
        now.save(update_fields=["replaced_at"])
    today = day_of(at)
    unit = named([(assessment.unit_id, today)]).get((assessment.unit_id, today))
    publication = Publication.objects.create(
        assessment=assessment,
        unit_id=assessment.unit_id,
        province_id=unit.province_id if unit else None,
        framework=edition.id,
        edition=edition.edition,
        edition_sha256=edition.sha256,
        period=assessment.period,
        level=result.level,
        level_at_most=result.level_at_most,
        score=result.points,
        missing_count=len(result.missing),
        is_simulated=any(r.is_simulated for r in readings.values()),
        readings=kept,
        result=frozen,
        published_by_id=by,
        published_at=at,
    )
    ledger.record(
        by=by,
        did="assessment.published",
        to=publication,
        unit=assessment.unit_id,
        at=at,
        facts={"level": result.level, "score": result.score, "edition_sha256": edition.sha256},
    )
    transaction.on_commit(forget)
    return publication
