-- Sequences: they count every company's rows together.
select concat_ws('.', space.nspname, relation.relname) as name
from pg_class as relation
inner join pg_namespace as space on relation.relnamespace = space.oid
where space.nspname = any($1) and relation.relkind = 'S'
order by name;
