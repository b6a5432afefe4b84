"""Visits, gatherings, requests for help, spot checks, and the tallies kept with them.

Purpose of the personal data: a person who asks for help leaves a name and a telephone number so that the team can
come; both are erased a year after the answer (`langso remind`).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q, Value

from langso.people.models import Person
from langso.teams.models import Member, Team
from langso.units.models import OfUnitQuerySet, Unit
from langso.villages.models import Household, Village, this_transaction


class Result(models.TextChoices):
    ABLE = "able", "bà con tự làm được"
    MORE = "more", "làm được, cần giúp thêm"
    NOT_YET = "not_yet", "chưa làm được"


class Proof(models.TextChoices):
    NONE = "none", "không"
    CODE = "code", "mã hộ đúng"
    WRONG_CODE = "wrong", "mã hộ không khớp"
    SIGNATURE = "signature", "chữ ký của hộ"
    PHOTO = "photo", "ảnh"


class VisitState(models.TextChoices):
    COUNTED = "counted", "được tính"
    DOUBLED = "doubled", "chờ chọn: hai người cùng ghi"
    AGAIN = "again", "lượt thứ hai trong ngày, không tính thêm"
    ASIDE = "aside", "để lại, không tính"


class Origin(models.TextChoices):
    FIELD = "field", "ứng dụng trên điện thoại"
    ODK = "odk", "ODK Collect"
    DESK = "desk", "xã ghi"
    SIMULATED = "simulated", "mô phỏng"


class VisitQuerySet(OfUnitQuerySet["Visit"]):
    def standing(self) -> VisitQuerySet:
        """Not corrected by a later one."""
        return self.filter(replaced_at=None)


class Visit(models.Model):
    """One lượt đến hộ. Added, never rewritten: a correction is another row that names this one."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính", db_index=False)
    province_code = models.CharField("mã tỉnh", max_length=2, db_collation="C")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="thôn", db_index=False)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="visits", verbose_name="hộ gia đình", db_index=False
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", verbose_name="tổ", db_index=False)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name="thành viên", db_index=False
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghi ở xã", db_index=False
    )
    visited_on = models.DateField("ngày đến")
    topics = models.IntegerField("việc hướng dẫn")
    result = models.CharField("kết quả", max_length=8, choices=Result)
    next_on = models.DateField("hẹn ngày", null=True)
    next_step = models.CharField("hẹn việc", max_length=200, blank=True)
    note = models.CharField("ghi thêm", max_length=500, blank=True)
    proof = models.CharField("xác nhận", max_length=9, choices=Proof, default=Proof.NONE)
    campaign_uid = models.UUIDField("chiến dịch", null=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name="sửa lượt", db_index=False
    )
    state = models.CharField("tình trạng", max_length=8, choices=VisitState, default=VisitState.COUNTED)
    origin = models.CharField("ghi bằng", max_length=9, choices=Origin, default=Origin.FIELD)
    made_at = models.DateTimeField("ghi lúc")
    received_at = models.DateTimeField("nhận lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "lượt đến hộ"
        constraints = [
            models.CheckConstraint(condition=Q(topics__gt=0), name="visit_has_a_topic"),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(person__isnull=False) | Q(origin="simulated"),
                name="visit_has_someone_behind_it",
            ),
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="visit_does_not_correct_itself"),
        ]
        indexes = [
            models.Index(fields=["household", "visited_on"], name="visit_household_day"),
            models.Index(fields=["unit", "-visited_on", "-id"], name="visit_unit_day"),
            models.Index(fields=["unit"], name="visit_to_choose", condition=Q(state="doubled", replaced_at=None)),
        ]


class Gathering(models.Model):
    """Buổi hướng dẫn: many people in one place, as in the culture house."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    province_code = models.CharField("mã tỉnh", max_length=2, db_collation="C")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="thôn")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", verbose_name="tổ")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name="thành viên")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người ghi ở xã")
    held_on = models.DateField("ngày")
    place = models.CharField("nơi", max_length=120)
    topics = models.IntegerField("việc hướng dẫn")
    attended_count = models.PositiveSmallIntegerField("số người dự")
    note = models.CharField("ghi thêm", max_length=500, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections", verbose_name="sửa buổi")
    origin = models.CharField("ghi bằng", max_length=9, choices=Origin, default=Origin.FIELD)
    made_at = models.DateTimeField("ghi lúc")
    received_at = models.DateTimeField("nhận lúc")
    replaced_at = models.DateTimeField("thay lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "buổi hướng dẫn"
        constraints = [
            models.CheckConstraint(condition=Q(topics__gt=0), name="gathering_has_a_topic"),
            models.CheckConstraint(
                condition=Q(attended_count__gte=1, attended_count__lte=2000), name="gathering_has_people"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-held_on"], name="gathering_unit_day")]


class RequestState(models.TextChoices):
    OPEN = "open", "chờ giúp"
    MORE = "more", "đã giúp, còn việc"
    DONE = "done", "đã giúp xong"
    CANNOT = "cannot", "chưa giúp được"
    CLOSED = "closed", "đã đóng"


class HelpRequest(models.Model):
    """A citizen asks for help; the team of the village answers. Followed by its code, no account is needed.

    `answers` has every answer in order, each with its result, words, days, who gave it, and whether the asker said that
    it helped; `answered_at` is of the first, by which it was in time. `state` is where the request stands.
    """

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", default=uuid.uuid4, unique=True)
    code = models.CharField("mã theo dõi", max_length=12, unique=True, db_collation="C")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    village = models.ForeignKey(Village, models.PROTECT, null=True, related_name="+", verbose_name="thôn")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", verbose_name="hộ gia đình")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", verbose_name="tổ")
    name = models.CharField("người nhờ", max_length=120)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    topic = models.CharField("việc cần giúp", max_length=20)
    text = models.CharField("nội dung", max_length=600, blank=True)
    made_at = models.DateTimeField("nhờ lúc")
    due_on = models.DateField("hạn trả lời")
    state = models.CharField("tình trạng", max_length=6, choices=RequestState, default=RequestState.OPEN)
    answers = models.JSONField("các lần trả lời", default=list, db_default=Value([], models.JSONField()))
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    was_helped = models.BooleanField("người nhờ nói là giúp được", null=True)
    erased_at = models.DateTimeField("xóa tên lúc", null=True)
    changed = models.BigIntegerField("giao dịch ghi", db_default=this_transaction())
    is_simulated = models.BooleanField("số liệu mô phỏng", default=False)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "yêu cầu giúp"
        indexes = [
            models.Index(fields=["unit", "state", "due_on"], name="request_unit_due"),
            models.Index(fields=["village", "changed"], name="request_village_changed"),
        ]


class Tally(models.Model):
    """What a village did in a month, for one topic or (empty) for all; a commune's sum is the row without a village.

    A household is counted once a year, in the month when it was first reached or first guided in the topic.
    """

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính", db_index=False)
    province_code = models.CharField("mã tỉnh", max_length=2, db_collation="C")
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, related_name="+", verbose_name="thôn", db_index=False
    )
    month = models.CharField("tháng", max_length=7, db_collation="C")
    topic = models.CharField("việc hướng dẫn", max_length=20, blank=True, db_collation="C")
    visits_count = models.IntegerField("số lượt đến hộ", default=0)
    reached_count = models.IntegerField("số hộ được đến lần đầu trong năm", default=0)
    guided_count = models.IntegerField("số hộ được hướng dẫn lần đầu trong năm", default=0)
    confirmed_count = models.IntegerField("số lượt có xác nhận của hộ", default=0)
    gatherings_count = models.IntegerField("số buổi", default=0)
    attended_count = models.IntegerField("số người dự", default=0)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "số đếm theo tháng"
        constraints = [
            models.UniqueConstraint(
                "unit", "village", "month", "topic", name="tally_once_a_month", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(
                fields=["month", "topic", "province_code"], name="tally_of_communes", condition=Q(village=None)
            ),
        ]


class SpotDraw(models.Model):
    """A sample of visits whose households are asked whether it helped; drawn from a recorded seed."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    seed = models.CharField("hạt ngẫu nhiên", max_length=40)
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày")
    of_count = models.PositiveIntegerField("rút từ số lượt")
    drawn_at = models.DateTimeField("rút lúc")
    drawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người rút")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "lần rút mẫu hỏi lại"


class SpotAnswer(models.TextChoices):
    HELPED = "helped", "có đến, giúp được"
    NOT_HELPED = "not_helped", "có đến, chưa giúp được"
    NOBODY_CAME = "nobody_came", "không có ai đến"
    NOT_REACHED = "not_reached", "chưa hỏi được"


class SpotCheck(models.Model):
    """One household of the sample and what it said."""

    unit_path = "unit"

    draw = models.ForeignKey(SpotDraw, models.PROTECT, related_name="checks", verbose_name="lần rút")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="checks", verbose_name="lượt đến hộ")
    answer = models.CharField("hộ trả lời", max_length=12, choices=SpotAnswer, blank=True)
    note = models.CharField("ghi thêm", max_length=300, blank=True)
    asked_at = models.DateTimeField("hỏi lúc", null=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người hỏi")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "hỏi lại hộ"
        constraints = [models.UniqueConstraint("draw", "visit", name="visit_once_in_a_draw")]
