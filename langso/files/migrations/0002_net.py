"""Files belong to a unit: under the row-level net."""

from django.db import migrations

from langso.units.grants import no_policy, policy


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [migrations.RunSQL(policy("files_storedfile"), no_policy("files_storedfile"))]
