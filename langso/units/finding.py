"""Finding a place by what people write: with or without marks, any tone placement, old names, whole addresses.

An address is read from small to large, in parts ("Thôn 5, xã Yên Hoà, Yên Mô, Ninh Bình"). A candidate is good when its
own name matches a part and its ancestors, then or since, explain the other parts. No network, no index beyond B-trees.

Confidence: the share of the named parts that the unit explains, times how exactly they are spelt, divided among the
units of the same days that do as well or better. 1.00 is one unit that explains everything as written.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.db.models import Q
from psycopg.types.range import Range
from rapidfuzz import fuzz, process

from langso.lib.vietnamese import fold, nfc, spoken
from langso.units.models import Reach, Succession, UnitAlias, UnitName
from langso.units.queries import Named, named
from langso.units.rules import TextTooLong

LONGEST = 300
_SEPARATORS = re.compile(r"[,;/\n|()]+")
_DASHES = re.compile(r"\s[-–—]\s")
_KINDS = {
    "xã": ("xã",),
    "x.": ("xã",),
    "phường": ("phường",),
    "p.": ("phường",),
    "thị trấn": ("thị trấn",),
    "tt.": ("thị trấn",),
    "tt": ("thị trấn",),
    "đặc khu": ("đặc khu",),
    "huyện": ("huyện",),
    "h.": ("huyện",),
    "quận": ("quận",),
    "q.": ("quận",),
    "thị xã": ("thị xã",),
    "tx.": ("thị xã",),
    "tx": ("thị xã",),
    "thành phố": ("thành phố",),
    "tp.": ("thành phố",),
    "tp": ("thành phố",),
    "tỉnh": ("tỉnh",),
    "t.": ("tỉnh",),
}
_BARE_KINDS = {fold(k): v for k, v in _KINDS.items() if len(fold(k)) > 1}
_SHORT = {"hcm": "ho chi minh", "tphcm": "ho chi minh", "hn": "ha noi", "brvt": "ba ria vung tau"}
_BELOW = re.compile(
    r"(số|thôn|bản|làng|xóm|ấp|buôn|bon|plei|tổ|khu phố|kp|khối|tiểu khu|đường|phố|ngõ|hẻm|tdp|sn|khu)\b",
    re.IGNORECASE,
)
_TIER = {
    "tỉnh": 3,
    "thành phố": 2.5,
    "huyện": 2,
    "quận": 2,
    "thị xã": 2,
    "xã": 1,
    "phường": 1,
    "thị trấn": 1,
    "đặc khu": 1,
}
_RANK = {"province": 1, "commune": 2, "district": 3}


@dataclass(frozen=True)
class Part:
    """One part of an address: the words, and the kinds that were written before it."""

    text: str
    folded: str
    kinds: tuple[str, ...] = ()
    is_below: bool = False

    @property
    def words(self) -> list[str]:
        return self.folded.split()

    def runs(self) -> dict[str, tuple[int, int]]:
        """Every run of up to six words that could be a name, with the words it spans."""
        words = self.words
        found = {
            " ".join(words[a:b]): (a, b) for a in range(len(words)) for b in range(a + 1, min(len(words), a + 6) + 1)
        }
        # A lone number or letter names nothing by itself: numbered wards are listed with their kind ("Phường 5").
        found = {run: span for run, span in found.items() if len(run) > 1 and not run.isdigit()}
        return found | {
            f"{fold(kind)} {' '.join(words[:k])}": (0, k) for kind in self.kinds for k in range(1, len(words) + 1)
        }

    def own_runs(self) -> dict[str, tuple[int, int]]:
        """The runs that could be what the address means: of a part like "Bản Máy" only those with the first word."""
        if not self.is_below:
            return self.runs()
        return {run: span for run, span in self.runs().items() if span[0] == 0 and span[1] > 1}

    def is_whole(self, run: str) -> bool:
        return self.runs().get(run) == (0, len(self.words))


@dataclass(frozen=True)
class Found:
    unit: Named
    confidence: float
    through: str = ""  # the old name that led here


def readings_of(text: str) -> list[list[Part]]:
    """The ways to part an address: a dash or a kind in the middle may part names, or belong to one.

    "Phường Lang Biang - Đà Lạt" and "Xã Tứ Quận" are names; "Yên Hoà - Yên Mô" and "xã Yên Hoà huyện Yên Mô" are two.
    """
    ways = (parts_of(text, dashes=True), parts_of(text), parts_of(text, middle=False))
    return [parts for i, parts in enumerate(ways) if parts and parts not in ways[:i]]


def parts_of(text: str, *, middle: bool = True, dashes: bool = False) -> list[Part]:
    """The parts of an address; with `middle`, a kind opens a new part there too, with `dashes`, a dash does."""
    parts = []
    text = _DASHES.sub(", ", nfc(text)) if dashes else nfc(text)
    bare = fold(text) == " ".join(re.findall(r"[^\W_]+", text.replace("'", "").lower()))  # no marks anywhere
    for piece in _SEPARATORS.split(text):
        words, current = piece.split(), list[str]()
        kinds: tuple[str, ...] = ()
        i = 0
        chunks: list[tuple[tuple[str, ...], list[str]]] = []
        while i < len(words):
            if i and not middle:
                current += words[i:]
                break
            two = " ".join(words[i : i + 2]).lower()
            one = words[i].lower()
            # "TP.Huế", "P.5": the abbreviation clings to the name
            clung = re.fullmatch(r"(tp|tx|tt|p|q|h|x|t)\.(\S+)", words[i], re.IGNORECASE)
            table = _BARE_KINDS if bare else _KINDS
            if two in table and i + 2 < len(words) + 1 and len(words[i : i + 2]) == 2:
                chunks.append((kinds, current))
                kinds, current, i = table[two], [], i + 2
            elif one in table and (not bare or one not in ("quan", "tinh") or i == 0):
                chunks.append((kinds, current))
                kinds, current, i = table[one], [], i + 1
            elif clung:
                chunks.append((kinds, current))
                kinds, current, i = _KINDS[f"{clung[1].lower()}."], [clung[2]], i + 1
            else:
                current.append(words[i])
                i += 1
        chunks.append((kinds, current))
        for kinds_, chunk in chunks:
            joined = " ".join(chunk)
            folded = _SHORT.get(fold(joined), fold(joined))
            if folded:
                parts.append(Part(joined, folded, kinds_, not kinds_ and bool(_BELOW.match(joined))))
    return parts


@dataclass(frozen=True)
class _Match:
    """A name found in a part: which words, and how exactly it is spelt (0..1)."""

    part: int
    span: tuple[int, int]
    quality: float


@dataclass
class _Candidate:
    unit_id: int
    day: date  # a day of the name's own span, on which the unit is looked at
    match: _Match
    score: float = 0.0


def _day_in(valid: "Range[date]", today: date, on: date | None) -> date:
    if on is not None and on in valid:
        return on
    if valid.upper is None or valid.upper > today:
        return max(valid.lower, today) if valid.lower else today
    return date.fromordinal(valid.upper.toordinal() - 1)


def _match(parts: list[Part], i: int, name: str, kind: str, folded: str) -> _Match:
    """How well a name fits the run of words that folds alike."""
    part = parts[i]
    span = part.runs().get(folded, (0, len(part.words)))
    said, spelt = spoken(part.text), spoken(name)
    if folded not in part.folded:  # found together with its kind: "Phường 5"
        spelt = spelt.removeprefix(f"{spoken(kind)} ")
    if said == part.folded or span != (
        0,
        len(part.words),
    ):  # written without marks, or only a part of the words
        quality = 1.0 if said == part.folded or f" {spelt} " in f" {said} " else 0.85
    else:
        quality = 1.0 if said == spelt else 0.85
    if part.kinds and kind not in part.kinds:
        quality *= 0.8 if abs(_TIER[part.kinds[0]] - _TIER[kind]) < 1 else 0.4
    return _Match(i, span, quality)


@lru_cache(maxsize=1)
def _folded_names(count: int) -> tuple[str, ...]:
    """All folded names; read again when their number has changed."""
    return tuple(UnitName.objects.order_by("folded").values_list("folded", flat=True).distinct())


def nearest_name(text: str) -> str:
    """The name most like the text, for "Có phải …?"; empty when nothing is near.

    Cost: one query, two the first time in a process; 10 ms.
    """
    best = process.extractOne(fold(text), _folded_names(UnitName.objects.count()), scorer=fuzz.ratio, score_cutoff=75)
    if best is None:
        return ""
    return UnitName.objects.filter(folded=best[0]).order_by("-valid").values_list("short_name", flat=True)[0]


_Row = tuple[int, str, str, "Range[date]", str, float]  # unit, short name, kind, valid, folded, trust
ALIAS = 0.95  # a name from a list of other spellings counts a little less than the unit's own


def _rows(parts: list[Part], runs: set[str], *, prefix: bool) -> list[_Row]:
    columns = ("unit_id", "short_name", "kind", "valid", "folded")
    rows: list[_Row] = [(*row, 1.0) for row in UnitName.objects.filter(folded__in=runs).values_list(*columns)]
    spelt = runs | {f"{fold(kind)} {p.folded}" for p in parts for kind in _TIER}
    for unit_id, text, valid, folded in UnitAlias.objects.filter(folded__in=spelt).values_list(
        "unit_id", "text", "valid", "folded"
    ):
        kind = next((k for k in sorted(_TIER, key=len, reverse=True) if text.lower().startswith(f"{k} ")), "")
        if kind:
            rows.append((unit_id, text[len(kind) + 1 :], kind, valid, folded[len(fold(kind)) + 1 :], ALIAS))
    if prefix and not any(row[4] == parts[-1].folded for row in rows):
        start = parts[-1].folded
        begun = UnitName.objects.filter(folded__gt=start, folded__lt=start + "~").values_list(*columns)[:200]
        rows += [(*row, 1.0) for row in begun]
    return rows


def _candidates(parts: list[Part], today: date, on: date | None, *, prefix: bool) -> list[_Candidate]:
    where: dict[str, list[int]] = defaultdict(list)
    for i, part in enumerate(parts):
        for run in part.own_runs():
            where[run].append(i)
    rows = _rows(parts, set(where), prefix=prefix)
    # A part that is a name as a whole is not taken apart ("Vinh Quang" is not the city of Vinh).
    whole = {i for row in rows for i in where.get(row[4], ()) if parts[i].is_whole(row[4])}
    best: dict[tuple[int, date], _Candidate] = {}
    for unit_id, name, kind, valid, folded, trust in rows:
        day = _day_in(valid, today, on)
        places = where.get(folded)
        if places is None:  # found by its beginning
            places = [len(parts) - 1]
        for i in places:
            if i in whole and not parts[i].is_whole(folded):
                continue
            match = _match(parts, i, name, kind, folded)
            match = replace(match, quality=match.quality * trust)
            known = best.get((unit_id, day))
            if known is None or _rank(parts, match) > _rank(parts, known.match):
                best[unit_id, day] = _Candidate(unit_id, day, match)
    return list(best.values())


def _rank(parts: list[Part], match: _Match) -> tuple[bool, float]:
    """Of "bản Phùng, xã Bản Phùng" the second is the commune."""
    return not parts[match.part].is_below, match.quality


def _score(parts: list[Part], candidates: list[_Candidate]) -> None:
    """How much of the address each candidate explains: itself, and the units that reach it, written after it."""
    roots: dict[int, list[tuple[int, date | None]]] = defaultdict(list)
    ids = {c.unit_id for c in candidates}
    for root, unit, valid in Reach.objects.filter(unit__in=ids).values_list("root", "unit", "valid"):
        if root != unit:
            roots[unit].append((root, valid.lower))
    names: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    runs = [part.runs() for part in parts]
    for unit_id, short, kind, folded in UnitName.objects.filter(
        unit__in={r for found in roots.values() for r, _ in found},
        folded__in={r for found in runs for r in found},
    ).values_list("unit_id", "short_name", "kind", "folded"):
        names[unit_id].append((short, kind, folded))
    matched = {c.match.part for c in candidates}
    places = [i for i, p in enumerate(parts) if not p.is_below and (p.kinds or i in matched)]
    for c in candidates:
        above = [
            (_match(parts, i, short, kind, folded), 0.97 if since and since > c.day else 1.0)
            for root, since in roots[c.unit_id]
            for short, kind, folded in names[root]
            for i in range(c.match.part, len(parts))
            if folded in runs[i]
        ]
        c.score = _explained(parts, places, c.match, above)


def _explained(parts: list[Part], places: list[int], own: _Match, above: list[tuple[_Match, float]]) -> float:
    taken = {(own.part, w) for w in range(*own.span)}
    weight: dict[int, float] = defaultdict(float)

    def add(match: _Match, factor: float) -> None:
        weight[match.part] += factor * match.quality * (match.span[1] - match.span[0]) / len(parts[match.part].words)

    add(own, 1.0)
    for match, factor in sorted(above, key=lambda m: (m[0].span[0] - m[0].span[1], -m[0].quality * m[1])):
        words = {(match.part, w) for w in range(*match.span)}
        if words & taken or (match.part == own.part and match.span[0] < own.span[1]):
            continue
        taken |= words
        add(match, factor)
    counted = set(places) | {own.part}
    return sum(weight[i] for i in counted) / len(counted)


def _carried(candidates: list[_Candidate], day: date) -> dict[int, tuple[float, int]]:
    """Units of `day` that the candidates became or came from: unit → (certainty of the way, through which unit)."""
    ids = {c.unit_id: c for c in sorted(candidates, key=lambda c: c.score)}
    out: dict[int, tuple[float, int]] = {}
    edges = Succession.objects.filter(Q(predecessor__in=ids) | Q(successor__in=ids))
    for e in edges:
        if e.predecessor_id == e.successor_id:
            continue
        for here, there, counts in (
            (e.predecessor_id, e.successor_id, day >= e.on),
            (e.successor_id, e.predecessor_id, day < e.on),
        ):
            if counts and here in ids and e.relation != "tier_abolished":
                factor = 0.95 if e.is_default else 0.5
                known = out.get(there)
                if known is None or factor * ids[here].score > known[0] * ids[known[1]].score:
                    out[there] = (factor, here)
    return out


def find(text: str, *, today: date, on: date | None = None, limit: int = 20, prefix: bool = False) -> list[Found]:
    """Units that the text may mean, best first: those of its own days, and what they are on `on` (or today).

    A unit that goes on is given as it is on `on` (or today), whatever it was called then.

    Refuses: TextTooLong.  Cost: seven queries at most for each reading, one where nothing is open to doubt.
    """
    if len(text) > LONGEST:
        raise TextTooLong(limit=LONGEST)
    results: dict[int, Found] = {}
    for parts in readings_of(text):
        for found in _read(parts, today=today, on=on, prefix=prefix):
            known = results.get(found.unit.id)
            if known is None or found.confidence > known.confidence:
                results[found.unit.id] = found
    ordered = sorted(
        results.values(),
        key=lambda f: (-f.confidence, _RANK[f.unit.level], f.unit.valid_to is not None, f.unit.sort_key),
    )
    return ordered[:limit]


def _read(parts: list[Part], *, today: date, on: date | None, prefix: bool) -> list[Found]:
    """What one reading of a text may mean."""
    candidates = _candidates(parts, today, on, prefix=prefix)
    _score(parts, candidates)
    top = max((c.score for c in candidates), default=0.0)
    candidates = [c for c in candidates if c.score >= max(0.3, top * 0.6)]
    target = on or today
    carried = _carried(candidates, target)
    rows = named(
        [(c.unit_id, c.day) for c in candidates] + [(u, target) for u in (*(c.unit_id for c in candidates), *carried)]
    )
    origin = {c.unit_id: c for c in candidates}

    def shown(candidate: _Candidate) -> Named | None:
        """The unit on the asked day; where no day was asked, else on its own."""
        row = rows.get((candidate.unit_id, target))
        return row if row or on else rows.get((candidate.unit_id, candidate.day))

    direct = [c for c in candidates if shown(c)]
    led = {through for _, through in carried.values()}
    answers = [c for c in candidates if c in direct or c.unit_id in led]

    def rivals(candidate: _Candidate) -> int:
        """Units of the same days that do at least as well."""
        return sum(c.day == candidate.day and c.score > candidate.score - 0.001 for c in answers)

    results: dict[int, Found] = {}

    def offer(row: Named, factor: float, candidate: _Candidate, through: str = "") -> None:
        confidence = round(factor * candidate.score / rivals(candidate), 3)
        known = results.get(row.id)
        if known is None or confidence > known.confidence:
            results[row.id] = Found(row, confidence, through)

    for c in direct:
        row, own = shown(c), rows.get((c.unit_id, c.day))
        if row is not None:
            offer(row, 1.0, c, own.name if own and own.name != row.name else "")
    for unit_id, (factor, through) in carried.items():
        row, old = rows.get((unit_id, target)), rows.get((through, origin[through].day))
        if row is not None and old is not None:
            offer(row, factor, origin[through], old.name)
    return list(results.values())
