"""Keys and answers are seen by their own person; one function finds a key before anybody is in."""

from django.db import migrations

from langso.units.grants import no_policy

OWN = """
alter table {table} enable row level security;
create policy reach on {table} using (
    (select current_setting('langso.everywhere', true)) = 'on'
    or person_id = (select nullif(current_setting('langso.person', true), ''))::bigint
);
"""
# Runs as the owner: it must find the key before anything is set that would let the application see one.
KEY = """
create function langso_key(digest text)
returns table (id bigint, account_id bigint, expires_on date, revoked_at timestamptz, is_active boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select k.id, a.id, k.expires_on, k.revoked_at, a.is_active
    from exchange_apikey k
    join people_person p on p.id = k.person_id
    join people_account a on a.id = p.account_id
    where k.sha256 = digest
$$;
revoke execute on function langso_key(text) from public;
"""
TABLES = ("exchange_apikey", "exchange_receivedrequest")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("people", "0003_posts_of")]

    operations = [
        migrations.RunSQL("".join(OWN.format(table=t) for t in TABLES), "".join(map(no_policy, TABLES))),
        migrations.RunSQL(KEY, "drop function langso_key(text)"),
    ]
