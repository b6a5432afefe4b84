"""The cases beside an edition: figures and the result that a civil servant expects of them."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from langso.criteria.edition import Edition
from langso.criteria.engine import Judgment, judge
from langso.criteria.source import read_yaml
from langso.criteria.table_file import parse_table
from langso.criteria.words import check_keys, items_of, lined_of, text_of
from langso.lib.number import round_half_up

_EXPECTED = ("level", "level_at_most", "score", "rank")


@dataclass(frozen=True)
class Case:
    """One unit. `expected` holds what the file states, as text; empty means unknown."""

    unit: str
    why: str
    figures: dict[str, str]
    expected: dict[str, str]


def cases_path(edition: Edition) -> Path:
    return edition.path.with_name(f"{edition.path.stem}.cases.yaml")


def read_cases(path: Path, edition: Edition) -> tuple[Case, ...]:
    """Refuses: FrameworkFileUnreadable, FrameworkFileWrong."""
    top, _ = read_yaml(path)
    check_keys(top, ["framework", "edition", "cases"])
    if (text_of(top, "framework"), text_of(top, "edition")) != (edition.id, edition.edition):
        raise top.refuse(f"các ví dụ này không phải của khung {edition.id} phiên bản {edition.edition}.")
    found = []
    for item in items_of(top, "cases"):
        check_keys(item, ["unit", "why", "figures", *_EXPECTED])
        figures = lined_of(item, "figures")
        expected = {key: text_of(item, key) for key in _EXPECTED if key in item}
        if not expected:
            raise item.refuse("ví dụ chưa ghi kết quả mong đợi (level, score hoặc rank).")
        values = {code: text_of(figures, code) for code in figures}
        found.append(Case(text_of(item, "unit", required=True), text_of(item, "why"), values, expected))
    if not found:
        raise top.refuse("chưa có ví dụ nào.", "cases")
    return tuple(found)


def failures(edition: Edition, cases: tuple[Case, ...]) -> list[str]:
    """What came out otherwise than a case says, in words; ranks are among the cases of the file."""
    columns = list(dict.fromkeys(code for case in cases for code in case.figures))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["unit", *columns])
    writer.writerows([case.unit, *(case.figures.get(code, "") for code in columns)] for case in cases)
    judgment = judge(edition, parse_table(text.getvalue(), edition, cases_path(edition).name))
    found = []
    for i, case in enumerate(cases):
        got = {key: outcome(judgment, i, key) for key in case.expected}
        found += [f"{case.unit}: {k} là “{got[k]}”, cần “{v}”" for k, v in case.expected.items() if got[k] != v]
    return found


def outcome(judgment: Judgment, i: int, key: str) -> str:
    """Level, score or rank of one unit as text; empty when unknown or when the edition has none."""
    edition = judgment.edition
    if key == "score":
        if edition.scale is None or judgment.score is None or judgment.score[i] != judgment.score[i]:
            return ""
        return str(round_half_up(Decimal(repr(float(judgment.score[i]))), edition.scale.places))
    if key == "rank":
        return str(judgment.rank[i]) if judgment.rank is not None and judgment.rank[i] else ""
    if not edition.levels:
        return ""
    if key == "level_at_most":
        return str(judgment.level_at_most[i])
    return "" if judgment.is_unknown[i] else str(judgment.level[i])
