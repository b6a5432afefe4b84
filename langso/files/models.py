from __future__ import annotations

from django.db import models

from langso.people.models import Person
from langso.units.models import Unit


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def within(self, units: models.QuerySet[Unit]) -> StoredFileQuerySet:
        return self.filter(unit__in=units)


class StoredFile(models.Model):
    """A file someone handed in or was given back; the bytes lie under `sha256`, once, however often it is named."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    name = models.CharField("tên tệp", max_length=200)
    content_type = models.CharField("loại tệp", max_length=120)
    size = models.PositiveIntegerField("cỡ (byte)")
    sha256 = models.CharField("mã kiểm tra", max_length=64)
    stored_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người gửi")
    stored_at = models.DateTimeField("lưu lúc")
    needs = models.CharField("quyền cần có", max_length=30, blank=True)  # beside the door's: files with persons in them

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "tệp"
