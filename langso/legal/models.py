from django.db import models


class LegalDocument(models.Model):
    """A document that can be cited: số, ký hiệu, cơ quan ban hành, ngày, trích yếu."""

    number = models.CharField("số, ký hiệu", max_length=60)
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    effective_on = models.DateField("ngày có hiệu lực", null=True, blank=True)
    title = models.CharField("trích yếu", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "văn bản"
        constraints = [
            models.UniqueConstraint(
                "number", "issuer", "issued_on", name="legal_document_cited_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~models.Q(number=""), name="legal_document_has_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ngày {self.issued_on:%d/%m/%Y}" if self.issued_on else self.number


class Clause(models.Model):
    """The words of one clause that made or changed a unit."""

    document = models.ForeignKey(LegalDocument, models.PROTECT, related_name="clauses", verbose_name="văn bản")
    number = models.CharField("khoản", max_length=20)
    text = models.TextField("nội dung")

    class Meta:
        verbose_name = verbose_name_plural = "khoản"
        constraints = [models.UniqueConstraint("document", "number", name="legal_clause_once_in_document")]

    def __str__(self) -> str:
        return f"khoản {self.number}, {self.document}"
