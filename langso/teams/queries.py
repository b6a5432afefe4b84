"""Reading the network: teams and villages in lists of any size, one team with its people, who helps citizens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from langso.lib.vietnamese import fold
from langso.teams.models import Member, MemberRole, NetworkCount, Team, TeamVillage, Training
from langso.units.models import Level, Unit, UnitParent
from langso.units.queries import Named, named
from langso.villages.models import Village

ROLE_ORDER = {MemberRole.LEADER: 0, MemberRole.DEPUTY: 1, MemberRole.MEMBER: 2}


def province_code_of(unit: Unit, on: date) -> str:
    """The code of the province that a unit lies in on a day; empty when it lies in none.  Cost: one query."""
    place = named([(unit.pk, on)]).get((unit.pk, on))
    return place.province_code if place else ""


# ── villages ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class VillageRow:
    village: Village
    team: Team | None
    absorbed: Sequence[str] = ()

    @property
    def is_gone(self) -> bool:
        return self.village.valid.upper is not None


def village_rows(units: QuerySet[Unit] | Sequence[int], *, on: date, gone: bool = False) -> list[VillageRow]:
    """The villages of a commune, of those that it absorbed too, with the team of each; in Vietnamese order.

    Cost: two queries.
    """
    found = Village.objects.filter(unit__in=units).select_related("merged_into", "document")
    rows = list(found.order_by("sort_key", "id"))
    served = TeamVillage.objects.filter(unit__in=units, valid__contains=on).select_related("team")
    teams = {s.village_id: s.team for s in served}
    absorbed: dict[int, list[str]] = {}
    for v in rows:
        if v.merged_into_id is not None:
            absorbed.setdefault(v.merged_into_id, []).append(v.name)
    return [
        VillageRow(v, teams.get(v.pk), absorbed.get(v.pk, ()))
        for v in rows
        if (v.valid.upper is not None) == gone and not (gone and v.merged_into_id is None and v.valid.isempty)
    ]


# ── teams ────────────────────────────────────────────────────────────────────

ORDERS = {"ten": ("sort_key", "id"), "ngay": ("valid", "id")}


@dataclass(frozen=True)
class TeamRow:
    team: Team
    place: Named | None
    villages: Sequence[str]
    leader: str
    members_count: int
    trained_count: int

    @property
    def doubts(self) -> list[str]:
        """What is missing, in words."""
        if self.team.valid.upper is not None:
            return []
        found = [] if self.leader else ["chưa có tổ trưởng"]
        if not self.members_count:
            return ["chưa có thành viên"]
        return found if self.trained_count else [*found, "chưa ai tập huấn"]

    @property
    def says(self) -> str:
        text = ", ".join(self.doubts)
        return text[:1].upper() + text[1:]


def teams_of(
    units: QuerySet[Unit] | None, *, text: str, order: str, gone: bool, province: str = "", on: date
) -> QuerySet[Team]:
    """Teams in reach by what is typed; None for the whole country, so that nothing is compared needlessly."""
    found: QuerySet[Team] = Team.objects.filter(valid__upper_inf=False) if gone else Team.objects.on(on)
    if units is not None:
        found = found.filter(unit__in=units)
    if province:
        found = found.filter(province_code=province)
    for word in fold(text).split():
        found = found.filter(Q(folded__startswith=word) | Q(folded__contains=f" {word}"))
    columns = [f"-{c}" for c in ORDERS[order[1:]]] if order.startswith("-") else list(ORDERS[order])
    return found.order_by(*columns)


def team_rows(teams: Sequence[Team], *, on: date) -> list[TeamRow]:
    """These teams with what a list says of each.  Cost: three queries, whatever the number."""
    keys = [t.pk for t in teams]
    places = named([(t.unit_id, on) for t in teams])
    served: dict[int, list[str]] = {}
    rows = TeamVillage.objects.filter(team__in=keys, valid__contains=on).order_by("village__sort_key")
    for team, name in rows.values_list("team_id", "village__name"):
        served.setdefault(team, []).append(name)
    people: dict[int, list[tuple[str, str, str]]] = {}
    current = Member.objects.on(on).filter(team__in=keys)
    for team, role, name, training in current.values_list("team_id", "role", "full_name", "training"):
        people.setdefault(team, []).append((role, name, training))
    return [
        TeamRow(
            t,
            places.get((t.unit_id, on)),
            served.get(t.pk, ()),
            next((name for role, name, _ in people.get(t.pk, ()) if role == MemberRole.LEADER), ""),
            len(people.get(t.pk, ())),
            sum(training != Training.NONE for *_, training in people.get(t.pk, ())),
        )
        for t in teams
    ]


@dataclass(frozen=True)
class TeamPage:
    team: Team
    place: Named | None
    villages: Sequence[Village]
    past_villages: Sequence[TeamVillage]
    members: Sequence[Member]
    past_members: Sequence[Member]
    absorbed: Sequence[Team]

    @property
    def leader(self) -> Member | None:
        return next((m for m in self.members if m.role == MemberRole.LEADER), None)

    @property
    def is_gone(self) -> bool:
        return self.team.valid.upper is not None


def team_page(team: Team, *, on: date) -> TeamPage:
    """Cost: four queries."""
    served = list(team.served.select_related("village").order_by("village__sort_key"))
    members = list(team.members.select_related("person").order_by("sort_key", "-valid"))
    now = [m for m in members if on in m.valid]
    place = named([(team.unit_id, on)]).get((team.unit_id, on))
    return TeamPage(
        team,
        place,
        [s.village for s in served if on in s.valid],
        [s for s in served if on not in s.valid and not s.valid.isempty],
        sorted(now, key=lambda m: (ROLE_ORDER[MemberRole(m.role)], m.sort_key)),
        [m for m in members if on not in m.valid and not m.valid.isempty],
        list(team.absorbed.order_by("sort_key")),
    )


def teams_serving(villages: Iterable[int], *, on: date) -> dict[int, Team]:
    """The team of each village on a day.  Cost: one query."""
    rows = TeamVillage.objects.filter(village__in=list(villages), valid__contains=on).select_related("team")
    return {s.village_id: s.team for s in rows}


# ── coverage ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Cover:
    """The network of a place: a commune, or the sum of its communes."""

    place: Named | None
    communes_count: int = 0
    counted_count: int = 0  # communes that have entered their villages
    villages_count: int = 0
    covered_count: int = 0
    teams_count: int = 0
    leaderless_count: int = 0
    members_count: int = 0
    trained_count: int = 0
    households_count: int = 0
    is_simulated: bool = False

    @property
    def sort_key(self) -> str:
        return self.place.sort_key if self.place else ""

    @property
    def share(self) -> float | None:
        """None: nobody has entered a village, so nothing is known."""
        return self.covered_count / self.villages_count if self.villages_count else None

    @property
    def trained_share(self) -> float | None:
        return self.trained_count / self.members_count if self.members_count else None

    @property
    def uncovered_count(self) -> int:
        return self.villages_count - self.covered_count

    @property
    def is_whole(self) -> bool:
        return self.villages_count > 0 and self.uncovered_count == 0 and self.counted_count >= self.communes_count

    @property
    def step(self) -> int | None:
        """1 to 5 for the map: under 50, under 80, under 95, under 100, all."""
        share = self.share
        if share is None:
            return None
        return 1 + sum(share >= edge for edge in (0.5, 0.8, 0.95, 1))


STEPS = ("dưới 50%", "50% đến dưới 80%", "80% đến dưới 95%", "95% đến dưới 100%", "đủ 100%")


def covers(communes: Sequence[Named]) -> list[Cover]:
    """The cover of each commune.  Cost: one query."""
    rows = {r.unit_id: r for r in NetworkCount.objects.filter(unit__in=[n.id for n in communes])}
    return [_of_commune(n, rows.get(n.id)) for n in communes]


def _of_commune(place: Named, row: NetworkCount | None) -> Cover:
    if row is None:
        return Cover(place, communes_count=1)
    return Cover(
        place,
        1,
        int(row.villages_count > 0),
        row.villages_count,
        row.villages_with_team_count,
        row.teams_count,
        row.teams_without_leader_count,
        row.members_count,
        row.trained_count,
        row.households_count,
        row.is_simulated,
    )


def province_covers(provinces: Sequence[Named], *, on: date) -> list[Cover]:
    """The cover of each province, summed by the database.  Cost: two queries, whatever the number of communes."""
    below = UnitParent.objects.on(on).filter(parent__in=[p.id for p in provinces], unit__level=Level.COMMUNE)
    communes = dict(below.order_by().values_list("parent").annotate(Count("pk")))
    sums = {
        r["province_code"]: r
        for r in NetworkCount.objects.order_by()
        .values("province_code")
        .annotate(
            counted=Count("pk", filter=Q(villages_count__gt=0)),
            villages=Sum("villages_count"),
            covered=Sum("villages_with_team_count"),
            teams=Sum("teams_count"),
            leaderless=Sum("teams_without_leader_count"),
            members=Sum("members_count"),
            trained=Sum("trained_count"),
            households=Sum("households_count"),
            simulated=BoolOr("is_simulated"),
        )
    }
    found = []
    for place in provinces:
        row = sums.get(place.code)
        if row is None:
            found.append(Cover(place, communes.get(place.id, 0)))
            continue
        found.append(
            Cover(
                place,
                communes.get(place.id, 0),
                row["counted"],
                row["villages"],
                row["covered"],
                row["teams"],
                row["leaderless"],
                row["members"],
                row["trained"],
                row["households"],
                row["simulated"],
            )
        )
    return found


def total_of(rows: Sequence[Cover]) -> Cover:
    """The sum of several places."""
    names = [f for f in Cover.__dataclass_fields__ if f.endswith("_count")]
    sums = {name: sum(getattr(r, name) for r in rows) for name in names}
    return Cover(None, is_simulated=any(r.is_simulated for r in rows), **sums)


@dataclass(frozen=True)
class Gaps:
    """What is missing in one commune, by name."""

    villages: Sequence[Village] = ()
    teams: Sequence[tuple[Team, Sequence[str]]] = ()  # with what each lacks
    uncounted: Sequence[Village] = field(default_factory=tuple)  # villages whose households nobody has counted


def lacks(*, serves: bool, people: int, leaders: int, trained: int, listed: int, is_decided: bool) -> list[str]:
    """What a team lacks, in the words of every page."""
    return [
        says
        for is_so, says in (
            (not serves, "Tổ chưa phục vụ thôn nào"),
            (not people, "Tổ chưa có thành viên"),
            (people and not leaders, "Tổ chưa có tổ trưởng"),
            (people and not trained, "Chưa ai trong tổ được tập huấn"),
            (people and not listed, "Người dân chưa thấy tên ai của tổ"),
            (not is_decided, "Chưa ghi quyết định thành lập tổ"),
        )
        if is_so
    ]


def _lacks_of(team: Any) -> list[str]:
    return lacks(
        serves=team.serves,
        people=team.people,
        leaders=team.leaders,
        trained=team.trained,
        listed=team.listed,
        is_decided=team.document_id is not None,
    )


def gaps_of(unit: Unit, *, on: date) -> Gaps:
    """Cost: two queries."""
    served = TeamVillage.objects.filter(village=OuterRef("pk"), valid__contains=on)
    villages = list(
        Village.objects.on(on).filter(unit=unit).annotate(has_team=Exists(served)).order_by("sort_key", "id")
    )
    now = Q(members__valid__contains=on)
    teams = list(
        Team.objects.on(on)
        .filter(unit=unit)
        .annotate(
            leaders=Count("members", filter=now & Q(members__role=MemberRole.LEADER)),
            trained=Count("members", filter=now & ~Q(members__training=Training.NONE)),
            people=Count("members", filter=now),
            serves=Exists(TeamVillage.objects.filter(team=OuterRef("pk"), valid__contains=on)),
            listed=Count("members", filter=now & Q(members__is_listed=True)),
        )
        .order_by("sort_key", "id")
    )
    return Gaps(
        [v for v in villages if not v.has_team],  # type: ignore[attr-defined]
        [(t, lacks) for t in teams if (lacks := _lacks_of(t))],
        [v for v in villages if v.households_count is None],
    )


# ── who helps ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Helper:
    name: str
    role: str
    occupation: str
    phone: str


@dataclass(frozen=True)
class HelpAt:
    """One village as a citizen asks: who helps there. `has_team` without helpers: nobody agreed to be named."""

    village: str
    uid: str
    team: str
    helpers: Sequence[Helper]

    @property
    def has_team(self) -> bool:
        return bool(self.team)


def who_helps(unit: Unit, *, on: date) -> list[HelpAt]:
    """Every village of a commune with its listed members; the net shows a stranger no others.  Cost: three queries."""
    villages = list(Village.objects.on(on).filter(unit=unit).order_by("sort_key", "id"))
    teams = teams_serving([v.pk for v in villages], on=on)
    helpers: dict[int, list[tuple[int, str, Helper]]] = {}
    listed = Member.objects.on(on).filter(team__in={t.pk for t in teams.values()}, is_listed=True)
    for m in listed:
        one = Helper(str(m), m.get_role_display(), m.occupation, m.phone)
        helpers.setdefault(m.team_id, []).append((ROLE_ORDER[MemberRole(m.role)], m.sort_key, one))
    return [
        HelpAt(
            v.name,
            str(v.uid),
            teams[v.pk].name if v.pk in teams else "",
            [h for *_, h in sorted(helpers.get(teams[v.pk].pk, ()), key=lambda x: x[:2])] if v.pk in teams else (),
        )
        for v in villages
    ]
