from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from langso.legal.models import LegalDocument
from langso.people.models import Person
from langso.units.models import Unit


class DepartmentQuerySet(models.QuerySet["Department"]):
    def within(self, units: models.QuerySet[Unit]) -> DepartmentQuerySet:
        return self.filter(unit__in=units)


class Department(models.Model):
    """A department of a province that verifies some criteria (đơn vị phối hợp xác minh)."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="departments", verbose_name="tỉnh")
    name = models.CharField("tên sở, ngành", max_length=200)
    members = models.ManyToManyField(Person, related_name="departments", verbose_name="người xác minh")

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "sở, ngành phối hợp xác minh"
        constraints = [models.UniqueConstraint("unit", "name", name="department_named_once")]

    def __str__(self) -> str:
        return self.name


class CycleQuerySet(models.QuerySet["Cycle"]):
    def opened(self) -> CycleQuerySet:
        return self.exclude(opened_at=None)

    def running(self) -> CycleQuerySet:
        return self.opened().filter(closed_at=None)

    def within(self, units: models.QuerySet[Unit]) -> CycleQuerySet:
        """Cycles of these units themselves: those one may run."""
        return self.filter(unit__in=units)


class Cycle(models.Model):
    """One round of assessment. Draft until `opened_at`, running until `closed_at`, frozen from then on."""

    unit_path = "unit"

    code = models.SlugField("mã đợt", max_length=40, unique=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="cycles", verbose_name="nơi mở đợt"
    )  # null: the ministry
    title = models.CharField("tên đợt", max_length=200)
    framework = models.CharField("khung tiêu chí", max_length=60)
    edition = models.CharField("phiên bản", max_length=40)
    period = models.CharField("kỳ số liệu", max_length=8)
    unit_level = models.CharField("cấp được đánh giá", max_length=10)
    document = models.ForeignKey(
        LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản mở đợt"
    )
    opens_on = models.DateField("ngày mở")
    submit_by = models.DateField("hạn nộp tự đánh giá")
    appraise_by = models.DateField("hạn thẩm định")
    decide_by = models.DateField("hạn họp hội đồng")
    publish_by = models.DateField("hạn công bố")
    appeal_days = models.PositiveSmallIntegerField("số ngày làm việc để kiến nghị", default=5)
    days_off = ArrayField(models.DateField(), verbose_name="ngày nghỉ thêm", default=list)
    days_on = ArrayField(models.DateField(), verbose_name="ngày làm bù", default=list)
    quorum_share = models.DecimalField(
        "tỷ lệ thành viên phải có mặt", max_digits=5, decimal_places=4, default=Decimal("0.6667")
    )
    pass_share = models.DecimalField("tỷ lệ phiếu đồng ý", max_digits=5, decimal_places=4, default=Decimal("0.9"))
    counts_absent = models.BooleanField("tính trên tổng số thành viên", default=False)
    conditions = models.JSONField("điều kiện ngoài tiêu chí", default=list)
    requires_signature = models.BooleanField("bản nộp phải ký số", default=True)
    valid_months = models.PositiveSmallIntegerField("số tháng công nhận có hiệu lực", default=36)
    receipts_count = models.PositiveIntegerField("số tiếp nhận cuối", default=0)
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người lập")
    made_at = models.DateTimeField("lập lúc")
    opened_at = models.DateTimeField("mở lúc", null=True)
    closed_at = models.DateTimeField("khóa lúc", null=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "đợt đánh giá"
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("submit_by"))
                & Q(submit_by__lte=F("appraise_by"))
                & Q(appraise_by__lte=F("decide_by"))
                & Q(decide_by__lte=F("publish_by")),
                name="cycle_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(quorum_share__gt=0, quorum_share__lte=1, pass_share__gt=0, pass_share__lte=1),
                name="cycle_shares_are_shares",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        return f"/dot/{self.code}/"

    @property
    def is_running(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    def last_day(self, extended_to: date | None) -> date:
        """Until when a unit may submit."""
        return max(self.submit_by, extended_to) if extended_to else self.submit_by


class Part(models.Model):
    """The criteria of a cycle that one department verifies."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="parts", verbose_name="đợt đánh giá")
    department = models.ForeignKey(Department, models.PROTECT, related_name="parts", verbose_name="sở, ngành")
    criteria = ArrayField(models.CharField(max_length=40), verbose_name="tiêu chí")

    class Meta:
        verbose_name = verbose_name_plural = "phần xác minh"
        constraints = [models.UniqueConstraint("cycle", "department", name="part_once_a_department")]
