"""Editions and tables for the tests of this room."""

from collections.abc import Mapping
from pathlib import Path

from langso.criteria.edition import Edition
from langso.criteria.engine import Judgment, judge, load_edition, shipped
from langso.criteria.reading import read_edition
from langso.criteria.table_file import parse_table

EDITIONS = Path(__file__).parent / "editions"

HEAD = """\
id: thu
edition: "1"
title: Bản thử
issuer: Bản thử
completeness: Bản thử
levels: [Một, Hai, Ba]
groups: [{code: G, name: Nhóm}]
criteria:
"""


def edition(name: str) -> Edition:
    """A test edition by file name, or a shipped one by id."""
    own = EDITIONS / f"{name}.yaml"
    return load_edition(own if own.exists() else shipped()[name])


def written(folder: Path, text: str) -> Edition:
    path = folder / "thu.yaml"
    path.write_text(text, encoding="utf-8")
    return read_edition(path)


def judged(of: Edition, *rows: Mapping[str, object]) -> Judgment:
    """Each row is one unit: code → cell, as a person would type it."""
    columns = list(dict.fromkeys(code for row in rows for code in row)) or list(of.fields)[:1]
    lines = [";".join(["unit", *columns])]
    lines += [";".join([f"Xã {i}", *(str(row.get(c, "")) for c in columns)]) for i, row in enumerate(rows)]
    return judge(of, parse_table("\n".join(lines), of, "bảng thử"))
