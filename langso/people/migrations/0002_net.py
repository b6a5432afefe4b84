"""The row-level net over persons and posts, and the function by which a request enters it."""

from django.db import migrations

from langso.units.grants import no_policy, policy

# Runs as the owner: it must find the person before anything is set that would let the application see one.
ENTER = """
create function langso_enter(account bigint, day date)
returns table (person_id bigint, full_name text, address text, role text, unit_id bigint, place text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found bigint;
begin
    select p.id into found from people_person p where p.account_id = account;
    perform set_config('langso.person', coalesce(found::text, ''), true);
    perform set_config('langso.day', day::text, true);
    perform set_config('langso.everywhere',
        case when exists (select 1 from people_post t where t.person_id = found and t.valid @> day and t.unit_id is null)
        then 'on' else '' end, true);
    perform set_config('langso.roots', coalesce(
        (select string_agg(t.unit_id::text, ',') from people_post t
         where t.person_id = found and t.valid @> day and t.unit_id is not null), ''), true);
    return query
        select p.id, p.full_name::text, p.address::text, t.role::text, t.unit_id, n.name::text
        from people_person p
        left join people_post t on t.person_id = p.id and t.valid @> day
        left join units_unitname n on n.unit_id = t.unit_id and (n.valid @> day)
        where p.id = found
        order by t.id;
end $$;
revoke execute on function langso_enter(bigint, date) from public;
"""
SELF = "{column} = (select nullif(current_setting('langso.person', true), ''))::bigint"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(
            policy("people_person", also=SELF.format(column="id"))
            + policy("people_post", also=SELF.format(column="person_id")),
            no_policy("people_person") + no_policy("people_post"),
        ),
        migrations.RunSQL(ENTER, "drop function langso_enter(bigint, date)"),
    ]
