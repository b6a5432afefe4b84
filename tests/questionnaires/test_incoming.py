"""Filled forms from a phone: each alone, held while its household is on the way, refused in words."""

from uuid import uuid4

from langso.questionnaires.incoming import IncomingForm, write_forms
from langso.questionnaires.models import FilledForm
from langso.questionnaires.queries import forms_of_window, version_for
from langso.villages.incoming import Writer
from tests.country import Country
from tests.factories import AT, TODAY, open_net
from tests.questionnaires.forms import issued
from tests.teams.field import make_household, make_member, make_team, make_village

GOOD = {"ten": "Vàng Thị Mẩy", "so": "1", "may": [{"loai": "dt"}]}


def _form(**more: object) -> dict[str, object]:
    return {"id": "thu", "version": "1", "answers": GOOD} | more


def test_good_ones_are_written_and_the_others_told_why(country: Country) -> None:
    open_net()
    issued(country.merged)
    village = make_village(country.merged)
    household = make_household(village, "Bà Dín")
    member = make_member(make_team(country.merged, village))
    by = Writer(country.merged.pk, "08", member.team_id, member.pk, None, "field")
    good, wrong, unknown, early = (uuid4() for _ in range(4))
    items = [
        IncomingForm(good, _form(), TODAY, household=household.uid),
        IncomingForm(wrong, _form(answers={"so": "mười"}), TODAY),
        IncomingForm(unknown, _form(version="9"), TODAY),
        IncomingForm(early, _form(), TODAY, household=uuid4()),
    ]

    found = write_forms(items, by=by, at=AT, today=TODAY)

    assert [found[uid].state for uid in (good, wrong, unknown, early)] == ["written", "refused", "refused", "held"]
    assert found[wrong].says == "Phiếu còn 2 chỗ cần xem lại: Họ và tên: Câu này cần trả lời."
    row = FilledForm.objects.get()
    assert (row.household, row.village, row.member, row.answers["so"]) == (household, village, member, 1)
    assert write_forms(items[3:], by=by, at=AT, today=TODAY, forced=True)[early].state == "written"


def test_the_window_offers_what_the_commune_uses(country: Country) -> None:
    open_net()
    issued(country.merged)
    issued(country.province, code="tinh")
    issued(country.neighbour, code="khac")

    assert sorted(form["id"] for form in forms_of_window(country.merged, TODAY)) == ["thu", "tinh"]


def test_answers_are_written_without_reading_the_workbook_of_their_form(country: Country) -> None:
    open_net()
    issued(country.merged)

    found = version_for("thu", "1", country.merged, TODAY)

    assert found is not None
    assert found.get_deferred_fields() == {"workbook", "xform"}
