-- The roles that a hosted project has and a bare PostgreSQL lacks. Run as supabase_admin, any number of times.
-- Passwords are set by `backroom`; no role can sign in without one.

do $$
declare
    v_role record;
begin
    for v_role in
        select *
        from (values
            ('postgres', 'login'),
            ('anon', 'nologin'),
            ('authenticated', 'nologin'),
            ('service_role', 'nologin'),
            ('authenticator', 'login'),
            ('supabase_auth_admin', 'login'),
            ('local_api', 'login')
        ) as wanted (name, login)
        where not exists (select from pg_roles where rolname = wanted.name)
    loop
        execute format('create role %I %s', v_role.name, v_role.login);
    end loop;
end;
$$;

-- No superuser, as hosted: migrations that only a superuser could run must fail here too.
alter role postgres nosuperuser createrole createdb replication bypassrls login;
alter role service_role bypassrls;
alter role authenticator noinherit;
alter role supabase_auth_admin noinherit createrole;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres;

-- The local API does the work of two hosted services in one session. It may become what `authenticator` may become,
-- which shows a grant that a migration forgot, and it owns what the auth service owns.
grant authenticator, supabase_auth_admin to local_api;

do $$
begin
    -- Since 16 the right to grant a role to others is separate, and hosted `postgres` has it.
    if current_setting('server_version_num')::integer >= 160000 then
        grant anon, authenticated, service_role, authenticator to postgres with admin option;
    else
        grant authenticator to postgres;
    end if;
end;
$$;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth;
