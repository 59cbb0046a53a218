-- Triggers that can stop an update, a delete or a truncate: those that fire before it.
select
    concat_ws('.', space.nspname, relation.relname) as relation,
    watch.tgname as name
from pg_trigger as watch
inner join pg_class as relation on watch.tgrelid = relation.oid
inner join pg_namespace as space on relation.relnamespace = space.oid
where
    space.nspname = any($1)
    and not watch.tgisinternal
    and watch.tgtype & 2 = 2
    and watch.tgtype & (8 | 16 | 32) <> 0
order by relation, name;
