-- Stocktake by chat: the bot walks the shelf blind, one product after the other; what is sold
-- meanwhile is netted off; the differences are shown in money and booked on a yes.

create type public.stocktake_state as enum ('open', 'booked', 'cancelled');

create table public.stocktakes (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    member_id uuid not null,
    location_id uuid not null,
    state public.stocktake_state not null default 'open',
    operation_id uuid,
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    constraint stocktakes_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id),
    constraint stocktakes_location_fkey foreign key (company_id, location_id)
    references public.locations (company_id, id),
    constraint stocktakes_operation_fkey foreign key (company_id, operation_id)
    references public.operations (company_id, id)
);
create index stocktakes_member_idx on public.stocktakes (company_id, member_id);
create index stocktakes_location_idx on public.stocktakes (company_id, location_id);
create index stocktakes_operation_idx on public.stocktakes (company_id, operation_id);
alter table public.stocktakes enable row level security;


-- One shelf place. `counted` is null until it is counted, and stays null when it is skipped.
create table public.stocktake_lines (
    company_id uuid not null,
    stocktake_id uuid not null,
    place integer not null,
    product_id uuid not null,
    counted numeric(14, 3),
    counted_at timestamptz,
    primary key (company_id, stocktake_id, place),
    constraint stocktake_lines_stocktake_fkey foreign key (company_id, stocktake_id)
    references public.stocktakes (company_id, id),
    constraint stocktake_lines_product_fkey foreign key (company_id, product_id)
    references public.products (company_id, id)
);
create index stocktake_lines_product_idx on public.stocktake_lines (company_id, product_id);
alter table public.stocktake_lines enable row level security;

create policy "Stocktakes are viewable by members" on public.stocktakes
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.stocktakes from public, anon, authenticated;
grant select on table public.stocktakes to authenticated;

create policy "Stocktake lines are viewable by members" on public.stocktake_lines
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.stocktake_lines from public, anon, authenticated;
grant select on table public.stocktake_lines to authenticated;


-- One step of a stocktake. The action carries where it stands: {stocktake_id, place, quantity? |
-- skip? | finish? | book? | anew?}.
create function private.apply_stocktake(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_action jsonb := p_form #> '{actions,0}';
    v_company_id constant uuid := (p_turn.member).company_id;
    v_stocktake_id uuid := (v_action ->> 'stocktake_id')::uuid;
    v_factor numeric;
    v_next record;
    v_resumed jsonb;
begin
    -- Step 1: a new one takes the shelf list as it is, unless one was left half way; then every
    -- answer is written down.
    if v_stocktake_id is null then
        v_resumed := private.ask_to_resume_stocktake(p_turn, p_form);
        if v_resumed is not null then
            return v_resumed;
        end if;
        v_stocktake_id := private.open_stocktake(p_turn.member);
    elsif v_action ->> 'quantity' is not null then
        select private.unit_factor(
            product.company_id, product.id, product.unit, v_action ->> 'unit'
        )
        into v_factor
        from public.stocktake_lines as line
        inner join public.products as product
            on line.company_id = product.company_id and line.product_id = product.id
        where line.company_id = v_company_id
            and line.stocktake_id = v_stocktake_id
            and line.place = (v_action ->> 'place')::integer;
        if v_factor is null then
            perform private.refuse_line('unknown_unit');
        end if;
        update public.stocktake_lines
        set
            counted = private.exact(v_action ->> 'quantity', 3, 'quantity') * v_factor,
            counted_at = clock_timestamp()
        where company_id = v_company_id
            and stocktake_id = v_stocktake_id
            and place = (v_action ->> 'place')::integer;
    elsif v_action ->> 'book' is not null then
        return private.book_stocktake(p_turn, p_form, v_stocktake_id);
    end if;

    -- Step 2: the next place on the shelf, asked for blind.
    select
        line.place,
        product.name,
        product.unit,
        (
            select count(*)
            from public.stocktake_lines as every_line
            where every_line.company_id = v_company_id
                and every_line.stocktake_id = v_stocktake_id
        ) as places
    into v_next
    from public.stocktake_lines as line
    inner join public.products as product
        on line.company_id = product.company_id and line.product_id = product.id
    where line.company_id = v_company_id
        and line.stocktake_id = v_stocktake_id
        and line.place > coalesce((v_action ->> 'place')::integer, 0)
    order by line.place
    limit 1;
    if v_next.place is null or v_action ->> 'finish' is not null then
        return private.ask_to_book_stocktake(p_turn, p_form, v_stocktake_id);
    end if;

    v_action := jsonb_build_object(
        'action', 'stocktake', 'stocktake_id', v_stocktake_id, 'place', v_next.place
    );
    return private.ask(
        p_turn,
        p_form || jsonb_build_object('actions', jsonb_build_array(v_action)),
        0,
        jsonb_build_object(
            'kind', 'stocktake_count',
            'details', jsonb_build_object(
                'product', v_next.name, 'unit', v_next.unit, 'field', 'quantity',
                'place', v_next.place::text, 'places', v_next.places::text
            ),
            'lasts', '12 hours',
            'options', jsonb_build_array(
                private.option('skip', '{"skip": true}'),
                private.option('finish', '{"finish": true}'),
                private.option('cancel', null)
            )
        )
    );
end;
$$;


-- Asks whether to go on with a stocktake of the last day that was left with something counted; null
-- where there is none, or the sender starts anew.
create function private.ask_to_resume_stocktake(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_left record;
begin
    select
        stocktake.id,
        count(line.counted) as counted,
        count(*) as places,
        max(line.place) filter (where line.counted is not null) as place
    into v_left
    from public.stocktakes as stocktake
    inner join public.stocktake_lines as line
        on stocktake.company_id = line.company_id and stocktake.id = line.stocktake_id
    where stocktake.company_id = (p_turn.member).company_id
        and stocktake.member_id = (p_turn.member).id
        and stocktake.state = 'open'
        and stocktake.created_at > now() - interval '1 day'
    group by stocktake.id
    having count(line.counted) > 0;
    if v_left.id is null or p_form #>> '{actions,0,anew}' is not null then
        return null;
    end if;
    return private.ask(p_turn, p_form, 0, jsonb_build_object(
        'kind', 'stocktake_resume',
        'details', jsonb_build_object(
            'counted', v_left.counted::text, 'places', v_left.places::text
        ),
        'options', jsonb_build_array(
            private.option('resume', jsonb_build_object(
                'stocktake_id', v_left.id, 'place', v_left.place
            )),
            private.option('anew', '{"anew": true}'),
            private.option('cancel', null)
        )
    ));
end;
$$;


-- Goes back to the place before the one that is asked for.
create function private.count_again(p_turn private.turn, p_question public.questions)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update public.questions
    set state = 'cancelled'
    where company_id = p_question.company_id and id = p_question.id;
    return private.apply_stocktake(p_turn, jsonb_set(
        p_question.form,
        '{actions,0,place}',
        to_jsonb((p_question.form #>> '{actions,0,place}')::integer - 2)
    ));
end;
$$;


-- The shelf list: every product that is kept, by name.
create function private.open_stocktake(p_member public.members)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid;
begin
    update public.stocktakes
    set state = 'cancelled'
    where company_id = p_member.company_id and member_id = p_member.id and state = 'open';

    insert into public.stocktakes (company_id, member_id, location_id)
    values (
        p_member.company_id, p_member.id, private.find_location(p_member.company_id, null, null)
    )
    returning id into v_id;
    insert into public.stocktake_lines (company_id, stocktake_id, place, product_id)
    select
        product.company_id,
        v_id,
        row_number() over (order by product.name, product.id),
        product.id
    from public.products as product
    where product.company_id = p_member.company_id and product.archived_at is null;
    if not found then
        perform private.refuse(422, 'no_products', 'There are no products to count yet.');
    end if;
    return v_id;
end;
$$;


-- What was counted against what was expected at that moment: {product, product_id, unit, counted,
-- expected, difference, amount (at cost, else at price), now (counted, and what moved since)}. What
-- another count put right meanwhile did not move on the shelf.
create function private.stocktake_differences(p_company_id uuid, p_stocktake_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'product', counted.name,
            'product_id', counted.product_id,
            'unit', counted.unit,
            'counted', trim_scale(counted.counted)::text,
            'expected', trim_scale(counted.expected)::text,
            'difference', trim_scale(counted.counted - counted.expected)::text,
            'amount', round((counted.counted - counted.expected) * counted.worth, 2)::text,
            'now', trim_scale(counted.counted + counted.moved)::text
        )
        order by counted.place
    ), '[]')
    from (
        select
            line.place,
            line.product_id,
            line.counted,
            product.name,
            product.unit,
            coalesce(stock.average_cost, product.cost, product.price) as worth,
            coalesce(stock.quantity, 0) - since.moved as expected,
            since.moved
        from public.stocktake_lines as line
        inner join public.stocktakes as stocktake
            on line.company_id = stocktake.company_id and line.stocktake_id = stocktake.id
        inner join public.products as product
            on line.company_id = product.company_id and line.product_id = product.id
        left join public.inventory as stock
            on
                line.company_id = stock.company_id
                and line.product_id = stock.product_id
                and stocktake.location_id = stock.location_id
        cross join lateral (
            select coalesce(sum(later.quantity), 0) as moved
            from public.transactions as later
            left join public.operations as operation
                on
                    later.kind = 'reversal'
                    and later.company_id = operation.company_id
                    and later.operation_id = operation.id
            left join public.operations as undone
                on operation.company_id = undone.company_id and operation.reverses_id = undone.id
            where
                later.company_id = line.company_id
                and later.product_id = line.product_id
                and later.location_id = stocktake.location_id
                and later.occurred_at > line.counted_at
                and later.kind not in ('count', 'adjustment')
                and undone.kind is distinct from 'count'
        ) as since
        where
            line.company_id = p_company_id
            and line.stocktake_id = p_stocktake_id
            and line.counted is not null
    ) as counted;
$$;


create function private.ask_to_book_stocktake(
    p_turn private.turn,
    p_form jsonb,
    p_stocktake_id uuid
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_differences constant jsonb := private.stocktake_differences(
        (p_turn.member).company_id, p_stocktake_id
    );
begin
    if jsonb_array_length(v_differences) = 0 then
        perform private.refuse(422, 'nothing_counted', 'Nothing was counted.');
    end if;
    return private.ask(
        p_turn,
        p_form || jsonb_build_object('actions', jsonb_build_array(jsonb_build_object(
            'action', 'stocktake', 'stocktake_id', p_stocktake_id
        ))),
        0,
        jsonb_build_object(
            'kind', 'stocktake_book',
            'details', jsonb_build_object('differences', v_differences),
            'lasts', '12 hours',
            'options', jsonb_build_array(
                private.option('yes', '{"book": true}'), private.option('cancel', null)
            )
        )
    );
end;
$$;


-- Books the counts as one operation. What moved between the counting and now is part of each.
create function private.book_stocktake(p_turn private.turn, p_form jsonb, p_stocktake_id uuid)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := private.chat_operation(p_turn, p_form, null);
    v_location_id uuid;
    v_lines private.ledger_line [];
    v_answer jsonb;
begin
    update public.stocktakes
    set state = 'booked'
    where company_id = v_operation.company_id and id = p_stocktake_id and state = 'open'
    returning location_id into v_location_id;
    if v_location_id is null then
        perform private.refuse(410, 'question_closed', 'That stocktake is closed.');
    end if;

    select array_agg(
        row(
            counted.ordinality, counted.value ->> 'product_id', counted.value ->> 'product',
            counted.value ->> 'unit', v_location_id, 'count', null, null,
            counted.value ->> 'now', null, 1, null, null, null, null, null, null, null
        )::private.ledger_line
        order by counted.ordinality
    )
    into v_lines
    from jsonb_array_elements(
        private.stocktake_differences(v_operation.company_id, p_stocktake_id)
    ) with ordinality as counted;
    v_answer := private.book(v_operation, v_lines);
    update public.stocktakes
    set operation_id = v_operation.id
    where company_id = v_operation.company_id and id = p_stocktake_id;
    return jsonb_build_object('outcome', 'posted', 'operation', v_answer);
end;
$$;
