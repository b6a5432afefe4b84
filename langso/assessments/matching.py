"""The page on which an officer matches the columns and rows of her own table, and sees what will be read from each."""

from collections.abc import Mapping
from dataclasses import dataclass

from langso.assessments import foreign
from langso.assessments.layout import PARTS, Layout, Line, Mapped, legacy_words
from langso.assessments.queries import AssessmentPage
from langso.assessments.workbook import Fault, Filled, asked
from langso.criteria.reasons import lower_first
from langso.lib.legacy_text import Kind
from langso.lib.number import write_number
from langso.lib.refusal import Refused
from langso.measures.models import ReportedFigure
from langso.measures.queries import entry_of, key_of


class PartTwice(Refused):
    says = "Cột {first} và cột {second} cùng ghép là {part}. Mỗi loại một cột: chọn lại một trong hai."


class NothingMatched(Refused):
    says = "Chưa ghép dòng nào với tiêu chí. Chọn tiêu chí cho các dòng có số, rồi bấm Xem lại."


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownColumn:
    name: str
    letters: str
    title: str
    samples: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class ShownLine:
    name: str
    place: int
    label: str
    likeness: str
    is_doubtful: bool
    choices: tuple[Choice, ...]
    will: str
    faults: tuple[str, ...]
    base_name: str
    base: str


@dataclass(frozen=True)
class MatchingPage:
    """Everything that was guessed or chosen, beside what will be read."""

    columns: tuple[ShownColumn, ...]
    lines: tuple[ShownLine, ...]
    unmatched: tuple[str, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    sheets: tuple[dict[str, object], ...]
    sheet: str
    ready: int
    faults: int
    is_remembered: bool

    @property
    def ready_words(self) -> str:
        return write_number(self.ready)


def mapped(layout: Layout, posted: Mapping[str, str]) -> Mapped:
    """What was chosen on the page.

    Refuses: PartTwice.
    """
    columns: dict[str, int] = {}
    for column in layout.columns:
        part = posted.get(f"cot-{column.index}", "")
        if part not in PARTS or not part:
            continue
        if part in columns:
            raise PartTwice(
                first=Fault(0, columns[part], "").letters, second=Fault(0, column.index, "").letters, part=PARTS[part]
            )
        columns[part] = column.index
    rows = {line.row: code for line in layout.lines if (code := posted.get(f"dong-{line.row}", ""))}
    return Mapped(layout.grid.name, columns, rows)


def bases(posted: Mapping[str, str]) -> dict[str, str]:
    """The figures that the officer had before her on the page."""
    return {name.removeprefix("goc-"): pk for name, pk in posted.items() if name.startswith("goc-")}


def matching_page(
    layout: Layout,
    mapping: Mapped,
    filled: Filled,
    page: AssessmentPage,
    known: Mapping[str, ReportedFigure],
    *,
    is_remembered: bool,
    address: str,
) -> MatchingPage:
    """Cost: no query of its own."""
    fields = asked(page.edition)
    said: dict[int, list[str]] = {}
    for fault in filled.faults:
        said.setdefault(fault.row, []).append(f"Ô {fault.cell}: {lower_first(fault.sentence)}")
    names = {code: f"{code}. {f.name or f.measure.label}" for code, f in fields.items()}
    chosen_column = {c: part for part, c in mapping.columns.items()}

    def line_of(line: Line) -> ShownLine:
        code = mapping.rows.get(line.row, "")
        fld = fields.get(code)
        now = known.get(key_of(page.edition, fld)) if fld else None
        faults = tuple(said.get(line.row, ()))
        reads = foreign.shown(filled.entries.get(code), fld) if fld and not faults else ""
        return ShownLine(
            f"dong-{line.row}",
            line.row + 1,
            line.label,
            "" if not line.code or code != line.code or is_remembered else _likeness(line.likeness),
            0 < line.likeness < 0.85 and code == line.code and not is_remembered,
            (Choice("", "Không đọc dòng này", not code), *(Choice(c, n[:90], c == code) for c, n in names.items())),
            _will(reads, foreign.shown(entry_of(now), fld), has_faults=bool(faults)) if fld else "",
            faults,
            f"goc-{code}" if fld else "",
            str(now.pk) if now else "",
        )

    lines = tuple(line_of(line) for line in layout.lines if not line.aside)
    return MatchingPage(
        tuple(
            ShownColumn(
                f"cot-{c.index}",
                Fault(0, c.index, "").letters,
                c.title or "(không có tiêu đề)",
                "; ".join(c.samples),
                tuple(Choice(p, label, chosen_column.get(c.index, "") == p) for p, label in PARTS.items()),
            )
            for c in layout.columns
        ),
        lines,
        tuple(
            f"dòng {line.row + 1} “{line.label[:80]}”"
            for line in layout.lines
            if not line.aside and not mapping.rows.get(line.row)
        ),
        tuple(
            f"dòng {line.row + 1} “{line.label[:60]}” ({'đang ẩn' if line.aside == 'hidden' else 'dòng cộng'})"
            for line in layout.lines
            if line.aside
        ),
        _notes(layout),
        tuple(
            {"href": f"{address}?trang={k}", "label": name, "current": name == layout.grid.name}
            for k, name in enumerate(layout.sheets)
        )
        if len(layout.sheets) > 1
        else (),
        layout.grid.name,
        len(filled.entries) if not filled.faults else 0,
        len(filled.faults),
        is_remembered,
    )


def _will(reads: str, stands: str, *, has_faults: bool) -> str:
    said = "Chưa ghi được." if has_faults else f"Sẽ ghi: {reads}." if reads else "Ô trống, không ghi."
    return (
        f"{said} Đang có: {stands}."
        if stands and stands != reads
        else f"{said} Đã có đúng số này."
        if reads and stands
        else said
    )


def _likeness(likeness: float) -> str:
    return "Đúng mã" if likeness >= 1 else "Đúng tên" if likeness >= 0.99 else f"Tên giống {likeness * 100:.0f}%"


def _notes(layout: Layout) -> tuple[str, ...]:
    notes = []
    if layout.grid.kind is not Kind.UNICODE:
        notes.append(f"Chữ trong bảng gõ bằng phông {legacy_words(layout.grid.kind)}, đã đọc sang Unicode.")
    if layout.macros:
        notes.append("Tệp có macro. Ở đây chỉ đọc số, không chạy macro; tệp trả về (nếu có) không còn macro.")
    return tuple(notes)
