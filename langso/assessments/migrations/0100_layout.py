"""How communes' own tables were matched, remembered; under the net like all work of a unit."""

import django.db.models.deletion
from django.db import migrations, models

from langso.units.grants import no_policy, policy


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0004_cycle_net"),
        ("people", "0001_initial"),
        ("units", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkbookLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("framework", models.CharField(max_length=60, verbose_name="khung tiêu chí")),
                ("signature", models.CharField(max_length=40, verbose_name="dấu của dòng tiêu đề")),
                ("sheet", models.CharField(max_length=60, verbose_name="trang tính")),
                ("columns", models.JSONField(verbose_name="các cột")),
                ("rows", models.JSONField(verbose_name="các dòng")),
                ("confirmed_at", models.DateTimeField(verbose_name="ghép lúc")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="người ghép",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                        verbose_name="đơn vị hành chính",
                    ),
                ),
            ],
            options={
                "verbose_name": "mẫu bảng đã ghép",
                "verbose_name_plural": "mẫu bảng đã ghép",
                "indexes": [models.Index(fields=["signature", "framework"], name="workbook_layout_seen")],
            },
        ),
        migrations.RunSQL(policy("assessments_workbooklayout"), no_policy("assessments_workbooklayout")),
    ]
