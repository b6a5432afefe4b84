"""Units and their dated facts. Spans are half-open; no lower end = from before our record, no upper end = still so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from langso.legal.models import LegalDocument

FactT = TypeVar("FactT", bound=models.Model)


class Level(models.TextChoices):
    PROVINCE = "province", "cấp tỉnh"
    DISTRICT = "district", "cấp huyện"
    COMMUNE = "commune", "cấp xã"


class Kind(models.TextChoices):
    """What the unit is called by law; which kinds stand at which level is in `KINDS`."""

    TINH = "tỉnh", "tỉnh"
    THANH_PHO = "thành phố", "thành phố"
    QUAN = "quận", "quận"
    HUYEN = "huyện", "huyện"
    THI_XA = "thị xã", "thị xã"
    XA = "xã", "xã"
    PHUONG = "phường", "phường"
    THI_TRAN = "thị trấn", "thị trấn"
    DAC_KHU = "đặc khu", "đặc khu"


class Fold(Func):
    """The SQL twin of `lib.vietnamese.fold`."""

    function = "langso_fold"
    output_field = models.TextField()


def singleton(column: str) -> Func:
    """A range of one value: equality under GiST without an extension."""
    return Func(F(column), F(column), models.Value("[]"), function="int8range")


def once_at_a_time(name: str) -> ExclusionConstraint:
    """One unit has one such fact on any day."""
    return ExclusionConstraint(
        name=name,
        expressions=[(singleton("unit_id"), RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
    )


class UnitQuerySet(models.QuerySet["Unit"]):
    def on(self, day: date) -> UnitQuerySet:
        """Units that exist on the day: those that have a code then."""
        return self.filter(codes__valid__contains=day)

    def under(self, roots: Iterable[Unit | int] | models.QuerySet[Unit], day: date) -> UnitQuerySet:
        """The roots, all below them, and all that these had absorbed by the day."""
        return self.filter(models.Exists(Reach.objects.filter(unit=models.OuterRef("pk"), root__in=roots).on(day)))


M = TypeVar("M", bound=models.Model)


class OfUnitQuerySet(models.QuerySet[M]):
    """Rows of a table whose `unit` says whose they are: looking up within the desk's units is the permission check."""

    def within(self, units: models.QuerySet[Unit]) -> OfUnitQuerySet[M]:
        return self.filter(unit__in=units)


class Unit(models.Model):
    """One administrative unit through its whole life."""

    level = models.CharField("cấp", max_length=10, choices=Level)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "đơn vị hành chính"

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.pk}"


class FactQuerySet(models.QuerySet[FactT]):
    def on(self, day: date) -> FactQuerySet[FactT]:
        return self.filter(valid__contains=day)


class UnitName(models.Model):
    """The name of a unit on some days, with the kind that is part of it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="names", verbose_name="đơn vị hành chính")
    name = models.CharField("tên", max_length=120)
    short_name = models.CharField("tên không kèm loại", max_length=100)
    kind = models.CharField("loại đơn vị", max_length=12, choices=Kind)
    sort_key = models.CharField("khóa sắp xếp", max_length=400, db_collation="C")
    folded = models.GeneratedField(
        expression=Fold(F("short_name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    valid = DateRangeField("thời gian")
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "tên đơn vị"
        constraints = [once_at_a_time("unit_has_one_name_a_day")]
        indexes = [models.Index(fields=["folded"], name="unit_name_folded")]

    def __str__(self) -> str:
        return self.name


class UnitCode(models.Model):
    """The official code of a unit on some days. Never look one up without a day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="codes", verbose_name="đơn vị hành chính")
    code = models.CharField("mã", max_length=5, db_collation="C")
    valid = DateRangeField("thời gian")
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "mã đơn vị"
        constraints = [
            once_at_a_time("unit_has_one_code_a_day"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^([0-9]{2}|[0-9]{3}|[0-9]{5})$"),
                name="unit_code_has_2_3_or_5_digits",
            ),
            # Codes of the three levels differ in length: length and number together make one integer.
            ExclusionConstraint(
                name="unit_code_names_one_unit_a_day",
                expressions=[
                    (
                        Func(
                            Func(
                                F("code"),
                                function="langso_code_number",
                                output_field=models.BigIntegerField(),
                            ),
                            Func(
                                F("code"),
                                function="langso_code_number",
                                output_field=models.BigIntegerField(),
                            ),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.EQUAL,
                    ),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["code"], name="unit_code_code")]

    def __str__(self) -> str:
        return self.code


class UnitParent(models.Model):
    """The unit that another one belonged to on some days."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="parents", verbose_name="đơn vị hành chính")
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="children", verbose_name="đơn vị cấp trên")
    valid = DateRangeField("thời gian")
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "quan hệ cấp trên"
        constraints = [
            once_at_a_time("unit_has_one_parent_a_day"),
            models.CheckConstraint(condition=~Q(unit=F("parent")), name="unit_is_not_its_own_parent"),
        ]


def text_singleton(column: str) -> Func:
    """Equality of texts under GiST, by their hash."""
    digest = Func(F(column), models.Value(0), function="hashtextextended", output_field=models.BigIntegerField())
    return Func(digest, digest, models.Value("[]"), function="int8range")


class UnitRegionClass(models.Model):
    """The class of region that thresholds may depend on, e.g. mountain and island communes (1127/QĐ-BTTTT).

    `system` is the name of the classification, as framework files name it (`khu-vuc`): a unit has one class in each.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="region_classes", verbose_name="đơn vị hành chính")
    system = models.CharField("cách phân loại", max_length=40)
    region_class = models.CharField("nhóm vùng", max_length=40)
    valid = DateRangeField("thời gian")
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "nhóm vùng của đơn vị"
        constraints = [
            ExclusionConstraint(
                name="unit_has_one_region_class_a_day",
                expressions=[
                    (singleton("unit_id"), RangeOperators.EQUAL),
                    (text_singleton("system"), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]


class UnitAlias(models.Model):
    """Another spelling of a name found in official sources, when folding alone does not join the two."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="aliases", verbose_name="đơn vị hành chính")
    text = models.CharField("cách viết khác", max_length=120)
    folded = models.GeneratedField(
        expression=Fold(F("text")), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    valid = DateRangeField("thời gian")

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "cách viết khác"
        indexes = [models.Index(fields=["folded"], name="unit_alias_folded")]


class UnitStatistic(models.Model):
    """A published figure about the unit itself, with its day and source."""

    class What(models.TextChoices):
        POPULATION = "population", "dân số (người)"
        AREA_KM2 = "area_km2", "diện tích (km²)"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="statistics", verbose_name="đơn vị hành chính")
    what = models.CharField("chỉ tiêu", max_length=12, choices=What)
    value = models.DecimalField("giá trị", max_digits=14, decimal_places=2)
    as_of = models.DateField("ngày số liệu")
    source = models.CharField("nguồn", max_length=200)
    is_doubtful = models.BooleanField("cần kiểm tra", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "số liệu về đơn vị"
        constraints = [models.UniqueConstraint("unit", "what", "as_of", name="unit_statistic_once_a_day")]


class Relation(models.TextChoices):
    """How the old unit went to the new one; the words of `gazetteer/lineage_2025.csv`."""

    WHOLE = "whole", "nhập toàn bộ"
    PART = "part", "nhập một phần diện tích và dân số"
    PART_AREA = "part_area", "nhập một phần diện tích"
    PART_AREA_ALL_POP = "part_area_all_pop", "nhập một phần diện tích và toàn bộ dân số"
    PART_POP = "part_pop", "nhập một phần dân số"
    ALL_AREA = "all_area", "nhập toàn bộ diện tích"
    UNCHANGED = "unchanged", "giữ nguyên"
    RENAMED = "renamed", "đổi tên"
    RETYPED = "retyped", "đổi loại hình"
    TIER_ABOLISHED = "tier_abolished", "kết thúc cấp huyện"


class ShareBasis(models.TextChoices):
    ALL = "all", "toàn bộ"
    POPULATION = "population", "theo dân số"
    AREA = "area", "theo diện tích"
    UNKNOWN = "unknown", "chưa rõ"


class Succession(models.Model):
    """One edge of the lineage: what became of a unit on a day, by which clause.

    A unit that was kept, renamed or retyped has an edge to itself, so that every unit's fate is in one table.
    `share` is the part of the old unit that went along this edge, empty where the resolution does not say.
    """

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="became", verbose_name="đơn vị cũ")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="came_from", verbose_name="đơn vị mới")
    on = models.DateField("từ ngày")
    relation = models.CharField("cách kế thừa", max_length=20, choices=Relation)
    share = models.DecimalField("tỷ lệ", max_digits=7, decimal_places=6, null=True)
    share_basis = models.CharField("căn cứ tỷ lệ", max_length=12, choices=ShareBasis)
    is_default = models.BooleanField("nơi chính", default=True)
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")
    clause = models.CharField("khoản", max_length=20, blank=True)
    note = models.CharField("ghi chú", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "kế thừa"
        constraints = [
            models.UniqueConstraint("predecessor", "successor", "on", name="succession_once_a_day"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=1),
                name="succession_share_in_0_1",
            ),
        ]


class Reach(models.Model):
    """`root` reaches `unit` on these days: itself, what is below it, what it has absorbed. Derived, see `reach.py`."""

    root = models.ForeignKey(Unit, models.CASCADE, related_name="reaches", verbose_name="từ đơn vị")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="reached_from", verbose_name="đến đơn vị")
    valid = DateRangeField("thời gian")

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "phạm vi"
        constraints = [models.UniqueConstraint("root", "unit", "valid", name="reach_once")]
        indexes = [models.Index(fields=["unit"], name="reach_unit")]
