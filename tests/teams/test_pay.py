"""What a commune pays its teams: computed, approved once, frozen, replaced only with a reason."""

import re
from datetime import date
from typing import Any

import pytest
from psycopg.types.range import Range

from langso.legal.models import LegalDocument
from langso.lib.period import Period
from langso.lib.refusal import Refused
from langso.teams import pay_rules as rules
from langso.teams import paying
from langso.teams.models import AllowanceList, AllowanceRate, Member
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_net, text_of, visitor
from tests.teams.field import make_household, make_member, make_team, make_village, make_visit

OCTOBER = Period.parse("2026-10")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (300_000, "Ba trăm nghìn đồng"),
        (1_205_000, "Một triệu hai trăm lẻ năm nghìn đồng"),
        (2_000_015, "Hai triệu không trăm mười lăm đồng"),
        (21_000_000, "Hai mươi mốt triệu đồng"),
        (1_000_000_000, "Một tỷ đồng"),
        (3_450_101, "Ba triệu bốn trăm năm mươi nghìn một trăm lẻ một đồng"),
        (15_055_000, "Mười lăm triệu không trăm năm mươi lăm nghìn đồng"),
    ],
)
def test_a_sum_is_said_in_words(amount: int, words: str) -> None:
    assert rules.in_words(amount) == words


def _rate(
    per: str = rules.TEAM_MONTH, amount: int = 300_000, start: date = date(2026, 1, 1), **more: Any
) -> rules.Rate:
    return rules.Rate(per, amount, start, more.get("stop"))


def test_a_rate_that_changes_within_the_month_is_refused_with_its_day() -> None:
    rates = [_rate(stop=date(2026, 10, 16)), _rate(start=date(2026, 10, 16), amount=400_000)]
    with pytest.raises(rules.RateChangesWithin, match="16/10/2026"):
        rules.rates_of(rates, OCTOBER, province="Tỉnh Sông Chảy")
    whole = [_rate(stop=date(2026, 10, 1)), _rate(start=date(2026, 10, 1), amount=400_000)]
    assert rules.rates_of(whole, OCTOBER, province="")["team_month"].amount_vnd == 400_000


@pytest.mark.parametrize(
    ("rates", "amount"),
    [
        ([_rate(amount=600_000)], 600_000),  # Hà Tĩnh, NQ 119/2023
        ([_rate(rules.MEMBER_MONTH, 60_000)], 180_000),  # Bình Dương, NQ 27/2023
        ([_rate(), _rate(rules.MEMBER_DAY, 50_000)], 300_000 + 5 * 50_000),  # Đà Nẵng, NQ 26/2025
    ],
)
def test_the_three_ways_of_real_resolutions_are_counted(rates: list[rules.Rate], amount: int) -> None:
    team = rules.TeamOf(1, "Tổ", "", [rules.Paid("A", "tổ trưởng", 3), rules.Paid("B", "", 2), rules.Paid("C", "")])
    assert rules.lines_of([team], {r.per: r for r in rates})[0]["amount_vnd"] == amount


@pytest.fixture
def rate(country: Country) -> AllowanceRate:
    open_net()
    paper = LegalDocument.objects.create(number="26/2025/NQ-HĐND", issuer="HĐND tỉnh", issued_on=date(2025, 12, 10))
    return paying.add_rate(
        unit=country.province,
        per="team_month",
        amount_vnd=300_000,
        start=date(2026, 1, 1),
        document=paper,
        by=None,
        at=AT,
    )


def test_a_team_of_one_day_counts_for_the_month_and_one_of_the_next_does_not(
    country: Country, rate: AllowanceRate
) -> None:
    make_team(country.merged, make_village(country.merged), name="Tổ cả tháng")
    make_team(country.merged, make_village(country.merged), name="Tổ ngày cuối", since=date(2026, 10, 31))
    make_team(country.merged, make_village(country.merged), name="Tổ tháng sau", since=date(2026, 11, 1))
    gone = make_team(country.merged, make_village(country.merged), name="Tổ đã thôi")
    gone.valid = Range(date(2025, 7, 1), date(2026, 10, 1))
    gone.save()

    made = paying.compute(country.merged, OCTOBER, province=country.province.pk, province_name="", today=TODAY)

    assert [line["name"] for line in made.lines] == ["Tổ cả tháng", "Tổ ngày cuối"]
    assert made.total_vnd == 600_000


def test_days_are_those_with_recorded_work(country: Country, rate: AllowanceRate, cast: Cast) -> None:
    paying.add_rate(
        unit=country.province,
        per="member_day",
        amount_vnd=50_000,
        start=date(2026, 1, 1),
        document=rate.document,
        by=None,
        at=AT,
    )
    village = make_village(country.merged)
    team = make_team(country.merged, village)
    member = make_member(team, role="leader")
    for day in (3, 3, 4):
        make_visit(make_household(village), team, member, on=date(2026, 10, day))

    text = text_of(visitor(cast.officer).get("/to/phu-cap/?thang=2026-10"))

    assert "2 ngày công × 50.000" in text
    assert "400.000 đồng" in text
    assert "Bốn trăm nghìn đồng" in text
    assert re.search(r"Tổng cộng\D*1 người\D*400\.000", re.sub(r"<[^>]+>", " ", text))  # the list is printed and signed


def _seen(text: str) -> str:
    found = re.search(r'name="thay" value="(\w+)"', text)
    assert found is not None
    return found[1]


def test_approved_is_frozen_and_replaced_only_with_a_reason(country: Country, rate: AllowanceRate, cast: Cast) -> None:
    team = make_team(country.merged, make_village(country.merged), name="Tổ Một")
    make_member(team, "Lù Văn Páo", role="leader")
    browser = visitor(cast.officer)
    with at_most(12):
        shown = text_of(browser.get("/to/phu-cap/?thang=10/2026"))
    form = {"thang": "2026-10", "thay": _seen(shown)}
    assert browser.post("/to/phu-cap/duyet/", form | {"thay": "khac"}).status_code == 422
    assert browser.post("/to/phu-cap/duyet/", form).status_code == 302
    assert browser.post("/to/phu-cap/duyet/", form).status_code == 302
    open_net()
    first = AllowanceList.objects.get()

    Member.objects.update(full_name="Lù Văn Sính")
    text = text_of(browser.get("/to/phu-cap/?thang=2026-10"))
    assert "Lù Văn Páo" in text
    assert "Sổ đã đổi sau khi duyệt" in text
    again = form | {"thay": _seen(text)}
    assert "Chưa ghi lý do" in text_of(browser.post("/to/phu-cap/duyet/", again))
    assert browser.post("/to/phu-cap/duyet/", again | {"reason": "Ghi sai tên"}).status_code == 302
    open_net()
    first.refresh_from_db()
    assert first.replaced_at == AT
    assert AllowanceList.objects.get(replaced_at=None).reason == "Ghi sai tên"


@pytest.mark.parametrize(
    ("month", "says"), [("2026-11", "chưa hết"), ("2027-01", "chưa tới"), ("13/2026", "không phải là kỳ")]
)
def test_a_month_that_is_not_over_is_not_approved(
    country: Country, rate: AllowanceRate, cast: Cast, month: str, says: str
) -> None:
    make_team(country.merged, make_village(country.merged))
    answer = visitor(cast.officer).post("/to/phu-cap/duyet/", {"thang": month, "thay": "x"})
    assert answer.status_code == 422
    assert says in text_of(answer)


def test_without_a_rate_the_page_says_who_must_write_it(country: Country, cast: Cast) -> None:
    make_team(country.merged, make_village(country.merged))
    assert "chưa có mức hỗ trợ nào" in text_of(visitor(cast.officer).get("/to/phu-cap/?thang=2026-10"))


def test_rates_are_of_the_province_and_cite_their_resolution(country: Country, cast: Cast) -> None:
    browser = visitor(cast.province_admin)
    form = {"per": "team_month", "amount_vnd": "300.000", "start": "01/01/2026", "number": "26/2025/NQ-HĐND"}
    assert browser.post("/to/phu-cap/muc/them/", form | {"number": ""}).status_code == 422
    assert browser.post("/to/phu-cap/muc/them/", form | {"amount_vnd": "0"}).status_code == 422
    assert browser.post("/to/phu-cap/muc/them/", form).status_code == 302
    assert browser.post("/to/phu-cap/muc/them/", form | {"amount_vnd": "400.000"}).status_code == 422
    assert "26/2025/NQ-HĐND" in text_of(visitor(cast.officer).get("/to/phu-cap/muc/"))
    rate = AllowanceRate.objects.get()
    assert visitor(cast.officer).post("/to/phu-cap/muc/them/", form).status_code == 403
    assert browser.post(f"/to/phu-cap/muc/{rate.pk}/", {"stop": "01/01/2026"}).status_code == 422
    assert browser.post(f"/to/phu-cap/muc/{rate.pk}/", {"stop": "01/01/2027"}).status_code == 302


def test_who_may_see_a_list(country: Country, rate: AllowanceRate, cast: Cast) -> None:
    make_team(country.merged, make_village(country.merged), name="Tổ Một")
    for player, status in ((cast.volunteer, 403), (cast.officer, 200), (cast.head, 200)):
        assert visitor(player).get("/to/phu-cap/?thang=2026-10").status_code == status
    neighbour, province = visitor(cast.neighbour), visitor(cast.province_admin)
    with at_most(12):
        assert "Tổ Một" not in text_of(neighbour.get("/to/phu-cap/?xa=00001&thang=2026-10"))
    with at_most(12):
        text = text_of(province.get("/to/phu-cap/?thang=2026-10"))
    assert "0 trên 4 xã đã duyệt" in text
    assert visitor(cast.ministry_admin).get("/to/phu-cap/").status_code == 200
    assert visitor(cast.ministry_admin).get("/to/phu-cap/muc/?tinh=08&tai=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize(
    ("amount", "start", "refusal"),
    [
        (None, TODAY, rules.AmountWrong),
        (0, TODAY, rules.AmountWrong),
        (10**9, TODAY, rules.AmountWrong),
        (1, None, rules.RateDayMissing),
    ],
)
def test_a_rate_that_cannot_be(amount: int | None, start: date | None, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        rules.check_rate(amount, start, [], per="team_month", what="")
