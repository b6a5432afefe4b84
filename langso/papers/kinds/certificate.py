"""Giấy công nhận: what hangs on the wall, with the address where anyone may check it."""

import io

import segno

from langso.lib.period import write_day
from langso.papers.kinds.decision import Recognised
from langso.papers.kinds.facts import capital
from langso.papers.paper import Certificate, Drawing, Office, Signature, Stamp


def certificate(
    unit: Recognised,
    *,
    decision: str,
    serial: str,
    address: str,
    round_name: str,
    office: Office,
    stamp: Stamp,
    signature: Signature,
) -> Certificate:
    """`decision` cites the decision ("Quyết định số … ngày …"); `address` is the public page of this recognition."""
    return Certificate(
        office=office,
        stamp=stamp,
        holder=capital(unit.place.name),
        within=unit.place.province,
        for_what=f"đạt mức độ chuyển đổi số cấp xã {round_name}",
        level=unit.level.words,
        decision=f"Theo {decision}",
        valid=f"Có giá trị từ ngày {write_day(unit.start)} đến hết ngày {write_day(unit.last)}",
        serial=f"Số giấy: {serial}",
        address=address,
        code=Drawing(qr(address), alt=f"Mã QR mở trang {address}", width_mm=26),
        signature=signature,
    )


def qr(address: str) -> str:
    """The address as a QR code that survives a fold or a stain (level M)."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, light="#fff", omitsize=True
    )
    return drawn.getvalue().decode()
