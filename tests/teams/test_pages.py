"""The desk of teams through the browser: who sees what, and how much it asks the database."""

import pytest

from langso.teams.models import Member, Team
from langso.teams.network import refresh_networks
from langso.units.models import Unit
from langso.villages.models import Village
from tests.cast import Cast
from tests.country import Country
from tests.factories import TODAY, at_most, open_net, text_of, visitor
from tests.teams.field import make_member, make_team, make_village


@pytest.fixture
def team(country: Country) -> Team:
    team = make_team(country.merged, make_village(country.merged, "Thôn Nậm Ty"), name="Tổ thôn Nậm Ty")
    make_member(team, "Lù Văn Páo", role="leader", phone="0912000111")
    make_village(country.merged, "Thôn Tấn Xà Phìn", households=None)
    far = make_team(country.far_commune, make_village(country.far_commune, province_code="15"), name="Tổ biển")
    make_member(far, "Đinh Công Lý")
    refresh_networks([country.merged.pk, country.far_commune.pk], on=TODAY)
    return team


def test_an_officer_sees_the_villages_of_the_own_commune_and_what_is_missing(team: Team, cast: Cast) -> None:
    browser = visitor(cast.officer)
    with at_most(12):
        text = text_of(browser.get("/thon/"))

    assert "Còn 1 thôn chưa có tổ" in text
    assert "Thôn Nậm Ty" in text
    assert "Chưa đếm" in text
    assert "Tổ biển" not in text


def test_a_search_that_finds_nothing_does_not_say_that_the_commune_has_no_villages(team: Team, cast: Cast) -> None:
    text = text_of(visitor(cast.officer).get("/thon/?q=khong-co"))

    assert "Không có thôn nào ở đây" in text
    assert "Còn 1 thôn chưa có tổ" in text
    assert "Xã chưa ghi thôn nào" not in text
    assert "/thon/nhap/" in text


def test_who_may_not_pay_is_not_sent_to_a_closed_door(team: Team, cast: Cast) -> None:
    for player, shown in ((cast.officer, True), (cast.volunteer, False), (cast.appraiser, False)):
        assert ("/to/phu-cap/" in text_of(visitor(player).get("/to/"))) is shown


@pytest.mark.parametrize("address", ["/to/", "/thon/", "/to/do-phu/"])
def test_pages_ask_little_at_every_level(team: Team, cast: Cast, address: str) -> None:
    for player in (cast.officer, cast.volunteer, cast.appraiser, cast.province_admin, cast.ministry_admin):
        browser = visitor(player)
        with at_most(12):
            answer = browser.get(address)
        assert answer.status_code == 200


def test_a_province_finds_a_commune_by_name_without_marks(team: Team, cast: Cast) -> None:
    text = text_of(visitor(cast.province_admin).get("/thon/?xa=ban vuoc"))

    assert "Thôn Nậm Ty" in text


@pytest.mark.parametrize("xa", ["10555", "99999", "Bảo Hà", "x" * 300, "' or 1=1 --", "00001\x00"])
def test_another_province_does_not_exist_here(team: Team, cast: Cast, xa: str) -> None:
    for address in ("/thon/", "/to/", "/to/do-phu/"):
        answer = visitor(cast.province_admin).get(address, {"xa": xa})
        assert answer.status_code == 200
        assert "Tổ biển" not in text_of(answer)


def test_one_team_with_its_people_and_gaps(team: Team, cast: Cast) -> None:
    browser = visitor(cast.officer)
    with at_most(12):
        text = text_of(browser.get(f"/to/{team.pk}/"))

    assert "Lù Văn Páo" in text
    assert "Người dân chưa thấy tên ai của tổ" in text
    assert "Chưa ghi quyết định thành lập" in text


def test_the_neighbour_reads_no_team_of_another_commune(team: Team, cast: Cast) -> None:
    browser = visitor(cast.neighbour)
    for rest in ("", "sua/", "giai-the/", "them-nguoi/"):
        assert browser.get(f"/to/{team.pk}/{rest}").status_code == 404
    open_net()
    member, village = Member.objects.filter(team=team).first(), Village.objects.filter(unit_id=team.unit_id).first()
    assert member is not None
    assert village is not None
    assert visitor(cast.neighbour).get(f"/to/nguoi/{member.pk}/").status_code == 404
    assert visitor(cast.neighbour).get(f"/thon/{village.pk}/").status_code == 404


def test_who_only_reads_cannot_write(team: Team, cast: Cast) -> None:
    for player in (cast.volunteer, cast.appraiser):
        assert visitor(player).get("/thon/them/").status_code == 403
        assert visitor(player).post(f"/to/{team.pk}/giai-the/", {"reason": "x"}).status_code == 403
        assert "Thêm thành viên" not in text_of(visitor(player).get(f"/to/{team.pk}/"))


def test_a_commune_enters_a_village_a_team_and_a_leader(country: Country, cast: Cast) -> None:
    browser = visitor(cast.officer)
    village = {"kind": "thôn", "name": "Nậm Ty", "households_count": "1.062", "signal": "weak", "since": "01/07/2025"}
    assert browser.post("/thon/them/", village).status_code == 302
    open_net()
    made = Village.objects.get()
    assert (made.name, made.households_count) == ("Thôn Nậm Ty", 1062)
    team = {"name": "Tổ Nậm Ty", "villages": [str(made.pk)], "since": "05/11/2026", "number": "45/QĐ-UBND"}
    for day in ("01/01/1900", "05/11/2027"):
        wrong = browser.post("/to/them/", team | {"issued_on": day})
        assert list(wrong.context["form"].errors) == ["issued_on"]
    answer = browser.post("/to/them/", team | {"issuer": "UBND xã Bản Vược", "issued_on": "05/11/2026"})
    assert answer.status_code == 302
    member = {
        "full_name": "Lù Văn Páo",
        "role": "leader",
        "since": "05/11/2026",
        "training": "none",
        "phone": "912 000 111",
    }
    address = f"{answer['Location']}them-nguoi/"
    assert browser.post(address, member).status_code == 302
    again = browser.post(address, member | {"full_name": "Phàn Thị Xuân"})

    assert again.status_code == 422
    assert "Tổ đã có tổ trưởng là Lù Văn Páo" in text_of(again)
    assert "45/QĐ-UBND" in text_of(browser.get(answer["Location"]))


def test_a_broken_number_of_a_form_is_no_matter_of_who_fills_it_in(country: Country, cast: Cast) -> None:
    village = {"kind": "thôn", "name": "Nậm Ty", "signal": "weak", "since": "01/07/2025", "uid": "không phải"}

    assert visitor(cast.officer).post("/thon/them/", village).status_code == 302


def test_a_refused_form_keeps_what_was_typed_and_says_why(team: Team, cast: Cast) -> None:
    answer = visitor(cast.officer).post(
        "/thon/them/",
        {"kind": "thôn", "name": "nậm tỵ", "households_count": "-3", "signal": "weak", "since": "31/02/2026"},
    )

    assert answer.status_code == 422
    text = text_of(answer)
    assert "nậm tỵ" in text
    assert "không phải là số đếm" in text
    assert "không phải là ngày" in text


def test_what_is_typed_is_shown_as_text(team: Team, cast: Cast) -> None:
    browser = visitor(cast.officer)
    for address in ("/thon/?q=<script>alert(1)</script>", "/to/?q=<script>alert(1)</script>&trang=-1&xep=;drop"):
        text = text_of(browser.get(address))
        assert "<script>alert" not in text


@pytest.mark.parametrize("address", ["/thon/", "/to/", "/to/do-phu/"])
def test_every_table_comes_as_csv_and_excel(team: Team, cast: Cast, address: str) -> None:
    for player in (cast.officer, cast.ministry_admin):
        code = "?xa=00001&" if player is cast.ministry_admin and address == "/thon/" else "?"
        csv = visitor(player).get(f"{address}{code}tai=csv")
        assert csv["Content-Type"].startswith("text/csv")
        excel = visitor(player).get(f"{address}{code}tai=xlsx")
        assert excel.content[:2] == b"PK"


def test_the_country_names_who_has_no_team(team: Team, cast: Cast) -> None:
    text = text_of(visitor(cast.ministry_admin).get("/to/do-phu/"))
    assert "Cả nước có 2 trên 3 thôn đã có tổ" in text
    text = text_of(visitor(cast.ministry_admin).get("/to/do-phu/?tinh=08"))
    assert "Bản Vược" in text
    text = text_of(visitor(cast.officer).get("/to/do-phu/"))
    assert "Thôn chưa có tổ" in text
    assert "Thôn Tấn Xà Phìn" in text


def test_the_officer_of_an_heir_sees_the_teams_of_what_was_absorbed(country: Country, cast: Cast) -> None:
    old: Unit = country.old_yen_hoa
    team = make_team(old, make_village(old), name="Tổ thời Yên Hoà")

    assert "Tổ thời Yên Hoà" in text_of(visitor(cast.officer).get("/to/"))
    assert visitor(cast.officer).get(f"/to/{team.pk}/").status_code == 200
