"""What stands on a state paper, in the order of Nghị định 30/2020/NĐ-CP, Phụ lục I. The writers say how it looks."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

BLANK = "\u00a0" * 6  # room for a pen; spaces that no cleaning may take away

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Paragraph:
    text: str
    lead: str = ""  # said in bold before the text: "Kết luận:"
    bold: bool = False
    italic: bool = False
    align: Literal["justify", "center", "left"] = "justify"


@dataclass(frozen=True)
class Article:
    """One "Điều" of a decision; `further` are the paragraphs after its first."""

    number: int
    text: str
    further: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heading:
    """A heading with its own number ("I", "2"); level 1 is set in capitals."""

    number: str
    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Bullet:
    text: str


@dataclass(frozen=True)
class Column:
    name: str
    width: float  # a share of the table: columns of 1, 3 and 2 take a sixth, a half and a third
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    empty: str = "Chưa có dòng nào."
    foot: tuple[str, ...] = ()  # the sum

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.foot] if self.foot else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells in a table of {len(self.columns)} columns: {row!r}")


@dataclass(frozen=True)
class Drawing:
    """An SVG drawn by the house. `alt` says in words what it shows; the facts also stand in the text nearby."""

    svg: str
    alt: str
    caption: str = ""
    width_mm: float = 160


@dataclass(frozen=True)
class PageBreak:
    pass


@dataclass(frozen=True)
class Signature:
    """Who signs: lines in capitals ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH") and the name under the room for the stamp."""

    lines: tuple[str, ...]
    name: str
    note: str = ""  # under the lines, in italics: "(Ký, ghi rõ họ tên)"


@dataclass(frozen=True)
class Signatures:
    """Two who sign side by side: the secretary on the left, the chair on the right."""

    left: Signature
    right: Signature


Block = Paragraph | Article | Heading | Bullet | Table | Drawing | PageBreak | Signatures


@dataclass(frozen=True)
class Annex:
    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True)
class Office:
    """The body that issues a paper, as it stands in the left column of the head."""

    name: str  # "Ủy ban nhân dân tỉnh Tuyên Quang"
    place: str  # "Tuyên Quang"
    above: str = ""  # the body above it, when the decree asks for one
    called: str = ""  # in the head when shorter: "Ủy ban nhân dân"


@dataclass(frozen=True)
class Stamp:
    """What tells this very paper from others: its number, symbol and day, whether it is a draft, whether it is real.

    `issued_on` is empty until it is issued: the place for the day is then left open. `written_on` is the day on which
    the file was made; it goes into the properties of the file.
    """

    symbol: str  # "QĐ-UBND"
    written_on: date
    number: str = ""
    issued_on: date | None = None
    is_draft: bool = False
    is_simulated: bool = False


@dataclass(frozen=True)
class Paper:
    kind: str  # "Quyết định"
    office: Office
    stamp: Stamp
    abstract: str
    blocks: tuple[Block, ...]
    signature: Signature | None = None
    recipients: tuple[str, ...] = ()
    addressed_to: tuple[str, ...] = ()  # "Kính gửi"
    competence: str = ""  # who decides, before the grounds: "Chủ tịch Ủy ban nhân dân tỉnh …"
    grounds: tuple[str, ...] = ()
    enacting: str = ""  # "QUYẾT ĐỊNH:"
    annexes: tuple[Annex, ...] = field(default=())

    @property
    def title(self) -> str:
        """The paper in one line, as a file manager and a screen reader name it."""
        number = f" số {written_number(self.stamp)}" if self.stamp.number else ""
        return f"{self.kind}{number} {self.abstract}".strip()


@dataclass(frozen=True)
class Certificate:
    """Giấy công nhận: one landscape page for the wall of the commune's office."""

    office: Office
    stamp: Stamp
    holder: str  # "Xã Vinh Quang"
    within: str  # "tỉnh Tuyên Quang"
    for_what: str  # "Đạt mức độ chuyển đổi số"
    level: str  # "Mức 3 - Cơ bản"
    decision: str  # "Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026 của …"
    valid: str  # "Có giá trị từ ngày 05/01/2026 đến hết ngày 04/01/2028."
    serial: str  # "Số vào sổ: 0012/2026"
    address: str  # where anyone may check it
    code: Drawing  # the same address as QR
    signature: Signature

    @property
    def title(self) -> str:
        return f"Giấy công nhận {self.holder}, {self.within}: {self.level}"


def written_number(stamp: Stamp) -> str:
    """ "12/QĐ-UBND", or with room left for a number that is not given yet."""
    return f"{stamp.number or BLANK}/{stamp.symbol}"


def written_day(day: date | None, *, year: int) -> str:
    """ "ngày 05 tháng 01 năm 2026"; a day that is not known is left open for the pen.

    By the decree a day below 10 and the months 1 and 2 take a zero before them.
    """
    if day is None:
        return f"ngày{BLANK}tháng{BLANK}năm {year}"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def dated(stamp: Stamp) -> str:
    return written_day(stamp.issued_on, year=(stamp.issued_on or stamp.written_on).year)


def cited(paper: Paper) -> str:
    """The paper as its annexes cite it: "Kèm theo Quyết định số … ngày … của …"."""
    return f"(Kèm theo {paper.kind} số {written_number(paper.stamp)} {dated(paper.stamp)} của {paper.office.name})"


def ended(lines: tuple[str, ...], *, last: str = ".") -> tuple[str, ...]:
    """Lines of one list: each ends with ";", the last with a full stop, whatever they ended with before."""
    bare = [line.rstrip(" ;.,") for line in lines]
    return tuple(f"{line}{last if i == len(bare) - 1 else ';'}" for i, line in enumerate(bare))
