from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from langso.evidence import rules
from langso.files.models import StoredFile
from langso.people.models import Person
from langso.units.models import Fold, Unit


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def within(self, units: models.QuerySet[Unit]) -> EvidenceQuerySet:
        return self.filter(unit__in=units)

    def standing(self) -> EvidenceQuerySet:
        """Those not taken back."""
        return self.filter(withdrawn_at=None)

    def saying(self, words: list[str]) -> EvidenceQuerySet:
        """Those in which every word begins some word; `words` as `lib.vietnamese.fold` leaves them."""
        found = self
        for word in words:
            found = found.filter(Q(folded__startswith=word) | Q(folded__contains=f" {word}"))
        return found


class Evidence(models.Model):
    """A paper that can be cited, or a photo. What it says of itself never changes; a mistake is taken back."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "văn bản"
        PHOTO = "photo", "ảnh"

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evidence", verbose_name="đơn vị hành chính")
    kind = models.CharField("loại", max_length=10, choices=Kind)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True)
    title = models.CharField("trích yếu", max_length=rules.LONGEST_TITLE, blank=True)
    paper_key = models.CharField("khóa nhận ra văn bản", max_length=400, db_collation="C", blank=True)
    number_key = models.CharField("khóa sắp xếp", max_length=400, db_collation="C", blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="tệp")
    file_sha256 = models.CharField("mã kiểm tra tệp", max_length=64, db_collation="C", blank=True)
    taken_on = models.DateField("ngày chụp", null=True)
    taken_at = models.DateTimeField("chụp lúc", null=True)
    place = models.CharField("nơi chụp", max_length=200, blank=True)
    latitude = models.FloatField("vĩ độ", null=True)
    longitude = models.FloatField("kinh độ", null=True)
    perceptual_hash = models.BigIntegerField("vân ảnh", null=True)
    kept_reason = models.CharField("lý do giữ", max_length=500, blank=True)
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thêm")
    added_at = models.DateTimeField("thêm lúc")
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người rút")
    withdrawn_at = models.DateTimeField("rút lúc", null=True)
    withdrawn_reason = models.CharField("lý do rút", max_length=500, blank=True)
    folded = models.GeneratedField(
        expression=Fold(Concat("number", Value(" "), "title", Value(" "), "issuer", Value(" "), "place")),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "minh chứng"
        constraints = [
            models.UniqueConstraint(
                "unit",
                "paper_key",
                "issued_on",
                condition=Q(kind="document", withdrawn_at=None),
                name="one_standing_document",
            ),
            models.UniqueConstraint(
                "unit", "file_sha256", condition=Q(kind="photo", withdrawn_at=None), name="one_standing_photo"
            ),
            models.CheckConstraint(
                condition=~Q(kind="document")
                | (~Q(number="") & ~Q(issuer="") & ~Q(paper_key="") & Q(issued_on__isnull=False)),
                name="evidence_document_can_be_cited",
            ),
            models.CheckConstraint(
                condition=~Q(kind="photo") | (Q(file__isnull=False) & Q(number="", issued_on=None)),
                name="evidence_photo_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(file=None, file_sha256="") | (Q(file__isnull=False) & ~Q(file_sha256="")),
                name="evidence_file_has_its_checksum",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="evidence_place_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | (Q(withdrawn_at__gte=F("added_at")) & ~Q(withdrawn_reason="")),
                name="evidence_withdrawn_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-added_at"], name="evidence_unit_added"),
            models.Index(fields=["file_sha256"], condition=~Q(file_sha256=""), name="evidence_same_bytes"),
            # Holds all that the search for likenesses reads, so that it never touches the table.
            models.Index(
                fields=["perceptual_hash"],
                include=["id", "unit", "added_at"],
                condition=Q(perceptual_hash__isnull=False, withdrawn_at=None),
                name="evidence_photo_likeness",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        return self.kind == self.Kind.PHOTO

    @property
    def name(self) -> str:
        """How one speaks of it."""
        if self.is_photo:
            return f"Ảnh: {self.title or self.place}" if self.title or self.place else f"Ảnh số {self.pk}"
        return self.number

    @property
    def day(self) -> date | None:
        return self.taken_on if self.is_photo else self.issued_on

    @property
    def doubt(self) -> str:
        """Why the day of a photo is not to be relied on; empty when nothing speaks against it."""
        if self.taken_on and rules.is_doubtful(self.taken_on, added_at=self.added_at):
            return rules.doubt_says(self.taken_on)
        return ""


class CitationQuerySet(models.QuerySet["Citation"]):
    def within(self, units: models.QuerySet[Unit]) -> CitationQuerySet:
        return self.filter(unit__in=units)

    def standing(self) -> CitationQuerySet:
        return self.filter(removed_at=None)


class Citation(models.Model):
    """A criterion of a unit, framework and period leans on a piece of evidence."""

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="citations", verbose_name="đơn vị hành chính")
    framework = models.CharField("khung tiêu chí", max_length=60)
    period = models.CharField("kỳ số liệu", max_length=8)
    criterion = models.CharField("tiêu chí", max_length=60)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="citations", verbose_name="minh chứng")
    page = models.CharField("trang", max_length=60, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    cited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người dẫn")
    cited_at = models.DateTimeField("dẫn lúc")
    removed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người bỏ")
    removed_at = models.DateTimeField("bỏ lúc", null=True)

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "dẫn minh chứng"
        constraints = [
            models.UniqueConstraint(
                "unit",
                "framework",
                "period",
                "criterion",
                "evidence",
                condition=Q(removed_at=None),
                name="evidence_cited_once",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("cited_at")), name="citation_removed_after_cited"
            ),
        ]
        indexes = [models.Index(fields=["evidence"], name="citation_evidence")]


class LikenessQuerySet(models.QuerySet["Likeness"]):
    def within(self, units: models.QuerySet[Unit]) -> LikenessQuerySet:
        return self.filter(unit__in=units)


class Likeness(models.Model):
    """At the moment it was added, a file or photo was like one already there. `unit` is the unit of `evidence`."""

    class Kind(models.TextChoices):
        SAME_FILE = "same_file", "cùng một tệp"
        SAME_PHOTO = "same_photo", "cùng một ảnh"

    unit_path = "unit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị hành chính")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="likenesses", verbose_name="minh chứng")
    other = models.ForeignKey(Evidence, models.PROTECT, related_name="liked_by", verbose_name="minh chứng kia")
    other_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị kia")
    other_on = models.DateField("ngày thêm minh chứng kia")
    kind = models.CharField("giống ở", max_length=10, choices=Kind)
    distance = models.PositiveSmallIntegerField("số bit khác")
    seen_at = models.DateTimeField("thấy lúc")

    objects = LikenessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "chỗ giống nhau"
        constraints = [
            models.UniqueConstraint("evidence", "other", "kind", name="likeness_seen_once"),
            models.CheckConstraint(condition=~Q(evidence=F("other")), name="likeness_to_another"),
            models.CheckConstraint(condition=Q(distance__lte=64), name="likeness_distance_in_64"),
        ]
        indexes = [models.Index(fields=["other"], name="likeness_other")]
