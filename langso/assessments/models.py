from __future__ import annotations

from django.db import models
from django.db.models import Q

from langso.people.models import Person
from langso.units.models import Unit


class IssuedEdition(models.Model):
    """An edition once used is issued: its bytes never change after that."""

    framework = models.CharField("khung tiêu chí", max_length=60)
    edition = models.CharField("phiên bản", max_length=40)
    sha256 = models.CharField("mã kiểm tra", max_length=64)
    first_used_at = models.DateTimeField("dùng lần đầu lúc")

    class Meta:
        verbose_name = verbose_name_plural = "phiên bản đã dùng"
        constraints = [models.UniqueConstraint("framework", "edition", name="edition_issued_once")]


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def within(self, units: models.QuerySet[Unit]) -> AssessmentQuerySet:
        return self.filter(unit__in=units)


class Assessment(models.Model):
    """The self-assessment of a unit: which edition, which period. Its figures live in `measures`."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assessments", verbose_name="đơn vị hành chính")
    framework = models.CharField("khung tiêu chí", max_length=60)
    edition = models.CharField("phiên bản", max_length=40)
    period = models.CharField("kỳ số liệu", max_length=8)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người mở")
    opened_at = models.DateTimeField("mở lúc")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "bản tự đánh giá"
        constraints = [models.UniqueConstraint("unit", "framework", "period", name="one_assessment_a_period")]


class PublicationQuerySet(models.QuerySet["Publication"]):
    def current(self) -> PublicationQuerySet:
        return self.filter(replaced_at=None)


class Publication(models.Model):
    """A result as it was published: open to all, frozen, with everything that it was judged by."""

    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="publications", verbose_name="bản tự đánh giá"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="publications", verbose_name="đơn vị hành chính")
    province = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="tỉnh")
    framework = models.CharField("khung tiêu chí", max_length=60)
    edition = models.CharField("phiên bản", max_length=40)
    edition_sha256 = models.CharField("mã kiểm tra phiên bản", max_length=64)
    period = models.CharField("kỳ số liệu", max_length=8)
    level = models.PositiveSmallIntegerField("mức độ", null=True)
    level_at_most = models.PositiveSmallIntegerField("mức cao nhất có thể", null=True)
    score = models.DecimalField("điểm", max_digits=12, decimal_places=4, null=True)
    missing_count = models.PositiveSmallIntegerField("số tiêu chí còn thiếu", default=0)
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)
    readings = models.JSONField("số liệu đã dùng")
    result = models.JSONField("kết quả")
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người công bố")
    published_at = models.DateTimeField("công bố lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "kết quả đã công bố"
        constraints = [
            models.UniqueConstraint(
                "unit", "framework", "period", condition=Q(replaced_at=None), name="one_current_publication"
            )
        ]
        indexes = [
            models.Index(
                fields=["framework", "period", "province", "level"],
                condition=Q(replaced_at=None),
                name="publication_map",
            )
        ]
