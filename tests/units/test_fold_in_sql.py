"""What PostgreSQL folds is what Python folds: generated columns are searched with keys made by Python."""

import csv

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.lib.shelf import folder
from langso.lib.vietnamese import fold

ODD = [
    "",
    " ",
    "Ea H’Leo",
    "Ea H‘Leo",
    "Ea H`Leo",
    "Hʼ´Leo",
    "YÊN HOÀ",
    "Ye\u0302n Hoa\u0300",
    "Đắk Lắk",
    "ĐẮK",
    "Phường 05 – Quận 3",
    "Thị trấn (cũ)",
    "a\u00a0b\u200bc",
    "ǅungla ß ﬁ ½ ①",
    "İstanbul",
    "Å Ω K",
    "日本 русский",
    "a_b-c/d",
]


def _folded(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select langso_fold(t) from unnest(%s::text[]) with ordinality as x (t, n) order by n", [texts])
        return [row[0] for row in cursor.fetchall()]


def _official() -> list[str]:
    names: list[str] = []
    for file, columns in (
        ("units_2024.csv", ("name", "short_name")),
        ("units_2025.csv", ("name", "short_name")),
        ("name_variants.csv", ("variant",)),
        ("retired_codes_2018_2025.csv", ("name",)),
    ):
        with (folder("gazetteer") / file).open(encoding="utf-8", newline="") as lines:
            names += [row[column] for row in csv.DictReader(lines) for column in columns]
    return names


def test_every_official_name_is_folded_alike(db: None) -> None:
    names = _official()

    assert len(names) > 25_000
    assert [(n, f) for n, f in zip(names, _folded(names), strict=True) if f != fold(n)] == []


@pytest.mark.parametrize("text", ODD)
def test_an_odd_text_is_folded_alike(text: str, db: None) -> None:
    assert _folded([text]) == [fold(text)]


@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_characters="\x00", max_codepoint=0x1EFF),
            max_size=30,
        ),
        min_size=20,
        max_size=60,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_latin_text_is_folded_alike(db: None, texts: list[str]) -> None:
    assert [(t, f, fold(t)) for t, f in zip(texts, _folded(texts), strict=True) if f != fold(t)] == []
