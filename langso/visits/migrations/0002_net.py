"""Visits, requests and checks are under the net; tallies are sums without persons and public. A citizen without an
account reaches the one request whose code she has."""

from django.db import migrations

from langso.units.grants import no_policy, policy

GUARDED = ("visits_visit", "visits_gathering", "visits_spotdraw", "visits_spotcheck")
BY_CODE = "code = (select nullif(current_setting('langso.request', true), ''))"
STAMP = (
    "create trigger stamp before update on visits_helprequest for each row execute function langso_stamp_transaction()"
)
# Sums of requests for the public page of a commune: how many were asked, answered, answered in time; nobody is named.
REQUESTS = """
create function langso_requests_of(units bigint[], since date, until date)
returns table (unit_id bigint, asked bigint, answered bigint, in_time bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select q.unit_id, count(*), count(q.answered_at),
           count(*) filter (where (q.answered_at at time zone 'Asia/Ho_Chi_Minh')::date <= q.due_on)
    from visits_helprequest q
    where q.unit_id = any(units) and q.made_at >= since::timestamp at time zone 'Asia/Ho_Chi_Minh'
      and q.made_at < until::timestamp at time zone 'Asia/Ho_Chi_Minh'
    group by q.unit_id
$$;
revoke execute on function langso_requests_of(bigint[], date, date) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial"), ("villages", "0002_net")]

    operations = [
        *(migrations.RunSQL(policy(table), no_policy(table)) for table in GUARDED),
        migrations.RunSQL(policy("visits_helprequest", also=BY_CODE), no_policy("visits_helprequest")),
        migrations.RunSQL(REQUESTS, "drop function langso_requests_of(bigint[], date, date)"),
        migrations.RunSQL(STAMP, "drop trigger stamp on visits_helprequest"),
    ]
