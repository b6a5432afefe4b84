"""Teams, members and what they are paid. Purpose of the personal data: to reach who helps in a village.

Kept of a member: name, role, occupation, phone, training. Citizens see those who
agreed (Nghị định 13/2023/NĐ-CP).
"""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from langso.legal.models import LegalDocument
from langso.people.models import Person
from langso.units.models import Fold, OfUnitQuerySet, Unit, singleton
from langso.villages.models import Village


class TeamQuerySet(OfUnitQuerySet["Team"]):
    def on(self, day: date) -> TeamQuerySet:
        return self.filter(valid__contains=day)


class Team(models.Model):
    """Tổ công nghệ số cộng đồng, set up by a decision of the commune (793/BTTTT-THH), for one or more villages."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="teams", verbose_name="đơn vị hành chính")
    province_code = models.CharField("mã tỉnh", max_length=2, db_collation="C")
    name = models.CharField("tên tổ", max_length=160)
    sort_key = models.CharField("khóa sắp xếp", max_length=600, db_collation="C")
    folded = models.GeneratedField(
        expression=Fold(F("name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    document = models.ForeignKey(
        LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="quyết định thành lập"
    )
    valid = DateRangeField("thời gian")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="absorbed", verbose_name="nhập vào tổ"
    )
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "Tổ công nghệ số cộng đồng"
        indexes = [
            models.Index(fields=["unit", "sort_key"], name="team_unit_order"),
            models.Index(fields=["province_code", "sort_key"], name="team_province_order"),
            models.Index(fields=["sort_key", "id"], name="team_order"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamVillage(models.Model):
    """The villages a team serves on some days; a village has one team a day."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    team = models.ForeignKey(Team, models.PROTECT, related_name="served", verbose_name="tổ")
    village = models.ForeignKey(Village, models.PROTECT, related_name="served_by", verbose_name="thôn", db_index=False)
    valid = DateRangeField("thời gian")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thôn của tổ"
        constraints = [
            ExclusionConstraint(
                name="village_has_one_team_a_day",
                expressions=[
                    (singleton("village_id"), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes = [models.Index(fields=["village"], name="team_village_village")]


class MemberRole(models.TextChoices):
    LEADER = "leader", "tổ trưởng"
    DEPUTY = "deputy", "tổ phó"
    MEMBER = "member", "thành viên"


class Training(models.TextChoices):
    NONE = "none", "chưa tập huấn"
    BASIC = "basic", "đã tập huấn cơ bản"
    FULL = "full", "đã hoàn thành bồi dưỡng"


class MemberQuerySet(OfUnitQuerySet["Member"]):
    def on(self, day: date) -> MemberQuerySet:
        return self.filter(valid__contains=day)


class Member(models.Model):
    """Someone in a team for a term; the leader is often the head of the village."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name="tổ")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="memberships", verbose_name="người")
    full_name = models.CharField("họ và tên", max_length=120)
    sort_key = models.CharField("khóa sắp xếp", max_length=500, db_collation="C")
    folded = models.GeneratedField(
        expression=Fold(F("full_name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    address = models.CharField("xưng hô", max_length=10, blank=True)
    role = models.CharField("vai trò", max_length=8, choices=MemberRole, default=MemberRole.MEMBER)
    occupation = models.CharField("công việc", max_length=80, blank=True)  # trưởng thôn, bí thư chi đoàn, giáo viên …
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    is_listed = models.BooleanField("đồng ý cho người dân thấy", default=False)
    training = models.CharField("tập huấn", max_length=5, choices=Training, default=Training.NONE)
    trained_on = models.DateField("ngày tập huấn", null=True)
    valid = DateRangeField("thời gian")
    left_reason = models.CharField("lý do thôi", max_length=200, blank=True)
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thành viên tổ"
        constraints = [
            ExclusionConstraint(
                name="team_has_one_leader_a_day",
                expressions=[(singleton("team_id"), RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(role="leader"),
            ),
            models.CheckConstraint(condition=~Q(full_name=""), name="member_has_a_name"),
        ]
        indexes = [models.Index(fields=["unit", "sort_key"], name="member_unit_order")]

    def __str__(self) -> str:
        return f"{self.address.capitalize()} {self.full_name}".strip()


class NetworkCount(models.Model):
    """What the network of one commune amounts to now; made anew at each change, so that the country is a sum."""

    unit_path = "unit"

    unit = models.OneToOneField(
        Unit, models.PROTECT, related_name="network", verbose_name="đơn vị hành chính", primary_key=True
    )
    province_code = models.CharField("mã tỉnh", max_length=2, db_collation="C")
    villages_count = models.PositiveIntegerField("số thôn", default=0)
    villages_with_team_count = models.PositiveIntegerField("số thôn có tổ", default=0)
    teams_count = models.PositiveIntegerField("số tổ", default=0)
    teams_without_leader_count = models.PositiveIntegerField("số tổ chưa có tổ trưởng", default=0)
    members_count = models.PositiveIntegerField("số thành viên", default=0)
    trained_count = models.PositiveIntegerField("số thành viên đã tập huấn", default=0)
    households_count = models.PositiveIntegerField("số hộ", default=0)
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "số đếm mạng lưới"
        indexes = [models.Index(fields=["province_code"], name="network_province")]


class RatePer(models.TextChoices):
    TEAM_MONTH = "team_month", "mỗi tổ, mỗi tháng"
    MEMBER_MONTH = "member_month", "mỗi thành viên, mỗi tháng"
    MEMBER_DAY = "member_day", "mỗi người, mỗi ngày hoạt động"


class AllowanceRate(models.Model):
    """What a province pays, on some days, by its resolution: e.g. 300.000 đ a team and month (Đà Nẵng, NQ 26/2025)."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    per = models.CharField("tính theo", max_length=12, choices=RatePer)
    amount_vnd = models.PositiveIntegerField("mức chi (đồng)")
    valid = DateRangeField("thời gian")
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "mức hỗ trợ"
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="allowance_rate_above_zero"),
        ]
        indexes = [models.Index(fields=["unit", "per"], name="allowance_rate_unit")]


class AllowanceList(models.Model):
    """What is payable in a commune for a month, line by line; frozen when approved."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    month = models.CharField("tháng", max_length=7, db_collation="C")
    lines = models.JSONField("các dòng")
    total_vnd = models.BigIntegerField("tổng (đồng)")
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người lập")
    approved_at = models.DateTimeField("duyệt lúc", null=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người duyệt")
    replaced_at = models.DateTimeField("thay lúc", null=True)
    reason = models.CharField("lý do thay bảng trước", max_length=300, blank=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "bảng chi hỗ trợ"
        constraints = [
            models.UniqueConstraint("unit", "month", condition=Q(replaced_at=None), name="one_allowance_list_a_month")
        ]
