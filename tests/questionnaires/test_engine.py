"""The form engine: the shared cases here and on the phone, and agreement on answers nobody thought of."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.questionnaires.engine import MOST_TIMES, Form, check, clean, view
from langso.questionnaires.patterns import PatternWrong, parse_pattern
from langso.questionnaires.worth import matches
from langso.questionnaires.written import number_text
from tests.questionnaires.twin import on_the_phone

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "vectors" / "forms.json").read_text(encoding="utf-8")
)
CASES = [(vector, case) for vector in VECTORS for case in vector["cases"]]
TODAY = "2026-11-29"
CAMEL = {"read_only": "readOnly", "can_add": "canAdd"}


def _shown(places: Any) -> list[dict[str, Any]]:
    """The tree as the phone would write it."""
    return [
        {
            **{CAMEL.get(k, k): v for k, v in asdict(place).items()},
            "items": _shown(place.items),
            "instances": [_shown(times) for times in place.instances],
        }
        for place in places
    ]


def _here(case: dict[str, Any]) -> dict[str, Any]:
    asked = (case["definition"], case["answers"], case["today"])
    said = {"check": [asdict(p) for p in check(*asked)], "clean": clean(*asked), "view": _shown(view(*asked))}
    found: dict[str, Any] = json.loads(json.dumps(said), parse_int=float)
    return found


@pytest.mark.parametrize(("vector", "case"), CASES, ids=[f"{v['name']} {c['answers']}" for v, c in CASES])
def test_the_engine_does_as_the_shared_case_says(vector: dict[str, Any], case: dict[str, Any]) -> None:
    found = _here({"definition": vector["definition"], "answers": case["answers"], "today": vector["today"]})

    assert found["check"] == case["check"]
    assert found["clean"] == case["clean"]


def test_the_phone_does_as_the_desk_in_every_shared_case() -> None:
    cases = [{"definition": v["definition"], "answers": c["answers"], "today": v["today"]} for v, c in CASES]

    assert on_the_phone(cases) == [_here(case) for case in cases]


_WRITTEN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", " ", "co", "khong", "dt", "tv", "cb hsp", "hp", "tq", "1,5", "1.234,56", "0912345678", "-0", "+5"]
    ),
    st.sampled_from(
        ["29/11/2026", "2026-2-30", "1.1.2000", "31-12-2100", "OK", "true", "false", "22.7 104.6", "1e5", ".5"]
    ),
    st.text(max_size=8),
    st.lists(st.one_of(st.sampled_from(["cb", "hsp", "vx"]), st.text(max_size=3), st.integers()), max_size=4),
)


@st.composite
def _answered(draw: st.DrawFn) -> dict[str, Any]:
    definition = draw(st.sampled_from([v["definition"] for v in VECTORS]))

    def fill(items: list[dict[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in items:
            if item["type"] == "group":
                found |= fill(item["items"])
            elif item["type"] == "repeat":
                found[item["name"]] = [fill(item["items"]) for _ in range(draw(st.integers(0, 3)))]
            elif draw(st.booleans()):
                found[item["name"]] = draw(_WRITTEN)
        return found

    return {"definition": definition, "answers": fill(definition["items"]), "today": TODAY}


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(st.lists(_answered(), min_size=30, max_size=30))
def test_the_phone_and_the_desk_agree_on_any_answers(cases: list[dict[str, Any]]) -> None:
    assert on_the_phone(cases) == [_here(case) for case in cases]


_LEAF = st.one_of(
    st.integers(-50, 50),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(["", "a", "5", "-1.5", "2024-02-29", " 7 "]),
    st.booleans(),
    st.sampled_from([["q", "a"], ["q", "b"], ["q", "c"], ["today"], ["all_of"]]).filter(lambda e: e != ["all_of"]),
)


def _grown(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two = [
        "or",
        "and",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "*",
        "div",
        "mod",
        "selected",
        "contains",
        "starts-with",
    ]
    one = ["not", "neg", "count-selected", "string-length", "date", "number", "string", "boolean", "int", "round"]
    return st.one_of(
        st.tuples(st.sampled_from(two), below, below).map(list),
        st.tuples(st.sampled_from(one), below).map(list),
        st.tuples(st.just("round"), below, st.integers(0, 7)).map(list),
        st.tuples(st.just("if"), below, below, below).map(list),
        st.tuples(st.sampled_from(["coalesce", "concat", "min", "max"]), below, below).map(list),
    )


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(st.lists(st.recursive(_LEAF, _grown, max_leaves=8), min_size=40, max_size=40), _WRITTEN, _WRITTEN, _WRITTEN)
def test_the_phone_and_the_desk_agree_on_any_expression(trees: list[Any], a: Any, b: Any, c: Any) -> None:
    items = [
        {"type": "integer", "name": "a", "label": "A"},
        {"type": "text", "name": "b", "label": "B"},
        {"type": "date", "name": "c", "label": "C"},
        *({"type": "calculate", "name": f"k{i}", "calculate": tree} for i, tree in enumerate(trees)),
    ]
    definition = {"v": 1, "id": "x", "version": "1", "title": "X", "choices": {}, "items": items}
    case = {"definition": definition, "answers": {"a": a, "b": b, "c": c}, "today": TODAY}

    assert on_the_phone([case]) == [_here(case)]


def test_a_repeat_of_a_million_times_is_refused_and_not_walked() -> None:
    definition = VECTORS[3]["definition"]

    found = check(definition, {"nguoi": [{"ten": "a"}] * 1_000_000, "so": "900.000.000"}, TODAY)

    assert [p.code for p in found if p.code != "Missing"] == ["TooMany", "TooMany"]
    assert len(clean(definition, {"nguoi": [{}] * 1_000_000}, TODAY)["nguoi"]) == MOST_TIMES


def test_a_default_stands_until_the_person_empties_it() -> None:
    definition = VECTORS[2]["definition"]

    assert view(definition, {}, TODAY)[0].text == "29/11/2026"
    assert view(definition, {"ngay": ""}, TODAY)[0].text == ""


def test_what_cannot_be_read_is_shown_as_it_was_written() -> None:
    place = view(VECTORS[1]["definition"], {"d": "một rưỡi"}, TODAY)[0]

    assert (place.text, place.value, place.code) == ("một rưỡi", None, "NotADecimal")


def test_a_circle_that_got_in_all_the_same_ends() -> None:
    items = [
        {"type": "text", "name": "a", "label": "A", "relevant": ["=", ["q", "b"], ""]},
        {"type": "text", "name": "b", "label": "B", "relevant": ["=", ["q", "a"], ""]},
    ]
    definition = {"v": 1, "id": "x", "version": "1", "title": "X", "choices": {}, "items": items}

    assert isinstance(clean(definition, {"a": "1", "b": "2"}, TODAY), dict)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (1e21, "1" + "0" * 21),
        (1.5e-9, "0.0000000015"),
        (-0.0, "0"),
        (math.inf, "Infinity"),
    ],
)
def test_a_number_is_written_without_an_exponent(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"0\d{9}", ["0912345678"], ["091234567", "0912345678 "]),
        ("^(a|bc)+$", ["a", "bca"], ["", "b"]),
        (r"[A-Z]{2}-?\d+", ["HG-12", "HG1"], ["hg1"]),
        (r"\p{L}+( \p{L}+)*", ["Vàng Thị Mẩy", "Đinh"], ["a  b", "a1"]),
        ("[^,]*", ["", "a b"], ["a,b"]),
    ],
)
def test_a_pattern_matches_the_whole_text(pattern: str, yes: list[str], no: list[str]) -> None:
    tree = parse_pattern(pattern)

    assert [matches(text, tree) for text in (*yes, *no)] == [True] * len(yes) + [False] * len(no)


def test_a_pattern_made_to_go_back_for_ever_ends_at_once() -> None:
    assert not matches("a" * 500 + "b", parse_pattern("(a+)+"))


@pytest.mark.parametrize(
    "pattern", ["(?=a)", r"(a)\1", "a{1,999}", "((a*)*)*", "((a{200}){200}){2}", "(", "a)", "[b-a]", "a**"]
)
def test_a_pattern_that_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(PatternWrong):
        parse_pattern(pattern)


def test_a_form_of_250_questions_is_read_in_milliseconds() -> None:
    items = [{"type": "text", "name": f"q{i}", "label": "Q", "required": True} for i in range(250)]
    form = Form({"v": 1, "id": "x", "version": "1", "title": "X", "choices": {}, "items": items})

    assert check(form, {f"q{i}": "a" for i in range(250)}, TODAY) == []
