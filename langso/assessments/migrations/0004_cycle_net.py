"""What belongs to a unit's file is under the row-level net, as the file itself is."""

from django.db import migrations

from langso.units.grants import no_policy, policy

TABLES = ("assessments_step", "assessments_confirmation", "assessments_submission", "assessments_editing")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0003_cycle")]

    operations = [migrations.RunSQL(policy(table), no_policy(table)) for table in TABLES]
