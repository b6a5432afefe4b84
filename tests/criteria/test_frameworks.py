"""Contracts over every shipped framework: it passes its cases, says what is missing, is in the reference."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from langso.criteria import catalogue, reference
from langso.criteria.cases import cases_path, failures, read_cases
from langso.criteria.edition import Status
from langso.criteria.engine import load_edition
from tests.criteria.shelf import edition, judged

FILES = [path for files in catalogue.editions().values() for path in files]
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.name)
def test_every_framework_passes_the_cases_beside_it(path: Path) -> None:
    found = load_edition(path)
    assert failures(found, read_cases(cases_path(found), found)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.name)
def test_every_framework_says_its_source_and_what_is_missing(path: Path) -> None:
    found = load_edition(path)
    assert found.id == path.parent.name
    assert found.edition == path.stem
    assert found.sources
    assert len(found.completeness) > 40
    assert found.is_illustrative == (found.status is Status.ILLUSTRATIVE)


@pytest.mark.parametrize("path", [*FILES, catalogue.folder() / "measures.yaml"], ids=lambda p: p.name)
def test_other_readers_of_yaml_see_no_key_turned_into_yes_or_no(path: Path) -> None:
    def keys(node: object) -> list[object]:
        if isinstance(node, dict):
            return [*node, *(k for v in node.values() for k in keys(v))]
        return [k for v in node for k in keys(v)] if isinstance(node, list) else []

    assert [k for k in keys(yaml.safe_load(path.read_text(encoding="utf-8"))) if not isinstance(k, str)] == []


def test_every_measure_of_the_catalogue_is_asked_by_some_framework() -> None:
    asked = {f.measure.key for path in FILES for f in load_edition(path).fields.values()}
    assert set(catalogue.measures()) - asked == set()


def test_smartphones_fibre_and_online_dossiers_are_entered_once_for_several_frameworks() -> None:
    national, xuan_truc = edition("khung-cds-1.0-minh-hoa"), edition("xuan-truc-ha-tang-so")
    ntm, programme = edition("ntm-2021-8"), edition("924-muc-tieu")
    assert national.by_code["XH.1"].measure.key == xuan_truc.by_code["DD.3"].measure.key
    assert national.by_code["XH.2"].measure.key == xuan_truc.by_code["CD.2"].measure.key
    assert national.by_code["CQ.2"].measure.key == ntm.by_code["NC.b"].measure.key
    assert national.by_code["CQ.3"].measure.key == programme.by_code["M3"].measure.key


def test_the_illustrative_framework_has_the_shape_of_the_national_one() -> None:
    found = edition("khung-cds-1.0-minh-hoa")
    assert [level.name for level in found.levels] == [
        "Khởi động",
        "Kết nối",
        "Cơ bản",
        "Nâng cao",
        "Toàn diện",
    ]
    assert found.is_illustrative
    assert found.note == "Chỉ tiêu minh họa theo khung 2361/QĐ-BTTTT, chưa phải phụ lục chính thức."
    by_group = {g.code: [c for c in found.criteria if c.group == g.code] for g in found.groups}
    assert all(len(criteria) >= 5 for criteria in by_group.values())
    assert all(any(c.begins == 1 for c in criteria) for criteria in by_group.values())
    assert len(found.criteria) >= 26
    assert any(c.begins > 1 for c in found.criteria)
    for criterion in found.criteria:
        assert criterion.taken_from, criterion.code
        assert criterion.hint.endswith("."), criterion.code
        assert criterion.effort is not None, criterion.code


def test_the_five_published_rows_of_2022_are_reproduced_except_the_one_published_from_rounded_inputs() -> None:
    """Source: https://dti.gov.vn/xep-hang-2022. Its inputs are rounded: one row comes out 0.0001 higher."""
    codes = ("NT", "TC", "HT", "NL", "AT", "CQS", "KTS", "XHS")
    published = {
        "0.8002": "1.0000 0.9000 0.8253 0.8487 0.7578 0.8575 0.7836 0.5197",
        "0.7163": "0.8917 0.9000 0.8258 0.6267 0.5580 0.8406 0.7611 0.3590",
        "0.7024": "0.9581 0.9000 0.7648 0.6250 0.5382 0.8385 0.5904 0.4505",
        "0.6975": "0.9500 0.9000 0.6823 0.6794 0.6423 0.8262 0.6787 0.3001",
        "0.6924": "0.9000 0.8000 0.7233 0.7376 0.7226 0.7325 0.7556 0.2947",
    }
    rows = [dict(zip(codes, row.split(), strict=True)) for row in published.values()]
    judgment = judged(edition("dti-tinh-2022"), *rows)
    assert judgment.score is not None
    off = [Decimal(f"{s:.4f}") - Decimal(p) for s, p in zip(judgment.score, published, strict=True)]
    assert off == [0, Decimal("0.0001"), 0, 0, 0]


def test_a_framework_on_another_shelf_is_a_matter_of_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    official = tmp_path / "khung-cds-1.0" / "1.0.yaml"
    official.parent.mkdir()
    text = FILES[[p.parent.name for p in FILES].index("khung-cds-1.0-minh-hoa")].read_text(encoding="utf-8")
    text = re.sub(r"^(illustrative|note): .*\n", "", text, flags=re.M)
    text = text.replace("id: khung-cds-1.0-minh-hoa", "id: khung-cds-1.0").replace(
        "status: illustrative", "status: issued"
    )
    official.write_text(text, encoding="utf-8")
    (tmp_path / "measures.yaml").write_bytes((catalogue.folder() / "measures.yaml").read_bytes())
    monkeypatch.setenv("LANGSO_FRAMEWORKS", str(tmp_path))
    assert list(catalogue.shipped()) == ["khung-cds-1.0"]
    assert not load_edition(catalogue.shipped()["khung-cds-1.0"]).is_illustrative


def test_the_page_of_frameworks_and_measures_is_current() -> None:
    page = ROOT / "docs" / "reference" / "frameworks.md"
    assert page.read_text(encoding="utf-8") == reference.page(), "run: python -m langso.criteria.reference"
