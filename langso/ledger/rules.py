"""The last line of each book as it is kept elsewhere. Pure."""

import re
from dataclasses import dataclass

from langso.lib.refusal import Refused

_LINE = re.compile(r"([\w-]{1,20})\t([1-9][0-9]{0,17})\t([0-9a-f]{64})", re.ASCII)


class AnchorWrong(Refused):
    says = "Dòng {number} không có dạng “quyển, số dòng, mã”. Dùng tệp do `langso ledger anchor` in ra."


class AnchorEmpty(AnchorWrong):
    says = "Tệp không có dòng nào. Dùng tệp do `langso ledger anchor` in ra."


@dataclass(frozen=True)
class Anchor:
    """The digest of one line of a book, as somebody wrote it down."""

    book: str
    line: int
    digest: str


def read_anchors(text: str) -> list[Anchor]:
    """Refuses: AnchorWrong, AnchorEmpty."""
    found = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None:
            raise AnchorWrong(number=number)
        found.append(Anchor(parts[1], int(parts[2]), parts[3]))
    if not found:
        raise AnchorEmpty()
    return found
