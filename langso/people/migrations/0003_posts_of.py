"""All posts of a person, those out of the asker's reach too: whose password one may reset depends on every one of them."""

from django.db import migrations

# Security definer: the net would hide a post elsewhere, and a head of commune could take over an account of the province.
POSTS_OF = """
create function langso_posts_of(person bigint, since date)
returns table (role text, unit_id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select t.role::text, t.unit_id from people_post t
    where t.person_id = person and not isempty(t.valid) and (upper_inf(t.valid) or upper(t.valid) > since)
$$;
revoke execute on function langso_posts_of(bigint, date) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_net")]

    operations = [migrations.RunSQL(POSTS_OF, "drop function langso_posts_of(bigint, date)")]
