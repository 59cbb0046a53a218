-- The roles that a hosted project has and a bare PostgreSQL lacks.
-- Run as supabase_admin, any number of times. Passwords are set by `backroom`: without one, no role
-- can sign in.

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

grant anon to authenticator;
grant authenticated to authenticator;
grant service_role to authenticator;

-- The local API does the work of two hosted services in one session. It may become what
-- `authenticator` may become, which shows a grant that a migration forgot, and it owns what the
-- auth service owns.
grant authenticator to local_api;
grant supabase_auth_admin to local_api;
-- It finds tables through information_schema, which lists what the session's user may read.
grant pg_read_all_data to local_api;

do $$
declare
    v_role name;
begin
    foreach v_role in array array['anon', 'authenticated', 'service_role', 'authenticator']
    loop
        -- Since 16 the right to grant a role to others is separate, and hosted `postgres` has it.
        execute format(
            'grant %I to postgres %s',
            v_role,
            case when current_setting('server_version_num')::integer >= 160000 then 'with admin option' end
        );
    end loop;
end;
$$;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth;
