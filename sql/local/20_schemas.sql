-- The schemas and default privileges that a hosted project starts with.
-- Run as supabase_admin in the database to prepare.

do $$
begin
    execute format('alter database %I owner to postgres', current_database());
end;
$$;

create schema if not exists extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;

create schema if not exists auth authorization supabase_auth_admin;
grant usage on schema auth to postgres, anon, authenticated, service_role;

-- What projects of before 2026 grant by default. A migration that relies on less must revoke it,
-- and is tested to. Granted once, before the first migration: what that one took back stays away.
do $$
declare
    v_owner text;
    v_kind text;
begin
    grant usage on schema public to postgres, anon, authenticated, service_role;
    if to_regnamespace('private') is null then
        foreach v_owner in array array['postgres', 'supabase_admin'] loop
            foreach v_kind in array array['tables', 'sequences', 'functions'] loop
                execute format(
                    'alter default privileges for role %I in schema public '
                    'grant all on %s to postgres, anon, authenticated, service_role',
                    v_owner, v_kind
                );
            end loop;
        end loop;
    end if;
end;
$$;
