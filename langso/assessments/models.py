from __future__ import annotations

from django.db import models
from django.db.models import Q

from langso.assessments.states import CHOICES, State
from langso.cycles.models import Cycle
from langso.files.models import StoredFile
from langso.people.models import Person
from langso.units.models import OfUnitQuerySet, Unit


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

    def in_cycles(self) -> AssessmentQuerySet:
        return self.exclude(cycle=None)


class Assessment(models.Model):
    """The self-assessment of a unit: which edition, which period. Its figures live in `measures`.

    In a cycle it is also the file that goes from the commune to the decision: `state` says where it is.
    """

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assessments", verbose_name="đơn vị hành chính")
    framework = models.CharField("khung tiêu chí", max_length=60)
    edition = models.CharField("phiên bản", max_length=40)
    period = models.CharField("kỳ số liệu", max_length=8)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người mở")
    opened_at = models.DateTimeField("mở lúc")
    cycle = models.ForeignKey(
        Cycle, models.PROTECT, null=True, blank=True, related_name="assessments", verbose_name="đợt đánh giá"
    )
    state = models.CharField("bước xử lý", max_length=16, choices=CHOICES, default=State.DRAFTING.value)
    state_at = models.DateTimeField("sang bước này lúc", null=True)
    extended_to = models.DateField("gia hạn đến", null=True)
    receipt = models.CharField("số tiếp nhận", max_length=20, blank=True)
    claimed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="claimed", verbose_name="người thẩm định"
    )
    doubts_count = models.PositiveSmallIntegerField("số nghi vấn", default=0)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "bản tự đánh giá"
        constraints = [models.UniqueConstraint("unit", "framework", "period", name="one_assessment_a_period")]
        indexes = [models.Index(fields=["cycle", "state"], name="assessment_cycle_state")]

    @property
    def address(self) -> str:
        return f"/danh-gia/{self.pk}/"


class Step(models.Model):
    """One move of an assessment from state to state, or an extension; for reading the history without the ledger."""

    unit_path = "unit"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="steps", verbose_name="bản tự đánh giá")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    verb = models.CharField("việc", max_length=20)
    source = models.CharField("từ bước", max_length=16, choices=CHOICES)
    target = models.CharField("sang bước", max_length=16, choices=CHOICES)
    reason = models.CharField("lý do", max_length=2000, blank=True)
    until = models.DateField("đến ngày", null=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người làm")
    at = models.DateTimeField("lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "bước xử lý"
        ordering = ["at", "pk"]


class Confirmation(models.Model):
    """An officer stands behind one criterion: the figure is right, was corrected for a reason, or is attested.

    `figures` names the rows that were confirmed; when a figure changes, the criterion waits for its officer again.
    """

    class How(models.TextChoices):
        CONFIRMED = "confirmed", "xác nhận đúng"
        CORRECTED = "corrected", "đã sửa, có lý do"
        ATTESTED = "attested", "cam đoan, chưa có văn bản"

    unit_path = "unit"

    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="confirmations", verbose_name="bản tự đánh giá"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    criterion = models.CharField("tiêu chí", max_length=40)
    how = models.CharField("cách xác nhận", max_length=10, choices=How)
    reason = models.CharField("lý do", max_length=1000, blank=True)
    figures = models.CharField("số liệu được xác nhận", max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người xác nhận")
    at = models.DateTimeField("lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "xác nhận tiêu chí"
        constraints = [
            models.UniqueConstraint(
                "assessment", "criterion", condition=Q(replaced_at=None), name="one_current_confirmation"
            )
        ]


class Submission(models.Model):
    """What a unit handed in, as it was at that moment; the appraiser judges this, not what was typed since."""

    unit_path = "unit"

    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="submissions", verbose_name="bản tự đánh giá"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    number = models.PositiveSmallIntegerField("lần nộp")
    level = models.PositiveSmallIntegerField("mức tự đánh giá", null=True)
    score = models.DecimalField("điểm tự đánh giá", max_digits=12, decimal_places=4, null=True)
    stages_count = models.PositiveSmallIntegerField("tổng số bậc các tiêu chí giữ được", default=0)
    edition_sha256 = models.CharField("mã kiểm tra phiên bản", max_length=64)
    readings = models.JSONField("số liệu đã nộp")
    result = models.JSONField("kết quả tự đánh giá")
    evidence = models.JSONField("minh chứng đã nộp")
    confirmations = models.JSONField("xác nhận từng tiêu chí")
    doubts = models.JSONField("nghi vấn")
    digest = models.CharField("mã kiểm tra bản nộp", max_length=64)
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="bản PDF")
    signed_by = models.CharField("chữ ký số của", max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người nộp")
    at = models.DateTimeField("nộp lúc")
    withdrawn_at = models.DateTimeField("rút lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "bản nộp"
        constraints = [models.UniqueConstraint("assessment", "number", name="submission_numbered_once")]


class Editing(models.Model):
    """Who has which group open just now; serves the moment only."""

    unit_path = "unit"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="editing", verbose_name="bản tự đánh giá")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    group = models.CharField("nhóm tiêu chí", max_length=40)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name="người đang sửa")
    at = models.DateTimeField("lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "người đang sửa"
        constraints = [models.UniqueConstraint("assessment", "group", "person", name="editing_once")]


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


class WorkbookLayoutQuerySet(models.QuerySet["WorkbookLayout"]):
    def within(self, units: models.QuerySet[Unit]) -> WorkbookLayoutQuerySet:
        return self.filter(unit__in=units)


class WorkbookLayout(models.Model):
    """How a commune's own table was matched with a framework: remembered, so that the next like it needs one press.

    A correction is a new row; the newest one counts.
    """

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    framework = models.CharField("khung tiêu chí", max_length=60)
    signature = models.CharField("dấu của dòng tiêu đề", max_length=40)
    sheet = models.CharField("trang tính", max_length=60)
    columns = models.JSONField("các cột")
    rows = models.JSONField("các dòng")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghép")
    confirmed_at = models.DateTimeField("ghép lúc")

    objects = WorkbookLayoutQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "mẫu bảng đã ghép"
        indexes = [models.Index(fields=["signature", "framework"], name="workbook_layout_seen")]
