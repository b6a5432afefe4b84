"""The engine of the phone, bundled once a run and asked many cases at a time."""

import json
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIELD = ROOT / "field"
ESBUILD = FIELD / "node_modules" / ".bin" / "esbuild"
_ASK = """
import { view, check, clean } from "./form.mjs";
import { readFileSync } from "node:fs";
const cases = JSON.parse(readFileSync(0, "utf8"));
const tree = (places) => places.map((p) => ({ ...p, items: tree(p.items), instances: p.instances.map(tree) }));
process.stdout.write(JSON.stringify(cases.map(({ definition, answers, today }) => ({
  check: check(definition, answers, today), clean: clean(definition, answers, today),
  view: tree(view(definition, answers, today)),
}))));
"""


@lru_cache(maxsize=1)
def _folder() -> Path:
    if shutil.which("node") is None or not ESBUILD.exists():
        pytest.skip("no node, or `npm ci` was not run in field/")
    folder = Path(tempfile.mkdtemp(prefix="langso-form-"))
    source = str(FIELD / "src" / "domain" / "form.ts")
    subprocess.run(
        [str(ESBUILD), source, "--bundle", "--format=esm", f"--outfile={folder / 'form.mjs'}", "--log-level=error"],
        check=True,
    )
    (folder / "ask.mjs").write_text(_ASK, encoding="utf-8")
    return folder


def on_the_phone(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What form.ts makes of each case: {definition, answers, today}."""
    folder = _folder()
    said = subprocess.run(
        ["node", str(folder / "ask.mjs")], input=json.dumps(cases).encode(), capture_output=True, check=True
    )
    found: list[dict[str, Any]] = json.loads(said.stdout, parse_int=float)  # the phone knows only one kind of number
    return found
