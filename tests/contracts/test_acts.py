"""Every act that the code writes into the ledger has a word there."""

import ast
from collections.abc import Iterator
from pathlib import Path

from langso.assessments.states import MOVES
from langso.dashboards.acts import ACTS

PACKAGE = Path(__file__).resolve().parents[2] / "langso"


def _strings(node: ast.expr) -> Iterator[str]:
    """The acts that an expression can be; f"assessment.{verb}" is every move."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)
    elif isinstance(node, ast.JoinedStr) and ast.unparse(node) == "f'assessment.{verb}'":
        yield from (f"assessment.{verb}" for verb in MOVES)
    elif not (isinstance(node, ast.Name) and node.id == "did"):  # handed on by a function that takes it
        raise AssertionError(f"line {node.lineno}: an act that this test cannot read: {ast.unparse(node)}")


def _acts(tree: ast.AST) -> set[str]:
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call))
    return {act for call in calls for k in call.keywords if k.arg == "did" for act in _strings(k.value)}


def test_every_act_has_a_word() -> None:
    found = {p: _acts(ast.parse(p.read_text("utf-8"))) for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts}
    done = set().union(*found.values())

    assert len(done) > 30
    assert {"verdict.given", "opinion.given", "assessment.return", "figure.corrected"} <= done
    assert done - set(ACTS) == set()


def test_every_word_is_of_an_act_that_can_happen() -> None:
    done = set().union(
        *(_acts(ast.parse(p.read_text("utf-8"))) for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
    )

    assert set(ACTS) - done == set()
