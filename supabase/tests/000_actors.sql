-- Runs first and stays: the four actors of every file, and the two shops they meet.
-- `supabase test db` runs the files in the order of their names; each takes back what it does.

create extension if not exists pgtap with schema extensions;
-- So that the adapter can call the assertions, too; elsewhere it has no business there.
grant usage on schema extensions to edge_adapter;
drop schema if exists tests cascade;
create schema tests;
grant usage on schema tests to public;

-- Ids: companies a… and b…, and the users of the same letter.
create table tests.actors (
    name text primary key,
    database_role text not null,
    user_id uuid,
    phone text
);
grant select on table tests.actors to public;

insert into tests.actors (name, database_role, user_id, phone)
values
('owner', 'authenticated', 'a0000000-0000-4000-8000-000000000001', '999000000101'),
('member', 'authenticated', 'a0000000-0000-4000-8000-000000000002', '999000000102'),
('stranger', 'authenticated', 'b0000000-0000-4000-8000-000000000001', '999000000201'),
('anon', 'anon', null, null),
('adapter', 'edge_adapter', null, null),
('service', 'service_role', null, null);


-- One shop with an owner and a clerk, another whose owner is the stranger; each has ten of one
-- product.
create function tests.open_shops()
returns void
language plpgsql
as $$
begin
    insert into auth.users (id, phone, phone_confirmed_at)
    select actor.user_id, actor.phone, now()
    from tests.actors as actor
    where actor.user_id is not null;
    perform private.onboard_company(tests.own(), 'Own shop', '999000000101', 'Thandi');
    perform private.onboard_company(tests.other(), 'Other shop', '999000000201', 'Sipho');
    perform private.add_member(tests.own(), '999000000102', 'Lerato', 'clerk');
    perform private.save_products(tests.own(), '[{"name": "Own milk", "price": "20"}]');
    perform private.save_products(tests.other(), '[{"name": "Other milk", "price": "21"}]');
    perform private.import_opening(
        shop.id, 'opening', '[{"action": "opening", "product": "milk", "quantity": "10"}]'
    )
    from (values (tests.own()), (tests.other())) as shop (id);
end;
$$;


create function tests.own()
returns uuid
language sql
immutable
return 'a0000000-0000-4000-8000-000000000000'::uuid;

create function tests.other()
returns uuid
language sql
immutable
return 'b0000000-0000-4000-8000-000000000000'::uuid;


-- The rest of the transaction is this actor's, as the API would run it.
create function tests.become(p_actor text, p_company_id uuid default null)
returns void
language sql
as $$
    select
        set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object(
            'sub', actor.user_id, 'role', actor.database_role
        ))::text, true),
        set_config('request.headers', jsonb_strip_nulls(jsonb_build_object(
            'x-company-id', p_company_id
        ))::text, true),
        set_config('role', actor.database_role, true)
    from tests.actors as actor
    where actor.name = p_actor;
$$;


-- Back to the operator who runs the tests.
create function tests.step_back()
returns void
language sql
as $$
    select set_config('role', 'none', true);
$$;

grant execute on all functions in schema tests to public;
