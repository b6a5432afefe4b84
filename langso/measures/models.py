from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from langso.legal.models import LegalDocument
from langso.people.models import Person
from langso.units.models import Unit


class FigureQuerySet(models.QuerySet["ReportedFigure"]):
    def current(self) -> FigureQuerySet:
        return self.filter(replaced_at=None)

    def whole(self) -> FigureQuerySet:
        """Those that can be judged: a value, or both counts."""
        return self.filter(Q(value__isnull=False) | Q(numerator__isnull=False, denominator__isnull=False))

    def within(self, units: models.QuerySet[Unit]) -> FigureQuerySet:
        return self.filter(unit__in=units)


class ReportedFigure(models.Model):
    """What a unit reports for a measure and a period. A correction is a new row; the old one says when it ended."""

    class Origin(models.TextChoices):
        TYPED = "typed", "nhập trên màn hình"
        WORKBOOK = "workbook", "nhập từ tệp Excel"
        EXCHANGE = "exchange", "hệ thống khác gửi"
        SIMULATED = "simulated", "số liệu mô phỏng"

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="figures", verbose_name="đơn vị hành chính")
    measure = models.CharField("chỉ tiêu", max_length=120)
    period = models.CharField("kỳ số liệu", max_length=8)
    numerator = models.DecimalField("tử số", max_digits=14, decimal_places=0, null=True)
    denominator = models.DecimalField("mẫu số", max_digits=14, decimal_places=0, null=True)
    value = models.DecimalField("giá trị", max_digits=18, decimal_places=6, null=True)
    as_of = models.DateField("ngày số liệu", null=True)
    source = models.CharField("nguồn", max_length=300, blank=True)
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")
    note = models.CharField("ghi chú", max_length=500, blank=True)
    origin = models.CharField("cách nhập", max_length=10, choices=Origin)
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người nhập")
    reported_at = models.DateTimeField("nhập lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "số liệu báo cáo"
        constraints = [
            models.UniqueConstraint(
                "unit", "measure", "period", condition=Q(replaced_at=None), name="one_current_figure"
            ),
            models.CheckConstraint(
                condition=Q(value=None) | (Q(numerator=None) & Q(denominator=None)),
                name="figure_is_counts_or_value",
            ),
            models.CheckConstraint(
                condition=(Q(numerator=None) | Q(numerator__gte=0))
                & (Q(denominator=None) | Q(denominator__gte=0))
                & (Q(value=None) | Q(value__gte=0)),
                name="figure_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("reported_at")),
                name="figure_replaced_after_reported",
            ),
        ]
        indexes = [models.Index(fields=["unit", "period"], name="figure_unit_period")]

    @property
    def is_blank(self) -> bool:
        """Emptied again: it stands beside what it replaced and says nothing."""
        return self.numerator is None and self.denominator is None and self.value is None

    @property
    def is_whole(self) -> bool:
        """Enough to be judged: a value, or both counts."""
        return self.value is not None or (self.numerator is not None and self.denominator is not None)

    @property
    def is_simulated(self) -> bool:
        return self.origin == self.Origin.SIMULATED


class SystemReadingQuerySet(models.QuerySet["SystemReading"]):
    def current(self) -> SystemReadingQuerySet:
        return self.filter(replaced_at=None)

    def within(self, units: models.QuerySet[Unit]) -> SystemReadingQuerySet:
        return self.filter(unit__in=units)


class SystemReading(models.Model):
    """What a state system says of the same measure: shown beside the self-report, never written over it.

    Sent in by the exchange or a province's file. A newer reading replaces the older, and both are kept.
    """

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="system_readings", verbose_name="đơn vị hành chính")
    measure = models.CharField("chỉ tiêu", max_length=120)
    period = models.CharField("kỳ số liệu", max_length=8)
    numerator = models.DecimalField("tử số", max_digits=14, decimal_places=0, null=True)
    denominator = models.DecimalField("mẫu số", max_digits=14, decimal_places=0, null=True)
    value = models.DecimalField("giá trị", max_digits=18, decimal_places=6, null=True)
    as_of = models.DateField("ngày số liệu", null=True)
    system = models.CharField("hệ thống", max_length=200)
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người nhận")
    received_at = models.DateTimeField("nhận lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = SystemReadingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "số liệu hệ thống"
        constraints = [
            models.UniqueConstraint(
                "unit", "measure", "period", "system", condition=Q(replaced_at=None), name="one_current_system_reading"
            ),
        ]

    @property
    def is_thin(self) -> bool:
        """Too little is known for a number; `system` says why."""
        return self.numerator is None and self.denominator is None and self.value is None
