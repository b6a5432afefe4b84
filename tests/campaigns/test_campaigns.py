"""What is asked of the teams: drafted, opened with words to say, ended; how far it has come is counted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg.types.range import Range

from langso.campaigns import actions, queries, rules
from langso.campaigns.actions import CampaignFacts
from langso.campaigns.models import Campaign, Script
from langso.lib.period import REFORM
from langso.lib.refusal import Refused
from langso.people.models import Post
from langso.people.roles import Role
from langso.teams.network import refresh_networks
from langso.units.models import Unit
from langso.visits.models import Tally
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_net, text_of, visitor
from tests.questionnaires.forms import issued
from tests.teams.field import make_village

FACTS: dict[str, Any] = {
    "title": "Tháng cao điểm VNeID",
    "topics": ["vneid"],
    "first": date(2026, 11, 1),
    "last": date(2026, 11, 30),
    "target_share": Decimal(80),
}


def campaign_of(unit: Unit, *, opened: bool = True, **more: Any) -> Campaign:
    open_net()
    made = actions.draft_campaign(unit=unit, facts=CampaignFacts(**(FACTS | more)), by=None, at=AT)
    actions.write_script(campaign=made, order=None, title="Cài VNeID", steps="1. Hỏi thăm\n2. Mở máy\n", by=None, at=AT)
    return actions.open_campaign(campaign=made, by=None, at=AT) if opened else made


def test_a_commune_runs_what_its_province_and_itself_have_opened(country: Country) -> None:
    above, own = campaign_of(country.province), campaign_of(country.merged, title="Của xã")
    campaign_of(country.merged, opened=False, title="Bản nháp")
    campaign_of(country.neighbour, title="Xã bên")
    campaign_of(country.far_province, title="Tỉnh khác")
    campaign_of(country.merged, title="Tháng sau", first=date(2026, 12, 1), last=date(2026, 12, 31))

    with at_most(2):
        found = queries.running(country.merged, TODAY)
        steps = [s.steps for c in found for s in c.scripts.all()]

    assert found == [above, own]
    assert steps == [["Hỏi thăm", "Mở máy"]] * 2
    assert queries.running(country.merged, date(2026, 11, 30)) == [above, own]
    assert queries.running(country.merged, date(2026, 12, 1))[0].title == "Tháng sau"


def test_ended_it_runs_no_more_and_stays(country: Country) -> None:
    made = campaign_of(country.province)
    actions.end_campaign(campaign=made, by=None, at=AT)
    actions.end_campaign(campaign=made, by=None, at=AT)

    assert queries.running(country.merged, TODAY) == []
    with pytest.raises(rules.AlreadyEnded):
        actions.open_campaign(campaign=made, by=None, at=AT)
    with pytest.raises(rules.AlreadyEnded):
        actions.write_script(campaign=made, order=1, title="Khác", steps="x", by=None, at=AT)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"title": " "}, rules.TitleMissing),
        ({"title": "x" * 161}, rules.TextTooLong),
        ({"topics": []}, rules.NoTopic),
        ({"topics": ["cho-vay"]}, Refused),
        ({"last": date(2026, 10, 1)}, rules.DaysTurned),
        ({"last": date(2028, 10, 1)}, rules.TooLong),
        ({"first": None}, rules.DaysMissing),
        ({"target_share": Decimal(0)}, rules.TargetWrong),
        ({"target_share": Decimal(101)}, rules.TargetWrong),
        ({"target_share": Decimal("0.04")}, rules.TargetWrong),
        ({"first": date(9999, 12, 1), "last": date(9999, 12, 31)}, rules.DayTooFar),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(change: dict[str, Any], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        CampaignFacts(**(FACTS | change)).columns()


def test_it_opens_with_words_and_not_after_its_last_day(country: Country) -> None:
    open_net()
    bare = actions.draft_campaign(unit=country.merged, facts=CampaignFacts(**FACTS), by=None, at=AT)
    with pytest.raises(rules.NoScript):
        actions.open_campaign(campaign=bare, by=None, at=AT)
    with pytest.raises(rules.OverAlready):
        campaign_of(country.merged, first=date(2026, 10, 1), last=date(2026, 10, 31))


def test_open_words_may_change_but_not_what_is_asked(country: Country) -> None:
    made = campaign_of(country.merged)
    with pytest.raises(rules.AlreadyOpen):
        actions.edit_campaign(campaign=made, facts=CampaignFacts(**FACTS), by=None, at=AT)
    actions.write_script(campaign=made, order=1, title="Cài VNeID", steps="Chào hỏi\n", by=None, at=AT)
    assert Script.objects.get().steps == ["Chào hỏi"]
    with pytest.raises(rules.NoScript):
        actions.drop_script(campaign=made, order=1, by=None, at=AT)
    actions.write_script(campaign=made, order=None, title="Bài hai", steps="a\nb", by=None, at=AT)
    actions.drop_script(campaign=made, order=1, by=None, at=AT)
    assert Script.objects.get().title == "Bài hai"


def test_steps_are_lines_without_their_numbers() -> None:
    assert rules.steps_of("1. Một\n\n- Hai\n 3) Ba \n– 4. Bốn", title="") == ["Một", "Hai", "Ba", "Bốn"]
    said = ["18001096 là số để hỏi", "112 là số cứu nạn", "2 giờ chiều gọi lại", "3.5 triệu đồng"]
    assert rules.steps_of("\n".join(said), title="") == said
    with pytest.raises(rules.StepsMissing):
        rules.steps_of(" \n ", title="Bài")
    with pytest.raises(rules.StepTooLong):
        rules.steps_of("x" * 401, title="")
    with pytest.raises(rules.TooManySteps):
        rules.steps_of("x\n" * 21, title="")


def test_progress_is_counted_from_tallies_and_households(country: Country, cast: Cast) -> None:
    made = campaign_of(country.province)
    make_village(country.merged, households=200)
    make_village(country.neighbour, households=None)
    refresh_networks([country.merged.pk, country.neighbour.pk], on=TODAY)
    for month, count in (("2026-10", 50), ("2026-11", 120)):
        Tally.objects.create(
            unit=country.merged, province_code="08", month=month, topic="vneid", guided_count=count, visits_count=500
        )

    browser = visitor(cast.province_admin)
    with at_most(12):
        text = text_of(browser.get(f"/chien-dich/{made.pk}/"))

    assert "Đã hướng dẫn 120 trên 200 hộ" in text
    assert "Thiếu 40 hộ" in text
    assert "3 xã chưa ghi số hộ" in text
    assert "Xã Nậm Dịch" not in text_of(visitor(cast.officer).get(f"/chien-dich/{made.pk}/"))
    assert browser.get(f"/chien-dich/{made.pk}/?tai=csv")["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize(("guided", "says"), [(28, "0 trên 2 xã đạt"), (29, "1 trên 2 xã đạt")])
def test_a_target_reached_exactly_is_met(country: Country, cast: Cast, guided: int, says: str) -> None:
    made = campaign_of(country.province, target_share=Decimal(29))
    make_village(country.merged, households=100)
    make_village(country.neighbour, households=100)
    refresh_networks([country.merged.pk, country.neighbour.pk], on=TODAY)
    Tally.objects.create(
        unit=country.merged, province_code="08", month="2026-11", topic="vneid", guided_count=guided, visits_count=50
    )

    assert says in text_of(visitor(cast.province_admin).get(f"/chien-dich/{made.pk}/"))


def test_days_that_are_turned_are_said_at_their_field(country: Country, cast: Cast) -> None:
    form = {"title": "Trả tiền điện", "topics": ["tien-dien"], "first": "30/11/2026", "last": "01/11/2026"}
    answer = visitor(cast.officer).post("/chien-dich/them/", form)

    assert answer.status_code == 422
    assert "trước ngày bắt đầu" in str(answer.context["form"].errors["last"])


def test_a_commune_drafts_writes_and_opens_on_pages(country: Country, cast: Cast) -> None:
    browser = visitor(cast.officer)
    form = {
        "title": "Trả tiền điện",
        "topics": ["tien-dien"],
        "first": "01/11/2026",
        "last": "30/11/2026",
        "target_share": "62,5",
    }
    assert browser.post("/chien-dich/them/", form | {"topics": []}).status_code == 422
    address = browser.post("/chien-dich/them/", form)["Location"]
    assert "Chưa có lời hướng dẫn nào" in text_of(browser.post(f"{address}mo/", follow=True))
    assert browser.post(f"{address}bai/", {"title": "Bài", "steps": ""}).status_code == 422
    assert browser.post(f"{address}bai/", {"title": "Bài", "steps": "Chào\nHỏi"}).status_code == 302
    assert "Đã mở" in text_of(browser.post(f"{address}mo/", follow=True))
    assert browser.post(f"{address}ket-thuc/").status_code == 302
    with at_most(12):
        assert "Trả tiền điện" in text_of(browser.get("/chien-dich/"))


def test_who_has_several_posts_is_asked_whose_campaign_it_is(country: Country, cast: Cast) -> None:
    open_net()
    Post.objects.create(
        person=cast.officer.person, role=Role.COMMUNE_OFFICER, unit=country.neighbour, valid=Range(REFORM, None)
    )
    browser = visitor(cast.officer)

    assert "Lập chiến dịch cho đơn vị nào?" in text_of(browser.get("/chien-dich/them/"))
    assert "Lưu bản nháp" in text_of(browser.get("/chien-dich/them/?ma=00007"))
    for code, says in (("10555", "trong phạm vi của mình"), ("99999", "99999"), ("xa", "chỉ có chữ số")):
        assert says in text_of(browser.get(f"/chien-dich/them/?ma={code}"))


def test_a_search_of_many_words_asks_once(country: Country, cast: Cast) -> None:
    campaign_of(country.merged)
    campaign_of(country.merged, title="Trả tiền điện không dùng tiền mặt cao điểm")
    browser = visitor(cast.officer)

    with at_most(12):
        text = text_of(browser.get("/chien-dich/?q=tra tien dien khong dung tien mat cao diem"))

    assert "Trả tiền điện" in text
    assert "Tháng cao điểm" not in text


def test_a_draft_of_the_province_is_not_seen_below_and_no_one_changes_anothers(country: Country, cast: Cast) -> None:
    draft = campaign_of(country.province, opened=False)
    opened = campaign_of(country.province, title="Đã mở")
    browser = visitor(cast.officer)

    assert "Tháng cao điểm VNeID" not in text_of(browser.get("/chien-dich/"))
    assert browser.get(f"/chien-dich/{draft.pk}/").status_code == 404
    assert browser.get(f"/chien-dich/{opened.pk}/").status_code == 200
    for rest in ("mo/", "ket-thuc/"):
        assert browser.post(f"/chien-dich/{opened.pk}/{rest}").status_code == 404
    assert browser.get(f"/chien-dich/{opened.pk}/sua/").status_code == 404
    assert visitor(cast.volunteer).post(f"/chien-dich/{opened.pk}/ket-thuc/").status_code == 403
    assert visitor(cast.stranger).get(f"/chien-dich/{opened.pk}/").status_code == 404


def test_a_campaign_with_a_form_that_does_not_reach_it_is_refused_in_words(country: Country, cast: Cast) -> None:
    issued(country.neighbour, code="cua-xa-ben")
    issued(country.province, code="cua-tinh")
    assert campaign_of(country.merged, form_id="cua-tinh").form_id == "cua-tinh"
    for code in ("khong-co", "cua-xa-ben"):
        with pytest.raises(rules.FormUnknown, match=code):
            campaign_of(country.merged, form_id=code)
    made = campaign_of(country.merged, opened=False)
    Campaign.objects.filter(pk=made.pk).update(form_id="khong-co")
    with pytest.raises(rules.FormUnknown):
        actions.open_campaign(campaign=made, by=None, at=AT)
    form = {"title": "Thử", "topics": "vneid", "first": "01/11/2026", "last": "30/11/2026", "form_id": "khong-co"}
    answer = visitor(cast.officer).post("/chien-dich/them/", form)
    assert (answer.status_code, "Không có phiếu nào mang mã “khong-co”" in text_of(answer)) == (422, True)
