"""A notice is for those who reach its unit, or for its person; who has read it and where it was sent, for the person."""

from django.db import migrations

from langso.units.grants import no_policy, policy

SELF = "person_id = (select nullif(current_setting('langso.person', true), ''))::bigint"
EVERYWHERE = "(select current_setting('langso.everywhere', true)) = 'on'"


def own(table: str) -> str:
    return f"""
        alter table {table} enable row level security;
        create policy reach on {table} using ({EVERYWHERE} or {SELF});
    """


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.RunSQL(policy("notices_notice", also=SELF), no_policy("notices_notice")),
        *(migrations.RunSQL(own(table), no_policy(table)) for table in ("notices_seen", "notices_dispatch")),
    ]
