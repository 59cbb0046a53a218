-- Stories that the attacks tell twice: once beside the twin of the own company as the fixture made
-- it, and again beside a twin that takes over each row as soon as the own company has it, under the
-- same id and name, with other numbers. Whoever forgets the company in a lookup tells them
-- differently.
-- Runs after fixture.sql, inside the same transaction; `$name` is an id of actors.toml.
-- An insert names its columns already, and every table is told alike:
-- noqa: disable=AL03,AL08,AM04

create temporary table rehearsed (told text, content text);
create temporary table performed (told text);
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


-- The tables that hold rows of companies, and their columns that can be written.
create function pg_temp.shelves()
returns table (name text, columns text)
language sql
as $shelves$
    select
        relation.oid::regclass::text,
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
                select pg_temp.plain((to_jsonb(kept) - ''database_role'')::text) as told
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


-- A row of the own company as the twin holds it: thrice as much and booked a minute later, of what
-- happened a minute before, long before in the order of its stock; a little below nothing on hand,
-- and products in another unit.
create function pg_temp.as_twin(p_row jsonb)
returns jsonb
language sql
as $as_twin$
    select jsonb_object_agg(
        held.key,
        case
            when held.key = 'company_id' then to_jsonb('$third'::text)
            when held.value = 'null' then held.value
            when held.key = 'quantity' and p_row ? 'last_seq' then to_jsonb(-1)
            when held.key = 'unit' and p_row ? 'barcode' then to_jsonb('l'::text)
            when held.key in (
                'quantity', 'typed_quantity', 'balance_after', 'unit_price', 'amount', 'unit_cost',
                'average_cost', 'price', 'cost', 'counted', 'factor'
            ) then to_jsonb((held.value #>> '{}')::numeric * 3)
            when held.key in ('created_at', 'at', 'counted_at')
                then to_jsonb((held.value #>> '{}')::timestamptz + interval '1 minute')
            when held.key = 'occurred_at'
                then to_jsonb((held.value #>> '{}')::timestamptz - interval '1 minute')
            when held.key = 'seq' then to_jsonb((held.value #>> '{}')::bigint - 1000)
            else held.value
        end
    )
    from jsonb_each(p_row) as held;
$as_twin$;


-- Gives the twin a row that the own company has just got. The trigger's argument: its columns.
create function pg_temp.mirror()
returns trigger
language plpgsql
security definer
as $mirror$
begin
    execute format(
        'insert into %1$s (%2$s)
        select %2$s from jsonb_populate_record(null::%1$s, $1)
        on conflict do nothing', tg_relid::regclass, tg_argv[0]
    ) using pg_temp.as_twin(to_jsonb(new));
    return null;
end;
$mirror$;


-- Tells a story once and takes it back; then the twin gets the names of the own company, each for
-- the other product, an undoing later than all that comes, and from now on every row.
create function pg_temp.rehearse(p_story text)
returns void
language plpgsql
as $rehearse$
declare
    v_shelf record;
    v_told text;
    v_content text;
begin
    insert into public.locations (company_id, id, name)
    values ('$own', '$own_message', 'Back room'), ('$third', '$own_message', 'Back room');
    update public.products set barcode = '6001000000001'
    where company_id = '$own' and id = '$twin_product';
    update public.companies set locked_before = current_date - 400
    where id = '$own';
    update private.senders set leased_until = '-infinity'
    where id = '999000000014';
    update private.inbox set state = 'done'
    where sender = '999000000014';
    begin
        execute format('select pg_temp.%I()', p_story) into v_told;
        v_content := pg_temp.content();
        raise exception 'told' using errcode = 'ST000';
    exception
        when sqlstate 'ST000' then null;
    end;
    insert into rehearsed (told, content)
    values (v_told, v_content);

    perform set_config('session_replication_role', 'replica', true);
    update public.products
    set
        name = case when id = '$own_product' then 'Own bread' else 'Own milk' end,
        barcode = case when id = '$own_product' then '6001000000001' end
    where company_id = '$third' and merged_into is null;
    update public.product_aliases
    set alias = replace(alias, 'Third', 'Own')
    where company_id = '$third';
    insert into public.operations (
        company_id, id, kind, source, request_digest, member_id, reverses_id, occurred_at,
        created_at
    )
    values (
        '$third', gen_random_uuid(), 'reversal', 'chat', gen_random_uuid(), '$own_owner',
        gen_random_uuid(), now(), now() + interval '1 hour'
    );
    perform set_config('session_replication_role', 'origin', true);
    for v_shelf in select * from pg_temp.shelves() loop
        execute format(
            'create trigger mirrored after insert on %s for each row
            when (new.company_id = ''$own'') execute function pg_temp.mirror(%L)',
            v_shelf.name, v_shelf.columns
        );
    end loop;
end;
$rehearse$;


-- The owner's chat of many days, answer by answer. Questions and words say when they were written,
-- which is one moment for all of a transaction, so each step gives its own another.
create function pg_temp.chat()
returns text
language plpgsql
as $chat$
declare
    v_step jsonb;
    v_place integer;
    v_work jsonb;
    v_owed jsonb;
    v_told text := '';
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
            {"actions": [{"action": "confirm"}]}
        ]') with ordinality as step
    loop
        v_work := public.receive_messages(jsonb_build_array(jsonb_build_object(
            'wamid', 'story-' || v_place,
            'sender', '999000000014',
            'phone_number_id', '1',
            'sent_at', clock_timestamp(),
            'message', jsonb_build_object('type', 'text', 'text', 'words ' || v_place)
            || jsonb_strip_nulls(jsonb_build_object('reply_to', v_step -> 'reply_to'))
        ))) #> '{work,0}';
        v_owed := public.apply_interpretations(jsonb_build_array(jsonb_build_object(
            'id', v_work #> '{messages,-1,id}',
            'sender', v_work -> 'sender',
            'token', v_work -> 'token',
            'form', jsonb_strip_nulls(jsonb_build_object(
                'language', 'en',
                'verdict', 'ok',
                'actions', v_step -> 'actions',
                'source', v_step -> 'source'
            ))
        ))) -> 0;
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
        v_told := concat(v_told, chr(10), v_place, ' ', v_owed -> 'result');
    end loop;
    return pg_temp.plain(v_told);
end;
$chat$;


-- What an owner does on the dashboard; a refusal is told like an answer.
create function pg_temp.trade()
returns text
language plpgsql
as $trade$
declare
    v_call text;
    v_place integer;
    v_answer jsonb;
    v_ids text[] := '{}';
    v_detail text;
    v_told text := '';
begin
    for v_call, v_place in
        select call.line, call.ordinality
        from unnest(array[
            $call$record_operation('$own', 't0', '[{"action": "receive", "product": "own milk", "quantity": "1"}]',
                (now() - interval '500 days')::text)$call$,
            $call$update_company('$own', 't1', '{"timezone": "Africa/Nairobi"}')$call$,
            $call$record_operation('$own', 't2', '[{"action": "receive", "product": "own milk", "quantity": "10", "unit_price": "12"}]')$call$,
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
                '2019-01-01T00:00:00Z')$call$
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
        v_told := concat(v_told, chr(10), v_place, ' ', v_answer);
    end loop;
    return pg_temp.plain(v_told);
end;
$trade$;
