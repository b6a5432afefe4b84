"""The sentences of the desk pages of assessment. No database beyond what is handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string

from langso.assessments.forms import CriterionForm, GroupForm, upper_first, value_text
from langso.assessments.judging import MAIN_FRAMEWORK, asked_fields
from langso.assessments.models import Assessment
from langso.assessments.presence import Other
from langso.assessments.queries import AssessmentPage, Beside, Task
from langso.assessments.results import GroupResult, Reading, Result, Row, targets_of
from langso.assessments.states import WITH_UNIT, State
from langso.criteria.edition import Edition, Field, Kind, Measure, Status, Test
from langso.criteria.reasons import lower_first
from langso.cycles.models import Cycle
from langso.evidence.queries import Cited
from langso.lib.number import write_number
from langso.lib.period import VIETNAM, write_day
from langso.lib.workdays import workdays_between
from langso.measures.models import ReportedFigure
from langso.measures.queries import key_of
from langso.people.permits import Presence
from langso.people.roles import Right
from langso.ui.terrace import Field as HillField
from langso.ui.terrace import Group
from langso.units.queries import Named, named

STATUS = {
    Status.ISSUED: "Đã ban hành",
    Status.PROVISIONAL: "Tạm thời",
    Status.ILLUSTRATIVE: "Minh họa, chưa phải văn bản chính thức",
}
LEVELS = {
    "nation": "cả nước",
    "province": "cấp tỉnh",
    "district": "cấp huyện",
    "commune": "cấp xã",
    "village": "thôn, bản",
}


@dataclass(frozen=True)
class Can:
    """What this person may do on the page, so that no button leads to a closed door."""

    write: bool
    publish: bool
    read_figures: bool

    @classmethod
    def of(cls, person: Presence) -> "Can":
        return cls(
            person.has(Right.FIGURE_WRITE),
            person.has(Right.ASSESSMENT_PUBLISH),
            person.has(Right.FIGURE_READ),
        )


@dataclass(frozen=True)
class ShownGroup:
    result: GroupResult
    hill: Group | None
    says: str


def hill_of(result: Result) -> tuple[Group, ...]:
    """The hillside of a result; none for editions that have no levels, or more groups than the hill has room for."""
    groups = [g for g in result.groups if g.fields]
    if not groups or len(result.levels) > 5 or len(groups) > 6:
        return ()
    return tuple(Group(g.name, tuple(HillField(*f) for f in g.fields)) for g in groups)


def shown_groups(result: Result) -> list[ShownGroup]:
    hills = {g.name: g for g in hill_of(result)}
    return [ShownGroup(g, hills.get(g.name), _group_says(g, result)) for g in result.groups]


def _group_says(group: GroupResult, result: Result) -> str:
    if group.score:
        return f"{group.score} điểm."
    if not result.levels:
        return f"{len(group.rows)} tiêu chí."
    if group.level == len(result.levels):
        return "Đã đủ mọi mức."
    reached = f"Đang ở mức {group.level}, {result.levels[group.level - 1]}." if group.level else "Chưa qua mức 1."
    lacking = [r for r in group.rows if r.code in result.missing]
    if not lacking:
        return f"{reached} Mức {result.aim} không còn thiếu gì ở nhóm này."
    unknown = sum(r.verdict == "unknown" for r in lacking)
    more = f", trong đó {unknown} tiêu chí chưa có số liệu" if unknown else ""
    return f"{reached} Lên mức {result.aim} còn {len(lacking)} tiêu chí{more}."


def say(unit: Named, result: Result) -> str:
    """Xã đang ở mức 3 trên 5, Cơ bản."""
    who = upper_first(unit.kind)
    if result.score:
        return f"{who} được {result.score} điểm."
    if not result.levels:
        return ""
    if result.level is None:
        return f"Chưa đủ số liệu để xếp mức. Nếu đủ, {unit.kind} có thể ở mức cao nhất là {result.level_at_most}."
    if result.level == 0:
        return f"{who} chưa đạt mức 1."
    if len(result.levels) == 1:
        return f"{who} đạt {result.level_name}."
    return f"{who} đang ở mức {result.level} trên {len(result.levels)}, {result.level_name}."


def missing_title(result: Result) -> str:
    return f"Còn thiếu gì để lên mức {result.aim}, {result.aim_name}"


def unit_name(assessment: Assessment, day: date) -> str:
    found = named([(assessment.unit_id, day)]).get((assessment.unit_id, day))
    return found.name if found else f"đơn vị {assessment.unit_id}"


def days_left(last: date, cycle: Cycle, *, on: date) -> str:
    """Còn 3 ngày làm việc"""
    if on > last:
        late = workdays_between(last, on, off=cycle.days_off, on=cycle.days_on)
        return f"Quá hạn {late} ngày làm việc" if late else "Quá hạn"
    left = workdays_between(on, last, off=cycle.days_off, on=cycle.days_on)
    return f"Còn {left} ngày làm việc" if left else "Hạn hôm nay"


def shown_tasks(tasks: Sequence[Task], person: Presence, today: date) -> list[dict[str, Any]]:
    """Each task as a row: what to do, why, and the button."""
    shown = []
    for task in tasks:
        where = f"{task.edition.title}, kỳ {task.period}"
        note = f"Đã nhập {task.filled} trên {task.asked} số liệu"
        if task.publication is not None:
            p = task.publication
            level = f"Đã công bố: mức {p.level}, {task.edition.level_name(p.level)}" if p.level else "Đã công bố"
            more = f", còn {p.missing_count} tiêu chí để lên mức sau" if p.missing_count else ""
            note = f"{level}{more}. {note}"
        shown.append({"task": task, "title": where, "note": f"{note}.", "can_open": person.has(Right.ASSESSMENT_WRITE)})
    return shown


def is_asked(task: Task) -> bool:
    """What is to be done: the framework of the map, one already begun, and all that a province answers for."""
    return task.edition.id == MAIN_FRAMEWORK or task.assessment is not None or task.unit.level != "commune"


def of_cycle(page: AssessmentPage, person: Presence, today: date) -> dict[str, Any]:
    """Where the file stands and the one thing to do next; empty outside a cycle."""
    cycle, assessment = page.cycle, page.assessment
    if cycle is None:
        return {}
    state = State(assessment.state)
    last = cycle.last_day(assessment.extended_to)
    label, href = "Xem bản đã nộp", f"{page.address}nop/"
    if state == State.TO_SIGN and person.has(Right.SUBMISSION_SIGN):
        label, href = "Ký và nộp", f"{page.address}ky/"
    elif state in WITH_UNIT:
        label = "Xem lại trước khi nộp"
    elif state != State.SUBMITTED:
        label, href = "Xem kết luận và trao đổi", f"{page.address}tham-dinh/"
    days = days_left(last, cycle, on=today) if state in WITH_UNIT else "đã nộp"
    return {"state": state, "last": last, "days": lower_first(days), "next_label": label, "next_href": href}


def of_assessment(page: AssessmentPage) -> dict[str, Any]:
    result = page.result
    return {
        "trail": [("Việc của tôi", "/viec-cua-toi/")],
        "say": say(page.unit, result),
        "hill": hill_of(result),
        "groups": shown_groups(result),
        "missing_title": missing_title(result),
        "workbook": f"{page.address}so-lieu.xlsx",
        "upload": f"{page.address}tep/",
        "publish": f"{page.address}cong-bo/",
        "back": [("Việc của tôi", "/viec-cua-toi/"), (page.unit.name, page.address)],
        "pairs": [
            ("Khung", page.edition.title),
            ("Kỳ số liệu", str(page.period)),
            ("Số liệu đã nhập", f"{page.filled} trên {page.asked}"),
            ("Còn thiếu để lên mức sau", f"{len(result.missing)} tiêu chí" if result.levels else "Không xét mức"),
        ],
        "progress": [
            {
                "href": f"{page.address}nhom/{p.code}/",
                "label": p.name,
                "current": False,
                "kind": "met" if p.filled == p.asked else "draft" if p.filled else "unknown",
                "note": f"Đã nhập {p.filled} trên {p.asked}",
            }
            for p in page.progress
        ],
    }


@dataclass(frozen=True)
class ShownCriterion:
    form: CriterionForm
    hint: str
    rungs: tuple[tuple[str, str], ...]
    row: Row | None
    line: str
    cited: tuple[Cited, ...] = ()
    beside: tuple[tuple[str, str, str], ...] = ()  # sentence, button, value of the button


def of_group(page: AssessmentPage, form: GroupForm, group: str, beside: Beside) -> dict[str, Any]:
    edition, result = page.edition, page.result
    rows = result.rows
    owners = {c.code: c for c in edition.criteria}
    shown = []
    for criterion_form in form.criteria():
        criterion = owners.get(criterion_form.code)
        row = rows.get(criterion_form.code)
        targets = dict(targets_of(criterion, edition)) if criterion else {}
        rungs = tuple((lv.name, targets.get(lv.number, "không đòi")) for lv in edition.levels) if targets else ()
        measure = criterion_form.field.measure
        hint = " ".join(
            f"{part.rstrip('.')}."
            for part in (
                f"Lấy ở: {measure.collection}" if measure.collection else "",
                f"Người cung cấp: {measure.source}" if measure.source else "",
            )
            if part
        )
        line = result_line(row) if row else ""
        lines = beside_lines(criterion_form, beside)
        cited = beside.cited.get(criterion_form.code, ())
        shown.append(ShownCriterion(criterion_form, hint, rungs, row, line, cited, lines))
    index = [
        {
            "href": f"#{s.form.code}",
            "label": f"{s.form.code}. {s.form.field.name}",
            "current": False,
            "kind": "look" if s.form.has_error else s.row.verdict if s.row else "draft",
            "note": "",
        }
        for s in shown
    ]
    groups = [
        {"href": f"{page.address}nhom/{p.code}/", "label": f"{p.name} {p.filled}/{p.asked}", "current": p.code == group}
        for p in page.progress
    ]
    after = next_group(edition, group)
    return {
        "trail": [("Việc của tôi", "/viec-cua-toi/"), (page.unit.name, page.address)],
        "name": edition.group(group).name,
        "criteria": shown,
        "index": index,
        "groups": groups,
        "next": f"Lưu và sang {edition.group(after).name}" if after else "Lưu và xem kết quả",
    }


def beside_lines(form: CriterionForm, beside: Beside) -> tuple[tuple[str, str, str], ...]:
    """What a system or the period before says, and the button that takes it over; nothing where it is the same."""
    found = []
    for reading, kind, before, button in (
        (beside.systems.get(form.code), "he-thong", "", "Dùng số này"),
        (beside.earlier.get(form.code), "ky-truoc", "Kỳ trước, ", "Vẫn giữ số này"),
    ):
        if reading is None:
            continue
        day = f", ngày {write_day(reading.day)}" if reading.day else ""
        source = reading.source or "theo sổ của xã"
        who = f"{before}{lower_first(source) if before else source}"
        if kind == "he-thong" and not _is_known(reading):
            found.append((f"{who}{day}.", "", f"{kind}:{form.code}"))
            continue
        says = f"{who}{day}: {_numbers(form.field, reading)}."
        same = not form.is_filled or any(form_text != typed for form_text, typed in _texts(form, reading))
        found.append((says, button if same else "", f"{kind}:{form.code}"))
    return tuple(found)


def _is_known(reading: Reading) -> bool:
    return any(number is not None for number in (reading.numerator, reading.denominator, reading.value))


def _numbers(field: Field, reading: Reading) -> str:
    if reading.numerator is not None and reading.denominator is not None:
        return f"{write_number(reading.numerator, 0)} trên {write_number(reading.denominator, 0)}"
    text = value_text(field, None if reading.value is None else Decimal(str(reading.value)))
    if field.measure.kind is Kind.YES_NO:
        return "có" if reading.value else "chưa có"
    return field.cases[int(text)] if field.cases and text.isdecimal() else text


def _texts(form: CriterionForm, reading: Reading) -> list[tuple[str, str]]:
    taken = _taken(form.code, form.field, reading)
    return [(str(f.value() or ""), taken.get(f.name, "")) for f in form.numbers]


def _taken(code: str, field: Field, reading: Reading) -> dict[str, str]:
    texts = {}
    for end, number in (("tu", reading.numerator), ("mau", reading.denominator)):
        if number is not None:
            texts[f"{code}-{end}"] = write_number(number, 0)
    if reading.value is not None:
        texts[f"{code}-gia"] = value_text(field, Decimal(str(reading.value)))
    return texts


def taken_over(asked: str, beside: Beside, fields: Mapping[str, Field]) -> dict[str, str]:
    """The texts of a figure taken over from a system (with its day and source) or kept from the period before."""
    kind, _, code = asked.partition(":")
    reading = (beside.systems if kind == "he-thong" else beside.earlier).get(code)
    if reading is None or code not in fields or not _is_known(reading):
        return {}
    texts = _taken(code, fields[code], reading)
    if kind == "he-thong":
        day = write_day(reading.day) if reading.day else ""
        return texts | {f"{code}-nguon": reading.source, f"{code}-ngay": day}
    return texts | {f"{code}-nguon": f"Giữ nguyên số kỳ trước{': ' if reading.source else ''}{reading.source}"}


def who_is_here(others: Sequence[Other], group: str, edition: Edition) -> list[str]:
    """Chị Sướng đang mở nhóm này."""
    return [
        f"{o.name} đang mở {'nhóm này' if o.group == group else edition.group(o.group).name}, "
        f"lúc {o.at.astimezone(VIETNAM):%H:%M}."
        for o in others
    ]


def result_line(row: Row) -> str:
    """The live result beside the inputs of one criterion, as HTML."""
    return render_to_string("assessments/result_line.html", {"row": row})


def next_group(edition: Edition, group: str) -> str:
    codes = [g.code for g in edition.groups if asked_fields(edition, g.code)]
    place = codes.index(group)
    return codes[place + 1] if place + 1 < len(codes) else ""


def measure_of(edition: Edition, code: str) -> Measure:
    """The measure of a field, with the key that its figures are kept under."""
    field = edition.fields[code]
    return replace(field.measure, key=key_of(edition, field))


def first_name(form: GroupForm, code: str) -> str:
    return next(f"{code}-{end}" for end in ("tu", "gia") if f"{code}-{end}" in form.fields)


def overtaken(now: ReportedFigure, field: Field) -> str:
    """Someone else has written this figure since the page was opened: both are shown, the person chooses."""
    return f"{_written(now, field)} Số của mình chưa lưu. Lưu lần nữa nếu số của mình đúng hơn."


def moved_on(now: ReportedFigure, field: Field) -> str:
    """The same for a workbook, which cannot ask."""
    return f"Sau khi tải bảng này, {lower_first(_written(now, field))} Tải bảng mới, xem lại ô này rồi gửi."


def _written(now: ReportedFigure, field: Field) -> str:
    who = str(now.reported_by) if now.reported_by else "Người khác"
    if now.numerator is not None or now.denominator is not None:
        top, bottom = (write_number(n, 0) if n is not None else "trống" for n in (now.numerator, now.denominator))
        what = f"{top} trên {bottom}"
    elif field.measure.kind is Kind.YES_NO:
        what = {"co": "Có", "khong": "Chưa có"}.get(value_text(field, now.value), "để trống")
    else:
        what = value_text(field, now.value) or "để trống"
    return f"{who} đã ghi {what} lúc {now.reported_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}."


def of_edition(edition: Edition) -> dict[str, Any]:
    classes = list(edition.region_classes.names.values()) if edition.region_classes else []
    rows = []
    for group in edition.groups:
        criteria = [c for c in edition.criteria if c.group == group.code]
        rows.append(
            {
                "group": group,
                "criteria": [
                    {
                        "criterion": c,
                        "targets": _target_cells(c, edition, classes),
                        "asks": _asks(c),
                    }
                    for c in criteria
                ],
            }
        )
    return {
        "edition": edition,
        "address": f"/khung/{edition.id}/",
        "status": STATUS[edition.status],
        "for": ", ".join(LEVELS[level] for level in edition.unit_levels),
        "rows": rows,
        "classes": classes,
        "trail": [("Khung tiêu chí", "/khung/")],
        "pairs": [
            ("Văn bản", _document(edition)),
            ("Cơ quan ban hành", edition.issuer),
            ("Dùng cho", ", ".join(LEVELS[level] for level in edition.unit_levels)),
            ("Phiên bản", edition.edition),
            ("Tình trạng", STATUS[edition.status]),
            ("Mức đầy đủ", edition.completeness),
        ],
    }


def _document(edition: Edition) -> str:
    if not edition.document_number:
        return "Không rõ số"
    return (
        f"{edition.document_number} ngày {write_day(edition.issued_on)}"
        if edition.issued_on
        else edition.document_number
    )


def _target_cells(criterion: Any, edition: Edition, classes: list[str]) -> list[str]:
    """One cell a level; where the class of region matters, each class on its own."""
    if not isinstance(criterion.rule, Test):
        return ["Xem cách xét" for _ in edition.levels]
    rows = [dict(targets_of(criterion, edition, k)) for k in range(len(criterion.rule.targets))]
    cells = []
    for level in edition.levels:
        said = [row.get(level.number, "") for row in rows]
        if len(set(said)) == 1:
            cells.append(said[0])
        else:
            cells.append("; ".join(f"{name}: {goal or 'không đòi'}" for name, goal in zip(classes, said, strict=False)))
    return cells


def _asks(criterion: Any) -> str:
    if criterion.measure.kind is Kind.YES_NO:
        return ""  # the cell itself says "có"
    words = {
        "at_least": "từ",
        "above": "trên",
        "below": "dưới",
        "at_most": "không quá",
        "is_true": "có",
        "attested": "có minh chứng",
    }
    return words.get(criterion.rule.op.value, "") if isinstance(criterion.rule, Test) else ""
