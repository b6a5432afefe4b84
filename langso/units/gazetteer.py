"""The official lists in `gazetteer/`, read into plain rows. No Django: files in, dataclasses out.

Source: gazetteer/README.md. A count that differs from `EXPECTED` stops the load: a half list is worse than none.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from langso.lib.period import REFORM
from langso.lib.refusal import Refused
from langso.lib.shelf import folder

COMPLETE_FROM = date(2025, 3, 1)  # the list before the reform is whole from its last change on (unit_history_counts)
FIGURES_AS_OF = date(2025, 7, 1)
CITY_DAY = date(2026, 4, 30)

EXPECTED = {
    "cấp tỉnh trước 01/7/2025": 63,
    "cấp huyện": 696,
    "cấp xã trước 01/7/2025": 10_035,
    "cấp tỉnh từ 01/7/2025": 34,
    "cấp xã từ 01/7/2025": 3_321,
    "dòng kế thừa cấp xã": 10_572,
    "điều khoản nghị quyết": 3_228,
}
LAW = ("72/2025/QH15", "Quốc hội", date(2025, 6, 16), "Luật Tổ chức chính quyền địa phương")
PROVINCES = (
    "202/2025/QH15",
    "Quốc hội",
    date(2025, 6, 12),
    "Về việc sắp xếp đơn vị hành chính cấp tỉnh",
)
CITY = ("30/2026/QH16", "Quốc hội", None, "Thành lập thành phố Đồng Nai")
WARDS = (
    "237/NQ-UBTVQH16",
    "Ủy ban Thường vụ Quốc hội",
    None,
    "Thành lập các phường thuộc thành phố Đồng Nai",
)


class GazetteerMissing(Refused):
    says = "Không thấy tệp {name} trong thư mục gazetteer. Lấy lại bản đầy đủ của Làng Số rồi chạy lại lệnh."


class CountsDiffer(Refused):
    says = "Danh mục đơn vị không đủ, chưa nạp dòng nào: {differences}. Kiểm tra lại các tệp trong thư mục gazetteer."


Document = tuple[str, str, date | None, str]
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class NameFact:
    name: str
    kind: str
    short_name: str
    valid: Span
    document: str | None


@dataclass
class UnitRow:
    """One unit with its facts; `key` is (system, code), system being the list it came from first."""

    key: tuple[str, str]
    level: str
    names: list[NameFact]
    code: str
    valid: Span
    document: str | None
    parents: list[tuple[tuple[str, str], Span, str | None]] = field(default_factory=list)
    aliases: list[tuple[str, Span]] = field(default_factory=list)
    population: str = ""
    population_flag: str = ""
    area_km2: str = ""
    area_flag: str = ""


@dataclass(frozen=True)
class Edge:
    old: tuple[str, str]
    new: tuple[str, str]
    relation: str
    share: str | None
    share_basis: str
    is_default: bool
    document: str | None
    clause: str
    note: str


@dataclass(frozen=True)
class Gazetteer:
    units: list[UnitRow]
    edges: list[Edge]
    documents: list[Document]
    clauses: list[tuple[str, str, str]]  # document, clause, text


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = folder("gazetteer") / name
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except FileNotFoundError:
        raise GazetteerMissing(name=name) from None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _short(name: str, kind: str) -> str:
    return name[len(kind) + 1 :]


def share_of(relation: str, targets: int) -> tuple[str | None, str]:
    """The part of the old unit that went along an edge, and what it is a part of.

    Source: the wording of the resolutions; "một phần" gives no figure, so the share is not known.
    """
    if relation == "part_area_all_pop":
        return "1", "population"
    if relation == "part_area":
        return "0", "population"
    if relation == "all_area":
        return "1", "area"
    if targets == 1 and relation not in ("part", "part_pop"):
        return "1", "all"
    return None, "unknown"


def read() -> Gazetteer:
    """All lists, tied together.

    Refuses: GazetteerMissing, CountsDiffer.
    """
    old = list(_rows("units_2024.csv"))
    new = list(_rows("units_2025.csv"))
    lineage = list(_rows("lineage_2025.csv"))
    province_lineage = list(_rows("province_lineage_2025.csv"))
    clauses = [(r["resolution"], r["clause"], r["text"]) for r in _rows("resolution_clauses_2025.csv")]
    _check_counts(old, new, lineage, clauses)

    into = Counter(r["new_code"] for r in province_lineage)
    kept = {r["old_code"] for r in province_lineage if into[r["new_code"]] == 1}
    province_key = {
        r["code"]: ("2024" if r["code"] in kept else "2025", r["code"]) for r in new if r["level"] == "province"
    }
    same = {r["old_code"]: r for r in lineage if r["relation"] in ("unchanged", "renamed", "retyped")}
    started = {
        r["code"]: _day(r["valid_from"])
        for r in _rows("unit_history_2018_2025.csv")
        if r["valid_to"] == REFORM.isoformat()
    }

    units = _units_before(old, kept, same, started)
    _units_since(new, units, province_key, same)
    _apply_2026(units, province_key, same)
    _aliases(units, province_key, same)
    edges = _edges(lineage, province_lineage, province_key, same, old)
    documents = _documents(clauses)
    return Gazetteer(list(units.values()), edges, documents, clauses)


def _check_counts(
    old: list[dict[str, str]],
    new: list[dict[str, str]],
    lineage: list[dict[str, str]],
    clauses: list[tuple[str, str, str]],
) -> None:
    before, since = Counter(r["level"] for r in old), Counter(r["level"] for r in new)
    found = dict(
        zip(
            EXPECTED,
            (
                before["province"],
                before["district"],
                before["commune"],
                since["province"],
                since["commune"],
                len(lineage),
                len(clauses),
            ),
            strict=True,
        )
    )
    # A count can be right with a line lost and another twice.
    twice = []
    for rows in (old, new):
        seen: set[str] = set()
        for r in rows:
            if r["code"] in seen:
                twice.append(f"mã {r['code']} có hai lần")
            seen.add(r["code"])
    differences = [
        f"{what} có {found[what]}, cần {need}" for what, need in EXPECTED.items() if found[what] != need
    ] + twice
    if differences:
        raise CountsDiffer(differences="; ".join(differences[:5]))


def _units_before(
    old: list[dict[str, str]],
    kept: set[str],
    same: dict[str, dict[str, str]],
    started: dict[str, date | None],
) -> dict[tuple[str, str], UnitRow]:
    units: dict[tuple[str, str], UnitRow] = {}
    for r in old:
        key = ("2024", r["code"])
        goes_on = r["code"] in kept if r["level"] == "province" else r["code"] in same
        start = started.get(r["code"]) if r["level"] == "commune" else None
        renamed = goes_on and same.get(r["code"], {}).get("relation") in ("renamed", "retyped")
        name_span = (start, REFORM if renamed or not goes_on else None)
        unit = UnitRow(
            key=key,
            level=r["level"],
            code=r["code"],
            valid=(start, None if goes_on else REFORM),
            document=None,
            names=[NameFact(r["name"], r["type"], r["short_name"], name_span, None)],
        )
        if r["parent_code"]:
            unit.parents.append((("2024", r["parent_code"]), (start, REFORM), None))
        units[key] = unit
    return units


def _units_since(
    new: list[dict[str, str]],
    units: dict[tuple[str, str], UnitRow],
    province_key: dict[str, tuple[str, str]],
    same: dict[str, dict[str, str]],
) -> None:
    for r in new:
        is_province = r["level"] == "province"
        key = province_key[r["code"]] if is_province else ("2024" if r["code"] in same else "2025", r["code"])
        document = r["resolution"] or None
        name = NameFact(r["name"], r["type"], r["short_name"], (REFORM, None), document)
        unit = units.get(key)
        if unit is None:
            unit = units[key] = UnitRow(
                key=key,
                level=r["level"],
                code=r["code"],
                valid=(REFORM, None),
                document=document,
                names=[name],
            )
        elif unit.names[-1].valid[1] == REFORM:
            unit.names.append(name)
        elif unit.names[-1].name != name.name:  # kept as it was, but spelt otherwise since (Tà Si Láng, Tà Xi Láng)
            was = unit.names[-1]
            unit.names[-1] = NameFact(was.name, was.kind, was.short_name, (was.valid[0], REFORM), was.document)
            unit.names.append(name)
        if not is_province:
            unit.parents.append((province_key[r["province_code"]], (REFORM, None), document))
        unit.population, unit.population_flag = r["population"], r["pop_flag"]
        unit.area_km2, unit.area_flag = r["area_km2"], r["area_flag"]


def _apply_2026(
    units: dict[tuple[str, str], UnitRow],
    province_key: dict[str, tuple[str, str]],
    same: dict[str, dict[str, str]],
) -> None:
    for r in _rows("changes_2026.csv"):
        code, day = r["code"], date.fromisoformat(r["effective"])
        key = province_key[code] if r["level"] == "province" else ("2024" if code in same else "2025", code)
        unit = units[key]
        was = unit.names[-1]
        kind = next(k for k in ("thành phố", "phường") if r["new_name"].lower().startswith(k))
        unit.names[-1] = NameFact(was.name, was.kind, was.short_name, (was.valid[0], day), was.document)
        unit.names.append(NameFact(r["new_name"], kind, _short(r["new_name"], kind), (day, None), r["legal_basis"]))


def _aliases(
    units: dict[tuple[str, str], UnitRow],
    province_key: dict[str, tuple[str, str]],
    same: dict[str, dict[str, str]],
) -> None:
    for r in _rows("name_variants.csv"):
        code = r["code"]
        if r["system"] == "2025":
            key = province_key.get(code) or ("2024" if code in same else "2025", code)
        else:
            key = ("2024", code)
        unit = units.get(key)
        if unit is not None:
            span = (REFORM, None) if r["system"] == "2025" else (unit.names[0].valid[0], REFORM)
            unit.aliases.append((r["variant"], span))
    # A name that ended before the lists begin leads to the unit that took it over.
    for r in _rows("retired_codes_2018_2025.csv"):
        unit = units.get(("2024", r["successor_2024"]))
        if unit is not None:
            unit.aliases.append((r["name"], (None, REFORM)))


def _edges(
    lineage: list[dict[str, str]],
    province_lineage: list[dict[str, str]],
    province_key: dict[str, tuple[str, str]],
    same: dict[str, dict[str, str]],
    old: list[dict[str, str]],
) -> list[Edge]:
    edges = []
    targets: dict[str, int] = defaultdict(int)
    for r in lineage:
        targets[r["old_code"]] += 1
    for r in lineage:
        if r["old_level"] == "area":  # a mud flat that was never a unit
            continue
        share, basis = share_of(r["relation"], targets[r["old_code"]])
        new_key = ("2024" if r["new_code"] in same else "2025", r["new_code"])
        edges.append(
            Edge(
                ("2024", r["old_code"]),
                new_key,
                r["relation"],
                share,
                basis,
                r["default_target"] == "1" or targets[r["old_code"]] == 1,
                r["resolution"] or None,
                r["clause"],
                r["note_nso"],
            )
        )
    province_of_old = {}
    for r in province_lineage:
        new_key = province_key[r["new_code"]]
        province_of_old[r["old_code"]] = new_key
        unchanged = new_key == ("2024", r["old_code"])
        edges.append(
            Edge(
                ("2024", r["old_code"]),
                new_key,
                "unchanged" if unchanged else "whole",
                "1",
                "all",
                True,
                PROVINCES[0],
                "",
                "",
            )
        )
    islands = {r["old_code"] for r in lineage if r["old_level"] == "district"}
    for r in old:
        if r["level"] == "district" and r["code"] not in islands:
            edges.append(
                Edge(
                    ("2024", r["code"]),
                    province_of_old[r["parent_code"]],
                    "tier_abolished",
                    "1",
                    "all",
                    True,
                    LAW[0],
                    "",
                    "Cấp huyện kết thúc hoạt động; hồ sơ, số liệu về cấp tỉnh",
                )
            )
    return edges


def _documents(clauses: list[tuple[str, str, str]]) -> list[Document]:
    """Every resolution cited by a clause, and the four that are cited without one."""
    resolutions = sorted({number for number, _, _ in clauses} - {LAW[0], PROVINCES[0]})
    standing = "Ủy ban Thường vụ Quốc hội"
    made = [(n, standing, date(2025, 6, 16), "Sắp xếp các đơn vị hành chính cấp xã năm 2025") for n in resolutions]
    return [LAW, PROVINCES, CITY, WARDS, *made]
