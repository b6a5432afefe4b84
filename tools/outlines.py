"""Make the compact outlines of gazetteer/outlines from geojson: `python tools/outlines.py FOLDER`.

FOLDER holds `provinces_2025.geojson` and `communes_2025/PP.geojson`. Borders are cut into arcs at the
points where three areas meet; each arc is simplified once and used by both neighbours, so that no gap opens
between them. Every unit keeps a shape: what is too small for a line becomes a dot.
"""

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "gazetteer" / "outlines"
Point = tuple[float, float]
Ring = list[Point]
PAD = 4

# The archipelagos are named on the sea of the national map, with the province that they belong to.
SEAS = (
    ((112.35, 18.9), ("Quần đảo Hoàng Sa", "(thành phố Đà Nẵng)")),
    ((114.2, 12.9), ("Quần đảo Trường Sa", "(tỉnh Khánh Hòa)")),
)


@dataclass
class Area:
    code: str
    name: str
    kind: str
    rings: list[Ring]


@dataclass
class Frame:
    """From degrees to the grid of a drawing: plate carrée, true to scale at its middle latitude."""

    west: float
    north: float
    scale: float
    squeeze: float
    left: float = PAD
    top: float = PAD

    @classmethod
    def fitting(cls, points: Iterable[Point], width: float, height: float) -> "Frame":
        xs, ys = zip(*points, strict=True)
        west, east, south, north = min(xs), max(xs), min(ys), max(ys)
        squeeze = math.cos(math.radians((south + north) / 2))
        wide, tall = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
        return cls(west, north, min((width - 2 * PAD) / wide, (height - 2 * PAD) / tall), squeeze)

    def place(self, point: Point) -> Point:
        lon, lat = point
        return (
            self.left + (lon - self.west) * self.squeeze * self.scale,
            self.top + (self.north - lat) * self.scale,
        )


def read(path: Path) -> list[Area]:
    areas = []
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = [[(p[0], p[1]) for p in ring[:-1]] for polygon in polygons for ring in polygon]
        facts = feature["properties"]
        areas.append(Area(facts["code"], facts["name"], facts.get("type", ""), rings))
    return sorted(areas, key=lambda area: area.code)


def arcs_of(areas: list[Area]) -> list[tuple[Area, list[list[Ring]]]]:
    """Each ring as a chain of arcs; an arc shared by two areas has the same points up to its direction."""
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for area in areas:
        for ring in area.rings:
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                neighbours[a].add(b)
                neighbours[b].add(a)
    cut = {point for point, around in neighbours.items() if len(around) > 2}
    out = []
    for area in areas:
        chains = []
        for ring in area.rings:
            starts = [i for i, point in enumerate(ring) if point in cut]
            if not starts:
                first = ring.index(min(ring))
                turned = ring[first:] + ring[:first]
                chains.append([[*turned, turned[0]]])
                continue
            turned = ring[starts[0] :] + ring[: starts[0]]
            chain, arc = [], [turned[0]]
            for point in [*turned[1:], turned[0]]:
                arc.append(point)
                if point in cut:
                    chain.append(arc)
                    arc = [point]
            chains.append(chain)
        out.append((area, chains))
    return out


def area_of(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def simplify(line: list[Point], tolerance: float, least: int) -> list[Point]:
    """Visvalingam: drop the point whose triangle is smallest, while it is under the tolerance."""
    points = list(line)

    def weight(i: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = points[i - 1], points[i], points[i + 1]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    weights = [math.inf, *(weight(i) for i in range(1, len(points) - 1)), math.inf]
    while len(points) > least:
        i = min(range(len(points)), key=weights.__getitem__)
        if weights[i] >= tolerance:
            break
        floor = weights[i]
        del points[i], weights[i]
        for j in (i - 1, i):
            if 0 < j < len(points) - 1:
                weights[j] = max(weight(j), floor)
    return points


class Drawer:
    """Draws areas on one frame; each arc is simplified once."""

    def __init__(self, frame: Frame, tolerance: float) -> None:
        self.frame, self.tolerance = frame, tolerance
        self.done: dict[tuple[Point, ...], list[Point]] = {}

    def arc(self, arc: list[Point]) -> list[Point]:
        forward = tuple(arc)
        back = forward[::-1]
        key = min(forward, back)
        if key not in self.done:
            closed = key[0] == key[-1]
            line = simplify([self.frame.place(p) for p in key], self.tolerance, 4 if closed else 2)
            self.done[key] = [(round(x), round(y)) for x, y in line]
        line = self.done[key]
        return line if key == forward else line[::-1]

    def rings(self, chains: list[list[Ring]]) -> list[Ring]:
        rings = []
        for chain in chains:
            points = [point for arc in chain for point in self.arc(arc)[:-1]]
            ring = [p for p, before in zip(points, points[-1:] + points[:-1], strict=True) if p != before]
            rings.append(without_spikes(ring))
        return rings


def without_spikes(ring: Ring) -> Ring:
    """A line out and back to the same point encloses nothing."""
    kept = list(ring)
    i = 0
    while len(kept) > 3 and i < len(kept):
        if kept[i - 1] == kept[(i + 1) % len(kept)]:
            del kept[i]
            i = max(i - 2, 0)
        else:
            i += 1
    return kept


def number_pair(x: float, y: float) -> str:
    return f"{x:.0f}{'' if y < 0 else ' '}{y:.0f}"


def path_of(rings: list[Ring]) -> str:
    out = []
    for ring in rings:
        (x, y), steps = ring[0], []
        out.append(f"M{number_pair(x, y)}l")
        for px, py in ring[1:]:
            steps.append(number_pair(px - x, py - y))
            x, y = px, py
        out.append("".join(s if k == 0 or s[0] == "-" else f" {s}" for k, s in enumerate(steps)) + "z")
    return "".join(out)


def dots_of(points: Iterable[Point], grid: int = 3) -> str:
    places = sorted({(round(x / grid) * grid, round(y / grid) * grid) for x, y in points})
    return "".join(f"M{x} {y}h0" for x, y in places)


def is_inside(x: float, y: float, rings: list[Ring]) -> bool:
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                odd = not odd
    return odd


def room(x: float, y: float, rings: list[Ring]) -> float:
    """Distance to the nearest border."""
    best = math.inf
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            dx, dy = bx - ax, by - ay
            t = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / ((dx * dx + dy * dy) or 1)))
            best = min(best, math.hypot(x - ax - t * dx, y - ay - t * dy))
    return best


def label_point(rings: list[Ring]) -> tuple[int, int, int]:
    """Where a digit has most room, and how much room: the widest circle on a grid, refined once."""
    xs = [p[0] for ring in rings for p in ring]
    ys = [p[1] for ring in rings for p in ring]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    best = (-1.0, (left + right) / 2, (top + bottom) / 2)
    for _ in range(2):
        step_x, step_y = (right - left) / 14, (bottom - top) / 14
        for i in range(15):
            for k in range(15):
                x, y = left + i * step_x, top + k * step_y
                if is_inside(x, y, rings):
                    best = max(best, (room(x, y, rings), x, y))
        _, x, y = best
        left, right, top, bottom = x - step_x, x + step_x, y - step_y, y + step_y
    return round(best[1]), round(best[2]), max(round(best[0]), 0)


def extent(rings: list[Ring]) -> tuple[float, float]:
    xs, ys = [p[0] for ring in rings for p in ring], [p[1] for ring in rings for p in ring]
    return max(xs) - min(xs), max(ys) - min(ys)


def unit_shape(rings: list[Ring], places: list[Ring], *, smallest: float, far: float) -> dict[str, Any]:
    """Path of what is large enough, dots for islets that stand alone, always something.

    `rings` are drawn (whole numbers), `places` the same rings before simplification.
    """
    large = [r for r in rings if len(r) >= 3 and abs(area_of(r)) >= smallest]
    shape: dict[str, Any] = {}
    if large:
        shape["path"] = path_of(large)
        main = max(large, key=lambda r: abs(area_of(r)))
        shape["label"] = label_point([r for r in large if r is main or is_inside(*r[0], [main])])
    small = [p for r, p in zip(rings, places, strict=True) if r not in large]
    centres = [(sum(x for x, _ in r) / len(r), sum(y for _, y in r) / len(r)) for r in small]
    alone = [c for c in centres if not large or min(room(*c, [r]) for r in large) > far]
    if not large:
        x, y = sum(c[0] for c in centres) / len(centres), sum(c[1] for c in centres) / len(centres)
        shape["label"] = (round(x), round(y), 0)
    if alone:
        shape["dots"] = dots_of(alone)
    return shape


def draw(areas: list[Area], frame: Frame, tolerance: float, smallest: float, far: float) -> dict[str, dict[str, Any]]:
    drawer = Drawer(frame, tolerance)
    units = {}
    for area, chains in arcs_of(areas):
        rings = drawer.rings(chains)
        places = [[frame.place(p) for p in ring] for ring in area.rings]
        units[area.code] = {"name": area.name, **unit_shape(rings, places, smallest=smallest, far=far)}
    return units


def provinces(source: Path) -> dict[str, Any]:
    areas = read(source)
    points = [p for area in areas for ring in area.rings for p in ring]
    frame = Frame.fitting(points, 560, 2000)
    height = round(max(frame.place(p)[1] for p in points)) + PAD
    units = draw(areas, frame, tolerance=3, smallest=6, far=7)
    seas = [{"at": [round(v) for v in frame.place(at)], "words": words} for at, words in SEAS]
    return {"box": [560, height], "units": units, "seas": seas}


def mainland(areas: list[Area]) -> list[Area]:
    """Areas that share the frame; an island that would stretch it much gets a frame of its own."""

    def size(some: list[Area]) -> float:
        xs = [p[0] for a in some for r in a.rings for p in r]
        ys = [p[1] for a in some for r in a.rings for p in r]
        return (max(xs) - min(xs)) * (max(ys) - min(ys))

    kept = [a for a in areas if a.kind != "đặc khu"]
    for island in (a for a in areas if a.kind == "đặc khu"):
        if size([*kept, island]) < 1.25 * size(kept):
            kept.append(island)
    return kept


INSET = 132


def communes(source: Path) -> dict[str, Any]:
    areas = read(source)
    near = mainland(areas)
    points = [p for area in near for ring in area.rings for p in ring]
    frame = Frame.fitting(points, 600, 720)
    width = round(max(frame.place(p)[0] for p in points)) + PAD
    height = round(max(frame.place(p)[1] for p in points)) + PAD
    units = draw(near, frame, tolerance=2.2, smallest=4, far=5)
    insets = []
    for k, island in enumerate(a for a in areas if a not in near):
        points = [p for ring in island.rings for p in ring]
        own = Frame.fitting(points, INSET, INSET - 34)
        own.left, own.top = PAD + k * (INSET + 12) + PAD, height + 12 + PAD
        units |= draw([island], own, tolerance=1.5, smallest=4, far=-1)
        insets.append({"code": island.code, "box": [PAD + k * (INSET + 12), height + 12, INSET, INSET]})
    if insets:
        height += INSET + 24
        width = max(width, len(insets) * (INSET + 12) + PAD)
    return {"box": [width, height], "units": units, "insets": insets}


def write(path: Path, made: dict[str, Any]) -> None:
    units = ",\n".join(
        f"{json.dumps(code)}:{json.dumps(unit, ensure_ascii=False, separators=(',', ':'))}"
        for code, unit in made["units"].items()
    )
    rest = json.dumps({k: v for k, v in made.items() if k != "units"}, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f'{rest[:-1]},"units":{{\n{units}}}}}\n', "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    made = provinces(folder / "provinces_2025.geojson")
    write(OUT / "provinces.json", made)
    print(f"provinces: {len(made['units'])}")
    count = 0
    (OUT / "communes").mkdir(parents=True, exist_ok=True)
    for source in sorted((folder / "communes_2025").glob("*.geojson")):
        made = communes(source)
        write(OUT / "communes" / f"{source.stem}.json", made)
        count += len(made["units"])
        sys.stdout.write(f"\rcommunes: {count}")
        sys.stdout.flush()
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
