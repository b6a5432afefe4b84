from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from langso.people.models import Person
from langso.units.models import Unit


class NoticeQuerySet(models.QuerySet["Notice"]):
    def within(self, units: models.QuerySet[Unit]) -> NoticeQuerySet:
        return self.filter(unit__in=units)


class Notice(models.Model):
    """One thing told, once: the same key again is the same notice. Added, never changed."""

    unit_path = "unit"

    key = models.CharField("khóa", max_length=160, unique=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="notices", verbose_name="người nhận"
    )  # null: whoever holds one of the roles
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name="đơn vị hành chính"
    )  # null: the whole country
    roles = ArrayField(models.CharField(max_length=30), verbose_name="vai trò nhận", default=list)
    text = models.CharField("nội dung", max_length=500)
    link = models.CharField("đường dẫn", max_length=200, blank=True)
    due_on = models.DateField("hạn", null=True)
    at = models.DateTimeField("lúc")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thông báo"
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(roles__len__gt=0), name="notice_has_someone_to_read_it"
            )
        ]
        indexes = [
            models.Index(fields=["unit", "-at"], name="notice_unit_at"),
            models.Index(fields=["person", "-at"], name="notice_person_at"),
        ]


class Seen(models.Model):
    """A person has read a notice; a colleague with the same role still has it before her."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="seen", verbose_name="thông báo")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="người đọc")
    at = models.DateTimeField("đọc lúc")

    class Meta:
        verbose_name = verbose_name_plural = "lượt đọc thông báo"
        constraints = [models.UniqueConstraint("notice", "person", name="notice_seen_once")]


class Dispatch(models.Model):
    """A notice on its way to one person through one channel; tried again until it is sent."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="dispatches", verbose_name="thông báo")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="người nhận")
    channel = models.CharField("kênh", max_length=20)
    tries = models.PositiveSmallIntegerField("số lần thử", default=0)
    problem = models.CharField("lỗi lần trước", max_length=300, blank=True)
    made_at = models.DateTimeField("lập lúc")
    sent_at = models.DateTimeField("gửi lúc", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "lượt gửi thông báo"
        constraints = [models.UniqueConstraint("notice", "person", "channel", name="notice_dispatched_once")]
        indexes = [models.Index(fields=["made_at"], condition=Q(sent_at=None), name="notice_waiting")]
