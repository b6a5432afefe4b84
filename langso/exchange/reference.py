"""`docs/reference/api.md`, made from the API's own description: `python -m langso.exchange.reference`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PATH = Path("docs/reference/api.md")
_FRONT = """# API

Made by `python -m langso.exchange.reference`; a test holds it current. Readers who are not programmers: `/api/`. The
description as OpenAPI 3.1: `/api/v1/openapi.json`.

**Who comes in.** `Authorization: Bearer <key>`; a key is made by `langso key add <user name> --name … --commit`,
shown once, kept as SHA-256, and acts as its person through the same row-level net as a page. A session cookie reads
(GET) and does not write. 600 calls a minute for a key, 300 for an address without one. What is public needs neither.

**Writing.** Every write carries `Idempotency-Key` (8 to 200 characters): the same key and request are answered the
same for 30 days and written once; the same key with another request is 409. A refused write may be sent again under
its key. All or nothing, at most 10 MB, 5,000 figures (20,000 data values). A dry run of a data value set needs no
key. A figure that stands is changed by sending `base`, the id of the figure that was read; otherwise it is refused
and named. A state system's readings (`/readings`, `as=readings`) never touch what units report.

**Faults** have one shape: `code`, `says` (Vietnamese), `path`, `errors` (each of the same three). 400 unreadable, 401
no key or a dead one, 403 right missing, 404 not here or out of reach, 405 wrong verb, 409 key reused, busy, or
conflicts of a set, 413 too large, 422 refused in words, 429 too many calls (`Retry-After`).

**Codes and days.** A unit's code is that of the last day of the period. Lists are paged by `cursor` (`next` of the
page before). Decimals are written digit for digit.

**DHIS2.** `dataElement` is `<measure>:num`, `<measure>:den` or `<measure>:val` (a code in DHIS2 has at most 50
characters); coming in, `dataElement: <measure>` with `categoryOptionCombo: numerator|denominator|value` means the
same. `orgUnit` is the unit's code, `dataSet` the id of the framework, periods are 2026, 2026Q3, 202609. Yes and no
are `true` and `false`. `comment` carries what is said beside the numbers, a line each: `Ngày số liệu: 2026-10-31`,
`Nguồn: …`, `Văn bản: …`, `Ngày văn bản: …`, `Ghi chú: …`; any other text is a note. Going out, `lastUpdated` is when
we were told, `storedBy` the system of a reading, `completeDate` the day of handing in where the set is of one unit of
a cycle, `followup` always false. Coming in, `completeDate`, `storedBy`, `lastUpdated`, `followup` and
`attributeOptionCombo` are read and not kept; an empty or deleted value is a conflict. `importStrategy=CREATE`
(figures: what stands otherwise is a conflict) or `CREATE_AND_UPDATE`. The answer is an import summary: 200, or 409
with conflicts and nothing written. `/dhis2/metadata` gives units under a root “Việt Nam” (code VN), elements and the
data set with identifiers made from the codes; units older than our record open on 1945-09-02, for DHIS2 wants a day.

**ADX.** `urn:ihe:qrph:adx:2015`; a `group` for each unit with `orgUnit`, `period` (`2026-01-01/P1Y`, `…/P3M`,
`…/P1M`), `dataSet`; `dataValue` with `dataElement` as for DHIS2 and a decimal `value` (yes is 1); the comment is its
`annotation`. Coming in: no DTD, no entity, no element of another namespace; a fault is named `group[2]/dataValue[5]`.
An export without any value is 404, for ADX knows no empty document. Held against a schema of our own
(tests/exchange/schemas/README.md says why), not against IHE's files.

"""


def reference(description: Mapping[str, Any]) -> str:
    lines = [_FRONT]
    for tag in description["tags"]:
        lines.append(f"## {tag['name']}\n\n{tag['description']}\n\n| address | what | key |\n|---|---|---|\n")
        for path, verbs in description["paths"].items():
            for verb, facts in verbs.items():
                if tag["name"] in facts.get("tags", ()):
                    key = "yes" if "security" in facts else "no"
                    lines.append(f"| `{verb.upper()} {path}` | {facts['summary']} | {key} |\n")
        lines.append("\n")
    return "".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langso.web.settings")
    django.setup()
    from django.urls import get_resolver

    assert get_resolver().url_patterns  # the addresses have been put on the API
    from langso.exchange.api import description

    PATH.write_text(reference(description()), encoding="utf-8")
