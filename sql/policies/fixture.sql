-- What the attacks find: three companies with members of every role and rows in every table. The
-- third is a twin: it came first and bears the ids of the own one, as a client may choose ids. So
-- whoever forgets the company finds the wrong row.
-- Runs inside a transaction that is rolled back; `$name` is an id of actors.toml.
-- An insert names its columns already:
-- noqa: disable=AL03,AL08

-- Step 1: people. A confirmed phone makes the person, as a sign-in does.
insert into auth.users (id, phone, phone_confirmed_at)
values
('$own_viewer', '999000000011', now()),
('$own_clerk', '999000000012', now()),
('$own_manager', '999000000013', now()),
('$own_owner', '999000000014', now()),
('$deactivated', '999000000015', now()),
('$invited', '999000000016', now()),
('$other_viewer', '999000000021', now()),
('$other_clerk', '999000000022', now()),
('$other_manager', '999000000023', now()),
('$other_owner', '999000000024', now()),
('$third_owner', '999000000034', now()),
('$two_companies', '999000000041', now()),
('$no_company', '999000000042', now());

-- People of the twin, who never sign in.
insert into private.people (phone)
values ('999000000051'), ('999000000052'), ('999000000053'), ('999000000054'), ('999000000055');

insert into public.companies (id, name)
values ('$third', 'Third shop'), ('$own', 'Own shop'), ('$other', 'Other shop');

insert into public.members (company_id, id, person_id, name, role, status, invited_until)
select
    member.company_id::uuid,
    coalesce(member.twin_of::uuid, person.user_id),
    person.id,
    member.name,
    member.role::public.member_role,
    member.status::public.member_status,
    case when member.status = 'invited' then now() + interval '1 day' end
from (
    values
    ('$third', '$third_owner', 'Third owner', 'owner', 'active', '$own_owner'),
    ('$third', '$own_viewer', 'Once a clerk', 'clerk', 'deactivated', null),
    ('$other', '$two_companies', 'Both', 'manager', 'active', '$other_two_companies'),
    ('$own', '$own_viewer', 'Own viewer', 'viewer', 'active', null),
    ('$own', '$own_clerk', 'Own clerk', 'clerk', 'active', null),
    ('$own', '$own_manager', 'Own manager', 'manager', 'active', null),
    ('$own', '$own_owner', 'Own owner', 'owner', 'active', null),
    ('$own', '$deactivated', 'Former owner', 'owner', 'deactivated', null),
    ('$own', '$invited', 'Coming owner', 'owner', 'invited', null),
    ('$own', '$two_companies', 'Both', 'clerk', 'active', null),
    ('$other', '$other_viewer', 'Other viewer', 'viewer', 'active', null),
    ('$other', '$other_clerk', 'Other clerk', 'clerk', 'active', null),
    ('$other', '$other_manager', 'Other manager', 'manager', 'active', null),
    ('$other', '$other_owner', 'Other owner', 'owner', 'active', null)
) as member (company_id, user_id, name, role, status, twin_of)
inner join private.people as person on member.user_id::uuid = person.user_id;

insert into public.members (company_id, id, person_id, name, role, status, invited_until)
select
    '$third',
    twin.id::uuid,
    person.id,
    'Twin',
    twin.role::public.member_role,
    twin.status::public.member_status,
    case when twin.status = 'invited' then now() + interval '1 day' end
from (
    values
    ('999000000051', '$own_clerk', 'owner', 'active'),
    ('999000000052', '$own_manager', 'viewer', 'active'),
    ('999000000053', '$deactivated', 'owner', 'active'),
    ('999000000054', '$invited', 'owner', 'invited'),
    ('999000000055', '$two_companies', 'owner', 'active')
) as twin (phone, id, role, status)
inner join private.people as person on twin.phone = person.phone;

-- A member of two companies has chosen the first one.
update private.people as person
set active_company_id = member.company_id
from public.members as member
where
    person.id = member.person_id
    and member.company_id = '$own';
update private.people as person
set active_company_id = member.company_id
from public.members as member
where person.id = member.person_id and person.active_company_id is null;

insert into private.requests (company_id, source, key, actor_id, digest, answer)
select
    member.company_id,
    'app',
    'attack-known',
    member.person_id,
    gen_random_uuid(),
    '{}'
from public.members as member
where member.id in ('$own_owner', '$other_owner');

insert into private.model_usage (company_id, member_id, day, model)
select
    member.company_id,
    member.id,
    current_date,
    'attack'
from public.members as member
where member.id in ('$own_owner', '$other_owner');

-- Step 2: a catalogue each.
insert into public.locations (company_id, id, name, is_default)
values
('$third', '$own_location', 'Shop', true),
('$own', '$own_location', 'Shop', true),
('$other', '$other_location', 'Shop', true);

insert into public.products (company_id, id, name, price, cost, reorder_level)
values
('$third', '$twin_product', 'Third bread', 17, 11, 100),
('$third', '$own_product', 'Third milk', 22, 17, 100),
('$own', '$twin_product', 'Own bread', 18, 12, 100),
('$own', '$own_product', 'Own milk', 20, 15, 100),
('$other', '$twin_product', 'Other bread', 19, 13, 100),
('$other', '$other_product', 'Other milk', 21, 16, 100);

insert into public.products (company_id, name, archived_at, merged_into)
values ('$third', 'Third loaf', now(), '$twin_product');

insert into public.product_aliases (company_id, product_id, alias)
select
    product.company_id,
    product.id,
    'alias of ' || product.name
from public.products as product
where product.company_id in ('$own', '$other', '$third');

insert into public.product_packs (company_id, product_id, name, factor)
select
    product.company_id,
    product.id,
    'case',
    case product.company_id when '$third' then 24 when '$other' then 12 else 6 end
from public.products as product
where product.company_id in ('$own', '$other', '$third');

-- Step 3: ten of each received by the owner, one of the twin sold by the clerk.
insert into public.inventory (company_id, product_id, location_id, quantity, average_cost, last_seq)
select
    product.company_id,
    product.id,
    location.id,
    case when product.id = '$twin_product' then 9 else 10 end,
    product.cost,
    case when product.id = '$twin_product' then 2 else 1 end
from public.products as product
inner join public.locations as location on product.company_id = location.company_id
where product.company_id in ('$own', '$other', '$third');

insert into public.operations (
    company_id, id, kind, source, request_digest, member_id, occurred_at, created_at
)
values
('$third', '$own_receipt', 'receive', 'chat', gen_random_uuid(), '$own_owner', now(), now()),
('$third', '$own_sale', 'sell', 'chat', gen_random_uuid(), '$own_owner', now(), now()),
('$own', '$own_receipt', 'receive', 'chat', gen_random_uuid(), '$own_owner', now(), now()),
('$own', '$own_sale', 'sell', 'chat', gen_random_uuid(), '$own_clerk', now(), now()),
('$other', '$other_receipt', 'receive', 'chat', gen_random_uuid(), '$other_owner', now(), now()),
('$other', '$other_sale', 'sell', 'chat', gen_random_uuid(), '$other_clerk', now(), now());

insert into public.transactions (
    company_id, operation_id, line_no, product_id, location_id, kind, quantity,
    typed_quantity, factor, unit_price, amount, unit_cost, seq, balance_after,
    occurred_at, created_at
)
select
    operation.company_id,
    operation.id,
    row_number() over (partition by operation.company_id, operation.id),
    stock.product_id,
    stock.location_id,
    operation.kind,
    case when operation.kind = 'sell' then -1 else 10 end,
    case when operation.kind = 'sell' then 1 else 10 end,
    1,
    20,
    case when operation.kind = 'sell' then 20 else 200 end,
    stock.average_cost,
    case when operation.kind = 'sell' then 2 else 1 end,
    case when operation.kind = 'sell' then 9 else 10 end,
    operation.occurred_at,
    operation.created_at
from public.operations as operation
inner join public.inventory as stock on operation.company_id = stock.company_id
where
    operation.company_id in ('$own', '$other', '$third')
    and (operation.kind = 'receive' or stock.product_id = '$twin_product');

insert into public.stocktakes (company_id, id, member_id, location_id)
select
    location.company_id,
    case
        when location.company_id = '$other' then gen_random_uuid() else '$own_stocktake'::uuid
    end,
    member.id,
    location.id
from public.locations as location
inner join public.members as member on location.company_id = member.company_id
where member.id in ('$own_owner', '$other_owner');

insert into public.stocktake_lines (company_id, stocktake_id, place, product_id)
select
    stocktake.company_id,
    stocktake.id,
    1,
    case when stocktake.company_id = '$third' then '$own_product' else '$twin_product' end::uuid
from public.stocktakes as stocktake
where stocktake.company_id in ('$own', '$other', '$third');

-- The twin's history goes on: a large receipt under the key of every attack, a reversal, a lock.
insert into public.operations (
    company_id, id, kind, source, request_digest, member_id, reverses_id, occurred_at, created_at
)
values
(
    '$third', private.digest('app' || chr(31) || 'attack'), 'receive', 'app', gen_random_uuid(),
    '$own_owner', null, now(), now()
),
(
    '$third', gen_random_uuid(), 'reversal', 'app', gen_random_uuid(),
    '$own_owner', '$own_sale', now(), now()
);

insert into public.transactions (
    company_id, operation_id, line_no, product_id, location_id, kind, quantity,
    typed_quantity, factor, unit_price, amount, unit_cost, seq, balance_after,
    occurred_at, created_at
)
select
    operation.company_id,
    operation.id,
    1,
    '$twin_product',
    '$own_location',
    operation.kind,
    case when operation.kind = 'reversal' then 1 else 1000 end,
    case when operation.kind = 'reversal' then 1 else 1000 end,
    1,
    24,
    case when operation.kind = 'reversal' then 24 else 24000 end,
    24,
    case when operation.kind = 'reversal' then 4 else 3 end,
    case when operation.kind = 'reversal' then 1010 else 1009 end,
    operation.occurred_at,
    operation.created_at
from public.operations as operation
where operation.company_id = '$third' and operation.source = 'app';

update public.inventory
set quantity = 1010, last_seq = 4
where company_id = '$third' and product_id = '$twin_product';
update public.companies
set locked_before = current_date + 1
where id = '$third';

insert into public.low_stock_notices (
    company_id, operation_id, product_id, quantity, reorder_level, created_at
)
select
    operation.company_id,
    operation.id,
    '$twin_product',
    9,
    100,
    operation.created_at
from public.operations as operation
where operation.company_id in ('$own', '$other', '$third') and operation.kind = 'sell';

-- Step 4: words and questions.
insert into public.messages (company_id, direction, member_id, wamid, body, operation_id)
select
    operation.company_id,
    'out',
    operation.member_id,
    'attack-reply-' || operation.id,
    'Booked.',
    operation.id
from public.operations as operation
where operation.company_id in ('$own', '$other', '$third');

insert into public.messages (company_id, id, direction, member_id, body)
values
('$third', '$own_message', 'in', '$own_manager', 'Third words'),
('$own', '$own_message', 'in', '$own_manager', 'Own words');

insert into public.questions (
    company_id, id, member_id, kind, details, options, form, action_index
)
values
(
    '$third', '$own_question', '$own_owner', 'confirm_draft', '{}',
    '[{"key": "yes", "patch": {}}]',
    '{"actions": [{"action": "sell", "product": "third milk", "quantity": "1"}]}', 0
),
(
    '$own', '$own_question', '$own_clerk', 'confirm_draft', '{}',
    '[{"key": "yes", "patch": {}}]',
    '{"actions": [{"action": "sell", "product": "own milk", "quantity": "1"}]}', 0
),
(
    '$other', '$other_question', '$other_clerk', 'confirm_draft', '{}',
    '[{"key": "yes", "patch": {}}]',
    '{"actions": [{"action": "sell", "product": "other milk", "quantity": "1"}]}', 0
);

-- Step 5: messages under way, each by one sender whose lease has token 7.
insert into private.senders (id, lease_token, leased_until)
select
    person.phone,
    7,
    now() + interval '1 hour'
from private.people as person
where person.phone like '9990000000__';

insert into private.inbox (
    id, wamid, sender, phone_number_id, message, sent_at, company_id, member_id
)
overriding system value
select
    9000000000000000 + arrived.place,
    'attack-' || arrived.place,
    person.phone,
    '1',
    arrived.message::jsonb,
    now(),
    member.company_id,
    member.id
from (
    values
    (1, '$own_clerk', '{"type": "text", "text": "attack"}'),
    (2, '$own_viewer', '{"type": "text", "text": "attack"}'),
    (3, '$deactivated', '{"type": "text", "text": "attack"}'),
    (4, '$other_clerk', '{"type": "text", "text": "attack"}'),
    (5, '$no_company', '{"type": "text", "text": "attack"}'),
    (6, '$own_owner', '{"type": "button", "button_id": "op:$other_sale:undo"}'),
    (7, '$own_owner', '{"type": "button", "button_id": "q:$other_question:yes"}'),
    (8, '$own_owner', '{"type": "text", "reply_to": "attack-reply-$other_sale"}'),
    (9, '$own_clerk', '{"type": "button", "button_id": "op:$own_receipt:undo"}'),
    (10, '$own_owner', '{"type": "button", "button_id": "q:$own_question:yes"}'),
    (11, '$own_manager', '{"type": "text", "text": "attack"}'),
    (12, '$invited', '{"type": "text", "text": "attack"}'),
    (13, '$third_owner', '{"type": "text", "text": "attack"}'),
    (14, '$own_clerk', '{"type": "text", "text": "answered"}'),
    (15, '$other_clerk', '{"type": "text", "text": "answered"}'),
    (16, '$own_owner', '{"type": "text", "text": "attack"}'),
    (17, '$own_manager', '{"type": "audio"}'),
    (18, '$own_clerk', '{"type": "button", "button_id": "q:$own_question:yes"}'),
    (19, '$own_viewer', '{"type": "button", "button_id": "q:$own_question:yes"}'),
    (20, '$two_companies', '{"type": "button", "button_id": "q:$other_question:yes"}'),
    (21, '$two_companies', '{"type": "text", "reply_to": "attack-reply-$own_receipt"}'),
    (22, '$two_companies', '{"type": "button", "button_id": "q:$own_question:yes"}'),
    (23, '$two_companies', '{"type": "button", "button_id": "op:$own_receipt:undo"}')
) as arrived (place, user_id, message)
inner join private.people as person on arrived.user_id::uuid = person.user_id
left join public.members as member
    on
        person.id = member.person_id
        and person.active_company_id = member.company_id;

update private.inbox set message_id = '$own_message'
where wamid = 'attack-17';
update private.inbox set state = 'done'
where wamid in ('attack-14', 'attack-15');
insert into private.outbox (
    id, inbox_id, recipient, company_id, result, next_attempt_at
)
values
(
    '$own_outbound', 9000000000000014, '999000000012', '$own',
    '{"outcome": "answered"}', now() + interval '1 hour'
),
(
    '$other_outbound', 9000000000000015, '999000000022', '$other',
    '{"outcome": "answered"}', now() + interval '1 hour'
);

-- Step 6: all that the twin holds, to see afterwards that nothing of it was touched.
create function pg_temp.twin()
returns text
language plpgsql
as '
declare
    v_table record;
    v_part text;
    v_all text;
begin
    for v_table in
        select relation.oid::regclass as name, attribute.attname as key
        from pg_class as relation
        inner join pg_attribute as attribute on relation.oid = attribute.attrelid
        where relation.relnamespace in (''public''::regnamespace, ''private''::regnamespace)
            and relation.relkind = ''r''
            and attribute.attname = case when relation.oid = ''public.companies''::regclass
                then ''id'' else ''company_id'' end
        order by relation.oid
    loop
        execute format(
            ''select md5(string_agg(held::text, chr(10) order by held::text))
            from %s as held where held.%I = %L'', v_table.name, v_table.key, ''$third''
        ) into v_part;
        v_all := concat_ws(chr(10), v_all, v_table.name, v_part);
    end loop;
    return v_all;
end;
';

create temporary table attack_before as
select pg_temp.twin() as twin;
