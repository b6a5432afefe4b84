"""`langso judge`: a table of figures judged by a framework, without a database."""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from math import isnan
from pathlib import Path
from typing import TextIO

from langso.criteria import catalogue
from langso.criteria.edition import Edition
from langso.criteria.engine import Judgment, judge, load_edition
from langso.criteria.findings import Finding, stated
from langso.criteria.table_file import read_table
from langso.lib.number import write_number
from langso.lib.refusal import Refused

NAME = "judge"
HELP = "chấm một bảng số liệu theo khung tiêu chí, không cần cơ sở dữ liệu"
WRONG = 2  # exit code when nothing was judged

_RESULT = ("unit", "level", "score", "rank")
_EXPLAINED = ("unit", "criterion", "verdict", "value", "threshold", "level", "reason")


class FrameworkNotNamed(Refused):
    says = "Thiếu khung hoặc bảng. Gõ: langso judge KHUNG BẢNG.csv, hoặc langso judge --list để xem các khung."


class EditionOfAFile(Refused):
    says = "--edition chỉ dùng khi gọi khung bằng tên. Tệp {path} đã là một phiên bản."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("framework", nargs="?", metavar="KHUNG", help="tên khung, hoặc đường dẫn tới tệp .yaml")
    parser.add_argument("table", nargs="?", metavar="BẢNG.csv", help="cột unit và một cột cho mỗi mã tiêu chí")
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table", help="dạng kết quả")
    parser.add_argument("--explain", action="store_true", help="nêu từng kết quả và lý do")
    parser.add_argument("--edition", default="", metavar="PHIÊN-BẢN", help="phiên bản của khung, mặc định mới nhất")
    parser.add_argument("--list", action="store_true", help="liệt kê các khung có sẵn")


def run(args: argparse.Namespace) -> int:
    try:
        if args.list:
            _list(sys.stdout)
            return 0
        if not args.framework or not args.table:
            raise FrameworkNotNamed
        edition = load_edition(_file(args.framework, args.edition))
        judgment = judge(edition, read_table(Path(args.table), edition))
        judgment.rank  # noqa: B018  worked out before the first line is written: all or nothing
    except Refused as refused:
        print(refused.sentence, file=sys.stderr)
        return WRONG
    if edition.note and args.format != "table":
        print(edition.note, file=sys.stderr)
    write = {"csv": _csv, "json": _json, "table": _table}[args.format]
    try:
        write(judgment, sys.stdout, explain=args.explain)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        return 0
    return 0


def _file(framework: str, edition: str) -> Path:
    path = Path(framework)
    if path.suffix in (".yaml", ".yml"):
        if edition:
            raise EditionOfAFile(path=path)
        return path
    return catalogue.find(framework, edition)


def _list(out: TextIO) -> None:
    for code, files in catalogue.editions().items():
        for path in files:
            edition = load_edition(path)
            mark = " (minh họa)" if edition.is_illustrative else ""
            number = f", {edition.document_number}" if edition.document_number else ""
            print(f"{code}  phiên bản {edition.edition}{mark}\n    {edition.title}{number}", file=out)


def level_of(judgment: Judgment, i: int) -> int | None:
    """The number of the level; None where nothing is proven or refuted, or the edition has no levels."""
    if not judgment.edition.levels or judgment.is_unknown[i]:
        return None
    return int(judgment.level[i])


def score_of(judgment: Judgment, i: int) -> str:
    """With a decimal point and the places of the scale; empty where anything that earns points is unknown."""
    scale, scores = judgment.edition.scale, judgment.score
    if scale is None or scores is None or isnan(scores[i]):
        return ""
    return f"{scores[i]:.{scale.places}f}"


def rank_of(judgment: Judgment, i: int) -> int | None:
    return int(judgment.rank[i]) or None if judgment.rank is not None else None


def _plain(number: float | None) -> str:
    """A number for machines: dot, no grouping, no trailing zeros, sixteen digits at most."""
    return "" if number is None else f"{number:.10f}".rstrip("0").rstrip(".")


def _csv(judgment: Judgment, out: TextIO, *, explain: bool) -> None:
    writer = csv.writer(out, lineterminator="\n")
    units = judgment.table.units
    if not explain:
        writer.writerow(_RESULT)
        writer.writerows(
            (unit, _or_empty(level_of(judgment, i)), score_of(judgment, i), _or_empty(rank_of(judgment, i)))
            for i, unit in enumerate(units)
        )
        return
    writer.writerow(_EXPLAINED)
    for line in _explained_lines(judgment):
        out.write(line)


def _explained_lines(judgment: Judgment) -> Iterator[str]:
    """A line is the unit and what follows it, which is the same for all units with the same finding."""
    columns = []
    for criterion, level in stated(judgment.edition):
        found, place = judgment.finding_column(criterion, level)
        tails = _csv_lines(
            (f.criterion, f.verdict.value, _plain(f.value), _plain(f.threshold), str(f.level or ""), f.reason)
            for f in found
        )
        columns.append([tails[k] for k in place.tolist()])
    starts = [f"{line[:-1]}," for line in _csv_lines((unit,) for unit in judgment.table.units)]
    for start, row in zip(starts, zip(*columns, strict=True), strict=True):
        yield "".join([start + tail for tail in row])


class _Lines(list[str]):
    """A file that keeps each row the csv writer writes."""

    write = list.append


def _csv_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    lines = _Lines()
    csv.writer(lines, lineterminator="\n").writerows(rows)
    return lines


def _or_empty(number: int | None) -> str:
    return "" if number is None else str(number)


def _json(judgment: Judgment, out: TextIO, *, explain: bool) -> None:
    edition = judgment.edition
    head = {
        "framework": edition.id,
        "edition": edition.edition,
        "sha256": edition.sha256,
        "title": edition.title,
        "illustrative": edition.is_illustrative,
        "note": edition.note,
    }
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "units": [')
    for i, unit in enumerate(judgment.table.units):
        level, score = level_of(judgment, i), score_of(judgment, i)
        found: dict[str, object] = {
            "unit": unit,
            "level": level,
            "level_name": edition.level_name(level) if level else None,
            "level_at_most": int(judgment.level_at_most[i]) if edition.levels else None,
            "score": float(score) if score else None,
            "rank": rank_of(judgment, i),
        }
        if explain:
            found["findings"] = [_as_json(f) for f in judgment.findings(i)]
        out.write(("\n" if i == 0 else ",\n") + json.dumps(found, ensure_ascii=False))
    out.write("\n]}\n")


def _as_json(found: Finding) -> dict[str, object]:
    return {
        "criterion": found.criterion,
        "group": found.group,
        "level": found.level or None,
        "verdict": found.verdict.value,
        "value": found.value,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "threshold": found.threshold,
        "gap": found.gap,
        "gap_count": found.gap_count,
        "points": found.points,
        "reason": found.reason,
        "parts": [_as_json(part) for part in found.parts],
    }


def _table(judgment: Judgment, out: TextIO, *, explain: bool) -> None:
    edition = judgment.edition
    print(f"{edition.title} ({edition.id}, phiên bản {edition.edition})", file=out)
    if edition.note:
        print(edition.note, file=out)
    width = min(48, max((len(unit) for unit in judgment.table.units), default=6))
    for i, unit in enumerate(judgment.table.units):
        print(f"{unit:<{width}}  {_line(judgment, i)}", file=out)
        if explain:
            for text in _explained(edition, judgment.findings(i)):
                print(f"    {text}", file=out)


def _line(judgment: Judgment, i: int) -> str:
    edition = judgment.edition
    said = []
    if edition.levels:
        level = level_of(judgment, i)
        most = int(judgment.level_at_most[i])
        if level is None:
            said.append(f"Chưa đủ số liệu, có thể tới mức {most}")
        else:
            name = f", {edition.level_name(level)}" if level else ""
            said.append(f"Mức {level}{name}" if level else "Chưa đạt mức 1")
            if most > level:
                said.append(f"còn số liệu chưa có, có thể tới mức {most}")
    if edition.scale:
        score, rank = score_of(judgment, i), rank_of(judgment, i)
        said.append(f"Điểm {score.replace('.', ',')}" if score else "Chưa đủ số liệu để tính điểm")
        if rank:
            said.append(f"hạng {write_number(rank)}")
    return "; ".join(said)


def _explained(edition: Edition, found: tuple[Finding, ...]) -> Iterator[str]:
    for one in found:
        name = f"mức {one.level}" if one.level and len(edition.levels) > 1 else ""
        yield f"{one.criterion:<8} {name:<6} {one.verdict.word:<16} {one.reason}"


if __name__ == "__main__":
    own = argparse.ArgumentParser(prog="langso judge", description=HELP)
    arguments(own)
    sys.exit(run(own.parse_args()))
