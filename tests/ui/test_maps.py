"""Every unit has its place on a map, says its level as a digit, and unknown is hatched."""

import csv
import re
from pathlib import Path

import pytest

from langso.ui import maps
from langso.ui.maps import Shade
from tests.ui.markup import Markup

PROVINCES = sorted(maps.province_codes())
GAZETTEER = maps.OUTLINES.parent / "units_2025.csv"


def gazetteer() -> list[dict[str, str]]:
    with Path(GAZETTEER).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_unit_of_the_gazetteer_has_an_outline_and_no_outline_is_left_over() -> None:
    units = gazetteer()
    assert {u["code"] for u in units if u["level"] == "province"} == set(PROVINCES)
    for province in PROVINCES:
        here = {u["code"] for u in units if u["level"] == "commune" and u["province_code"] == province}
        assert here == maps.commune_codes(province), province


def test_there_are_34_provinces_and_3321_communes() -> None:
    assert len(PROVINCES) == 34
    assert sum(len(maps.commune_codes(code)) for code in PROVINCES) == 3321


def test_the_country_is_small_enough_for_the_home_page_and_names_the_archipelagos() -> None:
    shades = {c: Shade(3, f"Tỉnh {c}", href=f"/tinh/{c}/") for c in PROVINCES}
    drawn = maps.province_map(shades)
    assert len(drawn.encode()) < 20_000
    assert "Quần đảo Hoàng Sa" in drawn
    assert "Quần đảo Trường Sa" in drawn
    assert Markup(drawn).faults == []


@pytest.mark.parametrize("province", PROVINCES)
def test_every_commune_is_drawn_inside_its_box_and_leads_to_its_page(province: str) -> None:
    codes = maps.commune_codes(province)
    drawn = maps.commune_map(province, {c: Shade(4, f"Xã {c}", href=f"/xa/{c}/") for c in codes})
    read = Markup(drawn)
    links = [attrs["href"] for tag, attrs in read.elements if tag == "a"]
    assert read.faults == []
    assert sorted(links, key=str) == sorted(f"/xa/{c}/" for c in codes)
    shapes = re.findall(r"<a .*?</a>", drawn)
    assert all("m4" in shape for shape in shapes)
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    starts = [(int(x), int(y)) for x, y in re.findall(r'd="M(\d+) (\d+)', drawn)]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in starts)


def test_neighbours_share_their_border() -> None:
    """Walked once each way, a shared side cancels: most sides of inland communes occur twice."""
    made = maps._outlines("communes/01")
    sides: dict[frozenset[tuple[int, int]], int] = {}
    for unit in made["units"].values():
        for ring in re.findall(r"M(-?\d+) ?(-?\d+)l([^zM]*)z", unit.get("path", "")):
            x, y = int(ring[0]), int(ring[1])
            points = [(x, y)]
            steps = [int(n) for n in re.findall(r"-?\d+", ring[2])]
            for dx, dy in zip(steps[::2], steps[1::2], strict=True):
                x, y = x + dx, y + dy
                points.append((x, y))
            for a, b in zip(points, points[1:] + points[:1], strict=True):
                sides[frozenset((a, b))] = sides.get(frozenset((a, b)), 0) + 1
    assert sum(n == 2 for n in sides.values()) / len(sides) > 0.7
    assert max(sides.values()) <= 2


def test_unknown_is_hatched_with_a_question_mark_and_never_level_zero() -> None:
    unknown, none_yet = Shade(None, "Tỉnh A"), Shade(0, "Tỉnh B")
    assert (unknown.step, unknown.digit, unknown.said) == ("m0", "?", "Chưa có số liệu")
    assert (none_yet.step, none_yet.digit, none_yet.said) == ("m-low", "0", "0 · Chưa đạt mức 1")
    assert Shade(2, "Tỉnh C").said == "2 · Kết nối"
    drawn = maps.province_map({})
    assert drawn.count('class="m0"') + drawn.count("ring m0") >= 34
    assert drawn.count(">?</text>") == 34


def test_the_legend_counts_and_shows_unknown_only_when_there_is_some() -> None:
    shades = {"01": Shade(3, "A"), "04": Shade(3, "B"), "08": Shade(None, "C")}
    steps = maps.legend(shades)
    assert [(s.digit, s.count) for s in steps] == [("5", 0), ("4", 0), ("3", 2), ("2", 0), ("1", 0), ("?", 1)]
    assert [s.digit for s in maps.legend({"01": Shade(3, "A")})] == ["5", "4", "3", "2", "1"]


def test_the_table_beside_the_map_is_in_vietnamese_order() -> None:
    shades = {
        str(i): Shade(1, name) for i, name in enumerate(["Đồng Nai", "Đắk Lắk", "Cao Bằng", "An Giang", "Đà Nẵng"])
    }
    assert [s.name for s in maps.listed(shades)] == ["An Giang", "Cao Bằng", "Đà Nẵng", "Đắk Lắk", "Đồng Nai"]


def test_names_and_addresses_are_escaped() -> None:
    drawn = maps.province_map({"01": Shade(1, "<b>&", word="<i>", href='"><script>')})
    assert Markup(drawn).faults == []
    assert not {"b", "i", "script"} & {tag for tag, _ in Markup(drawn).elements}


@pytest.mark.parametrize("code", ["99", "../provinces", "", "1"])
def test_a_province_without_outlines_is_an_error_and_reads_no_other_file(code: str) -> None:
    with pytest.raises(KeyError):
        maps.commune_map(code, {})
