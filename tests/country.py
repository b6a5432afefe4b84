"""One small country: everything that the reform of 01/07/2025 did, once each.

Tỉnh Sông Chảy (08)
  Huyện Thượng Nguồn (026), until 30/06/2025
    Xã Yên Hoà (00001) ┐
    Xã Hồ Thầu (00004) ┴─> Xã Bản Vược, which takes the code 00001
    Xã Bản Nhùng (00010) ┬─> Xã Tân Tiến, which takes the code 00010
                         └─> Xã Thông Nguyên (00013); which part went where is not known
    Xã Nậm Dịch (00007), kept as it was
Tỉnh Biển Đông (15)
  Xã Yên Hòa (10558): the namesake of a commune that is gone
  Xã Bảo Hà (10555)
"""

from dataclasses import dataclass
from datetime import date

from django.db import connections, transaction
from psycopg.types.range import Range

from langso.legal.models import Clause, LegalDocument
from langso.lib.period import REFORM
from langso.lib.vietnamese import sort_key
from langso.units import reach
from langso.units.models import Succession, Unit, UnitCode, UnitName, UnitParent, UnitStatistic

BEFORE, SINCE = (None, REFORM), (REFORM, None)
ALWAYS = (None, None)
OLD_DAY = date(2025, 6, 30)
NEW_DAY = REFORM
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Country:
    province: Unit
    district: Unit
    old_yen_hoa: Unit
    old_ho_thau: Unit
    old_ban_nhung: Unit
    merged: Unit
    neighbour: Unit
    split_one: Unit
    split_two: Unit
    far_province: Unit
    far_commune: Unit
    far_namesake: Unit
    resolution: LegalDocument


def _unit(level: str, kind: str, short: str, code: str, valid: Span, document: LegalDocument | None = None) -> Unit:
    unit = Unit.objects.using("owner").create(level=level)
    name = f"{kind.capitalize()} {short}"
    UnitName.objects.using("owner").create(
        unit=unit,
        name=name,
        short_name=short,
        kind=kind,
        sort_key=sort_key(name),
        valid=Range(*valid),
        document=document,
    )
    UnitCode.objects.using("owner").create(unit=unit, code=code, valid=Range(*valid), document=document)
    return unit


def _below(parent: Unit, *units: Unit, valid: Span) -> None:
    for unit in units:
        UnitParent.objects.using("owner").create(unit=unit, parent=parent, valid=Range(*valid))


def _became(old: Unit, new: Unit, relation: str, document: LegalDocument | None, **more: object) -> None:
    facts = {"share": 1, "share_basis": "all", "clause": "1"} | more
    Succession.objects.using("owner").create(
        predecessor=old, successor=new, on=REFORM, relation=relation, document=document, **facts
    )


def build() -> Country:
    """Write the country through the owner, committed."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        paper = LegalDocument.objects.using("owner").create(
            number="1684/NQ-UBTVQH15", issuer="Ủy ban Thường vụ Quốc hội", issued_on=date(2025, 6, 16)
        )
        Clause.objects.using("owner").create(
            document=paper,
            number="1",
            text="Sắp xếp toàn bộ xã Yên Hoà và xã Hồ Thầu thành xã mới có tên gọi là xã Bản Vược.",
        )
        province = _unit("province", "tỉnh", "Sông Chảy", "08", ALWAYS)
        district = _unit("district", "huyện", "Thượng Nguồn", "026", BEFORE)
        yen_hoa = _unit("commune", "xã", "Yên Hoà", "00001", BEFORE)
        ho_thau = _unit("commune", "xã", "Hồ Thầu", "00004", BEFORE)
        ban_nhung = _unit("commune", "xã", "Bản Nhùng", "00010", BEFORE)
        neighbour = _unit("commune", "xã", "Nậm Dịch", "00007", ALWAYS)
        merged = _unit("commune", "xã", "Bản Vược", "00001", SINCE, paper)
        one = _unit("commune", "xã", "Tân Tiến", "00010", SINCE, paper)
        two = _unit("commune", "xã", "Thông Nguyên", "00013", SINCE, paper)
        far_province = _unit("province", "tỉnh", "Biển Đông", "15", ALWAYS)
        far_commune = _unit("commune", "xã", "Bảo Hà", "10555", SINCE)
        far_namesake = _unit("commune", "xã", "Yên Hòa", "10558", SINCE)
        _below(province, district, valid=BEFORE)
        _below(district, yen_hoa, ho_thau, ban_nhung, neighbour, valid=BEFORE)
        _below(province, merged, neighbour, one, two, valid=SINCE)
        _below(far_province, far_commune, far_namesake, valid=SINCE)
        _became(yen_hoa, merged, "whole", paper)
        _became(ho_thau, merged, "whole", paper)
        unknown = {"share": None, "share_basis": "unknown"}
        _became(ban_nhung, one, "part", paper, **unknown)
        _became(ban_nhung, two, "part", paper, is_default=False, **unknown)
        _became(neighbour, neighbour, "unchanged", None, clause="")
        _became(province, province, "unchanged", None, clause="")
        _became(district, province, "tier_abolished", None, clause="")
        UnitStatistic.objects.using("owner").create(
            unit=merged, what="population", value=12345, as_of=REFORM, source="Số liệu thử"
        )
        reach.rebuild(cursor)
    return Country(
        province,
        district,
        yen_hoa,
        ho_thau,
        ban_nhung,
        merged,
        neighbour,
        one,
        two,
        far_province,
        far_commune,
        far_namesake,
        paper,
    )
