"""The API: who is let in, what is read, what is written and how it is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from langso.appraisals import actions as appraising
from langso.assessments import actions as assessing
from langso.assessments.judging import MAIN_FRAMEWORK
from langso.assessments.moving import claim
from langso.criteria.edition import Kind
from langso.exchange import keys, rules
from langso.exchange.models import ApiKey, ReceivedRequest
from langso.ledger.models import Entry as LedgerEntry
from langso.measures.models import ReportedFigure, SystemReading
from langso.units.models import Unit
from tests.cast import Cast
from tests.country import Country
from tests.exchange.sending import System, key_of, system
from tests.factories import (
    AT,
    facts,
    fill,
    first_field,
    hand_in,
    in_cycle,
    main_edition,
    measure_of,
    open_assessment,
    open_cycle,
    open_net,
    report,
    visitor,
    whole,
)

RATIO = first_field(Kind.SHARE, ratio=True)[0]
KEY = measure_of(RATIO).key


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def _item(unit: str = "00001", **more: Any) -> dict[str, Any]:
    return {"unit": unit, "measure": KEY, "period": "2026", "numerator": 18, "denominator": 27} | more


def _figure(unit: Unit) -> ReportedFigure:
    open_net()
    return ReportedFigure.objects.current().get(unit=unit, measure=KEY)


# Who comes in.


@pytest.mark.parametrize(
    "path", ["units?level=commune", "frameworks", "recognitions", f"results?framework={MAIN_FRAMEWORK}&period=2026"]
)
def test_what_is_public_needs_no_key(path: str, country: Country, cast: Cast) -> None:
    assert system().get(f"/api/v1/{path}").status_code == 200


@pytest.mark.parametrize("path", ["cycles", "figures?period=2026", "assessments/1", "adx", "dhis2/dataValueSets"])
def test_the_rest_asks_for_a_key_in_words(path: str, country: Country, cast: Cast) -> None:
    answer = system().get(f"/api/v1/{path}")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "KeyMissing"


def test_a_key_is_kept_as_a_digest_and_says_when_it_was_used(country: Country, cast: Cast) -> None:
    key, secret = key_of(cast.officer)

    System(headers={"Authorization": f"Bearer {secret}"}).read("cycles")

    open_net()
    kept = ApiKey.objects.get(pk=key.pk)
    assert secret not in str(vars(kept))
    assert kept.last_used_on == AT.date()


def test_a_wrong_ended_expired_or_closed_key_opens_nothing(country: Country, cast: Cast) -> None:
    ended, ended_secret = key_of(cast.officer)
    keys.end_key(key=ended, by=None, at=AT)
    old_secret = key_of(cast.officer, days=1)[1]
    open_net()
    made = keys.make_key(person=cast.officer.person, name="cũ", days=1, by=None, at=AT - timedelta(days=2))[1]
    closed = key_of(cast.neighbour)[1]
    cast.neighbour.account.is_active = False
    cast.neighbour.account.save(update_fields=["is_active"])

    said = {}
    for name, secret in {
        "none": "lso_x",
        "ended": ended_secret,
        "expired": made,
        "closed": closed,
        "good": old_secret,
    }.items():
        answer = System(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/cycles")
        said[name] = answer.json().get("code", answer.status_code) if answer.status_code != 200 else 200

    assert said == {
        "none": "KeyUnknown",
        "ended": "KeyEnded",
        "expired": "KeyExpired",
        "closed": "AccountClosed",
        "good": 200,
    }


def test_a_session_reads_and_does_not_write(country: Country, cast: Cast) -> None:
    client = visitor(cast.officer)

    assert client.get("/api/v1/cycles").status_code == 200
    answer = client.put("/api/v1/figures", "{}", content_type="application/json")
    assert facts(answer.status_code, answer.json()["code"]) == (401, "KeyNeededToWrite")


def test_a_key_without_the_right_is_told_which(country: Country, cast: Cast) -> None:
    answer = system(cast.verifier).send("PUT", "figures", {"items": [_item()]})

    assert answer.status_code == 403
    assert "nhập và sửa số liệu" in answer.json()["says"]


def test_too_many_calls_in_a_minute_are_held_back(
    country: Country, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PER_MINUTE", 3)
    one, other = system(cast.officer), system(cast.neighbour)

    codes = [one.get("/api/v1/cycles").status_code for _ in range(4)]

    assert codes == [200, 200, 200, 429]
    assert other.get("/api/v1/cycles").status_code == 200
    answer = one.get("/api/v1/cycles")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["code"] == "TooManyRequests"


# What is read.


def test_units_are_those_of_the_day(country: Country, cast: Cast) -> None:
    now = system().read("units?level=commune&province=08&on=2026-01-01")
    old = system().get("/api/v1/units?on=2020-01-01")

    assert {u["name"] for u in now["items"]} == {"Xã Bản Vược", "Xã Nậm Dịch", "Xã Tân Tiến", "Xã Thông Nguyên"}
    assert facts(old.status_code, old.json()["code"]) == (422, "DayBeforeRecord")


def test_a_framework_tells_the_measures_to_send(country: Country, cast: Cast) -> None:
    found = system().read(f"frameworks/{MAIN_FRAMEWORK}")

    assert {m["code"]: m["measure"] for m in found["measures"]}[RATIO] == KEY
    assert len(found["levels"]) == 5
    for path in ("frameworks/khong-co", f"frameworks/{MAIN_FRAMEWORK}?edition=9"):
        assert system().get(f"/api/v1/{path}").status_code == 404


def test_assessments_of_a_cycle_come_in_pages_and_only_those_in_reach(country: Country, cast: Cast) -> None:
    open_net()
    units = (country.merged, country.neighbour, country.split_one)
    cycle = open_cycle(country.province, *units, by=cast.province_admin)

    first = system(cast.appraiser).read(f"cycles/{cycle.code}/assessments?limit=2")
    rest = system(cast.appraiser).read(f"cycles/{cycle.code}/assessments?limit=2&cursor={first['next']}")
    mine = system(cast.neighbour).read(f"cycles/{cycle.code}/assessments")
    none = system(cast.stranger).read(f"cycles/{cycle.code}/assessments?state=not_started")

    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert [a["unit_name"] for a in mine["items"]] == ["Xã Nậm Dịch"]
    assert mine["items"][0]["state_label"] == "Chưa làm"
    assert none["items"] == []
    assert system(cast.appraiser).get(f"/api/v1/cycles/{cycle.code}/assessments?cursor=x").status_code == 400
    assert system(cast.appraiser).get(f"/api/v1/cycles/{cycle.code}/assessments?state=khac").status_code == 422


def test_a_list_costs_the_same_whatever_its_length(country: Country, cast: Cast) -> None:
    open_net()
    units = (country.merged, country.neighbour, country.split_one)
    few = open_cycle(country.province, units[0], code="mot-xa")
    many = open_cycle(country.province, *units[1:], code="hai-xa")
    client = system(cast.appraiser)
    client.read(f"cycles/{few.code}/assessments")

    def asked(code: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.read(f"cycles/{code}/assessments")
        return len(captured)

    assert asked(many.code) == asked(few.code)


def test_a_draft_cycle_is_not_shown(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged)
    cycle.opened_at = None
    cycle.save(update_fields=["opened_at"])

    assert system(cast.officer).read("cycles")["items"] == []
    assert system(cast.officer).get(f"/api/v1/cycles/{cycle.code}").status_code == 404


def _concluded(country: Country, cast: Cast) -> int:
    open_net()
    cycle = open_cycle(country.province, country.merged, by=cast.province_admin)
    fill(country.merged, by=cast.officer)
    file = in_cycle(cycle, country.merged)
    hand_in(file, officer=cast.officer, head=cast.head)
    claim(in_cycle(cycle, country.merged), by=cast.appraiser.id, at=AT)
    codes = [c.code for c in main_edition().criteria]
    appraising.accept_many(assessment=in_cycle(cycle, country.merged), criteria=codes, by=cast.appraiser.id, at=AT)
    return file.pk


def test_an_assessment_opens_as_far_as_the_right_reaches(country: Country, cast: Cast) -> None:
    pk = _concluded(country, cast)

    appraiser = system(cast.appraiser).read(f"assessments/{pk}")
    officer = system(cast.officer).read(f"assessments/{pk}")
    volunteer = system(cast.volunteer).read(f"assessments/{pk}")

    assert len(appraiser["verdicts"]) == len(main_edition().criteria)
    assert facts(appraiser["submission"]["number"], appraiser["withheld"]) == (1, [])
    assert facts(len(officer["figures"]) > 20, officer["verdicts"]) == (True, None)
    assert officer["withheld"] == ["verdicts", "conclusion"]
    assert facts(volunteer["figures"], volunteer["submission"], volunteer["claimed_level"]) == (None, None, None)
    assert volunteer["withheld"] == ["figures", "submission", "verdicts", "conclusion"]
    for player in (cast.neighbour, cast.stranger):
        assert system(player).get(f"/api/v1/assessments/{pk}").status_code == 404


def test_figures_are_those_in_reach_with_the_units_below(country: Country, cast: Cast) -> None:
    open_net()
    report(country.merged, RATIO, whole(18, 27), by=cast.officer)
    report(country.far_commune, RATIO, whole(1, 2), by=cast.stranger)

    found = system(cast.appraiser).read("figures?period=2026&unit=08")

    assert [(f["unit"], f["numerator"], f["denominator"]) for f in found["items"]] == [("00001", 18, 27)]
    assert system(cast.neighbour).read("figures?period=2026")["items"] == []
    assert system(cast.appraiser).get("/api/v1/figures?period=2026-13").status_code == 422


def test_published_results_are_for_everyone(country: Country, cast: Cast) -> None:
    open_net()
    fill(country.merged, by=cast.officer)
    assessing.publish(assessment=open_assessment(country.merged, by=cast.officer), by=cast.officer.id, at=AT)

    found = system().read(f"results?framework={MAIN_FRAMEWORK}&period=2026&province=08")

    assert [(r["unit"], r["unit_name"]) for r in found["items"]] == [("00001", "Xã Bản Vược")]


# What is written.


def test_figures_are_written_with_their_origin_and_a_ledger_line(country: Country, cast: Cast) -> None:
    said = {
        "as_of": "2026-10-31",
        "source": "Hệ thống một cửa",
        "document_number": "12/BC-UBND",
        "document_on": "2026-11-02",
    }
    answer = system(cast.officer).send("PUT", "figures", {"items": [_item(**said)]})

    assert answer.json()["new"] == 1
    figure = _figure(country.merged)
    assert facts(figure.numerator, figure.denominator, figure.source) == (18, 27, "Hệ thống một cửa")
    assert facts(figure.origin, figure.reported_by_id, str(figure.document)) == (
        "exchange",
        cast.officer.id,
        "12/BC-UBND ngày 02/11/2026",
    )
    assert LedgerEntry.objects.filter(did="figure.reported", by_id=cast.officer.id).count() == 1


def test_the_first_figure_starts_the_file_that_waits_in_a_cycle(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour)

    system(cast.officer).send("PUT", "figures", {"items": [_item()]})

    open_net()
    assert in_cycle(cycle, country.merged).state == "drafting"
    assert in_cycle(cycle, country.neighbour).state == "not_started"


def test_the_same_key_and_body_is_answered_the_same_and_written_once(country: Country, cast: Cast) -> None:
    client, body = system(cast.officer), {"items": [_item()]}

    first = client.send("PUT", "figures", body, once="lan-ghi-mot")
    again = client.send("PUT", "figures", body, once="lan-ghi-mot")
    other = client.send("PUT", "figures", {"items": [_item(numerator=19)]}, once="lan-ghi-mot")

    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert facts(other.status_code, other.json()["code"]) == (409, "IdempotencyKeyReused")
    open_net()
    assert facts(ReportedFigure.objects.count(), ReceivedRequest.objects.count()) == (1, 1)
    # the same words of another person are another request
    assert system(cast.head).send("PUT", "figures", body, once="lan-ghi-mot").json()["same"] == 1


def test_what_was_refused_is_judged_anew_under_the_same_key(country: Country, cast: Cast) -> None:
    client = system(cast.officer)

    bad = client.send("PUT", "figures", {"items": [_item(numerator=99)]}, once="lan-ghi-hai")
    good = client.send("PUT", "figures", {"items": [_item()]}, once="lan-ghi-hai")

    assert [bad.status_code, good.status_code] == [422, 200]


@pytest.mark.parametrize("name", ["", "ngan", "x" * 201])
def test_a_write_needs_an_idempotency_key(name: str, country: Country, cast: Cast) -> None:
    headers = {"Idempotency-Key": name} if name else {}
    answer = system(cast.officer).generic(
        "PUT", "/api/v1/figures", json.dumps({"items": [_item()]}), content_type="application/json", headers=headers
    )

    assert facts(answer.status_code, answer.json()["code"]) == (400, "IdempotencyKeyMissing")
    open_net()
    assert ReportedFigure.objects.count() == 0


def test_one_fault_keeps_the_whole_batch_out_and_every_fault_is_named(country: Country, cast: Cast) -> None:
    items = [
        _item(),
        _item("00007"),
        _item("99999"),
        _item(measure="khong.co"),
        _item(numerator=28),
        _item(period="2026-13"),
        _item(period="2025", as_of="2027-01-01"),
        _item(),
    ]
    answer = system(cast.officer).send("PUT", "figures", {"items": items})

    assert answer.status_code == 422
    assert {e["path"]: e["code"] for e in answer.json()["errors"]} == {
        "items[1].unit": "UnitNotYours",
        "items[2].unit": "CodeUnknown",
        "items[3].measure": "MeasureUnknown",
        "items[4]": "SentTwice",
        "items[5].period": "NotAPeriod",
        "items[6].as_of": "DayAhead",
        "items[7]": "SentTwice",
    }
    open_net()
    assert ReportedFigure.objects.count() == 0


def test_a_figure_that_stands_is_changed_only_by_who_has_read_it(country: Country, cast: Cast) -> None:
    open_net()
    report(country.merged, RATIO, whole(10, 27), by=cast.colleague)
    stands = _figure(country.merged)
    client = system(cast.officer)

    blind = client.send("PUT", "figures", {"items": [_item()]})
    open_net()
    report(country.merged, RATIO, whole(11, 27), by=cast.colleague)
    overtaken = client.send("PUT", "figures", {"items": [_item(base=stands.pk)]})
    seen = client.send("PUT", "figures", {"items": [_item(base=_figure(country.merged).pk)]})

    assert "Lù Văn Páo" in blind.json()["errors"][0]["says"]
    assert overtaken.json()["errors"][0]["code"] == "StandsAlready"
    assert seen.json()["changed"] == 1
    assert _figure(country.merged).numerator == 18


def test_readings_stand_beside_the_self_report(country: Country, cast: Cast) -> None:
    open_net()
    report(country.merged, RATIO, whole(20, 27), by=cast.officer)
    body = {"system": "Cổng dịch vụ công quốc gia", "items": [_item()]}

    first = system(cast.appraiser).send("PUT", "readings", body)
    again = system(cast.appraiser).send("PUT", "readings", body)
    changed = system(cast.appraiser).send("PUT", "readings", body | {"items": [_item(numerator=17)]})
    half = system(cast.appraiser).send("PUT", "readings", body | {"items": [_item(denominator=None)]})

    assert [first.json()["new"], again.json()["same"], changed.json()["changed"]] == [1, 1, 1]
    assert half.json()["errors"][0] | {"says": ""} == {
        "path": "items[0].denominator",
        "code": "HalfMissing",
        "says": "",
    }
    open_net()
    assert SystemReading.objects.current().get().numerator == 17
    assert SystemReading.objects.count() == 2
    assert _figure(country.merged).numerator == 20
    assert system(cast.officer).send("PUT", "readings", body).status_code == 403


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ("{", "NotJson", ""),
        ('{"items": [NaN]}', "NotJson", ""),
        ('{"items": [], "items": []}', "NotJson", ""),
        ("[" * 100_000, "NotJson", ""),
        (b'{"items": "\xff"}', "NotJson", ""),
        ('{"items": [' + "9" * 5000 + "]}", "NotJson", ""),
        ("[]", "ShapeWrong", ""),
        ('{"rows": []}', "ShapeWrong", "items"),
        ('{"items": []}', "NothingSent", "items"),
        (
            '{"items": [{"unit": "00001", "measure": "x", "period": "2026", "numerator": true}]}',
            "ShapeWrong",
            "items[0].numerator",
        ),
        (
            '{"items": [{"unit": "00001", "measure": "x", "period": "2026", "numerator": "nan"}]}',
            "ShapeWrong",
            "items[0].numerator",
        ),
        ('{"items": [{"unit": "1; --", "measure": "x", "period": "2026"}]}', "ShapeWrong", "items[0].unit"),
        ('{"items": [{"unit": "00001", "measure": "x", "period": "2026", "chua": 1}]}', "ShapeWrong", "items[0].chua"),
        (
            '{"items": [{"unit": "00001", "measure": "x", "period": "2026", "note": "\\ud800"}]}',
            "ShapeWrong",
            "items[0].note",
        ),
        (
            '{"items": [{"unit": "00001", "measure": "x", "period": "2026", "as_of": "31/10/2026"}]}',
            "ShapeWrong",
            "items[0].as_of",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_shape(
    body: str | bytes, code: str, path: str, country: Country, cast: Cast
) -> None:
    answer = system(cast.officer).send("PUT", "figures", body)

    said = answer.json()
    assert answer.status_code in (400, 422)
    assert set(said) == {"code", "says", "path", "errors"}
    assert facts(said["code"], said["errors"][0]["path"] if said["errors"] else said["path"]) == (code, path)
    open_net()
    assert ReportedFigure.objects.count() == 0


@pytest.mark.parametrize("number", ["1e400", "-1", "1.5", "100000000001", "1e-9"])
def test_numbers_that_no_commune_could_count_are_refused(number: str, country: Country, cast: Cast) -> None:
    body = '{"items": [{"unit": "00001", "measure": "%s", "period": "2026", "numerator": %s, "denominator": 27}]}'

    answer = system(cast.officer).send("PUT", "figures", body % (KEY, number))

    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["path"] == "items[0].numerator"


def test_a_body_over_ten_megabytes_and_a_batch_over_five_thousand_are_refused(country: Country, cast: Cast) -> None:
    large = system(cast.officer).send("PUT", "figures", b" " * (rules.LARGEST_BODY + 1))
    long = system(cast.officer).send("PUT", "figures", {"items": [_item() for _ in range(rules.MOST_ITEMS + 1)]})

    assert facts(large.status_code, large.json()["code"]) == (413, "BodyTooLarge")
    assert facts(long.status_code, long.json()["code"]) == (422, "TooManyItems")


def test_a_body_larger_than_a_page_may_post_is_taken(country: Country, cast: Cast) -> None:
    answer = system(cast.officer).send("PUT", "figures", json.dumps({"items": [_item()]}) + " " * (5 * 1024 * 1024))

    assert answer.status_code == 200


def test_unknown_addresses_and_verbs_are_answered_in_the_same_shape(country: Country, cast: Cast) -> None:
    for method, path, status in (
        ("GET", "khong-co", 404),
        ("GET", "", 404),
        ("DELETE", "figures", 405),
        ("POST", "units", 405),
    ):
        answer = system(cast.officer).generic(method, f"/api/v1/{path}")
        assert answer.status_code == status
        assert set(answer.json()) == {"code", "says", "path", "errors"}


def test_a_decimal_comes_back_digit_for_digit(country: Country, cast: Cast) -> None:
    key = next(m.key for m in map(measure_of, main_edition().fields) if m.kind in (Kind.SPEED, Kind.RATE))
    item = f'{{"unit": "00001", "measure": "{key}", "period": "2026", "value": 12345678901.123456}}'
    body = f'{{"items": [{item}]}}'

    answer = system(cast.officer).send("PUT", "figures", body)

    assert answer.status_code == 200, answer.content
    assert b'"value": 12345678901.123456,' in system(cast.officer).get("/api/v1/figures?period=2026").content
