"""What holds for the whole of the code."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

import langso
from langso.criteria import catalogue
from langso.criteria.engine import load_edition
from langso.people.roles import Right

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "langso"


def _patterns(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, address)
        else:
            yield address, entry


def test_every_address_has_a_door() -> None:
    doors = {address: getattr(entry.callback, "door", None) for address, entry in _patterns(get_resolver())}

    assert len(doors) > 30
    assert {a for a, door in doors.items() if door is None} == set()
    assert set(doors.values()) <= {"public", "device", *Right.values}  # device: a token of a member's phone
    assert {
        a for a, d in doors.items() if d == "public" and a.startswith(("danh-gia", "viec-", "nguoi", "tep"))
    } == set()


def test_every_room_says_what_it_is_about() -> None:
    rooms = [m.name for m in pkgutil.iter_modules(langso.__path__, "langso.") if m.ispkg]
    silent = [
        room for room in rooms if room != "langso.web" and not (importlib.import_module(room).__doc__ or "").strip()
    ]

    assert len(rooms) >= 12
    assert silent == []


def _files() -> list[Path]:
    return [p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts]


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "core", "misc"}

    assert [p for p in PACKAGE.rglob("*") if p.stem in empty] == []


def test_no_file_is_too_long_to_read() -> None:
    long = {str(p): n for p in _files() if (n := len(p.read_text(encoding="utf-8").splitlines())) > 500}

    assert long == {}


# The few places that ask for a code on every day, on purpose.
WITHOUT_A_DAY = {
    ("units/queries.py", "unit_by_code"): "reads all holders to say when the code was in use",
    ("dashboards/public.py", "_last_holder"): "looks for the last day the code was in use",
    ("assessments/queries.py", "_as_it_ended"): "looks for the unit's own last day",
}


def _uses_of_codes(tree: ast.AST) -> Iterator[tuple[str, ast.Call, str]]:
    """Calls of a chain that begins with UnitCode.objects or a unit's codes: (function, call, whole chain)."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                chain = ast.unparse(node)
                if re.match(r"(UnitCode\.objects|[\w.]+\.codes)\b", chain):
                    yield function.name, node, chain


def test_no_code_is_used_without_a_day() -> None:
    """The database holds one unit a code a day (tests/units); here: nobody asks for a code without saying the day."""
    wrong = []
    for path in _files():
        name = path.relative_to(PACKAGE).as_posix()
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        outermost: dict[tuple[str, int, int], str] = {}
        for function, node, chain in _uses_of_codes(tree):
            key = (function, node.lineno, node.col_offset)
            if len(chain) > len(outermost.get(key, "")):
                outermost[key] = chain
        for (function, line, _), chain in outermost.items():
            if ".on(" not in chain and "valid" not in chain and (name, function) not in WITHOUT_A_DAY:
                wrong.append(f"{name}:{line} {chain[:100]}")
        # Through a relation: codes__code=… needs codes__valid beside it.
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            names = {k.arg or "" for k in call.keywords}
            if any(k.endswith("codes__code") for k in names) and not any("codes__valid" in k for k in names):
                wrong.append(f"{name}:{call.lineno} {ast.unparse(call)[:100]}")
        for query in re.findall(r'"""(.*?)"""', text, re.DOTALL):
            for join in re.findall(r"(?:join|from)\s+units_unitcode\s+(\w+)\s(.*)", query):
                if f"{join[0]}.valid" not in join[1]:
                    wrong.append(f"{name} {join}")
    assert wrong == []


def test_the_scan_for_codes_sees_one_that_has_no_day() -> None:
    tree = ast.parse("def f():\n    return UnitCode.objects.filter(code='00001').first()")

    assert next(chain for _, _, chain in _uses_of_codes(tree)).startswith("UnitCode.objects.filter(code")


def test_every_measure_that_a_framework_names_is_in_the_register() -> None:
    register = yaml.safe_load((ROOT / "frameworks" / "measures.yaml").read_text(encoding="utf-8"))
    known = set(register.get("measures", register))
    editions = [load_edition(path) for path in catalogue.shipped().values()]
    asked = {f.measure.key for e in editions for f in e.fields.values() if f.measure.key}

    assert len(asked) > 30
    assert asked - known == set()


def test_one_measure_means_one_thing_in_all_frameworks() -> None:
    seen: dict[str, set[tuple[str, str, str, int]]] = {}
    for path in catalogue.shipped().values():
        for field in load_edition(path).fields.values():
            m = field.measure
            if m.key:
                seen.setdefault(m.key, set()).add((m.kind.value, m.numerator, m.denominator, m.per))

    assert {key: what for key, what in seen.items() if len(what) > 1} == {}


def test_rules_and_the_shelf_below_know_no_django() -> None:
    pure = [*PACKAGE.glob("lib/*.py"), *PACKAGE.glob("*/rules.py"), PACKAGE / "criteria" / "engine.py"]
    models = re.compile(r"^(from|import) django", re.MULTILINE)

    assert [p for p in pure if p.parent.name != "people" and models.search(p.read_text(encoding="utf-8"))] == []


def test_nothing_committed_names_a_machine_path() -> None:
    found = [
        str(p)
        for folder in ("langso", "tests", "docs", "frameworks", "bench", "tools")
        for p in (ROOT / folder).rglob("*")
        if p.suffix in (".py", ".md", ".yaml", ".html", ".css", ".js", ".toml")
        and re.search(r"\.\./shared/", p.read_text(encoding="utf-8"))
        and p != Path(__file__)
    ]

    assert found == []
