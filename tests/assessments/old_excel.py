"""The smallest .xls that a reader takes: one sheet of texts and numbers in a compound file. For tests only."""

import struct
from collections.abc import Mapping

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cells(cells: Mapping[tuple[int, int], str | float]) -> bytes:
    written = b""
    for (row, column), value in sorted(cells.items()):
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            written += _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        else:
            written += _record(0x0203, place + struct.pack("<d", value))
    return written


def _stream(name: str, cells: Mapping[tuple[int, int], str | float]) -> bytes:
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    opening = _record(0x0809, begin) + _record(0x0042, struct.pack("<H", 1200))
    title = name.encode("utf-16-le")
    length = len(opening) + 4 + 8 + len(title) + 4
    listed = _record(0x0085, struct.pack("<IBBBB", length, 0, 0, len(name), 1) + title)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)) + _cells(cells)
    return opening + listed + _record(0x000A, b"") + sheet + _record(0x000A, b"")


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    title = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", _FREE, _FREE, child)
    return (
        title.ljust(64, b"\0")
        + struct.pack("<HBB", len(title), kind, 1)
        + links
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )


def xls(name: str, cells: Mapping[tuple[int, int], str | float], *, stream: str = "Workbook") -> bytes:
    body = _stream(name, cells)
    body = body.ljust(max(4096, -(-len(body) // _SECTOR) * _SECTOR), b"\0")
    sectors = len(body) // _SECTOR
    chain = [*range(1, sectors), _END, _END, _FAT]  # the book, the folder, this table
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry(stream, 2, 0, len(body))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 6
        + struct.pack("<IIIIIIIII", 0, 1, sectors, 0, 4096, _END, 0, _END, 0)
        + struct.pack("<I", sectors + 1)
        + b"\xff" * 432
    )
    return header + body + folder.ljust(_SECTOR, b"\0") + table
