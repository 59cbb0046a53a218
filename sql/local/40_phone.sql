-- Phone sign-in, locally: the local API knows e-mail only, so a phone is the name of a mailbox that
-- does not exist (`.invalid` is reserved and never resolves). Run as supabase_admin.

create or replace function auth.fill_phone_from_mailbox()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    new.phone := substring(new.email from '^([0-9]{6,15})@');
    -- The local API confirms a mailbox as soon as a code is asked for; hosted confirms a phone when
    -- the code has come back, which here is the update that uses the token up.
    new.email_confirmed_at := null;
    if tg_op = 'UPDATE' and old.recovery_token is not null and new.recovery_token is null then
        new.phone_confirmed_at := coalesce(old.phone_confirmed_at, now());
    end if;
    return new;
end;
$$;

create or replace trigger fill_phone_from_mailbox
before insert or update on auth.users
for each row
when (new.email ~ '^[0-9]{6,15}@phone\.invalid$')
execute function auth.fill_phone_from_mailbox();
