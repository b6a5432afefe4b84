"""The demo country: every commune of 33 provinces with simulated figures, judged by the illustrative framework.

The same figures come out every time. Every figure says that it is simulated. One province
is left without figures on purpose, so that the map shows what unknown looks like.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connections, transaction
from django.utils import timezone
from psycopg.types.range import Range

from langso.assessments.judging import edition_of
from langso.assessments.results import Reading, as_json, result_of
from langso.criteria.edition import Edition, Field, Kind, Test
from langso.criteria.engine import judge
from langso.criteria.table import Floats
from langso.lib.number import write_number
from langso.lib.period import REFORM, VIETNAM, day_of
from langso.measures.queries import columns_table, key_of
from langso.measures.rules import is_ratio
from langso.people.demo import STAR, build_people
from langso.units.models import Level, UnitStatistic
from langso.units.queries import Named, units_on

FRAMEWORK = "khung-cds-1.0-minh-hoa"
PERIOD = "2026"
WITHOUT_FIGURES = "51"  # Quảng Ngãi: the map must show a province that has sent nothing
AS_OF = date(2026, 10, 31)
PUBLISHED = datetime(2026, 11, 15, 9, 0, tzinfo=VIETNAM)
# How far a province has come on average, in levels, for the picture to be varied; simulated.
STRENGTH = {
    "01": 4.4,
    "22": 4.5,
    "48": 4.3,
    "31": 4.1,
    "46": 4.0,
    "79": 4.2,
    "08": 3.0,
    "37": 3.9,
    "24": 3.6,
    "04": 2.1,
    "11": 1.9,
    "12": 1.8,
    "14": 2.2,
    "15": 2.6,
    "19": 3.3,
    "20": 3.1,
    "66": 2.3,
    "68": 2.8,
    "96": 1.9,
    "91": 2.5,
}
MOUNTAINS = frozenset({"04", "08", "11", "12", "14", "15", "19", "20", "51", "52", "66", "68"})
# Of each denominator, how many there are for one inhabitant.
PER_HEAD = {
    "người dân, doanh nghiệp": 1.0,
    "cán bộ, công chức": 0.0022,
    "thôn": 0.0021,
    "nhà văn hóa": 0.0021,
    "hộ": 0.27,
    "doanh nghiệp": 0.0035,
    "thủ tục": 0.0,
    "văn bản": 0.28,
    "hồ sơ": 0.16,
    "người từ 15 tuổi": 0.74,
    "trong độ tuổi lao động": 0.6,
    "hợp tác xã": 0.012,
    "sản phẩm": 0.00025,
    "thuê bao": 0.95,
    "cơ quan": 0.0009,
    "đánh giá": 0.02,
    "trạm": 0.0006,
}


def is_built() -> bool:
    from langso.assessments.models import Publication

    return Publication.objects.exists()


def build(*, say: Callable[[str], None] = lambda line: None) -> int:
    """Write cast, figures and publications; returns the number of communes judged.

    Cost: four COPYs and one judgment of the whole country; about 20 seconds on the reference machine.
    """
    today = day_of(timezone.now())
    edition = edition_of(FRAMEWORK)
    communes = [u for u in units_on(max(today, AS_OF), level=Level.COMMUNE) if u.province_code != WITHOUT_FIGURES]
    say(f"Đang dựng số liệu mô phỏng cho {write_number(len(communes))} xã, phường, đặc khu")
    simulated = Simulation(edition, communes)
    judgment = judge(edition, simulated.table())
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        _copy_classes(cursor, communes)
        _copy_figures(cursor, edition, communes, simulated)
        assessments = _copy_assessments(cursor, edition, communes)
        say("Đang xét mức và ghi kết quả từng xã")
        with cursor.copy(_PUBLICATION_COPY) as copy:
            for i, commune in enumerate(communes):
                readings = simulated.readings(i)
                result = result_of(judgment, i, readings)
                copy.write_row(
                    (
                        assessments[commune.id],
                        commune.id,
                        commune.province_id,
                        edition.id,
                        edition.edition,
                        edition.sha256,
                        PERIOD,
                        result.level,
                        result.level_at_most,
                        len(result.missing),
                        True,
                        _json({code: vars(r) for code, r in readings.items()}),
                        _json(as_json(result)),
                        PUBLISHED + timedelta(seconds=i),
                    )
                )
                if i and i % 1000 == 0:
                    say(f"Đã xét {write_number(i)} xã")
        cursor.execute("analyze measures_reportedfigure, assessments_assessment, assessments_publication")
    build_people(today=today)
    return len(communes)


_PUBLICATION_COPY = """
copy assessments_publication (assessment_id, unit_id, province_id, framework, edition, edition_sha256, period, level,
    level_at_most, missing_count, is_simulated, readings, result, published_at) from stdin
"""


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Figure:
    numerator: Floats
    denominator: Floats
    value: Floats


class Simulation:
    """Figures of every measure for every commune, from one seeded stream."""

    def __init__(self, edition: Edition, communes: list[Named]) -> None:
        self.edition = edition
        self.communes = communes
        rng = np.random.default_rng(20261115)
        n = len(communes)
        people = _population(communes, rng)
        base = np.array([STRENGTH.get(c.province_code, 3.0 + (int(c.province_code) % 5) * 0.2) for c in communes])
        urban = np.array([c.kind != "xã" for c in communes])
        strength = np.clip(base + 0.35 * urban + rng.normal(0.45, 0.75, n), 0.25, 5.6)
        self.by_key: dict[str, Figure] = {}
        for field in edition.fields.values():
            key = key_of(edition, field)
            if key not in self.by_key:
                self.by_key[key] = self._figure(field, strength, people, rng)
        self.is_unknown = {key: rng.random(n) < 0.006 for key in self.by_key}
        self._tell_the_star()

    def _figure(self, field: Field, strength: Floats, people: Floats, rng: np.random.Generator) -> Figure:
        n = len(strength)
        # Most criteria run ahead of the weakest one, as they do: a few hold a commune back.
        ahead = np.where(rng.random(n) < 0.18, rng.normal(-0.15, 0.2, n), np.abs(rng.normal(0.5, 0.6, n)))
        reached = np.clip(strength + ahead, 0.1, 6.0)
        targets = _targets(self.edition, field.code)
        share = np.interp(
            reached,
            [0.0, *(n for n, _ in targets), 6.0],
            [targets[0][1] * 0.3, *(t for _, t in targets), targets[-1][1]],
        )
        measure = field.measure
        nothing = np.full(n, np.nan)
        if measure.kind is Kind.YES_NO:
            return Figure(nothing, nothing, (reached >= targets[0][0] - 0.6).astype(float))
        if is_ratio(measure):
            share = (
                share + rng.uniform(0.0, 2.5, n)
                if targets[-1][1] > targets[0][1]
                else share * rng.uniform(0.3, 0.99, n)
            )
            bottom = np.maximum(np.rint(people * _per_head(measure.denominator)), 3.0)
            if "thủ tục" in measure.denominator:
                bottom = rng.integers(190, 260, n).astype(float)
            if "sản phẩm" in measure.denominator:
                bottom = rng.integers(0, 7, n).astype(float)
            top = np.ceil(bottom * np.clip(share, 0, 100 if measure.kind is Kind.SHARE else None) / measure.per)
            return Figure(np.minimum(top, bottom) if measure.kind is Kind.SHARE else top, bottom, nothing)
        return Figure(nothing, nothing, np.rint(share) if measure.kind is Kind.COUNT else np.round(share, 1))

    def _tell_the_star(self) -> None:
        """Xã Hoàng Su Phì stands just below level 4, with four things left to do: the commune of every picture."""
        star = next((i for i, c in enumerate(self.communes) if c.code == STAR), None)
        if star is None:
            return
        fields = self.edition.fields
        aimed = {code: dict(_targets(self.edition, code)) for code in fields}
        for code, field in fields.items():
            figure, key = self.by_key[key_of(self.edition, field)], key_of(self.edition, field)
            self.is_unknown[key][star] = code == "CQ.9"
            goal = next((t for n, t in sorted(aimed[code].items(), reverse=True) if n <= 4), None)
            if goal is None:
                continue
            if field.measure.kind is Kind.YES_NO:
                figure.value[star] = 1.0
            elif is_ratio(field.measure):
                falling = _is_falling(self.edition, code)
                bottom = max(figure.denominator[star], 4.0)
                figure.denominator[star] = bottom
                most = bottom if field.measure.kind is Kind.SHARE else np.inf
                edge = goal * bottom / field.measure.per
                figure.numerator[star] = np.floor(edge * 0.7) if falling else min(np.ceil(edge * 1.03), most)
            else:
                figure.value[star] = goal
        for code, top, bottom in (
            ("CQ.2", 1874, 2716),
            ("KT.2", 108, 196),
            ("XH.1", 7904, 10870),
            ("C.3", 38, 41),
        ):
            if code in fields:
                figure = self.by_key[key_of(self.edition, fields[code])]
                figure.numerator[star], figure.denominator[star] = top, bottom

    def rows(self, key: str) -> Iterator[tuple[int, float, float, float]]:
        figure = self.by_key[key]
        for i in np.flatnonzero(~self.is_unknown[key]):
            yield int(i), float(figure.numerator[i]), float(figure.denominator[i]), float(figure.value[i])

    def table(self) -> Any:
        return columns_table(
            self.edition, [c.code for c in self.communes], {key: self.rows(key) for key in self.by_key}
        )

    def readings(self, i: int) -> dict[str, Reading]:
        found = {}
        for code, field in self.edition.fields.items():
            key = key_of(self.edition, field)
            if self.is_unknown[key][i]:
                continue
            figure = self.by_key[key]
            top, bottom, value = (_plain(x[i]) for x in (figure.numerator, figure.denominator, figure.value))
            found[code] = Reading(
                key, top, bottom, value, as_of=AS_OF.isoformat(), source=_source(field), is_simulated=True
            )
        return found


def _plain(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _source(field: Field) -> str:
    source = field.measure.source or "Ủy ban nhân dân xã"
    return source[:1].upper() + source[1:]


def _targets(edition: Edition, code: str) -> list[tuple[int, float]]:
    for criterion in edition.criteria:
        rule = criterion.rule
        if isinstance(rule, Test) and rule.code == code:
            return [(n, float(t)) for n, t in enumerate(rule.targets[0], 1) if t is not None and n in rule.stated]
    return [(1, 50.0), (5, 90.0)]


def _is_falling(edition: Edition, code: str) -> bool:
    rule = next(c.rule for c in edition.criteria if isinstance(c.rule, Test) and c.rule.code == code)
    assert isinstance(rule, Test)
    return rule.op.is_falling


def _per_head(denominator: str) -> float:
    return next((rate for words, rate in PER_HEAD.items() if words in denominator), 0.5)


def _population(communes: list[Named], rng: np.random.Generator) -> Floats:
    known = dict(UnitStatistic.objects.filter(what="population", is_doubtful=False).values_list("unit_id", "value"))
    return np.array([float(known.get(c.id) or rng.integers(9_000, 30_000)) for c in communes])


def _copy_figures(cursor: Any, edition: Edition, communes: list[Named], simulated: Simulation) -> None:
    sources = {key_of(edition, f): _source(f) for f in edition.fields.values()}
    columns = "unit_id, measure, period, numerator, denominator, value, as_of, source, note, origin, reported_at"
    with cursor.copy(f"copy measures_reportedfigure ({columns}) from stdin") as copy:
        for key, source in sources.items():
            for i, *numbers in simulated.rows(key):
                top, bottom, value = (None if x != x else f"{x:g}" if x % 1 else str(int(x)) for x in numbers)
                copy.write_row(
                    (
                        communes[i].id,
                        key,
                        PERIOD,
                        top,
                        bottom,
                        value,
                        AS_OF,
                        source,
                        "",
                        "simulated",
                        PUBLISHED,
                    )
                )


def _copy_classes(cursor: Any, communes: list[Named]) -> None:
    """Which communes count as mountain or island ones, for frameworks whose targets differ; simulated like the rest."""
    columns = "unit_id, system, region_class, valid, is_simulated"
    with cursor.copy(f"copy units_unitregionclass ({columns}) from stdin") as copy:
        for commune in communes:
            is_far = commune.kind == "đặc khu" or (commune.kind == "xã" and commune.province_code in MOUNTAINS)
            copy.write_row((commune.id, "khu-vuc", "dtts" if is_far else "con-lai", Range(REFORM, None), True))


def _copy_assessments(cursor: Any, edition: Edition, communes: list[Named]) -> dict[int, int]:
    cursor.execute(
        "insert into assessments_issuededition (framework, edition, sha256, first_used_at) values (%s, %s, %s, %s)"
        " on conflict do nothing",
        (edition.id, edition.edition, edition.sha256, PUBLISHED),
    )
    columns = "unit_id, framework, edition, period, opened_at, state, receipt, doubts_count"
    with cursor.copy(f"copy assessments_assessment ({columns}) from stdin") as copy:
        for commune in communes:
            copy.write_row((commune.id, edition.id, edition.edition, PERIOD, PUBLISHED, "drafting", "", 0))
    cursor.execute(
        "select unit_id, id from assessments_assessment where framework = %s and period = %s",
        (edition.id, PERIOD),
    )
    return dict(cursor.fetchall())
