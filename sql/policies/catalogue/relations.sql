-- Tables and views: schema.name, kind, row security, what a view can do (is_updatable bits), and
-- the functions that its defaults and generated columns call.
select
    concat_ws('.', space.nspname, relation.relname) as name,
    relation.relkind in ('v', 'm') as is_view,
    relation.relrowsecurity as row_security,
    pg_relation_is_updatable(relation.oid, true) as updatable,
    array(
        select distinct used.refobjid::regprocedure::text
        from pg_attrdef as expression
        inner join pg_depend as used on expression.oid = used.objid
        where
            expression.adrelid = relation.oid
            and used.classid = 'pg_attrdef'::regclass
            and used.refclassid = 'pg_proc'::regclass
    ) as calls
from pg_class as relation
inner join pg_namespace as space on relation.relnamespace = space.oid
where space.nspname = any($1) and relation.relkind in ('r', 'p', 'v', 'm', 'f')
order by name;
