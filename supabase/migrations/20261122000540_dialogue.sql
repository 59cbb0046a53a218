-- Dialogue: what a filled form does. It books, asks, answers, takes back or corrects; a question
-- holds the whole form, so an answer needs no other state.

-- What stands in an operation's place: itself, or what corrected it last.
create function private.standing_operation(p_company_id uuid, p_operation_id uuid)
returns uuid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive standing (id, place) as (
        select p_operation_id, 0
        union all
        select later.id, standing.place + 1
        from standing
        inner join public.operations as later
            on later.company_id = p_company_id and standing.id = later.replaces_id
    )

    select standing.id
    from standing
    order by standing.place desc
    limit 1;
$$;


-- The operation that a message is about, be it one of ours or the words that caused it; of a
-- question, or of words that were asked about, what its answer booked soon after. Null for none.
create function private.operation_of(p_company_id uuid, p_wamid text)
returns uuid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        message.operation_id,
        (
            select operation.id
            from public.operations as operation
            where
                operation.company_id = message.company_id
                and operation.id = private.operation_id('chat', message.wamid)
        ),
        (
            select operation.id
            from public.operations as operation
            where
                operation.company_id = message.company_id
                and operation.message_id = coalesce(question.message_id, message.id)
                and operation.kind <> 'reversal'
                and operation.created_at between
                message.created_at - interval '1 minute' and message.created_at + interval '1 day'
            order by operation.created_at desc
            limit 1
        )
    )
    from public.messages as message
    left join public.questions as question
        on message.company_id = question.company_id and message.question_id = question.id
    where message.company_id = p_company_id and message.wamid = p_wamid;
$$;


-- Which operation a message is about: the one its button or reply names, as it stands now, else the
-- sender's last one from the chat within 24 hours that still stands. Null when there is none.
create function private.meant_operation(p_turn private.turn)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := (p_turn.member).company_id;
    v_target uuid;
begin
    if p_turn.button_id ~ '^op:[0-9a-f-]{36}:' then
        return private.standing_operation(
            v_company_id, split_part(p_turn.button_id, ':', 2)::uuid
        );
    end if;
    if p_turn.reply_to is not null then
        return private.standing_operation(
            v_company_id, private.operation_of(v_company_id, p_turn.reply_to)
        );
    end if;

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
    return v_target;
end;
$$;


-- An operation of this message, ready for its lines. Its key follows from the message, so that a
-- message applied again finds it; `p_part` tells the operations of one message apart.
create function private.chat_operation(p_turn private.turn, p_form jsonb, p_part text)
returns public.operations
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := private.new_operation(
        (p_turn.member).company_id, 'chat', p_turn.wamid, p_form::text, (p_turn.member).id, null
    );
begin
    v_operation.message_id := p_turn.message_id;
    if p_part is not null then
        v_operation.id := private.digest(concat(v_operation.id, p_part));
    end if;
    return v_operation;
end;
$$;


-- Books the stock actions of a form as one operation, each on its day, or asks the first question
-- they raise. All or none: nothing is booked while a question is open. A form that `replaces` an
-- operation takes that one back first.
create function private.apply_stock(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_form jsonb := p_form;
    v_action jsonb;
    v_actions jsonb;
    v_ready jsonb;
    v_read record;
    v_lines private.ledger_line [];
    v_moments timestamptz [];
    v_operation public.operations := private.chat_operation(p_turn, p_form, null);
    v_answer jsonb;
    v_told jsonb;
    v_taught jsonb;
begin
    -- Step 1: every action made ready; what is settled stays settled when a later one must be
    -- asked.
    for v_index in 0 .. jsonb_array_length(p_form -> 'actions') - 1 loop
        v_action := p_form -> 'actions' -> v_index;
        v_moments[v_index + 1] := coalesce(
            (v_action ->> 'occurred_at')::timestamptz,
            (p_form ->> 'occurred_at')::timestamptz,
            case
                when v_action ->> 'when' <> 'today'
                    then private.moment_of(v_operation.company_id, v_action ->> 'when')
            end
        );
        if v_moments[v_index + 1] > clock_timestamp() then
            perform private.refuse(422, 'in_the_future', 'That day has not come yet.');
        end if;
        v_ready := private.ready_action(p_turn.member, v_action);
        if v_ready #>> '{ask,kind}' = 'pack_size' then
            v_told := private.told_pack(p_turn.member, v_form, v_ready -> 'ask');
            if v_told is not null then
                v_ready := private.ready_action(p_turn.member, v_action || v_told);
            end if;
        end if;
        if v_ready ? 'refused' then
            return jsonb_build_object(
                'outcome', 'refused', 'code', v_ready ->> 'refused', 'details', v_ready -> 'details'
            );
        elsif v_ready ? 'ask' then
            return private.ask(
                p_turn,
                v_form,
                v_index,
                private.asked_at_once(p_turn.member, v_form, v_index, v_ready -> 'ask')
            );
        end if;
        v_form := jsonb_set(v_form, array['actions', v_index::text], v_ready -> 'line');
    end loop;
    v_actions := v_form -> 'actions';
    if v_actions @? '$[*] ? (exists(@.teach) || exists(@.add_product) || exists(@.pack_size))' then
        perform private.act_in(v_operation.id);
        v_actions := private.with_catalogue(p_turn.member, v_actions);
    end if;
    v_read := private.read_lines(v_operation.company_id, v_actions);
    if v_read.fault is not null then
        perform private.refuse_line(v_read.fault);
    end if;

    -- Step 2: booked as one operation, when it happened, in the place of another where it corrects
    -- one. Of several days the first is the operation's, and today's lines are booked as of now.
    v_lines := v_read.lines;
    v_operation.occurred_at := v_moments[1];
    if v_moments <> array_fill(v_moments[1], array[cardinality(v_moments)]) then
        v_operation.occurred_at := (select min(moment.at) from unnest(v_moments) as moment (at));
        for v_index in 1 .. cardinality(v_lines) loop
            v_lines[v_index].occurred_at := coalesce(
                v_moments[v_lines[v_index].line_no], 'infinity'
            );
        end loop;
    end if;
    v_operation.replaces_id := (p_form ->> 'replaces')::uuid;
    if v_operation.replaces_id is not null then
        perform private.take_back(p_turn, p_form, v_operation.replaces_id, 'replaced');
    end if;
    v_answer := private.book(v_operation, v_lines);
    if v_actions @? '$[*].teach' then
        v_taught := private.teach_aliases(p_turn.member, v_actions);
    end if;
    if v_operation.occurred_at is not null
        or v_answer @? '$.lines[*].kind ? (@ == "transfer")'
    then
        v_answer := private.told_operation(v_operation.company_id, v_answer);
    end if;
    return jsonb_build_object('outcome', 'posted', 'operation', v_answer)
    || case when v_taught <> '[]' then jsonb_build_object('taught', v_taught) else '{}' end
    || case
        when v_answer @? '$.lines[*].balance ? (@ starts with "-")'
            then private.ask_about_negative(p_turn, v_operation)
        else '{}'
    end;
end;
$$;


-- An operation with what only some need to be told: its `day` where that is not today, or that of
-- each line where it has several; for a line of a transfer its `location`, for a line that takes
-- one back the kind that had (`reversed`) and its reason.
create function private.told_operation(p_company_id uuid, p_operation jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_timezone text;
    v_days date [];
    v_today date;
    v_lines jsonb;
begin
    select company.timezone into v_timezone
    from public.companies as company
    where company.id = p_company_id;
    v_today := (now() at time zone v_timezone)::date;
    select array_agg(distinct (line.occurred_at at time zone v_timezone)::date) into v_days
    from public.transactions as line
    where line.company_id = p_company_id
        and line.operation_id = (p_operation ->> 'id')::uuid
        and line.kind not in ('adjustment', 'revaluation');

    -- An operation that takes one back has a line for each of its lines, in their order.
    with told as (
        select
            line.operation_id,
            row_number() over (partition by line.operation_id order by line.line_no) as place,
            line.kind,
            line.reason,
            (line.occurred_at at time zone v_timezone)::date as day,
            location.name as location
        from public.transactions as line
        inner join public.locations as location
            on line.company_id = location.company_id and line.location_id = location.id
        where line.company_id = p_company_id
            and line.operation_id in (
                (p_operation ->> 'id')::uuid, (p_operation ->> 'reverses')::uuid
            )
            and line.kind not in ('adjustment', 'revaluation')
    )

    select jsonb_agg(
        line.value || jsonb_strip_nulls(jsonb_build_object(
            'location', case when 'transfer' in (own.kind, undone.kind) then own.location end,
            'reversed', undone.kind,
            'reason', coalesce(own.reason, undone.reason),
            'day', case when cardinality(v_days) > 1 then own.day end
        ))
        order by line.ordinality
    )
    into v_lines
    from jsonb_array_elements(p_operation -> 'lines') with ordinality as line
    inner join told as own
        on own.operation_id = (p_operation ->> 'id')::uuid and line.ordinality = own.place
    left join told as undone
        on undone.operation_id = (p_operation ->> 'reverses')::uuid
        and line.ordinality = undone.place;

    return p_operation || jsonb_strip_nulls(jsonb_build_object(
        'day', case when cardinality(v_days) = 1 and v_days[1] <> v_today then v_days[1] end,
        'lines', coalesce(v_lines, '[]')
    ));
end;
$$;


-- After stock went below zero by what this message took out: was a delivery never sent in? The
-- question holds nothing back; a receipt it leads to happened before the sale. Answers {question}
-- or {}.
create function private.ask_about_negative(p_turn private.turn, p_operation public.operations)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_short record;
    v_asked jsonb;
begin
    select taken.product_id, product.name, product.unit, taken.occurred_at, stock.quantity
    into v_short
    from (
        select
            line.product_id,
            line.location_id,
            min(line.occurred_at) as occurred_at,
            sum(line.quantity) as quantity,
            min(line.line_no) as line_no
        from public.transactions as line
        where line.company_id = p_operation.company_id
            and line.operation_id = p_operation.id
            and line.kind in ('sell', 'write_off', 'return_out')
        group by line.product_id, line.location_id
    ) as taken
    inner join public.inventory as stock
        on stock.company_id = p_operation.company_id
        and taken.product_id = stock.product_id
        and taken.location_id = stock.location_id
    inner join public.products as product
        on product.company_id = p_operation.company_id and taken.product_id = product.id
    where stock.quantity < 0 and stock.quantity - taken.quantity >= 0
    order by taken.line_no
    limit 1;
    if v_short.product_id is null then
        return '{}';
    end if;

    v_asked := private.ask(
        p_turn,
        jsonb_build_object(
            'verdict', 'ok',
            'actions', jsonb_build_array(jsonb_build_object('product_id', v_short.product_id))
        ),
        0,
        jsonb_build_object(
            'kind', 'negative_stock',
            'details', jsonb_build_object(
                'product', v_short.name,
                'unit', v_short.unit,
                'balance', trim_scale(v_short.quantity)::text
            ),
            'options', jsonb_build_array(
                jsonb_build_object(
                    'key', 'add',
                    'patch', '{"action": "receive"}'::jsonb,
                    'form', jsonb_build_object(
                        'occurred_at', v_short.occurred_at - interval '1 second'
                    )
                ),
                private.option('count', '{"action": "count"}'),
                private.option('cancel', null)
            )
        )
    );
    return jsonb_build_object('question', v_asked -> 'question');
end;
$$;


-- Whether what a question says is below zero still is: a delivery, a count or an undo may have put
-- it right.
create function private.is_short(p_question public.questions)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.inventory as stock
        where
            stock.company_id = p_question.company_id
            and stock.product_id = (p_question.form #>> '{actions,0,product_id}')::uuid
            and stock.quantity < 0
    );
$$;


-- Books the opposite of an operation in the name of this message.
create function private.take_back(
    p_turn private.turn,
    p_form jsonb,
    p_operation_id uuid,
    p_part text
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := private.chat_operation(p_turn, p_form, p_part);
    v_answer jsonb;
begin
    v_operation.reverses_id := p_operation_id;
    v_answer := private.reverse(v_operation, p_turn.member);
    return private.told_operation(v_operation.company_id, v_answer);
end;
$$;


-- Takes back one operation. A second "undo" in a row asks before it reaches further back.
create function private.apply_undo(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := (p_turn.member).company_id;
    v_named constant boolean := p_turn.reply_to is not null or p_turn.button_id is not null;
    v_target uuid := coalesce(
        (p_form #>> '{actions,0,operation_id}')::uuid, private.meant_operation(p_turn)
    );
    v_last public.movement_kind;
    v_open public.questions;
begin
    -- Step 1: what is newest may be a question, whose message is not booked yet.
    if not v_named and p_form #> '{actions,0,operation_id}' is null then
        v_open := private.meant_question(p_turn);
        if private.has_booked_since(v_open) then
            v_open := null;
        end if;
        if v_open.kind = 'stocktake_count' then
            return private.count_again(p_turn, v_open);
        elsif v_open.kind = 'what_instead' then
            return private.apply_choice(
                p_turn, '{"actions": [{"action": "choose", "option": "undo"}]}'
            );
        elsif v_open.kind not in ('negative_stock', 'undo_more') then
            return private.apply_choice(p_turn, '{"actions": [{"action": "reject"}]}');
        end if;
    end if;
    if v_target is null then
        perform private.refuse(404, 'nothing_to_undo', 'There is nothing to take back.');
    end if;

    -- Step 2: one step back at once, further back on a yes.
    select operation.kind into v_last
    from public.operations as operation
    where operation.company_id = v_company_id
        and operation.member_id = (p_turn.member).id
        and operation.source = 'chat'
        and operation.created_at > now() - interval '24 hours'
    order by operation.created_at desc
    limit 1;
    if v_last = 'reversal' and not v_named and p_form #> '{actions,0,operation_id}' is null then
        return private.ask(p_turn, p_form, 0, jsonb_build_object(
            'kind', 'undo_more',
            'details', jsonb_build_object(
                'operation', private.told_operation(
                    v_company_id, private.booked_operation(v_company_id, v_target)
                ),
                'changes', private.catalogue_actions(v_company_id, v_target)
            ),
            'options', jsonb_build_array(
                private.option('yes', jsonb_build_object('operation_id', v_target)),
                private.option('cancel', null)
            )
        ));
    end if;

    return private.taken_back(p_turn, p_form, v_target);
end;
$$;


-- Takes back an operation with all that it changed, as far as it still is so.
create function private.taken_back(p_turn private.turn, p_form jsonb, p_operation_id uuid)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_answer constant jsonb := private.take_back(p_turn, p_form, p_operation_id, null);
    v_restored jsonb;
begin
    perform private.act_in((v_answer ->> 'id')::uuid);
    v_restored := private.restore_catalogue((p_turn.member).company_id, p_operation_id);
    return jsonb_build_object('outcome', 'posted', 'operation', v_answer)
    || case when v_restored <> '[]' then jsonb_build_object('restored', v_restored) else '{}' end;
end;
$$;


-- Books an earlier message again as it should have been: "that was 5", "not coke, fanta". The lines
-- of the operation become a form, the correction changes one of them, and the form replaces the
-- operation.
create function private.apply_correction(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := (p_turn.member).company_id;
    v_correction constant jsonb := p_form #> '{actions,0}';
    v_target constant uuid := coalesce(
        (v_correction ->> 'operation_id')::uuid, private.meant_operation(p_turn)
    );
    v_operation public.operations;
    v_actions jsonb;
    v_matches uuid [];
    v_indexes integer [];
    v_index integer;
begin
    -- Step 1: which operation, and what it said.
    select operation.* into v_operation
    from public.operations as operation
    where operation.company_id = v_company_id and operation.id = v_target;
    if v_operation.id is null or v_operation.kind = 'reversal' then
        perform private.refuse(404, 'nothing_to_correct', 'There is nothing to correct.');
    end if;
    v_actions := private.operation_form(v_company_id, v_target);

    -- Step 2: to what. "That's wrong" alone says nothing yet.
    if not v_correction ?| private.correctable() then
        return private.ask(p_turn, p_form, 0, private.what_instead(v_target));
    end if;
    if v_actions is null then
        return private.correct_catalogue(p_turn, v_target, v_correction);
    end if;

    -- Step 3: which of its lines. The only one, the one named, or the one asked for; another day
    -- alone is one for them all.
    if v_correction ->> 'product' is not null then
        v_matches := private.matching_ids(v_company_id, v_correction);
        v_indexes := array(
            select (action.ordinality - 1)::integer
            from jsonb_array_elements(v_actions) with ordinality as action
            where (action.value ->> 'product_id')::uuid = any(v_matches)
            limit 1
        );
        if v_indexes = '{}' then
            perform private.refuse(
                404, 'nothing_to_correct', 'That message booked no such product.'
            );
        end if;
    elsif v_correction ->> 'line' = 'all'
        or not v_correction ?| array_remove(private.correctable(), 'when')
    then
        v_indexes := array(select generate_series(0, jsonb_array_length(v_actions) - 1));
    elsif v_correction ->> 'line' is not null then
        v_indexes := array[(v_correction ->> 'line')::integer];
    elsif jsonb_array_length(v_actions) = 1 then
        v_indexes := '{0}';
    else
        return private.ask(
            p_turn,
            p_form,
            0,
            private.which_line(
                v_company_id,
                v_target,
                v_actions,
                not v_correction ?| array_remove(private.correctable(), 'to_action')
            )
        );
    end if;

    -- Step 4: the form as it should have been, applied in the place of the operation.
    foreach v_index in array v_indexes loop
        v_actions := jsonb_set(
            v_actions,
            array[v_index::text],
            private.corrected_action(v_actions -> v_index, v_correction)
        );
    end loop;
    return private.apply_stock(p_turn, jsonb_build_object(
        'language', p_form -> 'language',
        'verdict', 'ok',
        'actions', v_actions,
        'replaces', v_target
    ));
end;
$$;


-- Puts right the number of one change of the catalogue, which is taken back first.
create function private.correct_catalogue(
    p_turn private.turn,
    p_operation_id uuid,
    p_correction jsonb
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := (p_turn.member).company_id;
    v_actions constant jsonb := private.catalogue_actions(v_company_id, p_operation_id);
    v_number constant text := coalesce(
        p_correction ->> 'unit_price', p_correction ->> 'price', p_correction ->> 'quantity'
    );
begin
    if v_number is null
        or jsonb_array_length(v_actions) <> 1
        or v_actions #>> '{0,action}' = 'add_product'
    then
        perform private.refuse(404, 'nothing_to_correct', 'That was not about a number.');
    end if;
    return private.apply_catalogue(p_turn, jsonb_build_object(
        'replaces', p_operation_id,
        'actions', jsonb_build_array(
            (v_actions -> 0) || jsonb_build_object(
                case v_actions #>> '{0,action}' when 'set_price' then 'price' else 'quantity' end,
                v_number
            )
        )
    ));
end;
$$;


-- What a correction may say that a line should have been.
create function private.correctable()
returns text[]
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select array[
        'quantity', 'unit', 'unit_price', 'total_price', 'price', 'to_product', 'to_action',
        'reason', 'when'
    ];
$$;


-- The question what an operation should have been, where only its being wrong was said.
create function private.what_instead(p_operation_id uuid)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'kind', 'what_instead',
        'details', '{}'::jsonb,
        'options', jsonb_build_array(
            private.option(
                'undo', jsonb_build_object('action', 'undo', 'operation_id', p_operation_id)
            ),
            private.option('cancel', null)
        )
    );
$$;


-- The lines of an operation as the actions that would book them again. `listed`: nobody named the
-- price, it is what the shop asks.
create function private.operation_form(p_company_id uuid, p_operation_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
            'action', line.kind,
            'product_id', line.product_id,
            'quantity', trim_scale(line.typed_quantity)::text,
            'unit', line.typed_unit,
            'unit_price', case
                when round(line.amount / line.typed_quantity, 2) * line.typed_quantity = line.amount
                    then round(line.amount / line.typed_quantity, 2)::text
            end,
            'total_price', case
                when round(line.amount / line.typed_quantity, 2) * line.typed_quantity
                    <> line.amount
                    then line.amount::text
            end,
            'reason', line.reason,
            'occurred_at', line.occurred_at,
            'location_id', line.location_id,
            'to_location_id', arriving.location_id,
            'listed', case
                when
                    line.kind in ('sell', 'return_in')
                    and line.amount = round(product.price * abs(line.quantity), 2)
                    then true
            end,
            'confirmed', true,
            'price_confirmed', true
        ))
        order by line.line_no
    )
    from public.transactions as line
    inner join public.products as product
        on line.company_id = product.company_id and line.product_id = product.id
    left join public.transactions as arriving
        on
            line.kind = 'transfer'
            and line.company_id = arriving.company_id
            and line.operation_id = arriving.operation_id
            and arriving.line_no = line.line_no + 1
    where
        line.company_id = p_company_id
        and line.operation_id = p_operation_id
        and line.kind not in ('adjustment', 'revaluation')
        and not (line.kind = 'transfer' and line.quantity > 0);
$$;


-- The named keys of an object.
create function private.picked(p_object jsonb, p_keys text[])
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_object_agg(pair.key, pair.value), '{}')
    from jsonb_each(p_object) as pair
    where pair.key = any(p_keys);
$$;


-- One action with a correction applied: another amount, price, product, kind, reason or day. What
-- the shop asks is no price that it paid.
create function private.corrected_action(p_action jsonb, p_correction jsonb)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_strip_nulls(
        case
            when p_correction ->> 'to_product' is not null
                then p_action - 'product_id' - 'unit_price' - 'total_price'
                || jsonb_build_object(
                    'product', p_correction -> 'to_product', 'gloss', p_correction -> 'to_gloss'
                )
            else p_action
        end
        - case
            when
                p_correction ?| array['unit_price', 'total_price', 'price']
                then array['unit_price', 'total_price', 'price_confirmed']
            else '{}'::text []
        end
        - case
            when p_correction ? 'quantity' then array['total_price', 'confirmed']
            else '{}'::text []
        end
        - case
            when p_correction ? 'to_action' and p_action ? 'listed'
                then array['unit_price', 'total_price']
            when p_correction ? 'to_action' then array['price_confirmed']
            else '{}'::text []
        end
        - case when p_correction ? 'when' then array['occurred_at'] else '{}'::text [] end
        - 'listed'
        || jsonb_build_object(
            'action', coalesce(p_correction -> 'to_action', p_action -> 'action'),
            'quantity', coalesce(p_correction -> 'quantity', p_action -> 'quantity'),
            'unit', coalesce(p_correction -> 'unit', p_action -> 'unit')
        )
        || private.picked(
            p_correction, array['unit_price', 'total_price', 'price', 'reason', 'when']
        )
    );
$$;


-- The question which line of an operation a correction is about; `p_all`: it may be every one.
create function private.which_line(
    p_company_id uuid,
    p_operation_id uuid,
    p_actions jsonb,
    p_all boolean
)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'kind', 'which_line',
        'details', '{}'::jsonb,
        'options', jsonb_agg(
            jsonb_build_object(
                'key', 'l' || action.ordinality,
                'label', product.name,
                'product_id', product.id,
                'patch', jsonb_build_object(
                    'line', action.ordinality - 1, 'operation_id', p_operation_id
                )
            )
            order by action.ordinality
        ) filter (where action.ordinality <= 8)
        || case
            when p_all
                then private.option(
                    'all', jsonb_build_object('line', 'all', 'operation_id', p_operation_id)
                )
            else '[]'::jsonb
        end
        || private.option('cancel', null)
    )
    from jsonb_array_elements(p_actions) with ordinality as action
    inner join public.products as product
        on
            product.company_id = p_company_id
            and product.id = (action.value ->> 'product_id')::uuid;
$$;


-- Changes the catalogue: a product, its price, its reorder level, a pack. All or none: each product
-- is found before any is changed. Booked as an operation without lines, so that it is taken back
-- like any other. Answers {outcome, operation, changes: [{action, product, …}]}, numbers as text.
create function private.apply_catalogue(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_form jsonb := p_form;
    v_action jsonb;
    v_index integer;
    v_found jsonb;
    v_changes jsonb := '[]';
    v_operation public.operations := private.chat_operation(p_turn, p_form, null);
begin
    perform private.require_role(p_turn.member, 'manager');
    for v_action, v_index in
        select action.value, (action.ordinality - 1)::integer
        from jsonb_array_elements(p_form -> 'actions') with ordinality as action
        where not private.is_new_product(p_form, action.value)
    loop
        v_found := private.find_product((p_turn.member).company_id, v_action);
        if v_found ? 'refused' then
            return jsonb_build_object(
                'outcome', 'refused', 'code', v_found ->> 'refused', 'details', v_found -> 'details'
            );
        elsif v_found ? 'ask' then
            return private.ask(p_turn, v_form, v_index, v_found -> 'ask');
        end if;
        v_form := jsonb_set(v_form, array['actions', v_index::text], v_action || v_found);
    end loop;

    v_operation.replaces_id := (p_form ->> 'replaces')::uuid;
    if v_operation.replaces_id is not null then
        perform private.take_back(p_turn, p_form, v_operation.replaces_id, 'replaced');
        perform private.restore_catalogue(v_operation.company_id, v_operation.replaces_id);
    end if;
    perform private.act_in(v_operation.id);
    for v_action in select action.value from jsonb_array_elements(v_form -> 'actions') as action
    loop
        v_changes := v_changes || private.change_product(p_turn.member, v_action);
    end loop;
    perform private.teach_aliases(p_turn.member, v_form -> 'actions');
    select case when count(distinct action.value ->> 'action') = 1
        then min(action.value ->> 'action') else 'mixed' end
    into v_operation.kind
    from jsonb_array_elements(v_form -> 'actions') as action;
    return jsonb_build_object(
        'outcome', 'posted', 'operation', private.book(v_operation, '{}'), 'changes', v_changes
    );
end;
$$;


-- Whether an action brings a product, or is about one that its form brings.
create function private.is_new_product(p_form jsonb, p_action jsonb)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        p_action ->> 'action' = 'add_product'
        or exists (
            select from jsonb_array_elements(p_form -> 'actions') as added
            where
                added.value ->> 'action' = 'add_product'
                and private.normalise(added.value ->> 'name')
                = private.normalise(p_action ->> 'product')
        );
$$;


-- One change of the catalogue. `balance` is what there is of a product that is low under its new
-- level: no booking will take it there, so this is when it is told.
create function private.change_product(p_member public.members, p_action jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_kind constant text := p_action ->> 'action';
    v_product public.products;
begin
    -- A number that is missing is no number, and refused as such.
    if v_kind = 'add_product' then
        v_product := private.add_product(p_member, p_action);
    else
        update public.products
        set
            price = case
                when v_kind = 'set_price'
                    then private.exact(
                        coalesce(p_action ->> 'unit_price', p_action ->> 'price', ''), 2, 'price'
                    )
                else price
            end,
            reorder_level = case
                when v_kind = 'set_reorder_level'
                    then private.exact(coalesce(p_action ->> 'quantity', ''), 3, 'quantity')
                else reorder_level
            end
        where company_id = p_member.company_id
            and id = private.named_product(
                p_member.company_id, p_action ->> 'product_id', p_action ->> 'product'
            )
        returning * into v_product;
        if v_product.id is null then
            perform private.refuse(404, 'unknown_product', 'There is no such product.');
        end if;
    end if;
    if v_kind = 'set_pack' then
        perform private.remember_pack(
            p_member,
            v_product.id,
            p_action || jsonb_build_object('pack_size', coalesce(p_action ->> 'quantity', ''))
        );
    end if;
    return jsonb_build_object(
        'action', v_kind,
        'product', v_product.name,
        'price', v_product.price::text,
        'reorder_level', trim_scale(v_product.reorder_level)::text,
        'base_unit', v_product.unit,
        'unit', p_action ->> 'unit',
        'quantity', p_action ->> 'quantity',
        'balance', case
            when v_kind = 'set_reorder_level'
                and private.on_hand(v_product.company_id, v_product.id) <= v_product.reorder_level
                then trim_scale(private.on_hand(v_product.company_id, v_product.id))::text
        end
    );
end;
$$;


-- The open question a message answers: the one its button or reply names, else the sender's newest.
create function private.meant_question(p_turn private.turn)
returns public.questions
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select question.*
    from public.questions as question
    where
        question.company_id = (p_turn.member).company_id
        and question.member_id = (p_turn.member).id
        and case
            when p_turn.button_id ~ '^q:[0-9a-f-]{36}:'
                then question.id = split_part(p_turn.button_id, ':', 2)::uuid
            when p_turn.reply_to is not null
                then question.id = (
                    select message.question_id
                    from public.messages as message
                    where
                        message.company_id = question.company_id
                        and message.wamid = p_turn.reply_to
                )
            else question.state = 'open' and question.expires_at > now()
        end
    order by question.created_at desc
    limit 1;
$$;


-- Whether whoever was asked a question has booked something after it.
create function private.has_booked_since(p_question public.questions)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.operations as operation
        where
            operation.company_id = p_question.company_id
            and operation.member_id = p_question.member_id
            and operation.source = 'chat'
            and operation.created_at > p_question.created_at
    );
$$;


-- Whether a question is what the sender replies to, or what we said to them last.
create function private.was_asked_last(p_turn private.turn, p_question public.questions)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        p_turn.reply_to is not null
        or coalesce((
            select message.question_id is not distinct from p_question.id
            from public.messages as message
            where
                message.company_id = p_question.company_id
                and message.member_id = p_question.member_id
                and message.direction = 'out'
            order by message.created_at desc
            limit 1
        ), true);
$$;


-- Whether the sender's newest question expired without an answer, and nothing was booked since.
create function private.has_let_expire(p_turn private.turn)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((
        select
            question.state = 'open'
            and question.expires_at <= now()
            and question.kind not in ('negative_stock', 'undo_more')
            and not private.has_booked_since(question)
        from public.questions as question
        where
            question.company_id = (p_turn.member).company_id
            and question.member_id = (p_turn.member).id
            and question.created_at > now() - interval '2 days'
        order by question.created_at desc
        limit 1
    ), false);
$$;


-- The option an answer chooses: a button's key, yes or no, its number in the list, its name, or,
-- where the question asks for a number or a name, that itself. Null when it chooses none.
create function private.chosen_option(
    p_question public.questions,
    p_turn private.turn,
    p_action jsonb
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_field constant text := p_question.details ->> 'field';
    v_said constant text := coalesce(
        p_action ->> 'option', private.answered_words(p_question, p_action),
        p_action ->> 'quantity'
    );
    v_key text;
    v_option jsonb;
begin
    -- Step 1: one that was offered.
    v_key := case
        when p_turn.button_id ~ '^q:' then split_part(p_turn.button_id, ':', 3)
        when p_action ->> 'action' = 'confirm'
            then case when not p_action ? 'quantity' then private.affirmed(p_question) end
        when p_action ->> 'action' = 'reject' then 'cancel'
        when v_said = 'none' and (
            p_question.details ? 'lines'
            or p_question.kind not in ('which_product', 'unknown_product')
        )
            then 'cancel'
        when v_said in ('all', 'total') and p_question.details ? 'lines'
            and p_question.kind in ('odd_price', 'large_quantity', 'unknown_product')
            then p_question.options #>> '{0,key}'
        when v_said = 'total' and p_question.kind = 'which_line' then 'all'
        when v_said = 'all' and p_question.kind = 'each_or_total' then 'total'
        else v_said
    end;
    select option.value into v_option
    from jsonb_array_elements(p_question.options) with ordinality as option
    where option.value ->> 'key' = v_key
        or (option.ordinality::text = v_key and coalesce(v_field, 'product') = 'product')
        or private.normalise(option.value ->> 'label') = private.normalise(v_key)
    order by (option.value ->> 'key' = v_key) desc
    limit 1;
    if v_option is not null or p_turn.button_id is not null or p_question.details ? 'lines' then
        return v_option;
    end if;

    -- Step 2: one in words of its own: a name, a number, a price, a deed.
    if v_said is not null and p_question.options @? '$[*].product_id' then
        v_option := private.named_option(
            p_question, p_action || jsonb_build_object('product', v_said)
        );
        if v_option is not null then
            return v_option;
        end if;
    end if;
    return case
        when v_field = 'product' and p_action ->> 'product' is not null
            then private.option('said', jsonb_strip_nulls(jsonb_build_object(
                'product', v_said, 'teach', p_question.details ->> 'said'
            )) || jsonb_build_object('gloss', p_action -> 'gloss'))
        when v_field <> 'product' then private.counted_answer(v_field, p_action)
        when v_said = 'none' and p_question.kind in ('which_product', 'unknown_product')
            then private.option('said', private.renamed(
                case when v_field = 'product' then p_question.details ->> 'said' end
            ))
        when p_question.kind = 'which_product' and v_said is not null
            then private.narrowed_answer(p_question, v_said)
        when p_question.kind = 'negative_stock' then private.delivered(p_question, p_action)
        when p_question.kind = 'what_instead' then private.meant_instead(p_action)
        when p_question.kind = 'each_or_total'
            and p_action ?| array['unit_price', 'total_price']
            then private.option(
                'said',
                private.picked(p_action, array['unit_price', 'total_price'])
                || '{"price": null, "price_confirmed": true}'
            )
        when p_question.kind = 'which_action'
            and private.room_of(jsonb_build_object('action', v_said)) = 'stock'
            then private.option('said', jsonb_build_object('action', v_said))
    end;
end;
$$;


-- The words of an answer that names a product. "Coke 500" was read as an amount of coke; it is a
-- size where a product is asked for, unless it is the one of "the 2l one" or the amount that the
-- question holds.
create function private.answered_words(p_question public.questions, p_action jsonb)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when
            p_action ->> 'quantity' is null
            or p_action ->> 'quantity' in (
                '1', p_question.form #>> array[
                    'actions', p_question.action_index::text, 'quantity'
                ]
            )
            then p_action ->> 'product'
        else (p_action ->> 'product') || ' ' || (p_action ->> 'quantity')
    end;
$$;


-- The offered product that words mean, where it is one alone.
create function private.named_option(p_question public.questions, p_action jsonb)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select min(option.value::text)::jsonb
    from jsonb_array_elements(p_question.options) as option
    where
        (option.value ->> 'product_id')::uuid
        = any(private.matching_ids(p_question.company_id, p_action))
    having count(*) = 1;
$$;


-- How much came in, or is there, said at once where only whether was asked.
create function private.delivered(p_question public.questions, p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_counted constant jsonb := private.counted_answer('quantity', p_action);
begin
    return (
        select option.value || jsonb_build_object(
            'patch', (option.value -> 'patch') || (v_counted -> 'patch')
        )
        from jsonb_array_elements(p_question.options) as option
        where v_counted is not null
            and option.value ->> 'key' = case p_action ->> 'action'
                when 'count' then 'count'
                else 'add'
            end
    );
end;
$$;


-- What a message should have been, said after all: an amount, a price, a product or a deed.
create function private.meant_instead(p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_patch jsonb;
begin
    v_patch := case
        when private.room_of(jsonb_build_object('action', p_action -> 'option')) = 'stock'
            then jsonb_build_object('to_action', p_action -> 'option')
        when p_action ->> 'option' is not null
            then private.counted_answer('quantity', p_action) -> 'patch'
        when p_action ->> 'quantity' is null and p_action ->> 'product' is not null
            then jsonb_build_object('to_product', p_action -> 'product')
        else nullif(
            private.picked(
                p_action, array['product', 'quantity', 'unit', 'unit_price', 'total_price']
            ),
            '{}'
        )
    end;
    return case when v_patch is not null then private.option('said', v_patch) end;
end;
$$;


-- Whether words that could stand alone are what the sender's open question waits for: an amount
-- without a product after it was asked whether a delivery came in, a size of what was asked about.
create function private.is_answer(p_turn private.turn, p_form jsonb)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_action constant jsonb := p_form #> '{actions,0}';
    v_question public.questions;
begin
    if jsonb_array_length(p_form -> 'actions') > 1
        or v_action ->> 'quantity' is null
        or v_action ->> 'action' not in ('unknown', 'receive', 'count')
        or (v_action ->> 'action' = 'unknown') <> (v_action ->> 'product' is not null)
    then
        return false;
    end if;
    v_question := private.meant_question(p_turn);
    return v_question.id is not null
        and v_question.state = 'open'
        and v_question.expires_at > now()
        and case
            when v_action ->> 'product' is null
                then v_question.kind = 'negative_stock' and private.is_short(v_question)
            when v_question.kind = 'what_instead' then true
            when v_question.kind = 'which_product'
                then private.named_option(v_question, private.answered_product(v_question, v_action))
                    is not null
                    or private.narrowed_answer(
                        v_question, private.answered_words(v_question, v_action)
                    ) #> '{patch,product_id}' is not null
            when v_question.details ->> 'field' = 'product'
                then cardinality(private.matching_ids(
                    v_question.company_id, private.answered_product(v_question, v_action)
                )) = 1
            else false
        end;
end;
$$;


-- An answer that names a product, its amount read as part of the name.
create function private.answered_product(p_question public.questions, p_action jsonb)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select p_action || jsonb_build_object(
        'product', private.answered_words(p_question, p_action)
    );
$$;


-- What yes says to a question: its yes, or its only answer but for cancelling.
create function private.affirmed(p_question public.questions)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when bool_or(option.value ->> 'key' = 'yes') then 'yes'
        when p_question.kind = 'negative_stock' then 'add'
        when p_question.kind = 'stocktake_resume' then 'resume'
        when count(*) = 1 then min(option.value ->> 'key')
    end
    from jsonb_array_elements(p_question.options) as option
    where
        option.value ->> 'patch' is not null
        and option.value ->> 'key' not in ('name', 'singly', 'undo');
$$;


-- The number a question asks for. A dozen is twelve where a pack's size is asked, else a unit.
create function private.counted_answer(p_field text, p_action jsonb)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_dozens constant boolean := 'dozen' in (p_action ->> 'unit', p_action ->> 'option');
    v_number text := case
        when p_action ->> 'option' = 'dozen' then '1'
        else coalesce(p_action ->> 'option', p_action ->> 'quantity')
    end;
begin
    if coalesce(v_number, '') !~ '^[0-9]+([.][0-9]+)?$' then
        return null;
    end if;
    if v_dozens and p_field <> 'quantity' then
        v_number := (v_number::numeric * 12)::text;
    end if;
    return private.option('said', jsonb_strip_nulls(jsonb_build_object(
        p_field, v_number,
        'unit', case
            when p_field <> 'quantity' then null
            when v_dozens then 'dozen'
            else p_action ->> 'unit'
        end
    )));
end;
$$;


-- Words that tell some of the offered products from the others: "2l" of all that are "coke". What
-- was said and what is said now must both be true of them.
create function private.narrowed_answer(p_question public.questions, p_said text)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_both constant text := concat_ws(' ', p_question.details ->> 'said', p_said);
    v_ids constant uuid [] := private.matching_products(p_question.company_id, v_both);
begin
    if v_ids is null then
        return null;
    end if;
    return private.option('said', case
        when cardinality(v_ids) = 1 then jsonb_build_object('product_id', v_ids[1])
        else jsonb_build_object('product', v_both)
    end);
end;
$$;


-- What a bare name says where nothing was asked: how much of it there is, if the shop knows it.
create function private.told_of_name(p_turn private.turn, p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_action ? 'quantity'
        or private.matching_ids((p_turn.member).company_id, p_action) is null
    then
        return '{"outcome": "not_understood", "code": "unknown"}';
    end if;
    return private.apply_questions(p_turn, jsonb_build_object(
        'actions', jsonb_build_array(p_action || '{"action": "stock"}')
    ));
end;
$$;


-- Answers an open question. The form it held is patched and applied again; the words that booked
-- stay those of the held message.
create function private.apply_choice(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_question constant public.questions := private.meant_question(p_turn);
    v_option jsonb;
    v_turn private.turn := p_turn;
    v_form jsonb;
    v_patch record;
begin
    -- Step 1: which question, and which answer to it. "Ok" is one where that was asked last, else
    -- only kind.
    if p_form @? '$.actions[0] ? (@.action == "confirm" && @.option == "ok")'
        and not private.has_let_expire(p_turn)
        and (v_question.id is null or not private.was_asked_last(p_turn, v_question))
    then
        return '{"outcome": "answered", "code": "thanks"}';
    elsif v_question.id is null and p_turn.reply_to is null and private.has_let_expire(p_turn) then
        perform private.refuse(410, 'question_closed', 'That question has expired.');
    elsif v_question.id is null and p_form #>> '{actions,0,action}' = 'unknown' then
        return private.told_of_name(p_turn, p_form #> '{actions,0}');
    elsif v_question.id is null then
        perform private.refuse(404, 'no_question', 'There is no open question to answer.');
    end if;
    if v_question.state <> 'open'
        or v_question.expires_at <= now()
        or (v_question.kind = 'negative_stock' and not private.is_short(v_question))
        or (v_question.kind = 'undo_more' and private.has_booked_since(v_question))
    then
        perform private.refuse(410, 'question_closed', 'That question is closed.');
    end if;
    v_option := private.chosen_option(v_question, p_turn, p_form #> '{actions,0}');
    if v_option is null then
        return jsonb_build_object(
            'outcome', 'refused', 'code', 'no_such_option',
            'question', private.question_answer(v_question)
        );
    end if;

    -- Step 2: used up, then acted on.
    update public.questions
    set state = case
        when v_option ->> 'patch' is null then 'cancelled'::public.question_state
        else 'answered'::public.question_state
    end
    where company_id = v_question.company_id and id = v_question.id;
    if v_option ->> 'patch' is null then
        return jsonb_build_object(
            'outcome', 'answered',
            'code', case when v_question.kind = 'negative_stock' then 'left' else 'cancelled' end
        );
    end if;

    v_turn.message_id := v_question.message_id;
    v_turn.button_id := null;
    v_turn.reply_to := null;
    v_form := v_question.form || coalesce(v_option -> 'form', '{}');
    for v_patch in
        select array['actions', patch.key] as path, patch.value
        from jsonb_each(coalesce(
            nullif(v_option -> 'patches', 'null'),
            jsonb_build_object(v_question.action_index, v_option -> 'patch')
        )) as patch
    loop
        v_form := jsonb_set(
            v_form, v_patch.path, (v_question.form #> v_patch.path) || v_patch.value
        );
    end loop;
    return private.apply_form(v_turn, v_form);
end;
$$;


-- Which room an action belongs to.
create function private.room_of(p_action jsonb)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when p_action ->> 'action' in (
            'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'transfer'
        ) then 'stock'
        when p_action ->> 'action' = 'unknown' and p_action ->> 'product' is not null
            then case when p_action ->> 'quantity' is null then 'choose' else 'stock' end
        when p_action ->> 'action' = 'unknown' and p_action ->> 'quantity' is not null
            then 'choose'
        when p_action ->> 'action' in ('choose', 'confirm', 'reject') then 'choose'
        when p_action ->> 'action' in (
            'stock', 'low_stock', 'price', 'sales', 'profit', 'value', 'history'
        ) then 'ask'
        when p_action ->> 'action' in (
            'add_product', 'set_price', 'set_reorder_level', 'set_pack'
        ) then 'catalogue'
        else p_action ->> 'action'
    end;
end;
$$;


-- Asks before anything is booked. Every action is shown; what could not be read is not kept, so no
-- yes can book it. A correction remembers which operation it was about.
create function private.ask_to_confirm(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_kept jsonb;
begin
    select
        jsonb_agg(
            case
                when action.value ->> 'action' = 'correct'
                    then action.value || jsonb_strip_nulls(
                        jsonb_build_object('operation_id', private.meant_operation(p_turn))
                    )
                else action.value
            end
            order by action.ordinality
        )
    into v_kept
    from jsonb_array_elements(p_form -> 'actions') with ordinality as action
    where action.value ->> 'certainty' is distinct from 'unread';
    if v_kept is null then
        perform private.refuse(422, 'unread', 'Nothing in it could be read.');
    end if;
    return private.ask(
        p_turn,
        p_form || jsonb_build_object('verdict', 'ok', 'actions', v_kept),
        0,
        jsonb_build_object(
            'kind', 'confirm_draft',
            'details', private.picked(
                p_form, array['actions', 'reason', 'document_total', 'lines_total', 'supplier']
            ),
            'options', jsonb_build_array(
                private.option('yes', '{}'), private.option('cancel', null)
            )
        )
    );
end;
$$;


-- The name of the sender's other shop that a reply or a button is about; null where it is of this
-- one, or of none.
create function private.other_shop(p_turn private.turn)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_named constant uuid := case
        when p_turn.button_id ~ '^(q|op):[0-9a-f-]{36}:'
            then split_part(p_turn.button_id, ':', 2)::uuid
    end;
begin
    return (
        select company.name
        from public.members as member
        inner join public.companies as company on member.company_id = company.id
        where member.person_id = (p_turn.member).person_id
            and member.status = 'active'
            and member.company_id <> (p_turn.member).company_id
            and (
                exists (
                    select from public.messages as message
                    where message.company_id = member.company_id
                        and message.wamid = p_turn.reply_to
                )
                or exists (
                    select from public.questions as question
                    where question.company_id = member.company_id and question.id = v_named
                )
                or exists (
                    select from public.operations as operation
                    where operation.company_id = member.company_id and operation.id = v_named
                )
            )
        limit 1
    );
end;
$$;


-- What a filled form does. `p_form` is an interpretation with the adapter's `verdict` (ok, confirm,
-- reject) and `reason`. Answers {outcome, code?, details?, operation?, question?, answers?,
-- changes?, taught?}.
create function private.apply_form(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_edited jsonb;
    v_rooms text [];
    v_shop text;
begin
    if jsonb_array_length(p_form -> 'actions') = 1 then
        v_rooms := array[private.room_of(p_form #> '{actions,0}')];
    else
        select array_agg(distinct private.room_of(action.value)) into v_rooms
        from jsonb_array_elements(p_form -> 'actions') as action;
    end if;

    -- Step 1: what was said in another shop is not about this one, nor is what the guard would not
    -- let through.
    if coalesce(p_turn.reply_to, p_turn.button_id) is not null then
        v_shop := private.other_shop(p_turn);
        if v_shop is not null then
            return jsonb_build_object(
                'outcome', 'refused', 'code', 'other_shop',
                'details', jsonb_build_object('name', v_shop)
            );
        end if;
    end if;
    if p_form ->> 'verdict' = 'reject' then
        return jsonb_build_object('outcome', 'not_understood', 'code', p_form ->> 'reason');
    end if;
    if private.may_edit_draft(p_form) then
        v_edited := private.edit_draft(p_turn, p_form);
        if v_edited is not null then
            return v_edited;
        end if;
    end if;
    if p_form ->> 'verdict' = 'confirm' and v_rooms && '{stock,catalogue,correct}' then
        return private.ask_to_confirm(p_turn, p_form);
    end if;

    -- Step 2: the language of the first message that shows one is the sender's from now on.
    if p_form ->> 'language' in ('af', 'zu', 'xh', 'st') and v_rooms <> '{unknown}' then
        update private.people
        set language = p_form ->> 'language'
        where id = (p_turn.member).person_id and language is null;
    end if;

    -- Step 3: to the room it belongs to. What cannot be placed holds back the rest.
    if cardinality(v_rooms) > 1 and v_rooms && '{choose,unknown}' then
        return '{"outcome": "not_understood", "code": "unknown"}';
    end if;
    case v_rooms
        when '{stock}' then
            if (p_turn.member).role < 'clerk' then
                perform private.require_role(p_turn.member, 'clerk');
            end if;
            if private.is_answer(p_turn, p_form) then
                return private.apply_choice(p_turn, p_form);
            end if;
            return private.apply_stock(p_turn, p_form);
        when '{ask}' then
            return private.apply_questions(p_turn, p_form);
        when '{ask,stock}' then
            perform private.require_role(p_turn.member, 'clerk');
            return private.apply_both(p_turn, p_form);
        when '{catalogue}' then
            return private.apply_catalogue(p_turn, p_form);
        when '{undo}' then
            perform private.require_role(p_turn.member, 'clerk');
            return private.apply_undo(p_turn, p_form);
        when '{correct}' then
            perform private.require_role(p_turn.member, 'clerk');
            return private.apply_correction(p_turn, p_form);
        when '{choose}' then
            return private.apply_choice(p_turn, p_form);
        when '{stocktake}' then
            perform private.require_role(p_turn.member, 'clerk');
            return private.apply_stocktake(p_turn, p_form);
        when '{switch_company}' then
            return private.apply_switch(p_turn, p_form);
        when '{language}' then
            return private.apply_language(p_turn, p_form);
        when '{help}' then
            return private.apply_help(p_turn, p_form);
        when '{register}' then
            return '{"outcome": "answered", "code": "register"}';
        when '{notifications}' then
            return '{"outcome": "answered", "code": "notifications"}';
        when '{support}' then
            return '{"outcome": "answered", "code": "support"}';
        when '{unknown}' then
            return '{"outcome": "not_understood", "code": "unknown"}';
        else
            return '{"outcome": "not_understood", "code": "not_offered"}';
    end case;
end;
$$;


-- A message that both tells and asks: booked first, then answered, so the answer knows.
create function private.apply_both(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_told jsonb;
    v_asked jsonb;
    v_booked jsonb;
begin
    select
        jsonb_agg(action.value order by action.ordinality)
        filter (where private.room_of(action.value) = 'stock'),
        jsonb_agg(action.value order by action.ordinality)
        filter (where private.room_of(action.value) = 'ask')
    into v_told, v_asked
    from jsonb_array_elements(p_form -> 'actions') with ordinality as action;
    v_booked := private.apply_stock(p_turn, p_form || jsonb_build_object('actions', v_told));
    return private.apply_questions(p_turn, p_form || jsonb_build_object('actions', v_asked))
    || v_booked;
end;
$$;


-- How this works, who the sender is here, or a kind word back.
create function private.apply_help(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    case p_form #>> '{actions,0,option}'
        when 'thanks' then
            return '{"outcome": "answered", "code": "thanks"}';
        when 'me' then
            return jsonb_build_object('outcome', 'answered', 'code', 'me', 'details', (
                select jsonb_build_object(
                    'name', (p_turn.member).name, 'shop', company.name, 'role', (p_turn.member).role
                )
                from public.companies as company
                where company.id = (p_turn.member).company_id
            ));
        else
            return '{"outcome": "answered", "code": "help"}';
    end case;
end;
$$;


-- Which of a person's companies the chat is about from now on.
create function private.apply_switch(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_wanted constant uuid := (p_form #>> '{actions,0,company_id}')::uuid;
    v_name constant text := private.normalise(p_form #>> '{actions,0,name}');
    v_options jsonb;
    v_found uuid [];
begin
    select
        array_agg(company.id) filter (
            where company.id = v_wanted or private.normalise(company.name) = v_name
        ),
        jsonb_agg(
            jsonb_build_object(
                'key', 'c' || company.place,
                'label', company.name,
                'patch', jsonb_build_object('company_id', company.id)
            )
            order by company.place
        )
    into v_found, v_options
    from (
        select
            company.id,
            company.name,
            row_number() over (order by company.name, company.id) as place
        from public.members as member
        inner join public.companies as company on member.company_id = company.id
        where member.person_id = (p_turn.member).person_id and member.status = 'active'
    ) as company
    where company.place <= 9;

    if cardinality(v_found) = 1 then
        perform private.activate_company((p_turn.member).person_id, v_found[1]);
        return jsonb_build_object('outcome', 'answered', 'code', 'company_set', 'details', (
            select jsonb_build_object('name', company.name)
            from public.companies as company
            where company.id = v_found[1]
        ));
    end if;
    if jsonb_array_length(v_options) = 1 then
        return jsonb_build_object('outcome', 'answered', 'code', 'one_company');
    end if;
    return private.ask(p_turn, p_form, 0, jsonb_build_object(
        'kind', 'which_company',
        'details', '{}'::jsonb,
        'options', v_options || private.option('cancel', null)
    ));
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
    return jsonb_build_object(
        'outcome', 'answered', 'code', 'language_set', 'language', v_language
    );
end;
$$;
