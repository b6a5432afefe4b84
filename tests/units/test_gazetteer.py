"""The official lists, loaded as `langso demo` loads them; on a database of their own."""

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from langso.lib.shelf import folder
from langso.lib.vietnamese import nfc, sort_key
from langso.units import gazetteer, loading
from langso.units.models import Reach, Succession, Unit, UnitCode, UnitName
from langso.units.queries import named, predecessors, successors, unit_by_code, units_on
from tests.country import NEW_DAY, OLD_DAY

TODAY = date(2026, 11, 20)


def test_the_lists_are_whole_before_and_after_the_reform(whole_country: str) -> None:
    def count(day: date) -> dict[str, int]:
        return dict(Counter(u.level for u in units_on(day)))

    assert count(OLD_DAY) == {"province": 63, "district": 696, "commune": 10_035}
    assert count(NEW_DAY) == {"province": 34, "commune": 3_321}
    assert count(TODAY) == {"province": 34, "commune": 3_321}


def test_every_unit_of_a_day_has_a_province(whole_country: str) -> None:
    for day in (OLD_DAY, NEW_DAY, TODAY):
        provinces = {u.code for u in units_on(day, level="province")}
        assert {u.province_code for u in units_on(day)} == provinces


def test_every_unit_of_the_old_map_has_a_successor_and_every_one_of_the_new_map_a_predecessor(
    whole_country: str,
) -> None:
    before = set(UnitCode.objects.on(OLD_DAY).values_list("unit", flat=True))
    since = set(UnitCode.objects.on(NEW_DAY).values_list("unit", flat=True))

    assert before - set(Succession.objects.values_list("predecessor", flat=True)) == set()
    assert since - set(Succession.objects.values_list("successor", flat=True)) == set()


def test_nearly_every_code_since_the_reform_belonged_to_another_unit_before(whole_country: str) -> None:
    before = dict(UnitCode.objects.on(OLD_DAY).filter(unit__level="commune").values_list("code", "unit"))
    since = dict(UnitCode.objects.on(NEW_DAY).filter(unit__level="commune").values_list("code", "unit"))

    assert len(before.keys() & since.keys()) == 3_316
    assert sum(before[code] != since[code] for code in before.keys() & since.keys()) > 3_000


def test_the_communes_that_were_split_have_two_to_five_heirs(whole_country: str) -> None:
    heirs = Counter(
        Succession.objects.filter(predecessor__level="commune", on=NEW_DAY).values_list("predecessor", flat=True)
    )
    split = [n for n in heirs.values() if n > 1]

    assert len(split) == 441
    assert max(split) <= 5


def test_a_province_reaches_all_its_communes_of_both_maps(whole_country: str) -> None:
    province = unit_by_code("08", TODAY)
    reached = set(Reach.objects.on(TODAY).filter(root=province).values_list("unit", flat=True))
    now = {u.id for u in units_on(TODAY, level="commune", province_code="08")}
    old = {u.id for code in ("02", "08") for u in units_on(OLD_DAY, level="commune", province_code=code)}

    assert now | old <= reached


def test_hoang_su_phi_is_found_with_what_it_absorbed(whole_country: str) -> None:
    unit = unit_by_code("01021", TODAY)
    kin = predecessors(unit, since=OLD_DAY, to=TODAY)

    assert named([(unit.pk, TODAY)])[unit.pk, TODAY].name == "Xã Hoàng Su Phì"
    assert len(kin) > 1
    assert all(k.resolution and k.clause for k in kin)
    for one in kin:
        back = successors(Unit.objects.get(pk=one.unit.id), since=OLD_DAY, to=TODAY)
        assert unit.pk in {k.unit.id for k in back}


def test_the_changes_of_2026_begin_on_their_day(whole_country: str) -> None:
    province = unit_by_code("75", TODAY)
    eve, day = date(2026, 4, 29), date(2026, 4, 30)

    kinds = {d: named([(province.pk, d)])[province.pk, d].kind for d in (eve, day)}

    assert kinds == {eve: "tỉnh", day: "thành phố"}


def test_names_are_stored_composed_with_their_key_for_sorting(whole_country: str) -> None:
    rows = list(UnitName.objects.values_list("name", "short_name", "sort_key"))

    assert [name for name, *_ in rows if name != nfc(name)] == []
    assert [name for name, short, key in rows if key not in (sort_key(name), sort_key(short))] == []


def test_a_second_load_is_refused_and_changes_nothing(whole_country: str) -> None:
    before = Unit.objects.count()

    with pytest.raises(loading.AlreadyLoaded, match="đã có sẵn"):
        loading.load()

    assert Unit.objects.count() == before


@pytest.fixture
def copied_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in folder("gazetteer").glob("*.csv"):
        shutil.copy(file, tmp_path)
    monkeypatch.setenv("LANGSO_GAZETTEER", str(tmp_path))
    return tmp_path


def _rewrite(path: Path, *, drop: int | None = None, double: int | None = None) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if drop is not None:
        del rows[drop]
    if double is not None:
        rows[double + 1] = list(rows[double])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("units_2024.csv", "10.?034, cần 10.?035"),
        ("units_2025.csv", "3.?320, cần 3.?321"),
        ("lineage_2025.csv", "10.?571, cần 10.?572"),
        ("resolution_clauses_2025.csv", "3.?227, cần 3.?228"),
    ],
)
def test_a_missing_line_stops_the_load_and_is_named(file: str, said: str, copied_lists: Path) -> None:
    _rewrite(copied_lists / file, drop=-1)

    with pytest.raises(gazetteer.CountsDiffer, match=said):
        gazetteer.read()


def test_a_line_that_stands_twice_in_place_of_another_stops_the_load(copied_lists: Path) -> None:
    _rewrite(copied_lists / "units_2025.csv", double=-2)

    with pytest.raises(gazetteer.CountsDiffer, match="có hai lần"):
        gazetteer.read()


def test_a_missing_file_is_named(copied_lists: Path) -> None:
    (copied_lists / "lineage_2025.csv").unlink()

    with pytest.raises(gazetteer.GazetteerMissing, match=r"lineage_2025\.csv"):
        gazetteer.read()


def test_wrong_lists_write_nothing(copied_lists: Path, db: None) -> None:
    before = Unit.objects.count()
    _rewrite(copied_lists / "units_2025.csv", drop=-1)

    with pytest.raises(gazetteer.CountsDiffer):
        loading.load()

    assert Unit.objects.count() == before


def _listed(file: str) -> dict[str, str]:
    with (folder("gazetteer") / file).open(encoding="utf-8", newline="") as rows:
        return {r["code"]: nfc(r["name"]) for r in csv.DictReader(rows)}


@pytest.mark.parametrize(("day", "file"), [(OLD_DAY, "units_2024.csv"), (NEW_DAY, "units_2025.csv")])
def test_every_unit_of_a_day_is_spelt_as_the_list_of_that_day_spells_it(
    day: date, file: str, whole_country: str
) -> None:
    assert {u.code: u.name for u in units_on(day)} == _listed(file)


def test_a_commune_kept_under_another_spelling_has_it_from_the_resolution_on(whole_country: str) -> None:
    old, new = unit_by_code("04603", TODAY).names.select_related("document").order_by("valid")

    assert (old.name, old.valid.upper) == ("Xã Tà Si Láng", NEW_DAY)
    assert (new.name, new.valid.lower, new.valid.upper) == ("Xã Tà Xi Láng", NEW_DAY, None)
    assert new.document is not None
    assert new.document.number == "1673/NQ-UBTVQH15"
