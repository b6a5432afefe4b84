"""Villages and households. Purpose of the personal data: to know whom to visit next and with what.

Kept of a household: who heads it, how many live there, skills and needs from the programme's list, and whether they
agreed (Nghị định 13/2023/NĐ-CP). Read in the commune only.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast

from langso.legal.models import LegalDocument
from langso.units.models import Fold, OfUnitQuerySet, Unit


def this_transaction() -> Cast:
    """The number of the transaction that wrote the row: what a phone's cursor is compared with."""
    number = Func(function="pg_current_xact_id", output_field=models.TextField())
    return Cast(Cast(number, models.TextField()), models.BigIntegerField())


class VillageKind(models.TextChoices):
    THON = "thôn", "thôn"
    BAN = "bản", "bản"
    AP = "ấp", "ấp"
    KHU = "khu", "khu"
    BUON = "buôn", "buôn"
    LANG = "làng", "làng"
    XOM = "xóm", "xóm"
    TO_DAN_PHO = "tổ dân phố", "tổ dân phố"
    KHU_PHO = "khu phố", "khu phố"


class Signal(models.TextChoices):
    GOOD = "good", "có sóng"
    WEAK = "weak", "sóng chập chờn"
    NONE = "none", "không có sóng"
    UNKNOWN = "unknown", "chưa ghi"


class VillageQuerySet(OfUnitQuerySet["Village"]):
    def on(self, day: date) -> VillageQuerySet:
        return self.filter(valid__contains=day)


class Village(models.Model):
    """Thôn, bản, ấp, tổ dân phố: part of a commune on some days. A merged one names what it went into."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="villages", verbose_name="đơn vị hành chính")
    province_code = models.CharField("mã tỉnh", max_length=2, db_collation="C")
    kind = models.CharField("loại", max_length=12, choices=VillageKind)
    name = models.CharField("tên", max_length=120)
    sort_key = models.CharField("khóa sắp xếp", max_length=500, db_collation="C")
    folded = models.GeneratedField(
        expression=Fold(F("name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    households_count = models.PositiveIntegerField("số hộ", null=True)
    counted_on = models.DateField("ngày đếm hộ", null=True)
    signal = models.CharField("sóng di động", max_length=8, choices=Signal, default=Signal.UNKNOWN)
    valid = DateRangeField("thời gian")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="absorbed", verbose_name="nhập vào thôn"
    )
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, related_name="+", verbose_name="văn bản")
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thôn"
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="village_not_merged_into_itself"),
            models.UniqueConstraint(
                "unit", "folded", condition=Q(valid__upper_inf=True), name="village_once_in_its_commune"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "sort_key"], name="village_unit_order"),
            models.Index(fields=["province_code", "unit"], name="village_province"),
        ]

    def __str__(self) -> str:
        return self.name


class Consent(models.TextChoices):
    UNASKED = "unasked", "chưa hỏi"
    YES = "yes", "đồng ý"
    NO = "no", "không đồng ý"


class HouseholdQuerySet(OfUnitQuerySet["Household"]):
    def here(self) -> HouseholdQuerySet:
        """Those that have not left."""
        return self.filter(gone_on=None)


class Household(models.Model):
    """A household as it stands now; what it was is in its versions. `done` is what its visits have guided it in."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính", db_index=False)
    village = models.ForeignKey(Village, models.PROTECT, related_name="households", verbose_name="thôn", db_index=False)
    province_code = models.CharField("mã tỉnh", max_length=2, db_collation="C")
    head_name = models.CharField("chủ hộ", max_length=120)
    members_count = models.PositiveSmallIntegerField("số người", null=True)
    skills = models.IntegerField("kỹ năng đã có", default=0)
    needs = models.IntegerField("việc cần giúp", default=0)
    consent = models.CharField("đồng ý cho ghi", max_length=8, choices=Consent, default=Consent.UNASKED)
    code = models.CharField("mã hộ", max_length=6, blank=True)  # on the household's card; says that a visit took place
    version = models.PositiveIntegerField("phiên bản", default=1)
    gone_on = models.DateField("chuyển đi ngày", null=True)
    done = models.IntegerField("việc đã được hướng dẫn", default=0)
    last_on = models.DateField("lượt gần nhất", null=True)
    last_result = models.CharField("kết quả lượt gần nhất", max_length=8, blank=True)
    next_on = models.DateField("hẹn ngày", null=True)
    next_step = models.CharField("hẹn việc", max_length=200, blank=True)
    changed = models.BigIntegerField("giao dịch ghi", db_default=this_transaction())
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "hộ gia đình"
        constraints = [
            models.CheckConstraint(
                condition=Q(members_count=None) | Q(members_count__gte=1, members_count__lte=99),
                name="household_has_1_to_99_people",
            ),
            models.CheckConstraint(condition=~Q(head_name=""), name="household_has_a_head"),
        ]
        indexes = [
            models.Index(fields=["village", "changed"], name="household_village_changed"),
            models.Index(fields=["unit", "last_on"], name="household_unit_last"),
        ]

    def __str__(self) -> str:
        return self.head_name


class HouseholdVersion(models.Model):
    """One edit of a household. `state` says whether it applied, waits for a person's choice, or was kept aside."""

    unit_path = "unit"

    class State(models.TextChoices):
        APPLIED = "applied", "đã ghi"
        CONFLICT = "conflict", "chờ chọn"
        ASIDE = "aside", "để lại"
        FORCED = "forced", "ghi sau hạn chờ"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    household = models.ForeignKey(Household, models.PROTECT, related_name="versions", verbose_name="hộ gia đình")
    version = models.PositiveIntegerField("phiên bản")  # the one it made, or would have made
    trunk = models.PositiveIntegerField("phiên bản gốc", default=0)
    base = models.PositiveIntegerField("phiên bản trước", default=0)
    branch = models.UUIDField("lượt sửa", null=True)
    fields = models.JSONField("thay đổi")
    before = models.JSONField("trước đó", default=dict)
    state = models.CharField("tình trạng", max_length=8, choices=State)
    record_uid = models.UUIDField("mã bản ghi", null=True)
    member_id = models.BigIntegerField("thành viên", null=True)
    person_id = models.BigIntegerField("người ghi", null=True)
    at = models.DateTimeField("lúc")
    decided_at = models.DateTimeField("chọn lúc", null=True)
    decided_by = models.BigIntegerField("người chọn", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "phiên bản hộ gia đình"
        indexes = [
            models.Index(fields=["household", "version"], name="household_version_order"),
            models.Index(fields=["branch", "base"], condition=Q(branch__isnull=False), name="household_version_branch"),
            models.Index(fields=["unit"], condition=Q(state="conflict"), name="household_version_conflict"),
        ]
