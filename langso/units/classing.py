"""Region classes from a file: all lines or none."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from psycopg.types.range import Range

from langso.legal.models import LegalDocument
from langso.lib.period import read_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.units.models import UnitRegionClass
from langso.units.queries import unit_by_code

COLUMNS = ("ma", "nhom", "tu_ngay", "so_van_ban")
OWNER = "owner"


class ClassFileWrong(Refused):
    says = "Tệp {name}, dòng {line}: {why} Chưa ghi dòng nào."


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ClassFileWrong(name=path.name, line=1, why=f"Hàng đầu phải là {','.join(COLUMNS)}.")
            return [(n, row) for n, row in enumerate(reader, 2)]
    except FileNotFoundError:
        raise ClassFileWrong(name=path.name, line=0, why="Không thấy tệp. Kiểm tra lại đường dẫn.") from None
    except (UnicodeDecodeError, csv.Error):
        raise ClassFileWrong(name=path.name, line=0, why="Không đọc được. Lưu tệp dạng CSV UTF-8.") from None


def classify(system: str, path: Path, *, commit: bool) -> int:
    """Give each unit of the file its class from a day on; the class before ends that day. Returns how many.

    Refuses: ClassFileWrong, naming the line; a dry run writes nothing.
    """
    lines = _lines(path)
    with transaction.atomic(using=OWNER):
        for number, row in lines:
            try:
                _write(system, row)
            except Refused as refused:
                raise ClassFileWrong(name=path.name, line=number, why=refused.sentence) from None
        if not commit:
            transaction.set_rollback(True, using=OWNER)
    return len(lines)


def _write(system: str, row: dict[str, str]) -> None:
    day: date = read_day(row["tu_ngay"] or "")
    unit = unit_by_code((row["ma"] or "").strip(), day)
    named = nfc(row["nhom"] or "")
    if not named or len(named) > 40:
        raise ClassFileWrong(name="nhom", line=0, why="Cột nhom trống hoặc dài quá 40 chữ.")
    document = None
    if row["so_van_ban"]:
        document, _ = LegalDocument.objects.using(OWNER).get_or_create(
            number=nfc(row["so_van_ban"])[:60], issuer="UBND", issued_on=None
        )
    now = UnitRegionClass.objects.using(OWNER).filter(unit=unit.pk, system=system).on(day).first()
    if now is not None and now.valid.lower == day:
        now.region_class, now.document, now.is_simulated = named, document, False
        now.save()
        return
    stop = now.valid.upper if now is not None else None
    if now is not None:
        now.valid = Range(now.valid.lower, day)
        now.save()
    else:
        later = UnitRegionClass.objects.using(OWNER).filter(Q(valid__startswith__gt=day), unit=unit.pk, system=system)
        first = later.order_by("valid").first()
        stop = first.valid.lower if first else None
    UnitRegionClass.objects.using(OWNER).create(
        unit_id=unit.pk, system=system, region_class=named, valid=Range(day, stop), document=document
    )
