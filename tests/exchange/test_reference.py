"""The description of the API: valid OpenAPI 3.1, in Vietnamese, and a page made from it."""

import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from langso.exchange.api import description
from langso.exchange.reference import PATH, reference
from tests.cast import Cast
from tests.exchange.sending import system
from tests.factories import text_of, visitor

SCHEMA = Path(__file__).parent / "schemas" / "openapi-3.1.json"
ROOT = Path(__file__).resolve().parents[2]


def _description(cast: Cast) -> Any:
    return system().read("openapi.json")


def test_the_description_is_openapi_3_1(cast: Cast) -> None:
    found = _description(cast)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    wrong = [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message[:100]}"
        for e in Draft202012Validator(schema).iter_errors(found)
    ]

    assert found["openapi"].startswith("3.1")
    assert wrong == []
    broken = json.loads(json.dumps(found))
    del broken["info"]["title"]
    assert not Draft202012Validator(schema).is_valid(broken)


def _operations(found: Any) -> list[tuple[str, str, Any]]:
    return [(path, verb, op) for path, verbs in found["paths"].items() for verb, op in verbs.items()]


def test_every_operation_has_its_own_id_and_says_in_vietnamese_what_it_does(cast: Cast) -> None:
    operations = _operations(_description(cast))

    ids = [op["operationId"] for _, _, op in operations]
    assert len(ids) == len(set(ids)) >= 15
    vietnamese = re.compile("[ăâđêôơưáàảãạấầẩậắằặếềểệốồổộớờợứừựíìịóòọúùụýỳ]", re.IGNORECASE)
    for path, verb, op in operations:
        assert vietnamese.search(op["summary"]), (path, verb)
        assert vietnamese.search(op["description"]), (path, verb)


def test_every_reference_leads_somewhere(cast: Cast) -> None:
    found = _description(cast)

    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(found)))
    assert named
    assert named <= set(found["components"]["schemas"])


def test_every_write_tells_of_its_idempotency_key_and_of_all_refusals(cast: Cast) -> None:
    for path, verb, op in _operations(_description(cast)):
        if verb in ("put", "post"):
            assert "Idempotency-Key" in {p["name"] for p in op["parameters"]}, path
            assert {"400", "401", "403", "404", "409", "413", "422", "429"} <= set(op["responses"]), path
            assert op["security"] == [{"ApiKeyAuth": []}]
            assert op["requestBody"]["content"]


def test_the_page_names_every_address_and_runs_no_script_of_others(cast: Cast) -> None:
    page = text_of(visitor().get("/api/"))

    for path, verb, _ in _operations(_description(cast)):
        assert f"{verb.upper()} {path}" in page
    assert '<script src="http' not in page
    assert "swagger" not in page.lower()


def test_the_written_reference_is_current(cast: Cast) -> None:
    _description(cast)  # every address is on the API by now
    assert (ROOT / PATH).read_text(encoding="utf-8") == reference(description())
