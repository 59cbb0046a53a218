-- Schemas of ours: those under test, and those that the owner of our objects has made besides, but
-- for the homes of extensions.
select space.nspname::text as name
from pg_namespace as space
where
    space.nspname = any($1)
    or space.nspowner in (
        select relation.relowner
        from pg_class as relation
        inner join pg_namespace as tested on relation.relnamespace = tested.oid
        where tested.nspname = any($1)
    )
    and not exists (
        select from pg_extension as extension
        where extension.extnamespace = space.oid
    )
order by name;
