"""What the public pages show, one frozen dataclass a page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max

from langso.assessments.judging import MAIN_FRAMEWORK, edition_of
from langso.assessments.models import Publication
from langso.assessments.results import Result, from_json
from langso.criteria.edition import Edition
from langso.legal.models import Clause
from langso.lib.period import Period
from langso.recognition.models import Recognition
from langso.recognition.register import newest_of
from langso.ui.maps import Shade
from langso.units.models import Level, Relation, Unit, UnitName, UnitStatistic
from langso.units.queries import Kin, Named, named, predecessors, successors, units_on


@dataclass(frozen=True)
class Standing:
    """Where one unit stands in a framework and period."""

    unit: Named
    level: int | None = None
    level_name: str = ""
    missing_count: int | None = None
    is_published: bool = False
    published_on: datetime | None = None
    is_simulated: bool = False

    @property
    def word(self) -> str:
        if not self.is_published:
            return "Chưa công bố"
        if self.level is None:
            return "Chưa đủ số liệu"
        return self.level_name or "Chưa đạt mức 1"


@dataclass(frozen=True)
class ProvinceShare:
    """The communes of one province by level; `usual` is the most frequent level, the lower of two equal ones."""

    unit: Named
    levels: tuple[tuple[int | None, int], ...]
    communes: int

    @property
    def published(self) -> int:
        return sum(n for _, n in self.levels)

    @property
    def usual(self) -> int | None:
        known = [(n, -level) for level, n in self.levels if level is not None]
        return -max(known)[1] if known else None


@dataclass(frozen=True)
class CountryPage:
    edition: Edition
    period: Period | None
    provinces: tuple[ProvinceShare, ...]
    is_simulated: bool

    @property
    def shades(self) -> dict[str, Shade]:
        names = [lv.name for lv in self.edition.levels]
        return {
            p.unit.code: Shade(
                p.usual,
                p.unit.name,
                (names[p.usual - 1] if p.usual else "Chưa đạt mức 1") if p.usual is not None else "",
                p.unit.address,
            )
            for p in self.provinces
        }


def latest_period(framework: str) -> Period | None:
    code = Publication.objects.current().filter(framework=framework).aggregate(last=Max("period"))["last"]
    return Period.parse(code) if code else None


def country_page(*, on: date) -> CountryPage:
    """The map of the country.  Cost: four queries, whatever the number of communes."""
    edition, period = edition_of(MAIN_FRAMEWORK), latest_period(MAIN_FRAMEWORK)
    provinces = units_on(on, level=Level.PROVINCE)
    found: dict[int, list[tuple[int | None, int]]] = {}
    is_simulated = False
    if period is not None:
        rows = Publication.objects.current().filter(framework=MAIN_FRAMEWORK, period=period.code)
        counted = rows.values_list("province", "level", "is_simulated").annotate(n=Count("pk"))
        for province, level, simulated, n in counted.order_by("province", "level"):
            found.setdefault(province, []).append((level, n))
            is_simulated = is_simulated or simulated
    communes = dict(
        Unit.objects.filter(parents__valid__contains=on, level=Level.COMMUNE)
        .values_list("parents__parent")
        .annotate(n=Count("pk"))
    )
    shares = [ProvinceShare(p, tuple(found.get(p.id, ())), communes.get(p.id, 0)) for p in provinces]
    return CountryPage(edition, period, tuple(sorted(shares, key=lambda s: s.unit.sort_key)), is_simulated)


def standings(units: Sequence[Named], edition: Edition, period: Period | None) -> list[Standing]:
    """Each unit with what it has published.  Cost: one query."""
    if period is None:
        return [Standing(u) for u in units]
    rows = Publication.objects.current().filter(
        framework=edition.id, period=period.code, unit__in=[u.id for u in units]
    )
    known = {
        row[0]: row[1:] for row in rows.values_list("unit", "level", "missing_count", "published_at", "is_simulated")
    }
    out = []
    for unit in units:
        if unit.id not in known:
            out.append(Standing(unit))
            continue
        level, missing, at, simulated = known[unit.id]
        out.append(Standing(unit, level, edition.level_name(level or 0), missing, True, at, simulated))
    return out


@dataclass(frozen=True)
class Above:
    """A unit that another one belonged to, on some days."""

    unit: Named
    since: date | None
    until: date | None


@dataclass(frozen=True)
class PlacePage:
    """A unit on its own: what it was, what it became, what it has published."""

    unit: Named
    day: date
    is_current: bool  # as it is today
    path: tuple[Named, ...]  # above it, largest first
    population: UnitStatistic | None
    area: UnitStatistic | None
    names: tuple[UnitName, ...]
    parents: tuple[Above, ...]
    came_from: tuple[Kin, ...]
    became: tuple[Kin, ...]
    clause: Clause | None
    edition: Edition | None
    period: Period | None
    result: Result | None
    publication: Publication | None
    others: tuple[Publication, ...]
    recognition: Recognition | None

    @property
    def is_ended(self) -> bool:
        return not self.is_current and self.unit.ended_on is not None

    @property
    def merged(self) -> tuple[Kin, ...]:
        """Other units that went into this one."""
        return tuple(k for k in self.came_from if k.unit.id != self.unit.id and k.relation != Relation.TIER_ABOLISHED)


def place_page(unit: Unit, *, day: date, today: date, framework: str = "") -> PlacePage | None:
    """Everything public about a unit.  Cost: twelve queries at most.

    A result is shown with the unit as it is today only: it was published for that.
    """
    own = named([(unit.pk, day)]).get((unit.pk, day))
    if own is None:
        return None
    above = [pair for pair in ((own.parent_id, day), (own.province_id, day)) if pair[0] and pair[0] != own.id]
    facts = list(unit.parents.order_by("valid")) if unit.level != Level.PROVINCE else []
    # Each unit above it is named as it was on the last day above it.
    ends = [
        date.fromordinal(f.valid.upper.toordinal() - 1) if f.valid.upper else max(f.valid.lower or today, today)
        for f in facts
    ]
    parents = [(f.parent_id, end) for f, end in zip(facts, ends, strict=True)]
    known = named([*((i, d) for i, d in above if i), *parents])
    ancestors = {pair[0]: known[pair] for pair in above if pair in known}
    is_current = holds(own, today)
    figures = unit.statistics.order_by("as_of")
    if not is_current and own.valid_to:
        figures = figures.filter(as_of__lt=own.valid_to)
    statistics: dict[str, UnitStatistic] = {s.what: s for s in figures}
    births = unit.came_from.order_by("-on").select_related("document").first()
    born = births.on if births else None
    came_from = predecessors(unit, since=date.fromordinal(born.toordinal() - 1), to=day) if born and born <= day else []
    end = own.ended_on
    became = successors(unit, since=day, to=max(today, end)) if end else []
    clause = None
    if births is not None and births.document_id and births.clause:
        clause = Clause.objects.filter(document=births.document_id, number=births.clause).first()
    current = Publication.objects.current().filter(unit=unit).defer("readings").order_by("-period", "framework")
    published = list(current) if is_current else []
    chosen = next((p for p in published if p.framework == (framework or MAIN_FRAMEWORK)), None)
    if chosen is None and published and not framework:
        chosen = published[0]
    return PlacePage(
        unit=own,
        day=day,
        is_current=is_current,
        path=tuple(sorted(ancestors.values(), key=lambda n: n.level != Level.PROVINCE)),
        population=statistics.get("population"),
        area=statistics.get("area_km2"),
        names=tuple(unit.names.select_related("document").order_by("valid")),
        parents=tuple(
            Above(known[pair], f.valid.lower, f.valid.upper)
            for f, pair in zip(facts, parents, strict=True)
            if pair in known
        ),
        came_from=tuple(came_from),
        became=tuple(k for k in became if k.unit.id != unit.pk),
        clause=clause,
        edition=edition_of(chosen.framework, chosen.edition) if chosen else None,
        period=Period.parse(chosen.period) if chosen else None,
        result=from_json(chosen.result) if chosen else None,
        publication=chosen,
        others=tuple(p for p in published if p is not chosen),
        recognition=newest_of(unit) if unit.level == Level.COMMUNE else None,
    )


def holds(unit: Named, day: date) -> bool:
    """Whether the unit was on the day as the row says."""
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or day < unit.valid_to)


@dataclass(frozen=True)
class ProvincePage:
    place: PlacePage
    edition: Edition
    period: Period | None
    standings: tuple[Standing, ...]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many communes stand at each level, highest first, then the ones that say nothing."""
        levels = Counter(s.level if s.is_published else -1 for s in self.standings)
        words = [(lv.name, levels[lv.number]) for lv in reversed(self.edition.levels)]
        words += [
            ("Chưa đạt mức 1", levels[0]),
            ("Chưa đủ số liệu", levels[None]),
            ("Chưa công bố", levels[-1]),
        ]
        return [(word, n) for word, n in words if n]

    @property
    def is_simulated(self) -> bool:
        return any(s.is_simulated for s in self.standings)

    @property
    def shades(self) -> dict[str, Shade]:
        return {s.unit.code: Shade(s.level, s.unit.name, s.word, s.unit.address) for s in self.standings}


def province_page(place: PlacePage, *, on: date) -> ProvincePage:
    """All communes of a province with their level.  Cost: three queries."""
    edition, period = edition_of(MAIN_FRAMEWORK), latest_period(MAIN_FRAMEWORK)
    communes = units_on(on, level=Level.COMMUNE, province_code=place.unit.code)
    return ProvincePage(place, edition, period, tuple(standings(communes, edition, period)))
