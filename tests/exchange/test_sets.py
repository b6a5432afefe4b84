"""DHIS2 and ADX: what goes out has the published shape, what comes in is taken whole or refused in words."""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree

from langso.assessments.judging import MAIN_FRAMEWORK
from langso.criteria.edition import Kind
from langso.exchange import adx, rules, writing
from langso.lib.period import Period
from langso.lib.vietnamese import nfc
from langso.measures.models import ReportedFigure, SystemReading
from langso.measures.queries import entry_of
from langso.measures.rules import Entry, is_ratio
from langso.units.models import Unit
from tests.cast import Cast
from tests.country import Country
from tests.exchange.sending import System, system
from tests.factories import (
    AS_OF,
    at_most,
    facts,
    fill,
    first_field,
    hand_in,
    in_cycle,
    main_edition,
    measure_of,
    open_cycle,
    open_net,
    report,
    whole,
)

SCHEMAS = Path(__file__).parent / "schemas"
RATIO = first_field(Kind.SHARE, ratio=True)[0]
YES_NO = first_field(Kind.YES_NO)[0]
KEY = measure_of(RATIO).key
DHIS2 = "dhis2/dataValueSets"
ASKED = f"framework={MAIN_FRAMEWORK}&period=2026"


@pytest.fixture(autouse=True)
def _no_counts(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or "cast" in request.fixturenames:
        request.getfixturevalue("db")
        cache.clear()


def _check(name: str, found: Any) -> None:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(found)


def _check_adx(content: bytes) -> Any:
    document = etree.parse(BytesIO(content))
    etree.XMLSchema(etree.parse(str(SCHEMAS / "adx.xsd"))).assertValid(document)
    return document


def _standing(unit: Unit) -> dict[str, Entry]:
    open_net()
    rows = ReportedFigure.objects.current().filter(unit=unit).select_related("document")
    return {f.measure: entry_of(f) for f in rows if not f.is_blank}


def _fill_with_words(country: Country, cast: Cast) -> None:
    open_net()
    fill(country.merged, by=cast.officer)
    said = {
        "source": "Hệ thống một cửa: bản “tháng 10” & <phụ lục>",
        "document_number": "127/BC-UBND",
        "document_on": date(2026, 11, 2),
        "note": "Nguồn: số của xã; chưa gồm thôn Nậm Hồng",
    }
    report(country.merged, RATIO, whole(18, 27, **said), by=cast.officer)
    report(country.merged, YES_NO, Entry(value=Decimal(0), as_of=AS_OF), by=cast.officer)


# Out.


def test_a_set_for_dhis2_has_its_shape_and_every_figure(country: Country, cast: Cast) -> None:
    _fill_with_words(country, cast)

    found = system(cast.officer).read(f"{DHIS2}?{ASKED}")

    _check("dhis2-set.json", found)
    values = {v["dataElement"]: v["value"] for v in found["dataValues"]}
    assert values[f"{KEY}:num"] == "18"
    assert values[f"{KEY}:den"] == "27"
    assert values[f"{measure_of(YES_NO).key}:val"] == "false"
    assert len(values) == sum(2 if is_ratio(f.measure) else 1 for f in main_edition().fields.values())
    assert {v["orgUnit"] for v in found["dataValues"]} == {"00001"}


def test_the_set_of_one_unit_that_handed_in_says_when(country: Country, cast: Cast) -> None:
    open_net()
    cycle = open_cycle(country.province, country.merged, country.neighbour)
    fill(country.merged, by=cast.officer)
    hand_in(in_cycle(cycle, country.merged), officer=cast.officer, head=cast.head)

    mine = system(cast.officer).read(f"{DHIS2}?cycle={cycle.code}")
    both = system(cast.appraiser).read(f"{DHIS2}?cycle={cycle.code}")

    assert mine["completeDate"] == "2026-11-20"
    assert "completeDate" not in both
    _check("dhis2-set.json", mine)


def test_a_set_holds_only_what_the_key_reaches(country: Country, cast: Cast) -> None:
    _fill_with_words(country, cast)

    assert system(cast.neighbour).read(f"{DHIS2}?{ASKED}")["dataValues"] == []
    assert system(cast.neighbour).get(f"/api/v1/adx?{ASKED}").status_code == 404
    assert system(cast.volunteer).get(f"/api/v1/{DHIS2}?{ASKED}").status_code == 403


def test_the_metadata_package_names_units_elements_and_the_set(country: Country, cast: Cast) -> None:
    found = system().read(f"dhis2/metadata?framework={MAIN_FRAMEWORK}&province=08")

    _check("dhis2-metadata.json", found)
    units = {u["id"]: u for u in found["organisationUnits"]}
    merged = next(u for u in units.values() if u["name"] == "Xã Bản Vược")
    province = units[merged["parent"]["id"]]
    assert facts(merged["code"], province["code"], units[province["parent"]["id"]]["code"]) == ("00001", "08", "VN")
    elements = {e["id"]: e for e in found["dataElements"]}
    asked = {e["dataElement"]["id"] for e in found["dataSets"][0]["dataSetElements"]}
    assert asked == set(elements)
    assert len({e["code"] for e in elements.values()}) == len(elements) == len({e["name"] for e in elements.values()})
    assert set(found["dataSets"][0]["organisationUnits"][0]) == {"id"}
    assert merged["id"] in {u["id"] for u in found["dataSets"][0]["organisationUnits"]}
    again = system().read(f"dhis2/metadata?framework={MAIN_FRAMEWORK}&province=08")
    assert again["dataElements"] == found["dataElements"]


def test_what_the_metadata_names_is_what_a_set_speaks_of(country: Country, cast: Cast) -> None:
    _fill_with_words(country, cast)

    package = system().read(f"dhis2/metadata?framework={MAIN_FRAMEWORK}")
    found = system(cast.officer).read(f"{DHIS2}?{ASKED}")

    assert {v["dataElement"] for v in found["dataValues"]} <= {e["code"] for e in package["dataElements"]}
    assert {v["orgUnit"] for v in found["dataValues"]} <= {u["code"] for u in package["organisationUnits"]}
    assert found["dataSet"] == package["dataSets"][0]["code"]


def test_adx_has_a_group_for_each_unit_and_passes_the_schema(country: Country, cast: Cast) -> None:
    _fill_with_words(country, cast)
    open_net()
    report(country.neighbour, RATIO, whole(3, 4), by=cast.neighbour)

    answer = system(cast.appraiser).get(f"/api/v1/adx?{ASKED}")

    root = _check_adx(answer.getvalue()).getroot()
    assert answer.headers["Content-Type"].startswith("application/adx+xml")
    assert [(g.get("orgUnit"), g.get("period"), g.get("dataSet")) for g in root] == [
        (code, "2026-01-01/P1Y", MAIN_FRAMEWORK) for code in [g.get("orgUnit") for g in root]
    ]
    assert {g.get("orgUnit") for g in root} == {"00001", "00007"}


def test_the_schema_of_adx_refuses_what_the_profile_does() -> None:
    good = (
        f'<adx xmlns="{adx.NAMESPACE}" exported="2026-11-20T00:00:00Z">'
        '<group orgUnit="1" period="2026-01-01/P1Y"><dataValue dataElement="a" value="1.5"/></group></adx>'
    )
    _check_adx(good.encode())
    for old, new in (
        ('value="1.5"', 'value="x"'),
        (' exported="2026-11-20T00:00:00Z"', ""),
        ("P1Y", "P2Y"),
        ("adx:2015", "adx:2014"),
    ):
        with pytest.raises(etree.DocumentInvalid):
            _check_adx(good.replace(old, new).encode())


def test_a_set_costs_the_same_whatever_its_length(country: Country, cast: Cast) -> None:
    _fill_with_words(country, cast)
    client = system(cast.appraiser)

    with at_most(18):
        client.read(f"{DHIS2}?{ASKED}")


# Out and in again.


@pytest.mark.parametrize("form", ["dhis2", "adx"])
def test_out_and_in_elsewhere_gives_the_same_figures(form: str, country: Country, cast: Cast) -> None:
    _fill_with_words(country, cast)
    path, kind = (DHIS2, "application/json") if form == "dhis2" else ("adx", "application/adx+xml")
    sent = system(cast.officer).get(f"/api/v1/{path}?{ASKED}").getvalue().decode()
    before = _standing(country.merged)

    moved = sent.replace('"00001"', '"00007"')
    answer = system(cast.neighbour).send("POST", f"{path}?as=figures", moved, content_type=kind)
    again = system(cast.neighbour).send("POST", f"{path}?as=figures", moved, content_type=kind)

    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["importCount"]["imported"] == len(_values(sent, form))
    assert again.json()["importCount"] == {
        "imported": 0,
        "updated": 0,
        "ignored": len(_values(sent, form)),
        "deleted": 0,
    }
    assert _standing(country.neighbour) == before


def _values(sent: str, form: str) -> list[Any]:
    if form == "dhis2":
        return list(json.loads(sent)["dataValues"])
    return list(etree.fromstring(sent.encode()).iter(f"{{{adx.NAMESPACE}}}dataValue"))


TEXT = st.text(
    st.sampled_from("aăâbđeêoôơuưyáàảãạẤỆỗựỳ ỹ:;,.-/\"'<>&\n\t0123456789“”…")
    | st.characters(exclude_categories=["Cs", "Cc"]),
    max_size=60,
).map(nfc)


@given(
    source=TEXT,
    note=TEXT,
    number=TEXT.map(lambda t: t[:60]).map(nfc),
    as_of=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_what_is_said_beside_a_figure_comes_back_letter_for_letter(
    source: str, note: str, number: str, as_of: date | None
) -> None:
    entry = Entry(as_of=as_of, source=source, document_number=number, note=note)

    assert Entry(**writing.read_comment(writing.comment_of(entry))) == entry


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_a_period_comes_back_from_dhis2_and_adx(year: int, month: int) -> None:
    for code in (f"{year}", f"{year}-Q{(month + 2) // 3}", f"{year}-{month:02d}"):
        period = Period.parse(code)
        assert writing.read_dhis2_period(writing.dhis2_period(period)) == period
        assert writing.read_adx_period(writing.adx_period(period)) == period


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{4}(Q[0-9]|[0-9]{2})?", fullmatch=True))
def test_a_period_is_read_or_refused_in_words(text: str) -> None:
    for read in (writing.read_dhis2_period, writing.read_adx_period):
        with suppress(rules.PeriodNotRead):
            assert read(text).stop.year <= 2101


@given(st.from_regex(r"[a-z]+\.[a-z_]+|[a-z-]+:[A-Z]{2}\.[0-9]", fullmatch=True), st.sampled_from(list(writing.SHORT)))
def test_a_data_element_comes_back_as_its_measure_and_part(measure: str, part: str) -> None:
    assert writing.read_element(writing.element_of(measure, part)) == (measure, part)
    assert writing.read_element(measure, part) == (measure, part)


def test_every_code_of_a_shipped_framework_fits_dhis2(country: Country, cast: Cast) -> None:
    for one in system().read("frameworks"):
        package = system().read(f"dhis2/metadata?framework={one['id']}&province=15")
        assert max(len(e["code"]) for e in package["dataElements"]) <= 50


# In.


def _set(*values: tuple[str, str], unit: str = "00001", **more: Any) -> dict[str, Any]:
    rows = [{"dataElement": element, "value": value} for element, value in values]
    return {"dataSet": MAIN_FRAMEWORK, "period": "2026", "orgUnit": unit, "dataValues": rows} | more


BOTH = ((f"{KEY}:num", "18"), (f"{KEY}:den", "27"))


def test_a_dry_run_writes_nothing_and_needs_no_idempotency_key(country: Country, cast: Cast) -> None:
    answer = system(cast.appraiser).generic(
        "POST",
        f"/api/v1/{DHIS2}?dryRun=true&system=Cổng",
        json.dumps(_set(*BOTH)),
        content_type="application/json",
    )

    assert facts(answer.status_code, answer.json()["status"], answer.json()["importCount"]["imported"]) == (
        200,
        "SUCCESS",
        2,
    )
    open_net()
    assert SystemReading.objects.count() == 0


def test_readings_come_in_by_dhis2_and_go_out_again(country: Country, cast: Cast) -> None:
    client = system(cast.appraiser)

    answer = client.send("POST", f"{DHIS2}?system=Cổng DVC", _set(*BOTH))
    out = client.read(f"{DHIS2}?{ASKED}&as=readings&system=Cổng DVC")
    none = client.get(f"/api/v1/{DHIS2}?{ASKED}&as=readings")

    assert answer.json()["importCount"]["imported"] == 2
    assert {(v["dataElement"], v["value"], v["storedBy"]) for v in out["dataValues"]} == {
        (f"{KEY}:num", "18", "Cổng DVC"),
        (f"{KEY}:den", "27", "Cổng DVC"),
    }
    assert none.json()["code"] == "SystemMissing"


def test_the_option_of_a_category_may_name_the_part(country: Country, cast: Cast) -> None:
    rows = [
        {"dataElement": KEY, "categoryOptionCombo": "numerator", "value": 18},
        {"dataElement": KEY, "categoryOptionCombo": "denominator", "value": "27"},
    ]

    answer = system(cast.appraiser).send("POST", f"{DHIS2}?system=x", _set() | {"dataValues": rows})

    assert answer.status_code == 200, answer.content.decode()
    open_net()
    assert SystemReading.objects.get().numerator == 18


def test_half_a_figure_leaves_the_other_half_as_it_stands(country: Country, cast: Cast) -> None:
    open_net()
    report(country.merged, RATIO, whole(18, 27, source="Một cửa"), by=cast.officer)
    client = system(cast.officer)

    held = client.send("POST", f"{DHIS2}?as=figures", _set((f"{KEY}:num", "19")))
    taken = client.send("POST", f"{DHIS2}?as=figures&importStrategy=CREATE_AND_UPDATE", _set((f"{KEY}:num", "19")))

    assert facts(held.status_code, held.json()["conflicts"][0]["errorCode"]) == (409, "StandsAlready")
    assert taken.json()["importCount"]["updated"] == 1
    now = _standing(country.merged)[KEY]
    assert facts(now.numerator, now.denominator, now.source) == (19, 27, "Một cửa")


def test_conflicts_name_object_and_value_in_words_and_nothing_is_written(country: Country, cast: Cast) -> None:
    values = [
        *BOTH,
        (f"{measure_of(YES_NO).key}:val", "có"),
        ("khong.co:val", "1"),
        ("khong-ro", "1"),
        (f"{KEY}:num", "20"),
        (f"{measure_of(YES_NO).key}:val", ""),
    ]
    sent = _set(*values)
    sent["dataValues"] += [
        {"dataElement": f"{KEY}:num", "value": "28", "orgUnit": "00007", "period": "2026Q5"},
        {"dataElement": f"{KEY}:num", "value": "28", "orgUnit": "10555"},
        {"dataElement": f"{KEY}:den", "value": "27", "orgUnit": "00007"},
        {"dataElement": f"{KEY}:num", "value": "28", "orgUnit": "00007"},
        {"dataElement": f"{measure_of(YES_NO).key}:val", "value": "1", "deleted": True, "orgUnit": "00010"},
    ]

    answer = system(cast.appraiser).send("POST", f"{DHIS2}?system=x", sent)

    said = answer.json()
    assert facts(answer.status_code, said["status"]) == (409, "ERROR")
    assert said["importCount"] == {"imported": 0, "updated": 0, "ignored": len(sent["dataValues"]), "deleted": 0}
    assert {c["object"]: c["errorCode"] for c in said["conflicts"]} == {
        "dataValues[2]": "ValueNotRead",
        "dataValues[3]": "MeasureUnknown",
        "dataValues[4]": "PartUnknown",
        "dataValues[5]": "SentTwice",
        "dataValues[6]": "ValueEmpty",
        "dataValues[7]": "PeriodNotRead",
        "dataValues[8]": "UnitNotYours",
        "dataValues[10]": "NumeratorTooLarge",
        "dataValues[11]": "ValueEmpty",
    }
    open_net()
    assert SystemReading.objects.count() == 0


def _adx(inner: str, *, head: str = "", root: str = "") -> str:
    root = root or f'<adx xmlns="{adx.NAMESPACE}" exported="2026-11-20T00:00:00Z">'
    return f"{head}{root}{inner}</adx>"


GROUP = '<group orgUnit="00001" period="2026-01-01/P1Y">{}</group>'
VALUES = f'<dataValue dataElement="{KEY}:num" value="18"/><dataValue dataElement="{KEY}:den" value="27"/>'
BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]>'


def test_readings_come_in_by_adx(country: Country, cast: Cast) -> None:
    answer = system(cast.appraiser).send(
        "POST", "adx?system=Cổng DVC", _adx(GROUP.format(VALUES)), content_type="application/adx+xml"
    )

    assert answer.json()["importCount"]["imported"] == 2
    open_net()
    reading = SystemReading.objects.get()
    assert facts(reading.numerator, reading.denominator, reading.system) == (18, 27, "Cổng DVC")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "NothingSent"),
        ("<adx", "XmlNotRead"),
        ("không phải xml", "XmlNotRead"),
        (_adx(GROUP.format(VALUES), head=BOMB), "XmlNotSafe"),
        (_adx(GROUP.format(VALUES), head='<!DOCTYPE adx SYSTEM "file:///etc/passwd">'), "XmlNotSafe"),
        (_adx(GROUP.format(VALUES), head='<?xml version="1.0" encoding="khong-co"?>'), "XmlNotRead"),
        (_adx(GROUP.format(VALUES), root="<adx>"), "NotAdx"),
        (_adx(GROUP.format(VALUES), root='<adx xmlns="http://dhis2.org/schema/dxf/2.0" exported="x">'), "NotAdx"),
        (_adx(GROUP.format(f"{VALUES}<la/>")), "NotAdx"),
        (
            _adx(GROUP.format("<dataValue dataElement='a:num' value='1'><annotation><b/></annotation></dataValue>")),
            "NotAdx",
        ),
        (_adx(GROUP.format(VALUES), root=f'<adx xmlns="{adx.NAMESPACE}">'), "AdxAttributeMissing"),
        (_adx('<group orgUnit="00001">' + VALUES + "</group>"), "AdxAttributeMissing"),
        (_adx(GROUP.format('<dataValue value="1"/>')), "AdxAttributeMissing"),
        (_adx(""), "NothingSent"),
    ],
)
def test_xml_that_is_no_adx_is_refused_in_words(body: str, code: str, country: Country, cast: Cast) -> None:
    answer = system(cast.appraiser).send("POST", "adx?system=x", body, content_type="application/xml")

    assert facts(answer.status_code, answer.json()["code"]) == (422, code)
    open_net()
    assert SystemReading.objects.count() == 0


def test_a_fault_in_adx_is_named_by_group_and_value(country: Country, cast: Cast) -> None:
    bad = GROUP.format(f'<dataValue dataElement="{KEY}:num" value="1e3"/>') + GROUP.format(VALUES).replace(
        "00001", "10555"
    )

    answer = system(cast.appraiser).send("POST", "adx?system=x", _adx(bad), content_type="application/xml")

    assert {c["object"]: c["errorCode"] for c in answer.json()["conflicts"]} == {
        "group[1]/dataValue[1]": "ValueNotRead",
        "group[2]/dataValue[1]": "UnitNotYours",
    }


def test_a_long_document_is_stopped_at_its_bound(country: Country, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_VALUES", 50)
    many = "".join(f'<dataValue dataElement="a{n}:val" value="1"/>' for n in range(60))

    answer = system(cast.appraiser).send(
        "POST", "adx?system=x", _adx(GROUP.format(many)), content_type="application/xml"
    )

    assert answer.json()["code"] == "TooManyItems"


def test_a_set_of_an_unknown_framework_is_refused(country: Country, cast: Cast) -> None:
    client = system(cast.appraiser)

    assert client.get(f"/api/v1/{DHIS2}?framework=khong-co&period=2026").json()["code"] == "SetUnknown"
    assert client.get(f"/api/v1/{DHIS2}").json()["code"] == "WhichSet"
    assert client.send("POST", f"{DHIS2}?system=x", _set(*BOTH, dataSet="khong-co")).json()["code"] == "SetUnknown"


def test_who_may_not_write_sends_no_set(country: Country, cast: Cast) -> None:
    for player, how in ((cast.officer, "readings"), (cast.verifier, "figures"), (cast.volunteer, "figures")):
        assert system(player).send("POST", f"{DHIS2}?as={how}&system=x", _set(*BOTH)).status_code == 403
    assert System().send("POST", f"{DHIS2}?system=x", _set(*BOTH)).status_code == 401
