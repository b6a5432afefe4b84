"""Phones, who works on them, and each item that came from one.

Purpose of the data: that nothing a volunteer wrote is lost or counted twice. A token is kept as its SHA-256 only.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from langso.people.models import Person
from langso.teams.models import Member
from langso.units.models import OfUnitQuerySet, Unit
from langso.villages.models import this_transaction


class Phone(models.Model):
    """A device, known by the number it made for itself; a lost one is revoked with all who work on it."""

    unit_path = "unit"

    uid = models.UUIDField("mã máy")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    label = models.CharField("tên máy", max_length=80, blank=True)
    first_seen_at = models.DateTimeField("thấy lần đầu lúc")
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thu hồi")
    revoked_reason = models.CharField("lý do", max_length=200, blank=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "máy điện thoại"
        constraints = [models.UniqueConstraint("uid", "unit", name="phone_once_in_a_commune")]


class Enrollment(models.Model):
    """A member's book on a phone: made by a code that works once, spoken for by a token."""

    unit_path = "unit"

    seat = models.UUIDField("mã sổ", default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    member = models.ForeignKey(Member, models.PROTECT, related_name="enrollments", verbose_name="thành viên")
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="enrollments", verbose_name="máy")
    code_digest = models.BinaryField("mã ghi danh", max_length=32, null=True)
    code_until = models.DateTimeField("mã dùng đến")
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người lập")
    token_digest = models.BinaryField("mã khóa", max_length=32, null=True)
    enrolled_at = models.DateTimeField("ghi danh lúc", null=True)
    spoke_at = models.DateTimeField("máy nói lần cuối", null=True)
    unsent_count = models.PositiveIntegerField("số chưa gửi", default=0)
    oldest_unsent_on = models.DateField("chưa gửi từ ngày", null=True)
    app = models.CharField("phiên bản ứng dụng", max_length=20, blank=True)
    skew_seconds = models.BigIntegerField("đồng hồ lệch (giây)", default=0)
    left_at = models.DateTimeField("thôi dùng lúc", null=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thu hồi")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "ghi danh máy"
        constraints = [
            models.UniqueConstraint("token_digest", name="enrollment_token_once"),
            models.UniqueConstraint("code_digest", name="enrollment_code_once"),
        ]
        indexes = [
            models.Index(fields=["unit"], name="enrollment_unsent", condition=Q(unsent_count__gt=0)),
        ]


class RecordState(models.TextChoices):
    WRITTEN = "written", "đã ghi"
    HELD = "held", "đang chờ"
    CONFLICT = "conflict", "chờ chọn"
    REFUSED = "refused", "không nhận"


class Record(models.Model):
    """One item from a device and the answer it got. Sent again, it gets the same answer.

    The body stays while the item waits or was refused, so that the commune can still take it over; once written, the
    row of its room is the content and the digest says what was sent.
    """

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính", db_index=False)
    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="records", verbose_name="ghi danh", db_index=False
    )
    kind = models.CharField("loại", max_length=10)
    digest = models.BinaryField("mã nội dung", max_length=32)
    state = models.CharField("trả lời", max_length=8, choices=RecordState)
    receipt = models.CharField("biên nhận", max_length=20, blank=True, db_collation="C")
    code = models.CharField("mã trả lời", max_length=40, blank=True)
    says = models.CharField("lời trả lời", max_length=400, blank=True)
    waits_for = models.UUIDField("chờ bản ghi", null=True)
    wait_until = models.DateTimeField("chờ đến", null=True)
    body = models.JSONField("nội dung", null=True)
    made_at = models.DateTimeField("ghi lúc")
    received_at = models.DateTimeField("nhận lúc")
    answered_at = models.DateTimeField("đổi trả lời lúc", null=True)
    taken_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="xã nhận thay")
    changed = models.BigIntegerField("giao dịch ghi", db_default=this_transaction())

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "bản ghi từ máy"
        indexes = [
            models.Index(fields=["enrollment", "changed"], name="record_enrollment_changed"),
            models.Index(fields=["waits_for"], name="record_waits_for", condition=Q(state="held")),
            models.Index(fields=["wait_until"], name="record_wait_until", condition=Q(state="held")),
            models.Index(fields=["unit", "state"], name="record_to_look_at", condition=~Q(state="written")),
            models.Index(fields=["receipt"], name="record_receipt"),
        ]


class Photo(models.Model):
    """A photo or a signature of a record, sent after the text, in pieces; whole when its checksum is right."""

    unit_path = "unit"

    uid = models.UUIDField("mã trên máy", unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="photos", verbose_name="ghi danh", db_index=False
    )
    record_uid = models.UUIDField("mã bản ghi")
    name = models.CharField("tên tệp", max_length=120, blank=True)
    content_type = models.CharField("loại tệp", max_length=40)
    sha256 = models.CharField("mã kiểm tra", max_length=64)
    size = models.PositiveIntegerField("cỡ (byte)")
    have = models.PositiveIntegerField("đã nhận (byte)", default=0)
    done_at = models.DateTimeField("đủ lúc", null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "ảnh của bản ghi"
        indexes = [models.Index(fields=["record_uid"], name="photo_record")]


class Parcel(models.Model):
    """A sealed batch that another phone carried here."""

    unit_path = "unit"

    uid = models.UUIDField("mã gói", unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="parcels", verbose_name="của sổ")
    carried_by = models.ForeignKey(Enrollment, models.PROTECT, related_name="+", verbose_name="do sổ mang")
    digest = models.BinaryField("mã nội dung", max_length=32)
    items_count = models.PositiveIntegerField("số bản ghi")
    receipt = models.CharField("biên nhận", max_length=20, db_collation="C")
    received_at = models.DateTimeField("nhận lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "gói mang hộ"


class HouseKey(models.Model):
    """The key that parcels are sealed to. One for the house, made at the first need, in the backup with the rest."""

    made_at = models.DateTimeField("lập lúc")
    private_pem = models.TextField("khóa riêng")

    class Meta:
        verbose_name = verbose_name_plural = "khóa của nhà"


class PhotoPiece(models.Model):
    """Bytes of a photo from an offset on; in the database, so that text and photo are as durable as each other."""

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="pieces", verbose_name="ảnh", db_index=False)
    start = models.PositiveIntegerField("từ byte")
    content = models.BinaryField("nội dung")

    class Meta:
        verbose_name = verbose_name_plural = "phần ảnh"
        constraints = [models.UniqueConstraint("photo", "start", name="photo_piece_once")]


class Seal(models.Model):
    """Up to which record the ledger has been told what came in; one a round."""

    last_id = models.BigIntegerField("đến bản ghi số", unique=True)
    count = models.PositiveIntegerField("số bản ghi")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = verbose_name_plural = "lần niêm bản ghi"
