"""What a system says of a unit is unpublished until a result is."""

from django.db import migrations

from langso.units.grants import no_policy, policy


class Migration(migrations.Migration):
    dependencies = [("measures", "0003_systemreading")]

    operations = [migrations.RunSQL(policy("measures_systemreading"), no_policy("measures_systemreading"))]
