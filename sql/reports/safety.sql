-- What must hold about roles, grants and row security: one row per fault, none when all is right.
select 'postgres is a superuser, which hides missing grants' as fault
from pg_catalog.pg_roles as role
where role.rolname = 'postgres' and role.rolsuper
union all
select 'the role edge_adapter is missing' as fault
where
    not exists (
        select from pg_catalog.pg_roles as role
        where role.rolname = 'edge_adapter'
    )
union all
select 'edge_adapter may do more than call its functions' as fault
from pg_catalog.pg_roles as role
where
    role.rolname = 'edge_adapter'
    and (role.rolsuper or role.rolbypassrls or role.rolcreaterole or role.rolcanlogin)
union all
select 'authenticator cannot become edge_adapter' as fault
from pg_catalog.pg_roles as role
where
    role.rolname = 'authenticator'
    and exists (
        select from pg_catalog.pg_roles as adapter
        where adapter.rolname = 'edge_adapter'
    )
    and not pg_has_role('authenticator', 'edge_adapter', 'member')
union all
select 'row security is off on ' || tables.relname as fault
from pg_catalog.pg_class as tables
where
    tables.relnamespace = to_regnamespace('public')
    and tables.relkind in ('r', 'p')
    and not tables.relrowsecurity
union all
select
    grants.grantee || ' may ' || lower(grants.privilege_type) || ' ' || grants.table_name
        as fault
from information_schema.role_table_grants as grants
where
    grants.table_schema in ('public', 'private')
    and grants.grantee in ('PUBLIC', 'anon', 'edge_adapter')
union all
select 'anyone may call ' || functions.proname as fault
from pg_catalog.pg_proc as functions
where
    functions.pronamespace = to_regnamespace('public')
    and has_function_privilege('public', functions.oid, 'execute')
order by fault;
