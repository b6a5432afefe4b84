"""The net over what phones sent, and the two functions by which a phone enters it."""

from django.db import migrations

from langso.units.grants import no_policy, policy

GUARDED = ("fieldwork_phone", "fieldwork_enrollment", "fieldwork_record", "fieldwork_photo", "fieldwork_parcel")

# Both run as the owner: the enrolment must be found before anything is set that would let the application see it.
# A seat reaches its commune (and what that absorbed), for this transaction; the code narrows it to the team's villages.
SEAT = """
create function langso_enter_seat(digest bytea, day date)
returns table (
    enrollment_id bigint, seat uuid, unit_id bigint, member_id bigint, member_uid uuid, full_name text, address text,
    role text, team_id bigint, team_uid uuid, team_name text, province_code text, term daterange, team_valid daterange,
    phone_revoked_at timestamptz, revoked_at timestamptz, left_at timestamptz
)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('langso.person', '', true), set_config('langso.everywhere', '', true),
            set_config('langso.day', day::text, true), set_config('langso.roots', '', true);
    return query
        select e.id, e.seat, e.unit_id, m.id, m.uid, m.full_name::text, m.address::text, m.role::text,
               t.id, t.uid, t.name::text, t.province_code::text, m.valid, t.valid,
               p.revoked_at, e.revoked_at, e.left_at
        from fieldwork_enrollment e
        join teams_member m on m.id = e.member_id
        join teams_team t on t.id = m.team_id
        left join fieldwork_phone p on p.id = e.phone_id
        where e.token_digest = digest
          and set_config('langso.roots', e.unit_id::text, true) is not null;
end $$;
revoke execute on function langso_enter_seat(bytea, date) from public;
"""
CODE = """
create function langso_enter_code(digest bytea, day date) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found_id bigint;
begin
    perform set_config('langso.person', '', true), set_config('langso.everywhere', '', true),
            set_config('langso.day', day::text, true), set_config('langso.roots', '', true);
    select e.id into found_id from fieldwork_enrollment e
    where e.code_digest = digest and set_config('langso.roots', e.unit_id::text, true) is not null;
    return found_id;
end $$;
revoke execute on function langso_enter_code(bytea, date) from public;
"""
# A parcel names the book it is from, perhaps of another commune than the carrier's; the digest of its token proves it.
KEY_OF_SEAT = """
create function langso_key_of_seat(asked uuid) returns bytea
language sql stable security definer set search_path = public, pg_temp as $$
    select e.token_digest from fieldwork_enrollment e where e.seat = asked
$$;
revoke execute on function langso_key_of_seat(uuid) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0001_initial"), ("villages", "0002_net")]

    operations = [
        *(migrations.RunSQL(policy(table), no_policy(table)) for table in GUARDED),
        migrations.RunSQL(
            "create trigger stamp before update on fieldwork_record"
            " for each row execute function langso_stamp_transaction()",
            "drop trigger stamp on fieldwork_record",
        ),
        # A JPEG does not get smaller: no time is lost trying.
        migrations.RunSQL(
            "alter table fieldwork_photopiece alter column content set storage external", migrations.RunSQL.noop
        ),
        migrations.RunSQL(SEAT, "drop function langso_enter_seat(bytea, date)"),
        migrations.RunSQL(CODE, "drop function langso_enter_code(bytea, date)"),
        migrations.RunSQL(KEY_OF_SEAT, "drop function langso_key_of_seat(uuid)"),
    ]
