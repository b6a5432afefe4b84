"""A wheel contains the built field app: whoever installs it needs no Node."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FieldApp(BuildHookInterface):  # type: ignore[type-arg]
    """An editable install is built by `just.py up` instead, so that installing never waits for it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        if (root / "field" / "package-lock.json").is_file():
            subprocess.run([sys.executable, str(root / "tools" / "field.py")], check=True)
        built = root / "langso" / "fieldwork" / "built"
        if not (built / "index.html").is_file():
            raise RuntimeError("the field app has not been built: langso/fieldwork/built is empty")
        build_data["force_include"][str(built)] = "langso/fieldwork/built"
