-- Columns a statement may name: no generated ones.
select
    concat_ws('.', space.nspname, relation.relname) as relation,
    attribute.attname as name
from pg_attribute as attribute
inner join pg_class as relation on attribute.attrelid = relation.oid
inner join pg_namespace as space on relation.relnamespace = space.oid
where
    space.nspname = any($1)
    and relation.relkind in ('r', 'p', 'v', 'm', 'f')
    and attribute.attnum > 0
    and not attribute.attisdropped
    and attribute.attgenerated = ''
    and attribute.attidentity <> 'a'
order by relation, attribute.attnum;
