"""Loading the official lists into an empty database: our time beside the limit, from one run.

python bench/gazetteer.py
"""

import os
import tempfile
import time
from pathlib import Path

LIMIT = 30.0


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="langso-bench-"))
    home.chmod(0o755)
    os.environ["LANGSO_HOME"] = str(home / "home")
    from langso.commands.house import open_house

    with open_house(migrate=True):
        from langso.units import loading

        start = time.perf_counter()
        units = loading.load()
        spent = time.perf_counter() - start
    print(f"{units} units with lineage and reach: {spent:.1f} s, limit {LIMIT:.0f} s, {spent / LIMIT:.2f} of it")


if __name__ == "__main__":
    main()
