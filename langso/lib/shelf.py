"""Where the data that comes with the code is: beside it in a checkout, inside the package once installed."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """The folder `frameworks` or `gazetteer`: LANGSO_<NAME>, else the checkout, else what the wheel carries.

    The path is given whether or not it exists: who reads says what is missing, in words.
    """
    named = os.environ.get(f"LANGSO_{name.upper()}")
    if named:
        return Path(named)
    checkout = _PACKAGE.parent / name
    return checkout if checkout.is_dir() else _PACKAGE / "_data" / name
