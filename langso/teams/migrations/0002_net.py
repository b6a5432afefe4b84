"""Members are under the net, but those who agreed to be listed for citizens; what a commune pays is its own matter."""

from django.db import migrations

from langso.units.grants import no_policy, policy


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]

    operations = [
        migrations.RunSQL(policy("teams_member", also="is_listed"), no_policy("teams_member")),
        migrations.RunSQL(policy("teams_allowancelist"), no_policy("teams_allowancelist")),
    ]
