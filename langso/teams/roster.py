"""Bringing a commune's network to what its Excel sheet says: all of it or nothing.

What would change is found by doing it and undoing it again, so that what is shown before is what happens after.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from langso.assessments import sheets
from langso.files.models import StoredFile
from langso.ledger import actions as ledger
from langso.lib.number import write_number
from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.teams import actions, queries, roster_file, rules
from langso.teams.actions import MemberFacts
from langso.teams.models import Member, MemberRole, Team, Training
from langso.teams.roster_file import Line, Roster
from langso.units.models import Unit
from langso.villages import rules as village_rules
from langso.villages.actions import cited
from langso.villages.models import Village


@dataclass
class Plan:
    """What a sheet changes, in the order of its rows, or its faults."""

    roster: Roster
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[Any]:
        return sorted(self.roster.faults, key=lambda f: (f.row, f.column))


class _Undo(Exception):  # no error: it takes a rehearsal back
    pass


def rehearse(content: bytes, *, unit: Unit, name: str, province_code: str, by: int | None, at: datetime) -> Plan:
    """What would change; nothing does.

    Refuses: NotARoster and what a workbook may be refused for.
    """
    plan = Plan(roster_file.read(sheets.opened(content), today=day_of(at)))
    try:
        with transaction.atomic():
            _Run(plan, unit, name, province_code, by, at).all()
            raise _Undo
    except _Undo:
        return plan


@transaction.atomic
def bring_in(
    content: bytes,
    *,
    file: StoredFile,
    unit: Unit,
    name: str,
    province_code: str,
    by: int | None,
    at: datetime,
) -> Plan:
    """Write it all; with one fault nothing is written. The same sheet again changes nothing.

    Refuses: as `rehearse`.
    """
    plan = Plan(roster_file.read(sheets.opened(content), today=day_of(at)))
    mark = transaction.savepoint()
    _Run(plan, unit, name, province_code, by, at).all()
    if plan.faults:
        transaction.savepoint_rollback(mark)
        return plan
    if plan.changes:
        ledger.record(
            by=by,
            did="roster.imported",
            to=file,
            unit=unit.pk,
            at=at,
            facts={"rows": len(plan.roster.lines), "changes": len(plan.changes)},
        )
    return plan


class _Run:
    """One pass over the sheet: villages, then teams, then members, leaders last so that a new one finds the place
    free."""

    def __init__(self, plan: Plan, unit: Unit, name: str, province_code: str, by: int | None, at: datetime) -> None:
        self.plan, self.unit, self.name, self.province_code = plan, unit, name, province_code
        self.by, self.at, self.today = by, at, day_of(at)
        self.villages: dict[str, Village] = {}
        for village in Village.objects.filter(unit=unit, valid__upper_inf=True):
            self.villages[village.folded] = village
        self.teams = {t.folded: t for t in Team.objects.filter(unit=unit, valid__upper_inf=True)}
        self.of_line: dict[int, tuple[Village, Team | None]] = {}

    def all(self) -> None:
        self._same_person_twice()
        lines = self.plan.roster.lines
        for line in lines:
            self._try(line, self._village)
        self._teams([line for line in lines if line.row in self.of_line])
        people = [line for line in lines if line.full_name and line.row in self.of_line]
        for line in sorted(people, key=lambda x: x.role == MemberRole.LEADER):
            self._try(line, self._member)

    def _try(self, line: Line, step: Callable[[Line], None]) -> None:
        """A row that is refused leaves a fault at its cell and nothing else behind."""
        try:
            with transaction.atomic():
                step(line)
        except Refused as refused:
            key = {"name": "village", "villages": "village", "trained_on": "training"}.get(refused.field, refused.field)
            self.plan.roster.fault(line.row, key or "village", refused.sentence)

    def _same_person_twice(self) -> None:
        seen: dict[tuple[str, str, str], int] = {}
        leaders: dict[str, Line] = {}
        for line in self.plan.roster.lines:
            if not line.full_name:
                continue
            where = fold(line.team) or fold(line.village)
            key = (where, fold(line.full_name), line.phone)
            if key in seen:
                says = f"Trùng với dòng {seen[key] + 1}: cùng người, cùng tổ. Giữ một dòng."
                self.plan.roster.fault(line.row, "full_name", says)
            seen.setdefault(key, line.row)
            if line.role == MemberRole.LEADER:
                if where in leaders and leaders[where].full_name != line.full_name:
                    for one, other in ((line, leaders[where]), (leaders[where], line)):
                        says = f"Một tổ có hai tổ trưởng, dòng {one.row + 1} và dòng {other.row + 1}. Giữ một người."
                        self.plan.roster.fault(one.row, "role", says)
                leaders.setdefault(where, line)

    # ── villages ──

    def _found(self, line: Line) -> Village | None:
        whole = village_rules.full_name(line.kind, line.village)
        there = self.villages.get(fold(whole))
        if there is not None or line.kind or village_rules.kind_in(line.village):
            return there
        ends = [v for key, v in self.villages.items() if key.endswith(f" {fold(line.village)}")]
        return ends[0] if len(ends) == 1 else None

    def _village(self, line: Line) -> None:
        village = self._found(line)
        if village is None:
            village = actions.add_village(
                unit=self.unit,
                province_code=self.province_code,
                kind=line.kind,
                name=line.village,
                households_count=line.households_count,
                since=line.issued_on or self.today,
                by=self.by,
                at=self.at,
            )
            village.refresh_from_db()
            self.villages[village.folded] = village
            count = f", {write_number(village.households_count)} hộ" if village.households_count is not None else ""
            self.plan.changes.append(f"Thêm {village.name}{count}")
        elif line.households_count is not None and line.households_count != village.households_count:
            before = "chưa ghi" if village.households_count is None else write_number(village.households_count)
            actions.edit_village(
                village=village,
                kind=village.kind,
                name=village.name,
                households_count=line.households_count,
                signal=village.signal,
                by=self.by,
                at=self.at,
            )
            says = f"{village.name}: số hộ từ {before} thành {write_number(line.households_count)}"
            self.plan.changes.append(says)
        self.of_line[line.row] = (village, None)

    # ── teams ──

    def _teams(self, lines: list[Line]) -> None:
        """Rows of one team together: its villages are those of all of them."""
        serving = queries.teams_serving([v.pk for v, _ in self.of_line.values()], on=self.today)
        groups: dict[str, list[Line]] = {}
        for line in lines:
            village, _ = self.of_line[line.row]
            if not (line.team or line.full_name or line.number):
                continue
            there = serving.get(village.pk)
            name = line.team or (there.name if there else f"Tổ công nghệ số cộng đồng {_small(village.name)}")
            line.team = name
            groups.setdefault(fold(name), []).append(line)
        for key, group in groups.items():
            self._try(group[0], lambda first, group=group, key=key: self._team(first, group, key))  # type: ignore[misc]

    def _team(self, first: Line, group: list[Line], key: str) -> None:
        chosen = list(dict.fromkeys(self.of_line[line.row][0].pk for line in group))
        number = next((line.number for line in group if line.number), "")
        issued = next((line.issued_on for line in group if line.issued_on), None)
        team = self.teams.get(key)
        document = cited(number, f"UBND {self.name}", issued)
        if team is None:
            days = [line.since for line in group if line.since]
            since = issued or (min(days) if days else self.today)
            team = actions.add_team(
                unit=self.unit,
                province_code=self.province_code,
                name=first.team,
                chosen=chosen,
                since=since,
                document=document,
                by=self.by,
                at=self.at,
            )
            self.plan.changes.append(f"Lập {team.name}, từ ngày {write_day(since)}")
            team.refresh_from_db()
            self.teams[key] = team
        else:
            now = list(team.served.filter(valid__upper_inf=True).values_list("village_id", flat=True))
            more = [v for v in chosen if v not in now]
            kept = document or team.document
            if actions.edit_team(
                team=team, name=team.name, chosen=[*now, *more], document=kept, by=self.by, at=self.at
            ):
                names = [v.name for v, _ in self.of_line.values() if v.pk in more]
                what = [f"thêm {name}" for name in dict.fromkeys(names)]
                if document is not None and number:
                    what += [f"quyết định {document}"]
                self.plan.changes.append(f"{team.name}: {', '.join(what)}")
        for line in group:
            self.of_line[line.row] = (self.of_line[line.row][0], team)

    # ── members ──

    def _member(self, line: Line) -> None:
        _, team = self.of_line[line.row]
        if team is None:  # its team was refused: said there
            return
        there = self._who(team, line)
        if there is None:
            since = line.since or line.issued_on or self.today
            facts = MemberFacts(
                full_name=line.full_name,
                role=line.role,
                occupation=line.occupation,
                phone=line.phone,
                is_listed=line.is_listed,
                training=line.training,
                trained_on=line.trained_on,
            )
            member = actions.add_member(team=team, facts=facts, since=since, by=self.by, at=self.at)
            says = f"Thêm {member.full_name}, {MemberRole(member.role).label}, vào {team.name}"
            self.plan.changes.append(f"{says}, từ ngày {write_day(since)}")
            return
        facts = self._facts(there, line)
        before = {name: getattr(there, name) for name in _WORDS}
        if actions.edit_member(member=there, facts=facts, by=self.by, at=self.at):
            there.refresh_from_db()
            what = [
                f"{word} từ {_said(name, before[name])} thành {_said(name, getattr(there, name))}"
                for name, word in _WORDS.items()
                if getattr(there, name) != before[name]
            ]
            self.plan.changes.append(f"{there.full_name}, {team.name}: {'; '.join(what)}")
        start = there.valid.lower
        if line.since and start and line.since != start and "role" not in line.given:
            self.plan.notes.append(
                f"Dòng {line.row + 1}: {there.full_name} trong sổ từ ngày {write_day(start)}, giữ ngày ấy."
            )

    def _who(self, team: Team, line: Line) -> Member | None:
        alike = list(team.members.filter(folded=fold(line.full_name), valid__upper_inf=True).order_by("pk"))
        same = [m for m in alike if m.phone == line.phone]
        if same:
            return same[0]
        return alike[0] if len(alike) == 1 else None

    def _facts(self, there: Member, line: Line) -> MemberFacts:
        """What a cell says; an empty one changes nothing."""

        def said(key: str, name: str = "") -> Any:
            return getattr(line, name or key) if key in line.given else getattr(there, name or key)

        return MemberFacts(
            full_name=line.full_name,
            address=there.address,
            role=said("role"),
            occupation=said("occupation"),
            phone=said("phone"),
            is_listed=said("is_listed"),
            training=said("training"),
            trained_on=line.trained_on or there.trained_on if said("training") != Training.NONE else None,
            person_id=there.person_id,
        )


_WORDS = {
    "full_name": "tên",
    "role": "vai trò",
    "occupation": "công việc",
    "phone": "điện thoại",
    "training": "tập huấn",
    "trained_on": "ngày tập huấn",
    "is_listed": "đồng ý hiện tên",
}


def _said(name: str, value: Any) -> str:
    if isinstance(value, date):
        return write_day(value)
    if isinstance(value, bool):
        return "có" if value else "không"
    if name == "role":
        return str(MemberRole(value).label)
    if name == "training":
        return str(Training(value).label)
    return str(value) if value else "chưa ghi"


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def known_rows(unit: Unit, *, on: date) -> list[dict[str, Any]]:
    """What the book holds, as rows of the sheet: read back unchanged they change nothing.  Cost: four queries."""
    found: list[dict[str, Any]] = []
    members: dict[int, list[Member]] = {}
    for member in Member.objects.on(on).filter(unit=unit, valid__upper_inf=True).order_by("sort_key"):
        members.setdefault(member.team_id, []).append(member)
    for people in members.values():
        people.sort(key=lambda m: queries.ROLE_ORDER[MemberRole(m.role)])
    villages = queries.village_rows([unit.pk], on=on)
    papers = {t.pk: t.document for t in Team.objects.filter(unit=unit).select_related("document")}
    seen: set[int] = set()
    for row in villages:
        village, team = row.village, row.team
        kind = village.kind
        name = village.name
        if fold(name).startswith(f"{fold(kind)} "):
            name = " ".join(name.split(" ")[len(kind.split(" ")) :])
        base: dict[str, Any] = {"village": name, "kind": kind, "households_count": village.households_count}
        if team is None:
            found.append(base)
            continue
        paper = papers.get(team.pk)
        base["team"] = team.name
        first = base | {"number": paper.number if paper else "", "issued_on": paper.issued_on if paper else None}
        people = [] if team.pk in seen else members.get(team.pk, [])
        seen.add(team.pk)
        found.append(first | (_of_member(people[0]) if people else {}))
        found.extend({"village": name, "kind": kind, "team": team.name} | _of_member(m) for m in people[1:])
    return found


def _of_member(member: Member) -> dict[str, Any]:
    trained: Any = {Training.NONE: "chưa", Training.BASIC: "cơ bản", Training.FULL: "hoàn thành"}[
        Training(member.training)
    ]
    if member.training == Training.BASIC and member.trained_on:
        trained = member.trained_on
    return {
        "full_name": member.full_name,
        "role": MemberRole(member.role).label,
        "occupation": member.occupation,
        "phone": rules.said_phone(member.phone),
        "training": trained,
        "since": member.valid.lower,
        "is_listed": "có" if member.is_listed else "không",
    }
