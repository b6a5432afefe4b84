"""Figures are unpublished work of a unit: under the row-level net."""

from django.db import migrations

from langso.units.grants import no_policy, policy


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]

    operations = [migrations.RunSQL(policy("measures_reportedfigure"), no_policy("measures_reportedfigure"))]
