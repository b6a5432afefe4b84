"""Writing households: each edit is a version; runs of offline edits in their order; two that disagree are both kept.

The three numbers of an edit are those of ODK's offline entities: `trunk`, the version of ours that the run left from;
`branch`, the run; `base`, trunk plus the edits of the run before this one. An edit waits for the step before it. What
others changed meanwhile is merged field by field; the same field with another value waits for a person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from langso.ledger import actions as ledger
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.villages import household_rules as rules
from langso.villages.heirs import Heir, villages_meant
from langso.villages.incoming import Outcome, Writer, refused
from langso.villages.models import Household, HouseholdVersion
from langso.villages.turn import one_at_a_time

State = HouseholdVersion.State
_BRANCHES = UUID("6d6f6274-6869-4e67-8000-6c616e67736f")
_WORDS = {
    "village": "thôn",
    "head": "tên chủ hộ",
    "members": "số người",
    "skills": "kỹ năng",
    "needs": "việc cần giúp",
    "consent": "việc đồng ý cho ghi",
    "gone": "việc chuyển đi",
}


@dataclass(frozen=True)
class IncomingHousehold:
    uid: UUID  # of the record
    entity: UUID
    fields: Mapping[str, Any]
    trunk: int
    base: int
    branch: UUID | None
    made_at: datetime


class ChoiceMade(rules.HouseholdWrong):
    says = "Hai bản này đã có người chọn rồi."


def branch_step(branch: UUID, base: int) -> UUID:
    """What the next edit of a run waits for: the step before it."""
    return uuid5(_BRANCHES, f"{branch}:{base}")


def write_households(
    incoming: Sequence[IncomingHousehold],
    *,
    by: Writer,
    at: datetime,
    served: Collection[int] | None = None,
    forced: bool = False,
) -> dict[UUID, Outcome]:
    """Write each edit whose turn it is.  Inside a transaction; each uid has been put down by the caller.

    `served`: the villages whose households a team may write; none given, all of the commune.
    `forced`: the time to wait is over; an edit is written without the steps that never came, and says so.
    Cost: three reads for all, then two to three statements for each edit.
    """
    if not incoming:
        return {}
    entities = sorted({i.entity for i in incoming})
    there = {h.uid: h for h in Household.objects.select_for_update().filter(uid__in=entities).order_by("pk")}
    named = [UUID(v) for i in incoming if (v := _uid_text(i.fields.get("village")))]
    villages = villages_meant(named, unit=by.unit, today=day_of(at))
    outcomes: dict[UUID, Outcome] = {}
    for edit in incoming:
        try:
            _check_served(edit, there.get(edit.entity), villages, served)
            outcomes[edit.uid] = _write_one(edit, there, villages, by=by, at=at, forced=forced)
        except Refused as refusal:
            outcomes[edit.uid] = refused(refusal)
    return outcomes


def _check_served(
    edit: IncomingHousehold, household: Household | None, villages: Mapping[UUID, Heir], served: Collection[int] | None
) -> None:
    """Where the household stands must be served; moving it to another village is for anyone who serves the first.

    Refuses: OtherVillage.
    """
    if served is None:
        return
    text = _uid_text(edit.fields.get("village"))
    meant = villages.get(UUID(text)) if text else None
    stands = household.village_id if household is not None else meant.id if meant is not None else None
    if stands is not None and stands not in served:
        raise rules.OtherVillage(field="village")


def _uid_text(value: Any) -> str:
    try:
        return str(UUID(str(value))) if value else ""
    except ValueError:
        return ""


def _write_one(
    edit: IncomingHousehold,
    there: dict[UUID, Household],
    villages: Mapping[UUID, Heir],
    *,
    by: Writer,
    at: datetime,
    forced: bool,
) -> Outcome:
    household = there.get(edit.entity)
    if edit.base == 0:
        if household is not None:
            raise rules.EntityTaken()
        there[edit.entity] = made = _create(edit, villages, by=by, at=at)
        return Outcome("written", version=made.version)
    if household is None:
        if forced:
            raise rules.HouseholdNeverCame()
        return Outcome("held", "HouseholdNotYet", "Chờ hộ này được gửi tới.", edit.entity)
    if household.head_name == rules.ERASED:
        raise rules.HouseholdErased()
    fields = dict(edit.fields)
    if "village" in fields:
        fields["village"] = _village(fields["village"], villages).id
    versions = list(household.versions.order_by("pk"))
    mine = [v for v in versions if edit.branch is not None and v.branch == edit.branch]
    if edit.base > edit.trunk and not forced and not _has_step_before(edit, mine, versions):
        assert edit.branch is not None
        says = "Chờ lần sửa trước đó được gửi tới."
        return Outcome("held", "EarlierEditNotYet", says, branch_step(edit.branch, edit.base - 1))
    return _apply(edit, household, fields, versions, by=by, at=at, forced=forced)


def _has_step_before(
    edit: IncomingHousehold, mine: Sequence[HouseholdVersion], versions: Sequence[HouseholdVersion]
) -> bool:
    """A run may begin with the creation itself (trunk 0): then its first step is the creating version."""
    before = edit.base - 1
    return any(v.base == before for v in mine) or (before == 0 and any(v.base == 0 for v in versions))


def _village(said: Any, villages: Mapping[UUID, Heir]) -> Heir:
    text = _uid_text(said)
    found = villages.get(UUID(text)) if text else None
    if found is None:
        raise rules.VillageUnknown(field="village")
    return found


def _create(edit: IncomingHousehold, villages: Mapping[UUID, Heir], *, by: Writer, at: datetime) -> Household:
    village = _village(edit.fields.get("village"), villages)
    household = Household.objects.create(
        uid=edit.entity,
        unit_id=village.unit,
        village_id=village.id,
        province_code=village.province_code,
        head_name=edit.fields.get("head") or rules.nameless(edit.entity),
        members_count=edit.fields.get("members"),
        skills=edit.fields.get("skills", 0),
        needs=edit.fields.get("needs", 0),
        consent=edit.fields.get("consent", "unasked"),
    )
    _keep(edit, household, dict(edit.fields) | {"village": village.id}, {}, 1, State.APPLIED, by=by, at=at)
    return household


def _keep(
    edit: IncomingHousehold,
    household: Household,
    fields: Mapping[str, Any],
    before: Mapping[str, Any],
    version: int,
    state: str,
    *,
    by: Writer,
    at: datetime,
) -> HouseholdVersion:
    return HouseholdVersion.objects.create(
        unit_id=household.unit_id,
        household=household,
        version=version,
        trunk=edit.trunk,
        base=edit.base,
        branch=edit.branch,
        fields=dict(fields),
        before=dict(before),
        state=state,
        record_uid=edit.uid,
        member_id=by.member,
        person_id=by.person,
        at=at,
    )


def value_of(household: Household, name: str) -> Any:
    """A field as versions keep it."""
    return {
        "village": household.village_id,
        "head": household.head_name,
        "members": household.members_count,
        "skills": household.skills,
        "needs": household.needs,
        "consent": household.consent,
        "gone": household.gone_on is not None,
    }[name]


def put(household: Household, fields: Mapping[str, Any], *, at: datetime) -> None:
    """Set the fields on the row; saving is the caller's."""
    for name, value in fields.items():
        if name == "village":
            household.village_id = value
        elif name == "head":
            household.head_name = value
        elif name == "members":
            household.members_count = value
        elif name == "gone":
            household.gone_on = day_of(at) if value else None
        else:
            setattr(household, name, value)
    if household.consent == "no":
        household.head_name = rules.nameless(household.uid)


def forget_name(household: Household) -> None:
    """It does not agree to be named: no earlier version tells the name any more."""
    for version in household.versions.all():
        if "head" in version.fields or "head" in version.before:
            version.fields.pop("head", None)
            version.before.pop("head", None)
            version.save(update_fields=["fields", "before"])


_COLUMNS = (
    "village_id", "head_name", "members_count", "skills", "needs", "consent", "gone_on", "version",
)  # fmt: skip


def _apply(
    edit: IncomingHousehold,
    household: Household,
    fields: dict[str, Any],
    versions: Sequence[HouseholdVersion],
    *,
    by: Writer,
    at: datetime,
    forced: bool,
) -> Outcome:
    others = [
        v
        for v in versions
        if v.state in (State.APPLIED, State.FORCED)
        and v.version > edit.trunk
        and (edit.branch is None or v.branch != edit.branch)
        and not (edit.trunk == 0 and v.base == 0)
    ]
    theirs = {name for v in others for name in v.fields}
    if household.consent == "no" and "consent" not in fields:
        fields.pop("head", None)  # written before the phone heard that the name is not to be kept
    clash = sorted(n for n in fields if n in theirs and value_of(household, n) != fields[n])
    if fields.get("consent") == "no":
        clash = [n for n in clash if n != "consent"]  # nobody has to choose whether a no is a no
    before = {name: value_of(household, name) for name in fields}
    if clash:
        _keep(edit, household, fields, before, household.version + 1, State.CONFLICT, by=by, at=at)
        what = ", ".join(_WORDS[name] for name in clash)
        says = f"Người khác cũng đã sửa {what} của hộ này. Giữ cả hai bản, nhờ xã chọn."
        return Outcome("conflict", "SameField", says, version=household.version)
    put(household, fields, at=at)
    household.version += 1
    household.save(update_fields=list(_COLUMNS))
    _keep(edit, household, fields, before, household.version, State.FORCED if forced else State.APPLIED, by=by, at=at)
    if fields.get("consent") == "no":
        forget_name(household)
    says = "Đã ghi, dù lần sửa trước đó chưa tới sau 5 ngày." if forced else ""
    return Outcome("written", says=says, version=household.version)


@transaction.atomic
def choose(*, version: HouseholdVersion, take: bool, by: int | None, at: datetime) -> Household:
    """A person chooses between what stands and what was kept beside it; both stay on record.

    Refuses: ChoiceMade.
    """
    one_at_a_time([version.unit_id])
    household = Household.objects.select_for_update().get(pk=version.household_id)
    locked = HouseholdVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state != State.CONFLICT:
        raise ChoiceMade()
    if take:
        before = {name: value_of(household, name) for name in locked.fields}
        put(household, locked.fields, at=at)
        household.version += 1
        household.save(update_fields=list(_COLUMNS))
        # A version of its own: edits that left from an earlier one must meet it.
        HouseholdVersion.objects.create(
            unit_id=household.unit_id,
            household=household,
            version=household.version,
            fields=locked.fields,
            before=before,
            state=State.APPLIED,
            person_id=by,
            at=at,
        )
        if household.consent == "no":
            forget_name(household)
            locked.refresh_from_db()
    locked.state = State.ASIDE
    locked.decided_at, locked.decided_by = at, by
    locked.save(update_fields=["state", "decided_at", "decided_by"])
    ledger.record(
        by=by,
        did="household.chosen",
        to=household,
        unit=household.unit_id,
        at=at,
        facts={"version": locked.pk, "taken": take},
    )
    return household
