"""Households are read in their commune only; names of villages are no secret. What a phone has not seen yet is told by
the number of the transaction that wrote the row last."""

from django.db import migrations

from langso.units.grants import no_policy, policy

# The number of the transaction, on update too: a cursor must see every change.
STAMP = """
create function langso_stamp_transaction() returns trigger language plpgsql as $$
begin
    new.changed := pg_current_xact_id()::text::bigint;
    return new;
end $$;
create trigger stamp before update on villages_household for each row execute function langso_stamp_transaction();
"""


class Migration(migrations.Migration):
    dependencies = [("villages", "0001_initial")]

    operations = [
        migrations.RunSQL(
            policy("villages_household") + policy("villages_householdversion"),
            no_policy("villages_household") + no_policy("villages_householdversion"),
        ),
        migrations.RunSQL(STAMP, "drop trigger stamp on villages_household; drop function langso_stamp_transaction();"),
        # Short fields stay in the row: a household is 200 bytes and there are millions.
        migrations.RunSQL("alter table villages_household set (fillfactor = 85)", migrations.RunSQL.noop),
    ]
