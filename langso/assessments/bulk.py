"""Many communes' files at once: each is taken whole or left whole, and the answer says of each what happened."""

import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import QuerySet

from langso.assessments import actions, foreign, intake, layout, sheets, workbook
from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.criteria.edition import Edition
from langso.files import actions as files
from langso.files.models import StoredFile
from langso.ledger import actions as ledger
from langso.lib.number import write_number
from langso.lib.period import Period, day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.units.models import Unit
from langso.units.queries import Named, named

MOST_FILES = 200
LARGEST_BATCH = 50 * 1024 * 1024
TYPE = "application/vnd.langso.batch+json"

STATES = {
    "written": "Đã nhập",
    "same": "Không có gì mới",
    "faults": "Có ô sai",
    "refused": "Bị từ chối",
    "unplaced": "Chưa rõ xã nào",
}


class BatchEmpty(Refused):
    says = "Chưa chọn tệp nào. Chọn các tệp Excel của xã, hoặc một tệp .zip chứa chúng."


class TooManyFiles(Refused):
    says = "Có {count} tệp, mỗi lần nhận nhiều nhất {most}. Chia làm nhiều lần gửi."


class BatchTooLarge(Refused):
    says = "Các tệp cộng lại quá {limit} MB. Chia làm nhiều lần gửi."


class ArchiveUnreadable(Refused):
    says = "Không mở được tệp nén này. Nén lại thành .zip không mật khẩu, hoặc gửi thẳng các tệp Excel."


class OtherRun(Refused):
    says = "Tệp này của kỳ {period}, khung {framework}; đợt nhập này là kỳ {ours}, khung {our_framework}."


class PlaceUnknown(Refused):
    says = "Phần đầu bảng và tên tệp không cho biết xã nào. Ghi tên xã ở đầu bảng, hoặc đặt tên tệp theo tên xã."


class PlaceNotYours(Refused):
    says = "Tệp này của một xã ngoài phạm vi được nhập. Gửi cho nơi quản lý xã ấy."


class LayoutNew(Refused):
    says = "Mẫu bảng này chưa gặp. Mở một tệp cùng mẫu ở trang đánh giá của xã để ghép cột, rồi gửi lại cả loạt."


@dataclass(frozen=True)
class Sent:
    """A file as it came: its bytes, or why there are none."""

    name: str
    content: bytes = b""
    sentence: str = ""


@dataclass(frozen=True)
class Outcome:
    """What happened with one file."""

    name: str
    state: str
    place: str = ""
    read: int = 0
    wrote: int = 0
    sentence: str = ""
    marked: int | None = None

    @property
    def word(self) -> str:
        return STATES[self.state]

    @property
    def title(self) -> str:
        return f"{self.name}, {self.place}" if self.place else self.name


@dataclass(frozen=True)
class Run:
    """What a batch is for: who sends it, where it may go, which framework and period."""

    units: QuerySet[Unit]
    communes: Sequence[Named]
    edition: Edition
    period: Period
    by: int | None
    at: datetime


def unpacked(sent: Iterable[tuple[str, bytes]]) -> list[Sent]:
    """The files themselves, those within .zip archives too. Names are only shown, never used as paths.

    Refuses: BatchEmpty, TooManyFiles, BatchTooLarge.
    """
    found: list[Sent] = []
    room = LARGEST_BATCH
    for name, content in sent:
        plain = _plain_name(name)
        if plain.lower().endswith(".zip"):
            try:
                found += _from_archive(plain, content, room)
            except ArchiveUnreadable as refused:
                found.append(Sent(plain, sentence=refused.sentence))
        else:
            found.append(Sent(plain, content))
        room = LARGEST_BATCH - sum(len(f.content) for f in found)
        if room < 0:
            raise BatchTooLarge(limit=LARGEST_BATCH // 1024 // 1024)
    if not found:
        raise BatchEmpty()
    if len(found) > MOST_FILES:
        raise TooManyFiles(count=len(found), most=MOST_FILES)
    return found


def _from_archive(name: str, content: bytes, room: int) -> list[Sent]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and not _is_litter(e.filename)]
            if len(entries) > MOST_FILES:
                raise TooManyFiles(count=len(entries), most=MOST_FILES)
            if sum(min(e.file_size, sheets.LARGEST + 1) for e in entries) > room:
                raise BatchTooLarge(limit=LARGEST_BATCH // 1024 // 1024)
            return [_entry(archive, e) for e in entries]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise ArchiveUnreadable() from None


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Sent:
    name = _plain_name(entry.filename)
    try:
        with archive.open(entry) as stream:
            content = stream.read(sheets.LARGEST + 1)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - a password, a broken stream, an unknown method: each has an error of its own
        return Sent(name, sentence=ArchiveUnreadable().sentence)
    if len(content) > sheets.LARGEST:
        return Sent(name, sentence=sheets.WorkbookTooLarge(limit=sheets.LARGEST // 1024 // 1024).sentence)
    return Sent(name, content)


def _plain_name(name: str) -> str:
    return nfc(PurePosixPath(name.replace("\\", "/")).name)[:120] or "tệp không tên"


def _is_litter(name: str) -> bool:
    last = PurePosixPath(name).name
    return name.startswith("__MACOSX/") or last.startswith(("~$", "._")) or last in (".DS_Store", "Thumbs.db")


def take(sent: Sequence[Sent], run: Run) -> list[Outcome]:
    """Every file in its own savepoint: one that is refused leaves nothing behind and does not stop the next."""
    return [_take_one(one, run) for one in sent]


def _take_one(sent: Sent, run: Run) -> Outcome:
    if sent.sentence:
        return Outcome(sent.name, "refused", sentence=sent.sentence)
    place = ""
    try:
        with transaction.atomic():
            content = sheets.opened(sent.content)
            marks = workbook.marks_in(content)
            found = None if marks else layout.survey_opened(content, run.edition, run.period)
            unit = _unit_of(marks, run) if found is None else _place_of(found, sent.name, run)
            place = unit.name
            return _take_into(sent, content, found, unit, run)
    except PlaceUnknown as refused:
        return Outcome(sent.name, "unplaced", sentence=refused.sentence)
    except Refused as refused:
        return Outcome(sent.name, "refused", place, sentence=refused.sentence)


def _unit_of(marks: dict[str, str], run: Run) -> Named:
    """Refuses: OtherRun, PlaceNotYours."""
    if (marks.get("period"), marks.get("framework")) != (run.period.code, run.edition.id):
        raise OtherRun(
            period=marks.get("period", "?"),
            framework=marks.get("framework", "?"),
            ours=run.period.code,
            our_framework=run.edition.id,
        )
    said = marks.get("unit", "")
    unit = next((n for n in run.communes if str(n.id) == said), None)
    if unit is None and said.isdecimal() and len(said) < 16 and run.units.filter(pk=int(said)).exists():
        unit = next(iter(named([(int(said), day_of(run.at))]).values()), None)
    if unit is None:
        raise PlaceNotYours()
    return unit


def _place_of(found: layout.Layout, name: str, run: Run) -> Named:
    """The commune that the words above the table name, else the file's name.

    Refuses: PlaceUnknown, OtherYear.
    """
    intake.check_front(found, run.period)
    stem = name.rsplit(".", 1)[0]
    for text, is_name in ((" | ".join(found.front), False), (stem, True)):
        padded = f" {fold(text)} "
        hits = {
            n.id: (fold(n.name), n)
            for n in run.communes
            if f" {fold(n.name)} " in padded
            or (is_name and (f" {fold(n.short_name)} " in padded or f" {n.code} " in padded))
        }
        longest = [
            n
            for key, n in hits.values()
            if not any(key != other and f" {key} " in f" {other} " for other, _ in hits.values())
        ]
        if len(longest) == 1:
            return longest[0]
    raise PlaceUnknown()


def _take_into(sent: Sent, content: bytes, found: layout.Layout | None, place: Named, run: Run) -> Outcome:
    unit = run.units.get(pk=place.id)
    mine = Assessment.objects.filter(unit=unit, framework=run.edition.id, period=run.period.code)
    assessment = mine.select_for_update(of=("self",)).first()  # one writer at a time, as on its own page
    edition = edition_of(assessment.framework, assessment.edition) if assessment else run.edition
    sheet: str = workbook.SHEET
    if found is None:
        filled = workbook.read(sent.content, edition, place, run.period, today=day_of(run.at))
    else:
        filled, sheet = _read_own(found, edition, run), found.grid.name
    if not filled.entries and not filled.faults:
        raise sheets.WorkbookEmpty()
    changed = intake.changes(filled, edition, unit, run.period)

    def keep(kept: bytes, name: str) -> StoredFile:
        return files.store(content=kept, name=name, content_type=sheets.TYPE, unit=unit, by=run.by, at=run.at)

    read = len(filled.entries)
    if filled.faults:
        notice = (5, 0) if found is None else None
        marked = keep(workbook.mark(content, filled.faults, name=sheet, notice=notice), f"o-sai-{run.period.code}.xlsx")
        first = filled.faults[0]
        more = f" Còn {len(filled.faults) - 1} ô nữa trong tệp đã đánh dấu." if len(filled.faults) > 1 else ""
        return Outcome(sent.name, "faults", place.name, read, 0, f"Ô {first.cell}: {first.sentence}{more}", marked.pk)
    if not changed:
        return Outcome(sent.name, "same", place.name, read)
    assessment = actions.open_assessment(unit=unit, framework=run.edition.id, period=run.period, by=run.by, at=run.at)
    keep(sent.content, sent.name)
    wrote = intake.write(
        changed,
        assessment=assessment,
        edition=edition,
        period=run.period,
        issuer=f"UBND {place.name}",
        by=run.by,
        at=run.at,
    )
    return Outcome(sent.name, "written", place.name, read, wrote)


def _read_own(found: layout.Layout, edition: Edition, run: Run) -> workbook.Filled:
    """By the matching that somebody confirmed; a row that nobody has seen keeps the file out.

    Refuses: LayoutNew.
    """
    kept = intake.remembered(found, edition.id, run.units)
    mapping = intake.recall(found, kept)
    if kept is None or mapping is None:
        raise LayoutNew()
    filled = foreign.read(found, mapping, edition, run.period, today=day_of(run.at))
    home = mapping.columns.get("name", 0)
    for line in found.lines:
        if not line.aside and line.key not in kept.rows:
            says = foreign.RowUnmatched(label=line.label[:80]).sentence
            filled.faults.append(workbook.Fault(line.row, home, says))
    return filled


def keep_answer(outcomes: Sequence[Outcome], province: Unit, run: Run) -> StoredFile:
    """The answer to a batch has an address of its own and outlives the page."""
    body = {
        "framework": run.edition.id,
        "title": run.edition.title,
        "period": run.period.code,
        "files": [asdict(o) for o in outcomes],
    }
    kept = files.store(
        content=json.dumps(body, ensure_ascii=False).encode(),
        name=f"nhap-nhieu-{run.period.code}.json",
        content_type=TYPE,
        unit=province,
        by=run.by,
        at=run.at,
    )
    ledger.record(
        by=run.by,
        did="batch.imported",
        to=kept,
        unit=province.pk,
        at=run.at,
        facts={"files": len(outcomes), "written": sum(o.state == "written" for o in outcomes)},
    )
    return kept


@dataclass(frozen=True)
class Answer:
    """A batch as it was answered."""

    title: str
    period: Period
    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> list[tuple[str, str]]:
        return [
            (word, write_number(n))
            for state, word in STATES.items()
            if (n := sum(o.state == state for o in self.outcomes))
        ]

    @property
    def marked(self) -> list[int]:
        return [o.marked for o in self.outcomes if o.marked is not None]


def answer_of(kept: StoredFile) -> Answer:
    body = json.loads(files.read(kept))
    return Answer(body["title"], Period.parse(body["period"]), tuple(Outcome(**row) for row in body["files"]))


def marked_archive(found: Sequence[tuple[str, StoredFile]]) -> bytes:
    """All marked copies in one archive, numbered so that no two names meet."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for k, (place, file) in enumerate(found, 1):
            archive.writestr(f"{k:03d}-{fold(place).replace(' ', '-')}-o-sai.xlsx", files.read(file))
    return buffer.getvalue()
