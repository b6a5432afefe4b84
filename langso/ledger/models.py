from django.db import models


class Entry(models.Model):
    """One act. Written by `langso_ledger_append` in the database, never by the ORM."""

    book = models.CharField(
        "quyển", max_length=20
    )  # one chain per province, so that provinces do not wait for each other
    line = models.BigIntegerField("dòng")
    at = models.DateTimeField("lúc")
    by_id = models.BigIntegerField("người làm", null=True)
    did = models.CharField("việc", max_length=60)
    what = models.CharField("đối tượng", max_length=80)
    unit_id = models.BigIntegerField("đơn vị", null=True)
    facts = models.JSONField("nội dung")
    previous = models.BinaryField("mã dòng trước", max_length=32)
    digest = models.BinaryField("mã dòng", max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "dòng nhật ký"
        constraints = [models.UniqueConstraint("book", "line", name="ledger_line_once_in_book")]
        indexes = [models.Index(fields=["unit_id", "-at"], name="ledger_unit_at")]
        default_permissions = ()
