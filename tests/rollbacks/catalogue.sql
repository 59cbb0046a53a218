-- Everything that a migration can leave in a database, one row per thing: kind, name, what it is.
-- Nothing here depends on oids or on the order in which things were made.
with space as (
    select schema.oid, schema.nspname as name, schema.nspowner, schema.nspacl
    from pg_namespace as schema
    where schema.nspname in ('public', 'private', 'extensions')
),

relation as (
    select class.*, space.name || '.' || class.relname as name
    from pg_class as class
    inner join space on class.relnamespace = space.oid
    where class.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
),

routine as (
    select proc.*, proc.oid::regprocedure::text as name
    from pg_proc as proc
    inner join space on proc.pronamespace = space.oid
),

holding (kind, name, acl) as (
    select 'schema', space.name::text, coalesce(space.nspacl, acldefault('n', space.nspowner))
    from space
    union all
    select
        'relation', relation.name,
        coalesce(relation.relacl, acldefault(
            case relation.relkind when 'S' then 's'::"char" else 'r' end, relation.relowner
        ))
    from relation
    union all
    select 'column', relation.name || '.' || attribute.attname, attribute.attacl
    from pg_attribute as attribute
    inner join relation on attribute.attrelid = relation.oid
    where attribute.attacl is not null
    union all
    select 'routine', routine.name, coalesce(routine.proacl, acldefault('f', routine.proowner))
    from routine
    union all
    select 'type', type.oid::regtype::text, coalesce(type.typacl, acldefault('T', type.typowner))
    from pg_type as type
    inner join space on type.typnamespace = space.oid
    union all
    select
        'default',
        concat_ws(
            ' ', given.defaclrole::regrole::text, given.defaclnamespace::regnamespace::text,
            given.defaclobjtype
        ),
        given.defaclacl
    from pg_default_acl as given
),

thing (kind, name, definition) as (
    select 'schema', space.name::text, space.nspowner::regrole::text
    from space
    union all
    select
        case relation.relkind when 'r' then 'table' when 'v' then 'view' else 'relation' end,
        relation.name,
        concat_ws(
            ' ', relation.relkind, relation.relowner::regrole::text, relation.relpersistence,
            relation.relrowsecurity, relation.relforcerowsecurity, relation.reloptions,
            case when relation.relkind = 'v' then pg_get_viewdef(relation.oid) end
        )
    from relation
    union all
    select
        'column',
        relation.name || '.' || attribute.attname,
        concat_ws(
            ' ',
            rank() over (partition by relation.oid order by attribute.attnum),
            format_type(attribute.atttypid, attribute.atttypmod),
            attribute.attnotnull, attribute.attidentity, attribute.attgenerated,
            pg_get_expr(preset.adbin, preset.adrelid)
        )
    from pg_attribute as attribute
    inner join relation on attribute.attrelid = relation.oid
    left join pg_attrdef as preset
        on attribute.attrelid = preset.adrelid and attribute.attnum = preset.adnum
    where attribute.attnum > 0 and not attribute.attisdropped and relation.relkind <> 'S'
    union all
    select
        'constraint',
        rule.conrelid::regclass::text || '.' || rule.conname,
        concat_ws(' ', pg_get_constraintdef(rule.oid), rule.convalidated)
    from pg_constraint as rule
    where rule.conrelid <> 0 and rule.connamespace in (
        select schema.oid
        from pg_namespace as schema
        where schema.nspname in ('public', 'private', 'extensions', 'auth')
    )
    union all
    select 'index', index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
    from pg_index as index
    inner join relation on index.indrelid = relation.oid
    union all
    select
        case routine.prokind when 'a' then 'aggregate' else 'function' end,
        routine.name,
        concat_ws(
            ' ',
            routine.proowner::regrole::text,
            case when routine.prokind <> 'a' then pg_get_functiondef(routine.oid) end,
            (
                select
                    concat_ws(
                        ' ', aggregate.aggtransfn::regproc::text,
                        aggregate.aggtranstype::regtype::text
                    )
                from pg_aggregate as aggregate
                where aggregate.aggfnoid = routine.oid
            )
        )
    from routine
    union all
    select
        'type',
        type.oid::regtype::text,
        concat_ws(
            ' ', type.typtype, type.typowner::regrole::text,
            (
                select string_agg(label.enumlabel, ' ' order by label.enumsortorder)
                from pg_enum as label
                where label.enumtypid = type.oid
            ),
            (
                select
                    string_agg(
                        field.attname || ' ' || format_type(field.atttypid, field.atttypmod), ', '
                        order by field.attnum
                    )
                from pg_attribute as field
                where
                    field.attrelid = type.typrelid
                    and field.attnum > 0
                    and not field.attisdropped
            )
        )
    from pg_type as type
    inner join space on type.typnamespace = space.oid
    union all
    select
        'policy',
        concat_ws(' ', policy.schemaname, policy.tablename, policy.policyname),
        concat_ws(
            ' ', policy.permissive, policy.roles, policy.cmd, policy.qual, policy.with_check
        )
    from pg_policies as policy
    union all
    select
        'trigger',
        watch.tgrelid::regclass::text || '.' || watch.tgname,
        concat_ws(' ', pg_get_triggerdef(watch.oid), watch.tgenabled)
    from pg_trigger as watch
    where not watch.tgisinternal
    union all
    select 'extension', extension.extname::text, extension.extnamespace::regnamespace::text
    from pg_extension as extension
    union all
    select
        'privilege',
        concat_ws(
            ' ', holding.kind, holding.name,
            case when held.grantee = 0 then 'public' else held.grantee::regrole::text end,
            held.privilege_type
        ),
        held.is_grantable::text
    from holding
    cross join aclexplode(holding.acl) as held
    union all
    select
        'comment',
        (pg_identify_object(said.classoid, said.objoid, said.objsubid)).identity,
        said.description
    from pg_description as said
    where said.classoid in ('pg_namespace'::regclass, 'pg_class'::regclass, 'pg_proc'::regclass)
        and said.objoid >= 16384
    union all
    select
        'role',
        role.rolname::text,
        concat_ws(
            ' ', role.rolcanlogin, role.rolinherit, role.rolbypassrls, role.rolcreaterole,
            (
                select string_agg(held.roleid::regrole::text, ' ' order by held.roleid::regrole::text)
                from pg_auth_members as held
                where held.member = role.oid
            ),
            (
                select string_agg(kept.setconfig::text, ' ' order by kept.setdatabase)
                from pg_db_role_setting as kept
                where kept.setrole = role.oid
            )
        )
    from pg_roles as role
    where role.rolname !~ '^pg_'
)

select thing.kind, thing.name, thing.definition
from thing;
