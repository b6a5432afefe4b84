"""Visits, requests and checks are under the net; tallies are sums without persons and public. A citizen without an
account reaches the one request whose code she has."""

from django.db import migrations

from langso.units.grants import no_policy, policy

GUARDED = ("visits_visit", "visits_gathering", "visits_spotdraw", "visits_spotcheck")
BY_CODE = "code = (select nullif(current_setting('langso.request', true), ''))"
STAMP = (
    "create trigger stamp before update on visits_helprequest for each row execute function langso_stamp_transaction()"
)


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial"), ("villages", "0002_net")]

    operations = [
        *(migrations.RunSQL(policy(table), no_policy(table)) for table in GUARDED),
        migrations.RunSQL(policy("visits_helprequest", also=BY_CODE), no_policy("visits_helprequest")),
        migrations.RunSQL(STAMP, "drop trigger stamp on visits_helprequest"),
    ]
