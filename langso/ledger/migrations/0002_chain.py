"""The function that adds a line and chains it, and the net over reading."""

from django.db import migrations

from langso.units.grants import no_policy, policy

# A JSON array leaves no doubt where one field ends; jsonb writes its keys in one order, times are UTC to the microsecond.
DIGEST = """
create function langso_ledger_digest(
    previous bytea, book text, line bigint, at timestamptz, by_id bigint, did text, what text, unit_id bigint, facts jsonb
) returns bytea language sql stable parallel safe as $$
    select sha256(previous || convert_to(jsonb_build_array(
        book, line, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), by_id, did, what, unit_id, facts
    )::text, 'UTF8'))
$$;
"""
# Security definer: the application cannot insert by itself. One lock a book, held until commit, keeps the order.
APPEND = """
create function langso_ledger_append(at timestamptz, by_id bigint, did text, what text, unit bigint, facts jsonb)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    the_book text;
    last_line bigint;
    last_digest bytea;
    made bigint;
begin
    select 'tinh-' || min(r.root_id) into the_book
    from units_reach r join units_unit u on u.id = r.root_id and u.level = 'province'
    where r.unit_id = unit and r.valid @> (langso_ledger_append.at at time zone 'Asia/Ho_Chi_Minh')::date;
    the_book := coalesce(the_book, 'ca-nuoc');
    perform pg_advisory_xact_lock(hashtextextended('langso.ledger.' || the_book, 0));
    select e.line, e.digest into last_line, last_digest
    from ledger_entry e where e.book = the_book order by e.line desc limit 1;
    last_line := coalesce(last_line, 0) + 1;
    last_digest := coalesce(last_digest, ''::bytea);
    insert into ledger_entry (book, line, at, by_id, did, what, unit_id, facts, previous, digest)
    values (the_book, last_line, at, by_id, did, what, unit, facts, last_digest,
        langso_ledger_digest(last_digest, the_book, last_line, at, by_id, did, what, unit, facts))
    returning id into made;
    return made;
end $$;
revoke execute on function langso_ledger_append(timestamptz, bigint, text, text, bigint, jsonb) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("units", "0001_initial")]

    operations = [
        migrations.RunSQL(
            DIGEST + APPEND,
            "drop function langso_ledger_append(timestamptz, bigint, text, text, bigint, jsonb);"
            "drop function langso_ledger_digest(bytea, text, bigint, timestamptz, bigint, text, text, bigint, jsonb)",
        ),
        migrations.RunSQL(policy("ledger_entry"), no_policy("ledger_entry")),
    ]
