"""How each kind of item becomes rows: its body is read here, the rooms write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from langso.fieldwork import rules as field_rules
from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.questionnaires import rules as form_rules
from langso.questionnaires.engine import check_and_clean
from langso.questionnaires.incoming import IncomingForm, read_submission, write_forms
from langso.questionnaires.queries import form_of, version_for
from langso.teams.models import Member
from langso.villages import household_rules
from langso.villages.households import IncomingHousehold, write_households
from langso.villages.incoming import WRITTEN, Outcome, Writer, refused
from langso.visits import asking, rules
from langso.visits.actions import IncomingVisit, villages_served, write_visits
from langso.visits.gatherings import IncomingGathering, write_gatherings
from langso.visits.models import HelpRequest

if TYPE_CHECKING:
    from langso.fieldwork.receiving import Put

Outcomes = dict[UUID, Outcome]


def _households(puts: Sequence[Put], by: Writer, at: datetime, forced: bool) -> Outcomes:
    outcomes: Outcomes = {}
    edits = []
    for put in puts:
        body = put.item.body
        try:
            entity = field_rules.read_uid(body.get("entity"))
            trunk, base, branch = household_rules.read_step(body)
            if entity is None:
                raise household_rules.VersionWrong()
            said = body.get("fields")
            fields = household_rules.read_fields(
                {**(said if isinstance(said, Mapping) else {}), **({"gone": True} if body.get("gone") is True else {})},
                is_new=base == 0,
            )
            edits.append(IncomingHousehold(put.item.uid, entity, fields, trunk, base, branch, put.made_at))
        except Refused as refusal:
            outcomes[put.item.uid] = refused(refusal)
    edits.sort(key=lambda e: e.base)  # steps of a run that came backwards in one batch
    served = villages_served(by.team) if edits and by.team is not None else None
    return outcomes | write_households(edits, by=by, at=at, served=served, forced=forced)


def _visits(puts: Sequence[Put], by: Writer, at: datetime, forced: bool) -> Outcomes:
    outcomes: Outcomes = {}
    forms: dict[UUID, Mapping[str, Any]] = {}
    visits = []
    for put in puts:
        body = put.item.body
        try:
            household = field_rules.read_uid(body.get("household"))
            if household is None:
                raise rules.HouseholdUnknown(field="household")
            on, next_on = put.day(body.get("on")), put.day(body.get("next_on"))
            facts = rules.read_visit(body, on=on, next_on=next_on)
            if facts.proof in ("signature", "photo") and not _has_picture(body):
                facts = replace(facts, proof="none")  # said to be signed, and nothing is signed
            rules.check_visit_day(facts.on, written_on=day_of(put.made_at), today=day_of(at))
            if isinstance(body.get("form"), Mapping):
                forms[put.item.uid] = _form_said(body["form"], by, facts.on, at)
            visits.append(
                IncomingVisit(
                    put.item.uid,
                    household,
                    facts,
                    put.made_at,
                    field_rules.read_uid(body.get("corrects")),
                    field_rules.read_uid(body.get("campaign")),
                )
            )
        except Refused as refusal:
            outcomes[put.item.uid] = refused(refusal)
    outcomes |= write_visits(visits, by=by, at=at, forced=forced)
    filled = [
        IncomingForm(uuid5(visit.uid, "form"), forms[visit.uid], visit.facts.on, visit.household)
        for visit in visits
        if visit.uid in forms and outcomes[visit.uid].state in ("written", "conflict")
    ]
    write_forms(filled, by=by, at=at, today=day_of(at))
    return outcomes


def _has_picture(body: Mapping[str, Any]) -> bool:
    """The picture that the proof names is among those the text announces."""
    proof, photos = body.get("proof"), body.get("photos")
    named = field_rules.read_uid(proof.get("photo")) if isinstance(proof, Mapping) else None
    said = [p.get("uid") for p in photos if isinstance(p, Mapping)] if isinstance(photos, list) else []
    return named is not None and named in [field_rules.read_uid(uid) for uid in said]


def _gatherings(puts: Sequence[Put], by: Writer, at: datetime, forced: bool) -> Outcomes:
    outcomes: Outcomes = {}
    gatherings = []
    for put in puts:
        body = put.item.body
        try:
            facts = rules.read_gathering(body, on=put.day(body.get("on")))
            rules.check_visit_day(facts.on, written_on=day_of(put.made_at), today=day_of(at))
            village = field_rules.read_uid(body.get("village"))
            if village is None:
                raise rules.PlaceMissing(field="village")
            corrects = field_rules.read_uid(body.get("corrects"))
            gatherings.append(IncomingGathering(put.item.uid, village, facts, put.made_at, corrects))
        except Refused as refusal:
            outcomes[put.item.uid] = refused(refusal)
    return outcomes | write_gatherings(gatherings, by=by, at=at, forced=forced)


def _answers(puts: Sequence[Put], by: Writer, at: datetime, _forced: bool) -> Outcomes:
    """Answers to requests for help of the team's villages; few, so one by one."""
    outcomes: Outcomes = {}
    for put in puts:
        body = put.item.body
        try:
            uid = field_rules.read_uid(body.get("request"))
            request = HelpRequest.objects.filter(uid=uid).first() if uid else None
            served = villages_served(by.team or 0)
            if request is None or (request.team_id != by.team and request.village_id not in served):
                raise rules.RequestUnknown(field="request")
            asking.answer(
                request,
                str(body.get("result") or ""),
                rules.text_of(body, "note", 600),
                put.day(body.get("on")),
                member=Member.objects.get(pk=by.member or 0),
                at=at,
            )
            outcomes[put.item.uid] = WRITTEN
        except Refused as refusal:
            outcomes[put.item.uid] = refused(refusal)
    return outcomes


def _form_said(form: Any, by: Writer, on: date, at: datetime) -> Mapping[str, Any]:
    """The form of a visit, looked through before anything is written: wrong answers refuse the whole item.

    Refuses: FormUnknown, AnswersWrong.
    """
    code, version, answers = str(form.get("id") or ""), str(form.get("version") or ""), form.get("answers")
    found = version_for(code, version, by.unit, day_of(at))
    if found is None or not isinstance(answers, Mapping):
        raise form_rules.FormUnknown(code=code or "?", version=version or "?")
    made = form_of(found)
    problems, _ = check_and_clean(made, answers, on.isoformat())
    if problems:
        labels = {name: place.item.get("label", "") for name, place in made.places.items()}
        raise form_rules.AnswersWrong(problems, labels)
    return {"id": code, "version": version, "answers": answers}


def _submissions(puts: Sequence[Put], by: Writer, at: datetime, forced: bool) -> Outcomes:
    """Forms filled in apart from a visit; one about a household waits for it."""
    items = []
    for put in puts:
        body = put.item.body
        on = put.day(body.get("on")) or day_of(put.made_at)
        items.append(read_submission(put.item.uid, body, on=on, household=field_rules.read_uid(body.get("household"))))
    return write_forms(items, by=by, at=at, today=day_of(at), forced=forced)


WRITERS: Mapping[str, Callable[[Sequence[Put], Writer, datetime, bool], Outcomes]] = {
    "household": _households,
    "visit": _visits,
    "gathering": _gatherings,
    "answer": _answers,
    "submission": _submissions,
}
