"""Facts that several papers share, and how they are said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from langso.lib.number import write_number
from langso.lib.period import write_day

UNKNOWN = "Chưa có số liệu"
NO_LEVEL = "Chưa đạt mức nào"


@dataclass(frozen=True)
class Level:
    number: int
    name: str

    @property
    def words(self) -> str:
        return f"Mức {self.number} - {self.name[:1].upper()}{self.name[1:]}"


@dataclass(frozen=True)
class Place:
    """A commune, ward or special zone as it is written: "xã Vinh Quang", in "tỉnh Tuyên Quang"."""

    name: str
    province: str

    @property
    def words(self) -> str:
        return f"{self.name}, {self.province}"


@dataclass(frozen=True)
class Document:
    """A document that was read: number and symbol, day, who issued it, what it is about, and what was found."""

    number: str
    day: date | None
    issuer: str
    about: str
    found: str = ""


def level_words(level: Level | None) -> str:
    return level.words if level else NO_LEVEL


def points(value: Decimal | None) -> str:
    """Points as they are read; what is not known is said, never written as zero."""
    return UNKNOWN if value is None else write_number(value)


def count_words(value: int | None) -> str:
    return UNKNOWN.lower() if value is None else write_number(value)


def day_words(day: date | None) -> str:
    return write_day(day) if day else "Chưa ghi ngày"


def numbered(rows: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Rows with their STT."""
    return tuple((str(i), *row) for i, row in enumerate(rows, start=1))


def capital(text: str) -> str:
    """The first letter in capitals, the rest as it is: "xã Vinh Quang" opens a cell as "Xã Vinh Quang"."""
    return text[:1].upper() + text[1:]
