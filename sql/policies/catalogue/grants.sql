-- What roles may already do with a whole table, function or schema: widening that weakens nothing.
-- The grantee `public` is everybody.
with held as (
    select
        concat_ws('.', space.nspname, relation.relname) as object,
        acl.privilege_type as privilege,
        acl.grantee as role_id
    from pg_class as relation
    inner join pg_namespace as space on relation.relnamespace = space.oid
    cross join aclexplode(relation.relacl) as acl
    where space.nspname = any($1) and relation.relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select
        concat_ws('.', space.nspname, routine.proname) as object,
        acl.privilege_type as privilege,
        acl.grantee as role_id
    from pg_proc as routine
    inner join pg_namespace as space on routine.pronamespace = space.oid
    cross join aclexplode(coalesce(routine.proacl, acldefault('f', routine.proowner))) as acl
    where space.nspname = any($1)
    union all
    select
        space.nspname::text as object,
        acl.privilege_type as privilege,
        acl.grantee as role_id
    from pg_namespace as space
    cross join aclexplode(space.nspacl) as acl
    where space.nspname = any($1)
)

select
    held.object,
    held.privilege,
    coalesce(role.rolname, 'public')::text as grantee
from held
left join pg_roles as role on held.role_id = role.oid
order by held.object, held.privilege, grantee;
