"""A numbered paper, a closed session and who was there stand as they are, whoever asks the database."""

from django.db import migrations

FUNCTION = """
create function langso_stands() returns trigger language plpgsql as $$
begin
    if new is distinct from old then
        raise exception '% % stands and does not change', tg_table_name, old.id using errcode = '23000';
    end if;
    return new;
end $$;
"""
STANDS = """
create trigger stands before update on {table} for each row when ({settled}) execute function langso_stands();
"""
SETTLED = {"recognition_officialpaper": "old.number <> ''", "recognition_councilsession": "old.closed_at is not null"}

ATTENDANCE = """
create function langso_attendance_stands() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new is not distinct from old then
        return new;
    end if;
    if exists (
        select 1 from recognition_councilsession s where s.closed_at is not null
        and (s.id = new.session_id or (tg_op = 'UPDATE' and s.id = old.session_id))
    ) then
        raise exception 'attendance of a closed session stands and does not change' using errcode = '23000';
    end if;
    return new;
end $$;
create trigger stands before insert or update on recognition_attendance
    for each row execute function langso_attendance_stands();
"""
NO_ATTENDANCE = """
drop trigger stands on recognition_attendance;
drop function langso_attendance_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("recognition", "0003_what_was_decided_on")]

    operations = [
        migrations.RunSQL(FUNCTION, "drop function langso_stands()"),
        *(
            migrations.RunSQL(STANDS.format(table=table, settled=settled), f"drop trigger stands on {table}")
            for table, settled in SETTLED.items()
        ),
        migrations.RunSQL(ATTENDANCE, NO_ATTENDANCE),
    ]
