import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from langso.host.home import Home, open_home


@pytest.fixture(autouse=True)
def _no_outside_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about the embedded server; a DATABASE_URL of the whole run is not theirs."""
    for name in ("DATABASE_URL", "DATABASE_APP_URL", "LANGSO_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder with a space and Vietnamese letters in its path that every account can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="làng số "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(ground: Path) -> Home:
    return open_home(os.environ | {"LANGSO_HOME": str(ground / "nhà của tôi")})
