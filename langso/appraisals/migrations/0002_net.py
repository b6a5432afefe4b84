"""All that is said of a unit before the decision is for those who reach the unit."""

from django.db import migrations

from langso.units.grants import no_policy, policy

TABLES = ("verdict", "message", "conclusion", "sampledraw", "samplevisit", "appeal")


class Migration(migrations.Migration):
    dependencies = [("appraisals", "0001_initial")]

    operations = [
        migrations.RunSQL(policy(f"appraisals_{table}"), no_policy(f"appraisals_{table}")) for table in TABLES
    ]
