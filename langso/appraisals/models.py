from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from langso.assessments.models import Assessment, Submission
from langso.cycles.models import Cycle, Department
from langso.people.models import Person
from langso.units.models import OfUnitQuerySet, Unit


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def current(self) -> VerdictQuerySet:
        return self.filter(replaced_at=None)

    def within(self, units: models.QuerySet[Unit]) -> VerdictQuerySet:
        return self.filter(unit__in=units)

    def final(self) -> VerdictQuerySet:
        """The appraiser's own; a department's is an opinion."""
        return self.current().filter(department=None)


class Verdict(models.Model):
    """What was found of one criterion of a submission. A change is a new row."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "Đúng như xã khai"
        CORRECTED = "corrected", "Sửa thành"
        RETURNED = "returned", "Trả lại cho xã"
        NOT_APPLICABLE = "not_applicable", "Không áp dụng"

    unit_path = "unit"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="verdicts", verbose_name="bản tự đánh giá")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="verdicts", verbose_name="bản nộp")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    criterion = models.CharField("tiêu chí", max_length=40)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", verbose_name="sở, ngành xác minh"
    )
    kind = models.CharField("kết luận", max_length=16, choices=Kind)
    figures = models.JSONField("số liệu sửa lại", default=dict)  # field code → numerator, denominator, value
    reason = models.CharField("lý do", max_length=2000, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người kết luận")
    at = models.DateTimeField("lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "kết luận"
        constraints = [
            models.UniqueConstraint(
                "assessment",
                "criterion",
                "department",
                condition=Q(replaced_at=None),
                name="one_current_verdict",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="accepted") | ~Q(reason=""), name="verdict_against_the_claim_has_a_reason"
            ),
        ]


class Message(models.Model):
    """A line in the thread of one criterion, read by commune, appraiser and the departments concerned."""

    unit_path = "unit"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="messages", verbose_name="bản tự đánh giá")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    criterion = models.CharField("tiêu chí", max_length=40, blank=True)
    text = models.CharField("nội dung", max_length=2000)
    from_unit = models.BooleanField("do xã viết", default=False)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người viết")
    at = models.DateTimeField("lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "trao đổi"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["assessment", "criterion"], name="message_thread")]


class Conclusion(models.Model):
    """The appraised result of a submission: what the framework says of the figures after all verdicts."""

    unit_path = "unit"

    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="conclusions", verbose_name="bản tự đánh giá"
    )
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="conclusions", verbose_name="bản nộp")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    level = models.PositiveSmallIntegerField("mức thẩm định", null=True)
    score = models.DecimalField("điểm thẩm định", max_digits=12, decimal_places=4, null=True)
    stages_count = models.PositiveSmallIntegerField("tổng số bậc các tiêu chí giữ được", default=0)
    readings = models.JSONField("số liệu sau thẩm định")
    result = models.JSONField("kết quả thẩm định")
    corrected_count = models.PositiveSmallIntegerField("số tiêu chí đã sửa", default=0)
    opinion = models.CharField("ý kiến thẩm định", max_length=2000, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người kết luận")
    at = models.DateTimeField("lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "kết luận thẩm định"
        constraints = [
            models.UniqueConstraint("assessment", condition=Q(replaced_at=None), name="one_current_conclusion")
        ]


class SampleDraw(models.Model):
    """Which units are visited to check on the spot. The seed and the list it was drawn from make it repeatable."""

    unit_path = "unit"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="draws", verbose_name="đợt đánh giá")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="nơi bốc mẫu")
    seed = models.CharField("số gieo", max_length=64)
    drawn_from = ArrayField(models.BigIntegerField(), verbose_name="danh sách để bốc")
    size = models.PositiveSmallIntegerField("số xã")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người bốc mẫu")
    at = models.DateTimeField("lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "lần bốc mẫu"


class SampleVisit(models.Model):
    """One unit of a draw, and what was seen there. `uid` comes from the device, so that sending twice writes once."""

    class Outcome(models.TextChoices):
        MATCHES = "matches", "Khớp hồ sơ"
        DIFFERS = "differs", "Khác hồ sơ"
        NOT_SEEN = "not_seen", "Không kiểm tra được"

    unit_path = "unit"

    draw = models.ForeignKey(SampleDraw, models.PROTECT, related_name="visits", verbose_name="lần bốc mẫu")
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="sample_visits", verbose_name="bản tự đánh giá"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    place = models.PositiveSmallIntegerField("thứ tự bốc")
    uid = models.UUIDField("mã phiếu trên máy", null=True, unique=True)
    visited_on = models.DateField("ngày kiểm tra", null=True)
    outcome = models.CharField("kết quả", max_length=10, choices=Outcome, blank=True)
    findings = models.JSONField("từng tiêu chí", default=list)
    note = models.CharField("ghi chú", max_length=2000, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người kiểm tra")
    at = models.DateTimeField("ghi lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "lần kiểm tra thực tế"
        constraints = [models.UniqueConstraint("draw", "assessment", name="sampled_once_a_draw")]


class AppealQuerySet(models.QuerySet["Appeal"]):
    def within(self, units: models.QuerySet[Unit]) -> AppealQuerySet:
        return self.filter(unit__in=units)


class Appeal(models.Model):
    """A unit contests a verdict within the term; it is answered in words, and both are kept."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "Giữ nguyên kết luận"
        CHANGED = "changed", "Sửa kết luận"

    unit_path = "unit"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="appeals", verbose_name="bản tự đánh giá")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="appeals", verbose_name="kết luận bị kiến nghị")
    criterion = models.CharField("tiêu chí", max_length=40)
    text = models.CharField("nội dung kiến nghị", max_length=2000)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người kiến nghị")
    at = models.DateTimeField("gửi lúc")
    answer_by = models.DateField("hạn trả lời")
    outcome = models.CharField("kết quả", max_length=8, choices=Outcome, blank=True)
    answer = models.CharField("trả lời", max_length=2000, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người trả lời")
    answered_at = models.DateTimeField("trả lời lúc", null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "kiến nghị"
        constraints = [
            models.UniqueConstraint(
                "assessment", "criterion", condition=Q(answered_at=None), name="one_open_appeal_a_criterion"
            )
        ]
