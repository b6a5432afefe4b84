"""The public register: what was recognised, searched and read without signing in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from langso.assessments.judging import edition_of
from langso.assessments.results import Result, from_json
from langso.criteria.edition import Edition
from langso.lib.period import Period
from langso.lib.vietnamese import fold
from langso.recognition.models import Recognition
from langso.units import finding
from langso.units.models import Unit
from langso.units.queries import Kin, Named, named, predecessors, successors

COLUMNS = (
    "so_giay",
    "don_vi",
    "tinh",
    "khung",
    "phien_ban",
    "ky",
    "muc",
    "ten_muc",
    "diem",
    "co_gia_tri_tu",
    "den_het_ngay",
    "tinh_trang",
    "quyet_dinh",
    "ngay_quyet_dinh",
    "co_quan",
    "thu_hoi_tu",
    "quyet_dinh_thu_hoi",
    "ly_do_thu_hoi",
    "mo_phong",
)
STATES = {"con": "Còn hiệu lực", "het": "Hết hạn hoặc đã có quyết định mới", "thu-hoi": "Đã thu hồi"}
SORTS: dict[str, tuple[str, ...]] = {
    "ngay": ("decision_on", "sort_key"),
    "ten": ("sort_key", "decision_on"),
    "muc": ("level", "sort_key"),
    "han": ("valid__endswith", "sort_key"),
}


@dataclass(frozen=True)
class Asked:
    """What a visitor looks for; empty means all."""

    text: str = ""
    province: int | None = None
    framework: str = ""
    year: int | None = None
    level: int | None = None
    state: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> "Asked":
        def number(name: str) -> int | None:
            text = params.get(name, "")
            return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

        state = params.get("tt", "")
        return cls(
            params.get("q", "").strip(),
            number("tinh"),
            params.get("khung", ""),
            number("nam"),
            number("muc"),
            state if state in STATES else "",
        )

    @property
    def is_all(self) -> bool:
        return self == Asked()


def found(asked: Asked, *, on: date, order: str = "-ngay") -> QuerySet[Recognition]:
    """The lines that fit. A name finds the unit by its old names too, and what it became or was made of.

    Refuses: TextTooLong.
    """
    rows = Recognition.objects.defer("readings", "result")
    if asked.text:
        units = [f.unit.id for f in finding.find(asked.text, today=on, prefix=True, limit=30)]
        rows = rows.filter(Q(unit__in=units) | Q(folded__contains=fold(asked.text) or "\n"))
    for column, value in (
        ("province", asked.province),
        ("framework", asked.framework),
        ("decision_on__year", asked.year),
        ("level", asked.level),
    ):
        if value:
            rows = rows.filter(**{column: value})
    if asked.state == "con":
        rows = rows.on(on)
    elif asked.state == "thu-hoi":
        rows = rows.filter(revoked_on__lte=on)
    elif asked.state == "het":
        rows = rows.filter(valid__endswith__lte=on).filter(Q(revoked_on=None) | Q(revoked_on__gt=on))
    key = order.removeprefix("-")
    first, *then = SORTS.get(key, SORTS["ngay"])
    lead = F(first).desc(nulls_last=True) if order.startswith("-") else F(first).asc(nulls_first=True)
    return rows.order_by(lead, *then, "certificate")


@dataclass(frozen=True)
class Choices:
    """What there is to choose from: only what the register holds."""

    provinces: tuple[tuple[int, str], ...]
    frameworks: tuple[tuple[str, str], ...]
    years: tuple[int, ...]
    levels: tuple[tuple[int, str], ...]


def choices() -> Choices:
    """Cost: one query."""
    rows = list(
        Recognition.objects.order_by()
        .values_list("province", "province_name", "framework", "edition", "decision_on__year", "level", "level_name")
        .distinct()
    )
    titles = {framework: edition_of(framework, edition).title for _, _, framework, edition, *_ in rows}
    return Choices(
        tuple(sorted({(p, n) for p, n, *_ in rows if p is not None}, key=lambda r: fold(r[1]))),
        tuple(sorted(titles.items(), key=lambda r: r[1])),
        tuple(sorted({r[4] for r in rows}, reverse=True)),
        tuple(sorted({(r[5], r[6]) for r in rows if r[5]})),
    )


@dataclass(frozen=True)
class RecognitionPage:
    recognition: Recognition
    edition: Edition
    period: Period
    result: Result
    now: Named | None  # the unit as it is today
    history: tuple[Recognition, ...]
    made_of: tuple[Kin, ...]
    became: tuple[Kin, ...]


def recognition_page(recognition: Recognition, *, on: date) -> RecognitionPage:
    """One recognition with its unit's history, over cycles and over the reform.  Cost: eight queries at most."""
    unit = recognition.unit
    now = named([(unit.pk, on)]).get((unit.pk, on))
    made_of, became = kin_of(unit, recognition.decision_on, on=on)
    family = [unit.pk, *(k.unit.id for k in made_of), *(k.unit.id for k in became)]
    history = Recognition.objects.filter(unit__in=family).defer("readings", "result").order_by("-decision_on", "-pk")
    return RecognitionPage(
        recognition,
        edition_of(recognition.framework, recognition.edition),
        Period.parse(recognition.period),
        from_json(recognition.result),
        now,
        tuple(history),
        made_of,
        became,
    )


def kin_of(unit: Unit, day: date, *, on: date) -> tuple[tuple[Kin, ...], tuple[Kin, ...]]:
    """Other units that it was made of, and that it has gone into since the day."""
    born = unit.came_from.order_by("-on").values_list("on", flat=True).first()
    made_of = predecessors(unit, since=born - timedelta(days=1), to=on) if born and born <= on else []
    became = successors(unit, since=day, to=on)
    return (
        tuple(k for k in made_of if k.unit.id != unit.pk and k.relation != "tier_abolished"),
        tuple(k for k in became if k.unit.id != unit.pk),
    )


def newest_of(unit: Unit, framework: str = "") -> Recognition | None:
    """The last recognition of a unit, for its page.  Cost: one query."""
    rows = Recognition.objects.filter(unit=unit).defer("readings", "result").order_by("-decision_on", "-pk")
    return (rows.filter(framework=framework) if framework else rows).first()


def cells(row: Recognition, *, on: date) -> list[object]:
    return [
        row.certificate,
        row.unit_name,
        row.province_name,
        row.framework,
        row.edition,
        row.period,
        row.level,
        row.level_name,
        None if row.score is None else float(row.score),
        row.starts_on.isoformat(),
        row.last_day.isoformat(),
        row.standing(on).label,
        row.decision_number,
        row.decision_on.isoformat(),
        row.decision_issuer,
        row.revoked_on.isoformat() if row.revoked_on else "",
        row.revocation_number,
        row.reason,
        int(row.is_simulated),
    ]
