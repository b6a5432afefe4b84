from __future__ import annotations

from django.db import models

from langso.people.models import Person


class ApiKey(models.Model):
    """A secret by which another system acts as a person. Only its digest is kept; the secret is told once."""

    name = models.CharField("tên khóa", max_length=100)
    person = models.ForeignKey(Person, models.PROTECT, related_name="api_keys", verbose_name="người")
    sha256 = models.CharField("mã kiểm tra khóa", max_length=64, unique=True)
    made_at = models.DateTimeField("cấp lúc")
    expires_on = models.DateField("hết hạn ngày")
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)
    last_used_on = models.DateField("dùng lần cuối ngày", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "khóa API"

    def __str__(self) -> str:
        return self.name


class ReceivedRequest(models.Model):
    """What was answered to a write, so that the same sent again is answered the same and written once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="người")
    key = models.CharField("mã yêu cầu", max_length=200)
    digest = models.CharField("mã kiểm tra nội dung", max_length=64)
    status = models.PositiveSmallIntegerField("mã trả lời")
    content_type = models.CharField("loại trả lời", max_length=60)
    answer = models.TextField("trả lời")
    at = models.DateTimeField("nhận lúc")

    class Meta:
        verbose_name = verbose_name_plural = "yêu cầu đã nhận"
        constraints = [models.UniqueConstraint("person", "key", name="request_answered_once")]
