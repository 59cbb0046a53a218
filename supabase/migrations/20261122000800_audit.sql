-- Audit: who changed what in a company's catalogue, people and settings. The ledger is its own
-- record; this is one for the tables whose rows do change. Only triggers write here.

-- `changes`: {column: {from, to}} of the columns that changed, values as text, null where there was
-- or is none. `member_id` is null when no member acted: an operator, of whom the role is known.
create table public.audit_log (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    at timestamptz not null default clock_timestamp(),
    member_id uuid,
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
language sql
set search_path = pg_catalog, pg_temp
as $$
    select set_config('backroom.acting_member', coalesce(p_member.id::text, ''), true);
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
            company_id, member_id, database_role, table_name, record_id, action, changes
        )
        values (
            v_company_id,
            private.recorded_member(v_company_id),
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
