"""Files and facts for the tests of evidence, made here byte by byte."""

import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from langso.assessments.judging import MAIN_FRAMEWORK
from langso.evidence import actions
from langso.evidence.models import Citation, Evidence
from langso.units.models import Unit
from tests.cast import Player
from tests.factories import AT, PERIOD, main_edition

FRAMEWORK = MAIN_FRAMEWORK
CODES = tuple(main_edition().fields)


def pdf(text: str = "Báo cáo", *, trailer: str = "") -> bytes:
    """A whole little PDF; `trailer` is put into its trailer."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    made, places = b"%PDF-1.7\n% " + text.encode() + b"\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(made)
    made += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    made += b"trailer\n<< /Size 4 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer.encode(), start)
    return made


def office(
    part: str = "word/document.xml", *, types: bytes = b"<Types/>", more: dict[str, bytes] | None = None
) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, inside in {"[Content_Types].xml": types, part: b"<x/>", **(more or {})}.items():
            out.writestr(name, inside)
    return packed.getvalue()


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture like no other: soft shapes of light as a street, a room or a field has them."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[0 : size[1], 0 : size[0]] / max(size)
    light = chance.uniform(60, 190) + chance.uniform(-60, 60) * y + chance.uniform(-60, 60) * x
    for _ in range(14):
        cx, cy, wide, high = chance.uniform(0, 1), chance.uniform(0, 0.75), *chance.uniform(0.03, 0.25, 2)
        light += chance.uniform(-110, 110) * np.exp(-(((x - cx) / wide) ** 4) - ((y - cy) / high) ** 4)
    tint = chance.uniform(0.7, 1.2, 3)
    return Image.fromarray(np.clip(light[:, :, None] * tint, 0, 255).astype(np.uint8), "RGB")


def jpeg(picture: Image.Image, *, quality: int = 90, exif: Image.Exif | None = None) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, **({"exif": exif} if exif is not None else {}))
    return out.getvalue()


def exif(
    taken: str | None = None,
    *,
    offset: str | None = None,
    place: tuple[float, float] | None = None,
    orientation: int | None = None,
) -> Image.Exif:
    """What a camera writes: the moment, the zone, the place, which way it was held."""
    written = Image.Exif()
    if orientation is not None:
        written[0x0112] = orientation
    if taken is not None:
        written.get_ifd(0x8769)[0x9003] = taken
    if offset is not None:
        written.get_ifd(0x8769)[0x9011] = offset
    if place is not None:
        gps = written.get_ifd(0x8825)
        for key, value, sides in ((1, place[0], "NS"), (3, place[1], "EW")):
            gps[key], size = sides[value < 0], abs(value)
            gps[key + 1] = (int(size), int(size % 1 * 60), round(size * 60 % 1 * 60, 4))
    return written


def add(unit: Unit, *, by: Player | None = None, at: datetime = AT, **facts: Any) -> Evidence:
    """A document; what is not given is like report 127 of the merged commune."""
    usual: dict[str, Any] = {
        "number": "127/BC-UBND",
        "issuer": "UBND xã Bản Vược",
        "issued_on": date(2026, 6, 2),
        "title": "Báo cáo kết quả chuyển đổi số sáu tháng đầu năm 2026",
    }
    return actions.add_document(unit=unit, by=by.id if by else None, at=at, **(usual | facts))


def shoot(unit: Unit, content: bytes, *, by: Player | None = None, at: datetime = AT, **facts: Any) -> Evidence:
    usual: dict[str, Any] = {"name": "anh.jpg", "title": "Điểm hỗ trợ dịch vụ công"}
    return actions.add_photo(unit=unit, content=content, by=by.id if by else None, at=at, **(usual | facts))


def cite(evidence: Evidence, criterion: str = CODES[0], *, by: Player | None = None, **more: Any) -> Citation:
    facts: dict[str, Any] = {"framework": FRAMEWORK, "period": PERIOD, "at": AT} | more
    return actions.cite(evidence=evidence, criterion=criterion, by=by.id if by else None, **facts)
