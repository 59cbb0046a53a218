-- Functions: schema.name, argument types, whose rights apply, whether triggers call it, its text.
select
    concat_ws('.', space.nspname, routine.proname) as name,
    array(
        select format_type(argument.type, null)
        from unnest(routine.proargtypes::oid[]) with ordinality as argument (type, place)
        order by argument.place
    ) as arguments,
    routine.prosecdef as is_definer,
    routine.prorettype = 'trigger'::regtype as is_trigger,
    routine.prokind::text as kind,
    routine.prosrc as body,
    case when routine.prokind <> 'a' then pg_get_functiondef(routine.oid) else '' end as definition
from pg_proc as routine
inner join pg_namespace as space on routine.pronamespace = space.oid
where
    space.nspname = any($1)
    and routine.prokind in ('f', 'p', 'a')
    and not exists (
        select from pg_depend as part
        where part.objid = routine.oid and part.deptype = 'e'
    )
order by name, arguments;
