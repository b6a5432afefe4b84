"""Drafts are under the row-level net; publications are for everyone."""

from django.db import migrations

from langso.units.grants import no_policy, policy


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [migrations.RunSQL(policy("assessments_assessment"), no_policy("assessments_assessment"))]
