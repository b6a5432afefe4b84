"""A published edition of a criteria framework, frozen as it was read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import ceil
from pathlib import Path


class Kind(StrEnum):
    """What a figure is, which fixes how it is written and the domain it lives in."""

    SHARE = "share"  # percent, 0 to 100
    RATE = "rate"  # so many per so many, from 0 up
    COUNT = "count"  # whole, from 0 up
    INDEX = "index"  # 0 to 1
    YES_NO = "yes_no"
    SPEED = "speed"  # Mb/s
    SCORE = "score"  # points, 0 to the criterion's maximum
    CASE = "case"  # one of the named cases


class Op(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    IS_TRUE = "is_true"
    ATTESTED = "attested"

    @property
    def is_falling(self) -> bool:
        return self in (Op.AT_MOST, Op.BELOW)

    @property
    def is_strict(self) -> bool:
        return self in (Op.ABOVE, Op.BELOW)


class Status(StrEnum):
    ISSUED = "issued"
    PROVISIONAL = "provisional"
    ILLUSTRATIVE = "illustrative"


class Effort(StrEnum):
    LIGHT = "nhẹ"
    MEDIUM = "vừa"
    HEAVY = "nặng"

    @property
    def weight(self) -> int:
        return list(Effort).index(self)


@dataclass(frozen=True)
class Measure:
    """A figure entered once that several frameworks may judge."""

    key: str
    label: str
    kind: Kind
    unit: str = ""
    numerator: str = ""
    denominator: str = ""
    counted: str = ""  # the noun one counts by: hồ sơ, hộ, người
    per: int = 100  # a rate per 100 people; a share is always per 100
    may_exceed: bool = False  # a share that may pass 100 %
    source: str = ""
    collection: str = ""


@dataclass(frozen=True)
class Group:
    code: str
    name: str
    at_least: Decimal | None = None  # least score for any level of a scored edition
    note: str = ""


@dataclass(frozen=True)
class Level:
    number: int
    name: str
    score: Decimal | None = None  # scored editions: the level begins here
    group_scores: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class RegionClasses:
    """Classes of units with targets of their own, told by one column of the table."""

    column: str
    names: Mapping[str, str]  # code → name


@dataclass(frozen=True)
class Pool:
    """Criteria of which only some must be met: a share of them, or a number."""

    name: str
    share: Decimal | None = None
    count: int | None = None

    def needed(self, members: int) -> int:
        if self.count is not None:
            return self.count
        share = self.share or Decimal(0)
        return ceil(share * members / 100)


Targets = tuple[Decimal | None, ...]  # by level; None before the criterion begins


@dataclass(frozen=True)
class Test:
    """One figure against one target per level. `targets[k]` is of class k, or of all when alone."""

    code: str
    name: str
    measure: Measure
    op: Op
    targets: tuple[Targets, ...]
    stated: frozenset[int]  # levels that the file states; the others carry the one below
    is_skipped_when_none: bool = False  # nothing to count: the criterion does not apply


@dataclass(frozen=True)
class Several:
    """At least `needed` of the parts hold: all_of, any_of, count_of."""

    needed: int
    parts: "tuple[Rule, ...]"


Rule = Test | Several


@dataclass(frozen=True)
class Scoring:
    """How a criterion earns points.

    style: ratio (figure ÷ full × maximum) · steps (by count) · cases (by named case) · parts (added up) ·
    rule (full when the rule holds, else nothing) · bonus · penalty (outside the maximum of the scale).
    """

    style: str
    maximum: Decimal
    steps: tuple[tuple[Decimal, Decimal], ...] = ()  # from this figure up: so many points, rising
    cases: tuple[tuple[str, Decimal], ...] = ()
    parts: "tuple[Criterion, ...]" = ()


@dataclass(frozen=True)
class Criterion:
    code: str
    group: str
    name: str
    measure: Measure
    rule: Rule | None
    scoring: Scoring | None = None
    pool: str = ""
    effort: Effort | None = None
    hint: str = ""
    collection: str = ""
    legal_basis: str = ""
    not_modelled: str = ""
    taken_from: str = ""
    is_precondition: bool = False

    @property
    def must(self) -> Rule:
        """The rule, where the reader has made sure that there is one."""
        if self.rule is None:
            raise LookupError(f"{self.code} has no target")
        return self.rule

    @property
    def earning(self) -> Scoring:
        """The scoring, where the reader has made sure that there is one."""
        if self.scoring is None:
            raise LookupError(f"{self.code} earns no points")
        return self.scoring

    @cached_property
    def begins(self) -> int:
        """The first level (from 1) that asks for it; 0 when it has no target."""
        return min((min(t.stated) for t in tests_of(self.rule)), default=0)

    @cached_property
    def stated_levels(self) -> tuple[int, ...]:
        return tuple(sorted({n for t in tests_of(self.rule) for n in t.stated}))


@dataclass(frozen=True)
class Field:
    """One column of a table: a figure with the code by which the edition asks for it."""

    code: str
    name: str
    measure: Measure
    cases: tuple[str, ...] = ()
    maximum: Decimal | None = None


@dataclass(frozen=True)
class Scale:
    maximum: Decimal
    places: int
    has_rank: bool


@dataclass(frozen=True, eq=False)
class Edition:
    """Compared by identity: it is read once and never changes; `sha256` says which bytes it was."""

    id: str
    edition: str
    title: str
    issuer: str
    document_number: str
    issued_on: date | None
    status: Status
    is_illustrative: bool
    note: str
    completeness: str
    sources: tuple[str, ...]
    unit_levels: tuple[str, ...]
    levels: tuple[Level, ...]
    scale: Scale | None
    region_classes: RegionClasses | None
    groups: tuple[Group, ...]
    pools: Mapping[str, Pool]
    criteria: tuple[Criterion, ...]
    conflicts: tuple[str, ...]
    extends: str
    sha256: str
    path: Path

    @cached_property
    def by_code(self) -> Mapping[str, Criterion]:
        return {c.code: c for c in self.criteria}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every column a table may carry, in the order of the edition."""
        return {f.code: f for c in self.criteria for f in fields_of(c)}

    def group(self, code: str) -> Group:
        return next(g for g in self.groups if g.code == code)

    def level_name(self, number: int) -> str:
        return self.levels[number - 1].name if 1 <= number <= len(self.levels) else ""


def tests_of(rule: Rule | None) -> Iterator[Test]:
    if isinstance(rule, Test):
        yield rule
    elif rule is not None:
        for part in rule.parts:
            yield from tests_of(part)


def tests_within(criterion: Criterion) -> Iterator[Test]:
    """Its own tests, and those of the parts that earn its points."""
    yield from tests_of(criterion.rule)
    for part in criterion.scoring.parts if criterion.scoring else ():
        yield from tests_within(part)


def fields_of(criterion: Criterion) -> Iterator[Field]:
    if criterion.rule is not None:
        for test in tests_of(criterion.rule):
            yield Field(test.code, test.name, test.measure)
        return
    scoring = criterion.scoring
    if scoring and scoring.style == "parts":
        for part in scoring.parts:
            yield from fields_of(part)
        return
    cases = tuple(name for name, _ in scoring.cases) if scoring else ()
    maximum = scoring.maximum if scoring else None
    yield Field(criterion.code, criterion.name, criterion.measure, cases, maximum)
