-- Conversation: the words people sent, the questions the bot asked, and what a filled form does.
-- A parser fills the form; only the functions here know the shop, its people and its stock.

create type public.message_direction as enum ('in', 'out');
create type public.question_state as enum ('open', 'answered', 'cancelled');


-- The words, both ways. Erasable: the ledger refers to them but does not need them.
create table public.messages (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    direction public.message_direction not null,
    member_id uuid,
    wamid text,
    body text,
    operation_id uuid,
    question_id uuid,
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    constraint messages_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id),
    constraint messages_operation_fkey foreign key (company_id, operation_id)
    references public.operations (company_id, id)
);
create unique index messages_wamid_key on public.messages (company_id, wamid);
create index messages_member_idx on public.messages (company_id, member_id);
create index messages_operation_idx on public.messages (company_id, operation_id);
create index messages_created_idx on public.messages (company_id, created_at desc);
alter table public.messages enable row level security;


-- An open question holds the whole form it is about. An answer patches one action of that form, and
-- the form is applied again; so any number of questions needs no other state than this row.
-- options: [{key, patch, product_id?, label?}]; a patch of null means: forget the message.
create table public.questions (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    member_id uuid not null,
    message_id uuid,
    kind text not null,
    details jsonb not null,
    options jsonb not null,
    form jsonb not null,
    action_index integer not null,
    state public.question_state not null default 'open',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '1 hour',
    primary key (company_id, id),
    constraint questions_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id)
);
create index questions_member_idx on public.questions (company_id, member_id, created_at desc);
alter table public.questions enable row level security;


create policy "Messages are viewable by members" on public.messages
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.messages from public, anon, authenticated;
grant select on table public.messages to authenticated;

create policy "Questions are viewable by members" on public.questions
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.questions from public, anon, authenticated;
grant select on table public.questions to authenticated;


-- Who asks, in what words, and through which door: what every step below needs to know.
create type private.turn as (
    member public.members,
    message_id uuid,
    wamid text,
    reply_to text,
    button_id text
);


-- A question about one action of a form. `p_question`: {kind, details, options}. Answers
-- {outcome: 'question', question: {id, kind, details, options: [{key, label?, product_id?}]}}.
create function private.ask(p_turn private.turn, p_form jsonb, p_index integer, p_question jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid;
begin
    insert into public.questions (
        company_id, member_id, message_id, kind, details, options, form, action_index
    )
    values (
        (p_turn.member).company_id, (p_turn.member).id, p_turn.message_id,
        p_question ->> 'kind', p_question -> 'details', p_question -> 'options', p_form, p_index
    )
    returning id into v_id;

    return jsonb_build_object(
        'outcome', 'question',
        'question', jsonb_build_object(
            'id', v_id,
            'kind', p_question ->> 'kind',
            'details', p_question -> 'details',
            'options', (
                select coalesce(jsonb_agg(option.value - 'patch' order by option.ordinality), '[]')
                from jsonb_array_elements(p_question -> 'options') with ordinality as option
            )
        )
    );
end;
$$;


-- Options that name products, likeliest first, with a way out.
create function private.product_options(p_product_ids uuid [], p_company_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'key', 'p' || candidate.ordinality,
            'label', product.name,
            'product_id', product.id,
            'patch', jsonb_build_object('product_id', product.id)
        )
        order by candidate.ordinality
    ), '[]')
    from unnest(p_product_ids) with ordinality as candidate (id, ordinality)
    inner join public.products as product
        on product.company_id = p_company_id and product.id = candidate.id
    where candidate.ordinality <= 8;
$$;


create function private.option(p_key text, p_patch jsonb)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('key', p_key, 'patch', p_patch);
$$;


-- The product an action names: {product} when one fits, else {ask}. Never guesses, never creates.
create function private.find_product(p_company_id uuid, p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said constant text := p_action ->> 'product';
    v_ids uuid [];
begin
    -- Step 1: an answer to an earlier question has named it.
    if p_action ->> 'product_id' is not null then
        return jsonb_build_object('product_id', p_action ->> 'product_id');
    end if;

    -- Step 2: the shop's own words, as written and then as translated.
    select array_agg(match.product_id order by match.name) into v_ids
    from private.match_products(p_company_id, v_said) as match;
    if v_ids is null and p_action ->> 'gloss' is not null then
        select array_agg(match.product_id order by match.name) into v_ids
        from private.match_products(p_company_id, p_action ->> 'gloss') as match;
    end if;
    if cardinality(v_ids) = 1 then
        return jsonb_build_object('product_id', v_ids[1]);
    end if;
    if v_ids is not null then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'which_product',
            'details', jsonb_build_object('said', v_said),
            'options', private.product_options(v_ids, p_company_id)
            || private.option('cancel', null)
        ));
    end if;

    -- Step 3: nothing fits; offer what comes near.
    select array_agg(candidate.product_id order by candidate.place) into v_ids
    from (
        select near.product_id, row_number() over () as place
        from private.product_candidates(
            p_company_id, coalesce(p_action ->> 'gloss', v_said), 5
        ) as near
    ) as candidate;
    return jsonb_build_object('ask', jsonb_build_object(
        'kind', 'unknown_product',
        'details', jsonb_build_object('said', v_said),
        'options', private.product_options(coalesce(v_ids, '{}'), p_company_id)
        || case
            when p_action ->> 'action' = 'receive'
                then private.option('add', jsonb_build_object('add_product', true))
            else '[]'::jsonb
        end
        || private.option('cancel', null)
    ));
end;
$$;


-- What a bare price means: {unit_price} or {total_price}, whichever lies within 40 % of what the shop
-- asks (going out) or last paid (coming in); {ask} when none or both do.
create function private.read_price(p_product public.products, p_action jsonb, p_factor numeric)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_price constant numeric := private.exact(p_action ->> 'price', 2, 'price');
    v_quantity constant numeric := private.exact(p_action ->> 'quantity', 3, 'quantity');
    v_usual numeric;
    v_each boolean;
    v_total boolean;
begin
    if v_quantity = 1 then
        return jsonb_build_object('unit_price', p_action ->> 'price');
    end if;

    if p_action ->> 'action' in ('sell', 'return_in') then
        v_usual := p_product.price * p_factor;
    else
        select line.unit_price * p_factor into v_usual
        from public.transactions as line
        where line.company_id = p_product.company_id
            and line.product_id = p_product.id
            and line.kind = 'receive'
            and line.unit_price is not null
        order by line.seq desc
        limit 1;
        v_usual := coalesce(v_usual, p_product.cost * p_factor);
    end if;
    v_each := abs(v_price - v_usual) <= 0.4 * v_usual;
    v_total := abs(v_price - v_usual * v_quantity) <= 0.4 * v_usual * v_quantity;

    if coalesce(v_each, false) and not coalesce(v_total, false) then
        return jsonb_build_object('unit_price', p_action ->> 'price');
    elsif coalesce(v_total, false) and not coalesce(v_each, false) then
        return jsonb_build_object('total_price', p_action ->> 'price');
    end if;
    return jsonb_build_object('ask', jsonb_build_object(
        'kind', 'each_or_total',
        'details', jsonb_build_object(
            'product', p_product.name, 'price', p_action ->> 'price',
            'quantity', p_action ->> 'quantity'
        ),
        'options', jsonb_build_array(
            private.option('each', jsonb_build_object('unit_price', p_action ->> 'price', 'price', null)),
            private.option('total', jsonb_build_object('total_price', p_action ->> 'price', 'price', null)),
            private.option('cancel', null)
        )
    ));
end;
$$;


-- Above this many base units an amount is confirmed first: the shop's factor times the largest line of
-- 90 days, five packs, or 50, whichever is most.
create function private.usual_limit(p_product public.products)
returns numeric
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select greatest(
        50,
        company.large_quantity_factor * (
            select max(abs(line.quantity))
            from public.transactions as line
            where
                line.company_id = p_product.company_id
                and line.product_id = p_product.id
                and line.created_at > now() - interval '90 days'
        ),
        5 * (
            select max(pack.factor)
            from public.product_packs as pack
            where pack.company_id = p_product.company_id and pack.product_id = p_product.id
        )
    )
    from public.companies as company
    where company.id = p_product.company_id;
$$;


-- One stock action of a form, made ready: {line} for `private.read_line`, or {ask}.
create function private.ready_action(p_member public.members, p_action jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_action jsonb := jsonb_strip_nulls(p_action);
    v_found jsonb;
    v_product public.products;
    v_factor numeric;
    v_quantity numeric;
    v_pack_size numeric;
begin
    -- Step 1: which way. "30 bread R18" says none.
    if v_action ->> 'action' = 'unknown' then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'which_action',
            'details', jsonb_build_object(
                'said', v_action ->> 'product', 'quantity', v_action ->> 'quantity'
            ),
            'options', jsonb_build_array(
                private.option('sell', '{"action": "sell"}'),
                private.option('receive', '{"action": "receive"}'),
                private.option('cancel', null)
            )
        ));
    end if;
    perform private.require_role(
        p_member, private.booking_role((v_action ->> 'action')::public.movement_kind)
    );

    -- Step 2: which product. A receipt may bring one that the shop did not have.
    if v_action ->> 'add_product' is not null then
        perform private.require_role(p_member, 'manager');
        insert into public.products (company_id, name)
        values (p_member.company_id, initcap(btrim(v_action ->> 'product')))
        returning * into v_product;
        v_action := v_action - 'add_product';
    else
        v_found := private.find_product(p_member.company_id, v_action);
        if v_found ? 'ask' then
            return v_found;
        end if;
        select product.* into v_product
        from public.products as product
        where product.company_id = p_member.company_id
            and product.id = (v_found ->> 'product_id')::uuid;
    end if;
    v_action := v_action || jsonb_build_object('product_id', v_product.id);

    -- Step 3: how many. A pack size is asked once and remembered.
    v_quantity := private.exact(v_action ->> 'quantity', 3, 'quantity');
    if v_quantity is null then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'how_many',
            'details', jsonb_build_object('product', v_product.name, 'field', 'quantity'),
            'options', jsonb_build_array(private.option('cancel', null))
        ));
    end if;
    v_pack_size := private.exact(v_action ->> 'pack_size', 3, 'quantity');
    if v_pack_size > 0 then
        insert into public.product_packs (company_id, product_id, name, factor)
        values (p_member.company_id, v_product.id, v_action ->> 'unit', v_pack_size)
        on conflict (company_id, product_id, name) do update set factor = excluded.factor;
        v_action := v_action - 'pack_size';
    end if;
    v_factor := private.unit_factor(v_product, v_action ->> 'unit');
    if v_factor is null then
        if v_action ->> 'unit' in ('each', 'kg', 'g', 'l', 'ml', 'rand', 'dozen') then
            perform private.refuse(
                422, 'unknown_unit', 'This product is not counted in that unit.'
            );
        end if;
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'pack_size',
            'details', jsonb_build_object(
                'product', v_product.name, 'unit', v_action ->> 'unit', 'field', 'pack_size'
            ),
            'options', jsonb_build_array(private.option('cancel', null))
        ));
    end if;

    -- Step 4: for how much.
    if v_action ->> 'price' is not null then
        if v_action ->> 'action' in ('sell', 'receive', 'return_in', 'return_out') then
            v_found := private.read_price(v_product, v_action, v_factor);
            if v_found ? 'ask' then
                return v_found;
            end if;
            v_action := (v_action - 'price') || v_found;
        else
            v_action := v_action - 'price';
        end if;
    end if;

    -- Step 5: an amount this shop has never seen is confirmed first.
    if v_action ->> 'confirmed' is null
        and v_quantity * v_factor > private.usual_limit(v_product)
    then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'large_quantity',
            'details', jsonb_build_object(
                'product', v_product.name, 'action', v_action ->> 'action',
                'quantity', trim_scale(v_quantity)::text, 'unit', v_action ->> 'unit'
            ),
            'options', jsonb_build_array(
                private.option('yes', '{"confirmed": true}'), private.option('cancel', null)
            )
        ));
    end if;
    return jsonb_build_object('line', v_action);
end;
$$;


-- Books the stock actions of a form as one operation, or asks the first question they raise. All or
-- none: nothing is written while a question is open.
create function private.apply_stock(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_form jsonb := p_form;
    v_action jsonb;
    v_index integer;
    v_ready jsonb;
    v_lines private.ledger_line [];
    v_operation public.operations;
begin
    -- Step 1: every action made ready; what is settled stays settled when a later one must be asked.
    v_operation.company_id := (p_turn.member).company_id;
    for v_action, v_index in
        select action.value, (action.ordinality - 1)::integer
        from jsonb_array_elements(p_form -> 'actions') with ordinality as action
    loop
        v_ready := private.ready_action(p_turn.member, v_action);
        if v_ready #>> '{ask,kind}' = 'unknown_product'
            and jsonb_array_length(v_ready #> '{ask,options}') = 1
        then
            return jsonb_build_object(
                'outcome', 'refused', 'code', 'unknown_product',
                'details', v_ready #> '{ask,details}'
            );
        elsif v_ready ? 'ask' then
            return private.ask(p_turn, v_form, v_index, v_ready -> 'ask');
        end if;
        v_form := jsonb_set(v_form, array['actions', v_index::text], v_ready -> 'line');
        v_lines := v_lines || private.read_line(v_operation.company_id, v_ready -> 'line');
    end loop;

    -- Step 2: booked as one operation.
    v_operation.id := private.digest('chat' || chr(31) || p_turn.wamid);
    v_operation.request_digest := private.digest(p_form::text);
    v_operation.kind := private.operation_kind(v_lines);
    v_operation.source := 'chat';
    v_operation.member_id := (p_turn.member).id;
    v_operation.message_id := p_turn.message_id;
    perform private.book(v_operation, v_lines);
    return jsonb_build_object(
        'outcome', 'posted',
        'operation', private.operation_answer(v_operation.company_id, v_operation.id)
    );
end;
$$;


-- Takes back one operation: the one a button or a reply names, else the sender's last one from the chat
-- within 24 hours. A second "undo" in a row asks before it reaches further back.
create function private.apply_undo(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := (p_turn.member).company_id;
    v_target uuid := (p_form #>> '{actions,0,operation_id}')::uuid;
    v_last public.operations;
    v_operation public.operations;
begin
    -- Step 1: named by a button or by a reply.
    if v_target is null and p_turn.button_id ~ '^op:[0-9a-f-]{36}:undo$' then
        v_target := split_part(p_turn.button_id, ':', 2)::uuid;
    end if;
    if v_target is null and p_turn.reply_to is not null then
        select message.operation_id into v_target
        from public.messages as message
        where message.company_id = v_company_id and message.wamid = p_turn.reply_to;
        if v_target is null then
            perform private.refuse(
                404, 'nothing_to_undo', 'That message booked nothing.'
            );
        end if;
    end if;

    -- Step 2: else the last one of this sender that still stands.
    if v_target is null then
        select operation.* into v_last
        from public.operations as operation
        where operation.company_id = v_company_id
            and operation.member_id = (p_turn.member).id
            and operation.source = 'chat'
        order by operation.created_at desc
        limit 1;
        select operation.id into v_target
        from public.operations as operation
        where operation.company_id = v_company_id
            and operation.member_id = (p_turn.member).id
            and operation.source = 'chat'
            and operation.kind <> 'reversal'
            and operation.created_at > now() - interval '24 hours'
            and not exists (
                select from public.operations as reversal
                where reversal.company_id = operation.company_id
                    and reversal.reverses_id = operation.id
            )
        order by operation.created_at desc
        limit 1;
        if v_target is null then
            perform private.refuse(
                404, 'nothing_to_undo', 'You booked nothing in the last 24 hours.'
            );
        end if;
        if v_last.kind = 'reversal' then
            return private.ask(p_turn, p_form, 0, jsonb_build_object(
                'kind', 'undo_more',
                'details', jsonb_build_object(
                    'operation', private.operation_answer(v_company_id, v_target)
                ),
                'options', jsonb_build_array(
                    private.option('yes', jsonb_build_object('operation_id', v_target)),
                    private.option('cancel', null)
                )
            ));
        end if;
    end if;

    -- Step 3: its opposite.
    v_operation.company_id := v_company_id;
    v_operation.id := private.digest('chat' || chr(31) || p_turn.wamid);
    v_operation.request_digest := private.digest(p_form::text);
    v_operation.source := 'chat';
    v_operation.member_id := (p_turn.member).id;
    v_operation.message_id := p_turn.message_id;
    v_operation.reverses_id := v_target;
    perform private.reverse(v_operation, p_turn.member);
    return jsonb_build_object(
        'outcome', 'posted',
        'operation', private.operation_answer(v_company_id, v_operation.id)
    );
end;
$$;


-- Answers one asking action: {action, said?, rows: [{product, quantity, unit, price?, reorder_level?}]},
-- numbers as text. A question never asks back: every product that fits is shown.
create function private.answer(p_company_id uuid, p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid [];
    v_rows jsonb;
begin
    if p_action ->> 'product' is not null then
        select array_agg(match.product_id) into v_ids
        from private.match_products(p_company_id, p_action ->> 'product') as match;
        if v_ids is null and p_action ->> 'gloss' is not null then
            select array_agg(match.product_id) into v_ids
            from private.match_products(p_company_id, p_action ->> 'gloss') as match;
        end if;
        if v_ids is null then
            return jsonb_build_object(
                'action', p_action ->> 'action', 'said', p_action ->> 'product', 'rows', '[]'::jsonb,
                'near', (
                    select coalesce(jsonb_agg(near.name), '[]')
                    from private.product_candidates(p_company_id, p_action ->> 'product', 3) as near
                )
            );
        end if;
    end if;

    select coalesce(jsonb_agg(
        jsonb_build_object(
            'product', on_hand.product,
            'unit', on_hand.unit,
            'quantity', trim_scale(on_hand.quantity)::text,
            'price', on_hand.price::text,
            'reorder_level', on_hand.reorder_level::text
        )
        order by on_hand.product
    ), '[]')
    into v_rows
    from public.stock_on_hand as on_hand
    where on_hand.company_id = p_company_id
        and (v_ids is null or on_hand.product_id = any(v_ids))
        and case
            when p_action ->> 'action' = 'low_stock' then on_hand.quantity <= on_hand.reorder_level
            else true
        end;
    return jsonb_build_object(
        'action', p_action ->> 'action', 'said', p_action ->> 'product', 'rows', v_rows
    );
end;
$$;


-- Answers an open question of this sender: the one its button or reply names, else the newest. The form
-- it held is patched and applied again; the words that booked stay those of the held message.
create function private.apply_choice(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_action constant jsonb := p_form #> '{actions,0}';
    v_question public.questions;
    v_key text;
    v_option jsonb;
    v_turn private.turn := p_turn;
begin
    -- Step 1: which question. A tap on an old button names one that may be closed.
    select question.* into v_question
    from public.questions as question
    where question.company_id = (p_turn.member).company_id
        and question.member_id = (p_turn.member).id
        and case
            when p_turn.button_id ~ '^q:[0-9a-f-]{36}:'
                then question.id = split_part(p_turn.button_id, ':', 2)::uuid
            when p_turn.reply_to is not null
                then question.id = (
                    select message.question_id
                    from public.messages as message
                    where message.company_id = question.company_id
                        and message.wamid = p_turn.reply_to
                )
            else question.state = 'open' and question.expires_at > now()
        end
    order by question.created_at desc
    limit 1
    for update;
    if v_question.id is null then
        perform private.refuse(404, 'no_question', 'There is no open question to answer.');
    end if;
    if v_question.state <> 'open' or v_question.expires_at <= now() then
        perform private.refuse(410, 'question_closed', 'That question is closed.');
    end if;

    -- Step 2: which option: a button's key, yes or no, its number in the list, or its name.
    v_key := case
        when p_turn.button_id ~ '^q:' then split_part(p_turn.button_id, ':', 3)
        when v_action ->> 'action' = 'confirm' then 'yes'
        when v_action ->> 'action' = 'reject' then 'cancel'
        else v_action ->> 'option'
    end;
    select option.value into v_option
    from jsonb_array_elements(v_question.options) with ordinality as option
    where option.value ->> 'key' = v_key
        or option.ordinality::text = v_key and v_question.details ->> 'field' is null
        or private.normalise(option.value ->> 'label') = private.normalise(v_key)
    order by (option.value ->> 'key' = v_key) desc
    limit 1;
    if v_option is null and v_question.details ->> 'field' is not null and v_key ~ '^[0-9.]+$' then
        v_option := private.option(
            'number', jsonb_build_object(v_question.details ->> 'field', v_key)
        );
    end if;
    if v_option is null then
        perform private.refuse(422, 'no_such_option', 'That is not one of the answers.');
    end if;

    -- Step 3: used up, then acted on.
    update public.questions
    set state = case
        when v_option ->> 'patch' is null then 'cancelled'::public.question_state
        else 'answered'::public.question_state
    end
    where company_id = v_question.company_id and id = v_question.id;
    if v_option ->> 'patch' is null then
        return jsonb_build_object('outcome', 'answered', 'code', 'cancelled');
    end if;

    v_turn.message_id := v_question.message_id;
    v_turn.button_id := null;
    v_turn.reply_to := null;
    return private.apply_form(v_turn, jsonb_set(
        v_question.form,
        array['actions', v_question.action_index::text],
        (v_question.form #> array['actions', v_question.action_index::text])
        || (v_option -> 'patch')
    ));
end;
$$;


-- What a filled form does. `p_form` is an interpretation with the adapter's `verdict` (ok, confirm,
-- reject) and `reason`. Answers {outcome, code?, operation?, question?, answers?}.
create function private.apply_form(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first constant text := p_form #>> '{actions,0,action}';
    v_kinds text [];
begin
    select array_agg(distinct case
        when action.value ->> 'action' in (
            'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out'
        ) then 'stock'
        when action.value ->> 'action' = 'unknown' and action.value ->> 'product' is not null
            then 'stock'
        when action.value ->> 'action' in ('stock', 'low_stock', 'price') then 'ask'
        else action.value ->> 'action'
    end)
    into v_kinds
    from jsonb_array_elements(p_form -> 'actions') as action;

    -- Step 1: what the guard would not let through.
    if p_form ->> 'verdict' = 'reject' then
        return jsonb_build_object('outcome', 'not_understood', 'code', p_form ->> 'reason');
    end if;
    if p_form ->> 'verdict' = 'confirm' and v_kinds = '{stock}' then
        return private.ask(p_turn, p_form || '{"verdict": "ok"}', 0, jsonb_build_object(
            'kind', 'confirm_draft',
            'details', jsonb_build_object(
                'actions', p_form -> 'actions', 'reason', p_form ->> 'reason'
            ),
            'options', jsonb_build_array(
                private.option('yes', '{}'), private.option('cancel', null)
            )
        ));
    end if;

    -- Step 2: to whoever knows.
    case
        when v_kinds = '{stock}' then
            perform private.require_role(p_turn.member, 'clerk');
            return private.apply_stock(p_turn, p_form);
        when v_kinds = '{ask}' then
            return jsonb_build_object('outcome', 'answered', 'answers', (
                select jsonb_agg(
                    private.answer((p_turn.member).company_id, action.value)
                    order by action.ordinality
                )
                from jsonb_array_elements(p_form -> 'actions') with ordinality as action
            ));
        when v_kinds = '{undo}' then
            perform private.require_role(p_turn.member, 'clerk');
            return private.apply_undo(p_turn, p_form);
        when v_kinds <@ '{choose,confirm,reject}' and cardinality(v_kinds) = 1 then
            return private.apply_choice(p_turn, p_form);
        when v_kinds = '{help}' then
            return jsonb_build_object('outcome', 'answered', 'code', 'help');
        when v_kinds = '{language}' then
            return private.apply_language(p_turn, p_form);
        when v_kinds = '{unknown}' then
            return jsonb_build_object('outcome', 'not_understood', 'code', 'unknown');
        else
            return jsonb_build_object('outcome', 'not_understood', 'code', 'not_offered');
    end case;
end;
$$;


-- The language the sender wants to be answered in.
create function private.apply_language(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language constant text := p_form #>> '{actions,0,option}';
begin
    if v_language is null or v_language not in ('en', 'af', 'zu', 'xh', 'st') then
        return jsonb_build_object('outcome', 'answered', 'code', 'languages');
    end if;
    update private.people set language = v_language where id = (p_turn.member).person_id;
    return jsonb_build_object('outcome', 'answered', 'code', 'language_set', 'language', v_language);
end;
$$;
