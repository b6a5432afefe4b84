"""Forms come with the window, go with a visit or alone, and are judged by the version they were filled in by."""

from datetime import timedelta
from uuid import uuid4

import pytest

from langso.fieldwork.models import Record
from langso.questionnaires import actions as forms
from langso.questionnaires.models import FilledForm, FormVersion
from langso.questionnaires.shipped import install
from langso.visits.models import Visit
from tests.factories import AT, open_net
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device


@pytest.fixture
def survey(ground: Field) -> FormVersion:
    open_net()
    return install(unit=ground.team.unit, by=None, at=AT)


ANSWERS = {
    "dong_y": True,
    "ngay": "2026-11-20",
    "so_nguoi": 5,
    "tu_15": 3,
    "so_may": 1,
    "may": [{"loai_may": "dt", "ai_dung": "con"}],
    "mang": "4g",
    "can_giup": ["vneid"],
    "buoi": "cho",
}


def test_forms_come_with_the_window_and_once(survey: FormVersion, phone: Device) -> None:
    said = phone.pull()

    assert [f["id"] for f in said["forms"]] == [survey.questionnaire.code]
    assert "forms" not in phone.pull()


def test_a_form_goes_alone_and_twice_is_one(survey: FormVersion, ground: Field, phone: Device) -> None:
    body = {"form": survey.questionnaire.code, "version": survey.version, "answers": ANSWERS}
    item = phone.item("submission", {**body, "household": str(ground.household.uid), "on": "2026-11-20"})

    assert [phone.send_one(item)["state"] for _ in range(2)] == ["written", "written"]
    open_net()
    filled = FilledForm.objects.get()
    assert (filled.household_id, filled.member_id) == (ground.household.pk, ground.may.pk)


def test_a_form_goes_with_a_visit(survey: FormVersion, ground: Field, phone: Device) -> None:
    form = {"id": survey.questionnaire.code, "version": survey.version, "answers": ANSWERS}
    answer = phone.send_one(phone.visit(ground.household, form=form))

    assert answer["state"] == "written", answer
    open_net()
    assert FilledForm.objects.get().household_id == Visit.objects.get().household_id


def test_wrong_answers_are_refused_in_words_and_the_visit_is_not_written(
    survey: FormVersion, ground: Field, phone: Device
) -> None:
    form = {"id": survey.questionnaire.code, "version": survey.version, "answers": {}}
    answer = phone.send_one(phone.visit(ground.household, form=form))
    unknown = phone.send_one(phone.item("submission", {"form": "khong-co", "version": "1", "answers": {}}))

    assert (answer["state"], answer["code"]) == ("refused", "AnswersWrong")
    assert (unknown["state"], unknown["code"]) == ("refused", "FormUnknown")
    open_net()
    assert not Visit.objects.exists()
    assert Record.objects.get(uid=answer["uid"]).body


def test_a_form_about_a_household_that_has_not_come_waits_for_it(
    survey: FormVersion, ground: Field, phone: Device
) -> None:
    entity = uuid4()
    body = {"form": survey.questionnaire.code, "version": survey.version, "answers": ANSWERS}
    held = phone.send_one(phone.item("submission", {**body, "household": str(entity), "on": "2026-11-20"}))
    phone.send_one(phone.household(ground.village, entity=entity))

    assert held["state"] == "held"
    open_net()
    assert FilledForm.objects.get().household.uid == entity  # type: ignore[union-attr]


def test_deleted_form_what_was_filled_in_before_is_still_taken(
    survey: FormVersion, ground: Field, phone: Device
) -> None:
    """ODK's case „deleted form“: a withdrawn form leaves the phones, what they had filled in is not lost."""
    phone.pull()
    open_net()
    forms.withdraw(version=survey, reason="Đã có mẫu mới", by=None, at=AT + timedelta(minutes=1))
    body = {"form": survey.questionnaire.code, "version": survey.version, "answers": ANSWERS}
    answer = phone.send_one(phone.item("submission", {**body, "household": None, "on": "2026-11-20"}))

    assert answer["state"] == "written", answer
    assert phone.pull()["forms"] == []
