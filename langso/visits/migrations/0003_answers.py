"""Every answer to a request is kept, in order; so far the second took the place of the first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_net")]

    operations = [
        migrations.AddField(
            model_name="helprequest",
            name="answers",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()), default=list, verbose_name="các lần trả lời"
            ),
        ),
    ]
