"""The folder of frameworks: which editions are on the shelf, and the catalogue of figures they share."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from langso.criteria.edition import Kind, Measure
from langso.criteria.source import FrameworkFileWrong, Lined, read_yaml
from langso.criteria.words import check_keys, lined_of, number_of, text_of
from langso.lib import shelf
from langso.lib.refusal import Refused

_MEASURE_KEYS = (
    "label",
    "kind",
    "unit",
    "numerator",
    "denominator",
    "counted",
    "per",
    "may_exceed",
    "source",
    "collection",
)
_KEY = re.compile(r"[a-z]+\.[a-z0-9_]+")


class FrameworksMissing(Refused):
    says = "Không thấy thư mục khung tiêu chí {folder}. Kiểm tra biến LANGSO_FRAMEWORKS hoặc cài lại langso."


class FrameworkUnknown(Refused):
    says = "Không có khung “{id}”{edition}. {near}Gõ langso judge --list để xem các khung."


def folder() -> Path:
    """Where the frameworks are: LANGSO_FRAMEWORKS, else the checkout, else what the wheel carries.

    Refuses: FrameworksMissing.
    """
    place = shelf.folder("frameworks")
    if not place.is_dir():
        raise FrameworksMissing(folder=place)
    return place


def editions(within: Path | None = None) -> Mapping[str, tuple[Path, ...]]:
    """id → its edition files, newest last.

    The order is that of the file names' numbers, so that 1.10 comes after 1.9.
    """
    root = within or folder()
    found: dict[str, tuple[Path, ...]] = {}
    for place in sorted(p for p in root.iterdir() if p.is_dir()):
        files = [f for f in place.glob("*.yaml") if not f.name.endswith(".cases.yaml")]
        if files:
            found[place.name] = tuple(sorted(files, key=lambda f: list(_pieces(f.stem))))
    return found


def shipped() -> Mapping[str, Path]:
    """id → file of its newest edition."""
    return {code: files[-1] for code, files in editions().items()}


def find(id_: str, edition: str = "") -> Path:
    """The file of a framework on the shelf, its newest edition unless one is named.

    Refuses: FrameworksMissing, FrameworkUnknown.
    """
    shelf = editions()
    files = [f for f in shelf.get(id_, ()) if not edition or f.stem == edition]
    if files:
        return files[-1]
    near = get_close_matches(id_, list(shelf), 1) if id_ not in shelf else []
    known = f"Có các phiên bản: {', '.join(f.stem for f in shelf[id_])}. " if id_ in shelf else ""
    raise FrameworkUnknown(
        id=id_[:60],
        edition=f", phiên bản “{edition}”" if edition else "",
        near=known or (f"Có phải “{near[0]}”? " if near else ""),
    )


def _pieces(stem: str) -> Iterator[tuple[int, str]]:
    for piece in re.findall(r"\d+|\D+", stem):
        yield (int(piece), "") if piece.isdigit() else (-1, piece)


def edition_near(path: Path, id_: str, edition: str) -> Path | None:
    """The file of another edition: on the same shelf as `path`, else among the shipped."""
    for root in (path.resolve().parent.parent, folder()):
        wanted = root / id_ / f"{edition}.yaml"
        if re.fullmatch(r"[\w.-]+/[\w.-]+", f"{id_}/{edition}") and wanted.is_file():
            return wanted
    return None


def measures_near(path: Path) -> Mapping[str, Measure]:
    """The catalogue beside the shelf of `path`, over the shipped one."""
    own = path.resolve().parent.parent / "measures.yaml"
    try:
        shelf = folder() / "measures.yaml"
    except FrameworksMissing:
        shelf = own
    found: dict[str, Measure] = {}
    for place in dict.fromkeys((shelf.resolve(), own)):
        if place.is_file():
            found |= read_measures(place, place.stat().st_mtime_ns)
    return found


def measures() -> Mapping[str, Measure]:
    """The shipped catalogue of figures: key → measure."""
    path = folder() / "measures.yaml"
    return read_measures(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def read_measures(path: Path, changed: int) -> Mapping[str, Measure]:
    """Refuses: FrameworkFileUnreadable, FrameworkFileWrong."""
    top, _ = read_yaml(path)
    return {key: _measure(top, key) for key in top}


def _measure(top: Lined, key: str) -> Measure:
    if not _KEY.fullmatch(key):
        raise top.refuse(f"khóa “{key}” phải có dạng lĩnh_vực.tên, chữ thường không dấu.", key)
    item = lined_of(top, key)
    check_keys(item, _MEASURE_KEYS)
    kind = text_of(item, "kind", required=True)
    if kind not in tuple(Kind):
        raise FrameworkFileWrong(name=top.name, line=item.lines["kind"], why=f"kind “{kind}” không có.")
    return Measure(
        key=key,
        label=text_of(item, "label", required=True),
        kind=Kind(kind),
        unit=text_of(item, "unit"),
        numerator=text_of(item, "numerator"),
        denominator=text_of(item, "denominator"),
        counted=text_of(item, "counted"),
        per=int(number_of(item, "per")) if "per" in item else 100,
        may_exceed=text_of(item, "may_exceed") == "true",
        source=text_of(item, "source"),
        collection=text_of(item, "collection"),
    )
