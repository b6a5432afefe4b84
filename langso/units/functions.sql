-- The SQL twins of lib.vietnamese.fold and of the code number. Immutable, so that generated columns may use them.
-- Only letters with a decomposition lose marks; đ has none and is replaced by hand. Works under any locale provider.
create or replace function langso_fold(t text) returns text
language sql immutable strict parallel safe as $$
  select btrim(regexp_replace(
    translate(
      regexp_replace(replace(normalize(translate(t, '’‘`ʼ´', ''''''''''''), NFD), '''', ''), U&'[\0300-\036f]', '', 'g'),
      'ĐđABCDEFGHIJKLMNOPQRSTUVWXYZ', 'ddabcdefghijklmnopqrstuvwxyz'),
    '[^0-9a-z]+', ' ', 'g'))
$$;

-- Length and number of an official code in one integer: 01, 001 and 00001 are different codes.
create or replace function langso_code_number(code text) returns bigint
language sql immutable strict parallel safe as $$ select length(code) * 100000 + code::bigint $$;
