"""Evidence is unpublished work of a unit: under the row-level net. And the one function that sees across units."""

from django.db import migrations

from langso.units.grants import REACHED, no_policy, policy

# Security definer: the same photo in the neighbour's evidence is found, and nothing of the neighbour's evidence is told
# but where, when and how alike. It answers only for evidence that the asker's own net reaches.
# The same bytes under the same number, issuer and day are one paper cited honestly in two places: no likeness.
LIKENESSES = f"""
create function langso_evidence_likenesses(evidence bigint, near integer)
returns table (other_id bigint, other_unit_id bigint, kind text, distance integer, other_on date)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    own record;
begin
    select e.id, e.unit_id, e.kind, e.paper_key, e.issued_on, e.file_sha256, e.perceptual_hash as hash into own
    from evidence_evidence e where e.id = evidence and ({REACHED.format(column="e.unit_id")});
    if not found then
        return;
    end if;
    return query
        with same_file as (
            select e.id, e.unit_id, e.added_at from evidence_evidence e
            where own.file_sha256 <> '' and e.file_sha256 <> '' and e.file_sha256 = own.file_sha256
              and e.withdrawn_at is null and e.unit_id <> own.unit_id
              and not (e.kind = 'document' and own.kind = 'document'
                       and e.paper_key = own.paper_key and e.issued_on = own.issued_on)
        ), same_photo as (
            select e.id, e.unit_id, e.added_at, bit_count((e.perceptual_hash # own.hash)::bit(64))::integer as bits
            from evidence_evidence e
            where own.hash is not null and e.perceptual_hash is not null and e.withdrawn_at is null
              and bit_count((e.perceptual_hash # own.hash)::bit(64)) <= near and e.id <> own.id
        ), found as (
            select f.id, f.unit_id, 'same_file' as what, 0 as bits, f.added_at from same_file f
            union all
            select p.id, p.unit_id, 'same_photo', p.bits, p.added_at from same_photo p
            where p.id not in (select f.id from same_file f)
        )
        select f.id, f.unit_id, f.what, f.bits, (f.added_at at time zone 'Asia/Ho_Chi_Minh')::date
        from found f order by f.what, f.bits, f.added_at, f.id limit 20;
end $$;
revoke execute on function langso_evidence_likenesses(bigint, integer) from public;
"""  # noqa: S608  # the only thing put in is the condition of the net
TABLES = ("evidence_evidence", "evidence_citation", "evidence_likeness")


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [
        *(migrations.RunSQL(policy(table), no_policy(table)) for table in TABLES),
        migrations.RunSQL(LIKENESSES, "drop function langso_evidence_likenesses(bigint, integer)"),
    ]
