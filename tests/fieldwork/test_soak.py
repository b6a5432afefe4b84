"""The soak in small: 20,000 records through cuts and kills, then the set on the server is what the phones hold."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "field_soak.py"
SECONDS = 600  # about a minute on two quiet cores; a machine that others use takes longer


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="kills what it finds in /proc")
def test_nothing_acknowledged_is_lost_and_nothing_is_written_twice(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH), "--devices", "100", "--records", "20000", "--kills", "5"]
    quiet = {k: v for k, v in os.environ.items() if not k.startswith(("LANGSO_", "DJANGO_", "DATABASE_"))}
    words, table = tmp_path / "words", tmp_path / "table"
    with words.open("w") as said, table.open("w") as printed:
        soak = subprocess.Popen(command, stdout=printed, stderr=said, env=quiet, start_new_session=True)
        try:
            code = soak.wait(SECONDS)
        except subprocess.TimeoutExpired:
            soak.send_signal(signal.SIGTERM)  # it ends its house and takes its folder away
            soak.wait(60)
            pytest.fail(f"not done within {SECONDS} s:\n{words.read_text()[-2000:]}")
    told = table.read_text()

    assert code == 0, told + words.read_text()[-2000:]
    assert told.splitlines()[-1] == "set on the server = union of receipts: yes"
    rows = {line.rpartition(" ")[0].strip(): line.rpartition(" ")[2] for line in told.splitlines()}
    assert (rows["records"], rows["kills"]) == ("20,000", "5")
    assert all(rows[kind] == "1" for kind in ("worker", "backend", "postmaster", "house", "everything at once"))
    assert not [p for p in Path("/proc").glob("[0-9]*") if _is_of(p, f"LANGSO_HOME={_folder(words)}")]


def _folder(words: Path) -> str:
    return next(line.rpartition(" ")[2] for line in words.read_text().splitlines() if line.startswith("house in "))


def _is_of(process: Path, mark: str) -> bool:
    try:
        return mark.encode() in (process / "environ").read_bytes()
    except OSError:
        return False
