"""What a unit was and what it became."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from psycopg.types.range import Range

from langso.units.models import Unit, UnitCode, UnitName
from langso.units.queries import named, predecessors, successors, unit_by_code, units_on
from langso.units.rules import CodeUnknown, DayBeforeRecord
from tests.country import NEW_DAY, OLD_DAY, Country


def test_a_code_is_the_old_commune_before_the_reform_and_another_one_since(country: Country) -> None:
    assert unit_by_code("00001", OLD_DAY) == country.old_yen_hoa
    assert unit_by_code("00001", NEW_DAY) == country.merged


def test_a_code_of_another_day_is_refused_with_the_days_it_was_in_use(country: Country) -> None:
    with pytest.raises(CodeUnknown, match="dùng đến hết ngày 30/06/2025"):
        unit_by_code("00004", NEW_DAY)
    with pytest.raises(CodeUnknown, match="có từ ngày 01/07/2025"):
        unit_by_code("00013", OLD_DAY)
    with pytest.raises(CodeUnknown, match="Kiểm tra lại mã"):
        unit_by_code("99999", NEW_DAY)


def test_a_merged_commune_has_one_successor_with_its_resolution(country: Country) -> None:
    (kin,) = successors(country.old_ho_thau, since=OLD_DAY, to=NEW_DAY)

    assert (kin.unit.id, kin.relation, kin.share, kin.share_basis) == (
        country.merged.pk,
        "whole",
        Decimal(1),
        "all",
    )
    assert (kin.resolution, kin.clause, kin.on) == ("1684/NQ-UBTVQH15", "1", NEW_DAY)


def test_the_new_commune_was_made_of_both(country: Country) -> None:
    kin = predecessors(country.merged, since=OLD_DAY, to=NEW_DAY)

    assert {k.unit.id for k in kin} == {country.old_yen_hoa.pk, country.old_ho_thau.pk}
    assert {k.unit.name for k in kin} == {"Xã Yên Hoà", "Xã Hồ Thầu"}


def test_a_split_commune_has_two_heirs_and_does_not_say_a_share_that_nobody_knows(country: Country) -> None:
    kin = successors(country.old_ban_nhung, since=OLD_DAY, to=NEW_DAY)

    assert [(k.unit.id, k.share, k.share_basis, k.is_default) for k in kin] == [
        (country.split_one.pk, None, "unknown", True),
        (country.split_two.pk, None, "unknown", False),
    ]


def test_a_commune_that_was_kept_is_its_own_successor(country: Country) -> None:
    (kin,) = successors(country.neighbour, since=OLD_DAY, to=NEW_DAY)

    assert (kin.unit.id, kin.relation, kin.share) == (country.neighbour.pk, "unchanged", Decimal(1))


def test_a_commune_to_which_nothing_happened_is_its_own_predecessor(country: Country) -> None:
    (kin,) = predecessors(country.far_commune, since=NEW_DAY, to=date(2026, 1, 1))

    assert (kin.unit.id, kin.relation) == (country.far_commune.pk, "unchanged")


def test_a_district_went_to_its_province_when_the_tier_ended(country: Country) -> None:
    (kin,) = successors(country.district, since=OLD_DAY, to=NEW_DAY)

    assert (kin.unit.id, kin.relation) == (country.province.pk, "tier_abolished")


def test_the_list_of_a_day_has_the_units_of_that_day_with_the_parents_of_that_day(country: Country) -> None:
    before = {u.code: (u.name, u.parent_code, u.province_code) for u in units_on(OLD_DAY, level="commune")}
    since = {u.code: (u.name, u.parent_code, u.province_code) for u in units_on(NEW_DAY, level="commune")}

    assert before["00001"] == ("Xã Yên Hoà", "026", "08")
    assert since["00001"] == ("Xã Bản Vược", "08", "08")
    assert "00004" in before
    assert "00004" not in since
    assert [u.code for u in units_on(OLD_DAY, level="district")] == ["026"]
    assert units_on(NEW_DAY, level="district") == []


def test_the_list_of_one_province_leaves_out_the_others(country: Country) -> None:
    assert {u.code for u in units_on(NEW_DAY, province_code="15")} == {"15", "10555", "10558"}


def test_a_list_for_a_day_before_the_record_is_refused_rather_than_half_given(country: Country) -> None:
    with pytest.raises(DayBeforeRecord, match="01/03/2025"):
        units_on(date(2024, 1, 1))


def test_a_unit_is_named_as_it_was_on_the_day_and_absent_when_it_did_not_exist(country: Country) -> None:
    found = named([(country.merged.pk, OLD_DAY), (country.merged.pk, NEW_DAY), (country.old_ho_thau.pk, OLD_DAY)])

    assert set(found) == {(country.merged.pk, NEW_DAY), (country.old_ho_thau.pk, OLD_DAY)}
    assert found[country.old_ho_thau.pk, OLD_DAY].address == "/noi/00004/2025-06-30/"
    assert found[country.merged.pk, NEW_DAY].address == "/noi/00001/"


def test_the_days_of_a_row_are_those_on_which_all_of_it_held(country: Country) -> None:
    pairs = [(country.neighbour.pk, OLD_DAY), (country.neighbour.pk, NEW_DAY), (country.old_ho_thau.pk, OLD_DAY)]
    old, now, gone = (named(pairs)[pair] for pair in pairs)

    assert (old.parent_code, old.valid_from, old.valid_to, old.ended_on) == ("026", None, NEW_DAY, None)
    assert (now.parent_code, now.valid_from, now.valid_to, now.ended_on) == ("08", NEW_DAY, None, None)
    assert (gone.valid_to, gone.ended_on) == (NEW_DAY, NEW_DAY)
    assert (old.address, now.address) == ("/noi/00007/2025-06-30/", "/noi/00007/")


def test_under_a_root_are_what_is_below_it_and_what_it_has_absorbed(country: Country) -> None:
    before = set(Unit.objects.under([country.merged], OLD_DAY).values_list("pk", flat=True))
    since = set(Unit.objects.under([country.merged], NEW_DAY).values_list("pk", flat=True))

    assert before == {country.merged.pk}
    assert since == {country.merged.pk, country.old_yen_hoa.pk, country.old_ho_thau.pk}
    province = set(Unit.objects.under([country.province], NEW_DAY).values_list("pk", flat=True))
    assert {country.old_ban_nhung.pk, country.district.pk, country.neighbour.pk} <= province
    assert country.far_commune.pk not in province


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_database_refuses_a_code_for_two_units_on_one_day(country: Country) -> None:
    with (
        pytest.raises(IntegrityError, match="unit_code_names_one_unit_a_day"),
        transaction.atomic(using="owner"),
    ):
        UnitCode.objects.using("owner").create(unit=country.old_ho_thau, code="00001", valid=Range(NEW_DAY, None))


@pytest.mark.django_db(databases=["default", "owner"])
def test_codes_of_three_levels_with_one_number_are_three_codes(country: Country) -> None:
    with transaction.atomic(using="owner"):
        unit = Unit.objects.using("owner").create(level="province")
        UnitCode.objects.using("owner").create(unit=unit, code="01", valid=Range(None, None))

    assert UnitCode.objects.using("owner").on(NEW_DAY).filter(code__in=["01", "00001"]).count() == 2


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("code", ["1", "1234", "123456", "12a", "", " 01"])
def test_the_database_refuses_a_code_that_is_none(code: str, country: Country) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(using="owner"):
        UnitCode.objects.using("owner").create(unit=country.split_two, code=code, valid=Range(None, OLD_DAY))


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_database_refuses_two_names_of_one_unit_on_one_day(country: Country) -> None:
    with pytest.raises(IntegrityError, match="unit_has_one_name_a_day"), transaction.atomic(using="owner"):
        UnitName.objects.using("owner").create(
            unit=country.merged,
            name="Xã X",
            short_name="X",
            kind="xã",
            sort_key="X",
            valid=Range(NEW_DAY, None),
        )


def test_the_two_connections_look_at_one_database(country: Country) -> None:
    names = {connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}

    assert len(names) == 1
    assert connections["default"].settings_dict["USER"] != connections["owner"].settings_dict["USER"]
