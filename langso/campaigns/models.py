"""Campaigns and their scripts. No personal data: everyone may read what is asked and with which words."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from langso.people.models import Person
from langso.units.models import Unit


class Campaign(models.Model):
    """What the teams below a unit are asked to guide on some days, and the share of households aimed at."""

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns", verbose_name="đơn vị mở")
    title = models.CharField("tên chiến dịch", max_length=160)
    topics = models.IntegerField("việc hướng dẫn")
    valid = DateRangeField("thời gian")
    target_share = models.DecimalField("chỉ tiêu (% số hộ)", max_digits=4, decimal_places=1, null=True)
    about = models.CharField("nội dung", max_length=600, blank=True)
    form_id = models.CharField("mã phiếu", max_length=60, blank=True)
    opened_at = models.DateTimeField("mở lúc", null=True)
    ended_at = models.DateTimeField("kết thúc lúc", null=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người lập")
    made_at = models.DateTimeField("lập lúc")
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "chiến dịch"
        constraints = [
            models.CheckConstraint(condition=Q(topics__gt=0), name="campaign_has_a_topic"),
            models.CheckConstraint(
                condition=Q(target_share=None) | Q(target_share__gt=0, target_share__lte=100),
                name="campaign_target_in_0_100",
            ),
        ]
        indexes = [models.Index(fields=["unit"], name="campaign_unit")]

    def __str__(self) -> str:
        return self.title


class Script(models.Model):
    """Words for the door, step by step: read, or read aloud by the phone."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="scripts", verbose_name="chiến dịch")
    order = models.PositiveSmallIntegerField("thứ tự")
    title = models.CharField("tên bài", max_length=160)
    steps = models.JSONField("các bước")

    class Meta:
        verbose_name = verbose_name_plural = "lời hướng dẫn"
        constraints = [models.UniqueConstraint("campaign", "order", name="script_order_once_in_campaign")]
