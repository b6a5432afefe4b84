"""Forms, their versions, and what was answered.

Purpose of the personal data: to know what households need, as each form says at its head. Answers are read in the unit
they were gathered in and above it; the forms themselves are about nobody and everyone may read them.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from langso.people.models import Person
from langso.teams.models import Member
from langso.units.models import Fold, OfUnitQuerySet, Reach, Unit
from langso.villages.models import Household, Village


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def reaching(self, units: models.QuerySet[Unit], on: date) -> QuestionnaireQuerySet:
        """Those that some of the units use: their own, those of the units above them, those of the whole country."""
        above = Reach.objects.filter(unit__in=units).on(on).values("root")
        return self.filter(Q(unit=None) | Q(unit__in=above) | Q(unit__in=units))

    def saying(self, words: list[str]) -> QuestionnaireQuerySet:
        """Those in which every word begins some word; `words` as `lib.vietnamese.fold` leaves them."""
        found = self
        for word in words:
            found = found.filter(Q(folded__startswith=word) | Q(folded__contains=f" {word}"))
        return found


class Questionnaire(models.Model):
    """A form under its code, through all its versions. Without a unit it belongs to the whole country."""

    code = models.CharField("mã phiếu", max_length=60, unique=True, db_collation="C")
    title = models.CharField("tên phiếu", max_length=200)
    sort_key = models.CharField("khóa sắp xếp", max_length=800, db_collation="C")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="đơn vị hành chính")

    folded = models.GeneratedField(
        expression=Fold(Concat("title", Value(" "), "code")),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "phiếu"
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="questionnaire_has_a_code")]

    def __str__(self) -> str:
        return self.title


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    def issued(self) -> FormVersionQuerySet:
        return self.filter(issued_at__isnull=False)

    def standing(self) -> FormVersionQuerySet:
        return self.issued().filter(withdrawn_at=None)


class FormVersion(models.Model):
    """One version of a form, as it was imported. Once issued it never changes; answers name the version they follow."""

    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="versions", verbose_name="phiếu", db_index=False
    )
    version = models.CharField("phiên bản", max_length=40, db_collation="C")
    title = models.CharField("tên phiếu", max_length=200)
    definition = models.JSONField("nội dung")
    xform = models.TextField("bản XForm")
    xform_md5 = models.CharField("mã bản XForm", max_length=32)
    questions_count = models.PositiveIntegerField("số câu hỏi")
    workbook = models.BinaryField("tệp XLSForm")
    workbook_name = models.CharField("tên tệp", max_length=200)
    workbook_sha256 = models.CharField("mã kiểm tra tệp", max_length=64)
    imported_at = models.DateTimeField("nhập lúc")
    imported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người nhập")
    issued_at = models.DateTimeField("ban hành lúc", null=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người ban hành")
    withdrawn_at = models.DateTimeField("thu hồi lúc", null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thu hồi")
    withdrawn_reason = models.CharField("lý do thu hồi", max_length=500, blank=True)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "phiên bản phiếu"
        constraints = [
            models.UniqueConstraint("questionnaire", "version", name="form_version_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | (Q(issued_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="form_withdrawn_with_reason_after_issue",
            ),
        ]


class Way(models.TextChoices):
    APP = "app", "ứng dụng đi hộ"
    ODK = "odk", "ODK Collect"
    DESK = "desk", "bàn làm việc"


class FilledForm(models.Model):
    """One form that was answered, once for each `uid`. A correction is another that names it in `corrects`."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", unique=True)
    form = models.ForeignKey(
        FormVersion, models.PROTECT, related_name="filled", verbose_name="phiên bản phiếu", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính", db_index=False)
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, related_name="+", verbose_name="thôn", db_index=False
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, related_name="filled_forms", verbose_name="hộ gia đình", db_index=False
    )
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name="thành viên tổ", db_index=False
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghi", db_index=False
    )
    way = models.CharField("gửi qua", max_length=4, choices=Way)
    answers = models.JSONField("câu trả lời")
    problems_count = models.PositiveSmallIntegerField("số chỗ cần xem lại", default=0)
    made_on = models.DateField("ngày ghi")
    received_at = models.DateTimeField("nhận lúc")
    digest = models.BinaryField("mã nội dung", max_length=32)
    corrects = models.UUIDField("sửa cho phiếu", null=True)
    replaced_at = models.DateTimeField("được sửa lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "phiếu đã trả lời"
        constraints = [
            models.UniqueConstraint("corrects", condition=Q(corrects__isnull=False), name="filled_form_corrected_once"),
            models.CheckConstraint(condition=~Q(corrects=F("uid")), name="filled_form_corrects_another"),
        ]
        indexes = [
            models.Index(fields=["form", "unit", "-received_at"], name="filled_form_unit_order"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="filled_form_household"),
        ]
