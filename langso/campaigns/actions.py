"""Drafting, opening and ending a campaign; writing its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from psycopg.types.range import Range

from langso.campaigns import rules
from langso.campaigns.models import Campaign, Script
from langso.campaigns.queries import last_day
from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.vietnamese import nfc
from langso.questionnaires.queries import offered
from langso.units.models import Unit
from langso.villages.topics import codes_of, mask_of


@dataclass(frozen=True)
class CampaignFacts:
    """What a campaign says of itself; `last` is in it."""

    title: str
    topics: Sequence[str]
    first: date | None
    last: date | None
    target_share: Decimal | None = None
    about: str = ""
    form_id: str = ""

    def columns(self) -> dict[str, object]:
        """Refuses: CampaignWrong, TopicUnknown."""
        title = rules.check_title(self.title)
        if not self.topics:
            raise rules.NoTopic(field="topics")
        first, last = rules.check_days(self.first, self.last)
        target = rules.check_target(self.target_share)
        about = nfc(self.about)
        if len(about) > 600:
            raise rules.TextTooLong(field="about", most=600)
        return {
            "title": title,
            "topics": mask_of(self.topics),
            "valid": Range(first, last + timedelta(days=1)),
            "target_share": target,
            "about": about,
            "form_id": nfc(self.form_id)[:60],
        }


def _check_form(code: str, unit: int, *, at: datetime) -> None:
    """Refuses: FormUnknown. Cost: one query, and none without a form."""
    if nfc(code):
        codes = offered(unit, day_of(at)).values_list("questionnaire__code", flat=True)
        rules.check_form(code, set(codes))


@transaction.atomic
def draft_campaign(
    *, unit: Unit, facts: CampaignFacts, uid: UUID | None = None, by: int | None, at: datetime
) -> Campaign:
    """A campaign that nobody below sees yet; the same `uid` sent again is the one already drafted.

    Refuses: CampaignWrong, TopicUnknown.
    """
    columns = facts.columns()
    _check_form(facts.form_id, unit.pk, at=at)
    made, is_new = Campaign.objects.get_or_create(
        uid=uid or uuid4(), unit=unit, defaults={**columns, "made_by_id": by, "made_at": at}
    )
    if is_new:
        said = {"title": made.title, "topics": codes_of(made.topics)}
        ledger.record(by=by, did="campaign.drafted", to=made, unit=unit.pk, at=at, facts=said)
    return made


def _held(campaign: Campaign) -> Campaign:
    """Refuses: AlreadyEnded."""
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if row.ended_at is not None:
        raise rules.AlreadyEnded()
    return row


@transaction.atomic
def edit_campaign(*, campaign: Campaign, facts: CampaignFacts, by: int | None, at: datetime) -> bool:
    """Change a draft; returns whether anything changed.

    Refuses: CampaignWrong, TopicUnknown.
    """
    row = _held(campaign)
    if row.opened_at is not None:
        raise rules.AlreadyOpen()
    columns = facts.columns()
    _check_form(facts.form_id, row.unit_id, at=at)
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(row, name, columns[name])
    row.save(update_fields=changed)
    ledger.record(by=by, did="campaign.edited", to=row, unit=row.unit_id, at=at, facts={"changed": ", ".join(changed)})
    return True


@transaction.atomic
def open_campaign(*, campaign: Campaign, by: int | None, at: datetime) -> Campaign:
    """From now on the teams below get it, on its days. Opened again it changes nothing.

    Refuses: CampaignWrong.
    """
    row = _held(campaign)
    if row.opened_at is not None:
        return row
    rules.check_open(list(row.scripts.all()), last_day(row), today=day_of(at))
    _check_form(row.form_id, row.unit_id, at=at)
    row.opened_at = at
    row.save(update_fields=["opened_at"])
    ledger.record(by=by, did="campaign.opened", to=row, unit=row.unit_id, at=at, facts={"title": row.title})
    return row


@transaction.atomic
def end_campaign(*, campaign: Campaign, by: int | None, at: datetime) -> Campaign:
    """Phones drop it at their next pull; what was done stays counted. Ended again it changes nothing.

    Refuses: NotOpen.
    """
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if row.ended_at is not None:
        return row
    if row.opened_at is None:
        raise rules.NotOpen()
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    ledger.record(by=by, did="campaign.ended", to=row, unit=row.unit_id, at=at, facts={"title": row.title})
    return row


@transaction.atomic
def write_script(
    *, campaign: Campaign, order: int | None, title: str, steps: str, by: int | None, at: datetime
) -> Script:
    """Words for the door, a step a line: a new one, or the one at `order` anew. The same words change nothing.

    Refuses: CampaignWrong.
    """
    row = _held(campaign)
    title = rules.check_title(title)
    lines = rules.steps_of(steps, title=title)
    script = row.scripts.filter(order=order).first() if order is not None else None
    if script is None:
        same = row.scripts.filter(title=title, steps=lines).first()
        if same is not None:
            return same
        if row.scripts.count() >= rules.MOST_SCRIPTS:
            raise rules.TooManyScripts(most=rules.MOST_SCRIPTS)
        last = row.scripts.aggregate(last=Max("order"))["last"] or 0
        script = Script(campaign=row, order=last + 1)
    elif (script.title, script.steps) == (title, lines):
        return script
    script.title, script.steps = title, lines
    script.save()
    ledger.record(
        by=by,
        did="script.written",
        to=script,
        unit=row.unit_id,
        at=at,
        facts={"campaign": row.title, "title": title, "steps": len(lines)},
    )
    return script


@transaction.atomic
def drop_script(*, campaign: Campaign, order: int, by: int | None, at: datetime) -> None:
    """Take words out; the last ones of an open campaign stay.

    Refuses: CampaignWrong.
    """
    row = _held(campaign)
    script = row.scripts.filter(order=order).first()
    if script is None:
        return
    if row.opened_at is not None and row.scripts.count() == 1:
        raise rules.NoScript()
    ledger.record(
        by=by,
        did="script.dropped",
        to=script,
        unit=row.unit_id,
        at=at,
        facts={"campaign": row.title, "title": script.title, "steps": script.steps},
    )
    script.delete()
