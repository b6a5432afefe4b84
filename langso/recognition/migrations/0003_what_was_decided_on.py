"""What a closed session decided on, and from when a member sits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appraisals", "0003_stages"),
        ("recognition", "0002_net"),
    ]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="conclusion",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="appraisals.conclusion",
                verbose_name="kết luận thẩm định khi biểu quyết",
            ),
        ),
        migrations.AddField(
            model_name="candidate",
            name="conditions",
            field=models.JSONField(null=True, verbose_name="điều kiện khi biểu quyết"),
        ),
        migrations.AddField(
            model_name="councilmember",
            name="joined_on",
            field=models.DateField(null=True, verbose_name="tham gia từ ngày"),
        ),
        migrations.AlterField(
            model_name="councilmember",
            name="left_on",
            field=models.DateField(null=True, verbose_name="tham gia đến hết ngày"),
        ),
    ]
