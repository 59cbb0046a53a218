-- Audit: who changed what in a company's catalogue, people and settings. The ledger is its own
-- record; this is one for the tables whose rows do change. Only triggers write here.

-- `changes`: {column: {from, to}} of the columns that changed, values as text, null where there was
-- or is none. `member_id` is null when no member acted: an operator, of whom the role is known.
-- `operation_id`: what was booked by the words that caused the change, where words did.
create table public.audit_log (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    at timestamptz not null default clock_timestamp(),
    member_id uuid,
    operation_id uuid,
    database_role text not null,
    table_name text not null,
    record_id uuid not null,
    action text not null check (action in ('insert', 'update', 'delete')),
    changes jsonb not null,
    primary key (company_id, id),
    constraint audit_log_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id)
);
create index audit_log_at_idx on public.audit_log (company_id, at desc);
create index audit_log_member_idx on public.audit_log (company_id, member_id);
create index audit_log_record_idx on public.audit_log (company_id, table_name, record_id);
create index audit_log_operation_idx on public.audit_log (company_id, operation_id)
where operation_id is not null;
alter table public.audit_log enable row level security;

create policy "Audit entries are viewable by managers" on public.audit_log
for select to authenticated
using (company_id = (select private.company_id('manager')));
revoke all on table public.audit_log from public, anon, authenticated;
grant select on table public.audit_log to authenticated;

create trigger audit_log_append_only
before update or delete on public.audit_log
for each row execute function private.forbid_change();
create trigger audit_log_no_truncate
before truncate on public.audit_log
for each statement execute function private.forbid_change();
alter table public.audit_log enable always trigger audit_log_append_only;
alter table public.audit_log enable always trigger audit_log_no_truncate;


-- Says, until the end of the transaction, which member acts where nobody is signed in: in the chat,
-- where the adapter's functions know the member by the phone. Null: nobody does.
create function private.act_as(p_member public.members)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('backroom.acting_member', coalesce(p_member.id::text, ''), true),
        set_config('backroom.acting_operation', '', true);
end;
$$;


-- Says under which operation the member who acts changes the catalogue from here on.
create function private.act_in(p_operation_id uuid)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    select set_config('backroom.acting_operation', p_operation_id::text, true);
$$;


-- The member who acts in a company, for the record. Anybody may write a setting, so it counts only
-- where nobody is signed in; there, only our own functions write to a company at all. Whoever has
-- just left is still the one who acted.
create function private.recorded_member(p_company_id uuid)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_named constant text := current_setting('backroom.acting_member', true);
begin
    if auth.uid() is not null then
        return (
            select member.id
            from private.people as person
            inner join public.members as member on person.id = member.person_id
            where person.user_id = auth.uid() and member.company_id = p_company_id
        );
    elsif v_named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        return (
            select member.id
            from public.members as member
            where member.company_id = p_company_id and member.id = v_named::uuid
        );
    end if;
    return null;
end;
$$;


-- Writes one entry per changed row. The trigger's arguments: the column that holds the company's
-- id, then the columns to leave out.
create function private.audit()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
    v_new constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
    v_row constant jsonb := v_old || v_new;
    v_company_id constant uuid := (v_row ->> tg_argv[0])::uuid;
    v_changes jsonb;
begin
    select
        jsonb_object_agg(
            column_name, jsonb_build_object('from', was.value, 'to', becomes.value)
        )
    into v_changes
    from jsonb_each_text(v_old) as was (column_name, value)
    full join jsonb_each_text(v_new) as becomes (column_name, value) using (column_name)
    where was.value is distinct from becomes.value
        and column_name not in ('id', 'created_at')
        and column_name <> all(tg_argv[0:]);

    if v_changes is not null then
        insert into public.audit_log (
            company_id, member_id, operation_id, database_role, table_name, record_id, action,
            changes
        )
        values (
            v_company_id,
            private.recorded_member(v_company_id),
            case
                when auth.uid() is null
                    then nullif(current_setting('backroom.acting_operation', true), '')::uuid
            end,
            -- A function with its owner's rights changes the user but not this setting.
            coalesce(nullif(current_setting('role'), 'none'), session_user),
            tg_table_name,
            (v_row ->> 'id')::uuid,
            lower(tg_op),
            v_changes
        );
    end if;
    return null;
end;
$$;
revoke all on function private.audit() from public, anon, authenticated;

create trigger companies_audit
after insert or update or delete on public.companies
for each row execute function private.audit('id');

create trigger locations_audit
after insert or update or delete on public.locations
for each row execute function private.audit('company_id');

-- People's names are kept out: this log is never changed, and a name can be asked to be erased.
create trigger members_audit
after insert or update or delete on public.members
for each row execute function private.audit('company_id', 'person_id', 'name');

create trigger products_audit
after insert or update or delete on public.products
for each row execute function private.audit('company_id', 'normalised_name', 'words');

create trigger product_aliases_audit
after insert or update or delete on public.product_aliases
for each row execute function private.audit('company_id', 'normalised_alias', 'words');

create trigger product_packs_audit
after insert or update or delete on public.product_packs
for each row execute function private.audit('company_id');


-- --- taking changes back -------------------------------------------------------------------------

-- The operations in whose place one stands, itself included: what a correction replaced, it keeps.
create function private.replaced_operations(p_company_id uuid, p_operation_id uuid)
returns uuid[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive replaced (id) as (
        select p_operation_id
        union all
        select operation.replaces_id
        from replaced
        inner join public.operations as operation
            on operation.company_id = p_company_id and replaced.id = operation.id
        where operation.replaces_id is not null
    )

    select array_agg(replaced.id)
    from replaced;
$$;


-- What an operation changed in the catalogue, as the actions that would do it again, in their
-- order: [{action, product_id, product, price | quantity, unit}].
create function private.catalogue_actions(p_company_id uuid, p_operation_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'action', told.action,
                'product_id', product.id,
                'product', product.name,
                'price', changed.changes #>> '{price,to}',
                'quantity', trim_scale(told.quantity::numeric)::text,
                'unit', pack.name
            ))
            order by changed.at
        ),
        '[]'
    )
    from public.audit_log as changed
    left join public.product_packs as pack
        on
            changed.table_name = 'product_packs'
            and changed.company_id = pack.company_id
            and changed.record_id = pack.id
    inner join public.products as product
        on
            changed.company_id = product.company_id
            and product.id = coalesce(pack.product_id, changed.record_id)
    cross join lateral (
        select
            case
                when pack.id is not null then 'set_pack'
                when changed.action = 'insert' then 'add_product'
                when changed.changes ? 'price' then 'set_price'
                when changed.changes ? 'reorder_level' then 'set_reorder_level'
            end as action,
            coalesce(
                changed.changes #>> '{factor,to}',
                case when changed.action = 'update' then changed.changes #>> '{reorder_level,to}' end
            ) as quantity
    ) as told
    where
        changed.company_id = p_company_id
        and changed.operation_id = p_operation_id
        and told.action is not null;
$$;


-- Puts the catalogue back to what it was before an operation, newest change first. What was changed
-- again since stays; a product on which something stands is kept. Answers what is as it was again:
-- [{action, product, price, reorder_level, base_unit, unit, quantity, said}], numbers as text.
create function private.restore_catalogue(p_company_id uuid, p_operation_id uuid)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed public.audit_log;
    v_restored jsonb := '[]';
begin
    for v_changed in
        select changed.*
        from public.audit_log as changed
        where changed.company_id = p_company_id
            and changed.operation_id = any(
                private.replaced_operations(p_company_id, p_operation_id)
            )
        order by changed.at desc
    loop
        v_restored := v_restored || case v_changed.table_name
            when 'products' then private.restore_product(v_changed)
            when 'product_packs' then private.restore_pack(v_changed)
            when 'product_aliases' then private.restore_alias(v_changed)
            else '[]'
        end;
    end loop;
    return v_restored;
end;
$$;


create function private.restore_product(p_changed public.audit_log)
returns jsonb
language sql
set search_path = pg_catalog, pg_temp
as $$
    with restored as (
        update public.products as product
        set
            archived_at = case when p_changed.action = 'insert' then now() else archived_at end,
            price = case
                when p_changed.changes ? 'price' and p_changed.action = 'update'
                    then (p_changed.changes #>> '{price,from}')::numeric
                else price
            end,
            reorder_level = case
                when p_changed.changes ? 'reorder_level' and p_changed.action = 'update'
                    then (p_changed.changes #>> '{reorder_level,from}')::numeric
                else reorder_level
            end
        where
            product.company_id = p_changed.company_id
            and product.id = p_changed.record_id
            and product.archived_at is null
            and case p_changed.action
                when 'insert'
                    then not exists (
                        select from public.standing_lines as line
                        where
                            line.company_id = product.company_id and line.product_id = product.id
                    )
                else
                    (
                        not p_changed.changes ? 'price'
                        or product.price::text
                        is not distinct from p_changed.changes #>> '{price,to}'
                    )
                    and (
                        not p_changed.changes ? 'reorder_level'
                        or product.reorder_level::text
                        is not distinct from p_changed.changes #>> '{reorder_level,to}'
                    )
            end
        returning product.*
    )

    select coalesce(
        jsonb_agg(jsonb_build_object(
            'action', case
                when p_changed.action = 'insert' then 'add_product'
                when p_changed.changes ? 'price' then 'set_price'
                else 'set_reorder_level'
            end,
            'product', restored.name,
            'price', restored.price::text,
            'reorder_level', trim_scale(restored.reorder_level)::text,
            'base_unit', restored.unit
        )),
        '[]'
    )
    from restored;
$$;


create function private.restore_pack(p_changed public.audit_log)
returns jsonb
language sql
set search_path = pg_catalog, pg_temp
as $$
    with forgotten as (
        delete from public.product_packs as pack
        where
            p_changed.action = 'insert'
            and pack.company_id = p_changed.company_id
            and pack.id = p_changed.record_id
            and pack.factor::text = p_changed.changes #>> '{factor,to}'
        returning pack.product_id, pack.name, null::numeric as factor
    ),

    restored as (
        update public.product_packs as pack
        set factor = (p_changed.changes #>> '{factor,from}')::numeric
        where
            p_changed.action = 'update'
            and pack.company_id = p_changed.company_id
            and pack.id = p_changed.record_id
            and pack.factor::text = p_changed.changes #>> '{factor,to}'
        returning pack.product_id, pack.name, pack.factor
    ),

    told as (
        select * from forgotten
        union all
        select * from restored
    )

    select coalesce(
        jsonb_agg(jsonb_build_object(
            'action', 'set_pack',
            'product', product.name,
            'unit', told.name,
            'quantity', trim_scale(told.factor)::text
        )),
        '[]'
    )
    from told
    inner join public.products as product
        on product.company_id = p_changed.company_id and told.product_id = product.id;
$$;


create function private.restore_alias(p_changed public.audit_log)
returns jsonb
language sql
set search_path = pg_catalog, pg_temp
as $$
    with forgotten as (
        delete from public.product_aliases as label
        where
            p_changed.action = 'insert'
            and label.company_id = p_changed.company_id
            and label.id = p_changed.record_id
            and label.product_id::text = p_changed.changes #>> '{product_id,to}'
        returning label.product_id, label.alias
    )

    select coalesce(
        jsonb_agg(jsonb_build_object(
            'action', 'alias', 'product', product.name, 'said', forgotten.alias
        )),
        '[]'
    )
    from forgotten
    inner join public.products as product
        on product.company_id = p_changed.company_id and forgotten.product_id = product.id;
$$;
