"""What leads to a decision is for those who reach the unit; the recognition itself is public and stays outside."""

from django.db import migrations

from langso.units.grants import no_policy, policy

TABLES = (
    "attendance",
    "ballot",
    "candidate",
    "conditionrecord",
    "council",
    "councilmember",
    "councilsession",
    "officialpaper",
)


class Migration(migrations.Migration):
    dependencies = [("recognition", "0001_initial")]

    operations = [
        migrations.RunSQL(policy(f"recognition_{table}"), no_policy(f"recognition_{table}")) for table in TABLES
    ]
