"""Answers are under the row-level net; forms and their versions are about nobody and everyone may read them."""

from django.db import migrations

from langso.units.grants import no_policy, policy

TABLE = "questionnaires_filledform"


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]

    operations = [migrations.RunSQL(policy(TABLE), no_policy(TABLE))]
