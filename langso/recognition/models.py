from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from langso.appraisals.models import Conclusion
from langso.assessments.models import Assessment
from langso.cycles.models import Cycle
from langso.files.models import StoredFile
from langso.legal.models import LegalDocument
from langso.people.models import Person
from langso.recognition.rules import Standing, standing
from langso.units.models import Fold, OfUnitQuerySet, Unit, singleton, text_singleton


class Council(models.Model):
    """Who a province asks to judge the appraised files of a cycle."""

    unit_path = "unit"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="councils", verbose_name="đợt đánh giá")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="councils", verbose_name="tỉnh")
    name = models.CharField("tên hội đồng", max_length=200)
    document = models.ForeignKey(
        LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="quyết định thành lập"
    )
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người lập")
    made_at = models.DateTimeField("lập lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "hội đồng"
        constraints = [models.UniqueConstraint("cycle", "unit", "name", name="council_named_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return f"/hoi-dong/{self.pk}/"


class CouncilMember(models.Model):
    """One seat, from the council's beginning where no day is written. Who leaves keeps the row, with the last day."""

    class Role(models.TextChoices):
        CHAIR = "chair", "Chủ tịch hội đồng"
        VICE = "vice", "Phó Chủ tịch hội đồng"
        SECRETARY = "secretary", "Thư ký"
        MEMBER = "member", "Ủy viên"

    unit_path = "unit"

    council = models.ForeignKey(Council, models.PROTECT, related_name="members", verbose_name="hội đồng")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="tỉnh")
    full_name = models.CharField("họ và tên", max_length=120)
    position = models.CharField("chức vụ, nơi công tác", max_length=200, blank=True)
    role = models.CharField("vai trò", max_length=10, choices=Role, default=Role.MEMBER)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người dùng")
    joined_on = models.DateField("tham gia từ ngày", null=True)
    left_on = models.DateField("tham gia đến hết ngày", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thành viên hội đồng"
        constraints = [
            models.UniqueConstraint(
                "council",
                "role",
                condition=Q(left_on=None, role__in=["chair", "secretary"]),
                name="one_to_lead_a_council",
            )
        ]

    def __str__(self) -> str:
        return self.full_name


class CouncilSession(models.Model):
    """A meeting; from `closed_at` nothing of it changes."""

    unit_path = "unit"

    council = models.ForeignKey(Council, models.PROTECT, related_name="sessions", verbose_name="hội đồng")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="tỉnh")
    held_on = models.DateField("ngày họp")
    starts = models.TimeField("bắt đầu lúc")
    ends = models.TimeField("kết thúc lúc", null=True)
    place = models.CharField("nơi họp", max_length=200)
    note = models.CharField("nội dung thảo luận", max_length=4000, blank=True)
    is_secret = models.BooleanField("bỏ phiếu kín", default=False)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người mở")
    opened_at = models.DateTimeField("mở lúc")
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người kết thúc")
    closed_at = models.DateTimeField("kết thúc ghi lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "phiên họp hội đồng"
        constraints = [
            models.UniqueConstraint("council", "held_on", "starts", name="session_once_at_an_hour"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(ends__gte=F("starts")), name="closed_session_has_its_hours"
            ),
        ]

    @property
    def address(self) -> str:
        return f"/hoi-dong/phien/{self.pk}/"


class Attendance(models.Model):
    unit_path = "unit"

    session = models.ForeignKey(CouncilSession, models.PROTECT, related_name="attendance", verbose_name="phiên họp")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="tỉnh")
    member = models.ForeignKey(CouncilMember, models.PROTECT, related_name="attendance", verbose_name="thành viên")
    present = models.BooleanField("có mặt")
    why_absent = models.CharField("lý do vắng", max_length=200, blank=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "có mặt tại phiên họp"
        constraints = [models.UniqueConstraint("session", "member", name="attendance_once_a_session")]


class OfficialPaper(models.Model):
    """A paper of the recognition: a draft that may be made anew, until a number is registered; then it stands."""

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", "Tờ trình"
        APPRAISAL_REPORT = "appraisal_report", "Báo cáo thẩm định"
        ROUND_REPORT = "round_report", "Báo cáo thẩm định cả đợt"
        MINUTES = "minutes", "Biên bản họp hội đồng"
        DECISION = "decision", "Quyết định công nhận"
        REVOCATION = "revocation", "Quyết định thu hồi"
        CERTIFICATE = "certificate", "Giấy công nhận"

    unit_path = "unit"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="papers", verbose_name="đợt đánh giá")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="tỉnh")
    session = models.ForeignKey(
        CouncilSession, models.PROTECT, null=True, related_name="papers", verbose_name="phiên họp"
    )
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, null=True, related_name="papers", verbose_name="bản tự đánh giá"
    )
    recognition = models.ForeignKey(
        "Recognition", models.PROTECT, null=True, related_name="papers", verbose_name="công nhận"
    )
    kind = models.CharField("loại văn bản", max_length=16, choices=Kind)
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    symbol = models.CharField("ký hiệu", max_length=30)
    facts = models.JSONField("nội dung lập", default=dict)
    docx = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="bản Word")
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="bản PDF")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người lập")
    made_at = models.DateTimeField("lập lúc")
    number = models.CharField("số", max_length=10, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True)
    year = models.PositiveSmallIntegerField("năm", null=True)
    signed = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="bản đã ký")
    signature = models.CharField("chữ ký số", max_length=1000, blank=True)
    registered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghi số")
    registered_at = models.DateTimeField("ghi số lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "văn bản công nhận"
        constraints = [
            models.UniqueConstraint(
                "issuer", "year", "symbol", "number", condition=~Q(number=""), name="paper_number_once_a_year"
            ),
            models.UniqueConstraint(
                "kind",
                "session",
                "assessment",
                "recognition",
                condition=Q(number=""),
                name="one_draft_of_a_paper",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(number="", issued_on=None, year=None)
                | (Q(issued_on__isnull=False, year__isnull=False) & ~Q(number="")),
                name="numbered_paper_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-made_at"], name="official_paper_made")]

    @property
    def address(self) -> str:
        return f"/quyet-dinh/{self.pk}/"

    @property
    def full_number(self) -> str:
        return f"{self.number}/{self.symbol}" if self.number else ""

    @property
    def cited(self) -> str:
        """How another paper names it: "Tờ trình số 03/TTr-SKHCN ngày 02/01/2026"."""
        label = self.Kind(self.kind).label
        return f"{label} số {self.full_number} ngày {self.issued_on:%d/%m/%Y}" if self.number else label


class Candidate(models.Model):
    """One file before one session. Counts, outcome and what they rest on are written when the session is closed."""

    class Outcome(models.TextChoices):
        PASSED = "passed", "Thông qua"
        FAILED = "failed", "Không thông qua"

    unit_path = "unit"

    session = models.ForeignKey(CouncilSession, models.PROTECT, related_name="candidates", verbose_name="phiên họp")
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="candidates", verbose_name="bản tự đánh giá"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    order = models.PositiveSmallIntegerField("thứ tự")
    level = models.PositiveSmallIntegerField("mức đề nghị", null=True)
    classification = models.CharField("xếp loại", max_length=60, blank=True)
    outcome = models.CharField("kết quả", max_length=6, choices=Outcome, blank=True)
    agreed_count = models.PositiveSmallIntegerField("đồng ý", null=True)
    against_count = models.PositiveSmallIntegerField("không đồng ý", null=True)
    blank_count = models.PositiveSmallIntegerField("phiếu trắng", null=True)
    invalid_count = models.PositiveSmallIntegerField("phiếu hỏng", null=True)
    conclusion = models.ForeignKey(
        Conclusion, models.PROTECT, null=True, related_name="+", verbose_name="kết luận thẩm định khi biểu quyết"
    )
    conditions = models.JSONField("điều kiện khi biểu quyết", null=True)
    put_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người trình")
    put_at = models.DateTimeField("trình lúc")
    taken_out_at = models.DateTimeField("đưa ra lúc", null=True)
    decision = models.ForeignKey(
        OfficialPaper, models.PROTECT, null=True, related_name="decided", verbose_name="quyết định"
    )

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "hồ sơ trình hội đồng"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                "session", "assessment", condition=Q(taken_out_at=None), name="candidate_once_a_session"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(agreed_count__isnull=False), name="outcome_comes_from_counts"
            ),
        ]


class Ballot(models.Model):
    """The open vote of one member for one candidate. A change is a new row. Of a secret vote only counts are kept."""

    class Choice(models.TextChoices):
        FOR = "for", "Đồng ý"
        AGAINST = "against", "Không đồng ý"
        BLANK = "blank", "Phiếu trắng"

    unit_path = "unit"

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="ballots", verbose_name="hồ sơ")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="tỉnh")
    member = models.ForeignKey(CouncilMember, models.PROTECT, related_name="ballots", verbose_name="thành viên")
    choice = models.CharField("ý kiến", max_length=8, choices=Choice)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghi")
    at = models.DateTimeField("lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "phiếu"
        constraints = [
            models.UniqueConstraint("candidate", "member", condition=Q(replaced_at=None), name="one_ballot_a_member")
        ]


class ConditionRecord(models.Model):
    """What is known of a condition beside the criteria. A change is a new row; the newest counts."""

    unit_path = "unit"

    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="conditions", verbose_name="bản tự đánh giá"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    code = models.CharField("điều kiện", max_length=40)
    met = models.BooleanField("đạt", null=True)
    share = models.DecimalField("tỷ lệ (%)", max_digits=6, decimal_places=3, null=True)
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghi")
    at = models.DateTimeField("lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "ghi nhận điều kiện"
        indexes = [models.Index(fields=["assessment", "code", "-at"], name="condition_newest")]


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    def on(self, day: date) -> RecognitionQuerySet:
        return self.filter(valid__contains=day)

    def within(self, units: models.QuerySet[Unit]) -> RecognitionQuerySet:
        return self.filter(unit__in=units)


class Recognition(models.Model):
    """One line of the public register: a unit, a level, its days, the decision. Open to all, kept as it was.

    `valid` are the days on which it counts; `stops_on` is the first day after them as the decision said it, which stays
    when a revocation or a newer decision ends them earlier. Number, day and file of the papers are kept here as well,
    because the papers themselves are under the net.
    """

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="recognitions", verbose_name="đơn vị hành chính")
    province = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="tỉnh")
    unit_name = models.CharField("tên trong quyết định", max_length=120)
    province_name = models.CharField("tên tỉnh trong quyết định", max_length=120, blank=True)
    sort_key = models.CharField("khóa sắp xếp", max_length=400, db_collation="C")
    folded = models.GeneratedField(
        expression=Fold(F("unit_name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    framework = models.CharField("khung tiêu chí", max_length=60)
    edition = models.CharField("phiên bản", max_length=40)
    period = models.CharField("kỳ số liệu", max_length=8)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="recognitions", verbose_name="đợt đánh giá")
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="recognitions", verbose_name="bản tự đánh giá"
    )
    level = models.PositiveSmallIntegerField("mức độ", null=True)
    level_name = models.CharField("tên mức độ", max_length=100, blank=True)
    score = models.DecimalField("điểm", max_digits=12, decimal_places=4, null=True)
    valid = DateRangeField("thời gian có giá trị")
    stops_on = models.DateField("hết giá trị từ ngày")
    certificate = models.CharField("số giấy công nhận", max_length=20, unique=True)
    decision = models.ForeignKey(OfficialPaper, models.PROTECT, related_name="recognitions", verbose_name="quyết định")
    decision_number = models.CharField("số quyết định", max_length=50)
    decision_on = models.DateField("ngày quyết định")
    decision_issuer = models.CharField("cơ quan quyết định", max_length=200)
    decision_sha256 = models.CharField("mã kiểm tra bản đã ký", max_length=64)
    readings = models.JSONField("số liệu sau thẩm định")
    result = models.JSONField("kết quả thẩm định")
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)
    recognised_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghi quyết định"
    )
    recognised_at = models.DateTimeField("ghi lúc")
    superseded_on = models.DateField("có quyết định mới từ ngày", null=True)
    revoked_on = models.DateField("thu hồi từ ngày", null=True)
    revocation = models.ForeignKey(
        OfficialPaper, models.PROTECT, null=True, related_name="+", verbose_name="quyết định thu hồi"
    )
    revocation_number = models.CharField("số quyết định thu hồi", max_length=50, blank=True)
    revocation_sha256 = models.CharField("mã kiểm tra quyết định thu hồi", max_length=64, blank=True)
    reason = models.CharField("lý do thu hồi", max_length=2000, blank=True)
    rule = models.CharField("căn cứ thu hồi", max_length=1000, blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "công nhận"
        constraints = [
            ExclusionConstraint(
                name="unit_is_recognised_once_at_a_time",
                expressions=[
                    (singleton("unit_id"), RangeOperators.EQUAL),
                    (text_singleton("framework"), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="recognition_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None, revocation=None, reason="")
                | (Q(revoked_on__isnull=False, revocation__isnull=False) & ~Q(reason="")),
                name="revocation_has_paper_and_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["province", "sort_key"], name="register_province"),
            models.Index(fields=["-decision_on", "sort_key"], name="register_newest"),
            models.Index(fields=["unit", "-decision_on"], name="register_unit"),
        ]

    @property
    def address(self) -> str:
        return f"/so-cong-nhan/{self.certificate}/"

    @property
    def starts_on(self) -> date:
        start: date = self.valid.lower
        return start

    @property
    def last_day(self) -> date:
        """The last day on which it counts, or counted."""
        stop: date = self.valid.upper
        return stop - timedelta(days=1)

    def standing(self, on: date) -> Standing:
        return standing(
            on,
            start=self.valid.lower,
            stop=self.valid.upper,
            revoked_on=self.revoked_on,
            superseded_on=self.superseded_on,
        )

    @property
    def level_words(self) -> str:
        if self.level:
            return f"mức {self.level}, {self.level_name}"
        return self.level_name or "đạt chuẩn"

    @property
    def decision_words(self) -> str:
        return f"Quyết định {self.decision_number} ngày {self.decision_on:%d/%m/%Y} của {self.decision_issuer}"
