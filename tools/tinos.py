"""Put Tinos into langso/papers/fonts: `python tools/tinos.py` (needs npm and fonttools).

Tinos is the metric twin of Times New Roman: a paper set in Tinos breaks its lines where an office breaks them.
The four faces come unchanged from one pinned npm package; `letters.json` lists the letters that all four can draw.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-not-found, import-untyped]

PACKAGE = "@expo-google-fonts/tinos@0.4.2"
OUT = Path(__file__).resolve().parents[1] / "langso" / "papers" / "fonts"
FACES = {
    "400Regular/Tinos_400Regular.ttf": "Tinos-Regular.ttf",
    "400Regular_Italic/Tinos_400Regular_Italic.ttf": "Tinos-Italic.ttf",
    "700Bold/Tinos_700Bold.ttf": "Tinos-Bold.ttf",
    "700Bold_Italic/Tinos_700Bold_Italic.ttf": "Tinos-BoldItalic.ttf",
}


def spans(letters: set[int]) -> list[list[int]]:
    """Letters as closed spans, in order."""
    found: list[list[int]] = []
    for letter in sorted(letters):
        if found and found[-1][1] == letter - 1:
            found[-1][1] = letter
        else:
            found.append([letter, letter])
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True)
        (packed,) = Path(folder).glob("*.tgz")
        OUT.mkdir(exist_ok=True)
        with tarfile.open(packed) as package:
            for inside, name in {**FACES, "LICENSE_FONT": "LICENSE"}.items():
                taken = package.extractfile(f"package/{inside}")
                if taken is None:
                    raise FileNotFoundError(inside)
                (OUT / name).write_bytes(taken.read())
    faces = sorted(OUT.glob("*.ttf"))
    shared = set.intersection(*(set(TTFont(face).getBestCmap()) for face in faces))
    (OUT / "letters.json").write_text(json.dumps(spans(shared)) + "\n", encoding="utf-8")
    sums = "\n".join(f"{hashlib.sha256(face.read_bytes()).hexdigest()}  {face.name}" for face in faces)
    (OUT / "README.md").write_text(
        f"# Tinos\n\nMetric twin of Times New Roman, SIL Open Font License 1.1 (`LICENSE`), unchanged.\n"
        f"From the npm package `{PACKAGE}` by `tools/tinos.py`.\n\n```\n{sums}\n```\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
