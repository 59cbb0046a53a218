-- Answers: what a person asks in the chat. Each answer is {action, said?, when?, rows, …}, numbers
-- as text. A question never asks back: every product that fits is shown.

-- What one action asks.
create function private.answer(p_turn private.turn, p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := (p_turn.member).company_id;
    v_asked constant text := p_action ->> 'action';
    v_ids uuid [];
    v_span daterange;
    v_rows jsonb;
    v_days jsonb;
begin
    -- Step 1: about which products; null is all of them.
    if p_action ->> 'product' is not null then
        v_ids := private.matching_ids(v_company_id, p_action);
        if v_ids is null then
            return jsonb_build_object(
                'action', v_asked,
                'said', p_action ->> 'product',
                'rows', '[]'::jsonb,
                'near', (
                    select coalesce(jsonb_agg(near.name), '[]')
                    from private.product_candidates(
                        v_company_id, coalesce(p_action ->> 'gloss', p_action ->> 'product'), 3
                    ) as near
                )
            );
        end if;
    elsif v_asked = 'history' then
        v_ids := private.spoken_of(p_turn, p_action);
    end if;

    -- Step 2: over which days. One that never was is refused, whether or not anything was sold.
    if v_asked in ('sales', 'profit') then
        v_span := private.days_of(v_company_id, p_action ->> 'when');
    end if;

    -- Step 3: the rows. Whoever may read the tables may hear them.
    v_rows := case
        when v_asked in ('stock', 'low_stock', 'price')
            then private.stock_rows(v_company_id, v_ids, v_asked = 'low_stock')
        when v_asked in ('sales', 'profit')
            then private.sales_rows(v_company_id, v_ids, v_span)
        when v_asked = 'value' then private.value_rows(v_company_id)
        when v_asked = 'history' and cardinality(v_ids) = 1
            then private.history_rows(v_company_id, v_ids[1])
        else private.stock_rows(v_company_id, v_ids, false)
    end;
    if v_asked = 'sales'
        and p_action ->> 'when' in ('this_week', 'last_week', 'this_month', 'last_month')
    then
        v_days := private.sales_days(v_company_id, v_ids, v_span);
    end if;
    return jsonb_build_object(
        'action', v_asked,
        'said', p_action ->> 'product',
        'when', coalesce(p_action ->> 'when', 'today'),
        'rows', v_rows
    )
    || jsonb_strip_nulls(jsonb_build_object('days', v_days));
end;
$$;


-- What "why is it 7?" is about: the products of the message it replies to, else of the sender's
-- last one; of these, else of all, those that the number is true of. Null when that is none.
create function private.spoken_of(p_turn private.turn, p_action jsonb)
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := (p_turn.member).company_id;
    v_quantity constant numeric := private.exact(p_action ->> 'quantity', 3, 'quantity');
    v_turn private.turn := p_turn;
    v_operation_id uuid := private.meant_operation(p_turn);
    v_spoken uuid [];
    v_fitting uuid [];
begin
    -- A reply may be to a message that booked nothing.
    v_turn.reply_to := null;
    v_operation_id := coalesce(v_operation_id, private.meant_operation(v_turn));
    v_spoken := array(
        select distinct line.product_id
        from public.transactions as line
        where line.company_id = v_company_id and line.operation_id = v_operation_id
    );
    select array_agg(stock.product_id) into v_fitting
    from (
        select on_hand.product_id
        from public.stock_on_hand as on_hand
        where on_hand.company_id = v_company_id
        group by on_hand.product_id
        having sum(on_hand.quantity) = v_quantity
    ) as stock;
    if v_fitting && v_spoken then
        return array(select unnest(v_fitting) intersect select unnest(v_spoken));
    end if;
    if v_fitting is null or p_turn.reply_to is not null and v_spoken <> '{}' then
        return nullif(v_spoken, '{}');
    end if;
    return v_fitting;
end;
$$;


-- {product, unit, quantity, price, reorder_level, days_of_cover?}
create function private.stock_rows(p_company_id uuid, p_product_ids uuid[], p_low boolean)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'product', stock.product,
            'unit', stock.unit,
            'quantity', trim_scale(stock.quantity)::text,
            'price', stock.price::text,
            'reorder_level', trim_scale(stock.reorder_level)::text
        )
        order by stock.product
    ), '[]')
    from (
        select
            on_hand.product,
            on_hand.unit,
            on_hand.price,
            on_hand.reorder_level,
            sum(on_hand.quantity) as quantity
        from public.stock_on_hand as on_hand
        where
            on_hand.company_id = p_company_id
            and (p_product_ids is null or on_hand.product_id = any(p_product_ids))
        group by
            on_hand.product_id, on_hand.product, on_hand.unit, on_hand.price,
            on_hand.reorder_level
    ) as stock
    where not p_low or stock.quantity <= stock.reorder_level;
$$;


-- The first and the last day that a word of time spans in a shop, today by default.
create function private.days_of(p_company_id uuid, p_when text)
returns daterange
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_timezone text;
    v_today date;
    v_day date;
begin
    select company.timezone, (now() at time zone company.timezone)::date
    into strict v_timezone, v_today
    from public.companies as company
    where company.id = p_company_id;
    case p_when
        when 'this_week' then
            return daterange(date_trunc('week', v_today)::date, v_today, '[]');
        when 'last_week' then
            return daterange(
                date_trunc('week', v_today)::date - 7, date_trunc('week', v_today)::date, '[)'
            );
        when 'this_month' then
            return daterange(date_trunc('month', v_today)::date, v_today, '[]');
        when 'last_month' then
            return daterange(
                (date_trunc('month', v_today) - interval '1 month')::date,
                date_trunc('month', v_today)::date,
                '[)'
            );
        else
            v_day := coalesce(
                (private.moment_of(p_company_id, p_when) at time zone v_timezone)::date, v_today
            );
            return daterange(v_day, v_day, '[]');
    end case;
end;
$$;


-- {product, unit, quantity, amount, margin}, best sellers first.
create function private.sales_rows(p_company_id uuid, p_product_ids uuid[], p_days daterange)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'product', sold.name,
            'unit', sold.unit,
            'quantity', trim_scale(sold.quantity)::text,
            'amount', round(sold.amount, 2)::text,
            'margin', round(sold.margin, 2)::text
        )
        order by sold.amount desc nulls last, sold.name
    ), '[]')
    from (
        select
            product.name,
            product.unit,
            sum(sales.quantity) as quantity,
            sum(sales.amount) as amount,
            sum(sales.margin) as margin
        from public.daily_sales as sales
        inner join public.products as product
            on sales.company_id = product.company_id and sales.product_id = product.id
        where
            sales.company_id = p_company_id
            and sales.day <@ p_days
            and (p_product_ids is null or sales.product_id = any(p_product_ids))
        group by product.name, product.unit
    ) as sold;
$$;


-- What was sold on each day of a longer time, days without sales included: {day, amount}, oldest
-- first.
create function private.sales_days(p_company_id uuid, p_product_ids uuid[], p_days daterange)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with sold as (
        select sales.day, sum(sales.amount) as amount
        from public.daily_sales as sales
        where
            sales.company_id = p_company_id
            and sales.day <@ p_days
            and (p_product_ids is null or sales.product_id = any(p_product_ids))
        group by sales.day
    )

    select jsonb_agg(
        jsonb_build_object(
            'day', back.day::date, 'amount', round(coalesce(sold.amount, 0), 2)::text
        )
        order by back.day
    )
    from generate_series(lower(p_days), upper(p_days) - 1, interval '1 day') as back (day)
    left join sold on back.day::date = sold.day;
$$;


-- {location, products, at_cost, at_price, without_cost}
create function private.value_rows(p_company_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'location', worth.location,
            'products', worth.products::text,
            'at_cost', coalesce(worth.at_cost, 0)::text,
            'at_price', coalesce(worth.at_price, 0)::text,
            'without_cost', worth.without_cost::text
        )
        order by worth.location
    ), '[]')
    from public.valuation as worth
    where worth.company_id = p_company_id;
$$;


-- Why it is what it is: the last count that stands (else the first line) and what moved since,
-- newest last, at most twelve: {product, unit, kind, quantity, balance, at, member, said,
-- left_out?}. `left_out`: how many lines behind this one are not told.
create function private.history_rows(p_company_id uuid, p_product_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with line as (
        select
            timeline.occurred_at,
            timeline.created_at,
            timeline.line_no,
            timeline.seq,
            timeline.operation_id,
            timeline.kind,
            timeline.quantity,
            timeline.balance,
            timeline.location_id
        from public.stock_timeline as timeline
        where
            timeline.company_id = p_company_id
            and timeline.product_id = p_product_id
            and timeline.kind <> 'revaluation'
            and (timeline.kind <> 'transfer' or timeline.quantity <> 0)
    ),

    last_count as (
        select
            count_line.occurred_at,
            count_line.created_at,
            count_line.line_no,
            count_line.seq
        from public.standing_lines as count_line
        where
            count_line.company_id = p_company_id
            and count_line.product_id = p_product_id
            and count_line.kind = 'count'
        order by
            count_line.occurred_at desc,
            count_line.created_at desc,
            count_line.seq desc,
            count_line.line_no desc
        limit 1
    ),

    since as (
        select
            line.*,
            row_number() over (
                order by
                    line.occurred_at desc, line.created_at desc, line.seq desc, line.line_no desc
            ) as place,
            count(*) over () as places
        from line
        left join last_count on true
        where
            last_count.seq is null
            or (line.occurred_at, line.created_at, line.seq, line.line_no)
            >= (
                last_count.occurred_at, last_count.created_at, last_count.seq, last_count.line_no
            )
    )

    select coalesce(jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
            'product', product.name,
            'unit', product.unit,
            'kind', since.kind,
            'quantity', trim_scale(since.quantity)::text,
            'balance', trim_scale(since.balance)::text,
            'at', to_char(
                since.occurred_at at time zone company.timezone, 'YYYY-MM-DD"T"HH24:MI'
            ),
            'member', member.name,
            'said', message.body,
            'left_out', case
                when since.place = since.places and since.places > 12
                    then (since.places - 12)::text
            end
        ))
        order by since.place desc
    ), '[]')
    from since
    inner join public.operations as operation
        on operation.company_id = p_company_id and since.operation_id = operation.id
    inner join public.companies as company on company.id = p_company_id
    inner join public.products as product
        on product.company_id = p_company_id and product.id = p_product_id
    left join public.members as member
        on member.company_id = p_company_id and operation.member_id = member.id
    left join public.messages as message
        on message.company_id = p_company_id and operation.message_id = message.id
    where since.place < 12 or since.place = since.places;
$$;


-- Everything a message asks, in its order: {outcome, answers}.
create function private.apply_questions(p_turn private.turn, p_form jsonb)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'outcome', 'answered',
        'answers', jsonb_agg(
            private.answer(p_turn, action.value) order by action.ordinality
        )
    )
    from jsonb_array_elements(p_form -> 'actions') with ordinality as action;
$$;
