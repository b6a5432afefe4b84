"""Forms that come with the house, as data: one for ODK Collect, one to begin with.

They go the same way in as a workbook of an office: written out as .xlsx, read back, checked, compiled.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from langso.questionnaires import actions
from langso.questionnaires.models import FormVersion
from langso.questionnaires.rules import RESERVED
from langso.questionnaires.workbook import write_workbook
from langso.units.models import Unit

Pages = Mapping[str, Sequence[Sequence[str]]]
VISIT_CODE = RESERVED
SURVEY_CODE = "khao-sat-nhu-cau-so"
HERE = Path(__file__).parent


def pages_of(code: str, **lists: Mapping[str, str]) -> Pages:
    """The sheets of a shipped form; `lists` are choices that stand elsewhere."""
    said: dict[str, Any] = yaml.safe_load((HERE / f"{code}.yaml").read_text(encoding="utf-8"))
    columns = list(dict.fromkeys(column for row in said["survey"] for column in row))
    choices = {**said["choices"], **lists}
    return {
        "survey": [columns, *([row.get(column, "") for column in columns] for row in said["survey"])],
        "choices": [
            ["list_name", "name", "label"],
            *([key, name, label] for key, rows in choices.items() for name, label in rows.items()),
        ],
        "settings": [list(said["settings"]), list(said["settings"].values())],
    }


def visit_pages(topics: Mapping[str, str]) -> Pages:
    return pages_of(VISIT_CODE, viec=topics)


def survey_workbook() -> bytes:
    """Khảo sát nhu cầu số của hộ as the .xlsx that it is imported from."""
    return write_workbook(pages_of(SURVEY_CODE))


def install(*, unit: Unit | None, by: int | None, at: datetime) -> FormVersion:
    """The survey imported and issued for a unit (None: the whole country); done before, it is found."""
    version = actions.import_form(content=survey_workbook(), name=f"{SURVEY_CODE}.xlsx", unit=unit, by=by, at=at)
    if version.issued_at is None:
        actions.issue(version=version, by=by, at=at)
        version.refresh_from_db()
    return version
