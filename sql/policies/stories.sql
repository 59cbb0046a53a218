-- Stories that the attacks tell twice: once beside the twin of the own company as the fixture made
-- it, and again beside two twins that take over each row as soon as the own company has it, under
-- the same id and name, with other numbers. Whoever forgets the company in a lookup tells them
-- differently.
-- Runs after fixture.sql, inside the same transaction; `$name` is an id of actors.toml.
-- An insert names its columns already, and every table is told alike:
-- noqa: disable=AL03,AL08,AM04

create temporary table rehearsed (story text, answers text[], content text);
create temporary table performed (answers text[]);
grant select on rehearsed to public;
grant insert on performed to public;


-- What is told, without the ids and moments that no two tellings share.
create function pg_temp.plain(p_told text)
returns text
language sql
as $plain$
    select regexp_replace(
        regexp_replace(
            p_told, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'id', 'g'
        ),
        '\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^",]*', 'at', 'g'
    );
$plain$;


-- Whether a story, told so far, is no longer the one that was rehearsed.
create function pg_temp.is_other(p_story text, p_answers text[])
returns boolean
language sql
as $is_other$
    select p_answers <> rehearsed.answers[:cardinality(p_answers)]
    from rehearsed
    where rehearsed.story = p_story;
$is_other$;


-- The tables that hold rows of companies, and their columns that can be written.
create function pg_temp.shelves()
returns table (name regclass, columns text)
language sql
as $shelves$
    select
        relation.oid::regclass,
        (
            select string_agg(quote_ident(written.attname), ', ' order by written.attnum)
            from pg_attribute as written
            where
                written.attrelid = relation.oid
                and written.attnum > 0
                and not written.attisdropped
                and written.attgenerated = ''
        )
    from pg_class as relation
    inner join pg_attribute as attribute on relation.oid = attribute.attrelid
    where
        relation.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and relation.relkind = 'r'
        and relation.relname not in ('inbox', 'outbox')
        and attribute.attname = 'company_id'
    order by relation.oid;
$shelves$;


-- All that the own company holds, in plain words; but for the role that rehearses.
create function pg_temp.content()
returns text
language plpgsql
as $content$
declare
    v_shelf record;
    v_part text;
    v_all text := '';
begin
    for v_shelf in select * from pg_temp.shelves() loop
        execute format(
            'select string_agg(held.told, chr(10) order by held.told)
            from (
                select concat(
                    pg_temp.plain((to_jsonb(kept) - ''database_role'')::text),
                    nullif(
                        trunc(extract(epoch from (
                            (to_jsonb(kept) ->> ''occurred_at'')::timestamptz - now()
                        )) / 3600), 0
                    )
                ) as told
                from %s as kept
                where kept.company_id = $1
            ) as held',
            v_shelf.name
        ) into v_part using '$own'::uuid;
        v_all := concat_ws(chr(10), v_all, v_shelf.name, v_part);
    end loop;
    return v_all;
end;
$content$;


-- A row of the own company as a twin holds it, the numbers multiplied. With the third, what is one
-- product here is another there, and in litres; it was booked later, of what happened before, far
-- behind in the order of its stock; on hand is a little below nothing; what is mixed is a merge.
-- With the fourth it is the other way round, on hand is nearly as much as can be, so that what
-- moves it again and again soon fails, all was counted, and each operation took the place of an
-- earlier one.
create function pg_temp.as_twin(p_twin uuid, p_shelf text, p_row jsonb)
returns jsonb
language sql
as $as_twin$
    select jsonb_object_agg(
        held.key,
        case
            when held.key = 'company_id' then to_jsonb(p_twin)
            when held.key = 'replaces_id' and p_twin = '$fourth' then coalesce(
                nullif(held.value, 'null'),
                (
                    select to_jsonb(earlier.id)
                    from public.operations as earlier
                    where
                        earlier.company_id = '$own'
                        and earlier.created_at < (p_row ->> 'created_at')::timestamptz
                    order by earlier.created_at desc, earlier.id
                    limit 1
                )
            )
            when held.key like 'counted%' and p_twin = '$fourth'
                then coalesce(nullif(held.value, 'null'), to_jsonb(case
                    when held.key = 'counted' then '99' else now()::text
                end))
            when held.value = 'null' then held.value
            when held.key = 'reverses_id' and p_twin = '$fourth' then to_jsonb(gen_random_uuid())
            when held.key = 'person_id' then to_jsonb(md5(concat(p_twin, held.value))::uuid)
            when p_shelf = 'inventory' and held.key = 'quantity' then to_jsonb(twin.on_hand)
            when p_shelf = 'products' and held.key = 'unit'
                then coalesce(to_jsonb(twin.unit), held.value)
            when p_shelf = 'products' and held.key = 'name' and p_twin = '$fourth'
                then to_jsonb(left(held.value #>> '{}', 70) || ' 100g')
            when p_shelf = 'operations' and held.value = '"mixed"' and p_twin = '$third'
                then to_jsonb('merge'::text)
            when p_shelf = 'questions' and held.key = 'message_id' and p_twin = '$third'
                then to_jsonb('$own_message'::text)
            when p_twin = '$third' and held.key = 'product_id' then coalesce(
                jsonb_build_object(
                    '$own_product', '$twin_product',
                    '$twin_product', '$own_question',
                    '$own_question', '$own_product'
                ) -> (held.value #>> '{}'),
                held.value
            )
            when p_shelf = 'product_packs' and p_twin = '$fourth' then held.value
            when held.key in (
                'quantity', 'typed_quantity', 'balance_after', 'unit_price', 'amount', 'unit_cost',
                'average_cost', 'price', 'cost', 'counted', 'factor', 'calls', 'reorder_level'
            ) then to_jsonb((held.value #>> '{}')::numeric * twin.times)
            when held.key in ('created_at', 'at', 'counted_at')
                then to_jsonb((held.value #>> '{}')::timestamptz + twin.later)
            when held.key = 'occurred_at' and p_row ->> 'kind' <> 'adjustment'
                then to_jsonb((held.value #>> '{}')::timestamptz - 13 * twin.later)
            when held.key = 'seq' then to_jsonb((held.value #>> '{}')::bigint + twin.further)
            else held.value
        end
    )
    from jsonb_each(p_row) as held
    inner join (
        values
        ('$third'::uuid, 3, interval '2 hours', 1000, -1, 'l'),
        ('$fourth'::uuid, 7, interval '-2 hours', -1000, 90000000000, null)
    ) as twin (id, times, later, further, on_hand, unit) on twin.id = p_twin;
$as_twin$;


-- An operation, of a twin and later than all that a story tells where nothing else is said.
create function pg_temp.book(p_operation jsonb)
returns void
language sql
as $book$
    insert into public.operations
    select (jsonb_populate_record(null::public.operations, jsonb_build_object(
        'company_id', '$fourth', 'id', gen_random_uuid(), 'kind', 'sell', 'source', 'chat',
        'request_digest', gen_random_uuid(), 'member_id', '$own_owner', 'occurred_at', now(),
        'created_at', now() + interval '3 hours'
    ) || p_operation)).*
    on conflict do nothing;
$book$;


-- A line, of a twin where nothing else is said, first in the order of its stock.
create function pg_temp.move(p_line jsonb)
returns void
language sql
as $move$
    insert into public.transactions
    select (jsonb_populate_record(null::public.transactions, jsonb_build_object(
        'company_id', '$fourth', 'operation_id', gen_random_uuid(), 'line_no', 1,
        'location_id', '$own_location', 'kind', 'sell', 'typed_quantity', 1, 'factor', 1,
        'balance_after', 0, 'occurred_at', now(), 'created_at', now(),
        'seq', (
            select coalesce(min(line.seq), 0) - 1
            from public.transactions as line
            where
                line.company_id = coalesce(p_line ->> 'company_id', '$fourth')::uuid
                and line.product_id = (p_line ->> 'product_id')::uuid
        )
    ) || p_line)).*;
$move$;


-- Gives a twin a row of the own company; a member is another person there. The fourth takes back
-- each operation, and books something because of each message and with each product.
create function pg_temp.give(p_twin uuid, p_shelf regclass, p_columns text, p_row jsonb)
returns void
language plpgsql
as $give$
declare
    v_shelf constant text := (select relname from pg_class where oid = p_shelf);
    v_row constant jsonb := pg_temp.as_twin(p_twin, v_shelf, p_row);
begin
    insert into private.people (id, phone)
    select
        (v_row ->> 'person_id')::uuid,
        '888' || ('x' || md5(v_row ->> 'person_id'))::bit(32)::bigint
    where v_row ? 'person_id'
    on conflict do nothing;
    execute format(
        'insert into %1$s (%2$s)
        select %2$s from jsonb_populate_record(null::%1$s, $1)
        on conflict do nothing', p_shelf, p_columns
    ) using v_row;
    if p_twin = '$third' then
        return;
    end if;
    case
        when v_shelf = 'operations' and v_row ->> 'kind' <> 'reversal' then
            perform pg_temp.book(jsonb_build_object(
                'kind', 'reversal', 'reverses_id', v_row -> 'id', 'created_at', now()
            ));
        when v_shelf = 'messages' then
            perform pg_temp.book(jsonb_build_object('message_id', v_row -> 'id'));
        when v_shelf = 'products' then
            perform pg_temp.book(jsonb_build_object('id', v_row -> 'id', 'source', 'app'));
            perform pg_temp.move(jsonb_build_object(
                'operation_id', v_row -> 'id', 'product_id', v_row -> 'id', 'quantity', -1
            ));
        else null;
    end case;
end;
$give$;


-- Gives a twin a row that the own company is about to get, or has just got: so of two rows where
-- one is expected, either may come first. The trigger's arguments: the twin, the columns.
create function pg_temp.mirror()
returns trigger
language plpgsql
security definer
as $mirror$
begin
    perform pg_temp.give(tg_argv[0]::uuid, tg_relid::regclass, tg_argv[1], to_jsonb(new));
    return new;
end;
$mirror$;


-- A story changes nothing that is not the own company's; but a row that a twin is given may.
create function pg_temp.forbid()
returns trigger
language plpgsql
as $forbid$
begin
    if pg_trigger_depth() <= 2 then
        raise exception 'A story has reached %.', tg_relid::regclass;
    end if;
    return case tg_op when 'DELETE' then old else new end;
end;
$forbid$;


-- What the own company has before a story begins: besides, a product that was received ten days
-- ago, and whose cost and margin are not what its lines say.
create function pg_temp.prepare()
returns void
language sql
as $prepare$
    insert into public.locations (company_id, id, name)
    values ('$own', '$own_message', 'Back room'), ('$third', '$own_message', 'Back room');
    update public.products set barcode = '6001000000001'
    where company_id = '$own' and id = '$twin_product';
    update public.companies set locked_before = current_date - 400, share_product_names = true
    where id = '$own';
    update private.senders set leased_until = '-infinity'
    where id = '999000000014';
    update private.inbox set state = 'done'
    where sender = '999000000014';
    insert into public.products (company_id, id, name, price, cost)
    values ('$own', '$own_question', 'Own yeast', 9, 5);
    insert into public.inventory (
        company_id, product_id, location_id, quantity, average_cost, last_seq
    )
    values ('$own', '$own_question', '$own_location', 9, 5, 2);
    select
        pg_temp.book(moved.line || jsonb_build_object('id', moved.line -> 'operation_id')),
        pg_temp.move(moved.line)
    from (
        select line || jsonb_build_object(
            'company_id', '$own', 'product_id', '$own_question', 'source', 'app',
            'occurred_at', now() - interval '10 days', 'created_at', now() - interval '10 days'
        )
        from jsonb_array_elements('[
            {"operation_id": "$own_question", "kind": "receive", "seq": 1, "quantity": 10, "amount": 20, "unit_price": 2, "unit_cost": 5, "balance_after": 10},
            {"operation_id": "$own_stocktake", "kind": "sell", "seq": 2, "quantity": -1, "amount": 9, "unit_price": 9, "unit_cost": 7, "balance_after": 9}
        ]') as line
    ) as moved (line);
$prepare$;


-- Every other company gets other settings. The third gets the names of the own one, each for the
-- other product, names that no product has here, merges, and a count and an undoing later than all
-- that comes; the fourth all that the own company has, and what was sold long ago. From now on both
-- get every row.
create function pg_temp.take_over()
returns void
language plpgsql
as $take_over$
declare
    v_shelf record;
    v_merged jsonb;
begin
    perform pg_temp.prepare();

    -- Step 1: the third.
    perform set_config('session_replication_role', 'replica', true);
    update public.companies
    set
        currency = 'USD',
        language = 'af',
        timezone = 'Pacific/Kiritimati',
        negative_stock = 'block',
        large_quantity_factor = 100
    where id <> '$own';
    update public.products
    set
        name = case when id = '$own_product' then 'Own bread' else 'Own milk' end,
        barcode = case when id = '$own_product' then '6001000000001' end,
        unit = 'l',
        reorder_level = 13
    where company_id = '$third' and merged_into is null;
    update public.product_aliases
    set alias = replace(alias, 'Third', 'Own')
    where company_id = '$third';
    update public.inventory
    set quantity = -80000000000
    where company_id = '$third';
    insert into public.products (company_id, id, name, archived_at, merged_into)
    values ('$third', '$own_question', 'Own yeast', now(), '$own_product');
    insert into public.inventory (company_id, product_id, location_id, quantity, last_seq)
    values ('$third', '$own_question', '$own_location', 90000000000, 1);
    for v_merged in select * from jsonb_array_elements('[
        {"operation_id": "$own_outbound", "line_no": 1, "product_id": "$own_question", "quantity": -5},
        {"operation_id": "$own_outbound", "line_no": 2, "product_id": "$own_product", "quantity": 5},
        {"operation_id": "$own_stocktake", "line_no": 1, "product_id": "$own_product", "quantity": -5},
        {"operation_id": "$own_stocktake", "line_no": 2, "product_id": "$own_question", "quantity": 5}
    ]') loop
        v_merged := v_merged || '{"company_id": "$third", "kind": "transfer"}';
        perform pg_temp.move(v_merged);
        perform pg_temp.book(v_merged || jsonb_build_object(
            'id', v_merged -> 'operation_id', 'kind', 'merge', 'source', 'app'
        ));
    end loop;
    perform
        pg_temp.book('{"company_id": "$third", "id": "$own_location", "kind": "count"}'),
        pg_temp.move(jsonb_build_object(
            'company_id', '$third', 'operation_id', '$own_location', 'kind', 'count', 'quantity', 0,
            'product_id', '$own_product', 'occurred_at', now() + interval '2 hours'
        ));
    perform set_config('session_replication_role', 'origin', true);
    insert into public.product_aliases (company_id, product_id, alias)
    values
    ('$third', '$own_product', 'own'),
    ('$third', '$twin_product', 'own milkk'),
    ('$third', '$own_product', 'sliced loaf');
    insert into private.model_usage (company_id, member_id, day, model, calls)
    values ('$third', '$own_owner', current_date, 'story', 100000);

    -- Step 2: the fourth. Its rows come behind those of the own company, the third's before.
    perform set_config('session_replication_role', 'replica', true);
    update public.companies set name = name
    where id = '$own';
    update public.members set name = name
    where company_id = '$own';
    update public.products set name = name
    where company_id = '$own';
    update public.inventory set quantity = quantity
    where company_id = '$own';
    insert into public.companies (id, name, currency)
    values ('$fourth', 'Fourth shop', 'EUR');
    for v_shelf in select * from pg_temp.shelves() loop
        execute format(
            'select pg_temp.give(''$fourth'', %L, %L, to_jsonb(held)) from %s as held
            where held.company_id = ''$own'' ', v_shelf.name, v_shelf.columns, v_shelf.name
        );
    end loop;
    perform pg_temp.move(jsonb_build_object(
        'product_id', '$own_product', 'quantity', -77, 'occurred_at', now() - interval '300 days'
    ));
    perform pg_temp.book(jsonb_build_object(
        'id', private.operation_id('chat', 'story-13')
    ));
    perform pg_temp.book(jsonb_build_object(
        'company_id', '$third', 'kind', 'reversal', 'reverses_id', gen_random_uuid(),
        'created_at', now() + interval '4 hours'
    ));
    perform set_config('session_replication_role', 'origin', true);

    -- Step 3: what comes, and that nothing of it may change.
    for v_shelf in select * from pg_temp.shelves() loop
        execute format(
            'create trigger mirrored_before before insert on %1$s for each row
            when (new.company_id = ''$own'') execute function pg_temp.mirror(''$third'', %2$L);
            create trigger mirrored_after after insert on %1$s for each row
            when (new.company_id = ''$own'') execute function pg_temp.mirror(''$fourth'', %2$L);
            create trigger forbidden before update or delete on %1$s for each row
            when (old.company_id <> ''$own'') execute function pg_temp.forbid()',
            v_shelf.name, v_shelf.columns
        );
    end loop;
end;
$take_over$;


-- The owner's chat of many days, answer by answer. Questions and words say when they were written,
-- which is one moment for all of a transaction, so each step gives its own another.
create function pg_temp.chat()
returns text[]
language plpgsql
as $chat$
declare
    v_step jsonb;
    v_place integer;
    v_work jsonb;
    v_read jsonb;
    v_owed jsonb;
    v_answers text[] := '{}';
begin
    for v_step, v_place in
        select step.value, step.ordinality
        from jsonb_array_elements('[
            {"actions": [{"action": "receive", "product": "own milk", "quantity": "10", "total_price": "150"}]},
            {"actions": [{"action": "receive", "product": "own bread", "quantity": "20", "unit_price": "12"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "2"}]},
            {"actions": [{"action": "sell", "product": "own milkk", "quantity": "1"}]},
            {"actions": [{"action": "sell", "product": "6001000000001", "quantity": "1"}]},
            {"actions": [{"action": "sell", "product": "alias of own bread", "quantity": "1", "unit": "case"}]},
            {"actions": [{"action": "sell", "product": "own milk", "quantity": "3000"}]},
            {"actions": [{"action": "reject"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "2", "price": "700"}]},
            {"actions": [{"action": "reject"}]},
            {"actions": [{"action": "sell", "product": "own", "quantity": "2"}]},
            {"actions": [{"action": "choose", "option": "1"}]},
            {"actions": [{"action": "sell", "product": "loaf", "quantity": "1"}]},
            {"actions": [{"action": "choose", "product": "own bread"}]},
            {"actions": [{"action": "receive", "product": "chips", "quantity": "4", "unit_price": "5"}]},
            {"actions": [{"action": "choose", "option": "add"}]},
            {"actions": [{"action": "receive", "product": "chips", "quantity": "1", "unit": "tray"}]},
            {"actions": [{"action": "choose", "option": "30", "quantity": "30"}]},
            {"actions": [{"action": "count", "product": "own bread", "quantity": "14"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "1", "when": "yesterday"}]},
            {"actions": [{"action": "receive", "product": "own bread", "quantity": "6", "unit_price": "15", "when": "yesterday"}]},
            {"actions": [{"action": "count", "product": "own milk", "quantity": "9", "when": "yesterday"}]},
            {"actions": [{"action": "sell", "product": "own milk", "quantity": "1", "when": "yesterday"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "write_off", "product": "own milk", "quantity": "1", "reason": "expired"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "confirm"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "3"}, {"action": "sell", "product": "own milk", "quantity": "1"}]},
            {"actions": [{"action": "correct", "quantity": "5"}]},
            {"actions": [{"action": "choose", "option": "1"}]},
            {"actions": [{"action": "correct", "product": "own bread", "quantity": "4"}]},
            {"actions": [{"action": "correct", "to_product": "own milk"}], "reply_to": "story-reply-3"},
            {"actions": [{"action": "undo"}], "reply_to": "story-reply-5"},
            {"actions": [{"action": "undo"}], "reply_to": "story-reply-5"},
            {"actions": [{"action": "transfer", "product": "own milk", "quantity": "2", "to_location": "back room"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "add_product", "name": "own tea", "price": "30"}]},
            {"actions": [{"action": "sell", "product": "own tea", "quantity": "9"}]},
            {"actions": [{"action": "choose", "option": "add"}]},
            {"actions": [{"action": "choose", "quantity": "12", "option": "12"}]},
            {"actions": [{"action": "add_product", "name": "own salt", "price": "9"}]},
            {"actions": [{"action": "sell", "product": "own salt", "quantity": "9"}]},
            {"actions": [{"action": "reject"}]},
            {"actions": [{"action": "sell", "product": "own salt", "quantity": "2"}]},
            {"actions": [{"action": "add_product", "name": "own jam", "price": "25"}]},
            {"actions": [{"action": "sell", "product": "own jam", "quantity": "9"}]},
            {"actions": [{"action": "choose", "option": "count"}]},
            {"actions": [{"action": "choose", "quantity": "3", "option": "3"}]},
            {"actions": [{"action": "stock"}, {"action": "stock", "product": "own"}, {"action": "low_stock"}]},
            {"actions": [{"action": "sales"}, {"action": "sales", "when": "this_month"}, {"action": "profit"}]},
            {"actions": [{"action": "value"}, {"action": "price", "product": "own milk"}]},
            {"actions": [{"action": "history", "product": "own bread"}]},
            {"actions": [{"action": "history", "product": "own milk"}]},
            {"actions": [{"action": "history", "quantity": "3"}]},
            {"actions": [{"action": "history"}], "reply_to": "story-reply-3"},
            {"actions": [{"action": "set_price", "product": "own milk", "price": "23"}]},
            {"actions": [{"action": "set_reorder_level", "product": "own milk", "quantity": "4"}]},
            {"actions": [{"action": "set_pack", "product": "own bread", "unit": "tray", "quantity": "15"}]},
            {"actions": [{"action": "add_product", "name": "own rusks", "price": "30"}]},
            {"actions": [{"action": "stocktake"}]},
            {"actions": [{"action": "choose", "quantity": "5", "option": "5"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "1"}]},
            {"actions": [{"action": "stocktake"}]},
            {"actions": [{"action": "confirm"}]},
            {"actions": [{"action": "choose", "option": "skip"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "choose", "quantity": "2", "option": "2"}]},
            {"actions": [{"action": "choose", "quantity": "3", "option": "3"}]},
            {"actions": [{"action": "choose", "quantity": "4", "option": "4"}]},
            {"actions": [{"action": "choose", "quantity": "1", "option": "1"}]},
            {"actions": [{"action": "choose", "quantity": "2", "unit": "case", "option": "2"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "1"}]},
            {"actions": [{"action": "choose", "option": "finish"}]},
            {"actions": [{"action": "confirm"}]},
            {"actions": [{"action": "switch_company"}, {"action": "help"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "1"}], "source": "forwarded"},
            {"actions": [{"action": "correct", "quantity": "2"}]},
            {"actions": [{"action": "confirm"}]},
            {"actions": [{"action": "count", "product": "own bread", "quantity": "14"}]},
            {"actions": [{"action": "set_reorder_level", "product": "own bread", "quantity": "12"}]},
            {"actions": [{"action": "sell", "product": "own bread", "quantity": "3"}], "again": true},
            {"actions": [{"action": "add_product", "name": "own peas", "price": "10"}]},
            {"actions": [{"action": "sell", "product": "own peas", "quantity": "4"}]},
            {"actions": [{"action": "receive", "product": "own peas", "quantity": "10", "unit_price": "5"}]},
            {"actions": [{"action": "choose", "option": "count"}]},
            {"actions": [{"action": "set_price", "product": "own milk", "price": "22"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "set_price", "product": "own milk", "price": "25"}]},
            {"actions": [{"action": "correct", "price": "26"}]},
            {"actions": [{"action": "set_pack", "product": "own bread", "unit": "crate", "quantity": "10"}]},
            {"actions": [{"action": "correct", "quantity": "12"}]},
            {"actions": [{"action": "set_pack", "product": "own bread", "unit": "case", "quantity": "8"}]},
            {"actions": [{"action": "set_pack", "product": "own bread", "unit": "case", "quantity": "6"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "confirm"}]},
            {"actions": [{"action": "add_product", "name": "own oats", "price": "12"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "receive", "product": "white toast", "quantity": "1", "unit_price": "12"}]},
            {"actions": [{"action": "choose", "product": "own bread"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "transfer", "product": "own milk", "quantity": "2", "to_location": "back room"}]},
            {"actions": [{"action": "correct", "quantity": "3"}]},
            {"actions": [{"action": "undo"}], "reply_to": "story-reply-11"},
            {"actions": [{"action": "undo"}], "reply_to": "story-13"},
            {"actions": [{"action": "undo"}], "reply_to": "story-reply-22"},
            {"actions": [{"action": "receive", "product": "own milk", "quantity": "1", "unit": "box"},
                {"action": "receive", "product": "own bread", "quantity": "1", "unit": "box"}]},
            {"actions": [{"action": "choose", "quantity": "10", "option": "10"}]},
            {"actions": [{"action": "choose", "quantity": "12", "option": "12"}]},
            {"actions": [{"action": "sell", "product": "own tea", "quantity": "1", "unit": "packet"}]},
            {"actions": [{"action": "sell", "product": "own milk 2l"}]},
            {"actions": [{"action": "stock", "product": "alias of the bred"}]},
            {"actions": [{"action": "history", "quantity": "90000000000"}]},
            {"actions": [{"action": "sell", "product": "own", "quantity": "1"}]},
            {"actions": [{"action": "choose", "option": "1"}], "expired": true},
            {"actions": [{"action": "sell", "product": "own yeast", "quantity": "1", "when": "yesterday"}]},
            {"actions": [{"action": "stocktake"}]},
            {"actions": [{"action": "choose", "quantity": "5", "option": "5"}]},
            {"actions": [{"action": "sell", "product": "chips", "quantity": "1"}]},
            {"actions": [{"action": "undo"}]},
            {"actions": [{"action": "stocktake"}]},
            {"actions": [{"action": "confirm"}]},
            {"actions": [{"action": "choose", "option": "finish"}]},
            {"actions": [{"action": "confirm"}]},
            {"actions": [{"action": "help", "option": "me"}], "usage": {"model": "story", "calls": 1, "cost": 1}}
        ]') with ordinality as step
    loop
        update public.questions set expires_at = now()
        where company_id = '$own' and v_step ? 'expired';
        v_work := public.receive_messages(jsonb_build_array(jsonb_build_object(
            'wamid', 'story-' || v_place,
            'sender', '999000000014',
            'phone_number_id', '1',
            'sent_at', clock_timestamp(),
            'message', jsonb_build_object('type', 'text', 'text', 'words ' || v_place)
            || jsonb_strip_nulls(jsonb_build_object('reply_to', v_step -> 'reply_to'))
        ))) #> '{work,0}';
        v_read := jsonb_build_array(jsonb_build_object(
            'id', v_work #> '{messages,-1,id}',
            'sender', v_work -> 'sender',
            'token', v_work -> 'token',
            'form', jsonb_strip_nulls(jsonb_build_object(
                'language', 'en',
                'verdict', 'ok',
                'actions', v_step -> 'actions',
                'source', v_step -> 'source'
            ))
        ) || jsonb_strip_nulls(jsonb_build_object('usage', v_step -> 'usage')));
        v_owed := public.apply_interpretations(v_read) -> 0;
        if v_step ? 'again' then
            v_owed := public.apply_interpretations(v_read) -> 0;
        end if;
        perform public.settle_outbound(
            jsonb_build_array(jsonb_build_object(
                'outbound_id', v_owed -> 'outbound_id',
                'state', 'sent',
                'wamid', 'story-reply-' || v_place,
                'text', 'reply'
            )),
            jsonb_build_array(jsonb_build_object(
                'sender', v_work -> 'sender', 'token', v_work -> 'token'
            ))
        );
        update public.questions set created_at = clock_timestamp()
        where company_id = '$own' and created_at = now();
        update public.messages set created_at = clock_timestamp()
        where company_id = '$own' and created_at = now();
        v_answers := v_answers || pg_temp.plain(concat(
            v_owed - 'id',
            v_work #> '{messages,-1,model_allowed}',
            v_work #> '{messages,-1,product_names}'
        ));
        exit when pg_temp.is_other('chat', v_answers);
    end loop;
    return v_answers;
end;
$chat$;


-- What an owner does on the dashboard; a refusal is told like an answer.
create function pg_temp.trade()
returns text[]
language plpgsql
as $trade$
declare
    v_call text;
    v_place integer;
    v_answer jsonb;
    v_ids text[] := '{}';
    v_detail text;
    v_answers text[] := '{}';
begin
    for v_call, v_place in
        select call.line, call.ordinality
        from unnest(array[
            $call$record_operation('$own', 't0', '[{"action": "receive", "product": "own milk", "quantity": "1"}]',
                (now() - interval '500 days')::text)$call$,
            $call$update_company('$own', 't1', '{"timezone": "Africa/Nairobi"}')$call$,
            $call$record_operation('$own', 't2', '[{"action": "receive", "product": "own milk", "quantity": "10", "unit_price": "12"},
                {"action": "sell", "product": "own yeast", "quantity": "1"}]')$call$,
            $call$record_operation('$own', 't3', '[{"action": "receive", "product": "own bread", "quantity": "10", "total_price": "90"}]')$call$,
            $call$record_operation('$own', 't4', '[{"action": "sell", "product": "6001000000001", "quantity": "1"},
                {"action": "sell", "product": "alias of own milk", "quantity": "1", "unit": "case"}]')$call$,
            $call$record_operation('$own', 't5', '[{"action": "transfer", "product": "own milk", "quantity": "3", "to_location": "back room"}]')$call$,
            $call$record_operation('$own', 't6', '[{"action": "count", "product": "own milk", "quantity": "9"}]')$call$,
            $call$record_operation('$own', 't7', '[{"action": "sell", "product": "own milk", "quantity": "2"}]',
                (now() - interval '1 day')::text)$call$,
            $call$record_operation('$own', 't8', '[{"action": "receive", "product": "own milk", "quantity": "4", "unit_price": "30"}]',
                (now() - interval '2 days')::text)$call$,
            $call$record_operation('$own', 't9', '[{"action": "count", "product": "own bread", "quantity": "9"}]',
                (now() - interval '1 hour')::text)$call$,
            $call$record_operation('$own', 't9', '[{"action": "count", "product": "own bread", "quantity": "9"}]',
                (now() - interval '1 hour')::text)$call$,
            $call$reverse_operation('$own', 't10', v_ids[3])$call$,
            $call$reverse_operation('$own', 't11', v_ids[7])$call$,
            $call$reverse_operation('$own', 't12', v_ids[6])$call$,
            $call$reverse_operation('$own', 't12', v_ids[6])$call$,
            $call$record_operation('$own', 't13', '[{"action": "receive", "product": "own milk", "quantity": "8", "unit_price": "12"}]')$call$,
            $call$merge_products('$own', 't14', '$own_product', '$twin_product')$call$,
            $call$reverse_operation('$own', 't15', v_ids[16])$call$,
            $call$record_operation('$own', 't16', '[{"action": "sell", "product": "own milk", "quantity": "2"}]',
                (now() - interval '3 days')::text)$call$,
            $call$update_company('$own', 't17', '{"negative_stock": "block", "timezone": "Africa/Johannesburg"}')$call$,
            $call$record_operation('$own', 't18', '[{"action": "sell", "product": "own bread", "quantity": "900"}]')$call$,
            $call$reverse_operation('$own', 't19', '$own_receipt')$call$,
            $call$reverse_operation('$own', 't20', '$own_sale')$call$,
            $call$update_company('$own', 't21', '{"locked_before": "2020-01-01"}')$call$,
            $call$record_operation('$own', 't22', '[{"action": "sell", "product": "own bread", "quantity": "1"}]',
                '2019-01-01T00:00:00Z')$call$,
            $call$record_operation('$own', 't23', '[{"action": "sell", "product": "own bread", "quantity": "1"}]')$call$,
            $call$record_operation('$own', 't24', '[{"action": "sell", "product": "own yeast", "quantity": "1"}]')$call$,
            $call$reverse_operation('$own', 't25', v_ids[27])$call$,
            $call$update_company('$own', 't26', '{"timezone": "Pacific/Kiritimati"}')$call$,
            $call$update_company('$own', 't27', '{"timezone": "Pacific/Pago_Pago"}')$call$,
            $call$record_operation('$own', 't28', '[{"action": "sell", "product": "own yeast", "quantity": "900"}]')$call$
        ]) with ordinality as call (line, ordinality)
    loop
        begin
            execute format('select public.%s', replace(v_call, 'v_ids', '$1')) into v_answer
            using v_ids;
            v_ids[v_place] := v_answer ->> 'id';
        exception
            when others then
                if v_place = 1 then
                    raise;
                end if;
                get stacked diagnostics v_detail = pg_exception_detail;
                v_answer := to_jsonb(concat_ws(' ', sqlstate, sqlerrm, v_detail));
        end;
        v_answers := v_answers || pg_temp.plain(v_answer::text);
        exit when pg_temp.is_other('trade', v_answers);
    end loop;
    return v_answers;
end;
$trade$;


-- Tells a story once and takes it back.
create function pg_temp.rehearse(p_story text, p_claims text)
returns void
language plpgsql
as $rehearse$
declare
    v_answers text[];
    v_content text;
begin
    begin
        perform pg_temp.prepare();
        perform
            set_config('request.jwt.claims', p_claims, true),
            set_config('request.headers', '{}', true);
        execute format('select pg_temp.%I()', p_story) into v_answers;
        v_content := pg_temp.content();
        raise exception 'told' using errcode = 'ST000';
    exception
        when sqlstate 'ST000' then null;
    end;
    insert into rehearsed (story, answers, content)
    values (p_story, v_answers, v_content);
end;
$rehearse$;


-- Whether a story that was told again is the rehearsed one, else where it is not.
create function pg_temp.as_rehearsed(p_story text)
returns text
language sql
as $as_rehearsed$
    select
        case
            when pg_temp.is_other(p_story, performed.answers)
                then 'otherwise from step ' || cardinality(performed.answers)
            when pg_temp.content() <> rehearsed.content then 'with another outcome'
            else 'as rehearsed'
        end
    from performed
    cross join rehearsed
    where rehearsed.story = p_story;
$as_rehearsed$;


select pg_temp.rehearse('chat', '');
select pg_temp.rehearse('trade', '{"sub": "$own_owner", "role": "authenticated"}');
