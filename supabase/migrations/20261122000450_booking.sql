-- Booking: requests to the ledger, read, checked and answered. Each has a key, and a key books
-- once.

-- Reads a number that arrived as text: plain digits, at most `p_scale` decimals, refused otherwise.
-- Nothing is rounded, and NaN, infinity and exponents are no numbers here.
create function private.exact(p_text text, p_scale integer, p_name text)
returns numeric
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_text is null then
        return null;
    end if;
    if p_text !~ '^\d{1,30}(\.\d{1,30})?$'
        or trim_scale(p_text::numeric) <> round(p_text::numeric, p_scale)
        or p_text::numeric >= power(10::numeric, 14 - p_scale)
    then
        perform private.refuse(
            422,
            'bad_' || p_name,
            format(
                'A %s is a number from 0 with at most %s decimals and %s digits before them.',
                replace(p_name, '_', ' '), p_scale, 14 - p_scale
            )
        );
    end if;
    return p_text::numeric;
end;
$$;


-- Reads an id that arrived as text.
create function private.exact_id(p_text text, p_name text)
returns uuid
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_text !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        perform private.refuse(
            422, 'bad_' || p_name, format('A %s is a UUID.', replace(p_name, '_', ' '))
        );
    end if;
    return p_text::uuid;
end;
$$;


-- A location by id or by name; the company's default where neither is said.
create function private.find_location(p_company_id uuid, p_id text, p_name text)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id constant uuid := private.exact_id(p_id, 'location_id');
    v_found uuid;
begin
    select location.id into v_found
    from public.locations as location
    where location.company_id = p_company_id
        and case
            when v_id is not null then location.id = v_id
            when p_name is not null
                then private.normalise(location.name) = private.normalise(p_name)
            else location.is_default
        end;
    if v_found is null then
        perform private.refuse(
            404, 'unknown_location', 'There is no such location in this company.'
        );
    end if;
    return v_found;
end;
$$;


-- The product a line of a request names, by id or in the shop's own words.
create function private.named_product(p_company_id uuid, p_id text, p_text text)
returns public.products
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_product public.products;
    v_matches uuid [];
begin
    if p_id is not null then
        v_matches := array[private.exact_id(p_id, 'product_id')];
    else
        select array_agg(match.product_id) into v_matches
        from private.match_products(p_company_id, p_text) as match;
        if cardinality(v_matches) > 1 then
            perform private.refuse(
                422, 'ambiguous_product', 'Several products fit that name; say which one.'
            );
        end if;
    end if;
    select product.* into v_product
    from public.products as product
    where product.company_id = p_company_id and product.id = v_matches[1];
    if v_product.id is null then
        perform private.refuse(404, 'unknown_product', 'There is no such product in this company.');
    end if;
    if v_product.archived_at is not null then
        perform private.refuse(422, 'archived_product', 'That product is archived.');
    end if;
    return v_product;
end;
$$;


-- The lines one line of a request comes to: {action, product_id | product, quantity, unit?,
-- unit_price? | total_price?, reason?, location_id? | location?, to_location_id? | to_location?}.
-- Prices are per unit as written, or for the whole line. A transfer comes to two lines.
create function private.read_line(p_company_id uuid, p_line jsonb)
returns private.ledger_line[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_line private.ledger_line;
    v_arriving private.ledger_line;
    v_product public.products;
begin
    -- Step 1: what happened, to which product, where.
    if coalesce(p_line ->> 'action', '') not in (
        'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'transfer', 'opening'
    ) then
        perform private.refuse(
            422,
            'bad_action',
            'An action is sell, receive, count, write_off, return_in, return_out or transfer.'
        );
    end if;
    v_line.kind := (p_line ->> 'action')::public.movement_kind;
    v_product := private.named_product(
        p_company_id, p_line ->> 'product_id', p_line ->> 'product'
    );
    v_line.product_id := v_product.id;
    v_line.location_id := private.find_location(
        p_company_id, p_line ->> 'location_id', p_line ->> 'location'
    );

    -- Step 2: how much, in base units.
    v_line.typed_quantity := private.exact(p_line ->> 'quantity', 3, 'quantity');
    if v_line.typed_quantity is null
        or (v_line.typed_quantity = 0 and v_line.kind <> 'count')
    then
        perform private.refuse(422, 'bad_quantity', 'A quantity above 0 is needed.');
    end if;
    v_line.typed_unit := p_line ->> 'unit';
    v_line.factor := private.unit_factor(v_product, v_line.typed_unit);
    if v_line.factor is null then
        perform private.refuse(
            422, 'unknown_unit', 'This product has no pack or unit of that name.'
        );
    end if;
    v_line.quantity := v_line.typed_quantity;
    if v_line.factor <> 1 then
        v_line.quantity := private.exact(
            trim_scale(v_line.typed_quantity * v_line.factor)::text, 3, 'quantity'
        );
    end if;

    -- Step 3: for how much money, and why.
    if v_line.kind in ('sell', 'receive', 'return_in', 'return_out', 'opening') then
        v_line := private.price_line(v_line, v_product, p_line);
    elsif v_line.kind = 'write_off' then
        if coalesce(p_line ->> 'reason', 'other') not in (
            'expired', 'damaged', 'stolen', 'lost', 'own_use', 'other'
        ) then
            perform private.refuse(
                422, 'bad_reason', 'A reason is expired, damaged, stolen, lost, own_use or other.'
            );
        end if;
        v_line.reason := coalesce(p_line ->> 'reason', 'other')::public.write_off_reason;
    elsif v_line.kind = 'transfer' then
        v_arriving := v_line;
        v_line.quantity := -v_line.quantity;
        v_arriving.location_id := private.find_location(
            p_company_id, p_line ->> 'to_location_id', p_line ->> 'to_location'
        );
        if v_arriving.location_id = v_line.location_id then
            perform private.refuse(
                422, 'same_location', 'A transfer goes from one location to another.'
            );
        end if;
        return array[v_line, v_arriving];
    end if;
    return array[v_line];
end;
$$;


-- The money of a line. The amount is exact; the price per base unit follows from it. What a
-- customer pays is the shop's own price where nothing else is said.
create function private.price_line(
    p_line private.ledger_line,
    p_product public.products,
    p_request jsonb
)
returns private.ledger_line
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_line private.ledger_line := p_line;
begin
    if p_request ->> 'unit_price' is not null and p_request ->> 'total_price' is not null then
        perform private.refuse(
            422, 'two_prices', 'A line has a price for each or a price for all, not both.'
        );
    end if;
    v_line.amount := case
        when p_request ->> 'total_price' is not null
            then private.exact(p_request ->> 'total_price', 2, 'price')
        when p_request ->> 'unit_price' is not null then round(
            private.exact(p_request ->> 'unit_price', 2, 'price') * v_line.typed_quantity, 2
        )
        when v_line.kind in ('sell', 'return_in')
            then round(p_product.price * v_line.quantity, 2)
    end;
    v_line.unit_price := round(v_line.amount / v_line.quantity, 6);
    if v_line.amount >= 1000000000000 or v_line.unit_price >= 100000000 then
        perform private.refuse(422, 'bad_price', 'The amount of this line is too large.');
    end if;
    return v_line;
end;
$$;


-- The least role that may book a kind of movement.
create function private.booking_role(p_kind public.movement_kind)
returns public.member_role
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_kind in ('write_off', 'opening') then 'manager'::public.member_role
        else 'clerk'::public.member_role
    end;
$$;


-- What an operation did, as every caller hears it, numbers as text: {id, kind, reverses, replaces,
-- occurred_at, lines: [{product_id, product, unit, kind, reason, quantity, typed_quantity,
-- typed_unit, unit_price, amount, balance}]}. Built from the ledger, so a repeated request gets the
-- answer it got the first time.
create function private.operation_answer(p_company_id uuid, p_operation_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'id', operation.id,
        'kind', operation.kind,
        'reverses', operation.reverses_id,
        'replaces', operation.replaces_id,
        'occurred_at', operation.occurred_at,
        'lines', (
            select jsonb_agg(
                jsonb_build_object(
                    'product_id', line.product_id,
                    'product', product.name,
                    'unit', product.unit,
                    'kind', line.kind,
                    'reason', line.reason,
                    'quantity', trim_scale(line.quantity)::text,
                    'typed_quantity', trim_scale(line.typed_quantity)::text,
                    'typed_unit', line.typed_unit,
                    'unit_price', line.unit_price::text,
                    'amount', line.amount::text,
                    'balance', trim_scale(line.balance_after)::text
                )
                order by line.line_no
            )
            from public.transactions as line
            inner join public.products as product
                on line.company_id = product.company_id and line.product_id = product.id
            where
                line.company_id = operation.company_id
                and line.operation_id = operation.id
                and line.kind not in ('adjustment', 'revaluation')
        )
    )
    from public.operations as operation
    where operation.company_id = p_company_id and operation.id = p_operation_id;
$$;


-- The answer to a request already booked, null for a new one, a refusal when its key was used for
-- something else.
create function private.replay(p_company_id uuid, p_operation_id uuid, p_request_digest uuid)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_digest uuid;
begin
    select operation.request_digest into v_digest
    from public.operations as operation
    where operation.company_id = p_company_id and operation.id = p_operation_id;
    if v_digest is null then
        return null;
    end if;
    if v_digest <> p_request_digest then
        perform private.refuse(
            409, 'key_reused', 'This idempotency key was used for another request.'
        );
    end if;
    return private.operation_answer(p_company_id, p_operation_id);
end;
$$;


-- The kind of an operation: the kind of its lines, or `mixed`.
create function private.operation_kind(p_lines private.ledger_line[])
returns public.movement_kind
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when count(distinct line.kind) = 1 then min(line.kind) else 'mixed' end
    from unnest(p_lines) as line;
$$;


create function private.check_key(p_key text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(length(p_key), 0) not between 1 and 200 then
        perform private.refuse(
            400, 'bad_key', 'An idempotency key of 1 to 200 characters is needed.'
        );
    end if;
end;
$$;


-- A request to book lines, from whichever door: answered once per key, all lines or none. A null
-- member is an operator, who has every right; a null moment is now. Answers as
-- `private.operation_answer`.
create function private.book_request(
    p_company_id uuid,
    p_member public.members,
    p_source public.operation_source,
    p_key text,
    p_lines jsonb,
    p_occurred_at timestamptz
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations;
    v_lines private.ledger_line [];
    v_row jsonb;
    v_answer jsonb;
begin
    -- Step 1: asked before?
    perform private.check_key(p_key);
    if p_lines is null
        or jsonb_typeof(p_lines) <> 'array'
        or jsonb_array_length(p_lines) not between 1 and 1000
    then
        perform private.refuse(422, 'bad_lines', 'An operation has 1 to 1000 lines.');
    end if;
    perform private.lock_companies(array[p_company_id]);
    v_operation.company_id := p_company_id;
    v_operation.id := private.digest(p_source || chr(31) || p_key);
    v_operation.request_digest := private.digest(concat(p_member.id, p_lines, p_occurred_at));
    v_answer := private.replay(p_company_id, v_operation.id, v_operation.request_digest);
    if v_answer is not null then
        return v_answer;
    end if;

    -- Step 2: every line read before any is written.
    for v_row in select line.value from jsonb_array_elements(p_lines) as line loop
        v_lines := v_lines || private.read_line(p_company_id, v_row);
        if p_member.id is not null then
            perform private.require_role(
                p_member, private.booking_role(v_lines[cardinality(v_lines)].kind)
            );
        end if;
    end loop;

    -- Step 3: booked.
    v_operation.kind := private.operation_kind(v_lines);
    v_operation.source := p_source;
    v_operation.member_id := p_member.id;
    v_operation.occurred_at := p_occurred_at;
    perform private.book(v_operation, v_lines);
    return private.operation_answer(p_company_id, v_operation.id);
end;
$$;


-- Books an operation for the signed-in member. Lines: see `private.read_line`; without
-- `p_occurred_at` it happened now. Repeating a key gives the first answer again; using it for
-- something else is refused with 409.
create function public.record_operation(
    p_company_id uuid,
    p_key text,
    p_lines jsonb,
    p_occurred_at timestamptz default null
)
returns jsonb
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    select private.book_request(
        p_company_id, private.acting_member(p_company_id, 'clerk'), 'app', p_key, p_lines,
        p_occurred_at
    );
$$;
revoke all on function public.record_operation(uuid, text, jsonb, timestamptz)
from public, anon, authenticated;
grant execute on function public.record_operation(uuid, text, jsonb, timestamptz) to authenticated;


-- Books the stock a shop starts with, for an operator who imports it. The same key books once.
create function private.import_opening(p_company_id uuid, p_key text, p_lines jsonb)
returns jsonb
language sql
set search_path = pg_catalog, pg_temp
as $$
    select private.book_request(p_company_id, null, 'import', p_key, p_lines, null);
$$;


-- Books the exact opposite of an operation, once. A clerk takes back their own, a manager anyone's.
create function private.reverse(
    p_operation public.operations,
    p_member public.members
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_original public.operations;
    v_operation public.operations := p_operation;
begin
    select operation.* into v_original
    from public.operations as operation
    where operation.company_id = p_operation.company_id
        and operation.id = p_operation.reverses_id;
    if v_original.id is null then
        perform private.refuse(404, 'unknown_operation', 'There is no such operation.');
    end if;
    if v_original.kind = 'reversal' then
        perform private.refuse(
            409, 'is_reversal', 'That was itself an undo; book it again instead.'
        );
    end if;
    if v_original.member_id is distinct from p_member.id then
        perform private.require_role(p_member, 'manager');
    end if;
    if exists (
        select from public.operations as operation
        where operation.company_id = p_operation.company_id
            and operation.reverses_id = p_operation.reverses_id
    ) then
        perform private.refuse(409, 'already_reversed', 'That has already been taken back.');
    end if;

    v_operation.kind := 'reversal';
    v_operation.occurred_at := v_original.occurred_at;
    perform private.book(
        v_operation,
        private.opposite_lines(p_operation.company_id, p_operation.reverses_id)
    );
end;
$$;


create function public.reverse_operation(
    p_company_id uuid,
    p_key text,
    p_operation_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
    v_operation public.operations;
    v_answer jsonb;
begin
    v_member := private.acting_member(p_company_id, 'clerk');
    perform private.check_key(p_key);
    perform private.lock_companies(array[p_company_id]);

    v_operation.company_id := p_company_id;
    v_operation.id := private.digest('app' || chr(31) || p_key);
    v_operation.request_digest := private.digest(
        v_member.id::text || 'reverse' || p_operation_id::text
    );
    v_operation.source := 'app';
    v_operation.member_id := v_member.id;
    v_operation.reverses_id := p_operation_id;
    v_answer := private.replay(p_company_id, v_operation.id, v_operation.request_digest);
    if v_answer is not null then
        return v_answer;
    end if;

    perform private.reverse(v_operation, v_member);
    return private.operation_answer(p_company_id, v_operation.id);
end;
$$;
revoke all on function public.reverse_operation(uuid, text, uuid) from public, anon, authenticated;
grant execute on function public.reverse_operation(uuid, text, uuid) to authenticated;


-- Makes one product of two that are the same: what is left of the first moves to the second, at its
-- cost, and its names find the second from now on. History stays where it was; views follow it.
create function public.merge_products(
    p_company_id uuid,
    p_key text,
    p_product_id uuid,
    p_into_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
    v_operation public.operations;
    v_from public.products;
    v_into public.products;
    v_lines private.ledger_line [];
    v_answer jsonb;
begin
    -- Step 1: who asks, and whether it was asked before.
    v_member := private.acting_member(p_company_id, 'manager');
    perform private.check_key(p_key);
    perform private.lock_companies(array[p_company_id]);
    v_operation.company_id := p_company_id;
    v_operation.id := private.digest('app' || chr(31) || p_key);
    v_operation.request_digest := private.digest(
        concat(v_member.id, 'merge', p_product_id, p_into_id)
    );
    v_answer := private.replay(p_company_id, v_operation.id, v_operation.request_digest);
    if v_answer is not null then
        return v_answer;
    end if;

    -- Step 2: two products of one unit.
    v_from := private.named_product(p_company_id, p_product_id::text, null);
    v_into := private.named_product(p_company_id, p_into_id::text, null);
    if v_from.id = v_into.id or v_from.unit <> v_into.unit then
        perform private.refuse(
            422, 'not_mergeable', 'Two different products with the same unit can be merged.'
        );
    end if;

    -- Step 3: the stock moves, place by place.
    select array_agg(moving.line order by stock.location_id, moving.place) into v_lines
    from public.inventory as stock
    cross join lateral (
        values
        (1, row(
            v_from.id, stock.location_id, 'transfer', null, abs(stock.quantity), null, 1,
            -stock.quantity, null, null, null
        )::private.ledger_line),
        (2, row(
            v_into.id, stock.location_id, 'transfer', null, abs(stock.quantity), null, 1,
            stock.quantity, null, null, null
        )::private.ledger_line)
    ) as moving (place, line)
    where stock.company_id = p_company_id
        and stock.product_id = v_from.id
        and stock.quantity <> 0;
    v_operation.kind := 'transfer';
    v_operation.source := 'app';
    v_operation.member_id := v_member.id;
    perform private.book(v_operation, coalesce(v_lines, '{}'));

    -- Step 4: the names move; where both had one, the second's stays.
    update public.products
    set archived_at = now(), merged_into = v_into.id
    where company_id = p_company_id and id = v_from.id;
    update public.products
    set merged_into = v_into.id
    where company_id = p_company_id and merged_into = v_from.id;
    update public.product_aliases
    set product_id = v_into.id
    where company_id = p_company_id and product_id = v_from.id;
    insert into public.product_aliases (company_id, product_id, alias)
    values (p_company_id, v_into.id, v_from.name)
    on conflict (company_id, normalised_alias) do nothing;
    update public.product_packs as pack
    set product_id = v_into.id
    where pack.company_id = p_company_id
        and pack.product_id = v_from.id
        and not exists (
            select from public.product_packs as known
            where known.company_id = p_company_id
                and known.product_id = v_into.id
                and known.name = pack.name
        );
    return private.operation_answer(p_company_id, v_operation.id);
end;
$$;
revoke all on function public.merge_products(uuid, text, uuid, uuid)
from public, anon, authenticated;
grant execute on function public.merge_products(uuid, text, uuid, uuid) to authenticated;
