-- Phone sign-in, locally: the local API knows e-mail only, so a phone is the name of a mailbox that does not exist.
-- `.invalid` is reserved and never resolves. Run as supabase_admin.

create or replace function auth.fill_phone_from_alias()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    new.phone := coalesce(substring(new.email from '^([0-9]{6,15})@phone\.invalid$'), new.phone);
    if new.email ~ '^[0-9]{6,15}@phone\.invalid$' then
        new.phone_confirmed_at := coalesce(new.phone_confirmed_at, new.email_confirmed_at);
    end if;
    return new;
end;
$$;

create or replace trigger fill_phone_from_alias
before insert or update on auth.users
for each row
execute function auth.fill_phone_from_alias();
