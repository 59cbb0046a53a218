-- What a role may already do with a whole table, function or schema; widening that is no weakening.
select
    grantee.name as grantee,
    held.object,
    held.privilege
from unnest($2::text []) as grantee (name)
cross join lateral (
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
        concat_ws('.', space.nspname, routine.proname),
        acl.privilege_type,
        acl.grantee
    from pg_proc as routine
    inner join pg_namespace as space on routine.pronamespace = space.oid
    cross join aclexplode(coalesce(routine.proacl, acldefault('f', routine.proowner))) as acl
    where space.nspname = any($1)
    union all
    select
        space.nspname::text,
        acl.privilege_type,
        acl.grantee
    from pg_namespace as space
    cross join aclexplode(space.nspacl) as acl
    where space.nspname = any($1)
) as held
left join pg_roles as role on held.role_id = role.oid
where coalesce(role.rolname, 'public') = grantee.name
order by grantee, object, privilege;
