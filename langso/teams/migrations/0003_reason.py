"""Why an approved list was replaced stands on the list itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_net")]

    operations = [
        migrations.AddField(
            model_name="allowancelist",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="lý do thay bảng trước"),
            preserve_default=False,
        )
    ]
