"""A citizen asks, the team of the village answers: once, in time, and only who has the code may follow."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from langso.lib.refusal import Refused
from langso.notices.models import Notice
from langso.teams.models import Member, Team
from langso.units.models import Unit
from langso.villages.actions import cited
from langso.villages.models import Village
from langso.visits import ask_rules as rules
from langso.visits import asking, erasing, merging, request_public
from langso.visits.ask_queries import promptness, queue
from langso.visits.models import HelpRequest
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, close_net, open_net, text_of, visitor
from tests.teams.field import make_household, make_member, make_request, make_team, make_village


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    cache.clear()


@pytest.fixture
def village(country: Country) -> Village:
    return make_village(country.merged, "Thôn Nậm Ty")


@pytest.fixture
def team(country: Country, village: Village, cast: Cast) -> Team:
    team = make_team(country.merged, village, name="Tổ Nậm Ty")
    make_member(team, "Lù Văn Páo", role="leader", person=cast.volunteer.person, is_listed=True, phone="0912000111")
    make_member(team, "Phàn Thị Kín", is_listed=False, phone="0912000222")
    return team


def _form(village: Village, **more: Any) -> dict[str, Any]:
    return {
        "uid": str(uuid4()),
        "village": str(village.uid),
        "topic": "vneid",
        "name": "Hoàng Thị Mỷ",
        "phone": "0987 654 321",
        "text": "Điện thoại của mẹ chưa vào được.",
        "consents": "on",
    } | more


def test_a_stranger_asks_without_an_account_and_follows_by_the_code(team: Team, village: Village, cast: Cast) -> None:
    browser = visitor()
    with at_most(12):
        assert "Thôn Nậm Ty" in text_of(browser.get("/nho-giup/?xa=00001"))
    answer = browser.post("/nho-giup/?xa=00001", _form(village))

    assert answer.status_code == 302
    with at_most(12):
        page = browser.get(answer["Location"])
    text = text_of(page)
    assert "Lù Văn Páo" in text
    assert "Phàn Thị Kín" not in text
    assert "0987654321" not in text
    assert page["Cache-Control"] == "no-store"
    assert len(page.content) < 60_000
    open_net()
    made = HelpRequest.objects.get()
    assert (made.team_id, made.due_on, made.state) == (team.pk, date(2026, 11, 30), "open")  # 24/11 is a holiday
    told = {(n.person_id, tuple(n.roles)) for n in Notice.objects.all()}
    assert (cast.volunteer.id, ()) in told
    assert any("commune_officer" in roles for _, roles in told)


def test_the_same_form_sent_twice_is_one_request(team: Team, village: Village) -> None:
    form = _form(village)
    places = {visitor().post("/nho-giup/?xa=00001", form)["Location"] for _ in range(6)}

    open_net()
    assert len(places) == 1
    assert HelpRequest.objects.count() == 1


def test_without_the_code_a_stranger_reaches_nothing(team: Team, village: Village) -> None:
    made = make_request(village, team, code="ABCDEFGH")
    close_net()
    assert not HelpRequest.objects.exists()
    for code in ("ABCDEFGJ", "%27%20or%201", "x" * 60, "ABCDEFG_"):
        assert visitor().get(f"/nho-giup/{code}/").status_code == 404
    assert visitor().get("/nho-giup/abcd-efgh/").status_code == 200
    assert visitor().get(f"/yeu-cau/{made.pk}/").status_code == 302


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": " "}, "Chưa ghi tên"),
        ({"phone": "không có"}, "không giống số điện thoại"),
        ({"phone": ""}, "Chưa ghi số điện thoại"),
        ({"topic": "cho-vay"}, "Chưa chọn việc"),
        ({"consents": ""}, "Cần đánh dấu đồng ý"),
        ({"village": str(uuid4())}, "Chọn lại thôn"),
        ({"text": "x" * 601}, "nhiều nhất 600"),
        ({"website": "http://spam.example"}, "phải để trống"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    team: Team, village: Village, change: dict[str, str], says: str
) -> None:
    answer = visitor().post("/nho-giup/?xa=00001", _form(village) | change)

    assert answer.status_code == 422
    assert says in re.sub(r"&quot;", '"', text_of(answer)) or says == "Chưa chọn việc"
    open_net()
    assert not HelpRequest.objects.exists()


def test_one_telephone_asks_three_times_an_hour_and_no_more(team: Team, village: Village) -> None:
    codes = [visitor().post("/nho-giup/?xa=00001", _form(village)).status_code for _ in range(4)]

    assert codes == [302, 302, 302, 422]


def test_nine_hundred_guesses_are_not_free(team: Team) -> None:
    for _ in range(61):
        last = visitor().get("/nho-giup/AAAAAAAA/")
    assert "nhiều yêu cầu trong một giờ" in text_of(last)


def test_the_same_answer_twice_is_one(team: Team, village: Village, cast: Cast) -> None:
    made = make_request(village, team)
    member = Member.objects.get(full_name="Lù Văn Páo")

    first = asking.answer(made, "done", "Đã vào được", TODAY, member=member, at=AT)
    again = asking.answer(made, "done", "Đã vào được", TODAY, member=member, at=AT + timedelta(hours=2))

    assert again.answered_at == first.answered_at == AT
    with pytest.raises(rules.AlreadyDone):
        asking.answer(made, "cannot", "Hỏng máy", TODAY, member=member, at=AT)


@pytest.mark.parametrize(
    ("result", "note", "on", "refusal"),
    [
        ("", "", TODAY, rules.ResultUnknown),
        ("open", "", TODAY, rules.ResultUnknown),
        ("cannot", " ", TODAY, rules.NoteMissing),
        ("done", "", None, rules.AnswerDayMissing),
        ("done", "", date(2026, 11, 21), rules.AnswerAhead),
        ("done", "", date(2026, 11, 1), rules.AnswerBeforeAsked),
        ("done", "x" * 700, TODAY, rules.TextTooLong),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    team: Team, village: Village, result: str, note: str, on: date | None, refusal: type[Refused]
) -> None:
    made = make_request(village, team)
    with pytest.raises(refusal):
        asking.answer(made, result, note, on, member=Member.objects.first(), at=AT)
    made.refresh_from_db()
    assert made.state == "open"


def test_who_was_helped_badly_says_so_and_it_is_open_again(team: Team, village: Village) -> None:
    made = make_request(village, team, code="ABCDEFGH")
    assert visitor().post("/nho-giup/ABCDEFGH/giup/", {"giup": "co"}).status_code == 422
    open_net()
    asking.answer(made, "done", "", TODAY, member=Member.objects.first(), at=AT)

    assert visitor().post("/nho-giup/ABCDEFGH/giup/", {"giup": "chua"}).status_code == 302
    assert visitor().post("/nho-giup/ABCDEFGH/giup/", {"giup": "???"}).status_code == 422
    open_net()
    made.refresh_from_db()
    assert (made.was_helped, made.state) == (False, "more")


def test_the_desk_answers_hands_over_and_closes_with_a_reason(
    country: Country, team: Team, village: Village, cast: Cast
) -> None:
    other = make_team(country.merged, make_village(country.merged), name="Tổ Tấn Xà Phìn")
    first, second = make_request(village, team), make_request(village, team)
    browser = visitor(cast.officer)
    with at_most(12):
        assert "2 yêu cầu đang chờ" in text_of(browser.get("/yeu-cau/"))
    with at_most(12):
        browser.get(f"/yeu-cau/{first.pk}/")
    assert browser.post(f"/yeu-cau/{first.pk}/giao/", {"team": other.pk}).status_code == 422
    assert browser.post(f"/yeu-cau/{first.pk}/giao/", {"team": other.pk, "reason": "Tổ bận"}).status_code == 302
    answer = {"result": "done", "on": "20/11/2026", "note": "Xong"}
    assert browser.post(f"/yeu-cau/{first.pk}/tra-loi/", answer).status_code == 302
    assert browser.post(f"/yeu-cau/{second.pk}/dong/", {"reason": ""}).status_code == 422
    assert browser.post(f"/yeu-cau/{second.pk}/dong/", {"reason": "Bà con tự làm được"}).status_code == 302
    open_net()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.team_id, first.answers[-1]["person"]) == ("done", other.pk, cast.officer.id)
    assert (second.state, second.answers[-1]["text"]) == ("closed", "Bà con tự làm được")


def test_the_neighbour_and_who_has_no_right_see_no_request(team: Team, village: Village, cast: Cast) -> None:
    made = make_request(village, team)
    assert visitor(cast.neighbour).get(f"/yeu-cau/{made.pk}/").status_code == 404
    assert visitor(cast.neighbour).post(f"/yeu-cau/{made.pk}/dong/", {"reason": "x"}).status_code == 404
    assert visitor(cast.volunteer).get("/yeu-cau/").status_code == 403
    assert "Hoàng Thị Mỷ" not in text_of(visitor(cast.neighbour).get("/yeu-cau/"))


def test_late_ones_stand_first_and_are_counted_as_not_in_time(team: Team, village: Village, cast: Cast) -> None:
    make_request(village, team, name="Người Mới")
    make_request(village, team, name="Người Trễ", due_on=date(2026, 11, 18), made_at=datetime(2026, 11, 11, tzinfo=UTC))
    timely = make_request(village, team, name="Người Xong")
    asking.answer(timely, "done", "", TODAY, member=Member.objects.first(), at=AT)

    text = text_of(visitor(cast.officer).get("/yeu-cau/"))
    assert text.index("Người Trễ") < text.index("Người Mới")
    assert "Quá hạn 2 ngày" in text
    open_net()
    units = Unit.objects.filter(pk=team.unit_id)
    found = promptness(units, since=date(2026, 1, 1), until=TODAY, on=TODAY)[team.unit_id]
    assert (found.due_count, found.in_time_count, found.late_count) == (2, 1, 1)


def test_a_village_without_a_team_still_takes_requests_for_the_desk(country: Country, cast: Cast) -> None:
    village = make_village(country.merged)
    answer = visitor().post("/nho-giup/?xa=00001", _form(village))

    assert "Thôn chưa có tổ" in text_of(visitor().get(answer["Location"]))
    assert "Hoàng Thị Mỷ" in text_of(visitor(cast.officer).get("/yeu-cau/"))


def test_open_requests_go_along_when_villages_merge(country: Country, team: Team, village: Village) -> None:
    other = make_village(country.merged)
    waiting, done = make_request(other), make_request(other, state="done")

    merging.merge_villages(
        into=village,
        merged=[other],
        new_name="",
        on=TODAY,
        document=cited("1/NQ-HĐND", "", TODAY),
        team=None,
        by=None,
        at=AT,
    )

    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.village_id, waiting.team_id) == (village.pk, team.pk)
    assert done.village_id == other.pk


def test_villages_are_merged_on_a_page(country: Country, team: Team, village: Village, cast: Cast) -> None:
    other = make_village(country.merged, "Thôn Hồ Thầu 2")
    browser = visitor(cast.officer)
    with at_most(12):
        browser.get("/thon/nhap/")
    form = {
        "into": village.pk,
        "merged": [other.pk],
        "on": "20/11/2026",
        "number": "12/NQ-HĐND",
        "new_name": "Đoàn Kết",
    }
    assert browser.post("/thon/nhap/", form | {"number": ""}).status_code == 422
    assert browser.post("/thon/nhap/", form).status_code == 302

    text = text_of(browser.get("/thon/"))
    assert "Thôn Đoàn Kết" in text
    assert "Gồm Thôn Hồ Thầu 2" in text
    assert "12/NQ-HĐND" in text_of(browser.get("/thon/?cu=1"))


def test_who_helps_shows_those_who_agreed_and_says_where_there_is_no_team(
    country: Country, team: Team, village: Village
) -> None:
    make_village(country.merged, "Thôn Vắng")
    browser = visitor()
    with at_most(12):
        page = browser.get("/ai-giup-toi/00001/")
    text = text_of(page)

    assert 'href="tel:0912000111"' in text
    assert "Phàn Thị Kín" not in text
    assert "0912000222" not in text
    assert "Thôn này chưa có tổ" in text
    assert len(page.content) < 60_000
    assert browser.get("/ai-giup-toi/99999/").status_code == 404
    assert browser.get("/ai-giup-toi/08/").status_code == 404
    assert "Bản Vược" in text_of(browser.get("/ai-giup-toi/?q=ban vuoc"))


def test_every_number_of_a_form_that_is_tried_counts(team: Team, village: Village, monkeypatch: Any) -> None:
    monkeypatch.setattr(request_public, "MOST_ASKED", 2)
    browser, form = visitor(), _form(village)
    first, again = (browser.post("/nho-giup/?xa=00001", form) for _ in range(2))
    third = browser.post("/nho-giup/?xa=00001", form)

    assert first["Location"] == again["Location"]
    assert third.status_code == 422
    assert "nhiều yêu cầu trong một giờ" in text_of(third)


def test_what_one_team_could_not_do_waits_again_with_another(team: Team, village: Village, cast: Cast) -> None:
    other = make_team(village.unit, name="Tổ Khác")
    request = make_request(village, team)
    open_net()
    asking.answer(request, "cannot", "Máy hỏng", TODAY, person=cast.officer.id, at=AT)
    browser = visitor(cast.officer)
    assert "Hoàng Thị Mỷ" not in text_of(browser.get("/yeu-cau/"))
    assert "Hoàng Thị Mỷ" in text_of(browser.get("/yeu-cau/?buoc=chua-giup"))

    open_net()
    moved = asking.hand_over(request=request, team=other, reason="Tổ kia biết sửa", by=cast.officer.id, at=AT)

    assert (moved.state, moved.team_id, moved.answered_at) == ("open", other.pk, AT)
    assert "Hoàng Thị Mỷ" in text_of(browser.get("/yeu-cau/"))


def test_every_answer_is_kept_for_who_asked_and_for_the_desk(team: Team, village: Village, cast: Cast) -> None:
    made = make_request(village, team, code="ABCDEFGH")
    member = Member.objects.get(full_name="Lù Văn Páo")
    asking.answer(made, "more", "Hẹn mai mang máy tới", TODAY, member=member, at=AT)
    asking.answer(made, "done", "Đã vào được", TODAY, person=cast.officer.id, at=AT + timedelta(hours=1))

    asker = text_of(visitor().get("/nho-giup/ABCDEFGH/"))
    officer = visitor(cast.officer)
    with at_most(12):
        desk = text_of(officer.get(f"/yeu-cau/{made.pk}/"))
    for text in (asker, desk):
        assert 0 < text.index("Hẹn mai mang máy tới") < text.index("Đã vào được")
    assert "Lù Văn Páo" in desk
    open_net()
    HelpRequest.objects.update(answered_at=AT - timedelta(days=400))
    assert erasing.erase_old_requests(at=AT) == 1
    open_net()
    assert HelpRequest.objects.get().answers == []
    assert "Hẹn mai" not in text_of(visitor().get("/nho-giup/ABCDEFGH/"))


def test_a_household_that_is_erased_leaves_no_answer(village: Village, team: Team) -> None:
    home = make_household(village, "Hộ Xin Xóa")
    made = make_request(village, team, household=home)
    asking.answer(made, "more", "Bà Mỷ chưa có máy", TODAY, member=Member.objects.first(), at=AT)
    erasing.erase_household(household=home, by=None, at=AT)
    made.refresh_from_db()
    assert made.answers == []


def test_what_the_asker_says_stands_beside_what_the_team_said(team: Team, village: Village, cast: Cast) -> None:
    made = make_request(village, team, code="ABCDEFGH")
    asking.answer(made, "done", "", TODAY, member=Member.objects.first(), at=AT)
    browser, desk = visitor(), visitor(cast.officer)

    browser.post("/nho-giup/ABCDEFGH/giup/", {"giup": "chua"})
    page = text_of(desk.get(f"/yeu-cau/{made.pk}/"))
    assert "Đã giúp, còn việc" not in re.sub(r"(?s)Kết quả.*", "", page.split("Trả lời", 1)[1].split("Ghi trả lời")[0])
    assert "Đã giúp xong" in page
    assert "Người nhờ nói chưa được" in page
    assert "Hoàng Thị Mỷ" in text_of(desk.get("/yeu-cau/"))

    browser.post("/nho-giup/ABCDEFGH/giup/", {"giup": "co"})
    open_net()
    made.refresh_from_db()
    assert (made.was_helped, made.state) == (True, "done")


def test_a_new_answer_is_asked_about_anew(team: Team, village: Village) -> None:
    made = make_request(village, team, code="ABCDEFGH")
    member = Member.objects.first()
    for _ in range(2):  # the same words again are another answer once the asker was not helped
        open_net()
        asking.answer(made, "done", "Đã tới", TODAY, member=member, at=AT)
        visitor().post("/nho-giup/ABCDEFGH/giup/", {"giup": "chua"})
    open_net()
    made.refresh_from_db()
    assert made.state == "more"
    assert [a["helped"] for a in made.answers] == [False, False]


def test_going_back_to_correct_the_telephone_asks_anew(team: Team, village: Village) -> None:
    form = _form(village)
    first = visitor().post("/nho-giup/?xa=00001", form)["Location"]
    again = {visitor().post("/nho-giup/?xa=00001", form | {"phone": "0912 345 678"})["Location"] for _ in range(2)}

    open_net()
    assert len(again) == 1
    assert first not in again
    assert set(HelpRequest.objects.values_list("phone", flat=True)) == {"0987654321", "0912345678"}


@pytest.mark.parametrize("uid", ["", "không phải", "1234"])
def test_a_broken_number_of_a_form_is_no_matter_of_who_asks(team: Team, village: Village, uid: str) -> None:
    assert visitor().post("/nho-giup/?xa=00001", _form(village, uid=uid)).status_code == 302


def test_a_right_held_elsewhere_finds_nobody_by_name_here(team: Team, village: Village) -> None:
    make_request(village, team)
    units = Unit.objects.all()
    here, elsewhere = (
        queue(units, state="cho", text="hoang thi my", order="han", on=TODAY, named_in=named_in)
        for named_in in (units, Unit.objects.none())
    )
    assert (here.count(), elsewhere.count()) == (1, 0)
    nam = queue(units, state="cho", text="nam ty", order="han", on=TODAY, named_in=Unit.objects.none())
    assert nam.count() == 1


@pytest.mark.parametrize("words", ["MỶ nam-ty", "0987 654 321", "abcdefgh", "Hoàng Thị Mỷ"])
def test_a_request_is_found_by_whose_and_where_however_many_came_after(
    team: Team, village: Village, cast: Cast, words: str
) -> None:
    made = make_request(village, team, code="ABCDEFGH")
    make_request(village, team, name="Lù A Páo", phone="0900000000", code="ZZZZZZZZ")
    HelpRequest.objects.bulk_create(
        HelpRequest(
            unit_id=made.unit_id, village=village, code=f"N{n:07d}", name="Người Khác", topic="vneid",
            made_at=AT, due_on=made.due_on,
        )
        for n in range(5_100)
    )  # fmt: skip
    browser = visitor(cast.officer)
    with at_most(9):
        rows = browser.get("/yeu-cau/", {"q": words}).context["page"]["table"].rows

    assert [r.request.pk for r in rows] == [made.pk]
    assert "ABCDEFGH" not in text_of(visitor(cast.province_admin).get("/yeu-cau/", {"q": "abcdefgh"}))
    assert "ABCDEFGH" not in text_of(browser.get("/yeu-cau/", {"q": "nam ty khong co"}))


def test_what_was_helped_and_has_more_to_do_is_counted_with_what_waits(
    team: Team, village: Village, cast: Cast
) -> None:
    made = make_request(village, team)
    asking.answer(made, "more", "Còn phải ra xã", TODAY, member=Member.objects.first(), at=AT)

    assert "1 yêu cầu đang chờ." in text_of(visitor(cast.officer).get("/yeu-cau/"))
    assert "yêu cầu giúp chờ trả lời" not in text_of(visitor(cast.officer).get("/viec-cua-toi/"))
